"""Appointments that the district grants, from a JSON file: every entry is read and checked before one is published."""

import json
import re
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from clerk_tui.channel.reconciling import CHINA_HOURS, day_of
from clerk_tui.rules.refusal import Refusal

TEXTS = ("code", "day", "category", "name")
OPTIONAL = ("phone", "item_key")
SLOTS = ("slot_start_at", "slot_end_at")
LONGEST_TEXT = 100
FILE_BYTES = 8 * 1024 * 1024
FAULTS_SHOWN = 10

_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", re.ASCII)
_CHINA = timezone(timedelta(hours=CHINA_HOURS))
_EXAMPLE = (
    '例如 [{"code": "YY1", "day": "2026-12-02", "slot_start_at": "09:00", "slot_end_at": "09:30", "category": "综合", '
    '"name": "陈大文"}]'
)


def read(file: Path) -> list[dict[str, Any]]:
    """The entries as they travel; a slot is written as 09:00 or as UTC milliseconds. Raises Refusal appointments_file."""
    try:
        with file.open("rb") as opened:
            found = json.loads(opened.read(FILE_BYTES))
        if not isinstance(found, list) or not found:
            raise ValueError("list")
    except (OSError, ValueError, RecursionError) as error:
        raise _refused(file, "不是完好的预约列表", _EXAMPLE) from error
    faults: list[str] = []
    entries: list[dict[str, Any]] = []
    codes: set[str] = set()
    for place, one in enumerate(found, 1):
        try:
            entries.append(_entry(one))
            if entries[-1]["code"] in codes:
                raise ValueError(f"code {entries[-1]['code']} 前面已有")
            codes.add(entries[-1]["code"])
        except ValueError as error:
            faults.append(f"第 {place} 个: {error}")
    if faults:
        more = f"; 还有 {len(faults) - FAULTS_SHOWN} 个" if len(faults) > FAULTS_SHOWN else ""
        raise _refused(file, "; ".join(faults[:FAULTS_SHOWN]) + more, f"什么也没有发布; 改好以后再运行一次; {_EXAMPLE}")
    return entries


def _entry(one: Any) -> dict[str, Any]:
    if not isinstance(one, dict):
        raise ValueError("不是一个预约")
    unknown = sorted(set(one) - {*TEXTS, *OPTIONAL, *SLOTS})
    if unknown:
        raise ValueError(f"不认得的栏目 {unknown[0]}")
    entry: dict[str, Any] = {}
    for key in (*TEXTS, *OPTIONAL):
        value = one.get(key, "")
        if not isinstance(value, str) or len(value) > LONGEST_TEXT or (key in TEXTS and not value.strip()):
            raise ValueError(f"{key} 应当是文字, 不能空着" if key in TEXTS else f"{key} 应当是文字")
        entry[key] = value.strip()
    try:
        day = date.fromisoformat(entry["day"])
    except ValueError as error:
        raise ValueError(f"day {entry['day']} 不是日期, 应写成 2026-12-02") from error
    entry["day"] = day.isoformat()
    start, end = (_instant(day, key, one.get(key)) for key in SLOTS)
    if start >= end:
        raise ValueError("时段的结束不在开始之后")
    if {day_of(start), day_of(end)} != {entry["day"]}:
        raise ValueError("时段不在这一天")
    return entry | dict(zip(SLOTS, (start, end), strict=True))


def _instant(day: date, key: str, value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            datetime.fromtimestamp(value / 1000, UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise ValueError(f"{key} 不是时刻") from error
        return value
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"{key} 应写成 09:00, 或 UTC 毫秒")
    at = datetime(day.year, day.month, day.day, int(found[1]), int(found[2]), tzinfo=_CHINA)
    return int(at.timestamp() * 1000)


def _refused(file: Path, words: str, advice: str) -> Refusal:
    return Refusal("appointments_file", f"{file.name} {words}", advice)
