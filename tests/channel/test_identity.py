"""Who sent it: wrong, revoked, swapped and foreign keys, other streams, downgrades; stations twice, cloned, put back.

Every case is refused without any change of state, and a person is told where a person has to see to it.
"""

import hashlib
import random
import struct
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyrage import x25519
from sqlalchemy import insert, select, update

from clerk_tui.channel import container, enrolment
from clerk_tui.channel.container import batch_name, pack, unpack
from clerk_tui.channel.keys import OwnKeys, encrypt
from clerk_tui.channel.station import connect
from clerk_tui.channel.sync import exchange_once
from clerk_tui.district.enrolling import approve
from clerk_tui.district.status import overview
from clerk_tui.district.tables import BATCHES as DISTRICT_BATCHES
from clerk_tui.district.tables import CASES as VIEWS
from clerk_tui.district.tables import ENROLLED, KEPT, LINES, OUTGOING
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical
from clerk_tui.store.act import acting
from clerk_tui.store.copying import copy_file
from clerk_tui.store.core import BATCHES, CASES, EVENTS, INSTALLATIONS, RECEIVED_RECORDS, STREAMS, TASKS
from clerk_tui.store.schema import open_store
from tests.channel.conftest import INST, STATION, make_pair, make_station_store

STRANGER = OwnKeys(Ed25519PrivateKey.from_private_bytes(bytes(32)), x25519.Identity.generate())


def facts(pair):
    """Everything that the district believes, without its quarantine."""
    return [
        sorted(map(str, (tuple(row) for row in pair.kept(table)))) for table in (KEPT, VIEWS, LINES, OUTGOING, ENROLLED)
    ]


def here(pair):
    """Everything that the station believes about its district; what a person is told of it is another matter."""
    told = EVENTS.c.kind != "task.opened"
    return [
        sorted(map(str, (tuple(row) for row in pair.rows(table, *where))))
        for table, where in ((CASES, ()), (EVENTS, (told,)), (RECEIVED_RECORDS, ()), (STREAMS, ()))
    ]


def resealed(content, sign, *, trailer=True, **changes):
    """The batch with another header, signed by `sign`."""
    found = unpack(content)
    return pack(replace(found.header, **changes), found.payload, sign)


def with_header(content, old, new, sign):
    """The batch with other bytes in its header, signed all the same."""
    found = unpack(content)
    raw = found.header_bytes.replace(old, new)
    assert raw != found.header_bytes
    body = container.MAGIC + struct.pack(">I", len(raw)) + raw + sign(container.signed_bytes(raw)) + found.payload
    sized = body + struct.pack(">Q", len(body))
    return sized + hashlib.sha256(sized).digest()


def encrypted_for(pair, content, recipient):
    found = unpack(content)
    payload = encrypt(b"x", [recipient])
    header = replace(found.header, length=len(payload), payload_sha=canonical.sha(payload))
    return pack(header, payload, pair.station.keys.sign)


UPLINK = {
    "signed by a stranger who names our key": lambda p, c: resealed(c, STRANGER.sign),
    "signed by a stranger under its own name": lambda p, c: resealed(c, STRANGER.sign, kid=STRANGER.public.sign_kid),
    "signed by us under a stranger's name": lambda p, c: resealed(c, p.station.keys.sign, kid=STRANGER.public.sign_kid),
    "signed with the district's own key": lambda p, c: resealed(c, p.district.keys.sign),
    "another station": lambda p, c: resealed(c, p.station.keys.sign, station="440113001002"),
    "another installation": lambda p, c: resealed(c, p.station.keys.sign, inst="ffffffff"),
    "the other direction": lambda p, c: resealed(c, p.station.keys.sign, direction="D"),
    "another number than inside": lambda p, c: resealed(c, p.station.keys.sign, bno=9),
    "another chain than ours": lambda p, c: resealed(c, p.station.keys.sign, prev_sha="ab" * 32),
    "no profile": lambda p, c: with_header(c, b'"INTL"', b'"NONE"', p.station.keys.sign),
    "the other profile": lambda p, c: with_header(c, b'"INTL"', b'"GM"', p.station.keys.sign),
    "an older format": lambda p, c: with_header(c, b'"PYX/1"', b'"PYX/0"', p.station.keys.sign),
    "a header that is not canonical": lambda p, c: with_header(c, b'{"bno"', b'{ "bno"', p.station.keys.sign),
    "a payload of another batch": lambda p, c: c[: c.index(b"age-enc")] + c[c.index(b"age-enc") :][::-1],
    "no signature": lambda p, c: resealed(c, lambda data: bytes(64)),
}


