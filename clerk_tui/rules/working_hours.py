"""Limits of working hours: the moment at which one is over, in the office hours of working days (民法典 201, Guangzhou
政务服务规范 25); and the last day of any limit of a case, which begins at a moment."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from clerk_tui.rules.limits import (
    OFFICE_HOURS,
    Limit,
    Pause,
    Remaining,
    due,
    goes_on,
    marked,
    paused_days,
    prolonged,
    remaining,
)
from clerk_tui.rules.working_days import Due, WorkCalendar


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
    *,
    pauses: Sequence[Pause] = (),
    today: date | None = None,
) -> tuple[datetime, bool]:
    """The moment at which that many working hours are over (local time), and whether it is provisional.

    Hours run from the minute itself (民法典 201), as papers show it, in office hours (Guangzhou 政务服务规范 25) of
    working days only; days that a suspension touches drop out whole. One that goes on is taken up to `today` and makes
    the moment provisional.
    Raises ValueError when there is no such moment within ten years.
    """
    out = paused_days(pauses, today or start.date())
    moment, provisional, _ = _run_hours(start, hours, calendar, office_hours, out)
    return moment, provisional or goes_on(pauses, moment.date())


def explain_hours(
    start: datetime,
    hours: int,
    calendar: WorkCalendar,
    office_hours: Sequence[tuple[time, time]] = OFFICE_HOURS,
    *,
    pauses: Sequence[Pause] = (),
    today: date | None = None,
) -> tuple[HourLine, ...]:
    """How `due_at` was counted, day by day."""
    return _run_hours(start, hours, calendar, office_hours, paused_days(pauses, today or start.date()))[2]


def _run_hours(
    start: datetime,
    hours: int,
    calendar: WorkCalendar,
    office_hours: Sequence[tuple[time, time]],
    out: frozenset[date],
) -> tuple[datetime, bool, tuple[HourLine, ...]]:
    if hours < 0:
        raise ValueError("a limit cannot be negative")
    start = start.replace(second=0, microsecond=0)
    left = timedelta(hours=hours)
    day = start.date()
    published = calendar.is_published(day)
    lines: list[HourLine] = []
    for _ in range(3660):
        kind = calendar.kind_words(day)
        if day in out:
            lines.append(HourLine(day, 0, f"特别程序期间, 不计入; {kind}"))
        elif not calendar.is_working(day):
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


def case_due(
    start: datetime,
    limit: Limit,
    calendar: WorkCalendar,
    pauses: Sequence[Pause] = (),
    *,
    prolonged_days: int = 0,
    today: date | None = None,
) -> Due:
    """The last day of a limit that began at a moment, in whatever unit, suspended (行政许可法 45) and prolonged (42).

    The days of a prolongation are the law's: working days (行政许可法 82), whatever the unit of the limit itself.
    """
    if limit.unit == "working":
        return due(start.date(), prolonged(limit, prolonged_days), calendar, pauses, today=today)
    if limit.unit == "hour":
        moment, provisional = due_at(start, limit.value, calendar, pauses=pauses, today=today)
        first = Due(moment.date(), provisional)
    else:
        first = due(start.date(), limit, calendar, pauses, today=today)
    if not prolonged_days:
        return first
    last = due(first.day, Limit(prolonged_days), calendar, pauses, today=today)
    return Due(last.day, first.provisional or last.provisional)


def remaining_hours(moment: datetime, now: datetime, calendar: WorkCalendar, *, provisional: bool = False) -> Remaining:
    """What is left until a moment: as by days, with the hour; overdue from that hour on."""
    by_day = remaining(moment.date(), now.date(), calendar, provisional=provisional)
    if now.date() != moment.date():
        return by_day
    hour = marked(f"{moment:%H:%M}", provisional)
    return Remaining(0, f"逾期({hour} 前)", "overdue") if now > moment else Remaining(0, f"今天 {hour} 前", "today")
