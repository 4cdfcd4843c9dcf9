"""Numbers are indexed by all their endings instead of pieces of four characters: any part is found at once."""

from typing import Any

from clerk_tui.store import number_parts
from clerk_tui.store.copying import Tell

_BEFORE = ("person_numbers", "organisation_numbers")


def upgrade(op: Any, tell: Tell) -> None:
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
    for statement in number_parts.statements():
        connection.exec_driver_sql(statement)
    number_parts.fill(connection, lambda done, total: tell("整理号码索引", done, total))
