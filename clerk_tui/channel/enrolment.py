"""Enrolment: a station's request, a district's approval, one small signed JSON file each way.

Each file carries the public keys of its maker and is signed by them; that they are the right ones is confirmed by a
person who compares the fingerprint over a second channel, by telephone or on paper.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, delete, insert, select, update

from clerk_tui.channel import keys
from clerk_tui.channel.container import PROFILE
from clerk_tui.channel.keys import OwnKeys, PublicKeys
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical
from clerk_tui.store.act import Clock, system_clock
from clerk_tui.store.core import HALLS, INSTALLATIONS, KEYS, META
from clerk_tui.store.engine import Store

REQUEST, APPROVAL = "pyx-enrolment-request", "pyx-enrolment-approval"
FILE_BYTES = 64 * 1024
ENROLLED, LINK_URL, LINK_HOST_KEY = "enrolled_inst", "channel_url", "channel_host_key"


@dataclass(frozen=True)
class Identity:
    """Which station this store is."""

    station: str
    inst: str
    hall_id: str
    name: str


@dataclass(frozen=True)
class Request:
    """What a station asks the district to enrol."""

    station: str
    inst: str
    name: str
    keys: PublicKeys
    made_at: int
    login: str = ""
    """Its line for authorized_keys at the front-end host."""


@dataclass(frozen=True)
class Link:
    """Where a station's exchange folder is, and the host's pinned key; empty where the settings say it."""

    url: str = ""
    host_key: str = ""


@dataclass(frozen=True)
class Approval:
    """What the district answers: its own keys and the link, for this station, installation and key only."""

    station: str
    inst: str
    station_sign_kid: str
    district: str
    keys: PublicKeys
    made_at: int
    link: Link = Link()


def identity_of(connection: Connection) -> Identity:
    """The station that a store belongs to. Raises Refusal no_hall."""
    row = connection.execute(
        select(HALLS.c.code, HALLS.c.name, HALLS.c.id, INSTALLATIONS.c.inst)
        .join(INSTALLATIONS, INSTALLATIONS.c.hall_id == HALLS.c.id)
        .where(INSTALLATIONS.c.closed_at.is_(None))
        .order_by(INSTALLATIONS.c.made_at.desc(), INSTALLATIONS.c.inst)
        .limit(1)
    ).one_or_none()
    if row is None:
        raise Refusal("no_hall", "这个数据文件还没有设置大厅", "请先打开程序完成首次设置")
    return Identity(row.code, row.inst, row.id, row.name)


def write_request(
    store: Store, folder: Path, target: Path, *, passphrase: str = "", clock: Clock = system_clock
) -> Request:
    """Make this station's keys unless it has them, and write its request.

    Raises Refusal keys_…, file_unwritable; keys_lost for an installation that is enrolled and has its keys no more: no
    district approves other ones for it.
    """
    with store.read() as connection:
        identity = identity_of(connection)
        enrolled = district_keys(connection, identity.inst) is not None
    if enrolled and not keys.present(folder):
        raise keys_lost(folder)
    own = keys.load(folder, passphrase) if keys.present(folder) else keys.make(folder, passphrase)
    body = {
        "kind": REQUEST,
        "profile": PROFILE,
        "station": identity.station,
        "inst": identity.inst,
        "name": identity.name,
        "made_at": clock(),
        "login": keys.login_public(folder, passphrase),
        **_keys_json(own.public),
    }
    write_signed(target, body, own)
    return read_request(target)


def read_request(path: Path) -> Request:
    """Raises Refusal enrolment_file when it is not a request, or not signed by the key that it carries."""
    body, public = _read_signed(path, REQUEST)
    try:
        login = str(body.get("login", ""))
        return Request(body["station"], body["inst"], body["name"], public, int(body["made_at"]), login)
    except (KeyError, TypeError, ValueError) as error:
        raise _bad(path) from error


def write_approval(
    request: Request, district: str, own: OwnKeys, target: Path, *, link: Link = Link(), clock: Clock = system_clock
) -> Approval:
    """The district's answer to a request that its administrator has confirmed. Raises Refusal file_unwritable."""
    body = {
        "kind": APPROVAL,
        "profile": PROFILE,
        "station": request.station,
        "inst": request.inst,
        "station_sign_kid": request.keys.sign_kid,
        "district": district,
        "made_at": clock(),
        "url": link.url,
        "host_key": link.host_key,
        **_keys_json(own.public),
    }
    write_signed(target, body, own)
    return read_approval(target)


