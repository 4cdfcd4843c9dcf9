import random
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.cn import ric
from stdnum.cn import uscc as stdnum_uscc

from clerk_tui.rules import mod_11_2, uscc
from clerk_tui.rules.identity import NumberKind, age_on, check_number, fold, kind_words

TODAY = date(2026, 11, 23)
RESIDENT = "440113199003070021"


@pytest.mark.parametrize(
    ("number", "kind", "birth", "sex"),
    [
        ("11010519491231002X", NumberKind.RESIDENT_ID, date(1949, 12, 31), "女"),
        ("440524188001010014", NumberKind.RESIDENT_ID, date(1880, 1, 1), "男"),
        ("440113195501010015", NumberKind.RESIDENT_ID, date(1955, 1, 1), "男"),
        ("440113199003070021", NumberKind.RESIDENT_ID, date(1990, 3, 7), "女"),
        ("810000199001010019", NumberKind.GAT_RESIDENCE, date(1990, 1, 1), "男"),
        ("820000199505050024", NumberKind.GAT_RESIDENCE, date(1995, 5, 5), "女"),
        ("830000198512120032", NumberKind.GAT_RESIDENCE, date(1985, 12, 12), "男"),
        ("810000199408230021", NumberKind.GAT_RESIDENCE, date(1994, 8, 23), "女"),
        ("830000199201300022", NumberKind.GAT_RESIDENCE, date(1992, 1, 30), "女"),
        ("944840199009090014", NumberKind.FOREIGNER_PERMANENT_18, date(1990, 9, 9), "男"),
        ("440113900307002", NumberKind.RESIDENT_ID_15, date(1990, 3, 7), "女"),
    ],
)
def test_persons_with_a_birth_date(number: str, kind: NumberKind, birth: date, sex: str) -> None:
    check = check_number(number, today=TODAY)
    assert (check.valid, check.kind, check.birth, check.sex) == (True, kind, birth, sex)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("USA440184010112", NumberKind.FOREIGNER_PERMANENT_15),
        ("H12345678", NumberKind.HKM_PERMIT),
        ("M1234567801", NumberKind.HKM_PERMIT),
        ("12345678", NumberKind.TAIWAN_PERMIT),
        ("1234567890B", NumberKind.TAIWAN_PERMIT),
        ("E12345678", NumberKind.PASSPORT),
        ("EA1234567", NumberKind.PASSPORT),
        ("G12345678", NumberKind.PASSPORT),
        ("P1234567", NumberKind.PASSPORT),
        ("L440123456", NumberKind.BIRTH_CERTIFICATE),
        ("K1234567", NumberKind.FOREIGN_PASSPORT),
        ("11440232MB2D06811W", NumberKind.USCC),
        ("114401130075236724", NumberKind.USCC),
        ("11440100007482559U", NumberKind.USCC),
        ("91440113MA00000002", NumberKind.USCC),
        ("114401130000000007", NumberKind.USCC),
        ("54440113MJ0000000D", NumberKind.USCC),
        ("11440113G340853792", NumberKind.USCC),
    ],
)
def test_kinds_without_a_birth_date(number: str, kind: NumberKind) -> None:
    check = check_number(number, today=TODAY)
    assert check.valid, check.reasons
    assert (check.kind, check.birth, check.sex) == (kind, None, "")


def test_a_permanent_residence_card_of_the_old_form_has_three_letters_and_twelve_digits() -> None:
    assert check_number("USA440184010112", today=TODAY).kind is NumberKind.FOREIGNER_PERMANENT_15
    assert check_number("USA44018401011", today=TODAY, kind=NumberKind.FOREIGNER_PERMANENT_15).reasons == (
        "应为 3 个字母加 12 位数字; 现为 14 位",
    )


@pytest.mark.parametrize(
    "typed",
    [
        "４４０１１３１９９００３０７００２１",
        " 4401 1319 9003 0700 21 ",
        "440113-19900307-0021",
        "440113\u200b19900307\u20110021\r\n",
        "\ufeff440113199003070021",
    ],
)
def test_readers_and_input_methods_give_the_same_number(typed: str) -> None:
    check = check_number(typed, today=TODAY)
    assert (check.valid, check.number) == (True, RESIDENT)


