"""Sign-in, lock and sign-off on the screen."""

from dataclasses import replace

from clerk_tui.tui.cards.approval import ApprovalCard
from clerk_tui.tui.screens.lock import LockScreen
from clerk_tui.tui.screens.sign_in import SignInScreen
from clerk_tui.tui.screens.workbench import Workbench
from clerk_tui.tui.widgets.fields import TextField
from tests.tui.conftest import make_parts, running, sign_in


async def test_before_sign_in_no_name_stands_on_the_screen(window):
    assert "市桥街道政务服务中心" in window.seen()
    assert "李敏" not in window.seen()


async def test_a_wrong_pin_is_told_and_the_pin_is_asked_again(window):
    await window.press("1", "enter", *"1001", "enter", *"000000", "enter")
    assert "工号或密码不对" in window.seen()
    assert window.app.focused.id == "pin"
    assert window.app.focused.value == ""
    assert isinstance(window.app.screen, SignInScreen)
    await window.press(*"135790", "enter")
    assert isinstance(window.app.screen, Workbench)


async def test_what_is_typed_before_the_desk_has_loaded_arrives(window):
    await window.pilot.press("2", "enter", *"1001", "enter", *"135790", "enter")
    await window.settle()
    assert "2号综合窗口  李敏" in window.seen()


async def test_the_pin_is_never_shown(window):
    await window.press("1", "enter", *"1001", "enter", *"135790")
    assert "135790" not in window.seen()


async def test_the_lock_covers_everything_and_gives_text_and_focus_back(clerk):
    await clerk.press("f2", *"abc")
    clerk.app.lock()
    await clerk.settle()
    assert isinstance(clerk.app.screen, LockScreen)
    assert "abc" not in clerk.seen()
    await clerk.press(*"111111", "enter")
    assert isinstance(clerk.app.screen, LockScreen)
    await clerk.press(*"135790", "enter")
    assert isinstance(clerk.app.focused, TextField)
    assert clerk.app.focused.value == "abc"


async def test_sign_off_gives_the_window_free(clerk):
    await clerk.press("f2", *"签退", "enter")
    assert isinstance(clerk.app.screen, SignInScreen)
    await clerk.press("1", "enter", *"9001", "enter", *"246801", "enter")
    assert "陈主任" in clerk.seen()


async def test_what_stood_open_is_closed_and_told_at_the_next_mornings_sign_in(clerk):
    await clerk.press("f2", *"取号", "enter", "f9")
    await clerk.press("f2", *"签退", "enter")
    clerk.clock.forward(minutes=23 * 60)
    await sign_in(clerk)
    assert "以前没结束的号已关闭: 没叫到的 1 张" in clerk.seen()
    assert clerk.bench.panel.waiting_count == 0


async def test_a_second_program_of_a_demonstration_asks_for_another_window_and_says_the_pin(desk_at, tmp_path):
    """It opens signed in; where its window is taken, nobody is left at a workbench that cannot sign in."""
    parts = replace(make_parts(tmp_path / "demo", desk_at.clock, window=3), clerk="demo")
    async with running(parts, desk_at.clock) as second:
        await second.settle()
        assert isinstance(second.app.screen, SignInScreen)
        assert "3 号窗已在本机打开" in second.seen()
        assert "密码都是 246810" in second.seen()
        screen = second.app.screen
        screen.query_one("#window").value = next(id for id, n, _ in second.app.first_page.windows if n == 2)
        screen.query_one("#pin").value = "246810"
        await second.press("f9")
        await second.settle()
        assert isinstance(second.app.screen, Workbench)
        assert second.app.signed_in().window_number == 2


async def test_the_lock_and_the_approval_of_a_demonstration_say_the_pin(desk_at):
    await desk_at.press("f2", *"锁屏", "enter")
    assert "密码都是 246810" in desk_at.seen()
    await desk_at.press(*"246810", "enter")
    assert isinstance(desk_at.app.screen, Workbench)
    desk_at.bench.run_worker(desk_at.bench.ask(ApprovalCard("试一下")), exit_on_error=False)
    await desk_at.settle()
    assert "主管 9001" in desk_at.seen()


async def test_no_other_store_says_a_pin(window):
    assert "246810" not in window.seen() and "演示" not in window.seen()
