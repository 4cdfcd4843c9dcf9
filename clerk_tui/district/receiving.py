"""The district's receiver: every station's files in the order of FORMAT.md, one transaction for each batch, quarantine."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from clerk_tui.channel.acks import APPLIED, PARTIAL, REFUSED
from clerk_tui.channel.container import DOWN, UP, Container, Header, batch_name, parse_name
from clerk_tui.channel.failpoints import reach
from clerk_tui.channel.faults import MALFORMED, BatchFault, StreamStopped
from clerk_tui.channel.folders import OK, PART, UP_IN, read_batch
from clerk_tui.channel.keys import kid
from clerk_tui.channel.opening import PARKED_MS, Opened, Sender, Turn, check, read, turn
from clerk_tui.channel.publications import WRONG_BASE
from clerk_tui.channel.writing import chained
from clerk_tui.district.docket import Docket, Source
from clerk_tui.district.judging import Answer, judge
from clerk_tui.district.outgoing import answer
from clerk_tui.district.place import District
from clerk_tui.district.publishing import send_whole
from clerk_tui.district.quarantine import quarantine
from clerk_tui.district.reconciling import answer_statements, with_resent
from clerk_tui.district.tables import BATCHES, ENROLLED, LINES, OUTGOING

LISTED = 20
"""Records that one answer lists: a station keeps them as tasks in one transaction, and its desk waits meanwhile."""


@dataclass
class Taken:
    """What one round took in."""

    batches: int = 0
    records: int = 0
    known: int = 0
    parked: int = 0
    refused: int = 0
    quarantined: int = 0


def receive(district: District, station: str, taken: Taken) -> None:
    """Take in what lies in one station's folder, by number. Raises OSError when the folder is gone."""
    folder = district.station_folder(station) / UP_IN
    for path, name in arrived(folder):
        try:
            content = read_batch(path)
        except FileNotFoundError:
            continue
        try:
            _take(district, station, path, name, content, taken)
        except BatchFault as fault:
            quarantine(district, station, path, fault)
            taken.quarantined += 1
        if path.suffix == PART and not path.exists():
            path.with_name(name + OK).unlink(missing_ok=True)
    for row in enrolled(district, station):
        _apply_parked(district, row, taken)


def arrived(folder: Path) -> list[tuple[Path, str]]:
    """Files that are whole, with the batch's name, by name: those that were renamed into place, and parts beside
    which their sender put its marker. Raises OSError."""
    found = []
    for path in sorted(folder.iterdir()):
        if path.suffix == OK:
            part = path.with_suffix(PART)
            if part.exists():
                found.append((part, path.stem))
        elif path.suffix != PART and path.is_file():
            found.append((path, path.name))
    return sorted(found, key=lambda one: one[1])


def enrolled(district: District, station: str | None = None) -> list[Row[Any]]:
    """Installations that may send now."""
    query = select(ENROLLED).where(ENROLLED.c.closed_at.is_(None)).order_by(ENROLLED.c.station)
    if station is not None:
        query = query.where(ENROLLED.c.station == station)
    with district.store.read() as connection:
        return list(connection.execute(query))


def stations(district: District) -> list[str]:
    """Every station that was ever enrolled: what lies in the folder of one whose keys were taken back is not taken, and
    that is told."""
    with district.store.read() as connection:
        return list(connection.execute(select(ENROLLED.c.station).distinct().order_by(ENROLLED.c.station)).scalars())


def stop_line(connection: Connection, line: str, words: str) -> None:
    """Stop a stream until a person has seen to it."""
    connection.execute(update(LINES).where(LINES.c.id == line).values(state="stopped", reason=words))


