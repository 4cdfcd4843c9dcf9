"""kill -9 at every named step of both ends, in real processes: nothing lost, nothing done twice.

The oracle is the sender's ledger. Two mutants that break a promise must be found by it.
"""

import os
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from sqlalchemy import func, select

from clerk_tui.channel.failpoints import VARIABLE
from clerk_tui.district.tables import CASES as VIEWS
from clerk_tui.district.tables import KEPT
from clerk_tui.store.core import CASES, EVENTS, SENT_RECORDS, TASKS
from clerk_tui.store.verify import verify

PROGRAM = Path(__file__).with_name("processes.py")
ROOT = Path(__file__).resolve().parents[2]
DISTRICT = [sys.executable, "-m", "clerk_tui", "district", "serve"]

AT_THE_STATION = [
    "down_checked", "down_applying", "down_applied", "packed", "sealing", "sealed", "part_written", "renamed",
    "published", "marked_sent", "packed:2", "sealed:2", "renamed:2", "published:2",
]  # fmt: skip
AT_THE_DISTRICT = [
    "district_checked", "district_applying", "district_applied", "district_taken", "district_sealing",
    "district_sealed", "part_written", "renamed", "district_published", "district_applied:2", "district_taken:2",
]  # fmt: skip


def run(command, failpoint=""):
    environment = os.environ | {VARIABLE: failpoint, "PYTHONPATH": str(ROOT)}
    found = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert found.returncode == (-9 if failpoint else 0), found.stderr
    return found.stdout


def told(out):
    """Record ids that a program said after their commits."""
    lines = [line.split() for line in out.split("\n")[:-1]]
    return [words[0] for words in lines if len(words) == 2 and f"{zlib.crc32(words[0].encode()):08x}" == words[1]]


def faults(pair):
    """What the sender's ledger and the receiver disagree about."""
    with pair.store.read() as connection:
        sent = list(
            connection.execute(select(EVENTS.c.rid).where(EVENTS.c.travels != "stays").order_by(EVENTS.c.n)).scalars()
        )
        chain = verify(connection)
        fates = {row.rid: row.state for row in connection.execute(select(SENT_RECORDS))}
        events = set(connection.execute(select(EVENTS.c.ent_id)).scalars())
        rows = set(connection.execute(select(TASKS.c.id)).scalars())
    kept = [row.rid for row in sorted(pair.kept(KEPT), key=lambda row: row.seq)]
    found = [] if chain.whole else [f"journal: {chain.words}"]
    found += [f"lost: {rid}" for rid in sent if rid not in kept]
    found += [f"out of order or doubled: {len(kept)}"] if kept != [rid for rid in sent if rid in kept] else []
    found += [f"not confirmed: {rid} {fates.get(rid)}" for rid in sent if fates.get(rid) != "ok"]
    found += [f"row without event: {row}" for row in rows if row not in events]
    return found


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
    assert faults(pair) == []
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
    assert faults(pair) == []
    numbers = [row.district_no for row in pair.rows(CASES)]
    assert len(set(numbers)) == 3 and all(numbers)
    with pair.store.read() as connection:
        numbered = select(func.count()).where(EVENTS.c.kind == "case.numbered")
        assert connection.execute(numbered).scalar_one() == 3


def test_mutant_a_row_and_its_event_in_two_transactions_is_found(pair):
    run([sys.executable, str(PROGRAM), "mutant_two_transactions", str(pair.store.path)], "between:3")
    pair.clock.now = 1_900_000_000_000
    drain(pair)
    assert faults(pair) == ["row without event: row-2"]


def test_mutant_an_acknowledgement_before_the_commit_is_found(pair):
    pair.receive()
    pair.exchange()
    run([sys.executable, str(PROGRAM), "mutant_ack_first", str(pair.district.folder)], "acknowledged")
    drain(pair)
    assert [fault.split(":")[0] for fault in faults(pair)] == ["lost", "lost"]
