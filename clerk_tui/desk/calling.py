"""Calling: two windows can never call the same person, and why this one was called is kept."""

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from clerk_tui.desk import duty
from clerk_tui.desk.context import Desk
from clerk_tui.desk.periods import open_period
from clerk_tui.desk.permits import require
from clerk_tui.desk.pool import choices, policy, waiting_rows
from clerk_tui.desk.tickets import need_free_window, need_window, refuse_lost, ticket_row, view_of
from clerk_tui.desk.views.queue import CallCard, TicketView
from clerk_tui.desk.views.visit import VisitView
from clerk_tui.desk.visits import open_within, view_within
from clerk_tui.rules.queue_order import QueuePolicy
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import move_ticket
from clerk_tui.store.act import Act, By
from clerk_tui.store.core import TICKETS


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
        ordered = choices(connection, desk, window_id, day=day, at=looked_at or act.now, rows=rows)
        is_next = bool(ordered) and ordered[0].ticket_id == ticket_id
        if not is_next:
            require(by, "call_out_of_order")
        how = ("back" if row.missed and row.rank == 3 else "next") if is_next else "out_of_order"
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
        _count_passed(act, desk, row.category, row.issued_at, day)
        open_period(
            act, desk, "ticket", ticket_id, "called", ticket_id=ticket_id, window_id=window_id, clerk_id=by.clerk_id
        )
        act.record(
            "ticket.called", ticket_id, {"number": row.number, "order": how, "reason": reason}, base_version=row.version
        )
        return _card(desk, act, ticket_id, policy(connection, day))


def _count_passed(act: Act, desk: Desk, category: str, issued_at: int, day: str) -> None:
    """Everybody in the pool who took a number earlier and still waits was passed once more."""
    act.connection.execute(
        update(TICKETS)
        .where(
            TICKETS.c.hall_id == desk.hall_id,
            TICKETS.c.day == day,
            TICKETS.c.state == "waiting",
            TICKETS.c.category == category,
            TICKETS.c.window_id.is_(None),
            TICKETS.c.issued_at < issued_at,
        )
        .values(passed=TICKETS.c.passed + 1)
    )


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
        if row.calls >= rules.max_calls:
            raise Refusal("calls_used", f"{row.number} 已叫 {row.calls} 次", "请选 没来, 或改叫下一位")
        wait = row.last_call_at + rules.min_gap_seconds * 1000 - act.now
        if wait > 0:
            raise Refusal("too_soon", f"再过 {-(-wait // 1000)} 秒可重呼", "请稍等")
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
        move_ticket(row.state, "miss")
        _need_mine(row.window_id, window_id)
        rules = policy(act.connection, row.day)
        if row.calls < rules.min_calls:
            raise Refusal("too_few_calls", f"才叫 {row.calls} 次, 要叫满 {rules.min_calls} 次", "请再重呼(F6)")
        wait = row.last_call_at + rules.min_gap_seconds * 1000 - act.now
        if wait > 0:
            raise Refusal("too_soon", f"再过 {-(-wait // 1000)} 秒才算没来", "请稍等")
        miss_within(act, ticket_id)
        return view_of(desk, act.connection, ticket_id, act.now)


def miss_within(act: Act, ticket_id: str) -> None:
    """Mark a called ticket as missed inside an act; its wait ends here and does not go on."""
    from clerk_tui.desk.periods import close_open

    row = ticket_row(act.connection, ticket_id)
    act.connection.execute(
        update(TICKETS)
        .where(TICKETS.c.id == ticket_id, TICKETS.c.version == row.version)
        .values(
            state=move_ticket(row.state, "miss").value,
            missed=row.missed + 1,
            version=row.version + 1,
        )
    )
    close_open(act, "ticket", ticket_id)
    act.record("ticket.missed", ticket_id, {"number": row.number, "calls": row.calls}, base_version=row.version)


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
