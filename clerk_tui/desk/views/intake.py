"""Comprehensive intake: what the clerk has put in (draft), and the sheet that the desk makes of it."""

from dataclasses import dataclass, field
from typing import Any

from clerk_tui.rules.legal_texts import RefusalReason


@dataclass(frozen=True)
class MaterialMark:
    """One material as marked. `mark` is the digit of its state of checking ('' while unmarked)."""

    mark: str = ""
    verified_how: str = ""  # seen | resident_phone | department_system | on_file | pending_back_office
    defect: str = ""
    originals: int = 0
    copies: int = 0
    pages: int = 0
    points: tuple[str, ...] = ()
    owed_days: int | None = None  # chosen by the clerk, within the cap
    on_file_of: str = ""


@dataclass(frozen=True)
class IntakeDraft:
    """All that was typed for one case of a visit; kept in the window's draft file, never in the journal."""

    act_id: str
    visit_id: str
    item_key: str
    applicant_kind: str = "person"
    applicant_id: str = ""
    authority_id: str = ""
    roles: dict[str, str] = field(default_factory=dict)  # holder role -> person id
    answers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    marks: dict[str, MaterialMark] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)  # str, int, bool, list[str], list[dict] by field type
    delivery: str = ""
    mail_to: str = ""
    fee_paid_fen: int = 0
    fee_how: str = ""
    fee_receipt: str = ""
    note: str = ""
    back_entered: bool = False
    received_on: str = ""  # ISO date, only when back-entered
    members: tuple[str, ...] = ()  # of a package draft: the items that are applied for
    produced: dict[str, str] = field(default_factory=dict)  # material -> item of the same package that makes it
    item_version: str = ""  # of the catalogue's item when the draft was last worked on
    listed: tuple[str, ...] = ()  # names of the materials that it asked for then


@dataclass(frozen=True)
class OptionView:
    id: str
    label: str
    chosen: bool
    stops: str = ""  # guidance when this option ends in refusal
    goes_to: str = ""  # item key


@dataclass(frozen=True)
class QuestionView:
    id: str
    text: str
    multi: bool
    options: tuple[OptionView, ...]
    answered: bool


@dataclass(frozen=True)
class MaterialRow:
    """A row of the checklist."""

    key: str
    name: str
    holder: str
    holder_words: str
    evidence: str
    original: int
    copies: int
    mark: MaterialMark
    allowed_marks: tuple[str, ...]
    tolerable: bool
    tolerance_words: str  # 可容缺 5 工作日(示例清单) | 不可容缺: 核心材料
    hint: str  # 电子证照可免提交, 已在库 …
    points: tuple[str, ...]  # review points
    standard: str
    why: str  # which answer asked for it
    fault: str = ""  # what is wrong with the mark
    shared_with: str = ""  # already marked in another case of this visit
    share: str = ""
    not_here: str = ""  # why marks that need somebody at the window are not allowed


@dataclass(frozen=True)
class FieldRow:
    id: str
    label: str
    type: str  # catalogue field types
    required: bool
    options: tuple[str, ...]
    value: Any
    hint: str
    error: str  # '' when it is fine
    from_material: str = ""
    owed: bool = False
    source: str = ""  # where a prefilled value came from


@dataclass(frozen=True)
class OutcomeView:
    """One outcome that the desk may offer, possible or not, and why."""

    kind: str  # Outcome value: accept | accept_deficient | receive | correct_now | one_time_notice | refuse | not_applicable | asked | withdrawn | decide_now
    words: str
    possible: bool
    reason: str
    basis: str
    due_words: str = ""
    needs: tuple[str, ...] = ()  # commitment_signed | supervisor | reason | tolerance_declined
    reasons: tuple[RefusalReason, ...] = ()  # of a refusal: those that the law knows


@dataclass(frozen=True)
class IntakeSheet:
    item_key: str
    item_code: str
    item_name: str
    department: str
    handling: str
    limit_words: str  # 承诺 15 工作日
    visits_words: str
    fee_words: str
    fee_fen: int
    category: str
    regime: str  # key of rules.regimes
    questions: tuple[QuestionView, ...]
    materials: tuple[MaterialRow, ...]
    fields: tuple[FieldRow, ...]
    outcomes: tuple[OutcomeView, ...]  # the possible ones first
    stop: str = ""
    goes_to: str = ""
    unanswered: int = 0
    unmarked: int = 0
    missing: int = 0
    faults: tuple[str, ...] = ()
    open_case: str = ""  # an open case of the same applicant and item: its words
    open_case_id: str = ""
    roles_needed: tuple[tuple[str, str, str], ...] = ()  # role, words, bound person's masked name
    provisional: bool = False
    notes: tuple[str, ...] = ()
    applicant_words: str = ""  # for whom, and by what right, where another than the applicant stands here
    delivery: str = ""  # window | mail | village | electronic: how the result is handed over as the draft stands
    numbered_result: str = ""  # name of the result where it is a certificate with a number of its own
    version: str = ""  # of the catalogue's item, or of those of a package


@dataclass(frozen=True)
class PaperView:
    """A paper that was issued; documents renders it from `facts`."""

    id: str
    kind: str
    title: str
    number: str
    code: str
    case_id: str
    facts: dict[str, Any]
    issued_at: int
    signed_how: str
    void_reason: str
    printed: int  # copies that a printer took
    variant: str = "plain"  # PaperVariant value
    opened: int = 0  # copies that only the system's viewer showed: it can print them
    saved: int = 0  # copies that were saved as a file


@dataclass(frozen=True)
class Settled:
    """What an act on a case came to."""

    case_id: str
    receipt_no: str
    state: str
    state_words: str
    words: str  # one line for the fixed line
    papers: tuple[PaperView, ...]


@dataclass(frozen=True)
class PackageView:
    """A 一件事 with its members; of each group of `choose_one` one is applied for."""

    key: str
    code: str
    name: str
    trigger: str
    limit_words: str
    order_reason: str
    members: tuple[tuple[str, str], ...]  # item, name
    choose_one: tuple[tuple[tuple[str, str], ...], ...]
    external: tuple[str, ...]
    stops: tuple[str, ...]  # items that end with this event


@dataclass(frozen=True)
class ItemHit:
    key: str
    code: str
    name: str
    department: str
    handling: str
    limit_words: str
    rank: int
    for_persons: bool = True
