"""The places of work in one line; F3 comes here, a number and Enter goes to a place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget


class Tab(NamedTuple):
    key: str
    words: str
    beside: str = ""  # 5! | 3


class PlaceTabs(Widget, can_focus=True):
    """`[1受理]  2待补 5!  3出件 3`."""

    help_words = "各办事处: 按数字再按 Enter 进入, 左右键也可以换"
    DEFAULT_CSS = """
    PlaceTabs { height: 1; width: 1fr; }
    PlaceTabs > .tab--here { text-style: bold; }
    PlaceTabs > .tab--cursor { background: $cursor-line; color: $cursor-text; text-style: bold; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"tab--here", "tab--cursor"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "左边的地方", show=False),
        Binding("right", "step(1)", "右边的地方", show=False),
        Binding("enter,down", "enter", "进入", show=False),
    ]

    @dataclass
    class Chosen(Message):
        """Show this place; `enter`: put the focus into it."""

        key: str
        enter: bool

    def __init__(self, tabs: Sequence[Tab]) -> None:
        super().__init__(id="place-tabs")
        self.tabs = tuple(tabs)
        self.here = self.tabs[0].key

    def count(self, key: str, words: str) -> None:
        """What stands beside a place's name."""
        tabs = tuple(Tab(tab.key, tab.words, words) if tab.key == key else tab for tab in self.tabs)
        if tabs != self.tabs:
            self.tabs = tabs
            self.refresh()

    def go(self, key: str) -> None:
        """Mark the place that is shown."""
        self.here = key
        self.refresh()

    def render_line(self, y: int) -> Strip:
        segments = [Segment(" ", self.rich_style)]
        for number, tab in enumerate(self.tabs, 1):
            words = f"{number}{tab.words}" + (f" {tab.beside}" if tab.beside else "")
            if tab.key == self.here:
                name = "cursor" if self.has_focus else "here"
                segments.append(Segment(f"[{words}]", self.get_component_rich_style(f"tab--{name}")))
            else:
                segments.append(Segment(f" {words} ", self.rich_style))
            segments.append(Segment(" ", self.rich_style))
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_key(self, event: events.Key) -> None:
        character = event.character or ""
        if character.isascii() and character.isdigit():
            event.stop()
            if 1 <= int(character) <= len(self.tabs):
                self._look(self.tabs[int(character) - 1].key)
            else:
                self.app.bell()

    def action_step(self, step: int) -> None:
        keys = [tab.key for tab in self.tabs]
        self._look(keys[(keys.index(self.here) + step) % len(keys)])

    def _look(self, key: str) -> None:
        """Marked at once, so that an Enter typed ahead enters this place and not the one that was shown before."""
        self.go(key)
        self.post_message(self.Chosen(key, False))

    def action_enter(self) -> None:
        self.post_message(self.Chosen(self.here, True))

    # a scan never changes the place

    def typed_state(self) -> object:
        return self.here

    def put_back(self, state: object) -> None:
        if isinstance(state, str) and state != self.here:
            self.post_message(self.Chosen(state, False))
