"""Languages and large print: names, numbers, offices and law titles stay as they are, everything else follows."""

import re
from typing import Any

import pytest

from clerk_tui.catalog.legal import FILE, book_of
from clerk_tui.catalog.reading import read_yaml
from clerk_tui.desk.intake_papers import AWAITING, NOT_ACCEPTED_YET, OPEN_CORRECTION
from clerk_tui.desk.paper_facts import CHANNELS, DELIVERY_WORDS, TWO_COPIES
from clerk_tui.desk.signed_papers import PROMISE_CONSEQUENCE
from clerk_tui.documents.check import CODE, NUMBER, sample_facts
from clerk_tui.documents.english import english_words
from clerk_tui.documents.paper import prepare
from clerk_tui.documents.render import as_html, as_text
from clerk_tui.documents.slips import slip_lines
from clerk_tui.documents.templates import folders_of
from clerk_tui.documents.text_layout import width
from clerk_tui.resources import data_folder
from clerk_tui.rules.legal_texts import RefusalReason
from clerk_tui.rules.paper_facts import FORMS
from clerk_tui.rules.paper_variants import PaperVariant
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.queue_policy import MissedPolicy, QueuePolicy
from clerk_tui.rules.tolerance import ON_EXPIRY

BOOK = book_of(read_yaml(data_folder() / "catalog" / FILE, FILE, []))


@pytest.mark.parametrize("kind", PaperKind)
def test_every_label_and_sentence_has_its_english(kind: PaperKind) -> None:
    full = sample_facts(kind)
    bare = {key: full[key] for key in FORMS[kind.value].required}
    for facts in (full, bare):
        assert prepare(kind, NUMBER, CODE, facts, variant=PaperVariant.ENGLISH).unsaid == frozenset()


def test_a_sentence_and_its_english_name_the_same_facts() -> None:
    for chinese, english in english_words(folders_of(None)).items():
        assert set(re.findall(r"\{(\w+)\}", chinese)) == set(re.findall(r"\{(\w+)\}", english)), chinese


def test_the_english_form_holds_both_and_says_which_counts() -> None:
    facts = sample_facts(PaperKind.ACCEPTANCE)
    text = as_text(PaperKind.ACCEPTANCE, NUMBER, CODE, facts, variant=PaperVariant.ENGLISH, width=200)
    for words in ("受理通知书", "Notice of acceptance", "the Chinese text prevails", "申请人 Applicant", "14 Dec 2026"):
        assert words in text
    assert "2026年12月14日" in text and "Resident identity card" in text
    assert "《示例条例》第三十二条" in text


def test_traditional_converts_words_but_no_name_number_office_or_law_title() -> None:
    facts: dict[str, Any] = {**sample_facts(PaperKind.ONE_TIME_NOTICE), "applicant": "陈云里", "clerk": "李敏"}
    facts["basis"] = ["《广东省优化营商环境条例》第三十三条(一次性告知)"]
    text = as_text(PaperKind.ONE_TIME_NOTICE, NUMBER, CODE, facts, variant=PaperVariant.TRADITIONAL, width=200)
    assert "一次性告知(補正)通知書" in text and "居民身份證" in text and "申請人" in text
    assert "陈云里" in text and "市桥街道政务服务中心" in text and NUMBER in text
    assert "《广东省优化营商环境条例》第三十三條" in text


def test_what_the_converter_takes_apart_wrongly_is_mended() -> None:
    said = ["收复印件", "发卡银行", "交通组织方案(公安会签)", "周工作时长", "复印件 1 份", "短信已发, 卡在窗口领取"]
    facts = {**sample_facts(PaperKind.RECEIPT), "notes": said}
    text = as_text(PaperKind.RECEIPT, NUMBER, CODE, facts, variant=PaperVariant.TRADITIONAL, width=200)
    for words in ("收複印件", "發卡銀行", "公安會簽", "週工作時長", "短信已發, 卡在"):
        assert words in text


def test_an_item_has_the_same_characters_in_a_sentence_as_in_the_table() -> None:
    facts = {**sample_facts(PaperKind.REFUSAL), "item": "个体工商户变更登记", "applicant": "陈云里"}
    text = as_text(PaperKind.REFUSAL, NUMBER, CODE, facts, variant=PaperVariant.TRADITIONAL, width=200)
    assert "「個體工商户變更登記」申請" in text and "陈云里：你（單位）" in text and "个体工商户" not in text


def test_rare_characters_pass_the_conversion() -> None:
    facts = {**sample_facts(PaperKind.RECEIPT), "applicant": "𠮷𬍛·阿依古丽"}
    for variant in PaperVariant:
        assert "𠮷𬍛·阿依古丽" in as_text(PaperKind.RECEIPT, NUMBER, CODE, facts, variant=variant)
        assert "𠮷𬍛·阿依古丽" in as_html(PaperKind.RECEIPT, NUMBER, CODE, facts, variant=variant)


def test_large_print_is_large() -> None:
    facts = sample_facts(PaperKind.RECEIPT)
    assert "html { font-size: 15pt; }" in as_html(PaperKind.RECEIPT, NUMBER, CODE, facts, variant=PaperVariant.LARGE)
    assert "html { font-size: 15pt; }" not in as_html(PaperKind.RECEIPT, NUMBER, CODE, facts)


