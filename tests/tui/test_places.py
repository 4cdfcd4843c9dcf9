"""The places beside intake on a demonstration's morning: what stands there, and that a refusal keeps what was typed."""

import pytest
from textual.events import Key

from clerk_tui.tui.cards.common import ActCard, MenuCard
from clerk_tui.tui.screens.paper_preview import PaperScreen
from clerk_tui.tui.widgets.fields import ChoiceField
from tests.tui.conftest import go


@pytest.mark.parametrize(
    ("digit", "words"),
    [
        ("2", "逾期待处理|待补"),
        ("3", "可领"),
        ("4", "办件"),
        ("5", "平均等候"),
        ("6", "未发"),
    ],
)
async def test_every_place_shows_its_own(desk_at, digit, words):
    await go(desk_at, digit)
    assert any(word in desk_at.seen() for word in words.split("|")), desk_at.seen()


async def test_a_place_that_is_only_looked_at_has_been_read(desk_at):
    await desk_at.press("f3", "2")
    await desk_at.pilot.pause(0.3)
    assert "没有欠的材料" not in desk_at.seen()
    assert "逾期" in desk_at.seen()


async def test_a_number_and_enter_typed_ahead_enter_that_place(desk_at):
    for key in ("f3", "5", "enter", "2"):
        desk_at.app._driver.process_message(Key(key, key if len(key) == 1 else None))
    await desk_at.pilot.pause(0.5)
    await desk_at.settle()
    assert desk_at.bench.place.key == "figures"
    assert desk_at.bench.place.query_one(ChoiceField).value == "targets"


async def test_the_channel_sends_now_and_says_how_it_went(desk_at):
    await go(desk_at, "6")
    await desk_at.press("f9")
    for _ in range(100):
        await desk_at.pilot.pause(0.05)
        if "未发 0" in desk_at.seen():
            break
    assert "未发 0" in desk_at.seen(), desk_at.seen()
    assert "已发待确认" in desk_at.seen()


async def test_a_handover_that_is_refused_keeps_what_was_typed(desk_at):
    await go(desk_at, "3")
    await desk_at.press("1", "enter")
    assert isinstance(desk_at.app.screen, MenuCard)
    await desk_at.press("1", "enter")
    assert isinstance(desk_at.app.screen, ActCard)
    await desk_at.press("2", "enter", *"陈小明", "f9")
    assert isinstance(desk_at.app.screen, ActCard)
    assert desk_at.app.screen.query_one("#name").value == "陈小明"
    await desk_at.press("escape")
    await go(desk_at, "3")
    await desk_at.press("1", "enter", "1", "enter")
    assert desk_at.app.screen.query_one("#name").value == "陈小明"  # what was typed outlives its card
    await desk_at.press("1", "f9")
    assert isinstance(desk_at.app.screen, PaperScreen), desk_at.seen()
    assert "领取回执" in desk_at.seen()


async def test_an_expired_entry_is_settled_by_the_list_unless_said_otherwise(desk_at):
    await go(desk_at, "2")
    await desk_at.press("1", "enter", "4", "enter", "f9")
    assert isinstance(desk_at.app.screen, PaperScreen)  # the expiry's own notice
    await desk_at.press("escape", "1", "enter", "2", "enter")
    assert desk_at.app.screen.query_one("#outcome", ChoiceField).value == ""


async def test_in_a_narrow_window_the_way_to_all_keys_is_never_cut_off(desk_narrow):
    await go(desk_narrow, "6")
    await desk_narrow.press("f1")
    assert "再按 F1 列出所有的键" in desk_narrow.seen()


async def test_in_a_narrow_window_a_case_says_its_state_and_flags_whole(desk_narrow):
    await go(desk_narrow, "4")
    seen = desk_narrow.seen()
    assert "容缺+1" in seen and "特别程序中, 计时暂停" in seen
    assert "特别程序中 特别程序中" not in seen
