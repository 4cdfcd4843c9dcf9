"""The language of a paper: plain Chinese, Traditional characters, or Chinese with English beside it.

Names of persons and offices, numbers and the titles of laws are never converted: they stay as the documents have them.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from clerk_tui.rules.refusal import Refusal

ENGLISH_FILE = "english.yaml"
_TITLES = re.compile(r"(《[^》]*》)")
_NAMED = re.compile(r"\{(\w+)\}")
_DAY = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_WORKING_DAYS = re.compile(r"(\d+) ?个?工作日内?")
_MAY_CHANGE = "（节假日安排公布后可能调整）"
_PLACE = re.compile(r"\{(\d)\}")
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


class Speech:
    """Says labels, sentences and facts in one language: zh | hant | en. Raises Refusal variant_missing when it cannot."""

    def __init__(self, language: str, english: Mapping[str, str]) -> None:
        self.language = language
        self.english = english if language == "en" else {}
        self._convert = _traditional() if language == "hant" else None
        self._patterns = _patterns_of(self.english)
        self.unsaid: set[str] = set()

    def label(self, words: str) -> str:
        """A label or title; the English stands on a second line."""
        if self.language == "en":
            translated = self._english(words)
            return f"{words}\n{translated}" if translated else words
        return self.converted(words)

    def sentence(self, template: str, named: Mapping[str, str]) -> tuple[str, ...]:
        """A sentence with its facts `{item}`; in English a second one follows."""
        said = [self.converted(template)]
        translated = self._english(template) if self.language == "en" else ""
        if translated:
            said.append(translated)
        return tuple(_NAMED.sub(lambda match: named[match.group(1)], words) for words in said)

    def text(self, words: str) -> str:
        """Words of the desk or of the catalogue; English follows where it is known."""
        if self.language == "en":
            translated = self.english.get(words) or self._by_pattern(words)
            return f"{self.date(words)} {translated}" if translated else self.date(words)
        return self.converted(words)

    def _by_pattern(self, words: str) -> str:
        """The English of words with numbers or names in them, where the file has them as `{1}`, `{2}`."""
        for pattern, translated in self._patterns:
            match = pattern.fullmatch(words)
            if match is not None:
                return _filled(translated, match)
        return ""

    def fact(self, key: str, words: str) -> str:
        """The words of a fact."""
        return words if key in AS_THEY_ARE else self.text(words)

    def date(self, words: str) -> str:
        """Dates and working days written out get their English form behind them."""
        if self.language != "en":
            return words

        def both(match: re.Match[str]) -> str:
            year, month, day = (int(part) for part in match.groups())
            return f"{match.group(0)} ({day} {_MONTHS[month - 1]} {year})" if 1 <= month <= 12 else match.group(0)

        counted = _WORKING_DAYS.sub(r"\g<0> / \1 working days", _DAY.sub(both, words))
        return counted.replace(_MAY_CHANGE, f"{_MAY_CHANGE[:-1]} / may change once holidays are announced）")

    def converted(self, words: str) -> str:
        """Traditional characters where that is the language; law titles stay as they are."""
        if self._convert is None:
            return words
        return "".join(part if part.startswith("《") else self._convert(part) for part in _TITLES.split(words))

    def _english(self, words: str) -> str:
        translated = self.english.get(words, "")
        if not translated:
            self.unsaid.add(words)
        return translated


def _filled(translated: str, found: re.Match[str]) -> str:
    return _PLACE.sub(lambda place: found[f"n{place[1]}"], translated)


def _patterns_of(english: Mapping[str, str]) -> list[tuple[re.Pattern[str], str]]:
    """The entries whose words hold `{1}`: as expressions that find what stands there."""
    return [
        (
            re.compile(_PLACE.sub(r"(?P<n\1>[^,，;；]+?)", re.escape(words).replace(r"\{", "{").replace(r"\}", "}"))),
            translated,
        )
        for words, translated in english.items()
        if _PLACE.search(words)
    ]


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
    return convert


@lru_cache(maxsize=4)
def english_words(folders: tuple[Path, ...]) -> dict[str, str]:
    """Chinese words and sentences of papers with their English, the first folder's over the later ones'."""
    import yaml

    found: dict[str, str] = {}
    for folder in reversed(folders):
        path = folder / ENGLISH_FILE
        if path.is_file():
            read: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
            found |= {str(key): str(value) for key, value in (read or {}).items()}
    return found
