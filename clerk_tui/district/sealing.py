"""The district's sender: answers become sealed batches in each station's folder, by the same rules as a station's."""

import bisect
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from clerk_tui import __version__
from clerk_tui.channel.container import DOWN, UP, batch_name
from clerk_tui.channel.failpoints import reach
from clerk_tui.channel.folders import DOWN_ACK, DOWN_OUT, DOWN_TMP, publish
from clerk_tui.channel.keys import public_from_text
from clerk_tui.channel.payload import Manifest
from clerk_tui.channel.records import line_of
from clerk_tui.channel.writing import chained, pack_batch
from clerk_tui.district.outgoing import event_of
from clerk_tui.district.place import District
from clerk_tui.district.tables import BATCHES, LINES, OUTGOING
from clerk_tui.store import canonical
from clerk_tui.store.act import boot_clock, record_sha

ROOM = 20
"""What one batch may cost its station, in records: a station applies a batch in one transaction, and may hold its write
lock for 50 ms only, on a slow machine too."""

_COSTS = {"case.decision_received": 5, "case.acceptance_received": 4, "case.resumed": 4, "case.prolonged": 4}
_COSTS |= {"case.suspended": 4, "result.expected": 3, "reconcile.answered": 4, "list.slice": 4}

RESEND_MS = 10 * 60_000
ASK_MS = 3_600_000

_CLASSES = {"keys": -2, "list": -1, "ack": 0, "case": 1, "result": 3, "appointment": 4}
_DECISION, _LAST = ("case.decision_received", 2), 5


def seal(district: District, row: Row[Any]) -> int:
    """Seal all that waits for one installation; returns how many batches."""
    done = 0
    while _seal_next(district, row):
        done += 1
    return done


def publish_waiting(district: District, row: Row[Any]) -> int:
    """Put out what is sealed, again what was asked for or stays without an answer, and take away what was applied.

    Raises OSError.
    """
    root, now = district.station_folder(row.station), district.clock()
    mine = (BATCHES.c.station == row.station, BATCHES.c.inst == row.inst, BATCHES.c.direction == DOWN)
    line_id = f"{row.station}:{row.inst}:{DOWN}"
    with district.store.read() as connection:
        line = connection.execute(select(LINES).where(LINES.c.id == line_id)).one()
        again = int(line.resend_from)
        long_ago = or_(BATCHES.c.sent_at <= now - RESEND_MS, BATCHES.c.sent_at > now)  # or the clock went back
        late = (BATCHES.c.state == "sent") & long_ago
        wanted = (BATCHES.c.state == "sealed") | late
        if again:
            wanted = wanted | ((BATCHES.c.bno >= again) & (BATCHES.c.state == "sent"))
        rows = connection.execute(select(BATCHES).where(*mine, wanted).order_by(BATCHES.c.bno)).all()
        applied = connection.execute(
            select(BATCHES.c.id, BATCHES.c.folder).where(*mine, BATCHES.c.state == "applied", BATCHES.c.folder != "")
        ).all()
    for batch in rows:
        if canonical.sha(batch.content) != batch.sha:
            _stop(district, line_id, f"本系统保存的 {batch.id} 已损坏, 没有发出")
            return 0
        publish(root / batch.folder / batch.id, root / DOWN_TMP, batch.content, repair=True)
        reach("district_published")
        with district.store.write() as connection:
            connection.execute(
                update(BATCHES)
                .where(BATCHES.c.id == batch.id, BATCHES.c.state.in_(["sealed", "sent"]))
                .values(state="sent", sent_at=now)
            )
    if again or applied:
        _tidy(district, root, line_id, [(done.id, done.folder) for done in applied], again)
    return len(rows)


def _stop(district: District, line_id: str, words: str) -> None:
    """A stream that a person has to see to: the disk gave back other bytes than it was given."""
    with district.store.write() as connection:
        connection.execute(update(LINES).where(LINES.c.id == line_id).values(state="stopped", reason=words))


def _tidy(district: District, root: Path, line_id: str, applied: list[tuple[str, str]], again: int) -> None:
    for name, folder in applied:
        (root / folder / name).unlink(missing_ok=True)
    reach("district_tidied")
    with district.store.write() as connection:
        if applied:
            taken_away = update(BATCHES).where(BATCHES.c.id.in_([name for name, _ in applied]))
            connection.execute(taken_away.values(folder=""))
        if again:
            connection.execute(
                update(LINES).where(LINES.c.id == line_id, LINES.c.resend_from == again).values(resend_from=0)
            )


