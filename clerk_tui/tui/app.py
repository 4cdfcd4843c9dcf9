"""The program at one window: screens, what is said, flows and cards. Who sits at it is in sitting."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from rich.cells import cell_len
from rich.text import Text
from textual.app import App
from textual.binding import BindingType
from textual.css.query import NoMatches
from textual.screen import ModalScreen, Screen
from textual.scrollbar import ScrollBar, ScrollBarRender

from clerk_tui.rules.refusal import Refusal
from clerk_tui.tui.acting import run_flow
from clerk_tui.tui.heartbeat import every
from clerk_tui.tui.key_contract import EVERYWHERE, JUMP, MEANINGS, QUIT, keys_of, usable_keymap
from clerk_tui.tui.leaving import end_process, watch_terminal
from clerk_tui.tui.parts import Parts
from clerk_tui.tui.printing import Printing
from clerk_tui.tui.sitting import IDLE_LOOK_SECONDS
from clerk_tui.tui.themes import DEFAULTS, FIRST
from clerk_tui.tui.widgets.lines import FixedLine
from clerk_tui.tui.wire import Wire

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.widget import Widget

    from clerk_tui.tui.cards.card import Card
    from clerk_tui.tui.widgets.numbered_list import Row


class PlainBars(ScrollBarRender):
    """Scroll bars of blanks: the block characters of Textual's are two cells wide on some Chinese terminals."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * 8
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "] * 8


ScrollBar.renderer = PlainBars
AFTER_PAINT_SECONDS = 0.05
R = TypeVar("R")
log = logging.getLogger(__name__)


