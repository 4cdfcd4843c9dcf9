"""Printing from the workbench: a printer that is off or empty holds nobody up and loses nothing."""

from pathlib import Path

import pytest
from rich.cells import cell_len
from sqlalchemy import select

from clerk_tui.desk import papers, print_queue
from clerk_tui.desk.views.intake import PaperView
from clerk_tui.rules.papers import PaperKind
from clerk_tui.store import canonical, evidence
from clerk_tui.store.core import EVENTS
from clerk_tui.tui.screens.paper_preview import PaperScreen
from clerk_tui.tui.widgets import lines
from tests.devices.virtual_printer import VirtualPrinter, decode
from tests.tui.conftest import Clerk, Clock, make_parts, running, sign_in

SLIP = {
    "hall": "市桥街道政务服务中心",
    "ticket": "A001",
    "category": "综合",
    "ahead": 0,
    "date": "2026-11-23",
    "time": "09:00",
    "notes": ["𠮷𬍛·阿依古丽"],
}


async def issued(clerk: Clerk) -> PaperView:
    desk, by = await clerk.app.desk_when_loaded(), clerk.app.signed_in()
    with desk.act(by) as act:
        return papers.issue(act, desk, PaperKind.TICKET_SLIP, dict(SLIP))


async def test_an_empty_printer_keeps_the_slip_until_it_has_paper(folder: Path, clock: Clock) -> None:
    with VirtualPrinter() as printer:
        printer.paper_out = True
        async with running(make_parts(folder, clock, slip_printer=printer.url, slip_width=58), clock) as clerk:
            await sign_in(clerk)
            slip = await issued(clerk)
            clerk.app.print_papers((slip,))
            await clerk.settle()
            assert "缺纸" in clerk.seen() and "已排队" in clerk.seen()
            desk, by = await clerk.app.desk_when_loaded(), clerk.app.signed_in()
            assert papers.paper(desk, by, notice_id=slip.id).printed == 0
            printer.paper_out = False
            clock.forward(seconds=3)
            clerk.app.send_queued_when_due()
            await clerk.settle()
            assert papers.paper(desk, by, notice_id=slip.id).printed == 1
            assert print_queue.undone(desk, by) == ()
            copy = print_queue.copies(desk, by, notice_id=slip.id)[0]
            with desk.look() as connection:
                body = connection.execute(select(EVENTS.c.body).where(EVENTS.c.kind == "notice.printed")).scalar_one()
    roll = decode(printer.jobs[0])
    assert ("A001" in roll.text) and ("𠮷𬍛·阿依古丽" in roll.text) and roll.codes == [slip.code] and roll.cuts == 1
    assert next(large for words, large in roll.lines if "A001" in words)
    assert evidence.fetch(folder / "evidence", copy.sha, "slip") == printer.jobs[0]
    assert canonical.load(body)["sha256"] == copy.sha
    assert max(len(words.encode("gb18030")) for words, _ in roll.lines) <= 32 + 6  # 𠮷 and 𬍛 have four bytes


async def test_the_second_copy_says_that_it_is_one(folder: Path, clock: Clock) -> None:
    with VirtualPrinter() as printer:
        async with running(make_parts(folder, clock, slip_printer=printer.url), clock) as clerk:
            await sign_in(clerk)
            slip = await issued(clerk)
            for _ in range(2):
                clerk.app.print_papers((slip,))
                await clerk.settle()
    first, second = map(decode, printer.jobs)
    assert "补打" not in first.text and "补打 第 1 次" in second.text


async def test_the_list_shows_what_waits_and_lets_it_go(folder: Path, clock: Clock) -> None:
    async with running(make_parts(folder, clock, print_command="no-such-program {file}"), clock) as clerk:
        await sign_in(clerk)
        slip = await issued(clerk)
        clerk.app.print_papers((slip,))
        await clerk.settle()
        assert "no-such-program" in clerk.seen()
        clerk.bench.action_print_queue()
        await clerk.settle()
        assert "打印队列" in clerk.seen() and slip.number in clerk.seen() and "打不了" in clerk.seen()
        await clerk.press("1", "enter")
        await clerk.press("2", "enter")
        assert "不再自动打印" in clerk.seen()
        desk, by = await clerk.app.desk_when_loaded(), clerk.app.signed_in()
        assert print_queue.undone(desk, by) == ()


