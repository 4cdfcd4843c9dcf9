"""Settle an intake: the outcome is derived again inside the act, and everything that follows from it commits together."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from clerk_tui.desk import appointments, case_writing, dues, intake_papers, on_the_spot, papers
from clerk_tui.desk.context import Desk
from clerk_tui.desk.permits import require
from clerk_tui.desk.settled_events import owed_body, record_case
from clerk_tui.desk.signed_papers import sign_all
from clerk_tui.desk.standing import require_open
from clerk_tui.desk.views.intake import IntakeDraft, PaperView, Settled
from clerk_tui.desk.views.queue import WantedSlot
from clerk_tui.desk.working import Working, work
from clerk_tui.rules.outcomes import Outcome, OutcomeVerdict
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import CaseState, move_case
from clerk_tui.store.act import Act, By
from clerk_tui.store.core import CASES, EVENTS

Values = dict[str, Any]

PERMITS = {
    Outcome.ACCEPT: "accept",
    Outcome.ACCEPT_DEFICIENT: "accept_deficient",
    Outcome.RECEIVE: "receive",
    Outcome.ONE_TIME_NOTICE: "ask_correction",
    Outcome.REFUSE: "refuse_case",
    Outcome.NOT_APPLICABLE: "not_applicable_case",
    Outcome.DECIDE_NOW: "decide_now",
}
STEPS = {
    Outcome.ACCEPT: ("accept",),
    Outcome.ACCEPT_DEFICIENT: ("accept_deficient",),
    Outcome.RECEIVE: (),
    Outcome.ONE_TIME_NOTICE: ("ask_correction",),
    Outcome.REFUSE: ("refuse",),
    Outcome.NOT_APPLICABLE: ("not_applicable",),
    Outcome.DECIDE_NOW: ("accept", "decide", "close"),
}
"""Moves after 收件, in the words of the state table."""

REFUSALS = (Outcome.REFUSE, Outcome.NOT_APPLICABLE)
TAKEN_IN = (Outcome.ACCEPT, Outcome.ACCEPT_DEFICIENT, Outcome.DECIDE_NOW, Outcome.RECEIVE)


def settle(
    desk: Desk,
    by: By,
    *,
    draft: IntakeDraft,
    outcome: str,
    reason: str = "",
    competent_authority: str = "",
    commitment_signed_how: str = "",
    witness: str = "",
    tolerance_declined: bool = False,
    result_number: str = "",
    slot: WantedSlot | None = None,
) -> Settled:
    """Commit a draft with one lawful outcome: accept | accept_deficient | receive | one_time_notice | refuse |
    not_applicable | decide_now | asked.

    Settling the same draft (its act_id) again answers what the first time came to. `commitment_signed_how` says how the
    papers that `commitment_paper` and `promise_paper` printed for this draft were signed (a thumbprint with `witness`),
    `slot` books the day on which the applicant comes again, and the papers print it;
    `tolerance_declined` records the applicant's choice, `result_number` the number of a certificate made on the spot.
    Raises Refusal outcome_impossible with the reason, choice_missing, reason_missing, supervisor_needed,
    commitment_missing, commitment_changed, commitment_unsigned, and what papers and the store may refuse; then nothing
    happened.
    """
    try:
        kind = Outcome(outcome)
    except ValueError as error:
        raise Refusal("outcome_unknown", "没有这种处理", "请在「现在可以」里选一项") from error
    if kind is Outcome.CORRECT_NOW:
        raise Refusal("correct_now", "请让申请人当场改好, 在表上更正后再选", "填写内容都还在")
    reason = clean_line(reason)
    try:
        with desk.act(by, act_id=draft.act_id) as act:
            now = work(act.connection, desk, by, draft, tolerance_declined=tolerance_declined)
            verdict = _lawful(by, now, kind, reason)
            if kind is Outcome.ASKED:
                return _without_case(act, desk, now)
            proposed = kind in REFUSALS and now.base.accept_power != "hall"
            require(by, "propose_refusal" if proposed else PERMITS[kind])
            if draft.back_entered:
                require(by, "back_enter")
            return _settle(
                act,
                desk,
                now,
                verdict,
                proposed=proposed,
                reason=reason,
                competent_authority=clean_line(competent_authority),
                signed=(commitment_signed_how, witness),
                tolerance_declined=tolerance_declined,
                result_number=clean_line(result_number),
                slot=slot,
            )
    except Refusal as refusal:
        if refusal.code != "act_done":
            raise
    return _already(desk, draft)


def _lawful(by: By, now: Working, kind: Outcome, reason: str) -> OutcomeVerdict:
    """The verdict of an outcome, when it is possible and has what it needs."""
    verdict = now.verdict(kind)
    if verdict is None or not verdict.possible:
        why = verdict.reason if verdict is not None else "不适用"
        raise Refusal("outcome_impossible", f"现在不能{kind.words}: {why}", "请看「现在可以」的各项")
    if "supervisor" in verdict.needs and not by.approved():
        raise Refusal(
            "supervisor_needed", f"{kind.words}须值班主任同意", "请值班主任在本窗口输入工号和密码", field="second"
        )
    if "reason" in verdict.needs and not reason:
        raise Refusal("reason_missing", f"{kind.words}要写明理由", field="reason")
    if kind in REFUSALS and now.standing.faults:
        raise Refusal("draft_faulty", now.standing.faults[0], "补全后再办, 填写内容都还在")
    if "tolerance_declined" in verdict.needs:
        raise Refusal(
            "choice_missing",
            "所缺可以容缺, 由申请人选择",
            "请问清并记录: 签承诺书容缺受理, 或不选容缺",
            field="tolerance_declined",
        )
    return verdict


def _settle(
    act: Act,
    desk: Desk,
    now: Working,
    verdict: OutcomeVerdict,
    *,
    proposed: bool,
    reason: str,
    competent_authority: str,
    signed: tuple[str, str],
    tolerance_declined: bool,
    result_number: str,
    slot: WantedSlot | None,
) -> Settled:
    kind = verdict.kind
    case = case_writing.case_values(act, desk, now)
    materials = case_writing.material_values(act, case["id"], now)
    owed: list[Values] = []
    issued: list[PaperView] = []
    received = dict(case)
    steps = () if proposed else STEPS[kind]
    if kind in TAKEN_IN:
        case["accepted_how"] = "deficiency" if now.gaps else "promise" if now.promises else "complete"
        case["flag_credit_unchecked"] = bool(now.gaps) and now.credit == "unchecked"
        owed = case_writing.owed_values(act, desk, now, materials)
    if kind in TAKEN_IN and kind is not Outcome.RECEIVE:
        _accept(desk, now, case)
    if kind is Outcome.DECIDE_NOW:
        case |= {"decided_at": act.now, "closed_at": act.now, "decision": "granted", "decision_source": "hall"}
    for step in steps:
        case["state"] = move_case(case["state"], step).value
    if kind is Outcome.RECEIVE or proposed:
        case["flag_requested"] = True
    if kind in REFUSALS and not proposed:
        case |= {"closed_at": act.now, "five_day_due": None}
    sign_all(act, desk, now, verdict, case["id"], *signed)
    correct_by = intake_papers.correct_by(act.connection, desk, now) if kind is Outcome.ONE_TIME_NOTICE else None
    if correct_by is not None:
        case |= {"correct_by": correct_by.day.isoformat(), "due_provisional": correct_by.provisional}
    if kind is Outcome.ONE_TIME_NOTICE and not proposed:
        case["five_day_due"] = None
    case["version"] = 1 + len(steps) + (1 if tolerance_declined else 0) + (1 if proposed else 0)
    case_writing.write(act, case, materials, owed)
    record_case(act, case, received, materials, owed, kind, steps, reason)
    if slot is not None:
        comes = case["agent_id"] or (case["applicant_id"] if case["applicant_kind"] == "person" else "")
        appointments.book_within(
            act, desk, slot, person_id=comes, name=case["applicant_name"], item_key=case["item_key"], case_id=case["id"]
        )
    version = 1 + len(steps)
    if proposed:
        act.record(
            "case.refusal_proposed",
            case["id"],
            {"kind": kind.value, "reason": reason, "competent_authority": competent_authority, "basis": verdict.basis},
            base_version=version,
        )
        version += 1
    if tolerance_declined:
        names = [line.spec.name for line in now.gaps if line.tolerable]
        act.record("case.tolerance_declined", case["id"], {"materials": names}, base_version=version)
    for entry in owed:
        act.record("owed.recorded", entry["id"], owed_body(entry))
    issued += intake_papers.for_outcome(
        act, desk, now, verdict, case, materials, owed, reason=reason, competent_authority=competent_authority,
        proposed=proposed,
    )  # fmt: skip
    if kind is Outcome.ONE_TIME_NOTICE:
        intake_papers.write_deficiencies(act, case, materials, issued[-1].id)
    if kind is Outcome.DECIDE_NOW:
        issued += on_the_spot.result(act, desk, now.regime, case, result_number)
    case_writing.write_service(
        act, now.draft.visit_id, "case", f"{case['item_name']} {verdict.kind.words}", item_key=case["item_key"],
        case_id=case["id"],
    )  # fmt: skip
    return settled(case, f"{kind.words}{'(已报部门)' if proposed else ''} {case['receipt_no']}", issued)


def _accept(desk: Desk, now: Working, case: Values) -> None:
    """Dates of acceptance; limits run from the day on which everything was here."""
    found = dues.of_acceptance(desk, now)
    case |= {
        "accepted_at": case["received_at"],
        "five_day_due": None,
        "promised_due": found.promised,
        "statutory_due": found.statutory,
        "due_provisional": found.provisional,
    }


def _without_case(act: Act, desk: Desk, now: Working) -> Settled:
    """Only asked: the person takes this checklist along, and there is no case. Raises Refusal visit_closed."""
    require_open(now.standing)
    paper = intake_papers.guide_sheet(act, desk, now)
    words = f"{now.item.name} 咨询"
    case_writing.write_service(act, now.draft.visit_id, "asked", words, item_key=now.item.key)
    act.record("visit.asked", now.draft.visit_id, {"item_key": now.item.key, "number": paper.number}, version=0)
    return Settled(case_id="", receipt_no="", state="", state_words="", words=words, papers=(paper,))


def settled(case: Mapping[str, Any], words: str, issued: list[PaperView]) -> Settled:
    """What an act on a case came to, for the screen."""
    return Settled(
        case_id=case["id"],
        receipt_no=case["receipt_no"],
        state=case["state"],
        state_words=CaseState(case["state"]).words,
        words=words,
        papers=tuple(issued),
    )


def _already(desk: Desk, draft: IntakeDraft) -> Settled:
    """What the draft came to when it was settled the first time."""
    with desk.look() as connection:
        case_id = connection.execute(
            select(EVENTS.c.ent_id).where(EVENTS.c.act_id == draft.act_id, EVENTS.c.ent == "case").limit(1)
        ).scalar()
        case = connection.execute(select(CASES).where(CASES.c.id == case_id)).mappings().one_or_none()
        if case is None:
            return Settled("", "", "", "", "这一步已经办过了, 没有重复登记", ())
        return settled(dict(case), f"已经办过了 {case['receipt_no']}", list(papers.within(connection, case["id"])))
