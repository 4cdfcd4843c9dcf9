"""Jump mode: a letter in front of everything that can have the focus; the letter puts it there."""

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.geometry import Offset
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from clerk_tui.tui.cards.card import Card

LETTERS = "asdfghjklqwertyuiopzxcvbnm"
"""The home row first: most screens need no other."""


def targets(screen: Screen[object]) -> tuple[Widget, ...]:
    """What can have the focus and is in sight, from top to bottom."""
    seen = [widget for widget in screen.focus_chain if screen.find_widget(widget).visible_region]
    return tuple(sorted(seen, key=lambda widget: (widget.region.y, widget.region.x)))[: len(LETTERS)]


class JumpCard(Card[str]):
    """Answers with the place of the target among `targets`."""

    DEFAULT_CSS = """
    JumpCard { layout: vertical; align: left top; }
    JumpCard > .jump-letter { position: absolute; width: 3; height: 1; background: $cursor-line; color: $cursor-text;
        text-style: bold; }
    """

    def __init__(self, places: Sequence[Offset]) -> None:
        super().__init__()
        self.places = tuple(places)

    def compose(self) -> ComposeResult:
        for letter, place in zip(LETTERS, self.places, strict=False):
            label = Static(f" {letter} ", classes="jump-letter", markup=False)
            label.styles.offset = (max(0, place.x - 3), place.y)
            yield label

    def on_key(self, event: events.Key) -> None:
        letter = (event.character or "").lower()
        if letter and letter in LETTERS[: len(self.places)]:
            event.stop()
            self.dismiss(str(LETTERS.index(letter)))
        elif event.is_printable:
            event.stop()
            self.app.bell()

    def hint(self, words: str) -> None:
        """There is no room for words among the letters."""

    def show_fault(self, words: str, advice: str) -> None:
        """As `hint`."""

    def scanned(self, text: str) -> None:
        self.app.bell()
