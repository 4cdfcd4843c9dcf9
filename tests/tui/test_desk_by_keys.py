"""What a clerk does from the first key to the paper: refusing with reasons, a whole 一件事, entering afterwards, a full
disk in the middle; and that lists, choices and papers keep whole words on the narrow screen."""

import shutil
from pathlib import Path

import pytest
from rich.cells import cell_len
from sqlalchemy import select
from textual.widgets import Static

from clerk_tui.desk import intake
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.core import CASES, EVENTS, NOTICES
from clerk_tui.tui.cards.approval import ApprovalCard
from clerk_tui.tui.cards.common import ListCard
from clerk_tui.tui.places.search import SearchPlace
from clerk_tui.tui.screens.paper_preview import PaperScreen
from clerk_tui.tui.widgets.fields import Choice, ChoiceField, DateField
from clerk_tui.tui.widgets.lines import FixedLine
from clerk_tui.tui.widgets.plain import cut
from tests.tui.conftest import make_parts, running
from tests.tui.test_intake_screen import (
    CHEN,
    approve,
    attend,
    choose_outcome,
    fault,
    fill,
    fill_form,
    mark_all,
    place,
    rows,
    start_item,
)


def titles(clerk) -> list[str]:
    return [paper.title for paper in clerk.app.screen.papers]


# 不予受理


async def answer_not_local(clerk) -> None:
    """长者长寿保健金 of somebody whose household is elsewhere: the guide says that it cannot be given."""
    await attend(clerk, CHEN, "陈桂英")
    await clerk.press(*"mz04", "enter", "3", "enter", "1", "enter", "1", "enter")


async def test_a_guide_that_ends_the_matter_leads_to_what_can_be_done_and_does_not_ask_for_papers(clerk):
    await answer_not_local(clerk)
    assert clerk.app.focused.id == "outcomes"
    assert "不符合发放对象" in clerk.seen()
    assert "必填未填" not in clerk.seen()
    offered = [one.kind for one in place(clerk).sheet.outcomes if one.possible]
    assert set(offered) == {"refuse", "not_applicable", "asked"}


async def test_a_refusal_takes_a_reason_of_the_list_then_the_supervisor_and_prints_both(clerk):
    await answer_not_local(clerk)
    await choose_outcome(clerk, "refuse")
    assert isinstance(clerk.app.screen, ListCard), "the reason first: the supervisor approves what is known"
    assert "不属于本级、本辖区受理范围" in clerk.seen() and "事项办事指南的受理范围" in clerk.seen()
    await clerk.press("2", "enter")
    assert isinstance(clerk.app.screen, ApprovalCard)
    assert "不符合办事指南公布的受理条件" in clerk.seen()
    await approve(clerk)
    assert "应去哪里" in clerk.seen()
    await clerk.press("f9")
    assert isinstance(clerk.app.screen, PaperScreen) and titles(clerk) == ["不予受理通知书"]
    assert "依法不予受理" in clerk.seen()
    [paper] = await rows(clerk, select(NOTICES.c.facts))
    assert "不符合办事指南公布的受理条件(事项办事指南的受理条件): 不符合发放对象" in paper.facts
    [case] = await rows(clerk, select(CASES.c.state, CASES.c.accepted_at))
    assert case == ("refused", None)
    await clerk.press("escape", "enter")
    assert "本次已办: 长者长寿保健金信息确认" in clerk.seen()


async def test_a_reason_of_ones_own_must_be_written(clerk):
    await answer_not_local(clerk)
    await choose_outcome(clerk, "refuse")
    await clerk.press("3", "enter")
    await approve(clerk)
    await fill(clerk, reason="")
    await clerk.press("f9")
    assert "写明理由" in fault(clerk)
    assert not await rows(clerk, select(CASES.c.id))
    await fill(clerk, reason="户口不在本市", competent_authority="户籍地民政部门")
    await clerk.press("f9")
    [paper] = await rows(clerk, select(NOTICES.c.facts))
    assert "户口不在本市" in paper.facts and "户籍地民政部门" in paper.facts


