"""The visit: one attendee, any number of cases, opened by a ticket or without one, ended with what was rendered."""

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from clerk_tui.desk import duty, waiting_for
from clerk_tui.desk.authorities import authorities_within
from clerk_tui.desk.context import Desk
from clerk_tui.desk.people import person_row, person_view, root_of, same_person
from clerk_tui.desk.periods import close_open, open_period
from clerk_tui.desk.permits import require
from clerk_tui.desk.tickets import need_free_window, need_window, ticket_row
from clerk_tui.desk.views.visit import ServiceView, VisitView
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import CaseState, move_ticket
from clerk_tui.store.act import Act, By, new_id
from clerk_tui.store.core import CASES, TICKETS, VISIT_SERVICES, VISITS

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
    "known": "认得本人",
    "phone": "电话自述",
}
OUTCOME_WORDS = {
    "served": "已办理",
    "asked": "只是咨询",
    "wrong_category": "取错号",
    "left": "离开",
    "none": "没有办理",
}


def open_without_ticket(desk: Desk, by: By, *, kind: str = "walk_in") -> VisitView:
    """Begin a visit without a ticket, on the same clock. Raises Refusal visit_kind, visit_open, still_called."""
    require(by, "open_without_ticket")
    if kind not in KIND_WORDS or kind == "ticket":
        raise Refusal("visit_kind", "请选怎样来的: 无号到访, 村居服务点, 电话, 邮寄", field="kind")
    window_id = need_window(by)
    with desk.act(by) as act:
        need_free_window(act.connection, window_id)
        duty.end_within(act, by)
        visit_id = open_within(act, desk, kind=kind, window_id=window_id, ticket_id=None)
        open_period(
            act, desk, "visit", visit_id, "serving", visit_id=visit_id, window_id=window_id, clerk_id=by.clerk_id
        )
        return view_within(act.connection, desk, visit_id)


def open_within(act: Act, desk: Desk, *, kind: str, window_id: str, ticket_id: str | None) -> str:
    """Open a visit inside an act; a ticket that was served before goes on with its own. Returns its id."""
    if ticket_id is not None:
        before = act.connection.execute(
            select(VISITS).where(VISITS.c.ticket_id == ticket_id, VISITS.c.state == "held")
        ).one_or_none()
        if before is not None:
            return _resume(act, before.id, before.version, window_id)
    visit_id = new_id()
    try:
        act.connection.execute(
            insert(VISITS).values(
                id=visit_id,
                hall_id=desk.hall_id,
                ticket_id=ticket_id,
                kind=kind,
                window_id=window_id,
                clerk_id=act.by.clerk_id,
                state="open",
                opened_at=act.now,
            )
        )
    except IntegrityError as error:
        raise Refusal("visit_open", "本窗还有一次到访没有办完", "请先办完(F9), 挂起(F7)或转窗") from error
    act.record("visit.opened", visit_id, {"kind": kind, "ticket_id": ticket_id})
    return visit_id


def _resume(act: Act, visit_id: str, version: int, window_id: str) -> str:
    act.connection.execute(
        update(VISITS)
        .where(VISITS.c.id == visit_id)
        .values(state="open", window_id=window_id, clerk_id=act.by.clerk_id, version=version + 1)
    )
    act.record("visit.resumed", visit_id, {"window_id": window_id}, base_version=version)
    return visit_id


def view(desk: Desk, by: By, *, visit_id: str) -> VisitView:
    """A visit with what waits. Raises Refusal visit_unknown."""
    with desk.look() as connection:
        return view_within(connection, desk, visit_id)


def view_within(connection: Connection, desk: Desk, visit_id: str) -> VisitView:
    """A visit, in an open read or act. What waits is told only once the identity is checked; before that, counts."""
    row = connection.execute(select(VISITS).where(VISITS.c.id == visit_id)).one_or_none()
    if row is None:
        raise Refusal("visit_unknown", "找不到这次到访", "请看排队名单")
    number = ""
    if row.ticket_id is not None:
        number = ticket_row(connection, row.ticket_id).number
    attendee = person_view(person_row(connection, row.attendee_id), desk.today()) if row.attendee_id else None
    known = bool(row.identified_how) and row.attendee_id is not None
    counts = waiting_for.counts(connection, desk, row.attendee_id) if row.attendee_id else waiting_for.Counts()
    return VisitView(
        id=row.id,
        kind=row.kind,
        kind_words=KIND_WORDS[row.kind],
        ticket_number=number,
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
    )


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


