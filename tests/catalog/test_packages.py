"""One event, several items: each paper once, results used where they are made, stages in order."""

import pytest

from clerk_tui.catalog.model import Catalogue
from clerk_tui.catalog.packages import PackagePlan, SharedMaterial, plan, union
from clerk_tui.catalog.questions import evaluate
from clerk_tui.rules.refusal import Refusal

NEWBORN = {
    "shengyu-dengji": {"who_applies": ("self",), "marry": ("both",), "place": ("hj",), "nth": ("1",), "remarry": ("n",)},
    "chusheng-hukou": {"marry": ("y",), "follow": ("mother",), "abroad": ("cn",), "late": ("n",)},
    "jmyb-canbao": {"who": ("newborn",), "mid": ("n",), "poor": ("n",), "year": ("n",)},
    "sbk-shenling": {"age": ("minor",), "idt": ("cn",), "now": ("n",)},
}  # fmt: skip


def of(made: PackagePlan, item: str, material: str) -> SharedMaterial:
    (found,) = [shared for shared in made.materials if (item, material) in shared.uses]
    return found


def test_every_package_has_a_plan_without_answers(catalogue: Catalogue) -> None:
    for package in catalogue.packages.values():
        made = plan(catalogue, package, {})
        free = {key for key in package.members if not any(key in group for group in package.choose_one)}
        assert set(made.members) == free
        uses = [use for shared in made.materials for use in shared.uses]
        assert len(uses) == len(set(uses))
        wanted = {(key, needed.key) for key, one in made.evaluations.items() for needed in one.materials}
        assert set(uses) == wanted


def test_a_paper_is_asked_for_once(catalogue: Catalogue) -> None:
    made = plan(catalogue, catalogue.packages["chusheng"], NEWBORN)
    hukou = of(made, "chusheng-hukou", "hukou")
    assert hukou.uses == (("chusheng-hukou", "hukou"), ("jmyb-canbao", "hukou"))
    assert (hukou.originals, hukou.copies) == (1, 2)
    assert of(made, "chusheng-hukou", "marriage").uses == (
        ("shengyu-dengji", "marriage"),
        ("chusheng-hukou", "marriage"),
    )
    assert of(made, "chusheng-hukou", "birth_cert").shared
    assert not of(made, "jmyb-canbao", "form").shared


def test_the_same_kind_of_paper_of_two_persons_is_two_papers(catalogue: Catalogue) -> None:
    package = catalogue.packages["chusheng"]
    unbound = plan(catalogue, package, NEWBORN)
    parents = of(unbound, "chusheng-hukou", "parent_id")
    assert ("shengyu-dengji", "id_card") not in parents.uses
    bound = plan(catalogue, package, NEWBORN, {"applicant": "mum", "parent": "mum", "guardian": "mum"})
    assert {("shengyu-dengji", "id_card"), ("chusheng-hukou", "parent_id"), ("sbk-shenling", "guardian_id")} <= set(
        of(bound, "chusheng-hukou", "parent_id").uses
    )
    apart = plan(catalogue, package, NEWBORN, {"applicant": "baby", "parent": "mum", "guardian": "dad"})
    assert of(apart, "chusheng-hukou", "parent_id").uses == (("chusheng-hukou", "parent_id"),)
    assert of(apart, "sbk-shenling", "guardian_id").person == "dad"


def test_what_one_item_makes_need_not_be_brought(catalogue: Catalogue) -> None:
    answers = {
        "cjrz-xinban": {"cat": ("limb",)},
        "cjr-kunnan": {"cert": ("cjr",)},
        "cjr-zhongdu": {"level": ("l12",)},
    }
    package = catalogue.packages["canjiren"]
    made = plan(catalogue, package, answers, members=("cjrz-xinban", "cjr-kunnan", "cjr-zhongdu"))
    card = of(made, "cjr-kunnan", "disability_cert")
    assert card.produced_by == "cjrz-xinban"
    assert card.uses == (("cjr-kunnan", "disability_cert"), ("cjr-zhongdu", "disability_cert"))
    later = plan(catalogue, package, answers, members=("cjr-kunnan", "cjr-zhongdu"))
    assert of(later, "cjr-kunnan", "disability_cert").produced_by == ""


def test_a_promise_is_shared_only_where_the_package_says_so(catalogue: Catalogue) -> None:
    answers = {"cjr-kunnan": {"other": ("n",)}, "cjr-zhongdu": {"care": ("n",)}}
    package = catalogue.packages["canjiren"]
    assert of(plan(catalogue, package, answers), "cjr-kunnan", "promise").shared
    apart = union(catalogue, {key: evaluate(catalogue, catalogue.item(key), answer) for key, answer in answers.items()})
    promises = [shared for shared in apart if shared.spec.evidence == "promise"]
    assert [shared.shared for shared in promises] == [False, False]
    assert [shared.shared for shared in apart if shared.spec.key == "hukou"] == [True]


def test_one_of_a_group_must_be_chosen(catalogue: Catalogue) -> None:
    package = catalogue.packages["kaidian"]
    assert plan(catalogue, package, {}).undecided == (("spjy-xuke", "spjy-beian", "xiaozuofang"),)
    made = plan(catalogue, package, {}, members=("spjy-xuke", "gt-sheli"))
    assert made.undecided == ()
    assert made.stages == (("gt-sheli",), ("spjy-xuke",))
    assert of(made, "spjy-xuke", "biz_license").produced_by == "gt-sheli"
    with pytest.raises(Refusal, match="package_choose_one"):
        plan(catalogue, package, {}, members=("spjy-xuke", "xiaozuofang"))
    with pytest.raises(Refusal, match="package_member"):
        plan(catalogue, package, {}, members=("dibao",))


def test_a_member_that_does_not_fit_asks_for_nothing(catalogue: Catalogue) -> None:
    made = plan(catalogue, catalogue.packages["yanglao"], {"changshou-jin": {"hj": ("no",)}})
    assert made.stopped == (("changshou-jin", "不符合发放对象"),)
    assert not [use for shared in made.materials for use in shared.uses if use[0] == "changshou-jin"]


def test_what_ends_with_a_death(catalogue: Catalogue) -> None:
    made = plan(catalogue, catalogue.packages["shenhou"], {})
    assert made.stops == ("changshou-jin", "laoren-youdaika", "yanglao-lunhou")
