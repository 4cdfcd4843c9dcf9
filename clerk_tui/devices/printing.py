"""A rendered paper to the printer by the configured command, or to the system's viewer. For a worker, never the desk."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal

PRINT_SECONDS = 30.0
VIEWER_SECONDS = 3.0
"""A viewer that is still running after this has opened; one that failed has said so by then."""

_LONGEST_COMPLAINT = 160


@dataclass(frozen=True)
class PrintOutcome:
    """`printed`: the command took the paper; False: it was only opened on screen. `words` say which, in Chinese."""

    printed: bool
    words: str


LASTING = frozenset({"print_command", "print_program", "print_missing", "viewer_missing", "slip_url", "slip_missing"})
"""Codes of refusals that trying again does not help against: somebody has to change something first."""


def send(
    path: Path,
    command: str | None,
    *,
    printer: str = "",
    timeout: float = PRINT_SECONDS,
    platform: str = sys.platform,
    environment: Mapping[str, str] | None = None,
) -> PrintOutcome:
    """Run the print command (`lp {file}`; no shell; without `{file}` the path comes last), else print on the system's
    `printer` (lp, on Windows the shell verb), else open the viewer. `{printer}` in the command is that printer.

    Returns within `timeout` seconds. Raises Refusal print_missing (no such file), print_command (cannot be read),
    print_program (not found, not executable), print_timeout, print_failed (with the program's own complaint),
    viewer_missing.
    """
    if not path.is_file():
        raise Refusal("print_missing", "要打印的文书文件不在了", "请重新打开文书再打印")
    environment = os.environ if environment is None else environment
    if command and command.strip():
        arguments = [part.replace("{printer}", printer) for part in _arguments(command, path, platform)]
        return _print(arguments, timeout, environment)
    if printer and platform == "win32":
        return _start_file(path, printer)
    if printer:
        return _print(["lp", "-d", printer, str(path)], timeout, environment)
    return _view(path, min(timeout, VIEWER_SECONDS), platform, environment)


def _arguments(command: str, path: Path, platform: str) -> list[str]:
    try:
        parts = shlex.split(command, posix=platform != "win32")
    except ValueError as error:
        raise Refusal("print_command", "设置中的打印命令写法有误: 引号不成对", "请改正 print_command") from error
    if platform == "win32":
        parts = [part.strip('"') for part in parts]
    if not any("{file}" in part for part in parts):
        parts.append("{file}")
    return [part.replace("{file}", str(path)) for part in parts]


def _print(arguments: list[str], timeout: float, environment: Mapping[str, str]) -> PrintOutcome:
    program = Path(arguments[0]).name
    code, complaint = _run(arguments, timeout, environment)
    if code is None:
        raise Refusal(
            "print_timeout",
            f"打印命令 {program} 在 {timeout:g} 秒内没有完成, 已经停止",
            "请查看打印机是否开机、缺纸, 再按打印重试; 文书已登记, 不受影响",
        )
    if code != 0:
        said = f": {complaint}" if complaint else ""
        raise Refusal(
            "print_failed", f"打印命令 {program} 失败(返回 {code}){said}", "请查看打印机后重试; 文书已登记, 不受影响"
        )
    return PrintOutcome(True, f"已送打印机 ({program})")


def _view(path: Path, timeout: float, platform: str, environment: Mapping[str, str]) -> PrintOutcome:
    if platform == "win32":
        return _start_file(path)
    program = "open" if platform == "darwin" else "xdg-open"
    advice = "请在设置中填写 print_command, 例如 lp {file}; 文书已登记, 可稍后打印"
    if platform != "darwin" and not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        raise Refusal("viewer_missing", "没有设置打印命令, 也没有图形桌面可以打开文书", advice)
    if shutil.which(program, path=environment.get("PATH")) is None:
        raise Refusal("viewer_missing", f"没有设置打印命令, 系统里没有 {program}", advice)
    code, complaint = _run([program, str(path)], timeout, environment, leave_running=True)
    if code:
        said = f": {complaint}" if complaint else ""
        raise Refusal("viewer_missing", f"系统打不开这份文书{said}", advice)
    return PrintOutcome(False, f"没有设置打印命令, 已用系统的查看程序打开 ({program}), 请在那里打印")


def _start_file(path: Path, printer: str = "") -> PrintOutcome:
    start = getattr(os, "startfile", None)  # only Windows has it
    if start is None:
        raise Refusal("viewer_missing", "系统没有打开文件的程序", "请在设置中填写 print_command")
    try:
        if printer:
            start(str(path), "printto", f'"{printer}"')
            return PrintOutcome(True, f"已送打印机 ({printer})")
        start(str(path))
    except OSError as error:
        words = "系统没有打开这种文件的程序" if not printer else f"系统没有把文书交给打印机 {printer}"
        raise Refusal("viewer_missing", words, "请在设置中填写 print_command") from error
    return PrintOutcome(False, "没有设置打印命令, 已用系统的查看程序打开, 请在那里打印")


def _run(
    arguments: list[str], timeout: float, environment: Mapping[str, str], *, leave_running: bool = False
) -> tuple[int | None, str]:
    """Exit code (None: not ended in time) and the first line of complaint.

    Output goes to a file, because a grandchild that keeps a pipe open would hold us beyond the timeout; an own session
    keeps every program away from the clerk's terminal.
    """
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                start_new_session=os.name != "nt",
            )
        except OSError as error:
            raise Refusal(
                "print_program",
                f"找不到打印程序 {Path(arguments[0]).name}, 或不能运行",
                "请查看设置中的 print_command; 文书已登记, 可稍后打印",
            ) from error
        try:
            code: int | None = process.wait(timeout)
        except subprocess.TimeoutExpired:
            code = None
            if not leave_running:
                _stop(process)
        said.seek(0)
        return code, _first_line(said.read(4096))


def _stop(process: subprocess.Popen[bytes]) -> None:
    if os.name == "nt":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)  # the command with all that it started: it leads its own group
    process.wait()


def _first_line(said: bytes) -> str:
    for line in said.decode("utf-8", errors="replace").splitlines():
        words = clean_line(line)
        if words:
            return words[:_LONGEST_COMPLAINT]
    return ""
