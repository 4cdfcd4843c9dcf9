"""Bytes to a slip printer named by a URL: network, USB, serial line or device file. A printer without paper says so."""

import contextlib
import errno
import os
import re
import select
import socket
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from clerk_tui.devices import usb_printer
from clerk_tui.devices.slip_refusals import ADVICE as _ADVICE
from clerk_tui.devices.slip_refusals import missing, no_paper
from clerk_tui.rules.refusal import Refusal

SECONDS = 10.0
STATUS_SECONDS = 0.6
"""How long a printer may take to tell its state; many tell nothing, and are believed to be well."""

_OFFLINE, _PAPER = b"\x10\x04\x01", b"\x10\x04\x04"
"""DLE EOT 1 and 4: real-time state of the printer and of the paper roll."""
_KINDS = ("tcp", "usb", "serial", "file")


def check_url(url: str) -> str:
    """What is wrong with a printer's URL, in Chinese; empty when nothing is.

    `tcp://host:9100`, `usb://04b8:0e15`, `serial:///dev/ttyUSB0?baud=9600` (`serial://COM3`), `file:///dev/usb/lp0`.
    """
    parts = urlsplit(url)
    if parts.scheme not in _KINDS:
        return "应当以 tcp:// usb:// serial:// file:// 之一开头"
    try:
        port = parts.port if parts.scheme == "tcp" else None
    except ValueError:
        return "端口应当是 1 到 65535"
    if parts.scheme == "tcp" and (not parts.hostname or port is None):
        return "应当是 tcp://地址:端口, 例如 tcp://10.0.0.5:9100"
    if parts.scheme == "usb" and not re.fullmatch(r"[0-9a-fA-F]{4}:[0-9a-fA-F]{4}", parts.netloc):
        return "应当是 usb://厂商号:产品号, 各四位十六进制, 例如 usb://04b8:0e15"
    if parts.scheme in ("serial", "file") and not (parts.netloc + parts.path).strip("/"):
        return f"应当写明设备, 例如 {parts.scheme}:///dev/usb/lp0"
    return ""


def send(url: str, data: bytes, *, seconds: float = SECONDS) -> str:
    """Send everything and return words for the clerk; only then has the device taken it.

    Raises Refusal slip_url, slip_off (not reachable, gone in the middle, not ready), slip_paper, slip_missing.
    """
    fault = check_url(url)
    if fault:
        raise Refusal("slip_url", f"设置 slip_printer 写法有误: {fault}", "请改正这一项")
    parts = urlsplit(url)
    try:
        if parts.scheme == "tcp":
            assert parts.hostname is not None and parts.port is not None
            _network(parts.hostname, parts.port, data, seconds)
        elif parts.scheme == "usb":
            usb_printer.send(parts.netloc, data, seconds)
        elif parts.scheme == "serial":
            baud = parse_qs(parts.query).get("baud", ["9600"])[0]
            _serial(parts.netloc or parts.path, int(baud), data, seconds)
        else:
            _file(Path(parts.netloc + parts.path), data, seconds)
    except OSError as error:
        raise Refusal("slip_off", f"小票打印机没有接上 ({_cause(error)})", _ADVICE) from error
    return "小票已打印"


def _network(host: str, port: int, data: bytes, seconds: float) -> None:
    with socket.create_connection((host, port), timeout=seconds) as line:

        def ask(question: bytes, within: float) -> int | None:
            line.settimeout(within)
            line.sendall(question)
            try:
                answer = line.recv(16)
            except TimeoutError:
                return None
            if not answer:
                raise ConnectionResetError("the printer hung up")
            return answer[-1]

        speaks = _refuse_if_not_ready(ask)
        line.settimeout(seconds)
        line.sendall(data)
        _refuse_if_not_ready(ask, seconds if speaks else 0)
        line.shutdown(socket.SHUT_WR)


def _refuse_if_not_ready(ask: Callable[[bytes, float], int | None], must_speak: float = 0) -> bool:
    """Ask for the state; whether the printer tells it. One that never does is believed to be well.

    One that told it a moment ago (`must_speak` seconds are given) and is silent now did not take the slip.
    """
    paper = ask(_PAPER, must_speak or STATUS_SECONDS)
    if paper is None:
        if must_speak:
            raise TimeoutError("the printer fell silent")
        return False
    if paper & 0x60:
        raise no_paper()
    state = ask(_OFFLINE, STATUS_SECONDS)
    if state is not None and state & 0x08:
        raise Refusal("slip_off", "小票打印机没有就绪(开盖、缺纸或出错)", _ADVICE)
    return True


def _serial(device: str, baud: int, data: bytes, seconds: float) -> None:
    try:
        import serial
    except ImportError as error:
        raise missing() from error
    with serial.Serial(device, baud, timeout=seconds, write_timeout=seconds) as line:  # its errors are OSError

        def ask(question: bytes, within: float) -> int | None:
            line.timeout = within
            line.write(question)
            answer = line.read(1)
            return answer[0] if answer else None

        try:
            speaks = _refuse_if_not_ready(ask)
            until = time.monotonic() + seconds
            line.write(data)
            while line.out_waiting:  # flush() would wait without end for a printer that holds the line
                if time.monotonic() > until:
                    raise TimeoutError("the line stands still")
                time.sleep(0.01)
            _refuse_if_not_ready(ask, seconds if speaks else 0)
        except serial.SerialTimeoutException as error:
            raise TimeoutError("the line stands still") from error
        finally:
            with contextlib.suppress(Exception):  # a port that was pulled out has nothing left to drop
                line.reset_output_buffer()  # closing would wait for what was not sent


def _file(path: Path, data: bytes, seconds: float) -> None:
    """A device file that takes nothing (no paper, switched off) must not hold us.

    Appended, so that in an ordinary file (a spooler's, a trial) one slip does not stand over the one before it.
    """
    if not path.exists():
        raise FileNotFoundError(path)
    flags = os.O_WRONLY | os.O_APPEND | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags)
    try:
        until, left = time.monotonic() + seconds, memoryview(data)
        while left:
            if os.name != "nt" and not select.select([], [handle], [], max(0.0, until - time.monotonic()))[1]:
                raise TimeoutError("the device takes nothing")
            try:
                left = left[os.write(handle, left) :]
            except BlockingIOError:
                if time.monotonic() > until:
                    raise TimeoutError("the device takes nothing") from None
    finally:
        os.close(handle)


def _cause(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "没有反应"
    if isinstance(error, ConnectionRefusedError):
        return "拒绝连接"
    if isinstance(error, FileNotFoundError) or error.errno in (errno.ENOENT, errno.ENXIO, errno.ENODEV):
        return "没有这个设备"
    if isinstance(error, PermissionError) or error.errno == errno.EACCES:
        return "没有使用权限"
    return "连接断开"
