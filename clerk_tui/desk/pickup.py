"""Pickup (出件), first half: results arrive, are checked, shelved, announced, matched."""

from typing import Any

from sqlalchemy import insert, select, update

from clerk_tui.desk import papers
from clerk_tui.desk.context import Desk
from clerk_tui.desk.paper_facts import desk_facts
from clerk_tui.desk.permits import require
from clerk_tui.desk.pickup_reads import KIND_WORDS, result_row, row_view
from clerk_tui.desk.views.cases import ResultRow
from clerk_tui.desk.views.intake import PaperView
from clerk_tui.rules.licence_ids import check_licence_id
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.plain_text import clean_line, clean_name
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import RESULT_COLLECTABLE, ResultState, move_result
from clerk_tui.store import case_dues, decisions
from clerk_tui.store.act import Act, By, new_id
from clerk_tui.store.case_states import case_row
from clerk_tui.store.core import CASES, REMINDERS, RESULTS
from clerk_tui.store.numbers import count

REACHED_BY = {"phone": "电话", "sms": "短信", "in_person": "当面", "letter": "信函"}


def take_in(
    desk: Desk,
    by: By,
    *,
    result_id: str = "",
    receipt_no: str = "",
    person_name: str = "",
    name: str = "",
    number: str = "",
    licence_id: str = "",
    copies: int = 1,
    kind: str = "paper",
    condition: str = "",
    decision: str = "granted",
) -> ResultRow:
    """Take in a result that came from a department, expected or not.

    An expected one is named by `result_id`. Without it, `receipt_no` (ours or the district's) finds the case, and when
    its decision is not known yet the delivery list records it (source paper, unconfirmed). An unknown case is kept
    under the person's name until it is matched. Without `name`, name and kind are those of the case's result. Raises Refusal result_name, person_name, case_unknown, copies_wrong,
    licence_id, state_….
    """
    require(by, "take_in_result")
    if copies < 1:
        raise Refusal("copies_wrong", "份数至少是 1", field="copies")
    licence_id = clean_line(licence_id)
    if licence_id:
        check = check_licence_id(licence_id)
        if not check.valid:
            raise Refusal(
                "licence_id", "电子证照标识不对: " + "; ".join(check.reasons), "请再扫一次或留空", field="licence_id"
            )
    facts = {
        "number": clean_line(number),
        "licence_id": licence_id,
        "copies": copies,
        "condition": clean_line(condition),
    }
    with desk.act(by) as act:
        if result_id:
            return _arrive_expected(desk, act, result_id, facts)
        return _arrive_unexpected(
            desk,
            act,
            clean_line(receipt_no),
            clean_name(person_name) if person_name.strip() else "",
            clean_line(name),
            kind,
            decision,
            facts,
        )


def _arrive_expected(desk: Desk, act: Act, result_id: str, facts: dict[str, Any]) -> ResultRow:
    row = result_row(act.connection, result_id)
    after = move_result(ResultState(row.state), "arrive")
    kept = {key: value for key, value in facts.items() if value} | {"arrived_at": act.now}
    _change(
        act, row, after, "result.arrived", {**facts, "case_id": row.case_id, "name": row.name, "expected": True}, **kept
    )
    return row_view(desk, act.connection, result_row(act.connection, result_id))


def _check_named(name: str, kind: str) -> None:
    if not name:
        raise Refusal("result_name", "请填写结果名称, 例如 营业执照", field="name")
    if kind not in KIND_WORDS:
        raise Refusal("result_kind", "请选择结果种类", field="kind")


