"""How far the journal has come: the cheapest way to see that something happened, here or at another window."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from clerk_tui.store.core import EVENTS, HEAD


def journal_position(connection: Connection) -> int:
    """Number of the last event; 0 in a new store."""
    return int(connection.execute(select(HEAD.c.n).where(HEAD.c.id == 1)).scalar() or 0)


def acts_done(connection: Connection, act_ids: Collection[str]) -> frozenset[str]:
    """Which of these acts are in the journal."""
    found = connection.execute(select(EVENTS.c.act_id).where(EVENTS.c.act_id.in_(act_ids)).distinct())
    return frozenset(str(row.act_id) for row in found)
