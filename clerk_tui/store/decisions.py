"""What a department decides about a case, written once for both ways it arrives: the district's batches and paper.

Every function takes an open act and the case as it was read in it, guards by the state table, changes the row and
records the event. Facts that ended a case never regress: a contradiction is a Refusal (conflict_…) for a person.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select, update

from clerk_tui.rules.limits import Limit
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.regimes import prolong_fault, regime_for, suspension_fault
from clerk_tui.rules.states import CASE_ENDS, OWED_OPEN, CaseState, OwedState, ResultState, move_case
from clerk_tui.rules.working_days import WorkCalendar
from clerk_tui.store import canonical, case_dues, pauses
from clerk_tui.store.act import Act, new_id
from clerk_tui.store.case_dues import CHINA
from clerk_tui.store.case_states import case_row, change_case
from clerk_tui.store.core import CASES, OWED, RESULTS
from clerk_tui.store.numbers import count
from clerk_tui.store.pauses import EXTENSION, SPECIAL, WAITING

HALL, PAPER, DISTRICT = "hall", "paper", "district"

_ENDED_OTHERWISE = CASE_ENDS - {CaseState.CLOSED}
_MAY_STILL_COME = frozenset({*OWED_OPEN, OwedState.SUPPLIED})
_NOT_ACCEPTED_YET = frozenset({CaseState.RECEIVED, CaseState.CORRECTING})
_NEEDS_NO_SHELF = frozenset({"electronic", "payment"})


def record_district_number(act: Act, case: Row[Any], number: str, *, source: str = DISTRICT) -> None:
    """The district's own number (办件编号). A case keeps its first one: another is a Refusal conflict_number."""
    if case.district_no == number:
        return
    if case.district_no:
        raise Refusal("conflict_number", "区里给了这件另一个办件编号", "请与区里核对是哪一个")
    taken = act.connection.execute(select(CASES.c.id).where(CASES.c.district_no == number).limit(1)).first()
    if taken is not None:
        raise Refusal("conflict_number", "区里给的办件编号已经是另一件的", "请与区里核对")
    change_case(act.connection, case, district_no=number)
    _record(act, "case.numbered", case, {"district_no": number}, source)


def record_stage(
    act: Act, case: Row[Any], stage: str, *, day: str = "", begins_review: bool = False, source: str = DISTRICT
) -> None:
    """A step inside the department, in its own words. `begins_review` moves an accepted case on to its review."""
    _refuse_ended(case)
    values: dict[str, Any] = _answered(source)
    if begins_review and case.state == CaseState.ACCEPTED.value:
        values["state"] = move_case(case.state, "begin_review").value
    change_case(act.connection, case, **values)
    state = {"state": values["state"]} if "state" in values else {}
    _record(act, "case.stage_reported", case, {"stage": stage, "date": day, **state}, source)


def record_acceptance(
    act: Act,
    case: Row[Any],
    *,
    at: int,
    calendar: WorkCalendar,
    promised_due: str | None = None,
    statutory_due: str | None = None,
    provisional: bool = False,
    source: str = DISTRICT,
) -> None:
    """The department accepted at `at`; the dates are its own, or else estimates by `calendar`.

    One that is accepted already stays as it is.
    """
    if case.accepted_at is not None:
        return
    _refuse_ended(case)
    values: dict[str, Any] = {
        "state": move_case(case.state, "accept").value,
        "accepted_at": at,
        "accepted_how": case.accepted_how or "complete",
        "five_day_due": None,
        "flag_requested": False,
    }
    if promised_due or statutory_due:
        values |= {"promised_due": promised_due, "statutory_due": statutory_due, "due_provisional": provisional}
        values |= {"dues_by": "district"}
    else:
        values |= case_dues.of_acceptance(
            act.connection, case, calendar, accepted_at=at, today=case_dues.day_of(act.now)
        )
    change_case(act.connection, case, **values)
    kind = "case.acceptance_received" if source == DISTRICT else "case.accepted"
    body = {key: value for key, value in values.items() if key not in ("flag_requested", "dues_by")}
    _record(act, kind, case, body, source)


