"""The desk of this program and the clerk who sits at it: loading, first start, sign-in, the seat, the lock, sign-off."""

import asyncio
import logging
import os
from collections.abc import Mapping
from datetime import date, datetime
from time import monotonic
from typing import TYPE_CHECKING, cast

from textual import events
from textual.screen import Screen

from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.first_page import FirstPage, local_time
from clerk_tui.tui.acting import FAULT_ADVICE, FAULT_WORDS, Acting
from clerk_tui.tui.parts import Parts
from clerk_tui.tui.store_thread import StoreThread
from clerk_tui.tui.syncing import Syncing
from clerk_tui.tui.upgrading import Upgrading

if TYPE_CHECKING:
    from clerk_tui.desk.context import Desk
    from clerk_tui.desk.views.panel import QueuePanel
    from clerk_tui.devices.scanner import Scan
    from clerk_tui.store.act import By
    from clerk_tui.store.drafts import Drafts
    from clerk_tui.store.watching import Watch
    from clerk_tui.tui.tidying import Tidying

log = logging.getLogger(__name__)

IDLE_LOOK_SECONDS = 5.0
STOPPING_SECONDS = 0.4


class Sitting(Upgrading):
    """Mixin of the App."""

    parts: Parts
    first_page: FirstPage
    store_thread: StoreThread
    syncing: Syncing
    by: "By | None" = None
    program: str
    painted: asyncio.Event
    _loading: "asyncio.Future[Desk] | None" = None
    _drafts: "Drafts | None" = None
    _store_watch: "Watch | None" = None
    _kept_at = 0
    _touched = 0.0
    tidying: "Tidying | None" = None
    """Given by bootstrap; none where something else looks after memory."""

    def sit_down(self, parts: Parts) -> None:
        """Take what bootstrap made; nothing is opened yet."""
        self.parts = parts
        self.first_page = parts.read_first_page()
        self.scanner = parts.settings.scanner
        self.tabs_inside = parts.settings.card_reader == "tab"
        self.store_thread = StoreThread()
        self.syncing = Syncing(parts.settings, watches_clock=parts.real_clock)
        self.program = os.urandom(8).hex()
        self.painted = asyncio.Event()
        self._touched = monotonic()
        self.begin_to_listen()

    def first_screen(self) -> Screen[None]:
        """What is painted first: the workbench in a demonstration, first start without a store, else the sign-in."""
        if self.first_page.state == "missing":
            from clerk_tui.tui.screens.first_start import FirstStartScreen

            return FirstStartScreen()
        if self.signs_in_itself:
            from clerk_tui.tui.screens.workbench import Workbench

            return Workbench()
        from clerk_tui.tui.screens.sign_in import SignInScreen

        return SignInScreen()

    @property
    def signs_in_itself(self) -> bool:
        """A demonstration opens signed in; no other store does, whatever the command line says."""
        return bool(self.parts.clerk and self.first_page.demonstration)

    # loading

    def begin_loading(self) -> None:
        """Load the desk in the store thread, after the first paint."""
        if self._loading is None and self.painted.is_set() and self.first_page.state != "missing":
            self._loading = asyncio.ensure_future(
                self.store_thread.run(lambda: self.parts.load_desk(self.told_while_loading))
            )
            self._loading.add_done_callback(self._loaded)

    def _loaded(self, loading: "asyncio.Future[Desk]") -> None:
        self.end_upgrade_card()
        if loading.cancelled():
            return
        error = loading.exception()
        if error is None:
            self.call_later(self._show_windows)
        elif isinstance(error, Refusal) and error.code == "hall_missing":
            from clerk_tui.tui.screens.first_start import FirstStartScreen

            self.switch_screen(FirstStartScreen())
        elif isinstance(error, Refusal):
            self.ring(error.words, error.advice)
        else:
            log.error("the desk did not load", exc_info=error)
            self.ring(FAULT_WORDS, FAULT_ADVICE)

    async def _show_windows(self) -> None:
        """Who sits where, and the hall of a store that the fast reader could not read."""
        from clerk_tui.desk import seats
        from clerk_tui.tui.screens.sign_in import SignInScreen

        desk = await self.desk_when_loaded()
        found = await self.store_thread.run(lambda: seats.windows(desk))
        self.first_page = self.first_page._replace(
            state="ready",
            hall_name=desk.hall_name,
            zone_name=desk.zone_name,
            windows=tuple((one.id, one.number, one.name) for one in found),
        )
        if isinstance(self.screen, SignInScreen) and self.screen.query("#window"):  # none left where the program ends
            self.screen.show_windows({one.id: one.taken_by for one in found})

    async def desk_when_loaded(self) -> "Desk":
        """The desk; waits while it is loading. Raises what loading raised."""
        await self.painted.wait()
        self.begin_loading()
        if self._loading is None:
            raise Refusal("hall_missing", "还没有登记大厅", "请先完成首次设置")
        return await asyncio.shield(self._loading)

    @property
    def loading_ended(self) -> bool:
        return self._loading is None or self._loading.done()

    @property
    def desk_is_loaded(self) -> bool:
        return self._loading is not None and self._loading.done() and self._loading.exception() is None

    async def set_up(self, values: Mapping[str, str]) -> None:
        """First start: make the store, then ask for the sign-in. Raises what `Parts.set_up` raised; nothing was kept."""
        from clerk_tui.tui.screens.sign_in import SignInScreen

        await self.store_thread.run(lambda: self.parts.set_up(values))
        self.first_page = self.parts.read_first_page()
        self._loading = None
        self.begin_loading()
        await self.switch_screen(SignInScreen())
        self.say("已建立; 请用刚才设的工号和密码登录")

    # who and where

    def signed_in(self) -> "By":
        """Who acts. Raises Refusal not_signed_in."""
        if self.by is None:
            raise Refusal("not_signed_in", "还没有登录", "请先输入工号和密码")
        return self.by

    @property
    def hall_name(self) -> str:
        return self.first_page.hall_name

    @property
    def window_words(self) -> str:
        """The window as the top line and papers name it."""
        number = self.by.window_number if self.by else None
        return next((f"{n}号{name}" for _, n, name in self.first_page.windows if n == number), "") if number else ""

    @property
    def drafts(self) -> "Drafts":
        """The half-filled forms of this window. Raises Refusal drafts_unwritable."""
        if self._drafts is None:
            from clerk_tui.store.drafts import open_drafts

            number = self.by.window_number if self.by else None
            self._drafts = open_drafts(self.parts.settings.drafts_folder / f"window-{number or 0}.db")
        return self._drafts

    async def sign_in(self, number: str, pin: str, window_id: str) -> bool:
        """Sign in, sit down at the window, open the workbench. False: it did not happen and the clerk was told."""
        from clerk_tui.desk import first_of_day, seats, signing_in
        from clerk_tui.tui.screens.workbench import Workbench

        screen = cast(Acting, self.screen)
        free = await screen.did(seats.take, window_id=window_id, program=self.program)
        if not free:
            return False
        by = await screen.call(signing_in.sign_in, number=number, pin=pin, window_id=window_id)
        if by is None:
            await screen.did(seats.leave, window_id=window_id, program=self.program)
            return False
        await screen.did(seats.keep_alive, window_id=window_id, program=self.program, clerk_id=by.clerk_id)
        self.by = by
        await self.clean_drafts()
        seen_to = await screen.act(first_of_day.see_to)
        await self.switch_screen(Workbench())
        if seen_to is not None and seen_to.words:
            self.say(seen_to.words)
        return True

    async def sign_in_itself(self) -> bool:
        """The demonstration opens signed in. False: its window is taken; the sign-in asks for another and says why."""
        from clerk_tui.desk import first_of_day, seats, signing_in
        from clerk_tui.tui.screens.sign_in import SignInScreen

        desk = await self.desk_when_loaded()
        wanted = self.parts.settings.window
        window_id = next((id for id, n, _ in self.first_page.windows if wanted in (None, n)), None)

        def enter() -> "By":
            by = signing_in.by_number(desk, number=self.parts.clerk, window_id=window_id)
            if window_id:
                seats.take(desk, window_id=window_id, program=self.program, clerk_id=by.clerk_id)
            first_of_day.see_to(desk, by)
            return by

        try:
            self.by = await self.store_thread.run(enter)
        except Refusal as refusal:
            await self.switch_screen(SignInScreen())
            self.call_later(self._show_windows)
            self.ring(refusal.words, refusal.advice)
            return False
        await self.clean_drafts()
        return True

    async def clean_drafts(self) -> None:
        """Drop drafts whose act is in the journal after all, and those that nobody finished in seven days."""
        from clerk_tui.store.journal_position import acts_done

        desk, drafts = await self.desk_when_loaded(), self.drafts

        def look() -> frozenset[str]:
            with desk.look() as connection:
                return acts_done(connection, drafts.act_ids())

        drafts.clean(done=await self.store_thread.run(look), now=self.parts.now())

    async def sign_off(self) -> bool:
        """Sign off and show the sign-in. False: someone is still at the window."""
        from clerk_tui.desk import signing_in
        from clerk_tui.tui.screens.sign_in import SignInScreen

        if not await cast(Acting, self.screen).done(signing_in.sign_off):
            return False
        await self.leave_seat()
        self.by = None
        self.first_page = self.parts.read_first_page()
        if self._drafts is not None:
            self._drafts.close()
            self._drafts = None
        await self.switch_screen(SignInScreen())
        self.call_later(self._show_windows)
        return True

    async def leave_seat(self) -> None:
        """Stand up from the window and take the rendered papers away."""
        by = self.by
        if by is None or by.window_id is None or not self.desk_is_loaded:
            return
        from clerk_tui.desk import seats  # not before: an import waits for those of a desk that is loading
        from clerk_tui.documents.files import clear

        desk, window_id = await self.desk_when_loaded(), by.window_id

        def leave() -> None:
            seats.leave(desk, window_id=window_id, program=self.program)
            clear(self.parts.settings.print_folder)

        await self.store_thread.run(leave)

    # what happens meanwhile

    async def read_panel(self) -> "QueuePanel | None":
        """The queue as it stands now; a read in its turn behind the acts."""
        from clerk_tui.desk import queueing

        if self.by is None:
            return None
        desk, by = await self.desk_when_loaded(), self.by
        return await self.store_thread.run(lambda: queueing.panel(desk, by))

    def somebody_wrote(self) -> bool:
        """Whether anybody may have written to the store since the last call; a glance that holds nothing up."""
        if self._loading is None or not self.desk_is_loaded:
            return False
        if self._store_watch is None:
            from clerk_tui.store.watching import Watch

            self._store_watch = Watch(self._loading.result().store.path)
        return self._store_watch.somebody_wrote()

    def journal_stands_at(self, stamp: int) -> bool:
        """Whether a glance tells that nothing happened since `stamp`: most of what is written are other windows' seats."""
        return self._store_watch is not None and self._store_watch.journal_position() == stamp

    async def look_for_news(self, stamp: int) -> bool:
        """Whether the journal has grown since `stamp`; keeps the seat when it is time."""
        from clerk_tui.desk import seats
        from clerk_tui.store.journal_position import journal_position

        desk, by = await self.desk_when_loaded(), self.signed_in()
        now = self.parts.now()
        keeps = by.window_id is not None and abs(now - self._kept_at) >= seats.KEEP_ALIVE_SECONDS * 1000 - 500
        if keeps:
            self._kept_at = now

        def look() -> bool:
            if keeps and by.window_id:
                seats.keep_alive(desk, window_id=by.window_id, program=self.program, clerk_id=by.clerk_id)
            with desk.look() as connection:
                return journal_position(connection) != stamp

        return await self.store_thread.run(look)

    async def last_things(self) -> None:
        """Before the program ends: stand up, close the drafts, let the store go."""
        await self.wait_for_upgrade_to_stop(self._loading, STOPPING_SECONDS)
        await self.leave_seat()
        if self._drafts is not None:
            self._drafts.close()
            self._drafts = None
        if self._store_watch is not None:
            self._store_watch.close()
        if self.desk_is_loaded:
            desk = await self.desk_when_loaded()
            await self.store_thread.run(desk.store.close)

    @property
    def open_visit_id(self) -> str:
        """The visit at this window; '' for none."""
        from clerk_tui.tui.screens.workbench import Workbench

        panel = next((one.panel for one in self.screen_stack if isinstance(one, Workbench)), None)
        return (panel.visit_id or "") if panel is not None else ""

    def counts_changed(self) -> None:
        """Something that the top line counts came about without an event of the journal."""
        from clerk_tui.tui.screens.workbench import Workbench

        for one in self.screen_stack:
            if isinstance(one, Workbench):
                one.call_later(one.read_counts)

    # scans

    def classify(self, text: str) -> "Scan":
        """What a scan is, with this window's card reader in mind."""
        from clerk_tui.devices.scanner import classify

        return classify(text, today=self.today(), reader=self.parts.settings.card_reader)

    def is_card_line(self, text: str) -> bool:
        return self.classify(text).person is not None

    def is_known(self, text: str) -> bool:
        return self.classify(text).kind != "unknown"

    def tidy(self) -> None:
        """Once a second: tidy up, if nobody types."""
        if self.tidying is not None:
            self.tidying.look(monotonic() - self._touched)

    # the lock

    async def on_fresh_input(self, event: events.Key | events.Paste) -> None:
        self._touched = monotonic()
        await super().on_fresh_input(event)

    def lock_when_idle(self) -> None:
        """The one timer that may cover the screen."""
        minutes = self.parts.settings.idle_lock_minutes
        if minutes and self.by and not self.keys_taken and monotonic() - self._touched >= minutes * 60:
            self.lock()

    def lock(self) -> None:
        """Cover the screen until the own PIN opens it; focus and text below stay as they are."""
        from clerk_tui.tui.screens.lock import LockScreen

        if self.by is not None and not isinstance(self.screen, LockScreen):
            self.push_screen(LockScreen(self.by.clerk_name, self.window_words))

    # the clock

    def local_now(self) -> datetime:
        """Now on the hall's clock."""
        return local_time(self.parts.now(), self.first_page.zone_name)

    def today(self) -> date:
        """The hall's date."""
        return self.local_now().date()

    # given by the App

    def say(self, words: str) -> None:
        raise NotImplementedError

    def tell(self, news: str) -> None:
        raise NotImplementedError

    def ring(self, words: str, advice: str = "") -> None:
        raise NotImplementedError
