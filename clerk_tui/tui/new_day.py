"""The day changes while the program is open: what was left of yesterday is closed, and the clerk is told once."""

import logging
from datetime import date
from typing import TYPE_CHECKING, cast

from clerk_tui.rules.refusal import Refusal
from clerk_tui.tui.acting import Acting
from clerk_tui.tui.widgets.lines import FixedLine

if TYPE_CHECKING:
    from textual.screen import Screen

MINUTE_MS = 60_000

log = logging.getLogger(__name__)


class NewDay(Acting):
    """Mixin of the workbench; `look_at_day` is asked once a second."""

    _day: date | None = None
    _day_looked_at = -1

    async def read_again(self) -> None:
        """Read the panel and let the place that is shown read its own; focus and text stay."""
        raise NotImplementedError

    def look_at_day(self) -> None:
        """Close what yesterday left open as soon as it is over; never a card, never the focus."""
        app, minute = self.clerk_app, self.clerk_app.parts.now() // MINUTE_MS
        if minute == self._day_looked_at:
            return  # also where a store was locked or a clock is asked about: once a minute is often enough
        self._day_looked_at = minute
        if self._day is None:
            self._day = app.today()  # the sign-in has seen to the days before
        elif app.today() > self._day:
            cast("Screen[None]", self).run_worker(self._see_new_day(app.today()), group="new-day", exit_on_error=False)

    async def _see_new_day(self, day: date) -> None:
        from clerk_tui.desk import first_of_day

        app = self.clerk_app
        desk, by = await app.desk_when_loaded(), app.signed_in()
        try:
            seen = await app.store_thread.run(lambda: first_of_day.new_day(desk, by))
        except Refusal as refusal:  # whoever acts next is told; a timer does not ring every minute
            log.warning("the new day was not seen to: %s", refusal.code)
            return
        self._day = day
        await self.read_again()
        if seen.words:
            # on the workbench itself, under whatever card or lock stands: it is there when the clerk comes back
            cast("Screen[None]", self).query_one(FixedLine).ring(f"已是 {day:%m-%d}。{seen.words}")
