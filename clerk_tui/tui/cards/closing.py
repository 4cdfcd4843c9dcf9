"""The close of the day: every open end in one list, each with its ending."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Static

from clerk_tui.desk.views.queue import DayClosed, OpenEnd
from clerk_tui.tui.acting import flow
from clerk_tui.tui.cards.card import Card
from clerk_tui.tui.widgets.numbered_list import Column, NumberedList, Row
from clerk_tui.tui.widgets.plain import plain

if TYPE_CHECKING:
    from clerk_tui.rules.refusal import Refusal

HEIGHT = 14


class CloseDayCard(Card[DayClosed]):
    """The likeliest ending is proposed for each; a digit takes another one, F9 does them all."""

    WIDTH = 82
    DEFAULT_CSS = "CloseDayCard.-narrow NumberedList { max-height: 10; }"

    def __init__(
        self,
        ends: Sequence[OpenEnd],
        hm: Callable[[int], str],
        do: Callable[[dict[str, str]], Awaitable[DayClosed | None]],
    ) -> None:
        super().__init__()
        self.heading = f"日结   还有 {len(ends)} 项没有结束"
        self.ends = {end.id: end for end in ends}
        self.endings = {end.id: end.choices[0][0] for end in ends}
        self.hm, self.do = hm, do

    def body(self) -> ComposeResult:
        columns = (Column("没结束的", 0), Column("从", 6), Column("怎样结束", 22))
        listed = NumberedList(columns, empty="没有没结束的; F9 结束今天", digits="mark", id="card-list")
        listed.styles.height = min(max(1, len(self.ends)), HEIGHT) + 1
        listed.show(self._rows())
        yield listed
        yield Static(id="choices")
        yield Static("数字 换结果   F9 全部照此结束, 日结   Esc 不做", classes="card-keys", markup=False)

    def on_mount(self) -> None:
        self._show_choices()

    def _rows(self) -> list[Row]:
        return [
            Row(end.id, (end.words, self.hm(end.since), dict(end.choices)[self.endings[end.id]]))
            for end in self.ends.values()
        ]

    def _show_choices(self) -> None:
        end = self.ends.get(self.query_one(NumberedList).current_key)
        words = "   ".join(f"{n} {words}" for n, (_, words) in enumerate(end.choices, 1)) if end else ""
        self.query_one("#choices", Static).update(plain(words, "$quiet"))

    def on_numbered_list_moved(self, event: NumberedList.Moved) -> None:
        event.stop()
        self._show_choices()

    def on_numbered_list_marked(self, event: NumberedList.Marked) -> None:
        event.stop()
        choices = self.ends[event.key].choices
        if event.digit and 1 <= int(event.digit) <= len(choices):
            self.endings[event.key] = choices[int(event.digit) - 1][0]
            event.list.show(self._rows())
        else:
            self.app.bell()
        self._show_choices()

    @flow
    async def confirm(self) -> None:
        closed = await self.do(dict(self.endings))
        if closed is not None:
            self.dismiss(closed)
            return
        refusal: Refusal | None = self.clerk_app.last_refusal
        if refusal is not None and refusal.field in self.ends:
            self.query_one(NumberedList).go_to(refusal.field)
