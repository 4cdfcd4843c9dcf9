"""The blocks that text templates are made of, bound to the width of the page. No line is over the width."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from clerk_tui.documents.text_layout import Column, fit, table, width, wrap
from clerk_tui.documents.words import Pair, cell, two_abreast

Row = Mapping[str, Any]

_GAP = 2


class TextPage:
    """Blocks of lines without a last line feed: the template's own line end follows."""

    def __init__(self, cells: int) -> None:
        self.cells = cells

    def rule(self, char: str = "-") -> str:
        return char * self.cells

    def centre(self, text: str) -> str:
        return _block(fit(line, self.cells, "centre") for line in wrap(text, self.cells))

    def right(self, text: str) -> str:
        return _block(fit(line, self.cells, "right") for line in wrap(text, self.cells))

    def para(self, text: object, indent: int = 0, first: str = "") -> str:
        """A paragraph `indent` cells in; `first` (a number, a label) stands before its first line."""
        lines = wrap(str(text), self.cells - indent)
        lead = fit(first, indent)
        if width(lead) > indent:
            return _block([first, *(" " * indent + line for line in lines)])
        return _block([lead + lines[0], *(" " * indent + line for line in lines[1:])])

    def numbered(self, items: Sequence[str]) -> str:
        return _block(self.para(item, 4, f"{index:>2}. ") for index, item in enumerate(items, 1))

    def pairs(self, rows: Sequence[Pair]) -> str:
        """Labels and words, two abreast where both are short."""
        label = min(max((width(name) for name, _ in rows), default=0) + 2, self.cells // 3)
        half = (self.cells - _GAP) // 2
        lines: list[str] = []
        for line in two_abreast(rows, half - label):
            if len(line) == 2 and all(width(name) < label for name, _ in line):
                left, right = (fit(f"{name}:", label) + words for name, words in line)
                lines.append(fit(left, half + _GAP) + right)
            else:
                lines += (self.para(words, label, f"{name}:") for name, words in line)
        return _block(lines)

    def table(self, rows: Sequence[Row], columns: Sequence[tuple[str, str, int]]) -> str:
        """Numbered rows. A column is (title, fact keys of the row, cells or 0 for what is left);"""
        shown = [Column("#", 3, "right"), *(Column(title, cells) for title, _, cells in columns)]
        lines = [[str(index), *(cell(row, keys) for _, keys, _ in columns)] for index, row in enumerate(rows, 1)]
        return _block(table(shown, lines, self.cells))

    def items(self, rows: Sequence[Row], headline: str, details: Sequence[tuple[str, str]]) -> str:
        """A numbered list: the headline keys of each row, below them label and words of each detail that is not blank."""
        room = 6 + max(width(label) for label, _ in details)
        lines: list[str] = []
        for index, row in enumerate(rows, 1):
            lines.append(self.para("  ".join(cell(row, key) for key in headline.split()), 4, f"{index:>2}. "))
            for label, keys in details:
                words = cell(row, keys)
                if words:
                    lines.append(self.para(words, room, f"    {label}:"))
        return _block(lines)

    def sign_places(self, labels: Sequence[str]) -> str:
        """One line per signature: label, room to sign, room for the date; two lines where the page is narrow."""
        tail = "    年   月   日"
        lines: list[str] = []
        for label in labels:
            room = self.cells - width(label) - 1 - width(tail)
            if room >= 10:
                lines += ["", f"{label}:{'_' * min(room, 24)}{tail}"]
            else:
                lines += ["", self.para(f"{label}:"), self.right(tail)]
        return _block(lines)

    def seal_place(self, office: str, dated: str) -> str:
        return _block(["", self.right(f"{office}（盖章）"), self.right(dated)])


def _block(lines: Iterable[str]) -> str:
    return "\n".join(line.rstrip() for line in lines)
