"""查询 and the page of a case: its menu, corrections, records beside it, requests, papers, and what the district refused."""

from dataclasses import replace

import pytest
from sqlalchemy import insert, select, update

from clerk_tui.desk import correctable, correcting_one
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import new_id
from clerk_tui.store.core import ACCESS_LOG, CASES, EVENTS, MATERIALS, NOTICES, PERSONS, TASKS
from clerk_tui.tui.cards.common import ActCard, ListCard
from clerk_tui.tui.screens.paper_preview import PaperScreen
from tests.tui.conftest import approve, go


async def rows(clerk, table):
    desk = await clerk.app.desk_when_loaded()
    with desk.look() as connection:
        return connection.execute(select(table)).all()


async def case(clerk, case_id):
    return next(row for row in await rows(clerk, CASES) if row.id == case_id)


async def open_case(clerk, **where) -> str:
    """Open the newest case with these facts from 查询, giving a reason; returns its id."""
    await go(clerk, "4")
    found = [row for row in await rows(clerk, CASES) if all(getattr(row, key) == value for key, value in where.items())]
    newest = max(found, key=lambda row: row.received_at)
    clerk.bench.place.open_hit("case", newest.id)
    await clerk.settle()
    await clerk.press(*"电话查询", "f9")
    await clerk.read()
    return newest.id


async def choose(clerk, name: str) -> None:
    """F9 and the line of the menu with this name."""
    await clerk.press("f9")
    card = clerk.app.screen
    assert isinstance(card, ListCard), clerk.seen()
    place = [row.key for row in card.rows].index(name) + 1
    await clerk.press(*str(place), "enter")


async def pick(clerk, key: str) -> None:
    """The row of an open list card with this key."""
    place = [row.key for row in clerk.app.screen.rows].index(key) + 1
    await clerk.press(*str(place), "enter")


async def test_opening_the_case_of_somebody_absent_asks_why_and_the_page_says_who_looked(desk_at):
    case_id = await open_case(desk_at, state="reviewing")
    assert [(row.ent_id, row.reason) for row in await rows(desk_at, ACCESS_LOG)] == [(case_id, "电话查询")]
    await desk_at.press("end")
    assert "本人不在时谁看过" in desk_at.seen() and "李敏" in desk_at.seen()


async def test_a_reason_that_nobody_gave_opens_nothing(desk_at):
    await go(desk_at, "4")
    somebody = next(row for row in await rows(desk_at, CASES) if row.state == "reviewing")
    desk_at.bench.place.open_hit("case", somebody.id)
    await desk_at.settle()
    await desk_at.press("f9")
    assert isinstance(desk_at.app.screen, ActCard) and "要写明原因" in desk_at.seen()
    assert not await rows(desk_at, ACCESS_LOG)
    await desk_at.press("escape")
    assert desk_at.bench.place.case is None


async def test_the_menu_says_why_not(desk_at):
    await open_case(desk_at, state="reviewing")
    await choose(desk_at, "record_fee")
    assert "这个事项不收费" in desk_at.seen()
    assert not isinstance(desk_at.app.screen, ListCard)


async def test_a_field_is_corrected_with_reason_and_note(desk_at):
    case_id = await open_case(desk_at, state="reviewing")
    await choose(desk_at, "correct")
    await pick(desk_at, "note")
    await desk_at.press(*"来电补充", "enter", *"申请人要求", "f9")
    assert isinstance(desk_at.app.screen, PaperScreen) and "更正" in desk_at.app.screen.papers[0].title
    await desk_at.press("escape")
    assert (await case(desk_at, case_id)).note == "来电补充"
    await desk_at.read()
    await desk_at.press("end")
    assert "改为 来电补充" in desk_at.seen()


async def test_a_correction_after_papers_were_signed_needs_a_supervisor(desk_at):
    case_id = await open_case(desk_at, state="reviewing")
    await choose(desk_at, "sign_paper")
    await desk_at.press("1", "enter", "f9")
    await desk_at.read()
    await choose(desk_at, "correct")
    await pick(desk_at, "note")
    assert "要主管同意" in desk_at.seen()
    await desk_at.press(*"改", "enter", *"错字", "f9")
    await approve(desk_at)
    assert isinstance(desk_at.app.screen, PaperScreen)
    assert (await case(desk_at, case_id)).note == "改"
    assert next(row for row in await rows(desk_at, EVENTS) if row.kind == "case.corrected").second_id


