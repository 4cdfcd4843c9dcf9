"""What can be done to tickets and to the clerk's own time, beside F5 to F8: issue, move, free, miss, pause."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from clerk_tui.tui import cards
from clerk_tui.tui.acting import flow
from clerk_tui.tui.queue_keys import QueueKeys
from clerk_tui.tui.widgets.numbered_list import Column, Row
from clerk_tui.tui.widgets.plain import minutes

if TYPE_CHECKING:
    from clerk_tui.desk.views.panel import TicketView

TICKET_COLUMNS = (Column("号", 5), Column("优先", 6), Column("类别", 6), Column("情况", 12), Column("", 0))
PAUSES = ("喝水", "用餐", "领导找", "设备故障", "去洗手间", "开会")
BACK_OFFICE = ("录入", "整理材料", "打电话通知", "收发件", "扫描归档")


class QueueActs(QueueKeys):
    """Mixin of the workbench."""

    @flow
    async def action_issue_ticket(self) -> None:
        """Give someone a number; the class comes from the birth date or from what was shown."""
        from clerk_tui.desk import ticketing, tickets

        kinds = await self.call(ticketing.categories)
        if kinds is None:
            return
        lanes = await self.act(ticketing.lane_items) or ()
        items = [cards.Choice("", "其他"), *(cards.Choice(key, words) for key, words in lanes)]
        groups = [cards.Choice("", "普通"), *(cards.Choice(key, words) for key, words in tickets.SHOWN_GROUPS.items())]
        today = self.clerk_app.today()
        issued = await self.ask(
            cards.ActCard(
                "取号",
                (
                    cards.Labelled(
                        "业务类别",
                        cards.ChoiceField([cards.Choice(one, one) for one in kinds], kinds[0], id="category"),
                    ),
                    cards.Labelled(
                        "证件号码", cards.TextField(kind="number", max_length=22, id="number"), "可刷卡; 只用来算年龄"
                    ),
                    cards.Labelled(
                        "出生日期", cards.DateField(today=today, id="birth"), "没带证件时问出生年月日; 65 岁以上优先"
                    ),
                    cards.Labelled(
                        "优先类别", cards.ChoiceField(groups, "", id="group"), "出示证件的优先对象; 按数字选"
                    ),
                    *(
                        (cards.Labelled("事项", cards.ChoiceField(items, "", id="item"), "今天有专门排队的事项"),)
                        if lanes
                        else ()
                    ),
                    cards.Labelled("备注", cards.TextField(max_length=40, id="note"), "叫号的人看得到"),
                ),
                lambda values: self.act(
                    ticketing.issue_ticket,
                    category=values["category"],
                    number=values["number"],
                    birth=values["birth"],
                    group=values["group"],
                    item_key=values.get("item", ""),
                    note=values["note"],
                ),
                start="number",
            )
        )
        if issued is None:
            return
        await self.read_again()
        wait = f", 约等 {minutes(issued.expected_wait_seconds)}" if issued.expected_wait_seconds else ""
        self.say(f"{issued.ticket.number}  {issued.ticket.rank_words}  前面 {issued.ahead} 人{wait}; 号票已送打印")
        await self.print_slip(issued.notice_id)

    async def print_slip(self, notice_id: str) -> None:
        """Send a ticket's slip to the printer."""
        from clerk_tui.desk import papers

        slip = await self.act(papers.paper, notice_id=notice_id)
        if slip is not None:
            self.clerk_app.print_papers((slip,), aloud=False)

    # one ticket

    @flow
    async def open_ticket(self, ticket_id: str) -> None:
        """A ticket and what can be done with it now."""
        from clerk_tui.desk import calling, queueing, ticketing

        ticket = await self.act(ticketing.ticket, ticket_id=ticket_id)
        if ticket is None:
            return
        state = {"waiting": "等候", "called": "已叫", "serving": "办理中", "held": "挂起", "missed": "过号"}
        lines = [f"{ticket.rank_words}   {ticket.category}   {state.get(ticket.state, '已结束')}"]
        if ticket.state == "waiting":
            lines.append(f"已等 {minutes(ticket.waiting_seconds)}")
        if ticket.window_number:
            lines.append(f"{ticket.window_number} 号窗  {ticket.clerk_name}")
        if ticket.note or ticket.hold_reason:
            lines.append(ticket.note or ticket.hold_reason)
        answers = _answers(ticket)
        if not answers:
            answers = [("", "收起")]
        answer = await self.ask(cards.MenuCard(ticket.number, lines, answers))
        if answer == "call":
            called = await self.act(calling.call, ticket_id=ticket_id)
            await self.read_again()
            if called is not None and await self._after_call(called):
                await self._call_next()
        elif answer == "resume":
            await self._resume(ticket_id)
        elif answer == "back":
            if await self.act(queueing.bring_back, ticket_id=ticket_id) is not None:
                await self.read_again()
                ahead = await self.act(queueing.ahead_of, ticket_id=ticket_id)
                place = "" if ahead is None else f", 前面还有 {ahead} 个" if ahead else ", 下一个就叫"
                self.say(f"{ticket.number} 已回到队里{place}")
        elif answer == "transfer":
            await self._transfer(ticket)
        elif answer == "reclass":
            await self._reclass(ticket)
        elif answer == "left" and await self.act(ticketing.mark_left, ticket_id=ticket_id) is not None:
            self.say(f"{ticket.number} 记为离开")
        elif answer == "release":
            await self._release(ticket)
        await self.read_again()

    async def _transfer(self, ticket: "TicketView") -> None:
        from clerk_tui.desk import seats, ticketing

        kinds = await self.call(ticketing.categories) or ()
        found = await self.call(seats.windows) or ()
        windows = [
            *(cards.Choice(one.id, f"{one.number}号{one.taken_by}") for one in found),
            cards.Choice("", "不指定"),
        ]
        moved = await self.ask(
            cards.ActCard(
                f"转窗 {ticket.number}",
                (
                    cards.Labelled(
                        "类别",
                        cards.ChoiceField([cards.Choice(one, one) for one in kinds], ticket.category, id="category"),
                    ),
                    cards.Labelled(
                        "窗口", cards.ChoiceField(windows, "", id="window"), "指定一个窗口(那里坐的人), 或只换类别"
                    ),
                    cards.Labelled("留言", cards.TextField(max_length=40, id="note"), "那边叫号时看得到"),
                ),
                lambda values: self.act(
                    ticketing.transfer_ticket,
                    ticket_id=ticket.id,
                    category=values["category"],
                    window_id=values["window"],
                    note=values["note"],
                ),
                lines=("号和原来的等候时间不变。",),
            )
        )
        if moved is not None:
            self.say(f"{ticket.number} 已转出")

    async def _reclass(self, ticket: "TicketView") -> None:
        from clerk_tui.desk import ticketing, tickets

        groups = [cards.Choice("", "不改"), *(cards.Choice(key, words) for key, words in tickets.SHOWN_GROUPS.items())]

        async def change(values: dict[str, str]) -> "TicketView | None":
            by = await self.approve(f"{ticket.number} 改为紧急") if values["urgent"] else self.clerk_app.signed_in()
            if by is None:
                return None
            return await self.act_as(
                by,
                ticketing.change_ticket,
                ticket_id=ticket.id,
                group=values["group"] or None,
                urgent_reason=values["urgent"],
            )

        changed = await self.ask(
            cards.ActCard(
                f"改类别 {ticket.number}",
                (
                    cards.Labelled("优先类别", cards.ChoiceField(groups, "", id="group"), "看过证件才改"),
                    cards.Labelled("紧急原因", cards.TextField(max_length=40, id="urgent"), "写了就排最前, 要主管批准"),
                ),
                change,
                check=lambda values: (
                    None if values["group"] or values["urgent"] else ("group", "请选类别, 或写紧急原因")
                ),
            )
        )
        if changed is not None:
            self.say(f"{ticket.number} 现在是 {changed.rank_words}")

    async def _release(self, ticket: "TicketView") -> None:
        from clerk_tui.desk import ticketing

        async def free(values: dict[str, str]) -> "TicketView | None":
            by = await self.approve(f"解开卡住的号 {ticket.number}")
            if by is None:
                return None
            return await self.act_as(by, ticketing.release_ticket, ticket_id=ticket.id, reason=values["reason"])

        freed = await self.ask(
            cards.ActCard(
                f"解开 {ticket.number}",
                (cards.Labelled("原因", cards.TextField(max_length=40, id="reason"), "为什么卡住, 例: 窗口电脑断电"),),
                free,
                lines=("号回到队里, 保留原来的等候时间; 那边的时长记为不准。",),
            )
        )
        if freed is not None:
            self.say(f"{ticket.number} 已回到队里")

    @flow
    async def action_release_ticket(self) -> None:
        """A ticket that is stuck at a window, here or elsewhere, waits again; with a supervisor."""
        from clerk_tui.desk import ticketing

        found = await self.act(ticketing.stuck_tickets)
        if found is None:
            return
        words = {"called": "已叫", "serving": "办理中", "held": "挂起"}
        rows = [
            _row(one, f"{words.get(one.state, one.state)} {one.window_number or '-'}号窗", one.clerk_name)
            for one in found
        ]
        chosen = await self.ask(cards.ListCard("解开卡住的号", TICKET_COLUMNS, rows, empty="没有在窗口或挂起的号"))
        ticket = next((one for one in found if one.id == chosen), None)
        if ticket is not None:
            await self._release(ticket)
            await self.read_again()

    # lists of tickets

    @flow
    async def action_missed(self) -> None:
        """Who was called and did not come; a number and Enter brings one back."""
        await self.read_again()
        rows = [_row(ticket, f"叫过 {ticket.calls} 次") for ticket in self.panel.missed]
        chosen = await self.ask(cards.ListCard("过号单", TICKET_COLUMNS, rows, empty="没有过号的人"))
        if chosen is not None:
            self.open_ticket(chosen)

    @flow
    async def action_transfer_ticket(self) -> None:
        """Move whoever is at the window, else one of those who wait."""
        await self._with_ticket("转窗: 哪个号", self._transfer)

    @flow
    async def action_reclass_ticket(self) -> None:
        """Change the class of one who waits."""
        await self._with_ticket("改类别: 哪个号", self._reclass, current=False)

    @flow
    async def action_mark_left(self) -> None:
        """Someone who waits went away."""
        await self._with_ticket("已离开: 哪个号", self._left, current=False)

    async def _left(self, ticket: "TicketView") -> None:
        from clerk_tui.desk import ticketing

        lines = (f"{ticket.number} 不再叫号; 已等的时间照记。",)
        if await self.ask(cards.ConfirmCard("记为已离开", lines, yes="离开了")) and await self.done(
            ticketing.mark_left, ticket_id=ticket.id
        ):
            self.say(f"{ticket.number} 记为离开")

    async def _with_ticket(
        self, title: str, do: "Callable[[TicketView], Awaitable[None]]", current: bool = True
    ) -> None:
        await self.read_again()
        ticket = self.panel.current if current else None
        if ticket is None:
            tickets = {one.id: one for one in (*self.panel.waiting, *self.panel.held)}
            rows = [_row(one, one.hold_reason or minutes(one.waiting_seconds)) for one in tickets.values()]
            chosen = await self.ask(cards.ListCard(title, TICKET_COLUMNS, rows, empty="没有人等候"))
            ticket = tickets.get(chosen or "")
        if ticket is not None:
            await do(ticket)
            await self.read_again()

    # the clerk's own time

    @flow
    async def action_pause(self) -> None:
        """A pause with its reason."""
        from clerk_tui.desk import duty

        await self._begin_duty("暂停", PAUSES, duty.pause)

    @flow
    async def action_back_office(self) -> None:
        """Work without a resident, on the same clock."""
        from clerk_tui.desk import duty

        await self._begin_duty("后台", BACK_OFFICE, duty.back_office)

    async def _begin_duty(self, title: str, reasons: tuple[str, ...], begin: "Callable[..., None]") -> None:
        answers = [*((words, words) for words in reasons), ("other", "其他 (自己写)")]
        reason = await self.ask(cards.MenuCard(f"{title}: 原因", (), answers))
        if reason == "other":
            values = await self.ask(
                cards.FormCard(title, (cards.Labelled("原因", cards.TextField(max_length=40, id="reason")),))
            )
            reason = values["reason"] if values else None
        if reason is not None and await self.done(begin, reason=reason):
            await self.read_again()
            self.say(f"{title}中: {reason}; 恢复按 F5 叫号, 或按 F2 输入 恢复")

    @flow
    async def action_end_duty(self) -> None:
        """Back at the window."""
        from clerk_tui.desk import duty

        if await self.done(duty.end_duty):
            await self.read_again()
            self.say("已恢复; 按 F5 叫下一位")


def _row(ticket: "TicketView", words: str, more: str = "") -> Row:
    return Row(ticket.id, (ticket.number, ticket.rank_words, ticket.category, words, more or ticket.note))


def _answers(ticket: "TicketView") -> list[tuple[str, str]]:
    """What can be done with a ticket in its state."""
    if ticket.state == "waiting":
        return [
            ("call", "叫这个号 (不按次序, 会记下)"),
            ("transfer", "转窗或换类别"),
            ("reclass", "改优先类别"),
            ("left", "人已离开"),
        ]
    if ticket.state == "held":
        return [("resume", "继续办理"), ("transfer", "转窗或换类别"), ("release", "解开 (主管)"), ("left", "人已离开")]
    if ticket.state == "missed":
        return [("back", "人回来了, 重新排队"), ("left", "人已离开")]
    if ticket.state in ("called", "serving"):
        return [("transfer", "转窗或换类别"), ("release", "解开 (主管)")]
    return []
