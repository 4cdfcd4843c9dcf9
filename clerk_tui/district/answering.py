"""What a person at the district, or the automatic rules, answer about a case."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from clerk_tui.district import judging, lawful
from clerk_tui.district.outgoing import answer
from clerk_tui.district.place import District
from clerk_tui.district.tables import CASES, COUNTERS, ENROLLED, KEPT
from clerk_tui.rules.refusal import Refusal


def find_case(connection: Connection, number: str) -> Row[Any]:
    """A case by the station's number, the district's, or its id. Raises Refusal case_unknown."""
    row = connection.execute(
        select(CASES).where(or_(CASES.c.receipt_no == number, CASES.c.district_no == number, CASES.c.case_id == number))
    ).first()
    if row is None:
        raise Refusal("case_unknown", f"区里没有办件 {number}", "请先收件: clerk-tui district serve FOLDER --once")
    return row


def today(district: District) -> str:
    """The date in China."""
    return (datetime.fromtimestamp(district.clock() / 1000, UTC) + timedelta(hours=8)).date().isoformat()


def number(district: District, case: Row[Any], given: str = "") -> str:
    """Give a case its 办件编号: the one named, or the next of the station's day. One that it has already is said again.

    Raises Refusal numbered_already: a station keeps the first number, so another would never be the same at both ends.
    """
    day = today(district).replace("-", "")
    with district.store.write() as connection:
        has = check_number(connection, case, given)
        given = given or has
        if not given:
            given = f"{case.station}{day}{_next(connection, f'case:{case.station}:{day}'):05d}"
        _change(connection, case, district_no=given)
        _say(connection, district, case, "case.numbered", {"district_no": given, "receipt_no": case.receipt_no})
    return given


def check_number(connection: Connection, case: Row[Any], given: str) -> str:
    """The number that a case has already, '' without one. Raises Refusal numbered_already, number_taken."""
    has = str(connection.execute(select(CASES.c.district_no).where(CASES.c.case_id == case.case_id)).scalar_one())
    if has and given not in ("", has):
        raise Refusal("numbered_already", f"{case.receipt_no} 已有办件编号 {has}", "编号不能改; 请核对收件号")
    if given and not has:
        other = select(CASES.c.receipt_no).where(CASES.c.district_no == given, CASES.c.case_id != case.case_id)
        taken = connection.execute(other.limit(1)).scalar()
        if taken is not None:
            raise Refusal("number_taken", f"办件编号 {given} 已是 {taken} 的", "请核对编号", field="number")
    return has


def stage(district: District, case: Row[Any], words: str, *, begins_review: bool = True) -> None:
    """Report a step of the department. Raises Refusal case_ended."""
    with district.store.write() as connection:
        lawful.after(lawful.standing(connection, case.case_id), "stage")
        _change(connection, case, stage=words)
        body = {"stage": words, "date": today(district), "begins_review": begins_review}
        _say(connection, district, case, "case.stage_reported", body)


def accept(
    district: District, case: Row[Any], *, promised_due: str = "", statutory_due: str = "", provisional: bool = False
) -> None:
    """The department accepts; its own calendar gives the dates. Raises Refusal state_case, case_ended."""
    dues = {key: day for key, day in (("promised_due", promised_due), ("statutory_due", statutory_due)) if day}
    body = {"outcome": "accepted", "at": district.clock(), "provisional": provisional, **dues}
    with district.store.write() as connection:
        lawful.after(lawful.standing(connection, case.case_id), "accept")
        _change(connection, case, state="accepted")
        _say(connection, district, case, "case.acceptance_received", body)


def refuse_acceptance(district: District, case: Row[Any], reason: str, *, not_applicable: bool = False) -> None:
    """不予受理 or 不受理 with its reason. Raises Refusal state_case, case_ended."""
    outcome = "not_applicable" if not_applicable else "refused"
    with district.store.write() as connection:
        lawful.after(lawful.standing(connection, case.case_id), "not_applicable" if not_applicable else "refuse")
        _change(connection, case, state=outcome)
        _say(connection, district, case, "case.acceptance_received", {"outcome": outcome, "reason": reason})


def suspend(district: District, case: Row[Any], name: str, *, days: int = 0, reason: str = "") -> None:
    """A statutory special procedure begins today. Raises Refusal suspension_unlawful, state_case, case_ended."""
    body = {"name": name, "from_date": today(district), "days": days, "reason": reason}
    with district.store.write() as connection:
        lawful.after(lawful.standing(connection, case.case_id), "suspend", name=name)
        _change(connection, case, state="suspended")
        _say(connection, district, case, "case.suspended", body)


def resume(district: District, case: Row[Any]) -> None:
    """It ends today. Raises Refusal state_case, case_ended."""
    with district.store.write() as connection:
        lawful.after(lawful.standing(connection, case.case_id), "resume")
        _change(connection, case, state="reviewing")
        _say(connection, district, case, "case.resumed", {"to_date": today(district)})


def prolong(
    district: District, case: Row[Any], days: int, reason: str, *, approver: str = "", promised_due: str = "",
    statutory_due: str = "",
) -> None:  # fmt: skip
    """The limit is prolonged by working days, from today on; the applicant is told why (行政许可法 42). Without dates the
    station counts its own anew. Raises Refusal prolong_days, reason_missing, prolong_unlawful, state_case, case_ended."""
    check_prolongation(days, reason)
    dues = {key: day for key, day in (("promised_due", promised_due), ("statutory_due", statutory_due)) if day}
    body = {"days": days, "from_date": today(district), "reason": reason, "approver": approver, **dues}
    with district.store.write() as connection:
        lawful.after(lawful.standing(connection, case.case_id), "prolong", days=days)
        _say(connection, district, case, lawful.PROLONGED, body)


def check_prolongation(days: int, reason: str) -> None:
    """Raises Refusal prolong_days, reason_missing."""
    if days < 1:
        raise Refusal("prolong_days", "延长几个工作日, 应当至少 1 个", "例如 --prolong 10", field="prolong")
    if not reason:
        raise Refusal("reason_missing", "延长期限的理由要告知申请人", "加 --reason", field="reason")


def decide(district: District, case: Row[Any], decision: str, reason: str) -> None:
    """`granted` or `refused`; a refusal needs its reason.

    Raises Refusal decision, reason_missing, decision_other, state_case, case_ended.
    """
    check_decision(decision, reason)
    with district.store.write() as connection:
        lawful.after(lawful.standing(connection, case.case_id), "decide", decision=decision)
        _change(connection, case, decision=decision, state="decided")
        body = {"decision": decision, "reason": reason, "date": today(district)}
        _say(connection, district, case, "case.decision_received", body)


def check_decision(decision: str, reason: str) -> None:
    """Raises Refusal decision, reason_missing."""
    if decision not in ("granted", "refused"):
        raise Refusal("decision", "决定应当是 granted 或 refused", field="decide")
    if decision == "refused" and not reason:
        raise Refusal("reason_missing", "不予许可要写明理由", "加 --reason", field="reason")


def result_ready(
    district: District, case: Row[Any], *, kind: str = "", name: str = "", result_number: str = "", licence_id: str = ""
) -> None:
    """The result is on its way to the hall. Raises Refusal result_early, result_refused, case_ended."""
    body = {
        "kind": kind or case.result_kind or "paper",
        "name": name or case.result_name or case.item_name,
        "number": result_number,
        "licence_id": licence_id,
        "copies": 1,
    }
    with district.store.write() as connection:
        lawful.after(lawful.standing(connection, case.case_id), "result", kind=kind)
        _change(connection, case, result_announced=True)
        _say(connection, district, case, "result.expected", body)


def reject_record(district: District, rid: str, field: str, words: str, *, code: str = "data") -> str:
    """Reject a record that was taken; `rid` may be a receipt number, for its intake. Returns the record's id.

    Raises Refusal record_unknown, reason_missing.
    """
    with district.store.write() as connection:
        named = check_rejectable(connection, rid, words)
        said = judging.reject(connection, named.rid, code, field, words)
        answer(connection, named.station, "ack.records", named.rid, {"records": [said]}, now=district.clock())
    return str(named.rid)


def check_rejectable(connection: Connection, rid: str, words: str) -> Any:
    """Station and id of the record that `rid`, or a receipt number, names. Raises Refusal reason_missing, record_unknown."""
    if not words:
        raise Refusal("reason_missing", "退回要写明原因", "加 --reason", field="reason")
    columns = select(KEPT.c.station, KEPT.c.rid).where(KEPT.c.state != "superseded").order_by(KEPT.c.seq).limit(1)
    named = connection.execute(columns.where(KEPT.c.rid == rid)).first()
    if named is None:
        of_case = columns.join(CASES, CASES.c.case_id == KEPT.c.case_id)
        named = connection.execute(of_case.where(CASES.c.receipt_no == rid, KEPT.c.kind == "case.received")).first()
    if named is None:
        raise Refusal("record_unknown", "区里没有这条记录, 或它已更正", "用 clerk-tui district status --case 查看")
    return named


def grant_appointment(district: District, station: str, body: dict[str, Any]) -> None:
    """An appointment made at the district for a station's hall. Raises Refusal station_unknown."""
    grant_appointments(district, station, [body])


