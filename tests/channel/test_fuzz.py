"""Batches and records spoiled at random for a while (an hour in the long set): each is refused in order, or does no harm."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("fuzz.py")
ROOT = Path(__file__).resolve().parents[2]
MEMORY_MB = 300
QUICK, LONG = 2, 300
"""Seconds of the processor for each part."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="measures memory as Linux counts it")

AMONG = {
    "outer": {"torn", "header", "payload", "signature"},
    "inner": {"record", "manifest", "control"},
    "uplink": {"record ok", "record rejected"},
    "downlink": {"record ok", "record conflict"},
}
"""What must have come up after so many tries, or nothing was tried."""

ENOUGH = 1_000


@pytest.mark.parts(3)
@pytest.mark.parametrize("what", AMONG)
def test_whatever_comes_is_refused_in_order_within_300_mb(tmp_path, part, size, tally, what):
    seconds = size(QUICK, LONG)
    found = subprocess.run(
        [sys.executable, str(PROGRAM), str(tmp_path), what, str(seconds), str(part)],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr[-3000:]
    facts = json.loads(found.stdout)
    tally.add(**{f"spoiled_{what}": facts["tries"]})
    tally.note(f"{what}: {facts['tries']} in {seconds} s of the processor, {facts['peak']} MB: {facts['said']}")
    assert facts["said"]
    assert facts["tries"] < ENOUGH or AMONG[what] <= set(facts["said"])
    assert facts["peak"] < MEMORY_MB
