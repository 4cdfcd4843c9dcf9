"""Every order, copies and losses: the state that a disturbed exchange ends in is that of the undisturbed one."""

import itertools
import random
import shutil
import tempfile
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from clerk_tui.channel.faults import BatchFault
from clerk_tui.channel.opening import check
from clerk_tui.district.receiving import find_sender
from clerk_tui.district.tables import BATCHES as DISTRICT_BATCHES
from clerk_tui.district.tables import CASES as VIEWS
from clerk_tui.district.tables import KEPT, LINES, OUTGOING
from clerk_tui.store import canonical
from clerk_tui.store.act import acting
from clerk_tui.store.core import BATCHES, EVENTS, SENT_RECORDS
from clerk_tui.store.verify import verify
from tests.channel.conftest import BAD_NUMBER, GOOD_NUMBER, STATION, fast_folder, make_pair
from tests.channel.oracle import judge

BATCHES_IN_ALL = 6


def sealed(pair):
    """Six batches that rest on one another: cases, a rejected one with its dependants, the correction, endings."""
    case_id = pair.receive()
    pair.exchange()
    wrong = pair.receive(number=BAD_NUMBER)
    pair.exchange()
    pair.bump(wrong, "case.transferred", {"state": "reviewing"}, state="reviewing")
    pair.exchange()
    rid = pair.rows(EVENTS, EVENTS.c.kind == "case.received", EVENTS.c.ent_id == wrong)[0].rid
    pair.event("record.corrected", rid, {"corrects": rid, "fields": {"applicant.number": GOOD_NUMBER}})
    pair.exchange()
    pair.bump(case_id, "case.withdrawn", {"reason": "申请人撤回"}, state="withdrawn")
    pair.exchange()
    pair.receive()
    pair.exchange()
    found = sorted((pair.host / "up/in").iterdir())
    assert len(found) == BATCHES_IN_ALL
    taken = [(path, path.read_bytes()) for path in found]
    for path in found:
        path.unlink()
    return taken


def state_hash(pair):
    """Over everything that does not name the time or the way by which it came."""
    records = sorted((row.rid, row.sha, row.state, row.case_id) for row in pair.kept(KEPT))
    views = sorted(
        tuple(value for key, value in row._mapping.items() if key != "changed_at") for row in pair.kept(VIEWS)
    )
    lines = sorted((row.id, row.next_seq, row.last_n, row.chain, row.last_sha) for row in pair.kept(LINES, LINES.c.id.endswith(":U")))  # fmt: skip
    answers = sorted((row.kind, row.ent_id) for row in pair.kept(OUTGOING))
    return canonical.sha(repr((records, views, lines, answers)))


def again(pair, snapshot):
    """The district as it was before; its engine lives on without connections, so that nothing is compiled anew."""
    pair.district.store.close()
    shutil.rmtree(pair.district.folder)
    shutil.copytree(snapshot, pair.district.folder)


def snapshot_of(pair):
    pair.district.store.close()
    shutil.copytree(pair.district.folder, pair.folder / "district-before")
    return pair.folder / "district-before"


def deliver(pair, files, order):
    for n in order:
        files[n][0].write_bytes(files[n][1])
        pair.serve()


@pytest.fixture
def pair():
    """In memory: here nothing is about the disk."""
    random.seed(1)
    folder = Path(tempfile.mkdtemp(prefix="clerk-tui-schedules-", dir=fast_folder()))
    made = make_pair(folder)
    yield made
    made.store.close()
    made.district.close()
    shutil.rmtree(folder)


