"""Every kind of paper: all facts stand on both forms, holes are refused, no line is too wide."""

import html
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from clerk_tui.documents.check import check, sample_facts
from clerk_tui.documents.render import NARROWEST, as_html, as_text
from clerk_tui.documents.templates import shipped_folder
from clerk_tui.documents.text_layout import width
from clerk_tui.rules.paper_facts import FORMS, KEYS, is_blank, unknown
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.refusal import Refusal

NUMBER = "市桥容补[2026]SQ01-113号"
CODE = "P7K2M9QX4TA1"


class _Page(HTMLParser):
    """The words of a page, its tags and what it would fetch."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.fetched: list[str] = []
        self.pieces: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "br", "path", "col"):
            self.open.append(tag)
        self.fetched += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "data", "action")]

    def handle_endtag(self, tag: str) -> None:
        if tag != "path":
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.pieces.append(data)

    @property
    def words(self) -> str:
        return squeezed("".join(self.pieces))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def strings(value: Any) -> list[str]:
    """Every string in a fact, without dates and words of deadlines that are written out another way."""
    if isinstance(value, str):
        return [] if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else [value]
    if isinstance(value, dict):
        return [text for inner in value.values() for text in strings(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in strings(inner)]
    return []


def said_in_full(kind: PaperKind) -> dict[str, Any]:
    """Sample facts of a kind in which every string is its own."""
    serial = iter(range(1000))

    def mark(value: Any) -> Any:
        if isinstance(value, str) and value and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return f"{value}甲{next(serial)}乙"
        if isinstance(value, dict):
            return {key: mark(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [mark(inner) for inner in value]
        return value

    return {key: mark(value) for key, value in sample_facts(kind).items()}


LEFT_OUT = {"code"}  # the case's code: a paper carries its own, which finds paper and case
ROWS = {"materials": "name", "remaining": "name", "results": "name", "cases": "item", "entries": "principal"}


@pytest.mark.parametrize("kind", PaperKind)
def test_every_fact_stands_on_both_forms(kind: PaperKind) -> None:
    facts = said_in_full(kind)
    text = squeezed(as_text(kind, NUMBER, CODE, facts, width=1000))
    page = _Page(as_html(kind, NUMBER, CODE, facts)).words
    for key in FORMS[kind.value].keys:
        if key in LEFT_OUT:
            continue
        value = [row[ROWS[key]] for row in facts[key]] if key in ROWS else facts[key]
        for expected in map(squeezed, strings(value)):
            assert expected in page, (key, expected)
            assert expected in text, (key, expected)


@pytest.mark.parametrize("kind", [kind for kind in PaperKind if "date" in FORMS[kind.value].keys])
def test_dates_and_deadlines_are_written_out(kind: PaperKind) -> None:
    facts = sample_facts(kind)
    text, page = squeezed(as_text(kind, NUMBER, CODE, facts)), _Page(as_html(kind, NUMBER, CODE, facts)).words
    assert "2026年11月23日" in text and "2026年11月23日" in page
    if "due" in facts:
        assert "2026年12月14日（15工作日）" in text and "2026年12月14日（15工作日）" in page


@pytest.mark.parametrize("kind", PaperKind)
def test_no_line_of_text_is_wider_than_asked(kind: PaperKind) -> None:
    for cells in (NARROWEST, 40, 57, 76, 120):
        lines = as_text(kind, NUMBER, CODE, said_in_full(kind), width=cells).splitlines()
        assert max(map(width, lines)) <= cells
        assert lines[0].strip() and lines[-1].strip()


@pytest.mark.parametrize("kind", PaperKind)
def test_a_missing_required_fact_is_refused_and_named(kind: PaperKind) -> None:
    for key in FORMS[kind.value].required:
        for hole in (None, "", " ", []):
            facts = {**sample_facts(kind), key: hole}
            for render in (as_text, as_html):
                with pytest.raises(Refusal) as refused:
                    render(kind, NUMBER, CODE, facts)
                assert refused.value.code == "paper_facts"
                assert refused.value.field == key
                assert KEYS[key].words in refused.value.words


@pytest.mark.parametrize("kind", PaperKind)
def test_required_facts_alone_are_enough(kind: PaperKind) -> None:
    full = sample_facts(kind)
    facts = {key: full[key] for key in FORMS[kind.value].required}
    page = as_html(kind, NUMBER, CODE, facts)
    text = as_text(kind, NUMBER, CODE, facts)
    assert "None" not in page and "None" not in text and "Undefined" not in page


@pytest.mark.parametrize("kind", PaperKind)
def test_a_page_is_whole_and_fetches_nothing(kind: PaperKind) -> None:
    page = as_html(kind, NUMBER, CODE, sample_facts(kind))
    seen = _Page(page)
    assert seen.open == [] and seen.fetched == []
    assert "script" not in seen.tags and "link" not in seen.tags
    assert "svg" in seen.tags
    assert "http://" not in page.replace("http://www.w3.org/", "") and "url(" not in page and "@import" not in page
    assert "@page" in page


def test_number_title_code_and_copies_are_on_a_notice() -> None:
    facts = sample_facts(PaperKind.DEFICIENCY_NOTICE)
    text = as_text(PaperKind.DEFICIENCY_NOTICE, NUMBER, CODE, facts)
    lines = text.splitlines()
    assert lines[0].endswith(NUMBER) and width(lines[0]) == 76
    assert lines[2].strip() == "容缺受理(补齐材料)通知书"
    left = len(lines[2]) - len(lines[2].lstrip())
    assert abs(left - (76 - left - width(lines[2].strip()))) <= 1
    assert "申请人一份；存档一份" in text and CODE in text and "（盖章）" in text
    page = _Page(as_html(PaperKind.DEFICIENCY_NOTICE, NUMBER, CODE, facts)).words
    for words in (NUMBER, CODE, "申请人一份；存档一份", "（盖章）", "签收"):
        assert words in page


def test_hostile_facts_are_harmless() -> None:
    evil = "<script>alert(1)</script>[/x]{{ 7*7 }}\x1b[31m\u202e\r\n&'\"陈"
    facts = {**sample_facts(PaperKind.RECEIPT), "applicant": evil, "notes": [evil]}
    facts["materials"] = [{"name": evil, "mark_words": evil, "original": 1}]
    page = as_html(PaperKind.RECEIPT, evil, CODE, facts)
    seen = _Page(page)
    assert "script" not in seen.tags
    assert "\x1b" not in page and "\u202e" not in page
    assert html.escape("<script>") in page and "[/x]{{7*7}}" in seen.words
    text = as_text(PaperKind.RECEIPT, evil, CODE, facts)
    assert "\x1b" not in text and "\u202e" not in text and "[/x]{{ 7*7 }}" in text
    assert all(width(line) <= 76 for line in text.splitlines())


def test_rare_characters_of_names_survive() -> None:
    facts = {**sample_facts(PaperKind.RECEIPT), "applicant": "𠮷𬍛·阿依古丽"}
    assert "𠮷𬍛·阿依古丽" in as_html(PaperKind.RECEIPT, NUMBER, CODE, facts)
    assert "𠮷𬍛·阿依古丽" in as_text(PaperKind.RECEIPT, NUMBER, CODE, facts)


def test_a_ticket_slip_holds_no_name_and_a_large_number() -> None:
    facts = sample_facts(PaperKind.TICKET_SLIP) | {"applicant": "陈示例", "contact_phone": "13800003210"}
    page = as_html(PaperKind.TICKET_SLIP, NUMBER, CODE, facts)
    text = as_text(PaperKind.TICKET_SLIP, NUMBER, CODE, facts, width=32)
    for form in (page, text):
        assert "陈示例" not in form and "13800003210" not in form
    assert "A 0 1 3" in text and "80mm" in page and ">A013</p>" in page


def test_nobody_waiting_is_a_fact() -> None:
    facts = sample_facts(PaperKind.TICKET_SLIP) | {"ahead": 0}
    assert "前面等候 0 人" in as_text(PaperKind.TICKET_SLIP, NUMBER, CODE, facts)


def test_a_reprint_and_a_void_paper_say_so() -> None:
    facts = sample_facts(PaperKind.ACCEPTANCE)
    assert "补打" not in as_html(PaperKind.ACCEPTANCE, NUMBER, CODE, facts)
    assert "补打 第 2 次" in as_html(PaperKind.ACCEPTANCE, NUMBER, CODE, facts, reprint=2)
    assert "*** 作废 ***" in as_text(PaperKind.ACCEPTANCE, NUMBER, CODE, facts, void_reason="姓名写错")
    assert "姓名写错" in as_html(PaperKind.ACCEPTANCE, NUMBER, CODE, facts, void_reason="姓名写错")


def test_only_a_receipt_speaks_of_the_number_to_come() -> None:
    for kind in PaperKind:
        facts = {key: value for key, value in sample_facts(kind).items() if key != "district_no"}
        assert ("待区系统分配" in as_text(kind, NUMBER, CODE, facts)) == (kind is PaperKind.RECEIPT)


def test_law_and_remedies_come_from_facts_alone() -> None:
    """No article stands in a template: without the facts, no paper cites a law."""
    for path in shipped_folder().glob("*.j2"):
        assert not re.search(r"《|第[一二三四五六七八九十百0-9]+条|复议|诉讼", path.read_text(encoding="utf-8")), (
            path.name
        )


def test_a_very_long_reason_is_not_cut() -> None:
    reason = "理由" * 900
    facts = {**sample_facts(PaperKind.REFUSAL), "reason": reason}
    assert reason in squeezed(as_html(PaperKind.REFUSAL, NUMBER, CODE, facts))


def test_every_kind_has_a_form_and_every_form_is_a_kind() -> None:
    assert set(FORMS) == {kind.value for kind in PaperKind}
    assert all(key in KEYS for form in FORMS.values() for key in form.keys)
    assert unknown({"applicant": "x", "aplicant": "y"}) == ("aplicant",)


def test_blank_is_not_zero() -> None:
    assert [is_blank(value) for value in (None, "", "  ", [], {}, 0, False, "无")] == [True] * 5 + [False] * 3


@pytest.mark.system
def test_the_shipped_templates_have_no_fault() -> None:
    assert check() == ()


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        as_text("love_letter", NUMBER, CODE, {})
    assert refused.value.code == "paper_kind"


def test_the_receipt_of_the_last_owed_material_says_that_nothing_is_left() -> None:
    facts = sample_facts(PaperKind.SUPPLEMENT_RECEIPT)
    words = "所缺的材料至此已全部送交"
    assert words not in as_text(PaperKind.SUPPLEMENT_RECEIPT, NUMBER, CODE, facts)
    assert words in as_text(PaperKind.SUPPLEMENT_RECEIPT, NUMBER, CODE, facts | {"remaining": []})
