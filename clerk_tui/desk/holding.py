"""Holding (挂起): whoever must copy, pay or wait for a paper gives the window free and comes back without a new number."""

from typing import Any

from sqlalchemy import Connection, Row, select, update

from clerk_tui.desk.context import Desk
from clerk_tui.desk.periods import open_period
from clerk_tui.desk.permits import require
from clerk_tui.desk.tickets import need_free_window, need_window, open_visit, ticket_row, view_of
from clerk_tui.desk.views.panel import TicketView
from clerk_tui.desk.views.visit import VisitView
from clerk_tui.desk.visit_rows import KIND_WORDS, open_within, resume_within, view_within
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import move_ticket
from clerk_tui.store.act import Act, By
from clerk_tui.store.core import CLERKS, TICKETS, VISITS, WINDOWS

NO_TICKET = "无号"


def hold(desk: Desk, by: By, *, ticket_id: str = "", reason: str, due_at: int = 0) -> TicketView:
    """Hold whoever is served at this window, with a reason and when the resident comes back (0: not agreed).

    Without `ticket_id` the visit without a ticket at this window is held. Raises Refusal reason_missing, due_past,
    not_at_window, nobody_here, state_ticket.
    """
    require(by, "hold")
    window_id = need_window(by)
    reason = clean_line(reason)
    if not reason:
        raise Refusal("reason_missing", "挂起要写原因", field="reason")
    with desk.act(by) as act:
        if due_at and due_at <= act.now:
            raise Refusal("due_past", "约定的时间已经过了", "请写一个将来的时间", field="due")
        if not ticket_id:
            return _hold_visit(act, desk, window_id, reason, due_at)
        row = ticket_row(act.connection, ticket_id)
        state = move_ticket(row.state, "hold")
        if row.window_id != window_id:
            raise Refusal("not_at_window", "这张号不在本窗", "请看排队名单")
        act.connection.execute(
            update(TICKETS)
            .where(TICKETS.c.id == ticket_id, TICKETS.c.version == row.version)
            .values(state=state.value, hold_reason=reason, hold_due_at=due_at or None, version=row.version + 1)
        )
        visit = open_visit(act.connection, window_id)
        if visit is not None:
            _set_held(act, visit, reason, due_at)
        open_period(
            act,
            desk,
            "ticket",
            ticket_id,
            "held",
            reason=reason,
            ticket_id=ticket_id,
            visit_id=visit.id if visit is not None else None,
            window_id=window_id,
            clerk_id=by.clerk_id,
        )
        body = {"number": row.number, "reason": reason, "due_at": due_at}
        act.record("ticket.held", ticket_id, body, base_version=row.version)
        return view_of(desk, act.connection, ticket_id, act.now)


def _hold_visit(act: Act, desk: Desk, window_id: str, reason: str, due_at: int) -> TicketView:
    visit = open_visit(act.connection, window_id)
    if visit is None or visit.ticket_id is not None:
        raise Refusal("nobody_here", "窗口前没有可挂起的人", "请先叫号(F5)")
    _set_held(act, visit, reason, due_at)
    open_period(
        act,
        desk,
        "visit",
        visit.id,
        "held",
        reason=reason,
        visit_id=visit.id,
        window_id=window_id,
        clerk_id=act.by.clerk_id,
    )
    return held_visits(act.connection, desk, act.now, visit_id=visit.id)[0]


def _set_held(act: Act, visit: Row[Any], reason: str, due_at: int) -> None:
    act.connection.execute(
        update(VISITS)
        .where(VISITS.c.id == visit.id, VISITS.c.version == visit.version)
        .values(state="held", hold_reason=reason, hold_due_at=due_at or None, version=visit.version + 1)
    )
    act.record("visit.held", visit.id, {"reason": reason, "due_at": due_at}, base_version=visit.version)


def resume(desk: Desk, by: By, *, ticket_id: str) -> VisitView:
    """Take what is held to this window; any window may. A held visit without a ticket goes by the visit's id.

    Raises Refusal visit_open, still_called, state_ticket, ticket_unknown.
    """
    require(by, "resume")
    window_id = need_window(by)
    with desk.act(by) as act:
        need_free_window(act.connection, window_id)
        visit = act.connection.execute(
            select(VISITS).where(VISITS.c.id == ticket_id, VISITS.c.ticket_id.is_(None), VISITS.c.state == "held")
        ).one_or_none()
        if visit is not None:
            resume_within(act, visit.id, visit.version, window_id)
            open_period(
                act, desk, "visit", visit.id, "serving", visit_id=visit.id, window_id=window_id, clerk_id=by.clerk_id
            )
            return view_within(act.connection, desk, visit.id)
        row = ticket_row(act.connection, ticket_id)
        state = move_ticket(row.state, "resume")
        act.connection.execute(
            update(TICKETS)
            .where(TICKETS.c.id == ticket_id, TICKETS.c.version == row.version)
            .values(
                state=state.value,
                window_id=window_id,
                clerk_id=by.clerk_id,
                hold_reason="",
                hold_due_at=None,
                call_order="from_hold",
                version=row.version + 1,
            )
        )
        visit_id = open_within(act, desk, kind="ticket", window_id=window_id, ticket_id=ticket_id)
        open_period(
            act,
            desk,
            "ticket",
            ticket_id,
            "serving",
            ticket_id=ticket_id,
            visit_id=visit_id,
            window_id=window_id,
            clerk_id=by.clerk_id,
        )
        act.record("ticket.resumed", ticket_id, {"number": row.number}, base_version=row.version)
        return view_within(act.connection, desk, visit_id)


def held_visits(connection: Connection, desk: Desk, now: int, *, visit_id: str = "") -> list[TicketView]:
    """Held visits without a ticket, as rows of the held list."""
    statement = (
        select(VISITS, WINDOWS.c.number.label("window_number"), CLERKS.c.name.label("clerk_name"))
        .join(WINDOWS, WINDOWS.c.id == VISITS.c.window_id)
        .join(CLERKS, CLERKS.c.id == VISITS.c.clerk_id)
        .where(VISITS.c.hall_id == desk.hall_id, VISITS.c.state == "held", VISITS.c.ticket_id.is_(None))
        .order_by(VISITS.c.opened_at)
    )
    if visit_id:
        statement = statement.where(VISITS.c.id == visit_id)
    return [
        TicketView(
            id=row.id,
            number=NO_TICKET,
            category=KIND_WORDS[row.kind],
            rank=4,
            rank_words=KIND_WORDS[row.kind],
            state="held",
            issued_at=row.opened_at,
            waiting_seconds=max(0, now - row.opened_at) // 1000,
            window_number=row.window_number,
            clerk_name=row.clerk_name,
            hold_reason=row.hold_reason,
            hold_due_at=row.hold_due_at,
            visit_id=row.id,
        )
        for row in connection.execute(statement).all()
    ]
