import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from clerk_tui.store.canonical import dump, load, sha


def test_keys_are_sorted_and_names_keep_their_code_points() -> None:
    assert dump({"b": 1, "a": "𠮷e\u0301"}) == '{"a":"𠮷e\u0301","b":1}'


@pytest.mark.parametrize("value", [1.0, {"fee": 0.5}, [[1.5]], "\ud800", {1: 2}, 2**53 + 1])
def test_what_two_readers_could_take_differently_is_refused(value: object) -> None:
    with pytest.raises(ValueError):
        dump(value)


@pytest.mark.parametrize("text", ['{"a":1,"a":2}', "1.5", "NaN", "1e3", '{"a":[0.1]}'])
def test_reading_refuses_what_dump_never_writes(text: str) -> None:
    with pytest.raises(ValueError):
        load(text)


def test_round_trip() -> None:
    value = {"名": ["欧阳修", None, True, -7], "": {}}
    assert load(dump(value)) == value


def test_sha_of_text_is_of_its_utf8() -> None:
    assert sha("市") == "767c596dbfefebd16ce2879ae70e8261d1031a2a5708d1393dc69bf0c104a7db"


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
)


@given(_VALUES)
def test_the_fast_writer_writes_what_rfc_8785_says(value: object) -> None:
    assert dump(value).encode() == rfc8785.dumps(value)


def test_keys_beyond_the_first_plane_are_sorted_by_utf_16_units() -> None:
    assert dump({"\ufb01": 1, "\U00020000": 2}) == '{"\U00020000":2,"\ufb01":1}'
