"""Papers by word of the find box: the print queue, and the blank forms of the person who stands here."""

from typing import TYPE_CHECKING

from clerk_tui.tui import cards
from clerk_tui.tui.acting import Acting, flow
from clerk_tui.tui.widgets.numbered_list import Column, Row

if TYPE_CHECKING:
    from clerk_tui.desk.views.panel import QueuePanel


class PaperKeys(Acting):
    """Mixin of the workbench."""

    panel: "QueuePanel"

    @flow
    async def action_print_queue(self) -> None:
        """What is not printed yet, of all windows; a copy can be tried now or taken out."""
        from clerk_tui.desk import print_queue

        jobs = await self.act(print_queue.undone)
        if jobs is None:
            return
        rows = [
            Row(
                job.id,
                (
                    job.title,
                    job.number,
                    f"{job.state_words} {job.attempts}" if job.attempts else job.state_words,
                    job.error,
                ),
            )
            for job in jobs
        ]
        columns = (Column("文书", 12), Column("编号", 22), Column("次数", 8), Column("原因", 0))
        key = await self.ask(
            cards.ListCard("打印队列", columns, rows, empty="没有等着打印的; 打印机没收下的会列在这里")
        )
        job = next((one for one in jobs if one.id == key), None)
        if job is None:
            return
        answers = (("again", "现在再打"), ("drop", "不打了, 以后从文书里补打"))
        chosen = await self.ask(cards.MenuCard(f"{job.title} {job.number}", (job.error or job.state_words,), answers))
        if chosen == "again" and await self.act(print_queue.again, job_id=job.id) is not None:
            await self.clerk_app.send_queued_now()
        elif chosen == "drop" and await self.act(print_queue.drop, job_id=job.id) is not None:
            self.say(f"{job.title} 不再自动打印")

    @flow
    async def action_authorisation(self) -> None:
        """授权委托书 for the person who stands here."""
        await self._blank("authorisation")

    @flow
    async def action_elder_wish(self) -> None:
        """老年人真实意愿确认书 for the person who stands here."""
        await self._blank("elder_wish")

    async def _blank(self, kind: str) -> None:
        from clerk_tui.desk import blank_forms
        from clerk_tui.rules.papers import PaperKind
        from clerk_tui.tui.screens.paper_preview import PaperScreen

        if not self.panel.visit_id:
            self.ring("没有正在办理的到访, 不知道是谁的", "先叫号或打开到访, 核对身份后再打印")
            return
        paper = await self.act(blank_forms.for_visit, kind=PaperKind(kind), visit_id=self.panel.visit_id)
        if paper is not None:
            await self.ask(PaperScreen((paper,)))
