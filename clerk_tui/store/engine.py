"""The one engine of a store: SQLite in WAL with FULL, or PostgreSQL by URL."""

import os
import random
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError

from clerk_tui.rules.refusal import Refusal

LOCK_SECONDS = 2.0
"""How long an act waits for another window's commit before it says that nothing happened."""

LOCK_LOOKS = (0.001, 0.003)
"""How long a waiting act sleeps before it looks again. SQLite's own wait grows to a tenth of a second between looks, so
that whoever waits longest is passed over most."""

SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "fullfsync=ON",
    "wal_autocheckpoint=10000",
    "secure_delete=ON",
    "cache_size=-1000",
)
"""What every connection to a store's file is opened with."""

LEAST_ROOM = 256 * 1024
"""With less room on the disk than this, it is full for a store."""


@dataclass(frozen=True)
class Store:
    """An opened store. `path` is None on PostgreSQL."""

    engine: Engine
    path: Path | None

    @property
    def sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read-only look: one snapshot, nothing is ever written through it."""
        with plain_errors(self.path), self.engine.connect() as connection:
            yield connection
            connection.rollback()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that takes the write lock first. Raises Refusal store_busy, store_full, store_read_only."""
        with (
            plain_errors(self.path),
            self.engine.connect().execution_options(takes_write_lock=True) as connection,
            connection.begin(),
        ):
            yield connection

    def checkpoint(self) -> None:
        """Move the WAL into the file, outside every commit; does nothing when another window is reading."""
        if self.sqlite:
            with self.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")

    def close(self) -> None:
        self.engine.dispose()


def open_engine(place: Path | str, *, must_exist: bool = True) -> Store:
    """Open the store at a file or a `postgresql+psycopg://` URL. Raises Refusal store_missing, store_read_only."""
    if isinstance(place, str) and "://" in place:
        engine = create_engine(
            place,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={"connect_timeout": 3, "options": "-c statement_timeout=5000 -c lock_timeout=2000"},
        )
        return Store(engine, None)
    path = Path(place)
    if must_exist and not path.exists():
        raise Refusal("store_missing", f"找不到数据文件 {path.name}", "请检查 --store 所指的文件夹, 或先运行首次设置")
    if path.exists() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        raise _read_only()  # SQLite itself only says "unable to open" of a read-only disk
    engine = create_engine(
        f"sqlite:///{path}",
        connect_args={"timeout": LOCK_SECONDS, "check_same_thread": False},
        hide_parameters=True,  # an error's text goes to the log, and parameters are personal data
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return Store(engine, path)


def _prepare_sqlite(raw: sqlite3.Connection, _: Any) -> None:
    raw.isolation_level = None  # transactions are begun by _begin_sqlite, never by the driver
    cursor = raw.cursor()
    for pragma in SQLITE_PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    if not connection.get_execution_options().get("takes_write_lock", False):
        connection.exec_driver_sql("BEGIN")
        return
    raw, until = connection.connection.driver_connection, time.monotonic() + LOCK_SECONDS
    assert isinstance(raw, sqlite3.Connection)
    raw.execute("PRAGMA busy_timeout=0")
    try:
        while _others_write(raw) and time.monotonic() < until:
            time.sleep(random.uniform(*LOCK_LOOKS))
        if not raw.in_transaction:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # tells why not
    finally:
        raw.execute(f"PRAGMA busy_timeout={int(LOCK_SECONDS * 1000)}")


def _others_write(raw: sqlite3.Connection) -> bool:
    """Take the write lock; True when somebody else has it."""
    try:
        raw.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
    return False


@contextmanager
def plain_errors(place: Path | None) -> Iterator[None]:
    """Turn what the database at `place` says into what the clerk can act on; anything else passes."""
    try:
        yield
    except DBAPIError as error:
        raise _refusal_for(str(error.orig), place) or _unreachable(error) or error from error


def _refusal_for(words: str, place: Path | None) -> Refusal | None:
    text = words.lower()
    if "locked" in text or "busy" in text or "lock timeout" in text or "statement timeout" in text:
        return Refusal(
            "store_busy", "另一个窗口正在保存, 等了 2 秒没有轮到; 本次操作没有发生", "已填内容都还在, 请再按一次"
        )
    unreachable = "unable to open" in text or "disk i/o" in text
    if "full" in text or "no space" in text or (unreachable and place is not None and _no_room(place)):
        return Refusal("store_full", "磁盘已满, 本次操作没有发生", "已填内容都还在; 请腾出磁盘空间后再按一次")
    if "readonly" in text or "read-only" in text or "permission denied" in text:
        return _read_only()
    if unreachable:
        return Refusal(
            "store_unreachable",
            "打不开数据文件, 本次操作没有发生",
            "请检查磁盘是否已满或断开, 或通知技术人员运行 clerk-tui doctor",
        )
    if "malformed" in text or "not a database" in text:
        return Refusal("store_damaged", "数据文件已损坏", "请停止使用本机, 用最近的备份恢复: clerk-tui restore")
    return None


_AWAY = ("08", "57P0", "3D", "28", "53300")
"""SQLSTATE of PostgreSQL: no connection, shut down or starting, no such database, not let in, too many connections."""


def _unreachable(error: DBAPIError) -> Refusal | None:
    """PostgreSQL is not there: whoever cannot connect at all is told no SQLSTATE."""
    state = getattr(error.orig, "sqlstate", "")
    if state != "" and (state is None or state.startswith(_AWAY)) and isinstance(error, OperationalError):
        return Refusal(
            "store_unreachable", "连不上大厅数据库, 本次操作没有发生", "已填内容都还在; 请检查网络后再按一次"
        )
    return None


def _no_room(place: Path) -> bool:
    """SQLite says "unable to open" and "disk I/O error" where its shared memory finds no room beside the file."""
    try:
        return shutil.disk_usage(place.parent).free < LEAST_ROOM
    except OSError:
        return False


def _read_only() -> Refusal:
    return Refusal("store_read_only", "数据文件不能写入, 本次操作没有发生", "请检查文件夹权限或磁盘是否只读, 再按一次")
