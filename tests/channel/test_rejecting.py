"""A record that the district rejects: a task with field and reason, a correction as a new event, dependants in order."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from clerk_tui.channel.container import pack, unpack
from clerk_tui.channel.keys import encrypt
from clerk_tui.channel.mending import resume
from clerk_tui.channel.status import rejections, status
from clerk_tui.district import answering
from clerk_tui.district.receiving import LISTED
from clerk_tui.district.status import overview
from clerk_tui.district.tables import BATCHES as DISTRICT_BATCHES
from clerk_tui.district.tables import CASES as VIEWS
from clerk_tui.district.tables import KEPT, LINES, OUTGOING
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical
from clerk_tui.store.core import BATCHES, CASES, EVENTS, SENT_RECORDS, STREAMS, TASKS
from clerk_tui.store.schema import GENESIS

BAD = "110105194912310021"
GOOD = "11010519491231002X"


def states(pair):
    """Fate of each record here, by kind; what the hall's set-up sent is left out."""
    return {row.kind: row.state for row in fates(pair) if row.kind != "hall.set_up"}


def fates(pair):
    with pair.store.read() as connection:
        return list(
            connection.execute(
                select(EVENTS.c.kind, SENT_RECORDS.c.state, SENT_RECORDS.c.rid, SENT_RECORDS.c.code)
                .join(SENT_RECORDS, SENT_RECORDS.c.rid == EVENTS.c.rid)
                .order_by(EVENTS.c.n)
            )
        )


def test_one_bad_record_does_not_block_the_batch_and_becomes_a_task(pair):
    bad = pair.receive(number=BAD)
    good = pair.receive()
    before = pair.rows(CASES, CASES.c.id == bad)[0]._asdict()
    pair.there_and_back()
    [task] = pair.rows(TASKS)
    assert (task.kind, task.case_id, task.field) == ("rejected", bad, "applicant.number")
    assert "校验" in task.words and BAD not in task.words
    after = pair.rows(CASES, CASES.c.id == bad)[0]._asdict()
    assert after.pop("flag_refused_by_district") and not before.pop("flag_refused_by_district")
    assert after == before  # a data fault changes no acceptance, date or clock
    assert [view.case_id for view in pair.kept(VIEWS)] == [good]
    shown = status(pair.store, clock=pair.clock)
    assert (shown.rejected, shown.unconfirmed) == (1, 0)
    [named] = rejections(pair.store)
    assert (named.receipt_no, named.field, named.words) == (before["receipt_no"], task.field, task.words)


def test_what_rests_on_a_rejected_record_is_held_and_released_in_order_by_the_correction(pair):
    case_id = pair.receive(number=BAD)
    pair.bump(case_id, "case.transferred", {"department": "区民政局", "state": "reviewing"}, state="reviewing")
    pair.event("owed.recorded", "owed-1", {"case_id": case_id, "name": "户口簿", "due": "2025-12-01"}, base=0)
    pair.event("owed.supplied", "owed-1", {"case_id": case_id, "name": "户口簿"})
    pair.there_and_back()
    assert states(pair) == {
        "case.received": "rejected", "case.transferred": "held", "owed.recorded": "held", "owed.supplied": "held",
    }  # fmt: skip
    assert pair.kept(VIEWS) == []
    rid = next(row.rid for row in fates(pair) if row.kind == "case.received")
    pair.event("record.corrected", rid, {"corrects": rid, "fields": {"applicant.number": GOOD}})
    pair.there_and_back()
    assert states(pair) == {
        "case.received": "superseded", "case.transferred": "ok", "owed.recorded": "ok", "owed.supplied": "ok",
        "record.corrected": "ok",
    }  # fmt: skip
    [view] = pair.kept(VIEWS)
    assert (view.state, view.applicant) == ("reviewing", "陈大文")
    assert '"state":"supplied"' in view.owed
    assert {row.state for row in pair.kept(KEPT)} == {"ok", "superseded"}
    assert status(pair.store, clock=pair.clock).rejected == 0
    pair.there_and_back()
    assert len(pair.rows(TASKS)) == 1  # closed by a person, not by itself


