"""A field's value as it will be kept, and what counts as nothing at all."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from clerk_tui.rules.plain_text import clean_line


@dataclass(frozen=True)
class Filled:
    """A value as it will be kept (str, int, bool, list, dict; money in fen; dates ISO), or why it cannot be."""

    value: Any
    error: str = ""


def is_empty(raw: Any) -> bool:
    """Whether nothing was put in: white space counts as nothing, False and 0 as something."""
    if isinstance(raw, str):
        return not clean_line(raw)
    if isinstance(raw, dict):
        return all(is_empty(part) for part in raw.values())
    if isinstance(raw, list | tuple):
        return all(is_empty(part) for part in raw)
    return raw is None


def unspaced(raw: str) -> str:
    """Half-width, without any white space."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", raw))


def plain_number(raw: str) -> str:
    """A typed number without thousands separators and currency words; a sign stays, so that it can be refused."""
    return unspaced(raw).replace(",", "").removesuffix("元").removeprefix("¥")