async def test_a_supervisor_who_does_not_approve_leaves_the_draft_as_it_was(clerk):
    await answer_not_local(clerk)
    await choose_outcome(clerk, "refuse")
    await clerk.press("1", "enter", "escape")
    assert place(clerk).stage == "case"
    assert not await rows(clerk, select(CASES.c.id))
    assert not await rows(clerk, select(NOTICES.c.id))


# 一件事


async def test_a_whole_package_by_keys_makes_one_case_for_each_member_from_one_checklist(clerk):
    await attend(clerk, CHEN, "陈桂英")
    await clerk.press(*"yj09", "enter")
    assert "长者服务联办" in clerk.seen()
    await clerk.press("1", "enter", "1", "enter", "2", "enter", "2", "f9")
    assert place(clerk).draft.members == ("laoren-youdaika", "changshou-jin")
    for _ in range(12):
        if not place(clerk).sheet.unanswered:
            break
        await clerk.press("1", "enter")
    asked = [row.name for row in place(clerk).sheet.materials]
    assert asked.count("居民身份证") == 1, "asked once for both"
    await mark_all(clerk)
    await fill_form(clerk)
    await choose_outcome(clerk, "package_together")
    if not isinstance(clerk.app.screen, PaperScreen):
        await clerk.press("f9")
    assert isinstance(clerk.app.screen, PaperScreen), clerk.seen()
    assert "受理通知书" in titles(clerk)
    kept = await rows(clerk, select(CASES.c.item_key, CASES.c.state, CASES.c.applicant_name).order_by(CASES.c.id))
    assert {(one.item_key, one.state) for one in kept} == {
        ("laoren-youdaika", "accepted"),
        ("changshou-jin", "accepted"),
    }
    assert {one.applicant_name for one in kept} == {"陈桂英"}
    await clerk.press("escape", "f9")
    assert clerk.seen().count("SQ01-20261123-") >= 2, "the end of the visit lists both"


# 补录


async def back_enter(clerk, day: str, note: str = "手写A007 停电") -> None:
    await clerk.press("f2", *"补录", "enter")
    await fill(clerk, received_on=day, note=note)
    await clerk.press("f9")


async def test_what_was_taken_in_on_paper_is_entered_afterwards_with_its_own_day(clerk):
    await back_enter(clerk, "1119")
    assert clerk.bench.panel.visit_id, "a visit was begun for it"
    await clerk.press(*CHEN, "enter")
    await fill(clerk, name="陈桂英", phone="13812345678")
    await clerk.press("f9", "1", "enter")
    assert "按 2026-11-19 收件" in clerk.seen()
    await start_item(clerk)
    assert "补录: 实际收件 2026-11-19" in clerk.seen()
    await mark_all(clerk)
    await fill_form(clerk)
    await choose_outcome(clerk, "accept")
    await clerk.press("escape")
    [case] = await rows(
        clerk, select(CASES.c.flag_back_entered, CASES.c.received_at, CASES.c.five_day_from, CASES.c.note)
    )
    desk = await clerk.app.desk_when_loaded()
    assert (case.flag_back_entered, case.five_day_from, case.note) == (True, "2026-11-19", "手写A007 停电")
    assert desk.local(case.received_at).date().isoformat() == "2026-11-19"


@pytest.mark.parametrize(("day", "words"), [("1124", "不能在今天之后"), ("13月40日", "看不懂这个日期")])
async def test_a_day_that_cannot_be_is_told_and_the_card_keeps_what_was_typed(clerk, day, words):
    await back_enter(clerk, day)
    assert words in fault(clerk)
    assert clerk.app.screen.query_one("#note").value == "手写A007 停电"
    assert place(clerk).back_entry is None


async def test_a_back_entry_that_is_given_up_begins_no_visit(clerk):
    await clerk.press("f2", *"补录", "enter", "escape")
    assert clerk.bench.panel.visit_id is None and place(clerk).visit is None
    await clerk.press("f2", *"补录", "enter", "f9")
    assert "还没有写实际收件日" in fault(clerk) and clerk.bench.panel.visit_id is None


