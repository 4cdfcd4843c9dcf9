from datetime import date

import pytest

from clerk_tui.devices.card_reader import AUTO, FIXED, OFF, PRESETS, ReaderPerson, read_line
from clerk_tui.devices.card_reader import NUMBER as NUMBER_ONLY
from clerk_tui.devices.scanner import Scan, ScanKind, classify
from clerk_tui.rules.numbering import PREFIXES, opaque_code
from clerk_tui.settings import CARD_READERS

TODAY = date(2026, 11, 23)
NUMBER = "11010519491231002X"
"""The example of GB 11643 itself."""
PERSON = ReaderPerson("欧阳·示例", "女", "1949-12-31", "示例市示例区 示例路 1 号", NUMBER)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_our_codes_are_told_apart(prefix: str) -> None:
    code = opaque_code(prefix, "018f")
    kinds = {"C": "case", "T": "ticket", "P": "paper", "R": "result", "A": "appointment"}
    assert classify(code, today=TODAY) == Scan(ScanKind(kinds[prefix]), code)
    assert classify(f"]Q3{code.lower()}\r\n", today=TODAY).value == code


def test_a_code_with_one_wrong_character_is_nothing() -> None:
    code = opaque_code("C", "018f")
    for place in range(1, len(code)):
        wrong = code[:place] + ("0" if code[place] != "0" else "1") + code[place + 1 :]
        assert classify(wrong, today=TODAY).kind is ScanKind.UNKNOWN


@pytest.mark.parametrize(
    "text", [NUMBER, NUMBER.lower(), "１１０１０５１９４９１２３１００２Ｘ", " 110105 19491231 002x "]
)
def test_an_identity_number_is_folded(text: str) -> None:
    assert classify(text, today=TODAY) == Scan(ScanKind.IDENTITY, NUMBER)


@pytest.mark.parametrize(
    "text", ["110105194912310021", "SQ01-20261123-0042", "EA123456789CN", "B-07", "A012", "", "123"]
)
def test_all_else_is_left_to_the_find_box(text: str) -> None:
    assert classify(text, today=TODAY) == Scan(ScanKind.UNKNOWN, text)


def line(separator: str, address: str = PERSON.address) -> str:
    return separator.join(["欧阳·示例", "女", "汉", "19491231", address, NUMBER, "示例公安局", "20200101", "长期"])


@pytest.mark.parametrize(
    ("preset", "text"),
    [
        ("comma", line(",")),
        ("semicolon", line(";")),
        ("bar", line("|")),
        ("space", line(" ")),
        ("tab", line("\t")),
        ("number_first", f"{NUMBER},欧阳·示例,女,1949-12-31,{PERSON.address}"),
    ],
)
def test_separated_lines_of_readers(preset: str, text: str) -> None:
    assert read_line(text, today=TODAY, preset=preset) == PERSON
    assert read_line(text, today=TODAY) == PERSON
    assert classify(text, today=TODAY) == Scan(ScanKind.IDENTITY, NUMBER, PERSON)


def test_the_fixed_layout_of_the_card() -> None:
    text = f"{'欧阳·示例':<15}201{'19491231'}{PERSON.address:<35}{NUMBER}{'示例公安局':<15}20200101长期      {'':<18}"
    assert len(text) == 128
    assert read_line(text, today=TODAY, preset=FIXED) == PERSON
    assert read_line(text, today=TODAY) == PERSON


@pytest.mark.parametrize(
    "text",
    [
        line(",").replace("女", "男"),
        line(",").replace("19491231,", "19491230,"),
        line(",").replace(NUMBER, "110105194912310021"),
        line(",").replace("欧阳·示例", ""),
        "只有名字",
    ],
)
def test_a_misread_card_is_not_half_believed(text: str) -> None:
    assert read_line(text, today=TODAY) is None
    assert classify(text, today=TODAY).person is None


def test_presets_are_described_and_an_unknown_one_is_an_error() -> None:
    assert all(preset.words and "number" in preset.fields and "name" in preset.fields for preset in PRESETS.values())
    with pytest.raises(KeyError):
        read_line("x", today=TODAY, preset="punched card")


@pytest.mark.parametrize(
    "text",
    [
        f"欧阳·示例|女|汉|19491231|示例市示例区某路1号|{NUMBER}|示例公安局|20200101-长期",
        f"{NUMBER}\t欧阳·示例\t女",
        f"居民身份证,{NUMBER},欧阳·示例,女",
    ],
)
def test_readers_with_an_order_of_their_own(text: str) -> None:
    person = read_line(text, today=TODAY)
    assert person is not None and (person.number, person.name) == (NUMBER, "欧阳·示例")


@pytest.mark.parametrize("typed", [NUMBER, "陈志英", "陈志英|男", "110105194912310021|陈志英", ""])
def test_what_is_typed_is_no_readers_line(typed: str) -> None:
    assert read_line(typed, today=TODAY) is None


def test_the_setting_names_every_format() -> None:
    assert set(CARD_READERS) == {AUTO, FIXED, NUMBER_ONLY, OFF, *PRESETS}


def test_a_reader_that_types_only_the_number_must_be_set_so() -> None:
    assert classify(NUMBER, today=TODAY).person is None
    person = classify(NUMBER, today=TODAY, reader=NUMBER_ONLY).person
    assert person is not None and (person.number, person.name) == (NUMBER, "")
    assert classify(line(","), today=TODAY, reader=OFF).person is None
    assert classify(line(";"), today=TODAY, reader="comma").person is None
