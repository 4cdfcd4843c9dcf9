"""Our own cases and tickets of a range of days as the facts that the figures of the policy plan ask for.

Read day by day and in pages, so that a million of cases cost memory for one page only, and a long range can be stopped.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, Select, case, func, or_, select

from clerk_tui.catalog.codec import item_from_snapshot
from clerk_tui.catalog.figures import facts, filing
from clerk_tui.catalog.model import Item
from clerk_tui.desk.context import Desk
from clerk_tui.desk.range_sums import Stopped, Tick, called_here, untold
from clerk_tui.rules.case_figures import CaseFact, TicketFact, of_cases, of_tickets
from clerk_tui.rules.figures import Ratio
from clerk_tui.rules.item_figures import of_items
from clerk_tui.store import canonical, case_dues
from clerk_tui.store.act import By
from clerk_tui.store.core import CASES, HALLS, NOTICES, OWED, PERIODS, RESULTS, TICKETS, VISIT_SERVICES, VISITS

PAGE = 500
HOUR_MS = 3_600_000
CHANNELS = {"ticket": "窗口", "walk_in": "窗口", "service_point": "代办", "phone": "电话", "post": "邮寄"}
"""Kind of the visit in which a case was taken in -> channel of the figures."""
IN_HALL = ("ticket", "walk_in")
_NOTHING: Counter[str] = Counter()
ENDED = {"finished": "served", "left": "left", "closed": "closed"}


@dataclass(frozen=True)
class PlanFigures:
    """The plan's targets: official by item, ours by case and by ticket; ISO days, both belong to the range."""

    first: str
    last: str
    catalogue: str
    items: tuple[Ratio, ...]
    cases: tuple[Ratio, ...]
    tickets: tuple[Ratio, ...]


def plan(desk: Desk, by: By, *, first: date, last: date) -> PlanFigures:
    """Every target of the plan: the catalogue as of `last`, cases and tickets of the days `first` to `last`."""
    with desk.look() as connection:
        return PlanFigures(
            first=first.isoformat(),
            last=last.isoformat(),
            catalogue=desk.catalogue.version,
            items=of_items(facts(desk.catalogue, last.isoformat())),
            cases=of_cases(case_facts(connection, desk, first, last)),
            tickets=of_tickets(ticket_facts(connection, desk, first, last)),
        )


def case_facts(
    connection: Connection, desk: Desk, first: date, last: date, *, window_id: str = "", tick: Tick = untold
) -> Iterator[CaseFact]:
    """Cases taken in or closed from `first` to `last`, both days of the hall, each once, day after day.

    A day is read by the indexes on both instants. Raises Stopped when `tick` says so.
    """
    begin, end = desk.midnight(first), desk.midnight(last + timedelta(days=1))
    level = _level(connection, desk)
    items: dict[str, Item] = {}
    days = (last - first).days + 1
    for done in range(1, days + 1):
        dawn = desk.midnight(first + timedelta(days=done - 1))
        dusk = desk.midnight(first + timedelta(days=done))
        rows = connection.execute(_of_day(dawn, dusk, begin, end, window_id)).all()
        for start in range(0, len(rows), PAGE):
            page = rows[start : start + PAGE]
            beside = _Beside(connection, desk, page)
            for row in page:
                yield _fact(desk, row, beside, level, _item(connection, items, row), (begin, end))
        if not tick(done, days):
            raise Stopped


def _within_hours(desk: Desk, row: Row[Any]) -> bool | None:
    moment = case_dues.promised_moment(row.promised_limit, row.accepted_at, row.promised_due, desk.calendar)
    if moment is None or row.decided_at is None:
        return None
    return case_dues.moment_of(row.decided_at) <= moment


def _of_day(dawn: int, dusk: int, begin: int, end: int, window_id: str) -> Select[Any]:
    """Taken in on a day; or closed on it and taken in outside the range, so that each case comes once."""
    taken_in = select(CASES.c.id).where(CASES.c.received_at >= dawn, CASES.c.received_at < dusk)
    closed = select(CASES.c.id).where(
        CASES.c.closed_at >= dawn,
        CASES.c.closed_at < dusk,
        or_(CASES.c.received_at < begin, CASES.c.received_at >= end),
    )
    query = select(*_COLUMNS).where(CASES.c.id.in_(taken_in.union(closed))).order_by(CASES.c.received_at, CASES.c.id)
    return query.where(CASES.c.window_id == window_id) if window_id else query


