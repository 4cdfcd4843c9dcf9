"""kill -9 again and again, of both ends at work, at every named step and at any moment: 0 lost, 0 doubled.

The normal run kills 60 times; `--long` kills 2,400 times in eight runs. Each mutant breaks one promise, and must be found.
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
QUICK, LONG, LONG_RUNS = 60, 300, 8

pytestmark = [
    pytest.mark.kill,
    pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="lives are forked and watched by pidfd"),
]


def campaign(pair, kills, seed, mutant=()):
    """Run lives until `kills` of them were killed; returns how often at which step, and what the station said."""
    command = [
        sys.executable, str(PROGRAM), str(pair.folder), str(pair.host), str(pair.folder / "keys"),
        str(pair.district.folder), str(kills), str(seed), *mutant,
    ]  # fmt: skip
    environment = os.environ | {"PYTHONPATH": str(ROOT), VARIABLE: "set by each life"}
    found = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=1800, cwd=ROOT)
    assert found.returncode == 0, found.stderr
    log = pair.folder / "said.log"
    return json.loads(found.stdout), told(log.read_text()) if log.exists() else []


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


def test_nothing_is_lost_or_doubled_however_often_both_ends_are_killed(tmp_path, long_set, tally):
    steps = Counter()
    for seed in range(LONG_RUNS if long_set else 1):
        pair = make_pair(tmp_path / str(seed))
        kills = LONG if long_set else QUICK
        ends, said = campaign(pair, kills, seed)
        drain(pair)
        verdict = judge(pair, said)
        tally.add(kills=sum(ends.values()), events=len(said), lost=len(verdict.lost), doubled=len(verdict.doubled))
        assert verdict.all == [], f"seed {seed}"
        assert len(said) > kills / 4
        steps.update(ends)
        pair.store.close()
        pair.district.store.close()
    named = {step: steps[step] for step in (*STATION_STEPS, *DISTRICT_STEPS)}
    tally.note(f"killed at: {named}, at any moment {steps['any moment']}")
    assert all(named.values()) if long_set else sum(map(bool, named.values())) >= 10


@pytest.mark.parametrize(
    ("mutant", "sign"), [("two_transactions", "row without event"), ("ack_first", "lost"), ("no_dedupe", "doubled")]
)
def test_the_oracle_finds_the_mutant(pair, long_set, tally, mutant, sign):
    kills = 200 if long_set else 5
    ends, said = campaign(pair, kills, 1, [mutant])
    drain(pair, 4)
    found = [fault for fault in judge(pair, said).all if fault.startswith(sign)]
    tally.note(
        f"mutant {mutant}: {len(found)} faults after {sum(ends.values())} kills, as '{found[0] if found else ''}'"
    )
    assert found
