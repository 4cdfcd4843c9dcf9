"""Limits of time: a value with its unit, suspensions as intervals, what is left of one, and how it was counted.

行政许可法 82 (working days), 45 (what is not counted); 民法典 201 (the first day), 203 (a last day of rest).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import NamedTuple

from clerk_tui.rules.working_days import Due, WorkCalendar

UNIT_WORDS = {"working": "工作日", "calendar": "日", "hour": "工作小时"}

OFFICE_HOURS: tuple[tuple[time, time], ...] = ((time(9), time(12)), (time(13), time(17)))
"""Hours in which a limit of working hours runs (Guangzhou 政务服务规范 25)."""

SOON_DAYS = 2
"""Yellow: this many working days left or fewer, as the boards of 电子监察 have it; red is overdue."""

UNSURE = "(暂定)"
"""Behind every date that rests on a calendar which is not published yet, or on a suspension that goes on."""


@dataclass(frozen=True, slots=True)
class Limit:
    """`value` of `unit`: working (days) | calendar (days) | hour (working hours). 0 = at once (即办)."""

    value: int
    unit: str = "working"

    def __post_init__(self) -> None:
        if self.unit not in UNIT_WORDS:
            raise ValueError(f"unknown unit {self.unit!r}")
        if self.value < 0:
            raise ValueError("a limit cannot be negative")

    @property
    def words(self) -> str:
        return "当场" if self.value == 0 else f"{self.value} {UNIT_WORDS[self.unit]}"

    @property
    def text(self) -> str:
        """As it is kept: `20 working`."""
        return f"{self.value} {self.unit}"

    @classmethod
    def of_text(cls, text: str) -> "Limit | None":
        """The limit that `text` keeps, None for ''. Raises ValueError."""
        if not text:
            return None
        value, _, unit = text.partition(" ")
        return cls(int(value), unit)


@dataclass(frozen=True, slots=True)
class Pause:
    """A suspension (行政许可法 45 or the item's own rule): both days belong to it; `to_date` None = it goes on."""

    from_date: date
    to_date: date | None = None


class Remaining(NamedTuple):
    """`days`: working days left, negative calendar days when overdue. `urgency`: '' | soon | today | overdue."""

    days: int
    words: str
    urgency: str


def paused_days(pauses: Sequence[Pause], until: date) -> frozenset[date]:
    """Every day of the suspensions; one that goes on counts to `until`."""
    return frozenset(
        pause.from_date + timedelta(days=n)
        for pause in pauses
        for n in range(((pause.to_date or max(until, pause.from_date)) - pause.from_date).days + 1)
    )


def due(
    start: date, limit: Limit, calendar: WorkCalendar, pauses: Sequence[Pause] = (), *, today: date | None = None
) -> Due:
    """The last day of a limit that a document of `start` set going; suspended days are not counted.

    The day of the start event is not counted (民法典 201). Working days that a suspension touches drop out whole; of a
    limit in calendar days each suspended day drops out, and a last day of rest rolls over (民法典 203). Of a limit in
    working hours whose start is a day without an hour, this is the latest day: `working_hours` knows the moment. A
    suspension that goes on is taken up to `today` and makes the day provisional, unless it began after that day. Raises
    ValueError for an unknown unit.
    """
    working = limit.unit != "calendar"
    value = -(-limit.value // _hours_a_day()) if limit.unit == "hour" else limit.value
    if not pauses:
        return calendar.add_working_days(start, value) if working else calendar.add_calendar_days(start, value)
    if working:
        end = _past(start, value, calendar, _joined(pauses, today or start))
        return Due(end.day, end.provisional or goes_on(pauses, end.day))
    out = paused_days(pauses, today or start)
    day = start
    left = value
    while left:
        day += timedelta(days=1)
        left -= day not in out
    end = calendar.on_or_after(day)
    while end.day in out and value:
        end = calendar.on_or_after(end.day + timedelta(days=1))
    return Due(end.day, end.provisional or goes_on(pauses, end.day) or not calendar.is_published(start))


def goes_on(pauses: Sequence[Pause], last: date) -> bool:
    """Whether a suspension without an end reaches a limit whose last day is `last`: one that began later changes nothing."""
    return any(pause.to_date is None and pause.from_date <= last for pause in pauses)


def _joined(pauses: Sequence[Pause], until: date) -> list[tuple[date, date]]:
    """The suspensions in their order, those that overlap made one; one that goes on ends at `until`."""
    joined: list[tuple[date, date]] = []
    for first, last in sorted((one.from_date, one.to_date or max(until, one.from_date)) for one in pauses):
        if joined and first <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], last)
        else:
            joined.append((first, last))
    return joined


