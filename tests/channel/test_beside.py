"""A district in a process of its own, answering while the station goes on; and how long the store stays locked."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import event

from clerk_tui.district.beside import serving
from clerk_tui.store.core import CASES, SENT_RECORDS

DEADLINE = 30


def test_a_district_beside_answers_and_ends_with_its_program(pair):
    pair.receive()
    tick = threading.Event()
    with serving(pair.district.folder, interval=0.1) as program:
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end and pair.rows(CASES)[0].district_no is None:
            pair.exchange()
            tick.wait(0.1)
        assert pair.rows(CASES)[0].district_no
        assert program.poll() is None
    assert program.poll() is not None
    assert {row.state for row in pair.rows(SENT_RECORDS)} == {"ok"}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_killed_program_takes_its_district_with_it(pair):
    code = (
        "import os, sys; from pathlib import Path; from clerk_tui.district.beside import serving\n"
        "with serving(Path(sys.argv[1]), interval=0.1) as program:\n"
        "    print(program.pid, flush=True); os.kill(os.getpid(), 9)\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", code, str(pair.district.folder)], capture_output=True, timeout=DEADLINE
    )
    pid = int(killed.stdout)
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end and runs(pid):
        threading.Event().wait(0.05)
    assert not runs(pid)


def runs(pid: int) -> bool:
    """Whether a process still works; one that nobody has taken notice of does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_an_exchange_takes_the_write_lock_often_never_for_the_whole(pair):
    for _ in range(120):
        pair.receive(power="department", state="received")
    held = []

    def commit(connection):
        if connection.get_execution_options().get("takes_write_lock"):
            held.append(connection)

    event.listen(pair.store.engine, "commit", commit)
    pair.exchange()
    pair.serve(automatic=True)
    assert pair.exchange().records > 200
    assert len(held) >= 10
