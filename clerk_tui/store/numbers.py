"""Numbers from counter rows: allocated in the act's own transaction, never reused, never guessed from a count."""

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from clerk_tui.store.core import COUNTERS, NUMBER_ROWS


def next_number(connection: Connection, series: str) -> int:
    """The next number of a series, from 1."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = (
        insert(NUMBER_ROWS)
        .values(series=series, last=1)
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