def put(pair, content):
    """Lay a batch into the uplink under the name that its header asks for."""
    try:
        header = unpack(content).header
        name = batch_name(header.station, header.inst, header.direction, header.bno)
    except Exception:
        name = batch_name(STATION, INST, "U", 2)
    (pair.host / "up/in" / name).write_bytes(content)


@pytest.fixture
def sealed(pair):
    """A pair that has exchanged once, and the bytes of the station's next batch, which did not arrive."""
    pair.receive()
    pair.there_and_back()
    pair.receive()
    pair.exchange()
    [path] = (pair.host / "up/in").iterdir()
    content = path.read_bytes()
    path.unlink()
    return pair, content


@pytest.mark.parametrize("case", UPLINK)
def test_a_batch_that_is_not_the_stations_changes_nothing_at_the_district(sealed, case):
    pair, content = sealed
    before = facts(pair)
    put(pair, UPLINK[case](pair, content))
    taken = pair.serve().taken
    assert (taken.batches, taken.records) == (0, 0)
    stopped = {"another chain than ours"}  # signed by the station: a fork, for a person
    after = facts(pair)
    if case in stopped:
        assert overview(pair.district)["stations"][0]["stopped"]
        assert (after[0], after[1], after[3]) == (before[0], before[1], before[3])
    elif case == "another number than inside":
        assert taken.parked == 1 and (after[0], after[1]) == (before[0], before[1])
    else:
        assert taken.quarantined == 1 and after == before
        (pair.host / "up/in" / batch_name(STATION, INST, "U", 2)).write_bytes(content)
        assert pair.serve().taken.batches == 1  # the right one still goes in


def test_a_station_that_was_closed_sends_nothing_any_more(sealed):
    """And that is told from a stranger: its signature holds, and a person may have to enter what only it knows."""
    pair, content = sealed
    old = (pair.host / "up/in") / batch_name(STATION, INST, "U", 1)
    old_content = pair.rows(BATCHES, BATCHES.c.name == old.name)[0].content
    with pair.district.store.write() as connection:
        connection.execute(update(ENROLLED).values(closed_at=pair.clock.now))
    before = facts(pair)
    put(pair, content)
    pair.serve()
    assert facts(pair) == before
    [told] = overview(pair.district)["quarantined"]
    assert told["code"] == "retired" and INST in told["words"] and "请站点核对" in told["advice"]
    old.write_bytes(old_content)
    assert pair.serve().taken.known == 1 and not old.exists()  # a stick that was carried before: nothing to see to
    put(pair, resealed(content, STRANGER.sign))
    pair.serve()
    assert overview(pair.district)["quarantined"][0]["code"] == "signature"


def test_what_the_old_installation_sent_last_is_taken_before_the_new_one_replaces_it(pair, tmp_path):
    """The backup is of last night; this morning's batch lies at the front-end host and is nowhere else."""
    morning = pair.receive()
    pair.exchange()
    with pair.store.write() as connection:  # as a restore does
        connection.execute(update(INSTALLATIONS).values(closed_at=pair.clock.now))
        connection.execute(
            insert(INSTALLATIONS).values(inst="0badcafe", hall_id=pair.by.hall_id, made_at=pair.clock.now)
        )
    enrolment.write_request(pair.store, pair.folder / "keys", tmp_path / "request.json", clock=pair.clock)
    approve(pair.district, tmp_path / "request.json", tmp_path / "approval.json", replace=True)
    assert [row.ent_id for row in pair.kept(KEPT, KEPT.c.kind == "case.received")] == [morning]
    assert pair.serve().taken.quarantined == 0


