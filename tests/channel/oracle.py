"""What the senders' own ledgers say must have arrived, against what did: the judge of every fault test.

A receiver's own checks prove nothing: a receiver that forgot a batch sees no gap. So both directions are compared with
the ledger of the side that sent: the station's journal, and the district's queue of answers.
"""

import zlib
from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import func, select

from clerk_tui.channel.records import read_line
from clerk_tui.district.tables import CASES as VIEWS
from clerk_tui.district.tables import KEPT, OUTGOING
from clerk_tui.store import canonical
from clerk_tui.store.core import CASES, EVENTS, RECEIVED_RECORDS, SENT_RECORDS, TASKS
from clerk_tui.store.verify import verify


@dataclass
class Verdict:
    """`lost` and `doubled` name records; `wrong` says what else does not hold; `waiting` what has no fate yet."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)

    @property
    def all(self):
        return [
            *(f"lost: {one}" for one in self.lost),
            *(f"doubled: {one}" for one in self.doubled),
            *(f"not confirmed: {one}" for one in self.waiting),
            *self.wrong,
        ]


def frame(words):
    """One line of a test's log; a torn one is not believed."""
    return f"{words} {zlib.crc32(words.encode()):08x}\n".encode()


def told(log):
    """What the whole lines of a log say."""
    lines = [line.rsplit(" ", 1) for line in log.split("\n")[:-1]]
    return [line[0] for line in lines if len(line) == 2 and f"{zlib.crc32(line[0].encode()):08x}" == line[1]]


def judge(pair, said=()):
    """Compare both ends; `said` are record ids that a program gave out after their commits."""
    verdict = Verdict()
    _uplink(pair, verdict, said)
    _downlink(pair, verdict)
    for store, name in ((pair.store, "station"), (pair.district.store, "district")):
        with store.read() as connection:
            words = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
        if words != "ok":
            verdict.wrong.append(f"{name}: {words}")
    return verdict


def _uplink(pair, verdict, said):
    with pair.store.read() as connection:
        sent = list(
            connection.execute(select(EVENTS.c.rid).where(EVENTS.c.travels != "stays").order_by(EVENTS.c.n)).scalars()
        )
        chain = verify(connection)
        fates = {row.rid: row.state for row in connection.execute(select(SENT_RECORDS))}
        events = set(connection.execute(select(EVENTS.c.ent_id)).scalars())
        rows = set(connection.execute(select(TASKS.c.id)).scalars())
        rows |= set(connection.execute(select(CASES.c.id)).scalars())
    if not chain.whole:
        verdict.wrong.append(f"journal: {chain.words}")
    verdict.lost += [rid for rid in said if rid not in set(sent)]
    order = [(row.inst, row.seq, read_line(row.line).rid) for row in pair.kept(KEPT)]
    arrived = Counter(rid for _, _, rid in order)
    verdict.lost += [rid for rid in sent if rid not in arrived]
    verdict.doubled += [rid for rid, times in arrived.items() if times > 1]
    verdict.wrong += [f"never sent: {rid}" for rid in arrived if rid not in set(sent)]
    place = {rid: n for n, rid in enumerate(sent)}
    for inst in {inst for inst, _, _ in order}:
        came = [place[rid] for of, _, rid in sorted(order) if of == inst and rid in place]
        if came != sorted(came):
            verdict.wrong.append(f"out of order: {inst}")
    verdict.waiting += [f"{rid} {fates.get(rid)}" for rid in sent if fates.get(rid) in (None, "waiting")]
    verdict.wrong += [f"row without event: {row}" for row in rows if row not in events]


def _downlink(pair, verdict):
    inst = pair.station.identity.inst
    answers = [row for row in pair.kept(OUTGOING) if row.inst in ("", inst)]
    settled = {row.rid for row in pair.rows(RECEIVED_RECORDS)}
    verdict.lost += [f"{row.kind} {row.rid}" for row in answers if row.rid not in settled and not row.lazy]
    acked = Counter(
        (row.inst, canonical.load(row.body)["bno"]) for row in pair.kept(OUTGOING, OUTGOING.c.kind == "ack.batch")
    )
    verdict.doubled += [f"ack of batch {bno}" for (_, bno), times in acked.items() if times > 1]
    with pair.store.read() as connection:
        for ent_id, times in connection.execute(
            select(EVENTS.c.ent_id, func.count()).where(EVENTS.c.kind == "case.numbered").group_by(EVENTS.c.ent_id)
        ):
            if times > 1:
                verdict.doubled.append(f"number of {ent_id}")
    views = {row.case_id: row for row in pair.kept(VIEWS)}
    for case in pair.rows(CASES):
        view = views.get(case.id)
        if view is not None and view.district_no and case.district_no != view.district_no:
            verdict.wrong.append(f"{case.id}: {case.district_no} here, {view.district_no} at the district")
