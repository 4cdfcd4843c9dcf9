"""渠道 in the program: what the district refused is answered there, the exchange is paused and resumed by a supervisor."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from clerk_tui.channel.station import connect
from clerk_tui.channel.sync import exchange_once
from clerk_tui.demo import prepare
from clerk_tui.desk import refused_records, tasks
from clerk_tui.district import answering
from clerk_tui.district.place import open_district
from clerk_tui.district.serving import publish_now, serve_once
from clerk_tui.district.tables import CASES
from clerk_tui.store.act import system_clock
from clerk_tui.store.core import BATCHES, EVENTS, INSTALLATIONS, PERSONS, SYNC_LEASE
from clerk_tui.store.schema import open_store
from clerk_tui.tui.cards.approval import ApprovalCard
from clerk_tui.tui.cards.common import MenuCard
from clerk_tui.tui.counts import read_counts
from tests.tui.conftest import Clock, approve, make_parts, running


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration in which the district has refused a telephone number."""
    folder = tmp_path_factory.mktemp("refused") / "demo"
    prepare(folder)
    store = open_store(folder / "hall.db", clock_ms=system_clock())
    district = open_district(folder / "district")
    station = connect(store, str(folder / "district/exchange/440113007001"), folder / "keys")
    exchange_once(station, send_now=True)
    serve_once(district)
    with district.store.read() as connection:
        case = connection.execute(select(CASES).where(CASES.c.receipt_no != "").order_by(CASES.c.receipt_no)).first()
    assert case is not None
    answering.reject_record(district, case.receipt_no, "applicant.phone", "电话无法接通")
    publish_now(district)
    exchange_once(station, send_now=True)
    district.close()
    store.close()
    return folder


@pytest.fixture
async def clerk(refused: Path, tmp_path: Path):
    folder = tmp_path / "demo"
    shutil.copytree(refused, folder)
    clock = Clock(system_clock())
    parts = make_parts(folder, clock, window=3)
    parts = parts.__class__(**{**parts.__dict__, "clerk": "demo"})
    async with running(parts, clock) as found:
        yield found


async def go(clerk) -> None:
    await clerk.press("f3", "6", "enter")
    await clerk.pilot.pause(0.3)
    await clerk.settle()


async def test_a_refused_record_is_answered_at_its_field(clerk):
    await go(clerk)
    desk, by = await clerk.app.desk_when_loaded(), clerk.app.by
    waiting = [task for task in tasks.open_tasks(desk, by) if "无法接通" in task.words]
    asked = refused_records.question(desk, by, task_id=waiting[0].id)
    assert (asked.where, asked.label) == ("person", "电话")
    row = [task.id for task in tasks.open_tasks(desk, by)].index(waiting[0].id) + 1
    await clerk.press(str(row), "enter")
    await clerk.settle()
    assert isinstance(clerk.app.screen, MenuCard)
    assert "更正「电话」并重新上报" in clerk.seen()
    settled = refused_records.answer(desk, by, task_id=waiting[0].id, value="13800001234", reason="电话核对过")
    assert settled.case_id == asked.case_id
    with desk.look() as connection:
        assert connection.execute(select(PERSONS.c.id).where(PERSONS.c.phone == "13800001234")).first()
        kinds = list(connection.execute(select(EVENTS.c.kind).order_by(EVENTS.c.n.desc()).limit(4)).scalars())
    assert {"record.corrected", "task.closed"} <= set(kinds)
    assert waiting[0].id not in {task.id for task in tasks.open_tasks(desk, by)}


async def test_the_figures_follow_a_long_exchange_file_by_file(clerk):
    """A night's backlog over a slow line: what has left is no longer shown as waiting while the rest goes out."""
    await go(clerk)
    desk = await clerk.app.desk_when_loaded()
    background = clerk.app.syncing.prepare(desk)
    with desk.store.write() as connection:
        connection.execute(
            insert(BATCHES),
            [
                {"id": f"z{n}", "station": "440113007001", "inst": "x", "direction": "U", "bno": 70 + n, "name": f"n{n}",
                 "first_seq": n, "last_seq": n, "last_n": n, "records": 500, "sha": "", "prev_sha": "", "content": b"",
                 "size": 1, "state": "sealed", "sealed_at": desk.clock()}
                for n in (1, 2)
            ],
        )  # fmt: skip
        connection.execute(update(BATCHES).values(inst=select(INSTALLATIONS.c.inst).scalar_subquery()))
    background.progress.begin("sending", 2)
    background.progress.file("n1", 100)
    await until(clerk, "未发 1", "第 1/2 批")
    shown = clerk.seen()
    with desk.store.write() as connection:
        connection.execute(update(BATCHES).where(BATCHES.c.id == "z1").values(state="sent", sent_at=desk.clock()))
    background.progress.bytes(100, 100)
    background.progress.file_done()
    background.progress.file("n2", 100)
    await until(clerk, "已发未确认 500", "50%", "第 2/2 批")
    assert "已发未确认 500" not in shown
    background.progress.end()
    await until(clerk, "已发待确认", gone="正在发送")


