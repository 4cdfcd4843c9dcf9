"""The fast reader: what may be shown before sign-in, by the standard library's sqlite3, in a few milliseconds.

Ticket numbers, classes and waits only. Everything else waits for the desk. Nothing is ever written.
"""

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ROWS = 30


class FirstTicket(NamedTuple):
    number: str
    category: str
    rank: int
    issued_at: int
    slot_start_at: int | None


class FirstPage(NamedTuple):
    """`state` is ready | missing (no file yet) | not_ready (another version, no hall, or not SQLite: let the desk say)."""

    state: str
    hall_name: str = ""
    zone_name: str = "Asia/Shanghai"
    windows: tuple[tuple[str, int, str], ...] = ()  # id, number, name
    waiting: tuple[FirstTicket, ...] = ()
    waiting_count: int = 0
    demonstration: str = ""
    """Who may sign in and with which PIN, where the persons are invented; empty in every other store."""
    read_at: int = 0


def read_first_page(place: Path | str, *, schema_version: int, now: int) -> FirstPage:
    """Read the first page of the store at `place`; never raises for a store that cannot be read this way."""
    if isinstance(place, str):
        return FirstPage("not_ready")
    if not place.exists():
        return FirstPage("missing")
    try:
        with closing(sqlite3.connect(f"{place.absolute().as_uri()}?mode=ro", uri=True, timeout=0.2)) as connection:
            if connection.execute("PRAGMA user_version").fetchone()[0] != schema_version:
                return FirstPage("not_ready")
            return _read(connection, now)
    except sqlite3.Error:
        return FirstPage("not_ready")


def _read(connection: sqlite3.Connection, now: int) -> FirstPage:
    hall = connection.execute("SELECT id, name, zone FROM hall LIMIT 1").fetchone()
    if hall is None:
        return FirstPage("not_ready")
    windows = connection.execute('SELECT id, number, name FROM "window" WHERE hall_id = ? ORDER BY number', (hall[0],))
    demonstration = connection.execute("SELECT value FROM meta WHERE name = 'demonstration'").fetchone()
    day = local_time(now, hall[2]).date().isoformat()
    where = "FROM ticket WHERE hall_id = ? AND day = ? AND state = 'waiting'"
    count = connection.execute(f"SELECT count(*) {where}", (hall[0], day)).fetchone()[0]
    waiting = connection.execute(
        f'SELECT number, category, "rank", issued_at, slot_start_at {where} ORDER BY "rank", issued_at LIMIT {ROWS}',
        (hall[0], day),
    )
    return FirstPage(
        state="ready",
        hall_name=hall[1],
        zone_name=hall[2],
        windows=tuple(windows.fetchall()),
        waiting=tuple(FirstTicket(*row) for row in waiting.fetchall()),
        waiting_count=count,
        demonstration=str(demonstration[0]) if demonstration else "",
        read_at=now,
    )


def local_time(at: int, zone_name: str) -> datetime:
    """An instant (UTC ms) on the hall's clock, whatever the machine's; China has kept one offset since 1991."""
    try:
        return datetime.fromtimestamp(at / 1000, tz=ZoneInfo(zone_name))
    except ZoneInfoNotFoundError:
        return datetime.fromtimestamp(at / 1000, tz=timezone(timedelta(hours=8)))
