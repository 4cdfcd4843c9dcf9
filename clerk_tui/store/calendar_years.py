"""Calendars of years that came after the program: loaded from a file or by the district's batch, kept as policies."""

import json
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, func, insert, select

from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.working_days import WorkCalendar
from clerk_tui.store import canonical
from clerk_tui.store.act import Act, new_id
from clerk_tui.store.core import META, POLICIES

KIND = "calendar"
_DUES_OF = "dues_calendar"
"""Meta row: hashes by year of the calendar that the stored dates were last computed with."""
_DUES_NOTICES = "dues_notices"
"""Meta row: how many notices this store kept then."""


def keep(
    act: Act, *, year: int, number: str, off: frozenset[date], work: frozenset[date], source: str = "station"
) -> str:
    """Keep one year's notice (number, days off, working weekends) inside an act; a later one of the year takes over.

    Raises Refusal calendar_fault for days of another year or both off and at work.
    """
    strange = [day for day in off | work if day.year not in (year - 1, year)]
    if strange or off & work or not number:
        raise Refusal("calendar_fault", f"{year} 年工作日历的内容不对", "请核对通知文号, 日期和年份")
    policy_id = new_id()
    body = {"year": year, "off": _texts(off), "work": _texts(work)}
    dated = f"{year}-01-01"
    act.connection.execute(
        insert(POLICIES),
        {
            "id": policy_id,
            "kind": KIND,
            "number": number,
            "dated": dated,
            "valid_from": dated,
            "valid_to": None,
            "example": False,
            "body": canonical.dump(body),
            "loaded_at": act.now,
        },
    )
    told = {
        "kind": KIND,
        "number": number,
        "dated": dated,
        "example": False,
        "sha": canonical.sha(canonical.dump(body)),
    }
    act.record("policy.loaded", policy_id, told, source=source)
    return policy_id


_KEPT = select(POLICIES.c.number, POLICIES.c.body).where(POLICIES.c.kind == KIND).order_by(POLICIES.c.loaded_at)


def with_kept(connection: Connection, calendar: WorkCalendar) -> WorkCalendar:
    """The calendar and every year that is kept in the store, the latest notice of each."""
    rows = connection.execute(_KEPT)
    return _joined(calendar, tuple((row.number, row.body) for row in rows))


@lru_cache(maxsize=4)
def _joined(calendar: WorkCalendar, kept: tuple[tuple[str, str], ...]) -> WorkCalendar:
    for number, text in kept:
        body = canonical.load(text)
        calendar = calendar.with_notice(int(body["year"]), number, _days(body["off"]), _days(body["work"]))
    return calendar


def kept_notices(connection: Connection) -> int:
    """How many notices the store keeps; it grows by one with each, also with a later one of the same year."""
    return int(connection.execute(select(func.count()).where(POLICIES.c.kind == KIND)).scalar_one())


def hashes(calendar: WorkCalendar) -> dict[str, str]:
    """What each year of a calendar says, as a hash."""
    found = {}
    for year in calendar.notices:
        off = _texts(frozenset(day for day in calendar.off if day.year == year))
        work = _texts(frozenset(day for day in calendar.work if day.year == year))
        found[str(year)] = canonical.sha(canonical.dump({"off": off, "work": work}))
    return found


def dues_of(connection: Connection) -> dict[str, str] | None:
    """Hashes by year of the calendar that the stored dates follow; None: never noted."""
    text = connection.execute(select(META.c.value).where(META.c.name == _DUES_OF)).scalar()
    return None if text is None else dict(json.loads(text))


def dues_notices(connection: Connection) -> int:
    """How many notices were kept when the stored dates were last computed anew; -1: never noted."""
    text = connection.execute(select(META.c.value).where(META.c.name == _DUES_NOTICES)).scalar()
    return -1 if text is None else int(text)


def note_dues_of(connection: Connection, calendar: WorkCalendar, notices: int) -> None:
    """Note that the stored dates follow this calendar, which holds so many notices of the store."""
    _note(connection, _DUES_OF, json.dumps(hashes(calendar), sort_keys=True))
    _note(connection, _DUES_NOTICES, str(notices))


def _note(connection: Connection, name: str, value: str) -> None:
    connection.execute(META.delete().where(META.c.name == name))
    connection.execute(
        insert(META),
        {
            "name": name,
            "value": value,
        },
    )


def _texts(days: frozenset[date]) -> list[str]:
    return sorted(day.isoformat() for day in days)


def _days(texts: Any) -> frozenset[date]:
    return frozenset(date.fromisoformat(one) for one in texts)
