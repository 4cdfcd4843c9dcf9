"""The calendar by which a station estimates dates that the department does not tell."""

from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from clerk_tui.catalog import calendars
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.working_days import WorkCalendar
from clerk_tui.store import calendar_years
from clerk_tui.store.act import Act


@lru_cache(maxsize=1)
def shipped() -> WorkCalendar:
    """The shipped calendars; read from files, so never for the first time under a lock."""
    return calendars.load()


def calendar(connection: Connection) -> WorkCalendar:
    """The shipped calendars and those that came later."""
    return calendar_years.with_kept(connection, shipped())


def keep_published(act: Act, body: dict[str, Any]) -> None:
    """One year's calendar from the district: {year, notice, off, work}. Raises Refusal calendar_fault."""
    try:
        year, number = int(body["year"]), str(body["notice"])
        off, work = (frozenset(date.fromisoformat(day) for day in body[name]) for name in ("off", "work"))
    except (KeyError, TypeError, ValueError) as error:
        raise Refusal("calendar_fault", "区里发来的工作日历读不懂", "请与区里核对") from error
    calendar_years.keep(act, year=year, number=number, off=off, work=work, source="district")