def record_refusal_of_acceptance(
    act: Act, case: Row[Any], *, not_applicable: bool, reason: str, source: str = DISTRICT
) -> None:
    """不予受理 or 不受理, decided by the department with its reason."""
    after = CaseState.NOT_APPLICABLE if not_applicable else CaseState.REFUSED
    if case.state == after.value:
        return
    _refuse_ended(case)
    state = move_case(case.state, "not_applicable" if not_applicable else "refuse").value
    change_case(
        act.connection, case, state=state, closed_at=act.now, five_day_due=None, flag_requested=False
    )  # fmt: skip
    _record(act, "case.not_applicable" if not_applicable else "case.refused", case, {"reason": reason}, source)


def suspend(
    act: Act,
    case: Row[Any],
    *,
    name: str,
    from_date: str,
    days: int = 0,
    reason: str = "",
    approver: str = "",
    source: str = DISTRICT,
) -> None:
    """A statutory special procedure (听证, 检验, 鉴定…) begins; `days` is what the applicant was told it needs.

    Raises Refusal conflict_suspend for one that the case's law or item does not know: the clock runs on, a person asks.
    """
    _refuse_ended(case)
    publicity = bool(canonical.load(case.item_snapshot).get("publicity_days"))
    fault = suspension_fault(regime_for(case.regime), name, publicity=publicity)
    if fault:
        raise Refusal("conflict_suspend", fault, "办理期限照常计算; 请与部门核对")
    if case.state == CaseState.ACCEPTED.value:
        record_stage(act, case, "进入审查", day=from_date, begins_review=True, source=source)
        case = case_row(act.connection, case.id)
    state = move_case(case.state, "suspend").value
    change_case(act.connection, case, state=state, due_provisional=True, **_answered(source))
    pauses.begin(act, case, SPECIAL, name, reason, approver, from_date, None, days, source)
    body = {"name": name, "reason": reason, "from_date": from_date, "days": days, "approver": approver}
    _record(act, "case.suspended", case, body, source)


def resume(
    act: Act,
    case: Row[Any],
    *,
    to_date: str,
    calendar: WorkCalendar,
    promised_due: str | None = None,
    statutory_due: str | None = None,
    source: str = DISTRICT,
) -> None:
    """The special procedure ended on `to_date`; new limits are the department's, or else move by what stood still."""
    _refuse_ended(case)
    state = move_case(case.state, "resume").value
    pauses.end(act, case.id, to_date, SPECIAL)
    values = pauses.redated(act, case, calendar, promised_due, statutory_due)
    change_case(act.connection, case, state=state, **values, **_answered(source))
    _record(act, "case.resumed", case, {"to_date": to_date, **pauses.told(values)}, source)


def wait_for_applicant(act: Act, case: Row[Any], *, from_date: str, reason: str) -> None:
    """The clock stands still for what is overdue, where the district's list lets it: 等待申请人, never a suspension."""
    if not pauses.stands(act, case.id, WAITING):
        pauses.begin(act, case, WAITING, "等待申请人补齐", reason, "", from_date, None, 0, HALL)


def applicant_came(act: Act, case: Row[Any], *, to_date: str, calendar: WorkCalendar) -> None:
    """Nothing overdue is waited for any more: the clock goes on after `to_date`, and the dates move by what stood."""
    if not pauses.stands(act, case.id, WAITING):
        return
    pauses.end(act, case.id, to_date, WAITING)
    values = pauses.redated(act, case, calendar, None, None)
    change_case(act.connection, case, **values)
    _record(act, "case.due_recomputed", case, {"reason": "等待申请人的时间不计入", **pauses.told(values)}, HALL)


