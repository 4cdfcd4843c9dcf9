"""What waits for the one who stands here, and for those whom a recorded, valid authority names; for no one else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select

from clerk_tui.desk.authorities import valid_rows
from clerk_tui.desk.context import Desk
from clerk_tui.desk.paper_facts import AUTHORITY_KINDS
from clerk_tui.desk.people import same_person
from clerk_tui.desk.views.visit import Waiting
from clerk_tui.rules.limits import remaining
from clerk_tui.rules.masking import mask_name
from clerk_tui.rules.states import CASE_ENDS, CASE_OPEN, OWED_OPEN, RESULT_COLLECTABLE, CaseState
from clerk_tui.store import case_dues
from clerk_tui.store.core import (
    APPOINTMENTS,
    CASES,
    DEFICIENCIES,
    MATERIALS,
    ORGANISATIONS,
    OWED,
    PERSONS,
    RESULTS,
    TASKS,
)

_URGENCY = {"overdue": 0, "today": 1, "soon": 2}
_KINDS = {"correction": 0, "owed": 1, "result": 2, "task": 3, "give_back": 4, "appointment": 5, "open_case": 6}


@dataclass(frozen=True)
class Counts:
    """All that may be shown before the identity is checked."""

    owed: int = 0
    collectable: int = 0
    running: int = 0


@dataclass(frozen=True)
class _Party:
    """One for whom things wait: all ids of the party, and in which items the attendee may act ('*' all)."""

    kind: str
    ids: tuple[str, ...]
    scopes: frozenset[str]
    for_whom: str


def waits(connection: Connection, desk: Desk, person_id: str) -> tuple[Waiting, ...]:
    """Everything that waits, the most urgent first."""
    today = desk.today()
    parties = _parties(connection, person_id, today)
    cases = _cases(connection, parties)
    found = [
        *_owed(connection, desk, cases, today),
        *_corrections(connection, desk, cases, today),
        *_results(connection, cases),
        *_tasks(connection, cases),
        *_give_back(connection, cases),
        *_appointments(connection, desk, parties[0].ids, today),
        *_open_cases(cases, desk),
    ]
    return tuple(sorted(found, key=lambda one: (_URGENCY.get(one.urgency, 3), _KINDS[one.kind], one.due)))


def counts(connection: Connection, desk: Desk, person_id: str) -> Counts:
    """How much waits, without saying what."""
    cases = _cases(connection, _parties(connection, person_id, desk.today()))
    ids = list(cases)
    owed = connection.execute(
        select(func.count()).where(OWED.c.case_id.in_(ids), OWED.c.kind == "owed", OWED.c.state.in_(OWED_OPEN))
    ).scalar_one()
    asked = connection.execute(select(func.count()).select_from(DEFICIENCIES).where(*_asked(ids))).scalar_one()
    collectable = connection.execute(
        select(func.count()).where(RESULTS.c.case_id.in_(ids), RESULTS.c.state.in_(RESULT_COLLECTABLE))
    ).scalar_one()
    running = sum(1 for row, _ in cases.values() if row.state in CASE_OPEN)
    return Counts(int(owed) + int(asked), int(collectable), running)


Cases = Mapping[str, tuple[Row[Any], str]]
"""Case id -> the case's row and for whom ('' for the attendee)."""


def _parties(connection: Connection, person_id: str, today: date) -> list[_Party]:
    own = same_person(connection, person_id)
    parties = {("person", own[0]): _Party("person", own, frozenset("*"), "")}
    for row in valid_rows(connection, own, today.isoformat()):
        ids = same_person(connection, row.principal_id) if row.principal_kind == "person" else (row.principal_id,)
        key = (row.principal_kind, ids[0])
        known = parties.get(key)
        if known is not None:
            parties[key] = _Party(known.kind, known.ids, known.scopes | {row.scope}, known.for_whom)
            continue
        words = f"{_name(connection, row.principal_kind, ids[0])}({row.relation or AUTHORITY_KINDS[row.kind]})"
        parties[key] = _Party(row.principal_kind, ids, frozenset({row.scope}), words)
    return list(parties.values())


def _name(connection: Connection, kind: str, party_id: str) -> str:
    table = ORGANISATIONS if kind == "organisation" else PERSONS
    name = str(connection.execute(select(table.c.name).where(table.c.id == party_id)).scalar() or "")
    return name if kind == "organisation" else mask_name(name)


def _cases(connection: Connection, parties: Sequence[_Party]) -> Cases:
    """The cases of all parties in which the attendee may act: open ones, and ended ones that may still hold something."""
    ids = {
        kind: [one for party in parties if party.kind == kind for one in party.ids]
        for kind in ("person", "organisation")
    }
    rows = connection.execute(
        select(CASES)
        .where(
            or_(
                *(
                    and_(CASES.c.applicant_kind == kind, CASES.c.applicant_id.in_(own))
                    for kind, own in ids.items()
                    if own
                )
            ),
            CASES.c.state != CaseState.VOID,
        )
        .order_by(CASES.c.received_at)
    ).all()
    by_id = {(party.kind, one): party for party in parties for one in party.ids}
    found = {}
    for row in rows:
        party = by_id[row.applicant_kind, row.applicant_id]
        if "*" in party.scopes or row.item_key in party.scopes:
            found[row.id] = (row, party.for_whom)
    return found


