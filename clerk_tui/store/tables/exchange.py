"""What the batch channel keeps at a station: only the channel's room writes these."""

from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field

from clerk_tui.store.tables.base import StationBase


class Batch(StationBase, table=True):
    """A sealed batch, up or down: its exact bytes, kept."""

    __tablename__ = "batch"
    id: str = Field(primary_key=True)
    station: str
    inst: str
    direction: str = Field(description="U|D")
    bno: int
    name: str = Field(unique=True)
    first_seq: int
    last_seq: int
    last_n: int = Field(default=0, sa_type=BigInteger, description="journal position after its last event")
    records: int
    sha: str
    prev_sha: str
    content: bytes | None = Field(default=None, sa_type=LargeBinary)
    size: int
    state: str = Field(description="sealed|sent|parked|applied|refused")
    reason: str = ""
    sealed_at: int = Field(sa_type=BigInteger)
    sent_at: int | None = Field(default=None, sa_type=BigInteger)
    applied_at: int | None = Field(default=None, sa_type=BigInteger)
    tries: int = 0
    skew_ms: int | None = Field(
        default=None, sa_type=BigInteger, description="district's clock minus ours, from its ack"
    )
    __table_args__ = (
        UniqueConstraint("station", "inst", "direction", "bno"),
        Index("batch_state", "direction", "state"),
    )


class SentRecord(StationBase, table=True):
    """Fate of one journal event at the district."""

    __tablename__ = "sent_record"
    rid: str = Field(primary_key=True)
    batch_id: str = Field(foreign_key="batch.id", index=True)
    seq: int
    ent: str
    ent_id: str
    state: str = Field(description="waiting|ok|rejected|held|superseded")
    code: str = ""
    field: str = ""
    words: str = ""
    changed_at: int = Field(sa_type=BigInteger)
    __table_args__ = (Index("sent_entity", "ent", "ent_id"), Index("sent_state", "state"))


class ReceivedRecord(StationBase, table=True):
    """Dedupe row: one record of a downlink batch that was applied."""

    __tablename__ = "received_record"
    rid: str = Field(primary_key=True)
    sha: str
    batch_id: str = Field(foreign_key="batch.id")
    seq: int
    kind: str
    ent_id: str
    state: str = Field(description="ok|conflict|held")
    code: str = ""
    words: str = ""
    line: str = Field(default="", description="the record's whole line, kept while held")
    received_at: int = Field(sa_type=BigInteger)
    alarmed: bool = Field(default=False, description="a task tells a person that it is held")
    told: bool = Field(default=True, description="false until a manifest has told the sender that it is not ok")
    __table_args__ = (Index("received_state", "state", "seq"),)


class Stream(StationBase, table=True):
    """Cursor of one stream."""

    __tablename__ = "stream"
    id: str = Field(primary_key=True, description="station:inst:direction")
    next_bno: int = 1
    next_seq: int = 1
    last_sha: str = ""
    last_n: int = Field(default=0, sa_type=BigInteger)
    chain: str = Field(default="", description="the sender's journal head after the last record")
    acked_bno: int = Field(default=0, description="all batches up to this one are confirmed by the receiver")
    resend_from: int = Field(default=0, description="the receiver misses batches from this one on; 0: none")
    asked_at: int = Field(default=0, sa_type=BigInteger, description="when a gap was last asked for")
    state: str = Field(default="open", description="open|stopped|closed")
    reason: str = ""
    changed_at: int = Field(default=0, sa_type=BigInteger)


class SyncLease(StationBase, table=True):
    """Which program syncs, and how the last exchange went."""

    __tablename__ = "sync_lease"
    id: int = Field(default=1, primary_key=True)
    holder: str = ""
    until: int = Field(default=0, sa_type=BigInteger)
    last_try_at: int | None = Field(default=None, sa_type=BigInteger)
    last_ok_at: int | None = Field(default=None, sa_type=BigInteger)
    last_error: str = ""
    next_try_at: int | None = Field(default=None, sa_type=BigInteger)
    failures: int = 0
    paused_by: str = Field(default="", description="name of the person who paused the exchange; empty: it runs")
    paused_words: str = ""
    paused_at: int | None = Field(default=None, sa_type=BigInteger)
    wanted_at: int | None = Field(
        default=None, sa_type=BigInteger, description="another program asked for an exchange now"
    )


class Key(StationBase, table=True):
    """Public halves of the keys that a station knows; private keys are files that only the user can read."""

    __tablename__ = "exchange_key"
    kid: str = Field(primary_key=True)
    owner: str = Field(description="station|district")
    use: str = Field(description="sign|decrypt")
    public: str
    valid_from_at: int = Field(sa_type=BigInteger)
    revoked_at: int | None = Field(default=None, sa_type=BigInteger)


class PrintJob(StationBase, table=True):
    """Machinery: a paper on its way to a printer. Printed only when the command or the device took it.

    The bytes lie in the evidence folder under their hash; a retry sends the same bytes again.
    """

    __tablename__ = "print_job"
    id: str = Field(primary_key=True)
    notice_id: str = Field(foreign_key="notice.id", index=True)
    window_id: str | None = Field(default=None, description="the window whose program sends it")
    clerk_id: str
    copy_no: int = 1
    device: str = Field(description="slip|system")
    media: str = Field(description="pdf|html|slip")
    variant: str = "plain"
    sha: str = Field(description="SHA-256 of the bytes")
    state: str = Field(description="waiting|sending|printed|shown|saved|failed|dropped")
    attempts: int = 0
    error: str = ""
    made_at: int = Field(sa_type=BigInteger)
    next_at: int = Field(sa_type=BigInteger, description="not tried before; while sending: taken up again after it")
    done_at: int | None = Field(default=None, sa_type=BigInteger)
    __table_args__ = (Index("print_job_due", "state", "next_at"),)
