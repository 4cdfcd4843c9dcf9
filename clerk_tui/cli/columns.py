"""Text columns for the command line, aligned by the cells that a terminal gives to wide characters."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len


def columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A head line and one line for each row; nothing is cut off."""
    table = [head, *rows]
    widths = [max(cell_len(row[n]) for row in table) for n in range(len(head))]
    for row in table:
        cells = (part + " " * (width - cell_len(part)) for part, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
