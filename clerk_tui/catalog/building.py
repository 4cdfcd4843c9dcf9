"""Well-shaped raw data as the catalogue's dataclasses; an item's material takes what it does not say from its kind."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from clerk_tui.catalog.codec import to_json
from clerk_tui.catalog.model import (
    Catalogue,
    EvidenceKind,
    FieldSpec,
    Item,
    MaterialSpec,
    Option,
    Overrides,
    Package,
    Question,
    ResultSpec,
    Source,
)
from clerk_tui.catalog.reading import RawFolder
from clerk_tui.rules.limits import Limit

Raw = Mapping[str, Any]


def build(raw: RawFolder, version: str) -> Catalogue:
    """The catalogue of a folder whose files have the right shape. Raises KeyError otherwise."""
    common, evidence, sources = (raw.common[name] for name in ("catalogue", "evidence", "sources"))
    packages = {data["key"]: _package(data) for data in raw.packages.values()}
    belongs: dict[str, list[str]] = {}
    for package in packages.values():
        for member in package.members:
            belongs.setdefault(member, []).append(package.key)
    items = [_item(data, evidence, tuple(belongs.get(data["key"], ()))) for data in raw.items.values()]
    return Catalogue(
        items={item.key: item for item in sorted(items, key=lambda item: item.code)},
        packages=dict(sorted(packages.items(), key=lambda pair: pair[1].code)),
        evidence={
            key: EvidenceKind(
                key, data["name"], data.get("identity", False), data.get("per_item", False), data.get("reuse_days")
            )
            for key, data in evidence.items()
        },
        holders=dict(common["holders"]),
        sources={
            key: Source(key, data["title"], data["tier"], data.get("url") or "") for key, data in sources.items()
        },
        common_fields=tuple(_field(data) for data in common.get("common_fields", ())),
        common_materials={data["id"]: _material(data, evidence) for data in common["who_materials"]},
        who_question=_question(common["who_question"]),
        version=version,
        title=common["title"],
        banner=common["banner"],
        demonstration=common["demonstration"],
        area=common.get("area", ""),
    )


def _item(data: Raw, evidence: Mapping[str, Raw], packages: tuple[str, ...]) -> Item:
    power, fee, result = data["power"], data.get("fee"), data["result"]
    legal = data["legal"]
    item = Item(
        key=data["key"],
        code=data["code"],
        name=data["name"],
        department=data["department"],
        office=data["office"],
        category=data["category"],
        handling=data["handling"],
        promise=_limit(data["promise"]),
        legal=_limit(legal) if legal else None,
        accept_power=power["accept"],
        decide_power=power["decide"],
        deciders=tuple(power.get("deciders", ())),
        regime=data["regime"],
        result=ResultSpec(
            name=result["name"],
            kind=result["kind"],
            result_kind=result["result_kind"],
            electronic=result["electronic"],
            delivery=tuple(result["delivery"]),
            validity=result.get("validity", ""),
        ),
        questions=tuple(_question(part) for part in data["questions"]),
        fields=tuple(_field(part) for part in data["fields"]),
        base_materials=tuple(data["base_materials"]),
        materials=tuple(_material(part, evidence) for part in data["materials"]),
        valid_from=data["valid_from"],
        valid_to=data.get("valid_to") or "",
        promise_basis=data["promise"].get("basis", ""),
        legal_basis=legal.get("basis", "") if legal else "",
        fee_words=fee["words"] if fee else "不收费",
        fee_fen=fee["fen"] if fee else 0,
        fee_name=fee.get("name", "") if fee else "",
        fee_basis=fee.get("basis", "") if fee else "",
        faq=tuple((part["q"], part["a"]) for part in data.get("faq", ())),
        packages=packages,
        **{name: tuple(data[name]) for name in _LISTS if name in data},
        **{name: data[name] for name in _PLAIN if name in data},
    )
    return replace(item, version=_hash(item))


_LISTS = "aliases applicants channels accept_levels marks steps stages inferred source source_refs verified".split()
_PLAIN = (
    "limit_note publicity_days onsite_inspection visits visits_reason accept_scope agent_policy ask_who senior renewal "
    "basic_code implementation_code consult_phone complaint_phone confidence note"
).split()


def _hash(item: Item) -> str:
    text = json.dumps(to_json(item), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _limit(data: Raw) -> Limit:
    return Limit(data["days"], data["unit"])


def _material(data: Raw, evidence: Mapping[str, Raw]) -> MaterialSpec:
    kind = evidence.get(data.get("evidence", ""), {})
    said = {**kind, **data}
    days = data.get("example_days")
    return MaterialSpec(
        key=data["id"],
        name=said.get("name", data["id"]),
        evidence=data.get("evidence", ""),
        holder=data.get("holder", "applicant"),
        original=said.get("original", 0),
        copy=said.get("copy", 0),
        form=said.get("form", "either"),
        source=said.get("source", "applicant"),
        bring=said.get("bring", "yes"),
        share=said.get("share") or "",
        tolerant=days is not None,
        tolerant_days=days,
        core=data.get("core", kind.get("identity", False)),
        checkpoints=tuple(said.get("checkpoints", ())),
        standard=data.get("standard", ""),
        note=data.get("note") or "",
    )


def _field(data: Raw) -> FieldSpec:
    return FieldSpec(
        id=data["id"],
        label=data["label"],
        type=data["type"],
        required=data.get("required", False),
        options=tuple(data.get("options", ())),
        hint=data.get("hint", ""),
        from_material=data.get("from_material", ""),
    )


def _question(data: Raw) -> Question:
    return Question(
        id=data["id"],
        text=data["text"],
        options=tuple(_option(part) for part in data["options"]),
        multi=data.get("multi", False),
        ask_when=tuple((question, tuple(options)) for question, options in data.get("ask_when", {}).items()),
    )


def _option(data: Raw) -> Option:
    return Option(
        id=data["id"],
        label=data["label"],
        add=tuple(data.get("add", ())),
        drop=tuple(data.get("drop", ())),
        fields=tuple(data.get("fields", ())),
        set=_overrides(data.get("set", {})),
        stop=data.get("stop", ""),
        goto=data.get("goto", ""),
        alone=data.get("alone", False),
    )


def _overrides(data: Raw) -> Overrides:
    fee = data.get("fee")
    return Overrides(
        handling=data.get("handling", ""),
        promise=_limit(data["promise"]) if "promise" in data else None,
        fee_words=fee["words"] if fee else "",
        fee_fen=fee["fen"] if fee else None,
        onsite_inspection=data.get("onsite_inspection"),
        facts=tuple(data.get("facts", {}).items()),
    )


def _package(data: Raw) -> Package:
    return Package(
        key=data["key"],
        code=data["code"],
        name=data["name"],
        kind=data["kind"],
        trigger=data["trigger"],
        promise=_limit(data["promise"]) if data["promise"] else None,
        visits=data["visits"],
        members=tuple(data["members"]),
        order=tuple(tuple(stage) for stage in data["order"]),
        order_reason=data["order_reason"],
        external=tuple(data.get("external", ())),
        choose_one=tuple(tuple(group) for group in data.get("choose_one", ())),
        produces_for=tuple(
            (item, tuple((use["item"], use["material"]) for use in uses))
            for item, uses in data.get("produces_for", {}).items()
        ),
        collect_once=tuple((pair["evidence"], pair["holder"]) for pair in data["collect_once"]),
        stops=tuple(data.get("stops", ())),
        source=tuple(data["source_refs"]),
        valid_from=data["valid_from"],
        valid_to=data.get("valid_to") or "",
    )
