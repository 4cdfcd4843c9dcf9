"""A scanner or card reader types like a keyboard, only faster: tell its bursts from typing.

The characters are typed as they come, so typing never waits; when Enter shows that the burst was a scan, what it typed
is taken back and `Scanned` goes to the screen instead of the keys. The mean gap of the whole burst decides, never a
single gap: a paint delays single keys by more than a scanner's gap.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from textual import events
from textual.message import Message
from textual.widget import Widget

from clerk_tui.settings import SCANNERS, Scanner
from clerk_tui.tui.ordered_keys import OrderedKeys

LONGEST_GAP_SECONDS = 0.5
"""A pause of this length always begins a new burst; much longer than any stall of the screen."""


@runtime_checkable
class PutsBack(Protocol):
    """A widget whose typed keys can be taken back when they turn out to be a scan."""

    def typed_state(self) -> object: ...

    def put_back(self, state: object) -> None: ...


@dataclass
class Scanned(Message):
    """A scan, folded to nothing but its characters; posted to the active screen."""

    text: str


class Scanning(OrderedKeys):
    """Mixin for the App; `scanner` says what counts as a scan."""

    scanner: Scanner = SCANNERS["standard"]
    _burst: list[str]
    _burst_began = 0.0
    _burst_last = 0.0
    _burst_at: Widget | None = None
    _burst_state: object = None

    async def on_fresh_input(self, event: events.Key | events.Paste) -> None:
        if isinstance(event, events.Key) and self.scanner.min_length:
            if event.key == "enter" and self._is_scan(event.time):
                self._held = []
                self._settle(then=self._scanned)
                return
            self._gather(event)
        await super().on_fresh_input(event)

    def _gather(self, event: events.Key) -> None:
        character = event.character
        if character is None or not (character.isascii() and character.isprintable()):
            self._burst = []
            return
        if not getattr(self, "_burst", None) or event.time - self._burst_last > LONGEST_GAP_SECONDS:
            self._burst = []
            self._burst_began = event.time
            self._burst_at = self.focused
            self._burst_state = self._burst_at.typed_state() if isinstance(self._burst_at, PutsBack) else None
        self._burst.append(character)
        self._burst_last = event.time

    def _is_scan(self, ended: float) -> bool:
        burst = getattr(self, "_burst", [])
        if len(burst) < self.scanner.min_length:
            return False
        return (ended - self._burst_began) * 1000 / len(burst) <= self.scanner.gap_ms

    def _scanned(self) -> None:
        """All of the burst has been typed somewhere: take it back and tell the screen instead."""
        text, self._burst = "".join(self._burst), []
        widget = self._burst_at
        if widget is not None and widget.is_attached and isinstance(widget, PutsBack):
            widget.put_back(self._burst_state)
        self.screen.post_message(Scanned(text))