def grant_appointments(district: District, station: str, bodies: Sequence[dict[str, Any]]) -> None:
    """Appointments made at the district for a station's hall, all of them or none. Raises Refusal station_unknown."""
    with district.store.write() as connection:
        known = select(ENROLLED.c.id).where(ENROLLED.c.station == station, ENROLLED.c.closed_at.is_(None)).limit(1)
        if connection.execute(known).first() is None:
            raise Refusal(
                "station_unknown", f"没有站点 {station}, 什么也没有发布", "看全部站点: clerk-tui district status"
            )
        for body in bodies:
            answer(connection, station, "appointment.granted", str(body["code"]), body, now=district.clock())


def _say(connection: Connection, district: District, case: Row[Any], kind: str, body: dict[str, Any]) -> None:
    answer(connection, case.station, kind, case.case_id, body, now=district.clock())


def _change(connection: Connection, case: Row[Any], **values: Any) -> None:
    connection.execute(update(CASES).where(CASES.c.case_id == case.case_id).values(**values))


def _next(connection: Connection, series: str) -> int:
    dialect = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = (
        dialect(COUNTERS)
        .values(series=series, last=1)
        .on_conflict_do_update(index_elements=["series"], set_={"last": COUNTERS.c.last + 1})
        .returning(COUNTERS.c.last)
    )
    return int(connection.execute(statement).scalar_one())
