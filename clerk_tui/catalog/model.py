"""The catalogue as the program knows it: frozen facts about service items, read once from data/catalog."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from clerk_tui.rules.legal_texts import LegalBook, LegalTexts
from clerk_tui.rules.limits import Limit


@dataclass(frozen=True)
class MaterialSpec:
    """A paper that an item may ask for. Tolerance marks are 示例: they count only through a loaded deficiency list."""

    key: str
    name: str
    evidence: str = ""  # kind of evidence, shared between items; '' = this item's own paper
    holder: str = "applicant"  # role whose paper it is
    original: int = 0
    copy: int = 0
    form: str = "either"  # paper | electronic | either
    source: str = "applicant"  # applicant | government | other
    bring: str = "yes"  # yes | not_needed_if_shared | issued_in_process
    share: str = ""  # 电子证照:… | 数据共享:… ; '' = not shareable
    tolerant: bool = False
    tolerant_days: int | None = None
    core: bool = False  # never owed: the form, identity, what the item is about
    checkpoints: tuple[str, ...] = ()
    standard: str = ""
    issuer: str = ""  # who issues it
    where: str = ""  # where and how one gets it
    how_long: str = ""  # how long that usually takes
    note: str = ""


@dataclass(frozen=True)
class FieldSpec:
    """A field of an item's form."""

    id: str
    label: str
    type: str
    required: bool = False
    options: tuple[str, ...] = ()  # of choice and multi; a multi without any takes free entries
    hint: str = ""
    from_material: str = ""  # key of the material that proves it; while that is owed, the field is


@dataclass(frozen=True)
class Overrides:
    """What an answer changes of its item; unset parts leave the item as it is."""

    handling: str = ""
    promise: Limit | None = None
    fee_words: str = ""
    fee_fen: int | None = None
    onsite_inspection: bool | None = None
    facts: tuple[tuple[str, str], ...] = ()  # (name, words), shown to the clerk: 程序=紧急程序

    def __bool__(self) -> bool:
        return self != Overrides()


@dataclass(frozen=True)
class Option:
    id: str
    label: str
    add: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()  # these become required
    set: Overrides = field(default_factory=Overrides)
    stop: str = ""  # the item does not fit; words of guidance
    goto: str = ""  # key of the item that fits instead
    alone: bool = False  # of a multi question: excludes the others (无特殊)


@dataclass(frozen=True)
class Question:
    id: str
    text: str
    options: tuple[Option, ...]
    multi: bool = False  # several options may be chosen, at least one must
    ask_when: tuple[tuple[str, tuple[str, ...]], ...] = ()  # (question, any of these options), all must hold


@dataclass(frozen=True)
class ResultSpec:
    name: str
    kind: str  # 证照 | 批文 | 回执 | …
    result_kind: str  # paper | card | electronic | payment | none
    electronic: bool = False
    delivery: tuple[str, ...] = ()
    validity: str = ""


@dataclass(frozen=True)
class Item:
    """One service item 事项."""

    key: str
    code: str  # two letters and two digits for the find box
    name: str
    department: str
    office: str
    category: str  # 行政许可 | 行政确认 | …
    handling: str  # 即办件 | 承诺件
    promise: Limit
    legal: Limit | None
    accept_power: str  # hall | department
    regime: str  # key of rules.regimes
    result: ResultSpec
    questions: tuple[Question, ...]
    fields: tuple[FieldSpec, ...]
    base_materials: tuple[str, ...]
    materials: tuple[MaterialSpec, ...]
    valid_from: str  # ISO date
    valid_to: str = ""  # ISO date, last day; '' = open
    aliases: tuple[str, ...] = ()  # what people call it
    applicants: tuple[str, ...] = ()
    decide_power: str = "department"  # hall | department: who decides a 即办件
    deciders: tuple[str, ...] = ("clerk",)  # roles that may decide at the hall
    promise_basis: str = ""
    legal_basis: str = ""  # the law that sets the limit, as papers cite it
    basis: tuple[
        tuple[str, tuple[str, ...]], ...
    ] = ()  # outcome -> what its paper cites, where legal.yaml says another
    remedies: tuple[str, ...] = ()  # in place of those of the regime
    limit_note: str = ""
    publicity_days: int = 0  # calendar days of 公示, outside the limit
    onsite_inspection: bool = False
    visits: int = 0
    visits_reason: str = ""
    channels: tuple[str, ...] = ()
    fee_words: str = "不收费"
    fee_fen: int | None = 0  # None: the amount is not known here
    fee_name: str = ""
    fee_basis: str = ""
    accept_levels: tuple[str, ...] = ()
    accept_scope: str = ""
    agent_policy: str = "proxy"  # proxy | guardian | heir
    ask_who: bool = True  # ask the common question 由谁办理
    marks: tuple[str, ...] = ()  # 马上办 | 网上办 | 就近办 | 一次办
    senior: str = "none"
    true_will: bool = False  # moves a home or a household: an old party is asked (老年人权益保障法)
    renewal: str = ""
    steps: tuple[str, ...] = ()  # this item's own chain of acts
    stages: tuple[str, ...] = ()  # 受理 审核 审批 办结 送达
    faq: tuple[tuple[str, str], ...] = ()  # (question, answer)
    packages: tuple[str, ...] = ()
    consult_phone: str = ""  # '' = the hall's
    complaint_phone: str = ""
    basic_code: str = ""
    implementation_code: str = ""
    inferred: tuple[str, ...] = ()  # names of values that no published guide confirms
    source: tuple[str, ...] = ()
    source_refs: tuple[str, ...] = ()
    confidence: str = ""  # published | partly | own-knowledge
    verified: tuple[str, ...] = ()
    note: str = ""
    version: str = ""  # hash of the item's facts

    @cached_property
    def material_by_key(self) -> dict[str, MaterialSpec]:
        return {material.key: material for material in self.materials}

    def material(self, key: str) -> MaterialSpec:
        """The material of that key. Raises KeyError."""
        return self.material_by_key[key]

    def is_valid(self, day: str) -> bool:
        """Whether the item may be taken in on that ISO date."""
        return self.valid_from <= day and (not self.valid_to or day <= self.valid_to)

    def snapshot(self) -> dict[str, Any]:
        """The item as JSON, to be kept with a case; `codec.item_from_snapshot` reads it back."""
        from clerk_tui.catalog.codec import to_json

        data: dict[str, Any] = to_json(self)
        return data


