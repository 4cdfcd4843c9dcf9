"""A case, its materials, what is owed, and the papers issued for it."""

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field

from clerk_tui.store.tables.base import StationBase


class Case(StationBase, table=True):
    __tablename__ = "cases"
    id: str = Field(primary_key=True)
    receipt_no: str = Field(unique=True, description="收件号, given here")
    receipt_tail: str = Field(description="last 4 digits of the 收件号")
    code: str = Field(unique=True, description="opaque code with check character, in the QR of every paper")
    district_no: str | None = Field(default=None, index=True, description="办件编号, given by the district")
    item_key: str = Field(index=True)
    item_name: str
    item_version: str = Field(description="SHA-256 of the item as it was at intake")
    item_snapshot: str = Field(description="JSON of the item")
    answers: str = Field(default="{}", description="JSON: question id -> list of option ids")
    fields: str = Field(default="{}", description="JSON: field id -> value")
    visit_id: str | None = Field(default=None, foreign_key="visit.id", index=True)
    applicant_kind: str = Field(description="person|organisation")
    applicant_id: str = Field(index=True)
    applicant_name: str
    agent_id: str | None = Field(default=None, foreign_key="person.id", index=True)
    authority_id: str | None = Field(default=None, foreign_key="authority.id")
    roles: str = Field(default="{}", description="JSON: holder role -> person id")
    state: str = Field(description="CaseState value")
    regime: str
    accept_power: str = Field(description="hall|department")
    handling: str = Field(description="即办件|承诺件")
    accepted_how: str = Field(default="", description="'' | complete | deficiency | promise")
    flag_credit_unchecked: bool = False
    flag_waiting_applicant: bool = False
    flag_requested: bool = Field(default=False, description="waits for the district's answer")
    flag_refused_by_district: bool = False
    flag_back_entered: bool = False
    intake_office: str = Field(description="收件地")
    accept_office: str = Field(description="受理部门")
    implementing_office: str = Field(description="实施主体")
    window_id: str = Field(foreign_key="window.id")
    clerk_id: str = Field(foreign_key="clerk.id")
    received_at: int = Field(sa_type=BigInteger)
    accepted_at: int | None = Field(default=None, sa_type=BigInteger)
    decided_at: int | None = Field(default=None, sa_type=BigInteger)
    closed_at: int | None = Field(default=None, sa_type=BigInteger)
    transferred_at: int | None = Field(
        default=None, sa_type=BigInteger, description="papers handed to the department (材料交接单)"
    )
    decision: str = Field(default="", description="'' | granted | refused")
    decision_source: str = Field(default="", description="hall|district|paper")
    five_day_due: str | None = Field(default=None, description="ISO date of the one-time-notice clock")
    five_day_from: str | None = Field(default=None, description="ISO date on which that clock was set going")
    correct_by: str | None = None
    promised_due: str | None = None
    statutory_due: str | None = None
    due_provisional: bool = False
    promised_limit: str = Field(default="", description="Limit.text of the promise, as the answers made it")
    statutory_limit: str = Field(default="", description="Limit.text; '' where there is none")
    dues_by: str = Field(default="hall", description="hall: computed here | district: told by the department")
    result_kind: str = Field(default="", description="paper|card|electronic|payment|none")
    result_name: str = ""
    delivery: str = Field(default="", description="window|mail|village|electronic")
    mail_to: str = ""
    fee_fen: int = 0
    fee_paid_fen: int = 0
    fee_how: str = ""
    fee_receipt: str = ""
    hotline_no: str = Field(default="", description="12345 number attached to the case")
    hotline_due: str | None = None
    hotline_answer: str = ""
    corrects_id: str | None = None
    note: str = ""
    version: int = 1
    __table_args__ = (
        Index("case_state", "state", "received_at", "id"),
        Index("case_applicant", "applicant_kind", "applicant_id", "item_key"),
        Index("case_received", "received_at", "id"),
        Index("case_tail", "receipt_tail", "received_at"),
        Index("case_closed", "closed_at"),
        Index(
            "case_due",
            "promised_due",
            sqlite_where=text("closed_at is null"),
            postgresql_where=text("closed_at is null"),
        ),
        Index("case_item_version", "item_version"),
    )


class ClockPause(StationBase, table=True):
    """A suspension of a case's clock, as an interval of dates (行政许可法 45, or the item's own rule)."""

    __tablename__ = "clock_pause"
    id: str = Field(primary_key=True)
    case_id: str = Field(foreign_key="cases.id", index=True)
    kind: str = Field(description="special_procedure|extension|waiting_applicant")
    name: str
    reason: str = ""
    approver: str = ""
    from_date: str
    to_date: str | None = None
    days: int = 0
    source: str = "district"