def test_a_lower_case_x_is_the_check_character() -> None:
    assert check_number("11010519491231002x", today=TODAY).number == "11010519491231002X"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("44011319900307002", "应为 18 位, 现为 17 位"),
        ("4401131990030700211", "应为 18 位, 现为 19 位"),
        ("440113199013070021", "第 11-12 位出生月份应为 01-12, 现为 13"),
        ("440113199002300021", "第 13-14 位出生日不存在, 现为 30"),
        ("440113203003070021", "第 7-10 位出生年份晚于今年"),
        ("440113100003070021", "第 7-10 位出生年份早于 1850 年, 不可能"),
        ("440113202611240025", "第 7-14 位出生日期晚于今天"),
        ("440113199003070023", "第 18 位校验码不符: 按前 17 位应为 1, 现为 3"),
        ("4401I3199003070021", "第 5 位应为数字, 现为 [I]"),
        ("13800138000", "看起来是手机号码, 请填在电话栏"),
        ("", "没有填写证件号码"),
        ("810001199001010019", "第 18 位校验码不符"),
    ],
)
def test_the_message_names_the_rule_that_fails(number: str, words: str) -> None:
    check = check_number(number, today=TODAY)
    assert not check.valid
    assert any(words in reason for reason in check.reasons), check.reasons


def test_no_message_repeats_the_number_or_the_birth_date() -> None:
    for number in ("440113199013070021", "440113202611240025", "440131199003070021"):
        check = check_number(number, today=TODAY)
        assert number not in check.words
        assert number[6:14] not in check.words


def test_a_child_born_today_is_not_from_the_future() -> None:
    first = "44011320261123002"
    assert check_number(first + mod_11_2.check_digit(first), today=TODAY).valid
    assert not check_number(first + mod_11_2.check_digit(first), today=date(2026, 11, 22)).valid


def test_the_region_is_never_held_against_anybody() -> None:
    for region in ("440126", "440181", "440182", "999999", "123456"):
        first = f"{region}19800101001"
        check = check_number(first + mod_11_2.check_digit(first), today=TODAY)
        assert check.valid, (region, check.reasons)


def test_a_swap_is_said_to_be_likely() -> None:
    check = check_number("440131199003070021", today=TODAY)
    assert "很可能" in check.reasons[-1]
    assert "相邻两位颠倒(第 5 与第 6 位)" in check.reasons[-1]


def test_an_impossible_month_points_at_its_digit() -> None:
    assert "输错一位数字(第 11, 12 位)" in check_number("440113199013070021", today=TODAY).reasons[-1]


def test_random_digits_are_not_called_a_likely_slip() -> None:
    assert not any("很可能" in reason for reason in check_number("987654321098765432", today=TODAY).reasons)


def test_a_chosen_kind_is_held_to() -> None:
    wrong = check_number(RESIDENT, today=TODAY, kind=NumberKind.GAT_RESIDENCE)
    assert not wrong.valid and "810000" in wrong.words
    assert not check_number("810000199001010019", today=TODAY, kind=NumberKind.FOREIGNER_PERMANENT_18).valid
    found = check_number("810000199001010019", today=TODAY, kind=NumberKind.RESIDENT_ID)
    assert (found.valid, found.kind) == (True, NumberKind.GAT_RESIDENCE)


def test_passports_are_warned_about_but_not_refused() -> None:
    odd = check_number("XYZ12345", today=TODAY, kind=NumberKind.PASSPORT)
    assert odd.valid and odd.warnings
    assert not check_number("E1234#678", today=TODAY, kind=NumberKind.PASSPORT).valid


def test_without_a_number_means_without_a_number() -> None:
    assert check_number("", today=TODAY, kind=NumberKind.NONE).valid
    assert not check_number("12", today=TODAY, kind=NumberKind.NONE).valid


def test_old_age_is_a_warning() -> None:
    assert check_number("440524188001010014", today=TODAY).warnings == ("年龄超过 120 岁, 请核对证件",)


