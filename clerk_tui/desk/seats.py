"""Which program sits at which window now. Machinery, not an act: nothing of it enters the journal."""

import os
import socket

from sqlalchemy import Connection, delete, insert, select, update

from clerk_tui.desk.context import Desk
from clerk_tui.desk.views.hall import WindowView
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical
from clerk_tui.store.core import CLERKS, SEATS, WINDOWS
from clerk_tui.store.schema import SEAT_FRESH_MS

KEEP_ALIVE_SECONDS = 10
"""How often a program tells that it still sits there; a seat is stale after 30 s."""


def windows(desk: Desk) -> tuple[WindowView, ...]:
    """The windows of the hall, by number, and who sits there."""
    fresh_since = desk.clock() - SEAT_FRESH_MS
    with desk.look() as connection:
        rows = connection.execute(
            select(WINDOWS, SEATS.c.seen_at, SEATS.c.program, CLERKS.c.name.label("clerk_name"))
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
        fresh = row.seen_at is not None and row.seen_at > fresh_since
        found.append(
            WindowView(
                id=row.id,
                number=row.number,
                name=row.name,
                serves=tuple(canonical.load(row.serves)),
                taken_by=(row.clerk_name or "已打开") if fresh else "",
                fresh=fresh,
            )
        )
    return tuple(found)


def take(desk: Desk, *, window_id: str, program: str, clerk_id: str | None = None) -> None:
    """Sit down at a window. Raises Refusal window_taken while another program's seat is fresh, window_unknown."""
    now = desk.clock()
    with desk.store.write() as connection:
        window = connection.execute(
            select(WINDOWS.c.number).where(WINDOWS.c.id == window_id, WINDOWS.c.hall_id == desk.hall_id)
        ).one_or_none()
        if window is None:
            raise Refusal("window_unknown", "没有这个窗口", "请另选一个窗口", field="window")
        seat = connection.execute(
            select(SEATS, CLERKS.c.name.label("clerk_name"))
            .outerjoin(CLERKS, CLERKS.c.id == SEATS.c.clerk_id)
            .where(SEATS.c.window_id == window_id)
        ).one_or_none()
        if seat is not None and seat.program != program and seat.seen_at > now - SEAT_FRESH_MS:
            where = "本机" if seat.host == socket.gethostname() else f"电脑 {seat.host} 上"
            who = f"{seat.clerk_name}在用" if seat.clerk_name else "还没有人登录"
            free_at = desk.local(seat.seen_at + SEAT_FRESH_MS + 999)  # the first full second
            raise Refusal(
                "window_taken",
                f"{window.number} 号窗已在{where}打开({who})",
                f"请另选窗口, 或回到那边办; 若那边已关掉或断电, {free_at:%H:%M:%S} 以后再登录",
                field="window",
            )
        connection.execute(delete(SEATS).where(SEATS.c.program == program))
        connection.execute(delete(SEATS).where(SEATS.c.window_id == window_id))
        connection.execute(
            insert(SEATS),
            {
                "window_id": window_id,
                "program": program,
                "host": socket.gethostname(),
                "pid": os.getpid(),
                "clerk_id": clerk_id,
                "seen_at": now,
            },
        )


def keep_alive(desk: Desk, *, window_id: str, program: str, clerk_id: str | None = None) -> None:
    """Tell that this program still sits there. Raises Refusal seat_lost when another program took the window."""
    with desk.store.write() as connection:
        done = connection.execute(
            update(SEATS)
            .where(SEATS.c.window_id == window_id, SEATS.c.program == program)
            .values(seen_at=desk.clock(), clerk_id=clerk_id)
        )
        if done.rowcount != 1:
            raise Refusal("seat_lost", "这个窗口已被另一处打开", "已填内容都还在; 请另选窗口登录")


def leave(desk: Desk, *, window_id: str, program: str) -> None:
    """Stand up; does nothing when the seat is another's."""
    with desk.store.write() as connection:
        connection.execute(delete(SEATS).where(SEATS.c.window_id == window_id, SEATS.c.program == program))


def fresh_seats(connection: Connection, now: int) -> int:
    """How many windows have a program and a clerk now."""
    rows = connection.execute(
        select(SEATS.c.window_id).where(SEATS.c.seen_at > now - SEAT_FRESH_MS, SEATS.c.clerk_id.is_not(None))
    )
    return len(rows.all())
