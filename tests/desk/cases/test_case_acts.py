"""What happens to a case after intake: corrected, ended, decided, paid for, given back."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Table, insert, select

from clerk_tui.catalog.questions import questions_of
from clerk_tui.desk import (
    amending,
    case_acts,
    case_reading,
    correctable,
    intake,
    papers,
    print_queue,
    unmasking,
)
from clerk_tui.desk.context import Desk
from clerk_tui.desk.views.intake import MaterialMark, Settled
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical
from clerk_tui.store.act import By, new_id
from clerk_tui.store.core import CASES, EVENTS, MATERIALS, OWED, RESULTS, TASKS
from clerk_tui.store.numbers import counted
from clerk_tui.tui.case_records import _editor
from clerk_tui.tui.widgets.multi_choice import MultiChoiceField

RENTING = {"exempt": "n", "house": "rent", "by": "self"}
FIRST_CARD = {"act": "new", "who": "hj", "by": "self"}


def rows(desk: Desk, table: Table, **where: Any) -> list[Any]:
    with desk.look() as connection:
        query = select(table)
        for name, value in where.items():
            query = query.where(table.c[name] == value)
        return list(connection.execute(query))


def events(desk: Desk, entity: str) -> list[str]:
    return [row.kind for row in rows(desk, EVENTS, ent_id=entity)]


@pytest.fixture
def accepted(desk: Desk, clerk: By, elder: str, open_visit, fill) -> Callable[..., Settled]:
    def taken(**more: Any) -> Settled:
        draft = fill(clerk, open_visit(clerk, elder), elder, "laoren-youdaika", FIRST_CARD, **more)
        return intake.settle(desk, clerk, draft=draft, outcome="accept")

    return taken


def test_a_field_is_corrected_with_before_and_after(desk: Desk, clerk: By, accepted) -> None:
    done = accepted()
    again = case_acts.correct(desk, clerk, case_id=done.case_id, fields={"pickup": "2"}, reason="申请人改为邮寄")
    [note] = again.papers
    assert (note.kind, note.facts["before"], note.facts["after"]) == (
        "correction_note",
        "取卡点: 镇街政务中心",
        "取卡点: 邮寄",
    )
    case = rows(desk, CASES, id=done.case_id)[0]
    assert canonical.load(case.fields)["pickup"] == "邮寄"
    body = canonical.load(rows(desk, EVENTS, ent_id=done.case_id)[-1].body)
    assert body["changes"][0]["field"] == "pickup" and body["reason"] == "申请人改为邮寄"
    with pytest.raises(Refusal, match="nothing_changed"):
        case_acts.correct(desk, clerk, case_id=done.case_id, fields={"pickup": "邮寄"}, reason="再来一次")
    with pytest.raises(Refusal, match="field_faulty"):
        case_acts.correct(desk, clerk, case_id=done.case_id, fields={"pickup": "柜子"}, reason="改")
    with pytest.raises(Refusal, match="field_faulty"):
        case_acts.correct(desk, clerk, case_id=done.case_id, fields={"pickup": " "}, reason="改")


def test_once_papers_are_out_a_correction_needs_a_supervisor(desk: Desk, clerk: By, accepted, approved) -> None:
    done = accepted()
    papers.sign(desk, clerk, notice_id=done.papers[0].id, how="signature")
    with pytest.raises(Refusal, match="supervisor_needed"):
        case_acts.correct(desk, clerk, case_id=done.case_id, fields={"pickup": "邮寄"}, reason="改")
    again = case_acts.correct(desk, approved(clerk), case_id=done.case_id, fields={"pickup": "邮寄"}, reason="改")
    assert again.papers[0].facts["approver"] == "何主任"
    assert rows(desk, EVENTS, kind="case.corrected")[0].second_id


def test_a_mark_is_corrected_but_never_into_a_gap(desk: Desk, clerk: By, accepted) -> None:
    done = accepted()
    case_acts.correct(
        desk,
        clerk,
        case_id=done.case_id,
        materials={"hukou": MaterialMark(mark="4", verified_how="resident_phone")},
        reason="实为粤省事出示",
    )
    [row] = rows(desk, MATERIALS, case_id=done.case_id, key="hukou")
    assert (row.mark, row.verified_how, row.copies) == ("4", "resident_phone", 0)
    with pytest.raises(Refusal, match="material_gap"):
        case_acts.correct(
            desk, clerk, case_id=done.case_id, materials={"hukou": MaterialMark(mark="7", defect="x")}, reason="改"
        )
    with pytest.raises(Refusal, match="mark_impossible"):
        case_acts.correct(desk, clerk, case_id=done.case_id, materials={"id_card": MaterialMark(mark="2")}, reason="改")


def test_a_refused_record_is_answered_and_its_task_closed(desk: Desk, clerk: By, accepted) -> None:
    done = accepted()
    refused = next(row for row in rows(desk, EVENTS, ent_id=done.case_id) if row.kind == "case.accepted")
    task_id = new_id()
    with desk.act(clerk) as act:
        act.connection.execute(
            insert(TASKS).values(
                id=task_id, kind="rejected", case_id=done.case_id, rid=refused.rid, field="fields.pickup",
                code="field", words="取卡点不对", made_at=act.now,
            )
        )  # fmt: skip
        act.connection.execute(CASES.update().values(flag_refused_by_district=True))
    before = rows(desk, CASES, id=done.case_id)[0]
    case_acts.correct(
        desk, clerk, case_id=done.case_id, fields={"pickup": "邮寄"}, reason="按区里意见更正", task_id=task_id
    )
    case = rows(desk, CASES, id=done.case_id)[0]
    assert not case.flag_refused_by_district
    assert (case.accepted_at, case.promised_due, case.state) == (before.accepted_at, before.promised_due, "accepted")
    assert rows(desk, TASKS, id=task_id)[0].closed_at
    answer = rows(desk, EVENTS, kind="record.corrected")[0]
    body = canonical.load(answer.body)
    assert (body["rid"], body["kind"], body["facts"]["fields"]["pickup"]) == (refused.rid, "case.accepted", "邮寄")
    with pytest.raises(Refusal, match="task_closed"):
        case_acts.correct(desk, clerk, case_id=done.case_id, fields={}, reason="再报", task_id=task_id)


def test_withdrawing_gives_back_the_originals_and_closes_what_is_owed(
    desk: Desk, clerk: By, elder: str, open_visit, fill, example_list: str
) -> None:
    marks = {"photo": "0", "hukou": "2"}
    draft = fill(clerk, open_visit(clerk, elder), elder, "laoren-youdaika", FIRST_CARD, marks=marks)
    intake.commitment_paper(desk, clerk, draft=draft)
    done = intake.settle(desk, clerk, draft=draft, outcome="accept_deficient", commitment_signed_how="signature")
    with pytest.raises(Refusal, match="reason_missing"):
        case_acts.withdraw(desk, clerk, case_id=done.case_id, reason="")
    gone = case_acts.withdraw(desk, clerk, case_id=done.case_id, reason="回原籍办理")
    assert (gone.state, [paper.kind for paper in gone.papers]) == ("withdrawn", ["withdrawal", "give_back_list"])
    assert [one["name"] for one in gone.papers[1].facts["materials"]] == ["居民户口簿(首页及本人页)"]
    assert rows(desk, OWED, case_id=done.case_id)[0].state == "closed"
    back = case_acts.give_back(desk, clerk, case_id=done.case_id)
    assert back.words.startswith("已退原件 1 份")
    with pytest.raises(Refusal, match="nothing_to_give_back"):
        case_acts.give_back(desk, clerk, case_id=done.case_id)
    with pytest.raises(Refusal, match="state_case"):
        case_acts.withdraw(desk, clerk, case_id=done.case_id, reason="再撤一次")


@pytest.mark.parametrize("way", ["saved", "shown"])
def test_a_file_or_a_viewer_hands_out_as_well_as_a_printer(desk: Desk, clerk: By, accepted, way: str) -> None:
    done = accepted()
    notice_id, bytes_of = done.papers[0].id, {"media": "html", "variant": "plain", "sha": "ab" * 32}
    if way == "saved":
        print_queue.saved(desk, clerk, notice_id=notice_id, **bytes_of)
    else:
        job = print_queue.enqueue(desk, clerk, notice_id=notice_id, device="system", copy_no=1, **bytes_of)
        case_acts.correct(desk, clerk, case_id=done.case_id, fields={"pickup": "邮寄"}, reason="还没有出机")
        print_queue.shown(desk, clerk, job_id=job.id)
    with pytest.raises(Refusal, match="supervisor_needed"):
        case_acts.correct(desk, clerk, case_id=done.case_id, fields={"pickup": "现场"}, reason="改")


def test_void_needs_a_supervisor_and_the_number_stays(desk: Desk, clerk: By, accepted, approved) -> None:
    done = accepted()
    with pytest.raises(Refusal, match="supervisor_needed"):
        case_acts.void(desk, clerk, case_id=done.case_id, reason="重复收件")
    gone = case_acts.void(desk, approved(clerk), case_id=done.case_id, reason="重复收件")
    assert (gone.state, gone.papers[0].kind) == ("void", "void_note")
    assert rows(desk, CASES, id=done.case_id)[0].receipt_no == done.receipt_no
    assert events(desk, done.case_id)[-1] == "case.voided"
    with desk.look() as connection:
        assert (counted(connection, "case:void"), counted(connection, "case:accepted")) == (1, 0)
    assert accepted().receipt_no.endswith("0002")


def test_return_and_termination_have_their_papers(desk: Desk, clerk: By, accepted, approved) -> None:
    first, second = accepted(), accepted()
    back = case_acts.return_case(desk, approved(clerk), case_id=first.case_id, reason="长期不来补")
    assert (back.state, back.papers[0].kind) == ("returned", "return_notice")
    over = case_acts.terminate(desk, approved(clerk), case_id=second.case_id, reason="申请人去世")
    assert (over.state, over.papers[0].kind) == ("terminated", "termination")
    assert over.papers[0].facts["remedies"]


def test_what_the_department_decides_needs_its_document(
    desk: Desk, clerk: By, owner: str, open_visit, fill, approved
) -> None:
    item = desk.catalogue.items["spjy-xuke"]
    answers = {one.id: one.options[0].id for one in questions_of(desk.catalogue, item)}
    draft = fill(clerk, open_visit(clerk, owner), owner, "spjy-xuke", answers)
    done = intake.settle(desk, clerk, draft=draft, outcome="receive")
    with pytest.raises(Refusal, match="power_missing"):
        case_acts.refuse(desk, approved(clerk), case_id=done.case_id, reason="不属于本机关职权")
    with pytest.raises(Refusal, match="state_case"):
        case_acts.print_refusal(desk, clerk, case_id=done.case_id, reason="x")
    gone = case_acts.refuse(
        desk, approved(clerk), case_id=done.case_id, reason="不属于本机关职权", document="番市监〔2026〕5号",
        competent_authority="广州市市场监督管理局",
    )  # fmt: skip
    assert (gone.state, gone.papers[0].kind) == ("refused", "refusal")
    assert gone.papers[0].facts["competent_authority"] == "广州市市场监督管理局"
    again = case_acts.print_refusal(desk, clerk, case_id=done.case_id, reason="不属于本机关职权")
    assert again.number != gone.papers[0].number


def test_an_immediate_item_accepted_by_one_is_decided_by_another(
    desk: Desk, clerk: By, clerk2: By, elder: str, open_visit, fill
) -> None:
    draft = fill(clerk2, open_visit(clerk2, elder), elder, "juzhu-dengji", RENTING)
    done = intake.settle(desk, clerk2, draft=draft, outcome="accept")
    with pytest.raises(Refusal, match="power_missing"):
        case_acts.decide_now(desk, clerk2, case_id=done.case_id)
    decided = case_acts.decide_now(desk, clerk, case_id=done.case_id, number="JZ2026-0001")
    assert (decided.state, decided.papers[0].kind) == ("closed", "decision")
    assert rows(desk, RESULTS, case_id=done.case_id)[0].number == "JZ2026-0001"
    assert rows(desk, CASES, id=done.case_id)[0].version == 4


def test_a_fee_is_recorded_only_where_there_is_one(
    desk: Desk, clerk: By, elder: str, open_visit, fill, accepted
) -> None:
    free = accepted()
    with pytest.raises(Refusal, match="fee_free"):
        case_acts.record_fee(desk, clerk, case_id=free.case_id, paid_fen=2000, how="微信", receipt="0001")
    item = next(one for one in desk.catalogue.items.values() if one.fee_fen and one.accept_power == "hall")
    answers = {
        one.id: next(o.id for o in one.options if not o.stop and not o.set.fee_words)
        for one in questions_of(desk.catalogue, item)
    }
    draft = fill(clerk, open_visit(clerk, elder), elder, item.key, answers)
    done = intake.settle(desk, clerk, draft=draft, outcome="accept")
    due = rows(desk, CASES, id=done.case_id)[0].fee_fen
    assert due > 0
    with pytest.raises(Refusal, match="fee_receipt"):
        case_acts.record_fee(desk, clerk, case_id=done.case_id, paid_fen=due, how="微信", receipt=" ")
    with pytest.raises(Refusal, match="fee_amount"):
        case_acts.record_fee(desk, clerk, case_id=done.case_id, paid_fen=due + 1, how="微信", receipt="0001")
    paid = case_acts.record_fee(desk, clerk, case_id=done.case_id, paid_fen=due, how="微信", receipt="0001")
    assert f"{due // 100}.{due % 100:02d} 元" in paid.words
    assert rows(desk, CASES, id=done.case_id)[0].fee_paid_fen == due


def test_a_hotline_number_is_attached_with_its_day(desk: Desk, clerk: By, accepted) -> None:
    done = accepted()
    case_acts.record_hotline(desk, clerk, case_id=done.case_id, number="GZ12345-1", due="20261130")
    case_acts.record_hotline(desk, clerk, case_id=done.case_id, number="GZ12345-1", answer="已回复")
    case = rows(desk, CASES, id=done.case_id)[0]
    assert (case.hotline_no, case.hotline_due, case.hotline_answer) == ("GZ12345-1", "2026-11-30", "已回复")


def test_what_the_back_office_verifies_is_not_asked_of_the_resident(desk: Desk, clerk: By, accepted) -> None:
    pending = MaterialMark(mark="5", verified_how="pending_back_office")
    done = accepted(marks={"hukou": pending})
    assert "由后台核验" in done.papers[0].facts["notes"][0]
    case_acts.verify_material(desk, clerk, case_id=done.case_id, key="hukou", good=False, defect="查无此户")
    [row] = rows(desk, MATERIALS, case_id=done.case_id, key="hukou")
    assert (row.verified_how, row.defect) == ("pending_back_office", "查无此户")
    case_acts.verify_material(desk, clerk, case_id=done.case_id, key="hukou", good=True)
    [row] = rows(desk, MATERIALS, case_id=done.case_id, key="hukou")
    assert (row.verified_how, row.defect) == ("department_system", "")
    with pytest.raises(Refusal, match="not_pending"):
        case_acts.verify_material(desk, clerk, case_id=done.case_id, key="hukou", good=True)


def test_a_field_of_several_choices_is_corrected_by_choosing(
    desk: Desk, clerk: By, owner: str, open_visit, fill
) -> None:
    questions = questions_of(desk.catalogue, desk.catalogue.items["spjy-xuke"])
    answers = {one.id: next(o.id for o in one.options if not o.stop) for one in questions}
    draft = fill(clerk, open_visit(clerk, owner), owner, "spjy-xuke", answers, fields={"items": ["热食制售"]})
    case_id = intake.settle(desk, clerk, draft=draft, outcome="receive").case_id
    found, _ = correctable.correctable(desk, clerk, case_id=case_id)
    [one] = [one for one in found if one.key == "field:items"]
    assert one.several and ("冷食制售", "冷食制售") in one.options
    editor = _editor(one)
    assert isinstance(editor, MultiChoiceField) and editor.chosen == ("热食制售",)
    editor.value = "\n".join(("热食制售", "冷食制售"))
    amending.correct(desk, clerk, case_id=case_id, fields={"items": editor.text}, reason="漏了一项")
    kept, _ = correctable.correctable(desk, clerk, case_id=case_id)
    assert next(one.now for one in kept if one.key == "field:items") == "热食制售; 冷食制售"


def test_account_and_identity_numbers_of_a_form_are_shown_in_part_and_corrected_by_typing(
    desk: Desk, clerk: By, owner: str, open_visit, fill
) -> None:
    questions = questions_of(desk.catalogue, desk.catalogue.items["cjr-kunnan"])
    answers = {one.id: next(o.id for o in one.options if not o.stop) for one in questions}
    draft = fill(clerk, open_visit(clerk, owner), owner, "cjr-kunnan", answers, fields={"acct": "6222021234567890123"})
    case_id = intake.settle(desk, clerk, draft=draft, outcome="receive").case_id

    def account():
        fields, _ = correctable.correctable(desk, clerk, case_id=case_id)
        return next(one for one in fields if one.key == "field:acct")

    before = account()
    assert before.now == "622202*********0123" and not before.value
    shown = {key: value for key, _, value in case_reading.case_again(desk, clerk, case_id=case_id).fields}
    assert shown["acct"] == before.now and "*" in shown["cert_no"]
    whole = unmasking.unmask(desk, clerk, kind="person", party_id=owner, reason="核对账户", case_id=case_id).of_form
    assert ("收款账户", "6222021234567890123") in whole
    amending.correct(desk, clerk, case_id=case_id, fields={"acct": "6222021111111110123"}, reason="写错")
    after = account()
    assert after.now == before.now and after.stamp != before.stamp, "another number, though its shown part is the same"
    [row] = rows(desk, CASES, id=case_id)
    assert canonical.load(row.fields)["acct"] == "6222021111111110123"
