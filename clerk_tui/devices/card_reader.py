"""Lines that identity-card readers type: separated fields in the order of a preset, or the card's own fixed layout.

Which format this window's reader has is a setting: `auto` believes any line that holds a valid number together with a
name, `number` is for readers that type nothing but the number, `off` for a window without a reader.

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
AUTO, FIXED, NUMBER, OFF = "auto", "fixed", "number", "off"
FIXED_WORDS = "定长: 证件原始文字区 128 字"
_FIXED_WIDTHS = (("name", 15), ("sex", 1), ("", 2), ("birth", 8), ("address", 35), ("number", 18))
_ANY_SEPARATOR = re.compile(r"[|,;#\t\r\n，；｜]+")
_NAME = re.compile(r"[^\W\d_]+(?:[· ][^\W\d_]+)*")
_NOT_NAMES = frozenset({"男", "女", "汉", "汉族", "居民身份证"})
_BIRTH = re.compile(r"(?:19|20)\d{2}\D?\d{2}\D?\d{2}\D?")
_ADDRESS = re.compile(r"[^\W\d_a-zA-Z].*\d")
_SEXES = {"1": "男", "2": "女", "男": "男", "女": "女", "男性": "男", "女性": "女", "M": "男", "F": "女"}


def read_line(line: str, *, today: date, preset: str = AUTO) -> ReaderPerson | None:
    """The person in a reader's line, by a preset's key, `fixed` or `number`; `auto` takes the first that yields a person.

    None when the line holds no valid identity number in its place, when it has no name, or when the card's birth date
    or sex contradicts its number: a misread card is not half believed. Raises KeyError for an unknown preset.
    """
    if preset == OFF:
        return None
    if preset == NUMBER:
        return _only_number(line, today)
    if preset == FIXED:
        return _person(_fixed_fields(line), today)
    if preset != AUTO:
        return _person(_split_fields(line, PRESETS[preset]), today)
    found = (_fixed_fields(line), *(_split_fields(line, one) for one in PRESETS.values()), _any_order(line, today))
    return next((person for fields in found if (person := _person(fields, today)) is not None), None)


def _only_number(line: str, today: date) -> ReaderPerson | None:
    checked = check_number(line.strip(), today=today)
    if not checked.valid or checked.birth is None:
        return None
    return ReaderPerson("", checked.sex, checked.birth.isoformat(), "", checked.number)


def _any_order(line: str, today: date) -> dict[str, str]:
    """Readers with an order of their own: fields are told apart by what they are; the name stands first or beside the number."""
    parts = [clean_line(part) for part in _ANY_SEPARATOR.split(line)]
    place = next((n for n, part in enumerate(parts) if len(part) >= 15 and check_number(part, today=today).valid), -1)
    if place < 0:
        return {}
    number = parts[place]
    likely = (parts[0], *parts[max(0, place - 1) : place], *parts[place + 1 : place + 2])
    names = [part for part in likely if _NAME.fullmatch(part) and part not in _NOT_NAMES and part[-1] != "局"]
    names = [name for name in names if len(name) > 1]
    if not names:
        return {}
    address = max((part for part in parts if part not in (number, names[0])), key=len, default="")
    return {
        "number": number,
        "name": names[0],
        "address": address if _ADDRESS.search(address) else "",
        "sex": next((part for part in parts if part in ("男", "女")), ""),
        "birth": next((part for part in parts if _BIRTH.fullmatch(part)), ""),
    }


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
