"""受理 on the screen: who stands here, items and 一件事, the checklist, the last card; every key of a clerk."""

import pytest
from sqlalchemy import select
from textual import events
from textual.widgets import Static

from clerk_tui.desk.views.intake import IntakeDraft
from clerk_tui.store.core import ACCESS_LOG, APPOINTMENTS, AUTHORITIES, CASES, NOTICES, PERSONS, RESULTS, VISIT_SERVICES
from clerk_tui.tui.cards.card import Card
from clerk_tui.tui.commands import COMMANDS
from clerk_tui.tui.screens.paper_preview import PaperScreen
from clerk_tui.tui.screens.workbench import Workbench

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
TYPED = {"date": "2026-11-01", "int": "3", "photo": "GZ20261123001", "money": "120.50", "idno": "440113195501010015"}
SUPERVISOR = ("9001", "246801")


def number(born: str, order: int = 1) -> str:
    """A valid number of an invented person; an odd order is a man."""
    first = f"440113{born}{order:03}"
    return first + "10X98765432"[sum(int(c) * w for c, w in zip(first, WEIGHTS, strict=True)) % 11]


LI = number("19880715", 2)
CHEN = number("19560312", 4)


async def walk_in(clerk) -> None:
    """A visit without a ticket."""
    await clerk.press("f2", *"无号到访", "enter", "1", "enter")


async def fill(clerk, **values: str) -> None:
    """Fill fields of the card that is open, by their ids."""
    for name, text in values.items():
        clerk.app.screen.query_one(f"#{name}").focus()
        await clerk.pilot.pause()
        clerk.app.focused.value = text
    await clerk.settle()


async def attend(clerk, text: str = LI, name: str = "李小芳", **more: str) -> None:
    """A walk-in visit of a resident who is registered now and identified by the card."""
    await walk_in(clerk)
    await clerk.press(*text, "enter")
    await fill(clerk, name=name, phone="13812345678", **more)
    await clerk.press("f9")
    await clerk.press("1", "enter")


async def approve(clerk) -> None:
    """The supervisor approves at this window."""
    await clerk.press(*SUPERVISOR[0], "enter", *SUPERVISOR[1], "enter")


def fault(clerk) -> str:
    """What the card that is open says is wrong."""
    return str(clerk.app.screen.query_one("#card-fault", Static).content)


async def rows(clerk, statement):
    desk = await clerk.app.desk_when_loaded()

    def read():
        with desk.look() as connection:
            return connection.execute(statement).all()

    return await clerk.app.store_thread.run(read)


def place(clerk):
    return clerk.bench.place


# who stands here


async def test_a_new_resident_is_registered_and_identified(clerk):
    await attend(clerk)
    assert place(clerk).stage == "item"
    assert "李*芳" in clerk.seen()
    assert "看证, 人证一致" in clerk.seen()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("440113198807150", "证件号码不对"),
        (LI[:-1] + ("1" if LI[-1] != "1" else "2"), "证件号码不对"),
        (number("20990101"), "证件号码不对"),
        (number("19880230"), "证件号码不对"),
        ("91440113MA00000002", "这是单位的统一社会信用代码"),
        ("13812345678", "没有登记过电话 13812345678 的居民"),
        ("440113880715003", "请输身份证上的 18 位号码"),
    ],
)
async def test_an_impossible_number_is_told_and_stays_in_the_box(clerk, typed, words):
    await walk_in(clerk)
    await clerk.press(*typed, "enter")
    assert words in clerk.seen()
    assert clerk.app.focused.value == typed
    assert not await rows(clerk, select(PERSONS.c.id))


async def test_typing_again_replaces_the_impossible_number(clerk):
    await walk_in(clerk)
    await clerk.press(*LI[:-1], "1" if LI[-1] != "1" else "2", "enter")
    await clerk.press(*LI, "enter")
    assert isinstance(clerk.app.screen, Card)
    assert clerk.app.screen.query_one("#number").value == LI


async def test_one_digit_of_an_impossible_number_is_mended_in_place(clerk):
    await walk_in(clerk)
    await clerk.press(*LI[:-1], "1" if LI[-1] != "1" else "2", "enter")
    await clerk.press("end", "backspace", LI[-1], "enter")
    assert isinstance(clerk.app.screen, Card)
    assert clerk.app.screen.query_one("#number").value == LI


