"""What the district needs to know to judge one batch, read at once before its records and written at once after them.

A record then costs no statement of its own. What a correction sets off is rare and goes through the database: the
docket is written before it and read again after it.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from clerk_tui.channel.records import Record
from clerk_tui.district.tables import CASES, KEPT
from clerk_tui.store.bulk import write_rows

AT_ONCE = 500
"""Values in one IN list, and rows in one insert."""

_SAID = ("rid", "sha", "state", "code", "field", "words")
"""What is asked of a record that is known."""

_EMPTY_VIEW = {column.name: getattr(column.default, "arg", None) for column in CASES.c}


class Source(NamedTuple):
    """Which stream a record came on, in which batch, and when it was received."""

    station: str
    inst: str
    bno: int
    now: int


class Unsettled(NamedTuple):
    """A record that is rejected or held: what rests on it waits."""

    held: bool
    seq: int
    rid: str


@dataclass
class Docket:
    """The working set of one batch. `fresh` are the rows of its own records, `changed` the cases whose view moved, `again`
    the records that came inside another because they were lost here."""

    connection: Connection
    source: Source
    records: Sequence[Record]
    again: Set[str] = frozenset()
    known: dict[str, Any] = field(default_factory=dict)
    unsettled: dict[str, list[Unsettled]] = field(default_factory=dict)
    rejected: int = 0
    case_of: dict[str, str] = field(default_factory=dict)
    views: dict[str, dict[str, Any]] = field(default_factory=dict)
    fresh: list[dict[str, Any]] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)

    def read(self) -> None:
        """Read all that the records of this batch may touch."""
        station = self.source.station
        self.known = {row.rid: row for row in self._rows(KEPT, KEPT.c.rid, (r.rid for r in self.records))}
        named: dict[str, str] = {}
        for part in _parts({record.ent_id for record in self.records if record.ent != "case"} - {""}):
            named |= {
                row.ent_id: row.case_id
                for row in self.connection.execute(
                    select(KEPT.c.ent_id, func.min(KEPT.c.case_id).label("case_id"))
                    .where(KEPT.c.station == station, KEPT.c.ent_id.in_(part), KEPT.c.case_id > "")
                    .group_by(KEPT.c.ent_id)
                )
            }
        self.case_of = named
        self.unsettled, self.rejected = {}, 0
        for row in self.connection.execute(
            select(KEPT.c.rid, KEPT.c.ent_id, KEPT.c.state, KEPT.c.seq).where(
                KEPT.c.station == station, KEPT.c.state.in_(["rejected", "held"])
            )
        ):
            self.note_unsettled(row.ent_id, row.state, row.seq, row.rid)
        cases = {self.case_id(record) for record in self.records} - {""}
        self.views = {row.case_id: dict(row._mapping) for row in self._rows(CASES, CASES.c.case_id, cases)}

    def case_id(self, record: Record) -> str:
        """The case that a record belongs to: its own, the one that it names, or that of its entity's earlier records."""
        if record.ent == "case":
            return record.ent_id
        named = record.body.get("case_id")
        return str(named) if named else self.case_of.get(record.ent_id, "")

    def is_of_another(self, case_id: str) -> bool:
        """Whether another station brought this case: only that one says what became of it."""
        view = self.views.get(case_id)
        return view is not None and view["station"] != self.source.station

    def comes_late(self, record: Record) -> bool:
        """Whether a later record of the same entity was taken already."""
        if record.rid not in self.again:
            return False
        self._keep_fresh()
        return overtaken(self.connection, record, self.source.station)

    def blocker(self, record: Record, case_id: str) -> str | None:
        """The rejected or held record that this one rests on."""
        found = [*self.unsettled.get(record.ent_id, ()), *self.unsettled.get(case_id, ())]
        return min(found).rid if found else None

    def note_unsettled(self, ent_id: str, state: str, seq: int, rid: str) -> None:
        self.unsettled.setdefault(ent_id, []).append(Unsettled(state == "held", seq, rid))
        self.rejected += state == "rejected"

    def keep(self, record: Record, case_id: str, state: str, **said: str) -> None:
        """Note a record of this batch with what was said to it."""
        if case_id:
            self.case_of.setdefault(record.ent_id, case_id)
        if state in ("rejected", "held"):
            self.note_unsettled(record.ent_id, state, record.seq, record.rid)
        row = kept_row(record, self.source, case_id) | {"state": state} | said
        self.fresh.append(row)
        said_of = {key: row[key] for key in _SAID}
        self.known[record.rid] = SimpleNamespace(**said_of)  # it may come again in the same batch
        if len(self.fresh) >= AT_ONCE:
            self._keep_fresh()

    def view(self, case_id: str) -> dict[str, Any]:
        """The view of a case, to be changed in place; a new one when nothing of it was taken yet."""
        self.changed.add(case_id)
        if case_id not in self.views:
            self.views[case_id] = new_view(case_id, self.source)
        return self.views[case_id]

    def write(self) -> None:
        """Write what was judged; may be called again and again."""
        self._keep_fresh()
        if self.changed:
            put_views(self.connection, [self.views[case_id] for case_id in sorted(self.changed)])
            self.changed = set()

    def _keep_fresh(self) -> None:
        if self.fresh:
            write_rows(self.connection, _KEEP, self.fresh)
            self.fresh = []

    def _rows(self, table: Any, column: Any, values: Iterable[str]) -> list[Row[Any]]:
        found: list[Row[Any]] = []
        for part in _parts(values):
            found += self.connection.execute(select(table).where(column.in_(part)))
        return found


def kept_row(record: Record, source: Source, case_id: str) -> dict[str, Any]:
    """The row of a record that was taken."""
    return {
        "rid": record.rid, "sha": record.sha, "station": source.station, "inst": source.inst, "bno": source.bno,
        "seq": record.seq, "kind": record.kind, "ent": record.ent, "ent_id": record.ent_id, "case_id": case_id,
        "ent_ver": record.ent_ver, "base_ver": record.base_ver, "at": record.at, "line": record.line, "state": "ok",
        "code": "", "field": "", "words": "", "depends": "", "received_at": source.now,
    }  # fmt: skip


def overtaken(connection: Connection, record: Record, station: str) -> bool:
    """Whether a later record of the same entity was taken before this one, which was lost, or rejected and put right."""
    later = (KEPT.c.ent_ver > record.ent_ver) | ((KEPT.c.ent_ver == record.ent_ver) & (KEPT.c.seq > record.seq))
    mine = (KEPT.c.station == station, KEPT.c.ent_id == record.ent_id, KEPT.c.rid != record.rid, KEPT.c.state == "ok")
    return connection.execute(select(KEPT.c.rid).where(*mine, later).limit(1)).first() is not None


def new_view(case_id: str, source: Source) -> dict[str, Any]:
    """The view of a case of which nothing is known yet."""
    return _EMPTY_VIEW | {"case_id": case_id, "station": source.station, "receipt_no": "", "changed_at": source.now}


_KEEP = insert(KEPT)


def put_views(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write whole views, new or changed."""
    write_rows(connection, _put_view(connection.dialect.name), rows)


@lru_cache(maxsize=2)
def _put_view(dialect: str) -> Insert:
    statement = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(CASES)
    columns = {column.name: statement.excluded[column.name] for column in CASES.c if column.name != "case_id"}
    return statement.on_conflict_do_update(index_elements=["case_id"], set_=columns)


def _parts(values: Iterable[str]) -> Iterable[list[str]]:
    ordered = sorted(values)
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]
