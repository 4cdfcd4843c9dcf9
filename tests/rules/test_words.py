import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_tui.rules import paper_facts
from clerk_tui.rules.masking import mask_name, mask_number, mask_phone
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.phones import check_phone
from clerk_tui.rules.plain_text import LONGEST_LINE, clean_line, clean_name
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.regimes import REGIMES, missed_five_days, regime_for, suspension_fault


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("440113195501010015", "440113********0015"),
        ("440113900307002", "440113*****7002"),
        ("H12345678", "H1*****78"),
        ("12345", "1****"),
        ("", ""),
    ],
)
def test_numbers_are_masked(number: str, masked: str) -> None:
    assert mask_number(number) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812343210", "138****3210"),
        ("02084630000", "020****0000"),
        ("+852 61234567", "+852 ******67"),
        ("84630000", "*****000"),
        ("12345", "*****"),
        ("", ""),
    ],
)
def test_phones_are_masked(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("李小敏", "李*敏"),
        ("欧阳娜娜", "欧**娜"),
        ("阿依古丽·买买提", "阿*·买*"),
        ("John Smith", "J* S*"),
        ("王", "*"),
        ("", ""),
    ],
)
def test_names_are_masked(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@given(st.text(min_size=2, max_size=40))
def test_no_mask_shows_the_whole(text: str) -> None:
    if text.strip("* ·+"):
        assert mask_number(text) != text or set(text[1:]) <= {"*"}


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("a\r\nb\tc", "a b c"),
        ("\x1b[31m张三\x00", "[31m张三"),
        ("[/x]", "[/x]"),
        ("张\u202e三\u200b", "张三"),
        ("张\ue000三", "张三"),
        ("阿卜杜\u2022买买提 阿\u30fb里\uff65", "阿卜杜·买买提 阿·里·"),
        ("  多   空\u3000格 ", "多 空 格"),
        ("\u2028x\u2029", "x"),
        ("𠮷野", "𠮷野"),
    ],
)
def test_a_line_is_plain(typed: str, line: str) -> None:
    assert clean_line(typed) == line


@given(st.text(max_size=200))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean_line(text)
    assert clean_line(once) == once
    assert not any(ord(char) < 32 or 0x202A <= ord(char) <= 0x202E or 0xE000 <= ord(char) <= 0xF8FF for char in once)


def test_a_paste_is_cut() -> None:
    assert len(clean_line("长" * 10_000)) == LONGEST_LINE


def test_names_keep_their_characters() -> None:
    assert clean_name(" 张 三 ") == "张三"
    assert clean_name("阿依古丽 • 买买提") == "阿依古丽·买买提"
    assert clean_name("John  Smith") == "John Smith"
    assert clean_name("\uf900") == "\uf900", "a compatibility ideograph of a name is not normalised"


@pytest.mark.parametrize(
    ("name", "code"), [("", "name_empty"), ("\u200b", "name_empty"), ("12345", "name_digits"), ("长" * 81, "name_long")]
)
def test_what_is_no_name(name: str, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        clean_name(name)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("138 1234-3210", "13812343210"),
        ("＋86 13812343210", "13812343210"),
        ("(020) 84630000", "02084630000"),
        ("+852 6123 4567", "+852 61234567"),
        ("0085361234567", "+853 61234567"),
        ("84630000", "84630000"),
        ("无", ""),
    ],
)
def test_phones(typed: str, phone: str) -> None:
    check = check_phone(typed)
    assert (check.valid, check.phone) == (True, phone)


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("010-65551234", "01065551234"),
        ("(020) 3482 1234", "02034821234"),
        ("0663-8221234", "06638221234"),
        ("0757-82211234", "075782211234"),
        ("+86 20 3482 1234", "02034821234"),
        ("400-830-1234", "4008301234"),
    ],
)
def test_landlines_have_an_area_code_of_three_or_four_digits(typed: str, phone: str) -> None:
    check = check_phone(typed)
    assert (check.valid, check.phone) == (True, phone)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "没有填写电话"),
        ("1381234321", "应为 11 位, 现为 10 位"),
        ("12812343210", "第 2 位应为 3-9"),
        ("+852 1234567", "应为 8 位数字"),
        ("电话", "只能有数字"),
        ("99", "区号"),
        ("12345", "应为 11 位, 现为 5 位"),
        ("10086", "应为 11 位, 现为 5 位"),
        ("020-3482123", "座机应为区号"),
        ("0757-12345678", "座机应为区号"),
        ("0100000", "座机应为区号"),
    ],
)
def test_what_is_no_phone(typed: str, words: str) -> None:
    check = check_phone(typed)
    assert not check.valid and words in check.reasons[0]


def test_every_kind_of_paper_has_a_form_a_title_and_its_own_sign() -> None:
    assert {kind.value for kind in PaperKind} == set(paper_facts.FORMS)
    assert len({kind.kind_char for kind in PaperKind}) == len(PaperKind)
    assert all(kind.title and paper_facts.fact_words(key) for kind in PaperKind for key in paper_facts.FORMS[kind].keys)


def test_a_paper_with_a_hole_is_named_by_it() -> None:
    full = dict.fromkeys(paper_facts.FORMS["receipt"].required, "x")
    assert paper_facts.missing("receipt", full) == ()
    for blank in (None, "", "  ", [], {}):
        assert paper_facts.missing("receipt", {**full, "clerk": blank}) == ("clerk",)
    assert paper_facts.missing("ticket_slip", {**full, "ticket": "A012", "category": "综合", "ahead": 0}) == ()


def test_only_the_permits_are_deemed_accepted_and_served_in_ten_days() -> None:
    assert [key for key, one in REGIMES.items() if one.deemed_acceptance] == ["licence"]
    assert [key for key, one in REGIMES.items() if one.serve_days] == ["licence"]
    assert REGIMES["licence"].serve_days == 10
    assert missed_five_days(REGIMES["licence"]) == "deem_accepted"
    assert {missed_five_days(one) for key, one in REGIMES.items() if key != "licence"} == {"incident"}


def test_every_category_has_its_regime() -> None:
    for category in ("行政许可", "行政确认", "行政给付", "行政奖励", "公共服务", "其他行政权力"):
        assert regime_for(category).words == category
    assert regime_for("从未听说").key == "other"
    assert regime_for("licence").words == "行政许可"


def test_publicity_never_stops_the_clock_of_a_permit() -> None:
    assert "公示" not in REGIMES["licence"].suspensions


@pytest.mark.parametrize(
    ("regime", "name", "publicity", "words"),
    [
        ("licence", "检验检测", False, ""),
        ("licence", "听证", False, ""),
        ("licence", "等待领导签字", False, "[等待领导签字]不在行政许可法第四十五条所列之内"),
        ("licence", "公示", False, "这个事项没有规定公示不计入办理时限"),
        ("benefit", "公示", False, "这个事项没有规定公示不计入办理时限"),
        ("benefit", "社区公示", True, ""),
        ("benefit", "入户调查", False, ""),
    ],
)
def test_what_stops_a_clock(regime: str, name: str, publicity: bool, words: str) -> None:
    found = suspension_fault(REGIMES[regime], name, publicity=publicity)
    assert found.startswith(words) and bool(found) is bool(words)
