"""What must hold for a package: its members exist, its stages fit what its members produce."""

from collections.abc import Iterator

from clerk_tui.catalog.lint_items import Found, date_faults
from clerk_tui.catalog.model import Catalogue, Package


def package_faults(catalogue: Catalogue, package: Package) -> list[Found]:
    """Every fault of a package, with whether it keeps the catalogue from being used."""
    if unknown := [key for key in package.members if key not in catalogue.items]:
        return [(f"成员[{key}]不是本目录的事项", True) for key in unknown]
    return [
        *_members(catalogue, package),
        *_products(catalogue, package),
        *_collected(catalogue, package),
        *date_faults(package.valid_from, package.valid_to),
    ]


def _members(catalogue: Catalogue, package: Package) -> Iterator[Found]:
    ordered = [key for stage in package.order for key in stage]
    for key in package.members:
        if ordered.count(key) != 1:
            yield f"order 里[{key}]出现 {ordered.count(key)} 次, 应为 1 次", True
        member = catalogue.items[key]
        if package.valid_from < member.valid_from:
            yield f"成员[{key}]自 {member.valid_from} 起有效, 晚于本联办", True
    for key in ordered:
        if key not in package.members:
            yield f"order 里的[{key}]不是成员", True
    for group in package.choose_one:
        for key in group:
            if key not in package.members:
                yield f"choose_one 里的[{key}]不是成员", True
    for key in package.stops:
        if key not in catalogue.items:
            yield f"stops 里的[{key}]不是本目录的事项", True
        elif key in package.members:
            yield f"stops 里的[{key}]是成员, 不能同时停办", True
    for ref in package.source:
        if ref not in catalogue.sources:
            yield f"source_refs 的[{ref}]不在 sources.yaml 里", True


def _products(catalogue: Catalogue, package: Package) -> Iterator[Found]:
    stage_of = {key: n for n, stage in enumerate(package.order) for key in stage}
    for maker, uses in package.produces_for:
        if maker not in package.members:
            yield f"produces_for 的[{maker}]不是成员", True
            continue
        for user, material in uses:
            if user not in package.members:
                yield f"produces_for 的[{user}]不是成员", True
            elif material not in catalogue.items[user].material_by_key:
                yield f"produces_for: 事项 {user} 没有材料[{material}]", True
            elif stage_of.get(maker, 0) >= stage_of.get(user, 0):
                yield f"produces_for: {maker} 应排在 {user} 之前的阶段", True


def _collected(catalogue: Catalogue, package: Package) -> Iterator[Found]:
    for evidence, holder in package.collect_once:
        if evidence not in catalogue.evidence:
            yield f"collect_once 的证据种类[{evidence}]不在 evidence.yaml 里", True
        elif holder not in catalogue.holders:
            yield f"collect_once 的持有人[{holder}]不在 holders 里", True
        elif not any(
            material.evidence == evidence and material.holder == holder
            for key in package.members
            for material in (*catalogue.items[key].materials, *catalogue.common_materials.values())
        ):
            yield f"collect_once: 没有成员要[{catalogue.evidence[evidence].name}]({catalogue.holders[holder]})", True
