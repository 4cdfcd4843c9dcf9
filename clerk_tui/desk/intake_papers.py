"""The papers of an intake: which ones an outcome gives out, and what stands on them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, select

from clerk_tui.catalog.find import limit_words
from clerk_tui.catalog.true_will import OLD_AGE, TRUE_WILL
from clerk_tui.desk import papers, policies
from clerk_tui.desk.context import Desk
from clerk_tui.desk.draft_facts import basis, consequences, gap_facts, line_fact
from clerk_tui.desk.paper_facts import (
    CHANNELS,
    TWO_COPIES,
    Facts,
    case_facts,
    desk_facts,
    due_fact,
    material_fact,
    material_facts,
)
from clerk_tui.desk.views.intake import PaperView
from clerk_tui.desk.working import Working
from clerk_tui.rules import correction
from clerk_tui.rules.identity import age_on
from clerk_tui.rules.marks import Mark
from clerk_tui.rules.outcomes import Outcome, OutcomeVerdict
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.working_days import Due
from clerk_tui.store import case_dues
from clerk_tui.store.act import Act, new_id
from clerk_tui.store.core import DEFICIENCIES, PERSONS

Values = dict[str, Any]

NOT_ACCEPTED_YET = "本凭证只证明收到所列材料, 不是受理决定"
AWAITING = "由受理部门决定是否受理, 结果另行告知"
OPEN_CORRECTION = "未规定补正期限的, 大厅每月提醒一次; 补齐之前办理期限不起算"
KEPT = (Mark.ORIGINAL_KEPT, Mark.COPY)


def correct_by(connection: Connection, desk: Desk, now: Working) -> Due | None:
    """Until when the district wants corrections; None while it has ruled nothing."""
    return correction.correct_by(policies.correction(connection, now.today), now.base.key, now.today, desk.calendar)


def for_outcome(
    act: Act,
    desk: Desk,
    now: Working,
    verdict: OutcomeVerdict,
    case: Values,
    materials: list[Values],
    owed: list[Values],
    *,
    reason: str,
    competent_authority: str,
    proposed: bool,
) -> list[PaperView]:
    """Issue the papers of an outcome; the one that the outcome is named after comes last."""
    kind = verdict.kind
    facts = case_facts(act.connection, desk, act.by, act.now, case) | {"copies": list(TWO_COPIES)}
    shown = [row for row in materials if row["mark"] not in (Mark.NOT_APPLICABLE, Mark.MISSING, Mark.DEFECTIVE)]
    facts["materials"] = material_facts(shown)
    facts["basis"] = basis(now, kind.value)
    made: list[PaperView] = []

    def give(paper: PaperKind, more: Facts) -> None:
        made.append(papers.issue(act, desk, paper, facts | more, case_id=case["id"], visit_id=case["visit_id"]))

    if kind is Outcome.RECEIVE or proposed or kind in (Outcome.ONE_TIME_NOTICE, Outcome.REFUSE, Outcome.NOT_APPLICABLE):
        kept = [row for row in materials if row["mark"] in KEPT]
        if kind is Outcome.RECEIVE or proposed or kept:
            awaits = proposed or kind is Outcome.RECEIVE
            give(PaperKind.RECEIPT, _receipt(desk, now, case, kept or shown, awaits))
    if kind is Outcome.ACCEPT or kind is Outcome.ACCEPT_DEFICIENT:
        give(PaperKind.ACCEPTANCE, acceptance(desk, case, materials, owed))
    elif kind is Outcome.DECIDE_NOW:
        give(PaperKind.DECISION, {"decision_words": "准予, 当场办结", "remedies": []})
    elif kind is Outcome.ONE_TIME_NOTICE:
        give(PaperKind.ONE_TIME_NOTICE, _one_time_notice(now, case))
    elif kind is Outcome.REFUSE and not proposed:
        give(
            PaperKind.REFUSAL,
            {"reason": reason, "remedies": list(now.legal.remedies), "competent_authority": competent_authority},
        )
    elif kind is Outcome.NOT_APPLICABLE and not proposed:
        give(PaperKind.NOT_APPLICABLE, {"reason": reason, "remedies": list(now.legal.remedies)})
    if any(question.id == TRUE_WILL.id for question in now.base.questions) and kind is not Outcome.REFUSE:
        made.insert(0, _elder_wish(act, desk, case, facts))
    if any(row["kind"] == "owed" for row in owed):
        give(PaperKind.DEFICIENCY_NOTICE, _deficiency(desk, now, owed))
    return made


def _elder_wish(act: Act, desk: Desk, case: Values, facts: Facts) -> PaperView:
    """The form to sign where the guide asked for an old party's own wish; the name stays open when it is not the applicant's."""
    birth = None
    if case["applicant_kind"] == "person":
        birth = act.connection.execute(select(PERSONS.c.birth).where(PERSONS.c.id == case["applicant_id"])).scalar()
    old = bool(birth) and age_on(date.fromisoformat(str(birth)), desk.local(act.now).date()) >= OLD_AGE
    basis_of_form = list(desk.catalogue.legal.papers[PaperKind.ELDER_WISH.value])
    more = {"basis": basis_of_form, "elder": facts["applicant"] if old else ""}
    return papers.issue(act, desk, PaperKind.ELDER_WISH, facts | more, case_id=case["id"], visit_id=case["visit_id"])


def acceptance(desk: Desk, case: Values, materials: list[Values], owed: Sequence[Values] = ()) -> Facts:
    """What the acceptance notice says of dates and of what is still to come."""
    unsure = case_dues.promise_unsure(case, desk.calendar)
    words = "日历未公布, 暂定" if case["due_provisional"] else ""
    moment = case_dues.promised_moment(case["promised_limit"], case["accepted_at"], case["promised_due"], desk.calendar)
    hour = f"{moment:%H:%M} 前" if moment is not None else ""
    told = ", ".join(part for part in (hour, words if unsure else "") if part)
    due = due_fact(case["promised_due"], told, provisional=unsure)
    facts: Facts = {"due": due}
    if case["statutory_due"]:
        facts["statutory_due"] = due_fact(case["statutory_due"], words, provisional=bool(case["due_provisional"]))
    still = [row for row in materials if row["mark"] in (Mark.MISSING, Mark.DEFECTIVE)]
    if still:
        dues_by_material = {row["material_id"]: due_fact(row["due"], provisional=row["provisional"]) for row in owed}
        facts["remaining"] = [material_fact(row, due=dues_by_material.get(row["id"])) for row in still]
    pending = [row["name"] for row in materials if row["verified_how"] == "pending_back_office"]
    notes = _entered_afterwards(desk, case)
    if pending:
        notes.append(f"由后台核验, 不用申请人提交: {'、'.join(pending)}")
    if notes:
        facts["notes"] = notes
    return facts


def _entered_afterwards(desk: Desk, case: Values) -> list[str]:
    """A paper keeps the date on which it was made; what the limits run from is the day on which the hall took it in."""
    if not case["flag_back_entered"] or case["accepted_at"] not in (None, case["received_at"]):
        return []
    return [f"{desk.local(case['received_at']).date().isoformat()} 已当面收下申请, 本文书事后补出; 期限从那一天起算"]


def _receipt(desk: Desk, now: Working, case: Values, materials: list[Values], awaits: bool) -> Facts:
    facts: Facts = {
        "materials": material_facts(materials) or [{"name": "申请情况记录", "note": "未收存材料"}],
        "notes": [NOT_ACCEPTED_YET, *([AWAITING] if awaits else []), *_entered_afterwards(desk, case)],
    }
    if now.gaps:
        facts["remaining"] = [line_fact(line) for line in now.gaps]
    if case["five_day_due"]:
        facts["due"] = due_fact(case["five_day_due"], "五个工作日内告知", provisional=bool(case["due_provisional"]))
    return facts


def _one_time_notice(now: Working, case: Values) -> Facts:
    limited = case["correct_by"] is not None
    return {
        "materials": [line_fact(line) for line in now.gaps],
        "due": due_fact(case["correct_by"], provisional=bool(case["due_provisional"]))
        if limited
        else "未规定期限, 补齐当日受理",
        "consequence": [
            "全部补齐、符合要求的, 补齐当日受理",
            "逾期未补正的, 按区里的规定处理并书面告知" if limited else OPEN_CORRECTION,
        ],
        "channels": list(CHANNELS),
    }


def _deficiency(desk: Desk, now: Working, owed: list[Values]) -> Facts:
    last = max(row["due"] for row in owed if row["kind"] == "owed")
    provisional = any(row["provisional"] for row in owed)
    notes = [now.policy.words] if now.policy is not None else []
    if any(row["after_decision"] for row in owed):
        notes.append("补齐日期晚于办结期限: 未补齐前属等待申请人, 不中止办理期限")
    return {
        "materials": gap_facts(desk, now),
        "due": due_fact(last, provisional=provisional),
        "basis": basis(now, Outcome.ACCEPT_DEFICIENT.value),
        "consequence": consequences(now),
        "channels": list(CHANNELS),
        "notes": notes,
    }


def write_deficiencies(act: Act, case: Values, materials: list[Values], notice_id: str) -> None:
    """One row for each material that the one-time notice names."""
    rows = [
        {
            "id": new_id(),
            "case_id": case["id"],
            "notice_id": notice_id,
            "material_id": row["id"],
            "state": "asked",
            "reason": row["defect"] or "未带",
            "standard": row["standard"],
            "due": case["correct_by"],
            "round": 1,
            "supplied_at": None,
        }
        for row in materials
        if row["mark"] in (Mark.MISSING, Mark.DEFECTIVE)
    ]
    act.connection.execute(insert(DEFICIENCIES), rows)


def guide_sheet(act: Act, desk: Desk, now: Working) -> PaperView:
    """办事指引: this person's checklist with what to bring, from where, how long, for how much (行政许可法 30)."""
    bring = [line for line in now.lines if line.spec.bring != "issued_in_process" and not line.satisfied]
    have = [line.spec.name for line in now.lines if line.satisfied and line.mark.mark != Mark.NOT_APPLICABLE]
    shared = [line.spec.name for line in now.lines if line.spec.bring == "not_needed_if_shared" and line.spec.share]
    facts = desk_facts(act.connection, desk, act.by, act.now) | {
        "item": now.item.name,
        "item_code": now.item.implementation_code or now.item.code,
        "department": now.item.department,
        "materials": [line_fact(line) for line in bring]
        or [{"name": "不需要另带材料", "note": "、".join(have)} if have else {"name": "不需要材料"}],
        "limit_words": limit_words(now.item),
        "fee_words": now.item.fee_words,
        "answers": [
            f"{one.question.text}: {', '.join(o.label for o in one.question.options if o.id in one.chosen)}"
            for one in now.evaluation.questions
            if one.chosen
        ],
        "basis": basis(now, Outcome.ASKED.value),
        "notes": [note for note in (now.evaluation.stop, now.item.note, desk.catalogue.banner) if note],
        "delivery": "、".join(now.item.result.delivery),
    }
    facts.setdefault("place", now.item.office or desk.hall_name)
    if shared:
        facts["not_needed"] = [f"{name}: 能查到电子证照或共享数据的不用带" for name in shared]
    if now.item.steps:
        facts["procedure"] = list(now.item.steps)
    return papers.issue(act, desk, PaperKind.GUIDE_SHEET, facts, visit_id=now.draft.visit_id)
