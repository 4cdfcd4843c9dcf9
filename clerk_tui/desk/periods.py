"""Intervals of time: every change of state closes one and opens the next; only an open end is ever updated."""

from sqlalchemy import ColumnElement, Connection, Select, insert, select, update

from clerk_tui.desk.context import Desk
from clerk_tui.store.act import Act, new_id
from clerk_tui.store.core import PERIODS


def open_period(
    act: Act,
    desk: Desk,
    subject: str,
    subject_id: str,
    kind: str,
    *,
    reason: str = "",
    ticket_id: str | None = None,
    visit_id: str | None = None,
    window_id: str | None = None,
    clerk_id: str | None = None,
    t0: int | None = None,
    voids: str | None = None,
) -> str:
    """Close what is open of the subject (ticket | visit | clerk) and open the next period; returns its id."""
    close_open(act, subject, subject_id)
    period_id = new_id()
    act.connection.execute(
        insert(PERIODS),
        {
            "id": period_id,
            "subject": subject,
            "subject_id": subject_id,
            "kind": kind,
            "reason": reason,
            "ticket_id": ticket_id,
            "visit_id": visit_id,
            "window_id": window_id,
            "clerk_id": clerk_id,
            "t0": act.now if t0 is None else t0,
            "t1": None,
            "day": desk.local(act.now if t0 is None else t0).date().isoformat(),
            "inaccurate": False,
            "voids": voids,
        },
    )
    return period_id


def close_open(
    act: Act, subject: str, subject_id: str, *, inaccurate: bool = False, at: int | None = None
) -> str | None:
    """Close the open period of the subject, if there is one; returns its kind."""
    row = act.connection.execute(
        select(PERIODS.c.id, PERIODS.c.kind, PERIODS.c.t0).where(
            PERIODS.c.subject == subject, PERIODS.c.subject_id == subject_id, PERIODS.c.t1.is_(None)
        )
    ).one_or_none()
    if row is None:
        return None
    ends = max(row.t0, act.now if at is None else at)
    act.connection.execute(update(PERIODS).where(PERIODS.c.id == row.id).values(t1=ends, inaccurate=inaccurate))
    return str(row.kind)


def open_kind(connection: Connection, subject: str, subject_id: str) -> tuple[str, str, int] | None:
    """Kind, reason and start of the subject's open period."""
    row = connection.execute(
        select(PERIODS.c.kind, PERIODS.c.reason, PERIODS.c.t0).where(
            PERIODS.c.subject == subject, PERIODS.c.subject_id == subject_id, PERIODS.c.t1.is_(None)
        )
    ).one_or_none()
    return None if row is None else (row.kind, row.reason, row.t0)


def counts(day: str) -> ColumnElement[bool]:
    """Closed, accurate and not replaced by a later period of the same day (ISO): what figures are summed from."""
    return PERIODS.c.t1.is_not(None) & PERIODS.c.inaccurate.is_(False) & PERIODS.c.id.not_in(voided(day))


def voided(day: str) -> Select[tuple[str | None]]:
    """Ids of the periods of a day (ISO) that an undo replaced."""
    later = PERIODS.alias()
    return select(later.c.voids).where(later.c.day == day, later.c.voids.is_not(None))
