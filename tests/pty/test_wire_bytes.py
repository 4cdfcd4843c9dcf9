"""How little goes to the terminal, counted in the real program, and what happens when the counting of cells fails.

The bounds are what a village's line of 64 kbit/s carries within a frame or two; bytes do not depend on the machine's speed.
"""

import statistics
import sys
import time
from pathlib import Path

import pytest

from .conftest import KEYS, Open, Terminal

pytestmark = pytest.mark.pty

QUIET_SECONDS = 0.25
START, TYPED, ROW, FOCUS, PAGE = 20_000, 150, 450, 4_000, 5_000
"""Bytes: until the first page stands; a typed character; the cursor down a row; to another place; a page of a list."""


def quiet(window: Terminal) -> None:
    """Until nothing has come for a while."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        before = window.received
        window.read(QUIET_SECONDS)
        if window.received == before:
            return


def sent_for(window: Terminal, keys: str) -> int:
    """Bytes that the program writes for these keys, until it is quiet."""
    before = window.received
    window.process.write(keys.encode())
    quiet(window)
    return window.received - before


def middle(window: Terminal, *keys: str) -> float:
    """The median over several presses: a clock or a queue that moves meanwhile is one of them."""
    return statistics.median(sent_for(window, key) for key in keys)


def test_bytes_of_the_start_a_character_a_row_a_place_and_a_page(demo_store: Path, terminal: Open) -> None:
    window = terminal(demo_store)
    window.wait("等候", "A005")
    assert window.received < START
    window.wait("F5 叫下一位")
    quiet(window)
    sent_for(window, KEYS["f2"])
    window.wait("下箭头 到结果")
    typed = middle(window, *"qwxkvjq")
    sent_for(window, KEYS["esc"])
    sent_for(window, KEYS["f3"] + "4")
    sent_for(window, "\r")
    window.wait("[4查询]", "SQ01-")
    sent_for(window, "\r")
    rows = middle(window, *[KEYS["down"]] * 7)
    pages = middle(window, "\x1b[6~", "\x1b[5~", "\x1b[6~", "\x1b[5~", "\x1b[6~")
    places = middle(window, "\t", "\x1b[Z", "\t", "\x1b[Z", "\t")
    found = {"typed": typed, "row": rows, "page": pages, "focus": places}
    bounds = {"typed": TYPED, "row": ROW, "page": PAGE, "focus": FOCUS}
    assert all(0 < found[key] < bounds[key] for key in bounds), found


BREAKS = """
import sys
from clerk_tui.tui import cells
after, update = int(sys.argv.pop(1)), cells.Cells.update
def breaks(self, frame, console):
    global after
    after -= 1
    if after < 0:
        raise AttributeError("Textual changed")
    return update(self, frame, console)
cells.Cells.update = breaks
from clerk_tui.__main__ import main
main()
"""
"""The real program, whose cell differences fail at the n-th frame, as they would with a Textual that we do not know."""


@pytest.mark.parametrize("after", [0, 3, 12])
def test_where_the_differences_fail_the_program_goes_on_with_textuals_own_output(
    demo_store: Path, tmp_path: Path, terminal: Open, after: int
) -> None:
    import os

    environment = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", "HOME": str(tmp_path)}
    command = [sys.executable, "-c", BREAKS, str(after), "--store", str(demo_store), "--clerk", "demo"]
    window = Terminal(command, environment)
    try:
        window.wait("F5 叫下一位", "A005", "[1受理]")
        window.press("f3", "4", "enter")
        window.wait("[4查询]", "姓名")
        window.press("f2")
        window.type("陈")
        window.wait("陈", "个人")
        window.press("esc")
        window.wait_gone("下箭头 到结果")
        window.wait("市桥街道政务服务中心", "[4查询]", "F1帮助")  # nothing of the card is left on it
    finally:
        window.close()
