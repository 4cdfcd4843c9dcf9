"""What is kept and for how long, what two clocks differ by, and a reconciliation that is cut in the middle."""

from dataclasses import replace

import pytest
from sqlalchemy import delete

from clerk_tui.channel import reconciling
from clerk_tui.channel.records import line_of
from clerk_tui.channel.status import status
from clerk_tui.district import answering, quarantine
from clerk_tui.district.outgoing import answer
from clerk_tui.district.serving import serve_once
from clerk_tui.district.tables import BATCHES, CASES, KEPT, QUARANTINED
from clerk_tui.store import canonical
from clerk_tui.store.core import BATCHES as BATCHES_HERE
from clerk_tui.store.core import EVENTS, META, TASKS
from tests.channel.conftest import INST, STATION
from tests.channel.oracle import judge
from tests.channel.test_faults import down_files, sealed_batches, settle

DAY = 24 * 60


def put_rubbish(pair, names):
    for name in names:
        (pair.host / "up" / "in" / name).write_bytes(b"x" * 1000)
        pair.serve()
        pair.clock.pass_minutes(1)


def test_quarantine_keeps_ninety_days_and_a_bounded_size_the_youngest(pair, monkeypatch):
    folder = pair.district.folder / quarantine.QUARANTINE
    put_rubbish(pair, ["old.pyx"])
    pair.clock.pass_minutes(89 * DAY)
    put_rubbish(pair, ["a.pyx", "b.pyx", "c.pyx"])
    assert len(pair.kept(QUARANTINED)) == 4
    pair.clock.pass_minutes(DAY)
    pair.serve()
    assert [row.name[-5:] for row in pair.kept(QUARANTINED)] == ["a.pyx", "b.pyx", "c.pyx"]
    monkeypatch.setattr(quarantine, "KEEP_BYTES", 2_000)
    pair.serve()
    assert [row.name[-5:] for row in pair.kept(QUARANTINED)] == ["b.pyx", "c.pyx"]
    assert len(list(folder.glob("*.pyx"))) == len(list(folder.glob("*.json"))) == 2


@pytest.mark.parametrize(("ahead", "shown"), [(5, 300_000), (-5, -300_000), (1, None)])
def test_what_the_two_clocks_differ_by_is_shown_from_two_minutes_on(pair, ahead, shown):
    district = replace(pair.district, clock=lambda: pair.clock.now + ahead * 60_000)
    for _ in range(3):
        pair.receive()
        pair.exchange()
        serve_once(district)
        pair.exchange()
    assert status(pair.store, clock=pair.clock).skew_ms == shown


def test_a_reconciliation_that_is_cut_begins_anew_and_doubles_nothing(pair, monkeypatch):
    monkeypatch.setattr(reconciling, "AT_ONCE", 2)
    for _ in range(5):
        pair.receive()
    for _ in range(2):
        pair.there_and_back()
    with pair.district.store.write() as connection:
        connection.execute(delete(KEPT).where(KEPT.c.kind == "case.received"))
    send, left = reconciling._send_again, [1]

    def cut(act, events):
        if not left:
            raise OSError("cut")
        left.pop()
        send(act, events)

    monkeypatch.setattr(reconciling, "_send_again", cut)
    pair.clock.pass_minutes(DAY)
    for _ in range(3):
        pair.clock.pass_minutes(11)
        pair.there_and_back()
    with pair.store.read() as connection:
        waits = connection.execute(META.select().where(META.c.name == reconciling.ANSWER)).all()
    assert len(waits) == 1
    monkeypatch.setattr(reconciling, "_send_again", send)
    for _ in range(3):
        pair.clock.pass_minutes(16)
        pair.there_and_back()
    with pair.store.read() as connection:
        assert len(reconciling.outcome(connection).differences[0].missing_there) == 5
    assert len(pair.kept(KEPT, KEPT.c.kind == "case.received")) == 5
    assert judge(pair).lost == judge(pair).doubled == []


def test_a_record_that_comes_twice_in_one_batch_counts_once(pair):
    pair.receive()
    pair.there_and_back()
    [event] = pair.rows(EVENTS, EVENTS.c.kind == "case.received")
    with pair.district.store.write() as connection:
        connection.execute(delete(KEPT).where(KEPT.c.rid == event.rid))
    line = canonical.dump(line_of(dict(event._mapping), 0))
    for _ in range(2):
        pair.event(reconciling.RESENT, event.ent_id, {"line": line}, base=0)
    pair.exchange()
    assert pair.serve().trouble == ""
    pair.exchange()
    assert len(pair.kept(KEPT, KEPT.c.rid == event.rid)) == 1
    assert judge(pair).lost == judge(pair).doubled == judge(pair).waiting == []


def test_an_answer_to_a_reconciliation_that_cannot_be_read_is_a_task_and_stops_nothing(pair):
    pair.there_and_back()
    body = {"days": 1, "confirmed_n": 1, "differ": [{"day": "yesterday", "rids": [], "count": 0, "whole": True}]}
    with pair.district.store.write() as connection:
        answer(connection, STATION, reconciling.ANSWERED, INST, body, now=pair.clock.now, inst=INST)
    pair.serve()
    assert pair.exchange().state == "ok"
    assert [task.code for task in pair.rows(TASKS)] == ["malformed"]
    pair.receive()
    assert pair.exchange().sent == 1


def test_a_batch_waits_thirty_days_for_the_one_before_it_and_then_comes_again(pair):
    _, *later = sealed_batches(pair, 4)
    for path, content in later[:-1]:
        path.write_bytes(content)
    pair.serve()
    assert [row.bno for row in pair.kept(BATCHES) if row.state == "parked"] == [2, 3]
    pair.clock.pass_minutes(31 * DAY)
    path, content = later[-1]
    path.write_bytes(content)
    pair.serve()
    assert [row.bno for row in pair.kept(BATCHES) if row.state == "parked"] == [4]
    settle(pair)
    assert judge(pair).lost == judge(pair).doubled == judge(pair).waiting == []
    assert status(pair.store, clock=pair.clock).unconfirmed == 0


def test_an_answer_waits_thirty_days_for_the_one_before_it_and_then_comes_again(pair):
    pair.receive()
    pair.there_and_back()
    case = pair.kept(CASES)[0]
    for words in ("甲", "乙", "丙"):
        answering.stage(pair.district, case, words)
        pair.serve()
    first, *later = [path for path in down_files(pair) if path.parent.name == "out"]
    content = first.read_bytes()
    first.unlink()
    parked = (BATCHES_HERE.c.direction == "D", BATCHES_HERE.c.state == "parked")
    assert pair.exchange().parked == len(later) == len(pair.rows(BATCHES_HERE, *parked))
    for path in later:
        path.unlink()
    pair.clock.pass_minutes(31 * DAY)
    pair.exchange()
    assert pair.rows(BATCHES_HERE, *parked) == []
    first.write_bytes(content)
    settle(pair)
    stages = [canonical.load(e.body)["stage"] for e in pair.rows(EVENTS, EVENTS.c.kind == "case.stage_reported")]
    assert stages == ["甲", "乙", "丙"]


def test_ages_that_are_told_as_late_and_urgent_are_the_settings(pair):
    pair.receive()
    pair.clock.pass_minutes(6)
    shown = [status(pair.store, clock=pair.clock, amber=a, red=r).urgency for a, r in ((30, 240), (5, 240), (5, 6))]
    assert shown == ["", "amber", "red"]
