"""待补 as a clerk works with it: supplement, check, reject, extend, remind, settle; several at once, found from elsewhere."""

import pytest
from sqlalchemy import select

from clerk_tui.desk import visits
from clerk_tui.store.core import CASES, MATERIALS, NOTICES, OWED, REMINDERS
from clerk_tui.tui.cards.approval import ApprovalCard
from clerk_tui.tui.cards.common import ListCard, MenuCard, WideActCard
from clerk_tui.tui.places import owed as place_module
from clerk_tui.tui.scanning import Scanned
from clerk_tui.tui.screens.paper_preview import PaperScreen
from tests.tui.conftest import approve, go


async def rows(clerk, table):
    desk = await clerk.app.desk_when_loaded()
    with desk.look() as connection:
        return connection.execute(select(table)).all()


async def the_ledger(clerk):
    return sorted((row for row in await rows(clerk, OWED) if row.kind == "owed"), key=lambda row: (row.due, row.id))


async def mark(clerk, owed_id: str, digit: str) -> None:
    """Press a digit in the option column of one entry."""
    listed = clerk.bench.place.listed
    listed.focus()
    await clerk.press("right")
    listed.go_to(owed_id)
    await clerk.press(digit)


async def open_entry(clerk, owed_id: str) -> None:
    """A number and Enter on one entry of the list."""
    listed = clerk.bench.place.listed
    listed.focus()
    await clerk.press(*str([row.key for row in listed.rows].index(owed_id) + 1), "enter")


async def overdue_and_coming(clerk):
    """An entry that is overdue and one that falls due later, both open."""
    desk = await clerk.app.desk_when_loaded()
    today = desk.today().isoformat()
    open_now = [row for row in await the_ledger(clerk) if row.state == "owed"]
    return next(row for row in open_now if row.due < today), next(row for row in open_now if row.due > today)


async def now_of(clerk, owed_id: str):
    return next(row for row in await rows(clerk, OWED) if row.id == owed_id)


def title(clerk) -> str:
    return clerk.app.screen.papers[0].title


async def test_a_supplement_takes_the_mark_that_the_clerk_chose_and_how_it_was_verified(desk_at):
    entry, _ = await overdue_and_coming(desk_at)
    await go(desk_at, "2")
    await open_entry(desk_at, entry.id)
    await desk_at.press("1", "enter")
    assert isinstance(desk_at.app.screen, WideActCard)
    await desk_at.press("5", "enter", "2", "enter", "enter", *"邮寄", "enter", "1", "f9")
    assert title(desk_at) == "补交材料收件凭证"
    await desk_at.press("escape")
    assert (await now_of(desk_at, entry.id)).state == "checked"
    [brought] = [row for row in await rows(desk_at, MATERIALS) if row.id == entry.material_id]
    assert (brought.mark, brought.verified_how) == ("5", "department_system")


async def test_what_is_only_taken_in_waits_to_be_checked_and_is_checked_from_the_option_column(desk_at):
    entry, _ = await overdue_and_coming(desk_at)
    await go(desk_at, "2")
    await open_entry(desk_at, entry.id)
    await desk_at.press("1", "enter", "3", "enter", "enter", "enter", "enter", "2", "f9", "escape")
    await desk_at.read()
    assert (await now_of(desk_at, entry.id)).state == "supplied"
    assert "已补待核" in desk_at.seen()
    await mark(desk_at, entry.id, "5")
    await desk_at.press("f9")
    await desk_at.read()
    assert (await now_of(desk_at, entry.id)).state == "checked"
    assert "已补待核" not in desk_at.seen()


async def test_a_faulty_supplement_is_told_once_more_with_a_supervisor(desk_at):
    entry, _ = await overdue_and_coming(desk_at)
    await go(desk_at, "2")
    await open_entry(desk_at, entry.id)
    await desk_at.press("1", "enter", "7", "enter", "f9")
    assert "要写明什么问题" in desk_at.seen()
    await desk_at.press(*"底色不对", "f9")
    assert isinstance(desk_at.app.screen, ApprovalCard)
    await approve(desk_at)
    assert isinstance(desk_at.app.screen, PaperScreen)
    assert [paper.title for paper in desk_at.app.screen.papers] == ["补交材料收件凭证", "再次补正通知书"]
    await desk_at.press("escape")
    now = await now_of(desk_at, entry.id)
    assert (now.state, now.rejected_times) == ("rejected", 1)