class Material(StationBase, table=True):
    __tablename__ = "material"
    id: str = Field(primary_key=True)
    case_id: str = Field(foreign_key="cases.id", index=True)
    ord: int
    key: str = Field(description="material id in the item")
    name: str
    evidence: str
    holder: str = Field(description="role: applicant, agent, deceased …")
    holder_id: str | None = Field(default=None, index=True, description="the person bound to that role")
    mark: str = Field(description="Mark value 0-9")
    verified_how: str = Field(
        default="", description="seen|resident_phone|department_system|on_file|pending_back_office"
    )
    verified_at: int | None = Field(default=None, sa_type=BigInteger)
    on_file_of: str | None = Field(default=None, description="material row that is reused")
    originals: int = 0
    copies: int = 0
    pages: int = 0
    kept_original: bool = False
    to_give_back: bool = False
    given_back_at: int | None = Field(default=None, sa_type=BigInteger)
    defect: str = ""
    checked_points: str = Field(default="[]", description="JSON list of ticked review points")
    standard: str = Field(default="", description="JSON: standard to meet, issuer, where to get it")
    version: int = 1
    __table_args__ = (
        Index("material_reuse", "evidence", "holder_id"),
        Index(
            "material_to_give_back",
            "case_id",
            sqlite_where=text("to_give_back and given_back_at is null"),
            postgresql_where=text("to_give_back and given_back_at is null"),
        ),
    )


class Owed(StationBase, table=True):
    """Ledger entry of 容缺 (kind owed) or of 告知承诺 to be verified (kind promise)."""

    __tablename__ = "owed"
    id: str = Field(primary_key=True)
    case_id: str = Field(foreign_key="cases.id", index=True)
    material_id: str = Field(foreign_key="material.id")
    kind: str = Field(default="owed", description="owed|promise")
    name: str
    state: str = Field(description="OwedState value")
    due: str = Field(description="ISO date")
    days: int
    unit: str = "working"
    cap_words: str = Field(default="", description="what capped it, e.g. 上限未公布(固定10工作日)")
    provisional: bool = False
    policy_id: str | None = None
    after_decision: bool = Field(default=False, description="falls due after the decision does")
    original_due: str = ""
    extended_times: int = 0
    rejected_times: int = 0
    proposed_outcome: str = ""
    settled_outcome: str = ""
    settled_by: str = ""
    fields: str = Field(default="[]", description="JSON list of fields owed with it")
    supplied_at: int | None = Field(default=None, sa_type=BigInteger)
    closed_at: int | None = Field(default=None, sa_type=BigInteger)
    made_at: int = Field(sa_type=BigInteger)
    version: int = 1
    __table_args__ = (Index("owed_ledger", "kind", "state", "due", "id"),)


class Reminder(StationBase, table=True):
    __tablename__ = "reminder"
    id: str = Field(primary_key=True)
    owed_id: str | None = Field(default=None, foreign_key="owed.id", index=True)
    result_id: str | None = Field(default=None, index=True)
    case_id: str = Field(foreign_key="cases.id", index=True)
    stage: str = Field(description="T-3|T-1|T0|overdue|monthly|arrived")
    how: str = Field(description="phone|sms|in_person|letter")
    reached: bool = False
    words: str = ""
    at: int = Field(sa_type=BigInteger)
    clerk_id: str


class Deficiency(StationBase, table=True):
    """One material of one one-time notice (补正): faulted, supplied, or faulted once more."""

    __tablename__ = "deficiency"
    id: str = Field(primary_key=True)
    case_id: str = Field(foreign_key="cases.id", index=True)
    notice_id: str = Field(foreign_key="notice.id")
    material_id: str = Field(foreign_key="material.id")
    state: str = Field(default="asked", description="asked|supplied|faulted")
    reason: str = ""
    standard: str = ""
    due: str | None = None
    round: int = 1
    supplied_at: int | None = Field(default=None, sa_type=BigInteger)


class Notice(StationBase, table=True):
    """A paper that an act issued: its number is never used again, and `facts` is all that it says."""

    __tablename__ = "notice"
    id: str = Field(primary_key=True)
    kind: str = Field(description="PaperKind value", index=True)
    number: str = Field(unique=True)
    code: str = Field(unique=True, description="opaque code in its QR")
    case_id: str | None = Field(default=None, index=True)
    visit_id: str | None = Field(default=None, index=True)
    ticket_id: str | None = None
    person_id: str | None = None
    facts: str = Field(description="JSON, complete: a paper is rendered from this and nothing else")
    variant: str = Field(default="plain", description="PaperVariant value: language and size of print")
    issued_at: int = Field(sa_type=BigInteger)
    issued_by: str
    signed_how: str = Field(default="", description="'' | signature | thumbprint | seal | electronic | refused")
    signed_at: int | None = Field(default=None, sa_type=BigInteger)
    witness: str = ""
    void_reason: str = ""
    voided_at: int | None = Field(default=None, sa_type=BigInteger)


class Transfer(StationBase, table=True):
    """材料交接单: accepted cases handed to a department."""

    __tablename__ = "transfer"
    id: str = Field(primary_key=True)
    number: str = Field(unique=True)
    department: str
    notice_id: str | None = None
    cases: str = Field(description="JSON list of {case_id, pages, originals}")
    discrepancies: str = ""
    signed_by: str = ""
    handed_by: str
    at: int = Field(sa_type=BigInteger)
