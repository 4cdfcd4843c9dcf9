"""一件事 at the desk: one checklist and one form, one case for each member, in the order of the stages."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from clerk_tui.desk import intake, visits
from clerk_tui.desk.context import Desk
from clerk_tui.desk.views.intake import IntakeDraft, IntakeSheet, MaterialMark
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import CaseState
from clerk_tui.store.act import By, new_id
from clerk_tui.store.core import CASES, MATERIALS, NOTICES

from .conftest import SAMPLES

NEWBORN = "package:chusheng"
RESTAURANT = "package:kaidian"
ALL_FOUR = ("shengyu-dengji", "chusheng-hukou", "jmyb-canbao", "sbk-shenling")


def package_draft(visit: str, person: str, key: str, members: tuple[str, ...]) -> IntakeDraft:
    return IntakeDraft(act_id=new_id(), visit_id=visit, item_key=key, applicant_id=person, members=members)


def filled(desk: Desk, by: By, draft: IntakeDraft, other: str, *, marks: dict[str, str] | None = None) -> IntakeDraft:
    """Every question with its first lawful option, every paper shown, every field filled; roles bound to `other`."""
    for _ in range(12):
        sheet = intake.sheet(desk, by, draft=draft)
        answers = {
            one.id: (next(option.id for option in one.options if not option.stops),)
            for one in sheet.questions
            if not one.answered
        }
        roles = {role: other for role, _, bound in sheet.roles_needed if not bound}
        said = {
            row.key: MaterialMark((marks or {}).get(row.evidence, "1")) for row in sheet.materials if not row.mark.mark
        }
        typed = {
            row.id: row.options[0] if row.options and row.type != "table" else value_of(row)
            for row in sheet.fields
            if row.required and row.value in (None, "", []) and not row.owed
        }
        if not (answers or roles or said or typed):
            return draft
        draft = replace(
            draft,
            answers=draft.answers | answers,
            roles=draft.roles | roles,
            marks=draft.marks | said,
            fields=draft.fields | typed,
        )
    raise AssertionError(f"the package never became complete: {sheet.faults} {sheet.outcomes}")


def value_of(row) -> object:
    return [dict.fromkeys(row.options, "无")] if row.type == "table" else SAMPLES[row.type]


def outcome(sheet: IntakeSheet, kind: str):
    return next(one for one in sheet.outcomes if one.kind == kind)


def test_each_paper_and_each_question_stands_once(desk: Desk, clerk: By, owner: str, open_visit) -> None:
    draft = package_draft(open_visit(clerk, owner), owner, NEWBORN, ALL_FOUR)
    joined = filled(desk, clerk, draft, owner)
    sheet = intake.sheet(desk, clerk, draft=joined)
    assert len([one for one in sheet.questions if one.text == "由谁办理"]) == 1
    shared = [row for row in sheet.materials if row.why.startswith("用于")]
    assert shared, "members of the newborn package share papers"
    assert len({(row.evidence, row.holder_words) for row in shared}) == len(shared)
    labels = [(row.label, row.type, row.options) for row in sheet.fields]
    assert len(labels) == len(set(labels))


def test_one_case_for_each_member_in_the_order_of_the_stages(desk: Desk, clerk: By, owner: str, open_visit) -> None:
    visit = open_visit(clerk, owner)
    draft = filled(desk, clerk, package_draft(visit, owner, NEWBORN, ALL_FOUR), owner)
    sheet = intake.sheet(desk, clerk, draft=draft)
    assert outcome(sheet, "package_together").possible, outcome(sheet, "package_together").reason
    told = intake.settle_package(
        desk, clerk, draft=draft, outcome="package_together", commitment_signed_how="signature"
    )
    with desk.look() as connection:
        cases = connection.execute(select(CASES).order_by(CASES.c.receipt_no)).all()
        columns = (MATERIALS.c.key, MATERIALS.c.mark, MATERIALS.c.verified_how, CASES.c.item_key)
        marks = connection.execute(select(*columns).join(CASES, CASES.c.id == MATERIALS.c.case_id)).all()
    assert tuple(case.item_key for case in cases) == ALL_FOUR
    assert all(case.visit_id == visit for case in cases)
    assert cases[1].note == "一件事: 新生儿出生一件事 第 2 步"
    assert all(case.receipt_no in told.words for case in cases)
    produced = [row for row in marks if row.item_key == "jmyb-canbao" and row.key == "hukou"]
    assert [(row.mark, row.verified_how) for row in produced] == [("5", "pending_back_office")]
    done = visits.view(desk, clerk, visit_id=visit)
    assert len(done.services) == 4


def test_settling_twice_makes_no_second_case(desk: Desk, clerk: By, owner: str, open_visit) -> None:
    draft = filled(desk, clerk, package_draft(open_visit(clerk, owner), owner, NEWBORN, ALL_FOUR), owner)
    for _ in range(2):
        intake.settle_package(desk, clerk, draft=draft, outcome="package_together", commitment_signed_how="signature")
    with desk.look() as connection:
        assert len(connection.execute(select(CASES.c.id)).all()) == 4


def test_of_a_group_only_one_is_applied_for(desk: Desk, clerk: By) -> None:
    package = intake.packages_offered(desk, clerk, key=RESTAURANT)
    assert [len(group) for group in package.choose_one] == [3]
    both = ("gt-sheli", "spjy-xuke", "xiaozuofang")
    with pytest.raises(Refusal) as refused:
        intake.chosen_members(desk, clerk, key=RESTAURANT, members=both)
    assert refused.value.code == "package_choose_one"
    chosen = intake.chosen_members(desk, clerk, key=RESTAURANT, members=("spjy-xuke", "gt-sheli"))
    assert chosen == ("gt-sheli", "spjy-xuke")
    with pytest.raises(Refusal, match="至少选一项"):
        intake.chosen_members(desk, clerk, key=RESTAURANT, members=())


def test_what_is_missing_is_told_once_for_those_that_need_it(desk: Desk, clerk: By, owner: str, open_visit) -> None:
    draft = package_draft(open_visit(clerk, owner), owner, NEWBORN, ("shengyu-dengji", "chusheng-hukou"))
    draft = filled(desk, clerk, draft, owner, marks={"birth_cert": "0"})
    sheet = intake.sheet(desk, clerk, draft=draft)
    assert not outcome(sheet, "package_together").possible
    assert outcome(sheet, "package_notice").possible
    intake.settle_package(desk, clerk, draft=draft, outcome="package_notice", tolerance_declined=True)
    with desk.look() as connection:
        states = dict(connection.execute(select(CASES.c.item_key, CASES.c.state)).all())
    assert states["chusheng-hukou"] == CaseState.CORRECTING
    assert states["shengyu-dengji"] != CaseState.CORRECTING


def test_only_asked_prints_one_joined_checklist(desk: Desk, clerk: By, owner: str, open_visit) -> None:
    visit = open_visit(clerk, owner)
    draft = package_draft(visit, owner, NEWBORN, ALL_FOUR)
    told = intake.settle_package(desk, clerk, draft=draft, outcome="asked")
    assert [paper.kind for paper in told.papers] == ["guide_sheet"]
    assert told.papers[0].facts["item"] == "新生儿出生一件事"
    visits.finish(desk, clerk, visit_id=visit, outcome="asked")
    with pytest.raises(Refusal, match="visit_closed"):
        intake.settle_package(desk, clerk, draft=replace(draft, act_id=new_id()), outcome="asked")
    with desk.look() as connection:
        assert not connection.execute(select(CASES.c.id)).all()
        assert len(connection.execute(select(NOTICES.c.id)).all()) == 1
    assert [one.kind for one in visits.view(desk, clerk, visit_id=visit).services] == ["asked"]
