"""The hall's name in a narrow top line: its end says which hall it is, and the window is never cut."""

import pytest
from rich.cells import cell_len

from clerk_tui.tui.widgets.top_line import short_hall


@pytest.mark.parametrize(
    ("room", "shown"),
    [
        (40, "广州市番禺区市桥街道政务服务中心"),
        (28, "番禺区市桥街道政务服务中心"),
        (20, "市桥街道政务服务中心"),
        (14, "..政务服务中心"),
        (0, ""),
    ],
)
def test_higher_divisions_go_first(room: int, shown: str) -> None:
    assert short_hall("广州市番禺区市桥街道政务服务中心", room) == shown
    assert cell_len(shown) <= room
