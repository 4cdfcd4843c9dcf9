"""Dates of a case that the department accepted without telling its own: estimates from the case's own item snapshot
and the calendars that this program ships (channel rule 54)."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from clerk_tui.catalog import calendars
from clerk_tui.catalog.codec import item_from_snapshot
from clerk_tui.rules.limits import due
from clerk_tui.rules.regimes import REGIMES
from clerk_tui.rules.working_days import WorkCalendar
from clerk_tui.store import canonical


class Dues(NamedTuple):
    """ISO dates; `provisional` where a year's calendar is not published yet."""

    promised: str
    statutory: str | None
    provisional: bool


@lru_cache(maxsize=1)
def calendar() -> WorkCalendar:
    """The shipped calendars; read from files, so never for the first time under a lock."""
    return calendars.load()


def estimate(item_snapshot: str, accepted_at: int) -> Dues | None:
    """Promised and statutory dates of a case accepted at an instant (UTC ms); None when the snapshot tells no limits."""
    try:
        item = item_from_snapshot(canonical.load(item_snapshot))
    except (KeyError, TypeError, ValueError):
        return None
    start = (datetime.fromtimestamp(accepted_at / 1000, UTC) + timedelta(hours=8)).date()
    promised = due(start, item.promise, calendar())
    legal = item.legal or REGIMES[item.regime].statutory
    statutory = due(start, legal, calendar()) if legal is not None else None
    return Dues(
        promised.day.isoformat(),
        statutory.day.isoformat() if statutory is not None else None,
        promised.provisional or (statutory is not None and statutory.provisional),
    )
