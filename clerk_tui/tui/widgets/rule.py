"""A line made of `=` or `-`, as wide as its place."""

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget


class Rule(Widget):
    """`words` stand at the left of the line: `--- 等候 -----`."""

    DEFAULT_CSS = """
    Rule { height: 1; color: $rule; }
    Rule > .rule--words { color: $quiet; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"rule--words"}

    def __init__(self, mark: str = "-", words: str = "", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.mark, self.words = mark, words

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if not self.words:
            return Strip([Segment(self.mark * width, self.rich_style)], width)
        words = f" {self.words} "
        segments = [
            Segment(self.mark * 3, self.rich_style),
            Segment(words, self.get_component_rich_style("rule--words")),
            Segment(self.mark * max(0, width - 3 - cell_len(words)), self.rich_style),
        ]
        return Strip(segments).adjust_cell_length(width, self.rich_style)
