"""F5 to F8: calling, calling again, holding, the held list. What else can be done to a ticket is in queue_acts."""

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from clerk_tui.tui import cards
from clerk_tui.tui.acting import Acting, flow
from clerk_tui.tui.widgets.numbered_list import Column, Row
from clerk_tui.tui.widgets.times import read_time

if TYPE_CHECKING:
    from clerk_tui.desk.views.panel import QueuePanel, TicketView
    from clerk_tui.desk.views.queue import CallCard
    from clerk_tui.tui.places.place import Place

HOLD_REASONS = ("复印材料", "等家属送证", "去缴费", "取材料", "等主管", "填表")


class QueueKeys(Acting):
    """Mixin of the workbench."""

    panel: "QueuePanel"
    last_visit_id = ""
    """The visit that ended last at this window, for taking its end back."""

    async def read_again(self) -> None:
        raise NotImplementedError

    def hm(self, at: int) -> str:
        raise NotImplementedError

    def show_panel(self, panel: "QueuePanel") -> None:
        raise NotImplementedError

    async def show_visit(self, visit_id: str) -> None:
        raise NotImplementedError

    async def show_place(self, key: str, *, enter: bool = False) -> "Place | None":
        raise NotImplementedError

    async def ask_finish(self) -> bool:
        raise NotImplementedError

    @flow
    async def action_call_next(self) -> None:
        """F5: the card of the next person; Enter calls. With someone still at the window, that one first."""
        from clerk_tui.desk import calling

        await self.read_again()
        current = self.panel.current
        if current is not None and current.state == "called":
            called = await self.act(calling.called_card)
            if called is not None and not await self._after_call(called):
                return
        elif (current is not None or self.panel.visit_id) and not await self._leave_current():
            return
        await self._call_next()

    async def _call_next(self) -> None:
        from clerk_tui.desk import calling, queueing
        from clerk_tui.tui.cards.queue import NextPersonCard

        while True:
            card = await self.act(queueing.look_next)
            if card is None:
                return
            if card.ticket is None:
                self.say(card.empty_words or "没有人等候; 给来人取号: 按 F2 输入 取号")
                return
            if not await self.ask(NextPersonCard(card)):
                return
            called = await self.act(calling.call, ticket_id=card.ticket.id, looked_at=card.looked_at)
            await self.read_again()
            if called is not None and not await self._after_call(called):
                return

    async def _leave_current(self) -> bool:
        """Someone is still here: finish, hold, or stay. Whether the window is free now."""
        current = self.panel.current
        who = current.number if current else "没有号的到访"
        answers = [("finish", "办完了, 结束到访"), ("hold", "挂起 (F7)"), ("stay", "继续办理")]
        answer = await self.ask(cards.MenuCard(f"{who} 还没有办完", (), answers))
        if answer == "finish":
            return await self.ask_finish()
        if answer == "hold":
            return await self._ask_hold()
        return False

    async def _after_call(self, card: "CallCard") -> bool:
        """Here, not here, next; again. Whether the next person is wanted now."""
        from clerk_tui.desk import calling
        from clerk_tui.tui.cards.queue import CalledCard

        while True:
            answer = await self.ask(
                CalledCard(card, self.clerk_app.window_words, self.clerk_app.parts.now, calling.UNDO_SECONDS)
            )
            ticket_id = card.ticket.id
            if answer is None:
                self.say(f"{card.ticket.number} 已叫, 还没有结果; 按 F5 回到这张卡")
                return False
            if answer == "again":
                called = await self.act(calling.call_again, ticket_id=ticket_id)
                if called is not None:
                    card = called
                    self.say("")  # what was refused before this call is over
            elif answer == "here":
                visit = await self.act(calling.arrived, ticket_id=ticket_id)
                await self.read_again()
                if visit is not None:
                    await self.show_visit(visit.id)
                    return False
            elif answer == "undo":
                if await self.act(calling.call_back, ticket_id=ticket_id) is not None:
                    await self.read_again()
                    self.say(f"{card.ticket.number} 的叫号已收回, 仍在原来的位置等候")
                    return False
            elif await self.act(calling.not_here, ticket_id=ticket_id) is not None:
                await self.read_again()
                self.say(f"{card.ticket.number} 记为过号; 回来了按 F2 输入 过号单")
                return answer == "next"

    @flow
    async def action_call_again(self) -> None:
        """F6: call the same number once more."""
        from clerk_tui.desk import calling

        current = self.panel.current
        if current is None or current.state != "called":
            self.ring("现在没有叫过还没来的号", "先按 F5 叫号")
            return
        card = await self.act(calling.call_again, ticket_id=current.id)
        if card is not None:
            await self.read_again()
            if await self._after_call(card):
                await self._call_next()

    # holding

    _nagged: frozenset[tuple[str, int]] = frozenset()

    def nag_held(self) -> None:
        """Say once in the fixed line that somebody who was to be back is late; never a card, never the focus."""
        now = self.clerk_app.parts.now()
        late = [one for one in self.panel.held if one.hold_due_at and one.hold_due_at < now]
        new = [one for one in late if (one.id, one.hold_due_at or 0) not in self._nagged]
        if new:
            self._nagged |= {(one.id, one.hold_due_at or 0) for one in new}
            first = new[0]
            more = f" 等 {len(new)} 个" if len(new) > 1 else ""
            self.show_panel(self.panel)
            self.clerk_app.tell(
                f"挂起的 {first.number}{more} 过了约定的 {self.hm(first.hold_due_at or 0)}: {first.hold_reason}; F8 挂起单"
            )

    @flow
    async def action_hold(self) -> None:
        """F7: hold whoever is at the window, with a reason and a time."""
        if await self._ask_hold():
            self.say("已挂起; 按 F8 看挂起单, 按 F5 叫下一位")

    async def _ask_hold(self) -> bool:
        from clerk_tui.desk import queueing

        current = self.panel.current
        if current is None and not self.panel.visit_id:
            self.ring("窗口前没有可挂起的人")
            return False
        now = self.clerk_app.local_now()
        reasons = [cards.Choice(words, words) for words in HOLD_REASONS]

        def check(values: dict[str, str]) -> tuple[str, str] | None:
            if not (values["reason"] or values["other"]):
                return "reason", "请选一个原因, 或写在 其他 里"
            if values["due"] and read_time(values["due"], now) is None:
                return "due", "时间写成 0950, 或 +20 (分钟后)"
            return None

        def hold(values: dict[str, str]) -> "Awaitable[TicketView | None]":
            due = read_time(values["due"], now)
            return self.act(
                queueing.hold,
                ticket_id=current.id if current else "",
                reason=values["other"] or values["reason"],
                due_at=int(due.timestamp() * 1000) if due else 0,
            )

        held = await self.ask(
            cards.ActCard(
                f"挂起 {current.number if current else '到访'}",
                (
                    cards.Labelled(
                        "原因", cards.ChoiceField(reasons, reasons[0].value, id="reason"), "为什么要等: 按数字选"
                    ),
                    cards.Labelled("其他", cards.TextField(max_length=40, id="other"), "上面没有的原因写在这里"),
                    cards.Labelled(
                        "几点回", cards.TextField("+20", kind="digits", max_length=5, id="due"), "0950, 或 +20 分钟后"
                    ),
                ),
                hold,
                check=check,
                label_width=8,
            )
        )
        await self.read_again()
        return held is not None

    @flow
    async def action_held(self) -> None:
        """F8: what is held; a number and Enter brings one back to the window."""
        await self.read_again()
        rows = [
            Row(
                ticket.id,
                (
                    ticket.number,
                    ticket.rank_words,
                    ticket.hold_reason,
                    f"{self.hm(ticket.hold_due_at)} 前回" if ticket.hold_due_at else "",
                    ticket.clerk_name,
                ),
                "warn" if ticket.hold_due_at and ticket.hold_due_at < self.clerk_app.parts.now() else "",
            )
            for ticket in self.panel.held
        ]
        columns = (Column("号", 5), Column("类别", 6), Column("原因", 0), Column("约定", 10), Column("经办", 8))
        chosen = await self.ask(
            cards.ListCard("挂起单", columns, rows, empty="没有挂起的号; 办到一半要等人等材料, 按 F7 挂起")
        )
        if chosen is not None:
            await self._resume(chosen)

    async def _resume(self, ticket_id: str) -> None:
        """Bring a held ticket to this window."""
        from clerk_tui.desk import queueing

        if (self.panel.current or self.panel.visit_id) and not await self._leave_current():
            return
        held = next((one for one in self.panel.held if one.id == ticket_id), None)
        visit = await self.act(queueing.resume, ticket_id=ticket_id)
        await self.read_again()
        if visit is not None and self.panel.visit_id:
            await self.show_visit(self.panel.visit_id)
            if held is not None and visit.attendee is not None and self._draft_is_elsewhere(held, visit.id):
                self.say(
                    f"{held.number} 由{held.clerk_name}在 {held.window_number} 号窗挂起; 那里没填完的草稿带不过来:"
                    f" 在这里重填, 或由{held.clerk_name}回 {held.window_number} 号窗接着办"
                )

    def _draft_is_elsewhere(self, held: "TicketView", visit_id: str) -> bool:
        """A draft is in its window's own file, and its clerk's alone."""
        from clerk_tui.tui.intake import keeping

        by = self.clerk_app.signed_in()
        here = keeping.of_visit(self.clerk_app.drafts, by.clerk_id, visit_id)
        return not here and (held.window_number, held.clerk_name) != (by.window_number, by.clerk_name)
