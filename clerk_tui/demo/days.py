"""Clock and days of the demonstration: the hall is open on working days, and what is owed falls due around today."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from clerk_tui.rules.working_days import WorkCalendar


@dataclass
class Time:
    """The clock of the demonstration while it is made: set to each act's instant, never back."""

    now: int
    people: list[str] = field(default_factory=list)

    def __call__(self) -> int:
        return self.now

    def go(self, at: int) -> None:
        self.now = max(self.now + 1, at)


def began_so_that_due(calendar: WorkCalendar, today: date, *, ahead: int) -> date:
    """A working day from which five working days were counted, so that they end `ahead` working days from today."""
    target = today
    if ahead < 0:
        target = today - timedelta(days=1)
        while not calendar.is_working(target):
            target -= timedelta(days=1)
    elif ahead > 0:
        target = calendar.add_working_days(today, ahead).day
    began = today - timedelta(days=1)
    while calendar.add_working_days(began, 5).day > target or not calendar.is_working(began):
        began -= timedelta(days=1)
    return began


def last_open(calendar: WorkCalendar, day: date) -> date:
    """The day itself, or the last before it on which the hall was open."""
    while not calendar.is_working(day):
        day -= timedelta(days=1)
    return day