async def test_the_material_that_a_digit_marks_is_always_in_sight(narrow):
    """A long checklist on eighty columns: the cursor's row scrolls into sight wherever it goes."""
    await attend(narrow)
    await narrow.press(*"mz01", "enter")
    materials = place(narrow).query_one("#materials")
    for _ in range(12):
        if narrow.app.focused is materials:
            break
        await narrow.press("1", "enter")
    assert narrow.app.focused is materials and len(materials.rows) > 6
    place(narrow).query_one("#intake-scroll").scroll_home(animate=False)
    await narrow.settle()
    for key in [*["down"] * (len(materials.rows) - 1), *["up"] * (len(materials.rows) - 1)]:
        await narrow.press(key)
        here = f"{materials.cursor + 1} {materials.rows[materials.cursor].cells[0][:6]}"
        assert here in narrow.seen(), (key, here)
    await narrow.press("f3", "3", "enter", "f3", "1", "enter")
    assert narrow.app.focused is materials
    assert f"1 {materials.rows[0].cells[0][:6]}" in narrow.seen()


async def test_full_width_digits_and_a_broken_paste_are_one_number(clerk):
    await walk_in(clerk)
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in LI)
    clerk.app.focused.post_message(events.Paste(f"{wide[:6]}\n{wide[6:]}\n"))
    await clerk.settle()
    await clerk.press("enter")
    assert isinstance(clerk.app.screen, Card)
    assert clerk.app.screen.query_one("#number").value == LI


async def test_a_future_birth_date_is_refused_and_the_card_keeps_everything(clerk):
    await walk_in(clerk)
    await clerk.press(*"新生儿甲", "enter")
    await fill(clerk, birth="2026-12-24", birth_proof="王小明", phone="无", address="市桥街道大北路 1 号")
    await clerk.press("f9")
    assert "出生日期" in fault(clerk) or "今天之后" in fault(clerk)
    card = clerk.app.screen
    assert [card.query_one(f"#{one}").value for one in ("name", "birth", "birth_proof")] == [
        "新生儿甲",
        "2026-12-24",
        "王小明",
    ]
    assert not await rows(clerk, select(PERSONS.c.id))


async def test_markup_and_control_characters_in_a_name_stay_plain(clerk):
    await walk_in(clerk)
    await clerk.press(*LI, "enter")
    await fill(clerk, name="李[/x]\x07\u202e芳", phone="13812345678")
    await clerk.press("f9")
    if isinstance(clerk.app.screen, Card) and clerk.app.screen.query("#name"):
        assert fault(clerk)
        assert clerk.app.screen.query_one("#name").value.startswith("李")
        return
    await clerk.press("1", "enter")
    kept = await rows(clerk, select(PERSONS.c.name))
    assert all(ord(c) >= 32 for c in kept[0].name)
    assert "\x07" not in clerk.seen()


async def test_a_bad_phone_is_told_and_no_phone_with_an_address_is_taken(clerk):
    await walk_in(clerk)
    await clerk.press(*LI, "enter")
    await fill(clerk, name="李小芳", phone="1381234")
    await clerk.press("f9")
    assert fault(clerk)
    await fill(clerk, phone="无")
    await clerk.press("f9")
    assert "没有电话时" in fault(clerk)
    await fill(clerk, address="市桥街道大北路 1 号")
    await clerk.press("f9", "1", "enter")
    assert place(clerk).stage == "item"


async def test_who_has_no_number_yet_gets_it_later(clerk):
    await walk_in(clerk)
    await clerk.press(*"新生儿甲", "enter")
    await fill(clerk, birth="2026-10-05", birth_proof="王小明", phone="无", address="市桥街道大北路 1 号")
    await clerk.press("f9")
    assert "看过身份证件" not in clerk.seen(), "there is no card that could have been seen"
    await clerk.press("1", "enter")
    assert place(clerk).stage == "item"
    assert "没有身份证件" in clerk.seen()
    await clerk.press("f2", *"居民", "enter", "4", "enter")
    await fill(clerk, number=number("20261005"), reason="已上户口")
    await clerk.press("f9")
    assert "号码已登记" in clerk.seen()
    kept = await rows(clerk, select(PERSONS.c.id_number, PERSONS.c.birth))
    assert kept == [(number("20261005"), "2026-10-05")]


