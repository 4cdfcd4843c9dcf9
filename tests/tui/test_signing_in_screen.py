"""Sign-in, lock and sign-off on the screen."""

from clerk_tui.tui.screens.lock import LockScreen
from clerk_tui.tui.screens.sign_in import SignInScreen
from clerk_tui.tui.screens.workbench import Workbench
from clerk_tui.tui.widgets.fields import TextField
from tests.tui.conftest import sign_in


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
    assert "以前没有结束的 1 项已关闭" in clerk.seen()
    assert clerk.bench.panel.waiting_count == 0