def _take(district: District, station: str, path: Path, name: str, content: bytes, taken: Taken) -> None:
    if parse_name(name) is None:
        raise BatchFault("name", "不是批次的文件名")
    found = check(content, lambda header: find_sender(district, station, header))
    header = found.header
    if name != batch_name(header.station, header.inst, header.direction, header.bno):
        raise BatchFault("name", "文件名与批次不符")
    line_id = f"{header.station}:{header.inst}:{UP}"
    with district.store.read() as connection:
        line = connection.execute(select(LINES).where(LINES.c.id == line_id)).one()
        kept = connection.execute(select(BATCHES).where(BATCHES.c.id == name)).one_or_none()
    if not any(row.inst == header.inst for row in enrolled(district, station)):
        if kept is None or kept.state != "applied" or kept.sha != found.sha:
            raise BatchFault("retired", f"停用的旧安装 {header.inst} 的第 {header.bno} 批", signed=True)
        taken.known += 1  # from a stick that was carried before, or a server that lagged behind
        path.unlink(missing_ok=True)
        return
    if line.state != "open":
        return  # the file waits for the person
    what = turn(
        header, found.sha, expected=int(line.next_bno), last_sha=line.last_sha,
        known_sha=kept.sha if kept is not None else None,
    )  # fmt: skip
    if what is Turn.FORK:
        with district.store.write() as connection:
            stop_line(connection, line_id, f"第 {header.bno} 批与已收的不一致(分叉)")
        raise BatchFault("fork", f"第 {header.bno} 批与已收的不一致(分叉)", signed=True)
    if what is Turn.FAR:
        raise BatchFault("far", "批次号超出太多", signed=True)
    if what is Turn.AGAIN:
        _acknowledge_again(district, header, found.sha)
        taken.known += 1
    elif what is Turn.PARK:
        _park(district, header, found.sha, content, line)
        taken.parked += 1
    elif not _open_and_apply(district, found, taken):
        return
    reach("district_taken")
    path.unlink(missing_ok=True)


def find_sender(district: District, station: str, header: Header) -> Sender | None:
    """Who may have sent a batch into this station's folder, now or before another installation took its place; None for
    everyone who was never enrolled. Raises BatchFault revoked_key."""
    if header.station != station or header.direction != UP:
        return None
    with district.store.read() as connection:
        mine = select(ENROLLED).where(ENROLLED.c.id == f"{header.station}:{header.inst}")
        row = connection.execute(mine).one_or_none()
    if row is None:
        return None
    if row.revoked_words:
        raise BatchFault("revoked_key", "站点的密钥已被收回")
    return Sender(row.station, row.inst, UP, kid(bytes.fromhex(row.sign)), bytes.fromhex(row.sign))


def _open_and_apply(district: District, found: Container, taken: Taken) -> bool:
    """Whether the file is done with; one of a newer schema waits where it is."""
    try:
        opened = read(found, district.keys.decrypt)
        records = _apply(district, opened)
    except BatchFault as fault:
        _refuse(district, found.header, found.sha, fault.code, fault.words)
        taken.refused += 1
        return True
    except MALFORMED:  # signed by a station whose program made it so: its own stream stops, and no other
        _refuse(district, found.header, found.sha, "malformed", "批次里有读不懂的内容")
        taken.refused += 1
        return True
    except StreamStopped as fault:
        with district.store.write() as connection:
            stop_line(connection, f"{found.header.station}:{found.header.inst}:{UP}", fault.words)
        if fault.code == "schema_new":
            return False
        raise BatchFault(fault.code, fault.words, signed=True) from fault
    taken.batches += 1
    taken.records += records
    return True