def test_a_batch_for_other_eyes_is_refused_as_a_whole_and_told(sealed):
    pair, content = sealed
    put(pair, encrypted_for(pair, content, STRANGER.public.decrypt))
    before = facts(pair)
    assert pair.serve().taken.refused == 1
    after = facts(pair)
    assert (after[0], after[1]) == (before[0], before[1])
    assert overview(pair.district)["stations"][0]["stopped"]


DOWNLINK = {
    "signed by a stranger": lambda p, c: resealed(c, STRANGER.sign),
    "signed by a stranger under its own name": lambda p, c: resealed(c, STRANGER.sign, kid=STRANGER.public.sign_kid),
    "signed by the station itself": lambda p, c: resealed(c, p.station.keys.sign),
    "for another station": lambda p, c: resealed(c, p.district.keys.sign, station="440113001002"),
    "for another installation": lambda p, c: resealed(c, p.district.keys.sign, inst="ffffffff"),
}


@pytest.mark.parametrize("case", DOWNLINK)
def test_a_batch_that_is_not_the_districts_changes_nothing_at_the_station(pair, case):
    pair.receive(power="department", state="received")
    pair.exchange()
    pair.serve(automatic=True)
    [path] = [path for folder in ("down/out", "down/ack") for path in (pair.host / folder).iterdir()]
    content = path.read_bytes()
    path.write_bytes(DOWNLINK[case](pair, content))
    before = here(pair)
    report = pair.exchange()
    assert report.applied == 0 and report.state == "faulty"
    after = here(pair)
    assert after[:3] == before[:3]
    assert "没有采用" in report.words and "损坏" not in report.words
    assert pair.exchange().state == "faulty"  # and once more, with the file still there
    [task] = pair.rows(TASKS)
    assert task.words == report.words and task.case_id is None
    path.write_bytes(content)
    assert pair.exchange().applied == 1


def test_an_installation_that_was_replaced_hears_of_its_successor(pair):
    """The old machine runs on after its store was restored on another: whoever sits there must not read of impostors."""
    pair.receive()
    pair.there_and_back()
    [path] = pair.host.glob("down/*/*.pyx")
    theirs = resealed(path.read_bytes(), pair.district.keys.sign, inst="0badcafe", bno=1)
    (path.parent / batch_name(STATION, "0badcafe", "D", 1)).write_bytes(theirs)
    report = pair.exchange()
    assert "另一个安装 0badcafe" in report.words and "冒充" not in report.words
    assert [task.code for task in pair.rows(TASKS)] == ["other_installation"]
    assert [row.resend_from for row in pair.rows(STREAMS, STREAMS.c.id == pair.station.down)] == [
        0
    ]  # nothing is missing


def test_thousands_of_foreign_files_are_one_thing_to_see_to_and_a_closed_one_stays_closed(pair):
    pair.receive()
    pair.there_and_back()
    [path] = pair.host.glob("down/*/*.pyx")
    content = path.read_bytes()
    for bno in range(20, 30):
        (path.parent / batch_name(STATION, INST, "D", bno)).write_bytes(resealed(content, STRANGER.sign, bno=bno))
    for _ in range(2):
        assert pair.exchange().state == "faulty"
        assert len(pair.rows(TASKS)) == 1
    with acting(pair.store, pair.by, pair.clock) as act:
        act.connection.execute(update(TASKS).values(closed_at=pair.clock.now))
    for bno in range(21, 30):
        (path.parent / batch_name(STATION, INST, "D", bno)).unlink()
    pair.exchange()
    assert len(pair.rows(TASKS)) == 1


def test_a_batch_of_the_district_that_cannot_be_opened_here_is_told(pair):
    """Signed by the district and encrypted for somebody else: no resend of the same bytes mends that."""
    pair.receive()
    pair.exchange()
    pair.serve()
    [path] = pair.host.glob("down/*/*.pyx")
    found = unpack(path.read_bytes())
    payload = encrypt(b"x", [STRANGER.public.decrypt])
    header = replace(found.header, length=len(payload), payload_sha=canonical.sha(payload))
    path.write_bytes(pack(header, payload, pair.district.keys.sign))
    report = pair.exchange()
    assert (report.state, report.applied) == ("faulty", 0)
    [task] = pair.rows(TASKS)
    assert task.code == "decrypt" and "请与区里核对" in task.words


