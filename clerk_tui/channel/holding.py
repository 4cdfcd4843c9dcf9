"""Records that came and are applied one by one: a refusal leaves nothing behind, and what cannot be applied yet is kept
and tried again (channel rules 43, 47, 48)."""

from typing import Any

from sqlalchemy import Row, select, update

from clerk_tui.channel.applying import KNOWN, Held, apply_record
from clerk_tui.channel.records import Record, read_line
from clerk_tui.channel.station import Station
from clerk_tui.channel.tasks import open_task
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import Act, acting
from clerk_tui.store.core import RECEIVED_RECORDS

HELD_ALARM_MS = 24 * 3_600_000
HELD_AT_ONCE = 100


def attempt(act: Act, station: Station, record: Record, created: int) -> tuple[str, str, str]:
    """Apply one record so that a refusal leaves nothing of it behind. A contradiction is a task for a person."""
    events = len(act.events)
    savepoint = act.connection.begin_nested()
    try:
        apply_record(act, station, record, created)
    except (Held, Refusal, KeyError, ValueError, TypeError) as fault:
        savepoint.rollback()
        del act.events[events:]
        if isinstance(fault, Held):
            return "held", fault.code, fault.words
        words = fault.words if isinstance(fault, Refusal) else "区里发来的消息缺少内容"
        code = fault.code if isinstance(fault, Refusal) else "malformed"
        case_id = record.ent_id if record.ent == "case" else None
        open_task(act, "conflict", words, case_id=case_id, rid=record.rid, code=code)
        return "conflict", code, words
    savepoint.commit()
    return "ok", "", ""


def retry_held(act: Act, station: Station) -> None:
    """Try again what is held, in the order in which it came."""
    for row in _held(act):
        record = read_line(row.line)
        state, code, words = attempt(act, station, record, row.received_at)
        if state != "held":
            act.connection.execute(
                update(RECEIVED_RECORDS)
                .where(RECEIVED_RECORDS.c.rid == row.rid)
                .values(state=state, code=code, words=words, line="", told=False)
            )


def _held(act: Act) -> list[Row[Any]]:
    return list(
        act.connection.execute(
            select(RECEIVED_RECORDS)
            .where(
                RECEIVED_RECORDS.c.state == "held",
                (RECEIVED_RECORDS.c.code != "unknown_kind") | RECEIVED_RECORDS.c.kind.in_(KNOWN),
            )
            .order_by(RECEIVED_RECORDS.c.seq)
            .limit(HELD_AT_ONCE)
        )
    )


def alarm_held(station: Station) -> None:
    """Tell a person about what has been held for a day."""
    late = (
        RECEIVED_RECORDS.c.state == "held",
        RECEIVED_RECORDS.c.alarmed.is_(False),
        RECEIVED_RECORDS.c.received_at <= station.clock() - HELD_ALARM_MS,
    )
    with station.store.read() as connection:
        if connection.execute(select(RECEIVED_RECORDS.c.rid).where(*late).limit(1)).first() is None:
            return
    with acting(station.store, station.by, station.clock, clock_confirmed=True) as act:
        for row in act.connection.execute(select(RECEIVED_RECORDS).where(*late).limit(HELD_AT_ONCE)).all():
            open_task(act, "held", f"{row.words}, 已超过 24 小时", rid=row.rid, code=row.code)
            act.connection.execute(
                update(RECEIVED_RECORDS).where(RECEIVED_RECORDS.c.rid == row.rid).values(alarmed=True)
            )