def read_approval(path: Path) -> Approval:
    """Raises Refusal enrolment_file."""
    body, public = _read_signed(path, APPROVAL)
    try:
        link = Link(str(body.get("url", "")), str(body.get("host_key", "")))
        return Approval(
            body["station"],
            body["inst"],
            body["station_sign_kid"],
            body["district"],
            public,
            int(body["made_at"]),
            link,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _bad(path) from error


def install(store: Store, folder: Path, path: Path, *, passphrase: str = "") -> Approval:
    """Put the district's keys into the store. The fingerprint was confirmed before; installing again changes nothing.

    Raises Refusal enrolment_file, enrolment_other (for another station, installation or key), district_changed.
    """
    approval = read_approval(path)
    own = keys.load(folder, passphrase)
    with store.write() as connection:
        identity = identity_of(connection)
        mine = (identity.station, identity.inst, own.public.sign_kid)
        if (approval.station, approval.inst, approval.station_sign_kid) != mine:
            raise Refusal("enrolment_other", "这份批复是给别的站点, 安装或密钥的", "请向区里核对, 或重新提交登记申请")
        of_district = (KEYS.c.owner == "district", KEYS.c.use == "sign")
        revoked = (
            connection.execute(select(KEYS.c.kid).where(*of_district, KEYS.c.revoked_at.is_not(None))).scalars().all()
        )
        if approval.keys.sign_kid in revoked:
            raise Refusal("key_revoked", "区里的这把密钥已在本站停用, 没有装入", "请向区里要用新密钥签的批复")
        known = connection.execute(select(KEYS.c.kid).where(*of_district, KEYS.c.revoked_at.is_(None))).scalar()
        if known is not None and known != approval.keys.sign_kid:
            raise Refusal(
                "district_changed",
                "区里的密钥与已登记的不同, 没有更换",
                "先当面或打电话与区里核对; 确实换了, 运行 clerk-tui sync distrust, 再装一次",
            )
        connection.execute(delete(KEYS).where(KEYS.c.revoked_at.is_(None)))
        facts = {ENROLLED: identity.inst, LINK_URL: approval.link.url, LINK_HOST_KEY: approval.link.host_key}
        connection.execute(delete(META).where(META.c.name.in_(list(facts))))
        connection.execute(insert(META), [{"name": name, "value": value} for name, value in facts.items() if value])
        for owner, public in (("station", own.public), ("district", approval.keys)):
            rows = (("sign", public.sign_kid, public.sign.hex()), ("decrypt", public.decrypt_kid, public.decrypt))
            for use, kid, text in rows:
                connection.execute(
                    insert(KEYS).values(kid=kid, owner=owner, use=use, public=text, valid_from_at=approval.made_at)
                )
    return approval


def revoke_district(store: Store, *, clock: Clock = system_clock) -> int:
    """Stop believing the district's keys, because the district said by telephone that they were lost; nothing is
    exchanged until an approval with other keys is installed. Returns how many keys that concerns."""
    with store.write() as connection:
        mine = update(KEYS).where(KEYS.c.owner == "district", KEYS.c.revoked_at.is_(None))
        return connection.execute(mine.values(revoked_at=clock())).rowcount


def district_keys(connection: Connection, inst: str) -> PublicKeys | None:
    """The district's keys as they were enrolled for this installation; None before, and again after a restore."""
    if connection.execute(select(META.c.value).where(META.c.name == ENROLLED)).scalar() != inst:
        return None
    return _kept_keys(connection, "district")


def station_keys(connection: Connection) -> PublicKeys | None:
    """The keys under which the district approved this station; None before."""
    return _kept_keys(connection, "station")


def _kept_keys(connection: Connection, owner: str) -> PublicKeys | None:
    rows = connection.execute(
        select(KEYS.c.use, KEYS.c.public).where(KEYS.c.owner == owner, KEYS.c.revoked_at.is_(None))
    ).all()
    found = {row.use: row.public for row in rows}
    return keys.public_from_text(found["sign"], found["decrypt"]) if len(found) == 2 else None


def link_of(connection: Connection) -> Link:
    """Where the district said that this station exchanges; empty before the enrolment."""
    rows = connection.execute(select(META.c.name, META.c.value).where(META.c.name.in_([LINK_URL, LINK_HOST_KEY])))
    found = {row.name: str(row.value) for row in rows}
    return Link(found.get(LINK_URL, ""), found.get(LINK_HOST_KEY, ""))


def keys_lost(folder: Path) -> Refusal:
    """An enrolled station whose keys are not where they were."""
    advice = "请把原来的密钥文件放回去; 找不回来, 换新密钥重新登记: clerk-tui sync enrol --new-keys --clerk 工号 --reason 原因"
    return Refusal("keys_lost", f"本站登记过, 但 {folder.name} 里的密钥文件不见了", advice)


def write_signed(target: Path, body: dict[str, Any], own: OwnKeys) -> None:
    """A small JSON file with its maker's signature inside. Raises Refusal file_unwritable."""
    signature = own.sign(_domain(body)).hex()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(canonical.dump(body | {"signature": signature}) + "\n", encoding="utf-8")
    except OSError as error:
        raise Refusal("file_unwritable", f"不能写入 {target.name}", "请检查文件夹权限和磁盘空间") from error


def _read_signed(path: Path, kind: str) -> tuple[dict[str, Any], PublicKeys]:
    try:
        with path.open("rb") as file:
            found = canonical.load(file.read(FILE_BYTES).strip())
        signature = bytes.fromhex(found.pop("signature"))
        if found["kind"] != kind or found["profile"] != PROFILE:
            raise ValueError("kind")
        public = keys.public_from_text(found["sign"], found["decrypt"])
        Ed25519PublicKey.from_public_bytes(public.sign).verify(signature, _domain(found))
    except OSError as error:
        raise Refusal("file_missing", f"打不开 {path.name}", "请检查文件名") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, InvalidSignature) as error:
        raise _bad(path) from error
    return found, public


def _keys_json(public: PublicKeys) -> dict[str, str]:
    return {"sign": public.sign.hex(), "decrypt": public.decrypt}


def _domain(body: dict[str, Any]) -> bytes:
    return b"PYX1 enrolment\0" + canonical.dump(body).encode()


def _bad(path: Path) -> Refusal:
    return Refusal("enrolment_file", f"{path.name} 不是完好的登记文件", "请重新取一份")
