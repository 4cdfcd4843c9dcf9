"""First start: one screen, then the sign-in."""

import pytest

from clerk_tui.tui.screens.first_start import FirstStartScreen
from clerk_tui.tui.screens.sign_in import SignInScreen
from clerk_tui.tui.widgets.fields import TextField

GOOD = {
    "name": "市桥街道政务服务中心",
    "short_name": "市桥",
    "code": "440113006001",
    "letter": "SQ01",
    "windows": "2",
    "clerk_number": "1001",
    "clerk_name": "李敏",
    "clerk_pin": "135790",
    "clerk_pin_again": "135790",
    "supervisor_number": "9001",
    "supervisor_name": "陈主任",
    "supervisor_pin": "246801",
    "supervisor_pin_again": "246801",
}


@pytest.fixture
def empty(tmp_path, make_parts_for):
    return make_parts_for(tmp_path / "new")


async def fill(window, **changes: str) -> None:
    for key, value in {**GOOD, **changes}.items():
        window.app.screen.query_one(f"#{key}", TextField).value = value
    await window.press("f9")


async def test_the_form_makes_the_hall_and_both_can_sign_in(empty, run_program):
    async with run_program(empty) as window:
        assert isinstance(window.app.screen, FirstStartScreen)
        await fill(window)
        assert isinstance(window.app.screen, SignInScreen)
        await window.press("2", "enter", *"1001", "enter", *"135790", "enter")
        assert "2号综合窗口  李敏" in window.seen()


@pytest.mark.parametrize(
    ("changes", "words", "field"),
    [
        ({"name": ""}, "请填写大厅名称", "name"),
        ({"code": "4401"}, "12 位", "code"),
        ({"clerk_pin_again": "111"}, "两次输入的密码不一样", "clerk_pin_again"),
        ({"clerk_pin": "123456", "clerk_pin_again": "123456"}, "密码太容易猜到", None),
        ({"windows": "0"}, "窗口数", "windows"),
        ({"supervisor_number": "1001"}, "各有自己的工号", "supervisor_number"),
    ],
)
async def test_a_fault_is_told_at_its_field_and_leaves_no_store(empty, run_program, changes, words, field):
    async with run_program(empty) as window:
        await fill(window, **changes)
        assert words in window.seen()
        if field:
            assert window.app.focused.id == field
        assert not empty.settings.place.exists()
        await fill(window)
        assert isinstance(window.app.screen, SignInScreen)


async def test_a_folder_that_cannot_be_written_is_told(make_parts_for, run_program, tmp_path):
    (tmp_path / "file").write_text("a file where the folder should be")
    async with run_program(make_parts_for(tmp_path / "file" / "store")) as window:
        await fill(window)
        assert "不能在" in window.seen()
        assert isinstance(window.app.screen, FirstStartScreen)
