"""Calling, holding, finishing by keys, on a real store."""

from sqlalchemy import select

from clerk_tui.store.core import PERIODS, TICKETS
from clerk_tui.tui.cards.queue import CalledCard, NextPersonCard


async def issue(clerk, *keys: str) -> None:
    """A ticket at the desk, by the command in words; further keys fill the form before F9."""
    await clerk.press("f2", *"取号", "enter")
    await clerk.press(*keys, "f9")


async def test_a_ticket_is_issued_and_stands_in_the_queue(clerk):
    await issue(clerk)
    assert "A001" in clerk.seen()
    assert "排队 1 人" in clerk.seen()


async def test_an_elder_is_first_and_the_card_says_why(clerk):
    await issue(clerk)
    await issue(clerk, "tab", *"19500101")
    await clerk.press("f5")
    card = clerk.app.screen
    assert isinstance(card, NextPersonCard)
    assert "A002" in clerk.seen()
    assert "为何" in clerk.seen()


async def test_looking_calls_nobody(clerk):
    await issue(clerk)
    await clerk.press("f5", "escape")
    assert clerk.bench.panel.waiting_count == 1
    assert clerk.bench.panel.current is None


async def test_call_here_and_the_visit_is_open(clerk):
    await issue(clerk)
    await clerk.press("f5", "enter")
    assert isinstance(clerk.app.screen, CalledCard)
    await clerk.press("1", "enter")
    assert clerk.bench.panel.visit_id
    assert "服务中" in clerk.seen()


async def test_the_whole_call_can_be_typed_ahead(clerk):
    await issue(clerk)
    await clerk.pilot.press("f5", "enter", "1", "enter")
    await clerk.settle()
    assert clerk.bench.panel.visit_id


async def test_not_here_waits_for_its_time_then_the_next_is_called(clerk):
    await issue(clerk)
    await issue(clerk)
    await clerk.press("f5", "enter", "3", "enter")
    assert isinstance(clerk.app.screen, CalledCard)  # too soon or too few calls: the card stays
    while clerk.bench.panel.current and clerk.bench.panel.current.number == "A001":
        clerk.clock.forward(seconds=30)
        await clerk.press("f6")
        clerk.clock.forward(seconds=30)
        await clerk.press("3", "enter")
    assert "A002" in clerk.seen()
    assert [one.number for one in clerk.bench.panel.missed] == ["A001"]
    await clerk.press("escape")
    await issue(clerk)
    await clerk.press("f2", *"过号单", "enter", "1", "enter", "1", "enter")
    assert "A001 已回到队里, 下一个就叫" in clerk.seen()  # before the ordinary A003


async def test_esc_keeps_the_call_and_f5_comes_back_to_it(clerk):
    await issue(clerk)
    await clerk.press("f5", "enter", "escape")
    assert clerk.bench.panel.current.state == "called"
    await clerk.press("f5")
    assert isinstance(clerk.app.screen, CalledCard)


async def test_hold_with_a_reason_and_bring_back(clerk):
    await issue(clerk)
    await clerk.press("f5", "enter", "1", "enter", "f7", "2", "f9")
    assert [one.hold_reason for one in clerk.bench.panel.held] == ["等家属送证"]
    assert "等家属送证 10:01回" in clerk.seen()
    await clerk.press("f8", "1", "enter")
    assert clerk.bench.panel.visit_id
    assert not clerk.bench.panel.held


async def test_f5_with_someone_here_asks_first(clerk):
    await issue(clerk)
    await issue(clerk)
    await clerk.press("f5", "enter", "1", "enter", "f5")
    assert "A001 还没有办完" in clerk.seen()
    await clerk.press("escape")
    assert clerk.bench.panel.current.number == "A001"
    await clerk.press("f5", "1", "enter")  # finish it
    await clerk.press("2", "f9")  # only asked
    assert isinstance(clerk.app.screen, NextPersonCard)


async def test_a_visit_without_a_ticket(clerk):
    await clerk.press("f2", *"无号到访", "enter", "1", "enter")
    assert clerk.bench.panel.visit_id
    await clerk.press("f2", *"结束到访", "enter", "2", "f9")
    assert clerk.bench.panel.visit_id is None


async def test_a_pause_has_a_reason_and_ends(clerk):
    await clerk.press("f2", *"暂停", "enter", "2", "enter")
    assert clerk.bench.panel.duty == "pause"
    assert "用餐" in clerk.seen()
    await clerk.press("f2", *"恢复", "enter")
    await clerk.look()
    assert clerk.bench.panel.duty == "open"


