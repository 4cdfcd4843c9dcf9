"""Which store a command works on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clerk_tui.rules.refusal import Refusal
from clerk_tui.settings import Settings, load

if TYPE_CHECKING:
    from sqlalchemy import Connection

StoreOption = Annotated[Path | None, typer.Option("--store", help="数据文件夹; 不写则用设置里的")]


def settings_for(context: typer.Context, store: Path | None) -> Settings:
    """The settings, with the store that this command or the one before it names."""
    return load(store or (context.obj if isinstance(context.obj, Path) else None))


def sqlite_file(settings: Settings) -> Path:
    """The SQLite file of the store. Raises Refusal not_sqlite: a database server has its own backup."""
    if isinstance(settings.place, Path):
        return settings.place
    raise Refusal(
        "not_sqlite", "大厅数据在 PostgreSQL 上, 不是一个文件", "请用数据库自己的工具备份和恢复, 例如 pg_dump"
    )


@contextmanager
def reading(place: Path | str) -> Iterator["Connection"]:
    """Look at a store of this version without migrating or changing it.

    Raises Refusal store_missing, store_damaged, store_newer, store_older.
    """
    from clerk_tui.store.engine import open_engine
    from clerk_tui.store.schema import SCHEMA_VERSION, version_of

    store = open_engine(place)
    try:
        with store.read() as connection:
            found = version_of(connection)
            if found == 0:
                raise Refusal("store_damaged", "这不是本程序的数据文件", "请检查 --store 所指的文件夹")
            if found > SCHEMA_VERSION:
                raise Refusal("store_newer", "数据文件是更新版本的程序建立的", "请升级本程序后再打开")
            if found < SCHEMA_VERSION:
                raise Refusal("store_older", "数据文件还是旧版本的", "请先打开一次工作台, 它会先备份再升级数据")
            yield connection
    finally:
        store.close()
