"""The demonstration is a morning at whatever hour it is opened: nothing in it lies ahead of the clock."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from clerk_tui.bootstrap import load_desk
from clerk_tui.demo import morning
from clerk_tui.settings import load
from clerk_tui.store.core import EVENTS, TICKETS


@pytest.mark.parametrize("shown", ["00:00:05", "00:01:30", "09:00:00", "23:59:58"])
def test_nothing_lies_ahead_of_the_clock(shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = datetime.fromisoformat(f"2026-12-01T{shown}+08:00")
    end = int(opened.timestamp() * 1000)
    monkeypatch.setattr(morning, "system_clock", lambda: end)
    morning.make(tmp_path / "demo")
    desk = load_desk(load(tmp_path / "demo"))
    with desk.look() as connection:
        last = connection.execute(select(func.max(EVENTS.c.at))).scalar_one()
        issued = connection.execute(select(TICKETS.c.issued_at).where(TICKETS.c.state == "waiting")).scalars().all()
    desk.store.close()
    assert last <= end, f"{(last - end) / 1000} s ahead"
    assert len(issued) >= 10 and min(issued) >= end - 75 * morning.MINUTE
    assert {datetime.fromtimestamp(at / 1000, UTC).astimezone(opened.tzinfo).date() for at in issued} == {opened.date()}
