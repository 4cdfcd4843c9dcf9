"""doctor: what on this machine could stand in the way of a day's work, checked for real."""

import importlib.util
import json
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select

from clerk_tui.cli.doctor_links import examine_links
from clerk_tui.cli.doctor_terminal import examine_terminal, try_keys
from clerk_tui.cli.findings import WORDS, Finding
from clerk_tui.cli.place import StoreOption, reading, settings_for
from clerk_tui.rules.refusal import Refusal
from clerk_tui.settings import Settings, config_file
from clerk_tui.store.act import CLOCK_BACK_MS, CONFIRM_ADVICE, YEAR_MS
from clerk_tui.store.core import HEAD
from clerk_tui.store.verify import verify

OLDEST_SQLITE = (3, 35, 0)
"""RETURNING, which the number rows use."""
FREE_BYTES = 500_000_000
RELEASED = datetime(2025, 1, 1, tzinfo=UTC)
HALL_ZONE = timezone(timedelta(hours=8))


def doctor(
    context: typer.Context,
    store: StoreOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="给程序看: 一个 JSON 数组")] = False,
    keys: Annotated[bool, typer.Option("--keys", help="逐个试按每个键, 看到的是什么")] = False,
) -> None:
    """Say what is well, what to mind and what is wrong, each with how to mend it; exit code 1 when something is wrong."""
    settings = settings_for(context, store)
    found = []
    for finding in try_keys() if keys else examine(settings):
        found.append(finding)
        if not as_json:
            typer.echo(f"{WORDS[finding.grade]}  {finding.what}: {finding.words}")
            if finding.advice:
                typer.echo(f"      {finding.advice}")
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1))
    raise typer.Exit(1 if any(one.grade == "bad" for one in found) else 0)


def examine(settings: Settings) -> Iterator[Finding]:
    """All findings, in the order in which they matter at a start."""
    yield _settings(settings)
    yield from examine_terminal(settings)
    yield _sqlite()
    yield from _resources(settings)
    yield _bytecode()
    yield _log()
    yield _disk(settings)
    yield from _store(settings)
    yield _clock(settings)
    yield from examine_links(settings)


def _settings(settings: Settings) -> Finding:
    files = ", ".join(str(path) for path in settings.sources) or f"没有设置文件({config_file()}), 用默认值"
    return Finding("good", "设置", files)


def _sqlite() -> Finding:
    words = f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}"
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        return Finding("bad", "运行环境", words, "SQLite 至少要 3.35")
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("create virtual table probe using fts5(terms)")
    except sqlite3.OperationalError:
        return Finding("bad", "运行环境", words, "这个 SQLite 没有全文检索(FTS5), 请换一个 Python")
    finally:
        connection.close()
    return Finding("good", "运行环境", words)


def _resources(settings: Settings) -> Iterator[Finding]:
    from clerk_tui.resources import data_folder, themes_folder

    try:
        data, themes = data_folder(), themes_folder()
    except FileNotFoundError as error:
        yield Finding("bad", "随附数据", str(error), "请重新安装本程序")
        return
    yield _refusable("事项目录", lambda: _catalogue(data))
    yield _refusable("工作日历", lambda: _calendar(data, settings))
    count = len(list(themes.glob("*.toml")))
    yield Finding("good" if count else "bad", "配色主题", f"{count} 个", "" if count else "请重新安装本程序")


def _catalogue(data: Path) -> Finding:
    from clerk_tui.catalog.load import load

    began = time.perf_counter()
    catalogue = load(data / "catalog")
    took = round((time.perf_counter() - began) * 1000)
    return Finding("good", "事项目录", f"{len(catalogue.items)} 个事项, 读入 {took} 毫秒")


def _calendar(data: Path, settings: Settings) -> Finding:
    """The shipped years and those that the store was given later."""
    from clerk_tui.catalog.calendars import load
    from clerk_tui.store.calendar_years import with_kept

    calendar = load(data / "calendar")
    if not isinstance(settings.place, Path) or settings.place.exists():
        with suppress(Refusal), reading(settings.place) as connection:
            calendar = with_kept(connection, calendar)
    until = calendar.published_until
    words = f"公布到 {until.isoformat()}"
    if until < datetime.now(UTC).date():
        return Finding("warn", "工作日历", words, "今年的放假安排还没有载入, 期限只能标作暂定")
    return Finding("good", "工作日历", words)


