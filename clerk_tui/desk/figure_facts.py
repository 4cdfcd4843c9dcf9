"""Cases and tickets of a span as the facts that the policy plan's figures ask for, a day at a time."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select

from clerk_tui.catalog.codec import item_from_snapshot
from clerk_tui.catalog.figures import filing
from clerk_tui.desk.context import Desk
from clerk_tui.desk.periods import counts
from clerk_tui.desk.range_sums import DAY_MS, Span, Stopped, Tick, called_here
from clerk_tui.rules.case_figures import CaseFact, TicketFact
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.states import OwedState
from clerk_tui.store import canonical
from clerk_tui.store.core import CASES, NOTICES, OWED, PERIODS, RESULTS, TICKETS, VISIT_SERVICES, VISITS

CHANNEL = {"ticket": "窗口", "walk_in": "窗口", "service_point": "代办", "phone": "电话", "post": "邮寄"}
ENDED = {"finished": "served", "missed": "missed", "left": "left"}
_COLUMNS = [column for column in CASES.c if column.name not in ("item_snapshot", "answers", "fields", "roles")]
"""Not the long texts: a range may hold a hundred thousand cases."""
_TOLD = (PaperKind.ONE_TIME_NOTICE.value, PaperKind.SECOND_NOTICE.value)


def case_facts(desk: Desk, span: Span, tick: Tick = lambda done, of: True) -> Iterator[tuple[Row[Any], CaseFact]]:
    """Every case taken in or closed in the span, once, with its row. Raises Stopped when `tick` says so."""
    days = list(span.days())
    start, end = desk.midnight(days[0]), desk.midnight(days[-1]) + DAY_MS
    for done, day in enumerate(days, 1):
        first = desk.midnight(day)
        with desk.look() as connection:
            rows = connection.execute(_of_day(first, start, end, span.window_id)).all()
            yield from zip(rows, _facts(desk, connection, rows, start, end), strict=True)
        if not tick(done, len(days)):
            raise Stopped


def _of_day(first: int, start: int, end: int, window_id: str) -> Any:
    """Taken in on this day; or closed on this day and taken in outside the span, so that each comes once."""
    on_day = and_(CASES.c.received_at >= first, CASES.c.received_at < first + DAY_MS)
    closed = and_(
        CASES.c.closed_at >= first,
        CASES.c.closed_at < first + DAY_MS,
        or_(CASES.c.received_at < start, CASES.c.received_at >= end),
    )
    ids = select(CASES.c.id).where(on_day).union(select(CASES.c.id).where(closed))
    query = (
        select(*_COLUMNS, VISITS.c.kind.label("visit_kind"), VISITS.c.inaccurate.label("visit_inaccurate"))
        .outerjoin(VISITS, VISITS.c.id == CASES.c.visit_id)
        .where(CASES.c.id.in_(ids))
        .order_by(CASES.c.received_at, CASES.c.id)
    )
    return query.where(CASES.c.window_id == window_id) if window_id else query


def _facts(desk: Desk, connection: Connection, rows: Sequence[Row[Any]], start: int, end: int) -> Iterator[CaseFact]:
    ids = [row.id for row in rows]
    visits: dict[str, set[date]] = {}
    for case_id, at in connection.execute(
        select(VISIT_SERVICES.c.case_id, VISIT_SERVICES.c.at).where(VISIT_SERVICES.c.case_id.in_(ids))
    ):
        visits.setdefault(case_id, set()).add(desk.local(at).date())
    notices: dict[str, int] = {
        case_id: int(n)
        for case_id, n in connection.execute(
            select(NOTICES.c.case_id, func.count())
            .where(NOTICES.c.case_id.in_(ids), NOTICES.c.kind.in_(_TOLD), NOTICES.c.voided_at.is_(None))
            .group_by(NOTICES.c.case_id)
        )
    }
    owed: dict[str, list[Row[Any]]] = {}
    for one in connection.execute(select(OWED).where(OWED.c.case_id.in_(ids), OWED.c.kind == "owed")):
        owed.setdefault(one.case_id, []).append(one)
    results: dict[str, list[bool]] = {}
    for case_id, licence in connection.execute(
        select(RESULTS.c.case_id, RESULTS.c.licence_id).where(RESULTS.c.case_id.in_(ids), RESULTS.c.kind != "refusal")
    ):
        results.setdefault(case_id, []).append(bool(licence))
    items = _items(connection, {row.item_version for row in rows})
    for row in rows:
        item = items[row.item_version]
        counter = row.visit_kind in ("ticket", "walk_in")
        entries = owed.get(row.id, [])
        found = results.get(row.id, [])
        yield CaseFact(
            id=row.id,
            category=item[0],
            state=row.state,
            received=_day(desk, row.received_at),
            accepted=_day(desk, row.accepted_at),
            accepted_how=row.accepted_how,
            decided=_day(desk, row.decided_at),
            decided_in=_days_between(desk, row),
            due=row.promised_due or "",
            person=row.applicant_kind == "person",
            channel=CHANNEL.get(row.visit_kind or "", ""),
            level="村居" if row.visit_kind == "service_point" else "镇街",
            visits=(len(visits.get(row.id, ())) or 1) if counter else (0 if row.visit_kind else None),
            notices=notices.get(row.id, 0),
            owed=len(entries),
            owed_cured=sum(1 for one in entries if one.state == OwedState.CHECKED.value),
            owed_cured_in_time=sum(1 for one in entries if _cured_in_time(desk, one)),
            owed_not_due=sum(
                1 for one in entries if one.state != OwedState.CHECKED.value and one.due >= desk.today().isoformat()
            ),
            results=len(found),
            results_with_licence=sum(found),
            filing=filing(row.item_name),
            site_check=item[1],
            faulty_times=bool(row.flag_back_entered or row.visit_inaccurate),
            received_here=start <= row.received_at < end,
            closed_here=row.closed_at is not None and start <= row.closed_at < end,
        )


def _items(connection: Connection, versions: set[str]) -> dict[str, tuple[str, bool]]:
    """Category and site check of items as they were at intake, by version; each version is read once."""
    for version in versions - _KNOWN.keys():
        snapshot = connection.execute(
            select(CASES.c.item_snapshot).where(CASES.c.item_version == version).limit(1)
        ).scalar_one()
        item = item_from_snapshot(canonical.load(snapshot))
        _KNOWN[version] = (item.category, item.onsite_inspection)
    return _KNOWN


_KNOWN: dict[str, tuple[str, bool]] = {}
"""A version is a hash of the item, so what it says never changes."""


def _cured_in_time(desk: Desk, one: Row[Any]) -> bool:
    if one.state != OwedState.CHECKED.value or one.supplied_at is None:
        return False
    return desk.local(one.supplied_at).date().isoformat() <= str(one.due)


def _days_between(desk: Desk, row: Row[Any]) -> int | None:
    """Working days from acceptance to decision; the day of acceptance is not counted."""
    if row.accepted_at is None or row.decided_at is None:
        return None
    begin, finish = desk.local(row.accepted_at).date(), desk.local(row.decided_at).date()
    return desk.calendar.working_days_between(begin, finish) if finish > begin else 0


def _day(desk: Desk, at: int | None) -> str:
    return desk.local(at).date().isoformat() if at is not None else ""


def ticket_facts(desk: Desk, span: Span, tick: Tick = lambda done, of: True) -> Iterator[tuple[Row[Any], TicketFact]]:
    """Every ticket issued in the span, with its row. Raises Stopped when `tick` says so."""
    days = list(span.days())
    for done, day in enumerate(days, 1):
        iso = day.isoformat()
        with desk.look() as connection:
            query = select(TICKETS).where(TICKETS.c.hall_id == desk.hall_id, TICKETS.c.day == iso)
            if span.window_id:
                query = query.where(called_here(iso, span.window_id))
            rows = connection.execute(query.order_by(TICKETS.c.issued_at, TICKETS.c.id)).all()
            waits: dict[str, int] = {
                ticket_id: int(ms)
                for ticket_id, ms in connection.execute(
                    select(PERIODS.c.ticket_id, func.sum(PERIODS.c.t1 - PERIODS.c.t0))
                    .where(PERIODS.c.day == iso, PERIODS.c.kind == "waiting", counts(iso))
                    .group_by(PERIODS.c.ticket_id)
                )
            }
            faulty = set(
                connection.execute(
                    select(PERIODS.c.ticket_id).where(
                        PERIODS.c.day == iso, PERIODS.c.kind == "waiting", PERIODS.c.inaccurate
                    )
                ).scalars()
            )
            for row in rows:
                waited = waits.get(row.id) if row.calls else None
                yield (
                    row,
                    TicketFact(
                        id=row.id,
                        waited_minutes=waited // 60_000 if waited is not None else None,
                        booked=row.appointment_id is not None,
                        ended=ENDED.get(row.state, ""),
                        faulty_times=bool(row.inaccurate) or row.id in faulty,
                    ),
                )
        if not tick(done, len(days)):
            raise Stopped
