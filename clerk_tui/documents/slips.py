"""A paper on a slip: lines of 32 (58 mm) or 48 (80 mm) cells, what is large, where the QR code stands."""

from collections.abc import Iterator
from dataclasses import dataclass

from clerk_tui.documents.paper import Printable
from clerk_tui.documents.slip_lines import SlipLine
from clerk_tui.documents.text_form import text_of
from clerk_tui.documents.text_layout import fit, width, wrap

WIDTHS = {58: 32, 80: 48}
"""Cells of a line by the width of the paper roll in millimetres (font A, a Chinese character takes two)."""


@dataclass(frozen=True)
class RollLine:
    """One line as the roll takes it. `style` is text | bold | big | qr; the words of a `qr` line are its code."""

    style: str
    words: str


def slip_lines(paper: Printable, cells: int) -> tuple[RollLine, ...]:
    """Everything that goes on the roll. A kind without a slip form of its own is its text, with the QR code below."""
    lines = list(_own(paper, cells)) if paper.slip is not None else list(_from_text(paper, cells))
    if paper.void_reason:
        voided = [paper.void_words, *wrap(paper.void_reason, cells)]
        lines = [*(RollLine("bold", fit(line, cells, "centre").rstrip()) for line in voided), *lines]
    if paper.reprint:
        lines.append(RollLine("bold", fit(paper.reprint, cells, "centre").rstrip()))
    return tuple(lines)


def _from_text(paper: Printable, cells: int) -> Iterator[RollLine]:
    for line in text_of(paper, cells).splitlines():
        yield RollLine("text", line)
    if paper.code:
        yield RollLine("qr", paper.code)


def _own(paper: Printable, cells: int) -> Iterator[RollLine]:
    assert paper.slip is not None
    for line in paper.slip.lines:
        yield from _drawn(line, cells)


def _drawn(line: SlipLine, cells: int) -> Iterator[RollLine]:
    match line.style:
        case "rule":
            yield RollLine("text", "-" * cells)
        case "qr":
            yield RollLine("qr", line.words)
        case "big":
            for piece in wrap(line.words, cells // 2):
                yield RollLine("big", fit(piece, cells // 2, "centre").rstrip())
        case "pair":
            lead = f"{line.label}: "
            indent = width(lead) if width(lead) <= cells // 2 else 2
            first, *rest = wrap(line.words, cells - indent)
            if width(lead) > indent:
                yield from (RollLine("text", piece) for piece in wrap(lead, cells))
                yield RollLine("text", " " * indent + first)
            else:
                yield RollLine("text", lead + first)
            yield from (RollLine("text", " " * indent + piece) for piece in rest)
        case _:
            for piece in wrap(line.words, cells):
                said = fit(piece, cells, "centre").rstrip() if line.centred else piece
                yield RollLine(line.style, said)
