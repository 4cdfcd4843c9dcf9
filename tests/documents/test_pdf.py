"""PDF of every paper: all its words can be read back, rare characters too; nothing in a fact is ever a command."""

import ctypes
import os
import re
import resource
import sys
from typing import Any

import pypdfium2
import pypdfium2.raw as raw
import pytest

from clerk_tui.documents import fonts
from clerk_tui.documents.blocks import Facts, Foot, Items, Lines, Para, Table
from clerk_tui.documents.check import CODE, NUMBER, sample_facts
from clerk_tui.documents.paper import Printable, prepare
from clerk_tui.documents.pdf import make_pdf, pdf_of
from clerk_tui.rules.paper_variants import PaperVariant
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.refusal import Refusal
from tests.documents.reading import squeezed, words_of

pytestmark = pytest.mark.system

ITEMS = {
    "广州市老年人优待卡申领": {"applicant": "陈秀英", "department": "市桥街道公共服务办公室"},
    "食品经营许可(新办)": {"applicant": "番禺区市桥街𠮷记饭店(个体工商户)", "department": "番禺区市场监督管理局"},
    "港澳台居民居住证申领": {"applicant": "阿依古丽·买买提𬍛", "department": "番禺区公安分局"},
}
NOTICES = int(os.environ.get("CLERK_TUI_TEST_NOTICES", "60"))
"""How many notices are rendered in a row; 500 is the long set."""


def said(paper: Printable) -> list[str]:
    """Every word that the blocks of a paper hold, field by field."""
    found = [*paper.title.split("\n"), paper.number, paper.code, paper.hall]
    for block in paper.blocks:
        match block:
            case Facts() | Foot():
                found += [word for pair in block.pairs for word in (*pair[0].split("\n"), pair[1])]
            case Para():
                found += block.sentences
            case Lines():
                found += block.items
            case Table():
                found += [part for row in block.rows for cell in row for part in cell]
            case Items():
                found += [word for head, pairs in block.rows for word in (head, *(text for _, text in pairs))]
    return [word for word in map(squeezed, found) if word]


@pytest.mark.parametrize("item", ITEMS)
@pytest.mark.parametrize("kind", PaperKind)
def test_every_field_can_be_read_back(kind: PaperKind, item: str) -> None:
    facts = {**sample_facts(kind), **ITEMS[item], "item": item}
    paper = prepare(kind, NUMBER, CODE, facts)
    words = words_of(pdf_of(paper))
    if kind is PaperKind.TICKET_SLIP:
        assert facts["ticket"] in words and facts["applicant"] not in words
        return
    footers = re.sub(re.escape(squeezed(NUMBER)) + r"\d/\d", "", words)
    for word in said(paper):
        assert word in footers or word in words, word


