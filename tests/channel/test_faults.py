"""What goes wrong between the two: files torn, lost, doubled, reordered, forged, forked; nothing is lost or done twice."""

import itertools
import random
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import delete, func, select

from clerk_tui.channel import enrolment, lease
from clerk_tui.channel.container import GENESIS_SHA
from clerk_tui.channel.faults import BatchFault
from clerk_tui.channel.opening import check
from clerk_tui.channel.sealing import seal_all
from clerk_tui.channel.station import connect
from clerk_tui.channel.status import status
from clerk_tui.channel.sync import exchange_once
from clerk_tui.district import answering
from clerk_tui.district.enrolling import approve
from clerk_tui.district.place import QUARANTINE
from clerk_tui.district.receiving import find_sender
from clerk_tui.district.status import overview
from clerk_tui.district.tables import BATCHES as DISTRICT_BATCHES
from clerk_tui.district.tables import CASES as VIEWS
from clerk_tui.district.tables import KEPT, LINES, QUARANTINED
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical
from clerk_tui.store.act import acting
from clerk_tui.store.copying import copy_file
from clerk_tui.store.core import BATCHES, CASES, EVENTS, INSTALLATIONS, RECEIVED_RECORDS, SENT_RECORDS, STREAMS, TASKS
from clerk_tui.store.schema import GENESIS, open_store


def up_files(pair):
    return sorted((pair.host / "up/in").iterdir())


def down_files(pair):
    return sorted(path for folder in ("down/out", "down/ack") for path in (pair.host / folder).iterdir())


def sealed_batches(pair, count):
    """Send `count` batches of one case each and take the files away; returns them with their bytes."""
    found = []
    for _ in range(count):
        pair.receive()
        pair.exchange()
    for path in up_files(pair):
        found.append((path, path.read_bytes()))
        path.unlink()
    return found


def ledger(pair):
    """The sender's own list of what must be at the district: the oracle."""
    with pair.store.read() as connection:
        return list(
            connection.execute(select(EVENTS.c.rid).where(EVENTS.c.travels != "stays").order_by(EVENTS.c.n)).scalars()
        )


def received(pair):
    return [row.rid for row in sorted(pair.kept(KEPT), key=lambda row: row.seq)]


def settle(pair, rounds=3):
    for _ in range(rounds):
        pair.there_and_back()


def test_every_order_of_four_batches_ends_in_the_same_state(pair):
    files = sealed_batches(pair, 4)
    snapshot = pair.folder / "district-before"
    shutil.copytree(pair.district.folder, snapshot)
    wanted = ledger(pair)
    for order in itertools.permutations(range(4)):
        pair.district.store.close()
        shutil.rmtree(pair.district.folder)
        shutil.copytree(snapshot, pair.district.folder)
        for i in order:
            files[i][0].write_bytes(files[i][1])
            pair.serve()
            files[i][0].write_bytes(files[i][1])  # and once more
            pair.serve()
        assert received(pair) == wanted
        assert [row.state for row in pair.kept(DISTRICT_BATCHES, DISTRICT_BATCHES.c.direction == "U")] == [
            "applied"
        ] * 4
        assert up_files(pair) == []


def test_a_gap_is_parked_asked_for_and_filled_by_a_resend_of_the_same_bytes(pair):
    files = sealed_batches(pair, 3)
    for path, content in files[1:]:
        path.write_bytes(content)
    assert pair.serve().taken.parked == 2
    assert received(pair) == []
    pair.exchange()  # hears that the first is missing, and sends again
    assert up_files(pair)[0].read_bytes() == files[0][1]
    settle(pair)
    assert received(pair) == ledger(pair)
    assert status(pair.store, clock=pair.clock).unconfirmed == 0


def test_a_torn_file_is_quarantined_changes_nothing_and_is_sent_again(pair):
    pair.receive()
    pair.exchange()
    [path] = up_files(pair)
    whole = path.read_bytes()
    for size in (0, 10, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:size])
        assert pair.serve().taken.quarantined == 1
    assert received(pair) == [] and up_files(pair) == []
    assert {row.code for row in pair.kept(QUARANTINED)} == {"torn"}
    assert len(list((pair.district.folder / QUARANTINE).glob("*.reason.json"))) == 4
    pair.clock.pass_minutes(11)
    settle(pair)
    assert received(pair) == ledger(pair)


def test_ten_thousand_flips_change_nothing_at_the_district(pair):
    pair.receive()
    pair.exchange()
    whole = up_files(pair)[0].read_bytes()
    chance = random.Random(3)
    for _ in range(10_000):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        with pytest.raises(BatchFault):
            check(bytes(damaged), lambda header: find_sender(pair.district, "440113001001", header))


def test_a_lost_acknowledgement_is_given_again_without_a_second_effect(pair):
    pair.receive()
    pair.exchange()
    pair.serve()
    for path in down_files(pair):
        path.unlink()
    assert pair.exchange().applied == 0
    assert status(pair.store, clock=pair.clock).unconfirmed == 2
    pair.clock.pass_minutes(11)
    before = received(pair)
    settle(pair)
    assert received(pair) == before == ledger(pair)
    assert status(pair.store, clock=pair.clock).unconfirmed == 0
    assert len(pair.kept(VIEWS)) == 1