def prolong(
    act: Act,
    case: Row[Any],
    *,
    days: int,
    from_date: str,
    reason: str,
    calendar: WorkCalendar,
    approver: str = "",
    promised_due: str | None = None,
    statutory_due: str | None = None,
    source: str = DISTRICT,
) -> None:
    """The limit was prolonged once, with approval; the reason is told to the applicant.

    Raises Refusal conflict_prolong for what the case's law does not know (行政许可法 42): no date moves, a person asks.
    """
    _refuse_ended(case)
    state = move_case(case.state, "prolong").value
    before = pauses.how_many(act, case.id, EXTENSION)
    fault = prolong_fault(regime_for(case.regime), Limit.of_text(case.statutory_limit), days, before)
    if fault:
        raise Refusal("conflict_prolong", fault, "期限不因此变动; 请与部门核对(行政许可法四十二条)")
    pauses.begin(act, case, EXTENSION, "延长期限", reason, approver, from_date, from_date, days, source)
    values = pauses.redated(act, case, calendar, promised_due, statutory_due)
    change_case(act.connection, case, state=state, **values, **_answered(source))
    body = {"days": days, "reason": reason, "approver": approver, **pauses.told(values)}
    _record(act, "case.prolonged", case, body, source)


def record_decision(
    act: Act,
    case: Row[Any],
    *,
    decision: str,
    calendar: WorkCalendar,
    reason: str = "",
    day: str = "",
    source: str = DISTRICT,
) -> None:
    """A decision (`granted` | `refused`) with its reason and date; source hall, paper (a delivery list) or district.

    A case that the department had to accept is accepted by its decision. With nothing owed the case is closed.
    The same decision again only confirms what the paper said; another one is a Refusal conflict_decision.
    One that comes while a special procedure runs is taken as it is: 行政许可法 45 only keeps the time of the procedure
    out of the limit, it forbids no decision, and the hall has no power to send one back. The procedure ends with it, and
    what stood still is added to the dates, so that nobody looks late.
    """
    if case.decision:
        _confirm(act, case, decision, reason, day, source)
        return
    _refuse_ended(case)
    if case.state in {state.value for state in _NOT_ACCEPTED_YET} and source != HALL:
        record_acceptance(act, case, at=act.now, calendar=calendar, source=source)
        case = case_row(act.connection, case.id)
    state = move_case(case.state, "decide")
    case = _end_what_stood(act, case, day or _date_of(act.now), calendar, source)
    values: dict[str, Any] = {
        "decision": decision,
        "decision_source": source,
        "decided_at": _instant(day, act.now),
        "flag_requested": False,
    }
    change_case(act.connection, case, state=state.value, **values)
    body = {"decision": decision, "reason": reason, "date": day, "source": source}
    _record(act, "case.decision_received" if source == DISTRICT else "case.decided", case, body, source)
    _expect_without_shelf(act, case_row(act.connection, case.id), calendar, source)
    close_if_nothing_owed(act, case.id, source=source)


_STILL_OWED = select(func.count()).where(
    OWED.c.case_id == bindparam("case"), OWED.c.kind == "owed", OWED.c.state.in_([s.value for s in _MAY_STILL_COME])
)


def close_if_nothing_owed(act: Act, case_id: str, *, source: str = HALL) -> bool:
    """办结: a decided case is closed as soon as no material is owed; returns whether it was closed now."""
    case = case_row(act.connection, case_id)
    if case.state != CaseState.DECIDED.value:
        return False
    owed = act.connection.execute(_STILL_OWED, {"case": case_id}).scalar_one()
    if owed:
        return False
    state = move_case(case.state, "close").value
    change_case(act.connection, case, state=state, closed_at=act.now)
    _record(act, "case.closed", case, {"decision": case.decision}, source)
    return True


