"""The guide: what answers ask for, change and stop, on the shipped items and on any answers at all."""

from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clerk_tui.catalog.load import load
from clerk_tui.catalog.model import Catalogue, Item, Question
from clerk_tui.catalog.questions import Evaluation, evaluate, questions_of
from clerk_tui.resources import data_folder
from clerk_tui.rules.limits import Limit

KEYS = sorted(path.stem for path in (data_folder() / "catalog" / "items").glob("*.yaml"))
CATALOGUE = load(data_folder() / "catalog")


def keys(evaluation: Evaluation) -> list[str]:
    return [needed.key for needed in evaluation.materials]


def choices(question: Question) -> list[tuple[str, ...]]:
    """Every lawful answer of a question: one option, or of a multi question any set without an option that is alone."""
    singles = [(option.id,) for option in question.options]
    if not question.multi:
        return singles
    free = [option.id for option in question.options if not option.alone]
    return singles + [chosen for size in range(2, len(free) + 1) for chosen in combinations(free, size)]


def is_sound(catalogue: Catalogue, item: Item, evaluation: Evaluation) -> None:
    """What holds of every evaluation."""
    known = [material.key for material in item.materials] + list(catalogue.common_materials)
    found = keys(evaluation)
    assert len(found) == len(set(found))
    assert found == [key for key in dict.fromkeys(known) if key in found]
    dropped = {
        key
        for asked in evaluation.questions
        for option in asked.question.options
        if option.id in asked.chosen
        for key in option.drop
    }
    assert set(item.base_materials) - dropped <= set(found)
    assert not dropped & set(found)
    assert (evaluation.item.handling == "即办件") == (evaluation.item.promise.value == 0)
    assert evaluation.roles[0] == "applicant" and set(evaluation.roles) <= set(catalogue.holders)
    for needed in evaluation.materials:
        assert needed.key in item.base_materials or needed.why
    required = {needed.spec.id for needed in evaluation.fields if needed.required}
    assert {spec.id for spec in item.fields if spec.required and not spec.from_material} <= required
    assert bool(evaluation.goto) <= bool(evaluation.stop)


@pytest.mark.parametrize("key", KEYS)
def test_every_path_through_every_item(catalogue: Catalogue, key: str) -> None:
    item = catalogue.item(key)
    questions = questions_of(catalogue, item)
    asked_for: set[str] = set(item.base_materials)
    fields: set[str] = set()
    for answer in product(*(choices(question) for question in questions)):
        evaluation = evaluate(
            catalogue, item, {question.id: chosen for question, chosen in zip(questions, answer, strict=True)}
        )
        is_sound(catalogue, item, evaluation)
        assert not evaluation.unanswered and not evaluation.faults
        assert evaluation.complete == (not evaluation.stop)
        asked_for.update(keys(evaluation))
        fields.update(needed.spec.id for needed in evaluation.fields)
    assert {material.key for material in item.materials} <= asked_for
    assert {spec.id for spec in item.fields} == fields


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_any_answers_at_all(data: st.DataObject) -> None:
    item = CATALOGUE.item(data.draw(st.sampled_from(KEYS)))
    questions = questions_of(CATALOGUE, item)
    answers = {}
    for question in questions:
        ids = [option.id for option in question.options]
        given_ids = data.draw(st.lists(st.sampled_from([*ids, "unknown", ""]), max_size=4))
        if data.draw(st.booleans()):
            answers[question.id] = tuple(given_ids)
    answers |= data.draw(st.dictionaries(st.text(max_size=3), st.just(("x",)), max_size=2))
    evaluation = evaluate(CATALOGUE, item, answers)
    is_sound(CATALOGUE, item, evaluation)
    for asked in evaluation.questions:
        assert set(asked.chosen) <= set(answers.get(asked.question.id, ()))
        assert (asked.question.id in evaluation.unanswered) == (not asked.chosen)


def test_add_and_drop(catalogue: Catalogue) -> None:
    item = catalogue.item("shiye-dengji")
    proof = evaluate(catalogue, item, {"why": ("leave",), "have": ("y",)})
    promise = evaluate(catalogue, item, {"why": ("leave",), "have": ("n",)})
    assert "leave_proof" in keys(proof) and "promise" not in keys(proof)
    assert "leave_proof" not in keys(promise) and "promise" in keys(promise)
    needed = proof.material("leave_proof")
    assert needed is not None and needed.why == ("失业原因: 单位离职",)


