"""The district's side of the daily reconciliation, and records that came again inside another."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from clerk_tui.channel.faults import MALFORMED, BatchFault
from clerk_tui.channel.reconciling import ANSWERED, NOTHING, RESENT, RIDS, STATED, DayDigest, bounds, digests, mark
from clerk_tui.channel.records import Record, read_line
from clerk_tui.district.docket import Source
from clerk_tui.district.outgoing import answer
from clerk_tui.district.tables import CASES, KEPT

RECEIVED = "case.received"
MOST_CASES = 500
"""Cases that one answer names."""


def with_resent(records: Sequence[Record]) -> list[Record]:
    """The records of a batch, and behind each one that brings another again that other one. Raises BatchFault."""
    found: list[Record] = []
    for record in records:
        found.append(record)
        if record.kind == RESENT and record.body:
            line = record.body.get("line")
            if not isinstance(line, str):
                raise BatchFault("record", "补发的记录不合格式", signed=True)
            found.append(read_line(line))
    return found


def answer_statements(connection: Connection, records: Sequence[Record], source: Source) -> None:
    """Answer each statement of days: which differ from what is kept here, and what is kept of those."""
    for record in records:
        if record.kind == STATED and record.body and malformed(record.body) is None:
            _answer(connection, record, source)


def _days(body: Mapping[str, Any]) -> list[DayDigest]:
    return [
        DayDigest(date.fromisoformat(day).isoformat(), int(count), str(digest)) for day, count, digest in body["days"]
    ]


def malformed(body: Mapping[str, Any]) -> str | None:
    """The field of a statement of days that cannot be read; None when it can be answered."""
    try:
        for stated in _days(body):
            bounds(stated.day)
    except MALFORMED:
        return "days"
    return None if type(body.get("confirmed_n")) is int else "confirmed_n"


def _numbers(connection: Connection, case_ids: Sequence[str]) -> list[list[str]]:
    """Case and receipt number of each: what a station that lost a case can look for among its papers."""
    known = select(CASES.c.case_id, CASES.c.receipt_no).where(CASES.c.case_id.in_(case_ids), CASES.c.receipt_no != "")
    return [[row.case_id, row.receipt_no] for row in connection.execute(known.order_by(CASES.c.receipt_no))]


def _answer(connection: Connection, record: Record, source: Source) -> None:
    days = _days(record.body)
    differ: list[dict[str, Any]] = []
    room, room_of_cases = RIDS, MOST_CASES
    for stated in days:
        start, end = bounds(stated.day)
        rows = connection.execute(
            select(KEPT.c.at, KEPT.c.rid, KEPT.c.sha, KEPT.c.kind, KEPT.c.case_id).where(
                KEPT.c.station == source.station, KEPT.c.at >= start, KEPT.c.at < end
            )
        ).all()
        mine = digests((row.at, row.rid, row.sha) for row in rows) or [DayDigest(stated.day, 0, NOTHING)]
        if mine == [stated]:
            continue
        rids = [mark(row.rid, row.sha) for row in rows[:room]]
        room -= len(rids)
        cases = _numbers(connection, [row.case_id for row in rows if row.kind == RECEIVED][:room_of_cases])
        room_of_cases -= len(cases)
        told = {"day": stated.day, "count": len(rows), "rids": rids, "whole": len(rids) == len(rows)}
        differ.append(told | ({"cases": cases} if cases else {}))
    body = {"days": len(days), "differ": differ, "confirmed_n": int(record.body["confirmed_n"])}
    answer(connection, source.station, ANSWERED, source.inst, body, now=source.now, inst=source.inst)
