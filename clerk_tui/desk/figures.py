"""Figures: sums of closed, accurate periods; what is inaccurate is counted and shown apart."""

from collections import defaultdict

from sqlalchemy import ColumnElement, Connection, func, select

from clerk_tui.desk.context import Desk
from clerk_tui.desk.periods import counts
from clerk_tui.desk.views.queue import DayFigures
from clerk_tui.store.act import By
from clerk_tui.store.core import CASES, CLERKS, PERIODS, TICKETS, VISITS


def today(desk: Desk, by: By, *, window_id: str | None = None) -> DayFigures:
    """Today's figures of one window, or of the hall."""
    with desk.look() as connection:
        return today_within(connection, desk, window_id=window_id)


def today_within(connection: Connection, desk: Desk, *, window_id: str | None = None) -> DayFigures:
    """Today's figures, in an open read."""
    day = desk.today()
    first = desk.midnight(day)
    at: list[ColumnElement[bool]] = [PERIODS.c.window_id == window_id] if window_id else []
    waits, served = _waits(connection, day.isoformat(), window_id), _sums(connection, day.isoformat(), "serving", at)
    visits = [VISITS.c.opened_at >= first, VISITS.c.state == "finished"]
    cases = [CASES.c.received_at >= first, CASES.c.state != "void"]
    if window_id:
        visits.append(VISITS.c.window_id == window_id)
        cases.append(CASES.c.window_id == window_id)
    count = func.count()
    return DayFigures(
        served=int(connection.execute(select(count).select_from(VISITS).where(*visits)).scalar_one()),
        cases=int(connection.execute(select(count).select_from(CASES).where(*cases)).scalar_one()),
        closed_cases=int(
            connection.execute(select(count).select_from(CASES).where(*cases, CASES.c.state == "closed")).scalar_one()
        ),
        tolerated=int(
            connection.execute(
                select(count).select_from(CASES).where(*cases, CASES.c.accepted_how == "deficiency")
            ).scalar_one()
        ),
        missed=int(
            connection.execute(
                select(count)
                .select_from(TICKETS)
                .where(TICKETS.c.hall_id == desk.hall_id, TICKETS.c.day == day.isoformat(), TICKETS.c.missed > 0)
            ).scalar_one()
        ),
        inaccurate=int(
            connection.execute(
                select(count).select_from(PERIODS).where(PERIODS.c.day == day.isoformat(), PERIODS.c.inaccurate, *at)
            ).scalar_one()
        ),
        mean_wait_seconds=_mean(waits),
        mean_serve_seconds=_mean(served),
        pause_seconds=sum(total for total, _ in _sums(connection, day.isoformat(), "pause", at)) // 1000,
        back_office_seconds=sum(total for total, _ in _sums(connection, day.isoformat(), "back_office", at)) // 1000,
        by_clerk=_by_clerk(connection, day.isoformat()),
        by_hour=_by_hour(connection, desk, day.isoformat()),
    )


def _sums(connection: Connection, day: str, kind: str, more: list[ColumnElement[bool]]) -> list[tuple[int, int]]:
    """(milliseconds, how many) of a kind of period of the day."""
    row = connection.execute(
        select(func.coalesce(func.sum(PERIODS.c.t1 - PERIODS.c.t0), 0), func.count()).where(
            PERIODS.c.day == day, PERIODS.c.kind == kind, counts(), *more
        )
    ).one()
    return [(int(row[0]), int(row[1]))]


def _waits(connection: Connection, day: str, window_id: str | None) -> list[tuple[int, int]]:
    """Waits of tickets that this window called; a wait itself belongs to no window."""
    more: list[ColumnElement[bool]] = []
    if window_id:
        more.append(
            PERIODS.c.ticket_id.in_(select(TICKETS.c.id).where(TICKETS.c.window_id == window_id, TICKETS.c.day == day))
        )
    return _sums(connection, day, "waiting", more)


def _mean(sums: list[tuple[int, int]]) -> int:
    total, many = sums[0]
    return total // many // 1000 if many else 0


def _by_clerk(connection: Connection, day: str) -> tuple[tuple[str, int, int, int], ...]:
    """Name, served, mean wait of those called, mean service, in seconds."""
    rows = connection.execute(
        select(CLERKS.c.id, CLERKS.c.name, func.count(), func.sum(PERIODS.c.t1 - PERIODS.c.t0))
        .join(CLERKS, CLERKS.c.id == PERIODS.c.clerk_id)
        .where(PERIODS.c.day == day, PERIODS.c.kind == "serving", counts())
        .group_by(CLERKS.c.id, CLERKS.c.name)
        .order_by(CLERKS.c.name)
    ).all()
    found = []
    for clerk_id, name, many, total in rows:
        waits = _sums(
            connection,
            day,
            "waiting",
            [PERIODS.c.ticket_id.in_(select(TICKETS.c.id).where(TICKETS.c.clerk_id == clerk_id, TICKETS.c.day == day))],
        )
        found.append((name, int(many), _mean(waits), int(total) // int(many) // 1000))
    return tuple(found)


def _by_hour(connection: Connection, desk: Desk, day: str) -> tuple[tuple[str, int, int], ...]:
    """Hour, tickets issued, mean closed wait in seconds."""
    rows = connection.execute(
        select(PERIODS.c.t0, PERIODS.c.t1).where(PERIODS.c.day == day, PERIODS.c.kind == "waiting", counts())
    ).all()
    waits: dict[str, list[int]] = defaultdict(list)
    for t0, t1 in rows:
        waits[f"{desk.local(t0):%H}"].append((t1 - t0) // 1000)
    issued: dict[str, int] = defaultdict(int)
    for (at,) in connection.execute(
        select(TICKETS.c.issued_at).where(TICKETS.c.hall_id == desk.hall_id, TICKETS.c.day == day)
    ):
        issued[f"{desk.local(at):%H}"] += 1
    return tuple(
        (hour, issued[hour], sum(waits[hour]) // len(waits[hour]) if waits[hour] else 0) for hour in sorted(issued)
    )
