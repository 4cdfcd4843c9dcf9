"""A visit's beginning and end: without a ticket, finished with what was rendered."""

from clerk_tui.tui import cards
from clerk_tui.tui.acting import flow
from clerk_tui.tui.queue_keys import QueueKeys

WAYS = (("walk_in", "来人, 没有号"), ("service_point", "村居服务点"), ("phone", "电话"), ("post", "邮寄"))
OUTCOMES = (
    ("served", "已办"),
    ("asked", "只是咨询"),
    ("wrong_category", "取错号"),
    ("none", "没有办"),
    ("left", "走了"),
)
CLOCK = (("", "准"), ("inaccurate", "不准"))


class VisitKeys(QueueKeys):
    """Mixin of the workbench."""

    @flow
    async def action_open_walk_in(self) -> None:
        """Begin a visit without a ticket, on the same clock."""
        from clerk_tui.desk import visits

        await self.read_again()
        if (self.panel.current or self.panel.visit_id) and not await self._leave_current():
            return
        kind = await self.ask(cards.MenuCard("没有号的到访", (), WAYS))
        if kind is None:
            return
        visit = await self.act(visits.open_without_ticket, kind=kind)
        await self.read_again()
        if visit is not None:
            await self.show_visit(visit.id)

    @flow
    async def action_back_entry(self) -> None:
        """What was taken in on paper is entered afterwards: in the visit at this window, or one begun for it once the day is told."""
        from clerk_tui.tui.places.intake import IntakePlace

        await self.read_again()
        if self.panel.current and not self.panel.visit_id:
            self.ring("叫出的号还没有结果", "先选 来了 或 没来, 再补录")
            return
        place = await self.show_place("intake")
        if isinstance(place, IntakePlace):
            await place.take_up(True)
            await place.enter_back()

    async def action_only_asked(self) -> None:
        """Something was only asked about: recorded for the visit at this window."""
        from clerk_tui.tui.places.intake import IntakePlace

        place = await self.show_place("intake", enter=True)
        if isinstance(place, IntakePlace):
            place.only_asked()

    @flow
    async def action_finish_visit(self) -> None:
        """End the visit at this window."""
        await self.read_again()
        if await self.ask_finish():
            self.say("到访已结束; 按 F5 叫下一位")

    async def ask_finish(self) -> bool:
        """What was rendered, prefilled from the cases; F9 ends the visit. Whether it ended."""
        from clerk_tui.desk import visits

        visit_id = self.panel.visit_id
        if visit_id is None:
            self.ring("窗口前没有到访", "按 F5 叫下一位")
            return False
        visit = await self.act(visits.view, visit_id=visit_id)
        if visit is None:
            return False
        lines = [
            f"{place}  {one.words}  {one.receipt_no}  {one.state_words}" for place, one in enumerate(visit.services, 1)
        ]
        who = visit.attendee.name_masked if visit.attendee else "没有登记来人"
        ended = await self.ask(
            cards.ActCard(
                f"结束到访  {visit.ticket_number or visit.kind_words}  {who}",
                (
                    cards.Labelled(
                        "结果",
                        cards.ChoiceField(
                            [cards.Choice(*one) for one in OUTCOMES], "served" if visit.services else "", id="outcome"
                        ),
                        "按数字选; 取错号而要去别的窗口的, 用 转窗 (F2): 号和等候时间不变",
                    ),
                    cards.Labelled("咨询内容", cards.TextField(max_length=60, id="words"), "问了什么, 可不填"),
                    cards.Labelled(
                        "用时",
                        cards.ChoiceField([cards.Choice(*one) for one in CLOCK], "", id="clock"),
                        "忘了按键时选 不准: 不计入平均",
                    ),
                ),
                lambda values: self.act(
                    visits.finish,
                    visit_id=visit_id,
                    outcome=values["outcome"],
                    words=values["words"],
                    inaccurate=bool(values["clock"]),
                ),
                lines=lines or ("本次没有登记办了什么。",),
                check=lambda values: None if values["outcome"] else ("outcome", "请选结果"),
                label_width=10,
            )
        )
        await self.read_again()
        if ended is None:
            return False
        self.last_visit_id = visit_id
        return True
