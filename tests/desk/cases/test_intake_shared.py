"""Several matters of one person, and matters for another: asked once, and only with authority."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Table, select

from clerk_tui.catalog.questions import questions_of
from clerk_tui.desk import authorities, intake, owing, visits
from clerk_tui.desk.context import Desk
from clerk_tui.desk.views.intake import IntakeDraft, MaterialMark
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical
from clerk_tui.store.act import By
from clerk_tui.store.core import CASES, EVENTS, MATERIALS

RENTING = {"exempt": "n", "house": "rent", "by": "self"}
FIRST_CARD = {"act": "new", "who": "hj", "by": "self"}


def rows(desk: Desk, table: Table, **where: Any) -> list[Any]:
    with desk.look() as connection:
        query = select(table)
        for name, value in where.items():
            query = query.where(table.c[name] == value)
        return list(connection.execute(query))


def row_of(sheet, key: str):
    return next(one for one in sheet.materials if one.key == key)


def possible(sheet) -> set[str]:
    return {one.kind for one in sheet.outcomes if one.possible}


def test_evidence_marked_once_counts_for_the_next_matter_of_the_visit(
    desk: Desk, clerk: By, elder: str, open_visit, fill
) -> None:
    visit = open_visit(clerk, elder)
    first = fill(clerk, visit, elder, "laoren-youdaika", FIRST_CARD, marks={"hukou": "3"})
    done = intake.settle(desk, clerk, draft=first, outcome="accept")
    second = replace(
        first, act_id="a-2", item_key="juzhu-dengji", answers={k: (v,) for k, v in RENTING.items()}, marks={}
    )
    sheet = intake.sheet(desk, clerk, draft=second)
    card = row_of(sheet, "id_card")
    assert (card.mark.mark, done.receipt_no in card.shared_with) == ("1", True)
    assert row_of(sheet, "form").mark.mark == ""


@pytest.mark.parametrize(("key", "way"), [("jiuye-dengji", "electronic"), ("laoren-youdaika", "window")])
def test_the_sheet_names_the_way_of_delivery_that_the_case_is_given(
    desk: Desk, clerk: By, elder: str, open_visit, fill, key: str, way: str
) -> None:
    questions = questions_of(desk.catalogue, desk.catalogue.items[key])
    answers = {one.id: next(o.id for o in one.options if not o.stop) for one in questions}
    draft = fill(clerk, open_visit(clerk, elder), elder, key, answers)
    sheet = intake.sheet(desk, clerk, draft=draft)
    assert sheet.delivery == way
    assert intake.sheet(desk, clerk, draft=replace(draft, delivery="village")).delivery == "village"
    done = intake.settle(desk, clerk, draft=draft, outcome=next(one.kind for one in sheet.outcomes if one.possible))
    assert [row.delivery for row in rows(desk, CASES, id=done.case_id)] == [way]


def test_a_copy_on_file_of_this_visit_is_not_kept_twice(desk: Desk, clerk: By, elder: str, open_visit, fill) -> None:
    visit = open_visit(clerk, elder)
    first = fill(clerk, visit, elder, "laoren-youdaika", FIRST_CARD, marks={"hukou": "3"})
    done = intake.settle(desk, clerk, draft=first, outcome="accept")
    with_hukou = next(
        item.key
        for item in desk.catalogue.items.values()
        if item.key != "laoren-youdaika"
        and any(m.evidence == "hukou" and m.key in item.base_materials for m in item.materials)
    )
    sheet = intake.sheet(desk, clerk, draft=replace(first, act_id="a-2", item_key=with_hukou, answers={}, marks={}))
    hukou = next(one for one in sheet.materials if one.evidence == "hukou")
    [kept] = rows(desk, MATERIALS, case_id=done.case_id, key="hukou")
    assert (hukou.mark.mark, hukou.mark.verified_how, hukou.mark.on_file_of) == ("5", "on_file", kept.id)


def test_another_persons_evidence_is_not_shared(
    desk: Desk, clerk: By, elder: str, owner: str, open_visit, fill
) -> None:
    visit = open_visit(clerk, elder)
    intake.settle(desk, clerk, draft=fill(clerk, visit, elder, "juzhu-dengji", RENTING), outcome="decide_now")
    other = open_visit(clerk, owner)
    draft = replace(fill(clerk, other, owner, "juzhu-dengji", RENTING), marks={})
    assert row_of(intake.sheet(desk, clerk, draft=draft), "id_card").mark.mark == ""


def test_on_file_counts_only_within_the_days_of_its_kind(
    desk: Desk, clerk: By, elder: str, clock, open_visit, fill
) -> None:
    visit = open_visit(clerk, elder)
    intake.settle(
        desk,
        clerk,
        draft=fill(clerk, visit, elder, "laoren-youdaika", FIRST_CARD, marks={"hukou": "3"}),
        outcome="accept",
    )
    clock.set("2026-11-25 09:00")
    draft = fill(
        clerk, open_visit(clerk, elder), elder, "laoren-youdaika", FIRST_CARD,
        marks={"hukou": MaterialMark(mark="5", verified_how="on_file")},
    )  # fmt: skip
    sheet = intake.sheet(desk, clerk, draft=draft)
    days = desk.catalogue.evidence["hukou"].reuse_days
    hukou = row_of(sheet, "hukou")
    if days is None:
        assert "库里没有" in hukou.hint and "accept" not in possible(sheet)
    else:
        assert "accept" in possible(sheet)


def test_an_open_case_of_the_same_kind_is_shown_first(desk: Desk, clerk: By, elder: str, open_visit, fill) -> None:
    visit = open_visit(clerk, elder)
    draft = fill(clerk, visit, elder, "laoren-youdaika", FIRST_CARD)
    done = intake.settle(desk, clerk, draft=draft, outcome="accept")
    sheet = intake.sheet(desk, clerk, draft=replace(draft, act_id="a-2"))
    assert sheet.open_case_id == done.case_id
    assert done.receipt_no in sheet.open_case and "已受理" in sheet.open_case


def test_fields_come_from_the_person_and_from_the_other_matter(
    desk: Desk, clerk: By, elder: str, open_visit, fill
) -> None:
    visit = open_visit(clerk, elder)
    draft = fill(clerk, visit, elder, "juzhu-dengji", RENTING)
    address = next(
        one for one in intake.sheet(desk, clerk, draft=replace(draft, fields={})).fields if one.id == "address"
    )
    assert (address.value, address.source) == ("市桥街道德兴路1号", "申请人登记信息")
    emptied = intake.sheet(desk, clerk, draft=replace(draft, fields={**draft.fields, "address": ""}))
    assert "必填未填: 居住地址" in emptied.faults


def test_for_another_only_with_authority(desk: Desk, clerk: By, elder: str, owner: str, open_visit, fill) -> None:
    visit = open_visit(clerk, owner)
    answers = FIRST_CARD | {"by": "agent"}
    draft = fill(clerk, visit, elder, "laoren-youdaika", answers)
    sheet = intake.sheet(desk, clerk, draft=draft)
    assert "accept" not in possible(sheet)
    assert any("代办依据" in one for one in sheet.faults)
    with pytest.raises(Refusal, match="outcome_impossible"):
        intake.settle(desk, clerk, draft=draft, outcome="accept")
    authorities.record_authority(
        desk, clerk, principal_kind="person", principal_id=elder, holder_id=owner, kind="proxy",
        evidence="委托书 2026-11-20", relation="侄子", scope="laoren-youdaika",
    )  # fmt: skip
    sheet = intake.sheet(desk, clerk, draft=draft)
    assert ("agent", "代办人", "黄*强") in sheet.roles_needed
    done = intake.settle(desk, clerk, draft=draft, outcome="accept")
    case = rows(desk, CASES, id=done.case_id)[0]
    assert (case.applicant_id, case.agent_id) == (elder, owner) and case.authority_id
    body = canonical.load(
        next(one for one in rows(desk, EVENTS, ent_id=done.case_id) if one.kind == "case.accepted").body
    )
    assert body["agent"]["name"] == "黄志强" and body["agent"]["authority"]["relation"] == "侄子"
    assert done.papers[0].facts["agent"] == "黄志强" and "委托" in done.papers[0].facts["agent_authority"]
    [agent_card] = rows(desk, MATERIALS, case_id=done.case_id, key="agent_id")
    assert agent_card.holder_id == owner


def answer(sheet, question_id: str) -> list[str]:
    [question] = [one for one in sheet.questions if one.id == question_id]
    return [one.id for one in question.options if one.chosen]


@pytest.mark.parametrize(
    ("item", "question", "kind", "expected"),
    [
        ("laoren-youdaika", "by", "proxy", ["agent"]),
        ("jmyb-canbao", "who_applies", "proxy", ["agent"]),
        ("jmyb-canbao", "who_applies", "guardian", ["guardian"]),
    ],
)
def test_the_recorded_authority_answers_who_applies(
    desk: Desk, clerk: By, elder: str, owner: str, open_visit, item: str, question: str, kind: str, expected: list[str]
) -> None:
    authorities.record_authority(
        desk, clerk, principal_kind="person", principal_id=elder, holder_id=owner, kind=kind, evidence="文书 3 号"
    )
    draft = IntakeDraft("a-9", open_visit(clerk, owner), item, applicant_id=elder)
    sheet = intake.sheet(desk, clerk, draft=draft)
    assert answer(sheet, question) == expected
    own = IntakeDraft("a-10", draft.visit_id, item, applicant_id=owner)
    assert answer(intake.sheet(desk, clerk, draft=own), question) == [], "who applies for himself is asked"


def test_the_applicant_cannot_be_said_to_stand_here_when_another_does(
    desk: Desk, clerk: By, elder: str, owner: str, open_visit, fill
) -> None:
    authorities.record_authority(
        desk, clerk, principal_kind="person", principal_id=elder, holder_id=owner, kind="proxy", evidence="委托书"
    )
    draft = fill(clerk, open_visit(clerk, owner), elder, "laoren-youdaika", FIRST_CARD)
    sheet = intake.sheet(desk, clerk, draft=draft)
    assert not {"accept", "receive", "decide_now"} & possible(sheet)
    assert any("由谁办理" in one and "凭委托代办" in one for one in sheet.faults)
    assert sheet.applicant_words == "申请人 陈*英  来人凭委托: 委托书"
    with pytest.raises(Refusal, match="outcome_impossible"):
        intake.settle(desk, clerk, draft=draft, outcome="accept")


def test_an_authority_for_one_item_is_none_for_another(
    desk: Desk, clerk: By, elder: str, owner: str, open_visit, fill
) -> None:
    authorities.record_authority(
        desk, clerk, principal_kind="person", principal_id=elder, holder_id=owner, kind="proxy",
        evidence="委托书", scope="laoren-youdaika",
    )  # fmt: skip
    draft = fill(clerk, open_visit(clerk, owner), elder, "juzhu-dengji", RENTING | {"by": "agent"})
    assert not {"accept", "decide_now"} & possible(intake.sheet(desk, clerk, draft=draft))


def test_an_identity_card_can_never_be_kept(desk: Desk, clerk: By, elder: str, open_visit, fill) -> None:
    draft = fill(clerk, open_visit(clerk, elder), elder, "laoren-youdaika", FIRST_CARD, marks={"id_card": "2"})
    sheet = intake.sheet(desk, clerk, draft=draft)
    assert "2" not in row_of(sheet, "id_card").allowed_marks
    assert possible(sheet) <= {"asked", "correct_now"}
    assert "居民身份证: 这份材料不能标 2" in sheet.faults


def test_an_e_licence_must_say_how_it_was_seen(desk: Desk, clerk: By, elder: str, open_visit, fill) -> None:
    visit = open_visit(clerk, elder)
    draft = fill(clerk, visit, elder, "laoren-youdaika", FIRST_CARD, marks={"hukou": "4"})
    assert "accept" not in possible(intake.sheet(desk, clerk, draft=draft))
    seen = replace(draft, marks=draft.marks | {"hukou": MaterialMark(mark="4", verified_how="resident_phone")})
    assert "accept" in possible(intake.sheet(desk, clerk, draft=seen))


@pytest.mark.parametrize(
    ("kind", "digit", "possible_marks"), [("phone", "1", ""), ("phone", "3", ""), ("post", "1", "23")]
)
def test_what_nobody_can_see_from_afar_is_not_marked_as_seen(
    desk: Desk, clerk: By, elder: str, kind: str, digit: str, possible_marks: str
) -> None:
    visit = visits.open_without_ticket(desk, clerk, kind=kind)
    visits.identify(desk, clerk, visit_id=visit.id, person_id=elder, how="phone")
    draft = IntakeDraft("a-1", visit.id, "laoren-youdaika", applicant_id=elder)
    draft = replace(draft, answers={key: (chosen,) for key, chosen in FIRST_CARD.items()})
    hukou = row_of(intake.sheet(desk, clerk, draft=draft), "hukou")
    assert "".join(one for one in hukou.allowed_marks if one in "123") == possible_marks
    marked = replace(draft, marks={"hukou": MaterialMark(mark=digit, verified_how="seen")})
    assert row_of(intake.sheet(desk, clerk, draft=marked), "hukou").fault == hukou.not_here != ""
    shown = replace(draft, marks={"hukou": MaterialMark(mark="4", verified_how="resident_phone")})
    assert "看不到" in row_of(intake.sheet(desk, clerk, draft=shown), "hukou").fault
    known = replace(draft, marks={"hukou": MaterialMark(mark="4", verified_how="department_system")})
    assert not row_of(intake.sheet(desk, clerk, draft=known), "hukou").fault
    on_paper = replace(marked, back_entered=True, received_on="2026-11-20")  # seen that day, entered in this visit
    assert not row_of(intake.sheet(desk, clerk, draft=on_paper), "hukou").fault


def test_back_entered_runs_from_the_day_it_was_received(desk: Desk, clerk: By, elder: str, open_visit, fill) -> None:
    visit = open_visit(clerk, elder)
    draft = fill(clerk, visit, elder, "laoren-youdaika", FIRST_CARD, back_entered=True, received_on="2026-11-20")
    done = intake.settle(desk, clerk, draft=draft, outcome="accept")
    case = rows(desk, CASES, id=done.case_id)[0]
    assert case.flag_back_entered and case.promised_due == "2026-12-11"
    assert done.papers[0].facts["apply_date"] == "2026-11-20"
    acceptance = next(one for one in done.papers if one.kind == "acceptance")
    assert acceptance.facts["date"] != "2026-11-20"  # a paper is never dated back
    assert any(note.startswith("2026-11-20 已当面收下申请") for note in acceptance.facts["notes"])
    late = replace(draft, act_id="a-2", received_on="2026-12-20")
    assert "补录的收件日期在今天之后" in intake.sheet(desk, clerk, draft=late).faults


def test_mail_needs_an_address(desk: Desk, clerk: By, elder: str, open_visit, fill) -> None:
    draft = fill(clerk, open_visit(clerk, elder), elder, "laoren-youdaika", FIRST_CARD, delivery="mail")
    with pytest.raises(Refusal, match="mail_to_missing"):
        intake.settle(desk, clerk, draft=draft, outcome="accept")
    assert rows(desk, CASES) == []


def test_a_promise_is_signed_and_stands_in_the_second_tab(desk: Desk, clerk: By, elder: str, open_visit, fill) -> None:
    item = desk.catalogue.items["dibao"]
    answers = {one.id: next(o.id for o in one.options if not o.stop) for one in questions_of(desk.catalogue, item)}
    draft = fill(clerk, open_visit(clerk, elder), elder, item.key, answers, marks={"hukou": "6"})
    sheet = intake.sheet(desk, clerk, draft=draft)
    assert "6" in row_of(sheet, "hukou").allowed_marks
    assert not any("6" in row_of(sheet, key).allowed_marks for key in ("form", "id_card", "check_auth", "bank"))
    outcome = next(one for one in sheet.outcomes if one.kind == "receive" and one.possible)
    assert outcome.needs == ("promise_signed",)
    with pytest.raises(Refusal, match="commitment_missing"):
        intake.settle(desk, clerk, draft=draft, outcome=outcome.kind, commitment_signed_how="signature")
    paper = intake.promise_paper(desk, clerk, draft=draft)
    assert paper.kind == "promise"
    done = intake.settle(desk, clerk, draft=draft, outcome=outcome.kind, commitment_signed_how="signature")
    assert rows(desk, CASES, id=done.case_id)[0].accepted_how == "promise"
    assert owing.ledger(desk, clerk).rows == ()
    [entry] = owing.ledger(desk, clerk, kind="promise").rows
    assert entry.kind == "promise"
    approved_by_desk = owing.verify_promise(desk, clerk, owed_id=entry.id, truthful=True, how="部门系统查得")
    assert approved_by_desk.words.startswith("承诺属实")
    assert owing.ledger(desk, clerk, kind="promise").rows == ()


def test_whose_papers_are_asked_for_is_named_before_anything_is_decided(
    desk: Desk, clerk: By, elder: str, owner: str, open_visit, fill
) -> None:
    """死亡注销: the household book is of the deceased, whom nobody has named yet; who declares is whoever stands here."""
    questions = questions_of(desk.catalogue, desk.catalogue.items["siwang-zhuxiao"])
    answers = {one.id: next(o.id for o in one.options if not o.stop) for one in questions}
    draft = fill(clerk, open_visit(clerk, elder), elder, "siwang-zhuxiao", answers)
    sheet = intake.sheet(desk, clerk, draft=draft)
    bound = {role: name for role, _, name in sheet.roles_needed}
    assert bound["declarer"] == "陈*英" and bound["deceased"] == ""
    assert "必填未填: 逝者是谁" in sheet.faults
    assert not {"accept", "decide_now", "receive"} & possible(sheet)
    named = replace(draft, roles={"deceased": owner})
    sheet = intake.sheet(desk, clerk, draft=named)
    assert not [fault for fault in sheet.faults if "是谁" in fault]
    assert {"accept", "decide_now"} & possible(sheet)
