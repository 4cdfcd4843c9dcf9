"""What every act is given: the store, the catalogue, the calendar, the station; put together in bootstrap."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection

from clerk_tui.catalog.model import Catalogue
from clerk_tui.rules.working_days import WorkCalendar
from clerk_tui.store import calendar_years
from clerk_tui.store.act import Act, By, Clock, acting, system_clock
from clerk_tui.store.engine import Store


@dataclass
class Desk:
    """The desk of one program at one window."""

    store: Store
    catalogue: Catalogue
    calendar: WorkCalendar
    hall_id: str
    hall_name: str
    short_name: str
    letter: str
    station: str
    inst: str
    zone_name: str = "Asia/Shanghai"
    clock: Clock = system_clock
    clock_confirmed: bool = field(default=False)
    calendar_notices: int = -1
    """How many notices of the store `calendar` holds; -1: not looked at yet."""

    @contextmanager
    def act(self, by: By, *, act_id: str | None = None) -> Iterator[Act]:
        """Open the one transaction of an act; no date is counted in it without every calendar that the store knows."""
        with acting(self.store, by, self.clock, act_id=act_id, clock_confirmed=self.clock_confirmed) as act:
            self.know_calendars(act.connection)
            yield act

    def know_calendars(self, connection: Connection) -> int:
        """Take in years that another program or the district put into the store; returns how many notices it keeps."""
        kept = calendar_years.kept_notices(connection)
        if kept != self.calendar_notices:
            self.calendar, self.calendar_notices = calendar_years.with_kept(connection, self.calendar), kept
        return kept

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """Open a read."""
        with self.store.read() as connection:
            yield connection

    def zone(self) -> ZoneInfo | timezone:
        """The hall's zone, whatever the machine's; China has kept one offset since 1991."""
        try:
            return ZoneInfo(self.zone_name)
        except ZoneInfoNotFoundError:
            return timezone(timedelta(hours=8))

    def local(self, at: int) -> datetime:
        """An instant (UTC ms) on the hall's clock."""
        return datetime.fromtimestamp(at / 1000, tz=self.zone())

    def midnight(self, day: date) -> int:
        """The instant (UTC ms) at which a date of the hall begins."""
        return int(datetime(day.year, day.month, day.day, tzinfo=self.zone()).timestamp() * 1000)

    def today(self) -> date:
        """The hall's date now."""
        return self.local(self.clock()).date()