def _owed(connection: Connection, desk: Desk, cases: Cases, today: date) -> Iterable[Waiting]:
    rows = connection.execute(
        select(OWED).where(OWED.c.case_id.in_(list(cases)), OWED.c.kind == "owed", OWED.c.state.in_(OWED_OPEN))
    ).all()
    for row in rows:
        case, for_whom = cases[row.case_id]
        left = remaining(date.fromisoformat(row.due), today, desk.calendar, provisional=bool(row.provisional))
        yield Waiting(
            kind="owed",
            id=row.id,
            case_id=row.case_id,
            words=f"还欠: {case.item_name} {row.name}({row.due[5:]} 前, {left.words})",
            due=row.due,
            urgency=left.urgency,
            for_whom=for_whom,
        )


def _asked(case_ids: list[str]) -> tuple[Any, ...]:
    return DEFICIENCIES.c.case_id.in_(case_ids), DEFICIENCIES.c.state.in_(("asked", "faulted"))


def _corrections(connection: Connection, desk: Desk, cases: Cases, today: date) -> Iterable[Waiting]:
    rows = connection.execute(
        select(DEFICIENCIES, MATERIALS.c.name)
        .join(MATERIALS, MATERIALS.c.id == DEFICIENCIES.c.material_id)
        .where(*_asked(list(cases)))
    ).all()
    for row in rows:
        case, for_whom = cases[row.case_id]
        if case.state != CaseState.CORRECTING:
            continue
        unsure = bool(case.due_provisional)
        left = remaining(date.fromisoformat(row.due), today, desk.calendar, provisional=unsure) if row.due else None
        yield Waiting(
            kind="correction",
            id=row.id,
            case_id=row.case_id,
            words=f"待补正: {case.item_name} {row.name}" + (f"({row.due[5:]} 前, {left.words})" if left else ""),
            due=row.due or "",
            urgency=left.urgency if left else "",
            for_whom=for_whom,
        )


def _results(connection: Connection, cases: Cases) -> Iterable[Waiting]:
    rows = connection.execute(
        select(RESULTS).where(RESULTS.c.case_id.in_(list(cases)), RESULTS.c.state.in_(RESULT_COLLECTABLE))
    ).all()
    for row in rows:
        shelf = f"(柜 {row.shelf})" if row.shelf else ""
        yield Waiting("result", row.id, row.case_id, f"可领: {row.name}{shelf}", for_whom=cases[row.case_id][1])


def _tasks(connection: Connection, cases: Cases) -> Iterable[Waiting]:
    rows = connection.execute(select(TASKS).where(TASKS.c.case_id.in_(list(cases)), TASKS.c.closed_at.is_(None))).all()
    for row in rows:
        case, for_whom = cases[row.case_id]
        yield Waiting("task", row.id, row.case_id, f"待处理: {case.item_name} {row.words}", for_whom=for_whom)


def _give_back(connection: Connection, cases: Cases) -> Iterable[Waiting]:
    rows = connection.execute(
        select(MATERIALS).where(
            MATERIALS.c.case_id.in_(list(cases)), MATERIALS.c.to_give_back, MATERIALS.c.given_back_at.is_(None)
        )
    ).all()
    for row in rows:
        case, for_whom = cases[row.case_id]
        words = f"应退原件: {row.name}({case.item_name})"
        yield Waiting("give_back", row.id, row.case_id, words, for_whom=for_whom)


def _appointments(connection: Connection, desk: Desk, ids: tuple[str, ...], today: date) -> Iterable[Waiting]:
    rows = connection.execute(
        select(APPOINTMENTS).where(
            APPOINTMENTS.c.person_id.in_(ids),
            APPOINTMENTS.c.state == "booked",
            APPOINTMENTS.c.day >= today.isoformat(),
        )
    ).all()
    for row in rows:
        at = f"{desk.local(row.slot_start_at):%m-%d %H:%M}"
        urgency = "today" if row.day == today.isoformat() else ""
        yield Waiting("appointment", row.id, row.case_id or "", f"预约: {row.category} {at}", row.day, urgency)


def _open_cases(cases: Cases, desk: Desk) -> Iterable[Waiting]:
    for case_id, (row, for_whom) in cases.items():
        if row.state not in CASE_ENDS and row.state != CaseState.DRAFT:
            words = f"在办: {row.item_name} {CaseState(row.state).words}"
            words += ", 期限暂定" if row.promised_due and case_dues.promise_unsure(row, desk.calendar) else ""
            yield Waiting("open_case", case_id, case_id, words, row.promised_due or "", for_whom=for_whom)