def test_a_damaged_answer_is_asked_for_and_repaired_in_place(pair):
    pair.receive()
    pair.exchange()
    pair.serve()
    [path] = down_files(pair)
    path.write_bytes(path.read_bytes()[:-3])
    report = pair.exchange()
    assert report.state == "faulty" and report.applied == 0
    settle(pair)
    assert status(pair.store, clock=pair.clock).unconfirmed == 0


def test_answers_out_of_order_are_parked_until_the_gap_is_filled(pair):
    pair.receive()
    pair.there_and_back()
    case = pair.kept(VIEWS)[0]
    for words in ("甲", "乙", "丙"):
        answering.stage(pair.district, case, words)
        pair.serve()
    first, *later = [path for path in down_files(pair) if path.parent.name == "out"]
    content = first.read_bytes()
    first.unlink()
    assert pair.exchange().parked == len(later)
    assert pair.exchange().applied == 0
    first.write_bytes(content)
    assert pair.exchange().applied == 3
    stages = [canonical.load(e.body)["stage"] for e in pair.rows(EVENTS, EVENTS.c.kind == "case.stage_reported")]
    assert stages == ["甲", "乙", "丙"]


def test_the_same_number_with_other_bytes_is_a_fork_and_stops_the_stream(pair):
    pair.receive()
    pair.there_and_back()
    with pair.store.write() as connection:  # a store that was put back to an earlier day, by hand
        connection.execute(delete(SENT_RECORDS))
        connection.execute(delete(BATCHES).where(BATCHES.c.direction == "U"))
        connection.execute(
            STREAMS.update()
            .where(STREAMS.c.id == pair.station.up)
            .values(next_bno=1, next_seq=1, last_n=0, last_sha=GENESIS_SHA, chain=GENESIS)
        )
    before = received(pair)
    pair.receive()
    pair.exchange()
    assert pair.serve().taken.quarantined == 1
    assert "分叉" in overview(pair.district)["stations"][0]["stopped"]
    assert received(pair) == before
    pair.receive()
    pair.exchange()
    pair.serve()
    assert received(pair) == before  # nothing goes on until a person has seen to it


def test_a_cloned_station_is_found_within_one_batch(pair):
    pair.receive()
    pair.there_and_back()
    clone = pair.folder / "clone.db"
    copy_file(pair.store.path, clone)
    pair.receive()
    pair.there_and_back()

    other = open_store(clone, clock_ms=pair.clock.now)
    with acting(other, pair.by, pair.clock) as act:
        act.record("case.received", "case-clone", {"receipt_no": "x"}, version=1)
    for path in down_files(pair):
        path.unlink()  # else the answers to the other one's batches stop the clone by themselves
    assert exchange_once(replace(pair.station, store=other), send_now=True, program="clone").sent == 1
    pair.serve()
    assert "分叉" in overview(pair.district)["stations"][0]["stopped"]
    other.close()


def test_a_store_put_back_to_an_old_backup_hears_of_batches_that_it_never_sent_and_stops(pair):

    pair.receive()
    pair.there_and_back()
    old = pair.folder / "old.db"
    copy_file(pair.store.path, old)
    pair.receive()
    pair.exchange()
    pair.serve()
    other = open_store(old, clock_ms=pair.clock.now)
    report = exchange_once(replace(pair.station, store=other), program="old")
    assert report.state == "stopped" and "备份" in report.words
    with other.read() as connection:
        assert [task.kind for task in connection.execute(select(TASKS))] == ["fork"]
    other.close()


def test_another_stations_batch_in_this_folder_is_quarantined(pair):
    pair.receive()
    pair.exchange()
    [path] = up_files(pair)
    other = pair.district.folder / "exchange" / "440113001002" / "up" / "in"
    path.rename(path.with_name(path.name.replace("440113001001", "440113001002")))
    assert pair.serve().taken.quarantined == 1
    assert not other.exists()
    (pair.host / "up/in" / "note.txt").write_text("x")
    (pair.host / "up/in" / "half.pyx.part").write_text("x")
    assert pair.serve().taken.quarantined == 1
    assert [path.name for path in up_files(pair)] == ["half.pyx.part"]
    assert received(pair) == []


def test_a_deleted_journal_event_is_found_by_the_chain(pair):
    pair.receive()
    pair.there_and_back()
    pair.receive()
    pair.receive()
    with pair.store.write() as connection:
        last = connection.execute(select(func.max(EVENTS.c.n))).scalar_one()
        connection.execute(delete(EVENTS).where(EVENTS.c.n == last - 1))
    pair.exchange()
    assert pair.serve().taken.quarantined == 1
    assert "删改" in overview(pair.district)["stations"][0]["stopped"]


