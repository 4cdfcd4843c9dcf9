"""Cases of the past, written in bulk beside the desk's own acts."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from clerk_tui import demo
from clerk_tui.demo.past import ON_SHELF, STILL_OPEN, unfinished
from clerk_tui.store.core import CASES
from clerk_tui.store.engine import open_engine
from clerk_tui.store.verify import verify


def test_a_demonstration_with_a_past_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLERK_TUI_CONFIG", str(tmp_path / "no-settings.toml"))
    demo.prepare(tmp_path / "demo", cases=60)
    store = open_engine(tmp_path / "demo" / "hall.db")
    with store.read() as connection:
        assert connection.execute(select(func.count()).select_from(CASES)).scalar_one() > 60
        assert verify(connection).whole
    store.close()


@pytest.mark.parametrize("one_in", [STILL_OPEN, ON_SHELF])
def test_an_older_hall_has_hardly_more_that_is_unfinished(one_in: tuple[int, int]) -> None:
    young, old = (sum(unfinished(age, one_in) for age in range(1, cases + 1)) for cases in (100_000, 1_000_000))
    assert 250 < young <= old < young * 1.2
