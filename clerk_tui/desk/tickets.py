"""Tickets as they are read: rows, views, the one at a window."""

from typing import Any

from sqlalchemy import Connection, Row, Select, select

from clerk_tui.desk.context import Desk
from clerk_tui.desk.views.panel import TicketView
from clerk_tui.rules.queue_classes import RANK_WORDS
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import By
from clerk_tui.store.core import CLERKS, PERIODS, TICKETS, VISITS, WINDOWS

AT_WINDOW = ("called", "serving")

SHOWN_GROUPS = {
    "elder": "65 岁以上长者",
    "disabled": "残疾人",
    "pregnant": "孕产妇",
    "sick": "重病患者",
    "soldier": "现役军人",
    "veteran": "退役军人",
    "martyr_family": "烈属",
    "fire_rescue": "消防救援人员",
}
"""Groups that come first for their own business by a document shown at the desk."""

_SHORT = {
    SHOWN_GROUPS["elder"]: "长者",
    SHOWN_GROUPS["disabled"]: "残疾",
    SHOWN_GROUPS["pregnant"]: "孕产",
    SHOWN_GROUPS["sick"]: "重病",
    SHOWN_GROUPS["soldier"]: "军人",
    SHOWN_GROUPS["veteran"]: "退役",
    SHOWN_GROUPS["martyr_family"]: "烈属",
    SHOWN_GROUPS["fire_rescue"]: "消防",
}


def class_words(rank: int, rank_reason: str) -> str:
    """The class of a ticket in two to four characters: 长者, 预约, 普通 ..."""
    return _SHORT.get(rank_reason, RANK_WORDS[rank]) if rank == 1 else RANK_WORDS[rank]


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


def ticket_columns() -> Select[Any]:
    """Everything that a ticket's view needs, in one read; of its open period `since` and `why`."""
    return select(
        TICKETS,
        WINDOWS.c.number.label("window_number"),
        CLERKS.c.name.label("clerk_name"),
        VISITS.c.id.label("visit_id"),
        PERIODS.c.t0.label("since"),
        PERIODS.c.reason.label("why"),
    ).select_from(
        TICKETS.outerjoin(WINDOWS, WINDOWS.c.id == TICKETS.c.window_id)
        .outerjoin(CLERKS, CLERKS.c.id == TICKETS.c.clerk_id)
        .outerjoin(VISITS, (VISITS.c.ticket_id == TICKETS.c.id) & (VISITS.c.state != "finished"))
        .outerjoin(
            PERIODS, (PERIODS.c.subject == "ticket") & (PERIODS.c.subject_id == TICKETS.c.id) & PERIODS.c.t1.is_(None)
        )
    )


OPEN_STATES = ("waiting", "called", "serving", "held", "missed")


def open_rows(connection: Connection, hall_id: str, day: str, states: tuple[str, ...] = OPEN_STATES) -> list[Row[Any]]:
    """The tickets of a day that are not at their end, in the order of issue."""
    return list(
        connection.execute(
            ticket_columns()
            .where(TICKETS.c.hall_id == hall_id, TICKETS.c.day == day, TICKETS.c.state.in_(states))
            .order_by(TICKETS.c.issued_at, TICKETS.c.id)
        ).all()
    )


def ticket_view(desk: Desk, row: Row[Any], now: int) -> TicketView:
    """A row of `ticket_columns` as the screens show it."""
    slot = f"{desk.local(row.slot_start_at):%H:%M}" if row.slot_start_at is not None else ""
    return TicketView(
        id=row.id,
        number=row.number,
        category=row.category,
        rank=row.rank,
        rank_words=class_words(row.rank, row.rank_reason),
        state=row.state,
        issued_at=row.issued_at,
        waiting_seconds=max(0, now - row.issued_at) // 1000,
        calls=row.calls,
        last_call_at=row.last_call_at,
        window_number=row.window_number,
        clerk_name=row.clerk_name or "",
        slot_words=slot,
        hold_reason=row.hold_reason,
        hold_due_at=row.hold_due_at,
        note=row.note,
        visit_id=row.visit_id,
    )


def view_of(desk: Desk, connection: Connection, ticket_id: str, now: int) -> TicketView:
    """One ticket as the screens show it."""
    row = connection.execute(ticket_columns().where(TICKETS.c.id == ticket_id)).one()
    return ticket_view(desk, row, now)