# residents: authorities, organisations, merging, whole numbers


async def test_an_authority_is_recorded_and_the_case_is_for_the_other(clerk):
    await attend(clerk)
    await clerk.press("f2", *"代办依据", "enter", "1", "enter")
    await fill(clerk, party=CHEN)
    await clerk.press("f9")
    await fill(clerk, name="陈桂英", phone="13900000001")
    await clerk.press("f9")
    await clerk.press("f9")
    assert fault(clerk), "without the paper that shows it nothing is recorded"
    await fill(clerk, relation="女儿", evidence="委托书 2026-11-20", valid_to="2026-12-31")
    await clerk.press("f9")
    assert "已登记: 委托 陈*英" in clerk.seen()
    kept = await rows(clerk, select(AUTHORITIES.c.kind, AUTHORITIES.c.scope, AUTHORITIES.c.valid_to))
    assert kept == [("proxy", "*", "2026-12-31")]
    await clerk.press(*"mz05", "enter")
    assert "为谁办" in clerk.seen()
    await clerk.press("2", "enter")
    principal = await rows(clerk, select(PERSONS.c.id).where(PERSONS.c.name == "陈桂英"))
    assert place(clerk).draft.applicant_id == principal[0].id


async def test_an_organisation_applies_through_its_operator(clerk):
    await attend(clerk)
    await clerk.press(*"cg02", "enter")
    if "为谁办" not in clerk.seen():
        await clerk.press("escape")
        pytest.fail("an item for organisations asks for whom it is")
    await clerk.press("2", "enter")  # another organisation
    assert "凭什么代办" in clerk.seen()
    assert not [person for person in ("委托书", "监护", "继承") if person in clerk.seen()], "those are given by persons"
    await clerk.press("1", "enter")  # operator
    await fill(clerk, party="番禺好味餐饮有限公司")
    await clerk.press("f9")
    await fill(clerk, uscc="91440113MA00000003", phone="无")
    await clerk.press("f9")
    assert "没有电话时要填地址" in clerk.seen()
    await fill(clerk, address="市桥街道示例路 9 号")
    await clerk.press("f9")
    assert fault(clerk), "the check digit of the code is wrong"
    await fill(clerk, uscc="91440113MA00000002", legal_person="91440113MA00000002")
    clerk.app.screen.query_one("#address").focus()
    await clerk.press("f9")
    assert "这是单位的统一社会信用代码" in fault(clerk)
    assert clerk.app.focused.id == "legal_person"
    await fill(clerk, legal_person="")
    await clerk.press("f9")
    await fill(clerk, evidence="介绍信")
    await clerk.press("f9")
    draft = place(clerk).draft
    assert (draft.applicant_kind, bool(draft.authority_id)) == ("organisation", True)


async def test_records_kept_twice_are_merged_and_taken_apart(clerk):
    await attend(clerk)
    await clerk.press("f2", *"居民", "enter", "6", "enter")
    await fill(clerk, party="李小方")
    await clerk.press("f9")
    await fill(clerk, name="李小方", birth="1988-07-15", birth_proof="李大", phone="13812345678")
    await clerk.press("f9")
    assert "留哪一条" in clerk.seen()
    await clerk.press("1", "enter", "f9")
    assert fault(clerk), "a reason is needed"
    await fill(clerk, reason="户口簿一致")
    await clerk.press("f9")
    assert "已合并到 李*芳" in clerk.seen()
    await clerk.press("f2", *"居民", "enter", "7", "enter", "1", "enter")
    await fill(clerk, reason="是两姐妹")
    await clerk.press("f9")
    await approve(clerk)
    assert not await rows(clerk, select(PERSONS.c.id).where(PERSONS.c.merged_into.is_not(None)))


async def test_the_whole_number_is_shown_for_a_reason_that_is_kept(clerk):
    await attend(clerk)
    assert LI not in clerk.seen()
    await clerk.press("f2", *"居民", "enter", "5", "enter", "f9")
    assert fault(clerk)
    await fill(clerk, reason="与部门系统核对")
    await clerk.press("f9")
    assert LI in clerk.seen()
    await clerk.press("enter")
    assert LI not in clerk.seen()
    assert [one.reason for one in await rows(clerk, select(ACCESS_LOG))] == ["与部门系统核对"]


