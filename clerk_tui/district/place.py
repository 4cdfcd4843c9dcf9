"""A district's folder: its database, its keys, the stations' exchange folders, the quarantine."""

import json
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import inspect

from clerk_tui.channel import keys
from clerk_tui.channel.folders import make_layout
from clerk_tui.channel.keys import OwnKeys
from clerk_tui.district.tables import DistrictBase
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import Clock, system_clock
from clerk_tui.store.engine import Store, open_engine

SETTINGS, DATABASE, KEYS, EXCHANGE, QUARANTINE = "district.json", "district.db", "keys", "exchange", "quarantine"


@dataclass(frozen=True)
class District:
    folder: Path
    name: str
    store: Store
    keys: OwnKeys
    clock: Clock = system_clock

    def station_folder(self, station: str) -> Path:
        """What a station's `channel_url` names: the only folder that it needs to see."""
        return self.folder / EXCHANGE / station

    def close(self) -> None:
        self.store.close()


def init(folder: Path, name: str, *, database: str = "", clock: Clock = system_clock) -> District:
    """Make a district: keys, an empty database (SQLite in the folder, or a PostgreSQL URL), folders.

    Raises Refusal district_exists, keys_….
    """
    if (folder / SETTINGS).exists():
        raise Refusal("district_exists", f"{folder.name} 里已经有一个区系统", "请直接使用它, 或换一个文件夹")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for part in (EXCHANGE, QUARANTINE):
            (folder / part).mkdir(exist_ok=True, mode=0o750)
        if not keys.present(folder / KEYS):
            keys.make(folder / KEYS)
        store = open_engine(database or folder / DATABASE, must_exist=False)
        with store.write() as connection:
            DistrictBase.metadata.create_all(connection)
        store.close()
        settings = json.dumps({"name": name, "database": database}, ensure_ascii=False)
        (folder / SETTINGS).write_text(settings + "\n", encoding="utf-8")
    except OSError as error:
        raise Refusal(
            "district_unwritable", f"不能在 {folder.name} 建立区系统", "请检查文件夹权限和磁盘空间"
        ) from error
    return open_district(folder, clock=clock)


def open_district(folder: Path, *, clock: Clock = system_clock) -> District:
    """Raises Refusal district_missing, keys_…, store_…."""
    try:
        settings = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
        name, database = str(settings["name"]), str(settings["database"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Refusal("district_missing", f"{folder.name} 里没有区系统", "请先运行 clerk-tui district init") from error
    store = open_engine(database or folder / DATABASE)
    with store.read() as connection:
        if not inspect(connection).has_table("outgoing"):
            raise Refusal("district_missing", "区系统的数据库是空的", "请重新运行 clerk-tui district init")
    return District(folder, name, store, keys.load(folder / KEYS), clock)


def make_station_folder(district: District, station: str) -> Path:
    """The exchange folder of one station."""
    folder = district.station_folder(station)
    try:
        make_layout(folder)
    except OSError as error:
        raise Refusal("district_unwritable", f"不能为站点 {station} 建立交换文件夹", "请检查文件夹权限") from error
    return folder
