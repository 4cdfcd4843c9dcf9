"""Tickets at the desk: issued with a number of the day, changed, transferred, released, left."""

from datetime import date
from typing import Any

from sqlalchemy import select, update

from clerk_tui.desk import pool
from clerk_tui.desk.context import Desk
from clerk_tui.desk.filling import read_date
from clerk_tui.desk.finishing import close_within
from clerk_tui.desk.halls import hall_within, letter_of
from clerk_tui.desk.issuing import AGENT, ORDINARY, PRIORITY, URGENT, issue_within
from clerk_tui.desk.people import by_number as person_by_number
from clerk_tui.desk.periods import close_open, open_period
from clerk_tui.desk.permits import require
from clerk_tui.desk.tickets import SHOWN_GROUPS, open_rows, ticket_row, ticket_view, view_of
from clerk_tui.desk.views.panel import TicketView
from clerk_tui.desk.views.queue import IssuedTicket
from clerk_tui.rules.identity import check_number
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.queue_order import class_from_birth
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import move_ticket
from clerk_tui.store.act import By
from clerk_tui.store.core import TICKETS, WINDOWS


def issue_ticket(
    desk: Desk,
    by: By,
    *,
    category: str,
    birth: str = "",
    number: str = "",
    group: str = "",
    urgent_reason: str = "",
    agent_batch: bool = False,
    item_key: str = "",
    note: str = "",
    arrived_at: int = 0,
) -> IssuedTicket:
    """Issue a ticket with its slip. The class comes from the birth date (or identity number, which is not kept on the
    ticket), a shown group of SHOWN_GROUPS, an agent's batch, or, with a supervisor, an urgent reason. `item_key` counts
    where a dated lane is for an item.

    Raises Refusal category_unknown, item_unknown, number_faulty, birth_faulty, birth_future, group_unknown, supervisor_needed.
    """
    require(by, "issue_ticket")
    urgent_reason = clean_line(urgent_reason)
    if urgent_reason:
        require(by, "urgent_ticket")
    if group and group not in SHOWN_GROUPS:
        raise Refusal("group_unknown", "没有这个优先类别", f"可选: {', '.join(SHOWN_GROUPS.values())}", field="group")
    if item_key and item_key not in desk.catalogue.items:
        raise Refusal("item_unknown", "目录里没有这个事项", "请从列表里选", field="item_key")
    day = desk.today()
    born = _born(birth, number, day)
    rank, reason = ORDINARY, ""
    if agent_batch:
        rank, reason = AGENT, "代办批量"
    if born is not None and class_from_birth(born, day) < rank:
        rank, reason = class_from_birth(born, day), SHOWN_GROUPS["elder"]
    if group:
        rank, reason = PRIORITY, SHOWN_GROUPS[group]
    if urgent_reason:
        rank, reason = URGENT, urgent_reason
    with desk.act(by) as act:
        known = person_by_number(act.connection, check_number(number, today=day).number) if number.strip() else None
        return issue_within(
            act,
            desk,
            category=category,
            rank=rank,
            rank_reason=reason,
            person_id=known.id if known is not None else None,
            item_key=item_key,
            note=note,
            arrived_at=arrived_at or act.now,
        )


def lane_items(desk: Desk, by: By) -> tuple[tuple[str, str], ...]:
    """Items (key, name) that a dated lane of today is for: only then is it asked at the door what somebody comes for."""
    day = desk.today().isoformat()
    with desk.look() as connection:
        lanes = pool.policy(connection, day).lanes
    keys = dict.fromkeys(one.item_key for one in lanes if one.item_key and one.from_day <= day <= one.to_day)
    items = desk.catalogue.items
    return tuple((key, items[key].name) for key in keys if key in items)


def _born(birth: str, number: str, today: date) -> date | None:
    if number.strip():
        check = check_number(number, today=today)
        if not check.valid:
            raise Refusal("number_faulty", "; ".join(check.reasons), "请核对证件后重新输入", field="number")
        if check.birth is not None:
            return check.birth
    if not birth.strip():
        return None
    found = read_date(birth)
    if found is None:
        raise Refusal("birth_faulty", "出生日期不对", "例: 1958-03-07", field="birth")
    if found > today:
        raise Refusal("birth_future", "出生日期晚于今天", "请核对证件后重新输入", field="birth")
    return found


def change_ticket(
    desk: Desk,
    by: By,
    *,
    ticket_id: str,
    category: str | None = None,
    group: str | None = None,
    urgent_reason: str = "",
) -> TicketView:
    """Change category or class of a waiting ticket; number and wait stay. An urgent class needs a supervisor.

    Raises Refusal category_unknown, group_unknown, state_ticket, supervisor_needed.
    """
    require(by, "change_ticket")
    urgent_reason = clean_line(urgent_reason)
    if urgent_reason:
        require(by, "urgent_ticket")
    if group and group not in SHOWN_GROUPS:
        raise Refusal("group_unknown", "没有这个优先类别", f"可选: {', '.join(SHOWN_GROUPS.values())}", field="group")
    with desk.act(by) as act:
        row = ticket_row(act.connection, ticket_id)
        move_ticket(row.state, "change")
        changes: dict[str, Any] = {}
        if category is not None:
            letter_of(act.connection, desk.hall_id, category)
            changes["category"] = category
        if group is not None:
            changes["rank"], changes["rank_reason"] = (PRIORITY, SHOWN_GROUPS[group]) if group else (ORDINARY, "")
        if urgent_reason:
            changes["rank"], changes["rank_reason"] = URGENT, urgent_reason
        before = {name: getattr(row, name) for name in changes}
        act.connection.execute(
            update(TICKETS)
            .where(TICKETS.c.id == ticket_id, TICKETS.c.version == row.version)
            .values(**changes, version=row.version + 1)
        )
        act.record(
            "ticket.changed",
            ticket_id,
            {"number": row.number, "before": before, "after": changes},
            base_version=row.version,
        )
        return view_of(desk, act.connection, ticket_id, act.now)


