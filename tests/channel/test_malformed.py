"""Records whose hash and signature hold, and whose content is not what their kind wants: the other side's program made
them so. They are rejected one by one; no exchange, no other station and no page of the desk stops because of them."""

from contextlib import closing
from functools import lru_cache

import pytest
from sqlalchemy import select, update

from clerk_tui.catalog import calendars, load
from clerk_tui.channel.reconciling import ANSWER
from clerk_tui.channel.station import connect
from clerk_tui.desk import case_reading, history
from clerk_tui.desk.context import Desk
from clerk_tui.district.enrolling import enrol_here
from clerk_tui.district.outgoing import answer
from clerk_tui.district.place import init
from clerk_tui.district.status import overview
from clerk_tui.district.tables import CASES as VIEWS
from clerk_tui.district.tables import KEPT, LINES
from clerk_tui.resources import data_folder
from clerk_tui.store.core import APPOINTMENTS, CASES, META, PUBLISHED_LISTS, RECEIVED_RECORDS, STREAMS, TASKS
from tests.channel.conftest import INST, STATION, Pair, make_pair, make_station_store


@lru_cache(maxsize=1)
def catalogue():
    return load.load(data_folder() / "catalog")


def say(pair, kind, ent_id, body):
    """What the district says next to this station."""
    with pair.district.store.write() as connection:
        answer(connection, STATION, kind, ent_id, body, now=pair.clock.now)
    pair.serve()
    return pair.exchange()


@pytest.mark.parametrize(
    "body", [{}, {"days": 1}, {"days": [[1, 2]]}, {"days": [["2025-13-45", 1, "x"]]}, {"days": [["0001-01-01", 1, "x"]]},
             {"days": [["2025-11-23", 1, "x"]]}]
)  # fmt: skip
def test_a_statement_of_days_that_cannot_be_read_is_rejected_and_the_rest_of_its_batch_is_taken(pair, body):
    pair.there_and_back()
    case_id = pair.receive()
    pair.event("reconcile.stated", INST, {"x": 1, **body})
    pair.exchange()
    done = pair.serve()
    assert (done.taken.batches, done.trouble) == (1, "")
    assert [row.case_id for row in pair.kept(VIEWS)] == [case_id]
    [stated] = pair.kept(KEPT, KEPT.c.kind == "reconcile.stated")
    assert (stated.state, stated.code) == ("rejected", "malformed")
    pair.exchange()
    assert pair.exchange().state == "ok"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("case.acceptance_received", {"outcome": "accepted", "at": 2**53 - 1}),
        ("case.acceptance_received", {"outcome": "accepted", "at": 1_763_948_460_000, "promised_due": "2025/12/8"}),
        ("case.acceptance_received", {"outcome": "accepted", "at": 1_763_948_460_000, "statutory_due": ["2025-12-08"]}),
        ("case.suspended", {"name": "现场勘查", "from_date": "下周一"}),
        ("case.suspended", {"name": "现场勘查", "from_date": "2025-11-24", "days": 2**53 - 1}),
        ("case.stage_reported", {"stage": "审查", "date": "24.11.2025"}),
        ("case.decision_received", {"decision": "granted", "date": {"day": 1}}),
        ("case.decision_received", {"decision": ["granted"]}),
    ],
)
def test_an_answer_whose_dates_are_none_is_a_task_and_the_pages_of_the_case_still_open(pair, kind, body):
    case_id = pair.receive(power="department", state="received")
    pair.there_and_back()
    before = pair.rows(CASES)[0]
    assert say(pair, kind, case_id, body).state == "ok"
    assert pair.rows(RECEIVED_RECORDS, RECEIVED_RECORDS.c.kind == kind)[0].state in ("conflict", "held")
    [row] = pair.rows(CASES)
    assert (row.state, row.version) == (before.state, before.version)
    desk = Desk(
        pair.store, catalogue(), calendars.load(), "hall-1", "市桥", "市桥", "SQ01", STATION,
        INST, clock=pair.clock,
    )  # fmt: skip
    case_reading.row_within(desk, row)
    with pair.store.read() as connection:
        history.of_case(connection, case_id)


def test_an_appointment_that_cannot_be_read_is_a_task(pair):
    pair.there_and_back()
    whole = {
        "code": "A1", "day": "2025-11-25", "slot_start_at": pair.clock.now, "slot_end_at": pair.clock.now,
        "category": "x", "name": "陈大文", "phone": "1", "item_key": "x",
    }  # fmt: skip
    for spoiled in ({"code": ["A1"], "day": 1}, {"day": "25.11."}, {"slot_start_at": 2**53 - 1}, {"slot_end_at": None}):
        assert say(pair, "appointment.granted", "a1", whole | spoiled).state == "ok"
    assert pair.rows(APPOINTMENTS) == []
    assert {row.kind for row in pair.rows(TASKS)} == {"conflict"} and len(pair.rows(TASKS)) == 4
    say(pair, "appointment.granted", "a1", whole)
    assert [row.code for row in pair.rows(APPOINTMENTS)] == ["A1"]


