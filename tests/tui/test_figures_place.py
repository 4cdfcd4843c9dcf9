"""统计 on the screen: pages, spans, rows behind a line, export; the agents' register with its papers."""

from sqlalchemy import func, select, update

from clerk_tui.store.core import CASES, NOTICES, PERSONS
from clerk_tui.tui.cards.common import FormCard, ListCard, MenuCard
from clerk_tui.tui.screens.paper_preview import PaperScreen
from clerk_tui.tui.widgets.fields import ChoiceField
from tests.tui.conftest import go


async def test_spans_pages_and_the_rows_behind(desk_at):
    await go(desk_at, "5")
    assert "平均等候" in desk_at.seen() and "何志强" in desk_at.seen() and "####" in desk_at.seen()
    await desk_at.press("tab", "3")
    await desk_at.read()
    month = next(line for line in desk_at.bench.place.lines.values() if line.words == "收件")
    app = desk_at.app
    desk = await app.desk_when_loaded()
    since = desk.midnight(app.today().replace(day=1))  # on the first of a month only this morning's
    with desk.look() as connection:
        received = connection.execute(select(func.count()).where(CASES.c.received_at >= since)).scalar_one()
    assert int(month.value.split(" ")[0]) == received >= 3
    await desk_at.press("enter", "4", "enter")
    assert isinstance(desk_at.app.screen, ListCard) and f"收件 {month.value}" in desk_at.seen()
    assert len(desk_at.app.screen.rows) == int(month.value.split(" ")[0])
    await desk_at.press("1", "enter")
    assert "为什么要打开这件" in desk_at.seen()  # the case of somebody absent, as from anywhere
    await desk_at.press("escape")
    await go(desk_at, "5")
    desk_at.bench.place.query_one("#figures-page", ChoiceField).focus()
    await desk_at.press("2")
    await desk_at.read()
    assert "按事项" in desk_at.seen() and "要求" in desk_at.seen() and "%" in desk_at.seen()


async def test_a_chosen_span_is_checked_and_kept(desk_narrow):
    await go(desk_narrow, "5")
    await desk_narrow.press("f4")
    assert isinstance(desk_narrow.app.screen, FormCard)
    card = desk_narrow.app.screen
    card.query_one("#first").value, card.query_one("#last").value = "2026-11-20", "2026-11-10"
    await desk_narrow.press("f9")
    assert "起止日期颠倒" in desk_narrow.seen()
    card.query_one("#first").value = "2026-11-01"
    await desk_narrow.press("f9")
    await desk_narrow.read()
    assert "2026-11-01 至 2026-11-10" in desk_narrow.seen()
    assert desk_narrow.bench.place.query_one("#figures-range", ChoiceField).value == "own"


async def test_the_page_is_exported_and_the_file_named(desk_at):
    await go(desk_at, "5")
    await desk_at.press("f9")
    assert isinstance(desk_at.app.screen, MenuCard)
    await desk_at.press("enter")
    assert "已导出" in desk_at.seen()
    [file] = (desk_at.app.parts.settings.store / "导出").iterdir()
    text = file.read_text("utf-8-sig")
    assert text.startswith("组,项目,数,说明") and "平均等候" in text


async def test_the_agents_register_opens_cases_prints_and_hands_in(desk_at):
    desk = await desk_at.app.desk_when_loaded()
    with desk.store.write() as connection:
        agent = connection.execute(select(PERSONS.c.id).where(PERSONS.c.name == "郑惠芬")).scalar()
        agent = agent or connection.execute(select(PERSONS.c.id).limit(1)).scalar()
        case_id = connection.execute(select(CASES.c.id).order_by(CASES.c.received_at.desc()).limit(1)).scalar()
        connection.execute(update(CASES).where(CASES.c.id == case_id).values(agent_id=agent))
    await go(desk_at, "5")
    await desk_at.press("3")
    await desk_at.read()
    assert list(desk_at.bench.place.registered) == [case_id], "of today"
    await desk_at.press("enter", "f9", "3", "enter")
    assert "还没有选中要交接的" in desk_at.seen()
    await desk_at.press("right", "1", "f9", "2", "enter")
    assert isinstance(desk_at.app.screen, PaperScreen) and "代办" in desk_at.app.screen.papers[0].title
    await desk_at.press("escape", "f9", "3", "enter")
    desk_at.app.screen.query_one("#from_unit").value = "德兴社区服务站"
    await desk_at.press("f9")
    assert isinstance(desk_at.app.screen, PaperScreen)
    await desk_at.press("escape")
    with desk.look() as connection:
        kinds = set(connection.execute(select(NOTICES.c.kind)).scalars())
    assert {"handover_sheet", "agency_register"} <= kinds
