"""Intake on real items: the sheet, and what each outcome writes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from clerk_tui.catalog.questions import questions_of
from clerk_tui.desk import intake, visits
from clerk_tui.desk.context import Desk
from clerk_tui.desk.views.intake import IntakeDraft, MaterialMark
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical
from clerk_tui.store.act import By
from clerk_tui.store.core import CASES, DEFICIENCIES, EVENTS, MATERIALS, NOTICES, OWED, RESULTS, VISIT_SERVICES
from clerk_tui.store.numbers import counted

RENTING = {"exempt": "n", "house": "rent", "by": "self"}
FIRST_CARD = {"act": "new", "who": "hj", "by": "self"}


def rows(desk: Desk, table, **where):
    with desk.look() as connection:
        query = select(table)
        for name, value in where.items():
            query = query.where(table.c[name] == value)
        return connection.execute(query).all()


def first_answers(desk: Desk, item_key: str) -> dict[str, str]:
    """The first option of every question, none of which stops."""
    questions = questions_of(desk.catalogue, desk.catalogue.items[item_key])
    return {question.id: next(one.id for one in question.options if not one.stop) for question in questions}


def possible(sheet) -> set[str]:
    return {one.kind for one in sheet.outcomes if one.possible}


def test_a_guide_half_answered_offers_only_what_can_be_done(desk: Desk, clerk: By, elder: str, open_visit) -> None:
    draft = IntakeDraft("a-1", open_visit(clerk, elder), "laoren-youdaika", applicant_id=elder)
    sheet = intake.sheet(desk, clerk, draft=draft)
    assert possible(sheet) == {"asked"}
    assert sheet.unanswered == 3
    assert next(one for one in sheet.outcomes if one.kind == "accept").reason.startswith("还有 3 个问题")


def test_an_immediate_item_is_finished_in_one_act(desk: Desk, clerk: By, elder: str, open_visit, fill) -> None:
    draft = fill(clerk, open_visit(clerk, elder), elder, "juzhu-dengji", RENTING)
    sheet = intake.sheet(desk, clerk, draft=draft)
    assert "decide_now" in possible(sheet), sheet.outcomes
    done = intake.settle(desk, clerk, draft=draft, outcome="decide_now")
    assert done.state == "closed"
    assert done.receipt_no == "SQ01-20261123-0001"
    assert [paper.kind for paper in done.papers] == ["decision"]
    case = rows(desk, CASES, id=done.case_id)[0]
    assert case.version == 4 and case.accepted_at and case.decided_at and case.closed_at
    kinds = [event.kind for event in rows(desk, EVENTS, ent_id=done.case_id)]
    assert kinds == ["case.received", "case.accepted", "case.decided", "case.closed"]
    [result] = rows(desk, RESULTS, case_id=done.case_id)
    assert (result.kind, result.state) == ("paper", "ready")
    [service] = rows(desk, VISIT_SERVICES, case_id=done.case_id)
    assert service.kind == "case"
    with desk.look() as connection:
        assert counted(connection, "case:closed") == 1
        assert counted(connection, "result:ready") == 1


def test_settling_twice_writes_once(desk: Desk, clerk: By, elder: str, open_visit, fill) -> None:
    draft = fill(clerk, open_visit(clerk, elder), elder, "juzhu-dengji", RENTING)
    first = intake.settle(desk, clerk, draft=draft, outcome="decide_now")
    again = intake.settle(desk, clerk, draft=draft, outcome="decide_now")
    assert again.case_id == first.case_id
    assert [paper.number for paper in again.papers] == [paper.number for paper in first.papers]
    assert len(rows(desk, CASES)) == 1


def test_a_clerk_without_the_power_accepts_what_another_decides(
    desk: Desk, clerk2: By, elder: str, open_visit, fill
) -> None:
    draft = fill(clerk2, open_visit(clerk2, elder), elder, "juzhu-dengji", RENTING)
    sheet = intake.sheet(desk, clerk2, draft=draft)
    assert "decide_now" not in possible(sheet) and "accept" in possible(sheet)
    with pytest.raises(Refusal, match="outcome_impossible"):
        intake.settle(desk, clerk2, draft=draft, outcome="decide_now")
    assert rows(desk, CASES) == []


def test_acceptance_sets_both_dates_and_tells_the_district_everything(
    desk: Desk, clerk: By, elder: str, open_visit, fill
) -> None:
    draft = fill(clerk, open_visit(clerk, elder), elder, "laoren-youdaika", FIRST_CARD)
    done = intake.settle(desk, clerk, draft=draft, outcome="accept")
    case = rows(desk, CASES, id=done.case_id)[0]
    assert (case.state, case.accepted_how, case.promised_due) == ("accepted", "complete", "2026-12-14")
    [paper] = done.papers
    assert paper.kind == "acceptance"
    assert paper.facts["due"]["date"] == "2026-12-14"
    assert paper.facts["applicant_number"].endswith(
        rows(desk, CASES)[0].applicant_id and paper.facts["applicant_number"][-4:]
    )
    accepted = next(event for event in rows(desk, EVENTS, ent_id=done.case_id) if event.kind == "case.accepted")
    body = canonical.load(accepted.body)
    assert body["receipt_no"] == done.receipt_no
    assert body["applicant"]["name"] == "陈秀英" and body["applicant"]["phone"] == "13812343210"
    assert body["dues"]["promised"] == "2026-12-14"
    assert body["answers"] == {"act": ["new"], "who": ["hj"], "by": ["self"]}
    assert {one["key"]: one["mark"] for one in body["materials"]} == {"id_card": "1", "photo": "1", "hukou": "1"}
    assert accepted.travels == "whole"
    snapshot = canonical.load(case.item_snapshot)
    assert snapshot["name"] == "广州市老年人优待卡申领"
    assert case.item_version == desk.catalogue.items["laoren-youdaika"].version


def test_without_the_districts_list_nothing_may_be_owed(desk: Desk, clerk: By, elder: str, open_visit, fill) -> None:
    draft = fill(clerk, open_visit(clerk, elder), elder, "laoren-youdaika", FIRST_CARD, marks={"photo": "0"})
    sheet = intake.sheet(desk, clerk, draft=draft)
    assert possible(sheet) == {"one_time_notice", "asked"}
    assert "清单" in next(one for one in sheet.outcomes if one.kind == "accept_deficient").reason
    with pytest.raises(Refusal, match="outcome_impossible"):
        intake.commitment_paper(desk, clerk, draft=draft)


def test_tolerance_is_the_applicants_choice_and_needs_a_signature(
    desk: Desk, clerk: By, elder: str, open_visit, fill, example_list: str
) -> None:
    draft = fill(clerk, open_visit(clerk, elder), elder, "laoren-youdaika", FIRST_CARD, marks={"photo": "0"})
    sheet = intake.sheet(desk, clerk, draft=draft)
    verdict = next(one for one in sheet.outcomes if one.kind == "accept_deficient")
    assert verdict.possible and verdict.needs == ("commitment_signed",)
    assert "11-30 周一" in verdict.due_words
    photo = next(row for row in sheet.materials if row.key == "photo")
    assert photo.tolerance_words == "可容缺 5 工作日(示例清单)"
    with pytest.raises(Refusal, match="commitment_missing"):
        intake.settle(desk, clerk, draft=draft, outcome="accept_deficient", commitment_signed_how="signature")
    paper = intake.commitment_paper(desk, clerk, draft=draft)
    assert paper.kind == "commitment" and paper.facts["materials"][0]["due"]["date"] == "2026-11-30"
    assert intake.commitment_paper(desk, clerk, draft=draft).id == paper.id
    with pytest.raises(Refusal, match="commitment_unsigned"):
        intake.settle(desk, clerk, draft=draft, outcome="accept_deficient")
    with pytest.raises(Refusal, match="witness_missing"):
        intake.settle(desk, clerk, draft=draft, outcome="accept_deficient", commitment_signed_how="thumbprint")
    assert rows(desk, CASES) == []
    done = intake.settle(
        desk, clerk, draft=draft, outcome="accept_deficient", commitment_signed_how="thumbprint", witness="区秀莲"
    )
    assert (done.state, [one.kind for one in done.papers]) == ("accepted", ["acceptance", "deficiency_notice"])
    case = rows(desk, CASES, id=done.case_id)[0]
    assert case.accepted_how == "deficiency" and case.flag_credit_unchecked
    [owed] = rows(desk, OWED, case_id=done.case_id)
    assert (owed.name, owed.due, owed.days, owed.state) == ("近三个月小一寸白底照片", "2026-11-30", 5, "owed")
    signed = rows(desk, NOTICES, id=paper.id)[0]
    assert (signed.case_id, signed.signed_how, signed.witness) == (done.case_id, "thumbprint", "区秀莲")
    with desk.look() as connection:
        assert counted(connection, "owed:owed:open") == 1


def test_a_commitment_that_no_longer_fits_is_not_good_enough(
    desk: Desk, clerk: By, elder: str, open_visit, fill, example_list: str
) -> None:
    visit = open_visit(clerk, elder)
    draft = fill(clerk, visit, elder, "laoren-youdaika", FIRST_CARD, marks={"photo": "0"})
    first = intake.commitment_paper(desk, clerk, draft=draft)
    draft.marks["hukou"] = MaterialMark(mark="0")
    with pytest.raises(Refusal, match="commitment_changed"):
        intake.settle(desk, clerk, draft=draft, outcome="accept_deficient", commitment_signed_how="signature")
    second = intake.commitment_paper(desk, clerk, draft=draft)
    assert second.number != first.number
    assert rows(desk, NOTICES, id=first.id)[0].void_reason
    assert (
        intake.settle(desk, clerk, draft=draft, outcome="accept_deficient", commitment_signed_how="seal").state
        == "accepted"
    )


def test_saying_no_to_tolerance_is_recorded_and_leads_to_one_complete_notice(
    desk: Desk, clerk: By, elder: str, open_visit, fill, example_list: str
) -> None:
    marks = {"photo": "0", "hukou": MaterialMark(mark="7", defect="缺变动页")}
    draft = fill(clerk, open_visit(clerk, elder), elder, "laoren-youdaika", FIRST_CARD, marks=marks)
    with pytest.raises(Refusal, match="choice_missing"):
        intake.settle(desk, clerk, draft=draft, outcome="one_time_notice")
    done = intake.settle(desk, clerk, draft=draft, outcome="one_time_notice", tolerance_declined=True)
    assert done.state == "correcting"
    notice = done.papers[-1]
    assert notice.kind == "one_time_notice"
    assert [one["name"] for one in notice.facts["materials"]] == ["近三个月小一寸白底照片", "居民户口簿(首页及本人页)"]
    assert notice.facts["materials"][1]["defect"] == "缺变动页"
    assert all(one["standard"] for one in notice.facts["materials"])
    assert {row.state for row in rows(desk, DEFICIENCIES, case_id=done.case_id)} == {"asked"}
    kinds = [event.kind for event in rows(desk, EVENTS, ent_id=done.case_id)]
    assert kinds == ["case.received", "case.correction_asked", "case.tolerance_declined"]
    assert rows(desk, CASES, id=done.case_id)[0].version == 3
    assert rows(desk, OWED) == []


def test_an_item_that_the_department_accepts_is_only_received(
    desk: Desk, clerk: By, owner: str, open_visit, fill
) -> None:
    draft = fill(clerk, open_visit(clerk, owner), owner, "spjy-xuke", first_answers(desk, "spjy-xuke"))
    sheet = intake.sheet(desk, clerk, draft=draft)
    assert possible(sheet) == {"receive", "asked"}, sheet.outcomes
    done = intake.settle(desk, clerk, draft=draft, outcome="receive")
    case = rows(desk, CASES, id=done.case_id)[0]
    assert (done.state, case.flag_requested, case.five_day_due) == ("received", True, "2026-11-30")
    [paper] = done.papers
    assert paper.kind == "receipt" and "不是受理决定" in paper.facts["notes"][0]
    assert "district_no" not in paper.facts


def test_an_answer_that_stops_leads_to_a_refusal_by_who_has_the_power(
    desk: Desk, clerk: By, elder: str, open_visit, fill, approved: Callable[[By], By]
) -> None:
    draft = fill(clerk, open_visit(clerk, elder), elder, "juzhu-dengji", {"exempt": "y", "house": "rent", "by": "self"})
    sheet = intake.sheet(desk, clerk, draft=draft)
    assert sheet.stop == "可不申报居住登记"
    assert {"refuse", "not_applicable", "asked"} <= possible(sheet)
    with pytest.raises(Refusal, match="supervisor_needed"):
        intake.settle(desk, clerk, draft=draft, outcome="not_applicable")
    done = intake.settle(desk, approved(clerk), draft=draft, outcome="not_applicable", reason="属免申报情形")
    assert (done.state, done.papers[-1].kind) == ("not_applicable", "not_applicable")
    assert done.papers[-1].facts["reason"] == "属免申报情形"


def test_only_asked_gives_this_persons_checklist_and_no_case(
    desk: Desk, clerk: By, elder: str, open_visit, fill
) -> None:
    visit = open_visit(clerk, elder)
    draft = fill(clerk, visit, elder, "laoren-youdaika", FIRST_CARD, marks={"photo": "0"})
    done = intake.settle(desk, clerk, draft=draft, outcome="asked")
    assert (done.case_id, rows(desk, CASES)) == ("", [])
    assert [one["name"] for one in done.papers[0].facts["materials"]] == ["近三个月小一寸白底照片"]
    [service] = rows(desk, VISIT_SERVICES, visit_id=visit)
    assert service.kind == "asked"


def test_what_is_asked_too_late_is_not_written_into_a_visit_that_was_ended_elsewhere(
    desk: Desk, clerk: By, elder: str, open_visit, fill
) -> None:
    visit = open_visit(clerk, elder)
    draft = fill(clerk, visit, elder, "laoren-youdaika", FIRST_CARD)
    visits.finish(desk, clerk, visit_id=visit, outcome="none")
    with pytest.raises(Refusal, match="visit_closed"):
        intake.settle(desk, clerk, draft=draft, outcome="asked")
    assert rows(desk, VISIT_SERVICES, visit_id=visit) == [] and rows(desk, NOTICES) == []


def test_identity_not_checked_yet_stops_every_taking_in(desk: Desk, clerk: By, elder: str, open_visit, fill) -> None:
    draft = fill(clerk, open_visit(clerk, elder, identified=False), elder, "juzhu-dengji", RENTING)
    sheet = intake.sheet(desk, clerk, draft=draft)
    assert possible(sheet) <= {"asked", "correct_now"}
    assert "还没有核对人证" in sheet.faults


def test_numbers_of_a_day_run_on_and_papers_have_their_own(desk: Desk, clerk: By, elder: str, open_visit, fill) -> None:
    visit = open_visit(clerk, elder)
    first = intake.settle(desk, clerk, draft=fill(clerk, visit, elder, "juzhu-dengji", RENTING), outcome="decide_now")
    second = intake.settle(
        desk, clerk, draft=fill(clerk, visit, elder, "laoren-youdaika", FIRST_CARD), outcome="accept"
    )
    assert (first.receipt_no[-4:], second.receipt_no[-4:]) == ("0001", "0002")
    assert first.papers[0].number == "市桥办[2026]SQ01-1号"
    assert second.papers[0].number == "市桥受[2026]SQ01-1号"
    with desk.look() as connection:
        assert connection.execute(select(func.count()).select_from(MATERIALS)).scalar_one() == 6


def test_the_sheet_asks_the_store_little_and_no_more_with_more_cases(
    desk: Desk, clerk: By, elder: str, open_visit, fill, example_list: str, statements: list[str]
) -> None:
    visit = open_visit(clerk, elder)

    def asked(draft: IntakeDraft) -> int:
        before = len(statements)
        intake.sheet(desk, clerk, draft=draft)
        return len(statements) - before

    draft = fill(clerk, visit, elder, "laoren-youdaika", FIRST_CARD, marks={"photo": "0"})
    alone = asked(draft)
    intake.settle(desk, clerk, draft=fill(clerk, visit, elder, "juzhu-dengji", RENTING), outcome="decide_now")
    assert asked(draft) <= alone + 2
    assert alone <= 20


def test_two_windows_at_once_never_share_a_number(
    desk: Desk, another_desk: Desk, clerk: By, clerk2: By, elder: str, owner: str, open_visit, fill
) -> None:
    first = fill(clerk, open_visit(clerk, elder), elder, "laoren-youdaika", FIRST_CARD)
    second = fill(clerk2, open_visit(clerk2, owner), owner, "laoren-youdaika", FIRST_CARD)
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(intake.settle, desk, clerk, draft=first, outcome="accept")
        two = pool.submit(intake.settle, another_desk, clerk2, draft=second, outcome="accept")
        numbers = {one.result().receipt_no, two.result().receipt_no}
        papers = {one.result().papers[0].number, two.result().papers[0].number}
    assert len(numbers) == len(papers) == 2


def test_nothing_is_half_done_when_a_paper_cannot_be_issued(
    desk: Desk, clerk: By, elder: str, open_visit, fill
) -> None:
    draft = fill(clerk, open_visit(clerk, elder), elder, "laoren-youdaika", FIRST_CARD)
    nameless = replace(desk, hall_name="")
    with pytest.raises(Refusal, match="paper_facts"):
        intake.settle(nameless, clerk, draft=draft, outcome="accept")
    assert rows(desk, CASES) == [] and rows(desk, NOTICES) == []
    done = intake.settle(desk, clerk, draft=draft, outcome="accept")
    assert done.receipt_no.endswith("0001")
