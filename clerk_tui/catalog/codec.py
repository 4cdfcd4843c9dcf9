"""The catalogue as JSON and back: for the cache and for the snapshot that a case keeps."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

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
    Spelling,
)
from clerk_tui.rules.legal_texts import LegalBook, LegalTexts, RefusalReason
from clerk_tui.rules.limits import Limit

Convert = Callable[[Any], Any]


def to_json(value: Any) -> Any:
    """Dataclasses, tuples and dicts as plain JSON; every field is written, so that later defaults change nothing."""
    if is_dataclass(value):
        return {f.name: to_json(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple | list):
        return [to_json(part) for part in value]
    if isinstance(value, dict):
        return {key: to_json(part) for key, part in value.items()}
    return value


def item_from_snapshot(data: dict[str, Any]) -> Item:
    """The item that `Item.snapshot` wrote. Fields unknown to this version are left out, missing ones take defaults."""
    item: Item = _item(data)
    return item


def catalogue_from_json(data: dict[str, Any]) -> Catalogue:
    """The catalogue that `to_json` wrote. Raises KeyError or TypeError where the form is another one."""
    catalogue: Catalogue = _catalogue(data)
    return catalogue


def _limit(data: Any) -> Limit | None:
    return None if data is None else Limit(data["value"], data["unit"])


def _pairs(data: Any) -> tuple[tuple[Any, ...], ...]:
    return tuple(tuple(part) for part in data)


def _each(convert: Convert) -> Convert:
    return lambda data: tuple(convert(part) for part in data)


def _named(convert: Convert) -> Convert:
    return lambda data: {key: convert(part) for key, part in data.items()}


def _builder(kind: type, **converters: Convert) -> Convert:
    """A function that makes a `kind` of a dict; what has no converter is taken as it is."""
    known = frozenset(f.name for f in fields(kind))

    def build(data: dict[str, Any]) -> Any:
        given = {name: part for name, part in data.items() if name in known}
        for name, convert in converters.items():
            if name in given:
                given[name] = convert(given[name])
        return kind(**given)

    return build


_material = _builder(MaterialSpec, checkpoints=tuple)
_field = _builder(FieldSpec, options=tuple)
_overrides = _builder(Overrides, promise=_limit, facts=_pairs)
_option = _builder(Option, add=tuple, drop=tuple, fields=tuple, set=_overrides)
_question = _builder(
    Question,
    options=_each(_option),
    ask_when=lambda data: tuple((question, tuple(options)) for question, options in data),
)
_ITEM_LISTS: tuple[str, ...] = (
    "base_materials",
    "aliases",
    "applicants",
    "deciders",
    "channels",
    "accept_levels",
    "marks",
    "steps",
    "remedies",
)
_ITEM_LISTS += ("stages", "packages", "inferred", "source", "source_refs", "verified")
_item = _builder(
    Item,
    promise=_limit,
    legal=_limit,
    result=_builder(ResultSpec, delivery=tuple),
    questions=_each(_question),
    fields=_each(_field),
    materials=_each(_material),
    faq=_pairs,
    basis=lambda data: tuple((outcome, tuple(basis)) for outcome, basis in data),
    **dict.fromkeys(_ITEM_LISTS, tuple),
)
_package = _builder(
    Package,
    promise=_limit,
    order=_pairs,
    choose_one=_pairs,
    collect_once=_pairs,
    produces_for=lambda data: tuple((item, _pairs(uses)) for item, uses in data),
    members=tuple,
    external=tuple,
    stops=tuple,
    source=tuple,
)
_catalogue = _builder(
    Catalogue,
    items=_named(_item),
    packages=_named(_package),
    evidence=_named(_builder(EvidenceKind)),
    sources=_named(_builder(Source)),
    common_fields=_each(_field),
    common_materials=_named(_material),
    who_question=_question,
    spelling=_named(_each(lambda data: Spelling(*data))),
    legal=_builder(
        LegalBook,
        regimes=_named(_builder(LegalTexts, articles=tuple, basis=_named(tuple), remedies=tuple)),
        papers=_named(tuple),
        reasons=_each(_builder(RefusalReason)),
    ),
)
