"""Several programs on one store: one of them syncs. And how the last exchanges went."""

import random
from typing import Any

from sqlalchemy import Connection, Row, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from clerk_tui.store.core import SYNC_LEASE
from clerk_tui.store.engine import Store

LEASE_MS = 30_000
RENEW_MS = 10_000
TAKE_OVER_MS = 15_000
BACKOFF_FIRST_MS = 5_000
BACKOFF_MOST_MS = 15 * 60_000


def take(store: Store, holder: str, now: int) -> bool:
    """Take or keep the lease; false while another program holds it. A lease from far ahead is a clock that was wrong."""
    ensure(store)
    with store.write() as connection:
        free = or_(SYNC_LEASE.c.holder == holder, SYNC_LEASE.c.until <= now, SYNC_LEASE.c.until > now + 10 * LEASE_MS)
        taken = connection.execute(
            update(SYNC_LEASE).where(SYNC_LEASE.c.id == 1, free).values(holder=holder, until=now + LEASE_MS)
        )
        return taken.rowcount == 1


def ensure(store: Store) -> None:
    """Make the one row unless it is there; a look comes first, so that nobody waits for a lock."""
    with store.read() as connection:
        if row(connection) is not None:
            return
    dialect = sqlite.insert if store.sqlite else postgresql.insert
    with store.write() as connection:
        connection.execute(dialect(SYNC_LEASE).values(id=1).on_conflict_do_nothing())


def held_by_another(found: Row[Any] | None, holder: str, now: int) -> bool:
    return found is not None and found.holder not in ("", holder) and now < int(found.until) <= now + 10 * LEASE_MS


def want(store: Store, now: int) -> None:
    """Ask the program that holds the lease to exchange at once."""
    ensure(store)
    _note(store, wanted_at=now)


def pause(connection: Connection, by: str, words: str, now: int) -> None:
    """No program of this store exchanges until a person resumes it."""
    connection.execute(update(SYNC_LEASE).values(paused_by=by, paused_words=words, paused_at=now))


def unpause(connection: Connection) -> None:
    connection.execute(update(SYNC_LEASE).values(paused_by="", paused_words="", paused_at=None, next_try_at=None))


def release(store: Store, holder: str) -> None:
    """The next exchange is still this program's first; another waits `TAKE_OVER_MS` longer (`turn_of`)."""
    with store.write() as connection:
        mine = update(SYNC_LEASE).where(SYNC_LEASE.c.id == 1, SYNC_LEASE.c.holder == holder)
        connection.execute(mine.values(until=0))


def turn_of(found: Row[Any] | None, holder: str, now: int, every_ms: int) -> bool:
    """Whether it is this program's turn to exchange again, `every_ms` after anyone's last try."""
    if found is None or found.last_try_at is None or now < int(found.last_try_at):
        return True
    return now >= next_turn(found, holder, every_ms)


def next_turn(found: Row[Any] | None, holder: str, every_ms: int) -> int:
    """When this program's turn comes, by the clock that the last try was noted by."""
    if found is None or found.last_try_at is None:
        return 0
    wait = every_ms if found.holder in ("", holder) else every_ms + TAKE_OVER_MS
    return int(found.last_try_at) + wait


def row(connection: Connection) -> Row[Any] | None:
    return connection.execute(select(SYNC_LEASE).where(SYNC_LEASE.c.id == 1)).one_or_none()


def may_try(found: Row[Any] | None, now: int) -> bool:
    """Whether the time of the next try has come; a clock that went back does not keep anyone waiting."""
    if found is None or found.next_try_at is None:
        return True
    return now >= int(found.next_try_at) or now < int(found.last_try_at or 0)


def note_success(store: Store, now: int) -> None:
    _note(store, last_try_at=now, last_ok_at=now, last_error="", next_try_at=None, failures=0, wanted_at=None)


def note_stopped(store: Store, now: int) -> None:
    """The link works, or was not tried, but a person is needed; that is told by the streams."""
    _note(store, last_try_at=now, last_error="", next_try_at=None, failures=0, wanted_at=None)


def note_failure(store: Store, now: int, words: str) -> int:
    """Keep the failure and when to try again: full jitter, doubling to a quarter of an hour, for ever."""
    with store.read() as connection:
        found = row(connection)
    failures = int(found.failures) + 1 if found is not None else 1
    most = min(BACKOFF_MOST_MS, BACKOFF_FIRST_MS * 2 ** min(failures - 1, 20))
    next_try = now + random.randint(BACKOFF_FIRST_MS // 5, most)
    _note(store, last_try_at=now, last_error=words, next_try_at=next_try, failures=failures, wanted_at=None)
    return next_try


def _note(store: Store, **values: Any) -> None:
    with store.write() as connection:
        connection.execute(update(SYNC_LEASE).where(SYNC_LEASE.c.id == 1).values(**values))