async def test_a_refusal_is_over_when_the_next_command_begins(clerk):
    await clerk.press("f2", *"撤销结束", "enter")
    assert "还没有结束过到访" in clerk.seen()
    await clerk.press("f2", *"主题", "enter")
    assert "还没有结束过到访" not in clerk.bench.query_one(FixedLine).words


async def test_a_back_entry_in_hand_is_dated_and_taken_back(clerk):
    await attend(clerk, CHEN, "陈桂英")
    await start_item(clerk)
    await back_enter(clerk, "1119")
    assert place(clerk).draft.back_entered and "补录: 实际收件 2026-11-19" in clerk.seen()
    await back_enter(clerk, "", "")
    assert not place(clerk).draft.back_entered and "补录: 实际收件" not in clerk.seen()


async def test_a_called_number_is_answered_before_anything_is_entered_afterwards(clerk):
    await clerk.press("f2", *"取号", "enter", "f9")
    await clerk.press("f5", "enter", "escape")
    await clerk.press("f2", *"补录", "enter")
    assert "叫出的号还没有结果" in clerk.seen()
    assert clerk.bench.panel.visit_id is None


# a disk that fills up while a form is being filled


async def test_a_full_disk_refuses_the_act_keeps_the_form_and_the_next_try_goes_through(clerk, monkeypatch):
    await attend(clerk, CHEN, "陈桂英")
    await start_item(clerk)
    await mark_all(clerk)
    await fill_form(clerk)
    before = await rows(clerk, select(EVENTS.c.n))
    settle = intake.settle

    def full(*args, **kwargs):
        raise Refusal("store_full", "磁盘已满, 没有保存", "请腾出空间再试; 已填内容都在")

    monkeypatch.setattr(intake, "settle", full)
    await choose_outcome(clerk, "accept")
    assert "磁盘已满" in clerk.seen()
    assert place(clerk).stage == "case" and not await rows(clerk, select(CASES.c.id))
    assert await rows(clerk, select(EVENTS.c.n)) == before
    monkeypatch.setattr(intake, "settle", settle)
    await choose_outcome(clerk, "accept")
    assert [one.state for one in await rows(clerk, select(CASES.c.state))] == ["accepted"]


async def test_a_disk_that_is_nearly_full_is_told_when_the_clerk_sits_down(parts, run_program, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9 - 7_000_000, 7_000_000))
    async with run_program(parts) as window:
        await window.press("1", "enter", *"1001", "enter", *"135790", "enter")
        assert "磁盘只剩 7 MB" in window.seen()
    monkeypatch.undo()
    async with run_program(parts) as window:
        await window.press("1", "enter", *"1001", "enter", *"135790", "enter")
        assert "磁盘只剩" not in window.seen()


# what is seen on a narrow screen


async def test_choices_that_find_no_room_go_on_in_the_next_line(folder: Path, clock):
    async with running(make_parts(folder, clock), clock, size=(80, 24)) as clerk:
        await clerk.press("1", "enter", *"1001", "enter", *"135790", "enter")
        await attend(clerk, CHEN, "陈桂英")
        await clerk.press(*"mz04", "enter")
        field = next(one for one in clerk.app.screen.query(ChoiceField) if "去世" in one.choices[-1].words)
        assert field.size.height == 2
        assert field.choices[-1].words in clerk.seen(), "the last choice is read whole"


async def test_all_that_is_said_about_an_outcome_is_in_sight_on_the_narrow_screen(folder: Path, clock):
    async with running(make_parts(folder, clock), clock, size=(80, 24)) as clerk:
        await clerk.press("1", "enter", *"1001", "enter", *"135790", "enter")
        await attend(clerk, CHEN, "陈桂英")
        await start_item(clerk)
        await mark_all(clerk, **{place(clerk).sheet.materials[-1].key: "0"})
        await fill_form(clerk)
        await clerk.press("f9")
        assert clerk.app.focused.id == "outcomes"
        seen = clerk.seen()
        assert "1 一次性告知" in seen and "一次告知全部" in seen, seen
        assert "第三十三条" in seen and "不能当场办结" in seen, "the article, and why not the others"


