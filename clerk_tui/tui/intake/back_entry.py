"""补录: what was taken in on paper while the program or the power was away is entered afterwards, with its own day."""

import dataclasses
from typing import TYPE_CHECKING

from clerk_tui.tui.cards.common import ActCard
from clerk_tui.tui.intake.in_hand import InHand
from clerk_tui.tui.widgets.fields import DateField, TextField
from clerk_tui.tui.widgets.form import Labelled

if TYPE_CHECKING:
    from clerk_tui.desk.views.visit import VisitView

LINES = (
    "停电、断网时手写收的件, 事后录入: 期限从实际收件那天起算,",
    "办件标「补录」, 不计入按时率和平均用时。身份按当时的纸质记录核对。",
)


class BackEntry(InHand):
    """The day counts for every case of this visit, until it is emptied or the visit ends."""

    async def enter_back(self) -> None:
        """Ask for the day on which the papers were really received; empty takes it back."""
        draft = self.draft
        day, note = draft.received_on if draft else "", draft.note if draft else ""
        if not day and self.back_entry is not None:
            _, day, note = self.back_entry

        async def take(values: dict[str, str]) -> bool | None:
            return await self._take_day(values["received_on"], values["note"]) or None

        taken = await self.ask(
            ActCard(
                "补录",
                (
                    Labelled(
                        "实际收件日",
                        DateField(day, today=self.clerk_app.today(), id="received_on"),
                        "纸上写的那一天: 月日 或 年月日; 空着 = 今天收的, 不是补录",
                    ),
                    Labelled("纸质记录", TextField(note, max_length=60, id="note"), "手写号票或收件单的号, 原因"),
                ),
                take,
                lines=LINES,
            )
        )
        if taken:
            self.show_parts()
            self.focus_next()

    async def _begin_visit(self) -> "VisitView | None":
        """Nobody is at the window: a visit without a ticket, in which the paper is entered."""
        from clerk_tui.desk import visits

        self.visit = await self.act(visits.open_without_ticket, kind="walk_in")
        await self.workbench.read_again()
        return self.visit

    async def _take_day(self, text: str, note: str) -> bool:
        """Keep the day for this visit and the draft in hand, unless the desk finds fault with it; whether it was kept."""
        from clerk_tui.tui.widgets.fields import read_date

        draft, before = self.draft, self.back_entry
        day = read_date(text, self.clerk_app.today()) if text else None
        if text and day is None:
            self.ring("看不懂这个日期", "写 月日 或 年月日, 例: 1120")
            return False
        if day is not None and day > self.clerk_app.today():
            self.ring("实际收件日不能在今天之后", "写纸上的那一天")
            return False
        if self.visit is None and day is None:
            self.ring("还没有写实际收件日", "写纸上的那一天; 今天收的不用补录, 按 Esc 返回")
            return False
        visit = self.visit or await self._begin_visit()
        if visit is None:
            return False
        self.back_entry = (visit.id, day.isoformat(), note) if day is not None else None
        if draft is not None:
            self.draft = self.dated(dataclasses.replace(draft, back_entered=False, received_on="", note=""))
            await self.compute()
            if self.sheet is None:
                self.draft, self.back_entry = draft, before
                return False
        self.say(f"本次到访按补录: 实际收件 {day}; 选事项接着办" if day is not None else "不是补录: 按今天收件")
        return True
