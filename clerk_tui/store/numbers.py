"""Numbers from counter rows: allocated in the act's own transaction, never reused, never guessed from a count.

A series that begins anew says so at the end of its name: `ticket:…:2026-11-23` each day, `paper:…:2026` each year.
"""

import re
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from clerk_tui.store.core import COUNTERS, NUMBER_ROWS

FLOOR = "floor:"
"""Row `floor:<day or year>`: where the unknown series of that day or year begin after a restore from a backup."""

_SCOPE = re.compile(r":(\d{4}(?:-\d\d-\d\d)?)$", re.ASCII)


def scope_of(series: str) -> str:
    """The day or year that ends a series' name, else empty."""
    found = _SCOPE.search(series)
    return found.group(1) if found else ""


def _next(dialect: ModuleType) -> Any:
    floor = select(NUMBER_ROWS.c.last).where(NUMBER_ROWS.c.series == bindparam("floor")).scalar_subquery()
    return (
        dialect.insert(NUMBER_ROWS)
        .values(series=bindparam("series"), last=1 + func.coalesce(floor, 0))
        .on_conflict_do_update(index_elements=["series"], set_={"last": NUMBER_ROWS.c.last + 1})
        .returning(NUMBER_ROWS.c.last)
    )


def _count(dialect: ModuleType) -> Any:
    statement = dialect.insert(COUNTERS)
    added = COUNTERS.c.value + statement.excluded.value
    return statement.on_conflict_do_update(index_elements=["name"], set_={"value": added})


_DIALECTS = {"sqlite": sqlite, "postgresql": postgresql}
_NEXT = {name: _next(dialect) for name, dialect in _DIALECTS.items()}
_COUNT = {name: _count(dialect) for name, dialect in _DIALECTS.items()}
"""Built once: putting a statement together costs several times its execution, under the write lock."""


def next_number(connection: Connection, series: str) -> int:
    """The next number of a series, from 1 (or from beyond the floor that a restore set for its day or year)."""
    values = {"series": series, "floor": FLOOR + scope_of(series)}
    return int(connection.execute(_NEXT[connection.dialect.name], values).scalar_one())


def jump(connection: Connection, series: str, beyond: int) -> tuple[int, int]:
    """Skip to `beyond`; returns the first and last number skipped, to be voided by an act."""
    last = int(connection.execute(select(NUMBER_ROWS.c.last).where(NUMBER_ROWS.c.series == series)).scalar() or 0)
    if beyond > last:
        connection.execute(update(NUMBER_ROWS).where(NUMBER_ROWS.c.series == series).values(last=beyond))
    return last + 1, max(beyond, last)


def count(connection: Connection, name: str, change: int) -> None:
    """Add to a kept count."""
    connection.execute(_COUNT[connection.dialect.name], {"name": name, "value": change})


def counted(connection: Connection, name: str) -> int:
    """A kept count; 0 when nothing was ever counted."""
    return int(connection.execute(select(COUNTERS.c.value).where(COUNTERS.c.name == name)).scalar() or 0)
