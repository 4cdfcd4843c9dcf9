"""Service of electronic results, payments and refusals, with 送达回证."""

from typing import Any

from sqlalchemy import Row, insert

from clerk_tui.desk import papers
from clerk_tui.desk.context import Desk
from clerk_tui.desk.handing_over import SIGNED, nothing_owed, result_fact, result_facts
from clerk_tui.desk.permits import require
from clerk_tui.desk.pickup import change_result
from clerk_tui.desk.pickup_reads import result_row
from clerk_tui.desk.views.intake import Settled
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.plain_text import clean_line, clean_name
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import ResultState, move_result
from clerk_tui.store.act import Act, By, new_id
from clerk_tui.store.case_states import case_row
from clerk_tui.store.core import HANDOVERS


def serve(
    desk: Desk,
    by: By,
    *,
    result_id: str,
    how: str,
    recipient: str,
    relation: str = "本人",
    signed_how: str = "",
    reason: str = "",
) -> Settled:
    """Record the service of an electronic result, a payment or a refusal, with 送达回证.

    Without `recipient` it went to the applicant. `how`: 短信 | 粤省事 | 当面 | 邮寄 | 留置 …, in words. A refusal handed over in person must be signed for, or say why not.
    """
    require(by, "serve_result")
    how, relation = clean_line(how), clean_line(relation) or "本人"
    if not how:
        raise Refusal("service_incomplete", "请填写怎样送达", "例如 短信, 粤省事, 当面, 邮寄", field="how")
    with desk.act(by) as act:
        row = result_row(act.connection, result_id)
        recipient = _recipient(act, row, recipient, relation)
        if row.kind not in ("electronic", "payment", "refusal"):
            raise Refusal("not_served", "纸质结果和证卡要当面交付或邮寄", "请用「交付」或「邮寄」")
        if row.kind == "refusal" and signed_how not in SIGNED and not clean_line(reason):
            raise Refusal("not_signed", "不予决定要签收; 拒收的写明情况", field="signed_how")
        if row.kind != "refusal":
            nothing_owed(act.connection, row, by)
        after = move_result(ResultState(row.state), "serve")
        case = case_row(act.connection, row.case_id) if row.case_id else None
        facts = result_facts(desk, act, case) | {
            "paper_title": row.name,
            "paper_number": row.number,
            "recipient": recipient,
            "relation": relation,
            "method": how,
            "reason": clean_line(reason),
            "results": [result_fact(row, case)],
        }
        paper = papers.issue(act, desk, PaperKind.SERVICE_RECEIPT, facts, case_id=row.case_id)
        if signed_how:
            papers.sign_within(act, paper.id, signed_how, by.clerk_name)
        act.connection.execute(
            insert(HANDOVERS),
            {
                "id": new_id(),
                "result_id": row.id,
                "case_id": row.case_id,
                "collector_name": recipient,
                "relation": relation,
                "how": "service_of_refusal" if row.kind == "refusal" else "electronic",
                "evidence": how,
                "signed_how": signed_how,
                "notice_id": paper.id,
                "clerk_id": by.clerk_id,
                "at": act.now,
            },
        )
        change_result(act, row, after, delivered_at=act.now, ready_at=row.ready_at or act.now)
        act.record(
            "result.served", row.id, {"how": how, "name": row.name, "state": after.value}, base_version=row.version
        )
        return Settled(
            row.case_id or "",
            case.receipt_no if case is not None else "",
            after.value,
            after.words,
            f"已登记送达: {row.name}",
            (paper,),
        )


def _recipient(act: Act, row: Row[Any], name: str, relation: str) -> str:
    """Who was served: the applicant where nobody else is named."""
    if name.strip():
        return clean_name(name)
    if relation != "本人" or row.case_id is None:
        raise Refusal("service_incomplete", "请填写送给谁", "受送达人的姓名, 按证件填写", field="recipient")
    return str(case_row(act.connection, row.case_id).applicant_name)
