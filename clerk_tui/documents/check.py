"""Whether the templates of a folder work: every kind is rendered in every form and language with sample facts."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from clerk_tui.documents.paper import Printable, prepare
from clerk_tui.documents.pdf import PAGE, pdf_of
from clerk_tui.documents.render import html_of
from clerk_tui.documents.slips import slip_lines
from clerk_tui.documents.templates import FaultyTemplate, TemplateFault, shipped_folder
from clerk_tui.documents.text_form import text_of
from clerk_tui.rules.paper_facts import FORMS
from clerk_tui.rules.paper_variants import PaperVariant
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.refusal import Refusal

NUMBER, CODE = "示例[2026]SQ01-1号", "P000000000X"


def sample_facts(kind: PaperKind) -> dict[str, Any]:
    """Every fact of a kind's form, with invented persons, as the shipped sample has them."""
    found = json.loads((shipped_folder() / "sample.json").read_text(encoding="utf-8"))
    return {key: found[key] for key in FORMS[kind.value].keys}


def check(
    folder: Path | None = None, *, fonts_folder: Path | None = None, with_pdf: bool = True
) -> tuple[TemplateFault, ...]:
    """The faults of all templates in a folder (those that it lacks are the shipped ones), one for each file and line.

    Each form with all facts and with the required ones only, because a template may fail on what is not said. PDF is
    checked where this machine can make it; Traditional characters where the converter is installed.
    """
    faults: dict[tuple[str, int], TemplateFault] = {}
    forms: list[Callable[[Printable], object]] = [
        lambda paper: text_of(paper, 76),
        html_of,
        lambda paper: slip_lines(paper, 32),
    ]

    def pdf(paper: Printable) -> bytes:
        return pdf_of(paper, fonts_folder=fonts_folder)

    for kind in PaperKind:
        full = sample_facts(kind)
        bare = {key: full[key] for key in FORMS[kind.value].required}
        for facts in (full, bare):
            for variant in (PaperVariant.PLAIN, PaperVariant.ENGLISH):
                try:
                    paper = prepare(kind, NUMBER, CODE, facts, variant=variant, folder=folder)
                except FaultyTemplate as error:
                    faults.setdefault((error.fault.file, error.fault.line), error.fault)
                    continue
                whole = with_pdf and facts is full and variant is PaperVariant.PLAIN
                for form in [*forms, *([pdf] if whole else [])]:
                    _try(form, paper, faults)
    return tuple(faults.values()) + _strangers(folder)


def _try(form: Callable[[Printable], object], paper: Printable, faults: dict[tuple[str, int], TemplateFault]) -> None:
    try:
        form(paper)
    except FaultyTemplate as error:
        faults.setdefault((error.fault.file, error.fault.line), error.fault)
    except Refusal as refusal:
        if refusal.code not in ("pdf_missing", "font_missing"):
            raise


def _strangers(folder: Path | None) -> tuple[TemplateFault, ...]:
    """Template files whose name no paper has: a slip of the pen that would never be used."""
    if folder is None:
        return ()
    known = {path.name for path in shipped_folder().iterdir()}
    known |= {f"{kind.value}{end}" for kind in PaperKind for end in (".j2", ".slip.j2")} | {PAGE}
    return tuple(
        TemplateFault(path.name, 0, "没有哪种文书用这个文件名")
        for path in sorted(folder.glob("*.j2"))
        if path.name not in known
    )
