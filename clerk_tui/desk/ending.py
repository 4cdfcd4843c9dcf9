"""How a case ends otherwise than by a decision: withdrawn, returned, terminated, revoked, refused, void."""

from typing import Any

from sqlalchemy import Row, update

from clerk_tui.desk import correction_reminders, tasks
from clerk_tui.desk.case_steps import basis_of, came_to, give, legal_of, materials_of, reason_of
from clerk_tui.desk.context import Desk
from clerk_tui.desk.owing_rows import close_all as close_owed
from clerk_tui.desk.paper_facts import Facts, material_fact
from clerk_tui.desk.permits import require
from clerk_tui.desk.views.intake import PaperView, Settled
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import CASE_ACTS, CaseState, move_case
from clerk_tui.store.act import Act, By
from clerk_tui.store.case_states import case_row, change_case
from clerk_tui.store.core import MATERIALS

__all__ = [
    "close_owed",
    "end_within",
    "print_refusal",
    "refuse",
    "return_case",
    "terminate",
    "void",
    "withdraw",
]

EVENTS = {
    "withdraw": "case.withdrawn",
    "return": "case.returned",
    "terminate": "case.terminated",
    "revoke": "case.revoked",
    "refuse": "case.refused",
    "not_applicable": "case.not_applicable",
}
PAPERS = {  # 撤销受理 is the department's own document: the hall serves it
    "withdraw": PaperKind.WITHDRAWAL,
    "return": PaperKind.RETURN_NOTICE,
    "terminate": PaperKind.TERMINATION,
    "refuse": PaperKind.REFUSAL,
    "not_applicable": PaperKind.NOT_APPLICABLE,
}


def withdraw(desk: Desk, by: By, *, case_id: str, reason: str, visit_id: str = "") -> Settled:
    """The applicant withdraws in writing before the decision: 撤回申请书 to sign, and the list of what goes back.

    Raises Refusal reason_missing, state_case.
    """
    return _end(desk, by, "withdraw", "withdraw", case_id, reason, visit_id)


def return_case(desk: Desk, by: By, *, case_id: str, reason: str, visit_id: str = "") -> Settled:
    """退件, by a supervisor: overdue and the rule says so, or never to be completed. Raises as `withdraw`."""
    return _end(desk, by, "return_case", "return", case_id, reason, visit_id)


def terminate(desk: Desk, by: By, *, case_id: str, reason: str, document: str = "", visit_id: str = "") -> Settled:
    """终止, decided by the department (its `document`) or, where the hall accepts, by a supervisor."""
    return _end(desk, by, "terminate_case", "terminate", case_id, reason, visit_id, document=document)


def refuse(
    desk: Desk,
    by: By,
    *,
    case_id: str,
    reason: str,
    not_applicable: bool = False,
    competent_authority: str = "",
    document: str = "",
    visit_id: str = "",
) -> Settled:
    """不予受理 (or 不受理) of a case that was received; the department's unless the hall accepts (`document` then)."""
    act_name = "not_applicable" if not_applicable else "refuse"
    more = {"competent_authority": clean_line(competent_authority)}
    permit = "not_applicable_case" if not_applicable else "refuse_case"
    return _end(desk, by, permit, act_name, case_id, reason, visit_id, document=document, more=more)


def print_refusal(desk: Desk, by: By, *, case_id: str, reason: str, visit_id: str = "") -> PaperView:
    """The notice of a refusal that the department decided through the district; the hall only prints and serves it."""
    require(by, "intake")
    reason = reason_of(reason)
    with desk.act(by) as act:
        case = case_row(act.connection, case_id)
        kinds = {CaseState.REFUSED.value: "refuse", CaseState.NOT_APPLICABLE.value: "not_applicable"}
        if case.state not in kinds:
            raise Refusal("state_case", f"这件当前是[{CaseState(case.state).words}], 没有不予受理的决定")
        name = kinds[case.state]
        return give(act, desk, case, PAPERS[name], _facts(act, desk, case, name, reason), visit_id=visit_id)


