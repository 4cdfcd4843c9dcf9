"""The hall at a glance for whoever answers for it: each window, who serves whom since when, and what burns."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from clerk_tui.desk import owing_reads
from clerk_tui.desk.context import Desk
from clerk_tui.desk.figure_pages import RUNNING
from clerk_tui.store import canonical
from clerk_tui.store.act import By
from clerk_tui.store.core import CASES, CLERKS, PERIODS, SEATS, TASKS, TICKETS, VISITS, WINDOWS
from clerk_tui.store.schema import SEAT_FRESH_MS

STATE_WORDS = {"called": "已叫", "serving": "服务中"}
DUTY_WORDS = {"pause": "暂停", "back_office": "后台"}


@dataclass(frozen=True)
class WindowNow:
    """`since` is when what it does now began, None where nothing is open; `ticket_id` '' without a ticket."""

    id: str
    number: int
    name: str
    serves: tuple[str, ...]
    clerk: str
    doing: str
    since: int | None
    ticket_id: str
    served_today: int


@dataclass(frozen=True)
class Board:
    windows: tuple[WindowNow, ...]
    waiting: int
    longest_seconds: int
    held: int
    owed_overdue: int
    cases_overdue: int
    tasks: int


def board(desk: Desk, by: By) -> Board:
    """The board as it stands now. Ticket numbers only, no names of residents."""
    now, today = desk.clock(), desk.today().isoformat()
    with desk.look() as connection:
        states: dict[str, int] = {
            state: int(n)
            for state, n in connection.execute(
                select(TICKETS.c.state, func.count())
                .where(TICKETS.c.hall_id == desk.hall_id, TICKETS.c.day == today)
                .group_by(TICKETS.c.state)
            )
        }
        oldest = connection.execute(
            select(func.min(TICKETS.c.issued_at)).where(
                TICKETS.c.hall_id == desk.hall_id, TICKETS.c.day == today, TICKETS.c.state == "waiting"
            )
        ).scalar()
        overdue = connection.execute(
            select(func.count())
            .select_from(CASES)
            .where(CASES.c.closed_at.is_(None), CASES.c.promised_due < today, CASES.c.state.in_(RUNNING))
        ).scalar_one()
        tasks = connection.execute(
            select(func.count()).select_from(TASKS).where(TASKS.c.closed_at.is_(None))
        ).scalar_one()
        windows = _windows(desk, connection, now, today)
    return Board(
        windows=windows,
        waiting=states.get("waiting", 0),
        longest_seconds=(now - oldest) // 1000 if oldest else 0,
        held=states.get("held", 0),
        owed_overdue=owing_reads.ledger(desk, by, limit=1).overdue,
        cases_overdue=int(overdue),
        tasks=int(tasks),
    )


def _windows(desk: Desk, connection: Connection, now: int, today: str) -> tuple[WindowNow, ...]:
    served: dict[str, int] = {
        window: int(n)
        for window, n in connection.execute(
            select(PERIODS.c.window_id, func.count(PERIODS.c.visit_id.distinct()))
            .where(PERIODS.c.day == today, PERIODS.c.kind == "serving")
            .group_by(PERIODS.c.window_id)
        )
    }
    tickets = {
        row.window_id: row
        for row in connection.execute(
            select(TICKETS).where(
                TICKETS.c.hall_id == desk.hall_id, TICKETS.c.day == today, TICKETS.c.state.in_(["called", "serving"])
            )
        )
    }
    visits = {row.window_id: row for row in connection.execute(select(VISITS).where(VISITS.c.state == "open"))}
    duties = {
        row.subject_id: row
        for row in connection.execute(
            select(PERIODS).where(PERIODS.c.subject == "clerk", PERIODS.c.t1.is_(None), PERIODS.c.day == today)
        )
    }
    rows = connection.execute(
        select(WINDOWS, SEATS.c.seen_at, SEATS.c.clerk_id, CLERKS.c.name.label("clerk_name"))
        .select_from(
            WINDOWS.outerjoin(SEATS, SEATS.c.window_id == WINDOWS.c.id).outerjoin(
                CLERKS, CLERKS.c.id == SEATS.c.clerk_id
            )
        )
        .where(WINDOWS.c.hall_id == desk.hall_id)
        .order_by(WINDOWS.c.number)
    ).all()
    found = []
    for row in rows:
        ticket, visit, duty = tickets.get(row.id), visits.get(row.id), duties.get(row.clerk_id or "")
        sits = row.seen_at is not None and row.seen_at > now - SEAT_FRESH_MS
        doing, since = ("空闲" if sits and row.clerk_name else "没有人"), None
        if ticket is not None:
            doing = f"{STATE_WORDS[ticket.state]} {ticket.number}"
            since = visit.opened_at if visit is not None else ticket.last_call_at
        elif visit is not None:
            doing, since = "无号到访", visit.opened_at
        elif duty is not None and duty.kind in DUTY_WORDS:
            doing, since = f"{DUTY_WORDS[duty.kind]} {duty.reason}".rstrip(), duty.t0
        found.append(
            WindowNow(
                id=row.id,
                number=row.number,
                name=row.name,
                serves=tuple(canonical.load(row.serves)),
                clerk=(row.clerk_name or "") if sits else "",
                doing=doing,
                since=since,
                ticket_id=ticket.id if ticket is not None else "",
                served_today=served.get(row.id, 0),
            )
        )
    return tuple(found)
