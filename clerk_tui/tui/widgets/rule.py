"""A line made of `=` or `-`, as wide as its place."""

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget


class Rule(Widget):
    """`words` stand at the left of the line: `--- 等候 -----`."""

    DEFAULT_CSS = "Rule { height: 1; color: $rule; }"

    def __init__(self, mark: str = "-", words: str = "", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.mark, self.words = mark, words

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        lead = f"{self.mark * 3} {self.words} " if self.words else ""
        return Strip([Segment(lead + self.mark * max(0, width - cell_len(lead)), self.rich_style)], width)