def expect_result(
    act: Act,
    case: Row[Any],
    *,
    calendar: WorkCalendar,
    kind: str = "",
    name: str = "",
    number: str = "",
    licence_id: str = "",
    copies: int = 1,
    source: str = DISTRICT,
) -> str:
    """The department says that a result comes; returns its row's id. One that is expected already is completed, and
    one that came before this message is confirmed. A permit's has its last day of service (行政许可法 44)."""
    known = act.connection.execute(
        select(RESULTS).where(RESULTS.c.case_id == case.id, _same_result(number)).order_by(RESULTS.c.id)
    ).first()
    facts = {key: value for key, value in (("name", name), ("number", number), ("licence_id", licence_id)) if value}
    body = {"case_id": case.id, "kind": kind or case.result_kind, "copies": copies, **facts}
    if known is not None:
        act.connection.execute(
            update(RESULTS).where(RESULTS.c.id == known.id).values(**facts, confirmed=True, version=known.version + 1)
        )
        _record(act, "result.expected", known, body, source)
        return str(known.id)
    result_id = new_id()
    act.connection.execute(
        insert(RESULTS),
        {
            "id": result_id,
            "case_id": case.id,
            "kind": kind or case.result_kind or "paper",
            "name": name or case.result_name,
            "number": number,
            "licence_id": licence_id,
            "copies": copies,
            "state": ResultState.EXPECTED.value,
            "source": source,
            "expected_at": act.now,
            "serve_by": case_dues.serve_by(case, calendar),
        },
    )
    count(act.connection, f"result:{ResultState.EXPECTED.value}", 1)
    act.record("result.expected", result_id, {**body, "name": name or case.result_name}, source=_event_source(source))
    return result_id


def _same_result(number: str) -> Any:
    """A result without a number yet is the one that is announced; one with a number only if it is the same."""
    unnumbered = RESULTS.c.number == ""
    return (unnumbered | (RESULTS.c.number == number)) if number else unnumbered


def _expect_without_shelf(act: Act, case: Row[Any], calendar: WorkCalendar, source: str) -> None:
    """A refusal, an electronic result and a payment need no shelf: they are expected, to be served, with the decision."""
    if case.decision == "refused":
        name = f"{case.result_name or case.item_name}(不予许可决定)"
        expect_result(act, case, kind="refusal", name=name, calendar=calendar, source=source)
    elif case.result_kind in _NEEDS_NO_SHELF and source != HALL:
        expect_result(act, case, calendar=calendar, source=source)


def _confirm(act: Act, case: Row[Any], decision: str, reason: str, day: str, source: str) -> None:
    if case.decision != decision:
        raise Refusal("conflict_decision", "这件已有相反的决定", "请与部门核对, 以书面决定为准")
    if source != DISTRICT or case.decision_source == DISTRICT:
        return
    change_case(act.connection, case, decision_source=DISTRICT)
    act.connection.execute(update(RESULTS).where(RESULTS.c.case_id == case.id).values(confirmed=True))
    body = {"decision": decision, "reason": reason, "date": day, "source": source, "confirms": case.decision_source}
    _record(act, "case.decision_received", case, body, source)


def _answered(source: str) -> dict[str, Any]:
    """Whatever the district says about a case, the desk waits for its answer no longer."""
    return {"flag_requested": False} if source == DISTRICT else {}


def _refuse_ended(case: Row[Any]) -> None:
    state = CaseState(case.state)
    if state in _ENDED_OTHERWISE:
        raise Refusal("conflict_end", f"这件在本厅已经[{state.words}], 与来的消息不一致", "请与区里核对")


def _end_what_stood(act: Act, case: Row[Any], day: str, calendar: WorkCalendar, source: str) -> Row[Any]:
    """End every interval that stood still until the decision, and count the dates by it."""
    if not pauses.stands(act, case.id, SPECIAL, WAITING):
        return case
    pauses.end(act, case.id, day, SPECIAL, WAITING)
    values = pauses.redated(act, case, calendar, None, None)
    change_case(act.connection, case, **values)
    body = {"reason": "作出决定, 特别程序或等待同时结束", **pauses.told(values)}
    _record(act, "case.due_recomputed", case, body, source)
    return case_row(act.connection, case.id)


def _date_of(at: int) -> str:
    return case_dues.day_of(at).isoformat()


def _instant(day: str, now: int) -> int:
    """The decision's own date counts for every limit; today's, and a date that is not told, is now."""
    if not day or day >= _date_of(now):
        return now
    decided = date.fromisoformat(day)
    return int(datetime(decided.year, decided.month, decided.day, tzinfo=CHINA).timestamp() * 1000)


def _event_source(source: str) -> str:
    return "district" if source == DISTRICT else "station"


def _record(act: Act, kind: str, row: Row[Any], body: dict[str, Any], source: str) -> None:
    act.record(kind, row.id, body, base_version=int(row.version), source=_event_source(source))
