"""Fields of an item's form: what was typed becomes a typed value, or a clear fault."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from clerk_tui.catalog.model import FieldSpec
from clerk_tui.desk.filled import Filled, is_empty, plain_number, unspaced
from clerk_tui.desk.filling_rows import columns, person, table
from clerk_tui.rules.identity import check_number, fold
from clerk_tui.rules.masking import mask_number
from clerk_tui.rules.plain_text import clean_line

__all__ = ["Filled", "check", "columns", "is_empty", "money_words", "read_date", "words", "words_of_row"]

LONGEST_TEXT = 300
EARLIEST_YEAR = 1900
YEARS_AHEAD = 60
LARGEST = 10**12
PERSONAL = frozenset({"idno", "bank"})
"""Types of field that hold an identity or account number."""
PAST_ONLY = ("出生", "死亡", "去世", "到龄前")


def check(spec: FieldSpec, raw: Any, today: date) -> Filled:
    """Read what was typed in a field. An empty value is no fault here: whether it is required is the sheet's business."""
    if is_empty(raw):
        return Filled(None)
    return _READERS[spec.type](spec, raw, today)


def words(spec: FieldSpec, value: Any) -> str:
    """A kept value as the clerk and the papers read it."""
    if value is None:
        return ""
    if spec.type == "bool":
        return "是" if value else "否"
    if spec.type == "money":
        return money_words(int(value))
    if isinstance(value, list):
        return "; ".join(words_of_row(row) if isinstance(row, dict) else str(row) for row in value)
    if isinstance(value, dict):
        return words_of_row(value)
    return str(value).replace("T", " ") if spec.type == "datetime" else str(value)


def is_personal(spec: FieldSpec) -> bool:
    """Whether a field holds an identity or account number, which is shown in part."""
    return spec.type in PERSONAL


def shown(spec: FieldSpec, value: Any) -> str:
    """As `words`, where nobody needs the whole number: identity and account numbers in part."""
    return mask_number(words(spec, value)) if is_personal(spec) else words(spec, value)


def words_of_row(row: dict[str, Any]) -> str:
    return " ".join(str(part) for part in row.values() if part not in ("", None))


def money_words(fen: int) -> str:
    """Fen as yuan: 120.50 元."""
    return f"{fen // 100}.{fen % 100:02d} 元"


def _text(spec: FieldSpec, raw: Any, today: date) -> Filled:
    text = clean_line(str(raw))
    if len(text) > LONGEST_TEXT:
        return Filled(text, f"最多 {LONGEST_TEXT} 字")
    return Filled(text)


def _address(spec: FieldSpec, raw: Any, today: date) -> Filled:
    found = _text(spec, raw, today)
    if not found.error and len(found.value) < 4:
        return Filled(found.value, "地址太短, 请写到门牌或村组")
    return found


def _int(spec: FieldSpec, raw: Any, today: date) -> Filled:
    if isinstance(raw, bool):
        return Filled(None, "请填整数")
    text = plain_number(str(raw))
    if not re.fullmatch(r"[0-9]{1,12}", text):
        return Filled(str(raw), "请填整数, 例如 3")
    return Filled(int(text))


def _decimal(spec: FieldSpec, raw: Any, today: date) -> Filled:
    text = plain_number(str(raw))
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,4})?", text):
        return Filled(str(raw), "请填数字, 例如 86.5")
    whole, _, part = text.partition(".")
    part = part.rstrip("0")
    return Filled(str(int(whole)) + (f".{part}" if part else ""))


def _money(spec: FieldSpec, raw: Any, today: date) -> Filled:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return Filled(raw) if 0 <= raw < LARGEST else Filled(None, "金额超出范围")
    text = plain_number(str(raw))
    if not re.fullmatch(r"[0-9]{1,10}(\.[0-9]{1,2})?", text):
        return Filled(str(raw), "请填金额(元), 最多两位小数, 例如 120.50")
    yuan, _, part = text.partition(".")
    return Filled(int(yuan) * 100 + int(part.ljust(2, "0") or "0"))


def _bool(spec: FieldSpec, raw: Any, today: date) -> Filled:
    if isinstance(raw, bool):
        return Filled(raw)
    text = fold(str(raw))
    if text in ("是", "有", "Y", "1", "TRUE"):
        return Filled(True)
    if text in ("否", "无", "没有", "N", "0", "2", "FALSE"):
        return Filled(False)
    return Filled(str(raw), "请选 1 是 或 2 否")


