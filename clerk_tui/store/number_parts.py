"""Any part of a number or a phone finds its row: pieces of four characters in a full-text index, kept by triggers.

SQLite only; other databases search the columns themselves. The triggers stand in the store, so that no writer can forget
the index; a bulk load pays about a tenth of a millisecond a row for them.
"""

from sqlalchemy import Connection, text

PIECE = 4
"""Shorter parts fit too many rows to be worth finding."""
_KINDS = (("person", "id_number", "person_numbers"), ("organisation", "uscc", "organisation_numbers"))
_NUMBER_LENGTH, _PHONE_LENGTH = 18, 12


def statements() -> tuple[str, ...]:
    """What makes the indexes and keeps them; run once, when a store is made."""
    made: list[str] = []
    for table, number, index in _KINDS:
        put = f"INSERT INTO {index}(rowid, parts) VALUES (new.seek, {_pieces('new', number)});"
        drop = f"INSERT INTO {index}({index}, rowid, parts) VALUES ('delete', old.seek, {_pieces('old', number)});"
        made += [
            f"CREATE VIRTUAL TABLE IF NOT EXISTS {index} USING fts5(parts, content='', detail=none)",
            f"CREATE TRIGGER IF NOT EXISTS {index}_put AFTER INSERT ON {table} BEGIN {put} END",
            f"CREATE TRIGGER IF NOT EXISTS {index}_move AFTER UPDATE OF seek, {number}, phone ON {table} BEGIN {drop} {put} END",
            f"CREATE TRIGGER IF NOT EXISTS {index}_drop AFTER DELETE ON {table} BEGIN {drop} END",
        ]
    return tuple(made)


def _pieces(row: str, number: str) -> str:
    """The pieces of a row's number and phone as an SQL expression."""
    phone = f"replace(replace({row}.phone, '-', ''), ' ', '')"
    columns = ((f"coalesce({row}.{number}, '')", _NUMBER_LENGTH), (phone, _PHONE_LENGTH))
    parts = [f"substr({one}, {n}, {PIECE})" for one, length in columns for n in range(1, length - PIECE + 2)]
    return " || ' ' || ".join(parts)


def seeks_with(connection: Connection, table: str, part: str, reach: int) -> list[int]:
    """Row numbers whose number or phone may hold the part, newest first; the caller checks them. [] for short parts."""
    index = next(index for name, _, index in _KINDS if name == table)
    if len(part) < PIECE or not part.isalnum() or not part.isascii():
        return []
    pieces = {part[place : place + PIECE] for place in range(len(part) - PIECE + 1)}
    found = connection.execute(
        text(f"SELECT rowid FROM {index} WHERE {index} MATCH :match ORDER BY rowid DESC LIMIT :reach"),
        {"match": " AND ".join(f'"{piece}"' for piece in sorted(pieces)), "reach": reach},
    )
    return [int(seek) for (seek,) in found]
