"""Pickup (出件), second half: a result leaves the counter, to the right hands, signed for."""

from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from clerk_tui.desk import collectors, papers
from clerk_tui.desk.collectors import Collector
from clerk_tui.desk.context import Desk
from clerk_tui.desk.paper_facts import case_facts, desk_facts
from clerk_tui.desk.permits import require
from clerk_tui.desk.pickup import change_result
from clerk_tui.desk.pickup_reads import KIND_WORDS, result_row, row_view
from clerk_tui.desk.views.cases import ResultRow
from clerk_tui.desk.views.intake import PaperView, Settled
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import OWED_OPEN, OwedState, ResultState, move_result
from clerk_tui.store.act import Act, By, new_id
from clerk_tui.store.case_states import case_row
from clerk_tui.store.core import CASES, HANDOVERS, OWED, VISIT_SERVICES

HOW_WORDS = {
    "self": "本人领取",
    "proxy": "受托人代领",
    "guardian": "监护人代领",
    "operator": "单位经办人领取",
    "agent": "村居代办员代领",
    "mail": "邮寄",
    "electronic": "电子送达",
    "service_of_refusal": "送达",
}
SIGNED = ("signature", "thumbprint", "seal", "electronic")


def hand_over(
    desk: Desk,
    by: By,
    *,
    result_ids: tuple[str, ...],
    collector: Collector,
    signed_how: str,
    visit_id: str | None = None,
) -> Settled:
    """Hand results to a person who signs for them; one receipt for each case.

    The receipt is not authority: identity is. A proxy needs a recorded, valid authority or its evidence in words.
    Raises Refusal nothing_chosen, not_signed, collector_…, authority_…, material_owed, state_….
    """
    require(by, "hand_over")
    if not result_ids:
        raise Refusal("nothing_chosen", "还没有选中要交付的结果", "在列表里选一行")
    if signed_how not in SIGNED:
        raise Refusal("not_signed", "领取人签收后才能登记交付", "请领取人签名, 捺印或盖章", field="signed_how")
    if collector.how not in HOW_WORDS or collector.how in ("mail", "electronic", "service_of_refusal"):
        raise Refusal("collector_how", "请选择由谁领取", field="how")
    with desk.act(by) as act:
        issued: list[PaperView] = []
        rows = [result_row(act.connection, result_id) for result_id in dict.fromkeys(result_ids)]
        last = rows[0]
        for row in rows:
            person = collectors.identify(desk, act, row, collector)
            issued.append(_hand_one(desk, act, row, collector, person, signed_how, visit_id))
            last = row
        return Settled(
            case_id=last.case_id or "",
            receipt_no="",
            state=ResultState.DELIVERED.value,
            state_words=ResultState.DELIVERED.words,
            words=f"已交付 {len(rows)} 份, {HOW_WORDS[collector.how]}",
            papers=tuple(issued),
        )


def void_handover(desk: Desk, by: By, *, result_id: str, reason: str) -> tuple[ResultRow, PaperView]:
    """A handover was recorded wrongly: it stays in the register, void, and the result waits again. Needs a supervisor."""
    require(by, "void_handover")
    reason = clean_line(reason)
    if not reason:
        raise Refusal("reason_missing", "请写明作废原因", field="reason")
    with desk.act(by) as act:
        row = result_row(act.connection, result_id)
        after = move_result(ResultState(row.state), "void_handover")
        handover = act.connection.execute(
            select(HANDOVERS)
            .where(HANDOVERS.c.result_id == row.id, HANDOVERS.c.voided_at.is_(None))
            .order_by(HANDOVERS.c.at.desc())
            .limit(1)
        ).one_or_none()
        if handover is None:
            raise Refusal("handover_unknown", "这份结果没有可作废的交付登记")
        act.connection.execute(
            update(HANDOVERS)
            .where(HANDOVERS.c.id == handover.id)
            .values(voided_at=act.now, void_reason=reason, version=handover.version + 1)
        )
        voided = papers.view_within(act.connection, handover.notice_id) if handover.notice_id else None
        if voided is not None:
            papers.void_within(act, voided.id, reason)
        note = papers.issue(
            act,
            desk,
            PaperKind.VOID_NOTE,
            result_facts(desk, act, case_row(act.connection, row.case_id) if row.case_id else None)
            | {
                "paper_title": voided.title if voided is not None else "交付登记",
                "paper_number": voided.number if voided is not None else "无编号",
                "reason": reason,
                "approver": by.second_name or by.clerk_name,
            },
            case_id=row.case_id,
        )
        change_result(act, row, after, delivered_at=None)
        body = {"reason": reason, "name": row.name, "note": note.number, "state": after.value}
        act.record("handover.voided", row.id, body, base_version=row.version)
        return row_view(desk, act.connection, result_row(act.connection, result_id)), note


