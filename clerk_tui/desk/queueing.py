"""The queue as the clerk sees and keeps it: who waits, who is next and why, and the way back of the missed."""

from typing import Any

from sqlalchemy import Row, update

from clerk_tui.desk import figures, waiting_for
from clerk_tui.desk.context import Desk
from clerk_tui.desk.holding import held_visits, hold, resume
from clerk_tui.desk.periods import open_kind, open_period
from clerk_tui.desk.permits import require
from clerk_tui.desk.pool import CAME_BACK, SHOWN, choices, policy
from clerk_tui.desk.tickets import AT_WINDOW, need_window, open_rows, open_visit, ticket_row, ticket_view, view_of
from clerk_tui.desk.views.panel import QueuePanel, TicketView
from clerk_tui.desk.views.queue import NextCard
from clerk_tui.rules.queue_order import coming_back
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import move_ticket
from clerk_tui.store.act import By
from clerk_tui.store.core import TICKETS
from clerk_tui.store.journal_position import journal_position

__all__ = ["bring_back", "hold", "look_next", "panel", "resume"]


def panel(desk: Desk, by: By) -> QueuePanel:
    """The left of the workbench: waiting in calling order for this window, the others after them."""
    now, day = desk.clock(), desk.today().isoformat()
    window_id = by.window_id
    with desk.look() as connection:
        rows = open_rows(connection, desk.hall_id, day)
        states: dict[str, list[Row[Any]]] = {}
        for row in rows:
            states.setdefault(row.state, []).append(row)
        waiting = states.get("waiting", [])
        order = choices(connection, desk, window_id, day=day, at=now, rows=waiting) if window_id else ()
        place = {one.ticket_id: number for number, one in enumerate(order)}
        shown = sorted(waiting, key=lambda row: place.get(row.id, SHOWN))[:SHOWN]
        current = next((row for row in rows if row.state in AT_WINDOW and row.window_id == window_id), None)
        visit = open_visit(connection, window_id) if window_id else None
        duty = open_kind(connection, "clerk", by.clerk_id)
        return QueuePanel(
            waiting=tuple(ticket_view(desk, row, now) for row in shown),
            waiting_count=len(waiting),
            longest_wait_seconds=max(0, now - waiting[0].issued_at) // 1000 if waiting else 0,
            held=(
                *(ticket_view(desk, row, now) for row in states.get("held", [])),
                *held_visits(connection, desk, now),
            ),
            missed=tuple(ticket_view(desk, row, now) for row in states.get("missed", [])),
            current=ticket_view(desk, current, now) if current is not None else None,
            visit_id=visit.id if visit is not None else None,
            duty=duty[0] if duty is not None else "open",
            duty_reason=duty[1] if duty is not None else "",
            duty_since=duty[2] if duty is not None else None,
            why_next=(order[0].reason,) if order else (),
            figures=figures.today_within(connection, desk, window_id=window_id),
            stamp=journal_position(connection),
        )


def look_next(desk: Desk, by: By) -> NextCard:
    """Who is next for this window and why; looking reserves nothing. Before identity only counts are told."""
    require(by, "look_next")
    window_id = need_window(by)
    now, day = desk.clock(), desk.today().isoformat()
    with desk.look() as connection:
        order = choices(connection, desk, window_id, day=day, at=now, limit=1)
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


def ahead_of(desk: Desk, by: By, *, ticket_id: str) -> int | None:
    """How many this window would call before a ticket that waits; None where only another window calls it."""
    window_id = need_window(by)
    with desk.look() as connection:
        order = choices(connection, desk, window_id, day=desk.today().isoformat(), at=desk.clock())
        return next((n for n, one in enumerate(order) if one.ticket_id == ticket_id), None)


def bring_back(desk: Desk, by: By, *, ticket_id: str) -> TicketView:
    """A missed ticket (or one that had left) waits again, as the hall's rule for missed numbers says.

    Raises Refusal missed_too_often, ticket_yesterday, state_ticket.
    """
    require(by, "bring_back")
    with desk.act(by) as act:
        row = ticket_row(act.connection, ticket_id)
        if row.day != desk.local(act.now).date().isoformat():
            raise Refusal("ticket_yesterday", "这张号不是今天的", "请给来人另取一个号")
        state = move_ticket(row.state, "bring_back")
        may, rank, words = coming_back(policy(act.connection, row.day), row.missed, row.rank)
        if not may:
            raise Refusal("missed_too_often", words, "请给来人另取一个号")
        act.connection.execute(
            update(TICKETS)
            .where(TICKETS.c.id == ticket_id, TICKETS.c.version == row.version)
            .values(state=state.value, rank=rank, window_id=None, clerk_id=None, calls=0, version=row.version + 1)
        )
        open_period(act, desk, "ticket", ticket_id, "waiting", reason=CAME_BACK, ticket_id=ticket_id)
        act.record("ticket.returned", ticket_id, {"number": row.number, "rule": words}, base_version=row.version)
        return view_of(desk, act.connection, ticket_id, act.now)