async def test_facts_are_corrected_and_the_rest_stays(clerk):
    await attend(clerk)
    await clerk.press("f2", *"居民", "enter", "3", "enter")
    await fill(clerk, phone="13912340071", reason="换了电话")
    await clerk.press("f9")
    kept = await rows(clerk, select(PERSONS.c.name, PERSONS.c.phone))
    assert kept == [("李小芳", "13912340071")]


# only asked


async def test_only_asked_without_an_item_is_a_line_of_the_visit(clerk):
    await attend(clerk)
    await clerk.press("f2", *"咨询", "enter", "f9")
    assert fault(clerk)
    await fill(clerk, words="社保卡丢了怎样补")
    await clerk.press("f9")
    kept = await rows(clerk, select(VISIT_SERVICES.c.kind, VISIT_SERVICES.c.words))
    assert kept == [("asked", "社保卡丢了怎样补")]
    await clerk.press("f9")
    assert "社保卡丢了怎样补" in clerk.seen()


async def test_only_asked_about_an_item_prints_this_persons_checklist(clerk):
    await attend(clerk)
    await clerk.press(*"mz05", "enter")
    outcomes = clerk.app.screen.query_one("#outcomes")
    outcomes.focus()
    outcomes.go_to("asked")
    await clerk.press("enter")
    assert isinstance(clerk.app.screen, PaperScreen)
    assert "办事指引" in clerk.seen()
    await clerk.press("escape")
    assert place(clerk).stage == "item"
    assert [one.kind for one in await rows(clerk, select(NOTICES.c.kind))] == ["guide_sheet"]
    assert not await rows(clerk, select(CASES.c.id))


# 一件事


async def test_a_package_is_chosen_by_its_code_and_shown_as_one_sheet(clerk):
    await attend(clerk)
    await clerk.press(*"yj01", "enter")
    assert "新生儿出生一件事" in clerk.seen()
    await clerk.press("2", "enter", "2", "enter", "2", "enter", "2", "f9")
    assert "至少选一项" in fault(clerk)
    await fill(clerk, **{"member-1": "chusheng-hukou", "member-2": "jmyb-canbao"})
    await clerk.press("f9")
    sheet = place(clerk).sheet
    assert place(clerk).draft.members == ("chusheng-hukou", "jmyb-canbao")
    assert sheet.item_name == "新生儿出生一件事"
    assert "2 项联办" in clerk.seen()
    await clerk.press("escape")
    assert place(clerk).stage == "item"
    await clerk.press(*"yj01", "enter")
    assert place(clerk).draft.members == ("chusheng-hukou", "jmyb-canbao"), "the draft was kept"


async def test_who_only_asks_about_what_is_in_hand_gets_its_checklist_by_the_find_box(clerk):
    await attend(clerk)
    await clerk.press(*"yj01", "enter", "f9")
    assert place(clerk).draft.members
    await clerk.press("f2", *"咨询", "enter", "1", "enter")
    assert isinstance(clerk.app.screen, PaperScreen)
    await clerk.press("escape")
    assert [one.kind for one in await rows(clerk, select(NOTICES.c.kind))] == ["guide_sheet"]
    assert place(clerk).stage == "item" and not await rows(clerk, select(CASES.c.id))


async def test_a_draft_that_is_opened_again_shows_the_first_field_that_is_not_filled(narrow):
    await attend(narrow, CHEN, "陈桂英")
    await start_item(narrow)
    await mark_all(narrow)
    lacking = narrow.app.focused.id
    assert lacking.startswith("f-")
    await narrow.press("escape", *"mz05", "enter")
    scroll = narrow.app.screen.query_one("#intake-scroll")
    for _ in range(2):
        assert narrow.app.focused.id == lacking
        assert narrow.app.focused.region.intersection(scroll.region).height, narrow.seen()
        scroll.scroll_home(animate=False)
        await narrow.settle()
        await narrow.press("f9")  # what is lacking comes into sight again, and is named
    assert "必填未填" in narrow.seen()


async def test_a_package_group_takes_one_of_its_members(clerk):
    await attend(clerk)
    await clerk.press(*"yj05", "enter")
    assert "只办一项" in clerk.seen()
    await fill(clerk, **{"group-0": "spjy-xuke"})
    await clerk.press("f9")
    if "为谁办" in clerk.seen():
        await clerk.press("1", "enter")
    assert place(clerk).draft.members == ("gt-sheli", "spjy-xuke", "hw-zhaopai")