async def test_another_windows_call_appears_without_a_key_and_moves_no_focus(clerk, folder, clock):
    await issue(clerk)
    focused = clerk.app.focused
    from clerk_tui.desk import calling

    desk = await clerk.app.desk_when_loaded()
    other = clerk.app.first_page.windows[1][0]
    from clerk_tui.desk.signing_in import by_number

    by = by_number(desk, number="9001", window_id=other)
    await clerk.app.store_thread.run(lambda: calling.call(desk, by, ticket_id=clerk.bench.panel.waiting[0].id))
    for _ in range(60):
        await clerk.pilot.pause(0.1)
        if not clerk.bench.panel.waiting_count:
            break
    assert clerk.bench.panel.waiting_count == 0
    assert clerk.app.focused is focused


async def test_the_queue_folds_into_one_line_at_80_columns(narrow):
    await issue(narrow)
    line = next(line for line in narrow.seen().splitlines() if "排队 1 人" in line)
    assert "下一位 A001" in line


async def test_only_while_a_lane_for_an_item_runs_is_the_item_asked_for(clerk):
    from clerk_tui.desk import policies, signing_in

    await clerk.press("f2", *"取号", "enter")
    assert not clerk.app.screen.query("#item")
    await clerk.press("escape")
    desk = await clerk.app.desk_when_loaded()
    lane = {"name": "考生", "from_day": "2026-11-01", "to_day": "2026-11-30", "rank": 1, "item_key": "sfz-banli"}
    document = {"number": "某号", "dated": "2026-11-01", "policy": {"lanes": [lane]}}
    policies.load_policy(desk, signing_in.by_number(desk, number="9001"), kind="queue", document=document)
    await clerk.press("f2", *"取号", "enter")
    clerk.app.screen.query_one("#item").focus()
    await clerk.press("2", "f9")
    await clerk.press("f5")
    assert "考生优先" in clerk.seen()


async def test_a_ticket_is_called_out_of_order_and_recorded_so(clerk):
    await issue(clerk)
    await issue(clerk)
    first, second = clerk.bench.panel.waiting
    clerk.bench.run_worker(clerk.bench.open_ticket(second.id), exit_on_error=False)
    await clerk.pilot.pause(0.3)
    assert "不按次序, 会记下" in clerk.seen()
    await clerk.pilot.press("1", "enter")
    await clerk.pilot.pause(0.3)
    assert isinstance(clerk.app.screen, CalledCard)
    assert clerk.bench.panel.current.number == second.number
    assert [row.number for row in clerk.bench.panel.waiting] == [first.number]
    assert await tickets(clerk) == {first.number: ("waiting", ""), second.number: ("called", "out_of_order")}


async def test_a_transfer_keeps_number_and_wait_and_carries_the_note(clerk):
    await issue(clerk)
    clerk.clock.forward(minutes=7)
    await clerk.look()
    waited = clerk.bench.panel.waiting[0].waiting_seconds
    await clerk.press("f2", *"转窗", "enter", "1", "enter")
    clerk.app.screen.query_one("#category").value = "社保"
    clerk.app.screen.query_one("#note").value = "要看原件"
    await clerk.press("f9")
    await clerk.look()
    moved = clerk.bench.panel.waiting[0]
    assert (moved.number, moved.category, moved.note) == ("A001", "社保", "要看原件")
    assert moved.waiting_seconds >= waited >= 420
    await clerk.press("f5")
    assert "要看原件" in clerk.seen()


async def test_a_pause_needs_its_reason_and_stands_on_the_clock(clerk):
    await clerk.press("f2", *"暂停", "enter")
    assert "原因" in clerk.seen()
    await clerk.press("1", "enter")
    assert clerk.bench.panel.duty == "pause"
    clerk.clock.forward(minutes=5)
    await clerk.press("f2", *"恢复", "enter")
    assert clerk.bench.panel.duty != "pause"
    desk = await clerk.app.desk_when_loaded()
    with desk.look() as connection:
        kept = connection.execute(select(PERIODS).where(PERIODS.c.kind == "pause")).all()
    assert [(bool(row.reason), row.t1 - row.t0) for row in kept] == [(True, 300_000)]


async def test_the_narrow_queue_line_is_never_cut(narrow):
    await issue(narrow, "tab", *"19500101")
    await narrow.press("f5", "enter", "1", "enter", "f7")
    await narrow.press("1", "enter")
    await narrow.press("f9")
    narrow.clock.forward(minutes=130)
    await issue(narrow, "tab", *"19500101")
    await issue(narrow, "tab", *"19500101")
    narrow.clock.forward(minutes=75)
    await narrow.press("f5", "enter", "1", "enter")
    await narrow.look()
    assert "过时 1!" in narrow.seen()


async def tickets(clerk) -> dict[str, tuple[str, str]]:
    """State and order of call of each ticket."""
    desk = await clerk.app.desk_when_loaded()
    with desk.look() as connection:
        return {row.number: (row.state, row.call_order) for row in connection.execute(select(TICKETS))}
