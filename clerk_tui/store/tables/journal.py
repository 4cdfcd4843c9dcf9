"""The journal: history, audit trail and outbox in one; and the counter rows that numbers come from."""

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from clerk_tui.store.tables.base import StationBase


class JournalEvent(StationBase, table=True):
    __tablename__ = "journal_event"
    n: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    rid: str = Field(unique=True)
    kind: str
    v: int = 1
    ent: str
    ent_id: str
    ent_ver: int
    base_ver: int
    at: int = Field(sa_type=BigInteger)
    clk: str = Field(description="boot id and monotonic milliseconds")
    act_id: str
    clerk_id: str
    second_id: str | None = Field(default=None, description="who approved")
    window_id: str | None = None
    source: str = Field(default="station", description="station|district")
    travels: str = Field(description="whole|part|hash|stays")
    body: str | None = Field(description="canonical JSON; null once erased")
    salt: str | None = None
    sha: str = Field(description="SHA-256 of the record")
    __table_args__ = (
        Index("journal_entity", "ent", "ent_id", "n"),
        Index("journal_act", "act_id"),
    )


class JournalHead(StationBase, table=True):
    """One row, locked last in every act."""

    __tablename__ = "journal_head"
    id: int = Field(default=1, primary_key=True)
    n: int = Field(default=0, sa_type=BigInteger)
    head: str
    last_at: int = Field(default=0, sa_type=BigInteger)


class NumberRow(StationBase, table=True):
    """Last number given out in a series; locked after the queue and before the journal head."""

    __tablename__ = "number_row"
    series: str = Field(primary_key=True)
    last: int = Field(sa_type=BigInteger)


class Counter(StationBase, table=True):
    """Kept counts, so that no screen counts a million rows."""

    __tablename__ = "counter"
    name: str = Field(primary_key=True)
    value: int = Field(sa_type=BigInteger)


class AccessLog(StationBase, table=True):
    __tablename__ = "access_log"
    id: str = Field(primary_key=True)
    at: int = Field(sa_type=BigInteger)
    clerk_id: str
    window_id: str | None = None
    what: str = Field(description="unmask|open_case|open_person|export")
    ent: str
    ent_id: str = Field(index=True)
    reason: str


class Task(StationBase, table=True):
    """Something a person must see to: a record that the district refused, an incident, a gap."""

    __tablename__ = "task"
    id: str = Field(primary_key=True)
    kind: str = Field(description="rejected|held|conflict|incident|fork|clock")
    case_id: str | None = Field(default=None, index=True)
    rid: str | None = Field(default=None, index=True)
    field: str = ""
    code: str = ""
    words: str
    made_at: int = Field(sa_type=BigInteger)
    closed_at: int | None = Field(default=None, sa_type=BigInteger)
    closed_by: str = ""
    close_words: str = ""
    __table_args__ = (Index("task_open", "closed_at", "made_at"), Index("task_code", "code", "case_id"))


class Policy(StationBase, table=True):
    """What a place may decide differently, as data with dates: the district's 容缺 list, correction and queue policies."""

    __tablename__ = "policy"
    id: str = Field(primary_key=True)
    kind: str = Field(description="deficiency|correction|queue|credit")
    number: str = Field(description="number of the document that sets it")
    dated: str
    valid_from: str
    valid_to: str | None = None
    example: bool = Field(default=False, description="shown as 示例")
    body: str
    loaded_at: int = Field(sa_type=BigInteger)


class Meta(StationBase, table=True):
    """Schema version and other facts about this file."""

    __tablename__ = "meta"
    name: str = Field(primary_key=True)
    value: str