async def test_a_package_of_the_find_box_is_begun_like_one_of_the_item_list(clerk):
    await attend(clerk)
    await clerk.press("f2", *"yj05")
    await clerk.read()
    await clerk.press("enter")
    assert "只办一项" in clerk.seen()
    await clerk.press("f9")
    if "为谁办" in clerk.seen():
        await clerk.press("1", "enter")
    assert place(clerk).sheet.item_name == "开办餐饮店一件事"


async def test_what_the_desk_refuses_to_begin_leaves_the_case_in_hand_as_it_is(clerk):
    await attend(clerk)
    await clerk.press(*"yj05", "enter", "f9")
    if "为谁办" in clerk.seen():
        await clerk.press("1", "enter")
    before = place(clerk).draft
    place(clerk).open_hit("item", "no-such-item")
    await clerk.settle()
    assert "没有这个事项" in clerk.seen()
    assert place(clerk).draft == before
    await mark_all(clerk)
    assert not place(clerk).sheet.unmarked, "marks reach the case that the screen shows"


# materials and the last card


async def start_item(clerk, code: str = "mz05") -> None:
    """An item with its guide answered by the first option of each question."""
    await clerk.press(*code, "enter")
    for _ in range(12):
        if not place(clerk).sheet.unanswered:
            return
        await clerk.press("1", "enter")
    raise AssertionError(clerk.seen())


async def mark_all(clerk, digit: str = "1", **other: str) -> None:
    """Mark every material: those named in `other` by their key with another digit."""
    materials = clerk.app.screen.query_one("#materials")
    for row in place(clerk).sheet.materials:
        if not row.mark.mark:
            materials.focus()
            materials.go_to(row.key)
            await clerk.press(other.get(row.key, digit))


async def test_a_defect_must_be_named_and_the_card_stays_until_it_is(clerk):
    await attend(clerk, CHEN, "陈桂英")
    await start_item(clerk)
    await mark_all(clerk)
    first = place(clerk).sheet.materials[-1].key
    clerk.app.screen.query_one("#materials").focus()
    clerk.app.screen.query_one("#materials").go_to(first)
    await clerk.press("7", "f9")
    assert "问题" in fault(clerk)
    await clerk.type("照片太旧")
    await clerk.press("f9")
    marked = {row.key: row.mark for row in place(clerk).sheet.materials}
    assert (marked[first].mark, marked[first].defect) == ("7", "照片太旧")


async def test_by_telephone_the_digits_of_papers_are_gone_and_the_reason_is_said(clerk):
    await clerk.press("f2", *"无号到访", "enter", "3", "enter")
    await clerk.press(*CHEN, "enter")
    await fill(clerk, name="陈桂英", phone="13812345678")
    await clerk.press("f9", "1", "enter")
    await start_item(clerk)
    materials = clerk.app.screen.query_one("#materials")
    materials.focus()
    await clerk.settle()
    assert "4电子5共享" in clerk.seen() and "1核退" not in clerk.seen()
    await clerk.press("1")
    assert "不能标 1: 电话里看不到材料" in clerk.seen()
    assert not any(row.mark.mark for row in place(clerk).sheet.materials)
    materials.go_to("hukou")
    await clerk.press("4")
    marked = {row.key: row.mark for row in place(clerk).sheet.materials}
    assert marked["hukou"].verified_how == "department_system"


async def test_who_takes_up_a_held_visit_at_another_window_is_told_where_its_draft_is(clerk):
    await attend(clerk, CHEN, "陈桂英")
    await start_item(clerk)
    await clerk.press("f7", "1", "f9", "f2", *"签退", "enter")
    await clerk.press("2", "enter", *"1001", "enter", *"135790", "enter")
    await clerk.press("f8", "1", "enter")
    assert place(clerk).stage == "item"
    assert "在 1 号窗挂起; 那里没填完的草稿带不过来" in clerk.seen()
    await clerk.press("f7", "1", "f9", "f2", *"签退", "enter")
    await clerk.press("1", "enter", *"1001", "enter", *"135790", "enter")
    await clerk.press("f8", "1", "enter")
    assert place(clerk).stage == "case"  # where it was begun, it goes on
    assert "带不过来" not in clerk.seen()