@pytest.mark.parametrize("variant", PaperVariant)
@pytest.mark.parametrize("cells", [32, 48])
def test_every_kind_fits_the_roll_and_has_its_code(cells: int, variant: PaperVariant) -> None:
    for kind in PaperKind:
        paper = prepare(kind, NUMBER, CODE, sample_facts(kind), variant=variant, reprint=2, void_reason="姓名写错")
        lines = slip_lines(paper, cells)
        assert all(
            width(line.words) * (2 if line.style == "big" else 1) <= cells for line in lines if line.style != "qr"
        )
        assert [line.words for line in lines if line.style == "qr"] == [CODE]
        assert any("姓名写错" in line.words for line in lines)


def test_a_receipt_on_a_slip_says_what_was_taken_in_and_that_it_is_no_acceptance() -> None:
    paper = prepare(PaperKind.RECEIPT, NUMBER, CODE, sample_facts(PaperKind.RECEIPT))
    words = "".join(line.words.strip() for line in slip_lines(paper, 32))
    for said in ("SQ01-20261123-0042", "居民身份证", "原件 1 份", "不表示申请已被受理", "签名"):
        assert said in words


def test_the_key_goes_round_all_forms() -> None:
    seen, variant = [], PaperVariant.PLAIN
    for _ in PaperVariant:
        seen.append(variant)
        variant = variant.next
    assert variant is PaperVariant.PLAIN and seen == list(PaperVariant)
    assert PaperVariant.ENGLISH_LARGE.language == "en" and PaperVariant.TRADITIONAL.language == "hant"
    assert [one.large for one in PaperVariant] == [False, True, False, True, False, True]


def english_of(**facts: Any) -> str:
    said = {**sample_facts(PaperKind.REFUSAL), **facts}
    return as_text(PaperKind.REFUSAL, NUMBER, CODE, said, variant=PaperVariant.ENGLISH, width=2000)


def test_what_the_desk_always_says_has_its_english() -> None:
    """Rights above all: who cannot read the remedies loses them. Law titles stay as they are."""
    english = english_words(folders_of(None))
    always = [words for texts in BOOK.regimes.values() for words in texts.remedies]
    always += [*TWO_COPIES, *CHANNELS, *DELIVERY_WORDS.values(), *PROMISE_CONSEQUENCE]
    always += [NOT_ACCEPTED_YET, AWAITING, OPEN_CORRECTION]
    always += [one.words for one in ON_EXPIRY.values()] + ["期限不因此变动", "此日前核查"]
    always += [QueuePolicy(missed_policy=one.value).missed_words for one in MissedPolicy]
    assert [words for words in always if not english.get(words)] == []
    assert all(
        title in english[words]
        for words in always
        for title in re.findall(r"行政\w+法第[一二三四五六七八九十]+条", words)
    )


@pytest.mark.parametrize("reason", BOOK.reasons, ids=[one.key for one in BOOK.reasons])
def test_why_an_application_is_refused_is_said_in_english(reason: RefusalReason) -> None:
    text = english_of(reason=reason.full_words)
    title = re.search(r"《[^》]+》[^)]*", reason.full_words)
    said = text.partition(reason.full_words)[2].split("\n")[1].strip()
    assert re.match(r"[a-z]", said) and (title is None or title[0] in said), said


def test_what_stands_behind_a_deadline_is_said_in_english() -> None:
    due = {"date": "2026-12-07", "words": "期限不因此变动", "provisional": False}
    facts = {**sample_facts(PaperKind.SECOND_NOTICE), "due": due}
    text = as_text(PaperKind.SECOND_NOTICE, NUMBER, CODE, facts, variant=PaperVariant.ENGLISH, width=2000)
    assert "2026年12月7日 (7 Dec 2026)（期限不因此变动 / the time limit does not change）" in text


def test_words_with_a_number_in_them_have_their_english() -> None:
    text = english_of(query_words="凭收件号 SQ01-1 到本大厅窗口查询, 或致电 020-84880000", window="3号窗口")
    assert "with receipt number SQ01-1 at a counter of this hall, or call 020-84880000" in text
    assert "Counter 3" in text


def test_working_days_and_unpublished_holidays_are_said_in_english() -> None:
    due = {"date": "2026-12-14", "words": "15 工作日内", "provisional": True}
    facts = {**sample_facts(PaperKind.ACCEPTANCE), "due": due}
    text = as_text(PaperKind.ACCEPTANCE, NUMBER, CODE, facts, variant=PaperVariant.ENGLISH, width=2000)
    assert "2026年12月14日 (14 Dec 2026)（15 工作日内 / 15 working days）" in text
    assert "may change once holidays are announced" in text


def test_slips_are_signed_in_the_language_of_the_rest() -> None:
    for variant, said in ((PaperVariant.TRADITIONAL, "領取人簽名"), (PaperVariant.ENGLISH, "(recipient signs)")):
        paper = prepare(
            PaperKind.COLLECTION_RECEIPT, NUMBER, CODE, sample_facts(PaperKind.COLLECTION_RECEIPT), variant=variant
        )
        assert said in " ".join(line.words for line in slip_lines(paper, 48))
