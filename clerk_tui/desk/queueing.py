"""The queue as the clerk sees and keeps it: who waits, who is next and why, holding, and the way back of the missed."""

from typing import Any

from sqlalchemy import Connection, func, select, update

from clerk_tui.desk import figures, waiting_for
from clerk_tui.desk.context import Desk
from clerk_tui.desk.periods import open_kind, open_period
from clerk_tui.desk.permits import require
from clerk_tui.desk.pool import choices, policy
from clerk_tui.desk.tickets import (
    at_window,
    need_free_window,
    need_window,
    open_visit,
    ticket_columns,
    ticket_row,
    ticket_view,
    view_of,
)
from clerk_tui.desk.views.queue import NextCard, QueuePanel, TicketView
from clerk_tui.desk.views.visit import VisitView
from clerk_tui.desk.visits import open_within, view_within
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.queue_order import coming_back
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import move_ticket
from clerk_tui.store.act import By
from clerk_tui.store.core import TICKETS, VISITS
from clerk_tui.store.journal_position import journal_position

SHOWN = 30


def panel(desk: Desk, by: By) -> QueuePanel:
    """The left of the workbench: waiting in calling order for this window, the others after them."""
    now, day = desk.clock(), desk.today().isoformat()
    with desk.look() as connection:
        found = {
            state: [ticket_view(desk, row, now) for row in _rows(connection, desk, day, state)]
            for state in ("waiting", "held", "missed")
        }
        waiting = {one.id: one for one in found["waiting"]}
        order = choices(connection, desk, by.window_id, day=day, at=now) if by.window_id else ()
        first = [waiting.pop(one.ticket_id) for one in order if one.ticket_id in waiting]
        count, longest = _waiting(connection, desk, day, now)
        ticket = at_window(connection, by.window_id) if by.window_id else None
        visit = open_visit(connection, by.window_id) if by.window_id else None
        current = view_of(desk, connection, ticket.id, now) if ticket is not None else None
        duty = open_kind(connection, "clerk", by.clerk_id)
        return QueuePanel(
            waiting=tuple([*first, *waiting.values()][:SHOWN]),
            waiting_count=count,
            longest_wait_seconds=longest,
            held=tuple(found["held"]),
            missed=tuple(found["missed"]),
            current=current,
            visit_id=visit.id if visit is not None else None,
            duty=duty[0] if duty is not None else "open",
            duty_reason=duty[1] if duty is not None else "",
            duty_since=duty[2] if duty is not None else None,
            why_next=(order[0].reason,) if order else (),
            figures=figures.today_within(connection, desk, window_id=by.window_id),
            stamp=journal_position(connection),
        )


def _rows(connection: Connection, desk: Desk, day: str, state: str) -> Any:
    return connection.execute(
        ticket_columns()
        .where(TICKETS.c.hall_id == desk.hall_id, TICKETS.c.day == day, TICKETS.c.state == state)
        .order_by(TICKETS.c.issued_at, TICKETS.c.id)
        .limit(200)
    ).all()


def _waiting(connection: Connection, desk: Desk, day: str, now: int) -> tuple[int, int]:
    row = connection.execute(
        select(func.count(), func.min(TICKETS.c.issued_at)).where(
            TICKETS.c.hall_id == desk.hall_id, TICKETS.c.day == day, TICKETS.c.state == "waiting"
        )
    ).one()
    return int(row[0]), max(0, now - int(row[1])) // 1000 if row[1] is not None else 0


