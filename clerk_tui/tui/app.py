"""The program at one window: what is loaded, who is signed in, what is said; screens and places do the rest."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Coroutine
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual.app import App
from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.screen import ModalScreen

from clerk_tui.rules.refusal import Refusal
from clerk_tui.settings import Settings
from clerk_tui.store.first_page import FirstPage, local_time
from clerk_tui.tui.acting import FAULT_ADVICE, FAULT_WORDS, run_flow
from clerk_tui.tui.scanning import Scanning
from clerk_tui.tui.store_thread import StoreThread
from clerk_tui.tui.themes import DEFAULTS, FIRST, FoundTheme
from clerk_tui.tui.widgets.lines import FixedLine

if TYPE_CHECKING:
    from clerk_tui.desk.context import Desk
    from clerk_tui.desk.views.queue import QueuePanel
    from clerk_tui.store.act import By
    from clerk_tui.tui.acting import Acting
    from clerk_tui.tui.cards.card import Card

R = TypeVar("R")
log = logging.getLogger(__name__)


class ClerkApp(Scanning, App[None]):
    """`load` builds the desk; it runs in the store thread after the first paint, and every act waits for it.

    `clerk` is a number that stands in the sign-in already; a demonstration's store opens signed in as that clerk. `now` is
    the clock, UTC milliseconds.
    """

    CSS_PATH = "app.tcss"
    TITLE = "clerk-tui"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", "退出", id="app.quit", priority=True)]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]

    def __init__(
        self,
        *,
        settings: Settings,
        first_page: FirstPage,
        load: "Callable[[], Desk]",
        now: Callable[[], int],
        themes: list[FoundTheme] | None = None,
        notices: list[str] | None = None,
        clerk: str = "",
    ) -> None:
        super().__init__()
        self.settings = settings
        self.first_page = first_page
        self.scanner = settings.scanner
        self.now = now
        self.store_thread = StoreThread()
        self.by: By | None = None
        self.clerk_number = clerk
        self.signed_in_as = clerk if first_page.demonstration else ""
        self.found_themes = themes or []
        self.notices = notices or []
        self._load = load
        self._loading: asyncio.Future[Desk] | None = None
        self._saving = False
        self._looks = 0
        self.program = secrets.token_hex(8)
        self.connection_words = ""
        for found in self.found_themes:
            self.register_theme(found.theme)
        wanted = settings.theme or FIRST
        if wanted in self.available_themes:
            self.theme = wanted
        elif self.found_themes:
            self.theme = self.found_themes[0].theme.name
        if settings.theme and settings.theme not in self.available_themes:
            self.notices.append(f"没有主题 {settings.theme}, 用了 {self.theme}")
        self.set_keymap(dict(settings.keys))

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return DEFAULTS

    async def on_mount(self) -> None:
        from clerk_tui.tui.screens.sign_in import SignInScreen
        from clerk_tui.tui.screens.workbench import Workbench

        await self.push_screen(Workbench() if self.signed_in_as else SignInScreen())
        self.call_after_refresh(self.begin_loading)

    # the desk

    def begin_loading(self) -> None:
        """Load the desk in the store thread; called after the first paint."""
        if self._loading is None:
            self._loading = asyncio.ensure_future(self.store_thread.run(self._load))
            self._loading.add_done_callback(self._loaded)

    def _loaded(self, loading: "asyncio.Future[Desk]") -> None:
        if loading.cancelled():
            return
        error = loading.exception()
        if isinstance(error, Refusal):
            self.ring(error.words, error.advice)
        elif error is not None:
            log.error("the desk did not load", exc_info=error)
            self.ring(FAULT_WORDS, FAULT_ADVICE)

    async def desk_when_loaded(self) -> "Desk":
        """The desk; waits while it is loading. Raises what loading raised."""
        self.begin_loading()
        return await asyncio.shield(cast("asyncio.Future[Desk]", self._loading))

    @property
    def desk_is_loaded(self) -> bool:
        return self._loading is not None and self._loading.done() and self._loading.exception() is None

    def signed_in(self) -> "By":
        """Who acts. Raises Refusal not_signed_in."""
        if self.by is None:
            raise Refusal("not_signed_in", "还没有登录", "请先输入工号和密码")
        return self.by

    # who and where

    @property
    def hall_name(self) -> str:
        return self.first_page.hall_name

    @property
    def window_words(self) -> str:
        """The window as the top line and papers name it."""
        number = self.by.window_number if self.by else None
        return next((f"{n}号{name}" for _, n, name in self.first_page.windows if n == number), "") if number else ""

    async def sign_in(self, number: str, pin: str, window_id: str) -> bool:
        """Sign in, sit down at the window, open the workbench. False: it did not happen and the clerk was told."""
        from clerk_tui.desk import seats, signing_in
        from clerk_tui.tui.screens.workbench import Workbench

        screen = cast("Acting", self.screen)
        by = await screen.call(signing_in.sign_in, number=number, pin=pin, window_id=window_id)
        if by is None or not await screen.did(
            seats.take, window_id=window_id, program=self.program, clerk_id=by.clerk_id
        ):
            return False
        self.by = by
        await self.switch_screen(Workbench())
        return True

    async def sign_in_without_pin(self) -> None:
        """The demonstration opens signed in."""
        from clerk_tui.desk import seats, signing_in

        desk = await self.desk_when_loaded()
        wanted = self.settings.window
        window_id = next((id for id, n, _ in self.first_page.windows if wanted in (None, n)), None)

        def enter() -> "By":
            by = signing_in.by_number(desk, number=self.signed_in_as, window_id=window_id)
            if window_id:
                seats.take(desk, window_id=window_id, program=self.program, clerk_id=by.clerk_id)
            return by

        self.by = await self.store_thread.run(enter)

    async def read_panel(self) -> "QueuePanel | None":
        """The queue as it stands now; a read in its turn behind the acts."""
        from clerk_tui.desk import queueing

        if self.by is None:
            return None
        desk, by = await self.desk_when_loaded(), self.by
        return await self.store_thread.run(lambda: queueing.panel(desk, by))

    async def look_for_news(self, stamp: int) -> bool:
        """Whether the journal has grown since `stamp`; every tenth look also keeps the seat."""
        from clerk_tui.desk import seats
        from clerk_tui.store.journal_position import journal_position

        desk, by = await self.desk_when_loaded(), self.signed_in()
        self._looks += 1

        def look() -> bool:
            if by.window_id and self._looks % seats.KEEP_ALIVE_SECONDS == 0:
                seats.keep_alive(desk, window_id=by.window_id, program=self.program, clerk_id=by.clerk_id)
            with desk.look() as connection:
                return journal_position(connection) != stamp

        return await self.store_thread.run(look)

    # the clock

    def local_now(self) -> datetime:
        """Now on the hall's clock."""
        return local_time(self.now(), self.first_page.zone_name)

    def today(self) -> date:
        """The hall's date."""
        return self.local_now().date()

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

    def ring(self, words: str, advice: str = "") -> None:
        """Ring the bell; the refusal stands on the card that is open, and in the fixed line."""
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

    async def action_quit(self) -> None:
        self.exit()
