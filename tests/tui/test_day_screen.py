"""Appointments, the close of the day and an end that is taken back, by keys."""

from datetime import UTC, datetime

import pytest

from clerk_tui.tui.cards.closing import CloseDayCard
from clerk_tui.tui.cards.common import ListCard


async def issue(clerk) -> None:
    await clerk.press("f2", *"取号", "enter", "f9")


async def book(clerk, day: str, name: str = "何小文", phone: str = "13812345678") -> None:
    await clerk.press("f2", *"预约", "enter")
    field = clerk.app.screen.query_one("#day")
    field.value = day
    await clerk.press("f9")
    if isinstance(clerk.app.screen, ListCard):
        await clerk.press("1", "enter")
        await clerk.press(*name, "enter", *phone, "f9")


async def test_an_appointment_is_booked_and_stands_in_the_list(clerk):
    await book(clerk, "2026-11-23")
    assert "已约 2026-11-23" in clerk.seen()
    await clerk.press("f2", *"预约单", "enter")
    assert "何*文" in clerk.seen()
    assert "何小文" not in clerk.seen()


async def test_who_booked_gets_a_number_of_the_slot(clerk):
    await book(clerk, "2026-11-23")
    await clerk.press("f2", *"预约单", "enter", "1", "enter", "1", "enter")
    assert clerk.bench.panel.waiting_count == 1
    assert "预约" in clerk.bench.panel.waiting[0].rank_words


async def test_a_day_off_is_refused_and_what_was_typed_stays(clerk):
    await book(clerk, "2026-11-28")
    assert "不上班" in clerk.seen() or "没有可约的时段" in clerk.seen()


async def test_every_open_end_gets_an_ending(clerk):
    await issue(clerk)
    await issue(clerk)
    await clerk.press("f5", "enter", "1", "enter")
    await clerk.press("f2", *"日结", "enter")
    assert isinstance(clerk.app.screen, CloseDayCard)
    assert len(clerk.app.screen.ends) == 2
    await clerk.press("2", "f9")
    assert "日结: 接待" in clerk.seen()
    assert clerk.bench.panel.current is None
    assert clerk.bench.panel.waiting_count == 0


async def test_esc_closes_nothing(clerk):
    await issue(clerk)
    await clerk.press("f2", *"日结", "enter", "escape")
    assert clerk.bench.panel.waiting_count == 1


@pytest.mark.parametrize("left", [True, False])
async def test_the_next_morning_says_what_was_left_open(folder, clock, make_parts_for, run_program, left):
    async with run_program(make_parts_for(folder)) as clerk:
        await clerk.press("1", "enter", *"1001", "enter", *"135790", "enter")
        if left:
            await issue(clerk)
            await clerk.press("f5", "enter", "1", "enter")
    clock.at = int(datetime(2026, 11, 24, 1, 0, tzinfo=UTC).timestamp() * 1000)
    async with run_program(make_parts_for(folder)) as clerk:
        await clerk.press("1", "enter", *"1001", "enter", *"135790", "enter")
        assert ("以前没结束的号已关闭: 没按结束的 1 张" in clerk.seen()) is left
        assert clerk.bench.panel.current is None


async def test_at_midnight_the_clerk_is_told_once_what_became_of_the_tickets(clerk):
    await issue(clerk)
    clerk.bench.poll()
    await clerk.look()
    clerk.clock.at = int(datetime(2026, 11, 23, 16, 0, 30, tzinfo=UTC).timestamp() * 1000)  # 00:00:30 in the hall
    for _ in range(3):
        clerk.bench.poll()
        await clerk.app.workers.wait_for_complete()
        await clerk.settle()
    assert "已是 11-24。以前没结束的号已关闭: 没叫到的 1 张; 来人请另取号" in clerk.seen()
    assert "没有人等候" in clerk.seen()
    await clerk.press("f3", "f5")
    assert "没叫到的" not in clerk.seen()  # told once


async def test_an_end_by_mistake_is_taken_back_with_a_supervisor(clerk):
    await issue(clerk)
    await clerk.press("f5", "enter", "1", "enter", "f2", *"结束到访", "enter", "2", "f9")
    assert clerk.bench.panel.visit_id is None
    await clerk.press("f2", *"撤销结束", "enter", *"按错", "f9", *"9001", "enter", *"246801", "enter")
    assert clerk.bench.panel.visit_id
    assert clerk.bench.panel.current.number == "A001"
