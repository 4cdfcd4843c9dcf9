"""Towns and streets of Panyu."""

from pathlib import Path

import pytest

from clerk_tui.catalog.divisions import load_county
from clerk_tui.resources import data_folder
from clerk_tui.rules.refusal import Refusal

PANYU = data_folder() / "divisions" / "panyu.yaml"


def test_eleven_streets_and_five_towns() -> None:
    county = load_county(PANYU)
    assert (county.code, county.name, len(county.towns)) == ("440113", "番禺区", 16)
    assert sum(town.kind == "street" for town in county.towns) == 11
    assert len({town.code for town in county.towns}) == 16


def test_a_longer_code_finds_its_town() -> None:
    county = load_county(PANYU)
    town = county.town("440113007001")
    assert town is not None and town.name == "市桥街道"
    assert county.town("440106001") is None


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("'440113007'", "'440106007'", "代码 440106007 不属于 440113"),
        ("kind: street", "kind: city", "只能是 street、town"),
        ("towns:", "town:", "不认识 town"),
    ],
)
def test_a_faulty_file_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    path = tmp_path / "panyu.yaml"
    path.write_text(PANYU.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Refusal) as caught:
        load_county(path)
    assert caught.value.code == "catalogue_fault" and words in caught.value.words