def test_every_kind_has_words() -> None:
    assert all(kind_words(kind) for kind in NumberKind)
    assert kind_words("") == ""


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(1961, 11, 23), date(2026, 11, 22), 64),
        (date(1961, 11, 23), date(2026, 11, 23), 65),
        (date(1960, 2, 29), date(2025, 2, 28), 64),
        (date(1960, 2, 29), date(2025, 3, 1), 65),
    ],
)
def test_age(birth: date, day: date, age: int) -> None:
    assert age_on(birth, day) == age


births = st.dates(date(1900, 1, 1), TODAY)


@st.composite
def residents(draw: st.DrawFn) -> str:
    region = draw(st.sampled_from(["440113", "440126", "110105", "511102", "810000", "944840", "131126", "321112"]))
    first = f"{region}{draw(births):%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return first + mod_11_2.check_digit(first)


@given(residents(), st.integers(0, 17), st.sampled_from("0123456789"))
def test_every_wrong_digit_is_found(number: str, place: int, digit: str) -> None:
    assume(number[place] != digit)
    check = check_number(number[:place] + digit + number[place + 1 :], today=TODAY)
    assert not check.valid
    assert "很可能" in check.reasons[-1]


@given(residents(), st.integers(0, 16))
def test_every_adjacent_swap_is_found(number: str, place: int) -> None:
    assume(number[place] != number[place + 1])
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    check = check_number(swapped, today=TODAY)
    assert not check.valid
    assert "很可能" in check.reasons[-1]


@given(residents())
def test_sound_numbers_are_sound(number: str) -> None:
    check = check_number(number, today=TODAY)
    assert check.valid
    assert check.sex == ("男" if int(number[16]) % 2 else "女")


@given(st.text(max_size=40))
def test_any_text_gets_an_answer(text: str) -> None:
    check = check_number(text, today=TODAY)
    assert check.valid or check.reasons
    assert fold(check.number) == check.number


def test_check_digits_agree_with_stdnum_on_100_000_resident_numbers() -> None:
    source = random.Random(19)
    for _ in range(100_000):
        day = date(1900, 1, 1) + timedelta(days=source.randrange(46_000))
        first = f"440113{day:%Y%m%d}{source.randrange(1000):03d}"
        number = first + source.choice("0123456789X")
        assert mod_11_2.check_digit(first) == ric.calc_check_digit(number)


def test_check_characters_agree_with_stdnum_on_100_000_organisation_codes() -> None:
    source = random.Random(7)
    for _ in range(100_000):
        first = "".join(source.choice(uscc.ALPHABET) for _ in range(17))
        assert uscc.check_character(first) == stdnum_uscc.calc_check_digit(first)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("91440113MA0000000O", "第 18 位不能用 [O], 是否为 0"),
        ("91440113MI00000002", "第 10 位不能用 [I], 是否为 1"),
        ("91440113MA00000003", "第 18 位校验码不符: 按前 17 位应为 2, 现为 3"),
        ("9144011MA00000002", "应为 18 位, 现为 17 位"),
        ("91440113AM00000002", "第 9 与第 10 位"),
    ],
)
def test_organisation_codes_say_what_is_wrong(code: str, words: str) -> None:
    check = check_number(code, today=TODAY, kind=NumberKind.USCC)
    assert not check.valid
    assert words in check.words


@given(st.integers(0, 17), st.sampled_from(uscc.ALPHABET))
def test_every_wrong_character_of_an_organisation_code_is_found(place: int, char: str) -> None:
    code = "11440232MB2D06811W"
    assume(code[place] != char)
    assert not check_number(code[:place] + char + code[place + 1 :], today=TODAY, kind=NumberKind.USCC).valid


@pytest.mark.parametrize("number", ["H123456789", "M123456789"])
def test_a_permit_one_digit_short_is_not_taken_for_a_birth_certificate_in_silence(number: str) -> None:
    check = check_number(number, today=TODAY)
    assert check.kind is NumberKind.BIRTH_CERTIFICATE and "港澳居民来往内地通行证" in check.warnings[0]
    assert check_number("L440123456", today=TODAY).warnings == ()
