"""Every order, copies and losses: the state that a disturbed exchange ends in is that of the undisturbed one."""

import itertools
import random
import shutil

from sqlalchemy import select

from clerk_tui.channel.faults import BatchFault
from clerk_tui.channel.opening import check
from clerk_tui.district.place import open_district
from clerk_tui.district.receiving import find_sender
from clerk_tui.district.tables import BATCHES as DISTRICT_BATCHES
from clerk_tui.district.tables import CASES as VIEWS
from clerk_tui.district.tables import KEPT, LINES, OUTGOING
from clerk_tui.store import canonical
from clerk_tui.store.core import BATCHES, EVENTS, SENT_RECORDS
from clerk_tui.store.verify import verify
from tests.channel.conftest import BAD_NUMBER, GOOD_NUMBER, STATION
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
    """The district as it was before."""
    pair.district.store.close()
    shutil.rmtree(pair.district.folder)
    shutil.copytree(snapshot, pair.district.folder)
    pair.district = open_district(pair.district.folder, clock=pair.clock)


def snapshot_of(pair):
    pair.district.store.close()
    shutil.copytree(pair.district.folder, pair.folder / "district-before")
    pair.district = open_district(pair.district.folder, clock=pair.clock)
    return pair.folder / "district-before"


def deliver(pair, files, order):
    for n in order:
        files[n][0].write_bytes(files[n][1])
        pair.serve()


def test_every_order_of_six_batches_ends_in_the_state_of_the_right_one(pair, long_set):
    files = sealed(pair)
    snapshot = snapshot_of(pair)
    deliver(pair, files, range(BATCHES_IN_ALL))
    wanted = state_hash(pair)
    orders = list(itertools.permutations(range(BATCHES_IN_ALL)))
    for order in orders if long_set else orders[7::180]:
        again(pair, snapshot)
        deliver(pair, files, order)
        assert state_hash(pair) == wanted, order


def test_random_schedules_with_copies_end_in_the_same_state(pair, long_set, tally):
    files = sealed(pair)
    snapshot = snapshot_of(pair)
    deliver(pair, files, range(BATCHES_IN_ALL))
    wanted = state_hash(pair)
    chance = random.Random(11)
    count = 1000 if long_set else 3
    for _ in range(count):
        again(pair, snapshot)
        order = [n for n in range(BATCHES_IN_ALL) for _ in range(10 if long_set else 4)]
        chance.shuffle(order)
        while order:
            some = [order.pop() for _ in range(min(len(order), chance.randint(1, 6)))]
            for n in some:
                files[n][0].write_bytes(files[n][1])
            pair.serve()
        pair.serve()
        assert state_hash(pair) == wanted
    tally.note(f"schedules: {count} random ones with copies, all in the same state")


def test_half_of_the_acknowledgements_are_lost(pair, long_set, tally):
    """A resend for each lost one and few more: the same bytes, and no second effect."""
    chance = random.Random(5)
    count, lost = (10_000 if long_set else 20), 0
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
    assert {row.state for row in pair.rows(SENT_RECORDS)} == {"ok"}
    assert judge(pair).all == []
    assert len(pair.kept(VIEWS)) == count
    tally.note(f"lost acknowledgements: {lost} of {count} rounds, {resent} batches sent again")
    assert resent <= 1.2 * lost


def test_a_thousand_cuts_and_flips_of_a_large_batch_are_refused(pair, long_set):
    for _ in range(200):
        pair.receive()
    pair.exchange()
    [path] = (pair.host / "up/in").iterdir()
    whole = path.read_bytes()
    chance = random.Random(3)

    def refused(content):
        try:
            check(content, lambda header: find_sender(pair.district, STATION, header))
        except BatchFault:
            return True
        return False

    for _ in range(1000 if long_set else 60):
        assert refused(whole[: chance.randrange(len(whole))])
    for _ in range(10_000 if long_set else 200):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        assert refused(bytes(damaged))
    assert not refused(whole)


def test_flipped_bits_in_the_journal_of_the_store_are_found(pair, long_set):
    """SQLite itself says "ok" of these: the hash of the row does not."""
    for _ in range(30):
        pair.receive()
    chance = random.Random(9)
    for _ in range(200 if long_set else 30):
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


def test_clocks_that_jump_at_either_end_while_acknowledgements_get_lost(pair):
    """A day and ten years either way, and 1970: what was sent at a time that is yet to come is sent again all the same."""
    day = 86_400_000
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
    assert [row.state for row in pair.kept(DISTRICT_BATCHES, DISTRICT_BATCHES.c.direction == "U")]