def test_set_changes_handling_limit_and_fee(catalogue: Catalogue) -> None:
    card = evaluate(catalogue, catalogue.item("sbk-shenling"), {"now": ("y",)}).item
    assert (card.handling, card.promise) == ("即办件", Limit(0, "calendar"))
    identity = catalogue.item("sfz-banli")
    lost = evaluate(catalogue, identity, {"why": ("lost",), "place": ("out",)}).item
    assert (lost.fee_words, lost.fee_fen, lost.promise) == ("40元", 4000, Limit(45, "calendar"))
    assert lost.version == identity.version
    permit = evaluate(catalogue, catalogue.item("juzhuzheng"), {"act": ("lost",)}).item
    assert permit.fee_fen is None and "工本费" in permit.fee_words
    food = evaluate(catalogue, catalogue.item("spjy-xuke"), {"promise": ("y",)})
    assert food.item.onsite_inspection is False


def test_facts_are_told(catalogue: Catalogue) -> None:
    aid = evaluate(catalogue, catalogue.item("linshi-jiuzhu"), {"kind": ("urgent",), "live": ("none",)})
    assert aid.overrides.facts == (("程序", "紧急程序"), ("受理地", "急难发生地"))
    assert aid.item.promise == Limit(2, "working")


def test_stop_and_goto(catalogue: Catalogue) -> None:
    stopped = evaluate(catalogue, catalogue.item("tekun"), {"oblige": ("able",)})
    assert stopped.stop == "不符合特困条件,转低保评估"
    assert stopped.goto == "dibao"
    assert not stopped.complete


def test_a_conditional_question_is_asked_only_then(catalogue: Catalogue) -> None:
    item = catalogue.item("linghuo-canbao")
    local = evaluate(catalogue, item, {"hj": ("gz",), "ten": ("n",)})
    assert "ten" not in [asked.question.id for asked in local.questions]
    assert local.stop == ""
    outside = evaluate(catalogue, item, {"hj": ("out",), "ten": ("n",)})
    assert outside.goto == "cxjb-canbao"


def test_a_multi_question_takes_several_but_not_none_beside_others(catalogue: Catalogue) -> None:
    item = catalogue.item("dibao")
    both = evaluate(catalogue, item, {"members": ("disabled", "ill")})
    assert {"disability_cert", "illness"} <= set(keys(both)) and not both.faults
    odd = evaluate(catalogue, item, {"members": ("normal", "ill")})
    assert odd.faults == ("[共同生活家庭成员情况]选了[无特殊]就不能再选其他",)
    twice = evaluate(catalogue, item, {"house": ("own", "rent")})
    assert twice.faults == ("[住房情况]只能选一项",)


def test_an_answer_of_an_older_guide_is_reported(catalogue: Catalogue) -> None:
    odd = evaluate(catalogue, catalogue.item("dibao"), {"house": ("cave",)})
    assert "house" in odd.unanswered
    assert odd.faults == ("[住房情况]的答案已不在本版指南里, 请重新选择",)


def test_an_option_makes_its_field_required_and_shows_it(catalogue: Catalogue) -> None:
    item = catalogue.item("cxjb-canbao")
    plain = evaluate(catalogue, item, {"prior": ("no",)})
    asked = evaluate(catalogue, item, {"prior": ("yes",)})
    assert "prior_place" not in [needed.spec.id for needed in plain.fields]
    (place,) = [needed for needed in asked.fields if needed.spec.id == "prior_place"]
    assert place.required and place.why == ("是否曾在外地参加居保或职保: 是",)


def test_the_common_question(catalogue: Catalogue) -> None:
    item = catalogue.item("cxjb-canbao")
    alone = evaluate(catalogue, item, {"who_applies": ("self",)})
    assert alone.questions[0].common and alone.roles == ("applicant",)
    agent = evaluate(catalogue, item, {"who_applies": ("agent",)}, {"applicant": "p1", "agent": "p2"})
    assert [(n.key, n.spec.holder, n.person) for n in agent.materials[-2:]] == [
        ("agent_id", "agent", "p2"),
        ("proxy", "agent", "p2"),
    ]
    assert agent.roles == ("applicant", "agent")


def test_items_that_ask_it_themselves_do_not_ask_twice(catalogue: Catalogue) -> None:
    for key in ("sbk-buhuan", "tekun", "siwang-zhuxiao"):
        assert "who_applies" not in [q.id for q in questions_of(catalogue, catalogue.item(key))]


def test_an_agent_is_not_offered_where_only_a_guardian_may_act(catalogue: Catalogue) -> None:
    who = questions_of(catalogue, catalogue.item("chusheng-hukou"))[0]
    assert [option.id for option in who.options] == ["self", "guardian"]


def test_a_field_follows_the_material_that_proves_it(edited, tmp_path) -> None:  # type: ignore[no-untyped-def]
    folder = edited("items/laoren-youdaika.yaml", "from_material: photo", "from_material: hukou")
    changed = load(folder, cache=tmp_path / "cache")
    item = changed.item("laoren-youdaika")
    with_hukou = evaluate(changed, item, {"who": ("hj",)})
    without = evaluate(changed, item, {"who": ("out",)})
    assert "photo_no" in [needed.spec.id for needed in with_hukou.fields]
    assert "photo_no" not in [needed.spec.id for needed in without.fields]
