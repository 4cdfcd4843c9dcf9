"""一件事 at intake: one union checklist and one form are taken apart into one draft for each member item.

A package draft holds answers, marks and fields under `member__id`; what several members ask is kept under the first
member that asks it, in the order of the stages, and given to all of them.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from clerk_tui.catalog import packages
from clerk_tui.catalog.model import FieldSpec, Package
from clerk_tui.catalog.packages import SharedMaterial
from clerk_tui.catalog.questions import evaluate
from clerk_tui.desk import standing
from clerk_tui.desk.context import Desk
from clerk_tui.desk.views.intake import IntakeDraft, MaterialMark, PackageView
from clerk_tui.desk.working import Working, work
from clerk_tui.rules.marks import Mark
from clerk_tui.rules.outcomes import Outcome, OutcomeVerdict
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import By

PREFIX = "package:"
JOINT = "__"

TAKEN_IN = (Outcome.DECIDE_NOW, Outcome.ACCEPT, Outcome.ACCEPT_DEFICIENT, Outcome.RECEIVE)
"""What a member may come to, the best first."""


@dataclass(frozen=True)
class Member:
    """One item of the package: its own draft, worked through."""

    key: str
    stage: int
    draft: IntakeDraft
    now: Working

    @property
    def fits(self) -> bool:
        return not self.now.evaluation.stop

    def verdict(self, *, notice: bool) -> OutcomeVerdict | None:
        """What this member comes to; with `notice`, gaps are told once instead of being owed."""
        wanted = tuple(kind for kind in TAKEN_IN if not (notice and self.now.gaps and kind is not Outcome.DECIDE_NOW))
        for kind in (*wanted, *((Outcome.ONE_TIME_NOTICE,) if notice else ())):
            found = self.now.verdict(kind)
            if found is not None and found.possible:
                return found
        return None


@dataclass(frozen=True)
class PackageWork:
    """A package draft worked through. `members` are in the order of the stages."""

    package: Package
    members: tuple[Member, ...]
    materials: tuple[SharedMaterial, ...]

    @property
    def fitting(self) -> tuple[Member, ...]:
        return tuple(one for one in self.members if one.fits)


def is_package(draft: IntakeDraft) -> bool:
    """Whether a draft is of a package and not of one of its members."""
    return draft.item_key.startswith(PREFIX)


def packages_offered(desk: Desk, by: By, *, key: str) -> PackageView:
    """A package with its members and its groups of which one is chosen. Raises Refusal item_unknown."""
    package = package_of(desk, key)
    names = {member: desk.catalogue.item(member).name for member in package.members}
    grouped = {member for group in package.choose_one for member in group}
    return PackageView(
        key=package.key,
        code=package.code,
        name=package.name,
        trigger=package.trigger,
        limit_words=f"承诺 {package.promise.words}" if package.promise else "",
        order_reason=package.order_reason,
        members=tuple((member, names[member]) for member in package.members if member not in grouped),
        choose_one=tuple(tuple((member, names[member]) for member in group) for group in package.choose_one),
        external=package.external,
        stops=tuple(desk.catalogue.item(one).name for one in package.stops if one in desk.catalogue.items),
    )


def chosen_members(desk: Desk, by: By, *, key: str, members: tuple[str, ...]) -> tuple[str, ...]:
    """The members in the order of the stages. Raises Refusal package_empty, package_member, package_choose_one."""
    if not members:
        raise Refusal("package_empty", "至少选一项来办", "按数字勾选要办的事项", field="members")
    return packages.plan(desk.catalogue, package_of(desk, key), {}, members=members).members


def package_of(desk: Desk, key: str) -> Package:
    """The package of a key, with or without the prefix. Raises Refusal item_unknown."""
    package = desk.catalogue.packages.get(key.removeprefix(PREFIX))
    if package is None or not package.is_valid(desk.today().isoformat()):
        raise Refusal("item_unknown", "目录里没有这个一件事", "请重新选择", field="item")
    return package


def work_package(
    connection: Connection, desk: Desk, by: By, draft: IntakeDraft, *, tolerance_declined: bool = False
) -> PackageWork:
    """Work every member through. Raises what `working.work` raises."""
    package = package_of(desk, draft.item_key)
    wanted = tuple(key for stage in package.order for key in stage if key in draft.members)
    stages = {key: place for place, stage in enumerate(package.order, 1) for key in stage}
    answers = {key: answers_of(desk, draft, key) for key in wanted}
    roles = standing.of_draft(connection, replace(draft, item_key=wanted[0]), desk.today()).roles if wanted else {}
    evaluations = {key: evaluate(desk.catalogue, desk.catalogue.item(key), answers[key], roles) for key in wanted}
    fitting = {key: one for key, one in evaluations.items() if not one.stop}
    makers = {use: maker for maker, uses in package.produces_for for use in uses if maker in fitting}
    materials = packages.union(desk.catalogue, fitting, makers, frozenset(package.collect_once))
    marks = _marks(draft, materials, makers)
    fields = _fields(desk, draft, wanted)
    members, paid = [], draft.fee_paid_fen
    for key in wanted:
        fee = min(paid, desk.catalogue.item(key).fee_fen or 0)
        paid -= fee
        own = replace(
            draft,
            act_id=member_act(draft, key, last=key == wanted[-1]),
            item_key=key,
            answers=answers[key],
            marks=marks.get(key, {}),
            fields=fields[key],
            members=(),
            fee_paid_fen=fee,
            fee_how=draft.fee_how if fee else "",
            fee_receipt=draft.fee_receipt if fee else "",
            produced={
                material: desk.catalogue.item(maker).name for (item, material), maker in makers.items() if item == key
            },
            note=" ".join(
                part for part in (draft.note, f"一件事: {package.name} 第 {stages[key]} 步") if part
            ),
        )  # fmt: skip
        now = work(connection, desk, by, own, tolerance_declined=tolerance_declined)
        members.append(Member(key, stages[key], own, now))
    return PackageWork(package, tuple(members), materials)


def member_act(draft: IntakeDraft, key: str, *, last: bool) -> str:
    """The act of one member, the same each time; the last one's is the package's, so that its draft ends with it."""
    return draft.act_id if last else str(uuid.uuid5(uuid.UUID(draft.act_id), key))


def composite(member: str, own: str) -> str:
    """The id under which a package draft keeps what belongs to a member."""
    return f"{member}{JOINT}{own}"


def answers_of(desk: Desk, draft: IntakeDraft, key: str) -> dict[str, tuple[str, ...]]:
    """The answers of one member: its own, and 由谁办理, which is asked once for all."""
    who = desk.catalogue.who_question.id
    own = {
        name.removeprefix(f"{key}{JOINT}"): chosen
        for name, chosen in draft.answers.items()
        if name.startswith(f"{key}{JOINT}")
    }
    return own | ({who: draft.answers[who]} if who in draft.answers else {})


def _marks(
    draft: IntakeDraft, materials: Iterable[SharedMaterial], makers: Mapping[tuple[str, str], str]
) -> dict[str, dict[str, MaterialMark]]:
    """Marks by member. A paper shown once counts for all, but not for a member that needs it as another one's result
    makes it (the register with the newborn in it); an original that is kept stays with the first case."""
    found: dict[str, dict[str, MaterialMark]] = {}
    for one in materials:
        first = one.uses[0]
        mark = draft.marks.get(composite(*first))
        if mark is None:
            continue
        for use in one.uses:
            if use in makers and not one.produced_by:
                continue
            own = mark
            if use != first and mark.mark == Mark.ORIGINAL_KEPT:
                own = replace(mark, mark=Mark.ORIGINAL_CHECKED.value, originals=0)
            found.setdefault(use[0], {})[use[1]] = own
    return found


Question = tuple[str, str, tuple[str, ...]]


def question_of(spec: FieldSpec) -> Question:
    """Fields with equal label, type and choices are one question."""
    return spec.label, spec.type, spec.options


def _fields(desk: Desk, draft: IntakeDraft, members: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Values by member: one question is asked once, by the first member that shows it."""
    typed: dict[Question, Any] = {}
    for key in members:
        for spec in desk.catalogue.item(key).fields:
            name = composite(key, spec.id)
            if name in draft.fields:
                typed.setdefault(question_of(spec), draft.fields[name])
    return {
        key: {
            spec.id: typed[question_of(spec)] for spec in desk.catalogue.item(key).fields if question_of(spec) in typed
        }
        for key in members
    }


def verdicts(work: PackageWork, *, notice: bool) -> Mapping[str, OutcomeVerdict] | str:
    """What each fitting member comes to, or why the package cannot be taken in like this."""
    found = {}
    for member in work.fitting:
        verdict = member.verdict(notice=notice)
        if verdict is None:
            first = member.now.verdict(Outcome.ACCEPT) or member.now.verdict(Outcome.RECEIVE)
            power = member.now.verdict(Outcome.RECEIVE)
            if member.now.base.accept_power != "hall" and power is not None:
                first = power
            return f"{member.now.item.name}: {first.reason if first else '不能办'}"
        found[member.key] = verdict
    return found or "选的事项都不符合办理条件"