_COLUMNS = [column for column in CASES.c if column.name not in ("item_snapshot", "answers", "fields", "roles")]
"""Not the long texts: a range may hold a hundred thousand cases."""


def _fact(desk: Desk, row: Row[Any], beside: "_Beside", level: str, item: Item, period: tuple[int, int]) -> CaseFact:
    received, accepted, decided = (_day(desk, at) for at in (row.received_at, row.accepted_at, row.decided_at))
    owed = beside.owed.get(row.id, _NOTHING)
    results = beside.results.get(row.id, (0, 0))
    visit = beside.visit_kind.get(row.visit_id or "", "")
    both = accepted and decided
    return CaseFact(
        id=row.id,
        category=item.category,
        state=row.state,
        received=received,
        accepted=accepted,
        accepted_how=row.accepted_how,
        decided=decided,
        decided_in=_between(desk, accepted, decided) if both else None,
        due=row.promised_due or "",
        within_hours=_within_hours(desk, row),
        person=row.applicant_kind == "person",
        channel=CHANNELS.get(visit, ""),
        level=level,
        visits=len(beside.days[row.id]) if visit or row.id in beside.days else None,
        notices=beside.notices.get(row.id, 0),
        owed=owed["all"],
        owed_cured=owed["cured"],
        owed_cured_in_time=owed["in_time"],
        owed_not_due=owed["not_due"],
        results=results[0],
        results_with_licence=results[1],
        filing=filing(item.name),
        site_check=item.onsite_inspection,
        faulty_times=row.flag_back_entered
        or (accepted != "" and accepted < received)
        or (both != "" and decided < accepted),
        received_here=period[0] <= row.received_at < period[1],
        closed_here=row.closed_at is not None and period[0] <= row.closed_at < period[1],
    )


class _Beside:
    """What other tables know of one page of cases."""

    def __init__(self, connection: Connection, desk: Desk, rows: "list[Row[Any]] | Any") -> None:
        ids = [row.id for row in rows]
        visits = {row.visit_id for row in rows if row.visit_id}
        self.visit_kind: dict[str, str] = {}
        self.days: dict[str, set[str]] = defaultdict(set)
        self._visits(connection, desk, rows, ids, visits)
        self.notices: dict[str, int] = {
            row[0]: row[1]
            for row in connection.execute(
                select(NOTICES.c.case_id, func.count())
                .where(
                    NOTICES.c.case_id.in_(ids),
                    NOTICES.c.kind.in_(("one_time_notice", "second_notice")),
                    NOTICES.c.voided_at.is_(None),
                )
                .group_by(NOTICES.c.case_id)
            )
        }
        self.results: dict[str, tuple[int, int]] = {
            row[0]: (row[1], row[2])
            for row in connection.execute(
                select(RESULTS.c.case_id, func.count(), func.count(case((RESULTS.c.licence_id != "", 1))))
                .where(RESULTS.c.case_id.in_(ids), RESULTS.c.kind != "refusal")
                .group_by(RESULTS.c.case_id)
            )
        }
        self.owed: dict[str, Counter[str]] = defaultdict(Counter)
        self._owed(connection, desk, ids)

    def _visits(self, connection: Connection, desk: Desk, rows: Any, ids: list[str], visits: set[str]) -> None:
        opened: dict[str, tuple[str, int]] = {}
        for row in connection.execute(
            select(VISITS.c.id, VISITS.c.kind, VISITS.c.opened_at).where(VISITS.c.id.in_(visits))
        ):
            self.visit_kind[row.id] = row.kind
            opened[row.id] = (row.kind, row.opened_at)
        for row in rows:
            kind, at = opened.get(row.visit_id or "", ("", 0))
            if kind in IN_HALL:
                self.days[row.id].add(_day(desk, at))
        for served in connection.execute(
            select(VISIT_SERVICES.c.case_id, VISITS.c.opened_at)
            .join(VISITS, VISITS.c.id == VISIT_SERVICES.c.visit_id)
            .where(VISIT_SERVICES.c.case_id.in_(ids), VISITS.c.kind.in_(IN_HALL))
        ):
            self.days[served.case_id].add(_day(desk, served.opened_at))

    def _owed(self, connection: Connection, desk: Desk, ids: list[str]) -> None:
        today = desk.today().isoformat()
        for row in connection.execute(
            select(OWED.c.case_id, OWED.c.state, OWED.c.due, OWED.c.supplied_at).where(
                OWED.c.case_id.in_(ids), OWED.c.kind == "owed"
            )
        ):
            counts = self.owed[row.case_id]
            counts["all"] += 1
            cured = row.state == "checked"
            counts["cured"] += cured
            counts["in_time"] += cured and row.supplied_at is not None and _day(desk, row.supplied_at) <= row.due
            counts["not_due"] += not cured and row.state != "closed" and row.due >= today


