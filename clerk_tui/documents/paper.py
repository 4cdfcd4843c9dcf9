"""One paper made ready to be drawn: its facts checked, its template run, its words in the language asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from clerk_tui.documents import words
from clerk_tui.documents.blocks import Block, Body
from clerk_tui.documents.english import English, english_words
from clerk_tui.documents.slip_lines import Slip
from clerk_tui.documents.speech import Speech
from clerk_tui.documents.templates import folders_of, run_body, run_slip
from clerk_tui.rules.paper_facts import fact_words, missing
from clerk_tui.rules.paper_variants import PaperVariant
from clerk_tui.rules.papers import SLIP_KINDS, PaperKind
from clerk_tui.rules.refusal import Refusal


@dataclass(frozen=True)
class Printable:
    """What every form draws. `title` may hold its translation on a second line; `code` is the text of the QR code."""

    kind: PaperKind
    title: str
    number: str
    code: str
    hall: str
    reprint: str
    void_reason: str
    void_words: str
    variant: PaperVariant
    translated: str
    blocks: tuple[Block, ...]
    slip: Slip | None
    wide_page: bool
    folders: tuple[Path, ...]
    unsaid: frozenset[str]


TRANSLATION_NOTE = "中英对照仅供参考，以中文为准。"
NO_TERMS: Mapping[str, str] = MappingProxyType({})


def prepare(
    kind: PaperKind | str,
    number: str,
    code: str,
    facts: Mapping[str, Any],
    *,
    variant: PaperVariant = PaperVariant.PLAIN,
    reprint: int = 0,
    void_reason: str = "",
    folder: Path | None = None,
    terms: Mapping[str, str] = NO_TERMS,
) -> Printable:
    """Check the facts and run the template. `folder` holds a district's own templates, if any.

    `terms` is the English of the catalogue's texts; what it does not hold stays Chinese.

    Raises Refusal paper_facts (something that the form demands is not said), paper_kind, variant_missing, FaultyTemplate.
    """
    try:
        paper = PaperKind(kind)
    except ValueError as error:
        raise Refusal("paper_kind", "没有这种文书", "请更新程序后再打开这份文书") from error
    holes = missing(paper.value, facts)
    if holes:
        labels = ", ".join(fact_words(key) for key in holes)
        raise Refusal("paper_facts", f"《{paper.title}》缺少必须写明的内容: {labels}", "请补全后再出具", field=holes[0])
    folders = folders_of(folder)
    speech = Speech(variant.language, English(english_words(folders), terms) if variant.language == "en" else None)
    found = words.context(paper.value, facts)
    body, slip = Body(found, speech), Slip(found, speech)
    values = {
        **found,
        "kind": paper.value,
        "title": paper.title,
        "number": words.clean(number),
        "qr_code": words.clean(code),
        "p": body,
        "slip": slip,
    }
    if paper not in SLIP_KINDS:
        run_body(folders, paper.value, values)
    own_slip = run_slip(folders, paper.value, values)
    return Printable(
        kind=paper,
        title=speech.label(paper.title),
        number=words.clean(number),
        code=words.clean(code),
        hall=str(found.get("hall", "")),
        reprint=speech.converted(f"补打 第 {reprint} 次") if reprint else "",
        void_reason=words.clean(void_reason),
        void_words=speech.label("作废").replace("\n", " "),
        variant=variant,
        translated=speech.english.label(TRANSLATION_NOTE),
        blocks=tuple(body.blocks),
        slip=slip if own_slip else None,
        wide_page=body.wide_page,
        folders=folders,
        unsaid=frozenset(speech.unsaid),
    )
