"""Find an item or a package by code, name, pinyin or initials; only what is valid on the day."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from clerk_tui.catalog.model import Catalogue, Item, Package, Spelling


@dataclass(frozen=True)
class FoundItem:
    """A hit. `rank`: 0 is the best, equal ranks in the order of codes."""

    key: str
    code: str
    name: str
    department: str
    handling: str
    limit_words: str
    rank: int
    package: bool = False


def find(catalogue: Catalogue, text: str, day: str, limit: int = 20) -> list[FoundItem]:
    """The entries that fit the text, best first; all of them for an empty text. `day` is an ISO date.

    The rank is the place in `_tests` of the first test that the code, the name or an alias passes.
    """
    wanted = fold(text)
    hits = [
        _hit(entry, rank)
        for entry, spellings in _entries(catalogue, day)
        if (rank := _rank(entry, spellings, wanted)) is not None
    ]
    return sorted(hits, key=lambda hit: (hit.rank, hit.package, hit.code))[:limit]


def by_code(catalogue: Catalogue, code: str, day: str = "") -> Item | None:
    """The item with exactly that code or key, and valid on the day if one is given."""
    wanted = unicodedata.normalize("NFKC", code).strip().casefold()
    item = catalogue.items.get(catalogue.key_by_code.get(wanted, wanted))
    return item if item is not None and (not day or item.is_valid(day)) else None


@lru_cache(maxsize=2048)  # keys and departments are folded at every character that is typed
def fold(text: str) -> str:
    """Full-width to half-width, lower case, no spaces, hyphens or quotes of input methods."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if not (char.isspace() or char in "-'"))


def limit_words(item: Item) -> str:
    """承诺 15 工作日, or 当场办结."""
    return "当场办结" if item.promise.value == 0 else f"承诺 {item.promise.words}"


def _entries(catalogue: Catalogue, day: str) -> Iterator[tuple[Item | Package, tuple[Spelling, ...]]]:
    for item in catalogue.items.values():
        if item.is_valid(day):
            yield item, catalogue.spelling.get(item.key, ())
    for package in catalogue.packages.values():
        if package.is_valid(day):
            yield package, catalogue.spelling.get(f"package:{package.key}", ())


def _rank(entry: Item | Package, spellings: tuple[Spelling, ...], wanted: str) -> int | None:
    if wanted in (entry.code, fold(entry.key)):
        return 0
    if entry.code.startswith(wanted):
        return 1
    ranks = [rank for spelling in spellings for rank, fits in enumerate(_tests(spelling, wanted), start=2) if fits]
    if ranks:
        return min(ranks)
    return 99 if isinstance(entry, Item) and wanted in fold(entry.department) else None


def _tests(spelling: Spelling, wanted: str) -> Iterator[bool]:
    yield spelling.name.startswith(wanted)
    yield wanted in spelling.name
    yield spelling.initials.startswith(wanted)
    yield spelling.pinyin.startswith(wanted)
    yield len(wanted) > 1 and wanted in spelling.initials
    yield len(wanted) > 1 and wanted in spelling.pinyin
    yield len(wanted) > 1 and _scattered(wanted, spelling.name)
    yield len(wanted) > 2 and _scattered(wanted, spelling.initials)


def _scattered(wanted: str, text: str) -> bool:
    """Whether the characters stand in the text in this order, beginning with its first: sbk in shbzksl."""
    rest = iter(text)
    return text[:1] == wanted[:1] and all(char in rest for char in wanted)


def _hit(entry: Item | Package, rank: int) -> FoundItem:
    if isinstance(entry, Item):
        words = limit_words(entry)
        return FoundItem(entry.key, entry.code, entry.name, entry.department, entry.handling, words, rank)
    words = f"承诺 {entry.promise.words}" if entry.promise else ""
    return FoundItem(entry.key, entry.code, entry.name, "一件事", "联办", words, rank, package=True)
