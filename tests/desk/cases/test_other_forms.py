"""What else is printed for a person or a case: blank forms, and the department's decisions about the clock."""

import pytest

from clerk_tui.desk import blank_forms, case_forms, intake
from clerk_tui.desk.context import Desk
from clerk_tui.documents.render import as_text
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import decisions
from clerk_tui.store.act import By
from clerk_tui.store.case_states import case_row

FIRST_CARD = {"act": "new", "who": "hj", "by": "self"}


@pytest.fixture
def case_id(desk: Desk, clerk: By, elder: str, open_visit, fill) -> str:
    draft = fill(clerk, open_visit(clerk, elder), elder, "laoren-youdaika", FIRST_CARD)
    return intake.settle(desk, clerk, draft=draft, outcome="accept").case_id


def test_an_elders_papers_are_large_by_default(desk: Desk, clerk: By, elder: str, open_visit, fill) -> None:
    draft = fill(clerk, open_visit(clerk, elder), elder, "laoren-youdaika", FIRST_CARD)
    assert {paper.variant for paper in intake.settle(desk, clerk, draft=draft, outcome="accept").papers} == {"large"}


def test_blank_forms_know_the_person_and_leave_the_rest_open(desk: Desk, clerk: By, elder: str, open_visit) -> None:
    visit = open_visit(clerk, elder)
    for kind in blank_forms.BLANK_FORMS:
        paper = blank_forms.for_visit(desk, clerk, kind=kind, visit_id=visit)
        text = as_text(paper.kind, paper.number, paper.code, paper.facts)
        assert "陈秀英" in text and "________________" in text
    with pytest.raises(Refusal, match="no_blank_form"):
        blank_forms.for_visit(desk, clerk, kind=PaperKind.ACCEPTANCE, visit_id=visit)


def test_nobody_identified_has_no_form(desk: Desk, clerk: By, elder: str, open_visit) -> None:
    visit = open_visit(clerk, elder, identified=False)
    with pytest.raises(Refusal, match="not_identified"):
        blank_forms.for_visit(desk, clerk, kind=PaperKind.AUTHORISATION, visit_id=visit)


def test_a_case_offers_what_it_has_reason_for(desk: Desk, clerk: By, case_id: str) -> None:
    assert case_forms.printable(desk, clerk, case_id=case_id) == blank_forms.BLANK_FORMS
    with pytest.raises(Refusal, match="no_pause"):
        case_forms.make(desk, clerk, kind=PaperKind.SPECIAL_PROCEDURE, case_id=case_id)
    wish = case_forms.make(desk, clerk, kind=PaperKind.ELDER_WISH, case_id=case_id)
    assert wish.facts["receipt_no"] and wish.facts["item"] == "广州市老年人优待卡申领"


def test_what_the_department_decided_about_the_clock_is_told_in_writing(
    desk: Desk, clerk: By, clock, case_id: str
) -> None:
    with desk.act(clerk) as act:
        case = case_row(act.connection, case_id)
        decisions.suspend(
            act, case, name="入户调查", from_date="2026-11-25", days=6, reason="核对居住", approver="何主任"
        )
    begun = case_forms.make(desk, clerk, kind=PaperKind.SPECIAL_PROCEDURE, case_id=case_id)
    text = as_text(begun.kind, begun.number, begun.code, begun.facts)
    for words in ("特别程序告知书", "入户调查", "核对居住", "2026年11月25日", "6 个工作日", "何主任"):
        assert words in text
    assert PaperKind.SPECIAL_PROCEDURE_END not in case_forms.printable(desk, clerk, case_id=case_id)
    clock.set("2026-12-02 10:00")
    with desk.act(clerk) as act:
        decisions.resume(
            act,
            case_row(act.connection, case_id),
            to_date="2026-12-02",
            promised_due="2026-12-22",
            calendar=desk.calendar,
        )
    ended = case_forms.make(desk, clerk, kind=PaperKind.SPECIAL_PROCEDURE_END, case_id=case_id)
    text = as_text(ended.kind, ended.number, ended.code, ended.facts)
    assert "2026年12月2日" in text and "2026年12月22日" in text
    with desk.act(clerk) as act:
        decisions.prolong(
            act,
            case_row(act.connection, case_id),
            days=5,
            from_date="2026-12-02",
            reason="案情复杂",
            approver="何主任",
            calendar=desk.calendar,
        )
    longer = case_forms.make(desk, clerk, kind=PaperKind.PROLONGATION, case_id=case_id)
    assert longer.facts["reason"] == "案情复杂" and longer.facts["prolonged_words"] == "5 个工作日"
