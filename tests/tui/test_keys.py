"""The keys: told everywhere, remapped without clashes, every screen left by Esc with nothing lost."""

from dataclasses import replace

import pytest
from textual.binding import Binding
from textual.widget import Widget

from clerk_tui.tui.cards.card import Card
from clerk_tui.tui.cards.common import ActCard, ListCard
from clerk_tui.tui.cards.find import FindCard
from clerk_tui.tui.cards.jump import JumpCard
from clerk_tui.tui.commands import COMMANDS
from clerk_tui.tui.key_contract import EVERYWHERE, MEANINGS, key_line, usable_keymap
from clerk_tui.tui.places import PLACES
from clerk_tui.tui.screens.workbench import Workbench
from clerk_tui.tui.widgets.fields import TextField
from clerk_tui.tui.widgets.lines import KeyLine

ENDING = {"lock", "sign_off", "app.quit", "app.jump", "key_help"}
"""Commands that are not answered by a card that Esc closes; they have their own tests."""


def width(text: str) -> int:
    return sum(1 if character.isascii() else 2 for character in text)


# the key line


@pytest.mark.parametrize("room", range(10, 121, 5))
def test_the_key_line_fits_and_keeps_its_order(room):
    line = key_line({}, room)
    assert width(line) <= room
    whole = key_line({}, 200)
    assert [word for word in whole.split() if word in line.split()] == line.split()


async def test_at_80_columns_the_hints_of_every_place_are_whole(narrow):
    for number, _ in enumerate(PLACES, 1):
        await narrow.press("f3", str(number), "enter")
        hints = narrow.bench.query_one(KeyLine)._hint
        shown = narrow.seen().splitlines()[-1]
        assert hints in shown, shown
        for key in ("F1", "F2", "F9", "Esc"):
            assert key in shown


# remapping


def test_what_may_be_remapped_and_what_not():
    found, faults = usable_keymap({"queue.next": "f12,ctrl+b", "key.find": "f9", "key.help": "ctrl+a", "no.such": "f5"})
    assert found == {"queue.next": "f12,ctrl+b"}
    assert [fault for fault in faults if "no.such" in fault]
    assert [fault for fault in faults if "F9 同时给了 查找 和 确认" in fault]
    assert [fault for fault in faults if "Ctrl+A" in fault and "输入格" in fault]


def test_two_acts_may_swap_their_keys():
    assert usable_keymap({"queue.next": "f6", "queue.again": "f5"}) == ({"queue.next": "f6", "queue.again": "f5"}, [])


def test_esc_leads_back_whatever_else_does():
    """Every card says `Esc 返回`: a site may add a key for it, and no other act may take Esc."""
    found, faults = usable_keymap({"key.back": "f12"})
    assert (found, faults) == ({"key.back": "f12,escape"}, [])
    for wanted in ({"queue.next": "escape"}, {"queue.next": "escape", "key.back": "f12"}):
        found, faults = usable_keymap(wanted)
        assert "queue.next" not in found
        assert len(faults) == 1 and "Esc 同时给了 叫号 和 返回" in faults[0]


def test_two_remaps_on_one_key_clash():
    found, faults = usable_keymap({"queue.next": "f12", "queue.again": "f12"})
    assert found == {"queue.next": "f12"} and len(faults) == 1


async def test_a_remapped_key_works_is_shown_and_a_clash_is_told_at_start(parts, run_program):
    keys = {"queue.next": "f12", "key.find": "f9"}
    async with run_program(replace(parts, settings=replace(parts.settings, keys=keys))) as window:
        assert "F9 同时给了 查找 和 确认" in window.seen()
        from tests.tui.conftest import sign_in

        await sign_in(window)
        assert "F12叫号" in window.seen() and "F2查找" in window.seen()
        await window.press("f12")
        assert "没有人等候" in window.seen()
        await window.press("f2")
        assert isinstance(window.app.screen, FindCard)


# help


def chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def own_bindings(cls: type) -> list[Binding]:
    return [
        binding
        for base in cls.__mro__
        if base.__module__.startswith("clerk_tui")
        for binding in base.__dict__.get("BINDINGS", ())
        if isinstance(binding, Binding)
    ]


def every_class(cls: type) -> set[type]:
    return {cls} | {deeper for one in cls.__subclasses__() for deeper in every_class(one)}


def test_every_binding_says_in_chinese_what_it_does():
    from clerk_tui.tui.app import ClerkApp
    from clerk_tui.tui.screens import paper_preview  # noqa: F401  a card of its own

    found = [(cls.__name__, one) for cls in (*every_class(Widget), ClerkApp) for one in own_bindings(cls)]
    assert len(found) > 30
    assert [(name, one.key) for name, one in found if not chinese(one.description)] == []


def test_every_key_has_its_meaning():
    assert set(MEANINGS) == {one.id for one in EVERYWHERE}


async def test_f1_twice_lists_all_keys_and_commands(clerk):
    await clerk.press("f1")
    assert "再按 F1" in clerk.seen()
    await clerk.press("f1")
    assert isinstance(clerk.app.screen, ListCard)
    for words in ("跳转", "Ctrl+P", "Ctrl+N", "叫下一位"):
        assert words in clerk.seen()


