"""The desk's own acts on real items, with the district as a real second process: what the desk records is what the
district takes, and its answers reach the desk."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from clerk_tui.bootstrap import load_desk
from clerk_tui.channel.station import connect
from clerk_tui.channel.status import status
from clerk_tui.channel.sync import exchange_once
from clerk_tui.demo import prepare
from clerk_tui.demo.filling_in import draft_of
from clerk_tui.desk import (
    amending,
    calling,
    case_reading,
    finishing,
    handing_over,
    intake,
    owing,
    people,
    pickup,
    queueing,
    seats,
    signing_in,
    tasks,
    ticketing,
    transferring,
    visits,
    waiting_for,
)
from clerk_tui.desk.collectors import Collector
from clerk_tui.desk.views.intake import MaterialMark
from clerk_tui.district.place import open_district
from clerk_tui.district.status import of_case
from clerk_tui.settings import load
from clerk_tui.store.core import CASES, EVENTS, OWED, RESULTS, SENT_RECORDS, TASKS
from clerk_tui.store.verify import verify

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def hall(tmp_path):
    """A demonstration hall: its desk, its clerks, its end of the channel; the district's folder lies beside the store."""
    prepare(tmp_path / "hall")
    settings = load(tmp_path / "hall")
    desk = load_desk(settings)
    station = connect(desk.store, settings.channel_url, settings.keys_folder, clock=desk.clock)
    yield desk, station, tmp_path / "hall" / "district"
    desk.store.close()


def district(*arguments):
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "clerk_tui", "district", *map(str, arguments)]
    found = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert found.returncode == 0, found.stderr
    return found.stdout


def exchange(station):
    report = exchange_once(station, send_now=True)
    assert report.state == "ok", report
    return report


def fates(desk):
    with desk.look() as connection:
        return {row.rid: row.state for row in connection.execute(select(SENT_RECORDS))}


def test_everything_that_the_desk_records_is_taken_and_the_answers_come_back(hall):
    desk, station, folder = hall
    exchange(station)
    for _ in range(4):
        district("serve", folder, "--once", "--auto")
        exchange(station)
    rejected = [rid for rid, fate in fates(desk).items() if fate != "ok"]
    assert [fates(desk)[rid] for rid in rejected] == ["rejected"]  # the demonstration's own
    shown = status(desk.store, clock=desk.clock)
    assert (shown.rejected, shown.held, shown.held_here) == (1, 0, 0)
    with desk.look() as connection:
        assert verify(connection).whole
        cases = connection.execute(select(CASES)).all()
        assert [task.rid for task in connection.execute(select(TASKS))] == rejected
        expected = connection.execute(select(RESULTS).where(RESULTS.c.source == "district")).all()
    assert all(case.district_no for case in cases)
    answered = [case for case in cases if case.decision_source == "district"]
    assert answered and {case.state for case in answered} == {"closed"}
    assert expected

    pickup_clerk = signing_in.by_number(desk, number="1003")
    result = next(row for row in expected if row.state == "expected" and row.kind in ("paper", "card"))
    taken = pickup.take_in(desk, pickup_clerk, result_id=result.id)
    pickup.shelve(desk, pickup_clerk, result_id=taken.id, shelf="B-07")
    exchange(station)
    district("serve", folder, "--once")
    exchange(station)
    opened = open_district(folder)
    facts = of_case(opened, result.case_id)
    assert [found["state"] for found in facts["results"]] == ["ready"]
    opened.close()


def test_a_rejected_record_leads_to_the_case_and_its_correction_goes_out_as_a_new_record(hall):
    desk, station, folder = hall
    exchange(station)
    district("serve", folder, "--once")
    exchange(station)
    with desk.look() as connection:
        case = connection.execute(select(CASES).where(CASES.c.item_key == "shengyu-dengji")).first()
    clerk = signing_in.by_number(desk, number="demo")
    supervisor = signing_in.by_number(desk, number="9001")
    district("answer", folder, "--reject", case.receipt_no, "--field", "note", "--reason", "备注与材料不符")
    exchange(station)
    already, task = sorted(tasks.open_tasks(desk, clerk), key=lambda one: one.case_id == case.id)
    assert (task.kind, task.case_id, task.field, task.words) == ("rejected", case.id, "note", "备注与材料不符")
    assert status(desk.store, clock=desk.clock).rejected == 2

    amending.correct(
        desk, supervisor, case_id=case.id, reason="按区里意见更正", plain={"note": "以材料为准"}, task_id=task.id
    )
    assert tasks.open_tasks(desk, clerk) == (already,)
    exchange(station)
    district("serve", folder, "--once")
    exchange(station)
    assert fates(desk)[task.rid] == "superseded"
    assert set(fates(desk).values()) == {"ok", "superseded", "rejected"}
    assert status(desk.store, clock=desk.clock).rejected == 1
    view = case_reading.case_view(desk, clerk, case_id=case.id, reason="核对区里退回的记录")
    assert "更正后重报" in " ".join(line.words for line in view.history)


