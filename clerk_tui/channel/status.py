"""The state of the channel as a screen shows it. Every count is bounded: reading it stays cheap."""

from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.sql import ColumnElement

from clerk_tui.channel import lease
from clerk_tui.channel.container import DOWN, UP
from clerk_tui.channel.enrolment import district_keys, identity_of
from clerk_tui.channel.sealing import unsealed
from clerk_tui.channel.station import stream_id
from clerk_tui.channel.tasks import case_of
from clerk_tui.store.act import Clock, system_clock
from clerk_tui.store.case_states import find_case
from clerk_tui.store.core import BATCHES, RECEIVED_RECORDS, SENT_RECORDS, STREAMS, TASKS
from clerk_tui.store.engine import Store

MOST = 10_000
AMBER_MINUTES = 30
RED_MINUTES = 240
SKEW_SHOWN_MS = 2 * 60_000
RECENT = 20

BEFORE = "before"
"""State of a batch that was not confirmed to the installation that this station was before: the new one sends its records
again, and nobody waits for it."""

BATCH_WORDS = {"sealed": "待发", "sent": "已发待确认", "parked": "暂存", "applied": "已入库", "refused": "被退回"}


@dataclass(frozen=True)
class BatchLine:
    """One batch, up or down. `count` is its number of records, `at` when it was sealed here or there."""

    name: str
    direction: str
    bno: int
    count: int
    size: int
    state: str
    state_words: str
    at: int
    tries: int
    sha: str
    sent_at: int | None
    applied_at: int | None
    reason: str


@dataclass(frozen=True)
class StreamLine:
    """One direction: number of the next batch, up to which one the receiver confirmed, what it misses (0: nothing)."""

    direction: str
    next_bno: int
    acked_bno: int
    missing_from: int
    state: str
    reason: str
    changed_at: int


@dataclass(frozen=True)
class ChannelStatus:
    """`unsent` counts events that have not left, `unconfirmed` those sent without an answer; neither beyond 10,000.

    `oldest_at` is when the oldest of both happened. `urgency`: '' | amber | red. `last_error` is empty after a success.
    """

    enrolled: bool
    unsent: int
    unconfirmed: int
    rejected: int
    held: int
    held_here: int
    oldest_at: int | None
    urgency: str
    last_try_at: int | None
    last_ok_at: int | None
    last_error: str
    next_try_at: int | None
    stopped: str
    skew_ms: int | None
    batches: tuple[BatchLine, ...]
    streams: tuple[StreamLine, ...] = ()
    paused_by: str = ""
    paused_words: str = ""
    paused_at: int | None = None
    parked: int = 0
    advice: str = ""
    """What a person does about `stopped`."""
    holder: str = ""
    """The program that exchanges now; '' when none does."""

    @property
    def words(self) -> str:
        """The connection in the top line, without times: the screen adds them."""
        if not self.enrolled:
            return "未登记"
        if self.stopped:
            return "交换已停止"
        if self.paused_by:
            return "已暂停"
        if self.last_error:
            return "离线"
        waiting = self.unsent + self.unconfirmed
        return f"待发 {self.unsent}" if self.unsent else (f"待确认 {waiting}" if waiting else "已同步")


def status(
    store: Store,
    *,
    clock: Clock = system_clock,
    amber: int = AMBER_MINUTES,
    red: int = RED_MINUTES,
    recent: int = RECENT,
) -> ChannelStatus:
    """Read the state of the channel; `amber` and `red` are ages in minutes, `recent` how many batches are shown.

    Raises Refusal no_hall before the first set-up.
    """
    with store.read() as connection:
        identity = identity_of(connection)
        enrolled = district_keys(connection, identity.inst) is not None
        streams = {
            row.id: row
            for row in connection.execute(
                select(STREAMS).where(STREAMS.c.id.in_([stream_id(identity, UP), stream_id(identity, DOWN)]))
            )
        }
        up = streams.get(stream_id(identity, UP))
        waiting = unsealed(connection, int(up.last_n) if up is not None else 0, MOST)
        lying, lying_at = _lying(connection, identity.inst)
        sent, sent_at = _unconfirmed(connection, identity.inst)
        oldest = min((at for at in (waiting.first_at, lying_at, sent_at) if at is not None), default=None)
        found = lease.row(connection)
        stopped = next((str(row.reason) for row in streams.values() if row.state != "open"), "")
        return ChannelStatus(
            enrolled=enrolled,
            unsent=min(MOST, waiting.count + lying),
            unconfirmed=sent,
            rejected=_count(connection, SENT_RECORDS.c.state == "rejected"),
            held=_count(connection, SENT_RECORDS.c.state == "held"),
            held_here=_count(connection, RECEIVED_RECORDS.c.state == "held"),
            oldest_at=oldest,
            urgency=_urgency(oldest, clock(), amber, red),
            last_try_at=found.last_try_at if found is not None else None,
            last_ok_at=found.last_ok_at if found is not None else None,
            last_error=found.last_error if found is not None else "",
            next_try_at=found.next_try_at if found is not None else None,
            stopped=stopped,
            advice=_advice(connection) if stopped else "",
            skew_ms=_skew(connection),
            batches=_recent(connection, identity.inst, recent),
            streams=tuple(
                StreamLine(
                    row.id.rsplit(":", 1)[1],
                    row.next_bno,
                    row.acked_bno,
                    row.resend_from,
                    row.state,
                    row.reason,
                    row.changed_at,
                )
                for row in sorted(streams.values(), key=lambda row: str(row.id), reverse=True)
            ),
            paused_by=found.paused_by if found is not None else "",
            paused_words=found.paused_words if found is not None else "",
            paused_at=found.paused_at if found is not None else None,
            parked=_count(connection, (BATCHES.c.state == "parked") & (BATCHES.c.direction == DOWN)),
            holder=found.holder if found is not None and lease.held_by_another(found, "", clock()) else "",
        )


