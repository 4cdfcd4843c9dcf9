"""The district's 容缺 list as a file: read, checked against the catalogue, given to the desk as a document."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clerk_tui.catalog.faults import Fault, refuse
from clerk_tui.catalog.model import Catalogue, Item, MaterialSpec
from clerk_tui.catalog.reading import read_yaml
from clerk_tui.catalog.shape import shape_faults
from clerk_tui.rules.marks import is_identity
from clerk_tui.rules.tolerance import DeficiencyPolicy


def read_list(path: Path, catalogue: Catalogue) -> dict[str, Any]:
    """The document of a YAML or JSON file: number, dated, valid_from, valid_to, example, policy.

    Raises Refusal('catalogue_fault') naming file, item and fault: wrong shape, an item or material that the catalogue
    does not know, core evidence that may never be owed.
    """
    faults: list[Fault] = []
    document = read_yaml(path, path.name, faults)
    if not faults:
        faults = shape_faults("deficiency-list", document, path.name) or list(_faults(path.name, document, catalogue))
    if faults:
        raise refuse(faults, "容缺清单")
    DeficiencyPolicy.from_dict(document["policy"])
    return {**document}


def material_of(catalogue: Catalogue, item: Item, key: str) -> MaterialSpec | None:
    """A material of an item, or one that the common question 由谁办理 may ask for with it."""
    own = item.material_by_key.get(key)
    return own or (catalogue.common_materials.get(key) if item.ask_who else None)


def _faults(file: str, document: dict[str, Any], catalogue: Catalogue) -> Iterator[Fault]:
    for item_key, content in document["policy"]["items"].items():
        item = catalogue.items.get(item_key)
        if item is None:
            yield Fault(file, item_key, "不是本目录的事项")
            continue
        for key in content["materials"]:
            material = material_of(catalogue, item, key)
            if material is None:
                yield Fault(file, item.name, f"没有材料[{key}]")
            elif material.core or is_identity(material.evidence):
                yield Fault(file, item.name, f"材料 {material.name} 是核心材料, 不得容缺")
