"""The disk fills up, at any write: the clerk is told, nothing is damaged, and it goes on when there is room again."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from clerk_tui.channel.station import connect
from clerk_tui.district.enrolling import enrol_here
from clerk_tui.district.place import init
from clerk_tui.district.tables import KEPT
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import By
from clerk_tui.store.core import CASES
from clerk_tui.store.schema import open_store
from tests.channel.conftest import Clock, Pair, make_station_store
from tests.channel.oracle import judge

pytestmark = pytest.mark.system

MB = 1024 * 1024


@pytest.fixture
def disks(tmp_path):
    """Two small disks, one for the station with its exchange folder, one for the district; taken away afterwards."""
    if os.name != "posix" or os.getuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root may mount a small disk")
    made = []
    for name in ("station", "district"):
        place = tmp_path / name
        place.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)], capture_output=True)
        if done.returncode:
            pytest.skip("this container may not mount")
        made.append(place)
    yield made
    for place in made:
        subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.fixture
def full(disks):
    station, district_disk = disks
    clock = Clock()
    by = By("c1", "1001", "李敏", frozenset({"clerk"}), "hall-1", "w3", 3)
    store = make_station_store(station / "hall.db", by, clock)
    district = init(district_disk / "district", "番禺区(测试)", clock=clock)
    url = enrol_here(store, station / "keys", district, clock=clock)
    pair = Pair(station, store, connect(store, url, station / "keys", clock=clock, app="test"), district, clock, by)
    yield pair, station, district_disk
    store.close()
    district.close()


def fill(disk: Path, left: int) -> None:
    """Leave so many bytes free."""
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    with (disk / "filler").open("wb") as file:
        file.write(bytes(max(0, free - left)))


def empty(disk: Path) -> None:
    (disk / "filler").unlink(missing_ok=True)


LEFT = [0, 4096, 8192, 12_288, 16_384, 24_576, 32_768, 49_152, 65_536, 98_304, 131_072]


def receive(pair, known):
    """Take in a case; whether the disk let it. `known` gets the id of every case that the clerk was told is kept."""
    try:
        known.add(pair.receive())
    except Refusal as refusal:
        assert refusal.code == "store_full" and "磁盘已满" in refusal.words
        return False
    return True


def catch_up(pair, known):
    """There is room again: work goes on, all that was told is kept, and it reaches the district once."""
    assert receive(pair, known)
    for _ in range(3):
        pair.clock.pass_minutes(16)
        pair.there_and_back()
        pair.serve(automatic=True)
        pair.exchange()
    assert judge(pair).all == []
    assert {case.id for case in pair.rows(CASES)} == known  # and nothing of what was refused
    assert {row.ent_id for row in pair.kept(KEPT, KEPT.c.kind == "case.received")} == known
    for store in (pair.store, pair.district.store):
        store.checkpoint()  # else the log alone fills so small a disk


def test_the_stations_disk_is_full(full, long_set, tally):
    pair, disk, _ = full
    known = {pair.receive()}
    pair.there_and_back()
    told, slowest = 0, 0.0
    for left in [*LEFT, *range(4096, 200_000, 4096)] if long_set else LEFT:
        fill(disk, left)
        began = time.monotonic()
        for _ in range(4):
            told += not receive(pair, known)
            report = pair.exchange()
            if report.state in ("offline", "busy"):
                assert "磁盘已满" in report.words, report
                told += 1
            pair.serve()
        slowest = max(slowest, time.monotonic() - began)
        empty(disk)
        catch_up(pair, known)
    tally.note(f"disk full at the station: told {told} times, slowest four rounds {slowest:.2f} s")
    assert told


def test_the_districts_disk_is_full(full, long_set, tally):
    pair, _, disk = full
    known = {pair.receive()}
    pair.there_and_back()
    told = 0
    for left in [*LEFT, *range(4096, 200_000, 4096)] if long_set else LEFT:
        fill(disk, left)
        for _ in range(3):
            assert receive(pair, known)  # the counter does not notice
            report = pair.exchange()
            if report.state == "offline":
                assert "磁盘已满" in report.words, report
                told += 1
            done = pair.serve(automatic=True)
            told += bool(done.unreachable) or "磁盘已满" in done.trouble
        empty(disk)
        catch_up(pair, known)
    tally.note(f"disk full at the district: told {told} times")
    assert told


@pytest.mark.parametrize("left", [0, 4096, 16_384])
def test_a_program_that_starts_on_a_full_disk_says_so_and_starts_when_there_is_room(full, left):
    pair, disk, _ = full
    known = pair.receive()
    pair.store.close()  # its shared memory beside the file goes away, and must be made anew
    fill(disk, left)
    with pytest.raises(Refusal) as caught:
        open_store(disk / "hall.db", clock_ms=pair.clock.now)
    assert caught.value.code == "store_full" and "腾出磁盘空间" in caught.value.advice
    empty(disk)
    store = open_store(disk / "hall.db", clock_ms=pair.clock.now)
    with store.read() as connection:
        assert list(connection.execute(select(CASES.c.id)).scalars()) == [known]
    store.close()
