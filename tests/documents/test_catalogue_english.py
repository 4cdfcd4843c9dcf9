"""A resident who reads no Chinese reads the whole notice: every text of the shipped catalogue has its English."""

import re
from functools import cache
from typing import Any

import pytest

from clerk_tui.catalog.check import check
from clerk_tui.catalog.model import Catalogue, Item
from clerk_tui.desk.checklist import Line
from clerk_tui.desk.draft_facts import line_fact
from clerk_tui.desk.views.intake import MaterialMark
from clerk_tui.documents.blocks import Facts, Items, Lines, Section, Table
from clerk_tui.documents.check import CODE, NUMBER, sample_facts
from clerk_tui.documents.paper import Printable, prepare
from clerk_tui.documents.render import as_text
from clerk_tui.resources import data_folder
from clerk_tui.rules.paper_variants import PaperVariant
from clerk_tui.rules.papers import PaperKind

HAN = re.compile(r"[\u3400-\u9fff]")
LATIN = re.compile(r"[A-Za-z]")


@cache
def shipped() -> Catalogue:
    catalogue, faults = check(data_folder() / "catalog")
    assert catalogue is not None and faults == ()
    return catalogue


ITEMS = sorted(shipped().items)


def materials_of(item: Item) -> list[dict[str, Any]]:
    """Every material of an item as a notice asks for it."""
    return [
        line_fact(
            Line(
                spec=spec,
                evidence=spec.evidence,
                holder_id="",
                mark=MaterialMark(),
                allowed=(),
                tolerable=False,
                tolerance_words="",
                why="",
            )
        )
        for spec in item.materials
    ]


def notice(kind: PaperKind, item: Item, **facts: Any) -> Printable:
    said = {**sample_facts(kind), "item": item.name, "department": item.office or item.department, **facts}
    return prepare(kind, NUMBER, CODE, said, variant=PaperVariant.ENGLISH, terms=shipped().english)


def english_behind(words: str) -> str:
    """What follows the Chinese: nothing of it may be Chinese."""
    last = max((found.end() for found in HAN.finditer(words)), default=0)
    return words[last:]


@pytest.mark.parametrize("key", ITEMS)
def test_a_one_time_notice_leaves_no_material_untranslated(key: str) -> None:
    item = shipped().items[key]
    rows = materials_of(item)
    paper = notice(PaperKind.ONE_TIME_NOTICE, item, materials=rows)
    (asked,) = (block for block in paper.blocks if isinstance(block, Items))
    assert len(asked.rows) == len(item.materials)
    for (headline, pairs), row in zip(asked.rows, rows, strict=True):
        assert row["name"] in headline and LATIN.search(english_behind(headline)), headline
        told = {label.split("\n")[0]: words for label, words in pairs}
        for label, fact in (
            ("应达到的要求", "standard"),
            ("出具单位", "issuer"),
            ("办理途径", "where"),
            ("一般耗时", "how_long"),
            ("说明", "note"),
        ):
            if row.get(fact):
                assert row[fact] in told[label] and LATIN.search(english_behind(told[label])), told[label]
    said = dict(pair for block in paper.blocks if isinstance(block, Facts) for pair in block.pairs)
    assert LATIN.search(english_behind(said["申请事项\nMatter applied for"]))
    assert LATIN.search(english_behind(said["受理部门\nAccepting department"]))


@pytest.mark.parametrize("key", ITEMS)
def test_a_notice_says_of_each_material_what_it_must_be_from_whom_where_and_how_long(key: str) -> None:
    for row in materials_of(shipped().items[key]):
        assert all(row.get(fact) for fact in ("name", "standard", "issuer", "where", "how_long")), row


@pytest.mark.parametrize("key", ITEMS)
def test_the_other_papers_of_an_item_are_translated_too(key: str) -> None:
    """Acceptance, 容缺 notice and guide: lists, deadlines, answers, steps, fees."""
    item = shipped().items[key]
    rows = materials_of(item)
    answers = [f"{one.text}: {', '.join(option.label for option in one.options)}" for one in item.questions]
    papers = [
        notice(PaperKind.ACCEPTANCE, item, materials=rows, remaining=rows, fee_words=item.fee_words),
        notice(PaperKind.DEFICIENCY_NOTICE, item, materials=rows, notes=[]),
        notice(
            PaperKind.GUIDE_SHEET,
            item,
            materials=rows,
            answers=answers,
            procedure=list(item.steps),
            fee_words=item.fee_words,
            delivery="、".join(item.result.delivery),
            notes=[note for note in (item.note, shipped().banner) if note],
            not_needed=[f"{spec.name}: 能查到电子证照或共享数据的不用带" for spec in item.materials],
        ),
    ]
    names = [row["name"] for row in rows]
    expected = [names, names, [*names, *answers, *item.steps, item.fee_words, *filter(None, [item.note])]]
    for paper, texts in zip(papers, expected, strict=True):
        said = _said(paper)
        for text in texts:
            whole = [words for words in said if words.startswith(f"{text}\n")]
            assert whole and all(LATIN.search(english_behind(words)) for words in whole), text


def _said(paper: Printable) -> list[str]:
    found: list[str] = []
    for block in paper.blocks:
        match block:
            case Facts():
                found += [words for _, words in block.pairs]
            case Lines():
                found += block.items
            case Items():
                found += [words for headline, pairs in block.rows for words in (headline, *(w for _, w in pairs))]
            case Table():
                found += [part for row in block.rows for cell in row for part in cell]
            case Section():
                found.append(block.words)
    return found


def test_what_a_district_has_not_translated_stays_chinese_and_is_never_empty() -> None:
    rows = [{"name": "本镇自己的证明", "standard": "在有效期内; 本镇自己的要求", "issuer": "本镇服务站"}]
    facts = {**sample_facts(PaperKind.ONE_TIME_NOTICE), "item": "本镇自己的事项", "materials": rows}
    text = as_text(
        PaperKind.ONE_TIME_NOTICE,
        NUMBER,
        CODE,
        facts,
        variant=PaperVariant.ENGLISH,
        terms=shipped().english,
        width=2000,
    )
    assert "本镇自己的证明" in text and "本镇服务站" in text
    assert "在有效期内; 本镇自己的要求 within its period of validity; 本镇自己的要求" in " ".join(text.split())
    assert "your application for 「本镇自己的事项」" in text


def test_an_english_sentence_names_the_item_in_english() -> None:
    paper = notice(PaperKind.ONE_TIME_NOTICE, shipped().items["gat-juzhuzheng"])
    words = " ".join(sentence for block in paper.blocks for sentence in getattr(block, "sentences", ()))
    assert "「港澳台居民居住证申领」申请" in words
    assert "for 「Residence permit for Hong Kong, Macao and Taiwan residents」" in words
