"""What is done from 渠道: send now, cancel, pause, resume with a reason, ask and send again, answer what was refused."""

from typing import TYPE_CHECKING

from clerk_tui.rules.refusal import Refusal
from clerk_tui.tui.acting import flow
from clerk_tui.tui.cards.common import ActCard, MenuCard
from clerk_tui.tui.places.place import Place
from clerk_tui.tui.widgets.fields import TextField
from clerk_tui.tui.widgets.form import Labelled

if TYPE_CHECKING:
    from clerk_tui.channel.status import BatchLine, ChannelStatus
    from clerk_tui.desk.context import Desk
    from clerk_tui.desk.refused_records import RefusedRecord
    from clerk_tui.desk.views.cases import TaskView
    from clerk_tui.desk.views.intake import Settled
    from clerk_tui.store.act import By


class ChannelActs(Place):
    """Base of the place; it shows, this does."""

    state: "ChannelStatus | None" = None

    async def read(self) -> None:
        """Read again what is shown."""
        raise NotImplementedError

    def exchange_now(self) -> None:
        """Exchange now; the clerk goes on meanwhile."""
        background = self.clerk_app.syncing.background
        if background is not None and background.running:
            self.ring("正在交换", "办别的事不受影响; F4 可取消")
            return
        self.say("正在与区里交换, 可以先办别的事")
        self.run_worker(self._exchange(), group="exchange-now", exit_on_error=False)

    async def _exchange(self) -> None:
        try:
            report = await self.clerk_app.syncing.send_now(await self.clerk_app.desk_when_loaded())
            sent = f": 发出 {report.sent} 批, 收到 {report.records} 条" if report.state in ("ok", "faulty") else ""
            self.say(f"{report.words}{sent}")
        except Refusal as refusal:
            self.refused(refusal)
        if self.is_attached:
            await self.read()

    @flow
    async def choose_act(self) -> None:
        """F4: what can be done here and now."""
        background, state = self.clerk_app.syncing.background, self.state
        if state is None:
            return
        answers = [("now", "立即交换")]
        if background is not None and background.running:
            answers = [("cancel", "取消正在进行的交换, 没发完的下次接着发")]
        if background is not None and background.needs_passphrase:
            answers.append(("unlock", "输入密钥口令"))
        if state.stopped:
            answers.append(("resume", "已与区里查清, 重新开始交换 (要主管)"))
        if state.parked or any(one.direction == "D" and one.missing_from for one in state.streams):
            answers.append(("ask", "请区里补发缺的批次"))
        answers.append(("unpause", "恢复交换 (要主管)") if state.paused_by else ("pause", "暂停交换 (要主管)"))
        chosen = await self.ask(MenuCard("与区里的交换", [], answers))
        if chosen == "now":
            self.exchange_now()
        elif chosen == "cancel" and background is not None:
            background.cancel()
            self.say("已取消; 没发完的下次接着发")
        elif chosen == "unlock":
            await self._unlock()
        elif chosen == "ask":
            asked = await self.act(_ask_again)
            self.say("下次交换时请区里补发" if asked else "现在没有缺的批次")
        elif chosen in ("resume", "pause", "unpause"):
            await self._mend(chosen)
        await self.read()

    async def _unlock(self) -> None:
        async def take(values: dict[str, str]) -> bool | None:
            return True if await self.done(self._take_passphrase, values["passphrase"]) else None

        field = Labelled(
            "密钥口令", TextField(kind="pin", max_length=100, id="passphrase"), "只在程序运行时记着, 不写进文件"
        )
        if await self.ask(ActCard("输入密钥口令", (field,), take)):
            self.say("密钥已打开")
            self.exchange_now()

    def _take_passphrase(self, desk: "Desk", by: "By", passphrase: str) -> None:
        self.clerk_app.syncing.prepare(desk).unlock(passphrase)

    async def _mend(self, what: str) -> None:
        title = {"resume": "重新开始交换", "pause": "暂停交换", "unpause": "恢复交换"}[what]
        by = await self.approve(title)
        if by is None:
            return
        if what == "unpause":
            if await self.done_as(by, _unpause):
                self.say("已恢复交换")
            return
        mend = _resume if what == "resume" else _pause

        async def take(values: dict[str, str]) -> bool | None:
            return True if await self.done_as(by, mend, values["reason"]) else None

        hint = "与区里怎样查清的, 留在记录里" if what == "resume" else "为什么暂停, 例: 线路检修; 留在记录里"
        field = Labelled("原因", TextField(id="reason"), hint)
        if await self.ask(ActCard(title, (field,), take)):
            self.say("已重新开始, 马上交换" if what == "resume" else "已暂停; 办事照常, 记录都留着")
            if what == "resume":
                self.exchange_now()

    @flow
    async def open_batch(self, batch: "BatchLine", lines: list[str]) -> None:
        """One batch: what is known about it, and what can be done with it."""
        answers = [("back", "返回")]
        if batch.direction == "U" and batch.state == "sent":
            answers.insert(0, ("again", "再发一次(同样的内容)"))
        if batch.direction == "D" and batch.state == "parked":
            answers.insert(0, ("ask", "请区里补发它前面缺的批次"))
        chosen = await self.ask(MenuCard(f"第 {batch.bno} 批", lines, answers))
        if chosen == "again" and await self.act(_send_again, batch.name):
            self.say("下次交换时再发")
        elif chosen == "ask":
            asked = await self.act(_ask_again)
            self.say("下次交换时请区里补发" if asked else "现在没有缺的批次")
        await self.read()

    @flow
    async def open_task(self, task: "TaskView") -> None:
        """What the district refused: put it right here, at its case, or done with, in words."""
        from clerk_tui.desk import refused_records, tasks

        answers = [("close", "已另行处理, 写明怎样处理的")]
        lines = [task.receipt_no, task.words]
        if task.case_id:
            answers.insert(0, ("open", "打开这件办件"))
        asked: RefusedRecord | None = None
        if task.case_id and task.kind == "rejected":
            asked = await self.act(refused_records.question, task_id=task.id)
            if asked is not None and asked.label:
                lines.insert(1, f"栏目: {asked.label}")
            answers.insert(0, ("right", "核对无误, 原样重新上报"))
            if asked is not None and asked.where:
                answers.insert(0, ("answer", f"更正「{asked.label}」并重新上报"))
        chosen = await self.ask(MenuCard(task.kind_words, [line for line in lines if line], answers))
        if chosen == "open":
            self.workbench.go_to("search", "case", task.case_id)
        elif chosen in ("answer", "right") and asked is not None:
            await self._answer(asked, confirm=chosen == "right")
        elif chosen == "close":
            field = Labelled("怎样处理的", TextField(id="words"), "留在记录里")
            left = await self.ask(
                ActCard(
                    f"处理: {task.words}",
                    (field,),
                    lambda values: self.act(tasks.close_task, task_id=task.id, words=values["words"]),
                )
            )
            if left is not None:
                self.say(f"已处理, 还有 {len(left)} 项")
        await self.read()

    async def _answer(self, asked: "RefusedRecord", *, confirm: bool) -> None:
        from clerk_tui.desk import refused_records

        fields = [Labelled("理由", TextField(id="reason"), "核对了什么, 留在记录里")]
        if not confirm:
            fields.insert(0, Labelled(asked.label, TextField(asked.value, id="value"), asked.hint or "改成正确的"))

        title = f"{'重新上报' if confirm else '更正'} {asked.receipt_no}"

        async def take(values: dict[str, str]) -> "Settled | None":
            return await self.act_approved(
                title, refused_records.answer, task_id=asked.task_id, value=values.get("value"), reason=values["reason"]
            )

        settled = await self.ask(ActCard(title, tuple(fields), take, lines=(f"区里的意见: {asked.words}",)))
        if settled is not None:
            self.say("已更正, 下次交换时上报" if not confirm else "下次交换时重新上报")
            await self.show_papers(settled.papers)


def _resume(desk: "Desk", by: "By", reason: str) -> None:
    from clerk_tui.channel import mending

    mending.resume(desk.store, by, reason=reason, clock=desk.clock)


def _pause(desk: "Desk", by: "By", reason: str) -> None:
    from clerk_tui.channel import mending

    mending.pause(desk.store, by, reason=reason, clock=desk.clock)


def _unpause(desk: "Desk", by: "By") -> None:
    from clerk_tui.channel import mending

    mending.unpause(desk.store, by, clock=desk.clock)


def _ask_again(desk: "Desk", by: "By") -> bool:
    from clerk_tui.channel import mending

    return mending.ask_again(desk.store, clock=desk.clock)


def _send_again(desk: "Desk", by: "By", name: str) -> bool:
    from clerk_tui.channel import mending

    return mending.send_again(desk.store, name)
