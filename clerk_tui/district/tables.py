"""The reference district's own tables, on a base and registry of their own: nothing here is a station's."""

from sqlalchemy import BigInteger, Index, LargeBinary, Table, UniqueConstraint
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class DistrictBase(SQLModel, registry=registry()):
    """Instants are integer milliseconds UTC; JSON is canonical text."""


class Enrolled(DistrictBase, table=True):
    """One installation of one station that an administrator approved."""

    __tablename__ = "enrolled"
    id: str = Field(primary_key=True, description="station:inst")
    station: str = Field(index=True)
    inst: str
    name: str
    sign: str
    decrypt: str
    approved_at: int = Field(sa_type=BigInteger)
    closed_at: int | None = Field(default=None, sa_type=BigInteger)
    revoked_words: str = Field(default="", description="why an administrator took its keys back; empty: they hold")


class Line(DistrictBase, table=True):
    """Cursor of one stream."""

    __tablename__ = "line"
    id: str = Field(primary_key=True, description="station:inst:direction")
    next_bno: int = 1
    next_seq: int = 1
    last_sha: str
    last_n: int = Field(default=0, sa_type=BigInteger)
    chain: str
    acked_bno: int = 0
    resend_from: int = 0
    asked_at: int = Field(default=0, sa_type=BigInteger)
    state: str = Field(default="open", description="open|stopped")
    reason: str = ""


class Batch(DistrictBase, table=True):
    """A batch in either direction. Bytes are kept of what was sealed here, and of what is parked."""

    __tablename__ = "batch"
    id: str = Field(primary_key=True, description="its file name")
    station: str
    inst: str
    direction: str
    bno: int
    sha: str
    prev_sha: str
    content: bytes | None = Field(default=None, sa_type=LargeBinary)
    size: int
    records: int
    folder: str = Field(default="", description="down/out|down/ack for what was sealed here")
    state: str = Field(description="sealed|sent|parked|applied|refused")
    at: int = Field(sa_type=BigInteger)
    sent_at: int | None = Field(default=None, sa_type=BigInteger)
    __table_args__ = (
        UniqueConstraint("station", "inst", "direction", "bno"),
        Index("batch_state", "station", "inst", "direction", "state"),
    )


class Kept(DistrictBase, table=True):
    """One record that a station sent, whole as it came, and what the district said to it."""

    __tablename__ = "kept_record"
    rid: str = Field(primary_key=True)
    sha: str
    station: str
    inst: str
    bno: int
    seq: int
    kind: str
    ent: str
    ent_id: str
    case_id: str = Field(default="", index=True)
    ent_ver: int
    base_ver: int
    at: int = Field(sa_type=BigInteger, description="the station's clock: evidence")
    line: str
    state: str = Field(description="ok|rejected|held|superseded")
    code: str = ""
    field: str = ""
    words: str = ""
    depends: str = Field(default="", index=True, description="rid of the record that holds this one up")
    received_at: int = Field(sa_type=BigInteger)
    __table_args__ = (
        Index("kept_entity", "station", "ent_id", "case_id"),
        Index("kept_unsettled", "station", "state"),
        Index("kept_order", "station", "inst", "seq"),
    )


class CaseView(DistrictBase, table=True):
    """A case as the district sees it now, made from the records and its own answers."""

    __tablename__ = "case_view"
    case_id: str = Field(primary_key=True)
    station: str = Field(index=True)
    receipt_no: str = Field(index=True)
    district_no: str = Field(default="", index=True)
    item_key: str = ""
    item_name: str = ""
    applicant: str = ""
    accept_power: str = ""
    state: str = ""
    stage: str = ""
    decision: str = ""
    result_kind: str = ""
    result_name: str = ""
    owed: str = Field(default="{}", description="JSON: owed id -> name and state")
    results: str = Field(default="{}", description="JSON: result id -> name, state, relation of the collector")
    transferred: bool = False
    result_announced: bool = Field(default=False, description="the district told the station that the result comes")
    handed_over_at: int | None = Field(default=None, sa_type=BigInteger)
    rounds: int = Field(default=0, description="rounds of the automatic answers since the papers came")
    changed_at: int = Field(sa_type=BigInteger)


class Outgoing(DistrictBase, table=True):
    """One answer to a station; sealed in the order of n. `inst` is empty unless it concerns one installation only."""

    __tablename__ = "outgoing"
    station: str = Field(primary_key=True)
    n: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    inst: str = ""
    rid: str = Field(unique=True)
    kind: str
    ent_id: str
    body: str
    salt: str
    sha: str
    at: int = Field(sa_type=BigInteger)
    clk: str
    lazy: bool = Field(default=False, description="does not cause a batch by itself")
    answer: str = Field(default="", description="what the station said when it could not apply it")
    answer_words: str = ""


class OutgoingHead(DistrictBase, table=True):
    """Last n given to a station's answers; locked last, as the journal head is."""

    __tablename__ = "outgoing_head"
    station: str = Field(primary_key=True)
    n: int = Field(default=0, sa_type=BigInteger)


class PublishedList(DistrictBase, table=True):
    """One version of a list that the district published, whole."""

    __tablename__ = "published_list"
    kind: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    content: str
    facts: str = "{}"
    at: int = Field(sa_type=BigInteger)


class ListSent(DistrictBase, table=True):
    """Which version of a list an installation was last sent."""

    __tablename__ = "list_sent"
    enrolled: str = Field(primary_key=True, description="station:inst")
    kind: str = Field(primary_key=True)
    version: str


class Quarantined(DistrictBase, table=True):
    """A file that was not taken: kept with its reason."""

    __tablename__ = "quarantined"
    id: str = Field(primary_key=True, description="file name in the quarantine folder")
    station: str
    name: str
    code: str
    words: str
    size: int
    at: int = Field(sa_type=BigInteger)


class Counter(DistrictBase, table=True):
    """Last number of a series."""

    __tablename__ = "counter"
    series: str = Field(primary_key=True)
    last: int = Field(sa_type=BigInteger)


def _core(table: type[DistrictBase]) -> Table:
    found: Table = table.__table__  # type: ignore[attr-defined]
    return found


ENROLLED = _core(Enrolled)
LINES = _core(Line)
BATCHES = _core(Batch)
KEPT = _core(Kept)
CASES = _core(CaseView)
OUTGOING = _core(Outgoing)
OUTGOING_HEAD = _core(OutgoingHead)
LISTS = _core(PublishedList)
LISTS_SENT = _core(ListSent)
QUARANTINED = _core(Quarantined)
COUNTERS = _core(Counter)
