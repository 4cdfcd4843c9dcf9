"""Figures: sums of closed, accurate periods; what is inaccurate is counted and shown apart, never averaged."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, select

from clerk_tui.desk.context import Desk
from clerk_tui.desk.periods import counts, voided
from clerk_tui.desk.views.panel import DayFigures
from clerk_tui.store.act import By
from clerk_tui.store.core import CASES, CLERKS, PERIODS, TICKETS, VISITS, WINDOWS

DAY_MS = 86_400_000
SERVED = ("served", "asked")
_LENGTH = PERIODS.c.t1 - PERIODS.c.t0

Sums = Mapping[str | None, tuple[int, int]]
"""Window or clerk -> (milliseconds, how many tickets or visits)."""


def today(desk: Desk, by: By, *, window_id: str | None = None) -> DayFigures:
    """Today's figures of one window, or of the hall with each window, clerk and hour apart."""
    with desk.look() as connection:
        return today_within(connection, desk, window_id=window_id, apart=True)


def today_within(
    connection: Connection, desk: Desk, *, window_id: str | None = None, apart: bool = False
) -> DayFigures:
    """Today's figures, in an open read; each window, clerk and hour only when asked for apart."""
    day = desk.today()
    iso, first = day.isoformat(), desk.midnight(day)
    times = _times(connection, iso, window_id)
    cases = _cases(connection, first, window_id)
    served, inaccurate_visits = _visits(connection, first, window_id)
    return DayFigures(
        served=served,
        cases=cases[0],
        closed_cases=cases[1],
        tolerated=cases[2],
        missed=_missed(connection, desk, iso, window_id),
        inaccurate=max(sum(one[2] for one in times.values()), inaccurate_visits),
        mean_wait_seconds=_mean(_waits(connection, iso, None, window_id).get(None)),
        mean_serve_seconds=_mean(times.get("serving")),
        pause_seconds=times.get("pause", (0, 0, 0))[0] // 1000,
        back_office_seconds=times.get("back_office", (0, 0, 0))[0] // 1000,
        by_window=_by_window(connection, iso) if apart else (),
        by_clerk=_by_clerk(connection, iso) if apart else (),
        by_hour=_by_hour(connection, desk, iso, first) if apart else (),
    )


def _mean(total: tuple[int, ...] | None) -> int:
    return total[0] // total[1] // 1000 if total and total[1] else 0


def _times(connection: Connection, day: str, window_id: str | None) -> dict[str, tuple[int, int, int]]:
    """Kind of period -> (milliseconds, how many visits or clerks, how many inaccurate periods)."""
    good = counts(day)
    where = [PERIODS.c.day == day] + ([PERIODS.c.window_id == window_id] if window_id else [])
    rows = connection.execute(
        select(
            PERIODS.c.kind,
            func.coalesce(func.sum(case((good, _LENGTH), else_=0)), 0),
            func.count(case((good, func.coalesce(PERIODS.c.visit_id, PERIODS.c.subject_id))).distinct()),
            func.count(case((PERIODS.c.inaccurate, 1))),
        )
        .where(*where)
        .group_by(PERIODS.c.kind)
    ).all()
    return {row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in rows}


def _waits(connection: Connection, day: str, by: Any, window_id: str | None = None) -> Sums:
    """Waits of the tickets that were called today, by a column of the call (window, clerk) or all together.

    A ticket that waited twice (transferred, back) counts once with both waits.
    """
    called = PERIODS.alias("called")
    key = called.c[by] if by else None
    calls = select(called.c.ticket_id, *([key.label("who")] if key is not None else [])).where(
        called.c.day == day, called.c.kind == "called", called.c.id.not_in(voided(day))
    )
    if window_id:
        calls = calls.where(called.c.window_id == window_id)
    made = calls.distinct().subquery()
    who: list[ColumnElement[Any]] = [made.c.who] if key is not None else []
    rows = connection.execute(
        select(func.sum(_LENGTH), func.count(PERIODS.c.ticket_id.distinct()), *who)
        .select_from(made.join(PERIODS, PERIODS.c.ticket_id == made.c.ticket_id))
        .where(PERIODS.c.kind == "waiting", counts(day))  # by ticket, which is of one day: its index, not the day's
        .group_by(*who)
    ).all()
    return {row[2] if who else None: (int(row[0]), int(row[1])) for row in rows if row[1]}