def _option(spec: FieldSpec, raw: str) -> str | None:
    """An option by its words or by its number in the list."""
    text = clean_line(raw)
    if text in spec.options:
        return text
    digits = fold(text)
    if digits.isdecimal() and 1 <= int(digits) <= len(spec.options):
        return spec.options[int(digits) - 1]
    return None


def _choice(spec: FieldSpec, raw: Any, today: date) -> Filled:
    if not spec.options:
        return _text(spec, raw, today)
    found = _option(spec, str(raw))
    if found is None:
        return Filled(str(raw), f"请在 {len(spec.options)} 个选项中选一个, 按 F4 看选项")
    return Filled(found)


def _multi(spec: FieldSpec, raw: Any, today: date) -> Filled:
    parts = re.split(r"[,，、;；\n]+", raw) if isinstance(raw, str) else [str(part) for part in raw]
    chosen: list[str] = []
    for part in parts:
        text = clean_line(part)
        if not text:
            continue
        found = _option(spec, text) if spec.options else text
        if found is None:
            return Filled(list(parts), f"没有这个选项: {text[:12]}; 按 F4 看选项")
        if found not in chosen:
            chosen.append(found)
    if len("".join(chosen)) > LONGEST_TEXT * 4:
        return Filled(chosen, "内容太长")
    return Filled(chosen)


def read_date(raw: str) -> date | None:
    """A date typed in any usual way: 2026-11-23, 20261123, 2026.11.23, 2026年11月23日, full-width too."""
    found = re.fullmatch(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?", unspaced(raw), re.ASCII)
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _day_fault(spec: FieldSpec, day: date, today: date) -> str:
    if not EARLIEST_YEAR <= day.year <= today.year + YEARS_AHEAD:
        return f"年份应在 {EARLIEST_YEAR} 到 {today.year + YEARS_AHEAD} 之间"
    if day > today and any(word in spec.label for word in PAST_ONLY):
        return "日期在今天之后, 请核对"
    return ""


def _date(spec: FieldSpec, raw: Any, today: date) -> Filled:
    day = read_date(str(raw))
    if day is None:
        return Filled(str(raw), "请填日期, 例如 2026-11-23 或 20261123")
    return Filled(day.isoformat(), _day_fault(spec, day, today))


def _datetime(spec: FieldSpec, raw: Any, today: date) -> Filled:
    found = re.fullmatch(r"(.*?[0-9日])[\sT]+(\d{1,2})[:：时](\d{2})分?", str(raw).strip()) or re.fullmatch(
        r"(\d{8})(\d{2})(\d{2})", unspaced(str(raw)), re.ASCII
    )
    day = read_date(found[1]) if found else None
    if found is None or day is None or int(found[2]) > 23 or int(found[3]) > 59:
        return Filled(str(raw), "请填日期和时刻, 例如 2026-11-23 08:30")
    return Filled(f"{day.isoformat()}T{int(found[2]):02d}:{int(found[3]):02d}", _day_fault(spec, day, today))


def _year_month(spec: FieldSpec, raw: Any, today: date) -> Filled:
    found = re.fullmatch(r"(\d{4})[-/.年]?(\d{1,2})月?", unspaced(str(raw)), re.ASCII)
    if not found or not 1 <= int(found[2]) <= 12:
        return Filled(str(raw), "请填年月, 例如 2026-11 或 202611")
    return Filled(
        f"{int(found[1]):04d}-{int(found[2]):02d}", _day_fault(spec, date(int(found[1]), int(found[2]), 1), today)
    )


def _idno(spec: FieldSpec, raw: Any, today: date) -> Filled:
    found = check_number(str(raw), today=today)
    return Filled(found.number, "" if found.valid else "; ".join(found.reasons) or "号码不对")


def _bank(spec: FieldSpec, raw: Any, today: date) -> Filled:
    text = fold(str(raw))
    if not re.fullmatch(r"[0-9]{8,32}", text):
        return Filled(text, "银行账号应为 8 到 32 位数字")
    return Filled(text)


def _photo(spec: FieldSpec, raw: Any, today: date) -> Filled:
    text = fold(str(raw))
    if not re.fullmatch(r"[0-9A-Z]{4,40}", text):
        return Filled(text, "请填照片回执号(字母和数字)")
    return Filled(text)


_READERS: dict[str, Callable[[FieldSpec, Any, date], Filled]] = {
    "text": _text,
    "address": _address,
    "int": _int,
    "decimal": _decimal,
    "money": _money,
    "bool": _bool,
    "choice": _choice,
    "multi": _multi,
    "date": _date,
    "datetime": _datetime,
    "year_month": _year_month,
    "idno": _idno,
    "bank": _bank,
    "photo": _photo,
    "person": person,
    "table": table,
}
