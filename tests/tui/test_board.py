"""The supervisor's board: who serves whom, what burns, a stuck ticket freed, categories, roles, a number ended."""

from clerk_tui.desk import halls, seats, staff
from clerk_tui.tui.cards.common import ListCard, MenuCard
from tests.tui.conftest import approve


async def open_board(clerk) -> None:
    await clerk.press("f2", *"dtqk", "enter")
    assert isinstance(clerk.app.screen, ListCard), clerk.seen()


async def test_the_board_tells_who_serves_whom_and_frees_a_stuck_ticket(desk_at):
    await desk_at.press("f5", "enter", "1", "enter")
    number = desk_at.bench.panel.current.number
    await desk_at.press("escape")
    await open_board(desk_at)
    seen = desk_at.seen()
    assert f"服务中 {number}" in seen and "李敏" in seen and "容缺" in seen and "没有人" in seen
    await desk_at.press("3", "enter")
    assert isinstance(desk_at.app.screen, MenuCard)
    await desk_at.press("1", "enter", *"断电", "f9")
    await approve(desk_at)
    await desk_at.look()
    assert desk_at.bench.panel.current is None


async def test_what_burns_leads_to_its_place(desk_at):
    await open_board(desk_at)
    place = [row.key for row in desk_at.app.screen.rows].index("owed") + 1
    await desk_at.press(str(place), "enter")
    await desk_at.read()
    assert desk_at.bench.place.key == "owed"


async def test_a_window_serves_other_categories_from_now_on(desk_narrow):
    await open_board(desk_narrow)
    await desk_narrow.press("1", "enter", "1", "enter")
    desk_narrow.app.screen.query_one("#serves").value = "天文"
    await desk_narrow.press("f9")
    await approve(desk_narrow)
    assert "请从大厅的类别里选" in desk_narrow.seen()
    desk_narrow.app.screen.query_one("#serves").value = "领证、社保"
    await desk_narrow.press("f9")
    await approve(desk_narrow)
    desk = await desk_narrow.app.desk_when_loaded()
    assert next(one for one in seats.windows(desk) if one.number == 1).serves == ("领证", "社保")


async def test_a_window_is_added_and_can_be_sat_at(desk_narrow):
    desk = await desk_narrow.app.desk_when_loaded()
    before = [one.number for one in seats.windows(desk)]
    await open_board(desk_narrow)
    place = [row.key for row in desk_narrow.app.screen.rows].index("add") + 1
    await desk_narrow.press(*str(place), "enter")
    desk_narrow.app.screen.query_one("#number").value = str(before[0])
    desk_narrow.app.screen.query_one("#name").value = "流动窗口"
    await desk_narrow.press("f9")
    await approve(desk_narrow)
    assert "号窗已经有了" in desk_narrow.seen()
    desk_narrow.app.screen.query_one("#number").value = "12"
    await desk_narrow.press("f9")
    await approve(desk_narrow)
    [new] = [one for one in seats.windows(desk) if one.number not in before]
    assert (new.number, new.name, new.serves) == (12, "流动窗口", ("综合", "社保", "领证"))


async def test_what_papers_say_of_the_hall_is_changed_with_a_supervisor(desk_narrow):
    desk = await desk_narrow.app.desk_when_loaded()
    await desk_narrow.press("f2", *"大厅资料", "enter")
    card = desk_narrow.app.screen
    card.query_one("#phone").value = "020-84881234"
    card.query_one("#address").value = "市桥街道大北路 1 号"
    card.query_one("#categories").value = "综合 A, 社保"
    await desk_narrow.press("f9")
    assert "[社保] 缺号头字母" in desk_narrow.seen()
    card.query_one("#categories").value = "综合 A, 社保 B, 领证 C, 公安 g"
    await desk_narrow.press("f9")
    assert halls.hall(desk).phone != "020-84881234", "nothing changes without the supervisor"
    await approve(desk_narrow)
    now = halls.hall(desk)
    assert (now.phone, now.address) == ("020-84881234", "市桥街道大北路 1 号")
    assert [(one.name, one.letter) for one in now.categories][-1] == ("公安", "G")


async def test_roles_are_changed_and_a_number_is_ended(desk_at):
    desk = await desk_at.app.desk_when_loaded()
    numbers = [one.number for one in staff.clerks(desk, desk_at.app.by)]
    place = str(numbers.index("1002") + 1)
    await desk_at.press("f2", *"人员", "enter", *place, "enter", "3", "enter")
    desk_at.app.screen.query_one("#roles").value = "13"
    await desk_at.press("f9")
    await approve(desk_at)
    assert "窗口人员, 导办人员" in desk_at.seen()
    await desk_at.press("f2", *"人员", "enter", *place, "enter", "4", "enter")
    await approve(desk_at)
    assert "已停用" in desk_at.seen()
    changed = next(one for one in staff.clerks(desk, desk_at.app.by) if one.number == "1002")
    assert changed.roles == ("clerk", "guide") and not changed.active
