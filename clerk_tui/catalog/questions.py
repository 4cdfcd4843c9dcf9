"""The guide of an item: which questions are asked, what the answers ask for, and whether the item fits at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from clerk_tui.catalog.model import Catalogue, FieldSpec, Item, MaterialSpec, Overrides, Question

Answers = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Asked:
    """A question that is asked now. `chosen`: ids of known options, () while unanswered."""

    question: Question
    chosen: tuple[str, ...]
    common: bool = False  # the catalogue's 由谁办理


@dataclass(frozen=True)
class NeededMaterial:
    spec: MaterialSpec
    why: tuple[str, ...]  # the answers that ask for it, in words; () = always
    person: str  # id of the person bound to the holder's role, '' while nobody is

    @property
    def key(self) -> str:
        return self.spec.key


@dataclass(frozen=True)
class NeededField:
    spec: FieldSpec
    required: bool
    why: tuple[str, ...]


@dataclass(frozen=True)
class Evaluation:
    """What the answers so far make of an item."""

    item: Item  # as the answers change it: handling, promise, fee, inspection
    questions: tuple[Asked, ...]
    materials: tuple[NeededMaterial, ...]
    fields: tuple[NeededField, ...]
    roles: tuple[str, ...]  # roles whose papers are asked for, the applicant first
    overrides: Overrides
    stop: str = ""  # words of guidance: the item does not fit
    goto: str = ""  # key of the item that fits instead
    unanswered: tuple[str, ...] = ()  # ids of questions
    faults: tuple[str, ...] = ()  # answers that contradict each other or that the item does not know

    @property
    def complete(self) -> bool:
        """Every question is answered, and nothing speaks against the answers."""
        return not (self.unanswered or self.stop or self.faults)

    def material(self, key: str) -> NeededMaterial | None:
        return next((needed for needed in self.materials if needed.key == key), None)


def evaluate(catalogue: Catalogue, item: Item, answers: Answers, roles: Mapping[str, str] | None = None) -> Evaluation:
    """Ask an item's questions. Never raises for odd answers: they stand in `faults`.

    `answers`: option ids by question id; answers of questions that are not asked do not count. `roles`: person ids by
    holder role; several roles may be one person. Materials = base + all added - all dropped, in the item's own order,
    those of the common question last.
    """
    bound = roles or {}
    asked, faults = _ask(questions_of(catalogue, item), answers, catalogue.who_question.id)
    choices = [
        (f"{one.question.text}: {option.label}", option)
        for one in asked
        for option in one.question.options
        if option.id in one.chosen
    ]
    added: dict[str, list[str]] = {key: [] for key in item.base_materials}
    wanted: dict[str, list[str]] = {}
    for why, option in choices:
        for key in option.add:
            if key not in item.base_materials:
                added.setdefault(key, []).append(why)
        for field_id in option.fields:
            wanted.setdefault(field_id, []).append(why)
    for _, option in choices:
        for key in option.drop:
            added.pop(key, None)
    stopping = next((option for _, option in choices if option.stop), None)
    overrides = combine(option.set for _, option in choices)
    materials = tuple(
        NeededMaterial(spec, tuple(added[spec.key]), bound.get(spec.holder, ""))
        for spec in (*item.materials, *_common_specs(catalogue, item))
        if spec.key in added
    )
    holders = dict.fromkeys(needed.spec.holder for needed in materials)
    return Evaluation(
        item=overridden(item, overrides),
        questions=asked,
        materials=materials,
        fields=_fields(item, wanted, set(added)),
        roles=("applicant", *(role for role in holders if role != "applicant")),
        overrides=overrides,
        stop=stopping.stop if stopping else "",
        goto=stopping.goto if stopping else "",
        unanswered=tuple(one.question.id for one in asked if not one.chosen),
        faults=faults,
    )


def questions_of(catalogue: Catalogue, item: Item) -> tuple[Question, ...]:
    """All questions of an item, with the common one first unless the item asks it itself.

    Where only a guardian may act for the applicant (agent_policy guardian), the agent is not offered.
    """
    if not item.ask_who:
        return item.questions
    who = catalogue.who_question
    if item.agent_policy == "guardian":
        who = replace(who, options=tuple(option for option in who.options if option.id != "agent"))
    return (who, *item.questions)


def overridden(item: Item, overrides: Overrides) -> Item:
    """The item with what the answers set; its version stays that of the catalogue."""
    if not overrides:
        return item
    return replace(
        item,
        handling=overrides.handling or item.handling,
        promise=item.promise if overrides.promise is None else overrides.promise,
        fee_words=overrides.fee_words or item.fee_words,
        fee_fen=overrides.fee_fen if overrides.fee_words else item.fee_fen,
        onsite_inspection=(
            item.onsite_inspection if overrides.onsite_inspection is None else overrides.onsite_inspection
        ),
    )


def combine(sets: Iterable[Overrides]) -> Overrides:
    """Several overrides as one; a later answer wins, facts are gathered."""
    whole = Overrides()
    for one in sets:
        whole = Overrides(
            handling=one.handling or whole.handling,
            promise=whole.promise if one.promise is None else one.promise,
            fee_words=one.fee_words or whole.fee_words,
            fee_fen=one.fee_fen if one.fee_words else whole.fee_fen,
            onsite_inspection=whole.onsite_inspection if one.onsite_inspection is None else one.onsite_inspection,
            facts=tuple(dict.fromkeys((*whole.facts, *one.facts))),
        )
    return whole


def _ask(questions: tuple[Question, ...], answers: Answers, who: str) -> tuple[tuple[Asked, ...], tuple[str, ...]]:
    asked: list[Asked] = []
    faults: list[str] = []
    chosen_of: dict[str, tuple[str, ...]] = {}
    for question in questions:
        if not all(set(options) & set(chosen_of.get(earlier, ())) for earlier, options in question.ask_when):
            continue
        given = answers.get(question.id, ())
        known = {option.id: option for option in question.options}
        chosen = tuple(option_id for option_id in known if option_id in given)
        if any(option_id not in known for option_id in given):
            faults.append(f"[{question.text}]的答案已不在本版指南里, 请重新选择")
        if len(chosen) > 1 and not question.multi:
            faults.append(f"[{question.text}]只能选一项")
            chosen = chosen[:1]
        if len(chosen) > 1 and (alone := next((one for one in chosen if known[one].alone), "")):
            faults.append(f"[{question.text}]选了[{known[alone].label}]就不能再选其他")
        chosen_of[question.id] = chosen
        asked.append(Asked(question, chosen, question.id == who))
    return tuple(asked), tuple(faults)


def _common_specs(catalogue: Catalogue, item: Item) -> tuple[MaterialSpec, ...]:
    if not item.ask_who:
        return ()
    return tuple(spec for key, spec in catalogue.common_materials.items() if key not in item.material_by_key)


def _fields(item: Item, wanted: Mapping[str, list[str]], materials: set[str]) -> tuple[NeededField, ...]:
    """Fields that some option asks for show only then, and those that a material proves only with that material."""
    conditional = {key for q in item.questions for option in q.options for key in option.fields}
    return tuple(
        NeededField(spec, spec.required or spec.id in wanted, tuple(wanted.get(spec.id, ())))
        for spec in item.fields
        if (spec.id not in conditional or spec.id in wanted)
        and (not spec.from_material or spec.from_material in materials)
    )
