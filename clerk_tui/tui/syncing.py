"""Exchanging with the district beside the clerk's work: in a thread of its own, never on the store thread, never a dialog."""

import asyncio
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from clerk_tui.channel.background import Background
    from clerk_tui.channel.sync import ExchangeReport
    from clerk_tui.desk.context import Desk
    from clerk_tui.settings import Settings
    from clerk_tui.store.act import By

TICK_SECONDS = 5.0
"""How often the workbench asks whether it is time; the channel itself says when."""

R = TypeVar("R")
log = logging.getLogger(__name__)


class Syncing:
    """One program's exchange with the district, made when the desk has loaded."""

    def __init__(self, settings: "Settings", *, watches_clock: bool = False) -> None:
        self.settings = settings
        self.watches_clock = watches_clock
        self.background: Background | None = None
        self._preparing = threading.Lock()
        self.lists: str | None = None
        """Versions of the district's lists that the desk of this program works with; None before the first look."""

    def prepare(self, desk: "Desk") -> "Background":
        """The exchange of this desk's store; in a thread, because its imports would hold up a key."""
        with self._preparing:
            if self.background is None:
                from clerk_tui import __version__
                from clerk_tui.channel.background import Background
                from clerk_tui.channel.clock_jumps import ClockWatch

                self.background = Background(
                    desk.store, self.settings.channel_url, self.settings.keys_folder, self.settings.channel_host_key,
                    clock=desk.clock, app=__version__, catalogue=desk.catalogue.version,
                    watch=ClockWatch(desk.clock) if self.watches_clock else None,
                )  # fmt: skip
            self.background.catalogue = desk.catalogue.version
            return self.background

    @property
    def rests(self) -> bool:
        """Whether a tick is in vain unless somebody wrote to the store."""
        return self.background is not None and self.background.rests()

    async def tick(self, desk: "Desk") -> "ExchangeReport | None":
        """Exchange if it is time. A fault is logged, and told by the channel's own state."""
        try:
            return await in_thread(lambda: self.prepare(desk).tick())
        except Exception:  # whatever fails here, the clerk works on and the next try comes in a few seconds
            log.exception("exchanging failed")
            return None

    async def send_now(self, desk: "Desk") -> "ExchangeReport":
        """Exchange because the clerk asked. Raises Refusal (channel_off, keys_…, not_enrolled)."""
        return await in_thread(lambda: self.prepare(desk).send_now())

    async def new_catalogue(self, desk: "Desk") -> "tuple[str, Path | None] | None":
        """When lists became current that this program does not work with yet: their versions, and the catalogue's files."""
        return await in_thread(lambda: self._look(desk))

    def _look(self, desk: "Desk") -> "tuple[str, Path | None] | None":
        from sqlalchemy import select

        from clerk_tui.store.core import PUBLISHED_LISTS

        columns = select(PUBLISHED_LISTS.c.kind, PUBLISHED_LISTS.c.version)
        with desk.store.read() as connection:
            rows = connection.execute(columns.where(PUBLISHED_LISTS.c.state == "current")).all()
            now = " ".join(sorted(f"{row.kind}:{row.version}" for row in rows))
            if self.lists is None:
                self.lists = now  # the desk was made of these
            if now == self.lists:
                return None
            from clerk_tui.channel.taking_lists import folder_of

            return now, folder_of(connection, "catalogue", self.settings.store)

    async def new_calendar(self, desk: "Desk", by: "By") -> int | None:
        """Count dates anew by a year that came into the store meanwhile, each case an act of its own between those of
        the clerk; how many cases changed, None where nothing is new to this program."""

        def take_in() -> int | None:
            from clerk_tui.desk import calendars

            known = desk.calendar_notices
            if not calendars.behind(desk):
                return None
            redated = calendars.catch_up(desk, by)
            return redated if redated or desk.calendar_notices != known else None

        return await in_thread(take_in)

    def close(self) -> None:
        """End what runs: a link that hangs does not keep the program."""
        if self.background is not None:
            self.background.close()


async def in_thread(work: Callable[[], R]) -> R:
    """Run `work` in a thread that does not keep the program alive, as those of asyncio's own pool do."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[R] = loop.create_future()

    def tell(fill: Callable[[], None]) -> None:
        try:
            loop.call_soon_threadsafe(lambda: None if answer.done() else fill())
        except RuntimeError:
            return  # the program has ended meanwhile

    def run() -> None:
        try:
            found = work()
        except BaseException as error:  # goes to whoever waits
            fault = error
            tell(lambda: answer.set_exception(fault))
        else:
            tell(lambda: answer.set_result(found))

    threading.Thread(target=run, name="exchange", daemon=True).start()
    return await answer
