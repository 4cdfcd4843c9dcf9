"""kill -9 of the real programs at the steps that matter most; every step, again and again, is test_campaign's."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from clerk_tui.channel.failpoints import VARIABLE
from clerk_tui.district.tables import CASES as VIEWS
from clerk_tui.district.tables import KEPT
from clerk_tui.store.core import CASES, EVENTS
from tests.channel.oracle import judge, told

PROGRAM = Path(__file__).with_name("processes.py")
ROOT = Path(__file__).resolve().parents[2]
DISTRICT = [sys.executable, "-m", "clerk_tui", "district", "serve"]

AT_THE_STATION = ["down_applying", "sealing", "sealed:2", "renamed", "published:2"]
AT_THE_DISTRICT = ["district_applying", "district_taken", "district_sealing", "part_written", "district_published"]


def run(command, failpoint=""):
    environment = os.environ | {VARIABLE: failpoint, "PYTHONPATH": str(ROOT)}
    found = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert found.returncode == (-9 if failpoint else 0), found.stderr
    return found.stdout


def drain(pair):
    for _ in range(4):
        pair.clock.pass_minutes(11)
        pair.there_and_back()


@pytest.mark.parametrize("failpoint", AT_THE_STATION)
def test_the_station_dies_at(pair, failpoint):
    pair.receive()
    pair.exchange()
    pair.serve(automatic=True)
    command = [sys.executable, str(PROGRAM), "station", str(pair.store.path), str(pair.host), str(pair.folder / "keys")]
    said = told(run(command, failpoint))
    assert said or failpoint.startswith("down"), "the program died before it did anything"
    pair.clock.now = 1_900_000_000_000  # the program wrote with the machine's clock
    drain(pair)
    assert judge(pair).all == []
    assert set(said) <= {row.rid for row in pair.kept(KEPT)}
    with pair.store.read() as connection:
        numbered = select(func.count()).where(EVENTS.c.kind == "case.numbered")
        assert connection.execute(numbered).scalar_one() == 1
    assert pair.rows(CASES)[0].district_no == pair.kept(VIEWS)[0].district_no != ""


@pytest.mark.parametrize("failpoint", AT_THE_DISTRICT)
def test_the_district_dies_at(pair, failpoint):
    for _ in range(3):
        pair.receive()
        pair.exchange()
    command = [*DISTRICT, str(pair.district.folder), "--once", "--auto"]
    run(command, failpoint)
    run(command)
    drain(pair)
    assert judge(pair).all == []
    numbers = [row.district_no for row in pair.rows(CASES)]
    assert len(set(numbers)) == 3 and all(numbers)
    with pair.store.read() as connection:
        numbered = select(func.count()).where(EVENTS.c.kind == "case.numbered")
        assert connection.execute(numbered).scalar_one() == 3
