"""The SFTP transport: a station's account on the front-end host, through a process of its own."""

import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from clerk_tui.channel.faults import LinkFault, StreamStopped
from clerk_tui.channel.frames import Message, read_frame, write_frame
from clerk_tui.channel.progress import Report
from clerk_tui.rules.refusal import Refusal

PORT = 22
SCHEME = "sftp"


@dataclass(frozen=True)
class Timeouts:
    """Seconds: to connect, between keepalives (three unanswered ones end the link), and without progress."""

    connect: float = 10
    keepalive: float = 15
    no_progress: float = 60


@dataclass(frozen=True)
class Account:
    """Where a station's account is, the host's pinned key (one line of OpenSSH) and the station's login key (PEM)."""

    user: str
    host: str
    port: int
    path: str
    host_key: str
    login_key: str


def account_of(url: str, host_key: str, login_key: str) -> Account:
    """The account of an `sftp://user@host:port/path` URL; `/~/path` is relative to the account's home.

    Raises Refusal channel_url; host_key_missing, ssh_key_missing: nothing is ever sent to a host that is not pinned.
    """
    parts = urlsplit(url)
    try:
        port = parts.port or PORT
    except ValueError as error:
        raise _bad_url() from error
    if not parts.hostname or not parts.username or parts.query or parts.fragment:
        raise _bad_url()
    if parts.password is not None:
        raise Refusal(
            "channel_url", "交换地址里不能写密码", "本站只用密钥登录; 请删去地址里的密码", field="channel_url"
        )
    if not host_key:
        raise Refusal(
            "host_key_missing",
            "还不知道服务器的主机密钥, 不会连接",
            "请向区里要主机密钥, 写进 channel_host_key, 或装入带主机密钥的批复",
            field="channel_host_key",
        )
    if not login_key:
        raise Refusal("ssh_key_missing", "本站没有登录密钥", "请先登记本站: clerk-tui sync enrol")
    path = unquote(parts.path)
    path = path[3:] or "." if path.startswith("/~/") else path
    return Account(unquote(parts.username), parts.hostname, port, path, host_key, login_key)


class SftpTransport:
    """One connection for as long as it holds; `cancel`, from any thread, ends it whatever it is doing."""

    def __init__(self, account: Account, timeouts: Timeouts = Timeouts()) -> None:
        self.account, self.timeouts = account, timeouts
        self._program: subprocess.Popen[bytes] | None = None
        self._said: queue.Queue[tuple[Message, bytes] | None] = queue.Queue()
        self._acknowledged: dict[str, int] = {}

    def send(self, name: str, content: bytes, report: Report | None = None) -> None:
        """Publish an uplink batch whole or not at all. Raises OSError, StreamStopped host_key."""

        def moved(done: int, total: int) -> None:
            self._acknowledged[name] = done
            if report is not None:
                report(done, total)

        self._ask({"op": "send", "name": name, "trusted": self._acknowledged.get(name, 0)}, content, report=moved)
        self._acknowledged.pop(name, None)

    def waiting(self) -> list[str]:
        """Names of the downlink batches that lie there, by number. Raises OSError, StreamStopped host_key."""
        names = self._ask({"op": "names"})[0]["names"]
        return sorted(str(name) for name in names)

    def fetch(self, name: str, report: Report | None = None) -> bytes:
        """A downlink batch. Raises OSError, StreamStopped host_key."""
        return self._ask({"op": "fetch", "name": name}, report=report)[1]

    def cancel(self) -> None:
        """End the transfer program now."""
        program = self._program
        if program is not None:
            program.kill()

    def close(self) -> None:
        """End the connection and its program."""
        program, self._program = self._program, None
        if program is None:
            return
        if program.stdin is not None:
            with suppress(OSError):  # it has gone already
                program.stdin.close()
        program.kill()
        program.wait()

    def _ask(self, ask: Message, body: bytes = b"", report: Report | None = None) -> tuple[Message, bytes]:
        if self._program is None or self._program.poll() is not None:
            self.close()
            self._start()
        return self._exchange(ask, body, report)

    def _exchange(self, ask: Message, body: bytes, report: Report | None) -> tuple[Message, bytes]:
        program = self._program
        if program is None or program.stdin is None:
            raise LinkFault("与服务器的连接断了")
        try:
            self._in_time(lambda: write_frame(program.stdin, ask, body))  # type: ignore[arg-type]  # it is a pipe
            while True:
                answer = self._next()
                if answer is None:
                    raise LinkFault("与服务器的连接断了")
                if answer[0]["event"] != "progress":
                    break
                if report is not None:
                    report(int(answer[0]["done"]), int(answer[0]["total"]))
        except BaseException:
            self.close()
            raise
        if answer[0]["event"] == "error":
            raise self._fault(str(answer[0]["code"]), str(answer[0]["words"]))
        return answer

    def _next(self) -> tuple[Message, bytes] | None:
        try:
            return self._said.get(timeout=self.timeouts.no_progress)
        except queue.Empty:
            raise LinkFault("服务器太久没有反应, 已断开") from None

    def _in_time(self, work: Callable[[], None]) -> None:
        """The transfer program reads at once; one that does not is ended, and the write ends with it."""
        watch = threading.Timer(self.timeouts.no_progress, self.cancel)
        watch.daemon = True
        watch.start()
        try:
            work()
        finally:
            watch.cancel()

    def _start(self) -> None:
        program = subprocess.Popen(
            [sys.executable, "-m", "clerk_tui.channel.sftp_program"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C at the counter is not for it
        )
        said: queue.Queue[tuple[Message, bytes] | None] = queue.Queue()
        pipe: Any = program.stdout

        def listen() -> None:
            with pipe:
                while (frame := read_frame(pipe)) is not None:
                    said.put(frame)
                said.put(None)

        threading.Thread(target=listen, daemon=True).start()
        self._program, self._said = program, said
        account, timeouts = self.account, self.timeouts
        hello = {
            "op": "connect", "host": account.host, "port": account.port, "user": account.user, "path": account.path,
            "host_key": account.host_key, "client_key": account.login_key, "connect": timeouts.connect,
            "keepalive": timeouts.keepalive,
        }  # fmt: skip
        self._exchange(hello, b"", None)

    def _fault(self, code: str, words: str) -> Exception:
        if code == "missing":
            return FileNotFoundError(words)
        if code == "exists":
            return FileExistsError(words)
        self.close()
        if code == "host_key":
            return StreamStopped("host_key", f"{words}: 可能有人冒充服务器, 已停止连接")
        return LinkFault(words)


def _bad_url() -> Refusal:
    return Refusal("channel_url", "交换地址不对", "应当是 sftp://账号@主机:端口/文件夹", field="channel_url")