async def fill_form(clerk) -> None:
    """Every required field of the form with something lawful."""
    for row in place(clerk).sheet.fields:
        if row.required and row.value in (None, "", []) and not row.owed:
            field = clerk.app.screen.query_one(f"#f-{row.id}")
            field.value = row.options[0] if row.options else TYPED.get(row.type, "市桥街道")
            await clerk.settle()


async def choose_outcome(clerk, kind: str) -> None:
    assert any(one.kind == kind and one.possible for one in place(clerk).sheet.outcomes), place(clerk).sheet.outcomes
    outcomes = clerk.app.screen.query_one("#outcomes")
    outcomes.focus()
    outcomes.go_to(kind)
    await clerk.press("enter")


async def test_a_slot_is_booked_with_the_notice_and_printed_on_it(clerk):
    await attend(clerk, CHEN, "陈桂英")
    await start_item(clerk)
    await mark_all(clerk, **{place(clerk).sheet.materials[-1].key: "0"})
    await fill_form(clerk)
    await choose_outcome(clerk, "one_time_notice")
    assert "再来" in clerk.seen()
    await clerk.press("2", "f9")
    await clerk.press("enter")  # the day that is proposed: tomorrow
    if not clerk.app.screen.query("#card-list"):
        await clerk.press("f9")
    await clerk.press("1", "enter")
    assert isinstance(clerk.app.screen, PaperScreen)
    assert "再来的时间" in clerk.seen()
    booked = await rows(clerk, select(APPOINTMENTS.c.day, APPOINTMENTS.c.case_id))
    assert booked[0].day == "2026-11-24"
    assert booked[0].case_id


# several matters in one visit


async def test_several_matters_one_visit_and_each_can_be_opened_again(clerk):
    await attend(clerk, CHEN, "陈桂英")
    await start_item(clerk)
    await mark_all(clerk, **{place(clerk).sheet.materials[-1].key: "0"})
    await fill_form(clerk)
    await choose_outcome(clerk, "one_time_notice")
    await clerk.press("f9")
    await clerk.press("escape")
    assert place(clerk).stage == "item"
    await clerk.press(*"mz05", "enter")
    assert "已有在办的同一事项" in clerk.seen()
    await clerk.press("escape")
    await clerk.press("enter")
    assert "本次已办" in clerk.seen()
    assert "没办完的草稿" in clerk.seen()


async def test_the_end_of_a_visit_lists_what_was_done(clerk):
    await attend(clerk)
    await clerk.press("f9")
    assert "没有登记办了什么" in clerk.seen()
    await clerk.press("f9")
    assert "请选结果" in fault(clerk)
    await clerk.press("3", "f9")
    assert clerk.bench.panel.visit_id is None


# old people


async def test_an_old_person_is_asked_for_the_true_will_before_the_register_moves(clerk):
    await attend(clerk, CHEN, "陈桂英")
    await clerk.press(*"ga02", "enter")
    assert any(one.id == "true_will" for one in place(clerk).sheet.questions)
    assert "是否本人真实意愿" in "".join(one.text for one in place(clerk).sheet.questions)


async def test_a_young_person_is_not_asked(clerk):
    await attend(clerk)
    await clerk.press(*"ga02", "enter")
    assert all(one.id != "true_will" for one in place(clerk).sheet.questions)


# the queue


async def issue(clerk) -> None:
    await clerk.press("f2", *"取号", "enter", "f9")


async def test_a_call_by_mistake_is_taken_back_within_ten_seconds(clerk):
    await issue(clerk)
    await clerk.press("f5", "enter", "4", "enter")
    assert "叫号已收回" in clerk.seen()
    assert [one.number for one in clerk.bench.panel.waiting] == ["A001"]
    await clerk.press("f5", "enter")
    clerk.clock.forward(seconds=11)
    await clerk.press("4", "enter")
    assert "已经过了可以撤回" in clerk.seen()
    assert clerk.bench.panel.current.state == "called"


async def test_who_is_late_in_coming_back_is_named_without_taking_the_focus(clerk):
    await issue(clerk)
    await clerk.press("f5", "enter", "1", "enter", "f7", "f9")
    focused = clerk.app.focused
    clerk.clock.forward(minutes=21)
    clerk.bench.poll()
    await clerk.settle()
    assert "过了约定的" in clerk.seen()
    assert "! A001 复印材料" in clerk.seen()
    assert clerk.app.focused is focused