def served(desk, clerk, number, person_id):
    """A resident takes a number, is called out of the crowd, comes, and is who the card says."""
    ticket = ticketing.issue_ticket(desk, clerk, category="综合", number=number).ticket
    calling.call(desk, clerk, ticket_id=ticket.id)
    visit = calling.arrived(desk, clerk, ticket_id=ticket.id)
    return visits.identify(desk, clerk, visit_id=visit.id, person_id=person_id, how="card_reader")


def test_from_the_ticket_to_the_districts_word_on_the_handover(hall):
    """The title of the whole: number, service, a paper owed, brought, sent, decided, collected; the district has it all."""
    desk, station, folder = hall
    number = "440113195501010015"
    places = {one.number: one.id for one in seats.windows(desk)}
    clerk = signing_in.by_number(desk, number="demo", window_id=places[3])
    resident = people.register_person(desk, clerk, name="欧阳·示例", number=number, phone="13800001234").person

    visit = served(desk, clerk, number, resident.id)
    draft = draft_of(
        desk, clerk, visit_id=visit.id, item_key="laoren-youdaika", applicant_id=resident.id, missing=("photo",)
    )
    intake.commitment_paper(desk, clerk, draft=draft)
    done = intake.settle(desk, clerk, draft=draft, outcome="accept_deficient", commitment_signed_how="signature")
    assert {paper.kind for paper in done.papers} >= {"acceptance", "deficiency_notice"}
    finishing.finish(desk, clerk, visit_id=visit.id, outcome="served")

    visit = served(desk, clerk, number, resident.id)
    assert ("owed", done.case_id) in {(one.kind, one.case_id) for one in visit.waits}
    with desk.look() as connection:
        [owed] = connection.execute(select(OWED).where(OWED.c.case_id == done.case_id)).all()
    owing.supplement(
        desk,
        clerk,
        supplied={owed.id: MaterialMark(mark="2", verified_how="seen")},
        fields={"photo_no": "GZ20260001"},
        visit_id=visit.id,
    )
    finishing.finish(desk, clerk, visit_id=visit.id, outcome="served")
    transferring.transfer(desk, clerk, case_ids=(done.case_id,), signed_by="区老龄办 何示例")
    for _ in range(5):
        exchange(station)
        district("serve", folder, "--once", "--auto")
    exchange(station)

    with desk.look() as connection:
        case = connection.execute(select(CASES).where(CASES.c.id == done.case_id)).one()
        result = connection.execute(select(RESULTS).where(RESULTS.c.case_id == done.case_id)).one()
    assert (case.decision, case.decision_source, case.state) == ("granted", "district", "closed")
    assert case.district_no and result.state == "expected"
    pickup.take_in(desk, clerk, result_id=result.id)
    pickup.shelve(desk, clerk, result_id=result.id, shelf="B-09")

    visit = served(desk, clerk, number, resident.id)
    assert ("result", result.id) in {(one.kind, one.id) for one in visit.waits}
    handed = handing_over.hand_over(
        desk,
        clerk,
        result_ids=(result.id,),
        collector=Collector(how="self"),
        signed_how="signature",
        visit_id=visit.id,
    )
    assert [paper.kind for paper in handed.papers] == ["collection_receipt"]
    finishing.finish(desk, clerk, visit_id=visit.id, outcome="served")
    exchange(station)
    district("serve", folder, "--once")
    exchange(station)

    with desk.look() as connection:
        [event] = connection.execute(
            select(EVENTS.c.rid).where(EVENTS.c.kind == "result.handed_over", EVENTS.c.at >= case.received_at)
        ).all()
        assert verify(connection).whole
    assert fates(desk)[event.rid] == "ok"
    opened = open_district(folder)
    facts = of_case(opened, done.case_id)
    opened.close()
    assert [found["state"] for found in facts["results"]] == ["delivered"]
    assert queueing.panel(desk, clerk).current is None
    with desk.look() as connection:
        assert all(one.id != result.id for one in waiting_for.waits(connection, desk, resident.id))
