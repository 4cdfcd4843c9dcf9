"""Well-shaped raw data as the catalogue's dataclasses; an item's material takes what it does not say from its kind."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from clerk_tui.catalog.codec import catalogue_from_json, item_from_snapshot, to_json
from clerk_tui.catalog.legal import book_of
from clerk_tui.catalog.model import Catalogue, Item
from clerk_tui.catalog.reading import RawFolder

Raw = Mapping[str, Any]
FREE = {"words": "不收费", "fen": 0}


def build(raw: RawFolder, version: str, english: Mapping[str, str]) -> Catalogue:
    """The catalogue of a folder whose files have the right shape. Raises KeyError otherwise."""
    common, evidence, sources = (raw.common[name] for name in ("catalogue", "evidence", "sources"))
    packages = sorted(raw.packages.values(), key=lambda data: str(data["code"]))
    belongs: dict[str, list[str]] = {}
    for package in packages:
        for member in package["members"]:
            belongs.setdefault(member, []).append(package["key"])
    items = [
        _item(data, evidence, belongs.get(data["key"], []))
        for data in sorted(raw.items.values(), key=lambda data: str(data["code"]))
    ]
    catalogue = catalogue_from_json(
        {
            **common,
            "items": {},
            "packages": {data["key"]: _package(data) for data in packages},
            "evidence": {key: {**data, "key": key} for key, data in evidence.items()},
            "sources": {key: {**data, "key": key, "url": data.get("url") or ""} for key, data in sources.items()},
            "common_fields": common.get("common_fields", ()),
            "common_materials": {data["id"]: _material(data, evidence) for data in common["who_materials"]},
            "who_question": _question(common["who_question"]),
            "version": version,
            "english": dict(english),
            "legal": to_json(book_of(raw.legal)),
        }
    )
    return replace(catalogue, items={item.key: item for item in items})


def _item(data: Raw, evidence: Mapping[str, Raw], packages: list[str]) -> Item:
    power, fee, legal = data["power"], data.get("fee", FREE), data["legal"]
    item = item_from_snapshot(
        {
            **data,
            "promise": _limit(data["promise"]),
            "promise_basis": data["promise"].get("basis", ""),
            "legal": _limit(legal) if legal else None,
            "legal_basis": legal.get("law", "") if legal else "",
            "accept_power": power["accept"],
            "decide_power": power["decide"],
            "deciders": power.get("deciders", ()),
            "basis": list(data.get("basis", {}).items()),
            "fee_words": fee["words"],
            "fee_fen": fee["fen"],
            "fee_name": fee.get("name", ""),
            "fee_basis": fee.get("basis", ""),
            "questions": [_question(part) for part in data["questions"]],
            "materials": [_material(part, evidence) for part in data["materials"]],
            "faq": [(part["q"], part["a"]) for part in data.get("faq", ())],
            "valid_to": data.get("valid_to") or "",
            "packages": packages,
            "version": "",
        }
    )
    text = json.dumps(to_json(item), ensure_ascii=False, sort_keys=True)
    return replace(item, version=hashlib.sha256(text.encode()).hexdigest()[:16])


def _limit(data: Raw) -> Raw:
    return {"value": data["days"], "unit": data["unit"]}


def _material(data: Raw, evidence: Mapping[str, Raw]) -> Raw:
    kind = evidence.get(data.get("evidence", ""), {})
    said = {"name": data["id"], "core": kind.get("identity", False), **kind, **data}
    days = data.get("example_days")
    return {
        **said,
        "key": data["id"],
        "share": said.get("share") or "",
        "note": said.get("note") or "",
        "tolerant": days is not None,
        "tolerant_days": days,
    }


def _question(data: Raw) -> Raw:
    return {
        **data,
        "options": [{**option, "set": _overrides(option.get("set", {}))} for option in data["options"]],
        "ask_when": list(data.get("ask_when", {}).items()),
    }


def _overrides(data: Raw) -> Raw:
    fee = data.get("fee", {"words": "", "fen": None})
    return {
        **data,
        "promise": _limit(data["promise"]) if "promise" in data else None,
        "fee_words": fee["words"],
        "fee_fen": fee["fen"],
        "facts": list(data.get("facts", {}).items()),
    }


def _package(data: Raw) -> Raw:
    return {
        **data,
        "promise": _limit(data["promise"]) if data["promise"] else None,
        "collect_once": [(pair["evidence"], pair["holder"]) for pair in data["collect_once"]],
        "produces_for": [
            (item, [(use["item"], use["material"]) for use in uses])
            for item, uses in data.get("produces_for", {}).items()
        ],
        "source": data["source_refs"],
        "valid_to": data.get("valid_to") or "",
    }
