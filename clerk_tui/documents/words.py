"""Facts as a reader sees them: cleaned text, dates written out, deadlines, labelled pairs."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from clerk_tui.documents.text_layout import width
from clerk_tui.rules.paper_facts import CASE_KEYS, ENTRY_KEYS, FORMS, KEYS, MATERIAL_KEYS, RESULT_KEYS, is_blank
from clerk_tui.rules.plain_text import LONGEST_LINE, clean_line

Pair = tuple[str, str]
HALF_PAGE = 26
"""Cells of words that fit half the width of an A4 table beside their label."""
_ROWS = {"materials": MATERIAL_KEYS, "cases": CASE_KEYS, "results": RESULT_KEYS, "entries": ENTRY_KEYS}


def clean(value: Any) -> Any:
    """Every string in a fact on one line, without control and bidirectional characters; other values as they are."""
    if isinstance(value, str):
        parts = (value[at : at + LONGEST_LINE] for at in range(0, len(value), LONGEST_LINE))
        return "".join(map(clean_line, parts))  # clean_line cuts what is longer, and a paper must lose nothing
    if isinstance(value, Mapping):
        return {str(key): clean(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(inner) for inner in value]
    return value


def context(kind: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What a template of `kind` may name: every fact of the form, blank ones as '' or []; row lists with all keys."""
    found: dict[str, Any] = {}
    for key in FORMS[kind].keys:
        shape = KEYS[key].shape
        value = clean(facts.get(key))
        if shape == "lines":
            found[key] = [] if is_blank(value) else [value] if isinstance(value, str) else [str(line) for line in value]
        elif shape in _ROWS:
            found[key] = [] if is_blank(value) else [{**dict.fromkeys(_ROWS[shape], ""), **row} for row in value]
            if shape == "materials":
                found[key] = [{**row, "asked": _asked(row)} for row in found[key]]
        else:
            found[key] = "" if value is None else value
    return found


def _asked(material: Mapping[str, Any]) -> str:
    """In which form and how many: 纸质，原件 1 份，复印件 2 份."""
    counts = [
        f"{words} {material[key]} 份" for key, words in (("original", "原件"), ("copies", "复印件")) if material[key]
    ]
    return "，".join(part for part in (str(material["form"]), *counts) if part)


def day(value: object) -> str:
    """2026-11-23 as 2026年11月23日; anything else as it is."""
    text = str(value or "")
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{found.year}年{found.month}月{found.day}日"


def due_words(value: object) -> str:
    """A deadline: the date written out, then its words; provisional ones say that the calendar is not out yet."""
    if not isinstance(value, Mapping):
        return day(value)
    words, dated = str(value.get("words") or ""), day(value.get("date"))
    parts = [dated] if dated else []
    if words and words != dated:
        parts.append(f"（{words}）" if dated else words)
    if value.get("provisional"):
        parts.append("（节假日安排公布后可能调整）")
    return "".join(parts)


def said(key: str, value: object) -> str:
    """A fact in one line, by its shape."""
    shape = KEYS[key].shape
    if is_blank(value):
        return ""
    if shape == "date":
        return day(value)
    if shape == "due":
        return due_words(value)
    if shape == "lines" and isinstance(value, list):
        return "；".join(value)
    return str(value)


def cell_parts(row: Mapping[str, Any], keys: str) -> list[str]:
    """The facts of a row named by `keys` (spaces between), those that say something; a true flag is said by its label."""
    spoken: list[str] = []
    for key in keys.split():
        value = row[key]
        if value is True:
            if "退" not in str(row.get("mark_words", "")):  # 原件核退 says it already
                spoken.append(MATERIAL_KEYS[key])
        elif isinstance(value, list):
            spoken.append("、".join(str(inner) for inner in value))
        elif value is not False and not is_blank(value):
            spoken.append(due_words(value) if key in ("due", "date") else str(value))
    return [words for words in spoken if words]


def two_abreast(rows: Sequence[Pair], limit: int) -> list[list[Pair]]:
    """Put two neighbouring pairs on one row when the lines of both are at most `limit` cells."""
    lines: list[list[Pair]] = []
    for pair in rows:
        short = _widest(pair) <= limit
        if short and lines and len(lines[-1]) == 1 and _widest(lines[-1][0]) <= limit:
            lines[-1].append(pair)
        else:
            lines.append([pair])
    return lines


def _widest(pair: Pair) -> int:
    return max(map(width, pair[1].split("\n")))
