"""Catalogue, calendars and lists that the district publishes to its stations.

Each station gets what changed since the version that it was last sent; one that does not hold that version says so, and
is sent the whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from clerk_tui.catalog import calendars, check
from clerk_tui.catalog.deficiency_list import read_list
from clerk_tui.catalog.faults import refuse
from clerk_tui.catalog.files import catalogue_files
from clerk_tui.catalog.model import Catalogue
from clerk_tui.catalog.policy_documents import checked
from clerk_tui.catalog.reading import read_yaml
from clerk_tui.channel import publications
from clerk_tui.channel.failpoints import reach
from clerk_tui.channel.publications import CALENDAR, CATALOGUE, CREDIT, CURRENT, DOCUMENT, KINDS, SLICE
from clerk_tui.district.outgoing import answer
from clerk_tui.district.place import District
from clerk_tui.district.tables import ENROLLED, LISTS, LISTS_SENT, OUTGOING
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical

DATES = ("dated", "valid_from", "valid_to")
FACTS = ("number", "dated", "valid_from", "valid_to", "example")


@dataclass(frozen=True)
class Checked:
    """A list that may be published."""

    kind: str
    entries: dict[str, str]
    facts: dict[str, Any] = field(default_factory=dict)


def checked_catalogue(folder: Path) -> Checked:
    """A catalogue folder that has passed the check. Raises Refusal catalogue_fault."""
    catalogue, faults = check.check(folder)
    if catalogue is None:
        raise refuse([fault for fault in faults if fault.grave])
    return Checked(
        CATALOGUE, {str(path.relative_to(folder).as_posix()): _text(path) for path in catalogue_files(folder)}
    )


def checked_calendar(folder: Path) -> Checked:
    """A folder of year files. Raises Refusal calendar_fault."""
    calendars.load(folder)
    return Checked(CALENDAR, {path.name: _text(path) for path in sorted(folder.glob("*.yaml"))})


def checked_policy(kind: str, file: Path, catalogue: Catalogue) -> Checked:
    """A policy document {number, dated, valid_from, valid_to, example, policy} from YAML or JSON.

    Raises Refusal policy_faulty, policy_core, catalogue_fault.
    """
    if kind == "deficiency":
        document = read_list(file, catalogue)
    else:
        faults: list[Any] = []
        document = read_yaml(file, file.name, faults)
        if faults:
            raise refuse(faults, KINDS[kind])
    if not isinstance(document, dict) or not document.get("number") or not document.get("dated"):
        raise Refusal("policy_faulty", f"{KINDS[kind]}缺文号或日期", "请核对文件的 number 和 dated", field="number")
    for key in DATES:
        _check_date(kind, key, document.get(key))
    try:
        body = checked(kind, document.get("policy"), catalogue)
    except Refusal as refusal:
        form = "应有 number, dated, policy 三项, 格式与 clerk-tui policy load 的相同"
        advice = refusal.advice if refusal.field else form
        raise Refusal(refusal.code, refusal.words, f"{advice}; 什么也没有发布") from refusal
    facts = {key: document[key] for key in FACTS if document.get(key) is not None}
    return Checked(
        kind, dict.fromkeys(body["blocked"], "") if kind == CREDIT else {DOCUMENT: canonical.dump(body)}, facts
    )


def _check_date(kind: str, key: str, value: Any) -> None:
    """A station compares these days as texts: one that is no day would count for ever, or never."""
    if value is None:
        return
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None or day.isoformat() != value:
        raise Refusal(
            "policy_faulty", f"{KINDS[kind]}的 {key} 不是日期: {value}", "应写成 2026-12-01; 什么也没有发布", field=key
        )


def publish_catalogue(district: District, folder: Path) -> tuple[str, int]:
    """Publish a catalogue folder; returns its version and to how many stations. Raises as `checked_catalogue`."""
    return publish_checked(district, checked_catalogue(folder))


def publish_calendar(district: District, folder: Path) -> tuple[str, int]:
    """Publish a folder of year files. Raises as `checked_calendar`."""
    return publish_checked(district, checked_calendar(folder))


def publish_policy(district: District, kind: str, file: Path, catalogue: Catalogue) -> tuple[str, int]:
    """Publish a policy document. Raises as `checked_policy`."""
    return publish_checked(district, checked_policy(kind, file, catalogue))


def publish_checked(district: District, one: Checked) -> tuple[str, int]:
    """Keep a version and queue it for every station that does not have it; returns the version and how many stations."""
    return publish(district, one.kind, one.entries, one.facts)


def publish(district: District, kind: str, entries: Mapping[str, str], facts: Mapping[str, Any]) -> tuple[str, int]:
    """Keep a version and queue it for every station that does not have it; returns the version and how many stations."""
    version = publications.version_of(entries)
    now = district.clock()
    with district.store.write() as connection:
        connection.execute(delete(LISTS).where(LISTS.c.kind == kind, LISTS.c.version == version))
        connection.execute(
            insert(LISTS).values(
                kind=kind,
                version=version,
                content=canonical.dump(dict(entries)),
                facts=canonical.dump(dict(facts)),
                at=now,
            )
        )
    return version, queue_all(district)


def queue_all(district: District) -> int:
    """Queue the latest version of every list for each station that was not sent it; returns how many stations got some.

    A station that was enrolled later gets everything the first time.
    """
    told = set()
    with district.store.read() as connection:
        latest = _latest(connection)
        stations = connection.execute(select(ENROLLED.c.id).where(ENROLLED.c.closed_at.is_(None))).scalars().all()
        sent = {(row.enrolled, row.kind): row.version for row in connection.execute(select(LISTS_SENT))}
        wanted = [
            (enrolled, kind)
            for enrolled in stations
            for kind, version in latest.items()
            if sent.get((enrolled, kind)) != version
        ]
    for enrolled, kind in wanted:
        _queue(district, enrolled, kind, latest[kind], sent.get((enrolled, kind), ""))
        told.add(enrolled)
    return len(told)


def send_whole(connection: Connection, rid: str, enrolled: str) -> None:
    """A station does not hold the version that a delta changed: forget what it was sent, so that it gets the snapshot."""
    row = connection.execute(select(OUTGOING.c.kind, OUTGOING.c.body).where(OUTGOING.c.rid == rid)).one_or_none()
    if row is not None and row.kind == CURRENT:
        kind = str(canonical.load(row.body)["kind"])
        connection.execute(delete(LISTS_SENT).where(LISTS_SENT.c.enrolled == enrolled, LISTS_SENT.c.kind == kind))


def _latest(connection: Connection) -> dict[str, str]:
    rows = connection.execute(select(LISTS.c.kind, LISTS.c.version).order_by(LISTS.c.at, LISTS.c.version))
    return {row.kind: row.version for row in rows}


def _queue(district: District, enrolled: str, kind: str, version: str, base: str) -> None:
    with district.store.read() as connection:
        rows = connection.execute(
            select(LISTS).where(LISTS.c.kind == kind, LISTS.c.version.in_([version, base]))
        ).all()  # fmt: skip
    held = {row.version: row for row in rows}
    new = canonical.load(held[version].content)
    old = canonical.load(held[base].content) if base in held else {}
    change = publications.changes(old, new)
    parts = list(publications.slices(change))
    station, _, inst = enrolled.partition(":")
    now = district.clock()
    with district.store.write() as connection:
        for number, part in enumerate(parts):
            body = {"kind": kind, "version": version, "number": number, "entries": part}
            answer(connection, station, SLICE, f"{kind}:{version[:16]}", body, now=now, inst=inst)
        announced = {"kind": kind, "version": version, "base": base if base in held else "", "slices": len(parts)}
        facts = canonical.load(held[version].facts)
        answer(connection, station, CURRENT, f"{kind}:{version[:16]}", announced | facts, now=now, inst=inst)
        mine = (LISTS_SENT.c.enrolled == enrolled, LISTS_SENT.c.kind == kind)
        connection.execute(delete(LISTS_SENT).where(*mine))
        connection.execute(insert(LISTS_SENT).values(enrolled=enrolled, kind=kind, version=version))
    reach("district_queued")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal("list_file", f"{path.name} 读不出来", "应当是 UTF-8 文件") from error
