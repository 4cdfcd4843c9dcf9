"""Lines of Chinese text by terminal cells: a wide character takes two, a combining mark none."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

_NO_LINE_START = frozenset("，。、；：！？）》」』】〕,.;:!?)]}%")
_NO_LINE_END = frozenset("（《「『【〔([{")


_LAST_WORD = re.compile(r"[0-9A-Za-z]+$")


@lru_cache(maxsize=8192)
def char_width(char: str) -> int:
    """Cells of one character: 2 for East Asian wide and full-width, 0 for combining and format characters."""
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf", "Cc"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def width(text: str) -> int:
    """Cells of a line."""
    return sum(map(char_width, text))


def wrap(text: str, limit: int) -> list[str]:
    """Break a text into lines of at most `limit` cells (never below 2); at least one line, possibly empty.

    Runs of ASCII letters and digits stay whole when they fit a line; closing punctuation does not start a line; a line
    feed always ends one.
    """
    limit = max(limit, 2)
    if "\n" in text:
        return [line for part in text.split("\n") for line in wrap(part, limit)]
    if width(text) <= limit:
        return [text.rstrip()]
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        while width(line) + width(piece) > limit:
            if not line.strip():
                head, piece = _cut(line + piece, limit)
                lines.append(head)
                line = ""
                continue
            line, carried = _carry(line, piece)
            lines.append(line.rstrip())
            line, piece = carried, piece if carried else piece.lstrip()
        line += piece
    if line.strip() or not lines:
        lines.append(line.rstrip())
    return lines


def fit(text: str, cells: int, align: str = "left") -> str:
    """Pad to exactly `cells`; a longer text is returned as it is."""
    gap = max(0, cells - width(text))
    if align == "right":
        return " " * gap + text
    if align == "centre":
        return " " * (gap // 2) + text + " " * (gap - gap // 2)
    return text + " " * gap


@dataclass(frozen=True)
class Column:
    """A column of a text table; `cells` 0 takes what the others leave."""

    title: str
    cells: int = 0
    align: str = "left"


def table(columns: Sequence[Column], rows: Iterable[Sequence[str]], limit: int) -> list[str]:
    """A table with a header between rules of `-`; cells wrap inside their column, no line is over `limit`."""
    widths = _column_widths(columns, limit)
    rule = "-" * limit
    lines = [rule, *_cells([column.title for column in columns], columns, widths), rule]
    for row in rows:
        lines += _cells(row, columns, widths)
    return [*lines, rule]


def _column_widths(columns: Sequence[Column], limit: int) -> list[int]:
    open_columns = sum(1 for column in columns if not column.cells)
    left = limit - sum(column.cells for column in columns) - (len(columns) - 1)
    share, rest = divmod(max(left, 4 * open_columns), max(open_columns, 1))
    widths: list[int] = []
    for column in columns:
        widths.append(column.cells or share + (1 if rest > 0 else 0))
        rest -= not column.cells
    return widths


def _cells(row: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> list[str]:
    wrapped = [wrap(text, cells) for text, cells in zip(row, widths, strict=True)]
    height = max(map(len, wrapped))
    return [
        _row([cell[index] if index < len(cell) else "" for cell in wrapped], columns, widths) for index in range(height)
    ]


def _row(texts: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> str:
    return " ".join(
        fit(text, cells, column.align) for text, column, cells in zip(texts, columns, widths, strict=True)
    ).rstrip()


def _pieces(text: str) -> Iterable[str]:
    """Runs that should not be broken: ASCII words, and single characters of everything else with their marks."""
    run = ""
    for char in text:
        wordy = char.isascii() and not char.isspace()
        if run and (char_width(char) == 0 or (wordy and run[-1].isascii() and not run[-1].isspace())):
            run += char
        else:
            if run:
                yield run
            run = char
    if run:
        yield run


def _cut(text: str, limit: int) -> tuple[str, str]:
    taken = 0
    for index, char in enumerate(text):
        taken += char_width(char)
        if taken > limit:
            return text[:index], text[index:]
    return text, ""


def _carry(line: str, piece: str) -> tuple[str, str]:
    """The full line, and what of it goes to the next: an opening bracket, or what closing punctuation clings to."""
    if len(line) > 1 and (line[-1] in _NO_LINE_END or piece[0] in _NO_LINE_START):
        word = _LAST_WORD.search(line) if piece[0] in _NO_LINE_START else None
        cut = word.start() if word and word.start() else len(line) - 1  # a word goes whole, unless it is the whole line
        return line[:cut], line[cut:]
    return line, ""
