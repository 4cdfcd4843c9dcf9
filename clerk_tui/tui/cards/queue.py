"""The cards of calling: who is next, what became of the call."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from clerk_tui.desk.views.queue import CallCard, NextCard
from clerk_tui.tui.cards.card import Card
from clerk_tui.tui.key_contract import AGAIN_KEYS
from clerk_tui.tui.widgets.numbered_list import Column, NumberedList, Row
from clerk_tui.tui.widgets.plain import minutes, plain, plain_lines


class NextPersonCard(Card[bool]):
    """Who is next and why. Looking reserves nothing; Enter calls."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "confirm", "叫号", show=False)]

    def __init__(self, card: NextCard) -> None:
        super().__init__()
        self.card = card

    def body(self) -> ComposeResult:
        ticket = self.card.ticket
        assert ticket is not None
        wait = f"预约 {ticket.slot_words}" if ticket.slot_words else f"已等 {minutes(ticket.waiting_seconds)}"
        yield Static(
            plain(f"下一位  {ticket.number}   {ticket.rank_words}   {ticket.category}   {wait}"), classes="card-title"
        )
        lines = [f"为何: {self.card.reason}"]
        lines.append(f"名下: 欠 {self.card.owed}    可领 {self.card.collectable}    在办 {self.card.running}")
        if self.card.note or ticket.note:
            lines.append(f"备注: {self.card.note or ticket.note}")
        yield Static(plain_lines(lines))
        yield Static("Enter 叫号                                   Esc 不叫", classes="card-keys", markup=False)

    def confirm(self) -> None:
        self.dismiss(True)


class CalledCard(Card[str]):
    """After a call: here | not_here | next | undo | again; Esc leaves the ticket called, F5 opens this card again."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding(AGAIN_KEYS, "again", "重呼", id="queue.again", show=False)]

    def __init__(self, card: CallCard, window: str, now: Callable[[], int], undo_seconds: int) -> None:
        super().__init__()
        self.card, self.window, self.now, self.undo_seconds = card, window, now, undo_seconds

    def body(self) -> ComposeResult:
        ticket = self.card.ticket
        yield Static(id="called-head", classes="card-title")
        answers = NumberedList((Column("", 0),), id="card-answers")
        answers.styles.height = 4
        answers.show(
            [
                Row("here", ("来了",)),
                Row("not_here", (f"没来 (记为过号: {ticket.number} 可以再回来)",)),
                Row("next", ("没来, 改叫下一位",)),
                Row("undo", (f"叫错了, 收回 (叫出 {self.undo_seconds} 秒内)",)),
            ]
        )
        yield answers
        yield Static("", id="called-again")
        yield Static("数字+Enter   F6 重呼   Esc 收起", classes="card-keys", markup=False)

    def on_mount(self) -> None:
        self.draw()
        self.set_interval(1.0, self.draw)

    def draw(self) -> None:
        """Time since the call, and when it may be repeated; the answers stay where they are."""
        now = self.now()
        card = self.card
        seconds = max(0, now - card.called_at) // 1000
        since = f"{seconds // 60:02}:{seconds % 60:02}"
        self.query_one("#called-head", Static).update(
            plain(f"已叫 {card.ticket.number} 到 {self.window}   第 {card.call_count} 次   {since}")
        )
        wait = max(0, card.can_call_again_at - now + 999) // 1000
        words = f"再过 {wait} 秒可重呼 (F6)" if wait else "现在可以重呼 (F6)"
        if card.call_count >= card.max_calls:
            words = f"已叫满 {card.max_calls} 次"
        miss = max(0, card.can_miss_at - now + 999) // 1000
        if miss:
            words += f"; 再过 {miss} 秒才可记没来"
        self.query_one("#called-again", Static).update(plain(words, "$quiet"))

    def on_numbered_list_opened(self, event: NumberedList.Opened) -> None:
        event.stop()
        self.dismiss(event.key)

    def action_again(self) -> None:
        self.dismiss("again")

    def confirm(self) -> None:
        self.dismiss("here")
