"""The state of the channel in lines: what is waiting, since when, what comes next, and what is in the way."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clerk_tui.channel.background import Background
    from clerk_tui.channel.progress import Progress
    from clerk_tui.channel.status import BatchLine, ChannelStatus, StreamLine

Line = tuple[str, str]
"""Words and style."""

BAR = 24
STEPS = {"connecting": "正在连接", "receiving": "正在收件", "sealing": "正在封存", "sending": "正在发送"}


def state_lines(state: "ChannelStatus", at: Callable[[int], str], background: "Background | None") -> list[Line]:
    """The lines above the lists; `at` says an instant on the hall's clock."""

    def when(instant: int | None) -> str:
        return at(instant) if instant is not None else "没有"

    if not state.enrolled:
        return [
            ("本站还没有在区里登记: 办事不受影响, 记录都留在本机", "bold"),
            ("登记由技术人员办: clerk-tui sync enrol", "$quiet"),
        ]
    tone = {"amber": "$warn", "red": "bold $late"}.get(state.urgency, "")
    since = f"最早一条没确认的: {when(state.oldest_at)}"
    if state.urgency:
        since = f"! {since}, 已超过{'4 小时' if state.urgency == 'red' else '半小时'}"
    counts = f"未发 {state.unsent}   已发未确认 {state.unconfirmed}   退回 {state.rejected}"
    lines = [
        (f"{counts}   区里暂存 {state.held}   本机暂存 {state.held_here}", "bold"),
        (since, tone),
        (f"上次成功 {when(state.last_ok_at)}   上次尝试 {when(state.last_try_at)}   {_next(state, when)}", "$quiet"),
        *[(stream_words(stream, state), "$quiet") for stream in state.streams],
    ]
    if state.paused_by:
        lines.append((f"! 已暂停: {state.paused_by} {when(state.paused_at)} {state.paused_words}   F4 恢复", "$warn"))
    if state.stopped:
        lines.append((f"! 交换已停止, 要有人查清: {state.stopped}   F4 查清后恢复", "bold $late"))
        lines.append((f"  要做的: {state.advice}", "$late"))
    elif state.last_error:
        lines.append((f"! {state.last_error}; 数据都在本机, 没有丢失", "$warn"))
    if background is not None and background.needs_passphrase:
        lines.append(("! 密钥有口令保护, 输入以后才会交换   F4 输入", "$warn"))
    elif background is not None and background.blocked:
        lines.append((f"! {background.blocked}", "$warn"))
    if state.skew_ms is not None:
        lines.append((f"! 本机时钟与区里相差约 {abs(state.skew_ms) // 60_000} 分", "$warn"))
    return lines


def _next(state: "ChannelStatus", when: Callable[[int | None], str]) -> str:
    if state.paused_by or state.stopped:
        return "下次尝试 要等有人恢复"
    return f"下次尝试 {when(state.next_try_at)}" if state.next_try_at is not None else "每分钟一次"


def stream_words(stream: "StreamLine", state: "ChannelStatus") -> str:
    """One direction: up to where it has come."""
    if stream.direction == "U":
        words = f"上行: 已封存 {stream.next_bno - 1} 批, 区里已确认到第 {stream.acked_bno} 批"
        missing = f", 区里要求从第 {stream.missing_from} 批起重发" if stream.missing_from else ""
    else:
        words = f"下行: 已收到第 {stream.next_bno - 1} 批"
        missing = (
            f", 缺第 {stream.missing_from} 批(后面的已收 {state.parked} 批, 等它补来)" if stream.missing_from else ""
        )
    return words + missing + (", 已停" if stream.state != "open" else "")


def progress_words(progress: "Progress") -> str:
    """A bar for an exchange that takes a while; '' when none runs."""
    if not progress.step:
        return ""
    words = STEPS.get(progress.step, progress.step)
    if not progress.files_total:
        return f"{words} ...   F4 可取消"
    share = progress.share
    full = round(share * BAR)
    files = f"第 {min(progress.files_done + 1, progress.files_total)}/{progress.files_total} 批"
    return f"{words} [{'#' * full}{'.' * (BAR - full)}] {round(share * 100):3d}%  {files}   F4 可取消"


def batch_lines(batch: "BatchLine", at: Callable[[int], str]) -> list[str]:
    """Everything about one batch."""
    lines = [
        batch.name,
        f"{'发往区里' if batch.direction == 'U' else '区里发来'}, {batch.count} 条, {batch.size} 字节, {batch.state_words}",
        f"封存 {at(batch.at)}",
    ]
    if batch.sent_at is not None:
        lines.append(f"发出 {at(batch.sent_at)}, 共 {batch.tries} 次")
    if batch.applied_at is not None:
        lines.append(f"入库 {at(batch.applied_at)}")
    if batch.reason:
        lines.append(f"原因: {batch.reason}")
    return [*lines, f"SHA-256 {batch.sha[:16]}..."]