async def test_several_are_reminded_at_once_and_not_reached_is_kept(desk_at):
    both = await overdue_and_coming(desk_at)
    await go(desk_at, "2")
    for entry in both:
        await mark(desk_at, entry.id, "3")
    await desk_at.press("f9")
    assert "登记提醒 2 条" in desk_at.seen()
    await desk_at.press("2", "enter", "2", "enter", *"无人接听", "f9")
    await desk_at.read()
    told = await rows(desk_at, REMINDERS)
    assert {(one.how, bool(one.reached), one.words) for one in told} == {("sms", False, "无人接听")}
    desk_at.bench.place.listed.go_to(both[0].id)
    await desk_at.read()
    assert "没联系上" in desk_at.seen()


async def test_an_extension_before_the_date_has_its_paper_and_an_expired_one_is_refused(desk_at):
    overdue, coming = await overdue_and_coming(desk_at)
    await go(desk_at, "2")
    for entry in (overdue, coming):
        await mark(desk_at, entry.id, "2")
    await desk_at.press("f9", "enter", *"住院", "f9")
    await approve(desk_at)
    assert "1 条办成, 1 条没有" in desk_at.seen() and title(desk_at) == "延期通知书"
    await desk_at.press("escape")
    later = await now_of(desk_at, coming.id)
    assert (later.state, later.due > coming.due) == ("extended", True)
    assert (await now_of(desk_at, overdue.id)).state == "owed"


async def test_expiry_is_proposed_then_settled_with_the_departments_document(desk_at):
    entry, _ = await overdue_and_coming(desk_at)
    await go(desk_at, "2")
    await open_entry(desk_at, entry.id)
    await desk_at.press("4", "enter")
    assert "办件不结束" in desk_at.seen()
    await desk_at.press("f9")
    await desk_at.read()
    assert (await now_of(desk_at, entry.id)).state == "expired"
    assert isinstance(desk_at.app.screen, PaperScreen), "no act without its paper: the notice of expiry"
    await desk_at.press("escape")
    await desk_at.read()
    await open_entry(desk_at, entry.id)
    await desk_at.press("2", "enter", "4", "enter", "f9")
    assert "请写明理由" in desk_at.seen() and not isinstance(desk_at.app.screen, ApprovalCard)
    await desk_at.press(*"多次催促未补", "f9")
    assert "须由部门决定" in desk_at.seen(), "no supervisor is called for what is refused anyway"
    await desk_at.press(*"民政函3号", "f9")
    await approve(desk_at)
    assert isinstance(desk_at.app.screen, PaperScreen)
    await desk_at.press("escape")
    settled = await now_of(desk_at, entry.id)
    assert (settled.state, settled.settled_outcome) == ("closed", "terminate")


async def test_filters_and_the_second_tab(desk_at):
    await go(desk_at, "2")
    whole = len(desk_at.bench.place.rows)
    assert f"台账 {whole}" in desk_at.seen()
    await desk_at.press("f4", "tab", "2")
    await desk_at.read()
    assert 0 < len(desk_at.bench.place.rows) < whole
    await desk_at.press("5")
    await desk_at.read()
    assert "这样筛选没有" in desk_at.seen()
    await desk_at.press("shift+tab", "2", "tab", "1")
    await desk_at.read()
    assert "没有要核查的承诺" in desk_at.seen()


async def test_the_notice_scanned_opens_its_entry_also_outside_the_list(desk_at):
    await go(desk_at, "2")
    await desk_at.press("f4", "tab", "5")
    await desk_at.read()
    assert not desk_at.bench.place.rows
    _, last = await overdue_and_coming(desk_at)
    code = next(row.code for row in await rows(desk_at, NOTICES) if row.case_id == last.case_id)
    desk_at.bench.place.scanned(code)
    await desk_at.settle()
    assert isinstance(desk_at.app.screen, (MenuCard, ListCard)) and last.name[:8] in desk_at.seen()
    await desk_at.press("escape")
    desk_at.bench.place.open_hit("owed", last.id)
    await desk_at.settle()
    assert isinstance(desk_at.app.screen, MenuCard) and last.name[:8] in desk_at.seen()


