"""English beside the catalogue: what lacks it, what is stale, what is faulty; none of it stops the counter."""

import shutil
from pathlib import Path

import pytest

from clerk_tui.catalog.check import check
from clerk_tui.catalog.load import load

GAT = "english/gat-juzhuzheng.yaml"


def test_the_cache_holds_the_english(shipped: Path, tmp_path: Path) -> None:
    for _ in range(2):
        catalogue = load(shipped, cache=tmp_path)
        assert catalogue.english["就业证明"] == "Proof of employment"


def test_a_changed_text_has_no_english_and_both_places_are_named(edited) -> None:  # type: ignore[no-untyped-def]
    catalogue, faults = check(edited("items/gat-juzhuzheng.yaml", "name: 就业证明", "name: 在职证明"))
    assert catalogue is not None and "在职证明" not in catalogue.english
    assert [(fault.file, fault.grave) for fault in faults] == [(GAT, False), (GAT, False)]
    words = " ".join(fault.words for fault in faults)
    assert "缺英文 [在职证明]" in words and "目录里已没有 [就业证明]" in words


def test_a_text_of_several_items_is_asked_for_once(edited) -> None:  # type: ignore[no-untyped-def]
    _, faults = check(edited("english/common.yaml", "居民身份证: Resident identity card\n", ""))
    assert len(faults) == 1 and faults[0].file == "english/common.yaml" and "[居民身份证]" in faults[0].words


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("就业证明: Proof of employment", "就业证明: 就业证明", "写法不对"),
        ("就业证明: Proof of employment", "就业证明: [Proof]", "应为文字"),
        ("就业证明: Proof of employment", "就业证明: {", "YAML 写法有误"),
        ("就业证明: Proof of employment", "居民身份证: Some card", "与 english/common.yaml 里的不同"),
        ("就业证明: Proof of employment", "就业证明: A\n就业证明: B", "写了两次"),
    ],
)
def test_faulty_english_is_told_and_the_catalogue_is_used(edited, old: str, new: str, words: str) -> None:  # type: ignore[no-untyped-def]
    catalogue, faults = check(edited(GAT, old, new))
    assert catalogue is not None and len(catalogue.items) == 52
    assert any(fault.file == GAT and words in fault.words for fault in faults)
    assert not any(fault.grave for fault in faults)
    assert catalogue.english["居民身份证"] == "Resident identity card"


def test_a_catalogue_without_english_is_complete(shipped: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(shipped, tmp_path / "catalog", ignore=shutil.ignore_patterns("english")))
    catalogue, faults = check(folder)
    assert catalogue is not None and faults == () and catalogue.english == {}


def test_a_limit_cites_a_law_and_never_where_its_number_was_found(catalogue) -> None:  # type: ignore[no-untyped-def]
    for item in catalogue.items.values():
        assert not item.legal_basis or item.legal_basis.startswith("《"), item.key