async def until(clerk, *words: str, gone: str = "\0") -> None:
    for _ in range(60):
        await clerk.pilot.pause(0.1)
        await clerk.settle()
        if all(word in clerk.seen() for word in words) and gone not in clerk.seen():
            return
    raise AssertionError(f"never came: {words}, or never went: {gone}\n{clerk.seen()}")


async def test_a_supervisor_pauses_and_the_place_says_who_and_why(clerk):
    await go(clerk)
    await clerk.press("f4")
    await clerk.settle()
    assert "暂停交换" in clerk.seen()
    await clerk.press("escape")
    from dataclasses import replace

    from clerk_tui.channel import mending

    desk = await clerk.app.desk_when_loaded()
    boss = replace(clerk.app.by, roles=frozenset({"supervisor"}))
    mending.pause(desk.store, boss, reason="区里维护", clock=desk.clock)
    clerk.bench.place.refresh_data()
    await clerk.pilot.pause(0.3)
    await clerk.settle()
    assert "已暂停" in clerk.seen() and "区里维护" in clerk.seen()
    with desk.look() as connection:
        assert connection.execute(select(SYNC_LEASE.c.paused_words)).scalar() == "区里维护"


async def test_a_field_of_a_case_whose_papers_are_out_is_corrected_with_a_supervisor_and_never_by_halves(desk_at):
    await go(desk_at)
    desk, by = await desk_at.app.desk_when_loaded(), desk_at.app.by
    task = next(one for one in tasks.open_tasks(desk, by) if one.kind == "rejected")
    row = [one.id for one in tasks.open_tasks(desk, by)].index(task.id) + 1

    def phones() -> list[str]:
        with desk.look() as connection:
            return list(connection.execute(select(PERSONS.c.phone)).scalars())

    await desk_at.press(str(row), "enter", "1", "enter")
    desk_at.app.screen.query_one("#value").value = "13800001234"
    desk_at.app.screen.query_one("#reason").value = "本人换号"
    await desk_at.press("f9")
    assert isinstance(desk_at.app.screen, ApprovalCard), desk_at.seen()
    await desk_at.press("escape")
    assert "13800001234" not in phones(), "the person is not changed while the case is not"
    await desk_at.press("f9")
    await approve(desk_at)
    assert "已更正, 下次交换时上报" in desk_at.seen()
    assert "13800001234" in phones()
    assert task.id not in {one.id for one in tasks.open_tasks(desk, by)}


def waiting_in_channel(clerk, desk) -> int:
    """The number beside the place's name."""
    return int(dict(read_counts(desk, clerk.app.by).places)["channel"].removesuffix("!") or 0)


async def test_a_clock_that_was_set_meanwhile_is_told_to_a_person(refused: Path, tmp_path: Path):
    """The program as it is started: the machine's clock is watched, and what jumped stands under what is to be done."""
    folder = tmp_path / "demo"
    shutil.copytree(refused, folder)
    clock = Clock(system_clock())
    parts = make_parts(folder, clock, window=3)
    parts = parts.__class__(**{**parts.__dict__, "clerk": "demo", "real_clock": True})
    async with running(parts, clock) as clerk:
        desk = await clerk.app.desk_when_loaded()
        await clerk.app.syncing.tick(desk)
        before = waiting_in_channel(clerk, desk)
        clock.forward(minutes=24 * 60)
        await clerk.app.syncing.tick(desk)
        assert waiting_in_channel(clerk, desk) == before + 1  # nobody has to open the place to hear of it
        await go(clerk)
        await until(clerk, "时钟", "往前跳了 1 天")
