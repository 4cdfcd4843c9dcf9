"""A correction is complete: acceptance that day is the only outcome (行政许可法 32(5))."""

from typing import Any

from sqlalchemy import Row, select

from clerk_tui.desk import correction_reminders, dues, tasks
from clerk_tui.desk.case_bodies import stored_body
from clerk_tui.desk.case_steps import basis_of, came_to, effective_item, give, materials_of, regime_of
from clerk_tui.desk.context import Desk
from clerk_tui.desk.intake_papers import AWAITING, NOT_ACCEPTED_YET, acceptance
from clerk_tui.desk.paper_facts import material_facts
from clerk_tui.desk.views.intake import PaperView, Settled
from clerk_tui.rules.marks import Mark, is_pending_back_office, satisfied
from clerk_tui.rules.outcomes import Outcome
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import move_case
from clerk_tui.store.act import Act
from clerk_tui.store.case_states import case_row, change_case
from clerk_tui.store.core import CASES


def complete(act: Act, desk: Desk, case: Row[Any], issued: list[PaperView], visit_id: str) -> Settled:
    """Go on with a case whose notice is answered in full, inside the act that took in the last paper.

    Raises Refusal material_lacking when the checklist has another gap after all.
    """
    lacking = [
        row.name
        for row in materials_of(act.connection, case.id)
        if not satisfied(row.mark, row.verified_how) and not is_pending_back_office(row.mark, row.verified_how)
    ]
    tasks.close_within(act, case.id, correction_reminders.CODE, "已补齐")
    if lacking:
        raise Refusal("material_lacking", f"材料还不齐: {', '.join(lacking)}", "请核对材料清单")
    if case.accept_power != "hall":
        return _receive_again(act, desk, case, issued, visit_id)
    return _accept(act, desk, case, issued, visit_id)


def _receive_again(act: Act, desk: Desk, case: Row[Any], issued: list[PaperView], visit_id: str) -> Settled:
    """The department accepts: the case is received again, with five new days."""
    today = desk.local(act.now).date()
    state = move_case(case.state, "correction_complete")
    five_day = dues.five_day(desk, regime_of(case), today)
    change_case(
        act.connection,
        case,
        state=state.value,
        five_day_due=five_day.day.isoformat() if five_day is not None else None,
        five_day_from=today.isoformat(),
        due_provisional=five_day.provisional if five_day is not None else False,
        correct_by=None,
        flag_requested=True,
    )
    fresh = _fresh(act, case.id)
    body = stored_body(act.connection, fresh, outcome=Outcome.RECEIVE.value)
    act.record("case.received", case.id, body, base_version=case.version)
    rows = [dict(row._mapping) for row in materials_of(act.connection, case.id) if row.mark != Mark.NOT_APPLICABLE]
    receipt = {"materials": material_facts(rows), "notes": [NOT_ACCEPTED_YET, AWAITING]}
    issued.append(give(act, desk, case, PaperKind.RECEIPT, receipt, visit_id=visit_id))
    return came_to(case, state.value, "补正齐全, 已报部门受理", issued)


def _accept(act: Act, desk: Desk, case: Row[Any], issued: list[PaperView], visit_id: str) -> Settled:
    state = move_case(case.state, "accept")
    found = dues.of_item(desk, effective_item(desk, case), desk.local(act.now))
    change_case(
        act.connection,
        case,
        state=state.value,
        accepted_at=act.now,
        accepted_how="complete",
        five_day_due=None,
        correct_by=None,
        promised_due=found.promised,
        statutory_due=found.statutory,
        due_provisional=found.provisional,
    )
    fresh = _fresh(act, case.id)
    act.record(
        "case.accepted",
        case.id,
        stored_body(act.connection, fresh, outcome=Outcome.ACCEPT.value),
        base_version=case.version,
    )
    rows = [dict(row._mapping) for row in materials_of(act.connection, case.id)]
    shown = [row for row in rows if row["mark"] != Mark.NOT_APPLICABLE]
    facts = acceptance(desk, fresh, rows) | {
        "materials": material_facts(shown),
        "basis": basis_of(desk, case, Outcome.ACCEPT.value),
    }
    issued.append(give(act, desk, case_row(act.connection, case.id), PaperKind.ACCEPTANCE, facts, visit_id=visit_id))
    return came_to(case, state.value, "补正齐全, 当日受理", issued)


def _fresh(act: Act, case_id: str) -> dict[str, Any]:
    return dict(act.connection.execute(select(CASES).where(CASES.c.id == case_id)).mappings().one())
