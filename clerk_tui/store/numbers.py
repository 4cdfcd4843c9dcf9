"""Numbers from counter rows: allocated in the act's own transaction, never reused, never guessed from a count.

A series that begins anew says so at the end of its name: `ticket:…:2026-11-23` each day, `paper:…:2026` each year.
"""

import re

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from clerk_tui.store.core import COUNTERS, NUMBER_ROWS

FLOOR = "floor:"
"""Row `floor:<day or year>`: where the unknown series of that day or year begin after a restore from a backup."""

_SCOPE = re.compile(r":(\d{4}(?:-\d\d-\d\d)?)$", re.ASCII)


def scope_of(series: str) -> str:
    """The day or year that ends a series' name, else empty."""
    found = _SCOPE.search(series)
    return found.group(1) if found else ""


def next_number(connection: Connection, series: str) -> int:
    """The next number of a series, from 1 (or from beyond the floor that a restore set for its day or year)."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    floor = select(NUMBER_ROWS.c.last).where(NUMBER_ROWS.c.series == FLOOR + scope_of(series)).scalar_subquery()
    statement = (
        insert(NUMBER_ROWS)
        .values(series=series, last=1 + func.coalesce(floor, 0))
        .on_conflict_do_update(index_elements=["series"], set_={"last": NUMBER_ROWS.c.last + 1})
        .returning(NUMBER_ROWS.c.last)
    )
    return int(connection.execute(statement).scalar_one())


def jump(connection: Connection, series: str, beyond: int) -> tuple[int, int]:
    """Skip to `beyond`; returns the first and last number skipped, to be voided by an act (channel rule 55)."""
    last = int(connection.execute(select(NUMBER_ROWS.c.last).where(NUMBER_ROWS.c.series == series)).scalar() or 0)
    if beyond > last:
        connection.execute(update(NUMBER_ROWS).where(NUMBER_ROWS.c.series == series).values(last=beyond))
    return last + 1, max(beyond, last)


def count(connection: Connection, name: str, change: int) -> None:
    """Add to a kept count."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    connection.execute(
        insert(COUNTERS)
        .values(name=name, value=change)
        .on_conflict_do_update(index_elements=["name"], set_={"value": COUNTERS.c.value + change})
    )


def counted(connection: Connection, name: str) -> int:
    """A kept count; 0 when nothing was ever counted."""
    return int(connection.execute(select(COUNTERS.c.value).where(COUNTERS.c.name == name)).scalar() or 0)
