"""Files that the district does not take: moved away with their reason, and kept for a while."""

import json
import re
from pathlib import Path

from sqlalchemy import delete, insert, select

from clerk_tui.channel.failpoints import reach
from clerk_tui.channel.faults import BatchFault
from clerk_tui.district.place import QUARANTINE, District
from clerk_tui.district.tables import QUARANTINED
from clerk_tui.store.act import new_id

KEEP_MS = 90 * 86_400_000
KEEP_BYTES = 1024**3
REASON = ".reason.json"
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]")


def quarantine(district: District, station: str, path: Path, fault: BatchFault) -> None:
    """Move the file away with its reason. Nobody is answered: who sent it is not known."""
    now = district.clock()
    name = f"{new_id()}-{_UNSAFE.sub('_', path.name)[:80]}"
    place = district.folder / QUARANTINE / name
    size = path.stat().st_size
    reason = {"station": station, "code": fault.code, "words": fault.words, "at": now}
    with district.store.write() as connection:  # first: a file without its row would never be cleared away
        connection.execute(
            insert(QUARANTINED).values(
                id=name, station=station, name=name, code=fault.code, words=fault.words, size=size, at=now
            )
        )
    reach("district_quarantining")
    place.with_name(name + REASON).write_text(json.dumps(reason, ensure_ascii=False) + "\n", encoding="utf-8")
    path.replace(place)
    reach("district_quarantined")


def forget_old(district: District) -> None:
    """Keep 90 days and one gigabyte of quarantined files, the youngest."""
    with district.store.read() as connection:
        rows = connection.execute(select(QUARANTINED).order_by(QUARANTINED.c.at.desc())).all()
    size, drop = 0, []
    for row in rows:
        size += int(row.size)
        if size > KEEP_BYTES or row.at < district.clock() - KEEP_MS:
            drop.append(row.id)
    for name in drop:
        for file in (name, name + REASON):
            (district.folder / QUARANTINE / file).unlink(missing_ok=True)
        with district.store.write() as connection:
            connection.execute(delete(QUARANTINED).where(QUARANTINED.c.id == name))
