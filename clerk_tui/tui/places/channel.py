"""渠道: what is unsent, sent, confirmed, refused, held, since when and why; what the district refused is answered here."""

from time import monotonic
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from clerk_tui.tui.channel_acts import ChannelActs
from clerk_tui.tui.channel_words import batch_lines, progress_words, state_lines
from clerk_tui.tui.widgets.numbered_list import Column, NumberedList, Row
from clerk_tui.tui.widgets.plain import plain
from clerk_tui.tui.widgets.rule import Rule

if TYPE_CHECKING:
    from clerk_tui.channel.status import BatchLine, ChannelStatus
    from clerk_tui.desk.context import Desk
    from clerk_tui.desk.views.cases import TaskView
    from clerk_tui.store.act import By

TASK_COLUMNS = (Column("待办", 10), Column("收件号", 18), Column("说明", 0), Column("时间", 11))
BATCH_COLUMNS = (
    Column("批次", 4, right=True),
    Column("", 2),
    Column("条数", 5, right=True),
    Column("状态", 10),
    Column("封存", 11),
    Column("发出", 11),
    Column("入库", 0, narrow=False),
)
BATCHES_SHOWN = 30
PROGRESS_SECONDS = 0.25
FIGURES_SECONDS = 1.0
"""The figures are read again at most so often while an exchange runs."""

BATCH_TONES = {"refused": "late", "parked": "warn", "sealed": "", "sent": "warn", "applied": "quiet"}


class ChannelPlace(ChannelActs):
    """The figures are those of the store; nothing leaves the outbox by itself."""

    HINTS = "F4 暂停恢复 F9 立即交换"
    DEFAULT_CSS = """
    ChannelPlace Static { height: auto; }
    ChannelPlace #channel-tasks { height: 3fr; }
    ChannelPlace #channel-batches { height: 2fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.tasks: dict[str, TaskView] = {}
        self.batches: dict[str, BatchLine] = {}
        self._progress = ""
        self._moved = ("", 0)
        self._read_at = 0.0

    def compose(self) -> ComposeResult:
        yield Static("", id="channel-state")
        yield Static("", id="channel-progress", markup=False)
        yield Rule("-", "要处理的")
        yield NumberedList(
            TASK_COLUMNS, empty="没有要处理的。区里退回的记录会列在这里, 数字+Enter 打开", id="channel-tasks"
        )
        yield Rule("-", "最近的批次")
        yield NumberedList(BATCH_COLUMNS, empty="还没有交换过批次; F9 现在就交换一次", id="channel-batches")

    def on_mount(self) -> None:
        self.query_one("#channel-progress").display = False
        self.set_interval(PROGRESS_SECONDS, self.show_progress)

    def entered(self) -> None:
        self.refresh_data()
        self.query_one("#channel-tasks").focus()

    def refresh_data(self) -> None:
        self.run_worker(self.read(), group="channel-read", exclusive=True, exit_on_error=False)

    def show_progress(self) -> None:
        """Draw the bar of an exchange that runs, and take it away; the figures follow it file by file."""
        background = self.clerk_app.syncing.background
        if background is None:
            return
        words = progress_words(background.progress)
        moved = (background.progress.step, background.progress.files_done)
        if moved != self._moved and self.is_on_screen and monotonic() - self._read_at >= FIGURES_SECONDS:
            self._moved, self._read_at = moved, monotonic()
            self.refresh_data()
        if words != self._progress:
            self._progress = words
            bar = self.query_one("#channel-progress", Static)
            bar.update(plain(words, ""))
            bar.display = bool(words)

    async def read(self) -> None:
        """Read the channel and what waits for a person."""
        from clerk_tui.desk import tasks

        settings = self.clerk_app.parts.settings
        late = {"amber": settings.unsent_warn_minutes, "red": settings.unsent_alarm_minutes}
        state = await self.look_at(_status, **late)
        found = await self.look_at(tasks.open_tasks)
        if state is None or not self.is_attached:
            return
        self.state = state
        lines = state_lines(state, self.when, self.clerk_app.syncing.background)
        self.query_one("#channel-state", Static).update(Content("\n").join([plain(*line) for line in lines]))
        self.tasks = {task.id: task for task in found or ()}
        self.query_one("#channel-tasks", NumberedList).show([self._task_row(task) for task in self.tasks.values()])
        self.batches = {batch.name: batch for batch in state.batches}
        self.query_one("#channel-batches", NumberedList).show([self._batch_row(one) for one in state.batches])

    def _task_row(self, task: "TaskView") -> Row:
        words = f"{task.field_words} {task.words.removeprefix(task.receipt_no)}".strip()
        return Row(task.id, (task.kind_words, task.receipt_no, words, self.when(task.made_at)), "late")

    def _batch_row(self, one: "BatchLine") -> Row:
        cells = (
            str(one.bno),
            "发" if one.direction == "U" else "收",
            str(one.count),
            one.state_words,
            self.when(one.at),
            self.when(one.sent_at) if one.sent_at is not None else "-",
            self.when(one.applied_at) if one.applied_at is not None else "-",
        )
        return Row(one.name, cells, BATCH_TONES.get(one.state, ""))

    def help_words(self) -> str:
        return "数字+Enter 打开一项; Tab 到批次; F4 暂停, 恢复, 取消; F9 立即交换; 断线不影响办事, 没发出的都留着"

    def confirm(self) -> None:
        """F9."""
        self.exchange_now()

    def values(self) -> None:
        """F4."""
        self.choose_act()

    def on_numbered_list_opened(self, event: NumberedList.Opened) -> None:
        event.stop()
        if task := self.tasks.get(event.key):
            self.open_task(task)
        elif batch := self.batches.get(event.key):
            self.open_batch(batch, batch_lines(batch, self.when))


def _status(desk: "Desk", by: "By", *, amber: int, red: int) -> "ChannelStatus":
    from clerk_tui.channel.status import status

    return status(desk.store, clock=desk.clock, amber=amber, red=red, recent=BATCHES_SHOWN)
