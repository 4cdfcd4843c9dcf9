"""One event, several items: one checklist, each paper asked for once, in an order in which results can be used."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from clerk_tui.catalog.model import Catalogue, MaterialSpec, Package
from clerk_tui.catalog.questions import Answers, Evaluation, NeededMaterial, evaluate
from clerk_tui.rules.refusal import Refusal


@dataclass(frozen=True)
class SharedMaterial:
    """A paper that is shown once for all its uses."""

    spec: MaterialSpec  # as the first use asks for it
    person: str  # id of the person whose paper it is, '' while the role is not bound
    uses: tuple[tuple[str, str], ...]  # (item key, material key)
    originals: int  # shown once
    copies: int  # one set for each use
    produced_by: str = ""  # key of the item of the package whose result it is

    @property
    def shared(self) -> bool:
        return len(self.uses) > 1


@dataclass(frozen=True)
class PackagePlan:
    """A package for this person."""

    package: Package
    members: tuple[str, ...]  # those that are applied for, in the order of the stages
    stages: tuple[tuple[str, ...], ...]
    undecided: tuple[tuple[str, ...], ...]  # groups of which one must still be chosen
    evaluations: dict[str, Evaluation]
    materials: tuple[SharedMaterial, ...]
    stops: tuple[str, ...]  # items to be ended
    stopped: tuple[tuple[str, str], ...] = field(default=())  # (item, guidance) of members that do not fit


def plan(
    catalogue: Catalogue,
    package: Package,
    answers: Mapping[str, Answers],
    roles: Mapping[str, str] | None = None,
    members: Iterable[str] | None = None,
) -> PackagePlan:
    """The plan of a package for the chosen members (all where None) and their answers by item.

    Raises Refusal where a member is not of the package or two of a choose-one group were chosen.
    """
    wanted = tuple(package.members if members is None else members)
    for key in wanted:
        if key not in package.members:
            raise Refusal("package_member", f"{package.name}不含事项 {key}", "请从联办清单里选择")
    undecided = []
    for group in package.choose_one:
        chosen = [key for key in group if key in wanted]
        if members is None or not chosen:
            undecided.append(group)
        elif len(chosen) > 1:
            names = "、".join(catalogue.item(key).name for key in chosen)
            raise Refusal("package_choose_one", f"{names}只能选办一项", "请按业态或条件留下其中一项")
    if members is None:
        wanted = tuple(key for key in wanted if not any(key in group for group in package.choose_one))
    stages = tuple(kept for kept in (tuple(key for key in stage if key in wanted) for stage in package.order) if kept)
    ordered = tuple(key for stage in stages for key in stage)
    evaluations = {key: evaluate(catalogue, catalogue.item(key), answers.get(key, {}), roles) for key in ordered}
    fitting = {key: one for key, one in evaluations.items() if not one.stop}
    makers = {use: maker for maker, uses in package.produces_for for use in uses if maker in fitting}
    return PackagePlan(
        package=package,
        members=ordered,
        stages=stages,
        undecided=tuple(undecided),
        evaluations=evaluations,
        materials=union(catalogue, fitting, makers, frozenset(package.collect_once)),
        stops=package.stops,
        stopped=tuple((key, one.stop) for key, one in evaluations.items() if one.stop),
    )


def union(
    catalogue: Catalogue,
    evaluations: Mapping[str, Evaluation],
    makers: Mapping[tuple[str, str], str] | None = None,
    once: frozenset[tuple[str, str]] = frozenset(),
) -> tuple[SharedMaterial, ...]:
    """The materials of several items of one visit, each paper once: by (evidence, person of the holder's role).

    While a role is bound to nobody the role stands for the person, so the father's card never counts as the
    applicant's. What is written anew per item (承诺书) is shared only where `once` lists it. `makers`: which item's
    result a (item, material) is.
    """
    gathered: dict[tuple[str, ...], list[tuple[str, NeededMaterial]]] = {}
    for item_key, evaluation in evaluations.items():
        for needed in evaluation.materials:
            gathered.setdefault(share_key(catalogue, item_key, needed, once), []).append((item_key, needed))
    return tuple(_shared(uses, makers or {}) for uses in gathered.values())


def share_key(
    catalogue: Catalogue, item_key: str, needed: NeededMaterial, once: frozenset[tuple[str, str]] = frozenset()
) -> tuple[str, ...]:
    """Two needed materials with equal keys are one paper."""
    spec = needed.spec
    kind = catalogue.evidence.get(spec.evidence)
    if kind is None or (kind.per_item and (spec.evidence, spec.holder) not in once):
        return ("own", item_key, spec.key)
    return ("shared", spec.evidence, needed.person or f"role:{spec.holder}")


def _shared(uses: list[tuple[str, NeededMaterial]], makers: Mapping[tuple[str, str], str]) -> SharedMaterial:
    places = tuple((item_key, needed.key) for item_key, needed in uses)
    first = uses[0][1]
    made = [makers.get(place, "") for place in places]
    return SharedMaterial(
        spec=first.spec,
        person=first.person,
        uses=places,
        originals=max(needed.spec.original for _, needed in uses),
        copies=sum(needed.spec.copy for _, needed in uses),
        produced_by=made[0] if all(made) else "",
    )