def look_next(desk: Desk, by: By) -> NextCard:
    """Who is next for this window and why; looking reserves nothing. Before identity only counts are told."""
    require(by, "look_next")
    window_id = need_window(by)
    now, day = desk.clock(), desk.today().isoformat()
    with desk.look() as connection:
        order = choices(connection, desk, window_id, day=day, at=now)
        busy = open_visit(connection, window_id) is not None
        if not order:
            return NextCard(None, "", 0, 0, 0, open_visit=busy, empty_words="没有人等候", looked_at=now)
        row = ticket_row(connection, order[0].ticket_id)
        counts = (
            waiting_for.counts(connection, desk, row.person_id) if row.person_id is not None else waiting_for.Counts()
        )
        return NextCard(
            ticket=view_of(desk, connection, row.id, now),
            reason=order[0].reason,
            owed=counts.owed,
            collectable=counts.collectable,
            running=counts.running,
            note=row.note,
            open_visit=busy,
            looked_at=now,
        )


def hold(desk: Desk, by: By, *, ticket_id: str, reason: str, due_at: int = 0) -> TicketView:
    """Hold whoever is served at this window (挂起), with a reason and when the resident comes back (0: not agreed).

    Raises Refusal reason_missing, walk_in_cannot_wait, not_at_window, state_ticket.
    """
    require(by, "hold")
    reason = clean_line(reason)
    if not reason:
        raise Refusal("reason_missing", "挂起要写原因", field="reason")
    if not ticket_id:
        raise Refusal("walk_in_cannot_wait", "没有号的到访不能挂起", "请给来人取一个号, 或结束到访(F9)")
    with desk.act(by) as act:
        row = ticket_row(act.connection, ticket_id)
        state = move_ticket(row.state, "hold")
        if row.window_id != by.window_id:
            raise Refusal("not_at_window", "这张号不在本窗")
        act.connection.execute(
            update(TICKETS)
            .where(TICKETS.c.id == ticket_id, TICKETS.c.version == row.version)
            .values(state=state.value, hold_reason=reason, hold_due_at=due_at or None, version=row.version + 1)
        )
        visit = open_visit(act.connection, row.window_id)
        if visit is not None:
            act.connection.execute(
                update(VISITS).where(VISITS.c.id == visit.id).values(state="held", version=visit.version + 1)
            )
            act.record("visit.held", visit.id, {"reason": reason}, base_version=visit.version)
        open_period(
            act,
            desk,
            "ticket",
            ticket_id,
            "held",
            reason=reason,
            ticket_id=ticket_id,
            visit_id=visit.id if visit is not None else None,
            window_id=by.window_id,
            clerk_id=by.clerk_id,
        )
        body = {"number": row.number, "reason": reason, "due_at": due_at}
        act.record("ticket.held", ticket_id, body, base_version=row.version)
        return view_of(desk, act.connection, ticket_id, act.now)


def resume(desk: Desk, by: By, *, ticket_id: str) -> VisitView:
    """Take a held ticket back to this window; anyone may. Raises Refusal visit_open, still_called, state_ticket."""
    require(by, "resume")
    window_id = need_window(by)
    with desk.act(by) as act:
        row = ticket_row(act.connection, ticket_id)
        state = move_ticket(row.state, "resume")
        need_free_window(act.connection, window_id)
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


def bring_back(desk: Desk, by: By, *, ticket_id: str) -> TicketView:
    """A missed ticket waits again, as the hall's rule for missed numbers says. Raises Refusal missed_too_often."""
    require(by, "bring_back")
    with desk.act(by) as act:
        row = ticket_row(act.connection, ticket_id)
        state = move_ticket(row.state, "bring_back")
        may, rank, words = coming_back(policy(act.connection, row.day), row.missed, row.rank)
        if not may:
            raise Refusal("missed_too_often", words, "请给来人另取一个号")
        act.connection.execute(
            update(TICKETS)
            .where(TICKETS.c.id == ticket_id, TICKETS.c.version == row.version)
            .values(state=state.value, rank=rank, window_id=None, clerk_id=None, calls=0, version=row.version + 1)
        )
        open_period(act, desk, "ticket", ticket_id, "waiting", reason="back", ticket_id=ticket_id)
        act.record("ticket.returned", ticket_id, {"number": row.number, "rule": words}, base_version=row.version)
        return view_of(desk, act.connection, ticket_id, act.now)
