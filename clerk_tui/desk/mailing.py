"""A result goes by post: waybill, signature, or back again."""

from typing import Any

from sqlalchemy import insert, update

from clerk_tui.desk import papers
from clerk_tui.desk.context import Desk
from clerk_tui.desk.handing_over import HOW_WORDS, nothing_owed, result_fact, result_facts
from clerk_tui.desk.permits import require
from clerk_tui.desk.pickup import change_result
from clerk_tui.desk.pickup_reads import result_row, row_view
from clerk_tui.desk.views.cases import ResultRow
from clerk_tui.desk.views.intake import PaperView
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.plain_text import clean_line, clean_name
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import ResultState, move_result
from clerk_tui.store.act import By, new_id
from clerk_tui.store.case_states import case_row
from clerk_tui.store.core import HANDOVERS


def mail(desk: Desk, by: By, *, result_id: str, waybill: str, mail_to: str = "") -> tuple[ResultRow, PaperView]:
    """Post a result; the waybill number follows it. Raises Refusal waybill_missing, address_missing, material_owed."""
    require(by, "mail_result")
    waybill = clean_line(waybill).upper()
    if not waybill:
        raise Refusal("waybill_missing", "请填写邮件单号", field="waybill")
    with desk.act(by) as act:
        row = result_row(act.connection, result_id)
        case = case_row(act.connection, row.case_id) if row.case_id else None
        address = clean_line(mail_to) or (case.mail_to if case is not None else "")
        if not address:
            raise Refusal("address_missing", "请填写邮寄地址和收件人", field="mail_to")
        nothing_owed(act.connection, row, by)
        after = move_result(ResultState(row.state), "mail")
        facts = result_facts(desk, act, case)
        paper = papers.issue(
            act,
            desk,
            PaperKind.COLLECTION_RECEIPT,
            facts
            | {
                "results": [result_fact(row, case)],
                "recipient": facts["applicant"],
                "recipient_number_kind": facts["applicant_number_kind"],
                "recipient_number": facts["applicant_number"],
                "relation": "本人",
                "method": HOW_WORDS["mail"],
                "waybill": waybill,
                "address": address,
            },
            case_id=row.case_id,
        )
        act.connection.execute(
            insert(HANDOVERS),
            {
                "id": new_id(),
                "result_id": row.id,
                "case_id": row.case_id,
                "how": "mail",
                "waybill": waybill,
                "mail_to": address,
                "mail_state": "posted",
                "notice_id": paper.id,
                "clerk_id": by.clerk_id,
                "at": act.now,
            },
        )
        change_result(act, row, after, shelf="")
        body = {"waybill": waybill, "name": row.name, "receipt": paper.number, "state": after.value}
        act.record("result.mailed", row.id, body, base_version=row.version)
        return row_view(desk, act.connection, result_row(act.connection, result_id)), paper


def mail_signed(desk: Desk, by: By, *, result_id: str, signed_by: str) -> ResultRow:
    """The post reports who signed for the mail."""
    require(by, "mail_signed")
    return _mail_end(desk, by, result_id, "mail_signed", "result.mail_signed", "signed", clean_name(signed_by))


def mail_came_back(desk: Desk, by: By, *, result_id: str, reason: str) -> ResultRow:
    """The mail came back; the result waits at the counter again."""
    require(by, "mail_came_back")
    return _mail_end(desk, by, result_id, "mail_came_back", "result.mail_came_back", "came_back", clean_line(reason))


def _mail_end(desk: Desk, by: By, result_id: str, move: str, event: str, mail_state: str, words: str) -> ResultRow:
    if not words:
        raise Refusal("words_missing", "请写明谁签收的, 或为什么退回", field="words")
    with desk.act(by) as act:
        row = result_row(act.connection, result_id)
        after = move_result(ResultState(row.state), move)
        act.connection.execute(
            update(HANDOVERS)
            .where(HANDOVERS.c.result_id == row.id, HANDOVERS.c.mail_state == "posted")
            .values(mail_state=mail_state, collector_name=words if mail_state == "signed" else "", evidence=words)
        )
        values: dict[str, Any] = {"delivered_at": act.now} if after is ResultState.DELIVERED else {}
        change_result(act, row, after, **values)
        act.record(event, row.id, {"words": words, "name": row.name, "state": after.value}, base_version=row.version)
        return row_view(desk, act.connection, result_row(act.connection, result_id))
