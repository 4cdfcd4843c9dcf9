"""The exchange with the district beside the clerk's work, and what it brings that changes the desk: lists and calendars."""

import logging
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, cast

from clerk_tui.tui.acting import Acting

if TYPE_CHECKING:
    from textual.screen import Screen

    from clerk_tui.desk.context import Desk
    from clerk_tui.desk.views.panel import QueuePanel
    from clerk_tui.store.act import By

LISTS_EVERY = 6
"""Ticks between two looks for lists and calendars that came through another window; what came by this one is seen at once."""

log = logging.getLogger(__name__)


class Exchanging(Acting):
    """Mixin of the workbench."""

    panel: "QueuePanel"
    _ticks = 0
    _somebody_wrote = True
    """Since the last tick, by whomever."""
    _exchanging = False
    _dating = False

    async def read_again(self) -> None:
        raise NotImplementedError

    async def read_counts(self) -> None:
        raise NotImplementedError

    def exchanged(self) -> None:
        raise NotImplementedError

    def exchange(self) -> None:
        """Every few seconds: exchange with the district if it is time, and follow a calendar that came from wherever."""
        app = self.clerk_app
        if app.by is None or not app.desk_is_loaded:
            return
        self._ticks += 1
        wrote, self._somebody_wrote = self._somebody_wrote, False
        looks = wrote or self._ticks % LISTS_EVERY == 1 or not app.syncing.rests
        if looks and not self._exchanging:
            self._exchanging = True
            self._beside(self._exchange(), "exchange")
        if self._ticks % LISTS_EVERY == 1:  # not behind an exchange: a link that hangs keeps no date waiting
            self.look_for_calendar()

    def look_for_calendar(self) -> None:
        """Take in a year that was published meanwhile, beside whatever runs."""
        by = self.clerk_app.by
        if by is not None and not self._dating:
            self._dating = True
            self._beside(self._take_in_calendar(by), "calendar")

    def _beside(self, work: Coroutine[Any, Any, None], group: str) -> None:
        cast("Screen[None]", self).run_worker(work, group=group, exit_on_error=False)

    async def _exchange(self) -> None:
        try:
            desk = await self.clerk_app.desk_when_loaded()
            report = await self.clerk_app.syncing.tick(desk)
            if report is not None and self.is_attached:
                await self.read_counts()
                self.exchanged()
            if report is not None or self._ticks % LISTS_EVERY == 1:
                self.look_for_calendar()
                await self._take_up_lists(desk)
        except Exception:  # whatever fails here, the clerk works on and the next try comes in a few seconds
            log.exception("exchanging failed")
        finally:
            self._exchanging = False

    async def _take_in_calendar(self, by: "By") -> None:
        """Dates follow a new year's calendar at once, also while somebody is served: they are the law's, not the form's."""
        try:
            redated = await self.clerk_app.syncing.new_calendar(await self.clerk_app.desk_when_loaded(), by)
            if redated is not None and self.is_attached and self.clerk_app.by is not None:
                self.clerk_app.tell("新公布的工作日历已采用" + (f"; 重算了 {redated} 件的期限" if redated else ""))
                await self.read_again()
        except Exception:  # the next try comes in a few seconds
            log.exception("taking in a calendar failed")
        finally:
            self._dating = False

    async def _take_up_lists(self, desk: "Desk") -> None:
        """What the district published counts between two visits: an intake keeps the catalogue that it began with."""
        if self.panel.visit_id:
            return
        found = await self.clerk_app.syncing.new_catalogue(desk)
        if found is None or self.panel.visit_id or not self.is_attached:
            return
        from clerk_tui.desk import lists

        words = await self.look_at(lists.take_up, catalogue=found[1])
        self.clerk_app.syncing.lists = found[0]
        if words:
            self.clerk_app.tell(words)
