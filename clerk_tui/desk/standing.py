"""Who stands here, for whom the case is, and whether the one may act for the other."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from clerk_tui.desk.paper_facts import party
from clerk_tui.desk.views.intake import IntakeDraft
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.core import AUTHORITIES, ORGANISATIONS, VISITS

FAR_VISITS = ("phone", "post")
"""Visits in which nobody stands at the window, so that no identity card can be compared with a face."""


@dataclass(frozen=True)
class Standing:
    """The parties of a case to be. `agent_id` is the attendee when somebody else is the applicant."""

    visit: Row[Any]
    applicant: dict[str, str]
    agent_id: str | None
    authority: Row[Any] | None
    roles: dict[str, str]  # holder role -> id of a person or organisation
    faults: tuple[str, ...]
    authority_fault: str = ""  # why the attendee may not act for the applicant


WHO_COMES, WHO_ACTS = ("declarer", "heir"), ("parent", "carer")
"""Roles that mean whoever stands here, always or where somebody acts for the applicant, unless the clerk names another."""


def require_open(parties: Standing) -> None:
    """What is only asked is rendered in a visit too. Raises Refusal visit_closed."""
    if parties.visit.state != "open":
        raise Refusal("visit_closed", "这次到访已经结束或挂起, 没有记下咨询", "请先叫号或恢复挂起的号; 填的还在")


def of_draft(connection: Connection, draft: IntakeDraft, today: date) -> Standing:
    """The parties of a draft and what is wrong with them. Raises Refusal visit_unknown, applicant_unknown."""
    visit = connection.execute(select(VISITS).where(VISITS.c.id == draft.visit_id)).one_or_none()
    if visit is None:
        raise Refusal("visit_unknown", "找不到这次到访", "请先叫号, 或按无票办理开始一次到访")
    faults: list[str] = []
    if visit.state != "open":
        faults.append("这次到访已经结束")
    if not visit.identified_how and visit.kind not in FAR_VISITS:
        faults.append("还没有核对人证")
    if not draft.applicant_id:
        nobody = {
            "name": "", "number": "", "kind": "", "kind_words": "", "phone": "", "address": "", "contact": "",
            "birth": "", "village": "",
        }  # fmt: skip
        return Standing(visit, nobody, None, None, dict(draft.roles), (*faults, "还没有选申请人"))
    applicant = party(connection, draft.applicant_kind, draft.applicant_id)
    if not (applicant["phone"] or applicant["address"] or applicant["contact"]):
        faults.append("缺联系方式: 电话, 地址或联系人至少一项")
    self_applies = draft.applicant_kind == "person" and visit.attendee_id in (None, draft.applicant_id)
    agent_id = None if self_applies else visit.attendee_id
    authority, authority_fault = None, ""
    if agent_id is not None:
        authority, authority_fault = _authority(connection, draft, agent_id, today)
    roles = {**draft.roles, "applicant": draft.applicant_id}
    if agent_id is not None:
        role = {"guardian": "guardian", "heir": "heir"}.get(authority.kind if authority is not None else "", "agent")
        roles.setdefault(role, agent_id)
        roles.setdefault("agent", agent_id)
    if visit.attendee_id:
        roles = dict.fromkeys(WHO_COMES + (WHO_ACTS if agent_id else ()), visit.attendee_id) | roles
    if agent_id is not None:
        roles.setdefault("child", draft.applicant_id)
    return Standing(visit, applicant, agent_id, authority, roles, tuple(faults), authority_fault)


def _authority(connection: Connection, draft: IntakeDraft, agent_id: str, today: date) -> tuple[Row[Any] | None, str]:
    """The recorded authority by which the attendee acts, and what is wrong with it."""
    if draft.applicant_kind == "organisation" and not draft.authority_id:
        legal = connection.execute(
            select(ORGANISATIONS.c.legal_person_id).where(ORGANISATIONS.c.id == draft.applicant_id)
        ).scalar()
        if legal == agent_id:
            return None, ""
    mine = (
        select(AUTHORITIES)
        .where(
            AUTHORITIES.c.principal_kind == draft.applicant_kind,
            AUTHORITIES.c.principal_id == draft.applicant_id,
            AUTHORITIES.c.holder_id == agent_id,
            AUTHORITIES.c.ended_at.is_(None),
            AUTHORITIES.c.scope.in_(("*", draft.item_key)),
            AUTHORITIES.c.valid_from <= today.isoformat(),
            AUTHORITIES.c.valid_to.is_(None) | (AUTHORITIES.c.valid_to >= today.isoformat()),
        )
        .order_by(AUTHORITIES.c.recorded_at.desc())
    )
    if draft.authority_id:
        row = connection.execute(mine.where(AUTHORITIES.c.id == draft.authority_id)).first()
        return (row, "") if row is not None else (None, "代办依据已失效, 不含这个事项, 或不是来人的")
    row = connection.execute(mine.limit(1)).first()
    return (row, "") if row is not None else (None, "来人不是申请人: 请先登记代办依据(委托, 监护, 继承, 经办)")
