"""The top line: where, who, when, and how the district is reached."""

from rich.cells import cell_len
from textual.widgets import Static

from clerk_tui.tui.widgets.plain import fit, plain

WEEKDAYS = "一二三四五六日"


class TopLine(Static):
    """One line; the hall's name gives way first when it is narrow."""

    def __init__(self) -> None:
        super().__init__(id="top-line")
        self._shown = ""

    def show(self, *, hall: str, window: str, clerk: str, when: str, connection: str) -> None:
        """Draw it, if anything in it is new."""
        width = self.app.size.width
        right = f"{when}   {connection} " if connection else f"{when} "
        left = f" {window}  {clerk}" if clerk else f" {window}"
        room = width - cell_len(left) - cell_len(right) - 3
        line = f" {fit(hall, min(cell_len(hall), max(0, room))).rstrip()} {left}"
        line = fit(line, width - cell_len(right)) + right
        if line != self._shown:
            self._shown = line
            self.update(plain(line))
