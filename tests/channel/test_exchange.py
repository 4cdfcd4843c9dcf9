"""The way there and back: sealed, taken once, acknowledged by record, answered, applied."""

from sqlalchemy import func, select

from clerk_tui.channel.status import status
from clerk_tui.district import answering
from clerk_tui.district.outgoing import answer
from clerk_tui.district.status import of_case
from clerk_tui.district.tables import BATCHES as DISTRICT_BATCHES
from clerk_tui.district.tables import CASES as VIEWS
from clerk_tui.district.tables import KEPT, LINES
from clerk_tui.store.core import (
    APPOINTMENTS,
    BATCHES,
    CASES,
    EVENTS,
    RECEIVED_RECORDS,
    RESULTS,
    SENT_RECORDS,
    STREAMS,
    TASKS,
)
from clerk_tui.store.verify import verify
from tests.channel.conftest import STATION


def test_a_case_reaches_the_district_and_every_record_is_confirmed(pair):
    case_id = pair.receive()
    report = pair.exchange()
    assert (report.state, report.sealed, report.sent) == ("ok", 1, 1)
    before = status(pair.store, clock=pair.clock)
    assert (before.unsent, before.unconfirmed, before.words) == (0, 2, "待确认 2")
    assert pair.serve().taken.records == 2
    assert pair.exchange().applied == 1
    after = status(pair.store, clock=pair.clock)
    assert (after.unsent, after.unconfirmed, after.rejected, after.held, after.words) == (0, 0, 0, 0, "已同步")
    assert {row.state for row in pair.rows(SENT_RECORDS)} == {"ok"}
    assert [row.state for row in pair.rows(BATCHES, BATCHES.c.direction == "U")] == ["applied"]
    [view] = pair.kept(VIEWS)
    assert (view.case_id, view.applicant, view.state) == (case_id, "陈大文", "accepted")
    with pair.store.read() as connection:
        assert verify(connection).whole


def test_acknowledgements_do_not_cause_batches_for_ever(pair):
    pair.receive()
    for _ in range(6):
        pair.exchange()
        pair.serve()
    assert len(pair.rows(BATCHES, BATCHES.c.direction == "U")) == 1
    assert len(pair.kept(DISTRICT_BATCHES, DISTRICT_BATCHES.c.direction == "D")) == 1


def test_a_young_event_waits_a_minute_unless_someone_sends_now(pair):
    from clerk_tui.channel.sync import exchange_once

    pair.there_and_back()
    pair.receive()
    assert exchange_once(pair.station, program="test").sealed == 0
    pair.clock.pass_minutes(1)
    assert exchange_once(pair.station, program="test").sealed == 1


def test_a_heartbeat_goes_out_after_a_quarter_of_an_hour_and_is_not_answered_by_a_batch_of_its_own(pair):
    pair.there_and_back()
    pair.clock.pass_minutes(16)
    assert pair.exchange().sealed == 1
    assert pair.exchange().sealed == 0
    taken = pair.serve()
    assert (taken.taken.batches, taken.published) == (1, 0)


def test_the_whole_answer_of_a_department_is_applied_once_and_in_order(pair):
    case_id = pair.receive(power="department", state="received")
    pair.there_and_back()
    case = pair.kept(VIEWS)[0]
    number = answering.number(pair.district, case)
    answering.accept(pair.district, case, promised_due="2025-12-08", statutory_due="2025-12-22")
    answering.stage(pair.district, case, "部门审查中")
    answering.suspend(pair.district, case, "专家评审", days=10)
    answering.resume(pair.district, case)
    answering.decide(pair.district, case, "granted", "符合条件")
    answering.result_ready(pair.district, case, result_number="粤穗0001")
    pair.serve()
    assert pair.exchange().records == 7
    [row] = pair.rows(CASES, CASES.c.id == case_id)
    assert (row.district_no, row.state, row.decision, row.decision_source) == (number, "closed", "granted", "district")
    assert (row.promised_due, row.statutory_due) == ("2025-12-08", "2025-12-22")
    [result] = pair.rows(RESULTS)
    assert (result.state, result.number, result.name, result.source) == (
        "expected",
        "粤穗0001",
        "高龄津贴核准表",
        "district",
    )
    kinds = [event.kind for event in pair.rows(EVENTS, EVENTS.c.source == "district")]
    assert kinds == [
        "case.numbered", "case.acceptance_received", "case.stage_reported", "case.suspended", "case.resumed",
        "case.decision_received", "case.closed", "result.expected",
    ]  # fmt: skip
    versions = [(event.base_ver, event.ent_ver) for event in pair.rows(EVENTS, EVENTS.c.ent_id == case_id)]
    assert versions == [(n, n + 1) for n in range(8)]
    pair.there_and_back()
    assert len(pair.rows(RESULTS)) == 1
    assert pair.exchange().sealed == 0


def test_the_district_knows_that_the_result_was_handed_over(pair):
    case_id = pair.receive()
    pair.event(
        "result.handed_over",
        "result-1",
        {"case_id": case_id, "name": "核准表", "relation": "女儿", "state": "delivered"},
    )
    pair.there_and_back()
    facts = of_case(pair.district, "SQ01-20251124-0001")
    assert facts["results"] == [{"name": "核准表", "state": "delivered", "relation": "女儿"}]
    assert facts["handed_over_at"] == pair.clock.now
    assert {row.state for row in pair.rows(SENT_RECORDS)} == {"ok"}


