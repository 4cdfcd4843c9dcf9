"""One exchange with the district: look at what came, seal what is due, send what waits. Called again and again."""

import errno
import secrets
from dataclasses import dataclass

from clerk_tui.channel import lease
from clerk_tui.channel.failpoints import reach
from clerk_tui.channel.faults import Cancelled, LinkFault, StreamStopped
from clerk_tui.channel.progress import Progress
from clerk_tui.channel.publishing import forget_old, publish_all
from clerk_tui.channel.receiving import Receipt, receive_all, stop
from clerk_tui.channel.reconciling import settle, state_days
from clerk_tui.channel.sealing import ensure_streams, seal_all, stream_row
from clerk_tui.channel.station import Station
from clerk_tui.channel.taking_lists import make_current
from clerk_tui.rules.refusal import Refusal

PROGRAM = secrets.token_hex(8)
"""This program, as the holder of the lease."""


@dataclass(frozen=True)
class ExchangeReport:
    """`state`: ok | faulty (some files were damaged) | offline | waiting (backoff) | busy (another program syncs, or
    the store was locked) | paused (by a person) | cancelled | stopped (a person is needed). `words` say it in Chinese."""

    state: str
    words: str
    sealed: int = 0
    events: int = 0
    sent: int = 0
    applied: int = 0
    records: int = 0
    parked: int = 0
    faults: tuple[str, ...] = ()
    next_try_at: int | None = None
    lists: tuple[str, ...] = ()
    """Kinds of lists of the district that became current."""


def exchange_once(
    station: Station, *, send_now: bool = False, program: str = PROGRAM, progress: Progress | None = None
) -> ExchangeReport:
    """Exchange once. `send_now` seals what is younger than a minute and does not wait for the backoff.

    Never holds a lock while it reads or writes files, and never raises for a dead link, a busy store or a bad batch.
    """
    store, now = station.store, station.clock()
    try:
        with store.read() as connection:
            found = lease.row(connection)
        if found is not None and found.paused_by:
            return ExchangeReport("paused", f"{found.paused_by} 暂停了交换: {found.paused_words}")
        if not send_now and not lease.may_try(found, now):
            at = int(found.next_try_at) if found is not None else None
            return ExchangeReport("waiting", "上次没有连上, 到时间自动再试", next_try_at=at)
        if not lease.take(store, program, now):
            if send_now:
                lease.want(store, now)
            return ExchangeReport("busy", "另一个程序正在与区里交换")
        reach("leased")
        try:
            return _exchange(station, send_now, _keeping(station, program, progress or Progress()))
        finally:
            lease.release(store, program)
    except Refusal as refusal:
        return ExchangeReport("busy", refusal.words)


def _keeping(station: Station, program: str, progress: Progress) -> Progress:
    """Keep the lease for as long as something moves; one that hangs loses it."""
    kept = station.clock()

    def alive() -> None:
        nonlocal kept
        now = station.clock()
        if now - kept >= lease.RENEW_MS or now < kept:
            kept = now
            lease.take(station.store, program, now)

    progress.alive = alive
    return progress


def _exchange(station: Station, send_now: bool, progress: Progress) -> ExchangeReport:
    ensure_streams(station)
    receipt, stopped, sealed, sent = Receipt(), "", [], 0
    lists: tuple[str, ...] = ()
    if (words := _both_stopped(station)) is not None:
        lease.note_stopped(station.store, station.clock())
        return ExchangeReport("stopped", words)
    try:
        try:
            receipt = receive_all(station, progress)
        except StreamStopped as fault:
            stopped = fault.words
            stop(station, fault)
        lists = make_current(station)
        settle(station)
        progress.begin("sealing")
        state_days(station)
        fatal: StreamStopped | None = None
        try:
            sealed = seal_all(station, now_wanted=send_now)
        except StreamStopped as fault:
            fatal = fault  # what was sealed before it still goes
        try:
            sent = publish_all(station, progress)
        except StreamStopped as fault:
            fatal = fatal or fault
        if fatal is not None:
            stopped = fatal.words
            stop(station, fatal)
        forget_old(station)
    except OSError as error:
        if progress.cancelled:  # its transfer program was ended with it: the link did not fail
            return _cancelled(station, receipt)
        words = _link_words(error)
        next_try = lease.note_failure(station.store, station.clock(), words)
        return ExchangeReport("offline", words, applied=receipt.applied, next_try_at=next_try)
    except Cancelled:
        return _cancelled(station, receipt)
    finally:
        progress.step = ""
    stopped = stopped or _stopped(station)
    if stopped:
        lease.note_stopped(station.store, station.clock())
    else:
        lease.note_success(station.store, station.clock())
    state = "stopped" if stopped else ("faulty" if receipt.faults else "ok")
    return ExchangeReport(
        state,
        stopped or receipt.strange or ("区里发来的文件有损坏, 已请区里重发" if receipt.faults else "已与区里交换"),
        sealed=len(sealed),
        events=sum(batch.count for batch in sealed),
        sent=sent,
        applied=receipt.applied,
        records=receipt.records,
        parked=receipt.parked,
        faults=tuple(receipt.faults),
        lists=lists,
    )


def _cancelled(station: Station, receipt: Receipt) -> ExchangeReport:
    station.transport.close()
    return ExchangeReport("cancelled", "已取消; 没发完的下次接着发", applied=receipt.applied)


def _both_stopped(station: Station) -> str | None:
    """Why nothing goes either way until a person has seen to it; None while anything may move."""
    with station.store.read() as connection:
        rows = [stream_row(connection, stream) for stream in (station.up, station.down)]
    return str(rows[0].reason) if all(row.state != "open" for row in rows) else None


def _stopped(station: Station) -> str:
    with station.store.read() as connection:
        for stream in (station.up, station.down):
            found = stream_row(connection, stream)
            if found.state != "open":
                return str(found.reason)
    return ""


def _link_words(error: OSError) -> str:
    """What failed, without paths."""
    if isinstance(error, LinkFault):
        return error.words
    if isinstance(error, FileNotFoundError):
        return "找不到交换文件夹"
    if isinstance(error, PermissionError):
        return "交换文件夹没有权限"
    if isinstance(error, FileExistsError):
        return "交换文件夹里已有同名但不同的批次"
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "交换文件夹所在的磁盘已满"
    return "交换文件夹读写失败"
