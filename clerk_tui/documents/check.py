"""Whether the templates of a folder work: every kind is rendered in both forms with sample facts."""

import json
from pathlib import Path
from typing import Any

from clerk_tui.documents.render import as_html, as_text
from clerk_tui.documents.templates import FaultyTemplate, TemplateFault, shipped_folder
from clerk_tui.rules.paper_facts import FORMS
from clerk_tui.rules.papers import PaperKind


def sample_facts(kind: PaperKind) -> dict[str, Any]:
    """Every fact of a kind's form, with invented persons, as the shipped sample has them."""
    found = json.loads((shipped_folder() / "sample.json").read_text(encoding="utf-8"))
    return {key: found[key] for key in FORMS[kind.value].keys}


def check(folder: Path) -> tuple[TemplateFault, ...]:
    """The faults of all templates in a folder, one for each file and line; each form with all facts and with the
    required ones only, because a template may fail on what is not said."""
    faults: dict[tuple[str, int], TemplateFault] = {}
    for kind in PaperKind:
        full = sample_facts(kind)
        bare = {key: full[key] for key in FORMS[kind.value].required}
        for facts in (full, bare):
            for render in (as_text, as_html):
                try:
                    render(kind, "示例[2026]SQ01-1号", "P000000000X", facts, folder=folder)
                except FaultyTemplate as error:
                    faults.setdefault((error.fault.file, error.fault.line), error.fault)
    return tuple(faults.values())
