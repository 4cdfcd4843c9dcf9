"""Text from data reaches the screen only through here: never as markup, never with control characters."""

import unicodedata
from collections.abc import Iterable

from rich.cells import cell_len, set_cell_size
from textual.content import Content

LEAST_CUT = 8
"""Narrower columns hold codes and counts, where every cell says something."""
STOPS = "；;，,。、"
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def shown(text: str) -> str:
    """The text with what no terminal can show (control, bidi, private use) as one blank each."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " if unicodedata.category(character) in _UNSEEN else character for character in text)


def plain(text: str, style: str = "") -> Content:
    """A text as content; `style` is a Textual style such as "bold" or "$late"."""
    return Content(shown(text)).stylize(style) if style else Content(shown(text))


def plain_lines(lines: Iterable[str], style: str = "") -> Content:
    """Several lines; a line break inside one of them stays a blank."""
    words = Content("\n".join(shown(line) for line in lines))
    return words.stylize(style) if style else words


def fit(text: str, width: int, *, right: bool = False) -> str:
    """The text in exactly `width` cells, cut or padded by cells, never by characters."""
    text = shown(text)
    if right and cell_len(text) < width:
        return " " * (width - cell_len(text)) + text
    return set_cell_size(text, width)


def cut(text: str, width: int, *, right: bool = False) -> str:
    """Like `fit`; what is longer ends in two dots, so that nobody takes a part for the whole."""
    if width >= LEAST_CUT and cell_len(text) > width:
        return set_cell_size(set_cell_size(shown(text), width - 2).rstrip() + "..", width)
    return fit(text, width, right=right)


def in_lines(text: str, width: int, most: int) -> list[str]:
    """The text in at most `most` lines of `width` cells, broken behind a stop where one is near; the last one is cut."""
    text = shown(text)
    lines: list[str] = []
    while len(lines) < most - 1 and cell_len(text) > width:
        head = set_cell_size(text, width).rstrip()
        for stops in (STOPS, " "):
            stop = max(head.rfind(mark) for mark in stops) + 1
            if cell_len(head[:stop]) > width * 2 // 3:
                head = head[:stop]
                break
        lines.append(head.rstrip())
        text = text[len(head) :].lstrip()
    return [*lines, cut(text, width).rstrip()]


def minutes(seconds: int) -> str:
    """A wait as clerks say it."""
    if seconds < 60:
        return "刚到" if seconds < 30 else "1 分"
    if seconds < 3600:
        return f"{seconds // 60} 分"
    return f"{seconds // 3600} 时 {seconds % 3600 // 60} 分"
