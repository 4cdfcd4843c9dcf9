"""due: the last day of a limit, explained day by day."""

import json
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from clerk_tui.cli.usage import Misuse
from clerk_tui.rules.limits import OFFICE_HOURS, Limit, Pause, explain, goes_on, prolonged
from clerk_tui.rules.limits import due as last_day
from clerk_tui.rules.queue_policy import CHINA
from clerk_tui.rules.working_days import WorkCalendar
from clerk_tui.rules.working_hours import due_at, explain_hours

LONGEST = 5000
YEARS = range(1949, 2200)
"""Start dates that can be meant."""
WEEKDAYS = "一二三四五六日"


class Unit(StrEnum):
    WORKING = "working"
    CALENDAR = "calendar"
    HOUR = "hour"


def due(
    start: Annotated[
        str, typer.Argument(metavar="DATE", help="起算事由发生的日期 2026-09-30; 按小时的可带时刻 2026-09-30T16:00")
    ],
    value: Annotated[int, typer.Argument(metavar="N", min=0, max=LONGEST, help="多少个单位; 0 = 当场")],
    unit: Annotated[Unit, typer.Option("--unit", help="working 工作日, calendar 日, hour 工作小时")] = Unit.WORKING,
    pause: Annotated[
        list[str] | None,
        typer.Option("--pause", metavar="FROM:TO", help="特别程序起止日(都含), 可写多次; 未结束的写 FROM:"),
    ] = None,
    extend: Annotated[
        int, typer.Option("--extend", min=0, max=LONGEST, help="批准延长多少个工作日(行政许可法四十二, 八十二条)")
    ] = 0,
    today: Annotated[str, typer.Option("--today", help="未结束的特别程序算到哪一天; 不写则为今天")] = "",
    calendar: Annotated[
        Path | None, typer.Option("--calendar", help="另加的工作日历: 一个年份文件(2027.yaml)或放这些文件的文件夹")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """算一个期限的最后一天, 逐日说明; 日历还没有公布的年份按平常的周计算, 并标明暂定。"""
    from clerk_tui.catalog.calendars import load_with

    found = load_with(calendar)
    limit = Limit(value, unit.value) if unit is not Unit.WORKING else prolonged(Limit(value), extend)
    day = _date(today) if today else datetime.now(CHINA).date()
    pauses = tuple(_pause(words) for words in pause or [])
    if unit is Unit.HOUR:
        content, lines = _hours(_moment(start), limit, found, pauses, day)
    else:
        content, lines = _days(_date(start), limit, found, pauses, day)
    if extend and unit is not Unit.WORKING:
        lines += _extended(content, extend, found, pauses, day)
    content |= {"published_until": found.published_until.isoformat()}
    if as_json:
        typer.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    for line in lines:
        typer.echo(line)
    if content["open_suspension"]:
        typer.echo("暂定: 特别程序还没有结束, 结束后才能确定")
    elif content["provisional"]:
        since, until = found.published_from.isoformat(), found.published_until.isoformat()
        typer.echo(f"暂定: 工作日历只有 {since} 至 {until}, 此外按周一至周五上班计算, 公布后须重算")
    weekday = WEEKDAYS[date.fromisoformat(content["due"]).weekday()]
    typer.echo(f"届满 {content['due']} 周{weekday}{content.get('due_at', '')[10:].replace('T', ' ')}")
    typer.echo(f"依据 {_basis(unit)}; 日历 {content['notices'] or '无'}")


def _days(
    start: date, limit: Limit, calendar: WorkCalendar, pauses: tuple[Pause, ...], today: date
) -> tuple[dict[str, Any], list[str]]:
    end = last_day(start, limit, calendar, pauses, today=today)
    days = explain(start, limit, calendar, pauses, today=today)
    content = {
        "start": start.isoformat(),
        "limit": {"value": limit.value, "unit": limit.unit, "words": limit.words},
        "due": end.day.isoformat(),
        "provisional": end.provisional,
        "open_suspension": goes_on(pauses, end.day),
        "notices": _notices(calendar, start, end.day),
        "days": [{"date": line.day.isoformat(), "nth": line.nth, "words": line.words} for line in days],
    }
    return content, [f"{line.day.isoformat()} 周{WEEKDAYS[line.day.weekday()]}  {line.words}" for line in days]


def _hours(
    start: datetime, limit: Limit, calendar: WorkCalendar, pauses: tuple[Pause, ...], today: date
) -> tuple[dict[str, Any], list[str]]:
    moment, provisional = due_at(start, limit.value, calendar, pauses=pauses, today=today)
    days = explain_hours(start, limit.value, calendar, pauses=pauses, today=today)
    content = {
        "start": start.isoformat(timespec="minutes"),
        "limit": {"value": limit.value, "unit": limit.unit, "words": limit.words},
        "due": moment.date().isoformat(),
        "due_at": moment.isoformat(timespec="minutes"),
        "provisional": provisional,
        "open_suspension": goes_on(pauses, moment.date()),
        "notices": _notices(calendar, start.date(), moment.date()),
        "days": [{"date": line.day.isoformat(), "minutes": line.minutes, "words": line.words} for line in days],
    }
    head = f"自 {start:%Y-%m-%d %H:%M} 起算, 只算上班时间 " + ", ".join(f"{a:%H:%M}-{b:%H:%M}" for a, b in OFFICE_HOURS)
    return content, [head, *(f"{one.day.isoformat()} 周{WEEKDAYS[one.day.weekday()]}  {one.words}" for one in days)]


def _extended(
    content: dict[str, Any], days: int, calendar: WorkCalendar, pauses: tuple[Pause, ...], today: date
) -> list[str]:
    """A limit in other units, prolonged: the law's days are working days (行政许可法 82) and follow its last day."""
    first = date.fromisoformat(content["due"])
    end = last_day(first, Limit(days), calendar, pauses, today=today)
    more = explain(first, Limit(days), calendar, pauses, today=today)[1:]
    words = [f"延长{line.words}" if line.nth else line.words for line in more]
    content |= {
        "due": end.day.isoformat(),
        "provisional": content["provisional"] or end.provisional,
        "open_suspension": content["open_suspension"] or goes_on(pauses, end.day),
        "notices": _notices(calendar, date.fromisoformat(content["start"][:10]), end.day),
        "extended_working_days": days,
    }
    content.pop("due_at", None)
    content["days"] += [
        {"date": line.day.isoformat(), "nth": line.nth, "words": word} for line, word in zip(more, words, strict=True)
    ]
    return [
        f"{line.day.isoformat()} 周{WEEKDAYS[line.day.weekday()]}  {word}"
        for line, word in zip(more, words, strict=True)
    ]


def _notices(calendar: WorkCalendar, first: date, last: date) -> str:
    """Numbers of the notices that cover the days counted."""
    return ", ".join(
        f"{calendar.notices[year]}({year})" for year in range(first.year, last.year + 1) if year in calendar.notices
    )


def _basis(unit: Unit) -> str:
    return {
        Unit.WORKING: "行政许可法八十二条, 民法典二百零一条(起算日不计入)",
        Unit.CALENDAR: "民法典二百零一条(起算日不计入), 二百零三条(末日为休息日的顺延)",
        Unit.HOUR: "民法典二百零一条(按小时的自该时刻起算)",
    }[unit]


def _date(text: str) -> date:
    try:
        return _meant(date.fromisoformat(text))
    except ValueError as error:
        raise Misuse("due_date", f"不是日期: {text or '(空)'}", "日期写成 2026-09-30") from error


def _meant(day: date) -> date:
    if day.year not in YEARS:
        raise Misuse("due_date", f"年份不对: {day.year}", f"应在 {YEARS[0]} 至 {YEARS[-1]} 年之间")
    return day


def _moment(text: str) -> datetime:
    """A moment; a date alone begins when the office opens."""
    try:
        if "T" in text or " " in text:
            moment = datetime.fromisoformat(text).replace(tzinfo=None)
            return datetime.combine(_meant(moment.date()), moment.time())
        return datetime.combine(_meant(date.fromisoformat(text)), OFFICE_HOURS[0][0])
    except ValueError as error:
        raise Misuse("due_date", f"不是日期或时刻: {text}", "写成 2026-09-30 或 2026-09-30T16:00") from error


def _pause(words: str) -> Pause:
    first, _, last = words.partition(":")
    if ":" not in words or not first:
        raise Misuse(
            "due_pause", f"特别程序写得不对: {words}", "写成 起日:止日, 例如 2026-11-10:2026-11-20; 未结束的写 起日:"
        )
    begin, end = _date(first), _date(last) if last else None
    if end is not None and end < begin:
        raise Misuse("due_pause", f"特别程序的止日早于起日: {words}", "写成 起日:止日, 例如 2026-11-10:2026-11-20")
    return Pause(begin, end)
