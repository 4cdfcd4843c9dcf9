"""Spoils batches at random for a while and says what became of them: `python fuzz.py FOLDER WHAT SECONDS SEED`.

WHAT: `outer` (bytes of the file, mostly with the trailer repaired), `inner` (the text inside a batch that is properly
signed), `uplink` (records whose hashes hold, with any content, taken in by a district), `downlink` (the same from the
district, applied by a station). Seconds are those of the processor. Whatever is not an orderly refusal ends the program.
"""

import contextlib
import hashlib
import itertools
import json
import random
import shutil
import struct
import sys
import time
from collections import Counter
from functools import lru_cache
from pathlib import Path

import zstandard
from sqlalchemy import func, select

from clerk_tui.catalog import calendars, load
from clerk_tui.channel import container, reconciling
from clerk_tui.channel.container import Header, batch_name
from clerk_tui.channel.faults import BatchFault, StreamStopped
from clerk_tui.channel.keys import encrypt
from clerk_tui.channel.opening import check, read
from clerk_tui.channel.payload import Manifest
from clerk_tui.channel.records import line_of
from clerk_tui.channel.status import status
from clerk_tui.channel.writing import chained, pack_batch
from clerk_tui.desk import appointments, case_reading, history, pickup_reads, tasks
from clerk_tui.desk.context import Desk
from clerk_tui.district import answering
from clerk_tui.district.outgoing import answer
from clerk_tui.district.receiving import find_sender
from clerk_tui.district.tables import CASES as VIEWS
from clerk_tui.district.tables import KEPT, LINES, OUTGOING
from clerk_tui.resources import data_folder
from clerk_tui.store import canonical
from clerk_tui.store.act import record_sha
from clerk_tui.store.core import CASES, EVENTS, RECEIVED_RECORDS
from tests.channel.conftest import BAD_NUMBER, GOOD_NUMBER, INST, MONDAY, STATION, make_pair
from tests.channel.hostile import peak_mb

ODD = [
    None, True, False, 0, 1, -1, 2**31, 2**53 - 1, "", " ", "x" * 201, "\0", "\x1b[2J", "‮文", "９", "a.b.c", [], {}, [1],
    [[]], {"a": 1}, {"a": {"b": []}}, ["x", 1, "y"], "2025-13-45", "9999-12-31", "-1", "1e9", "case", "\U0010ffff",
]  # fmt: skip
ODD.append(json.loads("[" * 60 + "]" * 60))

APPLICANT = {"kind": "person", "id": "p1", "name": "陈大文", "number_kind": "resident_id", "number": GOOD_NUMBER}
RECEIVED = {
    "receipt_no": "SQ01-20251124-0001", "item_key": "gaoling-jintie", "item_name": "高龄津贴申领", "applicant": APPLICANT,
    "accept_power": "hall", "state": "accepted", "result_kind": "paper", "result_name": "核准表", "owed": [],
}  # fmt: skip
UPLINK = {
    "case.received": RECEIVED,
    "case.accepted": RECEIVED,
    "case.transferred": {"state": "reviewing"},
    "case.decided": {"decision": "granted", "state": "decided"},
    "case.corrected": {"changes": [{"field": "applicant.number", "before": BAD_NUMBER, "after": GOOD_NUMBER}]},
    "record.corrected": {"corrects": "rid-0", "fields": {"applicant.number": GOOD_NUMBER}},
    "person.corrected": {"after": {"number": GOOD_NUMBER}},
    "owed.recorded": {"case_id": "case-1", "name": "户口簿"},
    "owed.supplied": {"case_id": "case-1", "name": "户口簿"},
    "result.received": {"case_id": "case-1", "name": "核准表", "state": "ready", "relation": "self"},
    "result.handed_over": {"case_id": "case-1", "relation": "self"},
    "handover.voided": {"case_id": "case-1"},
    "fee.paid": {"case_id": "case-1", "paid_fen": 500},
    "reconcile.stated": {"days": [["2025-11-23", 3, "ab" * 32]], "confirmed_n": 3},
    "record.resent": {"line": "{}", "rid": "rid-0"},
}
"""Bodies of the kinds that the reference district reads, as stations write them."""


