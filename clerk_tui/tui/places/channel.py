"""渠道: what is unsent, sent, confirmed, refused, since when and why; what the district refused leads to its case."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from clerk_tui.rules.refusal import Refusal
from clerk_tui.tui.acting import flow
from clerk_tui.tui.cards.common import ActCard, MenuCard
from clerk_tui.tui.places.place import Place
from clerk_tui.tui.syncing import exchange
from clerk_tui.tui.widgets.fields import TextField
from clerk_tui.tui.widgets.form import Labelled
from clerk_tui.tui.widgets.numbered_list import Column, NumberedList, Row
from clerk_tui.tui.widgets.plain import plain
from clerk_tui.tui.widgets.rule import Rule

if TYPE_CHECKING:
    from clerk_tui.channel.status import ChannelStatus
    from clerk_tui.desk.context import Desk
    from clerk_tui.desk.views.cases import TaskView
    from clerk_tui.store.act import By

TASK_COLUMNS = (Column("待办", 10), Column("收件号", 20), Column("说明", 0), Column("时间", 11))
BATCH_COLUMNS = (
    Column("批次", 4, right=True),
    Column("", 2),
    Column("条数", 5, right=True),
    Column("状态", 10),
    Column("时间", 0),
)
BATCHES_SHOWN = 8


class ChannelPlace(Place):
    """The figures are those of the store; nothing leaves the outbox by itself."""

    HINTS = "F9 立即交换"
    DEFAULT_CSS = """
    ChannelPlace Static { height: auto; }
    ChannelPlace #channel-batches { height: 9; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.tasks: dict[str, TaskView] = {}
        self._exchanging = False

    def compose(self) -> ComposeResult:
        yield Static("", id="channel-state")
        yield Rule("-", "要处理的")
        yield NumberedList(
            TASK_COLUMNS, empty="没有要处理的。区里退回的记录会列在这里, 数字+Enter 打开", id="channel-tasks"
        )
        yield Rule("-", "最近的批次")
        yield NumberedList(BATCH_COLUMNS, empty="还没有交换过批次", id="channel-batches")

    def entered(self) -> None:
        self.refresh_data()
        self.query_one("#channel-tasks").focus()

    def refresh_data(self) -> None:
        self.run_worker(self.read(), group="channel-read", exclusive=True, exit_on_error=False)

    async def read(self) -> None:
        """Read the channel and what waits for a person."""
        from clerk_tui.desk import tasks

        state = await self.look_at(_status)
        found = await self.look_at(tasks.open_tasks)
        if state is None or not self.is_attached:
            return
        lines = [plain(words, style) for words, style in _lines(state, self.when)]
        self.query_one("#channel-state", Static).update(Content("\n").join(lines))
        self.tasks = {task.id: task for task in found or ()}
        self.query_one("#channel-tasks", NumberedList).show(
            [
                Row(
                    task.id,
                    (
                        task.kind_words,
                        task.receipt_no,
                        f"{task.field_words} {task.words}".strip(),
                        self.when(task.made_at),
                    ),
                    "late",
                )
                for task in self.tasks.values()
            ]
        )
        self.query_one("#channel-batches", NumberedList).show(
            [
                Row(
                    one.name,
                    (
                        str(one.bno),
                        "发" if one.direction == "U" else "收",
                        str(one.count),
                        one.state_words,
                        self.when(one.at),
                    ),
                )
                for one in state.batches[:BATCHES_SHOWN]
            ]
        )

    def help_words(self) -> str:
        return "数字+Enter 打开一项; F9 立即与区里交换; 断线不影响办事, 没发出的都留着"

    def confirm(self) -> None:
        """F9: exchange now; the clerk goes on meanwhile."""
        if self._exchanging:
            self.ring("正在交换", "办别的事不受影响")
            return
        self._exchanging = True
        self.say("正在与区里交换, 可以先办别的事")
        self.run_worker(self._exchange(), group="exchange", exit_on_error=False)

    async def _exchange(self) -> None:
        try:
            report = await exchange(
                await self.clerk_app.desk_when_loaded(), self.clerk_app.parts.settings, send_now=True
            )
            if report is not None:
                self.say(f"{report.words}: 发出 {report.sent} 批, 收到 {report.records} 条")
        except Refusal as refusal:
            self.refused(refusal)
        finally:
            self._exchanging = False
        await self.read()

    def on_numbered_list_opened(self, event: NumberedList.Opened) -> None:
        event.stop()
        task = self.tasks.get(event.key)
        if task is not None:
            self.open_task(task)

    @flow
    async def open_task(self, task: "TaskView") -> None:
        """What the district refused: to its case, or done with, in words."""
        from clerk_tui.desk import tasks

        answers = [("close", "已处理, 写明怎样处理的")]
        if task.case_id:
            answers.insert(0, ("open", "打开这件办件"))
        chosen = await self.ask(MenuCard(task.kind_words, [task.receipt_no, task.field_words, task.words], answers))
        if chosen == "open":
            self.workbench.go_to("search", "case", task.case_id)
        elif chosen == "close":
            left = await self.ask(
                ActCard(
                    f"处理: {task.words}",
                    (Labelled("怎样处理的", TextField(id="words"), "留在记录里"),),
                    lambda values: self.act(tasks.close_task, task_id=task.id, words=values["words"]),
                )
            )
            if left is not None:
                self.say(f"已处理, 还有 {len(left)} 项")
        await self.read()


def _status(desk: "Desk", by: "By") -> "ChannelStatus":
    from clerk_tui.channel.status import status

    return status(desk.store, clock=desk.clock)


def _lines(state: "ChannelStatus", when: Callable[[int], str]) -> list[tuple[str, str]]:
    def at(instant: int | None) -> str:
        return when(instant) if instant is not None else "没有"

    if not state.enrolled:
        return [
            ("本站还没有在区里登记: 办事不受影响, 记录都留在本机", "bold"),
            ("登记由技术人员办: clerk-tui sync enrol", "$quiet"),
        ]
    tone = {"amber": "$warn", "red": "bold $late"}.get(state.urgency, "")
    lines = [
        (
            f"未发 {state.unsent}   已发未确认 {state.unconfirmed}   退回 {state.rejected}   区里暂存 {state.held}   本机暂存 {state.held_here}",
            "bold",
        ),
        (f"最早一条没确认的: {at(state.oldest_at)}", tone),
        (
            f"上次成功 {at(state.last_ok_at)}   上次尝试 {at(state.last_try_at)}   下次尝试 {at(state.next_try_at)}",
            "$quiet",
        ),
    ]
    if state.last_error:
        lines.append((f"! {state.last_error}", "$warn"))
    if state.stopped:
        lines.append((f"! 交换已停止, 要有人查清: {state.stopped}", "bold $late"))
    if state.skew_ms is not None:
        lines.append((f"! 本机时钟与区里相差约 {abs(state.skew_ms) // 60_000} 分", "$warn"))
    return lines
