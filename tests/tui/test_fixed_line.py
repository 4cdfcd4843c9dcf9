"""The line above the keys: what does not fit into one line goes on in a second, and nothing is lost silently."""

from rich.cells import cell_len

from clerk_tui.tui.widgets.plain import in_lines
from tests.tui.conftest import Clerk, go

LONG = "收件号 SQ01-20261123-0001 已被 2 号窗改过, 这里的没有保存; 请按 F3 回到工作台再打开这一件, 看过对方改了什么再办"


def test_lines_break_behind_a_stop_and_lose_nothing() -> None:
    lines = in_lines(LONG, 78, 2)
    assert len(lines) == 2 and all(cell_len(line) <= 78 for line in lines)
    assert "".join(lines).replace(" ", "") == LONG.replace(" ", "")
    assert lines[0][-1] in "，,;；"
    assert in_lines("短", 78, 2) == ["短"]
    assert in_lines(LONG * 3, 78, 2)[1].endswith("..")


async def test_a_long_refusal_is_read_whole_on_80_columns(narrow: Clerk) -> None:
    before = narrow.seen().count("\n")
    narrow.bench.ring(
        "这一件已被 2 号窗改过, 这里填的还在, 没有保存到办件里", "请重新打开这一件, 看过对方改了什么再办; 填的在草稿里"
    )
    await narrow.settle()
    seen = narrow.seen()
    assert "再办; 填的在草稿里" in seen and "F5叫号" in seen and seen.count("\n") == before
    narrow.bench.say("好")
    await narrow.settle()
    assert "填的在草稿里" not in narrow.seen()


async def test_help_of_a_place_ends_with_what_a_scan_does(desk_at: Clerk) -> None:
    await go(desk_at, "2")
    await desk_at.press("f1")
    assert "扫通知书的码直接打开" in desk_at.seen() and "再按 F1" in desk_at.seen()


async def test_help_of_a_field_goes_when_the_clerk_moves_on_and_stays_beside_its_own_card(desk_at: Clerk) -> None:
    await go(desk_at, "5")
    await desk_at.press("f1")
    assert "第一格选页" in desk_at.seen()
    await desk_at.press("f9", "escape")
    assert "第一格选页" in desk_at.seen(), "back at the same field"
    await desk_at.press("tab")
    assert "第一格选页" not in desk_at.seen()


async def test_help_of_a_place_goes_when_the_clerk_leaves_it_and_what_an_act_came_to_stays(desk_at: Clerk) -> None:
    await go(desk_at, "3")
    await desk_at.press("f4")
    assert "数字选清单" in desk_at.seen()
    await go(desk_at, "6")
    assert "数字选清单" not in desk_at.seen()
    desk_at.bench.say("已登记提醒 3 条")
    await go(desk_at, "2")
    assert "已登记提醒 3 条" in desk_at.seen()
    await desk_at.press("f9")
    assert "还没有选中" in desk_at.seen()
    await go(desk_at, "4")
    assert "还没有选中" not in desk_at.seen(), "what was refused in one place is no matter of the next"
