"""What a PDF says when it is read back, and what the facts of a paper say: the two sides of every comparison."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pypdfium2

from clerk_tui.rules.paper_facts import FORMS


def squeezed(text: str) -> str:
    """Without white space; compatibility ideographs that a PDF reader gives for the same glyph are folded."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("\x02", "")


def words_of(data: bytes) -> str:
    """All words of a PDF, squeezed."""
    document = pypdfium2.PdfDocument(data)
    try:
        return squeezed("".join(page.get_textpage().get_text_range() for page in document))
    finally:
        document.close()


UNSAID = {"code"}
"""The case's code: a paper carries its own, which finds paper and case."""


TOLD_IN_FULL = {"one_time_notice", "second_notice", "deficiency_notice", "guide_sheet"}
"""Papers that ask for materials: each row with its standard, issuer, place and time. The others list what there is."""

ROW_OF_A_LIST = {"name", "mark_words", "defect", "due"}


def fields(kind: str, facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every field of a form that these facts fill, and the words that must stand on the paper for it."""
    for key in FORMS[kind].keys:
        if key in facts and key not in UNSAID:
            value = facts[key]
            if key in ("materials", "remaining"):
                value = [_row(row, in_full=kind in TOLD_IN_FULL) for row in value]
            for words in _words(value):
                yield key, squeezed(words)


def _row(row: Mapping[str, Any], *, in_full: bool) -> dict[str, Any]:
    """What of a material stands on the paper; one that is faulty is told by its fault, not by its mark."""
    if in_full:
        return {name: value for name, value in row.items() if name != "mark_words" or not row.get("defect")}
    return {name: value for name, value in row.items() if name in ROW_OF_A_LIST}


def _words(value: Any) -> Iterator[str]:
    match value:
        case {"date": str(), "words": str()}:
            yield from _words(value["date"])
        case dict():
            for inner in value.values():
                yield from _words(inner)
        case list() | tuple():
            for inner in value:
                yield from _words(inner)
        case str() if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            day = date.fromisoformat(value)
            yield f"{day.year}年{day.month}月{day.day}日"
        case str() if value.strip():
            yield value
