"""The find box: code, name, what people call it, pinyin, initials; valid on the day only."""

from pathlib import Path

import pytest

from clerk_tui.catalog.find import by_code, find
from clerk_tui.catalog.load import load
from clerk_tui.catalog.model import Catalogue

DAY = "2026-11-23"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("mz05", "laoren-youdaika"),
        ("ＭＺ０５", "laoren-youdaika"),
        (" Mz 05 ", "laoren-youdaika"),
        ("laoren-youdaika", "laoren-youdaika"),
        ("失业登记", "shiye-dengji"),
        ("优待卡", "laoren-youdaika"),
        ("低保", "dibao"),
        ("zdshbz", "dibao"),
        ("zuidishenghuobaozhang", "dibao"),
        ("zui di sheng huo", "dibao"),
        ("zui'di'sheng", "dibao"),
        ("sfz", "sfz-banli"),
        ("残疾人证新办", "cjrz-xinban"),
        ("gzf", "gzf-shenqing"),
        ("个体注销", "gt-zhuxiao"),
        ("新生儿出生一件事", "chusheng"),
        ("yj01", "chusheng"),
    ],
)
def test_the_best_hit(catalogue: Catalogue, text: str, key: str) -> None:
    assert find(catalogue, text, DAY)[0].key == key


def test_every_item_is_found_by_code_name_pinyin_and_initials(catalogue: Catalogue) -> None:
    for item in catalogue.items.values():
        spelling = catalogue.spelling[item.key][0]
        for text in (item.code, item.name, item.name[:4], spelling.pinyin, spelling.initials):
            hits = find(catalogue, text, DAY)
            assert item.key in [hit.key for hit in hits], (item.key, text)
        assert find(catalogue, item.code, DAY)[0].key == item.key
        assert find(catalogue, item.name, DAY)[0].key == item.key


def test_a_hit_says_what_the_clerk_wants_to_know(catalogue: Catalogue) -> None:
    hit = find(catalogue, "mz05", DAY)[0]
    assert (hit.code, hit.department, hit.handling, hit.limit_words) == (
        "mz05",
        "民政局(老龄)",
        "承诺件",
        "承诺 15 工作日",
    )
    assert find(catalogue, "jy01", DAY)[0].limit_words == "当场办结"


def test_better_hits_stand_first(catalogue: Catalogue) -> None:
    ranks = [hit.rank for hit in find(catalogue, "sb", DAY)]
    assert ranks == sorted(ranks)
    assert [hit.code for hit in find(catalogue, "sb", DAY)][:7] == [f"sb0{n}" for n in range(1, 8)]


def test_nothing_is_found_for_nonsense_and_everything_for_nothing(catalogue: Catalogue) -> None:
    assert find(catalogue, "[/x]", DAY) == []
    assert find(catalogue, "zzzz", DAY) == []
    assert len(find(catalogue, "", DAY, limit=100)) == 62
    assert len(find(catalogue, "", DAY)) == 20


def test_only_what_is_valid_on_the_day(edited, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    folder = edited("items/laoren-youdaika.yaml", "valid_to: null", "valid_to: '2026-10-31'")
    folder = edited("items/dibao.yaml", "valid_from: '2026-01-01'", "valid_from: '2026-01-02'")
    folder = edited("packages/shehui-jiuzhu.yaml", "valid_from: '2026-01-01'", "valid_from: '2026-12-01'")
    changed = load(folder, cache=tmp_path / "cache")
    assert [hit.key for hit in find(changed, "mz05", "2026-10-31")] == ["laoren-youdaika"]
    assert find(changed, "mz05", "2026-11-01") == []
    assert find(changed, "dibao", "2026-01-01") == []
    assert "shehui-jiuzhu" not in [hit.key for hit in find(changed, "社会救助", DAY)]
    assert by_code(changed, "mz05", "2026-11-01") is None
    assert by_code(changed, "mz05") is not None
