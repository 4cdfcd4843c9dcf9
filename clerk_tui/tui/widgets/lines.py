"""The two lowest lines of every screen: what was just said, and the keys."""

from time import monotonic
from typing import TYPE_CHECKING, cast

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from clerk_tui.tui.key_contract import key_line
from clerk_tui.tui.widgets.plain import cut, in_lines, plain

if TYPE_CHECKING:
    from clerk_tui.tui.app import ClerkApp

HINT_GAP = 3

MOST_LINES = 2


LEAST_NEWS = 12
"""Cells below which news cut off is no word any more."""

READ_SECONDS = 8.0
"""After so long what an act came to has been read, and news may take its place; a refusal stays."""


class FixedLine(Static):
    """What an act came to or why it did not, in one line and only if need be in two; words stay until the next act's."""

    SAVING = "正在保存"

    def __init__(self) -> None:
        super().__init__(" ", id="fixed-line")
        self.words = ""
        self._ringing = False
        self._said_at = 0.0
        self._news = ""
        self._of_place = False
        self._about: Widget | None = None

    def say(self, words: str) -> None:
        self.words, self._ringing, self._of_place = words, False, False
        self._said_at, self._news = monotonic(), ""
        self._draw()

    def hint(self, words: str) -> None:
        """What helps at this place; it goes when the clerk leaves."""
        self.say(words)
        self._of_place, self._about = True, None

    def help(self, words: str) -> None:
        """What helps at the field in hand; it goes when the clerk moves on to another."""
        self.hint(words)
        self._about = self.screen.focused

    def on_mount(self) -> None:
        self.watch(self.screen, "focused", self._moved_on, init=False)

    def _moved_on(self, focused: Widget | None) -> None:
        if self._of_place and self._about is not None and focused not in (None, self._about):
            self.say("")

    def leave(self) -> None:
        """Another place is shown: the keys of the one before mean nothing here, nor does what it refused."""
        if self._of_place or self._ringing:
            self.say("")

    def tell(self, news: str) -> None:
        """What a printer or the district came to by itself stands behind what the clerk's own act came to."""
        if not self._ringing and monotonic() - self._said_at > READ_SECONDS:
            self.words = ""
        self._news = news
        self._draw()

    def ring(self, words: str, advice: str = "") -> None:
        self.words, self._ringing, self._of_place = f"! {words}" + (f"; {advice}" if advice else ""), True, False
        self._said_at, self._news = monotonic(), ""
        self._draw()

    def saving(self, shown: bool) -> None:
        """While an act takes its time."""
        if shown:
            self.update(Content(f" {self.SAVING}").stylize("$quiet"), layout=self.size.height != 1)
        else:
            self._draw()

    def on_resize(self, event: events.Resize) -> None:
        self._draw()

    def _draw(self) -> None:
        lines = in_lines(self.words, self.app.size.width - 2, MOST_LINES)
        words = Content("\n").join(plain(f" {line}", "bold $late" if self._ringing else "") for line in lines)
        if self._news:
            gap = " " * HINT_GAP if self.words else ""
            room = self.app.size.width - cell_len(lines[-1]) - len(gap) - 1
            words = words.append(gap).append(
                plain(cut(self._news, room).rstrip() if room >= min(LEAST_NEWS, cell_len(self._news)) else "", "$quiet")
            )
        if words != self.content:
            self.update(words, layout=self.size.height != len(lines))  # else the whole screen is laid out for a word


class KeyLine(Static):
    """The keys: always in the same order; what the place adds stands to the right and is never cut off.

    Where the line is too narrow for both, the keys needed least give way; F1 tells all of them.
    """

    def __init__(self, keys: str = "") -> None:
        """`keys` instead of the contract, for screens that have only a few."""
        super().__init__(f" {keys}", id="key-line", markup=False)
        self._keys = keys
        self._hint = ""

    def hint(self, words: str) -> None:
        """Keys of this place, such as `1核退 2留`."""
        self._hint = words
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        self._draw()

    def _draw(self) -> None:
        room = self.size.width - 1 - (cell_len(self._hint) + HINT_GAP if self._hint else 0)
        keys = self._keys or key_line(cast("ClerkApp", self.app).keymap_in_use, room)
        self.update(Content(f" {keys}{' ' * HINT_GAP}").append(plain(self._hint, "$quiet")), layout=False)
