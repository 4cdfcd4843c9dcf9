"""A district may edit templates; a fault is found before a resident stands there, with file and line."""

from pathlib import Path

import pytest

from clerk_tui.documents.check import check, sample_facts
from clerk_tui.documents.render import as_html, as_text
from clerk_tui.documents.templates import FaultyTemplate, TemplateFault
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.refusal import Refusal


def spoil(folder: Path, name: str, line: int, words: str) -> None:
    """Put `words` in as the given line of a template."""
    path = folder / name
    lines = path.read_text(encoding="utf-8").splitlines()
    lines.insert(line - 1, words)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("{% if %}", "写法有误"),
        ("{% endfor %}", "写法有误"),
        ("{{ applicannt }}", "这种文书没有这一项内容"),
        ("{{ due.days.hours }}", "这种文书没有这一项内容"),
        ("{{ 1 // 0 }}", "ZeroDivisionError"),
        ("{{ ''.__class__.__mro__ }}", "模板里不能这样取用"),
        ("{% for n in range(10 ** 9) %}{{ n }}{% endfor %}", "OverflowError"),
        ("{% include 'nowhere.j2' %}", "没有这个文件"),
        ("{{ p.fact(['item']) }}", "这种文书没有这一项内容"),
    ],
)
def test_a_fault_names_file_and_line(district_folder: Path, words: str, said: str) -> None:
    spoil(district_folder, "receipt.j2", 3, words)
    faults = check(district_folder, with_pdf=False)
    assert len(faults) == 1
    assert said in faults[0].words
    if "nowhere" in words:
        assert faults[0].file == "nowhere.j2"
    else:
        assert (faults[0].file, faults[0].line) == ("receipt.j2", 3)


def test_a_fault_in_a_shared_part_is_found_where_it_is(district_folder: Path) -> None:
    spoil(district_folder, "page.html.j2", 40, "{{ nobody }}")
    assert {(fault.file, fault.line) for fault in check(district_folder, with_pdf=False)} == {("page.html.j2", 40)}


@pytest.mark.system
def test_a_fault_in_the_page_of_pdf_is_found_where_it_is(district_folder: Path) -> None:
    spoil(district_folder, "page.typ", 4, "#let spoiled = nobody")
    faults = check(district_folder)
    assert [(fault.file, fault.line) for fault in faults] == [("page.typ", 4)]
    assert "nobody" in faults[0].words


def test_words_outside_the_blocks_are_a_fault(district_folder: Path) -> None:
    """They would be lost: only blocks are drawn."""
    spoil(district_folder, "refusal.j2", 4, "区里加的话")
    faults = check(district_folder, with_pdf=False)
    assert [(fault.file, fault.line) for fault in faults] == [("refusal.j2", 4)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("收费: [a, b]", "应为[中文: 英文]的形式"),
        ("新的一句: {", "写法有误"),
        ("申请人: Someone", "[申请人]写了两次"),
        ("请{applicant}来: please come", "花括号里的内容"),
        ("新的一句:", "应为[中文: 英文]的形式"),
    ],
)
def test_a_fault_in_the_english_words_is_found_where_it_is(district_folder: Path, words: str, said: str) -> None:
    path = district_folder / "english.yaml"
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{words}\n")
    last = len(path.read_text(encoding="utf-8").splitlines())
    (fault,) = check(district_folder, with_pdf=False)
    assert fault.file == "english.yaml" and said in fault.words
    assert fault.line in (last, last + 1)  # an open bracket is found at the end of the file


def test_a_folder_may_hold_one_template_only(tmp_path: Path) -> None:
    (tmp_path / "refusal.j2").write_text(
        '{% extends "base.j2" %}\n{% block body %}\n{{ p.para("{applicant}: 本区的话") }}\n{% endblock %}\n',
        encoding="utf-8",
    )
    facts = sample_facts(PaperKind.REFUSAL)
    assert "陈示例: 本区的话" in as_text(PaperKind.REFUSAL, "1号", "P1", facts, folder=tmp_path)
    assert "主要材料齐全" in as_text(
        PaperKind.ACCEPTANCE, "1号", "P1", sample_facts(PaperKind.ACCEPTANCE), folder=tmp_path
    )
    assert {fault.file for fault in check(tmp_path, with_pdf=False)} == {"refusal.j2"}


