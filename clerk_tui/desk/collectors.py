"""Who takes a result away: the applicant, or somebody who may act for the applicant."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from clerk_tui.desk.authorities import valid_rows
from clerk_tui.desk.context import Desk
from clerk_tui.desk.paper_facts import AUTHORITY_KINDS
from clerk_tui.desk.people import same_person
from clerk_tui.rules.identity import NumberKind, check_number, kind_words
from clerk_tui.rules.masking import mask_name
from clerk_tui.rules.plain_text import clean_line, clean_name
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import Act, By
from clerk_tui.store.case_states import case_row
from clerk_tui.store.core import AUTHORITIES, CASES, PERSONS, RESULTS, VISITS


@dataclass(frozen=True)
class Collector:
    """Who takes the result away. `person_id` when the person is registered; else name and number are asked."""

    how: str  # self | proxy | guardian | operator | agent
    person_id: str = ""
    name: str = ""
    id_number: str = ""
    relation: str = ""
    authority_id: str = ""
    evidence: str = ""


def identify(desk: Desk, act: Act, row: Row[Any], collector: Collector) -> dict[str, str]:
    """Identity of the one who collects, checked; the applicant's own for `self`."""
    if not row.case_id:
        raise Refusal("not_matched", "这份结果还没有对上办件, 不能交付", "先在出件里用收件号或办件编号对上")
    case = case_row(act.connection, row.case_id)
    person_id = collector.person_id
    if collector.how == "self":
        if case.applicant_kind != "person":
            raise Refusal("collector_how", "申请人是单位, 要由经办人持授权领取", field="how")
        if person_id and person_id not in same_person(act.connection, case.applicant_id):
            raise Refusal("collector_other", "领取人不是申请人本人", "代领请选受托人并登记授权", field="how")
        person_id = case.applicant_id
    found = _person(desk, act.connection, person_id, collector)
    authority = ""
    if collector.how != "self":
        if case.applicant_kind == "person" and _is(act.connection, case.applicant_id, found):
            raise Refusal(
                "collector_is_applicant", "领取人就是申请人本人", "请选本人, 或填写代领人的姓名和证件号码", field="how"
            )
        authority = _authority(act.connection, desk, case, collector, found)
    return found | {"authority": authority}


HOW_OF_AUTHORITY = {
    "proxy": "proxy",
    "guardian": "guardian",
    "heir": "proxy",
    "operator": "operator",
    "legal_representative": "operator",
}


@dataclass(frozen=True)
class Offer:
    """Who seems to collect: the resident at the window, and the recorded authorities by which that person may.

    `person_id` '' when nobody's identity was checked at this window; `authorities` are (id, words, relation).
    """

    how: str
    person_id: str
    words: str
    authorities: tuple[tuple[str, str, str], ...] = ()


def offer(desk: Desk, by: By, *, result_ids: tuple[str, ...], visit_id: str = "") -> Offer:
    """What the hand-over card begins with. It decides nothing: `identify` checks whatever is chosen."""
    with desk.look() as connection:
        visit = connection.execute(
            select(VISITS.c.attendee_id, VISITS.c.identified_how, PERSONS.c.name)
            .join(PERSONS, PERSONS.c.id == VISITS.c.attendee_id)
            .where(VISITS.c.id == visit_id)
        ).first()
        if visit is None or not visit.identified_how:
            return Offer("self", "", "本窗口没有核对过身份的人; 请核对领取人的身份证件")
        cases = connection.execute(
            select(CASES.c.applicant_id, CASES.c.applicant_kind, CASES.c.item_key)
            .join(RESULTS, RESULTS.c.case_id == CASES.c.id)
            .where(RESULTS.c.id.in_(result_ids))
        ).all()
        mine = same_person(connection, visit.attendee_id)
        who = mask_name(visit.name)
        if cases and all(case.applicant_kind == "person" and case.applicant_id in mine for case in cases):
            return Offer("self", visit.attendee_id, f"本窗口: {who}, 申请人本人, 已核对身份")
        principals = {case.applicant_id for case in cases}
        found = [
            row
            for row in valid_rows(connection, mine, desk.today().isoformat())
            if {row.principal_id} == principals and all(row.scope in ("*", case.item_key) for case in cases)
        ]
        authorities = tuple(
            (
                row.id,
                " ".join(part for part in (AUTHORITY_KINDS[row.kind], row.relation, row.evidence) if part),
                row.relation,
            )
            for row in found
        )
        how = HOW_OF_AUTHORITY[found[0].kind] if found else "proxy"
        said = "有登记的授权" if found else "不是申请人本人, 没有登记的授权, 要写凭据"
        return Offer(how, visit.attendee_id, f"本窗口: {who}, {said}", authorities)


def _person(desk: Desk, connection: Connection, person_id: str, collector: Collector) -> dict[str, str]:
    if person_id:
        person = connection.execute(select(PERSONS).where(PERSONS.c.id == person_id)).one_or_none()
        if person is None:
            raise Refusal("collector_unknown", "找不到领取人", "请重新核对身份", field="collector")
        kind = person.id_kind or NumberKind.NONE.value
        return {
            "id": person.id,
            "name": person.name,
            "kind": kind,
            "kind_words": kind_words(NumberKind(kind)),
            "number": person.id_number or "无",
        }
    if not collector.name.strip():
        raise Refusal("collector_name", "请填写领取人姓名", field="name")
    name = clean_name(collector.name)
    check = check_number(collector.id_number, today=desk.today())
    if not check.valid:
        raise Refusal(
            "collector_number",
            "领取人证件号码不对: " + "; ".join(check.reasons),
            "请核对证件再输一次",
            field="id_number",
        )
    return {
        "id": "",
        "name": name,
        "kind": check.kind.value,
        "kind_words": kind_words(check.kind),
        "number": check.number,
    }


def _is(connection: Connection, person_id: str, found: dict[str, str]) -> bool:
    """Whether who collects is this resident, by record (merged ones too) or by the number of the card."""
    persons = same_person(connection, person_id)
    numbers = connection.execute(select(PERSONS.c.id_number).where(PERSONS.c.id.in_(persons))).scalars()
    return found["id"] in persons or found["number"] in [number for number in numbers if number]


def _authority(connection: Connection, desk: Desk, case: Row[Any], collector: Collector, person: dict[str, str]) -> str:
    if collector.authority_id:
        found = connection.execute(select(AUTHORITIES).where(AUTHORITIES.c.id == collector.authority_id)).one_or_none()
        today = desk.today().isoformat()
        if (
            found is None
            or found.ended_at is not None
            or found.valid_from > today
            or (found.valid_to and found.valid_to < today)
        ):
            raise Refusal("authority_ended", "这份授权已失效", "请重新登记授权", field="authority")
        if found.principal_id != case.applicant_id:
            raise Refusal("authority_other", "这份授权不是本件申请人给的", "请核对授权书", field="authority")
        if not _is(connection, found.holder_id, person):
            raise Refusal(
                "authority_holder", "这份授权不是给领取人的", "请核对授权书上的受托人, 或另写凭据", field="authority"
            )
        if found.scope not in ("*", case.item_key):
            raise Refusal("authority_scope", "这份授权不包括本事项", "请核对授权书写明的事项", field="authority")
        return " ".join(part for part in (found.relation, found.evidence) if part) or "已登记授权"
    evidence = clean_line(collector.evidence)
    if not evidence:
        raise Refusal(
            "authority_missing",
            "代领要有授权凭据: 委托书, 监护证明或单位介绍信",
            "请填写凭据名称和编号",
            field="evidence",
        )
    return evidence
