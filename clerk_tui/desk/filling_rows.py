"""Fields that hold more than one thing: a person, a table."""

import re
from datetime import date
from typing import Any

from clerk_tui.catalog.model import FieldSpec
from clerk_tui.desk.filled import Filled, is_empty, plain_number
from clerk_tui.rules.identity import check_number, check_phone
from clerk_tui.rules.plain_text import clean_line, clean_name
from clerk_tui.rules.refusal import Refusal

MOST_ROWS = 40
TABLE_COLUMNS = ("姓名", "关系", "证件号码")
PERSON_PARTS = ("name", "number", "phone")


def columns(spec: FieldSpec) -> tuple[str, ...]:
    """The columns of a table field: named by its hint (姓名/关系/…), else name, relation, number."""
    if spec.type != "table":
        return ()
    named = tuple(part.strip() for part in spec.hint.split("/") if part.strip())
    return named if len(named) > 1 else TABLE_COLUMNS


def person(spec: FieldSpec, raw: Any, today: date) -> Filled:
    if isinstance(raw, str):
        raw = dict(zip(PERSON_PARTS, raw.split(), strict=False))
    if not isinstance(raw, dict):
        return Filled(None, "请填姓名 证件号码 电话")
    try:
        name = clean_name(str(raw.get("name", "")))
    except Refusal as refusal:
        return Filled({**dict.fromkeys(PERSON_PARTS, ""), "name": clean_line(str(raw.get("name", "")))}, refusal.words)
    value = {"name": name, "number": "", "phone": ""}
    if not is_empty(raw.get("number")):
        number = check_number(str(raw["number"]), today=today)
        value["number"] = number.number
        if not number.valid:
            return Filled(value, "; ".join(number.reasons))
    if not is_empty(raw.get("phone")):
        phone = check_phone(str(raw["phone"]))
        value["phone"] = phone.phone
        if not phone.valid:
            return Filled(value, "; ".join(phone.reasons))
    return Filled(value)


def table(spec: FieldSpec, raw: Any, today: date) -> Filled:
    names = columns(spec)
    lines = [line.split() for line in raw.splitlines()] if isinstance(raw, str) else list(raw)
    rows: list[dict[str, str]] = []
    for line in lines:
        cells = line if isinstance(line, dict) else dict(zip(names, line, strict=False))
        row = {name: clean_line(str(cells.get(name) or "")) for name in names}
        if not any(row.values()):
            continue
        fault = _row_fault(row, today)
        rows.append(row)
        if fault:
            return Filled(rows, f"第 {len(rows)} 行{fault}")
    if len(rows) > MOST_ROWS:
        return Filled(rows, f"最多 {MOST_ROWS} 行")
    return Filled(rows)


def _row_fault(row: dict[str, str], today: date) -> str:
    first = next(iter(row))
    if not row[first]:
        return f"缺{first}"
    for name, text in row.items():
        if not text:
            continue
        if "身份证" in name or "证件号" in name:
            found = check_number(text, today=today)
            row[name] = found.number
            if not found.valid:
                return f"{name}: {'; '.join(found.reasons)}"
        elif "收入" in name or "金额" in name:
            amount = plain_number(text)
            if not re.fullmatch(r"[0-9]{1,10}(\.[0-9]{1,2})?", amount):
                return f"{name}: 请填金额(元)"
            row[name] = amount
    return ""
