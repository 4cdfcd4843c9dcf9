"""The State Council's calendars, one file a year, as one calendar of working days."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from clerk_tui.resources import data_folder
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.working_days import WorkCalendar

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(folder: Path | None = None, *more: Path) -> WorkCalendar:
    """All calendars of a folder (default: the program's own), then of each further folder; a later year file wins.

    A file holds `year`, `notice` (its number), `holidays` (name -> days off) and `working_weekends`; a
    late day of December may stand in the next year's file. Raises Refusal calendar_fault naming file and fault.
    """
    years: dict[int, tuple[str, frozenset[date], frozenset[date]]] = {}
    for place in (folder or data_folder() / "calendar", *more):
        if not place.is_dir():
            raise Refusal("calendar_fault", f"找不到工作日历文件夹: {place.name}", "请重新安装, 或检查设置里的路径")
        for path in sorted(place.glob("*.yaml")):
            year, notice, off, work = read_year(path)
            years[year] = (notice, off, work)
    return joined(years)


def load_with(more: Path | None) -> WorkCalendar:
    """The program's own calendars and one more: a folder of year files, or one year's file. Raises Refusal."""
    if more is None or more.is_dir():
        return load(None, *([] if more is None else [more]))
    year, notice, off, work = read_year(more)
    return load().with_notice(year, notice, off, work)


def joined(years: dict[int, tuple[str, frozenset[date], frozenset[date]]]) -> WorkCalendar:
    """One calendar of years that follow each other; a gap ends what counts as published."""
    if not years:
        return WorkCalendar(off=frozenset(), work=frozenset())
    first = min(years)
    last = first
    while last + 1 in years:
        last += 1
    off: set[date] = set()
    work: set[date] = set()
    for year in sorted(years):
        off |= years[year][1]
        work = (work - years[year][1]) | years[year][2]
        off -= years[year][2]
    return WorkCalendar(
        off=frozenset(off),
        work=frozenset(work),
        published_until=date(last, 12, 31),
        notices={year: years[year][0] for year in sorted(years)},
    )


def read_year(path: Path) -> tuple[int, str, frozenset[date], frozenset[date]]:
    """One year's file: year, notice numbers, days off, working weekends. Raises Refusal calendar_fault."""

    def fault(words: str) -> Refusal:
        return Refusal("calendar_fault", f"工作日历 {path.name}: {words}", "请改正这个文件后再启动")

    try:
        with path.open(encoding="utf-8") as file:
            content = yaml.load(file, Loader=_LOADER)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise fault(f"读不出来({type(error).__name__})") from error
    if not isinstance(content, dict):
        raise fault("应为 year, notice, holidays, working_weekends 四项")
    year, notice = content.get("year"), content.get("notice")
    if not isinstance(year, int) or path.stem != str(year):
        raise fault("year 应与文件名一致")
    if not isinstance(notice, str) or not notice.strip():
        raise fault("缺少通知文号 notice")
    amended = content.get("amended_by") or []
    names: Any = content.get("holidays")
    if not isinstance(names, dict) or not isinstance(amended, list):
        raise fault("holidays 应为 节日: [日期, ...]")
    off = frozenset(day for days in names.values() for day in _dates(days, fault))
    work = frozenset(_dates(content.get("working_weekends") or [], fault))
    first, last = date(year, 1, 1) - timedelta(days=7), date(year, 12, 31)
    for day in sorted(off | work):
        if not first <= day <= last:
            raise fault(f"{day.isoformat()} 不属于 {year} 年的安排")
    if off & work:
        raise fault(f"{min(off & work).isoformat()} 既放假又上班")
    for day in sorted(work):
        if day.weekday() < 5:
            raise fault(f"{day.isoformat()} 本来就是工作日, 不必列为调休上班")
    return year, "; ".join([notice, *map(str, amended)]), off, work


def _dates(days: Any, fault: Any) -> list[date]:
    if not isinstance(days, list):
        raise fault("日期应写成 [2026-01-01, ...]")
    for day in days:
        if type(day) is not date:
            raise fault(f"{day!s:.20} 不是日期, 应写成 2026-01-01")
    return days
