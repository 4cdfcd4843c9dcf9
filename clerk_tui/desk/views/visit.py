"""Who stands here, and what waits for this person."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PersonView:
    """`name`, `number`, `phone` are masked unless the act needed them whole."""

    id: str
    kind: str  # person | organisation
    name: str
    name_masked: str
    id_kind: str
    id_kind_words: str
    number_masked: str
    sex: str
    age: int | None
    birth: str
    phone_masked: str
    address: str
    village: str
    version: int = 1
    phone: str = ""
    contact: str = ""


@dataclass(frozen=True)
class Registered:
    """A party that was registered now, or was there already: a number never makes a second one."""

    person: PersonView
    existing: bool
    differs: tuple[str, ...] = ()  # what was typed now and stands otherwise in the register, in words
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unmasked:
    """Whole numbers, shown once for a reason that stands in the access log."""

    id: str
    kind: str  # person | organisation
    name: str
    number: str
    phone: str
    address: str
    of_form: tuple[tuple[str, str], ...] = ()  # label, whole number: identity and account numbers of a case's form


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: owed material, correction, result, draft, appointment, refused record, open case."""

    kind: str  # owed | correction | result | appointment | task | open_case | give_back
    id: str
    case_id: str
    words: str
    due: str = ""
    urgency: str = ""  # '' | today | soon | overdue
    for_whom: str = ""  # '' for the attendee, else the principal's masked name and relation


@dataclass(frozen=True)
class AuthorityView:
    id: str
    kind: str
    kind_words: str
    principal_kind: str
    principal_id: str
    principal_name: str
    relation: str
    scope: str
    scope_words: str
    valid_from: str
    valid_to: str | None
    evidence: str


@dataclass(frozen=True)
class ServiceView:
    kind: str
    words: str
    case_id: str | None = None
    receipt_no: str = ""
    state_words: str = ""


@dataclass(frozen=True)
class VisitView:
    id: str
    kind: str
    kind_words: str
    ticket_number: str
    state: str
    opened_at: int
    attendee: PersonView | None
    identified_how: str  # '' until 人证一致
    identified_words: str
    waits: tuple[Waiting, ...]
    owed: int
    collectable: int
    running: int
    authorities: tuple[AuthorityView, ...]
    services: tuple[ServiceView, ...]
    class_doubt: str = ""  # why the ticket's class is not this person's; '' where it is or cannot be told
