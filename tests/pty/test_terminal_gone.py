"""The terminal is cut in the middle of a form, in a card, while an act runs: nothing is lost and nothing lives on."""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clerk_tui.store import schema
from clerk_tui.store.act import system_clock
from clerk_tui.store.verify import verify

from .conftest import Terminal
from .test_type_ahead import slow_terminal

pytestmark = pytest.mark.pty

SECONDS_TO_END = 2.0
"""One second on a machine of its own; tests share theirs."""


def cut(window: Terminal) -> None:
    """Close the terminal's other end, as a closed window or a cut SSH line does; the program ends in time."""
    window.process.fileobj.close()
    until = time.monotonic() + SECONDS_TO_END
    while window.process.isalive():
        assert time.monotonic() < until, "the program lives on without its terminal"
        time.sleep(0.02)


def test_a_card_that_was_being_filled_is_offered_at_the_next_start(
    demo_store: Path, terminal: Callable[..., Any]
) -> None:
    window = terminal(demo_store)
    window.wait("等候", "F5 叫下一位", "A005")
    window.press("f2")
    window.type("取号")
    window.press("enter", "tab", "tab", "tab")
    window.type("等女儿来")
    window.wait("等女儿来")
    cut(window)
    window = terminal(demo_store)
    window.wait("上次没填完的还留着: 取号")
    window.press("f2")
    window.type("取号")
    window.press("enter")
    window.wait("上次填的还在", "等女儿来")


def test_a_half_filled_form_is_open_at_the_next_start(demo_store: Path, terminal: Callable[..., Any]) -> None:
    window = terminal(demo_store)
    window.wait("等候", "F5 叫下一位", "A005")
    window.press("f5", "enter", "1", "enter")
    window.type("440113195708210022")
    window.press("enter", "enter")
    window.wait("69 岁")
    window.type("jy01")
    window.press("enter", "1", "enter", "3", "enter", "1", "1", "1")
    window.type("保洁员")
    window.wait("保洁员")
    cut(window)
    window = terminal(demo_store)
    window.wait("上次没办完的草稿已打开", "保洁员")


def test_an_act_in_flight_is_whole_or_not_at_all(demo_store: Path, tmp_path: Path) -> None:
    def tickets() -> int:
        with sqlite3.connect(demo_store / "hall.db") as connection:
            return int(connection.execute("SELECT count(*) FROM ticket").fetchone()[0])

    window = slow_terminal(demo_store, tmp_path, 50)
    window.wait("等候", "F5 叫下一位", "A005")
    before = tickets()
    for text in ("\x1bOQ", "取号", "\r"):
        window.process.write(text.encode())
        window.read(0.3)
    window.wait("业务类别")
    window.process.write(b"\x1b[20~")
    cut(window)
    assert tickets() - before in (0, 1)
    store = schema.open_store(demo_store / "hall.db", clock_ms=system_clock())
    with store.read() as connection:
        assert verify(connection).whole
    store.close()