def test_a_correction_that_is_still_wrong_is_rejected_itself(pair):
    pair.receive(number=BAD)
    pair.there_and_back()
    rid = next(row.rid for row in fates(pair) if row.kind == "case.received")
    pair.event("record.corrected", rid, {"corrects": rid, "fields": {"applicant.number": "110105194912310030"}})
    pair.there_and_back()
    assert states(pair) == {"case.received": "rejected", "record.corrected": "rejected"}
    assert len(pair.rows(TASKS)) == 2
    pair.event("record.corrected", rid, {"corrects": rid, "fields": {"applicant.number": GOOD}}, base=2)
    pair.there_and_back()
    assert states(pair)["case.received"] == "superseded"
    assert len(pair.kept(VIEWS)) == 1


def test_the_desks_own_corrections_of_person_and_case_count_as_corrections(pair):
    pair.receive(number=BAD)
    pair.there_and_back()
    pair.event(
        "person.corrected", "p1", {"before": {"id_number": BAD}, "after": {"id_number": GOOD}, "reason": "录入错"}
    )
    pair.there_and_back()
    assert states(pair)["case.received"] == "superseded"
    assert len(pair.kept(VIEWS)) == 1


def test_a_person_at_the_district_rejects_a_record_that_was_taken(pair):
    case_id = pair.receive()
    pair.there_and_back()
    answering.reject_record(pair.district, "SQ01-20251124-0001", "fields.address", "地址不在本街道")
    pair.serve()
    pair.exchange()
    [task] = pair.rows(TASKS)
    assert (task.kind, task.case_id, task.field, task.words) == (
        "rejected", case_id, "fields.address", "地址不在本街道",
    )  # fmt: skip
    changes = [{"field": "fields.address", "label": "地址", "before": "甲", "after": "乙"}]
    pair.bump(case_id, "case.corrected", {"changes": changes, "reason": "区里退回"})
    pair.there_and_back()
    assert states(pair) == {"case.received": "superseded", "case.corrected": "ok"}
    with pytest.raises(Refusal, match="record_unknown"):
        answering.reject_record(pair.district, "SQ01-20251124-0001", "", "又退")
    with pytest.raises(Refusal, match="record_unknown"):
        answering.reject_record(pair.district, "no-such-record", "", "原因")


def test_a_late_correction_of_the_intake_does_not_open_a_case_that_has_ended(pair):
    case_id = pair.receive()
    pair.bump(case_id, "case.withdrawn", {"reason": "申请人撤回"}, state="withdrawn")
    pair.there_and_back()
    answering.reject_record(pair.district, pair.kept(VIEWS)[0].receipt_no, "applicant.name", "姓名有误")
    pair.serve()
    pair.exchange()
    changes = [{"field": "applicant.name", "before": "陈大文", "after": "陈大雯"}]
    pair.bump(case_id, "case.corrected", {"changes": changes, "reason": "区里退回"})
    pair.there_and_back()
    [view] = pair.kept(VIEWS)
    assert (view.state, view.applicant) == ("withdrawn", "陈大雯")
    assert pair.kept(KEPT, KEPT.c.kind == "case.received")[0].state == "superseded"


def test_words_from_the_district_cannot_paint_the_screen(pair):
    pair.receive()
    pair.there_and_back()
    answering.reject_record(pair.district, "SQ01-20251124-0001", "x\x1b[2J", "坏\x1b]0;x\x07\u202e字")
    pair.serve()
    pair.exchange()
    [task] = pair.rows(TASKS)
    assert not any(ord(letter) < 32 or letter == "\u202e" for letter in task.words + task.field)


