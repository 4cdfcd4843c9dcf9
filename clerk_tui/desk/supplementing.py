"""Owed materials are brought: taken in, checked, or found faulty and told once more in writing."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from clerk_tui.desk import case_steps, policies
from clerk_tui.desk.case_steps import basis_of, came_to, give, reason_of, spec_of
from clerk_tui.desk.case_writing import write_service
from clerk_tui.desk.context import Desk
from clerk_tui.desk.later_fields import fill_with
from clerk_tui.desk.material_rows import bring, change_material
from clerk_tui.desk.owing_rows import change_owed, live_of, owed_row
from clerk_tui.desk.paper_facts import CHANNELS, Facts, due_fact, material_fact
from clerk_tui.desk.permits import require
from clerk_tui.desk.views.intake import MaterialMark, PaperView, Settled
from clerk_tui.rules.marks import Mark, is_pending_back_office
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import OWED_LIVE_IN, CaseState, OwedState
from clerk_tui.store import decisions
from clerk_tui.store.act import Act, By
from clerk_tui.store.case_states import case_row, change_case
from clerk_tui.store.core import MATERIALS, OWED

LIVES_IN = OWED_LIVE_IN | {CaseState.RECEIVED}
"""Also while the department has still to accept a case that was received with a commitment."""


def supplement(
    desk: Desk,
    by: By,
    *,
    supplied: Mapping[str, MaterialMark],
    fields: Mapping[str, Any] | None = None,
    checked: bool = True,
    handled_by: str = "",
    visit_id: str = "",
) -> Settled:
    """Take in owed materials of one case: owed id -> how it was shown. One receipt names what came and what is left.

    `checked`: the clerk compared it with the standard now; else it waits for `check`. A mark 7 is taken in and faulted
    at once (supervisor, one more written notice). `fields` fills the form fields that were owed with a material.
    Raises Refusal nothing_supplied, cases_mixed, state_owed, field_missing, mark_impossible, second_notice_used.
    """
    require(by, "supplement")
    if not supplied:
        raise Refusal("nothing_supplied", "请选择补交了哪几份", "在选项列标记, 再按 F9")
    with desk.act(by) as act:
        entries = [owed_row(act.connection, owed_id) for owed_id in supplied]
        case = _case(act, entries)
        taken = []
        for entry in entries:
            spec_mark = supplied[entry.id]
            taken.append(
                _take_in(act, desk, case, entry, spec_mark, checked=checked, handled_by=clean_line(handled_by))
            )
        good = [str(row["key"]) for row in taken if row["mark"] != Mark.DEFECTIVE]
        fill_with(act, desk, case, good, fields or {}, "随补交材料填写")
        again = [
            _reject(act, desk, entry.id, clean_line(supplied[entry.id].defect), visit_id)
            for entry in entries
            if supplied[entry.id].mark == Mark.DEFECTIVE
        ]
        left = live_of(act.connection, case.id)  # after the faulty ones are owed again
        facts: Facts = {
            "materials": [material_fact(row) for row in taken],
            "remaining": _owed_facts([row for row in left if row.state != OwedState.SUPPLIED]),
            "handled_by": clean_line(handled_by),
        }
        if facts["remaining"]:
            facts["due"] = due_fact(max(str(row.due) for row in left))
        receipt = give(act, desk, case, PaperKind.SUPPLEMENT_RECEIPT, facts, visit_id=visit_id)
        write_service(
            act, visit_id or None, "supplement", f"补交 {len(entries)} 份", item_key=case.item_key, case_id=case.id
        )
        state = _afterwards(act, desk, case.id)
        words = "补交已核对" if checked else "补交已收下, 待核对"
        return came_to(case, state, f"{words}{'' if not left else f', 还欠 {len(left)} 份'}", (receipt, *again))


def check(desk: Desk, by: By, *, owed_id: str) -> Settled:
    """Find a supplied material good. Raises Refusal state_owed."""
    require(by, "check_supplement")
    with desk.act(by) as act:
        entry = owed_row(act.connection, owed_id)
        case = _case(act, [entry])
        _check(act, entry)
        return came_to(case, _afterwards(act, desk, case.id), f"已核对 {entry.name}", ())


def reject_supplement(desk: Desk, by: By, *, owed_id: str, reason: str, visit_id: str = "") -> Settled:
    """Find a supplied material faulty: one more written notice, with a supervisor; the date does not move.

    Raises Refusal supervisor_needed, reason_missing, second_notice_used, state_owed.
    """
    require(by, "reject_supplement")
    with desk.act(by) as act:
        entry = owed_row(act.connection, owed_id)
        case = _case(act, [entry])
        paper = _reject(act, desk, owed_id, reason_of(reason), visit_id)
        return came_to(case, case.state, f"补交不合格已告知 {entry.name}", (paper,))


def reopen(desk: Desk, by: By, *, owed_id: str, reason: str) -> Settled:
    """Correct an entry that was checked or closed by mistake: it is owed again, on its date, with a supervisor."""
    require(by, "reopen_owed")
    reason = reason_of(reason)
    with desk.act(by) as act:
        entry = owed_row(act.connection, owed_id)
        case = _case(act, [entry])
        after = change_owed(act, entry, "reopen", closed_at=None, supplied_at=None)
        act.record(
            "owed.recorded",
            owed_id,
            {"case_id": case.id, "name": entry.name, "due": entry.due, "reason": reason, "before": entry.state},
            base_version=entry.version,
        )
        paper = give(
            act,
            desk,
            case,
            PaperKind.CORRECTION_NOTE,
            {"what": entry.name, "before": OwedState(entry.state).words, "after": after.words, "reason": reason},
        )
        return came_to(case, case.state, f"改回待补 {entry.name}", (paper,))


def _case(act: Act, entries: list[Row[Any]]) -> Row[Any]:
    if len({entry.case_id for entry in entries}) != 1:
        raise Refusal("cases_mixed", "一次只能补交一件的材料", "请按办件分开登记")
    if any(entry.kind != "owed" for entry in entries):
        raise Refusal("not_owed", "告知承诺的事项不是补交, 请在承诺核查里办")
    case = case_row(act.connection, entries[0].case_id)
    if CaseState(case.state) not in LIVES_IN:
        raise Refusal("case_ended", f"这件当前是[{CaseState(case.state).words}], 不再补交材料")
    return case


def _take_in(
    act: Act, desk: Desk, case: Row[Any], entry: Row[Any], mark: MaterialMark, *, checked: bool, handled_by: str
) -> dict[str, Any]:
    material = act.connection.execute(select(MATERIALS).where(MATERIALS.c.id == entry.material_id)).one()
    spec = spec_of(desk, case, material.key)
    mark = case_steps.checked_mark(spec, mark)
    row = bring(act, material, spec, mark)
    today = desk.local(act.now).date()
    change_owed(act, entry, "supply", supplied_at=act.now)
    act.record(
        "owed.supplied",
        entry.id,
        {
            "case_id": case.id,
            "material_id": material.id,
            "key": material.key,
            "name": entry.name,
            "due": entry.due,
            "on": today.isoformat(),
            "late": today > date.fromisoformat(entry.due),
            "mark": mark.mark,
            "verified_how": mark.verified_how,
            "handled_by": handled_by,
        },
        base_version=entry.version,
    )
    if checked and mark.mark != Mark.DEFECTIVE and not is_pending_back_office(mark.mark, mark.verified_how):
        _check(act, owed_row(act.connection, entry.id))
    return row


def _check(act: Act, entry: Row[Any]) -> None:
    change_owed(act, entry, "check", closed_at=act.now)
    act.record("owed.checked", entry.id, {"case_id": entry.case_id, "name": entry.name}, base_version=entry.version)


def _reject(act: Act, desk: Desk, owed_id: str, reason: str, visit_id: str) -> PaperView:
    require(act.by, "reject_supplement")
    entry = owed_row(act.connection, owed_id)
    case = case_row(act.connection, entry.case_id)
    policy = policies.policy_of(act.connection, entry.policy_id)
    if entry.rejected_times >= 1 or not policy.second_notice:
        raise Refusal(
            "second_notice_used",
            f"{entry.name}: 补交不合格只能再书面告知一次",
            "到期仍未补齐的, 提出逾期处理",
        )
    change_owed(act, entry, "reject", rejected_times=entry.rejected_times + 1, supplied_at=None)
    material = act.connection.execute(select(MATERIALS).where(MATERIALS.c.id == entry.material_id)).one()
    row = change_material(act, material, mark=Mark.DEFECTIVE.value, defect=reason, verified_at=None)
    act.record(
        "owed.rejected",
        owed_id,
        {"case_id": case.id, "name": entry.name, "due": entry.due, "reason": reason},
        base_version=entry.version,
    )
    facts = {
        "materials": [material_fact(row, due=due_fact(entry.due))],
        "reason": reason,
        "due": due_fact(entry.due, "期限不因此变动"),
        "basis": basis_of(desk, case, "accept_deficient"),
        "consequence": [f"逾期未补齐的: {policy.expiry_for(case.item_key).words}"],
        "channels": list(CHANNELS),
        "approver": act.by.second_name or act.by.clerk_name,
    }
    return give(act, desk, case, PaperKind.SECOND_NOTICE, facts, visit_id=visit_id)


def _owed_facts(rows: list[Row[Any]]) -> list[Facts]:
    return [{"name": row.name, "due": due_fact(row.due, provisional=bool(row.provisional))} for row in rows]


def _afterwards(act: Act, desk: Desk, case_id: str) -> str:
    """When nothing is overdue any more the applicant is no longer waited for, and a decided case is closed."""
    if not act.connection.execute(
        select(OWED.c.id).where(OWED.c.case_id == case_id, OWED.c.state == OwedState.EXPIRED.value).limit(1)
    ).first():
        case = case_row(act.connection, case_id)
        if case.flag_waiting_applicant:
            change_case(act.connection, case, events=0, flag_waiting_applicant=False)
            today = desk.local(act.now).date().isoformat()
            decisions.applicant_came(act, case_row(act.connection, case_id), to_date=today, calendar=desk.calendar)
    decisions.close_if_nothing_owed(act, case_id)
    return str(case_row(act.connection, case_id).state)
