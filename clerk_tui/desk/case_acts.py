"""Acts on a case that exists: decide on the spot, fees, 12345, originals given back; endings and corrections."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from clerk_tui.desk import filling, on_the_spot
from clerk_tui.desk.amending import correct
from clerk_tui.desk.case_steps import basis_of, came_to, effective_item, give, item_of, materials_of, regime_of
from clerk_tui.desk.context import Desk
from clerk_tui.desk.ending import print_refusal, refuse, return_case, terminate, void, withdraw
from clerk_tui.desk.filling import read_date
from clerk_tui.desk.material_rows import change_material
from clerk_tui.desk.owing_rows import live_of
from clerk_tui.desk.paper_facts import material_fact, material_facts
from clerk_tui.desk.permits import require
from clerk_tui.desk.views.intake import Settled
from clerk_tui.desk.working import may_decide
from clerk_tui.rules.marks import VERIFIED_HOW, Mark, is_pending_back_office
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import CaseState, move_case
from clerk_tui.store.act import Act, By
from clerk_tui.store.case_states import case_row, change_case
from clerk_tui.store.core import CASES

__all__ = [
    "correct",
    "decide_now",
    "give_back",
    "print_refusal",
    "record_fee",
    "record_hotline",
    "refuse",
    "return_case",
    "terminate",
    "verify_material",
    "void",
    "withdraw",
]

HOW_PAID = ("现金", "微信", "支付宝", "银行卡", "非税系统")


def decide_now(desk: Desk, by: By, *, case_id: str, number: str = "", visit_id: str = "") -> Settled:
    """Decide an accepted 即办件 at the hall, by a clerk whom the item names; decision and result come at once.

    Raises Refusal power_missing, material_owed, pending_back_office, state_case.
    """
    require(by, "decide_now")
    with desk.act(by) as act:
        case = case_row(act.connection, case_id)
        item = effective_item(desk, case)
        if item.handling != "即办件" or not may_decide(act.connection, by, item_of(case)):
            raise Refusal("power_missing", "没有当场决定这一件的授权", "请移交部门决定")
        if live_of(act.connection, case_id):
            raise Refusal("material_owed", "还有容缺材料没有补齐核对, 不能当场决定", "先登记补交")
        pending = [
            row.name
            for row in materials_of(act.connection, case_id)
            if is_pending_back_office(row.mark, row.verified_how)
        ]
        if pending:
            raise Refusal("pending_back_office", f"还有材料待后台核验: {', '.join(pending)}", "核验后再决定")
        state = move_case(move_case(case.state, "decide").value, "close")
        change_case(
            act.connection,
            case,
            events=2,
            state=state.value,
            decision="granted",
            decision_source="hall",
            decided_at=act.now,
            closed_at=act.now,
        )
        body = {"decision": "granted", "source": "hall", "result_kind": case.result_kind}
        act.record("case.decided", case_id, body, base_version=case.version)
        act.record("case.closed", case_id, {"decision": "granted"}, base_version=case.version + 1)
        facts = {
            "decision_words": "准予, 当场办结",
            "basis": basis_of(desk, case, "decide_now"),
            "materials": material_facts(
                [dict(row._mapping) for row in materials_of(act.connection, case_id) if row.mark != Mark.NOT_APPLICABLE]
            ),
        }
        fresh = dict(act.connection.execute(select(CASES).where(CASES.c.id == case_id)).mappings().one())
        issued = [give(act, desk, case, PaperKind.DECISION, facts, visit_id=visit_id)]
        issued += on_the_spot.result(
            act, desk, regime_of(case), fresh | {"visit_id": visit_id or None}, clean_line(number)
        )
        return came_to(case, state.value, "当场办结", issued)


def record_fee(desk: Desk, by: By, *, case_id: str, paid_fen: int, how: str, receipt: str) -> Settled:
    """Record what was paid, in fen, how, and the number of the receipt (票据号). Nothing is taken where it is free.

    Raises Refusal fee_free, fee_amount, fee_how, fee_receipt.
    """
    require(by, "record_fee")
    how, receipt = clean_line(how), clean_line(receipt)
    with desk.act(by) as act:
        case = case_row(act.connection, case_id)
        if not case.fee_fen and item_of(case).fee_fen == 0:
            raise Refusal("fee_free", "这个事项不收费", "不要向申请人收取费用")
        if paid_fen <= 0 or (case.fee_fen and paid_fen > case.fee_fen):
            due = filling.money_words(case.fee_fen) if case.fee_fen else "目录所列标准"
            raise Refusal("fee_amount", f"金额不对, 应收 {due}", field="fee_paid_fen")
        if how not in HOW_PAID:
            raise Refusal("fee_how", f"请选择怎样付的: {', '.join(HOW_PAID)}", field="fee_how")
        if not receipt:
            raise Refusal("fee_receipt", "请填票据号", field="fee_receipt")
        change_case(act.connection, case, fee_paid_fen=paid_fen, fee_how=how, fee_receipt=receipt)
        act.record(
            "case.fee_recorded",
            case_id,
            {"paid_fen": paid_fen, "how": how, "receipt": receipt, "before": case.fee_paid_fen},
            base_version=case.version,
        )
        return came_to(case, case.state, f"已收 {filling.money_words(paid_fen)}", ())


def record_hotline(desk: Desk, by: By, *, case_id: str, number: str, due: str = "", answer: str = "") -> Settled:
    """Attach a 12345 number to a case, with the day by which it must be answered, and the answer when there is one.

    Raises Refusal hotline_number, date_faulty.
    """
    require(by, "record_hotline")
    number, answer = clean_line(number), clean_line(answer)
    if not number:
        raise Refusal("hotline_number", "请填 12345 工单号", field="hotline_no")
    day = read_date(due) if due else None
    if due and day is None:
        raise Refusal("date_faulty", "请填日期, 例如 2026-11-30", field="hotline_due")
    with desk.act(by) as act:
        case = case_row(act.connection, case_id)
        values: dict[str, Any] = {
            "hotline_no": number,
            "hotline_due": day.isoformat() if day is not None else case.hotline_due,
            "hotline_answer": answer or case.hotline_answer,
        }
        change_case(act.connection, case, **values)
        act.record("case.hotline_recorded", case_id, values, base_version=case.version)
        return came_to(case, case.state, f"已登记 12345 工单 {number}", ())


def give_back(
    desk: Desk,
    by: By,
    *,
    case_id: str,
    keys: Sequence[str] = (),
    recipient: str = "",
    relation: str = "本人",
    visit_id: str = "",
) -> Settled:
    """Give originals back, these (material keys) or all that are on the list, with 材料退回清单 to sign.

    Raises Refusal nothing_to_give_back.
    """
    require(by, "give_back")
    with desk.act(by) as act:
        case = case_row(act.connection, case_id)
        rows = [
            row
            for row in materials_of(act.connection, case_id)
            if row.kept_original and row.given_back_at is None and (row.key in keys or (not keys and row.to_give_back))
        ]
        if not rows:
            raise Refusal("nothing_to_give_back", "没有要退的原件")
        for row in rows:
            _give_one(act, row)
        facts = {
            "materials": [material_fact(dict(row._mapping), give_back=True) for row in rows],
            "recipient": clean_line(recipient) or case.applicant_name,
            "relation": clean_line(relation),
        }
        paper = give(act, desk, case, PaperKind.GIVE_BACK_LIST, facts, visit_id=visit_id)
        return came_to(case, case.state, f"已退原件 {len(rows)} 份", (paper,))


def _give_one(act: Act, row: Row[Any]) -> None:
    change_material(act, row, given_back_at=act.now, to_give_back=False)
    act.record(
        "material.given_back",
        row.id,
        {"case_id": row.case_id, "key": row.key, "name": row.name, "originals": row.originals},
        base_version=row.version,
    )


def verify_material(
    desk: Desk, by: By, *, case_id: str, key: str, good: bool, how: str = "department_system", defect: str = ""
) -> Settled:
    """What the back office found of a material marked 待后台核验. One found wrong stays pending, with the fault noted,
    and is not asked of the resident by this: that is a decision of its own.

    Raises Refusal not_pending, verified_how_missing, defect_missing.
    """
    require(by, "verify_material")
    if how not in VERIFIED_HOW or how == "pending_back_office":
        raise Refusal("verified_how_missing", "请注明怎样核的", field="verified_how")
    defect = clean_line(defect)
    if not good and not defect:
        raise Refusal("defect_missing", "请写明查到什么问题", field="defect")
    with desk.act(by) as act:
        case = case_row(act.connection, case_id)
        row = next((one for one in materials_of(act.connection, case_id) if one.key == key), None)
        if row is None or not is_pending_back_office(row.mark, row.verified_how):
            raise Refusal("not_pending", "这份材料不在待核验之列", field=key)
        if CaseState(case.state) in (CaseState.VOID, CaseState.WITHDRAWN):
            raise Refusal("state_case", f"这件当前是[{CaseState(case.state).words}], 不再核验材料")
        if good:
            change_material(act, row, verified_how=how, verified_at=act.now, defect="")
        else:
            change_material(act, row, defect=defect)
        body = {"case_id": case_id, "key": key, "name": row.name, "good": good, "how": how, "reason": defect}
        act.record("material.verified", row.id, body, base_version=row.version)
        return came_to(case, case.state, f"{row.name} {'核验无误' if good else '核验有问题'}", ())