class Spoiler:
    """Makes something odd of something honest."""

    def __init__(self, seed):
        self.chance = random.Random(seed)

    def of(self, value, depth=0):
        """The value with one thing in it changed."""
        chance = self.chance
        if isinstance(value, dict) and value and chance.random() < 0.85 and depth < 6:
            found, key = dict(value), chance.choice(sorted(value))
            turn = chance.random()
            if turn < 0.15:
                del found[key]
            elif turn < 0.25:
                found[chance.choice(["x", "", "名", "id", "number", "days", "\0"])] = chance.choice(ODD)
            else:
                found[key] = self.of(found[key], depth + 1)
            return found
        if isinstance(value, list) and value and chance.random() < 0.7 and depth < 6:
            found, place = list(value), chance.randrange(len(value))
            turn = chance.random()
            if turn < 0.15:
                del found[place]
            elif turn < 0.3:
                found.insert(place, found[place])
            else:
                found[place] = self.of(found[place], depth + 1)
            return found
        return chance.choice(ODD)

    def rarely(self, value, others):
        return value if self.chance.random() < 0.98 else self.chance.choice(others)

    def often(self, value):
        for _ in range(self.chance.choice([0, 1, 1, 2, 3])):
            value = self.of(value)
        return value

    def bytes(self, content):
        """The bytes with one stretch flipped, cut, doubled, moved, or replaced."""
        chance, found = self.chance, bytearray(content)
        for _ in range(chance.choice([1, 1, 1, 2, 5])):
            if not found:
                return b""
            place, length = chance.randrange(len(found)), chance.choice([1, 1, 2, 4, 16, 300])
            part = found[place : place + length]
            match chance.randrange(6):
                case 0:
                    found[place] ^= 1 << chance.randrange(8)
                case 1:
                    del found[place : place + length]
                case 2:
                    found[place:place] = part
                case 3:
                    found[place : place + length] = chance.randbytes(len(part))
                case 4:
                    found[place : place + length] = bytes([chance.choice(b'\0\xff{}[]",:\n019')]) * len(part)
                case 5:
                    to = chance.randrange(len(found))
                    found[to : to + len(part)] = part
        return bytes(found)


def resized(content):
    """With a length and a hash at the end that hold."""
    body = content[: -container.TRAILER_BYTES]
    sized = body + struct.pack(">Q", len(body))
    return sized + hashlib.sha256(sized).digest()


def honest(pair):
    """One honest batch that lies in the folder, and its plain text."""
    pair.receive()
    pair.receive(number=BAD_NUMBER)
    pair.exchange()
    [path] = (pair.host / "up/in").iterdir()
    content = path.read_bytes()
    packed = pair.district.keys.decrypt(container.unpack(content).payload)
    return content, zstandard.ZstdDecompressor().decompress(packed, max_output_size=1 << 24)


def outcome(pair, content):
    """What the receiver's own steps say of a file."""
    try:
        read(check(content, lambda header: find_sender(pair.district, STATION, header)), pair.district.keys.decrypt)
    except (BatchFault, StreamStopped) as fault:
        return fault.code
    return "taken"


def outer(pair, spoiler):
    content, _ = honest(pair)
    found = container.unpack(content)
    while True:
        turn = spoiler.chance.random()
        if turn < 0.2:
            made = spoiler.bytes(content)
        elif turn < 0.5:
            made = resized(spoiler.bytes(content))
        else:  # the sender itself signs a header that does not hold
            raw = spoiler.bytes(found.header_bytes)
            if turn < 0.75:
                raw = canonical.dump(spoiler.often(canonical.load(found.header_bytes))).encode()
            sign = pair.station.keys.sign(container.signed_bytes(raw))
            made = resized(
                container.MAGIC
                + struct.pack(">I", len(raw))
                + raw
                + sign
                + found.payload
                + bytes(container.TRAILER_BYTES)
            )
        said = outcome(pair, made)
        if said == "taken":  # its own sender changed nothing that counts
            assert container.unpack(made).payload == found.payload
            assert container.unpack(made).header.bno == found.header.bno
        yield said


def inner(pair, spoiler):
    content, plain = honest(pair)
    header = container.unpack(content).header
    lines = plain.decode().splitlines()
    wanted = [canonical.load(line)["sha"] for line in lines[1:-1]]
    while True:
        turn = spoiler.chance.random()
        if turn < 0.4:
            made = spoiler.bytes(plain)
        else:
            place = spoiler.chance.randrange(len(lines))
            some = list(lines)
            some[place] = canonical.dump(spoiler.often(canonical.load(lines[place])))
            made = ("\n".join(some) + "\n").encode()
        packed = zstandard.ZstdCompressor(level=1).compress(made)
        if turn > 0.95:
            packed = spoiler.bytes(packed)
        sealed = encrypt(packed, [pair.station.district.decrypt])
        values = header.__dict__ | {"length": len(sealed), "payload_sha": canonical.sha(sealed)}
        content = container.pack(Header(**values), sealed, pair.station.keys.sign)
        said = outcome(pair, content)
        if said == "taken":  # at most with more in it than this program knows
            again = read(container.unpack(content), pair.district.keys.decrypt)
            assert [record.sha for record in again.records] == wanted
        yield said


