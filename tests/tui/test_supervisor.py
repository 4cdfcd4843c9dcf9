"""What needs a supervisor at the clerk's window, and who is recorded."""

from dataclasses import replace

from clerk_tui.desk import signing_in, staff
from clerk_tui.tui.cards.approval import ApprovalCard
from clerk_tui.tui.screens.lock import LockScreen
from clerk_tui.tui.screens.sign_in import SignInScreen
from clerk_tui.tui.screens.workbench import Workbench


async def open_release(clerk) -> None:
    await clerk.press("f2", *"取号", "enter", "f9")
    await clerk.press("f5", "enter", "1", "enter")
    clerk.bench.open_ticket(clerk.bench.panel.current.id)
    await clerk.settle()
    await clerk.press("2", "enter", *"断电", "f9")


async def test_a_supervisor_approves_at_the_clerks_window(clerk):
    await open_release(clerk)
    assert isinstance(clerk.app.screen, ApprovalCard)
    await clerk.press(*"9001", "enter", *"246801", "enter")
    assert clerk.bench.panel.current is None
    assert clerk.bench.panel.waiting_count == 1
    assert "已回到队里" in clerk.seen()


async def test_nobody_approves_the_own_act_and_nothing_typed_is_lost(clerk):
    await open_release(clerk)
    await clerk.press(*"1001", "enter", *"135790", "enter")
    assert "不能自己批准自己的操作" in clerk.seen()
    await clerk.press("escape")
    assert "断电" in clerk.seen()  # the form is still open
    await clerk.press("escape")
    assert clerk.bench.panel.current is not None


async def test_a_clerk_is_not_a_supervisor_with_a_wrong_pin_either(clerk):
    await open_release(clerk)
    await clerk.press(*"9001", "enter", *"111222", "enter")
    assert "工号或密码不对" in clerk.seen()
    assert clerk.app.focused.id == "pin"


async def test_a_new_colleague_can_sign_in(clerk):
    await clerk.press("f2", *"人员", "enter", "3", "enter")
    await clerk.press(*"1002", "enter", *"王小明", "enter", "1", "enter", *"864209", "enter")
    await clerk.press(*"9001", "enter", *"246801", "enter")
    assert "已添加 王小明" in clerk.seen()
    await clerk.press("f2", *"签退", "enter")
    await clerk.press("1", "enter", *"1002", "enter", *"864209", "enter")
    assert "王小明" in clerk.seen()


async def test_five_wrong_pins_lock_and_the_supervisor_opens(clerk, parts, run_program):
    async with run_program(parts) as other:
        for _ in range(5):
            await other.press("2", "enter", *"1001", "enter", *"999111", "enter")
            other.app.screen.query_one("#number").value = ""
            other.app.screen.query_one("#window").focus()
        assert "已锁定" in other.seen()
        await other.press("2", "enter", *"9001", "enter", *"246801", "enter")
        assert isinstance(other.app.screen, Workbench)
        desk = await other.app.desk_when_loaded()
        place = [one.number for one in staff.clerks(desk, other.app.by)].index("1001") + 1
        await other.press("f2", *"人员", "enter", str(place), "enter", "1", "enter")
        assert "已解锁" in other.seen()
        assert signing_in.sign_in(desk, number="1001", pin="135790").clerk_name == "李敏"


async def test_the_idle_lock_covers_the_screen_after_its_minutes(parts, run_program, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("clerk_tui.tui.sitting.monotonic", lambda: now[0])
    locked = replace(parts, settings=replace(parts.settings, idle_lock_minutes=5))
    async with run_program(locked) as clerk:
        now[0] += 3600
        clerk.app.lock_when_idle()
        await clerk.settle()
        assert isinstance(clerk.app.screen, SignInScreen)  # nobody is signed in
        await clerk.press("1", "enter", *"1001", "enter", *"135790", "enter")
        now[0] += 299
        clerk.app.lock_when_idle()
        await clerk.settle()
        assert isinstance(clerk.app.screen, Workbench)
        now[0] += 2
        clerk.app.lock_when_idle()
        await clerk.settle()
        assert isinstance(clerk.app.screen, LockScreen)


async def test_f_keys_do_nothing_while_locked(clerk):
    await clerk.press("f2", *"取号", "enter", "f9")
    clerk.app.lock()
    await clerk.settle()
    await clerk.press("f5", "f2", "f9", "escape")
    assert isinstance(clerk.app.screen, LockScreen)
    assert clerk.bench.panel.current is None
