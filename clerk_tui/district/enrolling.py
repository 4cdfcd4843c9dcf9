"""Which stations may send: an administrator approves a request whose fingerprint was confirmed."""

from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_ssh_public_key
from sqlalchemy import Connection, insert, select, update

from clerk_tui.channel import enrolment
from clerk_tui.channel.container import DOWN, GENESIS_SHA, UP
from clerk_tui.channel.enrolment import Approval, Link, Request
from clerk_tui.channel.keys import PublicKeys, public_from_text
from clerk_tui.channel.rekeying import REVOKED
from clerk_tui.channel.sftp import account_of
from clerk_tui.district.outgoing import answer
from clerk_tui.district.place import District, make_station_folder
from clerk_tui.district.receiving import Taken, receive
from clerk_tui.district.sealing import publish_waiting, seal
from clerk_tui.district.tables import BATCHES, ENROLLED, LINES, OUTGOING_HEAD
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import Clock, system_clock
from clerk_tui.store.engine import Store
from clerk_tui.store.schema import GENESIS

HERE = Link()
"""No word about the link: the station's settings say where it exchanges."""


def link_for(district: District, station: str, url: str, host_key_file: Path | None) -> Link:
    """What an approval says about the link: the administrator's URL and the host's key, else the folder on this machine.

    Raises Refusal host_key_missing, host_key_file, channel_url.
    """
    if not url:
        return Link(str(district.station_folder(station).absolute()))
    if not url.startswith("sftp:"):
        return Link(url)
    if host_key_file is None:
        raise Refusal("host_key_missing", "SFTP 地址要同时写明主机公钥文件", "加 --host-key 文件.pub", field="host_key")
    try:
        line = " ".join(host_key_file.read_text(encoding="ascii").split()[:2])
        load_ssh_public_key(line.encode())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise Refusal("host_key_file", f"{host_key_file.name} 不是主机公钥", "应当是 .pub 文件") from error
    account_of(url, line, "checked at the station")
    return Link(url, line)


def revoke(district: District, station: str, reason: str) -> tuple[int, bool]:
    """Take back the keys of a station, lost or stolen: nothing that is signed with them is taken any more. The last
    batch to it says so, so that whoever sits there is told.

    Returns how many installations that concerns, and whether that batch could be put out. Raises Refusal
    station_unknown, reason_missing.
    """
    reason = clean_line(reason)
    if not reason:
        raise Refusal("reason_missing", "收回密钥要写明原因", "加 --reason", field="reason")
    now = district.clock()
    mine = (ENROLLED.c.station == station, ENROLLED.c.revoked_words == "")
    with district.store.write() as connection:
        rows = connection.execute(select(ENROLLED).where(*mine)).all()
        if not rows:
            raise Refusal("station_unknown", f"没有登记过站点 {station}, 或已收回", "用 clerk-tui district status 查看")
        using = [row for row in rows if row.closed_at is None]
        for row in using:
            answer(connection, station, REVOKED, row.inst, {"words": reason}, now=now, inst=row.inst)
        connection.execute(update(ENROLLED).where(*mine).values(closed_at=now, revoked_words=reason))
    told = True
    for row in using:
        seal(district, row)
        try:
            publish_waiting(district, row)
        except OSError:
            told = False
    return len(rows), told


