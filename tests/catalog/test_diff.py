"""What changed between two folders."""

from pathlib import Path

from clerk_tui.catalog.diff import diff
from clerk_tui.catalog.load import load
from clerk_tui.catalog.model import Catalogue


def test_the_same_catalogue_has_no_changes(catalogue: Catalogue) -> None:
    assert diff(catalogue, catalogue) == ()


def test_each_changed_value_is_named(catalogue: Catalogue, edited, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    edited("items/laoren-youdaika.yaml", "days: 15,", "days: 12,")
    edited("items/laoren-youdaika.yaml", "{id: lost, label: 补卡/换卡}", "{id: lost, label: 补换卡}")
    edited("items/laoren-youdaika.yaml", "name: 近三个月小一寸白底照片", "name: 近三个月一寸白底照片")
    edited("evidence.yaml", "name: 居民身份证", "name: 身份证")
    folder = edited("packages/rencai.yaml", "trigger: 应届毕业或引进人才", "trigger: 引进人才")
    changes = {(change.part, change.key): change for change in diff(catalogue, load(folder, cache=tmp_path / "c"))}
    laoren = changes["item", "laoren-youdaika"]
    assert laoren.kind == "changed"
    assert {(value.place, value.old, value.new) for value in laoren.values} >= {
        ("promise.value", 15, 12),
        ("questions.act.options.lost.label", "补卡/换卡", "补换卡"),
        ("materials.photo.name", "近三个月小一寸白底照片", "近三个月一寸白底照片"),
        ("materials.id_card.name", "居民身份证", "身份证"),
    }
    assert changes["package", "rencai"].values[0].place == "trigger"
    assert changes["evidence", "id_card"].kind == "changed"


def test_added_removed_and_reordered(catalogue: Catalogue, edited, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    folder = edited(
        "packages/rencai.yaml", "members: [rencai-ruhu, yingjie-luohu]", "members: [yingjie-luohu, rencai-ruhu]"
    )
    (folder / "packages" / "laihui.yaml").unlink()
    edited(
        "items/laoren-youdaika.yaml",
        "      - {id: self, label: 本人}\n      - {id: agent, label: 委托他人, add: [agent_id]}",
        "      - {id: agent, label: 委托他人, add: [agent_id]}\n      - {id: self, label: 本人}",
    )
    new = load(folder, cache=tmp_path / "c")
    forth = {(change.part, change.key, change.kind) for change in diff(catalogue, new)}
    assert ("package", "laihui", "removed") in forth
    assert ("package", "laihui", "added") in {(c.part, c.key, c.kind) for c in diff(new, catalogue)}
    (laoren,) = [change for change in diff(catalogue, new) if change.key == "laoren-youdaika"]
    assert [(value.place, value.new) for value in laoren.values] == [("questions.by.options 次序", ["agent", "self"])]