async def test_a_refused_correction_keeps_what_was_typed(desk_at):
    await open_case(desk_at, state="reviewing")
    await choose(desk_at, "correct")
    await pick(desk_at, "note")
    await desk_at.press(*"补充说明", "enter", "f9")
    assert isinstance(desk_at.app.screen, ActCard) and "请写明理由" in desk_at.seen()
    assert desk_at.app.screen.query_one("#value").value == "补充说明"
    assert desk_at.app.focused.id == "reason"


async def test_the_name_of_the_applicant_is_corrected_in_the_register_and_in_the_case(desk_at):
    case_id = await open_case(desk_at, state="reviewing")
    await choose(desk_at, "correct")
    await pick(desk_at, "applicant:name")
    await desk_at.press(*"区小燕", "enter", *"同音字", "f9")
    assert isinstance(desk_at.app.screen, PaperScreen)
    now = await case(desk_at, case_id)
    assert now.applicant_name == "区小燕"
    assert next(row for row in await rows(desk_at, PERSONS) if row.id == now.applicant_id).name == "区小燕"


async def test_a_hotline_number_is_attached_and_answered_later(desk_at):
    case_id = await open_case(desk_at, state="reviewing")
    await choose(desk_at, "record_hotline")
    await desk_at.press(*"GZ20261126001", "enter", *"+5", "enter", "f9")
    await desk_at.read()
    assert "12345 工单 GZ20261126001" in desk_at.seen()
    await choose(desk_at, "record_hotline")
    await desk_at.press("enter", "enter", *"已电话说明", "f9")
    await desk_at.read()
    assert "已答复: 已电话说明" in desk_at.seen()
    assert (await case(desk_at, case_id)).hotline_answer == "已电话说明"


async def test_a_request_to_the_district_waits_visibly(desk_at):
    case_id = await open_case(desk_at, state="reviewing")
    await choose(desk_at, "request_district")
    await desk_at.press("2", "enter", *"已超五日", "f9")
    await desk_at.read()
    assert "待区里确认" in desk_at.seen()
    await desk_at.press("end")
    assert "提请区里催办: 已超五日" in desk_at.seen()
    assert (await case(desk_at, case_id)).flag_requested


async def test_originals_are_given_back_with_their_list(desk_at):
    case_id = await open_case(desk_at, state="reviewing")
    desk = await desk_at.app.desk_when_loaded()
    with desk.store.write() as connection:
        connection.execute(
            update(MATERIALS).where(MATERIALS.c.case_id == case_id).values(kept_original=True, originals=1)
        )
    desk_at.bench.place.refresh_data()
    await desk_at.read()
    await choose(desk_at, "give_back")
    if isinstance(desk_at.app.screen, ListCard):
        await desk_at.press("1", "enter")
    await desk_at.press("f9")
    assert isinstance(desk_at.app.screen, PaperScreen) and "退" in desk_at.app.screen.papers[0].title
    left = [row for row in await rows(desk_at, MATERIALS) if row.case_id == case_id and row.given_back_at is None]
    assert not left


async def test_withdrawing_asks_why_and_shows_the_paper_to_sign(desk_at):
    case_id = await open_case(desk_at, state="reviewing")
    await choose(desk_at, "withdraw")
    await desk_at.press(*"不办了", "f9")
    assert isinstance(desk_at.app.screen, PaperScreen) and "撤回" in desk_at.app.screen.papers[0].title
    assert (await case(desk_at, case_id)).state == "withdrawn"


async def test_voiding_needs_a_supervisor_and_the_number_stays(desk_at):
    case_id = await open_case(desk_at, state="reviewing")
    await choose(desk_at, "void")
    await desk_at.press(*"重复收件", "f9")
    await approve(desk_at)
    assert isinstance(desk_at.app.screen, PaperScreen)
    assert (await case(desk_at, case_id)).state == "void"


async def test_a_paper_is_voided_with_a_reason(desk_at):
    case_id = await open_case(desk_at, state="reviewing")
    await choose(desk_at, "void_paper")
    await desk_at.press("1", "enter", *"打错一行", "f9")
    await desk_at.read()
    void = [row for row in await rows(desk_at, NOTICES) if row.voided_at]
    assert [(row.case_id, row.void_reason) for row in void] == [(case_id, "打错一行")]
    assert "作废: 打错一行" in desk_at.seen()


async def test_the_whole_number_is_shown_for_a_reason_only(desk_at):
    case_id = await open_case(desk_at, state="reviewing")
    applicant_id = (await case(desk_at, case_id)).applicant_id
    [owner] = [row for row in await rows(desk_at, PERSONS) if row.id == applicant_id]
    assert owner.id_number not in desk_at.seen()
    await choose(desk_at, "unmask")
    await desk_at.press("f9")
    assert owner.id_number not in desk_at.seen()
    await choose(desk_at, "unmask")
    await desk_at.press(*"核对证件", "f9")
    assert owner.id_number in desk_at.seen()
    assert ("unmask", "核对证件") in [(row.what, row.reason) for row in await rows(desk_at, ACCESS_LOG)]


