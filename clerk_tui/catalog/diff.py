"""What changed between two catalogues, value by value."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from clerk_tui.catalog.codec import to_json
from clerk_tui.catalog.model import Catalogue


@dataclass(frozen=True)
class Value:
    """One value that differs. `place` names list members by id: materials.hukou.copy."""

    place: str
    old: Any  # None = was not there
    new: Any  # None = is not there any more


@dataclass(frozen=True)
class Change:
    part: str  # item | package | evidence
    kind: str  # added | removed | changed
    key: str
    name: str
    values: tuple[Value, ...] = ()


def diff(old: Catalogue, new: Catalogue) -> tuple[Change, ...]:
    """Items, packages and kinds of evidence that were added, removed or changed, in the order of the new catalogue."""
    return tuple(
        change
        for part in ("item", "package", "evidence")
        for change in _changes(part, _entries(old, part), _entries(new, part))
    )


def _entries(catalogue: Catalogue, part: str) -> dict[str, Any]:
    parts: dict[str, dict[str, Any]] = {
        "item": dict(catalogue.items),
        "package": dict(catalogue.packages),
        "evidence": dict(catalogue.evidence),
    }
    return parts[part]


def _changes(part: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    for key in [*new, *(key for key in old if key not in new)]:
        if key not in old:
            yield Change(part, "added", key, new[key].name)
        elif key not in new:
            yield Change(part, "removed", key, old[key].name)
        elif old[key] != new[key]:
            before, after = to_json(old[key]), to_json(new[key])
            before.pop("version", None), after.pop("version", None)
            yield Change(part, "changed", key, new[key].name, tuple(_values("", before, after)))


def _values(place: str, old: Any, new: Any) -> Iterator[Value]:
    if old == new:
        return
    named_old, named_new = _named(old), _named(new)
    if named_old is None or named_new is None:
        yield Value(place, old, new)
        return
    before = len(place) and place + "."
    for name in [*named_new, *(name for name in named_old if name not in named_new)]:
        yield from _values(f"{before or ''}{name}", named_old.get(name), named_new.get(name))
    if isinstance(old, list) and [*named_old] != [*named_new] and {*named_old} == {*named_new}:
        yield Value(f"{place} 次序", [*named_old], [*named_new])


def _named(value: Any) -> dict[str, Any] | None:
    """A dict, or a list whose members have ids, as a dict by name; None for anything else."""
    if isinstance(value, dict):
        return value
    if (
        isinstance(value, list)
        and value
        and all(isinstance(one, dict) and ("key" in one or "id" in one) for one in value)
    ):
        return {str(one.get("key", one.get("id"))): one for one in value}
    return None
