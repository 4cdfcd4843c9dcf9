"""The rows behind a figure: cases, tickets, visits, periods or items, masked, each opening what it stands for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.sql import ColumnElement

from clerk_tui.catalog.figures import facts as item_facts
from clerk_tui.desk.context import Desk
from clerk_tui.desk.figure_pages import RUNNING, due_steps
from clerk_tui.desk.plan_figures import case_facts, ticket_facts
from clerk_tui.desk.range_sums import DAY_MS, HOUR_MS, SERVED, Span, called_here
from clerk_tui.rules.case_figures import CASE_MEASURES, TICKET_MEASURES
from clerk_tui.rules.figures import Judgement, Part
from clerk_tui.rules.figures import behind as judged
from clerk_tui.rules.item_figures import ITEM_MEASURES
from clerk_tui.rules.limits import marked
from clerk_tui.rules.masking import mask_name, mask_party
from clerk_tui.rules.states import CaseState, TicketState
from clerk_tui.store import case_dues
from clerk_tui.store.act import By
from clerk_tui.store.core import CASES, CLERKS, PERIODS, PERSONS, TICKETS, VISITS, WINDOWS

MOST = 500
OUTCOME_WORDS = {"served": "办了", "asked": "只咨询", "wrong_category": "取错类别", "left": "已离开", "none": "没有办"}
KIND_WORDS = {
    "waiting": "等候",
    "called": "叫号",
    "serving": "服务",
    "held": "挂起",
    "back_office": "后台",
    "pause": "暂停",
}


@dataclass(frozen=True)
class BehindRow:
    """`group` and `id` as in a Hit; '' where there is nothing to open. `cells`: when, what, who, words."""

    group: str
    id: str
    cells: tuple[str, str, str, str]


@dataclass(frozen=True)
class Behind:
    rows: tuple[BehindRow, ...]
    more: bool
    """There are more than are listed."""


def behind(desk: Desk, by: By, *, key: str, span: Span) -> Behind:
    """The rows behind the line of a page, at most MOST, in the order of time."""
    kind, _, name = key.partition(":")
    with desk.look() as connection:
        found = list(islice(_rows(desk, connection, kind, name, span), MOST + 1))
    return Behind(tuple(found[:MOST]), len(found) > MOST)


def _rows(desk: Desk, connection: Connection, kind: str, name: str, span: Span) -> Iterator[BehindRow]:
    if kind in ("received", "closed", "tolerated", "state", "due"):
        return _cases(desk, connection, _case_where(desk, kind, name, span))
    if kind in ("issued", "missed", "hour"):
        return _tickets(desk, connection, kind, name, span)
    if kind in ("served", "window", "clerk"):
        return _visits(desk, connection, kind, name, span)
    if kind in ("pause", "back_office", "inaccurate"):
        return _periods(desk, connection, kind, span)
    if kind == "items":
        return _judged_items(desk, name, span)
    if kind == "cases":
        return _judged_cases(desk, connection, name, span)
    return _judged_tickets(desk, connection, name, span)


def _bounds(desk: Desk, span: Span) -> tuple[int, int]:
    return desk.midnight(date.fromisoformat(span.first)), desk.midnight(date.fromisoformat(span.last)) + DAY_MS


def _case_where(desk: Desk, kind: str, name: str, span: Span) -> list[ColumnElement[bool]]:
    start, end = _bounds(desk, span)
    received = [CASES.c.received_at >= start, CASES.c.received_at < end]
    where: list[ColumnElement[bool]]
    if kind == "closed":
        where = [CASES.c.closed_at >= start, CASES.c.closed_at < end, CASES.c.state == CaseState.CLOSED.value]
    elif kind == "due":
        _, _, first, last = next(step for step in due_steps(desk, desk.today()) if step[0] == name)
        where = [CASES.c.closed_at.is_(None), CASES.c.promised_due.is_not(None), CASES.c.state.in_(RUNNING)]
        where += [CASES.c.promised_due >= first.isoformat()] if first else []
        where += [CASES.c.promised_due <= last.isoformat()] if last else []
    elif kind == "state":
        where = [*received, CASES.c.state == name]
    elif kind == "tolerated":
        where = [*received, CASES.c.accepted_how == "deficiency", CASES.c.state != CaseState.VOID.value]
    else:
        where = [*received, CASES.c.state != CaseState.VOID.value]
    return [*where, CASES.c.window_id == span.window_id] if span.window_id else where


def _cases(desk: Desk, connection: Connection, where: list[ColumnElement[bool]]) -> Iterator[BehindRow]:
    rows = connection.execute(
        select(
            CASES.c.id,
            CASES.c.receipt_no,
            CASES.c.item_name,
            CASES.c.applicant_kind,
            CASES.c.applicant_name,
            CASES.c.state,
            CASES.c.received_at,
            CASES.c.promised_due,
            CASES.c.statutory_due,
            CASES.c.due_provisional,
            CASES.c.dues_by,
            CASES.c.flag_waiting_applicant,
        )
        .where(*where)
        .order_by(CASES.c.received_at, CASES.c.id)
        .limit(MOST + 1)
    )
    for row in rows:
        unsure = case_dues.promise_unsure(dict(row._mapping), desk.calendar)
        limit = f" 限{marked(row.promised_due, unsure)[5:]}" if row.promised_due else ""
        yield _case_row(desk, row, CaseState(row.state).words + limit)


def _case_row(desk: Desk, row: Any, words: str) -> BehindRow:
    who = f"{mask_party(row.applicant_kind, row.applicant_name)} {row.item_name}"
    return BehindRow("case", row.id, (_when(desk, row.received_at), row.receipt_no, who, words))


def _when(desk: Desk, at: int) -> str:
    return f"{desk.local(at):%m-%d %H:%M}"


def _tickets(desk: Desk, connection: Connection, kind: str, name: str, span: Span) -> Iterator[BehindRow]:
    for day in span.days():
        where = [TICKETS.c.hall_id == desk.hall_id, TICKETS.c.day == day.isoformat()]
        if span.window_id:
            where.append(called_here(day.isoformat(), span.window_id))
        if kind == "missed":
            where.append(TICKETS.c.missed > 0)
        if kind == "hour":
            start = desk.midnight(day) + int(name) * HOUR_MS
            where += [TICKETS.c.issued_at >= start, TICKETS.c.issued_at < start + HOUR_MS]
        rows = connection.execute(select(TICKETS).where(*where).order_by(TICKETS.c.issued_at, TICKETS.c.id)).all()
        for row in rows:
            yield _ticket_row(desk, row, _ticket_words(connection, row))


def _ticket_row(desk: Desk, row: Row[Any], words: str) -> BehindRow:
    return BehindRow("ticket", row.id, (_when(desk, row.issued_at), row.number, row.category, words))


def _ticket_words(connection: Connection, row: Row[Any]) -> str:
    periods = connection.execute(
        select(PERIODS.c.t0, PERIODS.c.t1).where(
            PERIODS.c.ticket_id == row.id, PERIODS.c.kind == "waiting", PERIODS.c.t1.is_not(None)
        )
    )
    waited = sum(one.t1 - one.t0 for one in periods) // 60_000
    missed = f" 过号 {row.missed} 次" if row.missed else ""
    return f"{TicketState(row.state).words} 等了 {waited} 分{missed}{' 时间不准' if row.inaccurate else ''}"


def _visits(desk: Desk, connection: Connection, kind: str, name: str, span: Span) -> Iterator[BehindRow]:
    start, end = _bounds(desk, span)
    where = [VISITS.c.opened_at >= start, VISITS.c.opened_at < end]
    if kind == "served":
        where.append(VISITS.c.outcome.in_(SERVED))
    else:
        where.append((VISITS.c.window_id if kind == "window" else VISITS.c.clerk_id) == name)
    if span.window_id:
        where.append(VISITS.c.window_id == span.window_id)
    rows = connection.execute(
        select(
            VISITS,
            TICKETS.c.number,
            PERSONS.c.name,
            WINDOWS.c.number.label("window_number"),
            CLERKS.c.name.label("clerk"),
        )
        .outerjoin(TICKETS, TICKETS.c.id == VISITS.c.ticket_id)
        .outerjoin(PERSONS, PERSONS.c.id == VISITS.c.attendee_id)
        .outerjoin(WINDOWS, WINDOWS.c.id == VISITS.c.window_id)
        .outerjoin(CLERKS, CLERKS.c.id == VISITS.c.clerk_id)
        .where(*where)
        .order_by(VISITS.c.opened_at, VISITS.c.id)
        .limit(MOST + 1)
    )
    for row in rows:
        spent = f" {(row.finished_at - row.opened_at) // 60_000} 分" if row.finished_at else " 还没结束"
        words = OUTCOME_WORDS.get(row.outcome, "") + spent + (" 时间不准" if row.inaccurate else "")
        who = f"{row.window_number} 号窗 {row.clerk or ''} {mask_name(row.name) if row.name else '没有核对身份'}"
        group, id = ("ticket", row.ticket_id) if row.ticket_id else ("", row.id)
        yield BehindRow(group, id, (_when(desk, row.opened_at), row.number or "无号", who, words))


def _periods(desk: Desk, connection: Connection, kind: str, span: Span) -> Iterator[BehindRow]:
    for day in span.days():
        where = [PERIODS.c.day == day.isoformat()]
        where.append(PERIODS.c.inaccurate if kind == "inaccurate" else PERIODS.c.kind == kind)
        if span.window_id:
            where.append(PERIODS.c.window_id == span.window_id)
        rows = connection.execute(
            select(PERIODS, TICKETS.c.number, CLERKS.c.name)
            .outerjoin(TICKETS, TICKETS.c.id == PERIODS.c.ticket_id)
            .outerjoin(CLERKS, CLERKS.c.id == PERIODS.c.clerk_id)
            .where(*where)
            .order_by(PERIODS.c.t0)
        ).all()
        for row in rows:
            length = f"{(row.t1 - row.t0) // 60_000} 分" if row.t1 is not None else "还没结束"
            group, id = ("ticket", row.ticket_id) if row.ticket_id else ("", row.id)
            what = row.number or KIND_WORDS.get(row.kind, row.kind)
            words = f"{KIND_WORDS.get(row.kind, row.kind)} {length} {row.reason}".rstrip()
            yield BehindRow(group, id, (_when(desk, row.t0), what, row.name or "", words))


def _judged_items(desk: Desk, name: str, span: Span) -> Iterator[BehindRow]:
    measure = next(one for one in ITEM_MEASURES if one.key == name)
    for fact, found in judged(measure, item_facts(desk.catalogue, span.last)):
        yield BehindRow("item", fact.key, ("", desk.catalogue.items[fact.key].code, fact.name, _said(found)))


def _days(span: Span) -> tuple[date, date]:
    return date.fromisoformat(span.first), date.fromisoformat(span.last)


def _judged_cases(desk: Desk, connection: Connection, name: str, span: Span) -> Iterator[BehindRow]:
    measure = next(one for one in CASE_MEASURES if one.key == name)
    facts = case_facts(connection, desk, *_days(span), window_id=span.window_id)
    for fact, found in judged(measure, facts):
        row = connection.execute(select(CASES).where(CASES.c.id == fact.id)).one()
        yield _case_row(desk, row, _said(found))


def _judged_tickets(desk: Desk, connection: Connection, name: str, span: Span) -> Iterator[BehindRow]:
    measure = next(one for one in TICKET_MEASURES if one.key == name)
    facts = ticket_facts(connection, desk, *_days(span), window_id=span.window_id)
    for fact, found in judged(measure, facts):
        row = connection.execute(select(TICKETS).where(TICKETS.c.id == fact.id)).one()
        yield _ticket_row(desk, row, _said(found))


def _said(found: Judgement) -> str:
    """What one row adds to a figure, or why it is left out."""
    if isinstance(found, Part):
        return f"计入 {found.hits}/{found.of}"
    return f"不计: {found}"
