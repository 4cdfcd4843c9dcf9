"""A stick between district and stations: the same files, copied, read again, and never moved."""

from dataclasses import dataclass
from pathlib import Path

from clerk_tui.channel.container import BATCH_BYTES, UP, parse_name
from clerk_tui.channel.folders import (
    DOWN_ACK,
    DOWN_OUT,
    DOWN_TMP,
    UP_IN,
    UP_TMP,
    batches_in,
    make_layout,
    publish,
    read_batch,
)
from clerk_tui.district.place import District
from clerk_tui.district.receiving import enrolled
from clerk_tui.rules.refusal import Refusal


@dataclass(frozen=True)
class Carried:
    """Files copied from the stick into the stations' folders, and from there onto the stick."""

    taken: int
    given: int


def carry(district: District, stick: Path, *, also: str = "") -> Carried:
    """Copy what stations put on a stick into their folders, and what lies there for those stations onto the stick; for
    the station `also`, too, which may have had nothing to send.

    Run it before and after `serve --once`. Raises Refusal stick_missing, stick_faulty, station_unknown.
    """
    if not stick.is_dir():
        raise Refusal("stick_missing", f"找不到 {stick.name or stick}", "请插好 U 盘, 写明它的文件夹")
    known = {row.station for row in enrolled(district)}
    if also and also not in known:
        raise Refusal("station_unknown", f"没有站点 {also}", "看全部站点: clerk-tui district status", field="station")
    taken, stations = 0, {also} - {""}
    given = 0
    try:
        make_layout(stick)
        for name in batches_in(stick / UP_IN):
            parsed = parse_name(name)
            if parsed is None or parsed[0] not in known or parsed[2] != UP:
                continue
            stations.add(parsed[0])
            content = read_batch(stick / UP_IN / name)
            if len(content) <= BATCH_BYTES:
                root = district.station_folder(parsed[0])
                publish(root / UP_IN / name, root / UP_TMP, content)
                taken += 1
        for station in sorted(stations):
            root = district.station_folder(station)
            for folder in (DOWN_OUT, DOWN_ACK):
                for name in batches_in(root / folder):
                    publish(stick / folder / name, stick / DOWN_TMP, read_batch(root / folder / name))
                    given += 1
    except OSError as error:
        raise Refusal("stick_faulty", "U 盘读写失败, 或读回来不一样", "请换一个 U 盘再试; 原件都在") from error
    return Carried(taken, given)
