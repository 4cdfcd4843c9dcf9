"""Calling: two windows can never call the same person, and why this one was called is kept."""

from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.exc import IntegrityError

from clerk_tui.desk import duty
from clerk_tui.desk.context import Desk
from clerk_tui.desk.periods import close_open, open_period
from clerk_tui.desk.permits import require
from clerk_tui.desk.pool import callable_at, choices, policy, queue_ticket, serves, waiting_rows
from clerk_tui.desk.tickets import need_free_window, need_window, refuse_lost, ticket_row, view_of
from clerk_tui.desk.views.panel import TicketView
from clerk_tui.desk.views.queue import CallCard
from clerk_tui.desk.views.visit import VisitView
from clerk_tui.desk.visit_rows import open_within, view_within
from clerk_tui.rules.queue_order import QueuePolicy, may_call_again, may_miss, passed_over
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import move_ticket
from clerk_tui.store.act import Act, By
from clerk_tui.store.core import PERIODS, TICKETS

UNDO_SECONDS = 10


def call(desk: Desk, by: By, *, ticket_id: str, looked_at: int = 0) -> CallCard:
    """Call a waiting ticket to this window; a pause of the clerk ends with it.

    `looked_at` is that of the card on which the clerk saw who is next: the order is judged as it was then. A ticket
    that was not the next one is recorded as called out of order. Raises Refusal taken (another window was faster),
    still_called, visit_open, directed (transferred to another window), window_needed, ticket_yesterday.
    """
    require(by, "call")
    window_id = need_window(by)
    with desk.act(by) as act:
        connection = act.connection
        need_free_window(connection, window_id)
        row = ticket_row(connection, ticket_id)
        day = desk.local(act.now).date().isoformat()
        if row.state != "waiting":
            raise refuse_lost(connection, row, by)
        if row.day != day:
            raise Refusal("ticket_yesterday", "这张号不是今天的", "请日结昨天的号, 再取新号")
        if row.window_id not in (None, window_id):
            raise Refusal("directed", f"{row.number} 已转给别的窗口", "请叫下一位")
        rows = waiting_rows(connection, desk, day)
        ordered = choices(connection, desk, window_id, day=day, at=looked_at or act.now, rows=rows, limit=1)
        is_next = bool(ordered) and ordered[0].ticket_id == ticket_id
        if not is_next:
            require(by, "call_out_of_order")
        how = ("back" if row.missed else "next") if is_next else "out_of_order"
        reason = ordered[0].reason if is_next else "经办人点名叫号, 不按次序"
        duty.end_within(act, by)
        try:
            done = connection.execute(
                update(TICKETS)
                .where(TICKETS.c.id == ticket_id, TICKETS.c.state == "waiting", TICKETS.c.version == row.version)
                .values(
                    state=move_ticket(row.state, "call").value,
                    window_id=window_id,
                    clerk_id=by.clerk_id,
                    calls=1,
                    last_call_at=act.now,
                    call_order=how,
                    call_reason=reason,
                    version=row.version + 1,
                )
            )
        except IntegrityError as error:
            raise Refusal("still_called", "本窗已经叫了一位", "请先选: 来了, 没来, 或改叫下一位") from error
        if done.rowcount != 1:
            raise refuse_lost(connection, ticket_row(connection, ticket_id), by)
        here = (*serves(connection, window_id), row.category)
        _count_passed(act, callable_at(rows, window_id, here), ticket_id)
        open_period(
            act, desk, "ticket", ticket_id, "called", ticket_id=ticket_id, window_id=window_id, clerk_id=by.clerk_id
        )
        act.record(
            "ticket.called", ticket_id, {"number": row.number, "order": how, "reason": reason}, base_version=row.version
        )
        return _card(desk, act, ticket_id, policy(connection, day))


def _count_passed(act: Act, rows: list[Row[Any]], ticket_id: str) -> None:
    """Whoever this window could have called and came before the called one was passed once more, in whatever category:
    a window that always finds somebody in its first category starves nobody in its second."""
    pool = {row.id: queue_ticket(row) for row in rows}
    called = pool.pop(ticket_id)
    ids = passed_over(pool.values(), called)
    if ids:
        act.connection.execute(update(TICKETS).where(TICKETS.c.id.in_(ids)).values(passed=TICKETS.c.passed + 1))


def called_card(desk: Desk, by: By) -> CallCard | None:
    """The card of the ticket that is called to this window now; None when there is none."""
    window_id = need_window(by)
    with desk.look() as connection:
        row = connection.execute(
            select(TICKETS).where(TICKETS.c.window_id == window_id, TICKETS.c.state == "called")
        ).one_or_none()
        if row is None:
            return None
        rules = policy(connection, row.day)
        return _card_of(view_of(desk, connection, row.id, desk.clock()), rules)


def call_again(desk: Desk, by: By, *, ticket_id: str) -> CallCard:
    """Call the same ticket once more. Raises Refusal too_soon, calls_used, not_at_window, state_ticket."""
    require(by, "call_again")
    window_id = need_window(by)
    with desk.act(by) as act:
        row = ticket_row(act.connection, ticket_id)
        state = move_ticket(row.state, "call_again")
        _need_mine(row.window_id, window_id)
        rules = policy(act.connection, row.day)
        may, words, _ = may_call_again(rules, row.calls, row.last_call_at, act.now)
        if not may:
            used = row.calls >= rules.max_calls
            raise Refusal("calls_used" if used else "too_soon", words, "请选 没来, 或改叫下一位" if used else "请稍等")
        act.connection.execute(
            update(TICKETS)
            .where(TICKETS.c.id == ticket_id, TICKETS.c.version == row.version)
            .values(state=state.value, calls=row.calls + 1, last_call_at=act.now, version=row.version + 1)
        )
        act.record(
            "ticket.recalled", ticket_id, {"number": row.number, "calls": row.calls + 1}, base_version=row.version
        )
        return _card(desk, act, ticket_id, rules)


