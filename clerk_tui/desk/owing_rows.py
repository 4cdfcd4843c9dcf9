"""Rows of the ledger of owed materials: read, changed on the version that was read, closed with their case."""

from typing import Any

from sqlalchemy import Connection, Row, select, update

from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import OwedState, move_owed
from clerk_tui.store.act import Act
from clerk_tui.store.core import OWED
from clerk_tui.store.numbers import count

LIVE = frozenset(OwedState) - {OwedState.CHECKED, OwedState.CLOSED}
"""Entries that somebody still has to see to: not brought, or brought and not checked."""


def owed_row(connection: Connection, owed_id: str) -> Row[Any]:
    """An entry by id. Raises Refusal owed_unknown."""
    row = connection.execute(select(OWED).where(OWED.c.id == owed_id)).one_or_none()
    if row is None:
        raise Refusal("owed_unknown", "台账里没有这一条", "请刷新待补台账")
    return row


def live_of(connection: Connection, case_id: str, kind: str = "owed") -> list[Row[Any]]:
    """Entries of a case that are not done with, by due date."""
    return list(
        connection.execute(
            select(OWED)
            .where(OWED.c.case_id == case_id, OWED.c.kind == kind, OWED.c.state.in_([state.value for state in LIVE]))
            .order_by(OWED.c.due, OWED.c.id)
        )
    )


def change_owed(act: Act, row: Row[Any], move: str, *, events: int = 1, **values: Any) -> OwedState:
    """Move an entry by an act of the table, with the kept count; returns the new state.

    Raises Refusal state_owed, owed_changed when another window was faster.
    """
    after = move_owed(row.state, move)
    set_owed(act, row, state=after.value, events=events, **values)
    return after


def set_owed(act: Act, row: Row[Any], *, events: int = 1, **values: Any) -> None:
    """Change an entry on the version that was read."""
    done = act.connection.execute(
        update(OWED)
        .where(OWED.c.id == row.id, OWED.c.version == row.version)
        .values(**values, version=int(row.version) + events)
    )
    if done.rowcount != 1:
        raise Refusal("owed_changed", "这一条刚被另一个窗口改过, 本次操作没有发生", "请看一下最新内容后再办")
    was, now = OwedState(row.state) in LIVE, OwedState(values.get("state", row.state)) in LIVE
    if was != now:
        count(act.connection, f"owed:{row.kind}:open", 1 if now else -1)


def close_all(act: Act, case_id: str, reason: str) -> None:
    """Close whatever is still owed or promised when the case ends in another way."""
    for kind in ("owed", "promise"):
        for row in live_of(act.connection, case_id, kind):
            change_owed(act, row, "close", closed_at=act.now)
            act.record(
                "owed.closed",
                row.id,
                {"case_id": case_id, "name": row.name, "reason": reason},
                base_version=row.version,
            )
