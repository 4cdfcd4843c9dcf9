"""A real OpenSSH server on loopback, with host key, account key and folder of its own, for one test."""

import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

DEADLINE = 15
SFTP_SERVERS = ("/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server", "/usr/lib/ssh/sftp-server")


@dataclass
class Sshd:
    """`host_key` is the line to pin; `log` is what the server wrote."""

    folder: Path
    port: int
    program: "subprocess.Popen[bytes]"
    authorized: Path

    @property
    def host_key(self) -> str:
        return (self.folder / "host_key.pub").read_text(encoding="ascii").strip()

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def url(self, root: Path) -> str:
        return f"sftp://{account()}@127.0.0.1:{self.port}{root}"

    def authorize(self, line: str) -> None:
        self.authorized.write_text(line.strip() + "\n", encoding="ascii")
        self.authorized.chmod(0o600)

    def stop(self) -> None:
        """End the server and every connection that it serves."""
        if self.program.poll() is None:
            os.killpg(self.program.pid, signal.SIGKILL)
            self.program.wait(DEADLINE)


def account() -> str:
    import pwd

    return pwd.getpwuid(os.getuid()).pw_name


def start(folder: Path, *, port: int = 0, sftp_options: str = "") -> Sshd:
    """Start a server; `port` 0 takes a free one. Fails, and never skips, where CI says that sshd must be there."""
    program = shutil.which("sshd") or "/usr/sbin/sshd"
    if not Path(program).exists():
        words = "no sshd on this machine: install openssh-server"
        if os.environ.get("CLERK_TUI_TEST_SYSTEM") == "required":
            pytest.fail(words)
        pytest.skip(words)
    server = next(path for path in SFTP_SERVERS if Path(path).exists())
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "host_key").exists():
        keygen("ed25519", folder / "host_key")
    port = port or free_port()
    authorized = folder / "authorized_keys"
    lines: dict[str, Any] = {
        "Port": port, "ListenAddress": "127.0.0.1", "HostKey": folder / "host_key", "PidFile": "none",
        "AuthorizedKeysFile": authorized, "PasswordAuthentication": "no", "KbdInteractiveAuthentication": "no",
        "PubkeyAuthentication": "yes", "UsePAM": "no", "StrictModes": "no", "PermitRootLogin": "prohibit-password",
        "LogLevel": "VERBOSE", "AllowTcpForwarding": "no", "X11Forwarding": "no",
        "Subsystem": f"sftp {server} {sftp_options}".strip(),
    }  # fmt: skip
    config = folder / "sshd_config"
    config.write_text("".join(f"{key} {value}\n" for key, value in lines.items()), encoding="utf-8")
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # where it drops its rights
    with (folder / "log").open("ab") as log:
        running = subprocess.Popen([program, "-D", "-e", "-f", str(config)], stderr=log, start_new_session=True)
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end and running.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return Sshd(folder, port, running, authorized)
        time.sleep(0.02)
    raise AssertionError("sshd did not start: " + (folder / "log").read_text(encoding="utf-8", errors="replace"))


def keygen(kind: str, target: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", str(target)], check=True, timeout=DEADLINE)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
