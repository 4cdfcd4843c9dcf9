"""Batches carried by hand: the same files on a USB stick, both ways, copied and read again.

Nothing is moved or deleted, so a stick that is lost costs nothing; what was carried and what went over the link may
overlap, because a batch that is known is only acknowledged again.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select

from clerk_tui.channel.container import UP
from clerk_tui.channel.folders import FolderTransport, make_layout
from clerk_tui.channel.progress import Progress
from clerk_tui.channel.receiving import receive_all
from clerk_tui.channel.sealing import seal_all
from clerk_tui.channel.station import Station
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.core import BATCHES


@dataclass(frozen=True)
class Carried:
    """Batches put on the stick, batches and records taken in from it."""

    sent: int
    applied: int
    records: int


def carry(station: Station, stick: Path) -> Carried:
    """Take in what the district put on the stick, and copy every batch that is not confirmed yet onto it.

    A batch stays unsent for the link until the district confirms it. Raises Refusal stick_missing, stick_faulty.
    """
    if not stick.is_dir():
        raise Refusal("stick_missing", f"找不到 {stick.name or stick}", "请插好 U 盘, 写明它的文件夹")
    try:
        make_layout(stick)
        folder = FolderTransport(stick)
        receipt = receive_all(replace(station, transport=folder), Progress())
        seal_all(station, now_wanted=True)
        with station.store.read() as connection:
            rows = connection.execute(
                select(BATCHES.c.name, BATCHES.c.content)
                .where(
                    BATCHES.c.inst == station.identity.inst, BATCHES.c.direction == UP,
                    BATCHES.c.state.in_(["sealed", "sent"]), BATCHES.c.content.is_not(None),
                )
                .order_by(BATCHES.c.bno)
            ).all()  # fmt: skip
        for row in rows:
            folder.send(row.name, row.content)
    except OSError as error:
        raise Refusal("stick_faulty", "U 盘写不进去, 或读回来不一样", "请换一个 U 盘再试; 数据都在本机") from error
    return Carried(len(rows), receipt.applied, receipt.records)