@dataclass(frozen=True)
class RejectedLine:
    """One record that the district rejected and nobody has answered yet; `receipt_no` is empty where it has no case."""

    rid: str
    receipt_no: str
    item: str
    field: str
    words: str
    at: int


def rejections(store: Store, limit: int = RECENT) -> tuple[RejectedLine, ...]:
    """Which records the district rejected, the latest first."""
    with store.read() as connection:
        rows = connection.execute(
            select(SENT_RECORDS)
            .where(SENT_RECORDS.c.state == "rejected")
            .order_by(SENT_RECORDS.c.changed_at.desc(), SENT_RECORDS.c.rid)
            .limit(limit)
        ).all()
        found = []
        for row in rows:
            case_id = case_of(connection, row.ent, row.ent_id, row.rid)
            case = find_case(connection, case_id) if case_id is not None else None
            receipt, item = (case.receipt_no, case.item_name) if case is not None else ("", "")
            found.append(RejectedLine(row.rid, receipt, item, row.field, row.words, row.changed_at))
    return tuple(found)


_RENEW = "换新密钥, 作为新的安装重新登记(clerk-tui sync enrol --new-keys), 已登记的都在, 会再报一次"
_TWO = f"查清有没有两台电脑用同一份数据, 或恢复过旧备份: 留下一台, {_RENEW}"
ADVICE = {
    "host_key": "打电话向区里核对服务器换没换主机密钥: 换了, 装入区里的新批复(clerk-tui sync install)再恢复; 没换, 不要恢复",
    "fork": _TWO,
    "rollback": _TWO,
    "revoked": "与区里联系, 换新密钥重新登记",
    "schema_new": "先升级本程序, 再恢复",
    "damaged": "请技术人员检查磁盘, 用备份恢复本机",
    "chain": "请区里核对它的数据是不是旧的备份, 再恢复",
}
"""By the code of what stopped the exchange; a batch that the district refused as a whole says its own reason."""


def _advice(connection: Connection) -> str:
    told = select(TASKS.c.code).where(TASKS.c.kind == "fork", TASKS.c.closed_at.is_(None))
    code = connection.execute(told.order_by(TASKS.c.made_at.desc(), TASKS.c.id.desc()).limit(1)).scalar()
    return ADVICE.get(str(code), "与区里查清, 再恢复")


def _lying(connection: Connection, inst: str) -> tuple[int, int | None]:
    row = connection.execute(
        select(func.coalesce(func.sum(BATCHES.c.records), 0), func.min(BATCHES.c.sealed_at)).where(
            BATCHES.c.direction == UP, BATCHES.c.state == "sealed", BATCHES.c.inst == inst, BATCHES.c.records > 0
        )
    ).one()
    return int(row[0]), row[1]


def _unconfirmed(connection: Connection, inst: str) -> tuple[int, int | None]:
    row = connection.execute(
        select(func.coalesce(func.sum(BATCHES.c.records), 0), func.min(BATCHES.c.sealed_at)).where(
            BATCHES.c.direction == UP, BATCHES.c.state == "sent", BATCHES.c.inst == inst, BATCHES.c.records > 0
        )
    ).one()
    return int(row[0]), row[1]


def _count(connection: Connection, condition: ColumnElement[bool]) -> int:
    some = select(1).where(condition).limit(MOST).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())


def _urgency(oldest: int | None, now: int, amber: int, red: int) -> str:
    minutes = (now - oldest) // 60_000 if oldest is not None else 0
    return "red" if minutes >= red else ("amber" if minutes >= amber else "")


def _skew(connection: Connection) -> int | None:
    """Median difference of the district's clock to ours over recent acknowledgements, once it is worth showing."""
    recent = list(
        connection.execute(
            select(BATCHES.c.skew_ms)
            .where(BATCHES.c.direction == UP, BATCHES.c.skew_ms.is_not(None), BATCHES.c.state == "applied")
            .order_by(BATCHES.c.bno.desc())
            .limit(9)
        ).scalars()
    )
    skew = int(median(recent)) if recent else 0
    return skew if abs(skew) > SKEW_SHOWN_MS else None


def _recent(connection: Connection, inst: str, limit: int) -> tuple[BatchLine, ...]:
    if not limit:
        return ()
    rows = connection.execute(
        select(
            BATCHES.c.name, BATCHES.c.direction, BATCHES.c.bno, BATCHES.c.records, BATCHES.c.size, BATCHES.c.state,
            BATCHES.c.sealed_at, BATCHES.c.tries, BATCHES.c.sha, BATCHES.c.sent_at, BATCHES.c.applied_at,
            BATCHES.c.reason, BATCHES.c.inst,
        )
        .order_by(BATCHES.c.id.desc())
        .limit(limit)
    )  # fmt: skip
    return tuple(
        BatchLine(
            row.name, row.direction, row.bno, row.records, row.size, *_words_of(row, inst), row.sealed_at, row.tries, row.sha, row.sent_at, row.applied_at, row.reason,
        )
        for row in rows
    )  # fmt: skip


def _words_of(row: Any, inst: str) -> tuple[str, str]:
    """State and its words."""
    if row.inst != inst and row.state != "applied":
        return BEFORE, "旧安装的"
    return row.state, BATCH_WORDS.get(row.state, row.state)
