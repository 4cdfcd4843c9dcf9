"""What may stand in a line that people read: pasted control, direction and private characters never get in."""

import re
import unicodedata

from clerk_tui.rules.refusal import Refusal

MIDDLE_DOTS = "\u2022\u2219\u22c5\u25cf\u2024\u2027\u30fb\uff65\u0387\u16eb\u2e33"
"""Variants that input methods and readers give for the middle dot of a name; all become U+00B7."""

LONGEST_LINE = 500
"""Characters; a longer line is cut, so that no paste can swell a record."""

LONGEST_NAME = 80

_DOTS = str.maketrans(dict.fromkeys(MIDDLE_DOTS, "·"))
_SPACES = re.compile(r" {2,}")
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_BREAKS = frozenset({"Zl", "Zp"})


def clean_line(text: str) -> str:
    """One line of text: control, bidi, zero-width, private and unassigned characters dropped, breaks become spaces.

    Code points of names are kept as they are (no normalisation: rare characters would change), except that every kind
    of space becomes a plain one and every kind of middle dot becomes `·`.
    """
    kept: list[str] = []
    for char in text[: LONGEST_LINE * 4]:
        if char in "\r\n\t\v\f\x85":
            kept.append(" ")
            continue
        kind = unicodedata.category(char)
        if kind in _BREAKS or kind == "Zs":
            kept.append(" ")
        elif kind not in _DROPPED:
            kept.append(char)
    line = _SPACES.sub(" ", "".join(kept).translate(_DOTS)).strip()
    return line[:LONGEST_LINE]


def clean_name(text: str) -> str:
    """A person's or an organisation's name as it is kept. Spaces between Chinese characters and around dots go.

    Raises Refusal name_empty, name_long, name_digits (no name consists of digits or signs alone).
    """
    name = clean_line(text)
    name = re.sub(r"\s*·\s*", "·", name).strip("·")
    name = re.sub(r"(?<=[\u3400-\u9fff\U00020000-\U0003ffff]) (?=[\u3400-\u9fff\U00020000-\U0003ffff])", "", name)
    if not name:
        raise Refusal("name_empty", "姓名没有填写", "请按证件填写姓名", field="name")
    if len(name) > LONGEST_NAME:
        raise Refusal("name_long", f"姓名超过 {LONGEST_NAME} 个字", "请核对是否粘贴了其他内容", field="name")
    if not any(unicodedata.category(char).startswith("L") for char in name):
        raise Refusal("name_digits", "姓名里没有文字", "请按证件填写姓名, 证件号码填在号码栏", field="name")
    return name
