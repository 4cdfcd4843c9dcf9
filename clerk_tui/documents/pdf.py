"""A paper as PDF: tagged, searchable, with the fonts embedded as subsets. The same facts give the same bytes."""

import json
import re
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from clerk_tui.documents import fonts
from clerk_tui.documents.blocks import Block, Facts, Foot, Items, Lines, Para, Seal, Section, Sign, Table
from clerk_tui.documents.paper import Printable
from clerk_tui.documents.render import qr_svg
from clerk_tui.documents.templates import FaultyTemplate, TemplateFault, place_of
from clerk_tui.documents.words import HALF_PAGE, two_abreast

if TYPE_CHECKING:
    import typst

PAGE = "page.typ"
SIZES = ("a4", "a5")
STANDARD: Literal["ua-1"] = "ua-1"
"""PDF/UA-1: every word tagged, so that a screen reader reads it in order."""

_HALF_A5 = 14
_COLUMNS_A5 = 6
_UNDRAWN = re.compile(r'the text `"(.+)"` could not be displayed')
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class MadePdf:
    """`lacking`: what no font of this machine can draw; such characters are boxes on paper."""

    data: bytes
    lacking: str = ""


def pdf_of(paper: Printable, *, size: str = "a4", fonts_folder: Path | None = None) -> bytes:
    """The bytes of `make_pdf`."""
    return make_pdf(paper, size=size, fonts_folder=fonts_folder).data


def make_pdf(paper: Printable, *, size: str = "a4", fonts_folder: Path | None = None) -> MadePdf:
    """The paper on A4 or A5 (a slip: 80 mm; a register with many columns always lies on A4).

    The first one loads fonts and takes longer.

    A character that no font has forbids PDF/UA, not the paper: it is made without the standard, and told.
    Raises Refusal pdf_missing, font_missing, FaultyTemplate (page.typ).
    """
    found = fonts.find(fonts_folder)
    import typst

    page = place_of(paper.folders, PAGE)
    inputs = {"paper": json.dumps(_data(paper, size, found), ensure_ascii=False)}
    with _one_at_a_time:
        compiler = _compiler(page, fonts_folder)
        try:
            made = compiler.compile(format="pdf", sys_inputs=inputs, pdf_standards=[STANDARD], timestamp=0)
            lacking = ""
        except typst.TypstError as error:
            undrawn = _UNDRAWN.search(error.message)
            if undrawn is None:
                raise FaultyTemplate(_fault(error)) from error
            made, lacking = compiler.compile(format="pdf", sys_inputs=inputs, timestamp=0), undrawn.group(1)
    assert isinstance(made, bytes)
    return MadePdf(made, lacking)


@lru_cache(maxsize=4)
def _compiler(page: Path, fonts_folder: Path | None) -> "typst.Compiler":
    import typst

    found = fonts.find(fonts_folder)
    return typst.Compiler(page, root=page.parent, font_paths=found.loaded, ignore_system_fonts=True)


def _fault(error: "typst.TypstError") -> TemplateFault:
    place = str(error.diagnostic).partition(f"{PAGE}:")[2].split(":")[0]
    return TemplateFault(PAGE, int(place) if place.isdigit() else 0, f"写法有误 ({error.message})")


def _data(paper: Printable, size: str, found: fonts.FoundFonts) -> dict[str, Any]:
    slip = paper.slip is not None and not paper.blocks
    narrow = 0 if slip else (size == "a5") + paper.variant.large
    bilingual = paper.variant.language == "en"
    # large print on A5 has room for one fact in a row; labels in two languages leave no room for two dates
    half = (HALF_PAGE, _HALF_A5 - 2 * bilingual, 0)[narrow]
    drawn = [(block, _block(block, half)) for block in paper.blocks]
    return {
        "title": paper.title,
        "number": paper.number,
        "code": paper.code,
        "qr": str(qr_svg(paper.code)) if paper.code else "",
        "qr_words": "二维码",
        "hall": paper.hall,
        "reprint": paper.reprint,
        "void_reason": paper.void_reason,
        "void_words": paper.void_words,
        "translated": paper.translated,
        "large": paper.variant.large,
        "lang": "zh",
        "bilingual": bilingual,
        "region": "HK" if paper.variant.language == "hant" else "CN",
        "paper": "a4" if paper.wide_page else size,
        "landscape": paper.wide_page or (size == "a5" and _is_crowded(paper)),
        "serif": found.serif,
        "sans": found.sans,
        "slip": slip,
        "lines": [vars(line) for line in paper.slip.lines] if paper.slip is not None and slip else [],
        "body": [one for block, one in drawn if not isinstance(block, (Sign, Seal, Foot))],
        "end": [one for block, one in drawn if isinstance(block, (Sign, Seal))],
        "foot": [pair for block in paper.blocks if isinstance(block, Foot) for pair in block.pairs],
    }


def _is_crowded(paper: Printable) -> bool:
    """Whether a list has more columns than A5 upright has room for, in large print several with numbers."""
    tables = [[kind for _, kind in block.columns] for block in paper.blocks if isinstance(block, Table)]
    return any(len(kinds) > _COLUMNS_A5 or (paper.variant.large and kinds.count("ref") > 1) for kinds in tables)


def _block(block: Block, half: int) -> dict[str, Any]:
    match block:
        case Section():
            return {"is": "section", "words": block.words}
        case Para():
            return {"is": "para", "sentences": block.sentences}
        case Facts():
            return {"is": "facts", "rows": two_abreast(block.pairs, half)}
        case Lines():
            return {"is": "lines", "items": block.items}
        case Table():
            return {"is": "table", "columns": block.columns, "rows": block.rows}
        case Items():
            return {"is": "items", "rows": block.rows}
        case Sign():
            return {"is": "sign", "labels": block.labels}
        case Seal():
            return {"is": "seal", "office": block.office, "dated": block.dated, "seal_words": block.seal_words}
        case Foot():
            return {"is": "foot"}