def lines_of(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    try:
        return [line for page in document for line in page.get_textpage().get_text_range().splitlines()]
    finally:
        document.close()


@pytest.mark.parametrize("variant", PaperVariant)
def test_no_label_is_torn_from_what_it_names(variant: PaperVariant) -> None:
    """A colon at the start of a line once stood under every label of the foot and of the signatures."""
    for kind in PaperKind:
        lines = lines_of(pdf_of(prepare(kind, NUMBER, CODE, sample_facts(kind), variant=variant)))
        assert not [line for line in lines if line.lstrip().startswith(("：", ":"))], kind


MARGIN = 22.0
"""Points kept free at the right: 11 mm on A5, less the half of a closing mark that may stand out of the line."""


@pytest.mark.parametrize("variant", PaperVariant)
def test_nothing_leaves_the_page_and_no_page_holds_signatures_alone(variant: PaperVariant) -> None:
    for kind in PaperKind:
        if kind is PaperKind.TICKET_SLIP:
            continue
        for size in ("a4", "a5"):
            document = pypdfium2.PdfDocument(
                pdf_of(prepare(kind, NUMBER, CODE, sample_facts(kind), variant=variant), size=size)
            )
            try:
                for page in document:
                    words = page.get_textpage()
                    boxes = [words.get_charbox(at) for at in range(words.count_chars())]
                    assert max(right for _, _, right, _ in boxes) <= page.get_width() - MARGIN, (kind, size)
                last = document[len(document) - 1].get_textpage().get_text_range()
            finally:
                document.close()
            if "盖章" in last or "蓋章" in last:
                before = re.split(r"签名|签收|簽名|簽收|盖章|蓋章", last)[0]
                assert len(squeezed(before)) > 8, (kind, size, last[:40])


@pytest.mark.parametrize("kind", [PaperKind.TRANSFER_LIST, PaperKind.HANDOVER_SHEET])
@pytest.mark.parametrize("variant", PaperVariant)
def test_a_number_of_43_characters_stays_in_its_column(kind: PaperKind, variant: PaperVariant) -> None:
    """It once ran over the item beside it. Read back, no line holds more of it than its column is wide."""
    long = "11440232MB2D06811W4000117051000202010200008"
    facts = sample_facts(kind)
    facts["cases"] = [{**facts["cases"][0], "district_no": long}]
    lines = lines_of(pdf_of(prepare(kind, NUMBER, CODE, facts, variant=variant)))
    assert squeezed("".join(lines)).count(long) == 1
    assert not any(long[:30] in line for line in lines)


def test_rare_characters_and_the_dot_survive_in_every_size_and_variant() -> None:
    facts = {**sample_facts(PaperKind.RECEIPT), "applicant": "𠮷𬍛·阿依古丽"}
    for variant in PaperVariant:
        for size in ("a4", "a5"):
            paper = prepare(PaperKind.RECEIPT, NUMBER, CODE, facts, variant=variant)
            assert "𠮷𬍛·阿依古丽" in words_of(pdf_of(paper, size=size)), (variant, size)


def test_a_rare_character_has_a_glyph_and_not_a_box() -> None:
    """Its picture differs from that of a character that no font has; with that one too there is a paper."""
    pictures = []
    for name in ("𠮷", "𬍛", "\U0003134a"):
        facts = {**sample_facts(PaperKind.RECEIPT), "applicant": name}
        data = pdf_of(prepare(PaperKind.RECEIPT, "1", CODE, facts))
        document = pypdfium2.PdfDocument(data)
        pictures.append(bytes(document[0].render(scale=1.5).buffer))
        document.close()
    assert len(set(pictures)) == 3


def test_a_character_that_no_font_has_is_named_and_the_paper_is_made_all_the_same() -> None:
    facts = {**sample_facts(PaperKind.RECEIPT), "applicant": "陈\U0003134a"}
    made = make_pdf(prepare(PaperKind.RECEIPT, NUMBER, CODE, facts))
    assert made.lacking == "\U0003134a" and squeezed(NUMBER) in words_of(made.data)
    assert make_pdf(prepare(PaperKind.RECEIPT, NUMBER, CODE, sample_facts(PaperKind.RECEIPT))).lacking == ""


def test_facts_are_never_commands() -> None:
    evil = '#eval("1+1") *x* $y$ @z [w] \\ //c #import "/etc/passwd" = h {{ 7*7 }} <script>'
    facts = {**sample_facts(PaperKind.REFUSAL), "applicant": evil, "reason": evil, "notes": [evil]}
    facts["materials"] = [{"name": evil}]
    assert words_of(pdf_of(prepare(PaperKind.REFUSAL, evil, CODE, facts))).count(squeezed(evil)) >= 4


def test_a_page_is_tagged_small_and_has_its_fonts_inside() -> None:
    data = pdf_of(prepare(PaperKind.ONE_TIME_NOTICE, NUMBER, CODE, sample_facts(PaperKind.ONE_TIME_NOTICE)))
    document = pypdfium2.PdfDocument(data)
    try:
        assert document.is_tagged()
        assert NUMBER in document.get_metadata_value("Title")
    finally:
        document.close()
    assert len(data) < 250_000, "whole fonts were embedded"
    assert b"pdfuaid:part" in data or b"/StructTreeRoot" in data


def fonts_in(data: bytes) -> dict[str, bool]:
    """The fonts that the words of a PDF are drawn with, and whether each lies in it."""
    found: dict[str, bool] = {}
    document = pypdfium2.PdfDocument(data)
    try:
        for page in document:
            for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
                font = raw.FPDFTextObj_GetFont(thing.raw)
                size = raw.FPDFFont_GetBaseFontName(font, None, 0)
                name = ctypes.create_string_buffer(size)
                raw.FPDFFont_GetBaseFontName(font, name, size)
                found[name.value.decode()] = raw.FPDFFont_GetIsEmbedded(font) == 1
    finally:
        document.close()
    return found


@pytest.mark.parametrize("variant", PaperVariant)
def test_every_font_is_inside_and_only_as_a_subset(variant: PaperVariant) -> None:
    facts = {**sample_facts(PaperKind.RECEIPT), "applicant": "𠮷𬍛·阿依古丽"}
    found = fonts_in(pdf_of(prepare(PaperKind.RECEIPT, NUMBER, CODE, facts, variant=variant)))
    assert len(found) >= 2
    assert all(found.values()), found
    assert all(re.match(r"[A-Z]{6}\+", name) for name in found), found  # the mark of a subset (ISO 32000, 9.9.2)


def test_sizes_are_those_of_the_paper() -> None:
    def size_of(kind: PaperKind, size: str = "a4") -> tuple[int, int]:
        document = pypdfium2.PdfDocument(pdf_of(prepare(kind, NUMBER, CODE, sample_facts(kind)), size=size))
        try:
            width, height = document[0].get_size()
            return round(width / 72 * 25.4), round(height / 72 * 25.4)
        finally:
            document.close()

    assert size_of(PaperKind.RECEIPT) == (210, 297)
    assert size_of(PaperKind.RECEIPT, "a5") == (148, 210)
    assert size_of(PaperKind.AGENCY_REGISTER) == (297, 210)
    assert size_of(PaperKind.TICKET_SLIP)[0] == 80


def test_the_same_facts_give_the_same_bytes() -> None:
    paper = prepare(PaperKind.ACCEPTANCE, NUMBER, CODE, sample_facts(PaperKind.ACCEPTANCE))
    assert pdf_of(paper) == pdf_of(paper)


def test_no_font_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "places", lambda folder, platform: [])
    with pytest.raises(Refusal) as refused:
        fonts.find()
    assert refused.value.code == "font_missing"
    assert "fonts-noto-cjk" in refused.value.advice and "fonts_folder" in refused.value.advice


def test_the_named_folder_comes_before_the_system(tmp_path: Any) -> None:
    assert fonts.places(tmp_path, sys.platform)[0] == tmp_path


def test_many_notices_in_a_row_do_not_grow_the_program() -> None:
    """After a warm-up the highest resident size stays within 24 MB, whatever the number."""

    def render(number: int) -> None:
        facts = {**sample_facts(PaperKind.ONE_TIME_NOTICE), "applicant": f"陈{number:05d}"}
        pdf_of(prepare(PaperKind.ONE_TIME_NOTICE, f"示例[2026]SQ01-{number}号", CODE, facts))

    for number in range(30):
        render(number)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(30, 30 + NOTICES):
        render(number)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 24_000
