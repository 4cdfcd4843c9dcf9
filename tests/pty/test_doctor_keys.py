"""`clerk-tui doctor --keys` in a terminal: what arrives is told key by key, and Ctrl+C ends it."""

import os
import sys
from pathlib import Path

import pytest

from clerk_tui.tui.key_contract import CONTRACT, key_words

from .conftest import KEYS, Terminal

pytestmark = pytest.mark.pty


@pytest.fixture
def asked(tmp_path: Path):
    environment = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", "HOME": str(tmp_path)}
    window = Terminal([sys.executable, "-m", "clerk_tui", "doctor", "--keys"], environment)
    yield window
    window.close()


def test_every_key_that_arrives_is_good_and_one_that_does_not_is_told_with_its_second_way(asked: Terminal) -> None:
    wanted = [binding.key.split(",")[0] for binding in CONTRACT]
    written = {"escape": "\x1b", "f1": "\x1bOP"}
    taken = "f6"  # as a terminal does that keeps this key to itself and sends another
    for key in wanted:
        asked.wait(f"请按 {key_words(key)}")
        code = KEYS["f5"] if key == taken else KEYS.get(key) or written.get(key) or chr(ord(key[-1]) - 96)
        asked.process.write(code.encode())
        asked.wait(f"{key_words(key)} 到的是 f5" if key == taken else f"试按键: {key_words(key)}")
    assert "请用" in asked.text()


def test_ctrl_c_ends_it_and_the_terminal_is_as_before(asked: Terminal) -> None:
    first = CONTRACT[0].key.split(",")[0]
    asked.wait(f"请按 {key_words(first)}")
    asked.process.write(b"\x03")
    asked.wait(f"试到 {key_words(first)} 为止")
    for _ in range(100):
        if not asked.process.isalive():
            break
        asked.read(0.05)
    assert not asked.process.isalive() and asked.process.exitstatus in (0, 1)
