"""A range of days in sums that add up: each day is a few bounded, indexed queries, so that a long range can be stopped."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, func, select

from clerk_tui.desk.context import Desk
from clerk_tui.desk.periods import counts
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import CaseState
from clerk_tui.store.act import By
from clerk_tui.store.core import CASES, CLERKS, PERIODS, TICKETS, VISITS, WINDOWS

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
LONGEST = timedelta(days=366)
SERVED = ("served", "asked")

Tick = Callable[[int, int], bool]
"""Told after each day: days done, days in all. False stops."""


def untold(done: int, of: int) -> bool:
    """Nobody wants to be told."""
    return True


class Stopped(Exception):
    """The one who waits does not want the figures any more."""


@dataclass(frozen=True)
class Span:
    """ISO dates, both inclusive; one window or (empty) the hall."""

    first: str
    last: str
    window_id: str = ""

    def days(self) -> Iterator[date]:
        """Every day of it."""
        day, last = date.fromisoformat(self.first), date.fromisoformat(self.last)
        while day <= last:
            yield day
            day += timedelta(days=1)


def span_of(first: str, last: str, window_id: str = "") -> Span:
    """A checked span. Raises Refusal range_wrong when it is backwards, no date, or longer than a year."""
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError as error:
        raise Refusal("range_wrong", "日期要写成 2026-11-01 这样", field="first") from error
    if end < begin or end - begin > LONGEST:
        raise Refusal("range_wrong", "起止日期颠倒, 或超过一年", "请分段统计", field="first")
    return Span(first, last, window_id)


@dataclass
class Sum:
    """Milliseconds and how many they are of."""

    ms: int = 0
    n: int = 0

    def add(self, ms: int, n: int) -> None:
        self.ms += ms
        self.n += n

    @property
    def mean_seconds(self) -> int:
        return self.ms // self.n // 1000 if self.n else 0


@dataclass
class RangeSums:
    """What happened in a span. `by_*` are keyed by id; hours are local."""

    issued: int = 0
    missed: int = 0
    left: int = 0
    served: int = 0
    walk_ins: int = 0
    received: int = 0
    closed: int = 0
    tolerated: int = 0
    inaccurate: int = 0
    wait: Sum = field(default_factory=Sum)
    serve: Sum = field(default_factory=Sum)
    pause_ms: int = 0
    back_office_ms: int = 0
    wait_by_hour: dict[int, Sum] = field(default_factory=dict)
    issued_by_hour: Counter[int] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    serve_by_window: dict[str, Sum] = field(default_factory=dict)
    serve_by_clerk: dict[str, Sum] = field(default_factory=dict)
    window_names: dict[str, str] = field(default_factory=dict)
    clerk_names: dict[str, str] = field(default_factory=dict)


def sums(desk: Desk, by: By, *, span: Span, tick: Tick = untold) -> RangeSums:
    """The sums of a span, day after day. Raises Stopped when `tick` says so."""
    found = RangeSums()
    days = list(span.days())
    with desk.look() as connection:
        found.window_names = {
            row.id: f"{row.number} 号窗"
            for row in connection.execute(select(WINDOWS.c.id, WINDOWS.c.number).order_by(WINDOWS.c.number))
        }
        found.clerk_names = {
            row.id: row.name for row in connection.execute(select(CLERKS.c.id, CLERKS.c.name).order_by(CLERKS.c.number))
        }
    for done, day in enumerate(days, 1):
        with desk.look() as connection:
            _add_day(found, connection, desk, day, span.window_id)
        if not tick(done, len(days)):
            raise Stopped
    return found


def _add_day(found: RangeSums, connection: Connection, desk: Desk, day: date, window_id: str) -> None:
    iso, first = day.isoformat(), desk.midnight(day)
    _add_tickets(found, connection, desk, iso, first, window_id)
    _add_periods(found, connection, iso, window_id)
    _add_visits(found, connection, first, window_id)
    _add_cases(found, connection, first, window_id)


def called_here(iso: str, window_id: str) -> ColumnElement[bool]:
    """Tickets that a window called on a day; for the hall every ticket."""
    called = select(PERIODS.c.ticket_id).where(
        PERIODS.c.day == iso, PERIODS.c.kind == "called", PERIODS.c.window_id == window_id
    )
    return TICKETS.c.id.in_(called)


def _add_tickets(found: RangeSums, connection: Connection, desk: Desk, iso: str, first: int, window_id: str) -> None:
    of_day = [TICKETS.c.hall_id == desk.hall_id, TICKETS.c.day == iso]
    if window_id:
        of_day.append(called_here(iso, window_id))
    # the label is grouped by: PostgreSQL takes the same expression with new parameters for another one
    hour = ((TICKETS.c.issued_at - first) // HOUR_MS).label("hour")
    rows = connection.execute(
        select(hour, func.count(), func.coalesce(func.sum(TICKETS.c.missed), 0)).where(*of_day).group_by(hour)
    )
    for at, issued, missed in rows:
        found.issued += int(issued)
        found.missed += int(missed)
        found.issued_by_hour[int(at)] += int(issued)
    found.left += int(
        connection.execute(
            select(func.count()).select_from(TICKETS).where(*of_day, TICKETS.c.state == "left")
        ).scalar_one()
    )
    called = PERIODS.alias("called")
    was_called = select(called.c.ticket_id).where(called.c.day == iso, called.c.kind == "called")
    waits = connection.execute(
        select(hour, func.sum(PERIODS.c.t1 - PERIODS.c.t0), func.count(PERIODS.c.ticket_id.distinct()))
        .select_from(PERIODS.join(TICKETS, TICKETS.c.id == PERIODS.c.ticket_id))
        .where(
            PERIODS.c.day == iso, PERIODS.c.kind == "waiting", counts(iso), PERIODS.c.ticket_id.in_(was_called), *of_day
        )
        .group_by(hour)
    )
    for at, ms, n in waits:
        found.wait.add(int(ms), int(n))
        found.wait_by_hour.setdefault(int(at), Sum()).add(int(ms), int(n))


def _add_periods(found: RangeSums, connection: Connection, iso: str, window_id: str) -> None:
    length = PERIODS.c.t1 - PERIODS.c.t0
    here = [PERIODS.c.window_id == window_id] if window_id else []
    rows = connection.execute(
        select(
            PERIODS.c.kind,
            PERIODS.c.window_id,
            PERIODS.c.clerk_id,
            func.sum(length),
            func.count(PERIODS.c.visit_id.distinct()),
        )
        .where(PERIODS.c.day == iso, PERIODS.c.kind.in_(["serving", "pause", "back_office"]), counts(iso), *here)
        .group_by(PERIODS.c.kind, PERIODS.c.window_id, PERIODS.c.clerk_id)
    )
    for kind, window, clerk, ms, visits in rows:
        if kind == "pause":
            found.pause_ms += int(ms)
        elif kind == "back_office":
            found.back_office_ms += int(ms)
        else:
            found.serve.add(int(ms), int(visits))
            found.serve_by_window.setdefault(window or "", Sum()).add(int(ms), int(visits))
            found.serve_by_clerk.setdefault(clerk or "", Sum()).add(int(ms), int(visits))
    found.inaccurate += int(
        connection.execute(
            select(func.count()).select_from(PERIODS).where(PERIODS.c.day == iso, PERIODS.c.inaccurate, *here)
        ).scalar_one()
    )


def _add_visits(found: RangeSums, connection: Connection, first: int, window_id: str) -> None:
    where = [VISITS.c.opened_at >= first, VISITS.c.opened_at < first + DAY_MS, VISITS.c.outcome.in_(SERVED)]
    if window_id:
        where.append(VISITS.c.window_id == window_id)
    for kind, n in connection.execute(select(VISITS.c.kind, func.count()).where(*where).group_by(VISITS.c.kind)):
        found.served += int(n)
        if kind != "ticket":
            found.walk_ins += int(n)


def _add_cases(found: RangeSums, connection: Connection, first: int, window_id: str) -> None:
    here = [CASES.c.window_id == window_id] if window_id else []
    received = [CASES.c.received_at >= first, CASES.c.received_at < first + DAY_MS]
    rows = connection.execute(
        select(CASES.c.state, CASES.c.accepted_how, func.count())
        .where(*received, *here)
        .group_by(CASES.c.state, CASES.c.accepted_how)
    )
    for state, how, n in rows:
        found.states[state] += int(n)
        if state != CaseState.VOID.value:
            found.received += int(n)
            found.tolerated += int(n) if how == "deficiency" else 0
    found.closed += int(
        connection.execute(
            select(func.count())
            .select_from(CASES)
            .where(
                CASES.c.closed_at >= first,
                CASES.c.closed_at < first + DAY_MS,
                CASES.c.state == CaseState.CLOSED.value,
                *here,
            )
        ).scalar_one()
    )