def arrived(desk: Desk, by: By, *, ticket_id: str) -> VisitView:
    """The one who was called is here: the visit opens. Raises Refusal state_ticket, not_at_window."""
    require(by, "arrived")
    window_id = need_window(by)
    with desk.act(by) as act:
        row = ticket_row(act.connection, ticket_id)
        state = move_ticket(row.state, "arrive")
        _need_mine(row.window_id, window_id)
        act.connection.execute(
            update(TICKETS)
            .where(TICKETS.c.id == ticket_id, TICKETS.c.version == row.version)
            .values(state=state.value, clerk_id=by.clerk_id, version=row.version + 1)
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
        act.record("ticket.arrived", ticket_id, {"number": row.number}, base_version=row.version)
        return view_within(act.connection, desk, visit_id)


def not_here(desk: Desk, by: By, *, ticket_id: str) -> TicketView:
    """The one who was called did not come: missed. Raises Refusal too_few_calls, too_soon, not_at_window."""
    require(by, "not_here")
    window_id = need_window(by)
    with desk.act(by) as act:
        row = ticket_row(act.connection, ticket_id)
        state = move_ticket(row.state, "miss")
        _need_mine(row.window_id, window_id)
        rules = policy(act.connection, row.day)
        may, words, _ = may_miss(rules, row.calls, row.last_call_at, act.now)
        if not may:
            few = row.calls < rules.max_calls
            raise Refusal("too_few_calls" if few else "too_soon", words, "请再重呼(F6)" if few else "请稍等")
        act.connection.execute(
            update(TICKETS)
            .where(TICKETS.c.id == ticket_id, TICKETS.c.version == row.version)
            .values(state=state.value, missed=row.missed + 1, version=row.version + 1)
        )
        close_open(act, "ticket", ticket_id)
        act.record("ticket.missed", ticket_id, {"number": row.number, "calls": row.calls}, base_version=row.version)
        return view_of(desk, act.connection, ticket_id, act.now)


def call_back(desk: Desk, by: By, *, ticket_id: str) -> TicketView:
    """Undo a call made by mistake, before anybody came: the ticket waits again in its old place.

    Only the first call, and only within UNDO_SECONDS. Raises Refusal too_late, not_at_window, state_ticket.
    """
    require(by, "call")
    window_id = need_window(by)
    with desk.act(by) as act:
        row = ticket_row(act.connection, ticket_id)
        if row.state != "called":
            move_ticket(row.state, "call_again")
        _need_mine(row.window_id, window_id)
        if row.calls > 1 or act.now - row.last_call_at > UNDO_SECONDS * 1000:
            raise Refusal("too_late", "已经过了可以撤回叫号的时间", "请选: 来了, 没来, 或转窗")
        called = act.connection.execute(
            select(PERIODS.c.id, PERIODS.c.t0).where(
                PERIODS.c.subject == "ticket", PERIODS.c.subject_id == ticket_id, PERIODS.c.t1.is_(None)
            )
        ).one()
        before = act.connection.execute(
            select(PERIODS.c.reason)
            .where(PERIODS.c.ticket_id == ticket_id, PERIODS.c.kind == "waiting")
            .order_by(PERIODS.c.t0.desc())
            .limit(1)
        ).scalar_one()
        act.connection.execute(
            update(TICKETS)
            .where(TICKETS.c.id == ticket_id, TICKETS.c.version == row.version)
            .values(
                state=move_ticket(row.state, "transfer").value,
                window_id=None,
                clerk_id=None,
                calls=0,
                last_call_at=None,
                call_order="",
                call_reason="",
                version=row.version + 1,
            )
        )
        open_period(
            act, desk, "ticket", ticket_id, "waiting", reason=before, ticket_id=ticket_id, t0=called.t0, voids=called.id
        )
        act.record("ticket.call_undone", ticket_id, {"number": row.number}, base_version=row.version)
        return view_of(desk, act.connection, ticket_id, act.now)


def _need_mine(ticket_window: str | None, window_id: str) -> None:
    if ticket_window != window_id:
        raise Refusal("not_at_window", "这张号不在本窗", "请看排队名单")


def _card(desk: Desk, act: Act, ticket_id: str, rules: QueuePolicy) -> CallCard:
    return _card_of(view_of(desk, act.connection, ticket_id, act.now), rules)


def _card_of(ticket: TicketView, rules: QueuePolicy) -> CallCard:
    last = ticket.last_call_at or 0
    gap = rules.min_gap_seconds * 1000
    return CallCard(
        ticket=ticket,
        call_count=ticket.calls,
        max_calls=rules.max_calls,
        can_call_again_at=last + gap if ticket.calls < rules.max_calls else 0,
        can_miss_at=last + gap if ticket.calls >= rules.min_calls else 0,
        called_at=last,
    )
