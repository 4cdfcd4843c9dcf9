"""Correction before acceptance (补正): what the one notice asked for comes in, in parts or at once."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, insert, select, update

from clerk_tui.desk import case_steps, correction_reminders, policies, tasks
from clerk_tui.desk.case_steps import (
    basis_of,
    came_to,
    give,
    materials_of,
    reason_of,
    spec_of,
)
from clerk_tui.desk.case_writing import write_service
from clerk_tui.desk.completing import complete
from clerk_tui.desk.context import Desk
from clerk_tui.desk.intake_papers import OPEN_CORRECTION
from clerk_tui.desk.later_fields import fill_with
from clerk_tui.desk.material_rows import bring, change_material
from clerk_tui.desk.owing_reads import HOW_WORDS
from clerk_tui.desk.paper_facts import CHANNELS, Facts, due_fact, material_fact, material_facts
from clerk_tui.desk.permits import require
from clerk_tui.desk.views.intake import MaterialMark, PaperView, Settled
from clerk_tui.rules.correction import needs_supervisor
from clerk_tui.rules.marks import Mark
from clerk_tui.rules.outcomes import Outcome
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import CaseState, move_case
from clerk_tui.store.act import Act, By, new_id
from clerk_tui.store.case_states import case_row, change_case
from clerk_tui.store.core import DEFICIENCIES, REMINDERS

OPEN = ("asked", "faulted")
LAST_ROUND = 2


def supply(
    desk: Desk,
    by: By,
    *,
    case_id: str,
    supplied: Mapping[str, MaterialMark],
    fields: Mapping[str, Any] | None = None,
    reason: str = "",
    handled_by: str = "",
    visit_id: str = "",
) -> Settled:
    """Take in what a one-time notice asked for: material key -> how it was shown. Partial supply is normal.

    When everything is here, acceptance today is what follows, in the same act; where the department accepts, the case
    is received again with five new days. A mark 7 faults the new paper once more (supervisor and `reason`).
    Raises Refusal nothing_supplied, not_asked, fault_used, supervisor_needed, field_missing, mark_impossible, state_….
    """
    require(by, "supply_correction")
    if not supplied:
        raise Refusal("nothing_supplied", "请选择补交了哪几份", "在材料行标记, 再按 F9")
    with desk.act(by) as act:
        case = case_row(act.connection, case_id)
        move_case(case.state, "supply_correction")
        asked = _asked(act, case_id)
        unknown = [key for key in supplied if key not in asked]
        if unknown:
            raise Refusal("not_asked", "告知书没有要这份材料", "按告知书所列登记", field=unknown[0])
        faulty = {key: mark for key, mark in supplied.items() if mark.mark == Mark.DEFECTIVE}
        if faulty:
            reason = reason_of(reason)
        taken = [_take_in(act, desk, case, asked[key], mark) for key, mark in supplied.items()]
        fill_with(act, desk, case, _good(supplied), fields or {}, "随补正材料填写")
        case = case_row(act.connection, case_id)
        change_case(act.connection, case)
        act.record(
            "case.correction_supplied",
            case_id,
            {
                "materials": [{"key": row["key"], "name": row["name"], "mark": row["mark"]} for row in taken],
                "handled_by": clean_line(handled_by),
                "left": len(_asked(act, case_id)),
            },
            base_version=case.version,
        )
        case = case_row(act.connection, case_id)
        issued = [_receipt(act, desk, case, taken, clean_line(handled_by), visit_id)]
        if faulty:
            issued.append(
                _fault(act, desk, case, [(key, mark.defect) for key, mark in faulty.items()], reason, visit_id)
            )
        write_service(
            act, visit_id or None, "correction", f"补正 {len(taken)} 份", item_key=case.item_key, case_id=case_id
        )
        if not _asked(act, case_id):
            return complete(act, desk, case_row(act.connection, case_id), issued, visit_id)
        return came_to(case, case.state, f"已收补正材料, 还差 {len(_asked(act, case_id))} 份", issued)


def fault(desk: Desk, by: By, *, case_id: str, key: str, defect: str, reason: str, visit_id: str = "") -> Settled:
    """Fault a material that the notice did not name though it was visible the first time: supervisor and reason.

    Raises Refusal supervisor_needed, reason_missing, already_asked, fault_used, state_case.
    """
    require(by, "notice_visible_first_time")
    defect, reason = reason_of(defect, "defect"), reason_of(reason)
    with desk.act(by) as act:
        case = case_row(act.connection, case_id)
        move_case(case.state, "ask_correction")
        if key in _asked(act, case_id):
            raise Refusal("already_asked", "告知书已经列了这份材料", field=key)
        row = next((one for one in materials_of(act.connection, case_id) if one.key == key), None)
        if row is None:
            raise Refusal("material_unknown", "这件没有这份材料", field=key)
        change_material(act, row, mark=Mark.DEFECTIVE.value, defect=defect, verified_at=None)
        paper = _fault(act, desk, case, [(key, defect)], reason, visit_id)
        return came_to(case, case_row(act.connection, case_id).state, "已再次告知", (paper,))


def remind(desk: Desk, by: By, *, case_id: str, how: str, reached: bool, words: str = "") -> Settled:
    """Record the monthly reminder of an open correction: `how` phone | sms | in_person | letter."""
    require(by, "remind")
    if how not in HOW_WORDS:
        raise Refusal("reminder_how", "请选择怎样提醒的: 电话, 短信, 当面, 信函", field="how")
    with desk.act(by) as act:
        case = case_row(act.connection, case_id)
        if case.state != CaseState.CORRECTING.value:
            raise Refusal("state_case", f"这件当前是[{CaseState(case.state).words}], 不用提醒补正")
        reminder_id = new_id()
        values = {"stage": "monthly", "how": how, "reached": reached, "words": clean_line(words)}
        act.connection.execute(
            insert(REMINDERS),
            {
                "id": reminder_id,
                "case_id": case_id,
                "at": act.now,
                "clerk_id": by.clerk_id,
                **values,
            },
        )
        change_case(act.connection, case)
        act.record("case.reminded", case_id, values, base_version=case.version)
        tasks.close_within(act, case_id, correction_reminders.CODE, "已提醒")
        return came_to(case, case.state, "已记录提醒", ())


def _asked(act: Act, case_id: str) -> dict[str, Any]:
    """What is still asked for, by material key: the deficiency and its material."""
    rows = {row.id: row for row in materials_of(act.connection, case_id)}
    found = act.connection.execute(
        select(DEFICIENCIES).where(DEFICIENCIES.c.case_id == case_id, DEFICIENCIES.c.state.in_(OPEN))
    )
    return {rows[one.material_id].key: (one, rows[one.material_id]) for one in found}


def _take_in(act: Act, desk: Desk, case: Row[Any], asked: tuple[Any, Any], mark: MaterialMark) -> dict[str, Any]:
    deficiency, material = asked
    spec = spec_of(desk, case, material.key)
    row = bring(act, material, spec, case_steps.checked_mark(spec, mark))
    if mark.mark != Mark.DEFECTIVE:
        act.connection.execute(
            update(DEFICIENCIES).where(DEFICIENCIES.c.id == deficiency.id).values(state="supplied", supplied_at=act.now)
        )
    return row


def _receipt(
    act: Act, desk: Desk, case: Row[Any], taken: list[dict[str, Any]], handled_by: str, visit_id: str
) -> PaperView:
    left = [material_fact(dict(row._mapping)) for _, row in _asked(act, case.id).values()]
    facts: Facts = {"materials": material_facts(taken), "handled_by": handled_by, "remaining": left}
    if left and case.correct_by:
        facts["due"] = due_fact(case.correct_by, provisional=bool(case.due_provisional))
    return give(act, desk, case, PaperKind.CORRECTION_RECEIPT, facts, visit_id=visit_id)


def _fault(
    act: Act, desk: Desk, case: Row[Any], faults: list[tuple[str, str]], reason: str, visit_id: str
) -> PaperView:
    """One more notice: for a newly supplied paper once, with a supervisor; what was faulted twice is not faulted again."""
    rows = {row.key: row for row in materials_of(act.connection, case.id)}
    asked = _asked(act, case.id)
    listed = []
    for key, defect in faults:
        known = asked.get(key)
        round_number = known[0].round + 1 if known is not None else LAST_ROUND
        if round_number > LAST_ROUND:
            raise Refusal(
                "fault_used", f"{rows[key].name}: 已再次告知过, 不能第三次要求", "可以受理, 或报部门处理", field=key
            )
        if needs_supervisor(round_number, known is None):
            require(act.by, "fault_again")
        listed.append(material_fact(dict(rows[key]._mapping), due=_due(case)))
        if known is not None:
            act.connection.execute(
                update(DEFICIENCIES)
                .where(DEFICIENCIES.c.id == known[0].id)
                .values(state="faulted", round=round_number, reason=clean_line(defect))
            )
    policy = policies.correction(act.connection, desk.local(act.now).date())
    paper = give(
        act,
        desk,
        case,
        PaperKind.SECOND_NOTICE,
        {
            "materials": listed,
            "reason": reason,
            "due": _due(case),
            "basis": basis_of(desk, case, Outcome.ONE_TIME_NOTICE.value),
            "consequence": [policy.expiry_words if case.correct_by else OPEN_CORRECTION],
            "channels": list(CHANNELS),
            "approver": act.by.second_name or act.by.clerk_name,
        },
        visit_id=visit_id,
    )
    for key, defect in faults:
        if key not in asked:
            act.connection.execute(
                insert(DEFICIENCIES),
                {
                    "id": new_id(),
                    "case_id": case.id,
                    "notice_id": paper.id,
                    "material_id": rows[key].id,
                    "state": "faulted",
                    "reason": clean_line(defect),
                    "standard": rows[key].standard,
                    "due": case.correct_by,
                    "round": LAST_ROUND,
                },
            )
    change_case(act.connection, case)
    act.record(
        "case.correction_faulted",
        case.id,
        {"materials": [{"key": key, "defect": clean_line(defect)} for key, defect in faults], "reason": reason},
        base_version=case.version,
    )
    return paper


def _due(case: Row[Any]) -> Facts | str:
    return (
        due_fact(case.correct_by, provisional=bool(case.due_provisional))
        if case.correct_by
        else "未规定期限, 补齐当日受理"
    )


def _good(supplied: Mapping[str, MaterialMark]) -> list[str]:
    return [key for key, mark in supplied.items() if mark.mark != Mark.DEFECTIVE]
