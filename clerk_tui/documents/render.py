"""A paper from its facts: as text for the screen and the file, as a page of HTML for the printer."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import segno
from markupsafe import Markup

from clerk_tui.documents import words
from clerk_tui.documents.templates import fill, shipped_folder
from clerk_tui.documents.text_layout import wrap
from clerk_tui.documents.text_page import TextPage
from clerk_tui.rules.papers import PaperKind, fact_words, missing_facts
from clerk_tui.rules.refusal import Refusal

NARROWEST = 32
"""Cells; below this no form can be laid out."""

_HALF_PAGE = 26
"""Cells of words that fit half the width of an A4 table beside their label."""


def as_text(
    kind: PaperKind | str,
    number: str,
    code: str,
    facts: Mapping[str, Any],
    *,
    width: int = 76,
    void_reason: str = "",
    folder: Path | None = None,
) -> str:
    """The paper in lines of at most `width` terminal cells (at least 32), ruled with `-` and `=`.

    Plain text, to be shown as such: nothing in it is markup. Raises Refusal paper_facts, paper_kind, FaultyTemplate.
    """
    cells = max(width, NARROWEST)
    values = _values(kind, number, code, facts, void_reason)
    text = fill(folder or shipped_folder(), "txt", values["kind"], {**values, "lay": TextPage(cells)})
    lines = [piece.rstrip() for line in text.split("\n") for piece in wrap(line, cells)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def as_html(
    kind: PaperKind | str,
    number: str,
    code: str,
    facts: Mapping[str, Any],
    *,
    reprint: int = 0,
    void_reason: str = "",
    folder: Path | None = None,
) -> str:
    """The paper as one HTML file without any outside resource or script, for A4 (the ticket slip: 72 mm).

    `reprint` is how many copies were printed before; from 1 on the page says so. Raises as `as_text` does.
    """
    values = _values(kind, number, code, facts, void_reason)
    extra = {"qr": qr_svg(code), "reprint": reprint, "rows": _rows}
    return fill(folder or shipped_folder(), "html", values["kind"], {**values, **extra})


def qr_svg(code: str) -> Markup:
    """The QR code of an opaque code as inline SVG, scaled by its surroundings; empty for an empty code."""
    if not code:
        return Markup("")
    return Markup(segno.make(code, error="m", micro=False).svg_inline(omitsize=True, border=2))


def _values(
    kind: PaperKind | str, number: str, code: str, facts: Mapping[str, Any], void_reason: str
) -> dict[str, Any]:
    try:
        paper = PaperKind(kind)
    except ValueError as error:
        raise Refusal("paper_kind", "没有这种文书", "请更新程序后再打开这份文书") from error
    holes = missing_facts(paper, facts)
    if holes:
        labels = ", ".join(fact_words(key) for key in holes)
        raise Refusal("paper_facts", f"《{paper.title}》缺少必须写明的内容: {labels}", "请补全后再出具", field=holes[0])
    found = words.context(paper.value, facts)
    spoken: set[str] = set()

    def said(keys: Sequence[str | words.Pair]) -> list[words.Pair]:
        spoken.update(key if isinstance(key, str) else key[0] for key in keys)
        return words.pairs(found, keys)

    def unsaid(keys: Sequence[str | words.Pair]) -> list[words.Pair]:
        """Of these facts, those of the form that the body has not said: a foot says them for every paper."""
        named = ((key, key if isinstance(key, str) else key[0]) for key in keys)
        return said([key for key, name in named if name in found and name not in spoken])

    return {
        **found,
        "kind": paper.value,
        "title": paper.title,
        "number": words.clean(number),
        "qr_code": words.clean(code),
        "void_reason": words.clean(void_reason),
        "said": said,
        "unsaid": unsaid,
        "cell": words.cell,
        "cell_parts": words.cell_parts,
    }


def _rows(pairs: Sequence[words.Pair]) -> list[list[words.Pair]]:
    return words.two_abreast(pairs, _HALF_PAGE)
