from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_tui.rules.legal_texts import LegalTexts
from clerk_tui.rules.outcomes import NEEDS_WORDS, Facts, MaterialFact, Outcome, OutcomeVerdict, derive
from clerk_tui.rules.regimes import REGIMES

FORM = MaterialFact("form", "申请表", "2", core=True)
BANK = MaterialFact("bank", "银行账户", "3", tolerable=True)
PHOTO = MaterialFact("photo", "证件照", "3", tolerable=True)
HALL = Facts("hall", "承诺件", "benefit", materials=(FORM, BANK, PHOTO), tolerance=True, credit="clear")
DEPARTMENT = replace(HALL, accept_power="department")
AT_ONCE = replace(HALL, handling="即办件", may_decide=True)


def short(facts: Facts, **marks: str) -> Facts:
    return replace(facts, materials=tuple(replace(one, mark=marks.get(one.key, one.mark)) for one in facts.materials))


def possible(facts: Facts) -> list[str]:
    return [verdict.kind.value for verdict in derive(facts) if verdict.possible]


def verdict(facts: Facts, outcome: Outcome) -> OutcomeVerdict:
    return next(one for one in derive(facts) if one.kind is outcome)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (HALL, ["accept", "asked"]),
        (DEPARTMENT, ["receive", "asked"]),
        (AT_ONCE, ["decide_now", "accept", "asked"]),
        (replace(AT_ONCE, may_decide=False), ["accept", "asked"]),
        (replace(AT_ONCE, accept_power="department"), ["receive", "asked"]),
        (short(HALL, bank="0"), ["accept_deficient", "one_time_notice", "asked"]),
        (short(AT_ONCE, bank="0"), ["accept_deficient", "one_time_notice", "asked"]),
        (short(HALL, bank="7"), ["accept_deficient", "one_time_notice", "correct_now", "asked"]),
        (short(HALL, form="0"), ["one_time_notice", "asked"]),
        (short(HALL, form="0", bank="0"), ["one_time_notice", "asked"]),
        (replace(short(HALL, bank="0"), tolerance=False), ["one_time_notice", "asked"]),
        (replace(short(HALL, bank="0"), credit="blocked"), ["one_time_notice", "asked"]),
        (replace(short(HALL, bank="0"), tolerance_declined=True), ["one_time_notice", "asked"]),
        (short(DEPARTMENT, bank="0"), ["receive", "one_time_notice", "asked"]),
        (short(DEPARTMENT, form="0"), ["one_time_notice", "asked"]),
        (short(HALL, bank=""), ["asked"]),
        (replace(HALL, unanswered=1), ["asked"]),
        (replace(HALL, field_faults=("电话: 少一位",)), ["correct_now", "asked"]),
        (replace(HALL, stop="不在受理范围"), ["not_applicable", "refuse", "asked"]),
        (replace(HALL, state="correcting", correcting=True), ["accept", "withdrawn"]),
        (replace(DEPARTMENT, state="received"), ["withdrawn"]),
        (replace(HALL, state="reviewing"), ["withdrawn"]),
        (replace(HALL, state="decided"), []),
    ],
)
def test_what_is_lawful(facts: Facts, expected: list[str]) -> None:
    assert possible(facts) == expected


def test_all_ten_are_named_with_reason_and_articles() -> None:
    for regime in REGIMES:
        verdicts = derive(replace(HALL, regime=regime, legal=LegalTexts(articles=("《示例法》",))))
        assert {one.kind for one in verdicts} == set(Outcome)
        assert all(one.reason and one.basis == "《示例法》" for one in verdicts)
        assert all(need in NEEDS_WORDS for one in verdicts for need in one.needs)


def test_a_verdict_cites_what_the_texts_say_of_its_outcome() -> None:
    texts = LegalTexts(("《示例法》",), {"one_time_notice": ("《示例法》第四条", "《示例条例》第五条")})
    facts = replace(short(HALL, form="0"), legal=texts)
    assert verdict(facts, Outcome.ONE_TIME_NOTICE).basis == "《示例法》第四条; 《示例条例》第五条"
    assert verdict(facts, Outcome.ACCEPT).basis == "《示例法》"


def test_tolerance_is_the_applicants_choice() -> None:
    facts = short(HALL, bank="0")
    assert verdict(facts, Outcome.ACCEPT_DEFICIENT).needs == ("commitment_signed",)
    assert verdict(facts, Outcome.ONE_TIME_NOTICE).needs == ("tolerance_declined",)
    assert verdict(replace(facts, tolerance_declined=True), Outcome.ONE_TIME_NOTICE).needs == ()
    assert "选择不容缺" in verdict(replace(facts, tolerance_declined=True), Outcome.ACCEPT_DEFICIENT).reason


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (short(HALL, form="0"), "核心材料不能容缺: 申请表"),
        (replace(short(HALL, bank="0"), credit="blocked"), "信用限制名单"),
        (replace(short(HALL, bank="0"), tolerance=False), "容缺清单没有加载"),
        (HALL, "没有缺少的材料"),
        (short(DEPARTMENT, bank="0"), "由部门决定"),
    ],
)
def test_why_not_tolerated(facts: Facts, words: str) -> None:
    assert words in verdict(facts, Outcome.ACCEPT_DEFICIENT).reason


