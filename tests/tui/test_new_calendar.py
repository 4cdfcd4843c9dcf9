"""A year's calendar that is loaded elsewhere while the program runs: from a file at IT's, or by the district."""

from datetime import date
from pathlib import Path

from sqlalchemy import select, update

from clerk_tui.cli.main import run
from clerk_tui.store.core import CASES, OWED
from tests.tui.conftest import go


async def test_the_running_program_takes_a_year_in_and_the_marks_go(desk_at, tmp_path: Path, capfd) -> None:
    desk = await desk_at.app.desk_when_loaded()
    with desk.store.write() as connection:
        case = connection.execute(
            select(CASES).where(CASES.c.state == "accepted").order_by(CASES.c.received_at.desc()).limit(1)
        ).one()
        connection.execute(update(CASES).where(CASES.c.id == case.id).values(due_provisional=True))
    await go(desk_at, "4")
    assert "(暂定)" in desk_at.seen()
    year = max(desk.calendar.notices) + 1
    path = tmp_path / f"{year}.yaml"
    path.write_text(f"year: {year}\nnotice: 某号\nholidays: {{元旦: [{year}-01-01]}}\n", encoding="utf-8")
    store = str(desk_at.app.parts.settings.store)
    assert run(["calendar", "add", str(path), "--clerk", "9001", "--store", store]) == 0, capfd.readouterr().err
    desk_at.bench.look_for_calendar()
    await desk_at.read()
    await desk_at.pilot.app.workers.wait_for_complete([one for one in desk_at.app.workers if one.group == "calendar"])
    await desk_at.read()
    assert desk.calendar.is_published(date(year, 1, 1))
    assert "(暂定)" not in desk_at.seen() and "新公布的工作日历已采用" in desk_at.seen()


async def test_the_ledger_marks_the_date_on_eighty_columns(desk_narrow) -> None:
    desk = await desk_narrow.app.desk_when_loaded()
    with desk.store.write() as connection:
        connection.execute(update(OWED).values(provisional=True))
    await go(desk_narrow, "2")
    page = desk_narrow.bench.place.rows
    first = next(iter(page.values()))
    line = next(line for line in desk_narrow.seen().splitlines() if first.name[:4] in line)
    assert f"{first.due[5:]}暂定" in line
    assert first.due_words.removesuffix("(暂定)") in line and first.due_words.endswith("(暂定)")