def uplink(pair, spoiler):
    """Batches of a station that is enrolled and says anything at all."""
    own, partner = pair.station.keys, pair.station.district
    pair.there_and_back()
    line_id = f"{STATION}:{INST}:U"
    for turn in itertools.count():
        with pair.district.store.read() as connection:
            line = connection.execute(select(LINES).where(LINES.c.id == line_id)).one()
            cursor = connection.execute(
                select(LINES.c.next_bno).where(LINES.c.id == f"{STATION}:{INST}:D")
            ).scalar_one()
        chain, lines, some = line.chain, [], spoiler.chance.randint(1, 4)
        for n in range(some):
            event = spoiled_event(spoiler, f"rid-{turn}-{n}")
            lines.append(line_of(event, line.next_seq + n))
            chain = chained(chain, event["sha"])
        honest_results = [{"rid": "rid-0", "code": "conflict", "words": "x"}]
        results = spoiler.rarely(honest_results, [[], *(spoiler.of(honest_results) for _ in range(5))])
        made = Manifest(
            station=STATION, inst=INST, direction="U", bno=line.next_bno, kid=own.public.sign_kid,
            first_seq=line.next_seq, last_seq=line.next_seq + some - 1, count=some, n=line.last_n + some, head=chain,
            created=spoiler.chance.choice([0, MONDAY, 2**53 - 1]), clk="b:1", app="1", catalogue="",
            cursor=spoiler.rarely(cursor, [0, cursor + 1, 2**53 - 1]),
            resend_from=spoiler.rarely(0, [1, cursor, 2**53 - 1]),
            results=tuple(results) if isinstance(results, list) else (),
        )  # fmt: skip
        (pair.host / "up/in" / batch_name(STATION, INST, "U", line.next_bno)).write_bytes(
            pack_batch(made, lines, line.last_sha, own, partner)
        )
        done = pair.serve()
        assert done.trouble == "", done.trouble
        with pair.district.store.read() as connection:
            after = connection.execute(select(LINES).where(LINES.c.id == line_id)).one()
        if after.state != "open":
            yield f"stopped: {after.reason}"
            return  # another pair begins where this stream ended
        kept = pair.kept(KEPT, KEPT.c.bno == line.next_bno)
        assert done.taken.batches == 1 and len(kept) <= some + some  # each, and what it brought again
        yield from ({f"record {row.state}" for row in kept} or {"no record"})
        pair.clock.now += 1000


def spoiled_event(spoiler, rid):
    """An event whose own hash holds."""
    chance = spoiler.chance
    kind = chance.choice(sorted(UPLINK))
    body = UPLINK[kind]
    if kind == "record.resent":
        again = spoiled_event(spoiler, f"{rid}-again")
        body = body | {"line": canonical.dump(line_of(again, chance.choice([0, 1, 7])))}
    body = spoiler.often(body) if kind != "record.resent" else spoiler.rarely(body, [{}, {"line": 1}, {"line": "{}"}])
    ent = kind.split(".")[0]
    event = {
        "rid": rid if chance.random() < 0.97 else "rid-0-0", "kind": kind, "v": 1, "ent": ent,
        "ent_id": chance.choice([*(f"case-{chance.randrange(500)}" for _ in range(4)), "p1", "\0", "", "x" * 150]), "ent_ver": 1, "base_ver": 0,
        "at": MONDAY, "clk": "b007:123", "clerk_id": "c1", "travels": "whole",
        "body": canonical.dump(body if isinstance(body, dict) else {"x": body}), "salt": "5a17",
    }  # fmt: skip
    if chance.random() < 0.2:
        event[chance.choice(["ent_ver", "base_ver", "at", "v"])] = chance.choice([0, 2**31, 2**53 - 1])
    if chance.random() < 0.1:
        event[chance.choice(["clk", "clerk_id", "kind"])] = chance.choice(["", "\0", "x" * 200, "‮"])
    return event | {"sha": record_sha(event)}


