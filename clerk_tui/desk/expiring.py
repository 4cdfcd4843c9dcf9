"""Expiry of owed materials: proposed by the desk, settled by a person with the power, never by itself."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row

from clerk_tui.desk import ending, policies
from clerk_tui.desk.case_steps import basis_of, came_to, give, legal_of, reason_of
from clerk_tui.desk.context import Desk
from clerk_tui.desk.owing_rows import change_owed, owed_row
from clerk_tui.desk.paper_facts import Facts, due_fact
from clerk_tui.desk.permits import require
from clerk_tui.desk.views.intake import PaperView, Settled
from clerk_tui.rules.limits import Limit, due
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.tolerance import DEFAULT_EXPIRY, ON_EXPIRY, expiry_power
from clerk_tui.store import decisions
from clerk_tui.store.act import Act, By
from clerk_tui.store.case_states import case_row, change_case


def propose_expiry(desk: Desk, by: By, *, owed_id: str, words: str = "") -> Settled:
    """Propose what the list says for a material that did not come; the case stays open, red and waiting.

    Raises Refusal not_expired, state_owed.
    """
    require(by, "propose_expiry")
    with desk.act(by) as act:
        entry = owed_row(act.connection, owed_id)
        if entry.kind != "owed":
            raise Refusal("not_owed", "告知承诺没有补交期限", "请在承诺核查里办")
        case = case_row(act.connection, entry.case_id)
        policy = policies.policy_of(act.connection, entry.policy_id)
        last = due(date.fromisoformat(entry.due), Limit(policy.grace_days), desk.calendar).day
        today = desk.local(act.now).date()
        if entry.due < today.isoformat() and today <= last:
            words = f"{entry.name} 已过 {entry.due}, 清单给的宽限到 {last}"
            raise Refusal("not_expired", words, "宽限期内仍可补交, 过后再提出逾期处理")
        if today <= last:
            raise Refusal("not_expired", f"{entry.name} 还没有过期({entry.due})", "到期前可以提醒或延期")
        outcome = policy.expiry_for(case.item_key)
        reason = f"{entry.due} 前未补齐{entry.name}" + (f"; {clean_line(words)}" if clean_line(words) else "")
        change_owed(act, entry, "expire", proposed_outcome=outcome.key)
        power = expiry_power(outcome.key, case.accept_power)
        body = {
            "case_id": case.id,
            "name": entry.name,
            "due": entry.due,
            "proposed": outcome.key,
            "power": power,
            "reason": reason,
            "paused": policy.pause_allowed,
        }
        act.record("owed.expired", owed_id, body, base_version=entry.version)
        change_case(act.connection, case, events=0, flag_waiting_applicant=True, flag_requested=power == "department")
        if policy.pause_allowed:
            since = date.fromisoformat(entry.due) + timedelta(days=1)
            decisions.wait_for_applicant(act, case, from_date=since.isoformat(), reason=reason)
        paper = give(
            act, desk, case, PaperKind.EXPIRY_NOTICE, _facts(act, desk, case, entry, f"提出: {outcome.words}", reason)
        )
        return came_to(case, case.state, f"已提出逾期处理: {outcome.words}", (paper,))


def settle_expiry(desk: Desk, by: By, *, owed_id: str, outcome: str = "", reason: str, document: str = "") -> Settled:
    """Settle an expired entry: `outcome` return | deemed_withdrawn | terminate | revoke | refuse_permit (the list's own
    when empty). What the department alone may decide needs its `document` (number and date), which is recorded.

    Raises Refusal supervisor_needed, reason_missing, not_decided_yet, power_missing, state_….
    """
    require(by, "settle_expiry")
    reason, document = reason_of(reason), clean_line(document)
    with desk.act(by) as act:
        entry = owed_row(act.connection, owed_id)
        case = case_row(act.connection, entry.case_id)
        key, power = _chosen(case, entry, outcome, document)
        chosen = ON_EXPIRY[key]
        change_owed(
            act, entry, "settle", closed_at=act.now, settled_outcome=key, settled_by=by.second_id or by.clerk_id
        )
        body = {
            "case_id": case.id,
            "name": entry.name,
            "outcome": key,
            "power": power,
            "document": document,
            "reason": reason,
        }
        act.record("owed.settled", owed_id, body, base_version=entry.version)
        told = give(
            act,
            desk,
            case,
            PaperKind.EXPIRY_NOTICE,
            _facts(act, desk, case, entry, chosen.words, reason) | {"approver": by.second_name or by.clerk_name},
        )
        why = reason + (f"({document})" if document else "")
        if key == "refuse_permit":
            decisions.record_decision(
                act, case, decision="refused", calendar=desk.calendar, reason=why, source=decisions.PAPER
            )
            ending.close_owed(act, case.id, why)
            papers: tuple[PaperView, ...] = ()
        else:
            papers = ending.end_within(act, desk, case, chosen.case_act, why)
        state = case_row(act.connection, case.id).state
        return came_to(case, state, f"逾期处理: {chosen.words}", (told, *papers))


def can_settle(desk: Desk, by: By, *, owed_id: str, outcome: str, document: str) -> bool:
    """Whether `settle_expiry` would be lawful like this, before a supervisor is asked. Raises Refusal as it does."""
    with desk.look() as connection:
        entry = owed_row(connection, owed_id)
        _chosen(case_row(connection, entry.case_id), entry, outcome, clean_line(document))
    return True


def _chosen(case: Row[Any], entry: Row[Any], outcome: str, document: str) -> tuple[str, str]:
    """The outcome that is meant and who has the power for it."""
    key = outcome or entry.proposed_outcome
    if key not in ON_EXPIRY:
        raise Refusal("outcome_unknown", "请选择逾期处理方式", field="outcome")
    if key == DEFAULT_EXPIRY:
        raise Refusal(
            "not_decided_yet", "已提请部门处理, 部门答复前办件不结束", "收到部门书面处理后再登记", field="outcome"
        )
    power = expiry_power(key, case.accept_power)
    if power == "department" and not document:
        words = f"{ON_EXPIRY[key].words}须由部门决定"
        raise Refusal("power_missing", words, "请填部门文书的文号和日期", field="document")
    return key, power


def _facts(act: Act, desk: Desk, case: Row[Any], entry: Row[Any], outcome_words: str, reason: str) -> Facts:
    return {
        "materials": [{"name": entry.name, "due": due_fact(entry.due)}],
        "outcome_words": outcome_words,
        "reason": reason,
        "basis": basis_of(desk, case, "accept_deficient"),
        "due": due_fact(entry.due),
        "remedies": list(legal_of(desk, case).remedies),
    }
