"""Loading: everything is there, it is quick, and the cache never lies."""

import json
from pathlib import Path

import pytest
import yaml

from clerk_tui.catalog.codec import item_from_snapshot, to_json
from clerk_tui.catalog.load import load
from clerk_tui.catalog.model import Catalogue
from clerk_tui.rules.limits import Limit
from clerk_tui.rules.refusal import Refusal


def test_all_items_and_packages_are_there(catalogue: Catalogue) -> None:
    assert len(catalogue.items) == 52
    assert len(catalogue.packages) == 10
    assert sum(len(item.materials) for item in catalogue.items.values()) == 397
    assert sum(len(item.questions) for item in catalogue.items.values()) == 156
    assert sum(len(q.options) for item in catalogue.items.values() for q in item.questions) == 441
    assert sum(len(item.fields) for item in catalogue.items.values()) == 212


def test_every_item_says_where_it_comes_from(catalogue: Catalogue) -> None:
    for item in catalogue.items.values():
        assert item.confidence in {"published", "partly", "own-knowledge"}
        assert "power" in item.inferred
        if item.confidence == "published":
            assert item.source_refs and item.verified, item.key


def test_values_of_one_item_in_full(catalogue: Catalogue) -> None:
    item = catalogue.item("juzhuzheng")
    assert item.promise == Limit(10, "working")
    assert item.legal == Limit(15, "calendar")
    hukou = catalogue.item("laoren-youdaika").material("hukou")
    assert (hukou.name, hukou.original, hukou.copy, hukou.share) == (
        "居民户口簿(首页及本人页)",
        1,
        1,
        "电子证照:居民户口簿",
    )
    assert (hukou.tolerant, hukou.tolerant_days, hukou.core) == (True, 5, False)
    assert catalogue.item("sbk-buhuan").fee_fen == 2000


@pytest.mark.parametrize(
    ("item", "material"),
    [
        ("chusheng-hukou", "birth_cert"),
        ("hukou-qianru", "marriage"),
        ("linmu-caifa", "right"),
        ("cjr-kunnan", "disability_cert"),
        ("cjr-zhongdu", "disability_cert"),
        ("hw-zhaopai", "safety"),
        ("dibao", "form"),
        ("sbk-shenling", "id_card"),
        ("gat-juzhuzheng", "entry_permit"),
    ],
)
def test_core_evidence_is_never_owed(catalogue: Catalogue, item: str, material: str) -> None:
    spec = catalogue.item(item).material(material)
    assert spec.core and not spec.tolerant


def test_a_snapshot_brings_the_item_back(catalogue: Catalogue) -> None:
    for item in catalogue.items.values():
        kept = json.loads(json.dumps(item.snapshot()))
        assert item_from_snapshot(kept) == item


def test_a_snapshot_of_another_version_still_opens(catalogue: Catalogue) -> None:
    data = catalogue.item("dibao").snapshot()
    data["unknown_to_us"] = 1
    del data["faq"]
    assert item_from_snapshot(data).name == "最低生活保障审核确认"


def test_the_cache_gives_the_same(shipped: Path, tmp_path: Path) -> None:
    first = load(shipped, cache=tmp_path)
    assert len(list(tmp_path.glob("catalogue-*.json"))) == 1
    assert to_json(load(shipped, cache=tmp_path)) == to_json(first)


def test_the_cached_load_parses_no_file(shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load(shipped, cache=tmp_path)

    def parses(*_: object, **__: object) -> None:
        raise AssertionError("a file was parsed although the cache holds it")

    monkeypatch.setattr(yaml, "load", parses)
    assert to_json(load(shipped, cache=tmp_path)) == to_json(first)


def test_a_changed_file_is_read_again(edited, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    cache = tmp_path / "cache"
    before = load(edited("items/dibao.yaml", "key: dibao", "key: dibao"), cache=cache)
    after = load(edited("items/dibao.yaml", "days: 20,", "days: 19,"), cache=cache)
    assert before.item("dibao").version != after.item("dibao").version
    assert before.item("tekun").version == after.item("tekun").version
    assert before.version != after.version


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"items": {"x": {}}}', b"\xff\xfe"])
def test_a_damaged_cache_is_read_anew(shipped: Path, tmp_path: Path, damage: bytes) -> None:
    load(shipped, cache=tmp_path)
    (kept,) = tmp_path.glob("catalogue-*.json")
    kept.write_bytes(damage)
    assert len(load(shipped, cache=tmp_path).items) == 52


def test_without_a_place_for_the_cache_it_still_loads(shipped: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    assert len(load(shipped, cache=blocked).items) == 52


def test_only_a_few_caches_are_kept(edited, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    cache = tmp_path / "cache"
    for days in range(20, 12, -1):
        load(edited("items/dibao.yaml", f"days: {days},", f"days: {days - 1},"), cache=cache)
    assert len(list(cache.iterdir())) == 4


def test_a_faulty_folder_is_refused_by_file_item_and_fault(edited, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    folder = edited("items/dibao.yaml", "base_materials: [form,", "base_materials: [fromm,")
    with pytest.raises(Refusal) as caught:
        load(folder, cache=tmp_path / "cache")
    assert caught.value.code == "catalogue_fault"
    for part in ("items/dibao.yaml", "最低生活保障审核确认", "[fromm]不是本事项的材料"):
        assert part in caught.value.words
    assert not (tmp_path / "cache").exists()