class ClerkApp(Wire, Printing, App[None]):
    """One program at one window."""

    CSS_PATH = ["app.tcss", "screens/workbench.tcss"]  # noqa: RUF012  a screen's own file makes Textual parse all again
    TITLE = "clerk-tui"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [QUIT, JUMP]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012  Textual declares it without ClassVar

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.sit_down(parts)
        self.wire_stock = parts.settings.wire == "stock"
        self.notices = list(parts.notices)
        self.last_refusal: Refusal | None = None
        self._saving = False
        self._choose_theme()
        self.stylesheet.set_variables(self.get_css_variables())
        self._styled_as = self.theme
        self.keymap_in_use, faults = usable_keymap(parts.settings.keys)
        self.notices += faults
        self.set_keymap(self.keymap_in_use)
        self._helped: tuple[object, str] | None = None

    def _choose_theme(self) -> None:
        names = [found.theme.name for found in self.parts.themes]
        for found in self.parts.themes:
            self.register_theme(found.theme)
        wanted = self.parts.settings.theme or FIRST
        if wanted in names:
            self.theme = wanted
        elif names:
            self.theme = names[0]
            if self.parts.settings.theme:
                self.notices.append(f"没有主题 {wanted}, 用了 {names[0]}")

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return DEFAULTS

    def get_css_variables(self) -> dict[str, str]:
        """Those of the theme; none as long as Textual asks for those of its own, which nothing is painted in."""
        if not hasattr(self, "parts"):
            return {}
        variables = super().get_css_variables()
        bars = {f"scrollbar{part}": variables["rule"] for part in ("", "-hover", "-active")}
        ground = {f"scrollbar-background{part}": variables["background"] for part in ("", "-hover", "-active")}
        return {**variables, **bars, **ground}  # a rule for all widgets would be applied to every one of them

    def refresh_css(self, animate: bool = True) -> None:
        """Parse and apply all styles again, but not for the theme that they were parsed with: Textual asks at the start."""
        styled_as, self._styled_as = self._styled_as, ""
        if styled_as != self.theme:
            super().refresh_css(animate)

    def get_default_screen(self) -> "Screen[None]":
        """The first screen is the lowest of the stack: an empty one below it would be laid out and painted before it."""
        screen = self.first_screen()
        screen._push_result_callback(screen, None)  # as push_screen does; without, Textual cannot switch it for another
        wide = [name for width, name in self.HORIZONTAL_BREAKPOINTS or [] if self.size.width >= width][-1:]
        screen.update_classes(dict.fromkeys(wide, True), update=False)  # else all is styled again once the size is told
        return screen

    def on_mount(self) -> None:
        self.begin_wire()
        watch_terminal(self.terminal_gone)
        every(IDLE_LOOK_SECONDS, self, self.lock_when_idle)

    def _display(self, screen: Screen[object], renderable: "RenderableType | None") -> None:
        """Textual's one way to the terminal: the first thing that goes out opens the gate to everything heavy."""
        super()._display(screen, renderable)
        if renderable is not None and not self.painted.is_set():
            self.set_timer(AFTER_PAINT_SECONDS, self.open_gate)

    def open_gate(self) -> None:
        """What was painted has left; the desk may load."""
        self.painted.set()
        self.begin_loading()

    # what is said

    def _line(self) -> FixedLine | None:
        for screen in reversed(self.screen_stack):
            try:
                return cast(FixedLine, screen.query_one(FixedLine))
            except NoMatches:
                continue
        return None

    def say(self, words: str) -> None:
        """Put one line above the keys."""
        if line := self._line():
            line.say(words)

    def hint(self, words: str) -> None:
        """Put what helps at this place above the keys, until the clerk leaves it."""
        if line := self._line():
            line.hint(words)

    def tell(self, news: str) -> None:
        """Put what came about by itself behind what the clerk's last act came to."""
        if line := self._line():
            line.tell(news)

    def ring(self, words: str, advice: str = "") -> None:
        """Ring the bell; the refusal stands on the card that is open, else in the fixed line."""
        from clerk_tui.tui.cards.card import Card

        self.bell()
        if isinstance(self.screen, Card):
            self.screen.show_fault(words, advice)
        elif line := self._line():
            line.ring(words, advice)

    def show_saving(self, saving: bool) -> None:
        """Say 正在保存 while an act takes longer than a blink."""
        if saving or self._saving:
            self._saving = saving
            if line := self._line():
                line.saving(saving)

    # flows and cards

    def start_flow(self, work: Coroutine[Any, Any, None]) -> None:
        """Hold the keys and run a flow."""
        self.take_keys()
        self.run_worker(run_flow(self, work), group="flow", exit_on_error=False)

    async def ask_card(self, card: "ModalScreen[R]") -> R | None:
        """Show a card; keys go to it until it is answered."""
        asked = cast("Card[R]", card)
        answer = self.push_screen(asked, wait_for_dismiss=True)
        await asked.ready.wait()
        asked.asked_by_flow()
        self.give_keys()
        return await answer

    # help and jumping

    def help_about(self, words: str, tell: Callable[[str], None]) -> None:
        """F1: about this field; F1 once more at the same place lists all keys."""
        asked = (self.focused, words)
        if asked == self._helped:
            self._helped = None
            self.list_keys()
        else:
            self._helped = asked
            again = "再按 F1 列出所有的键"
            parts = [words, again] if cell_len(f" {words}; {again}") <= self.size.width * 2 - 24 else [again, words]
            tell("; ".join(part for part in parts if part))  # what is cut off in a narrow window is never the way on

    def list_keys(self) -> None:
        """All keys; on the workbench also all that can be done, in words."""
        from clerk_tui.tui.screens.workbench import Workbench

        if isinstance(self.screen, Workbench):
            self.screen.action_key_help()
        else:
            self.start_flow(self._show_keys())

    async def _show_keys(self) -> None:
        from clerk_tui.tui.cards.common import KEY_COLUMNS, ListCard

        await self.ask_card(ListCard("按键", KEY_COLUMNS, self.key_rows()))

    def key_rows(self) -> "list[Row]":
        """A row for each key, as this site has mapped them: key, meaning, second way."""
        from clerk_tui.tui.widgets.numbered_list import Row

        rows = []
        for binding in EVERYWHERE:
            keys = keys_of(binding, self.keymap_in_use)
            rows.append(Row(f"key:{binding.id}", (keys[0], MEANINGS[binding.id or ""], " ".join(keys[1:]))))
        return rows

    def action_jump(self) -> None:
        """Ctrl+P: a letter in front of everything that can have the focus."""
        from clerk_tui.tui.cards.jump import JumpCard, targets

        if isinstance(self.screen, JumpCard):
            return
        found = targets(self.screen)
        if found:
            self.start_flow(self._jump(found, JumpCard([widget.region.offset for widget in found])))
        else:
            self.bell()

    async def _jump(self, found: "Sequence[Widget]", card: "ModalScreen[str]") -> None:
        place = await self.ask_card(card)
        if place is not None and found[int(place)].is_attached:
            found[int(place)].focus()

    # leaving

    def action_help_quit(self) -> None:
        """Ctrl+C copies in a field; elsewhere it only says how to leave."""
        self.say("退出程序按 Ctrl+Q")

    def _fatal_error(self) -> None:
        """A fault that no flow caught ends the program: one Chinese sentence, the trace in the log, no values of anybody."""
        log.error("the program ended by a fault", exc_info=self._exception)
        self.panic(Text("程序出错, 已退出; 草稿已保存。请重新打开; 仍不行请告诉技术人员, 日志里有记录"))

    async def action_leave(self) -> None:
        """Ctrl+Q: leave the program, unless someone is still at the window."""
        from clerk_tui.tui.screens.workbench import Workbench

        if isinstance(self.screen, Workbench):
            self.screen.leave()
        elif self.by is None:
            await self.end()
        else:
            self.bell()

    async def end(self) -> None:
        """Do the last things and end."""
        await self.last_things()
        self.exit()

    async def terminal_gone(self) -> None:
        """The terminal was closed: end this process within a second."""
        log.info("the terminal went away")
        await end_process(self.last_things)

    def on_unmount(self) -> None:
        self.syncing.close()
        asyncio.get_running_loop().call_soon(self.store_thread.close)