def test_the_same_record_with_other_contents_is_a_conflict_and_changes_nothing(pair):
    pair.receive()
    pair.there_and_back()
    line = pair.kept(KEPT, KEPT.c.kind == "case.received")[0].line
    with pair.district.store.write() as connection:
        connection.execute(update(KEPT).where(KEPT.c.kind == "case.received").values(sha="0" * 64))
    with pair.store.write() as connection:
        connection.execute(update(STREAMS).where(STREAMS.c.id == pair.station.up).values(last_n=0, chain=GENESIS))
    with pair.district.store.write() as connection:
        connection.execute(update(LINES).where(LINES.c.id.endswith(":U")).values(last_n=0, chain=GENESIS))
    pair.there_and_back()
    assert pair.kept(KEPT, KEPT.c.kind == "case.received")[0].line == line
    assert [task.kind for task in pair.rows(TASKS)] == ["conflict"]


def test_a_batch_that_is_signed_but_unreadable_stops_the_stream_and_a_person_is_told(pair):
    pair.receive()
    pair.exchange()
    [path] = (pair.host / "up/in").iterdir()
    sealed = unpack(path.read_bytes())
    payload = encrypt(b"no zstd", [pair.district.keys.public.decrypt])
    header = replace(sealed.header, length=len(payload), payload_sha=canonical.sha(payload))
    content = pack(header, payload, pair.station.keys.sign)
    path.write_bytes(content)
    with pair.store.write() as connection:  # what was sealed here is what was sent
        connection.execute(update(BATCHES).values(content=content, sha=canonical.sha(content)))
    assert pair.serve().taken.refused == 1
    report = pair.exchange()
    assert report.state == "stopped" and "整批退回" in report.words
    assert [task.kind for task in pair.rows(TASKS)] == ["incident"]
    assert pair.kept(VIEWS) == []
    assert status(pair.store, clock=pair.clock).words == "交换已停止"
    assert resume(pair.store, replace(pair.by, roles=frozenset({"it"})), reason="与区里核对过", clock=pair.clock) == 1
    assert pair.exchange().state == "ok"


def test_a_batch_that_is_rejected_whole_is_told_in_parts_that_a_station_can_take_in_turn(pair):
    bad = {pair.receive(number=BAD) for _ in range(2 * LISTED + 7)}
    good = pair.receive()
    pair.there_and_back()
    assert {task.case_id for task in pair.rows(TASKS)} == bad  # and no word of a sum that does not close
    assert {task.kind for task in pair.rows(TASKS)} == {"rejected"}
    assert sorted(fate.state for fate in fates(pair) if fate.kind == "case.received") == ["ok"] + ["rejected"] * len(
        bad
    )
    assert [view.case_id for view in pair.kept(VIEWS)] == [good]
    told = [canonical.load(row.body) for row in pair.kept(OUTGOING, OUTGOING.c.kind.startswith("ack."))]
    assert max(len(body["records"]) for body in told) == LISTED
    [last] = [body for body in told if body.get("told")]
    assert (last["told"], len(last["records"])) == (2 * LISTED, 7)
    sealed = pair.kept(DISTRICT_BATCHES, DISTRICT_BATCHES.c.direction == "D")
    assert max(row.records for row in sealed) < len(told)  # one transaction of the station does not take them all


def test_the_overview_of_one_station_holds_nothing_of_another(pair):
    pair.receive()
    pair.there_and_back()
    with pair.district.store.write() as connection:
        for number, table in enumerate((VIEWS, KEPT)):
            row = dict(connection.execute(select(table)).mappings().first())
            key = "case_id" if table is VIEWS else "rid"
            connection.execute(table.insert().values(**row | {key: f"other-{number}", "station": "440113002001"}))
    everywhere, here = overview(pair.district), overview(pair.district, pair.station.identity.station)
    assert (len(everywhere["cases"]), len(here["cases"])) == (2, 1)
    assert everywhere["records"]["ok"] == here["records"]["ok"] + 1
    with pytest.raises(Refusal, match="station_unknown"):
        overview(pair.district, "440113009009")
