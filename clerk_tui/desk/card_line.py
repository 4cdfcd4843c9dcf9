"""The line that an identity-card reader types: fields in any order, told apart by what they are."""

import re
from datetime import date

from clerk_tui.desk.views.visit import CardLine
from clerk_tui.rules.identity import check_number
from clerk_tui.rules.plain_text import clean_line

_SEPARATORS = re.compile(r"[|,;#\t\r\n，；｜]+")
_NAME = re.compile(r"[^\W\d_]+(?:[· ][^\W\d_]+)*")
_NOT_NAMES = {"男", "女", "汉", "汉族", "居民身份证"}


def read_card_line(line: str, today: date) -> CardLine | None:
    """Number, name and address of a reader's line; None when the text is not one (then it is what a person typed)."""
    parts = [clean_line(part) for part in _SEPARATORS.split(line)]
    parts = [part for part in parts if part]
    if len(parts) < 2:
        return None
    number = next((part for part in parts if len(part) >= 15 and check_number(part, today=today).valid), "")
    names = [part for part in parts if _NAME.fullmatch(part) and part not in _NOT_NAMES and len(part) >= 2]
    if not number or not names:
        return None
    address = max((part for part in parts if part not in (number, names[0])), key=len, default="")
    return CardLine(
        check_number(number, today=today).number, names[0], address if re.search(r"[^\W\d_a-zA-Z].*\d", address) else ""
    )
