"""出件 as a pickup clerk works with it: arrivals, shelf, handover to whom, post, transfer, originals."""

from sqlalchemy import select, update

from clerk_tui.desk import authorities, visits
from clerk_tui.store.core import CASES, HANDOVERS, MATERIALS, PERSONS, REMINDERS, RESULTS, TRANSFERS
from clerk_tui.tui.cards.common import ActCard, MenuCard
from clerk_tui.tui.screens.paper_preview import PaperScreen
from tests.tui.conftest import go

PROXY = {
    "how": "proxy",
    "name": "陈小明",
    "id_number": "11010519491231002X",
    "relation": "儿子",
    "evidence": "委托书 1 号",
}


async def rows(clerk, table):
    desk = await clerk.app.desk_when_loaded()
    with desk.look() as connection:
        return connection.execute(select(table)).all()


async def open_list(clerk, digit: str) -> None:
    """出件 and one of its lists, with the cursor in it."""
    await go(clerk, "3")
    clerk.bench.place.query_one("#pickup-which").focus()
    await clerk.press(digit)
    await clerk.read()
    await clerk.press("enter")


def fill(clerk, **values: str) -> None:
    for name, value in values.items():
        clerk.app.screen.query_one(f"#{name}").value = value


async def choose(clerk, name: str) -> None:
    """The answer of an open menu with this value."""
    card = clerk.app.screen
    assert isinstance(card, MenuCard), clerk.seen()
    await clerk.press(str([value for value, _ in card.answers].index(name) + 1), "enter")


async def test_a_proxy_needs_number_and_authority_and_several_go_out_together(desk_at):
    await open_list(desk_at, "1")
    taken = [row.key for row in desk_at.bench.place.listed.rows[:3]]
    await desk_at.press("right", "1", "1", "2", "f9")
    assert isinstance(desk_at.app.screen, ActCard) and "等 2 份" in desk_at.seen()
    await desk_at.press("escape")
    left = desk_at.bench.place.listed.options_chosen
    assert left == {taken[0]: "1", taken[1]: "1"}, (
        "what was told by phone is done, what was not handed over stays chosen"
    )
    desk_at.bench.place.listed.focus()
    await desk_at.press("f9")
    fill(desk_at, **{**PROXY, "evidence": ""})
    await desk_at.press("f9")
    assert "代领要有授权凭据" in desk_at.seen()
    fill(desk_at, evidence="委托书 1 号")
    await desk_at.press("f9")
    assert [paper.title for paper in desk_at.app.screen.papers] == ["领取回执"] * 2
    await desk_at.press("escape")
    out = await rows(desk_at, HANDOVERS)
    given = [one for one in out if one.result_id in taken]
    assert {(one.collector_name, one.relation, one.evidence) for one in given} == {("陈小明", "儿子", "委托书 1 号")}
    assert [one.result_id for one in await rows(desk_at, REMINDERS) if one.result_id] == [taken[2]]


async def test_the_recorded_authority_of_who_stands_here_is_offered(desk_at):
    desk, by = await desk_at.app.desk_when_loaded(), desk_at.app.by
    await open_list(desk_at, "1")
    result = desk_at.bench.place.results[desk_at.bench.place.listed.current_key]
    case = next(row for row in await rows(desk_at, CASES) if row.id == result.case_id)
    other = next(row for row in await rows(desk_at, PERSONS) if row.id != case.applicant_id)
    authorities.record_authority(
        desk,
        by,
        principal_kind="person",
        principal_id=case.applicant_id,
        holder_id=other.id,
        kind="proxy",
        evidence="委托书 7 号",
        relation="邻居",
    )
    visit = visits.open_without_ticket(desk, by)
    visits.identify(desk, by, visit_id=visit.id, person_id=other.id, how="card_seen")
    await desk_at.look()
    await open_list(desk_at, "1")
    await desk_at.press("1", "enter")
    await choose(desk_at, "hand_over")
    assert "委托书 7 号" in desk_at.seen() and "有登记的授权" in desk_at.seen()
    fill(desk_at, how="self")
    await desk_at.press("f9")
    assert "领取人不是申请人本人" in desk_at.seen()
    fill(desk_at, how="proxy")
    await desk_at.press("f9")
    assert isinstance(desk_at.app.screen, PaperScreen)
    [given] = [one for one in await rows(desk_at, HANDOVERS) if one.result_id == result.id]
    assert (given.collector_id, given.relation, bool(given.authority_id)) == (other.id, "邻居", True)


