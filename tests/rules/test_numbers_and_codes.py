import random
import string
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36

from clerk_tui.rules.item_codes import check_item_code
from clerk_tui.rules.licence_ids import ALPHABET, check_character, check_licence_id
from clerk_tui.rules.numbering import (
    CODE_ALPHABET,
    PREFIXES,
    check_code,
    opaque_code,
    paper_number,
    receipt_no,
    ticket_number,
)


def test_numbers_that_people_read() -> None:
    assert receipt_no("SQ01", date(2026, 11, 23), 42) == "SQ01-20261123-0042"
    assert receipt_no("SQ01", date(2026, 11, 23), 12345) == "SQ01-20261123-12345"
    assert ticket_number("A", 12) == "A012"
    assert ticket_number("A", 1200) == "A1200"
    assert paper_number("市桥", "容补", 2026, "SQ01", 113) == "市桥容补[2026]SQ01-113号"


@given(st.sampled_from(sorted(PREFIXES)), st.text(string.hexdigits + "-", min_size=1, max_size=36))
def test_a_code_says_its_kind_and_nothing_else(prefix: str, entity: str) -> None:
    code = opaque_code(prefix, entity)
    assert len(code) == 12 and code == opaque_code(prefix, entity)
    assert check_code(code) == (prefix, True)
    assert check_code(f" {code.lower()}\r\n") == (prefix, True)


@given(st.text(string.hexdigits, min_size=8, max_size=8), st.integers(0, 11), st.sampled_from(CODE_ALPHABET))
def test_every_wrong_character_of_a_code_is_found(entity: str, place: int, char: str) -> None:
    code = opaque_code("C", entity)
    assume(code[place] != char)
    assert not check_code(code[:place] + char + code[place + 1 :])[1]


def test_all_but_one_swap_in_hundreds_is_found() -> None:
    """MOD 37,36 lets a few swaps through; a code so mistaken still has to exist among 2 to the power of 50."""
    swaps = missed = 0
    for number in range(2000):
        code = opaque_code("P", str(number))
        for place in range(11):
            if code[place] != code[place + 1]:
                swaps += 1
                missed += check_code(code[:place] + code[place + 1] + code[place] + code[place + 2 :])[1]
    assert swaps > 15_000
    assert missed * 400 < swaps


def test_codes_of_ten_thousand_cases_differ() -> None:
    assert len({opaque_code("C", str(n)) for n in range(10_000)}) == 10_000


@pytest.mark.parametrize(
    "text", ["", "A012", "440113199003070021", "X0123456789A", "CIOUL456789A", "SQ01-20261123-0042"]
)
def test_what_is_no_code(text: str) -> None:
    assert check_code(text) == ("", False)


def test_an_unknown_prefix_is_a_fault() -> None:
    with pytest.raises(ValueError, match="prefix"):
        opaque_code("Z", "1")


def test_mod_37_36_agrees_with_stdnum_on_100_000_texts() -> None:
    source = random.Random(3)
    for _ in range(100_000):
        text = "".join(source.choices(ALPHABET, k=source.randint(1, 24)))
        assert check_character(text) == mod_37_36.calc_check_digit(text)


@pytest.mark.parametrize(
    "number",
    [
        "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
        "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9",
        "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
    ],
)
def test_published_licence_identifiers(number: str) -> None:
    check = check_licence_id(number)
    assert check.valid, check.reasons
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    assert "校验位应为" in check_licence_id(wrong).reasons[0]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("1.2.156.1.2.3", "应以 1.2.156.3005.2. 开头"),
        ("1.2.156.3005.2.111.222.3", "应有 5 段"),
        ("1.2.156.3005.2.11_.222.3.001.4", "发现: _"),
        ("1.2.156.3005.2.11..3.001.4", "空段"),
    ],
)
def test_what_is_no_licence_identifier(number: str, words: str) -> None:
    check = check_licence_id(number)
    assert not check.valid and words in check.reasons[0]


def test_unusual_lengths_are_warnings() -> None:
    body = "111X2233"
    check = check_licence_id(f"1.2.156.3005.2.111.X.22.33.{check_character(body)}")
    assert check.valid and len(check.warnings) == 2


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("000117051000", "基本编码"),
        ("440116006001", "基本编码"),
        ("1144011300752367244440116006001", "实施编码"),
        ("11440100007482559U3442001001000", "实施编码"),
        ("11440232MB2D06811W4000117051000", "实施编码"),
        ("11440113G3408537924442008029000", "实施编码"),
        ("1144011300752367244440116006001" + "01", "业务办理项编码"),
    ],
)
def test_real_item_codes(code: str, kind: str) -> None:
    check = check_item_code(code)
    assert (check.valid, check.kind) == (True, kind), check.reasons
    assert dict(check.parts)["主项"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("1234", "应为 12, 31 或 33 位, 现为 4 位"),
        ("1144011300752367254440116006001", "实施主体(前 18 位): 第 18 位校验码不符"),
        ("1144011300752367248440116006001", "第 19 位行使层级应为 1-7, 现为 [8]"),
        ("114401130075236724444011600600A", "第 20-31 位基本编码应为 12 位数字"),
        ("1144011300752367244440116006001X1", "第 32-33 位顺序号应为数字"),
        ("00011705100A", "基本编码应为 12 位数字"),
    ],
)
def test_item_codes_say_what_is_wrong(code: str, words: str) -> None:
    check = check_item_code(code)
    assert not check.valid
    assert any(words in reason for reason in check.reasons), check.reasons


def test_an_unusual_type_is_a_warning() -> None:
    assert check_item_code("449916006001").warnings


def test_a_licence_identifier_with_a_slip_says_that_it_is_likely() -> None:
    good = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U"
    swapped = check_licence_id(good.replace("20230000403", "20230000430"))
    assert swapped.reasons[0] == "校验位应为 J, 现为 U"
    assert "很可能输错一位" in swapped.reasons[1] and "流水号第 10 与第 11 位" in swapped.reasons[1]
    wrong = check_licence_id(good.replace("20230000403", "20230000503"))
    assert "很可能输错一位" in wrong.reasons[1]