async def test_the_ledger_goes_on_page_by_page(desk_at, monkeypatch):
    monkeypatch.setattr(place_module, "PAGE", 1)
    await go(desk_at, "2")
    for _ in range(20):
        await desk_at.press("end")
        await desk_at.read()
    live = [row.id for row in await the_ledger(desk_at) if row.state != "closed"]
    assert len(live) > 1 and [row.key for row in desk_at.bench.place.listed.rows] == live


@pytest.mark.parametrize("key", ["1", "2", "4"])
async def test_f9_without_a_choice_says_what_to_press(desk_narrow, key):
    await go(desk_narrow, "2")
    await desk_narrow.press("f9")
    assert "还没有选中" in desk_narrow.seen()
    await desk_narrow.press("right", key, "delete", "f9")
    assert "还没有选中" in desk_narrow.seen()


async def test_a_scanned_paper_leads_to_what_its_case_owes_from_every_place_and_else_to_the_case(desk_at):
    entry, _ = await overdue_and_coming(desk_at)
    papers = await rows(desk_at, NOTICES)
    owing = next(row for row in papers if row.case_id == entry.case_id and row.kind == "deficiency_notice")
    desk_at.bench.find_scanned(owing.code)
    await desk_at.read()
    assert isinstance(desk_at.app.screen, MenuCard) and entry.name[:6] in desk_at.seen()
    await desk_at.press("escape")
    assert desk_at.bench.place.key == "owed"
    live = {row.case_id for row in await the_ledger(desk_at) if row.state != "closed"}
    done = next(row for row in papers if row.case_id and row.case_id not in live)
    desk_at.bench.find_scanned(done.code)
    await desk_at.read()
    assert desk_at.bench.place.key == "search"


async def test_an_identity_number_scanned_in_the_ledger_finds_the_person(desk_at):
    await go(desk_at, "2")
    desk_at.bench.on_scanned(Scanned("440113195708210022"))
    await desk_at.read()
    assert "找不到" not in desk_at.seen() and desk_at.bench.place.key == "search"


async def test_options_survive_escape_and_end_with_their_act(desk_at):
    entry, _ = await overdue_and_coming(desk_at)
    await go(desk_at, "2")
    await mark(desk_at, entry.id, "3")
    await desk_at.press("f9", "escape")
    assert desk_at.bench.place.listed.options_chosen == {entry.id: "3"}
    await desk_at.press("f9", "f9")
    listed = desk_at.bench.place.listed
    assert listed.options_chosen == {} and not listed.in_options
    assert [row.owed_id for row in await rows(desk_at, REMINDERS)] == [entry.id]


async def test_after_what_waits_was_looked_at_no_key_goes_into_the_field_that_is_out_of_sight(desk_at):
    entry, _ = await overdue_and_coming(desk_at)
    desk, by = await desk_at.app.desk_when_loaded(), desk_at.app.signed_in()
    case = next(row for row in await rows(desk_at, CASES) if row.id == entry.case_id)
    visit = visits.open_without_ticket(desk, by, kind="walk_in")
    visits.identify(desk, by, visit_id=visit.id, person_id=case.applicant_id, how="card_seen")
    await desk_at.look()
    await desk_at.bench.show_visit(visit.id)
    await desk_at.settle()
    assert desk_at.app.focused.id == "item-box"
    await desk_at.press("enter", "1", "enter")
    await desk_at.read()
    assert isinstance(desk_at.app.screen, MenuCard) and desk_at.bench.place.key == "owed"
    await desk_at.press("escape", "1", "enter")
    assert desk_at.bench.query_one("#item-box").text == ""
    assert isinstance(desk_at.app.screen, MenuCard) and desk_at.bench.place.key == "owed"
