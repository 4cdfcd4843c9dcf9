"""Type-ahead in the real program: all at once, and with 1 and 5 ms between the bytes."""

import pytest

pytestmark = pytest.mark.pty

F2, F5, F7, F8, F9 = "\x1bOQ", "\x1b[15~", "\x1b[18~", "\x1b[19~", "\x1b[20~"


@pytest.mark.parametrize("gap", [0.0, 0.001, 0.005])
def test_a_sign_in_a_ticket_and_a_call_typed_ahead(terminal, today_folder, gap):
    window = terminal("--store", today_folder)
    window.until("F9登录")
    window.send("2\r1001\r135790\r" + F2 + "取号\r" + F9 + F5 + "\r" + "1\r", gap)
    window.until("A001  服务中")
    assert "2号综合窗口  李敏" in window.compact()


@pytest.mark.parametrize("gap", [0.0, 0.001, 0.005])
def test_fields_get_their_own_words(terminal, tmp_path, gap):
    window = terminal("--store", tmp_path / "new")
    window.until("首次设置")
    window.send("市桥中心\r市桥\r4401130\tSQ01\t3\r1001\r李敏\r", gap)
    window.until("李敏")
    shown = window.compact()
    for label, value in (
        ("大厅名称", "市桥中心"),
        ("文号简称", "市桥"),
        ("站点代码", "4401130"),
        ("编号字头", "SQ01"),
        ("窗口", "3"),
        ("经办工号", "1001"),
        ("经办姓名", "李敏"),
    ):
        row = next(line for line in shown.splitlines() if line.strip().startswith(label))
        assert row.split()[1] == value, row