async def test_the_preview_changes_the_form_and_remembers_it(clerk: Clerk) -> None:
    slip = await issued(clerk)
    clerk.app.push_screen(PaperScreen((slip,)))
    await clerk.settle()
    await clerk.press("v", "v")
    assert "[繁体]" in clerk.seen() and "綜合" in clerk.seen()
    desk, by = await clerk.app.desk_when_loaded(), clerk.app.signed_in()
    assert papers.paper(desk, by, notice_id=slip.id).variant == "hant"
    await clerk.press("o")
    assert "还没有打印过" in clerk.seen()


async def test_without_any_printer_the_paper_is_saved_and_that_is_said_calmly_once(
    folder: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("clerk_tui.devices.printing.sys.platform", "linux")
    parts = make_parts(folder, clock, print_command="", paper_format="html")
    async with running(parts, clock) as clerk:
        await sign_in(clerk)
        rung: list[str] = []
        monkeypatch.setattr(clerk.app, "ring", lambda words, advice="": rung.append(words))
        clerk.app.print_papers((await issued(clerk),))
        await clerk.settle()
        assert "文书存在" in clerk.seen()
        assert clerk.app._told_how_to_print
        clerk.app.print_papers((await issued(clerk),))
        await clerk.settle()
        assert not rung
        assert len(list((folder / "papers").iterdir())) >= 2


async def test_f9_on_one_of_several_papers_goes_on_to_the_next(clerk: Clerk) -> None:
    first, second = await issued(clerk), await issued(clerk)
    clerk.app.push_screen(PaperScreen((first, second)))
    await clerk.settle()
    await clerk.press("f9")
    assert isinstance(clerk.app.screen, PaperScreen) and second.number in clerk.seen()
    await clerk.press("f9")
    assert not isinstance(clerk.app.screen, PaperScreen)
    desk, by = await clerk.app.desk_when_loaded(), clerk.app.signed_in()
    assert [papers.paper(desk, by, notice_id=one.id).printed for one in (first, second)] == [1, 1]


async def test_what_a_printer_came_to_stands_behind_what_the_clerks_act_came_to(
    folder: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr(lines, "monotonic", lambda: now[0])
    async with running(make_parts(folder, clock, print_command="true {file}"), clock) as clerk:
        await sign_in(clerk)
        line = clerk.bench.query_one("#fixed-line")
        paper = await issued(clerk)
        clerk.app.say("到访已结束")
        clerk.app.print_papers((paper,))
        await clerk.settle()
        assert line.render().plain.split() == ["到访已结束", "已送打印机", "(true)"]
        clerk.app.ring("材料不齐", "先勾选")
        clerk.app.tell("新公布的工作日历已采用")
        now[0] += 3600
        clerk.app.tell("又送了一份; " + "长" * 80)
        shown = line.render().plain
        assert shown.startswith(" ! 材料不齐; 先勾选   又送了一份") and shown.endswith("..")
        assert cell_len(shown) <= clerk.app.size.width
        clerk.app.ring("长" * (clerk.app.size.width // 2 - 4))
        clerk.app.tell("又送了一份; 还有两份")
        assert "又" not in line.render().plain, "one letter of it would be no news"
        clerk.app.say("已保存")
        now[0] += 3600
        clerk.app.tell("已送打印机")
        assert line.render().plain.split() == ["已送打印机"], "what was read long ago gives way"


async def test_a_saved_paper_counts_as_handed_out_and_says_so(folder: Path, clock: Clock) -> None:
    async with running(make_parts(folder, clock), clock) as clerk:
        await sign_in(clerk)
        slip = await issued(clerk)
        clerk.app.push_screen(PaperScreen((slip,)))
        await clerk.settle()
        await clerk.press("s")
        assert "另存或打开过 1 份, 按已交出算" in clerk.seen() and "签退时删除" in clerk.seen()
        desk, by = await clerk.app.desk_when_loaded(), clerk.app.signed_in()
        copy = print_queue.copies(desk, by, notice_id=slip.id)[0]
        saved = next(clerk.app.parts.settings.print_folder.glob(f"*.{copy.media}"))
        assert evidence.fetch(folder / "evidence", copy.sha, copy.media) == saved.read_bytes()
