"""The commonest case through the real program: called, known, 即办, all present, the paper out (issue: at most 25 keys)."""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.pty

CHEN = "440113195708210022"
MOST_KEYS = 25


def cases(store: Path) -> list[tuple[str, str]]:
    with sqlite3.connect(store / "hall.db") as connection:
        return connection.execute("SELECT item_key, state FROM cases ORDER BY received_at, id").fetchall()


def printed(store: Path) -> set[str]:
    """Kinds of papers that were handed to the printer; where there is none they lie beside the store."""
    return {path.name.rpartition("-")[0] for path in (store / "papers").glob("*-*")}


def test_commonest_case_takes_few_keys(demo_store: Path, terminal: Callable[..., Any]) -> None:
    before = len(cases(demo_store))
    window = terminal(demo_store)
    window.wait("等候", "F5 叫下一位", "A005")
    window.press("f5")
    window.wait("下一位", "为何")
    window.press("enter")
    window.wait("1 来了")
    window.press("1", "enter")
    window.wait("还不知道是谁")
    window.type(CHEN)
    window.press("enter")
    window.wait("人证一致")
    window.press("enter")
    window.wait("69 岁")
    window.type("jy01")
    window.press("enter")
    window.wait("由谁办理")
    window.press("1", "enter", "3", "enter")
    window.wait("个人承诺书")
    window.press("1", "1", "1")
    window.type("保洁员")
    window.press("enter")
    window.type("20261101")
    window.press("enter", "f9")
    window.wait("  1 当场办结")
    window.press("enter")
    window.wait("F9 打印")
    window.press("f9")
    window.wait("2/2  送达回证")
    window.press("f9")
    window.wait_gone("F9 打印")
    until = time.monotonic() + 30
    while time.monotonic() < until and not printed(demo_store) >= {"decision", "service_receipt"}:
        window.read(0.1)
    assert printed(demo_store) >= {"decision", "service_receipt"}, "F9 leaves no paper of the act unprinted"
    after = cases(demo_store)
    assert len(after) == before + 1
    assert after[-1] == ("jiuye-dengji", "closed")
    assert window.pressed <= MOST_KEYS, window.pressed
