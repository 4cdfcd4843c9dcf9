"""Whether the templates of a folder work: every kind is rendered in every form and language with sample facts."""

import json
import re
from collections.abc import Callable
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

from clerk_tui.documents.paper import Printable, prepare
from clerk_tui.documents.pdf import PAGE, SIZES, pdf_of
from clerk_tui.documents.render import html_of
from clerk_tui.documents.slips import slip_lines
from clerk_tui.documents.templates import FaultyTemplate, TemplateFault, shipped_folder
from clerk_tui.documents.text_form import text_of
from clerk_tui.rules.paper_facts import FORMS, fact_words
from clerk_tui.rules.paper_variants import PaperVariant
from clerk_tui.rules.papers import SLIP_KINDS, PaperKind
from clerk_tui.rules.refusal import Refusal

NUMBER, CODE = "示例[2026]SQ01-1号", "P000000000X"

Form = Callable[[Printable], object]
_PAGES = (PaperKind.ONE_TIME_NOTICE, PaperKind.AGENCY_REGISTER, PaperKind.RECEIPT, PaperKind.TICKET_SLIP)
"""Papers that use every part of a page: sections and items, a wide list, seal and signatures, a slip."""

_ENDINGS = {".j2", ".typ", ".yaml", ".yml"}
_TAG, _SPACE, _ISO_DATE = re.compile(r"<[^>]*>"), re.compile(r"\s"), re.compile(r"\d{4}-\d\d-\d\d")


def sample_facts(kind: PaperKind) -> dict[str, Any]:
    """Every fact of a kind's form, with invented persons, as the shipped sample has them."""
    found = json.loads((shipped_folder() / "sample.json").read_text(encoding="utf-8"))
    return {key: found[key] for key in FORMS[kind.value].keys}


def check(
    folder: Path | None = None, *, fonts_folder: Path | None = None, with_pdf: bool = True
) -> tuple[TemplateFault, ...]:
    """The faults of all templates in a folder (those that it lacks are the shipped ones), one for each file and line.

    Each kind with all facts and with the required ones only, because a template may fail on what is not said; in every
    variant (Traditional characters where the converter is installed), and as a void one printed again. PDF is checked
    where this machine can make it: each kind, and a page of the folder's own in every variant and size.
    """
    faults: dict[tuple[str, int], TemplateFault] = {}
    own_page = folder is not None and (folder / PAGE).is_file()
    texts: list[Form] = [lambda paper: text_of(paper, 76), lambda paper: slip_lines(paper, 32), html_of]
    pdfs: list[Form] = [partial(pdf_of, size=size, fonts_folder=fonts_folder) for size in SIZES] if with_pdf else []
    for kind in PaperKind:
        full = sample_facts(kind)
        bare = {key: full[key] for key in FORMS[kind.value].required}
        drawn = pdfs if own_page and kind in _PAGES else []
        for variant in PaperVariant:
            spoken = texts if variant in (PaperVariant.PLAIN, PaperVariant.ENGLISH) else [html_of]
            first = pdfs[:1] if variant is PaperVariant.PLAIN else []
            _try(kind, full, variant, [*spoken, *(drawn or first)], folder, faults)
            if spoken is texts:
                _try(kind, bare, variant, texts, folder, faults)
        _try(kind, full, PaperVariant.PLAIN, [html_of, *drawn[:1]], folder, faults, void=True)
        _try(kind, bare, PaperVariant.PLAIN, [partial(_say_all, required=bare)], folder, faults)
    return tuple(faults.values()) + _strangers(folder)


def _try(
    kind: PaperKind,
    facts: dict[str, Any],
    variant: PaperVariant,
    forms: list[Form],
    folder: Path | None,
    faults: dict[tuple[str, int], TemplateFault],
    *,
    void: bool = False,
) -> None:
    reason = "示例原因" if void else ""
    try:
        paper = prepare(
            kind, NUMBER, CODE, facts, variant=variant, reprint=int(void), void_reason=reason, folder=folder
        )
    except FaultyTemplate as error:
        faults.setdefault((error.fault.file, error.fault.line), error.fault)
        return
    except Refusal as refusal:
        if refusal.code != "variant_missing":
            raise
        return
    for form in forms:
        try:
            form(paper)
        except FaultyTemplate as error:
            faults.setdefault((error.fault.file, error.fault.line), error.fault)
        except Refusal as refusal:
            if refusal.code not in ("pdf_missing", "font_missing"):
                raise


def _say_all(paper: Printable, required: dict[str, Any]) -> None:
    """Refuse a page that leaves out a fact which the form demands, such as a refusal without its remedies."""
    page = _SPACE.sub("", unescape(_TAG.sub("", html_of(paper))))
    left_out = [key for key, value in required.items() if any(_SPACE.sub("", one) not in page for one in _said(value))]
    if left_out:
        name = f"{paper.kind.value}{'.slip' if paper.kind in SLIP_KINDS else ''}.j2"
        words = f"没有写出必须写明的内容: {', '.join(fact_words(key) for key in left_out)}"
        raise FaultyTemplate(TemplateFault(name, 0, words))


def _said(value: Any) -> list[str]:
    """What of a fact must stand on the page word for word; a date and a number have a form of their own."""
    match value:
        case str():
            return [] if _ISO_DATE.fullmatch(value) else [value]
        case list():
            return [words for one in value for words in _said(one)]
        case dict():
            return [str(value[key]) for key in ("name", "receipt_no", "item") if key in value]
    return []


def _strangers(folder: Path | None) -> tuple[TemplateFault, ...]:
    """Template files whose name no paper has: a slip of the pen that would never be used (`receipt.j2.txt`)."""
    if folder is None:
        return ()
    known = {path.name for path in shipped_folder().iterdir()}
    known |= {f"{kind.value}{end}" for kind in PaperKind for end in (".j2", ".slip.j2")} | {PAGE}
    return tuple(
        TemplateFault(path.name, 0, "没有哪种文书用这个文件名")
        for path in sorted(folder.iterdir())
        if path.name not in known and _ENDINGS & {end.casefold() for end in path.suffixes}
    )
