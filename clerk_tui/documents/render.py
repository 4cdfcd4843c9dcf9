"""A paper from its facts: as text for the screen, as a page of HTML, as PDF. What is drawn is the same in all of them."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno
from markupsafe import Markup

from clerk_tui.documents.blocks import Foot, Seal, Sign
from clerk_tui.documents.paper import NO_TERMS, Printable, prepare
from clerk_tui.documents.templates import run_page
from clerk_tui.documents.text_form import NARROWEST, text_of
from clerk_tui.rules.paper_variants import PaperVariant
from clerk_tui.rules.papers import PaperKind

__all__ = ["NARROWEST", "as_html", "as_text", "html_of", "qr_svg"]


def as_text(
    kind: PaperKind | str,
    number: str,
    code: str,
    facts: Mapping[str, Any],
    *,
    width: int = 76,
    void_reason: str = "",
    variant: PaperVariant = PaperVariant.PLAIN,
    folder: Path | None = None,
    terms: Mapping[str, str] = NO_TERMS,
) -> str:
    """The paper in lines of at most `width` terminal cells (at least 32), ruled with `-` and `=`.

    Plain text, to be shown as such: nothing in it is markup. Raises as `paper.prepare` does.
    """
    paper = prepare(kind, number, code, facts, void_reason=void_reason, variant=variant, folder=folder, terms=terms)
    return text_of(paper, width)


def as_html(
    kind: PaperKind | str,
    number: str,
    code: str,
    facts: Mapping[str, Any],
    *,
    reprint: int = 0,
    void_reason: str = "",
    variant: PaperVariant = PaperVariant.PLAIN,
    folder: Path | None = None,
    terms: Mapping[str, str] = NO_TERMS,
) -> str:
    """The paper as one HTML file without any outside resource or script, for A4 (the ticket slip: 80 mm).

    `reprint` is how many copies were printed before; from 1 on the page says so. Raises as `paper.prepare` does.
    """
    return html_of(
        prepare(
            kind,
            number,
            code,
            facts,
            reprint=reprint,
            void_reason=void_reason,
            variant=variant,
            folder=folder,
            terms=terms,
        )
    )


def html_of(paper: Printable) -> str:
    """A paper that is ready, as HTML. Raises FaultyTemplate."""
    values = {
        "paper": paper,
        "qr": qr_svg(paper.code),
        "language": {"zh": "zh-CN", "hant": "zh-Hant", "en": "zh-CN"}[paper.variant.language],
    }
    if paper.slip is not None and not paper.blocks:
        lines = [(line, qr_svg(line.words) if line.style == "qr" else "") for line in paper.slip.lines]
        return run_page(paper.folders, "slip.html.j2", {**values, "lines": lines})
    named = [(type(block).__name__.lower(), block) for block in paper.blocks]
    return run_page(
        paper.folders,
        "page.html.j2",
        {
            **values,
            "body": [(name, block) for name, block in named if not isinstance(block, (Sign, Seal, Foot))],
            "end": [(name, block) for name, block in named if isinstance(block, (Sign, Seal))],
            "foot": [pair for block in paper.blocks if isinstance(block, Foot) for pair in block.pairs],
        },
    )


@lru_cache(maxsize=64)
def qr_svg(code: str) -> Markup:
    """The QR code of an opaque code as inline SVG, scaled by its surroundings; empty for an empty code."""
    if not code:
        return Markup("")
    return Markup(segno.make(code, error="m", micro=False).svg_inline(omitsize=True, border=2))
