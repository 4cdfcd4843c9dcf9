"""A case as it is read: its facts, its clock, its papers, its history in plain words; ledgers and lists."""

from dataclasses import dataclass

from clerk_tui.desk.views.intake import PaperView


@dataclass(frozen=True)
class CaseRow:
    id: str
    receipt_no: str
    district_no: str
    item_name: str
    applicant_masked: str
    state: str
    state_words: str
    received_at: int
    due: str
    due_words: str  # 剩 3 工作日 | 逾期 1 日
    flags: tuple[str, ...]


@dataclass(frozen=True)
class MaterialView:
    id: str
    key: str
    name: str
    mark: str
    mark_words: str
    verified_words: str
    defect: str
    owed_due: str
    to_give_back: bool
    given_back: bool
    kept_here: bool = False  # an original that lies here and was not given back


@dataclass(frozen=True)
class HistoryLine:
    at: int
    who: str
    words: str
    sent: str  # '' | 待发 | 已发 | 已确认 | 被退回


@dataclass(frozen=True)
class CaseView:
    row: CaseRow
    version: int
    item_key: str
    department: str
    applicant_id: str
    applicant_kind: str
    agent_masked: str
    answers: tuple[tuple[str, str], ...]  # question, answer in words
    fields: tuple[tuple[str, str, str], ...]  # id, label, value in words
    materials: tuple[MaterialView, ...]
    clock: tuple[str, ...]  # lines: limits, pauses, provisional
    owed: tuple["OwedRow", ...]
    results: tuple["ResultRow", ...]
    papers: tuple[PaperView, ...]
    history: tuple[HistoryLine, ...]
    tasks: tuple["TaskView", ...]
    acts: tuple[tuple[str, str, str], ...]  # act name, words, '' or why not now
    fee_words: str = ""  # what is due and what was paid
    hotline: tuple[str, str, str] = ("", "", "")  # 12345 number, due day, answer
    delivery_words: str = ""
    looked_at: tuple[HistoryLine, ...] = ()  # who opened it while the person was not here


@dataclass(frozen=True)
class OwedRow:
    id: str
    case_id: str
    receipt_no: str
    kind: str  # owed | promise
    name: str
    state: str
    state_words: str
    due: str
    due_words: str  # 逾期1日 | 今天 | 1 工作日
    urgency: str  # overdue | today | T-1 | T-3 | ''
    applicant_masked: str
    phone_masked: str
    item_name: str
    cap_words: str
    last_reminder: str
    last_reached: bool | None
    provisional: bool
    version: int
    basis: str = ""


@dataclass(frozen=True)
class LedgerPage:
    rows: tuple[OwedRow, ...]
    due_today: int
    due_tomorrow: int
    within_three: int
    overdue: int
    total: int
    policy_words: str  # the district's list, number and date, or 示例, or none loaded
    next_key: str = ""


@dataclass(frozen=True)
class ResultRow:
    id: str
    case_id: str
    receipt_no: str
    applicant_masked: str
    item_name: str
    kind: str
    kind_words: str
    name: str
    number: str
    state: str
    state_words: str
    shelf: str
    since: int
    age_days: int
    urgency: str
    in_hall: bool = False  # the person is being served or waits now
    source_words: str = ""
    version: int = 1
    mail_to: str = ""
    serve_words: str = ""  # until when a permit's result is to be served, while nobody has been told


@dataclass(frozen=True)
class TransferRow:
    """A case that can go to its department now, or why not."""

    case_id: str
    receipt_no: str
    item_name: str
    applicant_masked: str
    department: str
    pages: int
    originals: int
    accepted_at: int
    blocked: str = ""


@dataclass(frozen=True)
class GiveBackRow:
    """A case whose originals lie here and are to go back to the applicant."""

    case_id: str
    receipt_no: str
    item_name: str
    applicant_masked: str
    state_words: str
    names: tuple[str, ...]
    since: int
    in_hall: bool = False


@dataclass(frozen=True)
class TaskView:
    id: str
    kind: str
    kind_words: str
    case_id: str
    receipt_no: str
    field: str
    field_words: str
    words: str
    made_at: int
    rid: str = ""


@dataclass(frozen=True)
class Hit:
    """One result of the find box."""

    group: str  # person | organisation | case | ticket | paper | shelf | item | act
    id: str
    title: str
    detail: str
    exact: bool = False


@dataclass(frozen=True)
class AgencyRow:
    """One line of the agent's register (代办台账)."""

    serial: int
    date: str
    principal_masked: str
    village: str
    agent: str
    item_name: str
    authority_words: str
    authority_evidence: str  # the paper that showed the authority
    materials_words: str
    receipt_no: str
    district_no: str
    transferred_words: str  # to which department the papers went, and on which day
    due: str
    state_words: str
    result_words: str
    returned_words: str
    case_id: str