def void(desk: Desk, by: By, *, case_id: str, reason: str, replaced_by: str = "") -> Settled:
    """作废, by a supervisor: the number stays in the register, nothing is deleted. Raises Refusal reason_missing."""
    require(by, "void_case")
    reason = reason_of(reason)
    with desk.act(by) as act:
        case = case_row(act.connection, case_id)
        state = move_case(case.state, "void")
        close_owed(act, case_id, reason)
        change_case(act.connection, case, state=state.value, closed_at=act.now, flag_requested=False)
        body = {"receipt_no": case.receipt_no, "before": case.state, "reason": reason, "replaced_by": replaced_by}
        act.record("case.voided", case_id, body, base_version=case.version)
        issued = [
            give(
                act,
                desk,
                case,
                PaperKind.VOID_NOTE,
                {
                    "paper_title": "收件登记",
                    "paper_number": case.receipt_no,
                    "reason": reason,
                    "replaced_by": clean_line(replaced_by),
                    "approver": by.second_name or by.clerk_name,
                },
            ),
            *_give_back_list(act, desk, case, reason, ""),
        ]
        return came_to(case, state.value, "已作废", issued)


def end_within(
    act: Act, desk: Desk, case: Row[Any], name: str, reason: str, *, visit_id: str = "", more: Facts | None = None
) -> tuple[PaperView, ...]:
    """End a case by an act of the state table, inside an act: row, event, paper, what goes back, what is owed."""
    state = move_case(case.state, name)
    close_owed(act, case.id, f"{CASE_ACTS[name]}: {reason}")
    tasks.close_within(act, case.id, correction_reminders.CODE, CASE_ACTS[name])
    change_case(
        act.connection,
        case,
        state=state.value,
        closed_at=act.now,
        five_day_due=None,
        flag_requested=False,
        flag_waiting_applicant=False,
    )
    facts = _facts(act, desk, case, name, reason) | (more or {})
    act.record(EVENTS[name], case.id, {"reason": reason, **(more or {})}, base_version=case.version)
    own = (give(act, desk, case, PAPERS[name], facts, visit_id=visit_id),) if name in PAPERS else ()
    return (*own, *_give_back_list(act, desk, case, reason, visit_id))


def _end(
    desk: Desk,
    by: By,
    permit: str,
    name: str,
    case_id: str,
    reason: str,
    visit_id: str,
    *,
    document: str = "",
    more: Facts | None = None,
) -> Settled:
    require(by, permit)
    reason, document = reason_of(reason), clean_line(document)
    with desk.act(by) as act:
        case = case_row(act.connection, case_id)
        departments_own = name in ("terminate", "refuse", "not_applicable") and case.accept_power != "hall"
        if departments_own and not document:
            raise Refusal(
                "power_missing",
                f"{CASE_ACTS[name]}由部门决定, 窗口只能提出",
                "请填部门文书的文号和日期",
                field="document",
            )
        why = reason + (f"({document})" if document else "")
        issued = end_within(act, desk, case, name, why, visit_id=visit_id, more=more)
        state = case_row(act.connection, case_id).state
        return came_to(case, state, CASE_ACTS[name], issued)


def _facts(act: Act, desk: Desk, case: Row[Any], name: str, reason: str) -> Facts:
    """What the paper of an ending says: why, on what basis, what one can do against it, what goes back."""
    listed = [material_fact(dict(row._mapping), give_back=True) for row in _to_go_back(act, case.id)]
    facts: Facts = {
        "reason": reason,
        "basis": basis_of(desk, case, name),
        "remedies": list(legal_of(desk, case).remedies),
    }
    return facts | ({"materials": listed} if listed else {})


def _to_go_back(act: Act, case_id: str) -> list[Row[Any]]:
    """Originals that lie here: when a case ends without a decision, all of them go back."""
    return [row for row in materials_of(act.connection, case_id) if row.kept_original and row.given_back_at is None]


def _give_back_list(act: Act, desk: Desk, case: Row[Any], reason: str, visit_id: str) -> tuple[PaperView, ...]:
    rows = _to_go_back(act, case.id)
    if not rows:
        return ()
    act.connection.execute(
        update(MATERIALS).where(MATERIALS.c.id.in_([row.id for row in rows])).values(to_give_back=True)
    )
    facts = {"materials": [material_fact(dict(row._mapping), give_back=True) for row in rows], "reason": reason}
    return (give(act, desk, case, PaperKind.GIVE_BACK_LIST, facts, visit_id=visit_id),)