def _apply(district: District, opened: Opened) -> int:
    """One batch, one transaction: records, dedupe rows, cursor, acknowledgement."""
    header, manifest, now = opened.header, opened.contents.manifest, district.clock()
    up, down = (f"{header.station}:{header.inst}:{direction}" for direction in (UP, DOWN))
    reach("district_checked")
    with district.store.write() as connection:
        line = connection.execute(select(LINES).where(LINES.c.id == up).with_for_update()).one()
        if int(line.next_bno) != header.bno:
            return 0
        _check_line(connection, line, opened, down)
        source = Source(header.station, header.inst, header.bno, now)
        mine = {record.rid for record in opened.records}
        answers: list[Answer] = []
        records = with_resent(opened.records)
        docket = Docket(connection, source, records, again={record.rid for record in records} - mine)
        docket.read()
        for record in records:
            answers += judge(docket, record)[1]
        docket.write()
        answer_statements(connection, records, source)
        _keep_batch(connection, header, opened.sha, len(opened.records), "applied", now)
        connection.execute(
            update(LINES)
            .where(LINES.c.id == up)
            .values(
                next_bno=header.bno + 1, next_seq=manifest.last_seq + 1, last_sha=opened.sha, last_n=manifest.n,
                chain=manifest.head, resend_from=0, asked_at=0,
            )
        )  # fmt: skip
        _hear(connection, header, manifest.cursor, manifest.resend_from, manifest.results)
        last = _last_said(answers)
        listed = [last[rid] for rid in last if rid in mine and last[rid]["code"] != "OK"]
        _acknowledge(connection, opened, now, listed)
        _say(connection, header, now, [said for rid, said in last.items() if rid not in mine])
        reach("district_applying")
    reach("district_applied")
    return len(opened.records)


def _last_said(answers: list[Answer]) -> dict[str, Answer]:
    """The last word on each record: one that was held and released within a batch is simply taken."""
    return {said["rid"]: said for said in answers}


def _check_line(connection: Connection, line: Row[Any], opened: Opened, down: str) -> None:
    manifest = opened.contents.manifest
    chain = line.chain
    for record in opened.records:
        chain = chained(chain, record.sha)
    if chain != manifest.head or manifest.n != int(line.last_n) + manifest.count:
        raise StreamStopped("chain", "站点登记链接不上, 可能有记录被删改")
    if manifest.first_seq != int(line.next_seq):
        raise StreamStopped("sequence", "记录序号接不上")
    ours = connection.execute(select(LINES.c.acked_bno, LINES.c.next_bno).where(LINES.c.id == down)).one()
    if manifest.cursor - 1 < int(ours.acked_bno):
        raise StreamStopped("rollback", "站点已收的批次变少了, 站点数据可能是旧的备份")
    if max(manifest.cursor, manifest.resend_from) > int(ours.next_bno):
        raise StreamStopped("ahead", "站点已收到本系统没有发过的批次, 本系统的数据可能是旧的备份")


def _hear(
    connection: Connection, header: Header, cursor: int, resend_from: int, results: tuple[dict[str, Any], ...]
) -> None:
    """What the manifest says about our own stream: how far it was applied, what is missing, what was not ok."""
    mine = (
        BATCHES.c.station == header.station,
        BATCHES.c.inst == header.inst,
        BATCHES.c.direction == DOWN,
    )
    done = update(BATCHES).where(*mine, BATCHES.c.bno < cursor, BATCHES.c.state.in_(["sealed", "sent"]))
    connection.execute(done.values(state="applied"))
    line = update(LINES).where(LINES.c.id == f"{header.station}:{header.inst}:{DOWN}")
    connection.execute(line.values(acked_bno=cursor - 1))
    if resend_from:
        connection.execute(line.values(resend_from=resend_from))
    for result in results:
        connection.execute(
            update(OUTGOING)
            .where(OUTGOING.c.station == header.station, OUTGOING.c.rid == str(result.get("rid", "")))
            .values(answer=str(result.get("code", "")), answer_words=str(result.get("words", "")))
        )
        if result.get("code") == WRONG_BASE:
            send_whole(connection, str(result.get("rid", "")), f"{header.station}:{header.inst}")


def _acknowledge(connection: Connection, opened: Opened, now: int, listed: list[Answer]) -> None:
    """The answer to a batch; of many records that are not ok, most are told ahead of it."""
    header = opened.header
    last = (len(listed) - 1) // LISTED * LISTED if listed else 0
    _say(connection, header, now, listed[:last], inst=header.inst)
    body = {
        "bno": header.bno,
        "sha": opened.sha,
        "status": PARTIAL if listed else APPLIED,
        "next_bno": header.bno + 1,
        "ok": len(opened.records) - len(listed),
        "told": last,
        "records": listed[last:],
        "received_at": now,
    }
    lazy = not opened.records
    answer(connection, header.station, "ack.batch", str(header.bno), body, now=now, inst=header.inst, lazy=lazy)


