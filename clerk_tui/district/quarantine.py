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
ADVICE = {
    "unknown_sender": "没有这样登记过: 新站点, 或恢复备份以后的新安装, 要先批复它的申请(district approve); 不是, 就查是谁放的",
    "retired": "同一站点批复新安装以后, 旧的不再收。请站点核对: 旧电脑或旧数据还在用就关掉; 区里没有的记录(district inspect --records 看)请站点补录",
    "revoked_key": "密钥收回以后仍有人用它: 请与站点核对是谁; 站点换新密钥再申请(sync enrol --new-keys)",
    "wrong_key": "签的不是登记的密钥: 可能有人冒充, 或站点的密钥文件换错了, 请打电话与站点核对",
    "signature": "签名对不上: 可能有人改过文件, 请查是谁放的",
    "fork": "请与站点核对有没有两台电脑用同一份数据, 或恢复过旧备份; 核对后 district resume",
    "torn": "传输中断的, 站点会自动再发, 不用处理",
    "too_large": "不是站点程序发的, 请查是谁放的",
    "name": "请查是谁放的; 站点的程序不会发这样的文件",
    "far": "前面的批次没有收到, 请站点看渠道并再发",
}
"""What a person at the district does about a file, by the code of its fault."""
OTHER_ADVICE = "文件留在 quarantine 文件夹, 用 clerk-tui district inspect 看; 站点没收到确认会再发"

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
