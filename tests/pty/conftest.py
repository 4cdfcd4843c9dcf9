"""The real program in a pseudo terminal, read as a person reads it."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

if sys.platform == "win32":
    collect_ignore_glob = ["test_*.py"]
else:
    import pyte
    from ptyprocess import PtyProcess

PATIENCE_SECONDS = 30.0
TYPING_GAP_SECONDS = 0.06
"""Slower than any scanner, as fast as a good typist."""
KEYS = {
    "enter": "\r",
    "esc": "\x1b",
    "tab": "\t",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "f2": "\x1bOQ",
    "f3": "\x1bOR",
    "f4": "\x1bOS",
    "f5": "\x1b[15~",
    "f6": "\x1b[17~",
    "f7": "\x1b[18~",
    "f8": "\x1b[19~",
    "f9": "\x1b[20~",
}


class Terminal:
    """One program at one terminal. `pressed` counts key presses, not the characters of names and numbers."""

    def __init__(self, command: list[str], environment: dict[str, str], *, columns: int = 120, rows: int = 40) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.process = PtyProcess.spawn(command, env=environment, dimensions=(rows, columns))
        self.pressed = 0
        self.received = 0
        """Bytes that the program wrote so far."""

    def text(self) -> str:
        """What stands on the screen, line by line, the blank halves of wide characters left out."""
        return "\n".join(
            "".join(self.screen.buffer[y][x].data for x in range(self.screen.columns)) for y in range(self.screen.lines)
        )

    def read(self, seconds: float) -> None:
        """Take in what the program writes within a time."""
        import select

        if select.select([self.process.fd], [], [], seconds)[0]:
            try:
                written = self.process.read(65536)
            except EOFError:
                return
            self.received += len(written)
            self.stream.feed(written.replace(b"\x1b[?1049h", b""))

    def wait(self, *words: str) -> str:
        """Wait until all these words stand on the screen; fails with the screen when they never come."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            shown = self.text()
            if all(word in shown for word in words):
                return shown
            self.read(0.05)
        raise AssertionError(f"never came: {words}\n{self.text()}")

    def wait_gone(self, word: str) -> str:
        """Wait until a word has left the screen."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            if word not in self.text():
                return self.text()
            self.read(0.05)
        raise AssertionError(f"still there: {word}\n{self.text()}")

    def press(self, *keys: str) -> None:
        """Press keys one after the other; each counts."""
        for key in keys:
            self.pressed += 1
            self.process.write(KEYS.get(key, key).encode())
            self.read(0.02)

    def type(self, text: str) -> None:
        """Type a name or a number as a person does, a character at a time; its characters do not count."""
        for character in text:
            self.process.write(character.encode())
            until = time.monotonic() + TYPING_GAP_SECONDS
            while (left := until - time.monotonic()) > 0:
                self.read(left)

    def close(self) -> None:
        """Leave the program."""
        if self.process.isalive():
            self.process.terminate(force=True)


Open = Callable[..., Terminal]


@pytest.fixture
def demo_store(tmp_path: Path) -> Path:
    """A demonstration store of this morning."""
    from clerk_tui.demo import prepare

    folder = tmp_path / "demo"
    prepare(folder)
    return folder


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Open]:
    """Open the real program on a store."""
    import os

    opened: list[Terminal] = []

    def start(store: Path, *, columns: int = 120, rows: int = 40, settings: dict[str, str] | None = None) -> Terminal:
        environment = {
            **os.environ,
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
            "HOME": str(tmp_path),
            **(settings or {}),
        }
        command = [sys.executable, "-m", "clerk_tui", "--store", str(store), "--clerk", "demo"]
        made = Terminal(command, environment, columns=columns, rows=rows)
        opened.append(made)
        return made

    yield start
    for one in opened:
        one.close()