@pytest.mark.parts(4)
def test_every_order_of_six_batches_ends_in_the_state_of_the_right_one(pair, part, size, tally):
    files = sealed(pair)
    snapshot = snapshot_of(pair)
    deliver(pair, files, range(BATCHES_IN_ALL))
    wanted = state_hash(pair)
    orders = list(itertools.permutations(range(BATCHES_IN_ALL)))
    mine = random.Random(7).sample(orders, len(orders))[part::4][: size(4, len(orders) // 4)]
    for order in mine:
        again(pair, snapshot)
        deliver(pair, files, order)
        assert state_hash(pair) == wanted, order
    tally.add(orders_of_six=len(mine))


@pytest.mark.parts(4)
def test_random_schedules_with_copies_end_in_the_same_state(pair, part, size, tally):
    files = sealed(pair)
    snapshot = snapshot_of(pair)
    deliver(pair, files, range(BATCHES_IN_ALL))
    wanted = state_hash(pair)
    chance = random.Random(11 + part)
    count, copies = size(3, 250), size(4, 10)
    for _ in range(count):
        again(pair, snapshot)
        order = [n for n in range(BATCHES_IN_ALL) for _ in range(copies)]
        chance.shuffle(order)
        while order:
            some = [order.pop() for _ in range(min(len(order), chance.randint(1, 6)))]
            for n in some:
                files[n][0].write_bytes(files[n][1])
            pair.serve()
        pair.serve()
        assert state_hash(pair) == wanted
    tally.add(schedules=count, copies_in_schedules=count * copies * BATCHES_IN_ALL)


@pytest.mark.parts(4)
def test_half_of_the_acknowledgements_are_lost(pair, part, size, tally):
    """A resend for each lost one and few more: the same bytes, and no second effect."""
    chance = random.Random(5 + part)
    count, lost = size(20, 2_500), 0
    for _ in range(count):
        pair.receive()
        pair.exchange()
        pair.serve()
        for path in [path for part in ("down/out", "down/ack") for path in (pair.host / part).iterdir()]:
            if chance.random() < 0.5:
                path.unlink()
                lost += 1
        pair.exchange()
        pair.clock.pass_minutes(1)
    for _ in range(4):
        pair.clock.pass_minutes(61)
        pair.there_and_back()
    with pair.store.read() as connection:
        rows = connection.execute(select(BATCHES.c.tries, BATCHES.c.records).where(BATCHES.c.direction == "U")).all()
        assert verify(connection).whole
    resent = sum(row.tries - 1 for row in rows)
    verdict = judge(pair)
    tally.add(
        ack_batches=len(rows), acks_lost=lost, ack_resends=resent, lost=len(verdict.lost), doubled=len(verdict.doubled)
    )
    assert {row.state for row in pair.rows(SENT_RECORDS)} == {"ok"}
    assert verdict.all == []
    assert len(pair.kept(VIEWS)) == count
    assert resent <= 1.2 * lost


LARGE_NOTE, LARGE_RECORDS = 2_200, 500


def large_batch(pair):
    """A batch of about 2 MB, in the folder of the station: (its path, its bytes)."""
    chance = random.Random(1)
    with acting(pair.store, pair.by, pair.clock, clock_confirmed=True) as act:
        for n in range(LARGE_RECORDS):
            act.record(
                "case.received",
                f"case-{n}",
                {"note": "".join(map(chr, chance.choices(range(0x4E00, 0x9FA5), k=LARGE_NOTE)))},
                version=1,
            )
    pair.exchange()
    path = max((pair.host / "up/in").iterdir(), key=lambda path: path.stat().st_size)
    for other in (pair.host / "up/in").iterdir():
        if other != path:
            other.unlink()
    content = path.read_bytes()
    assert 1_800_000 < len(content) < 3_000_000
    return path, content


def test_cuts_and_flips_of_a_batch_of_two_megabytes_are_refused(pair, size, tally):
    """Every one by the receiver's own first steps; some lie in the folder too, and are quarantined without a trace."""
    path, whole = large_batch(pair)
    path.unlink()
    before = [pair.kept(table) for table in (KEPT, VIEWS, LINES, OUTGOING)]
    chance = random.Random(3)

    def refused(content):
        try:
            check(content, lambda header: find_sender(pair.district, STATION, header))
        except BatchFault as fault:
            return not fault.signed
        return False

    cuts, flips, served = size(60, 1000), size(200, 10_000), size(5, 100)
    for n in range(cuts):
        cut = whole[: chance.randrange(len(whole))]
        assert refused(cut)
        if n < served:
            path.write_bytes(cut)
            assert pair.serve().taken.quarantined == 1
    damaged = bytearray(whole)
    for n in range(flips):
        place, bit = chance.randrange(len(whole)), 1 << chance.randrange(8)
        damaged[place] ^= bit
        assert refused(bytes(damaged))
        if n < served:
            path.write_bytes(damaged)
            assert pair.serve().taken.quarantined == 1
        damaged[place] ^= bit
    assert [pair.kept(table) for table in (KEPT, VIEWS, LINES, OUTGOING)] == before
    assert not refused(whole)
    tally.add(cuts_of_2_mb=cuts, flips_of_2_mb=flips, of_them_quarantined=2 * served)


def test_flipped_bits_in_the_journal_of_the_store_are_found(pair, size, tally):
    """SQLite itself says "ok" of these: the hash of the row does not."""
    for _ in range(30):
        pair.receive()
    chance = random.Random(9)
    flips = size(30, 1000)
    for _ in range(flips):
        n = chance.randint(2, 31)
        with pair.store.write() as connection:
            [body] = connection.execute(select(EVENTS.c.body).where(EVENTS.c.n == n)).one()
            raw = bytearray(body.encode())
            raw[chance.randrange(len(raw))] ^= 1
            connection.execute(EVENTS.update().where(EVENTS.c.n == n).values(body=raw.decode("utf-8", "replace")))
        with pair.store.read() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert verify(connection).bad == n
        with pair.store.write() as connection:
            connection.execute(EVENTS.update().where(EVENTS.c.n == n).values(body=body))
    tally.add(flips_in_rows=flips)


@pytest.fixture(params=["UTC", "America/New_York", "Australia/Lord_Howe"])
def machine_zone(request, monkeypatch):
    """The zone of the machine, also one with summer time: it must count for nothing."""
    if not hasattr(time, "tzset"):
        pytest.skip("this system has one zone for all programs")
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


SUMMER_TIME_ENDS = {"America/New_York": 1_793_512_800_000, "Australia/Lord_Howe": 1_775_314_800_000}
"""2026-11-01 06:00 and 2026-04-04 15:00 UTC."""


def test_clocks_that_jump_at_either_end_while_acknowledgements_get_lost(pair, machine_zone):
    """A day and ten years either way, 1970, and the hour that comes twice: what was sent at a time that is yet to come is
    sent again all the same."""
    day = 86_400_000
    pair.clock.now = SUMMER_TIME_ENDS.get(machine_zone, pair.clock.now) - 20 * 60_000
    start = pair.clock.now
    district_clock = type(pair.clock)(start)
    object.__setattr__(pair.district, "clock", district_clock)
    for jump in (day, -day, 3650 * day, -3650 * day, -start + 1):
        for clock in (pair.clock, district_clock):
            clock.now = max(1, start + jump)
            pair.receive()
            pair.exchange()
            pair.serve()
            for part in ("down/out", "down/ack"):
                for path in (pair.host / part).iterdir():
                    path.unlink()  # the acknowledgement is lost
            clock.now = start  # and the clock is put right
            for _ in range(3):
                pair.clock.pass_minutes(11)
                district_clock.pass_minutes(11)
                pair.there_and_back()
            start = pair.clock.now = district_clock.now = max(pair.clock.now, district_clock.now)
            assert judge(pair).all == [], jump
    assert {row.state for row in pair.kept(DISTRICT_BATCHES, DISTRICT_BATCHES.c.direction == "U")} == {"applied"}
    assert [row.seq for row in sorted(pair.kept(KEPT), key=lambda row: row.seq)] == list(
        range(1, len(pair.kept(KEPT)) + 1)
    )
    assert pair.exchange().state == "ok"