def test_credit_that_was_not_checked_is_said() -> None:
    found = verdict(replace(short(HALL, bank="0"), credit="unchecked"), Outcome.ACCEPT_DEFICIENT)
    assert found.possible and "信用未核(离线)" in found.reason


def test_one_gap_outside_the_list_closes_tolerance() -> None:
    proof = MaterialFact("proof", "居住证明", "0")
    facts = replace(short(HALL, bank="0"), materials=(*short(HALL, bank="0").materials, proof))
    found = verdict(facts, Outcome.ACCEPT_DEFICIENT)
    assert not found.possible and found.reason == "不在容缺清单内: 居住证明"


def test_waiting_for_the_back_office_is_neither_missing_nor_verified() -> None:
    waits = MaterialFact("hukou", "户口簿", "5", verified_how="pending_back_office")
    facts = replace(AT_ONCE, materials=(FORM, waits))
    assert "accept" in possible(facts) and "decide_now" not in possible(facts)
    assert "待后台核验" in verdict(facts, Outcome.DECIDE_NOW).reason
    assert "one_time_notice" not in possible(facts)


def test_an_electronic_licence_without_a_word_on_how_is_not_marked_yet() -> None:
    facts = replace(HALL, materials=(FORM, MaterialFact("hukou", "户口簿", "4")))
    assert possible(facts) == ["asked"]


def test_a_promise_is_signed_before_acceptance() -> None:
    facts = replace(HALL, materials=(FORM, MaterialFact("proof", "收入证明", "6")))
    assert verdict(facts, Outcome.ACCEPT).needs == ("promise_signed",)


def test_refusal_is_the_departments_unless_the_hall_has_the_power() -> None:
    assert verdict(replace(HALL, stop="无职权"), Outcome.REFUSE).needs == ("reason", "supervisor")
    found = verdict(replace(DEPARTMENT, stop="无职权"), Outcome.REFUSE)
    assert found.needs == ("reason", "department") and "窗口提出, 部门决定" in found.reason


def test_everything_supplied_leaves_only_acceptance() -> None:
    facts = replace(HALL, state="correcting", correcting=True)
    assert "当日受理" in verdict(facts, Outcome.ACCEPT).reason
    again = verdict(short(facts, bank="7"), Outcome.ONE_TIME_NOTICE)
    assert again.needs == ("supervisor", "reason")


materials = st.builds(
    MaterialFact,
    key=st.text("abc", min_size=1, max_size=3),
    name=st.just("某材料"),
    mark=st.sampled_from(["", "0", "1", "2", "3", "4", "5", "6", "7", "9"]),
    verified_how=st.sampled_from(["", "seen", "pending_back_office"]),
    tolerable=st.booleans(),
    core=st.booleans(),
)
facts_of_any_kind = st.builds(
    Facts,
    accept_power=st.sampled_from(["hall", "department"]),
    handling=st.sampled_from(["即办件", "承诺件"]),
    regime=st.sampled_from(sorted(REGIMES)),
    may_decide=st.booleans(),
    stop=st.sampled_from(["", "不在范围"]),
    materials=st.lists(materials, max_size=5).map(tuple),
    unanswered=st.integers(0, 1),
    field_faults=st.sampled_from([(), ("电话",)]),
    tolerance=st.booleans(),
    credit=st.sampled_from(["clear", "blocked", "unchecked"]),
    correcting=st.booleans(),
    tolerance_declined=st.booleans(),
    state=st.sampled_from(["draft", "received", "correcting", "accepted", "reviewing", "decided", "closed"]),
)


@given(facts_of_any_kind)
def test_never_an_acceptance_with_a_gap_that_may_not_be_owed(facts: Facts) -> None:
    found = set(possible(facts))
    gaps = [one for one in facts.materials if one.mark in ("0", "7")]
    if gaps:
        assert not found & {"accept", "decide_now"}
    if any(one.core or not one.tolerable for one in gaps):
        assert not found & {"accept_deficient", "receive"}
    if facts.stop:
        assert found <= {"refuse", "not_applicable", "asked", "withdrawn"}
    if facts.accept_power == "department":
        assert not found & {"accept", "accept_deficient", "decide_now"}


@given(facts_of_any_kind)
def test_there_is_always_a_way_on_before_a_decision(facts: Facts) -> None:
    if facts.state not in ("decided", "closed"):
        assert possible(facts)


@given(facts_of_any_kind)
def test_possible_ones_come_first_and_the_rest_need_nothing(facts: Facts) -> None:
    verdicts = derive(facts)
    flags = [one.possible for one in verdicts]
    assert flags == sorted(flags, reverse=True)
    assert all(one.reason for one in verdicts)
    assert not any(one.needs for one in verdicts if not one.possible)