def downlink(pair, spoiler):
    """Answers of a district that is the right one and says anything at all."""
    cases = [pair.receive(power="department", state="received") for _ in range(3)]
    pair.there_and_back()
    said_before, seen = seeds(pair, cases), 0
    desk = Desk(
        pair.store, catalogue(), calendars.load(), "hall-1", "市桥街道政务服务中心", "市桥", "SQ01", STATION, INST,
        clock=pair.clock,
    )  # fmt: skip
    while True:
        for _ in range(spoiler.chance.randint(1, 4)):
            kind, ent_id, body = spoiler.chance.choice(said_before)
            body = spoiler.often(body)
            with pair.district.store.write() as connection:
                answer(
                    connection, STATION, kind, spoiler.chance.choice([ent_id, *cases, "\0", "nobody"]),
                    body if isinstance(body, dict) else {"x": body}, now=pair.clock.now,
                )  # fmt: skip
        pair.serve()
        report = pair.exchange()
        assert report.state in ("ok", "stopped"), report
        shown(desk, pair, cases)
        yield f"exchange {report.state}"
        if report.state == "stopped":
            return
        yield from {f"record {row.state}" for row in pair.rows(RECEIVED_RECORDS, RECEIVED_RECORDS.c.seq > seen)}
        with pair.store.read() as connection:
            seen = connection.execute(select(func.max(RECEIVED_RECORDS.c.seq))).scalar_one()
        pair.clock.now += 1000


def shown(desk, pair, cases):
    """What a clerk opens next: rows with their days, histories, tasks, results, the channel's own page."""
    with pair.store.read() as connection:
        for row in connection.execute(select(CASES).where(CASES.c.id.in_(cases))):
            case_reading.row_within(desk, row)
            case_reading._clock(desk, connection, row)
            history.of_case(connection, row.id)
        reconciling.outcome(connection)
    tasks.open_tasks(desk, pair.by)
    pickup_reads.coming(desk, pair.by)
    appointments.of_day(desk, pair.by, day="2025-11-25")
    status(pair.store, clock=pair.clock)


@lru_cache(maxsize=1)
def catalogue():
    return load.load(data_folder() / "catalog")


def seeds(pair, cases):
    """Every kind of answer that the reference district gives, and the others that a station reads."""
    case = pair.kept(VIEWS, VIEWS.c.case_id == cases[0])[0]
    answering.number(pair.district, case)
    answering.accept(pair.district, case, promised_due="2025-12-08", statutory_due="2025-12-22")
    answering.stage(pair.district, case, "审查")
    answering.suspend(pair.district, case, "现场勘查", days=5, reason="x")
    answering.resume(pair.district, case)
    answering.decide(pair.district, case, "granted", "")
    answering.result_ready(pair.district, case)
    found = [
        (row.kind, row.ent_id, canonical.load(row.body))
        for row in pair.kept(OUTGOING)
        if not row.kind.startswith("keys")
    ]
    found += [
        ("case.prolonged", cases[0], {"days": 5, "from_date": "2025-11-24", "reason": "x", "approver": "y"}),
        ("ack.records", INST, {"records": [{"rid": pair.rows(EVENTS)[-1].rid, "code": "HOLD", "words": "x"}]}),
        ("appointment.granted", "a1", {
            "code": "A1", "day": "2025-11-25", "slot_start_at": MONDAY, "slot_end_at": MONDAY, "category": "x",
            "name": "陈大文", "phone": "1", "item_key": "x"}),
        ("calendar.published", "2027", {"year": 2027, "notice": "x", "off": ["2027-01-01"], "work": ["2027-01-03"]}),
        ("list.slice", "credit", {"kind": "credit", "version": "v1", "number": 1, "entries": {"a": {"b": 1}}}),
        ("list.current", "credit", {"kind": "credit", "version": "v1", "base": "", "slices": 1}),
        ("reconcile.answered", INST, {
            "days": 1, "confirmed_n": 3,
            "differ": [{"day": "2025-11-23", "count": 1, "rids": ["rid:abcdef01"], "whole": True}]}),
        ("later.kind", "x", {"a": 1}),
    ]  # fmt: skip
    return found


def main(folder, what, seconds, seed):
    spoiler, counts, tries, worlds = Spoiler(int(seed)), Counter(), 0, 0
    until = time.process_time() + float(seconds)
    while time.process_time() < until:
        place = Path(folder) / f"world{worlds}"
        worlds += 1
        pair = make_pair(place)
        with contextlib.closing(pair.store), contextlib.closing(pair.district):
            for said in {"outer": outer, "inner": inner, "uplink": uplink, "downlink": downlink}[what](pair, spoiler):
                counts[said] += 1
                tries += 1
                if time.process_time() > until:
                    break
            settled(pair)
        shutil.rmtree(place)
    sys.stdout.write(json.dumps({"tries": tries, "worlds": worlds, "said": counts, "peak": peak_mb()}))


def settled(pair):
    """Whatever was said, both databases hold together."""
    for store, table in ((pair.store, CASES), (pair.store, RECEIVED_RECORDS), (pair.district.store, KEPT)):
        with store.read() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            connection.execute(select(func.count()).select_from(table)).scalar_one()


if __name__ == "__main__":
    main(*sys.argv[1:])
