"""A station with a real store and its district beside it, enrolled with real files; a clock that the test moves."""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from clerk_tui.channel.station import Station, connect
from clerk_tui.channel.sync import ExchangeReport, exchange_once
from clerk_tui.district.enrolling import enrol_here
from clerk_tui.district.place import District, init
from clerk_tui.district.serving import Round, serve_once
from clerk_tui.store.act import By, acting
from clerk_tui.store.case_states import case_row, put_case
from clerk_tui.store.core import CASES, CLERKS, HALLS, INSTALLATIONS, WINDOWS
from clerk_tui.store.engine import Store
from clerk_tui.store.schema import create

MONDAY = 1_763_948_460_000  # 2025-11-24 09:41 in the hall
STATION, INST = "440113001001", "a1b2c3d4"
GOOD_NUMBER, BAD_NUMBER = "11010519491231002X", "110105194912310021"


@dataclass
class Clock:
    now: int = MONDAY

    def __call__(self) -> int:
        return self.now

    def pass_minutes(self, minutes: float) -> None:
        self.now += int(minutes * 60_000)


@dataclass
class Pair:
    """Station and district, and what a test does with them again and again."""

    folder: Path
    store: Store
    station: Station
    district: District
    clock: Clock
    by: By
    made: int = 0
    options: dict[str, Any] = field(default_factory=dict)

    def receive(self, *, number: str = GOOD_NUMBER, power: str = "hall", state: str = "accepted") -> str:
        """Take in a case as the desk does: row and event in one act; returns its id."""
        self.made += 1
        case_id = f"case-{self.made:05d}"
        receipt_no = f"SQ01-20251124-{self.made:04d}"
        with acting(self.store, self.by, self.clock, clock_confirmed=True) as act:
            put_case(act.connection, case_values(case_id, receipt_no, act.now, state=state, power=power))
            body = {
                "receipt_no": receipt_no,
                "item_key": "gaoling-jintie",
                "item_name": "高龄津贴申领",
                "applicant": {
                    "kind": "person",
                    "id": "p1",
                    "name": "陈大文",
                    "number_kind": "resident_id",
                    "number": number,
                },
                "accept_power": power,
                "state": state,
                "result_kind": "paper",
                "result_name": "高龄津贴核准表",
                "owed": [],
            }
            act.record("case.received", case_id, body, version=1)
        return case_id

    def event(self, kind: str, entity_id: str, body: dict[str, Any], base: int = 1) -> None:
        with acting(self.store, self.by, self.clock, clock_confirmed=True) as act:
            act.record(kind, entity_id, body, base_version=base)

    def bump(self, case_id: str, kind: str, body: dict[str, Any], **values: Any) -> None:
        """An act on a case: row and event."""
        with acting(self.store, self.by, self.clock, clock_confirmed=True) as act:
            row = case_row(act.connection, case_id)
            act.connection.execute(update(CASES).where(CASES.c.id == case_id).values(version=row.version + 1, **values))
            act.record(kind, case_id, body, base_version=row.version)

    def exchange(self, **more: Any) -> ExchangeReport:
        return exchange_once(self.station, send_now=True, program="test", **more)

    def serve(self, **more: Any) -> Round:
        return serve_once(self.district, **(self.options | more))

    def there_and_back(self) -> None:
        """Send, let the district work, take the answers."""
        self.exchange()
        self.serve()
        self.exchange()

    def rows(self, table: Any, *where: Any) -> list[Any]:
        with self.store.read() as connection:
            return list(connection.execute(select(table).where(*where)))

    def kept(self, table: Any, *where: Any) -> list[Any]:
        with self.district.store.read() as connection:
            return list(connection.execute(select(table).where(*where)))

    @property
    def host(self) -> Path:
        """The folder between the two."""
        return self.district.station_folder(STATION)


