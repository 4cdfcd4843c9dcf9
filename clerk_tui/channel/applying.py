"""What a record from the district does at the station. A kind that this program does not know is kept, never dropped."""

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import Row, insert, select

from clerk_tui.channel import dues, publications, reconciling, taking_lists
from clerk_tui.channel.acks import apply_batch_ack, apply_record_answers
from clerk_tui.channel.faults import StreamStopped
from clerk_tui.channel.records import Record
from clerk_tui.channel.rekeying import REVOKED
from clerk_tui.channel.station import Station
from clerk_tui.rules.plain_text import clean_line, clean_name
from clerk_tui.store import decisions
from clerk_tui.store.act import Act, new_id
from clerk_tui.store.case_states import find_case
from clerk_tui.store.core import APPOINTMENTS

Body = dict[str, Any]


class Held(Exception):
    """Not now: the case is not known here yet, or the kind is not."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(code)
        self.code = code
        self.words = words


def apply_record(act: Act, station: Station, record: Record, created: int) -> None:
    """Do what a record says. Raises Held; Refusal when it contradicts what stands here; StreamStopped."""
    if record.kind == "ack.batch":
        apply_batch_ack(act, station, record.body, created)
    elif record.kind == "ack.records":
        apply_record_answers(act, list(record.body["records"]))
    elif record.kind == reconciling.ANSWERED:
        reconciling.take_answer(act, record.body)
    elif record.kind == publications.SLICE:
        taking_lists.stage(act, record)
    elif record.kind == publications.CURRENT:
        taking_lists.announce(act, record)
    elif record.kind == REVOKED:
        raise StreamStopped(
            "revoked",
            f"区里已收回本站的密钥({_words(record.body, 'words')}); 数据都在本机, 请与区里联系, 换新密钥重新登记: "
            "clerk-tui sync enrol --new-keys",
        )
    elif record.kind == "appointment.granted":
        _appointment(act, station, record)
    elif record.kind == "calendar.published":
        dues.keep_published(act, record.body)
    elif record.kind in _CASE:
        _CASE[record.kind](act, _case(act, record.ent_id), record)
    else:
        raise Held("unknown_kind", "区里发来的消息本程序还不认识, 已保存")


def _case(act: Act, case_id: str) -> Row[Any]:
    row = find_case(act.connection, case_id)
    if row is None:
        raise Held("unknown_case", "区里发来的消息所说的办件本站还没有, 已保存")
    return row


def _numbered(act: Act, case: Row[Any], record: Record) -> None:
    decisions.record_district_number(act, case, _words(record.body, "district_no"))


def _stage(act: Act, case: Row[Any], record: Record) -> None:
    decisions.record_stage(
        act, case, _words(record.body, "stage"), day=_day(record.body, "date"),
        begins_review=record.body.get("begins_review") is True,
    )  # fmt: skip


def _acceptance(act: Act, case: Row[Any], record: Record) -> None:
    body = record.body
    outcome = body["outcome"]
    if outcome == "accepted":
        at = _instant(body, "at")
        decisions.record_acceptance(
            act, case, at=at, calendar=dues.calendar(act.connection), promised_due=_day(body, "promised_due") or None,
            statutory_due=_day(body, "statutory_due") or None, provisional=body.get("provisional") is True,
        )  # fmt: skip
    else:
        decisions.record_refusal_of_acceptance(
            act, case, not_applicable=outcome == "not_applicable", reason=_words(body, "reason")
        )


def _suspended(act: Act, case: Row[Any], record: Record) -> None:
    body = record.body
    decisions.suspend(
        act, case, name=_words(body, "name"), from_date=_day(body, "from_date", needed=True), days=_count(body, "days", 0),
        reason=_words(body, "reason"), approver=_words(body, "approver"),
    )  # fmt: skip


def _resumed(act: Act, case: Row[Any], record: Record) -> None:
    body = record.body
    decisions.resume(
        act, case, to_date=_day(body, "to_date", needed=True), calendar=dues.calendar(act.connection),
        promised_due=_day(body, "promised_due") or None, statutory_due=_day(body, "statutory_due") or None,
    )  # fmt: skip


def _prolonged(act: Act, case: Row[Any], record: Record) -> None:
    body = record.body
    decisions.prolong(
        act, case, days=_count(body, "days"), from_date=_day(body, "from_date", needed=True), reason=_words(body, "reason"),
        approver=_words(body, "approver"), calendar=dues.calendar(act.connection),
        promised_due=_day(body, "promised_due") or None, statutory_due=_day(body, "statutory_due") or None,
    )  # fmt: skip


def _decided(act: Act, case: Row[Any], record: Record) -> None:
    body = record.body
    if body["decision"] not in ("granted", "refused"):
        raise Held("unknown_decision", "区里发来的决定种类本程序还不认识, 已保存")
    decisions.record_decision(
        act,
        case,
        decision=body["decision"],
        calendar=dues.calendar(act.connection),
        reason=_words(body, "reason"),
        day=_day(body, "date"),
    )


def _result(act: Act, case: Row[Any], record: Record) -> None:
    body = record.body
    decisions.expect_result(
        act, case, calendar=dues.calendar(act.connection), kind=_words(body, "kind"), name=_words(body, "name"), number=_words(body, "number"),
        licence_id=_words(body, "licence_id"), copies=_count(body, "copies", 1),
    )  # fmt: skip


_CASE: dict[str, Callable[[Act, Row[Any], Record], None]] = {
    "case.numbered": _numbered,
    "case.stage_reported": _stage,
    "case.acceptance_received": _acceptance,
    "case.suspended": _suspended,
    "case.resumed": _resumed,
    "case.prolonged": _prolonged,
    "case.decision_received": _decided,
    "result.expected": _result,
}


KNOWN = frozenset(
    {
        *_CASE, "ack.batch", "ack.records", REVOKED, "appointment.granted", "calendar.published", reconciling.ANSWERED,
        publications.SLICE, publications.CURRENT,
    }
)  # fmt: skip
"""Kinds of downlink records that this program does something with."""


def _appointment(act: Act, station: Station, record: Record) -> None:
    body = record.body
    known = select(APPOINTMENTS.c.id).where(APPOINTMENTS.c.code == _words(body, "code")).limit(1)
    if act.connection.execute(known).first() is not None:
        return
    appointment_id = new_id()
    values = {
        "day": date.fromisoformat(body["day"]).isoformat(),
        "slot_start_at": _instant(body, "slot_start_at"),
        "slot_end_at": _instant(body, "slot_end_at"),
        "category": _words(body, "category"),
        "name": clean_name(str(body["name"])),
        "phone": _words(body, "phone"),
        "item_key": _words(body, "item_key"),
        "code": _words(body, "code"),
    }
    act.connection.execute(
        insert(APPOINTMENTS).values(
            id=appointment_id, hall_id=station.identity.hall_id, source="district", state="booked", made_at=act.now,
            version=1, **values,
        )
    )  # fmt: skip
    act.record("appointment.booked", appointment_id, values, source="district")


def _words(body: Body, key: str) -> str:
    """One line of text from outside, without control characters and of a sane length."""
    return clean_line(str(body.get(key, "")))[:400]


def _day(body: Body, key: str, *, needed: bool = False) -> str:
    """An ISO date, "" when there need be none. Raises KeyError, ValueError, TypeError: what is no date would stop every
    page that counts the days to it."""
    told: Any = body[key] if needed else body.get(key)
    return date.fromisoformat(told).isoformat() if needed or told not in (None, "") else ""


def _count(body: Body, key: str, unless: int | None = None) -> int:
    """A number of days or copies. Raises KeyError, ValueError, TypeError."""
    found = int(body[key] if unless is None else body.get(key, unless))
    if not 0 <= found <= MOST:
        raise ValueError(key)
    return found


def _instant(body: Body, key: str) -> int:
    """UTC ms within the years that the desk can show. Raises KeyError, ValueError, TypeError."""
    found = int(body[key])
    if not FIRST_MS <= found < LAST_MS:
        raise ValueError(key)
    return found


MOST = 10_000
FIRST_MS, LAST_MS = 946_684_800_000, 4_102_444_800_000
"""2000 and 2100."""
