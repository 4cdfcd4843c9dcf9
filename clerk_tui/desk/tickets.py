"""Tickets as they are read: rows, views, the one at a window."""

from typing import Any

from sqlalchemy import Connection, Row, select

from clerk_tui.desk.context import Desk
from clerk_tui.desk.views.queue import TicketView
from clerk_tui.rules.queue_order import RANK_WORDS
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import By
from clerk_tui.store.core import CLERKS, TICKETS, VISITS, WINDOWS

AT_WINDOW = ("called", "serving")


def need_window(by: By) -> str:
    """The window at which one acts. Raises Refusal window_needed."""
    if by.window_id is None:
        raise Refusal("window_needed", "还没有选窗口", "请先在登录时选一个窗口")
    return by.window_id


def ticket_row(connection: Connection, ticket_id: str) -> Row[Any]:
    """The row of a ticket. Raises Refusal ticket_unknown."""
    row = connection.execute(select(TICKETS).where(TICKETS.c.id == ticket_id)).one_or_none()
    if row is None:
        raise Refusal("ticket_unknown", "找不到这张号", "请看排队名单")
    return row


def at_window(connection: Connection, window_id: str) -> Row[Any] | None:
    """The ticket that is called or served at a window."""
    return connection.execute(
        select(TICKETS).where(TICKETS.c.window_id == window_id, TICKETS.c.state.in_(AT_WINDOW))
    ).one_or_none()


def open_visit(connection: Connection, window_id: str) -> Row[Any] | None:
    """The visit that is open at a window."""
    return connection.execute(
        select(VISITS).where(VISITS.c.window_id == window_id, VISITS.c.state == "open")
    ).one_or_none()


def need_free_window(connection: Connection, window_id: str) -> None:
    """Raise Refusal still_called or visit_open unless nobody is called or served at the window."""
    ticket = at_window(connection, window_id)
    if ticket is not None and ticket.state == "called":
        raise Refusal("still_called", f"{ticket.number} 已叫, 还没有结果", "请先选: 来了, 没来, 或改叫下一位")
    if ticket is not None or open_visit(connection, window_id) is not None:
        raise Refusal("visit_open", "本窗还有一次到访没有办完", "请先办完(F9), 挂起(F7)或转窗")


def window_words(connection: Connection, window_id: str | None) -> str:
    """`2 号窗`, or 别的窗口."""
    number = connection.execute(select(WINDOWS.c.number).where(WINDOWS.c.id == window_id)).scalar()
    return f"{number} 号窗" if number is not None else "别的窗口"


def refuse_lost(connection: Connection, row: Row[Any], by: By) -> Refusal:
    """Why a ticket that was looked at cannot be called any more."""
    if row.state in AT_WINDOW and row.window_id != by.window_id:
        words = f"{row.number} 被 {window_words(connection, row.window_id)}叫走"
        return Refusal("taken", words, "请叫新的下一位")
    words = {
        "called": "已经叫过, 在本窗",
        "serving": "正在本窗办理",
        "held": "已挂起",
        "missed": "已过号",
        "finished": "已经办完",
        "left": "已经离开",
        "closed": "已经日结关闭",
    }.get(row.state, "刚被别处改过")
    return Refusal("taken", f"{row.number} {words}", "请叫新的下一位")


def ticket_columns() -> Any:
    """Everything that a ticket's view needs, in one read."""
    return select(
        TICKETS,
        WINDOWS.c.number.label("window_number"),
        CLERKS.c.name.label("clerk_name"),
        VISITS.c.id.label("visit_id"),
    ).select_from(
        TICKETS.outerjoin(WINDOWS, WINDOWS.c.id == TICKETS.c.window_id)
        .outerjoin(CLERKS, CLERKS.c.id == TICKETS.c.clerk_id)
        .outerjoin(VISITS, (VISITS.c.ticket_id == TICKETS.c.id) & (VISITS.c.state != "finished"))
    )


def ticket_view(desk: Desk, row: Row[Any], now: int) -> TicketView:
    """A row of `ticket_columns`, or a bare ticket row, as the screens show it."""
    slot = f"{desk.local(row.slot_start_at):%H:%M}" if row.slot_start_at is not None else ""
    return TicketView(
        id=row.id,
        number=row.number,
        category=row.category,
        rank=row.rank,
        rank_words=RANK_WORDS[row.rank],
        state=row.state,
        issued_at=row.issued_at,
        waiting_seconds=max(0, now - row.issued_at) // 1000,
        calls=row.calls,
        last_call_at=row.last_call_at,
        window_number=getattr(row, "window_number", None),
        clerk_name=getattr(row, "clerk_name", None) or "",
        slot_words=slot,
        hold_reason=row.hold_reason,
        hold_due_at=row.hold_due_at,
        note=row.note,
        visit_id=getattr(row, "visit_id", None),
    )


def view_of(desk: Desk, connection: Connection, ticket_id: str, now: int) -> TicketView:
    """One ticket as the screens show it."""
    row = connection.execute(ticket_columns().where(TICKETS.c.id == ticket_id)).one()
    return ticket_view(desk, row, now)
