"""Records that came and are applied one by one: a refusal leaves nothing behind, and what cannot be applied yet is kept
and tried again."""

from sqlalchemy import bindparam, exists, select, update

from clerk_tui.channel import dues
from clerk_tui.channel.applying import KNOWN, Held, apply_record
from clerk_tui.channel.faults import MALFORMED
from clerk_tui.channel.records import Record, read_line
from clerk_tui.channel.station import Station
from clerk_tui.channel.tasks import OpenTask, open_task, open_tasks
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import Act, acting
from clerk_tui.store.core import CASES, RECEIVED_RECORDS

HELD_ALARM_MS = 24 * 3_600_000
AT_ONCE = 10
ALARMED_AT_ONCE = 50


def attempt(act: Act, station: Station, record: Record, created: int) -> tuple[str, str, str]:
    """Apply one record so that a refusal leaves nothing of it behind. A contradiction is a task for a person."""
    events = len(act.events)
    act.connection.exec_driver_sql("SAVEPOINT one_record")  # a fifth of what begin_nested costs, under the write lock
    try:
        apply_record(act, station, record, created)
    except (Held, Refusal, *MALFORMED) as fault:
        act.connection.exec_driver_sql("ROLLBACK TO SAVEPOINT one_record")
        act.connection.exec_driver_sql("RELEASE SAVEPOINT one_record")
        del act.events[events:]
        if isinstance(fault, Held):
            return "held", fault.code, fault.words
        words = fault.words if isinstance(fault, Refusal) else "区里发来的消息读不懂, 没有采用"
        code = fault.code if isinstance(fault, Refusal) else "malformed"
        case_id = record.ent_id if record.ent == "case" else None
        open_task(act, "conflict", words, case_id=case_id, rid=record.rid, code=code)
        return "conflict", code, words
    act.connection.exec_driver_sql("RELEASE SAVEPOINT one_record")
    return "ok", "", ""


def retry_held(station: Station) -> None:
    """Try again what is held and may go through now, in the order in which it came, a few in a transaction."""
    after = 0
    while True:
        with station.store.read() as connection:
            ready = list(connection.execute(_READY, {"after": after}))
        if not ready:
            return
        after = ready[-1].seq
        dues.shipped()
        with acting(station.store, station.by, station.clock, clock_confirmed=True) as act:
            _retry(act, station, [row.rid for row in ready])


def _retry(act: Act, station: Station, rids: list[str]) -> None:
    still = (RECEIVED_RECORDS.c.rid.in_(rids), RECEIVED_RECORDS.c.state == "held")  # no other program was faster
    for row in act.connection.execute(select(RECEIVED_RECORDS).where(*still).order_by(RECEIVED_RECORDS.c.seq)).all():
        state, code, words = attempt(act, station, read_line(row.line), row.received_at)
        if state != "held":
            act.connection.execute(
                update(RECEIVED_RECORDS)
                .where(RECEIVED_RECORDS.c.rid == row.rid)
                .values(state=state, code=code, words=words, line="", told=False)
            )


_READY = (
    select(RECEIVED_RECORDS.c.rid, RECEIVED_RECORDS.c.seq)
    .where(
        RECEIVED_RECORDS.c.state == "held",
        RECEIVED_RECORDS.c.seq > bindparam("after"),
        ((RECEIVED_RECORDS.c.code == "unknown_case") & exists().where(CASES.c.id == RECEIVED_RECORDS.c.ent_id))
        | ((RECEIVED_RECORDS.c.code != "unknown_case") & RECEIVED_RECORDS.c.kind.in_(KNOWN)),
    )
    .order_by(RECEIVED_RECORDS.c.seq)
    .limit(AT_ONCE)
)
"""What waits for a case that is here by now, or for a program that knows it."""


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
        rows = act.connection.execute(select(RECEIVED_RECORDS).where(*late).limit(ALARMED_AT_ONCE)).all()
        open_tasks(act, [OpenTask("held", f"{row.words}, 已超过 24 小时", rid=row.rid, code=row.code) for row in rows])
        alarmed = update(RECEIVED_RECORDS).where(RECEIVED_RECORDS.c.rid.in_([row.rid for row in rows]))
        act.connection.execute(alarmed.values(alarmed=True))