def ticket_facts(
    connection: Connection, desk: Desk, first: date, last: date, *, window_id: str = "", tick: Tick = untold
) -> Iterator[TicketFact]:
    """Tickets of the days `first` to `last`, both days of the hall; a ticket that waited twice has both waits.

    Day after day; of one window: those that it called. Raises Stopped when `tick` says so.
    """
    days = (last - first).days + 1
    for done in range(1, days + 1):
        yield from _tickets_of(connection, desk, (first + timedelta(days=done - 1)).isoformat(), window_id)
        if not tick(done, days):
            raise Stopped


def _tickets_of(connection: Connection, desk: Desk, day: str, window_id: str) -> Iterator[TicketFact]:
    replaced = PERIODS.alias("replaced")
    again = PERIODS.alias("again")
    void = select(again.c.voids).where(again.c.voids.is_not(None), again.c.day == day)
    waits = (
        select(
            replaced.c.ticket_id,
            func.sum(case((replaced.c.kind == "waiting", replaced.c.t1 - replaced.c.t0), else_=0)).label("waited"),
            func.count(case((replaced.c.kind == "called", 1))).label("called"),
            func.count(case((replaced.c.inaccurate.is_(True), 1))).label("inaccurate"),
        )
        .where(
            replaced.c.day == day,
            replaced.c.ticket_id.is_not(None),
            replaced.c.kind.in_(("waiting", "called")),
            replaced.c.id.not_in(void),
        )
        .group_by(replaced.c.ticket_id)
        .subquery()
    )
    for row in connection.execute(
        select(
            TICKETS.c.id,
            TICKETS.c.state,
            TICKETS.c.missed,
            TICKETS.c.appointment_id,
            waits.c.waited,
            waits.c.called,
            waits.c.inaccurate,
        )
        .join(waits, waits.c.ticket_id == TICKETS.c.id, isouter=True)
        .where(
            TICKETS.c.hall_id == desk.hall_id,
            TICKETS.c.day == day,
            *([called_here(day, window_id)] if window_id else []),
        )
        .order_by(TICKETS.c.issued_at, TICKETS.c.id)
    ):
        missed = row.state == "missed" or (row.state == "closed" and row.missed > 0)
        yield TicketFact(
            id=row.id,
            waited_minutes=int(row.waited or 0) // 60_000 if row.called else None,
            booked=row.appointment_id is not None,
            ended="missed" if missed else ENDED.get(row.state, ""),
            faulty_times=bool(row.inaccurate),
        )


def _level(connection: Connection, desk: Desk) -> str:
    point = connection.execute(select(HALLS.c.is_service_point).where(HALLS.c.id == desk.hall_id)).scalar()
    return "村居" if point else "镇街"


def _item(connection: Connection, items: dict[str, Item], row: Row[Any]) -> Item:
    """The item as it was at intake: one reading for each version of it."""
    if row.item_version not in items:
        snapshot = connection.execute(select(CASES.c.item_snapshot).where(CASES.c.id == row.id)).scalar_one()
        items[row.item_version] = item_from_snapshot(canonical.load(snapshot))
    return items[row.item_version]


def _day(desk: Desk, at: int | None) -> str:
    """The hall's date of an instant; China keeps one offset of whole hours, so each hour has one date."""
    return "" if at is None else _date_of(desk.zone(), at // HOUR_MS)


@lru_cache(maxsize=100_000)
def _date_of(zone: tzinfo, hour: int) -> str:
    return datetime.fromtimestamp(hour * 3600, zone).date().isoformat()


@lru_cache(maxsize=10_000)
def _parsed(day: str) -> date:
    return date.fromisoformat(day)


def _between(desk: Desk, a: str, b: str) -> int:
    return desk.calendar.working_days_between(_parsed(a), _parsed(b))