def test_what_travels_in_part_or_by_hash_keeps_its_body_here(pair):
    pair.event("ticket.issued", "t1", {"number": "A001", "category": "综合", "name": "陈大文"}, base=0)
    pair.event("access.unmasked", "p1", {"reason": "核对", "name": "陈大文"}, base=0)
    pair.event("task.opened", "task-1", {"words": "内部"}, base=0)
    pair.there_and_back()
    lines = {row.kind: row.line for row in pair.kept(KEPT)}
    assert '"number":"A001"' in lines["ticket.issued"]
    assert "陈大文" not in "".join(lines.values())
    assert "body" not in lines["access.unmasked"].replace("body_sha", "")
    assert "task.opened" not in lines
    with pair.district.store.read() as connection:
        up = connection.execute(select(LINES).where(LINES.c.id.endswith(":U"))).one()
    with pair.store.read() as connection:
        stream = connection.execute(select(STREAMS).where(STREAMS.c.id == pair.station.up)).one()
        events = connection.execute(select(func.count()).select_from(EVENTS)).scalar_one()
    assert (up.chain, up.last_n, up.next_seq) == (stream.chain, events, events + 1)


def test_an_appointment_from_the_district_is_booked_once(pair):
    body = {
        "code": "YY0001", "day": "2025-11-25", "slot_start_at": pair.clock.now, "slot_end_at": pair.clock.now + 1,
        "category": "综合", "name": "何桂兰", "phone": "", "item_key": "",
    }  # fmt: skip
    pair.there_and_back()
    for _ in range(2):
        answering.grant_appointment(pair.district, "440113001001", body)
    pair.there_and_back()
    pair.serve()
    pair.exchange()
    [row] = pair.rows(APPOINTMENTS)
    assert (row.source, row.name, row.state) == ("district", "何桂兰", "booked")


def test_a_kind_that_is_not_known_yet_is_held_and_told_and_raises_an_alarm_after_a_day(pair):
    pair.there_and_back()
    with pair.district.store.write() as connection:
        answer(connection, "440113001001", "credit.list", "list-1", {"version": 3}, now=pair.clock())
    pair.serve()
    pair.exchange()
    [held] = pair.rows(RECEIVED_RECORDS, RECEIVED_RECORDS.c.state == "held")
    assert (held.kind, held.code) == ("credit.list", "unknown_kind") and '"version":3' in held.line
    assert status(pair.store, clock=pair.clock).held_here == 1
    assert pair.rows(TASKS) == []
    pair.clock.pass_minutes(24 * 60 + 1)
    pair.there_and_back()
    assert [task.kind for task in pair.rows(TASKS)] == ["held"]
    assert len(pair.rows(RECEIVED_RECORDS, RECEIVED_RECORDS.c.state == "held")) == 1


def test_an_answer_for_an_unknown_case_waits_until_the_case_is_there(pair):
    pair.receive()
    pair.there_and_back()
    body = {"stage": "部门审查中", "date": "2025-11-24"}
    with pair.district.store.write() as connection:
        answer(connection, STATION, "case.stage_reported", "case-00002", body, now=pair.clock.now)
    pair.serve()
    pair.exchange()
    assert [row.code for row in pair.rows(RECEIVED_RECORDS, RECEIVED_RECORDS.c.state == "held")] == ["unknown_case"]
    pair.receive()
    pair.there_and_back()
    assert pair.rows(RECEIVED_RECORDS, RECEIVED_RECORDS.c.state == "held") == []
    assert [e.kind for e in pair.rows(EVENTS, EVENTS.c.ent_id == "case-00002")] == [
        "case.received",
        "case.stage_reported",
    ]


def test_what_ended_a_case_does_not_regress(pair):
    case_id = pair.receive()
    pair.there_and_back()
    pair.bump(case_id, "case.withdrawn", {"reason": "申请人撤回"}, state="withdrawn")
    case = pair.kept(VIEWS)[0]
    answering.decide(pair.district, case, "granted", "")
    pair.serve()
    pair.exchange()
    assert pair.rows(CASES)[0].state == "withdrawn"
    [task] = pair.rows(TASKS)
    assert (task.kind, task.code, task.case_id) == ("conflict", "conflict_end", case_id)
    pair.there_and_back()
    [answer] = [a for a in of_case(pair.district, case_id)["answers"] if a["kind"] == "case.decision_received"]
    assert answer["answer"] == "conflict_end"
    assert of_case(pair.district, case_id)["state"] == "withdrawn"


def test_a_night_of_heartbeats_does_not_hold_back_the_morning(pair):
    """What only acknowledges heartbeats causes no batch, the daily reconciliation one; what comes behind still does."""
    pair.there_and_back()
    answered = []
    for _ in range(60):
        pair.clock.pass_minutes(16)
        pair.exchange()
        answered.append(pair.serve().published)
    assert sum(1 for published in answered if published) <= 1
    pair.receive()
    for _ in range(2):
        pair.there_and_back()
    assert {row.state for row in pair.rows(SENT_RECORDS)} == {"ok"}


def test_a_calendar_from_the_district_is_kept_for_the_desk_and_a_faulty_one_is_a_task(pair):
    from datetime import date

    from clerk_tui.channel import dues

    pair.there_and_back()
    body = {"year": 2027, "notice": "国办发明电某号", "off": ["2027-01-01"], "work": ["2027-01-30"]}
    for number, content in (("c-1", body), ("c-2", body | {"off": ["2031-01-01"]}), ("c-3", {"year": 2027})):
        with pair.district.store.write() as connection:
            answer(connection, pair.station.identity.station, "calendar.published", number, content, now=pair.clock.now)
    pair.serve()
    assert pair.exchange().records == 3
    with pair.station.store.read() as connection:
        calendar = dues.calendar(connection)
    assert calendar.notices[2027] == "国办发明电某号"
    assert not calendar.is_working(date(2027, 1, 1)) and calendar.is_working(date(2027, 1, 30))
    assert [row.code for row in pair.rows(TASKS)] == ["calendar_fault", "calendar_fault"]
