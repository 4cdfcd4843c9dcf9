"""The day's pool of waiting tickets, and whom a window should call next."""

from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from clerk_tui.desk.context import Desk
from clerk_tui.rules.queue_order import Choice, QueuePolicy, QueueTicket, order
from clerk_tui.store import canonical
from clerk_tui.store.core import PERIODS, POLICIES, TICKETS, WINDOWS


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
    if body is None:
        return QueuePolicy()
    known = {one.name for one in fields(QueuePolicy)}
    return QueuePolicy(**{name: value for name, value in canonical.load(body).items() if name in known})


def serves(connection: Connection, window_id: str) -> tuple[str, ...]:
    """Categories that a window serves, best first."""
    text = connection.execute(select(WINDOWS.c.serves).where(WINDOWS.c.id == window_id)).scalar()
    return tuple(canonical.load(text)) if text else ()


def waiting_rows(connection: Connection, desk: Desk, day: str) -> list[Any]:
    """Tickets that wait today, with the start of their wait as `since`."""
    return list(
        connection.execute(
            select(TICKETS, PERIODS.c.t0.label("since"))
            .select_from(
                TICKETS.outerjoin(
                    PERIODS,
                    (PERIODS.c.subject == "ticket") & (PERIODS.c.subject_id == TICKETS.c.id) & PERIODS.c.t1.is_(None),
                )
            )
            .where(TICKETS.c.hall_id == desk.hall_id, TICKETS.c.day == day, TICKETS.c.state == "waiting")
        ).all()
    )


def recent_calls(connection: Connection, desk: Desk, day: str, limit: int, until: int) -> list[Any]:
    """Rank and category of the last first-calls of the day, the newest first."""
    return list(
        connection.execute(
            select(TICKETS.c.rank, TICKETS.c.category, PERIODS.c.t0)
            .select_from(PERIODS.join(TICKETS, TICKETS.c.id == PERIODS.c.ticket_id))
            .where(
                PERIODS.c.day == day,
                PERIODS.c.kind == "called",
                PERIODS.c.t0 <= until,
                TICKETS.c.hall_id == desk.hall_id,
            )
            .order_by(PERIODS.c.t0.desc())
            .limit(limit)
        ).all()
    )


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
) -> tuple[Choice, ...]:
    """Whom the window should call, in order, with the reason; as it stood at the instant `at`."""
    rows = waiting_rows(connection, desk, day) if rows is None else rows
    categories = serves(connection, window_id)
    rows = [row for row in callable_at(rows, window_id, categories) if (row.since or row.issued_at) <= at]
    rules = policy(connection, day)
    recent = recent_calls(connection, desk, day, 40, at)
    return order([queue_ticket(row) for row in rows], recent, rules, at, categories)


def queue_ticket(row: Row[Any]) -> QueueTicket:
    return QueueTicket(
        id=row.id,
        rank=row.rank,
        issued_at=row.issued_at,
        slot_start_at=row.slot_start_at,
        slot_end_at=row.slot_end_at,
        passed=row.passed,
        category=row.category,
    )