def test_a_choice_never_tears_a_label_and_keeps_what_is_chosen_in_sight():
    field = ChoiceField([Choice(str(n), "镇街政务服务中心" + str(n)) for n in range(20)], "19")
    for width in (30, 40, 76):
        lines = field.lines(width)
        assert all(sum(cell_len(label) + 2 for label, _ in line) <= width + 1 for line in lines)
        assert sum(len(line) for line in lines) == 20


def test_what_is_cut_says_so_and_what_fits_does_not():
    assert cut("居民户口簿(首页及本人页)", 16) == "居民户口簿(首.. "
    assert cut("居民户口簿", 16) == "居民户口簿      "
    assert cell_len(cut("abc" * 20, 11)) == 11


async def test_a_paper_on_the_narrow_screen_keeps_its_lines(folder: Path, clock):
    async with running(make_parts(folder, clock), clock, size=(80, 24)) as clerk:
        await clerk.press("1", "enter", *"1001", "enter", *"135790", "enter")
        await attend(clerk, CHEN, "陈桂英")
        await clerk.press(*"mz05", "enter")
        await choose_outcome(clerk, "asked")
        words = clerk.app.screen.query_one("#paper-words", Static)
        lines = str(words.content).split("\n")
        assert max(cell_len(line) for line in lines) <= words.size.width, "no line is broken by the screen"
        assert words.size.height == len(lines)


async def test_a_day_that_is_proposed_is_taken_by_f9_and_replaced_by_the_first_key(clerk):
    await clerk.press("f2", *"预约", "enter", "f9")
    assert "的时段" in clerk.seen() and "日期不对" not in clerk.seen()
    await clerk.press("escape", "2", "6")
    assert clerk.app.screen.query_one("#day", DateField).value == "26"


async def test_f4_on_a_material_lists_its_marks_and_esc_in_the_hits_goes_back_to_the_box(clerk):
    await attend(clerk, CHEN, "陈桂英")
    await clerk.press("f4", "escape")
    assert clerk.app.focused.id == "item-box"
    await start_item(clerk)
    assert clerk.app.focused.id == "materials"
    first = place(clerk).sheet.materials[0]
    await clerk.press("f4")
    assert "怎样标" in clerk.seen() and "核退" in clerk.seen()
    await clerk.press("4", "f9")
    assert next(row for row in place(clerk).sheet.materials if row.key == first.key).mark.mark == "4"


async def test_a_draft_is_offered_by_the_name_of_its_item(clerk):
    await attend(clerk, CHEN, "陈桂英")
    await start_item(clerk)
    await clerk.press("escape", *"yj09", "enter", "f9", "escape", "enter")
    assert "没办完的草稿: 广州市老年人优待卡申领" in clerk.seen()
    assert "没办完的草稿: 长者服务联办" in clerk.seen()


async def test_a_new_search_begins_at_its_best_hit(clerk):
    await attend(clerk, CHEN, "陈桂英")
    await clerk.press("f2", *"yl")
    listed = clerk.app.screen.query_one("#find-hits")
    assert (listed.cursor, listed.scroll_offset.y) == (0, 0)
    await clerk.press("escape")


async def test_the_field_in_hand_says_on_its_card_what_it_wants(clerk):
    await clerk.press("f2", *"预约", "enter")
    help_line = clerk.app.screen.query_one("#card-help", Static)
    assert "几天后" in str(help_line.content)
    await clerk.press("shift+tab")
    assert "几天后" not in str(help_line.content)


async def test_the_keys_at_the_right_are_those_of_the_list_that_is_shown(clerk):
    await clerk.press("f3", "3", "enter")
    assert "选项列 1交付 2已通知" in clerk.seen()
    await clerk.press("f4", "2", "enter")
    await clerk.read()
    assert "选项列" not in clerk.seen() and "F9 登记新到件" in clerk.seen()
    await clerk.press("f3", "4", "enter")
    assert isinstance(place(clerk), SearchPlace) and "F4 文书" not in clerk.seen()
