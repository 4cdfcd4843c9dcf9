"""A district that works beside a demonstration, as a process of its own: it answers by the automatic rules."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

INTERVAL_SECONDS = 3
STOP_SECONDS = 5


@contextmanager
def serving(folder: Path, *, interval: float = INTERVAL_SECONDS) -> Iterator[subprocess.Popen[bytes]]:
    """Serve the district of `folder` as long as the block runs; nothing of it reaches this program's terminal."""
    command = [
        sys.executable,
        "-m",
        "clerk_tui",
        "district",
        "serve",
        str(folder),
        "--auto",
        "--attached",
        "--interval",
        str(interval),
    ]
    quiet = subprocess.DEVNULL
    program = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,  # closes with this program, however it ends
        stdout=quiet,
        stderr=quiet,
        start_new_session=True,  # Ctrl-C at the counter is not for it
    )
    try:
        yield program
    finally:
        program.terminate()
        try:
            program.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()
