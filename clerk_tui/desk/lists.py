"""What the district published is taken up by this program's desk: its catalogue for new intakes, its calendar for dates."""

from pathlib import Path

from clerk_tui.catalog import load
from clerk_tui.desk import calendars
from clerk_tui.desk.context import Desk
from clerk_tui.store.act import By


def take_up(desk: Desk, by: By, *, catalogue: Path | None) -> str:
    """Use the catalogue of a folder (None: it stays) and count dates anew that a new calendar moves; words for the clerk.

    What is being taken in keeps the version that it began with: callers wait until no intake is open here. Raises
    Refusal catalogue_fault: the desk goes on with what it had.
    """
    words = []
    if catalogue is not None:
        fresh = load.load(catalogue)
        if fresh.version != desk.catalogue.version:
            desk.catalogue = fresh
            words.append("事项目录已更新")
    redated = calendars.catch_up(desk, by)
    if redated:
        words.append(f"按新日历重算了 {redated} 件的期限")
    return "; ".join(words)
