"""The terminal is closed: the program ends within a second and keeps what was typed."""

import os
import select
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.pty


def ended_within(process, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not process.isalive():
            return True
        select.select([], [], [], 0.02)
    return False


def sign_in(window) -> None:
    window.until("F9登录")
    window.send("1\r1001\r135790\r")
    window.until("F5叫号")


def test_closing_the_terminal_ends_the_program_and_frees_the_window(terminal, today_folder):
    window = terminal("--store", today_folder)
    sign_in(window)
    window.process.kill(signal.SIGHUP)
    assert ended_within(window.process, 1.0)
    with sqlite3.connect(today_folder / "hall.db") as connection:
        assert connection.execute("SELECT count(*) FROM seat").fetchone() == (0,)


def test_end_of_file_ends_it_too_where_sighup_is_ignored(today_folder, tmp_path):
    """Like nohup, docker exec and some supervisors: nobody sends SIGHUP, the terminal just is no more."""
    leader, follower = os.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "CLERK_TUI_LOG": str(tmp_path / "log")}
    program = subprocess.Popen(
        [sys.executable, "-m", "clerk_tui", "--store", str(today_folder)],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env=environment,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )
    os.close(follower)
    painted = b""
    while "登录".encode() not in painted:
        painted += os.read(leader, 65536)
    os.close(leader)
    try:
        program.wait(timeout=2.0)
    finally:
        program.kill()
