"""Sending: what is sealed goes out, and goes out again while it is not confirmed; always the same bytes."""

from sqlalchemy import Connection, bindparam, delete, or_, select, update

from clerk_tui.channel.container import DOWN, UP
from clerk_tui.channel.failpoints import reach
from clerk_tui.channel.faults import StreamStopped
from clerk_tui.channel.opening import PARKED_MS
from clerk_tui.channel.progress import Progress
from clerk_tui.channel.sealing import stream_row
from clerk_tui.channel.station import Station
from clerk_tui.store import canonical
from clerk_tui.store.core import BATCHES, STREAMS

RESEND_MS = 10 * 60_000
AT_ONCE = 50
KEEP_MS = 30 * 86_400_000
"""Bytes of a batch are kept this long after it was applied."""


def publish_all(station: Station, progress: Progress) -> int:
    """Send what waits, oldest first; returns how many.

    Raises OSError when the link fails, StreamStopped host_key, damaged, Cancelled: nothing is lost.
    """
    with station.store.read() as connection:
        up = stream_row(connection, station.up)
        if up.state != "open":
            return 0
        waiting = _waiting(connection, station, int(up.resend_from))
    sent = 0
    if waiting:
        progress.begin("sending", len(waiting))
    for batch_id, name in waiting:
        with station.store.read() as connection:
            content, sha = connection.execute(_BYTES, {"batch": batch_id}).one()
        if content is None:
            continue
        if canonical.sha(content) != sha:
            raise StreamStopped("damaged", f"本机保存的 {name} 已损坏, 没有发出; 请技术人员检查磁盘, 用备份恢复本机")
        progress.file(name, len(content))
        station.transport.send(name, content, progress.bytes)
        reach("published")
        with station.store.write() as connection:
            connection.execute(
                update(BATCHES)
                .where(BATCHES.c.id == batch_id, BATCHES.c.state.in_(["sealed", "sent"]))
                .values(state="sent", sent_at=station.clock(), tries=BATCHES.c.tries + 1)
            )
            if up.resend_from:
                connection.execute(update(STREAMS).where(STREAMS.c.id == station.up).values(resend_from=0))
        reach("marked_sent")
        progress.file_done()
        sent += 1
    return sent


_BYTES = select(BATCHES.c.content, BATCHES.c.sha).where(BATCHES.c.id == bindparam("batch"))


def forget_old(station: Station) -> int:
    """Drop the bytes of batches that were applied long ago; their numbers and hashes stay. One that waited as long for
    the batch before it is dropped whole: it comes again behind the one that is missing."""
    now = station.clock()
    old = (
        BATCHES.c.content.is_not(None),
        BATCHES.c.direction == UP,
        BATCHES.c.state == "applied",
        BATCHES.c.applied_at < now - KEEP_MS,
    )
    stale = (
        BATCHES.c.direction == DOWN,
        BATCHES.c.state == "parked",
        BATCHES.c.sealed_at < now - PARKED_MS,
    )
    gone = 0
    for which, change in ((old, update(BATCHES).values(content=None)), (stale, delete(BATCHES))):
        with station.store.read() as connection:
            ids = list(connection.execute(select(BATCHES.c.id).where(*which).limit(AT_ONCE)).scalars())
        if ids:
            with station.store.write() as connection:
                connection.execute(change.where(BATCHES.c.id.in_(ids)))
        gone += len(ids)
    return gone


def _waiting(connection: Connection, station: Station, resend_from: int) -> list[tuple[str, str]]:
    now = station.clock()
    late = or_(BATCHES.c.sent_at <= now - RESEND_MS, BATCHES.c.sent_at > now)  # in the future: the clock went back
    overdue = (BATCHES.c.state == "sent") & (BATCHES.c.records > 0) & late
    wanted = [BATCHES.c.state == "sealed", overdue]
    if resend_from:
        wanted.append((BATCHES.c.bno >= resend_from) & BATCHES.c.state.in_(["sent", "applied"]))
    rows = connection.execute(
        select(BATCHES.c.id, BATCHES.c.name)
        .where(
            BATCHES.c.station == station.identity.station,
            BATCHES.c.inst == station.identity.inst,
            BATCHES.c.direction == UP,
            or_(*wanted),
        )
        .order_by(BATCHES.c.bno)
        .limit(AT_ONCE)
    )
    return [(row.id, row.name) for row in rows]
