"""A real store file, a hall with one window, and a clerk; a clock that the test moves."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import insert

from clerk_tui.store.act import By, acting
from clerk_tui.store.core import CLERKS, HALLS, INSTALLATIONS, WINDOWS
from clerk_tui.store.engine import Store
from clerk_tui.store.schema import create

MONDAY = 1_763_948_460_000  # 2025-11-24 09:41 in the hall
HALL_ID = "01930000-0000-7000-8000-000000000001"


@dataclass
class Clock:
    now: int = MONDAY

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def by() -> By:
    return By("c1", "1001", "李敏", frozenset({"clerk"}), HALL_ID, "w3", 3)


@pytest.fixture
def supervisor(by: By) -> By:
    return replace(by, clerk_id="c2", clerk_number="9001", clerk_name="周正", roles=frozenset({"supervisor"}))


@pytest.fixture
def store(tmp_path: Path, by: By, supervisor: By, clock: Clock) -> Iterator[Store]:
    made = create(tmp_path / "hall.db")
    with acting(made, by, clock) as act:
        act.connection.execute(
            insert(HALLS).values(
                id=HALL_ID,
                code="440113001001",
                letter="SQ01",
                name="市桥街道政务服务中心",
                short_name="市桥",
                zone="Asia/Shanghai",
                is_service_point=False,
                settings="{}",
            )
        )
        act.connection.execute(insert(INSTALLATIONS).values(inst="a1b2c3d4", hall_id=HALL_ID, made_at=clock()))
        act.connection.execute(
            insert(WINDOWS).values(id="w3", hall_id=HALL_ID, number=3, name="综合窗口", serves='["综合"]')
        )
        for clerk, roles in ((by, '["clerk"]'), (supervisor, '["supervisor"]')):
            act.connection.execute(
                insert(CLERKS).values(
                    id=clerk.clerk_id,
                    hall_id=HALL_ID,
                    number=clerk.clerk_number,
                    name=clerk.clerk_name,
                    roles=roles,
                    may_decide="[]",
                    pin_hash="",
                    failed_tries=0,
                    locked=False,
                    active=True,
                    version=1,
                )
            )
        act.record("hall.set_up", HALL_ID, {"name": "市桥街道政务服务中心"})
    yield made
    made.close()
