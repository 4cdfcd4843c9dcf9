"""kill -9 again and again, of both ends at work, at every named step and at any moment: 0 lost, 0 doubled.

The normal run kills 60 times; `--long` kills 200 times at each of the 26 named steps, in eight runs, and as often again as
it comes at any moment. Each mutant breaks one promise, and must be found.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from clerk_tui.channel.failpoints import VARIABLE
from tests.channel.conftest import make_pair
from tests.channel.oracle import judge, told
from tests.channel.steps import DISTRICT_STEPS, STATION_STEPS

PROGRAM = Path(__file__).with_name("campaign.py")
ROOT = Path(__file__).resolve().parents[2]
QUICK, RUNS, EACH = 60, 8, 25
STEPS = [*(f"station {step}" for step in STATION_STEPS), *(f"district {step}" for step in DISTRICT_STEPS)]

pytestmark = [
    pytest.mark.kill,
    pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="lives are forked and watched by pidfd"),
]


def campaign(pair, kills, each, seed, mutant=()):
    """Run lives until `kills` of them were killed, and `each` at every step; returns how often at which step, and what
    the station said."""
    command = [
        sys.executable, str(PROGRAM), str(pair.folder), str(pair.host), str(pair.folder / "keys"),
        str(pair.district.folder), str(kills), str(each), str(seed), *mutant,
    ]  # fmt: skip
    environment = os.environ | {"PYTHONPATH": str(ROOT), VARIABLE: "set by each life"}
    found = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=7200, cwd=ROOT)
    assert found.returncode == 0, found.stderr
    log = pair.folder / "said.log"
    return Counter(json.loads(found.stdout)), told(log.read_text()) if log.exists() else []


def drain(pair, rounds=12):
    """Let both ends work undisturbed until nothing waits."""
    pair.clock.now = time.time_ns() // 1_000_000 + 3_600_000  # the lives wrote with the machine's clock
    for _ in range(rounds):
        pair.clock.pass_minutes(11)
        pair.exchange()
        done = pair.serve(automatic=True)
        report = pair.exchange()
        if done.idle and not report.sealed and not report.applied:
            return


@pytest.mark.parts(RUNS)
def test_nothing_is_lost_or_doubled_however_often_both_ends_are_killed(tmp_path, part, long_set, size, tally):
    pair = make_pair(tmp_path)
    kills, each = (1, size(0, EACH)) if long_set else (QUICK, 0)
    ends, said = campaign(pair, kills, each, part)
    drain(pair)
    verdict = judge(pair, said)
    tally.add(kills=sum(ends.values()), events=len(said), lost=len(verdict.lost), doubled=len(verdict.doubled))
    tally.add(**{f"killed at {step}": ends[step] for step in (*STEPS, "any moment")})
    assert verdict.all == []
    assert len(said) > sum(ends.values()) / 4
    assert all(ends[step] >= each for step in STEPS)
    assert long_set or sum(ends[step] > 0 for step in STEPS) >= 10
    pair.store.close()
    pair.district.store.close()


@pytest.mark.parametrize(
    ("mutant", "sign"), [("two_transactions", "row without event"), ("ack_first", "lost"), ("no_dedupe", "doubled")]
)
def test_the_oracle_finds_the_mutant(pair, size, tally, mutant, sign):
    ends, said = campaign(pair, size(5, 200), 0, 1, [mutant])
    drain(pair, 4)
    found = [fault for fault in judge(pair, said).all if fault.startswith(sign)]
    tally.note(
        f"mutant {mutant}: {len(found)} faults after {sum(ends.values())} kills, as '{found[0] if found else ''}'"
    )
    assert found