async def test_what_the_district_rejected_leads_to_its_field_and_goes_out_again(desk_at):
    found = next(row for row in await rows(desk_at, CASES) if row.state == "reviewing")
    desk = await desk_at.app.desk_when_loaded()
    rid = next(row.rid for row in await rows(desk_at, EVENTS) if row.ent_id == found.id)
    task_id = new_id()
    with desk.store.write() as connection:
        connection.execute(
            insert(TASKS).values(
                id=task_id,
                kind="rejected",
                case_id=found.id,
                rid=rid,
                field="applicant.phone",
                code="phone",
                words="电话不能联系",
                made_at=desk.clock(),
            )
        )
    await go(desk_at, "4")
    desk_at.bench.place.open_hit("task", task_id)
    await desk_at.settle()
    assert isinstance(desk_at.app.screen, ActCard)
    assert "申请人电话" in desk_at.seen() and "区里退回: 电话不能联系" in desk_at.seen()
    await desk_at.press(*"13812345678", "enter", *"新号码", "f9")
    await desk_at.read()
    [task] = [row for row in await rows(desk_at, TASKS) if row.id == task_id]
    assert task.closed_at and task.close_words == "新号码"
    assert "record.corrected" in [row.kind for row in await rows(desk_at, EVENTS)]
    assert next(row for row in await rows(desk_at, PERSONS) if row.id == found.applicant_id).phone == "13812345678"


async def test_owed_materials_lead_to_the_ledger(desk_at):
    case_id = await open_case(desk_at, accepted_how="deficiency")
    await choose(desk_at, "supplement")
    await desk_at.read()
    assert desk_at.bench.place.key == "owed"
    [entry] = [row for row in desk_at.bench.place.rows.values() if row.case_id == case_id]
    assert entry.name[:6] in desk_at.seen()
    assert "1补交" in desk_at.seen() and "F9 办理" not in desk_at.seen(), (
        "the keys are those of the place that is shown"
    )


async def test_papers_are_listed_and_shown_again(desk_at):
    await open_case(desk_at, state="reviewing")
    await desk_at.press("f4", "1", "enter")
    assert isinstance(desk_at.app.screen, PaperScreen)


async def test_a_correction_is_supplied_with_each_materials_own_mark(desk_at):
    case_id = await open_case(desk_at, state="correcting")
    await choose(desk_at, "supply_correction")
    await desk_at.press("3", "f9")
    assert isinstance(desk_at.app.screen, PaperScreen), desk_at.seen()
    assert "补正" in desk_at.app.screen.papers[0].title
    assert (await case(desk_at, case_id)).state != "correcting"


@pytest.mark.parametrize("text", ["[/x]", "\x1b[2J"])
async def test_markup_and_control_characters_in_a_reason_stay_text(desk_narrow, text):
    await open_case(desk_narrow, state="reviewing")
    await choose(desk_narrow, "request_district")
    desk_narrow.app.screen.query_one("#words").value = f"请{text}办"
    await desk_narrow.press("f9")
    await desk_narrow.read()
    assert "提请区里" in desk_narrow.seen()


async def test_what_another_window_changed_meanwhile_is_not_overwritten(desk_at):
    desk, by = await desk_at.app.desk_when_loaded(), desk_at.app.signed_in()
    with desk.look() as connection:
        case = connection.execute(select(CASES).where(CASES.c.state == "accepted")).first()
    fields, _ = correctable.correctable(desk, by, case_id=case.id)
    boss = replace(by, second_id=by.clerk_id, second_roles=frozenset({"supervisor"}), second_name="区主任")

    def change(key: str, value: str, seen=fields):
        one = next(one for one in seen if one.key == key)
        return correcting_one.correct_one(desk, boss, case_id=case.id, seen=one, value=value, reason="核对")

    change("note", "来电改期")
    change("applicant:phone", "13800000001")
    for key, value in (("note", "别的话"), ("applicant:phone", "13900000002")):
        with pytest.raises(Refusal, match="changed_meanwhile"):
            change(key, value)
    now, _ = correctable.correctable(desk, by, case_id=case.id)
    assert next(one.now for one in now if one.key == "note") == "来电改期"
    change("note", "别的话", now)
    with desk.look() as connection:
        assert connection.execute(select(CASES.c.note).where(CASES.c.id == case.id)).scalar_one() == "别的话"
