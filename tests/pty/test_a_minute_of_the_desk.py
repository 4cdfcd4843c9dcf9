"""A clerk's minute with everything that can happen in it, by keys in the real program: looked at before the call, called,
one matter taken in with a paper owed, a second one, held to copy a paper, the next one called and sent to another window,
the held one back, finished with what was rendered, the day closed."""

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.pty

CHEN = "440113195708210022"
TICKET = "A005"


def ask(store: Path, query: str, *values: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(store / "hall.db") as connection:
        return connection.execute(query, values).fetchall()


def command(window: Any, words: str) -> None:
    """An act by its word in the find box."""
    window.press("f2")
    window.wait("查找", "Enter 查找或打开")
    window.type(words)
    window.wait(f"操作  {words}")
    window.press("enter")


@pytest.mark.parametrize(("columns", "rows"), [(120, 40), (80, 24)])
def test_the_minute(demo_store: Path, terminal: Callable[..., Any], columns: int, rows: int) -> None:
    window = terminal(demo_store, columns=columns, rows=rows, settings={"CLERK_TUI_PRINT_COMMAND": "true {file}"})
    window.wait("[1受理]", "没有人在本窗口", TICKET)

    # who is next, why, and how much waits, before anything is announced
    window.press("f5")
    window.wait(f"下一位  {TICKET}", "为何: 65 岁以上长者优先", "可领 1", "Enter 叫号")
    assert ask(demo_store, "SELECT state FROM ticket WHERE number = ?", TICKET) == [("waiting",)]
    window.press("enter")
    window.wait("第 1 次", "1 来了", "秒可重呼")
    window.press("f6")
    window.wait("重呼")
    assert ask(demo_store, "SELECT calls FROM ticket WHERE number = ?", TICKET) == [(1,)], "not before its gap is over"
    window.press("1", "enter")
    window.wait("还不知道是谁")

    # the card and the face; what waits for this person is named only now
    assert "流动人口居住登记凭证" not in window.text()
    window.type(CHEN)
    window.press("enter")
    window.wait("看过身份证件")
    window.press("1", "enter")
    window.wait("69 岁", "! 可领: 流动人口居住登记凭证")

    # one matter: guide, each material a key, one is owed, the outcome is the applicant's choice
    window.type("mz05")
    window.press("enter")
    window.wait("由谁办理")
    window.press("1", "enter", "1", "enter", "1", "enter")
    window.wait("近三个月小一寸白底照片")
    window.press("1", "0", "1")
    window.wait("随材料补")
    window.press("1", "enter", "f9")
    window.wait("1 容缺受理")
    window.press("1", "enter")
    window.wait("容缺受理承诺书", "F9 打印")
    window.press("esc")
    window.wait("怎样签的")
    window.press("f9")
    window.wait("受理通知书", "F9 打印")
    window.press("esc")
    window.wait("还欠", "本次已办 1")

    # a second matter in the same visit; its half-filled form waits while the papers are copied
    window.type("jy01")
    window.press("enter")
    window.wait("由谁办理", "就业登记")
    window.press("1", "enter", "3", "enter")
    window.wait("个人承诺书")
    window.press("1")
    window.press("f7")
    window.wait(f"挂起 {TICKET}", "复印材料", "几点回  +20")
    window.press("f9")
    window.wait("没有人在本窗口")
    assert ask(demo_store, "SELECT state FROM ticket WHERE number = ?", TICKET) == [("held",)]

    # the next one, who belongs at another window: number and wait stay
    window.press("f5")
    window.wait("下一位", "Enter 叫号")
    window.press("enter")
    window.wait("1 来了")
    window.press("1", "enter")
    window.wait("还不知道是谁")
    [(other, issued)] = ask(demo_store, "SELECT number, issued_at FROM ticket WHERE state = 'serving'")
    command(window, "转窗")
    window.wait(f"转窗 {other}", "号和原来的等候时间不变")
    window.press("enter", "2", "enter")
    window.type("要查档案")
    window.press("f9")
    window.wait("没有人在本窗口")
    [moved] = ask(demo_store, "SELECT state, issued_at, note FROM ticket WHERE number = ?", other)
    assert moved == ("waiting", issued, "要查档案")

    # back from the copier: the draft is where it was
    window.press("f8")
    held = re.search(rf"(\d+) {TICKET} +长者 +复印材料", window.wait("挂起单", f"{TICKET}   长者    复印材料"))
    assert held is not None
    window.press(held[1], "enter")
    window.wait("就业登记", "陈*英")
    window.press("1")  # the identity card was looked at in the first matter and is not asked again
    window.type("保洁员")
    window.press("enter")
    window.type("20261101")
    window.press("enter", "f9")
    window.wait("  1 当场办结")
    window.press("enter")
    window.wait("F9 打印")
    window.press("f9")
    window.wait("2/2")
    window.press("f9")
    window.wait("本次已办 2")

    # what was rendered is prefilled from the cases; only the outcome is confirmed
    window.press("f9")
    window.wait("结束到访", "老年人优待卡", "就业登记", "1>已办")
    window.press("f9")
    window.wait("到访已结束")
    [(visit,)] = ask(
        demo_store, "SELECT id FROM visit WHERE ticket_id = (SELECT id FROM ticket WHERE number = ?)", TICKET
    )
    assert ask(demo_store, "SELECT count(*) FROM cases WHERE visit_id = ?", visit) == [(2,)]
    kinds = ask(
        demo_store,
        "SELECT DISTINCT kind FROM period WHERE ticket_id = (SELECT ticket_id FROM visit WHERE id = ?) AND t1 IS NOT NULL",
        visit,
    )
    assert {kind for (kind,) in kinds} == {"waiting", "called", "serving", "held"}, "every minute is in a closed period"
    assert ask(demo_store, "SELECT count(*) FROM period WHERE visit_id = ? AND t1 IS NULL", visit) == [(0,)]

    # the evening: every open ticket gets an ending, nothing is left open
    command(window, "日结")
    window.wait("日结", "没有结束", "F9 全部照此结束")
    window.press("f9")
    window.wait("日结: 接待")
    assert ask(demo_store, "SELECT count(*) FROM ticket WHERE state IN ('waiting', 'called', 'serving', 'held')") == [
        (0,)
    ]
    assert ask(demo_store, "SELECT count(*) FROM period WHERE t1 IS NULL") == [(0,)]
