"""Village agency (代办): the register of matters that someone handles for another, and its printable sheet."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.sql import ColumnElement

from clerk_tui.desk import papers, transferring
from clerk_tui.desk.context import Desk
from clerk_tui.desk.paper_facts import desk_facts
from clerk_tui.desk.permits import require
from clerk_tui.desk.views.cases import AgencyRow
from clerk_tui.desk.views.intake import PaperView
from clerk_tui.rules.limits import marked
from clerk_tui.rules.masking import mask_number, mask_party, mask_phone
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import CaseState, ResultState
from clerk_tui.store import case_dues
from clerk_tui.store.act import By
from clerk_tui.store.case_states import case_row
from clerk_tui.store.core import AUTHORITIES, CASES, HANDOVERS, MATERIALS, ORGANISATIONS, PERSONS, RESULTS

AUTHORITY_WORDS = {
    "proxy": "委托",
    "guardian": "监护",
    "heir": "继承",
    "operator": "经办",
    "legal_representative": "法定代表",
}
LONGEST = timedelta(days=366)
MOST = 2000


def register(desk: Desk, by: By, *, first: str, last: str, agent_id: str = "") -> tuple[AgencyRow, ...]:
    """The agent's register from ISO date `first` to `last` inclusive, oldest first; one agent's, or everybody's.

    Raises Refusal range_wrong when the range is backwards or longer than a year.
    """
    with desk.look() as connection:
        return _rows(desk, connection, first, last, agent_id)


def register_paper(desk: Desk, by: By, *, first: str, last: str, agent_id: str = "") -> PaperView:
    """Issue the register as a sheet to sign and file. Raises Refusal range_wrong, register_empty."""
    with desk.act(by) as act:
        rows = _rows(desk, act.connection, first, last, agent_id)
        if not rows:
            raise Refusal("register_empty", f"{first} 到 {last} 没有代办记录", "请换一段日期")
        agents = tuple(dict.fromkeys(row.agent for row in rows))
        facts = desk_facts(act.connection, desk, by, act.now) | {
            "agent": "、".join(agents),
            "range_words": f"{first} 至 {last}",
            "from_unit": desk.hall_name,
            "entries": [
                {
                    "date": row.date,
                    "principal": row.principal_masked,
                    "item": row.item_name,
                    "authority": "  ".join(
                        filter(
                            None, (row.agent if len(agents) > 1 else "", row.authority_words, row.authority_evidence)
                        )
                    ),
                    "materials": row.materials_words,
                    "receipt_no": row.receipt_no,
                    "due": row.due,
                    "status": row.state_words,
                    "handed_to": row.transferred_words,
                    "result": "; ".join(filter(None, (row.result_words, row.returned_words))),
                }
                for row in rows
            ],
        }
        return papers.issue(act, desk, PaperKind.AGENCY_REGISTER, facts, person_id=agent_id or None)


def _rows(desk: Desk, connection: Connection, first: str, last: str, agent_id: str) -> tuple[AgencyRow, ...]:
    start, end = _range(desk, first, last)
    conditions: list[ColumnElement[bool]] = [
        CASES.c.agent_id.is_not(None),
        CASES.c.received_at >= start,
        CASES.c.received_at < end,
        CASES.c.state != CaseState.VOID.value,
    ]
    if agent_id:
        conditions.append(CASES.c.agent_id == agent_id)
    agents = PERSONS.alias("agents")
    rows = connection.execute(
        select(
            CASES,
            agents.c.name.label("agent_name"),
            AUTHORITIES.c.kind.label("authority_kind"),
            AUTHORITIES.c.valid_to,
            AUTHORITIES.c.evidence.label("authority_evidence"),
        )
        .join(agents, agents.c.id == CASES.c.agent_id)
        .outerjoin(AUTHORITIES, AUTHORITIES.c.id == CASES.c.authority_id)
        .where(*conditions)
        .order_by(CASES.c.received_at, CASES.c.id)
        .limit(MOST)
    ).all()
    return tuple(_row(desk, connection, serial, row) for serial, row in enumerate(rows, 1))


def _range(desk: Desk, first: str, last: str) -> tuple[int, int]:
    try:
        begin, finish = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError as error:
        raise Refusal("range_wrong", "日期要写成 2026-11-01 这样", field="first") from error
    if finish < begin or finish - begin > LONGEST:
        raise Refusal("range_wrong", "起止日期颠倒, 或超过一年", "请分段查看", field="first")
    return desk.midnight(begin), desk.midnight(finish + timedelta(days=1))


def _row(desk: Desk, connection: Connection, serial: int, row: Row[Any]) -> AgencyRow:
    is_person = row.applicant_kind == "person"
    people = PERSONS if is_person else ORGANISATIONS
    principal = connection.execute(select(people).where(people.c.id == row.applicant_id)).one()
    number = getattr(principal, "id_number", None) or getattr(principal, "uscc", None) or ""
    taken = connection.execute(
        select(MATERIALS.c.originals, MATERIALS.c.copies, MATERIALS.c.to_give_back, MATERIALS.c.given_back_at).where(
            MATERIALS.c.case_id == row.id, (MATERIALS.c.originals > 0) | (MATERIALS.c.copies > 0)
        )
    ).all()
    return AgencyRow(
        serial=serial,
        date=desk.local(row.received_at).date().isoformat(),
        principal_masked=" ".join(
            part
            for part in (
                mask_party(row.applicant_kind, principal.name),
                mask_number(number),
                mask_phone(principal.phone),
            )
            if part
        ),
        village=getattr(principal, "village", ""),
        agent=row.agent_name,
        item_name=row.item_name,
        authority_words=_authority_words(row, getattr(principal, "legal_person_id", None)),
        authority_evidence=row.authority_evidence or "",
        materials_words=_materials_words(taken),
        receipt_no=row.receipt_no,
        district_no=row.district_no or "",
        transferred_words=_transferred_words(desk, row),
        due=marked(row.promised_due, case_dues.promise_unsure(row, desk.calendar)),
        state_words=CaseState(row.state).words,
        result_words=_result_words(connection, row.id),
        returned_words=_returned_words(desk, connection, row.id),
        case_id=row.id,
    )


def _authority_words(row: Row[Any], legal_person_id: str | None) -> str:
    """A legal representative needs no authority to be recorded: he is the organisation (民法典 61)."""
    if row.authority_kind is None:
        return AUTHORITY_WORDS["legal_representative"] if row.agent_id == legal_person_id else "未登记"
    words = AUTHORITY_WORDS[row.authority_kind]
    return f"{words} 至 {row.valid_to}" if row.valid_to else words


def _transferred_words(desk: Desk, row: Row[Any]) -> str:
    if row.transferred_at is None:
        return ""
    return f"{row.accept_office} {desk.local(row.transferred_at).date().isoformat()}"


def _materials_words(taken: Sequence[Any]) -> str:
    originals = sum(one.originals for one in taken)
    copies = sum(one.copies for one in taken)
    owed_back = sum(1 for one in taken if one.to_give_back and one.given_back_at is None)
    words = f"原件 {originals} 复印件 {copies}"
    return f"{words}, 待还 {owed_back}" if owed_back else words


def _result_words(connection: Connection, case_id: str) -> str:
    found = connection.execute(select(RESULTS.c.name, RESULTS.c.state).where(RESULTS.c.case_id == case_id)).all()
    return "; ".join(f"{one.name} {ResultState(one.state).words}" for one in found)


def _returned_words(desk: Desk, connection: Connection, case_id: str) -> str:
    found = connection.execute(
        select(HANDOVERS.c.at, HANDOVERS.c.how)
        .where(HANDOVERS.c.case_id == case_id, HANDOVERS.c.voided_at.is_(None))
        .order_by(HANDOVERS.c.at)
    ).all()
    return "; ".join(f"{desk.local(one.at).date().isoformat()} 交还" for one in found)


def hand_in(
    desk: Desk,
    by: By,
    *,
    case_ids: Sequence[str],
    from_unit: str,
    handed_by: str,
    discrepancies: str = "",
    seal_no: str = "",
) -> PaperView:
    """The sheet with which an agent hands the papers of these cases to the hall: counts, both signatures, differences.

    Raises Refusal nothing_chosen, from_missing, handed_by_missing.
    """
    require(by, "agency_register")
    from_unit, handed_by, discrepancies = clean_line(from_unit), clean_line(handed_by), clean_line(discrepancies)
    if not case_ids:
        raise Refusal("nothing_chosen", "还没有选中要交接的办件", "在选项列按 1 选中, 再按 F9")
    if not from_unit:
        raise Refusal("from_missing", "请填交出单位", "例如 德兴社区服务站", field="from_unit")
    if not handed_by:
        raise Refusal("handed_by_missing", "请填交出人姓名", field="handed_by")
    with desk.act(by) as act:
        rows = [case_row(act.connection, case_id) for case_id in dict.fromkeys(case_ids)]
        counted = transferring.paper_counts(act.connection, [row.id for row in rows])
        listed = [transferring.listed(act.connection, row, counted.get(row.id, (0, 0, 0))) for row in rows]
        return papers.issue(
            act,
            desk,
            PaperKind.HANDOVER_SHEET,
            desk_facts(act.connection, desk, by, act.now)
            | {
                "from_unit": from_unit,
                "to_unit": desk.hall_name,
                "handled_by": handed_by,
                "cases": listed,
                "discrepancies": discrepancies,
                "seal_no": clean_line(seal_no),
            },
        )