def _served(connection: Connection, day: str, by: Any) -> Sums:
    rows = connection.execute(
        select(PERIODS.c[by], func.sum(_LENGTH), func.count(PERIODS.c.visit_id.distinct()))
        .where(PERIODS.c.day == day, PERIODS.c.kind == "serving", counts(day))
        .group_by(PERIODS.c[by])
    ).all()
    return {row[0]: (int(row[1]), int(row[2])) for row in rows}


def _visits(connection: Connection, first: int, window_id: str | None) -> tuple[int, int]:
    where = [VISITS.c.opened_at >= first, VISITS.c.opened_at < first + DAY_MS, VISITS.c.state == "finished"]
    if window_id:
        where.append(VISITS.c.window_id == window_id)
    row = connection.execute(
        select(func.count(case((VISITS.c.outcome.in_(SERVED), 1))), func.count(case((VISITS.c.inaccurate, 1)))).where(
            *where
        )
    ).one()
    return int(row[0]), int(row[1])


def _cases(connection: Connection, first: int, window_id: str | None) -> tuple[int, int, int]:
    """Cases taken in today, those of them that are closed, those accepted with something owed."""
    where = [CASES.c.received_at >= first, CASES.c.received_at < first + DAY_MS, CASES.c.state != "void"]
    if window_id:
        where.append(CASES.c.window_id == window_id)
    row = connection.execute(
        select(
            func.count(),
            func.count(case((CASES.c.state == "closed", 1))),
            func.count(case((CASES.c.accepted_how == "deficiency", 1))),
        ).where(*where)
    ).one()
    return int(row[0]), int(row[1]), int(row[2])


def _missed(connection: Connection, desk: Desk, day: str, window_id: str | None) -> int:
    """How often a number was missed; at a window: of the tickets that it called."""
    where = [TICKETS.c.hall_id == desk.hall_id, TICKETS.c.day == day, TICKETS.c.missed > 0]
    if window_id:
        called = select(PERIODS.c.ticket_id).where(
            PERIODS.c.day == day, PERIODS.c.kind == "called", PERIODS.c.window_id == window_id
        )
        where.append(TICKETS.c.id.in_(called))
    return int(connection.execute(select(func.coalesce(func.sum(TICKETS.c.missed), 0)).where(*where)).scalar_one())


def _by_window(connection: Connection, day: str) -> tuple[tuple[int, int, int, int], ...]:
    """Window number, served, mean wait, mean service in seconds."""
    served, waits = _served(connection, day, "window_id"), _waits(connection, day, "window_id")
    rows = connection.execute(select(WINDOWS.c.id, WINDOWS.c.number).order_by(WINDOWS.c.number)).all()
    return tuple(
        (row.number, served.get(row.id, (0, 0))[1], _mean(waits.get(row.id)), _mean(served.get(row.id)))
        for row in rows
        if row.id in served or row.id in waits
    )


def _by_clerk(connection: Connection, day: str) -> tuple[tuple[str, int, int, int], ...]:
    """Name, served, mean wait of those called, mean service in seconds."""
    served, waits = _served(connection, day, "clerk_id"), _waits(connection, day, "clerk_id")
    rows = connection.execute(select(CLERKS.c.id, CLERKS.c.name).order_by(CLERKS.c.number)).all()
    return tuple(
        (row.name, served.get(row.id, (0, 0))[1], _mean(waits.get(row.id)), _mean(served.get(row.id)))
        for row in rows
        if row.id in served or row.id in waits
    )


def _by_hour(connection: Connection, desk: Desk, day: str, first: int) -> tuple[tuple[str, int, int], ...]:
    """Hour, tickets issued in it, and their mean wait in seconds."""
    hour = (TICKETS.c.issued_at - first) // 3_600_000
    issued = connection.execute(
        select(TICKETS.c.id, hour).where(TICKETS.c.hall_id == desk.hall_id, TICKETS.c.day == day)
    ).all()
    waits: dict[str, int] = dict(
        connection.execute(
            select(PERIODS.c.ticket_id, func.sum(_LENGTH))
            .where(PERIODS.c.day == day, PERIODS.c.kind == "waiting", counts(day))
            .group_by(PERIODS.c.ticket_id)
        ).all()
    )
    found: dict[int, list[int | None]] = defaultdict(list)
    for ticket_id, at in issued:
        found[int(at)].append(waits.get(ticket_id))
    return tuple((f"{at:02d}", len(all_of), _average(all_of)) for at, all_of in sorted(found.items()))


def _average(waits: list[int | None]) -> int:
    known = [int(one) for one in waits if one is not None]
    return sum(known) // len(known) // 1000 if known else 0
