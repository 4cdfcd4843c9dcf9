"""Numbers are indexed by all their endings instead of pieces of four characters: any part is found at once."""

from typing import Any

from clerk_tui.store import number_parts

_BEFORE = ("person_numbers", "organisation_numbers")


def upgrade(op: Any) -> None:
    """To version 2. Nothing to do where the columns themselves are searched (PostgreSQL)."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    for index in _BEFORE:
        for ending in ("put", "move", "drop"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {index}_{ending}")
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {index}")
    for text in ("person_text", "organisation_text"):
        connection.exec_driver_sql(f"CREATE VIRTUAL TABLE {text}_terms USING fts5vocab('{text}', 'instance')")
    for statement in (*number_parts.statements(), *number_parts.filling()):
        connection.exec_driver_sql(statement)