def approve(
    district: District, request_file: Path, target: Path, *, replace: bool = False, link: Link = HERE
) -> Approval:
    """Enrol the installation that a request names, and write the approval for it.

    The same station with another installation is refused until the administrator says `replace`: what the old
    installation has sent is taken in, then it is closed, and the new one gets every earlier answer again. Raises Refusal
    enrolment_file, station_enrolled, key_revoked.
    """
    request = enrolment.read_request(request_file)
    if replace:
        _take_last(district, request.station)
    now = district.clock()
    with district.store.write() as connection:
        rows = connection.execute(
            select(ENROLLED).where(ENROLLED.c.station == request.station, ENROLLED.c.closed_at.is_(None))
        ).all()
        revoked = connection.execute(
            select(ENROLLED.c.id).where(ENROLLED.c.sign == request.keys.sign.hex(), ENROLLED.c.revoked_words != "")
        ).first()
        if revoked is not None:
            raise Refusal(
                "key_revoked", "这把密钥已被收回, 不能再登记", "站点换新密钥再申请: clerk-tui sync enrol --new-keys"
            )
        taken_back = connection.execute(
            select(ENROLLED.c.id).where(
                ENROLLED.c.station == request.station,
                ENROLLED.c.inst == request.inst,
                ENROLLED.c.closed_at.is_not(None),
            )
        ).first()
        if taken_back is not None:
            advice = "站点换新密钥再申请: clerk-tui sync enrol --new-keys"
            raise Refusal("key_revoked", "这个安装已经停用, 不能再登记", advice)
        here = [row for row in rows if row.inst == request.inst]
        others = [row for row in rows if row.inst != request.inst]
        if here and here[0].sign != request.keys.sign.hex():
            advice = "请与站点核对; 密钥丢失, 站点换新密钥再申请: clerk-tui sync enrol --new-keys"
            raise Refusal("station_enrolled", "这个安装已经用另一把密钥登记过", advice)
        if others and not replace:
            raise Refusal(
                "station_enrolled",
                f"站点 {request.station} 已有另一个安装",
                "确认旧安装不再使用后, 加 --replace 再批复",
            )
        if not here:
            _enrol(connection, request, now)
        for row in others:
            connection.execute(update(ENROLLED).where(ENROLLED.c.id == row.id).values(closed_at=now))
    make_station_folder(district, request.station)
    _take_away(district, request.station, request.inst)
    return enrolment.write_approval(request, district.name, district.keys, target, link=link, clock=district.clock)


def _take_last(district: District, station: str) -> None:
    """What lies there from an installation that is about to be closed may be all that is left of its last day."""
    try:
        receive(district, station, Taken())
    except OSError:
        return  # no folder yet, or it cannot be read: then nothing can be taken from it


def _take_away(district: District, station: str, inst: str) -> None:
    """What lies in a station's folder for an installation that it was before is read by nobody any more."""
    mine = (BATCHES.c.station == station, BATCHES.c.inst != inst, BATCHES.c.direction == DOWN, BATCHES.c.folder != "")
    with district.store.read() as connection:
        rows = connection.execute(select(BATCHES.c.id, BATCHES.c.folder).where(*mine)).all()
    try:
        for row in rows:
            (district.station_folder(station) / row.folder / row.id).unlink(missing_ok=True)
    except OSError:
        return  # the station passes over them
    with district.store.write() as connection:
        connection.execute(update(BATCHES).where(*mine).values(folder=""))


def enrol_here(store: Store, keys_folder: Path, district: District, *, clock: Clock = system_clock) -> str:
    """Enrol a station whose administrator sits at the same machine, as the demonstration does: the same files, one
    after the other. Returns the station's `channel_url`."""
    papers = district.folder / "enrolment"
    request = enrolment.write_request(store, keys_folder, papers / "request.json", clock=clock)
    approve(district, papers / "request.json", papers / "approval.json", replace=True)
    enrolment.install(store, keys_folder, papers / "approval.json")
    return str(district.station_folder(request.station).absolute())


def signers(district: District) -> tuple[PublicKeys, ...]:
    """The public keys of every installation that was ever enrolled, and the district's own."""
    with district.store.read() as connection:
        rows = connection.execute(select(ENROLLED.c.sign, ENROLLED.c.decrypt)).all()
    return (district.keys.public, *(public_from_text(row.sign, row.decrypt) for row in rows))


def _enrol(connection: Connection, request: Request, now: int) -> None:
    connection.execute(
        insert(ENROLLED).values(
            id=f"{request.station}:{request.inst}",
            station=request.station,
            inst=request.inst,
            name=request.name,
            sign=request.keys.sign.hex(),
            decrypt=request.keys.decrypt,
            approved_at=now,
        )
    )
    for direction in (UP, DOWN):
        connection.execute(
            insert(LINES).values(
                id=f"{request.station}:{request.inst}:{direction}", last_sha=GENESIS_SHA, chain=GENESIS
            )
        )
    head = select(OUTGOING_HEAD.c.n).where(OUTGOING_HEAD.c.station == request.station)
    if connection.execute(head).first() is None:
        connection.execute(insert(OUTGOING_HEAD).values(station=request.station, n=0))
