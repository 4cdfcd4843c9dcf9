"""Batches made to hurt: bombs, depth, a million lines, and names that are no names; and the largest honest one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from clerk_tui.channel import container
from clerk_tui.district.place import QUARANTINE
from clerk_tui.district.tables import KEPT, QUARANTINED

PROGRAM = Path(__file__).with_name("hostile.py")
ROOT = Path(__file__).resolve().parents[2]
MEMORY_MB = 300

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="measures memory as Linux counts it")

SAID = {
    "at the caps": "5000 records",
    "a zip bomb": "bomb", "a bomb within the cap of bytes": "bomb",
    "a million lines": "too_many", "deep JSON": "too_large", "a deep record": "manifest", "many keys": "too_large",
    "huge numbers": "manifest", "long lines": "bomb", "random bytes": "bomb",
}  # fmt: skip


def test_they_are_refused_and_the_largest_honest_one_is_read_within_300_mb(tmp_path, tally):
    found = subprocess.run(
        [sys.executable, str(PROGRAM), str(tmp_path)],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr[-2000:]
    facts = json.loads(found.stdout)
    tally.note("memory: " + ", ".join(f"{case} {one['peak']} MB ({one['said']})" for case, one in facts.items()))
    assert {case: one["said"] for case, one in facts.items()} == SAID
    assert all(one["size"] <= container.BATCH_BYTES for one in facts.values())
    assert max(one["peak"] for one in facts.values()) < MEMORY_MB


NAMES = [
    "-rf", "~", "$(reboot)", "a b.pyx", "\x1b[2J.pyx", "名字.pyx", "PYX1_440113001001_a1b2c3d4_U_0000000001.pyx ",
    "PYX1_440113001001_a1b2c3d4_U_0000000001.PYX", "PYX1_440113001001_a1b2c3d4_U_００00000001.pyx", "x" * 250,
    "PYX1_440113001001_a1b2c3d4_D_0000000001.pyx", "‮xyp.pyx", "CON.pyx", "..pyx", "%2e%2e.pyx", "line\nbreak.pyx",
]  # fmt: skip


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such names")
def test_names_that_are_no_names_go_to_quarantine_under_a_plain_one(pair):
    pair.there_and_back()
    before = len(pair.kept(KEPT))
    for name in NAMES:
        (pair.host / "up/in" / name).write_bytes(b"x")
    (pair.host / "up/in" / "folder.pyx").mkdir()
    (pair.host / "up/in" / "link.pyx").symlink_to("/etc/passwd")
    assert pair.serve().taken.quarantined == len(NAMES) + 1
    assert [path.name for path in (pair.host / "up/in").iterdir()] == ["folder.pyx"]
    kept = [path.name for path in (pair.district.folder / QUARANTINE).iterdir()]
    assert len(kept) == 2 * (len(NAMES) + 1)
    assert all(name.isascii() and len(name) < 160 and not set(name) - _PLAIN for name in kept)
    assert Path("/etc/passwd").exists()
    assert {row.code for row in pair.kept(QUARANTINED)} <= {"name", "torn"}
    pair.receive()
    pair.there_and_back()
    assert len(pair.kept(KEPT)) == before + 1


_PLAIN = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-")


def test_the_station_passes_over_names_that_are_not_a_batch(pair):
    pair.receive()
    pair.exchange()
    pair.serve()
    for name in ("../x", "note.txt", "PYX1_x.pyx"):
        (pair.host / "down/out" / Path(name).name).write_bytes(b"x")
    assert pair.exchange().state == "ok"
