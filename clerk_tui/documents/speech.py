"""The language of a paper: plain Chinese, Traditional characters, or Chinese with English beside it.

Names of persons and offices, numbers and the titles of laws are never converted: they stay as the documents have them.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from clerk_tui.documents.english import English
from clerk_tui.rules.refusal import Refusal

_TITLES = re.compile(r"(《[^》]*》)")
_NAMED = re.compile(r"\{(\w+)\}")
_DAY = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_WORKING_DAYS = re.compile(r"(\d+) ?个?工作日内?")
_NOTED = re.compile(r"（([^（）/]+)）")
_MAY_CHANGE = "（节假日安排公布后可能调整）"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

AS_THEY_ARE = frozenset(
    [
        "applicant",
        "applicant_number",
        "contact",
        "contact_phone",
        "agent",
        "agent_number",
        "recipient",
        "recipient_number",
        "clerk",
        "approver",
        "handled_by",
        "witness",
        "address",
        "hall",
        "department",
        "from_unit",
        "to_unit",
        "competent_authority",
        "principal",
        "principal_number",
        "principal_phone",
        "receipt_no",
        "district_no",
        "number",
        "paper_number",
        "waybill",
        "code",
        "phone",
        "supervision_phone",
        "item_code",
        "seal_no",
        "batch_no",
        "ticket",
        "place",
        "handed_to",
    ]
)
"""Facts that no conversion touches: names as they are registered, offices as their seal says, numbers."""

OFFICES = frozenset(["department", "competent_authority"])


class Speech:
    """Says labels, sentences and facts in one language: zh | hant | en. Raises Refusal variant_missing when it cannot."""

    def __init__(self, language: str, english: English | None = None) -> None:
        self.language = language
        self.english = english if english is not None and language == "en" else English()
        self._convert = _traditional() if language == "hant" else None
        self.unsaid: set[str] = set()

    def label(self, words: str) -> str:
        """A label or title; the English stands on a second line."""
        if self.language == "en":
            translated = self._english(words)
            return f"{words}\n{translated}" if translated else words
        return self.converted(words)

    def sentence(self, template: str, named: Mapping[str, str]) -> tuple[str, ...]:
        """A sentence with its facts `{item}`; in English a second one follows, its facts in English where they have it."""
        said = [_filled(self.converted(template), {key: self.chinese(key, words) for key, words in named.items()})]
        translated = self._english(template) if self.language == "en" else ""
        if translated:
            said.append(_filled(translated, {key: self.fact_alone(key, words) for key, words in named.items()}))
        return tuple(said)

    def text(self, words: str) -> str:
        """Words of the desk or of the catalogue; English follows on a line of its own where it is known."""
        if self.language == "en":
            translated = self.english.of(words)
            return f"{_DAY.sub(_both, words)}\n{translated}" if translated else self.date(words)
        return self.converted(words)

    def fact(self, key: str, words: str) -> str:
        """The words of a fact. An office keeps its name; English says beside it what it is."""
        if key in AS_THEY_ARE and not (key in OFFICES and self.language == "en"):
            return words
        return self.text(words)

    def chinese(self, key: str, words: str) -> str:
        """A fact within a Chinese sentence."""
        return words if key in AS_THEY_ARE else self.converted(words)

    def fact_alone(self, key: str, words: str) -> str:
        """A fact within an English sentence: the Chinese stands in the sentence before it."""
        return words if key in AS_THEY_ARE else self.english.of(words) or words

    def date(self, words: str) -> str:
        """Dates and working days written out get their English form behind them, a date alone below it."""
        if self.language != "en":
            return words
        if _DAY.fullmatch(words):
            return _DAY.sub(_both, words).replace(" (", "\n").rstrip(")")
        noted = _NOTED.sub(self._noted, _DAY.sub(_both, words))
        counted = _WORKING_DAYS.sub(r"\g<0> / \1 working days", noted)
        return counted.replace(_MAY_CHANGE, f"{_MAY_CHANGE[:-1]} / may change once holidays are announced）")

    def _noted(self, found: re.Match[str]) -> str:
        translated = self.english.of(found[1])
        return f"（{found[1]} / {translated}）" if translated else found[0]

    def converted(self, words: str) -> str:
        """Traditional characters where that is the language; law titles stay as they are."""
        if self._convert is None:
            return words
        return "".join(part if part.startswith("《") else self._convert(part) for part in _TITLES.split(words))

    def _english(self, words: str) -> str:
        translated = self.english.label(words)
        if not translated:
            self.unsaid.add(words)
        return translated


def _both(found: re.Match[str]) -> str:
    year, month, day = (int(part) for part in found.groups())
    return f"{found.group(0)} ({day} {_MONTHS[month - 1]} {year})" if 1 <= month <= 12 else found.group(0)


def _filled(sentence: str, named: Mapping[str, str]) -> str:
    return _NAMED.sub(lambda match: named[match.group(1)], sentence)


@lru_cache(maxsize=1)
def _traditional() -> Callable[[str], str]:
    try:
        from opencc import OpenCC
    except ImportError as error:
        raise Refusal(
            "variant_missing",
            "本机没有装繁体转换, 不能出繁体文书",
            "请改用普通样式, 或请信息人员安装 clerk-tui[variants]",
        ) from error
    convert: Callable[[str], str] = OpenCC("s2hk").convert
    return lambda words: _mended(convert(words))


_MISTAKEN = {"收復印": "收複印", "髮卡": "發卡", "會籤": "會簽", "周工作": "週工作"}
"""What the converter takes apart wrongly in words of the desk."""


def _mended(words: str) -> str:
    for wrong, right in _MISTAKEN.items():
        words = words.replace(wrong, right)
    return words
