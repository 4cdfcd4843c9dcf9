"""The title of the whole through the real program: a number, a service, a paper owed, brought, sent, decided, collected;
the district, a second process, has it all."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from clerk_tui.district.place import open_district
from clerk_tui.district.status import of_case

pytestmark = pytest.mark.pty

LONGEST_ANSWER_SECONDS = 120
NUMBER, NAME, PHONE = "440113195501010015", "欧阳示例", "13800001234"


@pytest.fixture
def district(demo_store: Path) -> Iterator[Path]:
    """The demonstration's district at work in a process of its own, answering by the automatic rules."""
    command = [sys.executable, "-m", "clerk_tui", "district", "serve", str(demo_store / "district")]
    program = subprocess.Popen(
        [*command, "--auto", "--interval", "0.5"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    yield demo_store / "district"
    program.terminate()
    program.wait(20)


def ask(store: Path, query: str, *values: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(store / "hall.db") as connection:
        return connection.execute(query, values).fetchall()


def row_of(window: Any, word: str) -> str:
    """The number that stands before the row in which a word stands."""
    line = next(line for line in window.text().splitlines() if word in line.partition("|")[2])
    return line.partition("|")[2].split()[0]


def arrive(window: Any, ticket: str) -> None:
    """Call this number out of the crowd; the resident comes and shows the card."""
    window.press("f2")
    window.wait("查找")
    window.type(ticket)
    window.wait("号票", "等候", ticket)
    window.press("enter")
    window.wait("叫这个号")
    window.press("1", "enter")
    window.wait("1 来了")
    window.press("1", "enter")
    window.wait("还不知道是谁")
    window.type(NUMBER)
    window.press("enter")


def take_a_number(window: Any) -> str:
    window.press("f2")
    window.wait("查找")
    window.type("取号")
    window.wait("给来人一个号")
    window.press("enter")
    window.wait("业务类别")
    window.type(NUMBER)
    window.press("f9")
    window.wait("刚到")
    window.press("esc")
    return next(line for line in window.text().splitlines() if "刚到" in line).split()[1]


def finish(window: Any) -> None:
    window.press("f9")
    window.wait("结束到访")
    window.press("f9")
    window.wait("到访已结束")


def exchange_until(window: Any, store: Path, query: str, *values: str) -> None:
    """F9 in 渠道 until the store holds what is waited for; each exchange is the clerk's own."""
    window.press("f3", "6", "enter")
    window.wait("[6渠道")
    until = time.monotonic() + LONGEST_ANSWER_SECONDS
    while time.monotonic() < until:
        if ask(store, query, *values):
            return
        window.press("f9")
        pause = time.monotonic() + 1
        while time.monotonic() < pause:
            window.read(0.1)
    raise AssertionError(f"the district never said it\n{window.text()}")


def test_from_the_ticket_to_the_districts_word_on_the_handover(
    demo_store: Path, district: Path, terminal: Callable[..., Any]
) -> None:
    window = terminal(demo_store, settings={"CLERK_TUI_PRINT_COMMAND": "true {file}"})
    window.wait("等候", "F5 叫下一位", "A005", "待补")

    arrive(window, take_a_number(window))
    window.wait("来人: 登记")
    window.type(NAME)
    window.press("enter", "enter", "enter", "enter", "enter")
    window.type(PHONE)
    window.press("f9")
    window.wait("人证一致")
    window.press("1", "enter")
    window.wait("138****1234")

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
    finish(window)
    [(case,)] = ask(
        demo_store, "SELECT id FROM cases WHERE accepted_how = 'deficiency' ORDER BY received_at DESC LIMIT 1"
    )

    window.press("f3", "2", "enter")
    window.wait("[2待补", "欧**例")
    window.press(*row_of(window, "欧**例"), "enter")
    window.wait("1 补交来了")
    window.press("1", "enter")
    window.wait("照片回执号")
    window.press("2", "enter", "enter", "enter")
    window.type("GZ20260001")
    window.press("f9")
    window.wait("补交材料收件凭证", "F9 打印")
    window.press("esc")
    window.wait_gone("F9 打印")
    assert ask(demo_store, "SELECT 1 FROM owed WHERE case_id = ? AND state = 'checked'", case)

    window.press("f3", "3", "enter")
    window.wait("[3出件")
    window.press("f4")
    window.press("6", "enter")
    window.wait("6>移交部门", "欧**例")
    window.press(*["down"] * (int(row_of(window, "欧**例")) - 1), "right", "1", "f9")
    window.wait("接收")
    window.type("何示例")
    window.press("f9")
    window.wait("材料交接单", "F9 打印")
    window.press("esc")
    window.wait_gone("F9 打印")

    exchange_until(window, demo_store, "SELECT 1 FROM result WHERE case_id = ? AND state = 'expected'", case)
    window.press("f3", "3", "enter")
    window.wait("[3出件")
    window.press("f4", "3", "enter")
    window.wait("3>在途", "欧**例")
    window.press(*row_of(window, "欧**例"), "enter")
    window.wait("1 接收到件")
    window.press("1", "enter")
    window.wait("柜位", "状况")
    window.press("enter", "enter", "enter")
    window.type("B-09")
    window.press("f9")
    window.wait("已登记")

    window.press("f3", "1", "enter")
    window.wait("[1受理")
    arrive(window, take_a_number(window))
    window.wait("人证一致")
    window.press("1", "enter")
    window.wait("可领", "138****1234")
    window.press("enter")
    window.wait("名下等着办的")
    window.press(row_of(window, "可领"), "enter")
    window.wait("1 交付")
    window.press("1", "enter")
    window.wait("由谁领取", "B-09")
    window.press("f9")
    window.wait("领取回执", "F9 打印")
    window.press("esc")
    window.wait_gone("F9 打印")
    window.press("f3", "1", "enter")
    window.wait("[1受理")
    finish(window)

    exchange_until(
        window,
        demo_store,
        "SELECT 1 FROM sent_record AS sent JOIN journal_event AS event ON event.rid = sent.rid JOIN result ON "
        "result.id = event.ent_id WHERE event.kind = 'result.handed_over' AND sent.state = 'ok' AND result.case_id = ?",
        case,
    )
    opened = open_district(district)
    facts = of_case(opened, case)
    opened.close()
    assert facts["district_no"] and [one["state"] for one in facts["results"]] == ["delivered"]
