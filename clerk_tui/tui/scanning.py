"""A scanner or card reader types like a keyboard, only faster: tell its bursts from typing.

A text field takes the characters as they come, so typing never waits; when Enter or Tab shows that the burst was a
scan, the field is put back as it was and `Scanned` goes to the screen instead of the key. Where a single key acts at
once (a digit that marks, answers or changes the place, a letter that opens the find box), the key waits until the
scanner's silence shows that it was pressed by a hand. The mean gap of the burst decides, never a single gap: a paint
delays single keys by more than a scanner's gap.
"""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, runtime_checkable

from textual import events
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget

from clerk_tui.settings import SCANNERS, Scanner
from clerk_tui.tui.ordered_keys import OrderedKeys, takes_text

LONGEST_GAP_SECONDS = 0.5
"""A pause of this length always begins a new burst; much longer than any stall of the screen."""
SILENCE_SECONDS = 0.04
"""A key that acts at once waits this long; a scanner that pauses longer between characters needs the preset `slow`."""
ENDS = frozenset({"enter", "tab"})
"""What scanners are set up to send behind the code."""


PLAIN_NUMBERS = frozenset({"date", "phone", "digits", "pin"})
"""Fields that want eight digits or more as a matter of course: only what checks itself is a scan there."""


@runtime_checkable
class PutsBack(Protocol):
    """A widget whose typed keys can be taken back when they turn out to be a scan."""

    def typed_state(self) -> object: ...

    def put_back(self, state: object) -> None: ...


@dataclass
class Scanned(Message):
    """A scan, as it was typed; posted to the active screen."""

    text: str


class _Stroke(NamedTuple):
    """A character of a burst; `state` is what stood in `at` before it, kept where a scan may begin."""

    character: str
    time: float
    at: Widget | None = None
    state: object = None


