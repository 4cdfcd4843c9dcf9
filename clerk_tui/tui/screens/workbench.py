"""The workbench: the queue at the left, one place of work at the right, what was said and the keys below."""

import asyncio
import logging
from contextlib import suppress
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import ContentSwitcher, Input

from clerk_tui.desk.views.panel import DayFigures, QueuePanel, TicketView
from clerk_tui.rules.queue_classes import RANK_WORDS
from clerk_tui.rules.refusal import Refusal
from clerk_tui.tui.acting import Acting, flow
from clerk_tui.tui.board_keys import BoardKeys
from clerk_tui.tui.day_keys import DayKeys
from clerk_tui.tui.desk_keys import DeskKeys
from clerk_tui.tui.exchanging import Exchanging
from clerk_tui.tui.find_keys import FindKeys
from clerk_tui.tui.hall_keys import HallKeys
from clerk_tui.tui.heartbeat import every
from clerk_tui.tui.key_contract import CONTRACT
from clerk_tui.tui.new_day import NewDay
from clerk_tui.tui.paper_keys import PaperKeys
from clerk_tui.tui.person_keys import PersonKeys
from clerk_tui.tui.places import PLACES
from clerk_tui.tui.places.place import Place
from clerk_tui.tui.queue_acts import QueueActs
from clerk_tui.tui.scanning import Scanned
from clerk_tui.tui.syncing import TICK_SECONDS
from clerk_tui.tui.visit_keys import VisitKeys
from clerk_tui.tui.widgets.lines import FixedLine, KeyLine
from clerk_tui.tui.widgets.place_tabs import PlaceTabs, Tab
from clerk_tui.tui.widgets.queue_panel import QueueLine, QueueView
from clerk_tui.tui.widgets.rule import Rule
from clerk_tui.tui.widgets.top_line import WEEKDAYS, TopLine

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
MINUTE_MS = 60_000
LOOK_EVERY = 10
"""Polls between two looks while nobody writes: the seat is kept."""
COUNTS_EVERY = 30
"""Polls between two readings of the counts and the connection while the journal stands: batches come and go without events."""
EMPTY_PANEL = QueuePanel((), 0, 0, (), (), None, None, "open", "", None, (), DayFigures(), -1)


