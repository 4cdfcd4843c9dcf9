"""Stores that cannot be used, or not now: a clear Chinese sentence, and nothing lost."""

import sqlite3
from contextlib import closing
from dataclasses import replace

from clerk_tui.desk import seats
from clerk_tui.tui.screens.sign_in import SignInScreen
from clerk_tui.tui.screens.workbench import LOOK_EVERY, Workbench


def write(folder, statement: str) -> None:
    with closing(sqlite3.connect(folder / "hall.db")) as connection:
        connection.execute(statement)
        connection.commit()


async def test_a_store_of_a_newer_program_is_not_touched(parts, folder, run_program):
    write(folder, "PRAGMA user_version = 99")
    write(folder, "UPDATE meta SET value = '99' WHERE name = 'schema_version'")
    async with run_program(parts) as window:
        assert "更新版本的程序" in window.seen()
        await window.press("enter", *"1001", "enter", *"135790", "enter")
        assert isinstance(window.app.screen, SignInScreen)


async def test_a_file_that_is_no_store(parts, folder, run_program):
    (folder / "hall.db").write_bytes(b"no database at all " * 400)
    async with run_program(parts) as window:
        assert "数据文件已损坏" in window.seen()


async def test_a_store_that_another_program_holds_is_told_and_the_form_stays(clerk, folder):
    await clerk.press("f2", *"取号", "enter", *["tab"] * 3, *"备注在此")
    with closing(sqlite3.connect(folder / "hall.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await clerk.press("f9")
        assert "另一个窗口正在保存" in clerk.seen()
        other.execute("ROLLBACK")
    assert clerk.bench.panel.waiting_count == 0
    assert "备注在此" in clerk.seen()
    await clerk.press("f9")
    assert [one.note for one in clerk.bench.panel.waiting] == ["备注在此"]


async def test_a_second_program_for_the_same_window_is_refused(clerk, parts, run_program):
    async with run_program(parts) as second:
        await second.press("1", "enter", *"9001", "enter", *"246801", "enter")
        assert "1 号窗已在本机打开" in second.seen()
        assert isinstance(second.app.screen, SignInScreen)
        second.app.screen.query_one("#window").focus()
        await second.press("2", "enter", "enter", *"246801", "enter")
        assert isinstance(second.app.screen, Workbench)


async def test_a_window_whose_program_is_gone_is_free_after_half_a_minute(clerk, parts, run_program, clock):
    clerk.bench._polling = True  # it hangs, and keeps its seat no longer
    clock.forward(seconds=31)
    async with run_program(replace(parts)) as second:
        await second.press("1", "enter", *"9001", "enter", *"246801", "enter")
        assert isinstance(second.app.screen, Workbench)


async def test_the_seat_is_kept_while_the_program_runs(clerk, clock):
    clock.forward(seconds=25)
    for _ in range(LOOK_EVERY):  # a second apart, and nobody writes
        clerk.bench.poll()
        await clerk.app.workers.wait_for_complete()
    clock.forward(seconds=25)
    desk = await clerk.app.desk_when_loaded()
    assert seats.windows(desk)[0].taken_by == "李敏"


async def test_a_fault_inside_an_act_is_one_sentence_and_the_program_goes_on(clerk):
    def broken(desk, by):
        raise ZeroDivisionError("110101199001010015")

    assert await clerk.bench.act(broken) is None
    await clerk.settle()
    assert "程序出错, 这一步没有做成" in clerk.seen()
    assert "ZeroDivision" not in clerk.seen()
    await clerk.press("f5")
    assert "没有人等候" in clerk.seen()
