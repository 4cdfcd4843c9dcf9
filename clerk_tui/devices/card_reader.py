"""Lines that identity-card readers type: separated fields in the order of a preset, or the card's own fixed layout.

The fixed layout is the text block of the second-generation card (GA 450): 128 characters, each field padded with
spaces: name 15, sex 1, nation 2, birth 8, address 35, number 18, issuer 15, valid from 8, to 8, reserved 18.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from clerk_tui.rules.identity import check_number
from clerk_tui.rules.plain_text import clean_line


@dataclass(frozen=True)
class ReaderPerson:
    """What the card says. `birth` is ISO or '', `sex` 男, 女 or ''; fields that the reader does not send are ''."""

    name: str
    sex: str
    birth: str
    address: str
    number: str


@dataclass(frozen=True)
class ReaderPreset:
    """`separator` is a regular expression; `fields` name the places, '' for what is not kept."""

    words: str
    separator: str
    fields: tuple[str, ...]


_CARD = ("name", "sex", "", "birth", "address", "number")
PRESETS: dict[str, ReaderPreset] = {
    "comma": ReaderPreset("逗号分隔: 姓名,性别,民族,出生,住址,号码", r"[,，]", _CARD),
    "semicolon": ReaderPreset("分号分隔: 姓名;性别;民族;出生;住址;号码", r"[;；]", _CARD),
    "bar": ReaderPreset("竖线分隔: 姓名|性别|民族|出生|住址|号码", r"[|｜]", _CARD),
    "space": ReaderPreset("空格分隔: 姓名 性别 民族 出生 住址 号码", r"\s+", _CARD),
    "tab": ReaderPreset("制表符分隔: 姓名 性别 民族 出生 住址 号码", r"\t", _CARD),
    "number_first": ReaderPreset(
        "逗号分隔: 号码,姓名,性别,出生,住址", r"[,，]", ("number", "name", "sex", "birth", "address")
    ),
}
FIXED = "fixed"
FIXED_WORDS = "定长: 证件原始文字区 128 字"
_FIXED_WIDTHS = (("name", 15), ("sex", 1), ("", 2), ("birth", 8), ("address", 35), ("number", 18))
_SEXES = {"1": "男", "2": "女", "男": "男", "女": "女", "男性": "男", "女性": "女", "M": "男", "F": "女"}


def read_line(line: str, *, today: date, preset: str = "") -> ReaderPerson | None:
    """The person in a reader's line, by a preset's key or `fixed`; without one, by the first that yields a person.

    None when the line holds no valid identity number in its place, when it has no name, or when the card's birth date
    or sex contradicts its number: a misread card is not half believed. Raises KeyError for an unknown preset.
    """
    if preset == FIXED:
        return _person(_fixed_fields(line), today)
    if preset:
        return _person(_split_fields(line, PRESETS[preset]), today)
    for found in (_fixed_fields(line), *(_split_fields(line, one) for one in PRESETS.values())):
        person = _person(found, today)
        if person is not None:
            return person
    return None


def _split_fields(line: str, preset: ReaderPreset) -> dict[str, str]:
    parts = re.split(preset.separator, line.strip())
    if preset.separator == r"\s+" and len(parts) > len(preset.fields):
        parts = _join_address(parts)
    return {name: clean_line(part) for name, part in zip(preset.fields, parts, strict=False) if name}


def _join_address(parts: list[str]) -> list[str]:
    """An address may hold spaces itself: it is all between the birth date and the number."""
    for index in range(5, len(parts)):
        if re.fullmatch(r"[0-9]{17}[0-9Xx]", parts[index]):
            return [*parts[:4], " ".join(parts[4:index]), *parts[index:]]
    return parts


def _fixed_fields(line: str) -> dict[str, str]:
    found: dict[str, str] = {}
    place = 0
    for name, length in _FIXED_WIDTHS:
        if name:
            found[name] = clean_line(line[place : place + length])
        place += length
    return found


def _person(fields: Mapping[str, str], today: date) -> ReaderPerson | None:
    checked = check_number(fields.get("number", ""), today=today)
    name = fields.get("name", "")
    if not checked.valid or checked.birth is None or not name or any(char.isdigit() for char in name):
        return None
    birth = re.sub(r"\D", "", fields.get("birth", ""))
    sex = _SEXES.get(fields.get("sex", "").upper(), "")
    if (birth and birth != f"{checked.birth:%Y%m%d}") or (sex and sex != checked.sex):
        return None
    return ReaderPerson(name, checked.sex, checked.birth.isoformat(), fields.get("address", ""), checked.number)
