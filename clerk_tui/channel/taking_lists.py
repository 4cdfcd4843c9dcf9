"""The station's side of published lists: slices are staged as they come, then one small transaction makes them current.

What is heavy (merging, hashing, checking) happens without any lock; a list that does not hold is refused, and the one
that was current stays.
"""

import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from clerk_tui.catalog import calendars, check, diff, load
from clerk_tui.catalog.model import Catalogue
from clerk_tui.catalog.policy_documents import checked
from clerk_tui.channel import publications
from clerk_tui.channel.failpoints import reach
from clerk_tui.channel.faults import MALFORMED
from clerk_tui.channel.publications import CALENDAR, CATALOGUE, CREDIT, DOCUMENT, KINDS, WRONG_BASE
from clerk_tui.channel.records import Record
from clerk_tui.channel.station import Station
from clerk_tui.channel.tasks import open_task
from clerk_tui.resources import data_folder
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import calendar_years, canonical
from clerk_tui.store.act import Act, acting, new_id
from clerk_tui.store.core import POLICIES, PUBLISHED_LISTS, PUBLISHED_SLICES, RECEIVED_RECORDS

FOLDER = "published"

Year = tuple[int, str, frozenset[date], frozenset[date]]
"""Year, number of its notice, days off, working weekends."""


