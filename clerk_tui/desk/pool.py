"""The day's pool of waiting tickets, and whom a window should call next."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from clerk_tui.desk.context import Desk
from clerk_tui.desk.periods import voided
from clerk_tui.desk.tickets import open_rows
from clerk_tui.rules.queue_order import Choice, QueuePolicy, QueueTicket, order
from clerk_tui.store import canonical
from clerk_tui.store.core import PERIODS, POLICIES, TICKETS, WINDOWS

CAME_BACK = "back"
"""Reason of the waiting period that begins when a missed ticket comes back."""

SHOWN = 30
RECENT = 40
"""How many past calls are looked at: the guard counts a few in a row, for a few categories."""


def policy(connection: Connection, day: str) -> QueuePolicy:
    """The place's queue policy on a day; careful defaults where none is loaded."""
    body = connection.execute(
        select(POLICIES.c.body)
        .where(
            POLICIES.c.kind == "queue",
            POLICIES.c.valid_from <= day,
            or_(POLICIES.c.valid_to.is_(None), POLICIES.c.valid_to >= day),
        )
        .order_by(POLICIES.c.loaded_at.desc())
        .limit(1)
    ).scalar()
    return QueuePolicy() if body is None else QueuePolicy.from_dict(canonical.load(body))


def serves(connection: Connection, window_id: str) -> tuple[str, ...]:
    """Categories that a window serves, best first."""
    text = connection.execute(select(WINDOWS.c.serves).where(WINDOWS.c.id == window_id)).scalar()
    return tuple(canonical.load(text)) if text else ()


def waiting_rows(connection: Connection, desk: Desk, day: str) -> list[Row[Any]]:
    """Tickets that wait today."""
    return open_rows(connection, desk.hall_id, day, ("waiting",))


@dataclass(frozen=True)
class PastCall:
    """A call that was made, with the class that its ticket had then."""

    rank: int
    category: str


def recent_calls(
    connection: Connection, desk: Desk, day: str, rules: QueuePolicy, limit: int, until: int
) -> list[PastCall]:
    """Class and category of the last calls of the day, the newest first; a dated lane counts as it stood."""
    rows = connection.execute(
        select(TICKETS.c.rank, TICKETS.c.category, TICKETS.c.item_key, PERIODS.c.t0)
        .select_from(PERIODS.join(TICKETS, TICKETS.c.id == PERIODS.c.ticket_id))
        .where(
            PERIODS.c.day == day,
            PERIODS.c.kind == "called",
            PERIODS.c.t0 <= until,
            PERIODS.c.id.not_in(voided(day)),
            TICKETS.c.hall_id == desk.hall_id,
        )
        .order_by(PERIODS.c.t0.desc())
        .limit(limit)
    ).all()
    found = []
    for row in rows:
        lane = rules.lane_for(row.category, row.item_key, row.t0)
        found.append(PastCall(row.rank if lane is None else lane.rank, row.category))
    return found


def callable_at(rows: list[Row[Any]], window_id: str, categories: tuple[str, ...]) -> list[Row[Any]]:
    """Those of the waiting that this window may call: its categories, and those directed to it alone."""
    return [row for row in rows if row.window_id == window_id or (row.window_id is None and row.category in categories)]


def choices(
    connection: Connection,
    desk: Desk,
    window_id: str,
    *,
    day: str,
    at: int,
    rows: list[Row[Any]] | None = None,
    limit: int = SHOWN,
) -> tuple[Choice, ...]:
    """Whom the window should call, in order, with the reason; as it stood at the instant `at`."""
    rows = waiting_rows(connection, desk, day) if rows is None else rows
    categories = serves(connection, window_id)
    rows = [row for row in callable_at(rows, window_id, categories) if (row.since or row.issued_at) <= at]
    rules = policy(connection, day)
    recent = recent_calls(connection, desk, day, rules, RECENT, at)
    return order([queue_ticket(row) for row in rows], recent, rules, at, categories, limit=limit)


def queue_ticket(row: Row[Any]) -> QueueTicket:
    """A waiting row as the rules see it: one that was missed takes its place from when it came back."""
    return QueueTicket(
        id=row.id,
        rank=row.rank,
        rank_reason=row.rank_reason,
        issued_at=row.since if row.why == CAME_BACK else row.issued_at,
        slot_start_at=row.slot_start_at,
        slot_end_at=row.slot_end_at,
        passed=row.passed,
        category=row.category,
        item_key=row.item_key,
    )
