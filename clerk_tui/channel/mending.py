"""What a person does when the exchange cannot go on by itself: acts with a reason, in the journal."""

from sqlalchemy import Connection, select, update

from clerk_tui.channel import lease
from clerk_tui.channel.container import DOWN, UP
from clerk_tui.channel.enrolment import identity_of
from clerk_tui.channel.station import stream_id
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical
from clerk_tui.store.act import By, Clock, acting, system_clock
from clerk_tui.store.core import BATCHES, CLERKS, STREAMS, TASKS
from clerk_tui.store.engine import Store

RESPONSIBLE = frozenset({"supervisor", "it"})


def resume(store: Store, by: By, *, reason: str, clock: Clock = system_clock) -> int:
    """A person has cleared up with the district why the exchange stopped; returns how many streams run again.

    A batch that the district refused as a whole goes out again, the same bytes; the streams stop again if the cause is
    still there. Raises Refusal reason_missing, not_allowed.
    """
    reason = checked_reason(reason)
    must_be_responsible(by)
    with acting(store, by, clock, clock_confirmed=True) as act:
        identity = identity_of(act.connection)
        streams = [stream_id(identity, direction) for direction in (UP, DOWN)]
        stopped = act.connection.execute(
            select(STREAMS.c.id, STREAMS.c.reason).where(STREAMS.c.id.in_(streams), STREAMS.c.state == "stopped")
        ).all()
        if not stopped:
            return 0
        act.connection.execute(
            update(STREAMS)
            .where(STREAMS.c.id.in_([row.id for row in stopped]))
            .values(state="open", reason="", changed_at=act.now)
        )
        act.connection.execute(
            update(BATCHES)
            .where(BATCHES.c.inst == identity.inst, BATCHES.c.direction == UP, BATCHES.c.state == "refused")
            .values(state="sealed", reason="")
        )
        about = TASKS.c.kind.in_(["fork"]) & TASKS.c.closed_at.is_(None)
        for task in act.connection.execute(select(TASKS.c.id).where(about)).all():
            act.connection.execute(
                update(TASKS)
                .where(TASKS.c.id == task.id)
                .values(closed_at=act.now, closed_by=by.clerk_id, close_words=reason)
            )
            act.record("task.closed", task.id, {"words": reason})
        was = {row.id.rsplit(":", 1)[1]: row.reason for row in stopped}
        act.record("channel.resumed", identity.inst, {"reason": reason, "was": was})
    return len(stopped)


def pause(store: Store, by: By, *, reason: str, clock: Clock = system_clock) -> None:
    """Stop exchanging until a person resumes it; what happens at the desk goes on being recorded.

    Raises Refusal reason_missing, not_allowed.
    """
    reason = checked_reason(reason)
    must_be_responsible(by)
    lease.ensure(store)
    with acting(store, by, clock, clock_confirmed=True) as act:
        lease.pause(act.connection, by.clerk_name, reason, act.now)
        act.record("channel.paused", identity_of(act.connection).inst, {"reason": reason})


def unpause(store: Store, by: By, *, clock: Clock = system_clock) -> None:
    """Exchange again. Raises Refusal not_allowed."""
    must_be_responsible(by)
    lease.ensure(store)
    with acting(store, by, clock, clock_confirmed=True) as act:
        lease.unpause(act.connection)
        act.record("channel.unpaused", identity_of(act.connection).inst, {})


def ask_again(store: Store, *, clock: Clock = system_clock) -> bool:
    """Let the next exchange ask the district for the batch that is expected here; False where nothing is missing."""
    with store.write() as connection:
        identity = identity_of(connection)
        parked = select(BATCHES.c.id).where(
            BATCHES.c.inst == identity.inst, BATCHES.c.direction == DOWN, BATCHES.c.state == "parked"
        )
        down = STREAMS.c.id == stream_id(identity, DOWN)
        missing = connection.execute(select(STREAMS.c.id).where(down, STREAMS.c.resend_from > 0)).first()
        if connection.execute(parked.limit(1)).first() is None and missing is None:
            return False
        connection.execute(update(STREAMS).where(down).values(resend_from=STREAMS.c.next_bno, asked_at=0))
    return True


def send_again(store: Store, name: str) -> bool:
    """Put a batch that was sent without an answer out again with the next exchange: the same bytes."""
    with store.write() as connection:
        again = connection.execute(
            update(BATCHES)
            .where(BATCHES.c.name == name, BATCHES.c.direction == UP, BATCHES.c.state == "sent")
            .values(state="sealed")
        )
        return again.rowcount == 1


def responsible(connection: Connection, number: str) -> By:
    """The supervisor or technician with this number. Raises Refusal not_allowed."""
    row = connection.execute(select(CLERKS).where(CLERKS.c.number == number, CLERKS.c.active)).first()
    roles = frozenset(canonical.load(row.roles)) if row is not None else frozenset()
    if row is None or not roles & RESPONSIBLE:
        raise Refusal("not_allowed", "停止和恢复交换须由主管或系统管理员办理", "请用 --clerk 写明他的工号")
    return By(row.id, row.number, row.name, roles, row.hall_id)


def checked_reason(words: str) -> str:
    """A reason as it is kept. Raises Refusal reason_missing."""
    reason = clean_line(words)
    if not reason:
        raise Refusal("reason_missing", "请写明原因", field="reason")
    return reason


def must_be_responsible(by: By) -> None:
    """Raises Refusal not_allowed for whoever is neither supervisor nor technician, nor approved by one."""
    if not (by.roles | by.second_roles) & RESPONSIBLE:
        raise Refusal("not_allowed", "停止和恢复交换须由主管或系统管理员办理", "请主管在本窗口批准")
