"""Start a program in a terminal of 120x40, wait until the workbench stands, leave it: `start.py [--wait S] -- COMMAND…`."""

import argparse
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

STANDS = b"F5"
LEAVE = b"\x11"  # Ctrl+Q


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--wait", type=float, default=60)
    parser.add_argument("command", nargs="+")
    wanted = parser.parse_args()
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", LANG="C.UTF-8", COLUMNS="120", LINES="40")
        os.execvp(wanted.command[0], wanted.command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    began = time.monotonic()
    seen, stood = b"", 0.0
    while time.monotonic() - began < wanted.wait:
        if select.select([terminal], [], [], 0.5)[0]:
            try:
                seen += os.read(terminal, 65536)
            except OSError:
                break
        if not stood and STANDS in seen and b"\x1b[?1049h" in seen:
            stood = time.monotonic() - began
        if stood:
            os.write(terminal, LEAVE)
    else:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if stood and code == 0:
        sys.stdout.write(f"workbench stands after {stood:.1f} s, left with exit code 0\n")
        return 0
    sys.stdout.write(seen[-4000:].decode("utf-8", "replace"))
    sys.stdout.write(f"\nworkbench did not stand and leave: exit code {code}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