def _past(start: date, value: int, calendar: WorkCalendar, stood: Sequence[tuple[date, date]]) -> Due:
    """The working day that comes `value` after the start when those that stood still before it are added."""
    end = calendar.add_working_days(start, value)
    for first, last in stood:
        if not value or first > end.day:
            break
        if last > start:
            value += calendar.working_days_between(max(start, first - timedelta(days=1)), last)
            end = calendar.add_working_days(start, value)
    return end


def _hours_a_day() -> int:
    return sum(closes.hour - opens.hour for opens, closes in OFFICE_HOURS)


def prolonged(limit: Limit, units: int) -> Limit:
    """A limit with `units` more of its own unit."""
    return Limit(limit.value + units, limit.unit)


def remaining(due: date, today: date, calendar: WorkCalendar, *, provisional: bool = False) -> Remaining:
    """What is left until `due`: working days before it, calendar days after it; the words say when it is provisional.

    soon = two working days or fewer (yellow), overdue = red.
    """
    mark = UNSURE if provisional else ""
    if today > due:
        late = (today - due).days
        return Remaining(-late, f"逾期 {late} 日{mark}", "overdue")
    if today == due:
        return Remaining(0, f"今天{mark}", "today")
    left = calendar.working_days_between(today, due)
    return Remaining(left, f"剩 {left} 工作日{mark}", "soon" if left <= SOON_DAYS else "")


def marked(day: str | None, provisional: bool) -> str:
    """An ISO date as lists show it, '' for none; `2027-01-11(暂定)` where it is provisional."""
    return f"{day}{UNSURE if provisional else ''}" if day else ""


class DayLine(NamedTuple):
    """One day of an explanation. `nth` is the day's number within the limit, 0 when it is not counted."""

    day: date
    nth: int
    words: str


def explain(
    start: date, limit: Limit, calendar: WorkCalendar, pauses: Sequence[Pause] = (), *, today: date | None = None
) -> tuple[DayLine, ...]:
    """How `due` was counted, day by day: every day from the start to the last, and why it counts or not."""
    end = due(start, limit, calendar, pauses, today=today).day
    out = paused_days(pauses, today or start)
    working = limit.unit != "calendar"
    lines = [DayLine(start, 0, f"起算事由发生日, 不计入; {calendar.kind_words(start)}")]
    value = -(-limit.value // _hours_a_day()) if limit.unit == "hour" else limit.value
    count = 0
    day = start
    while day < end:
        day += timedelta(days=1)
        kind = calendar.kind_words(day)
        if day in out:
            lines.append(DayLine(day, 0, f"特别程序期间, 不计入; {kind}"))
        elif working and not calendar.is_working(day):
            lines.append(DayLine(day, 0, f"{kind}, 不计入"))
        elif count < value:
            count += 1
            last = "; 期限届满" if day == end else ""
            rolls = "; 末日为休息日, 顺延" if count == value and day != end else ""
            lines.append(DayLine(day, count, f"第 {count} 日, {kind}{last}{rolls}"))
        else:
            lines.append(DayLine(day, 0, f"{kind}, " + ("顺延至此届满(民法典203)" if day == end else "休息日顺延")))
    return tuple(lines)
