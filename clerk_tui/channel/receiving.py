"""The station's receiver: the order of FORMAT.md, whose turn a batch is, one transaction for each batch, and what is held."""

import time
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, bindparam, delete, insert, select, update

from clerk_tui.channel import dues
from clerk_tui.channel.acks import apply_cursor
from clerk_tui.channel.container import DOWN, Header, batch_name, parse_name
from clerk_tui.channel.failpoints import reach
from clerk_tui.channel.faults import BatchFault, StreamStopped
from clerk_tui.channel.holding import alarm_held, attempt, retry_held
from clerk_tui.channel.opening import Opened, Sender, Turn, check, read, turn
from clerk_tui.channel.progress import Progress
from clerk_tui.channel.sealing import ensure_streams, stream_row
from clerk_tui.channel.station import Station
from clerk_tui.channel.tasks import open_task
from clerk_tui.channel.writing import chained
from clerk_tui.store.act import Act, acting, new_id
from clerk_tui.store.core import BATCHES, INSTALLATIONS, RECEIVED_RECORDS, STREAMS, TASKS

GIVE_WAY_SECONDS = 0.05
"""The longest pause after a batch, which lasts as long as the batch did: SQLite gives its lock to whoever happens to ask
while it is free, so a row of batches without pauses would keep the desk waiting for all of them."""

OLD_BATCHES = 200
"""How many files of batches that are known already are looked at again in one exchange."""


@dataclass
class Receipt:
    """What one look at the downlink did."""

    applied: int = 0
    records: int = 0
    known: int = 0
    parked: int = 0
    faults: list[str] = field(default_factory=list)
    strange: str = ""
    """What a person was told about a file that no transfer can have damaged into what it is."""


def receive_all(station: Station, progress: Progress) -> Receipt:
    """Take in what lies there, in order.

    Raises OSError when the link fails, StreamStopped when a person is needed, Cancelled.
    """
    ensure_streams(station)
    progress.begin("connecting")
    receipt = Receipt()
    identity = station.identity
    with station.store.read() as connection:
        expected = int(stream_row(connection, station.down).next_bno)
        gone = select(INSTALLATIONS.c.inst).where(INSTALLATIONS.c.inst != identity.inst)
        earlier = set(connection.execute(gone).scalars())
    names = {name for name in station.transport.waiting() if not _of(name, earlier)}
    progress.begin("receiving", len(names))
    old = sorted(name for name in names if name < batch_name(identity.station, identity.inst, DOWN, expected))
    for name in [*old[-OLD_BATCHES:], *sorted(names - set(old))]:
        progress.file(name)
        try:
            _take(station, name, station.transport.fetch(name, progress.bytes), receipt)
        except FileNotFoundError:
            continue  # its owner took it away between the listing and the reading
        except BatchFault as fault:
            _note_fault(station, name, fault, receipt)
            if name not in old and _of(name, {identity.inst}):
                _miss(station)
        progress.file_done()
    try:
        _apply_parked(station, receipt)
    except BatchFault as fault:  # its outside was checked when it came
        _note_fault(station, f"{identity.inst}:parked", fault, receipt)
    retry_held(station)
    alarm_held(station)
    return receipt


def _note_fault(station: Station, name: str, fault: BatchFault, receipt: Receipt) -> None:
    receipt.faults.append(f"{name}: {fault.words}")
    receipt.strange = _tell(station, name, fault) or receipt.strange


def _tell(station: Station, name: str, fault: BatchFault) -> str:
    """Tell a person about a file that is whole and yet not what the district enrolled here would send, once for
    each file, and one at a time: whoever can put files there could put thousands. A torn one heals by being sent again.

    Nothing stops: a stranger who can write into the folder must not be able to end the exchange. Returns the words.
    """
    if fault.code in _DAMAGE:
        return ""
    why = "请与区里核对" if fault.signed else "可能有人冒充, 或区里换了密钥, 请打电话与区里核对"
    if fault.code == OTHER_INSTALLATION:
        why = "这份数据可能已在别的电脑上恢复过, 区里不再收这台发的; 请主管与区里核对用哪一台, 不要两台都用"
    words = f"区里的文件夹里有一个文件没有采用: {fault.words}; {why}"
    rid = f"{name}:{fault.code}"
    known = select(TASKS.c.id).where(
        TASKS.c.kind == "incident",
        (TASKS.c.rid == rid) | ((TASKS.c.code == fault.code) & TASKS.c.closed_at.is_(None)),
    )
    with station.store.read() as connection:
        told = connection.execute(known.limit(1)).first() is not None
    if not told:
        with acting(station.store, station.by, station.clock, clock_confirmed=True) as act:
            open_task(act, "incident", words, rid=rid, code=fault.code)
    return words