def identify(desk: Desk, by: By, *, visit_id: str, person_id: str, how: str) -> VisitView:
    """Record who attends and how card and face were compared (人证一致). Raises Refusal how_unknown, visit_closed."""
    require(by, "identify")
    if how not in IDENTIFIED_WORDS:
        raise Refusal("how_unknown", "请选怎样核对身份的", field="how")
    with desk.act(by) as act:
        row = act.connection.execute(select(VISITS).where(VISITS.c.id == visit_id)).one_or_none()
        if row is None or row.state != "open":
            raise Refusal("visit_closed", "这次到访已经结束或挂起", "请先叫号或恢复挂起的号")
        known = root_of(act.connection, person_id)
        act.connection.execute(
            update(VISITS)
            .where(VISITS.c.id == visit_id, VISITS.c.version == row.version)
            .values(attendee_id=known, identified_how=how, identified_at=act.now, version=row.version + 1)
        )
        if row.ticket_id is not None:
            act.connection.execute(update(TICKETS).where(TICKETS.c.id == row.ticket_id).values(person_id=known))
        act.record("visit.identified", visit_id, {"person_id": known, "how": how}, base_version=row.version)
        return view_within(act.connection, desk, visit_id)


def finish(
    desk: Desk, by: By, *, visit_id: str, outcome: str = "", words: str = "", inaccurate: bool = False
) -> VisitView:
    """End a visit and its ticket with what was rendered: served when there is a service, else asked | wrong_category | none.

    `words` say what was asked. Raises Refusal outcome_missing, visit_closed, not_at_window.
    """
    require(by, "finish_visit")
    with desk.act(by) as act:
        row = act.connection.execute(select(VISITS).where(VISITS.c.id == visit_id)).one_or_none()
        if row is None or row.state == "finished":
            raise Refusal("visit_closed", "这次到访已经结束", "可以叫下一位(F5)")
        if row.window_id != by.window_id:
            raise Refusal("not_at_window", "这次到访不在本窗")
        rendered = services(act.connection, visit_id)
        outcome = outcome or ("served" if rendered else "")
        if outcome not in OUTCOME_WORDS:
            raise Refusal("outcome_missing", "没有办成的事, 请选: 只是咨询, 取错号, 没有办理", field="outcome")
        if clean_line(words):
            act.connection.execute(
                insert(VISIT_SERVICES).values(
                    id=new_id(), visit_id=visit_id, kind="asked", words=clean_line(words), at=act.now
                )
            )
        if row.ticket_id is not None:
            ticket = ticket_row(act.connection, row.ticket_id)
            act.connection.execute(
                update(TICKETS)
                .where(TICKETS.c.id == ticket.id)
                .values(
                    state=move_ticket(ticket.state, "finish").value, inaccurate=inaccurate, version=ticket.version + 1
                )
            )
            close_open(act, "ticket", ticket.id, inaccurate=inaccurate)
            act.record("ticket.finished", ticket.id, {"number": ticket.number}, base_version=ticket.version)
        _end(act, row.id, row.version, outcome, inaccurate, len(rendered))
        return view_within(act.connection, desk, visit_id)


def _end(act: Act, visit_id: str, version: int, outcome: str, inaccurate: bool, rendered: int) -> None:
    act.connection.execute(
        update(VISITS)
        .where(VISITS.c.id == visit_id)
        .values(state="finished", finished_at=act.now, outcome=outcome, inaccurate=inaccurate, version=version + 1)
    )
    close_open(act, "visit", visit_id, inaccurate=inaccurate)
    body = {"outcome": outcome, "services": rendered, "inaccurate": inaccurate}
    act.record("visit.finished", visit_id, body, base_version=version)


def close_within(act: Act, desk: Desk, *, ticket_id: str, outcome: str = "", inaccurate: bool = False) -> None:
    """End the visit of a ticket that goes elsewhere, inside an act; nothing where there is none."""
    row = act.connection.execute(
        select(VISITS).where(VISITS.c.ticket_id == ticket_id, VISITS.c.state != "finished")
    ).one_or_none()
    if row is not None:
        rendered = services(act.connection, row.id)
        _end(act, row.id, row.version, outcome or ("served" if rendered else "none"), inaccurate, len(rendered))


def visits_of(desk: Desk, by: By, *, person_id: str, limit: int = 20) -> tuple[VisitView, ...]:
    """The newest visits of a resident."""
    with desk.look() as connection:
        ids = connection.execute(
            select(VISITS.c.id)
            .where(VISITS.c.attendee_id.in_(same_person(connection, person_id)))
            .order_by(VISITS.c.opened_at.desc())
            .limit(limit)
        ).scalars()
        return tuple(view_within(connection, desk, visit_id) for visit_id in ids)