def transfer_ticket(
    desk: Desk,
    by: By,
    *,
    ticket_id: str,
    category: str = "",
    window_id: str = "",
    note: str = "",
    outcome: str = "",
) -> TicketView:
    """Send a ticket to another category or to one window, with a note; number and original wait stay.

    A visit that was open or held ends with `outcome` (served | asked | wrong_category | none; by itself
    wrong_category where nothing was rendered and the category changes). Raises Refusal target_missing,
    category_unknown, window_unknown, state_ticket, not_at_window.
    """
    require(by, "transfer_ticket")
    note = clean_line(note)
    if not category and not window_id:
        raise Refusal("target_missing", "请选转到哪个类别或窗口", field="category")
    with desk.act(by) as act:
        connection = act.connection
        row = ticket_row(connection, ticket_id)
        state = move_ticket(row.state, "transfer")
        if row.state in ("called", "serving") and row.window_id != by.window_id:
            raise Refusal("not_at_window", "这张号不在本窗", "请到那个窗口转, 或请值班主任解除占用")
        category = category or row.category
        letter_of(connection, desk.hall_id, category)
        if window_id:
            known = connection.execute(
                select(WINDOWS.c.id).where(WINDOWS.c.id == window_id, WINDOWS.c.hall_id == desk.hall_id)
            ).first()
            if known is None:
                raise Refusal("window_unknown", "没有这个窗口", "请另选一个窗口", field="window")
        close_within(
            act, ticket_id=ticket_id, outcome=outcome or ("wrong_category" if category != row.category else "")
        )
        connection.execute(
            update(TICKETS)
            .where(TICKETS.c.id == ticket_id, TICKETS.c.version == row.version)
            .values(
                state=state.value,
                category=category,
                window_id=window_id or None,
                clerk_id=None,
                calls=0,
                note=note,
                hold_reason="",
                hold_due_at=None,
                version=row.version + 1,
            )
        )
        open_period(act, desk, "ticket", ticket_id, "waiting", reason="transfer", ticket_id=ticket_id)
        act.record(
            "ticket.transferred",
            ticket_id,
            {
                "number": row.number,
                "from": row.category,
                "category": category,
                "window_id": window_id or None,
                "note": note,
            },
            base_version=row.version,
        )
        return view_of(desk, connection, ticket_id, act.now)


def stuck_tickets(desk: Desk, by: By) -> tuple[TicketView, ...]:
    """Today's tickets that are called, served or held, at any window: those that a supervisor may release."""
    now, day = desk.clock(), desk.today().isoformat()
    with desk.look() as connection:
        rows = open_rows(connection, desk.hall_id, day, ("called", "serving", "held"))
        return tuple(ticket_view(desk, row, now) for row in rows)


def release_ticket(desk: Desk, by: By, *, ticket_id: str, reason: str) -> TicketView:
    """Free a ticket that is stuck at a window (called, served or held): it waits again with its original wait.

    What was open is closed as inaccurate. Needs a supervisor. Raises Refusal reason_missing, state_ticket.
    """
    require(by, "release_ticket")
    reason = clean_line(reason)
    if not reason:
        raise Refusal("reason_missing", "解除占用要写明原因", field="reason")
    with desk.act(by) as act:
        row = ticket_row(act.connection, ticket_id)
        state = move_ticket(row.state, "release")
        close_within(act, ticket_id=ticket_id, outcome="none", inaccurate=True)
        close_open(act, "ticket", ticket_id, inaccurate=True)
        act.connection.execute(
            update(TICKETS)
            .where(TICKETS.c.id == ticket_id, TICKETS.c.version == row.version)
            .values(
                state=state.value,
                window_id=None,
                clerk_id=None,
                calls=0,
                hold_reason="",
                hold_due_at=None,
                version=row.version + 1,
            )
        )
        open_period(act, desk, "ticket", ticket_id, "waiting", reason="release", ticket_id=ticket_id)
        act.record(
            "ticket.released",
            ticket_id,
            {"number": row.number, "from": row.state, "window_id": row.window_id, "reason": reason},
            base_version=row.version,
        )
        return view_of(desk, act.connection, ticket_id, act.now)


def mark_left(desk: Desk, by: By, *, ticket_id: str) -> TicketView:
    """The resident left: the ticket ends where it stood. Raises Refusal state_ticket."""
    require(by, "mark_left")
    with desk.act(by) as act:
        row = ticket_row(act.connection, ticket_id)
        state = move_ticket(row.state, "leave")
        close_within(act, ticket_id=ticket_id, outcome="left")
        close_open(act, "ticket", ticket_id)
        act.connection.execute(
            update(TICKETS)
            .where(TICKETS.c.id == ticket_id, TICKETS.c.version == row.version)
            .values(state=state.value, close_reason=f"left:{row.state}", version=row.version + 1)
        )
        act.record("ticket.left", ticket_id, {"number": row.number, "from": row.state}, base_version=row.version)
        return view_of(desk, act.connection, ticket_id, act.now)


def categories(desk: Desk) -> tuple[str, ...]:
    """Ticket categories of the hall."""
    with desk.look() as connection:
        return tuple(one.name for one in hall_within(connection, desk.hall_id).categories)


def ticket(desk: Desk, by: By, *, ticket_id: str) -> TicketView:
    """One ticket. Raises Refusal ticket_unknown."""
    with desk.look() as connection:
        ticket_row(connection, ticket_id)
        return view_of(desk, connection, ticket_id, desk.clock())