def _hand_one(
    desk: Desk,
    act: Act,
    row: Row[Any],
    collector: Collector,
    person: dict[str, str],
    signed_how: str,
    visit_id: str | None,
) -> PaperView:
    nothing_owed(act.connection, row, act.by)
    after = move_result(ResultState(row.state), "hand_over")
    case = case_row(act.connection, row.case_id)
    relation = clean_line(collector.relation) or ("本人" if collector.how == "self" else HOW_WORDS[collector.how])
    facts = result_facts(desk, act, case) | {
        "results": [result_fact(row, case)],
        "recipient": person["name"],
        "recipient_number_kind": person["kind_words"],
        "recipient_number": person["number"],
        "relation": relation,
        "authority": person["authority"],
        "method": HOW_WORDS[collector.how],
    }
    paper = papers.issue(
        act,
        desk,
        PaperKind.COLLECTION_RECEIPT,
        facts,
        case_id=row.case_id,
        visit_id=visit_id,
        person_id=person["id"] or None,
    )
    papers.sign_within(act, paper.id, signed_how, act.by.clerk_name if signed_how == "thumbprint" else "")
    act.connection.execute(
        insert(HANDOVERS),
        {
            "id": new_id(),
            "result_id": row.id,
            "case_id": row.case_id,
            "visit_id": visit_id,
            "how": collector.how,
            "collector_id": person["id"] or None,
            "collector_name": person["name"],
            "collector_id_kind": person["kind"],
            "collector_id_number": person["number"],
            "relation": relation,
            "authority_id": collector.authority_id or None,
            "evidence": clean_line(collector.evidence),
            "signed_how": signed_how,
            "notice_id": paper.id,
            "clerk_id": act.by.clerk_id,
            "at": act.now,
        },
    )
    if visit_id:
        act.connection.execute(
            insert(VISIT_SERVICES),
            {
                "id": new_id(),
                "visit_id": visit_id,
                "kind": "pickup",
                "case_id": row.case_id,
                "item_key": case.item_key,
                "words": f"领取 {row.name}",
                "at": act.now,
            },
        )
    change_result(act, row, after, shelf="", delivered_at=act.now)
    act.record(
        "result.handed_over",
        row.id,
        {
            "case_id": row.case_id,
            "name": row.name,
            "how": collector.how,
            "relation": relation,
            "receipt": paper.number,
            "collector": {"name": person["name"], "kind": person["kind"], "number": person["number"]},
            "signed_how": signed_how,
            "state": after.value,
        },
        base_version=row.version,
    )
    return paper


def nothing_owed(connection: Connection, row: Row[Any], by: By) -> None:
    if row.case_id is None:
        return
    owed = connection.execute(
        select(OWED.c.name, OWED.c.policy_id).where(
            OWED.c.case_id == row.case_id,
            OWED.c.kind == "owed",
            OWED.c.state.in_([*(state.value for state in OWED_OPEN), OwedState.SUPPLIED.value]),
        )
    ).all()
    if owed and not _may_go_first(connection, row.case_id, owed):
        raise Refusal(
            "material_owed",
            f"还欠 {', '.join(one.name for one in owed)}, 补齐核对之前不能交付",
            "先在「待补」登记补交; 确需先交付的, 须清单规定并由主管同意",
        )


def _may_go_first(connection: Connection, case_id: str, owed: Any) -> bool:
    """Whether the list under which each material came to be owed lets this item's result go out before it."""
    from clerk_tui.desk.policies import policy_of

    item_key = connection.execute(select(CASES.c.item_key).where(CASES.c.id == case_id)).scalar_one()
    return all(one.policy_id and policy_of(connection, one.policy_id).may_hand_over_first(item_key) for one in owed)


def result_facts(desk: Desk, act: Act, case: Row[Any] | None) -> dict[str, Any]:
    if case is None:
        return desk_facts(act.connection, desk, act.by, act.now)
    return case_facts(act.connection, desk, act.by, act.now, case)


def result_fact(row: Row[Any], case: Row[Any] | None) -> dict[str, Any]:
    fact: dict[str, Any] = {"name": row.name, "copies": row.copies, "kind_words": KIND_WORDS[row.kind]}
    if row.number:
        fact["number"] = row.number
    if case is not None:
        fact |= {"receipt_no": case.receipt_no, "item": case.item_name}
    return fact