async def test_a_stuck_ticket_is_found_by_its_command_and_released(clerk):
    await issue(clerk)
    await clerk.press("f5", "enter", "1", "enter")
    await clerk.press("f2", *"解开卡住的号", "enter", "1", "enter")
    await fill(clerk, reason="窗口电脑断电")
    await clerk.press("f9")
    await approve(clerk)
    assert clerk.bench.panel.current is None
    assert [one.number for one in clerk.bench.panel.waiting] == ["A001"]


def test_every_command_has_its_act():
    for one in COMMANDS:
        if "." not in one.action:
            assert callable(getattr(Workbench, f"action_{one.action}", None)), one


def test_a_draft_of_a_package_survives_the_file():
    from clerk_tui.tui.intake import keeping

    draft = IntakeDraft(act_id="a", visit_id="v", item_key="package:chusheng", members=("x", "y"), produced={"m": "甲"})
    assert keeping.load(keeping.dump(draft)) == draft


async def test_enter_in_a_date_answers_the_card_once(clerk):
    """A card whose last field is a date closes by one Enter, and never the card below it."""
    from clerk_tui.tui.cards.common import FormCard, MenuCard
    from clerk_tui.tui.widgets.fields import DateField
    from clerk_tui.tui.widgets.form import Labelled

    below = MenuCard("下面", (), [("a", "甲")])
    await clerk.app.push_screen(below)
    await clerk.app.push_screen(FormCard("上面", (Labelled("哪一天", DateField(today=clerk.app.today(), id="day")),)))
    await clerk.press(*"1201", "enter")
    assert clerk.app.screen is below


async def test_a_fee_is_recorded_as_it_was_paid_and_what_is_due_stands_beside(clerk):
    await attend(clerk)
    await clerk.press(*"sb06", "enter")
    field = clerk.app.screen.query_one("#_fee")
    assert (field.value, "应收 20.00" in clerk.seen() or place(clerk).sheet.fee_fen == 2000) == ("", True)
    field.focus()
    await clerk.type("20")
    assert place(clerk).draft.fee_paid_fen == 2000


async def test_an_empty_agency_register_is_told_and_the_card_stays(clerk):
    await clerk.press("f2", *"代办台账", "enter", "f9")
    assert fault(clerk)
    assert clerk.app.screen.query_one("#first").value == "2026-11-01"


async def test_the_number_says_birth_date_and_sex_on_the_registration_card(clerk):
    await walk_in(clerk)
    await clerk.press(*LI, "enter")
    card = clerk.app.screen
    assert (card.query_one("#birth").text, card.query_one("#sex").text) == ("1988-07-15", "女")
    await fill(clerk, number=number("19560312", 3))
    assert (card.query_one("#birth").text, card.query_one("#sex").text) == ("1956-03-12", "男")


async def test_the_number_of_a_certificate_made_at_the_window_is_kept(desk_at):
    await attend(desk_at)
    await start_item(desk_at, "ls01")
    await mark_all(desk_at)
    await fill_form(desk_at)
    before = await rows(desk_at, select(RESULTS.c.id))
    await choose_outcome(desk_at, "decide_now")
    await fill(desk_at, result_number="JZ440113202600001")
    await desk_at.press("f9")
    kept = {row.id: row.number for row in await rows(desk_at, select(RESULTS.c.id, RESULTS.c.number))}
    assert [number for key, number in kept.items() if key not in {row.id for row in before}] == ["JZ440113202600001"]


async def test_a_refused_number_is_no_longer_told_once_the_right_one_is_typed(clerk):
    await walk_in(clerk)
    await clerk.press(*LI[:-1], "0" if LI[-1] != "0" else "1", "enter")
    assert "证件号码不对" in clerk.seen()
    await clerk.press("backspace", LI[-1], "enter")
    assert "登记" in clerk.seen()
    assert "证件号码不对" not in clerk.seen()


async def test_a_long_question_is_read_whole_where_there_is_room(clerk):
    await attend(clerk)
    await clerk.press(*"ls01", "enter")
    await clerk.read()
    assert "是否属免申报(就医/探亲/旅游/就学/旅馆住宿)" in clerk.seen()
