"""What is looked at all day long: it goes on after a fault and ends with its owner; nothing is drawn or read for nothing."""

import asyncio

from textual.app import App

from clerk_tui.tui import exchanging, heartbeat
from clerk_tui.tui.exchanging import LISTS_EVERY
from clerk_tui.tui.screens import workbench


async def test_a_look_that_fails_does_not_end_the_looks_and_they_end_with_their_owner():
    looks = []

    def look():
        looks.append(len(looks))
        if len(looks) == 1:
            raise ZeroDivisionError

    class Owner(App[None]):
        def on_mount(self):
            heartbeat.every(0.01, self, look)

    async with Owner().run_test() as pilot:
        await pilot.pause(0.1)
        assert len(looks) > 2
    ended = len(looks)
    await asyncio.sleep(0.05)
    assert len(looks) == ended


async def test_the_clock_is_drawn_when_its_minute_is_over(clerk, monkeypatch):
    drawn = []
    shown = workbench.Workbench.show_top
    monkeypatch.setattr(workbench.Workbench, "show_top", lambda bench: (drawn.append(1), shown(bench))[1])
    clerk.bench.poll()
    await clerk.settle()
    assert not drawn
    clerk.clock.forward(minutes=1)
    clerk.bench.poll()
    await clerk.settle()
    assert drawn


async def test_what_another_window_writes_without_an_event_reads_no_queue(clerk, monkeypatch):
    looked = []
    monkeypatch.setattr(workbench.Workbench, "_poll", lambda bench: looked.append(1))
    monkeypatch.setattr(workbench.Workbench, "run_worker", lambda bench, work, **_: None)
    clerk.bench._polls = 0
    clerk.app.somebody_wrote()
    desk = await clerk.app.desk_when_loaded()
    with desk.store.write() as connection:
        connection.exec_driver_sql("INSERT INTO meta(name, value) VALUES ('seat', '1')")
    clerk.bench.poll()
    assert not looked
    assert clerk.bench._somebody_wrote  # the exchange looks all the same: batches come without events
    with desk.store.write() as connection:
        connection.exec_driver_sql("UPDATE journal_head SET n = n + 1")
    clerk.bench.poll()
    assert looked


async def test_an_exchange_that_rests_is_not_asked_until_somebody_writes(clerk, monkeypatch):
    asked = []
    monkeypatch.setattr(
        exchanging.Exchanging, "_beside", lambda bench, work, group: (asked.append(group), work.close())
    )
    monkeypatch.setattr(type(clerk.app.syncing), "rests", True)
    bench = clerk.bench
    bench._ticks, bench._somebody_wrote = 1, False
    bench.exchange()
    assert asked == []
    bench._somebody_wrote = True
    bench.exchange()
    assert asked == ["exchange"]
    bench._exchanging = False
    bench.exchange()
    assert asked == ["exchange"]
    bench._ticks = LISTS_EVERY
    bench.exchange()
    assert asked[1] == "exchange"  # lists and calendars of another window are looked for in any case
