"""Make a new store, check its version, and migrate an older one (backup first, refused while a window is open)."""

import importlib
import pkgutil
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, inspect, select, update

from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical, number_parts
from clerk_tui.store.copying import Latest, Stopped, Tell, copy_file, silent, watched
from clerk_tui.store.core import HEAD, META, SEATS
from clerk_tui.store.engine import Store, open_engine
from clerk_tui.store.tables import StationBase

SCHEMA_VERSION = 2
GENESIS = canonical.sha("clerk-tui journal")
SEAT_FRESH_MS = 30_000

FULL_TEXT = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS person_text USING fts5(terms, content='', detail=none)",
    "CREATE VIRTUAL TABLE IF NOT EXISTS organisation_text USING fts5(terms, content='', detail=none)",
    "CREATE VIRTUAL TABLE IF NOT EXISTS person_text_terms USING fts5vocab('person_text', 'instance')",
    "CREATE VIRTUAL TABLE IF NOT EXISTS organisation_text_terms USING fts5vocab('organisation_text', 'instance')",
)


def create(place: Path | str) -> Store:
    """Make a new, empty store. Raises Refusal store_exists rather than touch one that is there."""
    if isinstance(place, Path):
        if place.exists():
            raise Refusal("store_exists", f"{place.name} 已经存在", "请直接打开它, 或换一个文件夹")
        try:
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            place.touch(mode=0o600)
        except OSError as error:
            raise Refusal(
                "store_read_only", f"不能在 {place.parent} 建立数据文件", "请检查文件夹权限和磁盘空间"
            ) from error
    store = open_engine(place)
    with store.write() as connection:
        if inspect(connection).has_table("meta"):
            raise Refusal("store_exists", "数据库里已经有数据", "请直接打开它, 或换一个数据库")
        StationBase.metadata.create_all(connection)
        if store.sqlite:
            for statement in (*FULL_TEXT, *number_parts.statements()):
                connection.exec_driver_sql(statement)
        connection.execute(insert(META).values(name="schema_version", value=str(SCHEMA_VERSION)))
        connection.execute(insert(HEAD).values(id=1, n=0, head=GENESIS, last_at=0))
        _mirror_version(connection, SCHEMA_VERSION)
    return store


def version_of(connection: Connection) -> int:
    """Schema version of an opened store; 0 when it is not one of ours."""
    if not inspect(connection).has_table("meta"):
        return 0
    return int(connection.execute(select(META.c.value).where(META.c.name == "schema_version")).scalar() or 0)


def open_store(place: Path | str, *, clock_ms: int, tell: Tell | None = None) -> Store:
    """Open a store and bring it to this version, which `tell` hears about and may stop.

    Raises Refusal store_missing, store_damaged, store_newer (made by a newer program), store_in_use (a migration is
    due while another window is open).
    """
    store = open_engine(place)
    with store.read() as connection:
        found = version_of(connection)
    if found == SCHEMA_VERSION:
        return store
    if found == 0:
        store.close()
        raise Refusal("store_damaged", "这不是本程序的数据文件", "请检查 --store 所指的文件夹")
    if found > SCHEMA_VERSION:
        store.close()
        raise Refusal(
            "store_newer",
            f"数据文件是更新版本的程序建立的(第 {found} 版, 本程序只认得第 {SCHEMA_VERSION} 版)",
            "数据没有改动; 请升级本程序后再打开",
        )
    try:
        migrate(store, found, clock_ms=clock_ms, tell=tell)
    except BaseException:
        store.close()
        raise
    return store


Step = Callable[[Any, Tell], None]


def migrate(
    store: Store,
    found: int,
    *,
    clock_ms: int,
    steps: dict[int, Step] | None = None,
    target: int = SCHEMA_VERSION,
    tell: Tell | None = None,
) -> Path | None:
    """Run the steps from `found` to `target` in one transaction, after a backup beside the file; returns the backup.

    What `tell` raises stops it, and so does a fault of a step: the store is then as it was. Raises Refusal store_in_use,
    store_upgrading, backup_failed.
    """
    steps = migration_steps() if steps is None else steps
    from alembic.operations import Operations  # 0.6 s to import, and only ever needed here
    from alembic.runtime.migration import MigrationContext

    try:
        with store.write() as connection:  # held while the copy is made too: nobody else writes or upgrades meanwhile
            if version_of(connection) != found:
                return None  # another program did it a moment ago
            fresh = select(SEATS.c.window_id).where(SEATS.c.seen_at > clock_ms - SEAT_FRESH_MS)
            if connection.execute(fresh).first() is not None:
                raise Refusal(
                    "store_in_use", "升级数据前要先关掉其他窗口的程序", "请在其他窗口退出程序, 半分钟后再打开"
                )
            copy = _copy_beside(store.path, found, clock_ms, tell) if store.path is not None else None
            try:
                latest = Latest(tell or silent, "升级数据")
                with _watched(connection, latest):
                    for version in range(found + 1, target + 1):
                        steps[version](Operations(MigrationContext.configure(connection)), latest)
                    connection.execute(update(META).where(META.c.name == "schema_version").values(value=str(target)))
                    _mirror_version(connection, target)
            except Stopped:
                if copy is not None:
                    copy.unlink(missing_ok=True)  # it says nothing that the store does not
                raise
    except Refusal as refusal:
        if refusal.code != "store_busy":
            raise
        raise Refusal(
            "store_upgrading", "另一个程序正在升级这里的数据", "请等它做完再打开; 数据多时要几分钟"
        ) from refusal
    return copy


def _copy_beside(path: Path, found: int, clock_ms: int, tell: Tell | None) -> Path:
    for left in path.parent.glob(f"{path.stem}.v*.db.part"):
        left.unlink(missing_ok=True)  # of a program that was killed at it; nobody else is at it, we have the lock
    copy = path.with_name(f"{path.stem}.v{found}.{clock_ms}.db")
    copy_file(path, copy, tell=tell)
    return copy


def _watched(connection: Connection, latest: Latest) -> AbstractContextManager[None]:
    """`copying.watched` where there is SQLite to look up from."""
    raw = connection.connection.driver_connection
    return watched(raw, latest.again) if isinstance(raw, sqlite3.Connection) else nullcontext()


def migration_steps() -> dict[int, Step]:
    """The shipped steps: modules `m0002_…` in store/migrations, each with `upgrade(op, tell)` to its version."""
    from clerk_tui.store import migrations

    found: dict[int, Step] = {}
    for module in pkgutil.iter_modules(migrations.__path__):
        if module.name.startswith("m"):
            loaded = importlib.import_module(f"{migrations.__name__}.{module.name}")
            found[int(module.name[1:5])] = loaded.upgrade
    return found


def _mirror_version(connection: Connection, version: int) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA user_version = {version}")