def case_values(case_id: str, receipt_no: str, now: int, *, state: str, power: str) -> dict[str, Any]:
    return {
        "id": case_id, "receipt_no": receipt_no, "receipt_tail": receipt_no[-4:], "code": f"C{case_id}",
        "item_key": "gaoling-jintie", "item_name": "高龄津贴申领", "item_version": "0" * 64, "item_snapshot": "{}",
        "applicant_kind": "person", "applicant_id": "p1", "applicant_name": "陈大文", "state": state,
        "regime": "administrative_payment", "accept_power": power, "handling": "承诺件", "intake_office": "市桥街道",
        "accept_office": "区民政局", "implementing_office": "区民政局", "window_id": "w3", "clerk_id": "c1",
        "received_at": now, "accepted_at": now if state == "accepted" else None, "result_kind": "paper",
        "result_name": "高龄津贴核准表", "version": 1,
    }  # fmt: skip


def make_station_store(path: Path, by: By, clock: Callable[[], int], *, code: str = STATION, inst: str = INST) -> Store:
    made = create(path)
    with acting(made, by, clock) as act:
        act.connection.execute(
            insert(HALLS).values(
                id=by.hall_id, code=code, letter="SQ01", name="市桥街道政务服务中心", short_name="市桥",
                zone="Asia/Shanghai", is_service_point=False, settings="{}",
            )
        )  # fmt: skip
        act.connection.execute(insert(INSTALLATIONS).values(inst=inst, hall_id=by.hall_id, made_at=clock()))
        act.connection.execute(
            insert(WINDOWS).values(id="w3", hall_id=by.hall_id, number=3, name="综合窗口", serves='["综合"]')
        )
        act.connection.execute(
            insert(CLERKS).values(
                id="c1", hall_id=by.hall_id, number="1001", name="李敏", roles='["clerk"]', may_decide="[]",
                pin_hash="", failed_tries=0, locked=False, active=True, version=1,
            )
        )  # fmt: skip
        act.record("hall.set_up", by.hall_id, {"name": "市桥街道政务服务中心"})
    return made


def make_pair(folder: Path, *, database: str = "") -> Pair:
    """`database`: URL of the district's; the station keeps SQLite."""
    clock = Clock()
    by = By("c1", "1001", "李敏", frozenset({"clerk"}), "hall-1", "w3", 3)
    store = make_station_store(folder / "hall.db", by, clock)
    district = init(folder / "district", "番禺区(测试)", database=database, clock=clock)
    url = enrol_here(store, folder / "keys", district, clock=clock)
    station = connect(store, url, folder / "keys", clock=clock, app="test")
    return Pair(folder, store, station, district, clock, by)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    random.seed(1)
    made = make_pair(tmp_path)
    yield made
    made.store.close()
    made.district.close()


class Tally:
    """What a fault test did and found, for the end of the report: it travels with the test's result, also between the
    processes of a divided run."""

    def __init__(self, found: list[tuple[str, Any]]) -> None:
        self.found = found

    def add(self, **counts: float) -> None:
        self.found.append(("counts", counts))

    def note(self, words: str) -> None:
        self.found.append(("note", words))


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Tally:
    return Tally(request.node.user_properties)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The figures of all fault tests: counts are summed up, notes stand as they are."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    done = [report for report in reports if getattr(report, "when", "") == "call" and report.user_properties]
    if not done:
        return
    terminalreporter.section("faults of the channel")
    counts: Counter[str] = Counter()
    for report in done:
        place, _, test = report.nodeid.rpartition("/")[2].partition("::")
        for kind, found in report.user_properties:
            if kind == "counts":
                counts.update(found)
            elif kind == "note":
                terminalreporter.write_line(f"{place} {test} ({report.duration:.0f} s): {found}")
    if counts:
        terminalreporter.write_line(", ".join(f"{name} {round(count)}" for name, count in counts.items()))


def fast_folder() -> Path | None:
    """A disk in memory, if there is one: for what is not about losing power."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and os.access(memory, os.W_OK) else None