def test_the_table_has_its_twenty_cases():
    assert len(UPLINK) + len(DOWNLINK) + 2 >= 20


def some_work(pair, chance):
    for _ in range(chance.randint(1, 3)):
        for _ in range(chance.randint(1, 3)):
            pair.receive()
        pair.there_and_back()


def copied(pair, name):
    target = pair.folder / name
    copy_file(pair.store.path, target)
    return target


def same_number_twice(pair, chance):
    """Another machine of the same hall, made anew with the same code: it is refused until an administrator says so."""
    some_work(pair, chance)
    other = make_station_store(pair.folder / "twin.db", pair.by, pair.clock, inst="0badcafe")
    request = pair.folder / "twin-request.json"
    enrolment.write_request(other, pair.folder / "twin-keys", request, clock=pair.clock)
    before = facts(pair)
    with pytest.raises(Refusal, match="station_enrolled"):
        approve(pair.district, request, pair.folder / "twin-approval.json")
    with pytest.raises(Refusal, match="not_enrolled"):
        connect(other, str(pair.host), pair.folder / "twin-keys", clock=pair.clock)
    assert facts(pair) == before
    other.close()


def a_cloned_disk(pair, chance):
    """Two machines go on from one store: found with the first batch that both sealed under one number."""
    some_work(pair, chance)
    clone = open_store(copied(pair, "clone.db"), clock_ms=pair.clock.now)
    some_work(pair, chance)
    before = {row.rid for row in pair.kept(KEPT)}
    with acting(clone, pair.by, pair.clock, clock_confirmed=True) as act:
        act.record("case.received", "case-clone", {"receipt_no": "x"}, version=1)
    twin = replace(pair.station, store=clone)
    report = exchange_once(twin, send_now=True, program="clone")
    pair.serve()
    told = overview(pair.district)["stations"][0]["stopped"] or report.state == "stopped"
    assert told
    assert {row.rid for row in pair.kept(KEPT)} == before
    clone.close()


def an_old_backup(pair, chance):
    """The store is put back by hand: found by the next manifest, before anything of it goes in."""
    some_work(pair, chance)
    old = open_store(copied(pair, "old.db"), clock_ms=pair.clock.now)
    some_work(pair, chance)
    before = {row.rid for row in pair.kept(KEPT)}
    back = replace(pair.station, store=old)
    states = []
    for n in range(3):
        with acting(old, pair.by, pair.clock, clock_confirmed=True) as act:
            act.record("case.received", f"case-old-{n}", {"receipt_no": "x"}, version=1)
        states.append(exchange_once(back, send_now=True, program="old").state)
        pair.serve()
    assert "stopped" in states or overview(pair.district)["stations"][0]["stopped"]
    assert {row.rid for row in pair.kept(KEPT)} == before
    with old.read() as connection:
        tasks = [task.kind for task in connection.execute(select(TASKS))]
    assert "fork" in tasks or overview(pair.district)["stations"][0]["stopped"]
    old.close()


@pytest.mark.parametrize("scenario", [same_number_twice, a_cloned_disk, an_old_backup])
def test_two_of_one_station_are_found_within_one_batch(tmp_path, size, tally, scenario):
    times = size(2, 50)
    for seed in range(times):
        pair = make_pair(tmp_path / str(seed))
        scenario(pair, random.Random(seed))
        pair.store.close()
        pair.district.store.close()
    tally.add(**{scenario.__name__: times})


def test_a_batch_that_was_applied_is_not_taken_from_the_archive_again(pair):
    pair.receive()
    pair.exchange()
    [path] = (pair.host / "up/in").iterdir()
    content = path.read_bytes()
    pair.serve()
    pair.exchange()
    before = facts(pair)[:2]
    for _ in range(5):
        path.write_bytes(content)
        assert pair.serve().taken.known == 1
    assert facts(pair)[:2] == before
    assert len(pair.kept(DISTRICT_BATCHES, DISTRICT_BATCHES.c.direction == "U")) == 1
    assert pair.rows(BATCHES, BATCHES.c.direction == "U")[0].state == "applied"