def test_a_paper_that_leaves_out_what_the_form_demands_is_a_fault(district_folder: Path) -> None:
    """It renders, and the resident would get a refusal without a word on how to object."""
    path = district_folder / "refusal.j2"
    whole = path.read_text(encoding="utf-8")
    path.write_text("\n".join(line for line in whole.splitlines() if "remedies" not in line), encoding="utf-8")
    (fault,) = check(district_folder, with_pdf=False)
    assert (fault.file, fault.words) == ("refusal.j2", "没有写出必须写明的内容: 救济途径")
    path.write_text("", encoding="utf-8")
    (fault,) = check(district_folder, with_pdf=False)
    assert fault.file == "refusal.j2" and "申请人" in fault.words
    path.write_text(whole, encoding="utf-8")
    assert check(district_folder, with_pdf=False) == ()


@pytest.mark.parametrize("condition", ["paper.variant.large", "paper.void_reason", "paper.reprint"])
def test_a_fault_that_only_some_copies_have_is_found(district_folder: Path, condition: str) -> None:
    spoil(district_folder, "page.html.j2", 40, f"{{% if {condition} %}}{{{{ nobody }}}}{{% endif %}}")
    assert [(fault.file, fault.line) for fault in check(district_folder, with_pdf=False)] == [("page.html.j2", 40)]


@pytest.mark.system
@pytest.mark.parametrize("condition", ["d.large and d.bilingual", 'd.paper == "a5"', 'd.void_reason != ""'])
def test_a_fault_in_some_pages_of_pdf_is_found(district_folder: Path, condition: str) -> None:
    spoil(district_folder, "page.typ", 4, f"#let spoiled = if {condition} {{ nobody }} else {{ none }}")
    assert [(fault.file, fault.line) for fault in check(district_folder)] == [("page.typ", 4)]


@pytest.mark.parametrize("name", ["refusel.j2", "refusal.j2.txt", "english.yml", "Refusal.J2"])
def test_a_file_that_no_paper_uses_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("", encoding="utf-8")
    (tmp_path / "说明.txt").write_text("区里的文件", encoding="utf-8")
    assert [fault.file for fault in check(tmp_path, with_pdf=False)] == [name]


def test_a_template_that_is_no_text(district_folder: Path) -> None:
    (district_folder / "receipt.j2").write_bytes(b"\xff\xfe\x00")
    assert set(check(district_folder, with_pdf=False)) == {TemplateFault("receipt.j2", 0, "文件不是 UTF-8 文本")}


def test_an_edited_template_is_read_again(district_folder: Path) -> None:
    facts = sample_facts(PaperKind.REFUSAL)
    before = as_text(PaperKind.REFUSAL, "1号", "P1", facts, folder=district_folder)
    spoil(district_folder, "refusal.j2", 3, '{{ p.para("区里加的一句话") }}')
    after = as_text(PaperKind.REFUSAL, "1号", "P1", facts, folder=district_folder)
    assert "区里加的一句话" not in before and "区里加的一句话" in after


def test_a_fault_is_a_refusal_that_says_the_paper_is_safe(district_folder: Path) -> None:
    spoil(district_folder, "receipt.j2", 3, "{{ nobody }}")
    with pytest.raises(FaultyTemplate) as refused:
        as_html(PaperKind.RECEIPT, "1号", "P1", sample_facts(PaperKind.RECEIPT), folder=district_folder)
    assert isinstance(refused.value, Refusal) and refused.value.code == "template_fault"
    assert "receipt.j2 第 3 行" in refused.value.words and "编号不变" in refused.value.advice
    assert "陈示例" not in str(refused.value)