def test_a_district_whose_own_data_went_back_is_not_followed(pair):
    pair.receive()
    pair.there_and_back()
    pair.receive()
    pair.there_and_back()
    with pair.district.store.write() as connection:
        connection.execute(LINES.update().where(LINES.c.id.endswith(":U")).values(next_bno=2))
    case = pair.kept(VIEWS)[0]
    answering.stage(pair.district, case, "审查")
    pair.serve()
    report = pair.exchange()
    assert report.state == "stopped"
    assert pair.exchange().sealed == 0


def test_a_missing_folder_is_offline_with_a_backoff_that_send_now_passes(pair):
    pair.receive()
    away = pair.host.with_name("away")
    pair.host.rename(away)
    report = pair.exchange()
    assert report.state == "offline" and report.next_try_at > pair.clock.now
    state = status(pair.store, clock=pair.clock)
    assert (state.words, state.last_error, state.unsent) == ("离线", "找不到交换文件夹", 2)
    assert exchange_once(pair.station, program="test").state == "waiting"
    for _ in range(30):
        pair.exchange()
        found = status(pair.store, clock=pair.clock)
        assert found.next_try_at - pair.clock.now <= 15 * 60_000
    away.rename(pair.host)
    assert pair.exchange().sent == 1
    state = status(pair.store, clock=pair.clock)
    assert (state.last_error, state.next_try_at, state.unsent) == ("", None, 0)


def test_a_dead_link_turns_amber_and_then_red(pair):
    pair.receive()
    assert status(pair.store, clock=pair.clock).urgency == ""
    pair.clock.pass_minutes(31)
    assert status(pair.store, clock=pair.clock).urgency == "amber"
    pair.clock.pass_minutes(4 * 60)
    assert status(pair.store, clock=pair.clock).urgency == "red"


def test_only_the_holder_of_the_lease_syncs_until_it_runs_out(pair):
    assert lease.take(pair.store, "another", pair.clock.now)
    assert pair.exchange().state == "busy"
    pair.clock.now += lease.LEASE_MS
    assert pair.exchange().state == "ok"


def test_two_programs_that_seal_at_once_seal_every_event_once(pair):
    for _ in range(30):
        pair.receive()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: seal_all(pair.station, now_wanted=True), range(8)))
    rows = sorted(pair.rows(BATCHES), key=lambda row: row.bno)
    assert [row.bno for row in rows] == list(range(1, len(rows) + 1))
    assert sum(row.records for row in rows) == 31
    settle(pair)
    assert received(pair) == ledger(pair)


def test_clocks_that_jump_change_neither_order_nor_duplicates(pair):
    for jump in (86_400_000, -86_400_000, -10 * 365 * 86_400_000, 20 * 365 * 86_400_000, -pair.clock.now + 5):
        pair.clock.now = max(1, pair.clock.now + jump)
        pair.receive()
        pair.there_and_back()
    settle(pair)
    assert received(pair) == ledger(pair)
    assert {row.state for row in pair.rows(SENT_RECORDS)} == {"ok"}


def test_a_new_installation_is_refused_until_it_is_approved_and_then_gets_every_answer_again(pair):
    pair.receive()
    pair.there_and_back()
    answering.number(pair.district, pair.kept(VIEWS)[0])
    pair.there_and_back()
    pair.there_and_back()
    with pair.store.write() as connection:  # as a restore does
        connection.execute(INSTALLATIONS.update().values(closed_at=pair.clock.now))
        connection.execute(
            INSTALLATIONS.insert().values(inst="0badcafe", hall_id=pair.by.hall_id, made_at=pair.clock.now)
        )
    url = str(pair.host)
    with pytest.raises(Refusal, match="not_enrolled"):
        connect(pair.store, url, pair.folder / "keys", clock=pair.clock)
    request, approval = pair.folder / "request.json", pair.folder / "approval.json"
    enrolment.write_request(pair.store, pair.folder / "keys", request, clock=pair.clock)
    with pytest.raises(Refusal, match="station_enrolled"):
        approve(pair.district, request, approval)
    approve(pair.district, request, approval, replace=True)
    enrolment.install(pair.store, pair.folder / "keys", approval)
    pair.station = connect(pair.store, url, pair.folder / "keys", clock=pair.clock)
    before = received(pair)
    pair.receive()
    settle(pair)
    assert set(received(pair)) == set(ledger(pair)) and set(before) < set(received(pair))
    assert {row.state for row in pair.rows(SENT_RECORDS)} == {"ok"}
    assert pair.rows(CASES)[0].district_no
    numbered = pair.rows(EVENTS, EVENTS.c.kind == "case.numbered")
    assert len(numbered) == 1  # the second telling was a known record
    assert len(pair.rows(RECEIVED_RECORDS, RECEIVED_RECORDS.c.kind == "case.numbered")) == 1


def test_bytes_are_dropped_a_month_after_they_were_applied(pair):
    pair.receive()
    pair.there_and_back()
    assert pair.rows(BATCHES, BATCHES.c.direction == "U")[0].content is not None
    pair.clock.pass_minutes(31 * 24 * 60)
    pair.exchange()
    [batch] = pair.rows(BATCHES, BATCHES.c.bno == 1, BATCHES.c.direction == "U")
    assert batch.content is None and batch.sha
