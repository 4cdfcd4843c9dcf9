"""Any part of a number or a phone finds its row: all their endings in a full-text index, kept by triggers.

A part of a number is the beginning of one of its endings, so that a part is one short range of the index's terms: it costs
what is told, not what is kept. SQLite only; other databases search the columns themselves. The triggers stand in the
store, so that no writer can forget the index; a bulk load pays about a tenth of a millisecond a row for them.
"""

from collections.abc import Callable

from sqlalchemy import Connection, text

PIECE = 4
"""Shorter parts fit too many rows to be worth finding."""
SLICE = 5_000
"""Rows that are indexed between two words about it: some tenths of a second."""
_KINDS = (("person", "id_number", "person_endings"), ("organisation", "uscc", "organisation_endings"))
_NUMBER_LENGTH, _PHONE_LENGTH = 18, 12


def statements() -> tuple[str, ...]:
    """What makes the indexes and keeps them; run once, when a store is made."""
    made: list[str] = []
    for table, number, index in _KINDS:
        put = f"INSERT INTO {index}(rowid, endings) VALUES (new.seek, {_endings('new', number)});"
        drop = f"INSERT INTO {index}({index}, rowid, endings) VALUES ('delete', old.seek, {_endings('old', number)});"
        made += [
            f"CREATE VIRTUAL TABLE IF NOT EXISTS {index} USING fts5(endings, content='', detail=none)",
            f"CREATE VIRTUAL TABLE IF NOT EXISTS {index}_terms USING fts5vocab('{index}', 'instance')",
            f"CREATE TRIGGER IF NOT EXISTS {index}_put AFTER INSERT ON {table} BEGIN {put} END",
            f"CREATE TRIGGER IF NOT EXISTS {index}_move AFTER UPDATE OF seek, {number}, phone ON {table} BEGIN {drop} {put} END",
            f"CREATE TRIGGER IF NOT EXISTS {index}_drop AFTER DELETE ON {table} BEGIN {drop} END",
        ]
    return tuple(made)


def fill(connection: Connection, tell: Callable[[int, int], None]) -> None:
    """Fill empty indexes from the rows that are there, for a store that had none; `tell` hears rows done, of how many."""
    last = {table: connection.exec_driver_sql(f"SELECT max(seek) FROM {table}").scalar() or 0 for table, _, _ in _KINDS}
    done, total = 0, sum(last.values())
    for table, number, index in _KINDS:
        put = f"INSERT INTO {index}(rowid, endings) SELECT seek, {_endings(table, number)} FROM {table}"
        for first in range(1, last[table] + 1, SLICE):
            tell(done + first - 1, total)
            connection.exec_driver_sql(f"{put} WHERE seek BETWEEN {first} AND {first + SLICE - 1}")
        done += last[table]
    tell(total, total)


def _endings(row: str, number: str) -> str:
    """The endings of a row's number and phone as an SQL expression."""
    phone = f"replace(replace({row}.phone, '-', ''), ' ', '')"
    columns = ((f"coalesce({row}.{number}, '')", _NUMBER_LENGTH), (phone, _PHONE_LENGTH))
    parts = [f"substr({one}, {n})" for one, length in columns for n in range(1, length - PIECE + 2)]
    return " || ' ' || ".join(parts)


def seeks_ending(connection: Connection, table: str, part: str, reach: int) -> list[int]:
    """Row numbers whose number or phone is the part or ends with it, newest first; [] for short parts."""
    index = _index(table)
    if not _searchable(part):
        return []
    statement = text(f"SELECT rowid FROM {index} WHERE {index} MATCH :match ORDER BY rowid DESC LIMIT :reach")
    found = connection.execute(statement, {"match": f'"{part}"', "reach": reach})
    return [int(seek) for (seek,) in found]


def holding(table: str, part: str, n: int) -> tuple[str, dict[str, str]]:
    """A query for the numbers of rows (`seek`) whose number or phone holds the part, and its values, named with `n`."""
    values = {f"first{n}": part.lower(), f"after{n}": part.lower() + "~"}
    return f"SELECT doc AS seek FROM {_index(table)}_terms WHERE term >= :first{n} AND term < :after{n}", values


def _index(table: str) -> str:
    return next(index for name, _, index in _KINDS if name == table)


def _searchable(part: str) -> bool:
    return len(part) >= PIECE and part.isalnum() and part.isascii()
