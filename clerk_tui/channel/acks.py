"""What the district says about our batches and records."""

from typing import Any

from sqlalchemy import bindparam, func, select, update

from clerk_tui.channel.container import UP
from clerk_tui.channel.faults import StreamStopped
from clerk_tui.channel.station import Station
from clerk_tui.channel.tasks import OpenTask, case_of, open_task, open_tasks
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.store.act import Act
from clerk_tui.store.core import BATCHES, CASES, SENT_RECORDS, STREAMS

OK, DUP, CONFLICT, REJECT, HOLD, SUPERSEDED = "OK", "DUP", "CONFLICT", "REJECT", "HOLD", "SUPERSEDED"
RECEIVED, APPLIED, PARTIAL, REFUSED = "RECEIVED", "APPLIED", "PARTIAL", "REFUSED"

_STATES = {OK: "ok", DUP: "ok", CONFLICT: "rejected", REJECT: "rejected", HOLD: "held", SUPERSEDED: "superseded"}
_TASKS = {REJECT: "rejected", CONFLICT: "conflict"}
WORDS = 400


def apply_batch_ack(act: Act, station: Station, body: dict[str, Any], created: int) -> None:
    """One batch was received, applied, applied in part, or refused. Raises StreamStopped when it is not our batch."""
    batch = act.connection.execute(
        select(BATCHES).where(
            BATCHES.c.inst == station.identity.inst,
            BATCHES.c.station == station.identity.station,
            BATCHES.c.direction == UP,
            BATCHES.c.bno == int(body["bno"]),
        )
    ).one_or_none()
    if batch is None:
        raise StreamStopped("rollback", "区里确认了本站没有发过的批次, 数据文件可能是旧的备份")
    if batch.sha != body["sha"]:
        raise StreamStopped("fork", "区里收到的批次与本站发出的不同")
    status = body["status"]
    if status == RECEIVED:
        return
    changes = update(BATCHES).where(BATCHES.c.id == batch.id)
    if status == REFUSED:
        if batch.state == "refused":
            return
        words = clean_line(str(body.get("words", "")))[:WORDS]
        act.connection.execute(changes.values(state="refused", reason=words))
        reason = f"区里整批退回第 {batch.bno} 批: {words}"
        open_task(act, "incident", reason, rid=batch.name, code=str(body.get("code", "")))
        stopped = update(STREAMS).where(STREAMS.c.id == station.up)
        act.connection.execute(stopped.values(state="stopped", reason=reason, changed_at=act.now))
        return
    if batch.applied_at is None:
        skew = _skew(batch.sent_at, body.get("received_at"), created, act.now)
        act.connection.execute(changes.values(state="applied", applied_at=act.now, skew_ms=skew))
    listed = body.get("records", [])
    confirmed = (
        update(SENT_RECORDS)
        .where(
            SENT_RECORDS.c.batch_id == batch.id,
            SENT_RECORDS.c.state == "waiting",
            SENT_RECORDS.c.rid.not_in([str(answer["rid"]) for answer in listed]),
        )
        .values(state="ok", changed_at=act.now)
    )
    act.connection.execute(confirmed)
    _check_sum(act, batch, int(body["ok"]), int(body.get("told", 0)) + len(listed))
    apply_record_answers(act, listed)


def apply_record_answers(act: Act, answers: list[dict[str, Any]]) -> None:
    """Per-record answers, also those that come later: a hold that was released, a record that was rejected after all.

    Many at once, because a whole batch may be rejected and the desk waits meanwhile.
    """
    known = [answer for answer in answers if str(answer["code"]) in _STATES]
    rids = [str(answer["rid"]) for answer in known]
    found = act.connection.execute(_SENT, {"rids": rids}) if rids else ()
    sent = {row.rid: row for row in found}
    changes: list[dict[str, Any]] = []
    tasks: list[OpenTask] = []
    for answer, rid in zip(known, rids, strict=True):
        if rid not in sent:
            continue
        code, reason = str(answer["code"]), str(answer.get("reason", answer["code"]))
        words, field = (clean_line(str(answer.get(key, "")))[:WORDS] for key in ("words", "field"))
        changes.append(
            {"row_rid": rid, "state": _STATES[code], "code": reason, "field": field, "words": words,
             "changed_at": act.now}
        )  # fmt: skip
        if code in _TASKS:
            case_id = case_of(act.connection, sent[rid].ent, sent[rid].ent_id, rid)
            tasks.append(OpenTask(_TASKS[code], words or "区里退回了一条记录", case_id, rid, field, reason))
    if changes:
        act.connection.execute(_ANSWERED, changes)
    refused = sorted({task.case_id for task in tasks if task.case_id})
    if refused:
        act.connection.execute(_REFUSED, {"ids": refused})
    open_tasks(act, tasks)


_SENT = select(SENT_RECORDS.c.rid, SENT_RECORDS.c.ent, SENT_RECORDS.c.ent_id).where(
    SENT_RECORDS.c.rid.in_(bindparam("rids", expanding=True))
)
_ANSWERED = update(SENT_RECORDS).where(SENT_RECORDS.c.rid == bindparam("row_rid"))
_REFUSED = update(CASES).where(CASES.c.id.in_(bindparam("ids", expanding=True))).values(flag_refused_by_district=True)


def apply_cursor(act: Act, station: Station, cursor: int) -> None:
    """Every batch below the district's cursor has been applied there."""
    act.connection.execute(
        update(BATCHES)
        .where(
            BATCHES.c.inst == station.identity.inst,
            BATCHES.c.direction == UP,
            BATCHES.c.bno < cursor,
            BATCHES.c.state.in_(["sealed", "sent"]),
        )
        .values(state="applied", applied_at=act.now)
    )


def _check_sum(act: Act, batch: Any, ok: int, listed: int) -> None:
    if ok + listed != batch.records:
        waiting = act.connection.execute(select(func.count()).where(SENT_RECORDS.c.batch_id == batch.id)).scalar_one()
        open_task(
            act, "incident", f"第 {batch.bno} 批 {batch.records} 条(本站登记 {waiting} 条), 区里只答复了 {ok + listed} 条",
            rid=f"{batch.name}:sum",
        )  # fmt: skip


def _skew(sent_at: int | None, received_at: Any, created: int, now: int) -> int | None:
    """The district's clock minus ours: both ways' delays are taken as equal."""
    if sent_at is None or isinstance(received_at, bool) or not isinstance(received_at, int):
        return None
    return ((received_at - int(sent_at)) + (created - now)) // 2