def _seal_next(district: District, row: Row[Any]) -> bool:
    up_id, down_id = (f"{row.station}:{row.inst}:{direction}" for direction in (UP, DOWN))
    with district.store.read() as connection:
        up = connection.execute(select(LINES).where(LINES.c.id == up_id)).one()
        down = connection.execute(select(LINES).where(LINES.c.id == down_id)).one()
        waiting = _waiting(connection, row, int(down.last_n))
        pressing = _pressing(connection, row, int(down.last_n))
    now = district.clock()
    ask = bool(up.resend_from) and abs(now - int(up.asked_at)) >= ASK_MS
    if down.state != "open" or not (ask or pressing):
        return False
    damaged = next((answer for answer in waiting if record_sha(_event(answer)) != answer.sha), None)
    if damaged is not None:  # sealed, it would stand in the way of all that follows, for ever
        _stop(district, down_id, f"本系统保存的答复 {damaged.rid} 已损坏, 没有发出")
        return False
    last_n = int(waiting[-1].n) if waiting else int(down.last_n)
    ordered = sorted(waiting, key=lambda answer: (_class_of(answer.kind), answer.n))
    lines = [line_of(_event(answer), int(down.next_seq) + i) for i, answer in enumerate(ordered)]
    chain = down.chain
    for answer in ordered:
        chain = chained(chain, answer.sha)
    public = district.keys.public
    manifest = Manifest(
        station=row.station,
        inst=row.inst,
        direction=DOWN,
        bno=int(down.next_bno),
        kid=public.sign_kid,
        first_seq=int(down.next_seq),
        last_seq=int(down.next_seq) + len(lines) - 1,
        count=len(lines),
        n=last_n,
        head=chain,
        created=now,
        clk=boot_clock(),
        app=__version__,
        catalogue="",
        cursor=int(up.next_bno),
        resend_from=int(up.resend_from) if ask else 0,
    )
    partner = public_from_text(row.sign, row.decrypt)
    content = pack_batch(manifest, lines, down.last_sha, district.keys, partner)
    only_acks = all(answer.kind.startswith("ack.") for answer in ordered)
    with district.store.write() as connection:
        taken = connection.execute(
            update(LINES)
            .where(LINES.c.id == down_id, LINES.c.next_bno == down.next_bno, LINES.c.last_n == down.last_n)
            .values(
                next_bno=down.next_bno + 1, next_seq=down.next_seq + len(lines), last_sha=canonical.sha(content),
                last_n=last_n, chain=chain,
            )
        )  # fmt: skip
        if taken.rowcount != 1:
            return True  # another program sealed these; look again
        connection.execute(
            insert(BATCHES).values(
                id=batch_name(row.station, row.inst, DOWN, manifest.bno), station=row.station, inst=row.inst,
                direction=DOWN, bno=manifest.bno, sha=canonical.sha(content), prev_sha=down.last_sha, content=content,
                size=len(content), records=len(lines), folder=DOWN_ACK if only_acks else DOWN_OUT, state="sealed",
                at=now,
            )
        )  # fmt: skip
        if ask:
            connection.execute(update(LINES).where(LINES.c.id == up_id).values(asked_at=now))
        reach("district_sealing")
    reach("district_sealed")
    return True


def _waiting(connection: Connection, row: Row[Any], last_n: int) -> Sequence[Row[Any]]:
    rows = connection.execute(
        select(OUTGOING)
        .where(OUTGOING.c.station == row.station, OUTGOING.c.n > last_n, OUTGOING.c.inst.in_(["", row.inst]))
        .order_by(OUTGOING.c.n)
        .limit(ROOM)
    ).all()
    costs = list(itertools.accumulate(_cost(answer) for answer in rows))
    return rows[: max(1, bisect.bisect_right(costs, ROOM))]


def _cost(answer: Row[Any]) -> int:
    if answer.kind.startswith("ack."):
        return 1 + len(answer.body) // 250  # each record that is not ok becomes a task
    return _COSTS.get(answer.kind, 1)


def _pressing(connection: Connection, row: Row[Any], last_n: int) -> bool:
    """Whether anything waits that causes a batch: maybe far behind the answers to a night of heartbeats."""
    found = select(OUTGOING.c.n).where(
        OUTGOING.c.station == row.station, OUTGOING.c.n > last_n, OUTGOING.c.inst.in_(["", row.inst]),
        OUTGOING.c.lazy.is_(False),
    )  # fmt: skip
    return connection.execute(found.limit(1)).first() is not None


def _event(answer: Row[Any]) -> dict[str, Any]:
    event = event_of(answer.rid, answer.kind, answer.ent_id, answer.body, answer.salt, answer.at, answer.clk)
    return event | {"sha": answer.sha}


def _class_of(kind: str) -> int:
    """Lists, acknowledgements, then stages, decisions, results, appointments; within a class, the order of n."""
    return _DECISION[1] if kind == _DECISION[0] else _CLASSES.get(kind.split(".", 1)[0], _LAST)