class ListRefused(Exception):
    """A list that is not taken up; the one that was current stays."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(code)
        self.code, self.words = code, words


def stage(act: Act, record: Record) -> None:
    """Keep one slice. Raises KeyError, ValueError for what is not one."""
    body = record.body
    kind, entries = str(body["kind"]), dict(body["entries"])
    if kind not in KINDS or not all(isinstance(key, str) for key in entries):
        raise ValueError("slice")
    key = (
        PUBLISHED_SLICES.c.kind == kind,
        PUBLISHED_SLICES.c.version == str(body["version"]),
        PUBLISHED_SLICES.c.number == int(body["number"]),
    )
    act.connection.execute(delete(PUBLISHED_SLICES).where(*key))
    act.connection.execute(
        insert(PUBLISHED_SLICES).values(
            kind=kind, version=str(body["version"]), number=int(body["number"]), content=canonical.dump(entries)
        )
    )


def announce(act: Act, record: Record) -> None:
    """All slices of a version have come: it waits to be made current after this batch."""
    body = record.body
    kind, version = str(body["kind"]), str(body["version"])
    if kind not in KINDS:
        raise ValueError("kind")
    mine = (PUBLISHED_LISTS.c.kind == kind, PUBLISHED_LISTS.c.version == version)
    facts = {key: body[key] for key in ("number", "dated", "valid_from", "valid_to", "example") if key in body}
    values = {
        "base": str(body.get("base", "")), "slices": int(body["slices"]), "facts": canonical.dump(facts),
        "state": "staged", "rid": record.rid, "changed_at": act.now,
    }  # fmt: skip
    known = act.connection.execute(select(PUBLISHED_LISTS.c.state).where(*mine)).scalar()
    if known == "current":
        return
    if known is not None:
        act.connection.execute(update(PUBLISHED_LISTS).where(*mine).values(**values))
    else:
        act.connection.execute(insert(PUBLISHED_LISTS).values(kind=kind, version=version, **values))


def make_current(station: Station) -> tuple[str, ...]:
    """Make what is staged current, in the order in which it came; returns the kinds that changed."""
    changed: list[str] = []
    while True:
        with station.store.read() as connection:
            row = connection.execute(
                select(PUBLISHED_LISTS)
                .where(PUBLISHED_LISTS.c.state == "staged")
                .order_by(PUBLISHED_LISTS.c.changed_at)
            ).first()
            if row is None:
                return tuple(changed)
            old = _content(connection, row.kind)
            parts = connection.execute(
                select(PUBLISHED_SLICES.c.content)
                .where(PUBLISHED_SLICES.c.kind == row.kind, PUBLISHED_SLICES.c.version == row.version)
                .order_by(PUBLISHED_SLICES.c.number)
            ).scalars().all()  # fmt: skip
        reach("staged")
        try:
            entries = _whole(row, old, parts)
            words, policy = _checked(station, row, entries)
            years = _years(old, entries) if row.kind == CALENDAR else []
        except ListRefused as refused:
            _refuse(station, row, refused)
            continue
        except MALFORMED:
            _refuse(station, row, ListRefused("malformed", f"{KINDS[row.kind]}的内容读不懂, 没有采用"))
            continue
        _swap(station, row, entries, words, policy, years)
        changed.append(str(row.kind))


def current_version(connection: Connection, kind: str) -> str:
    """The version that is current, '' when the district has published none."""
    found = connection.execute(
        select(PUBLISHED_LISTS.c.version).where(PUBLISHED_LISTS.c.kind == kind, PUBLISHED_LISTS.c.state == "current")
    ).scalar()
    return str(found or "")


def folder_of(connection: Connection, kind: str, place: Path) -> Path | None:
    """The files of the current catalogue or calendars, written out below `place`; None when none was published.

    Raises OSError.
    """
    version = current_version(connection, kind)
    if not version:
        return None
    folder = place / FOLDER / f"{kind}-{version[:16]}"
    if not (folder / ".whole").exists():
        write_out(folder, _content(connection, kind))
    return folder


def write_out(folder: Path, entries: Mapping[str, str]) -> None:
    """Files of a list of files; a marker comes last, so that half of it is never taken for all. Raises OSError."""
    for name, text in entries.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_text(text, encoding="utf-8", newline="")
    (folder / ".whole").touch()


def _whole(row: Row[Any], old: Mapping[str, str], parts: Any) -> dict[str, str]:
    if len(parts) != row.slices:
        raise ListRefused(WRONG_BASE, f"{KINDS[row.kind]}没有收全, 请区里整份重发")
    base = old if row.base else {}
    if row.base and publications.version_of(base) != row.base:
        raise ListRefused(WRONG_BASE, f"本站的{KINDS[row.kind]}不是区里所改的那一版, 请区里整份重发")
    change: dict[str, str | None] = {}
    for part in parts:
        change |= canonical.load(part)
    entries = publications.merged(base, change)
    if sum(len(value) for value in entries.values()) > publications.WHOLE_BYTES:
        raise ListRefused("too_large", f"{KINDS[row.kind]}太大, 没有采用")
    if publications.version_of(entries) != row.version:
        raise ListRefused(WRONG_BASE, f"{KINDS[row.kind]}与区里的摘要不符, 请区里整份重发")
    return entries


def _checked(station: Station, row: Row[Any], entries: dict[str, str]) -> tuple[str, dict[str, Any] | None]:
    """Words for the journal and the person, and the body of a policy. Raises ListRefused."""
    if row.kind in (CATALOGUE, CALENDAR):
        if not publications.are_files(entries):
            raise ListRefused("file_name", f"{KINDS[row.kind]}里有不合规的文件名, 没有采用")
        return _files_checked(station, row.kind, row.version, entries), None
    try:
        body = {"blocked": sorted(entries)} if row.kind == CREDIT else canonical.load(entries[DOCUMENT])
        return KINDS[row.kind], checked(row.kind, body, catalogue_of(station))
    except (KeyError, ValueError) as error:
        raise ListRefused("policy_faulty", f"{KINDS[row.kind]}的内容读不懂, 没有采用") from error
    except Refusal as refusal:
        raise ListRefused(refusal.code, f"{refusal.words}, 没有采用") from refusal


def _files_checked(station: Station, kind: str, version: str, entries: dict[str, str]) -> str:
    with tempfile.TemporaryDirectory(prefix="clerk-tui-list-") as name:
        folder = Path(name)
        write_out(folder, entries)
        try:
            if kind == CALENDAR:
                years = calendars.load(folder).notices
                return f"{KINDS[kind]} {', '.join(str(year) for year in years)}"
            fresh, faults = check.check(folder)
        except Refusal as refusal:
            raise ListRefused(refusal.code, f"{refusal.words}, 没有采用") from refusal
        if fresh is None:
            grave = next((str(fault) for fault in faults if fault.grave), "")
            raise ListRefused("catalogue_fault", f"事项目录有错, 没有采用: {grave}"[:300])
        try:
            before = catalogue_of(station)
        except Refusal:
            return (
                f"{KINDS[kind]} {len(fresh.items)} 项"  # the one that was current does not hold: no reason to keep it
            )
        return f"{KINDS[kind]} {len(fresh.items)} 项, 与前一版不同 {len(diff.diff(before, fresh))} 处"


def catalogue_of(station: Station) -> Catalogue:
    """The catalogue that this station works with: the published one, else the one that came with the program."""
    with station.store.read() as connection:
        if not current_version(connection, CATALOGUE):
            return load.load(data_folder() / "catalog")
        entries = _content(connection, CATALOGUE)
    with tempfile.TemporaryDirectory(prefix="clerk-tui-list-") as name:
        write_out(Path(name), entries)
        return load.load(Path(name))


def _years(old: Mapping[str, str], entries: dict[str, str]) -> list[Year]:
    """Years whose file is new or changed, read as `calendars.read_year` reads them."""
    with tempfile.TemporaryDirectory(prefix="clerk-tui-list-") as name:
        write_out(Path(name), entries)
        return [calendars.read_year(Path(name) / key) for key in sorted(entries) if old.get(key) != entries[key]]


def _swap(
    station: Station, row: Row[Any], entries: dict[str, str], words: str, policy: dict[str, Any] | None,
    years: list[Year],
) -> None:  # fmt: skip
    facts, content = canonical.load(row.facts), canonical.dump(entries)
    body = canonical.dump(policy) if policy is not None else ""
    with acting(station.store, station.by, station.clock, clock_confirmed=True) as act:
        of_kind = PUBLISHED_LISTS.c.kind == row.kind
        staged = update(PUBLISHED_LISTS).where(
            of_kind, PUBLISHED_LISTS.c.version == row.version, PUBLISHED_LISTS.c.state == "staged"
        )
        before = update(PUBLISHED_LISTS).where(of_kind, PUBLISHED_LISTS.c.state == "current")
        act.connection.execute(before.values(state="old", content=""))
        taken = act.connection.execute(staged.values(state="current", content=content, changed_at=act.now))
        if taken.rowcount != 1:
            return  # another program was faster
        act.connection.execute(
            delete(PUBLISHED_SLICES).where(
                PUBLISHED_SLICES.c.kind == row.kind, PUBLISHED_SLICES.c.version == row.version
            )
        )
        if policy is not None:
            _load_policy(act, row.kind, facts, body)
        for year, notice, off, work in years:
            calendar_years.keep(act, year=year, number=notice, off=off, work=work, source="district")
        act.record(
            "list.taken_up",
            f"{row.kind}:{row.version[:16]}",
            {"kind": row.kind, "version": row.version, "words": words},
        )
        if row.kind == CATALOGUE:
            open_task(act, "incident", f"区里发布了新的{words}: 新收件按新目录", rid=f"list:{row.version}", code="list")
        reach("swapping")
    reach("swapped")


def _load_policy(act: Act, kind: str, facts: dict[str, Any], body: str) -> None:
    policy_id = new_id()
    dated = str(facts.get("dated") or "")
    told = {"kind": kind, "number": str(facts.get("number") or ""), "dated": dated}
    act.connection.execute(
        insert(POLICIES).values(
            id=policy_id, valid_from=str(facts.get("valid_from") or dated), valid_to=facts.get("valid_to"),
            example=bool(facts.get("example", False)), body=body, loaded_at=act.now, **told,
        )
    )  # fmt: skip
    act.record(
        "policy.loaded", policy_id, told | {"example": bool(facts.get("example", False)), "sha": canonical.sha(body)}
    )


def _refuse(station: Station, row: Row[Any], refused: ListRefused) -> None:
    """Say why, to a person here and in the next manifest to the district; a missing base is asked for by this alone."""
    with acting(station.store, station.by, station.clock, clock_confirmed=True) as act:
        act.connection.execute(
            update(PUBLISHED_LISTS)
            .where(PUBLISHED_LISTS.c.kind == row.kind, PUBLISHED_LISTS.c.version == row.version)
            .values(state="refused", changed_at=act.now)
        )
        act.connection.execute(
            delete(PUBLISHED_SLICES).where(
                PUBLISHED_SLICES.c.kind == row.kind, PUBLISHED_SLICES.c.version == row.version
            )
        )
        act.connection.execute(
            update(RECEIVED_RECORDS)
            .where(RECEIVED_RECORDS.c.rid == row.rid)
            .values(state="conflict", code=refused.code, words=refused.words, told=False)
        )
        if refused.code != WRONG_BASE:
            open_task(act, "conflict", refused.words, rid=row.rid, code=refused.code)


def _content(connection: Connection, kind: str) -> dict[str, str]:
    text = connection.execute(
        select(PUBLISHED_LISTS.c.content).where(PUBLISHED_LISTS.c.kind == kind, PUBLISHED_LISTS.c.state == "current")
    ).scalar()
    return canonical.load(text) if text else {}
