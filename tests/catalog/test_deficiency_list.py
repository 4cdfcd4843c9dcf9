"""The demonstration's 容缺 list, and what is refused in a district's."""

from datetime import date
from pathlib import Path

import pytest

from clerk_tui.catalog.deficiency_list import material_of, read_list
from clerk_tui.catalog.model import Catalogue
from clerk_tui.resources import data_folder
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.tolerance import DeficiencyPolicy, tolerable

SHIPPED = data_folder() / "demo" / "deficiency-list.yaml"
DAY = date(2026, 11, 23)


def test_the_shipped_list_is_an_example(catalogue: Catalogue) -> None:
    document = read_list(SHIPPED, catalogue)
    assert document["example"] is True
    assert document["number"] == "番政务〔2026〕示例1号"


def test_it_names_exactly_the_example_marks_of_the_catalogue(catalogue: Catalogue) -> None:
    policy = DeficiencyPolicy.from_dict(read_list(SHIPPED, catalogue)["policy"])
    for item in catalogue.items.values():
        listed = dict(policy.items[item.key].materials) if item.key in policy.items else {}
        for material in item.materials:
            assert listed.pop(material.key, None) == material.tolerant_days, (item.key, material.key)
            allowed, words = tolerable(policy, item.key, material.key, material.evidence, material.core, DAY)
            assert allowed == material.tolerant, words
        assert all(material_of(catalogue, item, key) == catalogue.common_materials[key] for key in listed)


def test_what_stands_on_a_paper_that_may_be_owed_is_owed_with_it(catalogue: Catalogue) -> None:
    """Else nobody without the photograph's receipt could be accepted: its number would be asked for all the same."""
    proofs = {"bank": "bank", "photo_no": "photo"}
    asked = 0
    for item in catalogue.items.values():
        tolerant = {one.key for one in item.materials if one.tolerant}
        for field in item.fields:
            proof = proofs.get(field.type) or proofs.get(field.id, "")
            if field.required and proof in tolerant:
                asked += 1
                assert field.from_material == proof, (item.key, field.id)
    assert asked > 5


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("cjrz-xinban:", "cjrz-xin:", "[cjrz-xin]: 不是本目录的事项"),
        ("{hukou: 5, photo: 5, medical: 5", "{huko: 5, photo: 5, medical: 5", "残疾人证新办]: 没有材料[huko]"),
        ("{hukou: 5, photo: 5, medical: 5", "{form: 5, photo: 5, medical: 5", "核心材料, 不得容缺"),
        ("{hukou: 5, photo: 5, medical: 5", "{id_card: 5, medical: 5", "材料 居民身份证 是核心材料"),
        ("{hukou: 5, photo: 5, medical: 5", "{hukou: 0, medical: 5", "不能小于 1"),
        ("cap: promised", "cap: whenever", "policy.cap 只能是 promised、statutory、fixed"),
        ("dated: '2026-01-05'\n", "", "缺少 dated"),
        ("example: true", "example: 是", "example 应为true 或 false"),
        ("number:", "number: x\nnumber:", "[number]写了两次"),
    ],
)
def test_a_faulty_list_is_refused(catalogue: Catalogue, tmp_path: Path, old: str, new: str, words: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "list.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Refusal) as caught:
        read_list(path, catalogue)
    assert caught.value.code == "catalogue_fault"
    assert words in caught.value.words and "list.yaml" in caught.value.words
