"""Pinyin of names, for the find box. Imported only when the cache is made: the tables are large."""

from pypinyin import Style, lazy_pinyin

from clerk_tui.catalog.find import fold
from clerk_tui.catalog.model import Catalogue, Spelling


def spell(name: str) -> Spelling:
    """A name with its pinyin and initials, lower case, letters and digits only: shebaoka, sbk."""
    full = lazy_pinyin(name, errors=_kept)
    initials = lazy_pinyin(name, style=Style.FIRST_LETTER, errors=_kept)
    return Spelling(fold(name), "".join(full).lower(), "".join(initials).lower())


def spell_all(catalogue: Catalogue) -> dict[str, tuple[Spelling, ...]]:
    """Key of each item -> spellings of its name and aliases; keys of packages are written `package:key`."""
    spelt = {key: tuple(spell(name) for name in (item.name, *item.aliases)) for key, item in catalogue.items.items()}
    return spelt | {f"package:{key}": (spell(package.name),) for key, package in catalogue.packages.items()}


def _kept(text: str) -> str:
    return "".join(char for char in text if char.isascii() and char.isalnum())
