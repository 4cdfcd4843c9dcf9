"""Lines of a paper in text, bound to the width of the page. No line is over the width."""

from collections.abc import Iterable, Sequence

from clerk_tui.documents.blocks import Items, Table
from clerk_tui.documents.text_layout import Column, fit, table, width, wrap
from clerk_tui.documents.words import Pair, two_abreast

_GAP = 2
_CELLS = {"wide": 0, "num": 6, "ref": 16, "mid": 14, "when": 20, "day": 12}
_LEAST = 12
"""Cells that a wide column needs at least; with less the table becomes a list."""


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
            return _block([*wrap(first, self.cells), *(" " * indent + line for line in lines)])
        return _block([lead + lines[0], *(" " * indent + line for line in lines[1:])])

    def numbered(self, items: Sequence[str]) -> str:
        return _block(self.para(item, 4, f"{index:>2}. ") for index, item in enumerate(items, 1))

    def pairs(self, rows: Sequence[Pair]) -> str:
        """Labels and words, two abreast where both are short."""
        rows = [(_flat(name), words) for name, words in rows]
        label = min(max((width(name) for name, _ in rows), default=0) + 2, self.cells // 3)
        half = (self.cells - _GAP) // 2
        lines: list[str] = []
        for line in two_abreast(rows, half - label):
            if len(line) == 2 and all(width(name) < label and "\n" not in words for name, words in line):
                left, right = (fit(f"{name}:", label) + words for name, words in line)
                lines.append(fit(left, half + _GAP) + right)
            else:
                lines += (self.para(words, label, f"{name}:") for name, words in line)
        return _block(lines)

    def table(self, block: Table) -> str:
        """Numbered rows; as a list where the page is too narrow for the columns."""
        columns = [Column(_flat(title), _CELLS[kind]) for title, kind in block.columns]
        left = self.cells - sum(column.cells + 1 for column in columns) - 3
        if block.narrow or left < _LEAST * sum(1 for column in columns if not column.cells):
            return self.items(as_items(block))
        shown = [Column("#", 3, "right"), *columns]
        lines = [[str(index), *("；".join(parts) for parts in row)] for index, row in enumerate(block.rows, 1)]
        return _block(table(shown, lines, self.cells))

    def items(self, block: Items) -> str:
        """A numbered list: the headline of each row, below it label and words of each detail."""
        room = 6 + max((width(_flat(label)) for _, pairs in block.rows for label, _ in pairs), default=0)
        room = min(room, self.cells // 3)
        lines: list[str] = []
        for index, (headline, pairs) in enumerate(block.rows, 1):
            lines.append(self.para(headline, 4, f"{index:>2}. "))
            lines += (self.para(words, room, f"    {_flat(label)}:") for label, words in pairs)
        return _block(lines)

    def sign_places(self, labels: Sequence[str]) -> str:
        """One line per signature: label, room to sign, room for the date; two lines where the page is narrow."""
        tail = "    年   月   日"
        lines: list[str] = []
        for label in map(_flat, labels):
            room = self.cells - width(label) - 1 - width(tail)
            if room >= 10:
                lines += ["", f"{label}:{'_' * min(room, 24)}{tail}"]
            else:
                lines += ["", self.para(f"{label}:"), self.right(tail)]
        return _block(lines)

    def seal_place(self, office: str, dated: str, words: str) -> str:
        return _block(["", self.right(f"{office}{_flat(words)}"), self.right(dated)])


def as_items(block: Table) -> Items:
    """A table as a list: the first `head` columns are the headline of each entry."""
    rows = []
    for row in block.rows:
        headline = "  ".join(part for cell in row[: block.head] for part in cell)
        details = zip(block.columns[block.head :], row[block.head :], strict=True)
        rows.append((headline, tuple((title, "；".join(parts)) for (title, _), parts in details if parts)))
    return Items(tuple(rows))


def _flat(label: str) -> str:
    return label.replace("\n", " ")


def _block(lines: Iterable[str]) -> str:
    return "\n".join(line.rstrip() for line in lines)