async def test_a_result_of_an_unknown_case_is_shelved_by_name_and_matched_later(desk_at):
    case = next(row for row in await rows(desk_at, CASES) if row.state == "reviewing")
    await open_list(desk_at, "2")
    await desk_at.press("f9")
    fill(desk_at, receipt_no="SQ01-20990101-0001", name="登记证", shelf="c-09")
    await desk_at.press("f9")
    assert "没有这个收件号" in desk_at.seen()
    fill(desk_at, receipt_no="", person_name="区家俊")
    await desk_at.press("f9")
    await open_list(desk_at, "1")
    place = next(n for n, row in enumerate(desk_at.bench.place.listed.rows, 1) if "C-09" in row.cells)
    await desk_at.press(str(place), "enter")
    await choose(desk_at, "match")
    fill(desk_at, receipt_no=case.receipt_no)
    await desk_at.press("f9")
    [result] = [row for row in await rows(desk_at, RESULTS) if row.shelf == "C-09"]
    now = next(row for row in await rows(desk_at, CASES) if row.id == case.id)
    assert (result.case_id, result.state, now.decision, now.decision_source) == (case.id, "ready", "granted", "paper")


async def test_mail_goes_out_with_its_waybill_and_comes_back_to_the_shelf(desk_at):
    await open_list(desk_at, "1")
    key = desk_at.bench.place.listed.current_key
    await desk_at.press("1", "enter")
    await choose(desk_at, "mail")
    fill(desk_at, waybill="ea123456789cn", mail_to="市桥街道示例路 2 号 陈小明")
    await desk_at.press("f9", "escape")
    await open_list(desk_at, "5")
    assert [row.key for row in desk_at.bench.place.listed.rows] == [key]
    await desk_at.press("1", "enter")
    await choose(desk_at, "mail_came_back")
    fill(desk_at, words="查无此人")
    await desk_at.press("f9")
    await open_list(desk_at, "2")
    assert key in [row.key for row in desk_at.bench.place.listed.rows]
    await desk_at.press(str([row.key for row in desk_at.bench.place.listed.rows].index(key) + 1), "enter")
    await choose(desk_at, "shelve")
    fill(desk_at, shelf="B-11")
    await desk_at.press("f9")
    await open_list(desk_at, "1")
    assert "B-11" in next(row for row in desk_at.bench.place.listed.rows if row.key == key).cells


async def test_papers_go_to_one_department_with_discrepancies(desk_at):
    await open_list(desk_at, "6")
    listed = desk_at.bench.place.listed.rows
    assert listed, desk_at.seen()
    await desk_at.press("right", "1", "f9")
    fill(desk_at, signed_by="部门收件员", discrepancies="少一份复印件")
    await desk_at.press("f9")
    assert desk_at.app.screen.papers[0].title == "材料交接单"
    await desk_at.press("escape")
    newest = max(await rows(desk_at, TRANSFERS), key=lambda row: row.at)
    assert (newest.discrepancies, newest.signed_by) == ("少一份复印件", "部门收件员")


async def test_originals_stay_on_their_list_until_they_are_given_back(desk_narrow):
    desk = await desk_narrow.app.desk_when_loaded()
    case = next(row for row in await rows(desk_narrow, CASES) if row.state == "reviewing")
    with desk.store.write() as connection:
        connection.execute(
            update(MATERIALS)
            .where(MATERIALS.c.case_id == case.id)
            .values(kept_original=True, originals=1, to_give_back=True)
        )
    await open_list(desk_narrow, "7")
    assert case.receipt_no in desk_narrow.seen()
    await desk_narrow.press("1", "enter", "f9")
    assert isinstance(desk_narrow.app.screen, PaperScreen)
    await desk_narrow.press("escape")
    await desk_narrow.read()
    assert "没有要退还的原件" in desk_narrow.seen()


async def test_a_number_typed_short_names_the_case_and_the_case_names_its_result(desk_at):
    case = next(row for row in await rows(desk_at, CASES) if row.state == "reviewing")
    await open_list(desk_at, "2")
    await desk_at.press("f9")
    fill(desk_at, receipt_no=case.receipt_no.lower().replace("-", ""), shelf="c-08")
    await desk_at.press("f9")
    [result] = [row for row in await rows(desk_at, RESULTS) if row.shelf == "C-08"]
    assert (result.case_id, result.name, result.kind) == (case.id, case.result_name, case.result_kind)
    await desk_at.press("f9")
    fill(desk_at, person_name="区家俊", name="")
    await desk_at.press("f9")
    assert "请填写结果名称" in desk_at.seen()