def test_an_answer_to_the_days_that_cannot_be_counted_is_dropped_and_told(pair):
    pair.there_and_back()
    told = {"day": "0001-01-01", "count": 1, "rids": [], "whole": True}
    report = say(pair, "reconcile.answered", INST, {"days": 1, "confirmed_n": 1, "differ": [told]})
    assert report.state == "ok"
    assert pair.rows(META, META.c.name == ANSWER) == []
    assert [row.kind for row in pair.rows(TASKS)] == ["conflict"]


def test_a_list_that_holds_something_else_than_words_is_refused_and_told(pair):
    pair.there_and_back()
    say(pair, "list.slice", "credit", {"kind": "credit", "version": "v", "number": 1, "entries": {"a": 5}})
    report = say(pair, "list.current", "credit", {"kind": "credit", "version": "v", "base": "", "slices": 1})
    assert report.state == "ok"
    assert [row.state for row in pair.rows(PUBLISHED_LISTS)] == ["refused"]
    assert pair.exchange().state == "ok"


def test_a_case_is_changed_by_the_station_that_brought_it_and_by_no_other(tmp_path, pair):
    case_id = pair.receive()
    pair.there_and_back()
    other_code = "440113001002"
    store = make_station_store(tmp_path / "other.db", pair.by, pair.clock, code=other_code, inst="0badcafe")
    url = enrol_here(store, tmp_path / "other-keys", pair.district, clock=pair.clock)
    station = connect(store, url, tmp_path / "other-keys", clock=pair.clock)
    with closing(store):
        other = Pair(tmp_path, store, station, pair.district, pair.clock, pair.by)
        other.event("case.withdrawn", case_id, {"reason": "x", "state": "withdrawn"})
        other.event("result.shelved", "r1", {"case_id": case_id, "name": "x", "state": "ready"})
        other.there_and_back()
        said = {row.kind: (row.state, row.code) for row in other.kept(KEPT, KEPT.c.station == other_code)}
        assert said["case.withdrawn"] == ("rejected", "foreign")
        assert said["result.shelved"] == ("held", "depends")
        assert [(task.kind, task.code) for task in other.rows(TASKS)] == [("rejected", "foreign")]
    [view] = pair.kept(VIEWS)
    assert (view.station, view.state, view.results) == (STATION, "accepted", "{}")


def test_a_station_that_took_in_more_than_was_sent_is_not_believed(pair):
    """The district's own data went back to an older day: it says so, rather than give a number a second meaning."""
    pair.receive()
    for _ in range(3):
        pair.there_and_back()
    with pair.district.store.write() as connection:
        down = LINES.c.id.endswith(":D")
        connection.execute(update(LINES).where(down).values(next_bno=LINES.c.next_bno - 1, acked_bno=0))
    pair.receive()
    before = len(pair.kept(KEPT))
    pair.exchange()
    pair.serve()
    assert len(pair.kept(KEPT)) == before
    assert "旧的备份" in overview(pair.district)["stations"][0]["stopped"]


def test_a_district_that_took_in_more_than_was_sent_is_not_believed(pair):
    pair.receive()
    pair.there_and_back()
    with pair.store.write() as connection:
        connection.execute(update(STREAMS).where(STREAMS.c.id == pair.station.up).values(next_bno=1))
    with pair.district.store.read() as connection:
        case = connection.execute(select(VIEWS)).first()
    report = say(pair, "case.stage_reported", case.case_id, {"stage": "审查"})
    assert report.state == "stopped" and "备份" in report.words


@pytest.mark.system
def test_what_postgresql_cannot_hold_stops_one_station_and_no_other(tmp_path, postgres):
    """It has no text with a zero in it, and its small integers are small."""
    pair = make_pair(tmp_path / "first")
    url = postgres.new_database()
    district = init(tmp_path / "district", "番禺区(测试)", database=url, clock=pair.clock)
    try:
        ends = []
        for n, code in enumerate((STATION, "440113001002")):
            store = make_station_store(tmp_path / f"{n}.db", pair.by, pair.clock, code=code, inst=f"{n}badcafe")
            address = enrol_here(store, tmp_path / f"keys{n}", district, clock=pair.clock)
            end = connect(store, address, tmp_path / f"keys{n}", clock=pair.clock)
            ends.append(Pair(tmp_path, store, end, district, pair.clock, pair.by))
        bad, good = ends
        bad.event("case.received", "case-\0", {"receipt_no": "a\0b", "item_key": "x", "applicant": "甲"})
        good.receive()
        for end in ends:
            end.exchange()
        done = good.serve()
        assert (done.taken.batches, done.taken.refused, done.trouble) == (1, 1, "")
        assert bad.exchange().state == "stopped"
        assert good.exchange().state == "ok"
        assert [row.station for row in good.kept(VIEWS)] == ["440113001002"]
    finally:
        for end in ends:
            end.store.close()
        pair.store.close()
        pair.district.close()
        district.close()
