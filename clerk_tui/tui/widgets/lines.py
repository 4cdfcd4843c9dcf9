"""The two lowest lines of every screen: what was just said, and the keys."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from clerk_tui.tui.key_contract import key_line
from clerk_tui.tui.widgets.plain import cut, plain, shown
from clerk_tui.tui.widgets.rule import Rule

if TYPE_CHECKING:
    from clerk_tui.tui.app import ClerkApp

HINT_GAP = 3

MOST_LINES = 2
"""Longer words take the place of the rule above them as well; what is above does not move."""


class FixedLine(Static):
    """One place for what an act came to or why it did not; words stay until the next ones.

    One line, and over the rule above it a second one for words that do not fit: what is kept and what to do now stands
    at their end.
    """

    SAVING = "正在保存"

    def __init__(self) -> None:
        super().__init__(" ", id="fixed-line")
        self.words = ""
        self._ringing = False
        self._drawn_for = 0

    def say(self, words: str) -> None:
        self.words, self._ringing = words, False
        self._draw()

    def ring(self, words: str, advice: str = "") -> None:
        self.words, self._ringing = f"! {words}" + (f"; {advice}" if advice else ""), True
        self._draw()

    def saving(self, shown: bool) -> None:
        """While an act takes its time."""
        if shown:
            self._show([self.SAVING], "$quiet")
        else:
            self._draw()

    def on_resize(self, event: events.Resize) -> None:
        if self.app.size.width != self._drawn_for:
            self._draw()

    def _draw(self) -> None:
        self._show(self._lines(), "bold $late" if self._ringing else "")

    def _lines(self) -> list[str]:
        self._drawn_for = self.app.size.width
        room = self._drawn_for - 2
        if cell_len(self.words) <= room:
            return [self.words]
        from clerk_tui.documents.text_layout import wrap

        first, *rest = wrap(shown(self.words), room)
        return [first, cut(" ".join(rest), room)] if len(rest) >= MOST_LINES else [first, *rest]

    def _show(self, lines: Sequence[str], style: str) -> None:
        self.styles.height = len(lines)
        above = self._above()
        if above is not None:
            above.display = len(lines) < MOST_LINES
        self.update(Content("\n".join(f" {line}" for line in lines)).stylize(style))

    def _above(self) -> Rule | None:
        siblings = self.parent.children if isinstance(self.parent, Widget) else ()
        before = siblings[siblings.index(self) - 1] if self in siblings and siblings.index(self) else None
        return before if isinstance(before, Rule) else None


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
        self.update(Content(f" {keys}{' ' * HINT_GAP}").append(plain(self._hint, "$quiet")))