@dataclass(frozen=True)
class EvidenceKind:
    """A kind of paper that several items ask for."""

    key: str
    name: str
    identity: bool = False  # an identity document: never kept, never owed
    per_item: bool = False  # written anew for each item (承诺书), shared only where a package says so
    reuse_days: int | None = None  # how long a checked copy on file may be used again; None = never


@dataclass(frozen=True)
class Package:
    """一件事: several items for one event of life."""

    key: str
    code: str
    name: str
    kind: str
    trigger: str
    promise: Limit | None
    visits: int
    members: tuple[str, ...]
    order: tuple[tuple[str, ...], ...]  # stages; members of one stage go together
    order_reason: str
    external: tuple[str, ...] = ()  # matters that other bodies take in
    choose_one: tuple[tuple[str, ...], ...] = ()
    produces_for: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()  # item -> (item, material)
    collect_once: tuple[tuple[str, str], ...] = ()  # (evidence, holder)
    stops: tuple[str, ...] = ()  # items that end with this event
    source: tuple[str, ...] = ()
    valid_from: str = ""
    valid_to: str = ""

    def is_valid(self, day: str) -> bool:
        """Whether the package is offered on that ISO date."""
        return self.valid_from <= day and (not self.valid_to or day <= self.valid_to)


@dataclass(frozen=True)
class Source:
    key: str
    title: str
    tier: str  # official | law | repost | unofficial
    url: str = ""


class Spelling(NamedTuple):
    """A name or alias as it is searched for."""

    name: str
    pinyin: str
    initials: str


@dataclass(frozen=True)
class Catalogue:
    """All items and packages, in the order of their codes."""

    items: dict[str, Item]
    packages: dict[str, Package]
    evidence: dict[str, EvidenceKind]
    holders: dict[str, str]  # role -> words
    sources: dict[str, Source]
    common_fields: tuple[FieldSpec, ...]
    common_materials: dict[str, MaterialSpec]  # those that the common question asks for
    who_question: Question
    version: str  # hash of all files
    title: str = ""
    banner: str = ""  # what the clerk is told about the standing of this catalogue
    demonstration: bool = True
    area: str = ""  # 行政区划 code of the county
    spelling: dict[str, tuple[Spelling, ...]] = field(default_factory=dict)  # by key; packages as package:key
    english: dict[str, str] = field(default_factory=dict)  # Chinese text -> its English; empty = none
    legal: LegalBook = field(default_factory=lambda: LegalBook({}, {}))  # legal.yaml

    def legal_of(self, item: Item) -> LegalTexts:
        """What papers of an item cite and tell of remedies."""
        return self.legal.regimes[item.regime].with_own(dict(item.basis), item.remedies)

    def item(self, key: str) -> Item:
        """The item of that key. Raises KeyError."""
        return self.items[key]

    @cached_property
    def key_by_code(self) -> dict[str, str]:
        return {item.code: key for key, item in self.items.items()}