def _bytecode() -> Finding:
    """Without compiled modules every start pays for compiling them."""
    package = Path(__file__).parent.parent
    sources = list(package.rglob("*.py"))
    stale = [source for source in sources if _is_stale(source)]
    if not stale:
        return Finding("good", "字节码", f"{len(sources)} 个模块都已编译")
    if sys.dont_write_bytecode or not os.access(package, os.W_OK):
        words = f"{len(stale)} 个模块没有编译, 每次启动都慢"
        return Finding("warn", "字节码", words, f"请运行 {sys.executable} -m compileall {package}")
    return Finding("good", "字节码", f"{len(stale)} 个模块下次用到时编译")


def _is_stale(source: Path) -> bool:
    compiled = Path(importlib.util.cache_from_source(str(source)))
    return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime


def _log() -> Finding:
    from clerk_tui import logs

    path = logs.start()
    if path is None:
        return Finding("warn", "日志", f"不能写入 {logs.folder()}", "出了问题将没有记录; 请检查文件夹权限")
    return Finding("good", "日志", str(path))


def _disk(settings: Settings) -> Finding:
    folder = settings.store
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    words = f"{settings.store} 所在磁盘还有 {free // 1_000_000} MB"
    if not os.access(folder, os.W_OK):
        return Finding("bad", "磁盘", f"{folder} 不能写入", "请检查文件夹权限或磁盘是否只读")
    if free < FREE_BYTES:
        return Finding("warn", "磁盘", words, "请腾出空间; 磁盘满了就不能登记")
    return Finding("good", "磁盘", words)


def _store(settings: Settings) -> Iterator[Finding]:
    if isinstance(settings.place, Path) and not settings.place.exists():
        yield Finding("good", "数据", "还没有, 第一次打开时建立")
        return
    yield _refusable("数据", lambda: _journal(settings))
    if settings.keys_folder.is_dir() and os.name == "posix":
        open_keys = [path.name for path in settings.keys_folder.iterdir() if path.stat().st_mode & 0o077]
        if open_keys:
            yield Finding("bad", "私钥", "别人可以读: " + ", ".join(open_keys), "请运行 chmod 600")


def _journal(settings: Settings) -> Finding:
    with reading(settings.place) as connection:
        if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA quick_check").scalar() != "ok":
            raise Refusal("store_damaged", "数据文件已损坏", "请停止使用本机, 用最近的备份恢复: clerk-tui restore")
        chain = verify(connection)
    if not chain.whole:
        raise Refusal("journal_broken", f"登记链不完整: {chain.words}", "请停止使用本机, 通知技术人员")
    return Finding("good", "数据", f"登记链完整, {chain.n} 条")


def _clock(settings: Settings) -> Finding:
    """Against the program's own age and against the last event that the store holds."""
    now = datetime.now(UTC)
    words = now.astimezone(HALL_ZONE).isoformat(timespec="seconds")
    last = 0
    if not isinstance(settings.place, Path) or settings.place.exists():
        with suppress(Refusal), reading(settings.place) as connection:
            last = int(connection.execute(select(HEAD.c.last_at)).scalar_one())
    at = now.timestamp() * 1000
    if now < RELEASED or at < last - CLOCK_BACK_MS:
        return Finding("bad", "时钟", words, f"本机时间早于最后一次登记, 请校准; {CONFIRM_ADVICE}")
    if last and at > last + YEAR_MS:
        return Finding("bad", "时钟", words, f"本机时间比最后一次登记晚了一年以上, 请校准; {CONFIRM_ADVICE}")
    return Finding("good", "时钟", words)


def _refusable(what: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except Refusal as refusal:
        return Finding("bad", what, refusal.words, refusal.advice)
