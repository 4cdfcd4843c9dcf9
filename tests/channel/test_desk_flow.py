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
from clerk_tui.desk import amending, case_reading, pickup, signing_in, tasks
from clerk_tui.district.place import open_district
from clerk_tui.district.status import of_case
from clerk_tui.settings import load
from clerk_tui.store.core import CASES, RESULTS, SENT_RECORDS, TASKS
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
