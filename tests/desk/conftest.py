"""A real desk in a real store: one hall, three windows, its people, the real catalogue and calendar, a clock to set."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from clerk_tui.catalog import calendars
from clerk_tui.catalog.load import load
from clerk_tui.catalog.model import Catalogue
from clerk_tui.desk import seats, signing_in
from clerk_tui.desk.context import Desk
from clerk_tui.desk.opening import make_desk
from clerk_tui.desk.pins import hash_pin
from clerk_tui.desk.setting_up import NewClerk, NewWindow, keep_clerk, set_up_hall
from clerk_tui.resources import data_folder
from clerk_tui.rules.working_days import WorkCalendar
from clerk_tui.store.act import By, acting
from clerk_tui.store.engine import open_engine
from clerk_tui.store.schema import create, open_store

HALL_ZONE = ZoneInfo("Asia/Shanghai")
MONDAY_NINE = "2026-11-23 09:00"
PIN = "2580"


class SettableClock:
    """UTC milliseconds that stand still until a test moves them; every reading is one millisecond later."""

    def __init__(self, words: str = MONDAY_NINE) -> None:
        self.now = 0
        self.set(words)

    def __call__(self) -> int:
        self.now += 1
        return self.now

    def set(self, words: str) -> None:
        """Set to hall time, e.g. `2026-11-23 09:00`."""
        self.now = int(datetime.fromisoformat(words).replace(tzinfo=HALL_ZONE).timestamp() * 1000)

    def forward(self, *, days: int = 0, hours: int = 0, minutes: int = 0, seconds: int = 0) -> None:
        self.now += (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load(data_folder() / "catalog")


@pytest.fixture(scope="session")
def calendar() -> WorkCalendar:
    return calendars.load(data_folder() / "calendar")


@pytest.fixture(scope="session")
def hall_template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path | str:
    """A store with its hall: windows 1-3, clerks 101-103, pickup 201, guide 301, agent 401, supervisors 901 and 902."""
    if request.config.getoption("--database") == "postgresql":
        place: Path | str = request.getfixturevalue("postgres").new_database()
    else:
        place = tmp_path_factory.mktemp("hall") / "template.db"
    store = create(place)
    clock = SettableClock("2026-11-20 08:00")
    hall_id = set_up_hall(
        store,
        code="440113007000",
        letter="SQ01",
        name="市桥街道政务服务中心",
        short_name="市桥",
        windows=[
            NewWindow(1, "综合窗口", ("综合", "社保", "领证")),
            NewWindow(2, "综合窗口", ("综合", "社保")),
            NewWindow(3, "出件窗口", ("领证", "综合")),
        ],
        clerk=NewClerk("101", "李敏", PIN, ("clerk",), ("*",)),
        supervisor=NewClerk("901", "何主任", PIN),
        settings={"phone": "020-84880000", "supervision_phone": "12345", "address": "市桥街道示例路1号"},
        clock=clock,
    )
    pin_hash = hash_pin(PIN)
    by = By("setup", "901", "何主任", frozenset({"supervisor"}), hall_id)
    with acting(store, by, clock) as act:
        for number, name, roles in (
            ("102", "王强", ("clerk",)),
            ("103", "周文", ("clerk", "pickup")),
            ("201", "吴琳", ("pickup",)),
            ("301", "郑导", ("guide",)),
            ("401", "冼代办", ("agent",)),
            ("501", "信息员", ("it",)),
            ("902", "陈副主任", ("supervisor",)),
        ):
            keep_clerk(act, hall_id, NewClerk(number, name, PIN, roles), pin_hash)
    if store.sqlite:
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return place


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def store_path(request: pytest.FixtureRequest, hall_template: Path | str, tmp_path: Path) -> Path | str:
    """Where this test's copy of the hall is kept: a file, or the URL of a PostgreSQL database."""
    if isinstance(hall_template, str):
        copied: str = request.getfixturevalue("postgres").new_database(hall_template)
        return copied
    place = tmp_path / "hall.db"
    shutil.copyfile(hall_template, place)
    return place


@pytest.fixture
def desk(store_path: Path | str, catalogue: Catalogue, calendar: WorkCalendar, clock: SettableClock) -> Iterator[Desk]:
    store = open_store(store_path, clock_ms=clock())
    yield make_desk(store, catalogue=catalogue, calendar=calendar, clock=clock)
    store.close()


@pytest.fixture
def another_desk(desk: Desk, store_path: Path | str) -> Iterator[Desk]:
    """The same hall through another engine, as another program would open it."""
    store = open_engine(store_path)
    yield replace(desk, store=store)
    store.close()


Signer = Callable[..., By]


@pytest.fixture
def sign(desk: Desk) -> Signer:
    """Who acts: `sign("101", window=1)`."""
    ids = {one.number: one.id for one in seats.windows(desk)}

    def signer(number: str, window: int | None = None) -> By:
        return signing_in.by_number(desk, number=number, window_id=None if window is None else ids[window])

    return signer


@pytest.fixture
def clerk(sign: Signer) -> By:
    """李敏, who may decide every item, at window 1."""
    return sign("101", 1)


@pytest.fixture
def clerk2(sign: Signer) -> By:
    """王强, who may decide nothing, at window 2."""
    return sign("102", 2)


@pytest.fixture
def clerk3(sign: Signer) -> By:
    """周文, clerk and pickup, at window 3."""
    return sign("103", 3)


@pytest.fixture
def guide(sign: Signer) -> By:
    return sign("301")


@pytest.fixture
def supervisor(sign: Signer) -> By:
    return sign("901")


@pytest.fixture
def approved(supervisor: By) -> Callable[[By], By]:
    """A clerk with the supervisor's approval for the next act."""

    def with_supervisor(by: By) -> By:
        return replace(
            by,
            second_id=supervisor.clerk_id,
            second_name=supervisor.clerk_name,
            second_roles=supervisor.roles,
        )

    return with_supervisor


@pytest.fixture
def statements(desk: Desk) -> list[str]:
    """Every SQL statement of the test from here on: speed is held by how many there are, which no machine changes."""
    issued: list[str] = []

    def seen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        issued.append(statement)

    event.listen(desk.store.engine, "before_cursor_execute", seen)
    return issued
