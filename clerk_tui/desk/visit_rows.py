"""Visits inside an act or a read: opened, taken up again, shown, and what they rendered."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from clerk_tui.desk import waiting_for
from clerk_tui.desk.authorities import authorities_within
from clerk_tui.desk.context import Desk
from clerk_tui.desk.people import person_row, person_view
from clerk_tui.desk.tickets import SHOWN_GROUPS, ticket_row
from clerk_tui.desk.views.visit import PersonView, ServiceView, VisitView
from clerk_tui.rules.queue_order import class_from_birth
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import CaseState
from clerk_tui.store.act import Act, new_id
from clerk_tui.store.core import CASES, VISIT_SERVICES, VISITS

KIND_WORDS = {
    "ticket": "叫号到访",
    "walk_in": "无号到访",
    "service_point": "村居服务点",
    "phone": "电话",
    "post": "邮寄来件",
}
IDENTIFIED_WORDS = {
    "card_reader": "读卡, 人证一致",
    "card_seen": "看证, 人证一致",
    "e_card": "电子证件, 人证一致",
    "papers": "看户口簿、出生证等, 没有身份证件",
    "known": "认得本人",
    "phone": "电话自述",
}


def open_within(act: Act, desk: Desk, *, kind: str, window_id: str, ticket_id: str | None) -> str:
    """Open a visit inside an act; a ticket that was served before goes on with its own. Returns its id."""
    if ticket_id is not None:
        before = act.connection.execute(
            select(VISITS).where(VISITS.c.ticket_id == ticket_id, VISITS.c.state == "held")
        ).one_or_none()
        if before is not None:
            return resume_within(act, before.id, before.version, window_id)
    visit_id = new_id()
    try:
        act.connection.execute(
            insert(VISITS),
            {
                "id": visit_id,
                "hall_id": desk.hall_id,
                "ticket_id": ticket_id,
                "kind": kind,
                "window_id": window_id,
                "clerk_id": act.by.clerk_id,
                "state": "open",
                "opened_at": act.now,
            },
        )
    except IntegrityError as error:
        raise Refusal("visit_open", "本窗还有一次到访没有办完", "请先办完(F9), 挂起(F7)或转窗") from error
    act.record("visit.opened", visit_id, {"kind": kind, "ticket_id": ticket_id})
    return visit_id


def resume_within(act: Act, visit_id: str, version: int, window_id: str) -> str:
    """Take a held visit to a window inside an act; returns its id."""
    act.connection.execute(
        update(VISITS)
        .where(VISITS.c.id == visit_id)
        .values(
            state="open",
            window_id=window_id,
            clerk_id=act.by.clerk_id,
            hold_reason="",
            hold_due_at=None,
            version=version + 1,
        )
    )
    act.record("visit.resumed", visit_id, {"window_id": window_id}, base_version=version)
    return visit_id


def view_within(connection: Connection, desk: Desk, visit_id: str) -> VisitView:
    """A visit, in an open read or act. What waits is told only once the identity is checked; before that, counts."""
    row = connection.execute(select(VISITS).where(VISITS.c.id == visit_id)).one_or_none()
    if row is None:
        raise Refusal("visit_unknown", "找不到这次到访", "请看排队名单")
    ticket = ticket_row(connection, row.ticket_id) if row.ticket_id is not None else None
    attendee = person_view(person_row(connection, row.attendee_id), desk.today()) if row.attendee_id else None
    known = bool(row.identified_how) and row.attendee_id is not None
    counts = waiting_for.counts(connection, desk, row.attendee_id) if row.attendee_id else waiting_for.Counts()
    return VisitView(
        id=row.id,
        kind=row.kind,
        kind_words=KIND_WORDS[row.kind],
        ticket_number=ticket.number if ticket is not None else "",
        state=row.state,
        opened_at=row.opened_at,
        attendee=attendee,
        identified_how=row.identified_how,
        identified_words=IDENTIFIED_WORDS.get(row.identified_how, ""),
        waits=waiting_for.waits(connection, desk, row.attendee_id) if known else (),
        owed=counts.owed,
        collectable=counts.collectable,
        running=counts.running,
        authorities=authorities_within(connection, desk, row.attendee_id) if known else (),
        services=services(connection, visit_id),
        class_doubt=_class_doubt(ticket, attendee, desk.today()) if ticket is not None and known else "",
    )


def _class_doubt(ticket: Row[Any], attendee: PersonView | None, day: date) -> str:
    """An elder's ticket in younger hands. The other groups come by a document, which only eyes can judge."""
    if attendee is None or not attendee.birth or ticket.rank_reason != SHOWN_GROUPS["elder"]:
        return ""
    if class_from_birth(date.fromisoformat(attendee.birth), day) == ticket.rank:
        return ""
    return f"{ticket.number} 是长者号, 来人 {attendee.age} 岁: 问清是不是他自己的号"


def services(connection: Connection, visit_id: str) -> tuple[ServiceView, ...]:
    """What was rendered so far, oldest first."""
    rows = connection.execute(
        select(VISIT_SERVICES, CASES.c.receipt_no, CASES.c.state.label("case_state"))
        .outerjoin(CASES, CASES.c.id == VISIT_SERVICES.c.case_id)
        .where(VISIT_SERVICES.c.visit_id == visit_id)
        .order_by(VISIT_SERVICES.c.at, VISIT_SERVICES.c.id)
    )
    return tuple(
        ServiceView(
            kind=row.kind,
            words=row.words,
            case_id=row.case_id,
            receipt_no=row.receipt_no or "",
            state_words=CaseState(row.case_state).words if row.case_state else "",
        )
        for row in rows
    )


def note_within(act: Act, visit_id: str, words: str, *, item_key: str = "") -> None:
    """Add what was asked to what the visit rendered, inside an act."""
    act.connection.execute(
        insert(VISIT_SERVICES),
        {
            "id": new_id(),
            "visit_id": visit_id,
            "kind": "asked",
            "item_key": item_key,
            "words": words,
            "at": act.now,
        },
    )