async def test_an_electronic_result_is_served_to_the_applicant_without_typing_the_name_again(desk_at):
    await open_list(desk_at, "4")
    key = desk_at.bench.place.listed.current_key
    await desk_at.press("1", "enter")
    assert "待送达窗口" not in desk_at.seen()
    await choose(desk_at, "serve")
    fill(desk_at, how="粤省事", relation="女儿")
    await desk_at.press("f9")
    assert "请填写送给谁" in desk_at.seen() and desk_at.app.focused.id == "recipient"
    fill(desk_at, relation="本人")
    await desk_at.press("f9")
    assert isinstance(desk_at.app.screen, PaperScreen) and "送达回证" in desk_at.app.screen.papers[0].title
    [given] = [one for one in await rows(desk_at, HANDOVERS) if one.result_id == key]
    case = next(row for row in await rows(desk_at, CASES) if row.id == given.case_id)
    assert (given.collector_name, given.evidence) == (case.applicant_name, "粤省事")


async def test_a_refusal_that_the_department_brought_is_served_against_a_signature(desk_at):
    case = next(row for row in await rows(desk_at, CASES) if row.state == "reviewing")
    await open_list(desk_at, "2")
    await desk_at.press("f9")
    fill(desk_at, receipt_no=case.receipt_no, decision="refused")
    await desk_at.press("f9")
    [result] = [row for row in await rows(desk_at, RESULTS) if row.case_id == case.id and row.kind == "refusal"]
    desk_at.bench.place.open_hit("shelf", result.id)
    await desk_at.read()
    await choose(desk_at, "serve")
    fill(desk_at, how="当面")
    await desk_at.press("f9")
    assert "不予决定要签收" in desk_at.seen()
    fill(desk_at, signed_how="signature")
    await desk_at.press("f9")
    assert isinstance(desk_at.app.screen, PaperScreen)
    now = next(row for row in await rows(desk_at, CASES) if row.id == case.id)
    assert (now.decision, now.state) == ("refused", "closed")


async def test_what_lies_too_long_says_so_in_words_and_not_by_colour_alone(desk_at):
    await open_list(desk_at, "1")
    listed = desk_at.bench.place.listed
    old = [row for row in listed.rows if row.tone in ("warn", "late")]
    assert old and all(row.cells[-1] in ("请催领", "久未领", "本人在厅") for row in old)
    assert {row.cells[-1] for row in listed.rows if row.tone == ""} == {"待领取"}


async def test_papers_go_to_one_department_and_the_list_says_which(desk_narrow):
    await open_list(desk_narrow, "6")
    leaving = list(desk_narrow.bench.place.transfers.values())
    first = leaving[0]
    assert f"交 {first.department}" in desk_narrow.seen(), "the narrow list has no column for it"
    other = next(n for n, row in enumerate(leaving) if row.department != first.department)
    await desk_narrow.press("right", "1")
    desk_narrow.bench.place.listed.go_to(leaving[other].case_id)
    await desk_narrow.press("1", "f9")
    assert "选了 2 个部门的办件" in desk_narrow.seen() and not isinstance(desk_narrow.app.screen, ActCard)
    await desk_narrow.press("up", "delete", "f9")
    assert isinstance(desk_narrow.app.screen, ActCard)


async def test_what_was_typed_at_one_residents_result_never_stands_at_anothers(desk_at):
    await open_list(desk_at, "4")
    listed = desk_at.bench.place.listed
    names = [row.cells[2] for row in listed.rows]
    first, second = (n for n, name in enumerate(names, 1) if names.count(name) == 2)

    async def recipient_at(place: int, typed: str = "") -> str:
        listed.focus()
        await desk_at.press(str(place), "enter")
        await choose(desk_at, "serve")
        field = desk_at.app.screen.query_one("#recipient")
        if typed:
            field.focus()
            await desk_at.press(*typed)
        stood = field.value
        await desk_at.press("escape")
        return stood

    assert await recipient_at(first, "王小明") == "王小明"
    assert await recipient_at(second) == ""
    assert await recipient_at(first) == "王小明", "the same card is as it was left"