def _say(connection: Connection, header: Header, now: int, answers: list[Answer], *, inst: str = "") -> None:
    for start in range(0, len(answers), LISTED):
        body = {"records": answers[start : start + LISTED]}
        answer(connection, header.station, "ack.records", header.inst, body, now=now, inst=inst)


def _acknowledge_again(district: District, header: Header, sha: str) -> None:
    """The same words as the first time: the acknowledgement lies in our stream, which has no gaps. Send it again."""
    with district.store.write() as connection:
        line = connection.execute(select(LINES).where(LINES.c.id == f"{header.station}:{header.inst}:{DOWN}")).one()
        if not line.resend_from:
            connection.execute(update(LINES).where(LINES.c.id == line.id).values(resend_from=line.acked_bno + 1))


def _refuse(district: District, header: Header, sha: str, code: str, words: str) -> None:
    """A signed batch that cannot be read: it blocks the stream, and its sender is told."""
    with district.store.write() as connection:
        stop_line(connection, f"{header.station}:{header.inst}:{UP}", words)
        _keep_batch(connection, header, sha, 0, "refused", district.clock())
        body = {
            "bno": header.bno, "sha": sha, "status": REFUSED, "next_bno": header.bno, "ok": 0, "records": [],
            "code": code, "words": words,
        }  # fmt: skip
        now = district.clock()
        answer(connection, header.station, "ack.batch", str(header.bno), body, now=now, inst=header.inst)


def _park(district: District, header: Header, sha: str, content: bytes, line: Row[Any]) -> None:
    with district.store.write() as connection:
        old = (BATCHES.c.state == "parked") & (BATCHES.c.at < district.clock() - PARKED_MS)
        stream = (BATCHES.c.station == header.station) & (BATCHES.c.inst == header.inst)
        connection.execute(delete(BATCHES).where(stream, old))  # their sender still has them
        _keep_batch(connection, header, sha, 0, "parked", district.clock(), content)
        connection.execute(update(LINES).where(LINES.c.id == line.id).values(resend_from=line.next_bno))
    reach("district_parked")


def _keep_batch(
    connection: Connection, header: Header, sha: str, records: int, state: str, now: int, content: bytes | None = None
) -> None:
    name = batch_name(header.station, header.inst, header.direction, header.bno)
    connection.execute(delete(BATCHES).where(BATCHES.c.id == name))
    connection.execute(
        insert(BATCHES).values(
            id=name, station=header.station, inst=header.inst, direction=header.direction, bno=header.bno, sha=sha,
            prev_sha=header.prev_sha, content=content, size=header.length, records=records, state=state, at=now,
        )
    )  # fmt: skip


def _apply_parked(district: District, row: Row[Any], taken: Taken) -> None:
    line_id = f"{row.station}:{row.inst}:{UP}"
    while True:
        with district.store.read() as connection:
            line = connection.execute(select(LINES).where(LINES.c.id == line_id)).one()
            name = batch_name(row.station, row.inst, UP, int(line.next_bno))
            parked = connection.execute(
                select(BATCHES).where(BATCHES.c.id == name, BATCHES.c.state == "parked")
            ).one_or_none()
        if parked is None or line.state != "open":
            return
        try:
            found = check(parked.content, lambda header: find_sender(district, row.station, header))
        except BatchFault:  # it held when it came: its bytes were damaged here, and are asked for again
            with district.store.write() as connection:
                connection.execute(delete(BATCHES).where(BATCHES.c.id == name, BATCHES.c.state == "parked"))
                again = update(LINES).where(LINES.c.id == line_id)
                connection.execute(again.values(resend_from=line.next_bno, asked_at=0))
            return
        if found.header.prev_sha != line.last_sha:
            with district.store.write() as connection:
                stop_line(connection, line_id, f"第 {parked.bno} 批接不上前一批(分叉)")
            return
        try:
            _open_and_apply(district, found, taken)
        except BatchFault:
            return  # the stream was stopped with its reason