def _arrive_unexpected(
    desk: Desk, act: Act, receipt_no: str, person_name: str, name: str, kind: str, decision: str, facts: dict[str, Any]
) -> ResultRow:
    case_id, confirmed = None, True
    if not receipt_no:
        _check_named(name, kind)
    if receipt_no:
        case_id = act.connection.execute(
            select(CASES.c.id).where((CASES.c.receipt_no == receipt_no) | (CASES.c.district_no == receipt_no))
        ).scalar()
        if case_id is None:
            raise Refusal(
                "case_unknown",
                "没有这个收件号或办件编号",
                "核对编号; 确实找不到就只填姓名, 先上架待对",
                field="receipt_no",
            )
        case = case_row(act.connection, case_id)
        if not name:
            name = KIND_WORDS["refusal"] if decision == "refused" else case.result_name
            kind = case.result_kind
        _check_named(name, kind)
        if not case.decision:
            decisions.record_decision(
                act,
                case,
                decision=decision,
                calendar=desk.calendar,
                reason="部门送件清单" if decision == "granted" else facts["condition"],
                source="paper",
            )
            confirmed = False
        expected = act.connection.execute(
            select(RESULTS).where(RESULTS.c.case_id == case_id, RESULTS.c.state == ResultState.EXPECTED.value)
        ).first()
        if expected is not None:
            return _arrive_expected(desk, act, expected.id, facts)
    elif not person_name:
        raise Refusal("person_name", "不知道是哪一件时, 要写结果上的姓名或名称", field="person_name")
    result_id = new_id()
    act.connection.execute(
        insert(RESULTS),
        {
            "id": result_id,
            "case_id": case_id,
            "person_name": person_name,
            "kind": "refusal" if decision == "refused" else kind,
            "name": name,
            "state": ResultState.ARRIVED.value,
            "source": "paper",
            "confirmed": confirmed,
            "arrived_at": act.now,
            "serve_by": None
            if case_id is None
            else case_dues.serve_by(case_row(act.connection, case_id), desk.calendar),
            **facts,
        },
    )
    count(act.connection, f"result:{ResultState.ARRIVED.value}", 1)
    act.record(
        "result.arrived", result_id, {**facts, "case_id": case_id, "name": name, "kind": kind, "expected": False}
    )
    return row_view(desk, act.connection, result_row(act.connection, result_id))


def shelve(desk: Desk, by: By, *, result_id: str, shelf: str) -> ResultRow:
    """Give a result its place; from now it can be collected. Moving it to another place is the same act.

    Raises Refusal shelf_missing, shelf_taken_by_electronic, state_….
    """
    require(by, "shelve_result")
    shelf = clean_line(shelf).upper()
    if not shelf:
        raise Refusal("shelf_missing", "请填写柜位, 例如 B-07", field="shelf")
    with desk.act(by) as act:
        row = result_row(act.connection, result_id)
        if row.kind in ("electronic", "payment"):
            raise Refusal("shelf_not_needed", "电子结果和发放类结果不上架", "请用「送达」登记")
        after = ResultState(row.state)
        if after not in RESULT_COLLECTABLE and after is not ResultState.SHELVED:
            after = move_result(after, "shelve")
        if after is ResultState.SHELVED and row.case_id is not None:
            after = move_result(after, "make_ready")
        _change(
            act,
            row,
            after,
            "result.shelved",
            {"shelf": shelf, "name": row.name},
            shelf=shelf,
            ready_at=row.ready_at or (act.now if after is ResultState.READY else None),
        )
        return row_view(desk, act.connection, result_row(act.connection, result_id))


def announce(desk: Desk, by: By, *, result_id: str, how: str, reached: bool, words: str = "") -> ResultRow:
    """Tell the applicant that the result is ready, or remind; every try is kept. Raises Refusal how_unknown, state_…."""
    require(by, "announce_result")
    if how not in REACHED_BY:
        raise Refusal("how_unknown", "请选择怎样联系的: 电话, 短信, 当面, 信函", field="how")
    with desk.act(by) as act:
        row = result_row(act.connection, result_id)
        again = row.announced_at is not None
        after = move_result(ResultState(row.state), "announce") if reached else ResultState(row.state)
        kept = {"announced_at": row.announced_at or act.now} if reached else {}
        if row.case_id is not None:
            act.connection.execute(
                insert(REMINDERS),
                {
                    "id": new_id(),
                    "result_id": row.id,
                    "case_id": row.case_id,
                    "stage": "arrived",
                    "how": how,
                    "reached": reached,
                    "words": clean_line(words),
                    "at": act.now,
                    "clerk_id": by.clerk_id,
                },
            )
        body = {"how": how, "reached": reached, "words": clean_line(words), "name": row.name}
        _change(act, row, after, "result.reminded" if again else "result.announced", body, **kept)
        return row_view(desk, act.connection, result_row(act.connection, result_id))


