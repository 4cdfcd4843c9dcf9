"""A whole visit typed ahead in one go, over every screen on its way, with acts that take their time.

`pytest --long` (or CLERK_TUI_LONG=1) runs the whole grid of gaps and delays; without it a few of them run.
"""

import os
import re
import sqlite3
import sys
import time
from pathlib import Path

import pytest

from .conftest import Terminal

pytestmark = pytest.mark.pty

F2, F3, F5, F9 = "\x1bOQ", "\x1bOR", "\x1b[15~", "\x1b[20~"
CHEN = "440113195708210022"
SLOW_PROGRAM = """
import os, sys, time
os.environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")
os.environ.setdefault("ESCDELAY", "25")
seconds, every = float(sys.argv.pop(1)) / 1000, int(sys.argv.pop(1))
from clerk_tui.tui import acting
reach, count = acting.Acting._reach, 0
async def slowly(self, work, *, quiet=False):
    global count
    count += not quiet
    if quiet or count % every:
        return await reach(self, work, quiet=quiet)
    return await reach(self, lambda desk: (time.sleep(seconds), work(desk))[1])
acting.Acting._reach = slowly
from clerk_tui.__main__ import main
main()
"""
"""The real program with a slower desk: each act, or every n-th, takes that much longer."""
GRID = [(gap, delay) for gap in (0.0, 0.001, 0.005) for delay in (0, 50, 600, 3000)]
SHORT = [(0.0, 600), (0.001, 50), (0.005, 3000)]
EVERY = {0: 1, 50: 1, 600: 5, 3000: 25}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The short grid, or the whole of it with the long sets."""
    if {"gap", "delay"} <= set(metafunc.fixturenames):
        long = metafunc.config.getoption("--long") or os.environ.get("CLERK_TUI_LONG") == "1"
        metafunc.parametrize(("gap", "delay"), GRID if long else SHORT)


def slow_terminal(store: Path, tmp_path: Path, delay: int) -> Terminal:
    environment = {
        **os.environ,
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        "HOME": str(tmp_path),
    }
    arguments = [str(delay), str(EVERY[delay]), "--store", str(store), "--clerk", "demo"]
    return Terminal([sys.executable, "-c", SLOW_PROGRAM, *arguments], environment)


KEY = re.compile(r"\x1bO.|\x1b\[[0-9;]*[~A-Z]|.", re.DOTALL)


def send(window: Terminal, text: str, gap: float) -> None:
    """Key by key: a terminal sends the bytes of one key at once."""
    if not gap:
        window.process.write(text.encode())
        return
    for key in KEY.findall(text):
        window.process.write(key.encode())
        until = time.monotonic() + gap
        while (left := until - time.monotonic()) > 0:
            window.read(left)


def cases(store: Path) -> list[tuple[str, str, str]]:
    with sqlite3.connect(store / "hall.db") as connection:
        return connection.execute("SELECT id, item_key, state FROM cases ORDER BY received_at, id").fetchall()


def approvals(store: Path) -> dict[str, str]:
    with sqlite3.connect(store / "hall.db") as connection:
        return dict(connection.execute("SELECT kind, body FROM journal_event WHERE second_id IS NOT NULL").fetchall())


def test_a_visit_from_the_call_to_the_paper_typed_ahead(
    demo_store: Path, tmp_path: Path, gap: float, delay: int
) -> None:
    """Call cards, person box, how it was checked, item box, guide, materials, form, outcomes, paper: one string."""
    before = {row[0] for row in cases(demo_store)}
    window = slow_terminal(demo_store, tmp_path, delay)
    try:
        window.wait("等候", "F5 叫下一位", "A005")
        send(window, f"{F5}\r1\r{CHEN}\r\rjy01\r1\r3\r111保洁员\r20261101\r{F9}\r{F9}", gap)
        until = time.monotonic() + 90
        while time.monotonic() < until and not (made := [row for row in cases(demo_store) if row[0] not in before]):
            window.read(0.1)
        assert [(item, state) for _, item, state in made] == [("jiuye-dengji", "closed")], window.text()
        with sqlite3.connect(demo_store / "hall.db") as connection:
            how = connection.execute("SELECT identified_how FROM visit ORDER BY opened_at DESC LIMIT 1").fetchone()
        assert how == ("card_seen",)
    finally:
        window.close()


def test_places_cards_and_the_find_box_typed_ahead(demo_store: Path, tmp_path: Path, gap: float, delay: int) -> None:
    """Find box, a card with an approval, search, owed, pickup, channel: every word stands where it was meant."""
    window = slow_terminal(demo_store, tmp_path, delay)
    try:
        window.wait("等候", "F5 叫下一位", "A005")
        send(window, f"{F2}取号\r\t\t\t只问一句{F9}", gap)
        window.wait("号票已送打印")
        send(window, f"{F3}2\r\x1b{F3}3\r\x1b{F3}6\r\x1b{F3}4\r陈桂", gap)
        shown = window.wait("[4查询]", "陈桂")
        assert "个人" in window.wait("个人") and "陈桂" in shown
        send(window, f"{F2}人员\r", gap)
        window.wait("添加人员")
        send(window, "\x1b" + f"{F2}改密码\r12\r34\r56", gap)
        shown = window.wait("改密码", "再输一次")
        rows = {line.split()[1]: line for line in shown.splitlines() if "再输一次" in line or "现在的" in line}
        window.read(0.3)
        assert len(rows) == 2
    finally:
        window.close()


def test_a_menu_a_reason_and_an_approval_typed_ahead(demo_store: Path, tmp_path: Path, gap: float, delay: int) -> None:
    """Call, board, menu, reason, the supervisor's number and PIN, then the next call: no key lands one card early."""
    window = slow_terminal(demo_store, tmp_path, delay)
    try:
        window.wait("等候", "F5 叫下一位", "A005")
        send(window, f"{F5}\r1\r\x1b{F2}dtqk\r3\r1\r断电{F9}9001\r246810\r{F5}", gap)
        until = time.monotonic() + 90
        while time.monotonic() < until and not (approved := approvals(demo_store)):
            window.read(0.1)
        assert "断电" in approved.get("ticket.released", ""), window.text()
        assert "9001" not in window.text() and "246810" not in window.text()
    finally:
        window.close()
