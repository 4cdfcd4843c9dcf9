"""Limits of time: a value with its unit, suspensions as intervals, what is left of one, and how it was counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
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
    limit in calendar days each suspended day drops out, and a last day of rest rolls over (民法典 203). A limit in
    working hours ends at the latest on the day that this gives: `due_at` knows the hour. A suspension that goes on is
    taken up to `today` and makes the day provisional. Raises ValueError for an unknown unit.
    """
    working = limit.unit != "calendar"
    value = -(-limit.value // _hours_a_day()) if limit.unit == "hour" else limit.value
    if not pauses:
        return calendar.add_working_days(start, value) if working else calendar.add_calendar_days(start, value)
    open_ended = any(pause.to_date is None for pause in pauses)
    out = paused_days(pauses, today or start)
    day = start
    left = value
    while left:
        day += timedelta(days=1)
        left -= day not in out and (not working or calendar.is_working(day))
    end = Due(day, not calendar.is_published(day)) if working else calendar.on_or_after(day)
    while end.day in out and value:
        end = calendar.on_or_after(end.day + timedelta(days=1))
    return Due(end.day, end.provisional or open_ended or not calendar.is_published(start))


class HourLine(NamedTuple):
    """One day of a limit of working hours (local times): how many minutes of it run, or why none."""

    day: date
    minutes: int
    words: str


def due_at(
    start: datetime,
    hours: int,
    calendar: WorkCalendar,
    office_hours: Sequence[tuple[time, time]] = OFFICE_HOURS,
) -> tuple[datetime, bool]:
    """The moment at which that many working hours are over (local time), and whether it is provisional.

    Hours run from the moment itself (民法典 201), in office hours of working days only. Raises ValueError when
    there is no such moment within ten years.
    """
    moment, provisional, _ = _run_hours(start, hours, calendar, office_hours)
    return moment, provisional


def explain_hours(
    start: datetime,
    hours: int,
    calendar: WorkCalendar,
    office_hours: Sequence[tuple[time, time]] = OFFICE_HOURS,
) -> tuple[HourLine, ...]:
    """How `due_at` was counted, day by day."""
    return _run_hours(start, hours, calendar, office_hours)[2]


def _run_hours(
    start: datetime, hours: int, calendar: WorkCalendar, office_hours: Sequence[tuple[time, time]]
) -> tuple[datetime, bool, tuple[HourLine, ...]]:
    if hours < 0:
        raise ValueError("a limit cannot be negative")
    left = timedelta(hours=hours)
    day = start.date()
    published = calendar.is_published(day)
    lines: list[HourLine] = []
    for _ in range(3660):
        kind = calendar.kind_words(day)
        if not calendar.is_working(day):
            lines.append(HourLine(day, 0, f"{kind}, 不计入"))
        else:
            spans: list[str] = []
            used = timedelta()
            for opens, closes in office_hours:
                begin = max(start, datetime.combine(day, opens, tzinfo=start.tzinfo))
                end = datetime.combine(day, closes, tzinfo=start.tzinfo)
                if begin >= end:
                    continue
                taken = min(end - begin, left)
                left -= taken
                used += taken
                spans.append(f"{begin:%H:%M}-{begin + taken:%H:%M}")
                if not left:
                    words = f"{kind}, {', '.join(spans)}; 期限届满"
                    lines.append(HourLine(day, used // timedelta(minutes=1), words))
                    return begin + taken, not (published and calendar.is_published(day)), tuple(lines)
            words = f"{kind}, {', '.join(spans)}" if spans else f"{kind}, 已过上班时间"
            lines.append(HourLine(day, used // timedelta(minutes=1), words))
        day += timedelta(days=1)
    raise ValueError("no such moment within ten years")


def _hours_a_day() -> int:
    return sum(closes.hour - opens.hour for opens, closes in OFFICE_HOURS)


def prolonged(limit: Limit, units: int) -> Limit:
    """A limit with `units` more of its own unit."""
    return Limit(limit.value + units, limit.unit)


def due_prolonged(
    start: date,
    limit: Limit,
    days: int,
    calendar: WorkCalendar,
    pauses: Sequence[Pause] = (),
    *,
    today: date | None = None,
) -> Due:
    """The last day of a limit that was prolonged by so many working days (延长审批, 行政许可法 42, 82).

    The days are the law's, so they are working days whatever the unit of the limit itself.
    """
    if limit.unit == "working" or not days:
        return due(start, prolonged(limit, days), calendar, pauses, today=today)
    first = due(start, limit, calendar, pauses, today=today)
    last = due(first.day, Limit(days), calendar, pauses, today=today)
    return Due(last.day, first.provisional or last.provisional)


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
