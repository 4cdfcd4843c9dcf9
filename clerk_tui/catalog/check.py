"""Lint a catalogue folder: clean YAML, right shape, sound references, the rules of lint_items and lint_packages."""

from dataclasses import replace
from pathlib import Path

from clerk_tui.catalog.building import build
from clerk_tui.catalog.english import english_faults, english_of
from clerk_tui.catalog.faults import Fault
from clerk_tui.catalog.files import COMMON, fingerprint
from clerk_tui.catalog.legal import FILE as LEGAL_FILE
from clerk_tui.catalog.legal import legal_faults
from clerk_tui.catalog.lint_items import item_faults
from clerk_tui.catalog.lint_packages import package_faults
from clerk_tui.catalog.model import Catalogue
from clerk_tui.catalog.reading import RawFolder, read_folder
from clerk_tui.catalog.shape import shape_faults


def check(folder: Path) -> tuple[Catalogue | None, tuple[Fault, ...]]:
    """The catalogue of a folder, None where a grave fault forbids its use, and all faults found."""
    raw = read_folder(folder)
    faults = [*raw.faults, *_shapes(raw), *_names(raw)]
    if faults:
        return None, tuple(sorted(faults))
    english, advice = english_of(raw.english)
    catalogue = build(raw, fingerprint(folder), english)
    advice += [replace(fault, grave=False) for fault in raw.english_faults]
    advice += english_faults(catalogue, raw.english)
    advice += legal_faults(raw.legal)
    faults = sorted({*_common(catalogue), *_members(catalogue), *_codes(catalogue), *advice})
    return (None if any(fault.grave for fault in faults) else catalogue), tuple(faults)


def _shapes(raw: RawFolder) -> list[Fault]:
    parts = [(name, f"{name}.yaml", raw.common.get(name)) for name in COMMON]
    parts += [("legal", LEGAL_FILE, raw.legal or None)]
    parts += [("item", file, data) for file, data in raw.items.items()]
    parts += [("package", file, data) for file, data in raw.packages.items()]
    return [fault for schema, file, data in parts if data is not None for fault in shape_faults(schema, data, file)]


def _names(raw: RawFolder) -> list[Fault]:
    return [
        Fault(file, str(data.get("key", "")), f"文件名应为 {data.get('key')}.yaml, 与 key 一致")
        for file, data in (*raw.items.items(), *raw.packages.items())
        if Path(file).stem != data.get("key")
    ]


def _members(catalogue: Catalogue) -> list[Fault]:
    found = [
        Fault(f"items/{item.key}.yaml", item.name, words, grave)
        for item in catalogue.items.values()
        for words, grave in item_faults(catalogue, item)
    ]
    found += [
        Fault(f"packages/{package.key}.yaml", package.name, words, grave)
        for package in catalogue.packages.values()
        for words, grave in package_faults(catalogue, package)
    ]
    return found


def _codes(catalogue: Catalogue) -> list[Fault]:
    """Codes of items and packages are typed into one find box: each may stand only once."""
    taken: dict[str, str] = {}
    faults = []
    entries = [(f"items/{item.key}.yaml", item.name, item.code) for item in catalogue.items.values()]
    entries += [(f"packages/{one.key}.yaml", one.name, one.code) for one in catalogue.packages.values()]
    for file, name, code in entries:
        if code in taken:
            faults.append(Fault(file, name, f"短码 {code} 已被[{taken[code]}]使用"))
        taken.setdefault(code, name)
    return faults


def _common(catalogue: Catalogue) -> list[Fault]:
    faults = []
    for option in catalogue.who_question.options:
        for key in option.add:
            if key not in catalogue.common_materials:
                faults.append(Fault("catalogue.yaml", "", f"who_question 的材料[{key}]不在 who_materials 里"))
    for material in catalogue.common_materials.values():
        if material.evidence not in catalogue.evidence:
            words = f"who_materials 的 {material.key}: 证据种类[{material.evidence}]不在 evidence.yaml 里"
            faults.append(Fault("catalogue.yaml", "", words))
        if material.tolerant and material.core:
            faults.append(Fault("catalogue.yaml", "", f"who_materials 的 {material.key} 是核心材料, 不得容缺"))
    return faults
