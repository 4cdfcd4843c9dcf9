"""The ledger's acts: remind, extend before expiry, check what was promised."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, insert

from clerk_tui.desk import owing_reads, policies
from clerk_tui.desk.case_steps import basis_of, came_to, give, legal_of, reason_of
from clerk_tui.desk.context import Desk
from clerk_tui.desk.filling import read_date
from clerk_tui.desk.owing_rows import change_owed, owed_row, set_owed
from clerk_tui.desk.paper_facts import due_fact
from clerk_tui.desk.permits import require
from clerk_tui.desk.views.cases import OwedRow
from clerk_tui.desk.views.intake import PaperView, Settled
from clerk_tui.rules.limits import Limit
from clerk_tui.rules.limits import due as limit_due
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import OWED_OPEN, OwedState
from clerk_tui.rules.tolerance import CAP_UNPUBLISHED, DeficiencyPolicy, cap, extended_due, stage
from clerk_tui.store import case_dues
from clerk_tui.store.act import Act, By, new_id
from clerk_tui.store.case_states import case_row
from clerk_tui.store.core import REMINDERS


def remind(
    desk: Desk, by: By, *, owed_ids: Sequence[str], how: str, reached: bool, words: str = ""
) -> tuple[OwedRow, ...]:
    """Record that somebody was reminded of these entries: `how` phone | sms | in_person | letter, reached or not.

    Raises Refusal nothing_chosen, reminder_how, not_open.
    """
    require(by, "remind")
    if not owed_ids:
        raise Refusal("nothing_chosen", "还没有选要提醒的几条", "在选项列按 3 选中, 再按 F9")
    if how not in owing_reads.HOW_WORDS:
        raise Refusal("reminder_how", "请选择怎样提醒的: 电话, 短信, 当面, 信函", field="how")
    with desk.act(by) as act:
        for owed_id in dict.fromkeys(owed_ids):
            _remind(act, desk, owed_row(act.connection, owed_id), how, reached, clean_line(words))
        return tuple(owing_reads.one(desk, act.connection, owed_id) for owed_id in dict.fromkeys(owed_ids))


def _remind(act: Act, desk: Desk, entry: Row[Any], how: str, reached: bool, words: str) -> None:
    if OwedState(entry.state) not in OWED_OPEN:
        raise Refusal("not_open", f"{entry.name} 已经不用提醒", "请刷新待补台账")
    now_stage = stage(date.fromisoformat(entry.due), desk.local(act.now).date(), desk.calendar) or "early"
    act.connection.execute(
        insert(REMINDERS),
        {
            "id": new_id(),
            "owed_id": entry.id,
            "case_id": entry.case_id,
            "stage": now_stage,
            "how": how,
            "reached": reached,
            "words": words,
            "at": act.now,
            "clerk_id": act.by.clerk_id,
        },
    )
    set_owed(act, entry)
    act.record(
        "owed.reminded",
        entry.id,
        {
            "case_id": entry.case_id,
            "name": entry.name,
            "due": entry.due,
            "stage": now_stage,
            "how": how,
            "reached": reached,
            "words": words,
        },
        base_version=entry.version,
    )


def extend(desk: Desk, by: By, *, owed_id: str, reason: str, due: str = "") -> Settled:
    """Move the date of an entry before it expires, as often and as far as the list allows, with a supervisor.

    `due`: a date within that; the farthest when empty. Raises Refusal supervisor_needed, reason_missing, expired_already,
    extension_used, extension_capped, due_beyond.
    """
    require(by, "extend_owed")
    reason = reason_of(reason)
    with desk.act(by) as act:
        entry = owed_row(act.connection, owed_id)
        case = case_row(act.connection, entry.case_id)
        policy = policies.policy_of(act.connection, entry.policy_id)
        today, old = desk.local(act.now).date(), date.fromisoformat(entry.due)
        if today > old:
            raise Refusal("expired_already", f"{entry.name} 已过期, 延期须在到期前办", "请提出逾期处理")
        last, cap_words = _cap(desk, case, policy)
        farthest = extended_due(policy, old, entry.extended_times, today, desk.calendar, cap_day=last)
        if farthest is None and entry.extended_times < policy.extension_times:
            raise Refusal(
                "extension_capped",
                f"{entry.name} 已到上限({last}, {cap_words}), 不能再延",
                "到期仍未补的, 请提出逾期处理",
            )
        if farthest is None:
            raise Refusal("extension_used", f"{entry.name} 已延期 {entry.extended_times} 次, 清单不再允许延期")
        chosen = farthest if not due else read_date(due)
        if chosen is None or not old < chosen <= farthest:
            raise Refusal("due_beyond", f"延期应在 {old} 之后, {farthest} 之前(含)", field="due")
        provisional = not desk.calendar.is_published(chosen)
        change_owed(
            act,
            entry,
            "extend",
            due=chosen.isoformat(),
            extended_times=entry.extended_times + 1,
            provisional=provisional,
        )
        act.record(
            "owed.extended",
            owed_id,
            {"case_id": case.id, "name": entry.name, "before": entry.due, "due": chosen.isoformat(), "reason": reason},
            base_version=entry.version,
        )
        paper = give(
            act,
            desk,
            case,
            PaperKind.EXTENSION_NOTICE,
            {
                "reason": reason,
                "old_due": due_fact(entry.due),
                "due": due_fact(chosen.isoformat(), provisional=provisional),
                "materials": [{"name": entry.name, "due": due_fact(chosen.isoformat(), provisional=provisional)}],
                "basis": basis_of(desk, case, "accept_deficient"),
                "approver": by.second_name or by.clerk_name,
                "consequence": [f"逾期未补齐的: {policy.expiry_for(case.item_key).words}"],
            },
        )
        return came_to(case, case.state, f"{entry.name} 延期到 {chosen:%m-%d}", (paper,))


def _cap(desk: Desk, case: Row[Any], policy: DeficiencyPolicy) -> tuple[date, str]:
    """The last day that an extension may reach, and the words for it: the case's own date as it stands now, moved by what
    the department suspended or prolonged, where that date is the cap."""
    promised, statutory = Limit.of_text(case.promised_limit), Limit.of_text(case.statutory_limit)
    limit, words = cap(policy, promised, statutory, item_key=case.item_key)
    stands = {"promised": case.promised_due, "statutory": case.statutory_due}.get(policy.cap_for(case.item_key))
    if stands and words != CAP_UNPUBLISHED:
        return date.fromisoformat(stands), words
    return limit_due(case_dues.day_of(case.accepted_at or case.received_at), limit, desk.calendar).day, words


def verify_promise(desk: Desk, by: By, *, owed_id: str, truthful: bool, how: str, reason: str = "") -> Settled:
    """Record what checking a promise found (告知承诺): `how` in words; an untrue one is proposed to the department.

    Raises Refusal not_promise, how_missing, reason_missing, state_owed.
    """
    require(by, "verify_promise")
    how = clean_line(how)
    if not how:
        raise Refusal("how_missing", "请写明怎样核查的", "例: 部门系统查得, 现场核查", field="how")
    reason = clean_line(reason) if truthful else reason_of(reason)
    with desk.act(by) as act:
        entry = owed_row(act.connection, owed_id)
        if entry.kind != "promise":
            raise Refusal("not_promise", "这一条是容缺材料, 不是告知承诺", "请登记补交")
        case = case_row(act.connection, entry.case_id)
        if truthful:
            change_owed(act, entry, "supply", events=0, supplied_at=act.now)
            fresh = owed_row(act.connection, owed_id)
            change_owed(act, fresh, "check", closed_at=act.now)
        else:
            change_owed(act, entry, "expire", proposed_outcome="terminate")
        body = {"case_id": case.id, "name": entry.name, "truthful": truthful, "how": how, "reason": reason}
        act.record("promise.verified", owed_id, body, base_version=entry.version)
        issued: tuple[PaperView, ...] = ()
        if not truthful:
            issued = (
                give(
                    act,
                    desk,
                    case,
                    PaperKind.EXPIRY_NOTICE,
                    {
                        "materials": [{"name": entry.name, "defect": reason}],
                        "outcome_words": "承诺不实, 提请部门终止办理或依法撤销",
                        "reason": reason,
                        "basis": basis_of(desk, case, "accept"),
                        "remedies": list(legal_of(desk, case).remedies),
                    },
                ),
            )
        return came_to(case, case.state, f"承诺{'属实' if truthful else '不实, 已提请部门'} {entry.name}", issued)
