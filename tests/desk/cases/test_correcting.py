"""What a one-time notice asked for comes in."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Table, select

from clerk_tui.catalog.questions import questions_of
from clerk_tui.desk import correcting, correction_reminders, first_of_day, intake, policies
from clerk_tui.desk.context import Desk
from clerk_tui.desk.views.intake import MaterialMark, Settled
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical
from clerk_tui.store.act import By
from clerk_tui.store.core import CASES, DEFICIENCIES, EVENTS, REMINDERS, TASKS, VISIT_SERVICES

FIRST_CARD = {"act": "new", "who": "hj", "by": "self"}
ORIGINAL = MaterialMark(mark="1")


def rows(desk: Desk, table: Table, **where: Any) -> list[Any]:
    with desk.look() as connection:
        query = select(table)
        for name, value in where.items():
            query = query.where(table.c[name] == value)
        return list(connection.execute(query))


def events(desk: Desk, entity: str) -> list[str]:
    return [row.kind for row in rows(desk, EVENTS, ent_id=entity)]


@pytest.fixture
def noticed(desk: Desk, clerk: By, elder: str, open_visit, fill) -> Callable[..., Settled]:
    """A card asked for without photograph and household register; one notice given."""

    def told(**more: Any) -> Settled:
        marks = {"photo": "0", "hukou": MaterialMark(mark="7", defect="缺变动页")}
        draft = fill(clerk, open_visit(clerk, elder), elder, "laoren-youdaika", FIRST_CARD, marks=marks)
        return intake.settle(desk, clerk, draft=draft, outcome="one_time_notice", **more)

    return told


def test_in_parts_and_accepted_the_day_the_last_part_comes(
    desk: Desk, clerk: By, elder: str, clock, noticed, open_visit
) -> None:
    done = noticed()
    clock.set("2026-12-03 15:00")
    visit = open_visit(clerk, elder)
    first = correcting.supply(desk, clerk, case_id=done.case_id, supplied={"hukou": ORIGINAL}, visit_id=visit)
    assert (first.state, [paper.kind for paper in first.papers]) == ("correcting", ["correction_receipt"])
    assert [one["name"] for one in first.papers[0].facts["remaining"]] == ["近三个月小一寸白底照片"]
    with pytest.raises(Refusal, match="field_missing"):
        correcting.supply(desk, clerk, case_id=done.case_id, supplied={"photo": MaterialMark(mark="3")})
    last = correcting.supply(
        desk,
        clerk,
        case_id=done.case_id,
        supplied={"photo": MaterialMark(mark="3")},
        fields={"photo_no": "GZ20261203001"},
        visit_id=visit,
    )
    assert (last.state, [paper.kind for paper in last.papers]) == ("accepted", ["correction_receipt", "acceptance"])
    case = rows(desk, CASES, id=done.case_id)[0]
    assert (case.promised_due, case.accepted_how) == ("2026-12-24", "complete")
    kinds = events(desk, done.case_id)
    assert kinds[2:] == [
        "case.correction_supplied",
        "case.corrected",
        "case.correction_supplied",
        "case.accepted",
    ]
    versions = [row.ent_ver for row in rows(desk, EVENTS, ent_id=done.case_id)]
    assert versions == list(range(1, case.version + 1))
    body = canonical.load(rows(desk, EVENTS, ent_id=done.case_id)[-1].body)
    assert {one["key"]: one["mark"] for one in body["materials"]} == {"id_card": "1", "photo": "3", "hukou": "1"}
    assert [row.kind for row in rows(desk, VISIT_SERVICES, visit_id=visit)] == ["correction", "correction"]


def test_what_was_not_asked_for_is_not_taken_as_correction(desk: Desk, clerk: By, noticed) -> None:
    done = noticed()
    with pytest.raises(Refusal, match="not_asked"):
        correcting.supply(desk, clerk, case_id=done.case_id, supplied={"id_card": ORIGINAL})


def test_a_new_paper_may_be_faulted_once_with_a_supervisor(desk: Desk, clerk: By, noticed, approved) -> None:
    done = noticed()
    faulty = {"hukou": MaterialMark(mark="7", defect="印章不清")}
    with pytest.raises(Refusal, match="reason_missing"):
        correcting.supply(desk, clerk, case_id=done.case_id, supplied=faulty)
    with pytest.raises(Refusal, match="supervisor_needed"):
        correcting.supply(desk, clerk, case_id=done.case_id, supplied=faulty, reason="新补交的复印件看不清印章")
    assert rows(desk, CASES, id=done.case_id)[0].version == 2
    told = correcting.supply(
        desk, approved(clerk), case_id=done.case_id, supplied=faulty, reason="新补交的复印件看不清印章"
    )
    assert [paper.kind for paper in told.papers] == ["correction_receipt", "second_notice"]
    assert told.papers[1].facts["materials"][0]["defect"] == "印章不清"
    with pytest.raises(Refusal, match="fault_used"):
        correcting.supply(desk, approved(clerk), case_id=done.case_id, supplied=faulty, reason="还是不清")


def test_what_was_visible_the_first_time_needs_a_supervisor_and_a_reason(
    desk: Desk, clerk: By, noticed, approved
) -> None:
    done = noticed()
    with pytest.raises(Refusal, match="supervisor_needed"):
        correcting.fault(desk, clerk, case_id=done.case_id, key="id_card", defect="已过期", reason="漏看了")
    with pytest.raises(Refusal, match="reason_missing"):
        correcting.fault(desk, approved(clerk), case_id=done.case_id, key="id_card", defect="已过期", reason=" ")
    told = correcting.fault(
        desk, approved(clerk), case_id=done.case_id, key="id_card", defect="已过期", reason="第一次漏看有效期"
    )
    assert told.papers[0].kind == "second_notice"
    assert len([row for row in rows(desk, DEFICIENCIES, case_id=done.case_id) if row.state != "supplied"]) == 3


def test_the_districts_limit_is_on_the_notice_and_without_one_there_are_reminders(
    desk: Desk, clerk: By, supervisor: By, noticed
) -> None:
    open_ended = noticed()
    assert open_ended.papers[-1].facts["due"] == "未规定期限, 补齐当日受理"
    correcting.remind(desk, clerk, case_id=open_ended.case_id, how="phone", reached=True)
    assert [(row.stage, row.reached) for row in rows(desk, REMINDERS)] == [("monthly", True)]
    document = {"number": "番政务〔2026〕9号", "dated": "2026-01-05", "policy": {"days": 10, "on_expiry": "return"}}
    policies.load_policy(desk, supervisor, kind="correction", document=document)
    limited = noticed()
    assert limited.papers[-1].facts["due"]["date"] == "2026-12-07"
    assert rows(desk, CASES, id=limited.case_id)[0].correct_by == "2026-12-07"


def test_where_the_department_accepts_the_case_is_received_again(
    desk: Desk, clerk: By, owner: str, clock, open_visit, fill
) -> None:
    item = desk.catalogue.items["spjy-xuke"]
    answers = {one.id: one.options[0].id for one in questions_of(desk.catalogue, item)}
    visit = open_visit(clerk, owner)
    whole = fill(clerk, visit, owner, "spjy-xuke", answers)
    key = next(one for one in whole.marks if one != "id_card")
    draft = fill(clerk, visit, owner, "spjy-xuke", answers, marks={key: "0"})
    done = intake.settle(desk, clerk, draft=draft, outcome="one_time_notice")
    clock.set("2026-12-03 15:00")
    again = correcting.supply(desk, clerk, case_id=done.case_id, supplied={key: ORIGINAL})
    case = rows(desk, CASES, id=done.case_id)[0]
    assert (again.state, case.five_day_due, case.flag_requested) == ("received", "2026-12-10", True)
    assert [paper.kind for paper in again.papers] == ["correction_receipt", "receipt"]


def test_a_correction_without_a_limit_becomes_a_task_every_month_until_it_is_answered(
    desk: Desk, clerk: By, sign: Any, clock, noticed
) -> None:
    done = noticed()  # Monday 23 November 2026

    def open_tasks() -> list[Any]:
        return [row for row in rows(desk, TASKS, case_id=done.case_id) if row.closed_at is None]

    clock.set("2026-12-22 09:00")
    assert first_of_day.see_to(desk, sign("301")).reminders == 0
    clock.set("2026-12-23 09:00")
    assert "1 件补正满一个月" in first_of_day.see_to(desk, sign("301")).words
    assert [row.code for row in open_tasks()] == [correction_reminders.CODE]
    assert first_of_day.see_to(desk, sign("301")).words == "", "one task at a time"
    correcting.remind(desk, clerk, case_id=done.case_id, how="phone", reached=True)
    assert open_tasks() == []
    clock.set("2027-01-22 09:00")
    assert correction_reminders.sweep(desk, clerk) == 0
    clock.set("2027-01-23 09:00")
    assert correction_reminders.sweep(desk, clerk) == 1
    correcting.supply(
        desk, clerk, case_id=done.case_id, supplied={"hukou": ORIGINAL, "photo": MaterialMark(mark="3")},
        fields={"photo_no": "GZ20270123001"},
    )  # fmt: skip
    assert open_tasks() == []
    clock.set("2027-02-28 09:00")
    assert correction_reminders.sweep(desk, clerk) == 0


def test_a_correction_with_a_limit_is_not_reminded_of_monthly(
    desk: Desk, clerk: By, supervisor: By, clock, noticed
) -> None:
    document = {"number": "番政务〔2026〕9号", "dated": "2026-01-05", "policy": {"days": 60, "on_expiry": "return"}}
    policies.load_policy(desk, supervisor, kind="correction", document=document)
    noticed()
    clock.set("2026-12-30 09:00")
    assert correction_reminders.sweep(desk, clerk) == 0
