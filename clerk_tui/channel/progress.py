"""What an exchange is doing now: written by its thread, read by a screen in another, and how a person cancels it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from clerk_tui.channel.faults import Cancelled

Report = Callable[[int, int], None]
"""Bytes done and bytes in all of the file that is on its way."""


@dataclass
class Progress:
    """`step`: '' | connecting | receiving | sealing | sending. `done` and `total` are bytes of the current file,
    `files_done` and `files_total` count the files of this step."""

    step: str = ""
    name: str = ""
    done: int = 0
    total: int = 0
    files_done: int = 0
    files_total: int = 0
    alive: Callable[[], None] = lambda: None
    """Called whenever something moved: the exchange keeps its lease with it."""
    _cancelled: threading.Event = field(default_factory=threading.Event)

    def begin(self, step: str, files: int = 0) -> None:
        """A new step begins. Raises Cancelled."""
        self.step, self.name, self.done, self.total, self.files_done, self.files_total = step, "", 0, 0, 0, files
        self.moved()

    def file(self, name: str, size: int = 0) -> None:
        """The next file of this step begins. Raises Cancelled."""
        self.name, self.done, self.total = name, 0, size
        self.moved()

    def bytes(self, done: int, total: int) -> None:
        """Raises Cancelled."""
        self.done, self.total = done, total
        self.moved()

    def file_done(self) -> None:
        self.files_done += 1
        self.done = self.total

    def end(self) -> None:
        self.begin("")

    def moved(self) -> None:
        """Raises Cancelled."""
        if self._cancelled.is_set():
            raise Cancelled
        self.alive()

    def cancel(self) -> None:
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    @property
    def share(self) -> float:
        """How much of this step is done, 0 to 1: whole files and the part of the one that is on its way."""
        within = self.done / self.total if self.total else 0.0
        if not self.files_total:
            return min(1.0, within)
        running = within if self.files_done < self.files_total and self.done < self.total else 0.0
        return min(1.0, (self.files_done + running) / self.files_total)
