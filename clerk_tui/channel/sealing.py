"""Sealing: a run of consecutive journal events becomes a batch whose bytes never change again.

The bytes are made without any lock; sequence and batch number are allocated by the transaction that keeps them, and
only if no other program sealed meanwhile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from clerk_tui.channel.container import DOWN, GENESIS_SHA, UP, batch_name
from clerk_tui.channel.failpoints import reach
from clerk_tui.channel.faults import StreamStopped
from clerk_tui.channel.payload import Manifest
from clerk_tui.channel.publications import WRONG_BASE
from clerk_tui.channel.records import STAYS, Line, line_of
from clerk_tui.channel.station import Station
from clerk_tui.channel.writing import chained, pack_batch
from clerk_tui.store import canonical
from clerk_tui.store.act import boot_clock, new_id, record_sha
from clerk_tui.store.core import BATCHES, EVENTS, RECEIVED_RECORDS, SENT_RECORDS, STREAMS
from clerk_tui.store.schema import GENESIS

RECORDS = 500
PLAIN_BYTES = 7 * 1024 * 1024
"""About 2 MB compressed; what does not compress still stays under the cap of a batch."""

AGE_MS = 60_000
HEARTBEAT_MS = 15 * 60_000
RESULTS = 100


@dataclass(frozen=True)
class Sealed:
    name: str
    bno: int
    count: int


def ensure_streams(station: Station) -> None:
    """Both cursors of this installation; a new one begins at the first event (what it sends again is known
    by its record ids)."""
    wanted = {station.up: UP, station.down: DOWN}
    with station.store.read() as connection:
        present = set(connection.execute(select(STREAMS.c.id).where(STREAMS.c.id.in_(list(wanted)))).scalars())
    if len(present) == len(wanted):
        return
    dialect = sqlite.insert if station.store.sqlite else postgresql.insert
    with station.store.write() as connection:
        for stream in wanted:
            connection.execute(
                dialect(STREAMS)
                .values(id=stream, last_sha=GENESIS_SHA, chain=GENESIS, changed_at=station.clock())
                .on_conflict_do_nothing()
            )


def seal_all(station: Station, *, now_wanted: bool) -> list[Sealed]:
    """Seal whatever is due: full batches at once, the rest when it is a minute old or `now_wanted`.

    Raises StreamStopped damaged: an event that does not fit its hash any more is never sealed, or no receiver would
    take the batch, and its bytes stand for ever.
    """
    ensure_streams(station)
    done: list[Sealed] = []
    while True:
        sealed = _seal_next(station, now_wanted=now_wanted)
        if sealed is None:
            return done
        done.append(sealed)


def _seal_next(station: Station, *, now_wanted: bool) -> Sealed | None:
    with station.store.read() as connection:
        up, down = stream_row(connection, station.up), stream_row(connection, station.down)
        if up.state != "open":
            return None
        events = _events_after(connection, int(up.last_n))
        results = _untold(connection)
        if not _due(connection, station, up, down, events, results, now_wanted=now_wanted):
            return None
    lines, last_n, chain = _lines(events, int(up.next_seq), int(up.last_n), up.chain)
    now = station.clock()
    manifest = Manifest(
        station=station.identity.station,
        inst=station.identity.inst,
        direction=UP,
        bno=int(up.next_bno),
        kid=station.keys.public.sign_kid,
        first_seq=int(up.next_seq),
        last_seq=int(up.next_seq) + len(lines) - 1,
        count=len(lines),
        n=last_n,
        head=chain,
        created=now,
        clk=boot_clock(),
        app=station.app,
        catalogue=station.catalogue,
        cursor=int(down.next_bno),
        resend_from=int(down.next_bno) if _gap(station, down) else 0,
        results=tuple({"rid": row.rid, "code": row.code or row.state, "words": row.words} for row in results),
    )
    content = pack_batch(manifest, lines, up.last_sha, station.keys, station.district)
    sha = canonical.sha(content)
    reach("packed")
    with station.store.write() as connection:
        taken = connection.execute(
            update(STREAMS)
            .where(STREAMS.c.id == station.up, STREAMS.c.next_bno == up.next_bno, STREAMS.c.last_n == up.last_n)
            .values(
                next_bno=up.next_bno + 1,
                next_seq=up.next_seq + len(lines),
                last_sha=sha,
                last_n=last_n,
                chain=chain,
                changed_at=now,
            )
        )
        if taken.rowcount != 1:
            return None  # another program sealed these events
        batch_id = new_id()
        name = batch_name(manifest.station, manifest.inst, UP, manifest.bno)
        connection.execute(
            insert(BATCHES).values(
                id=batch_id, station=manifest.station, inst=manifest.inst, direction=UP, bno=manifest.bno, name=name,
                first_seq=manifest.first_seq, last_seq=manifest.last_seq, last_n=last_n, records=len(lines), sha=sha,
                prev_sha=up.last_sha, content=content, size=len(content), state="sealed", sealed_at=now,
            )
        )  # fmt: skip
        _note_sent(connection, batch_id, events, lines, now)
        if results:
            told = update(RECEIVED_RECORDS).where(RECEIVED_RECORDS.c.rid.in_([row.rid for row in results]))
            connection.execute(told.values(told=True))
        if manifest.resend_from:
            connection.execute(update(STREAMS).where(STREAMS.c.id == station.down).values(asked_at=now))
        reach("sealing")
    reach("sealed")
    return Sealed(name, manifest.bno, len(lines))


_STREAM = select(STREAMS).where(STREAMS.c.id == bindparam("stream"))


def stream_row(connection: Connection, stream: str) -> Row[Any]:
    return connection.execute(_STREAM, {"stream": stream}).one()


def _events_after(connection: Connection, last_n: int) -> list[dict[str, Any]]:
    rows = connection.execute(select(EVENTS).where(EVENTS.c.n > last_n).order_by(EVENTS.c.n).limit(RECORDS)).mappings()
    return [dict(row) for row in rows]


def _due(
    connection: Connection,
    station: Station,
    up: Row[Any],
    down: Row[Any],
    events: Sequence[Mapping[str, Any]],
    results: Sequence[Row[Any]],
    *,
    now_wanted: bool,
) -> bool:
    now = station.clock()
    travelling = [event for event in events if event["travels"] != STAYS]
    if len(events) == RECORDS or (travelling and (now_wanted or abs(now - int(travelling[0]["at"])) >= AGE_MS)):
        return True
    if travelling:
        return False
    if _gap(station, down) or any(row.code == WRONG_BASE for row in results):
        return True
    last = connection.execute(
        select(BATCHES.c.state, BATCHES.c.sealed_at)
        .where(BATCHES.c.inst == station.identity.inst, BATCHES.c.direction == UP)
        .order_by(BATCHES.c.bno.desc())
        .limit(1)
    ).one_or_none()
    return last is not None and last.state != "sealed" and abs(now - int(last.sealed_at)) >= HEARTBEAT_MS


def _gap(station: Station, down: Row[Any]) -> bool:
    """A later downlink batch is parked, and the gap was not asked for within the hour."""
    return bool(down.resend_from) and abs(station.clock() - int(down.asked_at)) >= 3_600_000


def _untold(connection: Connection) -> list[Row[Any]]:
    found = select(RECEIVED_RECORDS).where(RECEIVED_RECORDS.c.told.is_(False)).order_by(RECEIVED_RECORDS.c.seq)
    return list(connection.execute(found.limit(RESULTS)))


def _lines(events: Sequence[dict[str, Any]], seq: int, last_n: int, chain: str) -> tuple[list[Line], int, str]:
    lines: list[Line] = []
    size = 0
    for event in events:
        if event["body"] is not None and record_sha(event) != event["sha"]:
            if lines:
                break  # what stands before it still goes
            words = f"本机登记的第 {event['n']} 条已损坏, 没有发出; 请技术人员检查磁盘, 用备份恢复本机"
            raise StreamStopped("damaged", words)
        line = line_of(event, seq + len(lines))
        size += len(event["body"] or "") * 4 + 600
        if lines and size > PLAIN_BYTES:
            break
        lines.append(line)
        last_n, chain = int(event["n"]), chained(chain, event["sha"])
    return lines, last_n, chain


def _note_sent(
    connection: Connection, batch_id: str, events: Sequence[Mapping[str, Any]], lines: Sequence[Line], now: int
) -> None:
    rows = [
        {
            "rid": event["rid"], "batch_id": batch_id, "seq": line["seq"], "ent": event["ent"],
            "ent_id": event["ent_id"], "state": "waiting", "code": "", "field": "", "words": "", "changed_at": now,
        }
        for event, line in zip(events, lines, strict=False)
        if line["t"] != STAYS
    ]  # fmt: skip
    if not rows:
        return
    dialect = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = dialect(SENT_RECORDS)
    again = {
        key: statement.excluded[key] for key in ("batch_id", "seq", "state", "code", "field", "words", "changed_at")
    }
    connection.execute(statement.on_conflict_do_update(index_elements=["rid"], set_=again), rows)


@dataclass(frozen=True)
class Unsealed:
    """Events that wait to be sealed: how many (counted up to a limit), about how many bytes, since when."""

    count: int
    size: int
    first_at: int | None

    def full(self) -> bool:
        """Enough for a batch that does not wait for its minute."""
        return self.count >= RECORDS or self.size >= PLAIN_BYTES


def unsealed(connection: Connection, last_n: int, limit: int = RECORDS) -> Unsealed:
    """What waits after journal position `last_n`."""
    waiting = (
        select(EVENTS.c.at, func.length(EVENTS.c.body).label("size"))
        .where(EVENTS.c.n > last_n, EVENTS.c.travels != STAYS)
        .order_by(EVENTS.c.n)
        .limit(limit)
        .subquery()
    )
    summed = func.coalesce(func.sum(waiting.c.size), 0)
    row = connection.execute(select(func.count(), summed, func.min(waiting.c.at)).select_from(waiting)).one()
    return Unsealed(int(row[0]), int(row[1]) + 600 * int(row[0]), row[2])
