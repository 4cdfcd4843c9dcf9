"""Many rows through one statement: what SQLAlchemy does anew for each row costs more than SQLite does."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.dml import Insert


def write_rows(connection: Connection, statement: Insert, rows: Sequence[Mapping[str, Any]]) -> None:
    """Execute an insert for every row; all have the keys of the first, with values as the driver takes them.

    Pass the same statement object again and again: its text is remembered.
    """
    if not rows:
        return
    text, places = _compiled(statement, connection.dialect, tuple(rows[0]))
    if places is None:
        connection.exec_driver_sql(text, [dict(row) for row in rows])
    else:
        connection.exec_driver_sql(text, [tuple(map(row.__getitem__, places)) for row in rows])


@lru_cache(maxsize=32)
def _compiled(statement: Insert, dialect: Dialect, keys: tuple[str, ...]) -> tuple[str, tuple[str, ...] | None]:
    """The text, and the order of its values; None where they go by name."""
    compiled = statement.compile(dialect=dialect, column_keys=list(keys))
    places = getattr(compiled, "positiontup", None)
    return str(compiled), tuple(places) if places else None
