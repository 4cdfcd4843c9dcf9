"""Working days by the State Council's calendars, and limits counted on them (行政许可法 82, 民法典 201-203)."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

YEARS_AHEAD = 6
"""How many plain years after the last calendar are laid out beforehand; later days are counted one by one."""

NO_CALENDAR = date(1970, 1, 1)


class Due(NamedTuple):
    """The last day of a limit. `provisional`: reached over days whose calendar is not published yet."""

    day: date
    provisional: bool = False


@dataclass(frozen=True)
class WorkCalendar:
    """Published days off and working weekends; every other day follows the plain week.

    `off` and `work` are the dates of the notices; `published_until` is the last day that a notice covers;
    `notices` maps a year to its notice number.
    """

    off: frozenset[date]
    work: frozenset[date]
    published_until: date = NO_CALENDAR
    notices: dict[int, str] = field(default_factory=dict, compare=False)

    @cached_property
    def published_from(self) -> date:
        """The first day that a loaded notice covers."""
        if self.notices:
            return date(min(self.notices), 1, 1)
        return min(self.off | self.work, default=self.published_until)

    @cached_property
    def _days(self) -> tuple[int, ...]:
        """Ordinals of all working days that are laid out, ascending."""
        first, last = self._span
        off = {day.toordinal() for day in self.off}
        work = {day.toordinal() for day in self.work}
        return tuple(n for n in range(first, last + 1) if n in work or (n not in off and (n + 6) % 7 < 5))

    @cached_property
    def _span(self) -> tuple[int, int]:
        base = self.published_until if self.published_until > NO_CALENDAR else date(2024, 12, 31)
        first = date(min(self.published_from.year, base.year) - 1, 1, 1)
        return first.toordinal(), date(base.year + YEARS_AHEAD, 12, 31).toordinal()

    @cached_property
    def _published_span(self) -> tuple[int, int]:
        return self.published_from.toordinal(), self.published_until.toordinal()

    def is_working(self, day: date) -> bool:
        """Whether people work on that day."""
        if day in self.work:
            return True
        return day.weekday() < 5 and day not in self.off

    def is_published(self, day: date) -> bool:
        """Whether a loaded notice covers the day."""
        return self.published_from <= day <= self.published_until

    def add_working_days(self, start: date, n: int) -> Due:
        """The end of the n-th working day after `start`, which is itself not counted (民法典 201). n = 0 is `start`.

        Raises ValueError for a negative n.
        """
        if n <= 0:
            if n < 0:
                raise ValueError("a limit cannot be negative")
            return Due(start, not self.is_published(start))
        days = self._days
        ordinal = start.toordinal()
        first, last = self._span
        index = bisect_right(days, ordinal) + n - 1
        if ordinal >= first - 1 and index < len(days):
            end = days[index]
            published_first, published_last = self._published_span
            return Due(date.fromordinal(end), end > published_last or ordinal < published_first)
        return self._add_one_by_one(start, n, last)

    def _add_one_by_one(self, start: date, n: int, last: int) -> Due:
        day = start
        while n:
            day += timedelta(days=1)
            n -= self.is_working(day)
        return Due(day, not (self.is_published(start) and self.is_published(day)))

    def add_calendar_days(self, start: date, n: int) -> Due:
        """The n-th day after `start`; on a day of rest it rolls over to the next working day (民法典 203)."""
        if n < 0:
            raise ValueError("a limit cannot be negative")
        due = self.on_or_after(start + timedelta(days=n))
        return Due(due.day, due.provisional or start < self.published_from)

    def on_or_after(self, day: date) -> Due:
        """The day itself when people work on it, else the next working day."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return Due(day, not self.is_published(day))

    def working_days_between(self, a: date, b: date) -> int:
        """Working days after `a` up to and including `b`; negative when `b` comes before `a`."""
        if b < a:
            return -self.working_days_between(b, a)
        first, last = self._span
        start, end = a.toordinal(), b.toordinal()
        if first - 1 <= start and end <= last:
            return bisect_right(self._days, end) - bisect_right(self._days, start)
        return sum(self.is_working(day) for day in days_after(a, b))

    def kind_words(self, day: date) -> str:
        """What sort of day it is: 工作日, 调休上班, 节假日, 周末; `(日历未公布)` behind it where no notice covers it."""
        if day in self.work:
            words = "调休上班"
        elif day in self.off:
            words = "节假日" if day.weekday() < 5 else "节假日(周末)"
        else:
            words = "工作日" if day.weekday() < 5 else "周末"
        return words if self.is_published(day) else f"{words}(日历未公布)"

    def _until(self, years: set[int]) -> date:
        """The last day before the first gap between the years."""
        last = min(years)
        while last + 1 in years:
            last += 1
        return date(last, 12, 31) if self.notices else max(self.published_until, date(last, 12, 31))

    def with_notice(self, year: int, number: str, off: frozenset[date], work: frozenset[date]) -> "WorkCalendar":
        """This calendar and one more year, as its notice says; a year that was loaded before is replaced.

        A year that does not follow the ones before it counts, but leaves the gap unpublished and all behind it.
        """

        def others(days: frozenset[date]) -> frozenset[date]:
            return frozenset(day for day in days if day.year != year)

        old_off, old_work = (others(self.off), others(self.work)) if year in self.notices else (self.off, self.work)
        return WorkCalendar(
            off=(old_off | off) - work,
            work=(old_work | work) - off,
            published_until=self._until({*self.notices, year}),
            notices={**self.notices, year: number},
        )


def days_after(a: date, b: date) -> Iterator[date]:
    """Every day after `a` up to and including `b`."""
    for n in range(1, (b - a).days + 1):
        yield a + timedelta(days=n)
