"""What `doctor` looks at around the desk: printer, channel to the district, and its clock against ours."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from clerk_tui.cli.findings import Finding
from clerk_tui.settings import Settings

SKEW_MS = 120_000
QUEUES = frozenset({"lp", "lpr"})
ANSWER_SECONDS = 5


def examine_links(settings: Settings) -> Iterator[Finding]:
    """Printers and channel; nothing is printed and nothing is sent."""
    yield _printer(settings.print_command)
    if settings.slip_printer:
        yield _slip_printer(settings.slip_printer)
    yield _channel(settings)


def _printer(command: str) -> Finding:
    if not command:
        viewer = "open" if sys.platform == "darwin" else "xdg-open"
        if sys.platform != "win32" and shutil.which(viewer) is None:
            words = "没有设置打印命令, 系统也没有打开文件的程序"
            return Finding("warn", "打印", words, '请在设置里写 print_command = "lp {file}"; 文书登记后随时可补打')
        return Finding("good", "打印", "没有设置打印命令, 用系统的查看程序打开文书")
    try:
        parts = shlex.split(command, posix=os.name != "nt")
    except ValueError:
        return Finding("bad", "打印", f"{command}: 引号不成对", "请改正设置里的 print_command")
    if not parts or shutil.which(parts[0]) is None:
        return Finding("bad", "打印", f"没有程序 {parts[0] if parts else ''}", "请安装它, 或改正设置里的 print_command")
    if Path(parts[0]).name in QUEUES and (fault := _queue_fault(parts)):
        return Finding(
            "warn", "打印", fault, "请在系统里添加打印机并设为默认, 或在 print_command 里指定: lp -d 名称 {file}"
        )
    return Finding("good", "打印", command)


def _queue_fault(words: list[str]) -> str:
    """What CUPS says against printing with these words; '' where it says nothing."""
    program = shutil.which("lpstat")
    if program is None:
        return ""
    named = any(word.startswith(("-d", "-P")) for word in words)
    try:
        told = subprocess.run(
            [program, "-p" if named else "-d"], capture_output=True, text=True, timeout=ANSWER_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return "打印服务没有回答"
    out = told.stdout + told.stderr
    if told.returncode or "no system default" in out or "no destinations" in out.lower():
        return "打印服务没有打印机" if named else "没有默认打印机"
    return ""


def _slip_printer(url: str) -> Finding:
    """Whether it takes a slip of nothing: reached, switched on, with paper where it can tell."""
    from clerk_tui.devices import slip_printer
    from clerk_tui.rules.refusal import Refusal

    try:
        slip_printer.send(url, b"", seconds=ANSWER_SECONDS)
    except Refusal as refusal:
        return Finding("bad", "小票", f"{url}: {refusal.words}", refusal.advice)
    return Finding("good", "小票", url)


def _channel(settings: Settings) -> Finding:
    from clerk_tui.channel.status import status
    from clerk_tui.rules.refusal import Refusal
    from clerk_tui.store.act import system_clock
    from clerk_tui.store.schema import open_store

    if isinstance(settings.place, Path) and not settings.place.exists():
        return Finding("good", "渠道", "还没有数据, 没有要交换的")
    try:
        store = open_store(settings.place, clock_ms=system_clock())
        try:
            found = status(store, amber=settings.unsent_warn_minutes, red=settings.unsent_alarm_minutes)
        finally:
            store.close()
    except Refusal as refusal:
        return Finding("warn", "渠道", refusal.words, refusal.advice)
    words = found.words
    if found.stopped:
        return Finding("bad", "渠道", f"交换已停止: {found.stopped}", "请打开 渠道 一页, 那里写着怎样恢复")
    if not found.enrolled:
        return Finding("good", "渠道", "没有在区系统登记, 不交换")
    url = settings.channel_url
    folder = Path(url.removeprefix("file://")) if url and ("://" not in url or url.startswith("file://")) else None
    if folder is not None and not folder.is_dir():
        return Finding("bad", "渠道", f"交换文件夹不在: {folder}", "请插上或挂载它, 或改正设置里的 channel_url")
    if found.skew_ms is not None and abs(found.skew_ms) >= SKEW_MS:
        minutes = abs(found.skew_ms) // 60_000
        return Finding("bad", "渠道", f"本机时钟与区里差 {minutes} 分钟", "请校准本机时钟, 期限按它计算")
    if found.last_error:
        return Finding("warn", "渠道", f"{words}: {found.last_error}", "办理照常, 通了会自己补发; 久不通请查网络")
    if found.urgency == "red":
        return Finding("warn", "渠道", f"{words}, 最早的已等很久", "请打开 渠道 一页按 F9 立即交换")
    return Finding("good", "渠道", words)