async def test_f1_and_f4_work_on_cards(clerk):
    await clerk.press("f2", *"取号", "enter")
    assert isinstance(clerk.app.screen, ActCard)
    await clerk.press("f1")
    assert "可刷卡" in clerk.seen()
    await clerk.press("f1")
    assert isinstance(clerk.app.screen, ListCard)
    await clerk.press("escape", "enter", "enter", "f4")
    assert isinstance(clerk.app.screen, ListCard)
    await clerk.press("2", "enter")
    assert isinstance(clerk.app.screen, ActCard)
    assert clerk.app.screen.query_one("#group").value != ""


# jumping


async def test_a_letter_goes_to_what_it_stands_at(clerk):
    await clerk.press("f3", "4", "enter")
    await clerk.press("ctrl+p")
    assert isinstance(clerk.app.screen, JumpCard)
    before = clerk.app.screen_stack[-2].focused
    await clerk.press("escape")
    assert clerk.app.screen is clerk.bench and clerk.app.focused is before
    for letter in "asd":
        await clerk.press("ctrl+p", letter)
        assert isinstance(clerk.app.screen, Workbench)
        assert clerk.app.focused is not None


async def test_jumping_typed_ahead_lands(clerk):
    await clerk.press("f2", *"取号", "enter")
    card = clerk.app.screen
    await clerk.pilot.press("ctrl+p", "g", *"abc")
    await clerk.settle()
    assert clerk.app.screen is card
    assert isinstance(card.focused, TextField) and card.focused.id == "note" and card.focused.text == "abc"


# Esc leads back, and what was typed survives


async def test_what_is_typed_behind_a_key_of_the_workbench_never_answers_a_card(desk_at):
    """F3 does not reach the workbench through a card, and says so; the Enter behind it answers nothing."""
    await desk_at.press("f5", "enter")
    number = desk_at.bench.panel.current.number
    await desk_at.press("f3", *"2")
    assert "先按 Esc 收起这张卡片, 再按工作台" in desk_at.seen()
    await desk_at.press("enter")
    assert desk_at.bench.panel.current.state == "called", "nobody said that the resident did not come"
    await desk_at.press("1", "enter")
    assert (desk_at.bench.panel.current.number, desk_at.bench.panel.current.state) == (number, "serving")


async def test_esc_leads_out_of_every_command(clerk):
    for command in COMMANDS:
        if command.action in ENDING:
            continue
        await clerk.press("f2", *command.words, "enter")
        for _ in range(4):
            if clerk.app.screen is clerk.bench:
                break
            await clerk.press("escape")
        assert clerk.app.screen is clerk.bench, command.words


async def test_esc_leads_to_the_tabs_from_every_place(clerk):
    for number, place in enumerate(PLACES, 1):
        await clerk.press("f3", str(number), "enter")
        for _ in range(6):
            if clerk.app.focused is not None and clerk.app.focused.id == "place-tabs":
                break
            await clerk.press("escape")
        assert clerk.app.focused.id == "place-tabs", place.words


async def test_stray_letters_reach_the_find_box_from_every_place(clerk):
    for number, place in enumerate(PLACES, 1):
        await clerk.press("f3", str(number))
        await clerk.press("w")
        assert isinstance(clerk.app.screen, FindCard), place.words
        assert clerk.app.screen.text == "w"
        await clerk.press("escape")


async def test_a_burst_of_letters_where_no_field_is_is_found_whole(clerk):
    await clerk.press("f3")
    for character in "wangxiaoming":
        from textual import events

        key = events.Key(character, character)
        clerk.app.post_message(key)
    await clerk.settle()
    assert isinstance(clerk.app.screen, FindCard) and clerk.app.screen.text == "wangxiaoming"


async def test_what_was_typed_into_a_card_survives_esc_and_goes_with_the_act(clerk):
    await clerk.press("f2", *"取号", "enter", "tab", "tab", "tab", *"等女儿")
    note = clerk.app.screen.query_one("#note", TextField)
    assert note.text == "等女儿"
    await clerk.press("escape", "f2", *"取号", "enter")
    assert clerk.app.screen.query_one("#note", TextField).text == "等女儿"
    assert "上次填的还在" in clerk.seen()
    await clerk.press("f9")
    assert clerk.app.screen is clerk.bench
    await clerk.press("f2", *"取号", "enter")
    assert isinstance(clerk.app.screen, Card)
    assert clerk.app.screen.query_one("#note", TextField).text == ""


async def test_a_pin_is_never_kept(clerk):
    await clerk.press("f2", *"改密码", "enter", *"135790", "escape")
    await clerk.press("f2", *"改密码", "enter")
    assert clerk.app.screen.query_one("#old", TextField).text == ""
    assert clerk.app.drafts.of_clerk(clerk.app.by.clerk_id, kind="card") == ()


async def test_a_paste_where_no_field_is_goes_to_the_find_box(clerk):
    from textual import events

    await clerk.press("f3")
    clerk.app.post_message(events.Paste("SQ01-20261123-0001\n"))
    await clerk.settle()
    assert isinstance(clerk.app.screen, FindCard) and clerk.app.screen.text == "SQ01-20261123-0001"


async def test_the_key_line_of_the_sign_in_is_its_own(window):
    assert window.app.screen.query_one(KeyLine).render().plain.strip().startswith("F1帮助 F9登录")