class Workbench(
    FindKeys,
    DeskKeys,
    PaperKeys,
    VisitKeys,
    PersonKeys,
    QueueActs,
    DayKeys,
    BoardKeys,
    HallKeys,
    Exchanging,
    NewDay,
    Acting,
    Screen[None],
):
    """One per program. Places are made when they are first shown and keep their state when they are left."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [*CONTRACT]

    def __init__(self) -> None:
        super().__init__()
        self.panel = EMPTY_PANEL
        self._polling = False
        self._polls = 0
        self._minute = 0
        self._looked_in_vain = False
        self.connection_words = ""
        self._specs = {spec.key: spec for spec in PLACES}
        self._here = ""

    def compose(self) -> ComposeResult:
        yield TopLine()
        yield Rule("=")
        with Horizontal(id="bench"):
            yield QueueView(id="queue-view")
            with Vertical(id="work"):
                yield QueueLine(id="queue-line")
                yield PlaceTabs([Tab(spec.key, spec.words) for spec in PLACES])
                yield Rule("-")
                yield ContentSwitcher(id="places")
        yield Rule("=")
        yield FixedLine()
        yield KeyLine()

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """What was just mounted was styled a moment ago: Textual need not do it all again before the first paint."""
        if not self.stack_updates:
            event.refresh_styles = False

    async def on_mount(self) -> None:
        self.show_panel(self._first_panel())
        self.show_top()
        every(POLL_SECONDS, self, self.poll)
        every(TICK_SECONDS, self, self.exchange)
        self.begin()
        if self.clerk_app.notices:
            self.say("; ".join(self.clerk_app.notices))

    @flow
    async def begin(self) -> None:
        """Sign in where no PIN is asked, then read everything for the first time."""
        app = self.clerk_app
        await app.painted.wait()  # what follows imports the place and the desk
        await self.show_place(next(iter(self._specs)))
        if app.by is None and app.signs_in_itself and not await app.sign_in_itself():
            return
        await self.read_again()
        self.show_top()
        if self.place:
            self.place.entered()
        self.offer_left_open()
        await self.look_at_machine()
        if app.tidying is not None:
            app.tidying.settle()

    async def look_at_machine(self) -> None:
        """Ring where the day would stop for want of room on the disk; a disk that cannot be asked says nothing."""
        from clerk_tui.tui.machine import machine_words

        with suppress(OSError):
            if words := await asyncio.to_thread(machine_words, self.clerk_app.parts.settings):
                self.ring(words)

    def offer_left_open(self) -> None:
        """Cards that stood open when the program ended: what was typed is there when they are opened again."""
        from clerk_tui.tui.cards.kept import left_open

        app = self.clerk_app
        if app.by is not None and app.desk_is_loaded and (headings := left_open(app.drafts, app.by.clerk_id)):
            self.say(f"上次没填完的还留着: {', '.join(headings)}; 再打开就在")

    def on_paste(self, event: events.Paste) -> None:
        """Text that is pasted where no field is goes to the find box, like stray typing."""
        if not isinstance(self.focused, Input) and (text := " ".join(event.text.split())):
            event.stop()
            self.find(text)

    def _first_panel(self) -> QueuePanel:
        """What the fast reader found, until the desk has loaded."""
        page = self.clerk_app.first_page
        waiting = tuple(
            TicketView(
                id=ticket.number,
                number=ticket.number,
                category=ticket.category,
                rank=ticket.rank,
                rank_words=RANK_WORDS[ticket.rank],
                state="waiting",
                issued_at=ticket.issued_at,
                waiting_seconds=max(0, page.read_at - ticket.issued_at) // 1000,
            )
            for ticket in page.waiting
        )
        longest = max((ticket.waiting_seconds for ticket in waiting), default=0)
        return QueuePanel(
            waiting, page.waiting_count, longest, (), (), None, None, "open", "", None, (), DayFigures(), -1
        )

    # what is shown

    def show_panel(self, panel: QueuePanel) -> None:
        """Show the queue; never moves the focus."""
        self.panel = panel
        now = self.clerk_app.parts.now()
        self.query_one(QueueView).show(panel, self.hm, now)
        self.query_one(QueueLine).show(panel, now)

    def hm(self, at: int) -> str:
        """Hours and minutes of an instant on the hall's clock."""
        from clerk_tui.store.first_page import local_time

        return local_time(at, self.clerk_app.first_page.zone_name).strftime("%H:%M")

    def show_top(self) -> None:
        """Draw the top line."""
        app = self.clerk_app
        now = app.local_now()
        self._minute = app.parts.now() // MINUTE_MS
        by = app.by
        self.query_one(TopLine).show(
            hall=app.hall_name,
            window=app.window_words,
            clerk=by.clerk_name if by else "",
            when=f"{now:%m-%d} 周{WEEKDAYS[now.weekday()]} {now:%H:%M}",
            connection=self.connection_words,
        )

    def poll(self) -> None:
        """Once a second: read the queue again when the journal has grown, keep the seat, draw the clock."""
        app = self.clerk_app
        if self._minute != app.parts.now() // MINUTE_MS:
            self.call_later(self.show_top)
        self.nag_held()
        app.tidy()
        app.send_queued_when_due()
        if self._polling or app.by is None or not app.desk_is_loaded:
            return
        self.look_at_day()
        self._polls += 1
        wrote = app.somebody_wrote()
        self._somebody_wrote = self._somebody_wrote or wrote
        if self._polls % LOOK_EVERY and (not wrote or app.journal_stands_at(self.panel.stamp)):
            return
        self._polling = True
        self.run_worker(self._poll(), group="poll", exit_on_error=False)

    async def _poll(self) -> None:
        try:
            if await self.clerk_app.look_for_news(self.panel.stamp):
                await self.read_again()
            elif self._polls % COUNTS_EVERY == 0:
                await self.read_counts()
        except Refusal as refusal:
            self.ring(refusal.words, refusal.advice)
        except Exception:  # a failed look must not end the clerk's program; the next one comes in a second
            if not self._looked_in_vain:
                log.exception("looking for news failed")
            self._looked_in_vain = True
        else:
            self._looked_in_vain = False
        finally:
            self._polling = False

    async def read_again(self) -> None:
        """Read the panel and let the place that is shown read its own; focus and text stay."""
        panel = await self.clerk_app.read_panel()
        if panel is not None and self.is_attached:
            self.show_panel(panel)
            await self.read_counts()
            if place := self.place:
                place.refresh_data()

    async def read_counts(self) -> None:
        """The counts beside the places, and the connection."""
        from clerk_tui.tui.counts import read_counts

        counts = await self.look_at(read_counts)
        if counts is None or not self.is_attached:
            return
        for key, words in counts.places:
            self.count(key, words)
        last = f"  上次 {self.hm(counts.last_ok_at)}" if counts.last_ok_at else ""
        self.connection_words = counts.connection + last
        self.show_top()

    def exchanged(self) -> None:
        """The place that shows the exchange follows it."""
        if self.place is not None and self.place.key == "channel":
            self.place.refresh_data()

    # places

    @property
    def place(self) -> Place | None:
        """The place that is shown."""
        if not self._here:
            return None
        found = self.query_one("#places", ContentSwitcher).query_children(f"#place-{self._here}")
        return found.first(Place) if found else None

    async def show_place(self, key: str, *, enter: bool = False) -> Place | None:
        """Show a place, making it first if need be; with `enter`, let it take the focus."""
        switcher = self.query_one("#places", ContentSwitcher)
        before = self.place
        if before is not None and self._here != key:
            before.remember_focus()
            before.left()
            self.query_one(FixedLine).leave()
            if self.focused is not None and before in self.focused.ancestors:
                self.query_one(PlaceTabs).focus()  # a field that is out of sight takes no keys
        if not switcher.query_children(f"#place-{key}"):
            made = self._specs[key].make()
            made.id = f"place-{key}"
            await switcher.add_content(made)
        self._here = key
        switcher.current = f"place-{key}"
        self.query_one(PlaceTabs).go(key)
        place = self.place
        assert place is not None
        self.query_one(KeyLine).hint(place.hints)
        if enter:
            place.entered()
        elif self.clerk_app.by is not None:
            place.refresh_data()
        return place

    def count(self, key: str, words: str) -> None:
        """What stands beside a place's name, such as `5!`."""
        self.query_one(PlaceTabs).count(key, words)

    @flow
    async def go_to(self, key: str, group: str = "", id: str = "") -> None:
        """Go to a place, and there to what was found (a Hit's group and id)."""
        place = await self.show_place(key, enter=not group)
        if group and place:
            place.open_hit(group, id)

    async def show_visit(self, visit_id: str) -> None:
        """Show the visit at this window in intake, with the cursor where the next input belongs; a clean fixed line."""
        self.say("")
        await self.show_place("intake", enter=True)

    async def run_command(self, action: str) -> None:
        """Run a command of the find box; what was refused before is over."""
        self.say("")
        await self.run_action(action if "." in action else f"screen.{action}")

    async def on_place_tabs_chosen(self, event: PlaceTabs.Chosen) -> None:
        event.stop()
        await self.show_place(event.key, enter=event.enter)

    # the contract

    def action_help(self) -> None:
        words = self.place.help_words() if self.place and self.focus_in_place else self._general_help()
        self.clerk_app.help_about(words, self.query_one(FixedLine).help)

    def _general_help(self) -> str:
        return getattr(self.focused, "help_words", "") or "F3 换地方, F5 叫号, F2 查找人和办件; Tab 换到下一处"

    @property
    def focus_in_place(self) -> bool:
        return self.focused is not None and self.place in self.focused.ancestors_with_self

    def action_find(self) -> None:
        self.find("")

    def action_workbench(self) -> None:
        self.query_one(PlaceTabs).focus()

    def action_values(self) -> None:
        if self.place:
            self.place.values()

    def action_confirm(self) -> None:
        if self.place:
            self.place.confirm()

    def action_back(self) -> None:
        if self.place and not self.place.back():
            self.query_one(PlaceTabs).focus()

    def on_queue_view_chosen(self, event: QueueView.Chosen) -> None:
        event.stop()
        self.open_ticket(event.ticket_id)

    def on_scanned(self, event: Scanned) -> None:
        event.stop()
        if not (self._into_field(event.text) or (self.place and self.place.scanned(event.text))):
            self.find_scanned(event.text)

    def _into_field(self, text: str) -> bool:
        """A number goes into a field of the form that asks for one; a code of ours never does."""
        from clerk_tui.devices.scanner import ScanKind
        from clerk_tui.tui.widgets.fields import SCANNED_KINDS, TextField

        field = self.focused
        if not (isinstance(field, TextField) and field.kind in SCANNED_KINDS):
            return False
        scan = self.clerk_app.classify(text)
        if scan.kind not in (ScanKind.IDENTITY, ScanKind.UNKNOWN):
            return False
        field.value = scan.value
        field.cursor_position = len(scan.value)
        return True

    def on_key(self, event: events.Key) -> None:
        """Letters that no field took: `?` asks for help, everything else goes to the find box."""
        character = event.character or ""
        if not event.is_printable or isinstance(self.focused, Input):
            return
        event.stop()
        if character in "?？":
            self.action_help()
        elif not (character.isascii() and character.isdigit()) and character.strip():
            self.find(character)
        elif character.strip():
            self.ring("数字在这里没有用处", "换地方先按 F3")
