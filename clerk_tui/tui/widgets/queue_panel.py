"""The queue at the left of the workbench, and the same folded into one line."""

from collections.abc import Callable
from dataclasses import dataclass

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from clerk_tui.desk.views.panel import QueuePanel, TicketView
from clerk_tui.tui.widgets.numbered_list import Column, NumberedList, Row
from clerk_tui.tui.widgets.plain import minutes, plain, plain_lines
from clerk_tui.tui.widgets.rule import Rule

STATES = {"called": "已叫号", "serving": "服务中", "held": "挂起", "waiting": "等候"}
DUTIES = {"pause": "暂停", "back_office": "后台"}


class QueueView(Vertical):
    """Who waits, who is here, what is held, today's figures, why the next one is next."""

    DEFAULT_CSS = """
    QueueView { width: 36; height: 1fr; border-right: ascii $rule; }
    QueueView Static { height: auto; }
    QueueView #queue-current { height: 3; }
    QueueView #queue-waiting { height: 1fr; min-height: 4; }
    QueueView #queue-held { max-height: 4; }
    QueueView #queue-why { max-height: 4; color: $quiet; padding: 0 1; }
    """

    @dataclass
    class Chosen(Message):
        """A number and Enter on a waiting ticket."""

        ticket_id: str

    def compose(self) -> ComposeResult:
        yield Static(id="queue-head")
        yield Static(id="queue-current")
        yield Rule("-", "等候")
        yield NumberedList(
            (Column("", 5), Column("", 4), Column("", 4), Column("", 10, right=True)),
            empty="没有人等候; 取号: 按 F2 输入 取号",
            cursor_away=False,
            id="queue-waiting",
        )
        yield Rule("-", "挂起 F8")
        yield Static(id="queue-held")
        yield Rule("-", "今日")
        yield Static(id="queue-figures")
        yield Static(id="queue-why")

    def show(self, panel: QueuePanel, hm: Callable[[int], str], now: int) -> None:
        """Show what was read; `now` tells who is late in coming back."""
        head = f" 排队 {panel.waiting_count} 人  最久 {minutes(panel.longest_wait_seconds)}"
        if not panel.waiting_count:
            head = " 没有人等候"
        self.query_one("#queue-head", Static).update(plain(head, "bold"))
        self.query_one("#queue-current", Static).update(current_words(panel, hm), layout=False)
        self.query_one("#queue-waiting", NumberedList).show([_row(ticket) for ticket in panel.waiting])
        held = [
            f"{'! ' if is_late(ticket, now) else '  '}{ticket.number} {ticket.hold_reason}"
            + (f" {hm(ticket.hold_due_at)}回" if ticket.hold_due_at else "")
            for ticket in panel.held[:3]
        ]
        if len(panel.held) > 3:
            held.append(f"    还有 {len(panel.held) - 3} 个")
        self.query_one("#queue-held", Static).update(plain_lines(held or ["  没有"], "" if held else "$quiet"))
        day = panel.figures
        self.query_one("#queue-figures", Static).update(
            plain_lines(
                (
                    f"  已办 {day.served}  办结 {day.closed_cases}  容缺 {day.tolerated}",
                    f"  平均等候 {_mean(day.mean_wait_seconds)}  服务 {_mean(day.mean_serve_seconds)}",
                )
            )
        )
        why = (f"为何下一个是 {panel.waiting[0].number}:", *panel.why_next) if panel.waiting and panel.why_next else ()
        self.query_one("#queue-why", Static).update(plain_lines(why))

    def on_numbered_list_opened(self, event: NumberedList.Opened) -> None:
        event.stop()
        self.post_message(self.Chosen(event.key))


class QueueLine(Static):
    """The queue at 80 columns: current ticket, count, longest wait, next, held."""

    def show(self, panel: QueuePanel, now: int) -> None:
        """Show what was read."""
        ticket = panel.current
        idle = "无号 服务中" if panel.visit_id else DUTIES.get(panel.duty, "空闲")
        parts = [f"{ticket.number} {STATES.get(ticket.state, '')}" if ticket else idle]
        parts.append(
            f"排队 {panel.waiting_count} 人 最久 {minutes(panel.longest_wait_seconds)}"
            if panel.waiting_count
            else "没有人等候"
        )
        if panel.waiting:
            parts.append(f"下一位 {panel.waiting[0].number} {panel.waiting[0].rank_words}")
        if panel.held:
            late = sum(is_late(ticket, now) for ticket in panel.held)
            parts.append(f"挂起 {len(panel.held)}" + (f" 过时 {late}!" if late else ""))
        wide = "  |  ".join(parts)
        self.update(
            plain(f" {wide if cell_len(wide) < self.app.size.width - 2 else ' | '.join(parts)}", "bold"), layout=False
        )


def current_words(panel: QueuePanel, hm: Callable[[int], str]) -> Content:
    """The current ticket, large; or what the window is doing instead."""
    ticket = panel.current
    if ticket is None:
        if panel.duty in DUTIES:
            since = f" {hm(panel.duty_since)} 起" if panel.duty_since else ""
            return plain_lines(("", f"  {DUTIES[panel.duty]}: {panel.duty_reason}{since}"), "bold $warn")
        words = "到访办理中 (没有号)" if panel.visit_id else "空闲  F5 叫下一位"
        return plain_lines(("", f"  {words}"), "bold" if panel.visit_id else "$quiet")
    since = f"第 {ticket.calls} 次呼叫" if ticket.state == "called" else ""
    return (
        Content("\n  ")
        .append(plain(ticket.number, "bold reverse"))
        .append(plain(f"  {STATES.get(ticket.state, '')}  {since}", "bold"))
        .append(plain_lines(("", f"  {ticket.rank_words}  {ticket.category}  {ticket.note}")))
    )


def is_late(ticket: TicketView, now: int) -> bool:
    """Whether somebody who was to be back is not."""
    return bool(ticket.hold_due_at) and (ticket.hold_due_at or 0) < now


def _mean(seconds: int) -> str:
    return minutes(seconds) if seconds >= 60 else "0 分"


def _row(ticket: TicketView) -> Row:
    wait = ticket.slot_words or minutes(ticket.waiting_seconds)
    return Row(ticket.id, (ticket.number, ticket.rank_words, ticket.category, wait))