class Scanning(OrderedKeys):
    """Mixin for the App; `scanner` says what counts as a scan, `is_card_line` which line only a card reader types."""

    scanner: Scanner = SCANNERS["standard"]
    tabs_inside = False
    """The card reader separates its fields with Tab."""
    _burst: Sequence[_Stroke] = ()
    _pending: Sequence[events.Key] = ()
    _judged: Sequence[events.Event] = ()
    _silence: Timer | None = None

    def is_card_line(self, text: str) -> bool:
        """Whether the text is what a card reader types; overridden by whoever knows the reader's format."""
        return False

    def is_known(self, text: str) -> bool:
        """Whether the text is a code, a number or a line that checks itself; overridden likewise."""
        return False

    @property
    def keys_waiting(self) -> bool:
        return super().keys_waiting or bool(self._pending)

    async def on_fresh_input(self, event: events.Key | events.Paste) -> None:
        if not self.scanner.min_length or not isinstance(event, events.Key) or self._is_judged(event):
            await super().on_fresh_input(event)
        elif self._pending and event.time - self._pending[-1].time > self.silence_seconds:
            await self._judge(event)  # the hand's key was followed by its silence
        elif self._may_end(event) and (scan := self._scan_ended(event.time)):
            self._take_scan(scan)
        elif _is_printable(event) or self._is_tab_inside(event):
            self._gather(event)
            if self._pending or self._is_tab_inside(event) or self._acts_at_once(event):
                self._wait(event)
            else:
                await super().on_fresh_input(event)
        else:
            self._burst = ()
            if self._pending:
                await self._judge(event)
            else:
                await super().on_fresh_input(event)

    @property
    def silence_seconds(self) -> float:
        """How long nothing may come after a key that a hand pressed."""
        return max(SILENCE_SECONDS, self.scanner.gap_ms * 1.6 / 1000)

    def _acts_at_once(self, event: events.Key) -> bool:
        """A digit that only moves the cursor of a list can be taken back; everything else outside of a text field acts."""
        if takes_text(self.focused):
            return False
        character = event.character or ""
        moves = getattr(self.focused, "digits", "") == "number" and not getattr(self.focused, "in_options", False)
        return not (moves and character.isascii() and character.isdigit())

    # keys that wait for silence

    def _wait(self, event: events.Key) -> None:
        self._pending = [*self._pending, event]
        if self._silence is not None:
            self._silence.stop()
        self._silence = self.set_timer(self.silence_seconds, self._judge)

    async def _judge(self, after: events.Key | None = None) -> None:
        """The keys that waited were pressed by a hand: let them act, and what came behind them follow."""
        if self._silence is not None:
            self._silence.stop()
            self._silence = None
        pressed, self._pending = self._pending, ()
        self._judged = [*self._judged, *pressed]
        await self.feed([*pressed, *((after,) if after is not None else ())])

    def _is_judged(self, event: events.Key) -> bool:
        left = [one for one in self._judged if one is not event]
        found = len(left) != len(self._judged)
        self._judged = left
        return found

    # the burst

    def _gather(self, event: events.Key) -> None:
        if self._burst and event.time - self._burst[-1].time > LONGEST_GAP_SECONDS:
            self._burst = ()
        at: Widget | None = None
        state: object = None
        if not self._burst or event.time - self._burst[-1].time > self.silence_seconds:
            at = self.focused
            state = at.typed_state() if isinstance(at, PutsBack) else None
        character = "\t" if event.key == "tab" else event.character or ""
        self._burst = [*self._burst, _Stroke(character, event.time, at, state)]

    def _may_end(self, event: events.Key) -> bool:
        return event.key in ENDS and not (self.tabs_inside and event.key == "tab")

    def _is_tab_inside(self, event: events.Key) -> bool:
        return (
            self.tabs_inside and event.key == "tab" and len(self._burst) > 1 and self._is_fast(self._burst, event.time)
        )

    def _is_fast(self, strokes: Sequence[_Stroke], ended: float) -> bool:
        return (ended - strokes[0].time) * 1000 / len(strokes) <= self.scanner.gap_ms

    def _scan_ended(self, ended: float) -> Sequence[_Stroke]:
        """The strokes of the scan that ends now; empty when a hand typed them.

        What a hand typed just before stands in front of a pause, but a paint may cause a pause within a scan too: a code
        that is known decides, then the first pause behind which the characters run.
        """
        burst = self._burst
        starts = [place for place, stroke in enumerate(burst) if place == 0 or stroke.at is not None]
        found = [
            burst[start:]
            for start in starts
            if self._is_fast(burst[start:], ended) and self._is_code(_text(burst[start:]))
        ]
        known = (strokes for strokes in found if len(found) > 1 and self.is_known(_text(strokes)))
        runs = (strokes for strokes in found if strokes[1].time - strokes[0].time <= self.silence_seconds)
        return next(known, None) or next(runs, ())

    def _is_code(self, text: str) -> bool:
        """Codes are plain characters (full-width ones of an input method are folded); Chinese comes from readers only."""
        if len(text) < self.scanner.min_length:
            return False
        if getattr(self.focused, "kind", "") in PLAIN_NUMBERS:
            return self.is_known(text)
        return text.isascii() or self.is_card_line(text)

    def _take_scan(self, strokes: Sequence[_Stroke]) -> None:
        """The keys that waited are dropped; what a text field took is taken back, then the screen is told."""
        text = _text(strokes)
        first = strokes[0]
        self._burst, self._pending = (), ()
        if self._silence is not None:
            self._silence.stop()
            self._silence = None
        self._held = []
        self._settle(then=self._told(text, first.at, first.state))

    def _told(self, text: str, at: Widget | None, state: object) -> "Callable[[], None]":
        def tell() -> None:
            if at is not None and at.is_attached and isinstance(at, PutsBack):
                at.put_back(state)
            self.screen.post_message(Scanned(text))

        return tell


def _text(strokes: Sequence[_Stroke]) -> str:
    """What was scanned; a name keeps its rare characters, plain codes lose an input method's full width."""
    text = "".join(stroke.character for stroke in strokes)
    folded = unicodedata.normalize("NFKC", text)
    return folded if folded.isascii() else text


def _is_printable(event: events.Key) -> bool:
    return event.is_printable and event.character is not None