def match(desk: Desk, by: By, *, result_id: str, receipt_no: str) -> ResultRow:
    """Bind a result that came without a known case to its case. Raises Refusal case_unknown, already_matched."""
    require(by, "match_result")
    with desk.act(by) as act:
        row = result_row(act.connection, result_id)
        if row.case_id is not None:
            raise Refusal("already_matched", "这份结果已经对上办件了", "请到查询里看")
        text = clean_line(receipt_no)
        case_id = act.connection.execute(
            select(CASES.c.id).where((CASES.c.receipt_no == text) | (CASES.c.district_no == text))
        ).scalar()
        if case_id is None:
            raise Refusal("case_unknown", "没有这个收件号或办件编号", "请核对编号", field="receipt_no")
        case = case_row(act.connection, case_id)
        if not case.decision:
            decisions.record_decision(
                act,
                case,
                decision="refused" if row.kind == "refusal" else "granted",
                calendar=desk.calendar,
                reason="部门送件清单",
                source="paper",
            )
        after = ResultState(row.state)
        ready_at = row.ready_at
        if after is ResultState.SHELVED:
            after, ready_at = move_result(after, "make_ready"), act.now
        _change(
            act,
            row,
            after,
            "result.matched",
            {"case_id": case_id, "name": row.name},
            case_id=case_id,
            confirmed=False,
            ready_at=ready_at,
            serve_by=case_dues.serve_by(case_row(act.connection, case_id), desk.calendar),
        )
        return row_view(desk, act.connection, result_row(act.connection, result_id))


def bounce(desk: Desk, by: By, *, result_id: str, reason: str) -> tuple[ResultRow, PaperView]:
    """Send a faulty result back to the department for correction. Raises Refusal reason_missing, state_…."""
    return _leave(desk, by, result_id, "bounce", "result.bounced", reason)


def return_to_department(desk: Desk, by: By, *, result_id: str, reason: str) -> tuple[ResultRow, PaperView]:
    """Return a result that nobody collected; never destroyed at the counter. Raises Refusal reason_missing, state_…."""
    return _leave(desk, by, result_id, "return", "result.returned_to_department", reason)


def _leave(desk: Desk, by: By, result_id: str, act_name: str, event: str, reason: str) -> tuple[ResultRow, PaperView]:
    require(by, "bounce_result" if act_name == "bounce" else "return_result")
    reason = clean_line(reason)
    if not reason:
        raise Refusal("reason_missing", "请写明原因", field="reason")
    with desk.act(by) as act:
        row = result_row(act.connection, result_id)
        after = move_result(ResultState(row.state), act_name)
        case = case_row(act.connection, row.case_id) if row.case_id else None
        paper = papers.issue(
            act,
            desk,
            PaperKind.HANDOVER_SHEET,
            desk_facts(act.connection, desk, by, act.now)
            | {
                "from_unit": desk.hall_name,
                "to_unit": case.accept_office if case is not None else "送件部门",
                "cases": [
                    {
                        "receipt_no": case.receipt_no if case is not None else "未对上办件",
                        "item": case.item_name if case is not None else row.name,
                        "applicant": case.applicant_name if case is not None else row.person_name,
                        "note": f"{row.name} {row.copies} 份: {reason}",
                    }
                ],
                "discrepancies": reason,
            },
            case_id=row.case_id,
        )
        body = {"reason": reason, "name": row.name, "sheet": paper.number}
        _change(act, row, after, event, body, shelf="")
        return row_view(desk, act.connection, result_row(act.connection, result_id)), paper


def _change(act: Act, row: Any, after: ResultState, event: str, body: dict[str, Any], **values: Any) -> None:
    change_result(act, row, after, **values)
    act.record(event, row.id, {**body, "state": after.value}, base_version=row.version)


def change_result(act: Act, row: Any, after: ResultState, **values: Any) -> None:
    """Change a result that was read as `row`. Raises Refusal result_changed when another window was faster."""
    done = act.connection.execute(
        update(RESULTS)
        .where(RESULTS.c.id == row.id, RESULTS.c.version == row.version)
        .values(**values, state=after.value, version=row.version + 1)
    )
    if done.rowcount != 1:
        raise Refusal("result_changed", "这份结果刚被另一个窗口动过, 本次操作没有发生", "请看一下最新情况再办")
    if after.value != row.state:
        count(act.connection, f"result:{row.state}", -1)
        count(act.connection, f"result:{after.value}", 1)
