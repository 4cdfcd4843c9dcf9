import pytest

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
