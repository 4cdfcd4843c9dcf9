"""How far the journal has come: the cheapest way to see that something happened, here or at another window."""

from sqlalchemy import Connection, select

from clerk_tui.store.core import HEAD


def journal_position(connection: Connection) -> int:
    """Number of the last event; 0 in a new store."""
    return int(connection.execute(select(HEAD.c.n).where(HEAD.c.id == 1)).scalar() or 0)
