"""Appointments, the close of the day, and taking back the end of a visit."""

from typing import TYPE_CHECKING

from clerk_tui.tui import cards
from clerk_tui.tui.acting import flow
from clerk_tui.tui.queue_keys import QueueKeys
from clerk_tui.tui.widgets.numbered_list import Column, Row

if TYPE_CHECKING:
    from clerk_tui.desk.views.queue import AppointmentView, WantedSlot
    from clerk_tui.desk.views.visit import PersonView, VisitView


class DayKeys(QueueKeys):
    """Mixin of the workbench."""

    async def print_slip(self, notice_id: str) -> None:
        raise NotImplementedError

    # appointments

    @flow
    async def action_book(self) -> None:
        """Book a slot for whoever stands here, or for a name and a phone."""
        from clerk_tui.desk import visits

        visit = await self.act(visits.view, visit_id=self.panel.visit_id) if self.panel.visit_id else None
        booked = await self.ask_booking(person=visit.attendee if visit else None)
        if booked is not None:
            self.say(f"已约 {booked.day} {booked.slot_words}  {booked.category}  预约码 {booked.code}")

    async def ask_booking(
        self, *, person: "PersonView | None" = None, item_key: str = "", case_id: str = ""
    ) -> "AppointmentView | None":
        """Ask for category, day and slot, and book; for a person who is registered, or for a name and a phone."""
        from clerk_tui.desk import appointments

        while True:
            slot = await self.ask_slot("预约" + (f"  {person.name_masked}" if person else ""))
            if slot is None:
                return None
            if person is not None:
                booked = await self.act(
                    appointments.book,
                    day=slot.day,
                    start_at=slot.start_at,
                    category=slot.category,
                    person_id=person.id,
                    item_key=item_key,
                    case_id=case_id,
                )
            else:
                booked = await self._book_by_name(slot, item_key)
            if booked is not None:
                return booked

    async def ask_slot(self, title: str) -> "WantedSlot | None":
        """A slot that is wanted; Esc in the list of slots goes back to the day."""
        from clerk_tui.desk import appointments, ticketing
        from clerk_tui.desk.views.queue import WantedSlot

        kinds = await self.call(ticketing.categories)
        wanted = {"category": kinds[0] if kinds else "", "day": "+1"}
        while True:
            asked = await self.ask(
                cards.FormCard(
                    title,
                    (
                        cards.Labelled(
                            "业务类别",
                            cards.ChoiceField(
                                [cards.Choice(one, one) for one in kinds or ()], wanted["category"], id="category"
                            ),
                        ),
                        cards.Labelled(
                            "哪一天",
                            cards.DateField(wanted["day"], today=self.clerk_app.today(), id="day"),
                            "月日, 或 +1 (几天后)",
                        ),
                    ),
                    check=lambda values: None if values["day"] else ("day", "请写哪一天"),
                    start="day",
                )
            )
            if asked is None:
                return None
            wanted = asked
            found = await self.act(appointments.slots, day=wanted["day"], category=wanted["category"])
            if found is None:
                continue
            rows = [
                Row(
                    str(slot.start_at),
                    (slot.words, f"{slot.taken}/{slot.quota}", "满" if slot.taken >= slot.quota else ""),
                    "quiet" if slot.taken >= slot.quota else "",
                )
                for slot in found
            ]
            columns = (Column("时段", 14), Column("已约", 8), Column("", 0))
            chosen = await self.ask(
                cards.ListCard(f"{wanted['day']} 的时段", columns, rows, empty="这一天没有可约的时段")
            )
            if chosen is not None:
                return WantedSlot(wanted["day"], int(chosen), wanted["category"])

    async def _book_by_name(self, slot: "WantedSlot", item_key: str) -> "AppointmentView | None":
        from clerk_tui.desk import appointments

        return await self.ask(
            cards.ActCard(
                "谁来",
                (
                    cards.Labelled("姓名", cards.TextField(kind="name", max_length=40, id="name")),
                    cards.Labelled("电话", cards.TextField(kind="phone", max_length=20, id="phone")),
                ),
                lambda values: self.act(
                    appointments.book,
                    day=slot.day,
                    start_at=slot.start_at,
                    category=slot.category,
                    name=values["name"],
                    phone=values["phone"],
                    item_key=item_key,
                ),
            )
        )

    @flow
    async def action_appointments(self) -> None:
        """Today's appointments: who is here gets a number of the slot; a booking can be cancelled."""
        from clerk_tui.desk import appointments

        found = await self.act(appointments.of_day)
        if found is None:
            return
        rows = [
            Row(
                one.id,
                (one.slot_words, one.name_masked, one.category, one.item_name, one.state_words),
                "" if one.state == "booked" else "quiet",
            )
            for one in found
        ]
        columns = (Column("时段", 12), Column("姓名", 10), Column("类别", 6), Column("事项", 0), Column("", 8))
        chosen = await self.ask(cards.ListCard("今天的预约", columns, rows, empty="今天没有预约"))
        one = next((one for one in found if one.id == chosen), None)
        if one is None:
            return
        answers = [("here", "到场, 取号"), ("cancel", "取消预约")]
        answer = await self.ask(cards.MenuCard(f"{one.slot_words}  {one.name_masked}", (one.item_name,), answers))
        if answer == "here":
            issued = await self.act(appointments.check_in, appointment_id=one.id)
            if issued is not None:
                await self.read_again()
                self.say(f"{issued.ticket.number}  {issued.ticket.rank_words}  前面 {issued.ahead} 人; 号票已送打印")
                await self.print_slip(issued.notice_id)
        elif answer == "cancel":
            field = cards.TextField(max_length=40, id="reason")
            cancelled = await self.ask(
                cards.ActCard(
                    f"取消预约 {one.slot_words} {one.name_masked}",
                    (cards.Labelled("原因", field),),
                    lambda values: self.act(appointments.cancel, appointment_id=one.id, reason=values["reason"]),
                )
            )
            if cancelled is not None:
                self.say("预约已取消, 时段空出")

    # the day

    @flow
    async def action_close_day(self) -> None:
        """Every open ticket, hold, visit and pause gets its ending."""
        from clerk_tui.desk import closing
        from clerk_tui.tui.cards.closing import CloseDayCard

        ends = await self.act(closing.open_ends)
        if ends is None:
            return
        closed = await self.ask(CloseDayCard(ends, self.hm, lambda chosen: self.act(closing.close_day, endings=chosen)))
        if closed is not None:
            await self.read_again()
            day = closed.figures
            self.say(
                f"{closed.day} 日结: 接待 {day.served}, 办件 {day.cases}, 过号 {day.missed}, 未到预约 {closed.no_shows},"
                f" 时间不准 {day.inaccurate}" + (f"; {closed.late} 件五日内没有告知, 见任务" if closed.late else "")
            )

    @flow
    async def action_reopen_visit(self) -> None:
        """The last visit was ended by mistake: it goes on, with a supervisor."""
        from clerk_tui.desk import finishing

        visit_id = self.last_visit_id
        if not visit_id:
            self.ring("本窗今天还没有结束过到访")
            return

        async def reopen(values: dict[str, str]) -> "VisitView | None":
            by = await self.approve("撤销结束到访")
            if by is None:
                return None
            return await self.act_as(by, finishing.reopen, visit_id=visit_id, reason=values["reason"])

        field = cards.TextField(max_length=40, id="reason")
        visit = await self.ask(
            cards.ActCard(
                "撤销结束到访",
                (cards.Labelled("原因", field, "例: 按错键"),),
                reopen,
                lines=("上一次到访接着办, 用时照算。",),
            )
        )
        await self.read_again()
        if visit is not None:
            await self.show_visit(visit.id)