OTHER_INSTALLATION = "other_installation"
_DAMAGE = frozenset({"torn", "too_large"})


def _of(name: str, installations: set[str]) -> bool:
    """Whether a file was meant for an installation that this station was before: nobody reads it any more."""
    found = parse_name(name)
    return found is not None and found[1] in installations


def stop(station: Station, fault: StreamStopped) -> None:
    """Stop both streams until a person has seen to it, and say so as a task."""
    with acting(station.store, station.by, station.clock, clock_confirmed=True) as act:
        stopped = act.connection.execute(
            update(STREAMS)
            .where(STREAMS.c.id.in_([station.up, station.down]), STREAMS.c.state == "open")
            .values(state="stopped", reason=fault.words, changed_at=act.now)
        )
        if stopped.rowcount:
            rid = f"{station.identity.inst}:{fault.code}"
            open_task(act, "fork", f"与区里的交换已停止: {fault.words}", rid=rid, code=fault.code)


def _take(station: Station, name: str, content: bytes, receipt: Receipt) -> None:
    found = check(content, lambda header: _district(station, header))
    header = found.header
    if header.inst != station.identity.inst:
        raise BatchFault(OTHER_INSTALLATION, f"区里发给本站另一个安装 {header.inst} 的批次", signed=True)
    if name != batch_name(header.station, header.inst, header.direction, header.bno):
        raise BatchFault("name", "文件名与批次不符")
    with station.store.read() as connection:
        down = stream_row(connection, station.down)
        kept = connection.execute(_kept(station, header.bno)).one_or_none()
    if down.state != "open":
        return
    what = turn(
        header, found.sha, expected=int(down.next_bno), last_sha=down.last_sha,
        known_sha=kept.sha if kept is not None else None,
    )  # fmt: skip
    if what is Turn.FORK:
        raise StreamStopped("fork", f"区里发来的第 {header.bno} 批与已收的不一致")
    if what is Turn.AGAIN:
        receipt.known += 1
    elif what is Turn.PARK and kept is None:
        _park(station, header, found.sha, content)
        receipt.parked += 1
    elif what is Turn.APPLY:
        _apply(station, read(found, station.keys.decrypt), receipt)


def _district(station: Station, header: Header) -> Sender | None:
    identity = station.identity
    inst = header.inst if header.station == identity.station else identity.inst
    return Sender(identity.station, inst, DOWN, station.district.sign_kid, station.district.sign)


def _kept(station: Station, bno: int) -> Select[Any]:
    return select(BATCHES).where(
        BATCHES.c.station == station.identity.station,
        BATCHES.c.inst == station.identity.inst,
        BATCHES.c.direction == DOWN,
        BATCHES.c.bno == bno,
    )


def _park(station: Station, header: Header, sha: str, content: bytes) -> None:
    now = station.clock()
    with station.store.write() as connection:
        if connection.execute(_kept(station, header.bno)).first() is not None:
            return
        connection.execute(
            insert(BATCHES).values(
                id=new_id(), station=header.station, inst=header.inst, direction=DOWN, bno=header.bno,
                name=batch_name(header.station, header.inst, DOWN, header.bno), first_seq=0, last_seq=0, records=0,
                sha=sha, prev_sha=header.prev_sha, content=content, size=len(content), state="parked", sealed_at=now,
            )
        )  # fmt: skip
    reach("down_parked")
    _miss(station)


def _miss(station: Station) -> None:
    """Note that the expected batch is missing or damaged: the next uplink batch asks for it."""
    with station.store.write() as connection:
        down = stream_row(connection, station.down)
        if int(down.resend_from) != int(down.next_bno):
            connection.execute(
                update(STREAMS).where(STREAMS.c.id == station.down).values(resend_from=down.next_bno, asked_at=0)
            )


def _apply_parked(station: Station, receipt: Receipt) -> None:
    while True:
        with station.store.read() as connection:
            down = stream_row(connection, station.down)
            row = connection.execute(_kept(station, int(down.next_bno))).one_or_none()
            beyond = connection.execute(
                select(BATCHES.c.id)
                .where(
                    BATCHES.c.direction == DOWN, BATCHES.c.state == "parked", BATCHES.c.inst == station.identity.inst
                )
                .limit(1)
            ).first()
        if down.state != "open" or beyond is None:
            return
        if row is None or row.state != "parked" or row.content is None:
            _miss(station)
            return
        try:
            found = check(row.content, lambda header: _district(station, header))
        except BatchFault:  # it held when it came: its bytes were damaged here
            with station.store.write() as connection:
                connection.execute(delete(BATCHES).where(BATCHES.c.id == row.id, BATCHES.c.state == "parked"))
            _miss(station)
            return
        if found.header.prev_sha != down.last_sha:
            raise StreamStopped("fork", f"区里发来的第 {row.bno} 批接不上前一批")
        _apply(station, read(found, station.keys.decrypt), receipt)


