"""Many stations after days without a link, simulated: all of it arrives, and no wait ends the simulation.

The long set has the 272 stations and 30 days of the specification; `tests/bench/channel.py drain` prints its speed."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "tests/bench/channel.py"


def test_all_of_it_drains(tmp_path, size, tally):
    stations, days = size(4, 272), size(2, 30)
    command = [sys.executable, str(PROGRAM), "drain", "--stations", str(stations), "--days", str(days)]
    done = subprocess.run(
        [*command, "--json", str(tmp_path / "figures.json")],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    found = found.get("figures", found)
    tally.note(f"{stations} stations, {days} days offline: {found}")
    assert (found["stations"], found["days"]) == (stations, days)
    assert found["events"] >= stations * days * 5
    assert found["drain_lost"] == found["drain_undone"] == 0
