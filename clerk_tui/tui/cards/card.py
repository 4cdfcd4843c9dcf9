"""The base of every card."""

import asyncio
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from clerk_tui.tui.acting import Acting
from clerk_tui.tui.key_contract import BACK, CONFIRM, CONTRACT, FIND, HELP, VALUES
from clerk_tui.tui.scanning import Scanned
from clerk_tui.tui.widgets.plain import plain

if TYPE_CHECKING:
    from clerk_tui.tui.screens.workbench import Workbench
    from clerk_tui.tui.widgets.fields import ChoiceField

R = TypeVar("R")
ELSEWHERE = ("key.workbench", "queue.next", "queue.hold", "queue.held")
"""Keys of the workbench that a card has to be put away for."""


class Card(Acting, ModalScreen[R], Generic[R]):
    """A question that is answered by `dismiss(value)`; Esc answers None and does nothing.

    Subclasses set HEADING (or `self.heading`) and yield their body in `body`; `confirm` is F9 (and Enter where no field takes it).
    A scan while a card is open reaches `scanned`.
    """

    HEADING: ClassVar[str] = ""
    HELP_WORDS: ClassVar[str] = "数字+Enter 选, F9 确认, Esc 返回"
    WIDTH: ClassVar[int] = 72
    DEFAULT_CSS = """
    Card { align: right middle; background: transparent; }
    Card.-narrow { align: center middle; }
    Card.-narrow > #card { margin-right: 0; }
    Card > #card { border: ascii $rule; background: $background; height: auto; max-height: 96%; padding: 0 2; margin-right: 1; }
    Card .card-title { text-style: bold; margin-bottom: 1; }
    Card .card-keys { color: $quiet; margin-top: 1; }
    Card .card-fault { color: $late; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        BACK,
        CONFIRM,
        HELP,
        VALUES,
        FIND,
        *(
            Binding(one.key, f"elsewhere('{one.description}')", one.description, id=one.id)
            for one in CONTRACT
            if one.id in ELSEWHERE
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.heading = self.HEADING
        self.ready = asyncio.Event()
        self.asker: asyncio.Task[object] | None = None
        self.answered = False
        self._asked = False

    def compose(self) -> ComposeResult:
        with Vertical(id="card") as box:
            box.styles.width = self.WIDTH
            box.styles.max_width = "100%"
            if self.heading:
                yield Static(plain(self.heading), classes="card-title")
            yield from self.body()
            yield Static("", id="card-fault", classes="card-fault")

    def body(self) -> ComposeResult:
        """The card's own widgets."""
        yield from ()

    def on_screen_resume(self) -> None:
        self.call_later(self.ready.set)

    def asked_by_flow(self) -> None:
        """The flow that waits for the answer takes the keys again as soon as there is one."""
        self._asked = True
        self.asker = asyncio.current_task()

    def dismiss(self, result: R | None = None) -> AwaitComplete:
        if self.answered:
            return AwaitComplete()  # two events of one key answer once; never the card below
        self.answered = True
        if self._asked:
            self._asked = False
            self.clerk_app.take_keys()
        return super().dismiss(result)

    def action_back(self) -> None:
        self.dismiss(None)

    def action_find(self) -> None:
        """F2: look for anything in front of this card."""
        bench = self._bench()
        if bench is None:
            self.fault("登录以后才能查找")
        else:
            bench.find_in_front()

    def _bench(self) -> "Workbench | None":
        """The workbench behind this card; None before someone has signed in."""
        from clerk_tui.tui.screens.workbench import Workbench

        if self.clerk_app.by is None:
            return None
        return next((screen for screen in self.app.screen_stack if isinstance(screen, Workbench)), None)

    def action_elsewhere(self, what: str) -> None:
        """A key of the workbench does not reach it from here, and what is typed after it must not answer this card."""
        from clerk_tui.tui.widgets.numbered_list import NumberedList

        words = f"先按 Esc 收起这张卡片, 再按{what}"
        if isinstance(self.focused, NumberedList):
            self.focused.refuse_enter(words)
        self.fault(words)

    def action_confirm(self) -> None:
        self.confirm()

    def confirm(self) -> None:
        """F9; cards that only show something close."""
        self.dismiss(None)

    def action_help(self) -> None:
        """F1: about the field that has the focus."""
        words = getattr(self.focused, "help_words", "") or self.HELP_WORDS
        self.clerk_app.help_about(words, self.hint)

    def action_values(self) -> None:
        """F4: the choices of the field that has the focus, as a list."""
        from clerk_tui.tui.widgets.fields import ChoiceField

        if isinstance(self.focused, ChoiceField):
            self.clerk_app.start_flow(self._list_values(self.focused))
        else:
            self.fault("这一格没有选项")

    async def _list_values(self, field: "ChoiceField") -> None:
        from clerk_tui.tui.cards.common import ListCard
        from clerk_tui.tui.widgets.numbered_list import Column, Row

        rows = [Row(one.value, (one.words,)) for one in field.choices]
        chosen = await self.clerk_app.ask_card(ListCard("选项", (Column("", 0),), rows, start=field.value))
        if chosen is not None:
            field.value = chosen

    def hint(self, words: str) -> None:
        """One line on the card that is no fault."""
        self.query_one("#card-fault", Static).update(plain(words, "$quiet"))

    def fault(self, words: str) -> None:
        """Say on the card why this answer cannot be taken."""
        self.app.bell()
        self.show_fault(words, "")

    def show_fault(self, words: str, advice: str) -> None:
        """A refusal of the desk while this card is open."""
        self.query_one("#card-fault", Static).update(plain(f"! {words}" + (f"; {advice}" if advice else "")))

    def on_scanned(self, event: Scanned) -> None:
        event.stop()
        self.scanned(event.text)

    def scanned(self, text: str) -> None:
        """A code of ours leads to what it is on; an identity number needs a field that asks for it."""
        from clerk_tui.devices.scanner import ScanKind

        bench = self._bench()
        if bench is None or self.clerk_app.classify(text).kind in (ScanKind.IDENTITY, ScanKind.UNKNOWN):
            self.fault("这里不用扫码; 光标放到要号码的格子再扫, 或 Esc 收起后再扫")
        else:
            bench.find_in_front(self.clerk_app.classify(text).value, at_once=True)