def _apply(station: Station, opened: Opened, receipt: Receipt) -> None:
    """One batch, one transaction: records, dedupe rows, cursors."""
    header, manifest = opened.header, opened.contents.manifest
    if opened.records:
        dues.shipped()
    reach("down_checked")
    retry_held(station)
    began = time.monotonic()
    with acting(station.store, station.by, station.clock, clock_confirmed=True) as act:
        down, up = stream_row(act.connection, station.down), stream_row(act.connection, station.up)
        if int(down.next_bno) != header.bno:
            return  # another program was faster
        if manifest.cursor and manifest.cursor - 1 < int(up.acked_bno):
            raise StreamStopped("rollback", "区里已确认的批次变少了, 区里的数据可能是旧的")
        if max(manifest.cursor, manifest.resend_from) > int(up.next_bno):
            raise StreamStopped("rollback", "区里收到了本站没有发过的批次, 数据文件可能是旧的备份")
        chain = down.chain
        for record in opened.records:
            chain = chained(chain, record.sha)
        if opened.records and chain != manifest.head:
            raise StreamStopped("chain", "区里的记录链接不上")
        batch_id = _keep_batch(act, opened)
        _apply_records(act, station, opened, batch_id)
        act.connection.execute(
            _MOVED,
            {
                "stream": station.down, "next_bno": header.bno + 1, "next_seq": manifest.last_seq + 1,
                "last_sha": opened.sha, "last_n": manifest.n, "chain": chain, "resend_from": 0, "asked_at": 0,
                "changed_at": act.now,
            },
        )  # fmt: skip
        heard = max(int(up.acked_bno), manifest.cursor - 1), manifest.resend_from or int(up.resend_from)
        if heard != (int(up.acked_bno), int(up.resend_from)):
            apply_cursor(act, station, manifest.cursor)
            act.connection.execute(_MOVED, {"stream": station.up, "acked_bno": heard[0], "resend_from": heard[1]})
        reach("down_applying")
    reach("down_applied")
    time.sleep(min(GIVE_WAY_SECONDS, time.monotonic() - began))
    receipt.applied += 1
    receipt.records += len(opened.records)


_MOVED = update(STREAMS).where(STREAMS.c.id == bindparam("stream"))


def _keep_batch(act: Act, opened: Opened) -> str:
    manifest, header = opened.contents.manifest, opened.header
    values = {
        "first_seq": manifest.first_seq,
        "last_seq": manifest.last_seq,
        "last_n": manifest.n,
        "records": manifest.count,
        "content": None,
        "state": "applied",
        "applied_at": act.now,
    }
    name = batch_name(header.station, header.inst, DOWN, header.bno)
    parked = act.connection.execute(_NAMED, {"batch_name": name}).scalar()
    if parked is not None:
        act.connection.execute(update(BATCHES).where(BATCHES.c.id == parked).values(**values))
        return str(parked)
    batch_id = new_id()
    values |= {
        "id": batch_id, "station": header.station, "inst": header.inst, "direction": DOWN, "bno": header.bno,
        "name": name, "sha": opened.sha, "prev_sha": header.prev_sha, "size": header.length,
        "sealed_at": manifest.created,
    }  # fmt: skip
    act.connection.execute(_BATCH, values)
    return batch_id


_NAMED = select(BATCHES.c.id).where(BATCHES.c.name == bindparam("batch_name"), BATCHES.c.direction == DOWN)
_BATCH = insert(BATCHES)
_KNOWN = select(RECEIVED_RECORDS.c.rid, RECEIVED_RECORDS.c.sha).where(
    RECEIVED_RECORDS.c.rid.in_(bindparam("rids", expanding=True))
)
_TAKEN = insert(RECEIVED_RECORDS)


def _apply_records(act: Act, station: Station, opened: Opened, batch_id: str) -> None:
    rids = [record.rid for record in opened.records]
    found = act.connection.execute(_KNOWN, {"rids": rids})
    known = {row.rid: row.sha for row in found}
    rows = []
    for record in opened.records:
        if record.rid in known:
            if known[record.rid] != record.sha:
                open_task(act, "conflict", "区里用同一编号发来了不同的内容, 没有采用", rid=record.rid, code="CONFLICT")
            continue
        state, code, words = attempt(act, station, record, opened.contents.manifest.created)
        rows.append(
            {
                "rid": record.rid, "sha": record.sha, "batch_id": batch_id, "seq": record.seq, "kind": record.kind,
                "ent_id": record.ent_id, "state": state, "code": code, "words": words, "received_at": act.now,
                "line": record.line if state == "held" else "", "told": state == "ok", "alarmed": False,
            }
        )  # fmt: skip
    if rows:
        act.connection.execute(_TAKEN, rows)
