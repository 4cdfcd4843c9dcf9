"""The legal texts of a catalogue (legal.yaml): what papers cite, what one can do against a decision, why one is refused.

A folder without the file is given the shipped one: a district that changes nothing of it need not hold it.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from clerk_tui.catalog.faults import Fault
from clerk_tui.resources import data_folder
from clerk_tui.rules.legal_texts import LegalBook, LegalTexts, RefusalReason
from clerk_tui.rules.regimes import REGIMES

FILE = "legal.yaml"
PAPERS = ("promise", "authorisation", "elder_wish")
"""Papers whose basis follows from no outcome."""


def legal_file(folder: Path) -> Path:
    """The file that counts for a folder."""
    own = folder / FILE
    return own if own.is_file() else data_folder() / "catalog" / FILE


def book_of(data: Mapping[str, Any]) -> LegalBook:
    """The texts of a well-shaped file."""
    return LegalBook(
        regimes={key: texts_of(texts) for key, texts in data["regimes"].items()},
        papers={key: tuple(basis) for key, basis in data["papers"].items()},
        reasons=tuple(RefusalReason(**reason) for reason in data["reasons"]),
    )


def texts_of(data: Mapping[str, Any]) -> LegalTexts:
    """The texts of one regime."""
    return LegalTexts(
        articles=tuple(data["articles"]),
        basis={outcome: tuple(basis) for outcome, basis in data["basis"].items()},
        remedies=tuple(data["remedies"]),
    )


def legal_faults(data: Mapping[str, Any]) -> Iterator[Fault]:
    """What a well-shaped file lacks: a paper without a basis or a remedy may not go out."""
    for key, regime in REGIMES.items():
        if key not in data["regimes"]:
            yield Fault(FILE, "", f"regimes 缺 {key}({regime.words}): 这类事项的文书没有依据和救济途径")
    for key in data["regimes"]:
        if key not in REGIMES:
            yield Fault(FILE, "", f"regimes 没有[{key}]这种法律类型")
    for paper in PAPERS:
        if paper not in data["papers"]:
            yield Fault(FILE, "", f"papers 缺 {paper}: 这种文书没有依据")
    keys = [reason["key"] for reason in data["reasons"]]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield Fault(FILE, "", f"reasons 的[{key}]写了两次")
