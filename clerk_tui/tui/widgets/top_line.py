"""The top line: where, who, when, and how the district is reached."""

import re

from rich.cells import cell_len
from textual.widgets import Static

from clerk_tui.tui.widgets.plain import fit, plain

WEEKDAYS = "一二三四五六日"
LEAST_HALL = 16
"""Cells that the hall's name wants at least."""
_HIGHER = re.compile(r"^.{2,8}?(?:自治区|自治州|省|市|区|县)(?=.{3})")
"""A higher division at the head of a hall's name: 广州市, 番禺区."""


def short_hall(name: str, room: int) -> str:
    """The hall's name in at most `room` cells: higher divisions go first, then its head; its end says which hall it is."""
    while cell_len(name) > room and (found := _HIGHER.match(name)):
        name = name[found.end() :]
    if cell_len(name) <= room:
        return name
    while name and cell_len(name) > room - 2:
        name = name[1:]
    return f"..{name}" if name else ""


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
        if width - cell_len(left) - cell_len(right) < LEAST_HALL:
            right = right.removeprefix(when[: when.rfind(" ") + 1])  # the date gives way, the time stays
        room = width - cell_len(left) - cell_len(right) - 3
        line = f" {short_hall(hall, max(0, room))} {left}"
        line = fit(line, width - cell_len(right)) + right
        if line != self._shown:
            self._shown = line
            self.update(plain(line), layout=False)
