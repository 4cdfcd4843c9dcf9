import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_tui.catalog.calendars import load
from clerk_tui.rules.correction import CorrectionPolicy, correct_by, monthly_reminder, needs_supervisor
from clerk_tui.rules.limits import Limit
from clerk_tui.rules.states import CASE_MOVES, CaseState
from clerk_tui.rules.tolerance import (
    CAP_UNPUBLISHED,
    ON_EXPIRY,
    DeficiencyPolicy,
    cap,
    expiry_power,
    extended_due,
    owed_due,
    stage,
    tolerable,
)

CALENDAR = load()
DAY = date(2026, 11, 23)
LIST: dict[str, Any] = {
    "items": {
        "dibao": {"materials": {"bank": 5, "photo": None}, "cap": "promised", "on_expiry": "return"},
        "gt-sheli": {"materials": {"lease": 20}, "result_before_supplement": True},
    },
    "days": 10,
    "cap": "statutory",
    "valid_from": "2026-01-01",
    "valid_to": "2026-12-31",
}
POLICY = DeficiencyPolicy.from_dict(LIST)


def test_a_policy_survives_being_written_down() -> None:
    assert DeficiencyPolicy.from_dict(json.loads(json.dumps(POLICY.to_dict()))) == POLICY


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"cap": "whatever"}, "cap should be one of"),
        ({"on_expiry": "vanish"}, "on_expiry should be one of"),
        ({"days": 0}, "days should be 1 or more"),
        ({"days": "10"}, "days should be int"),
        ({"unit": "hour"}, "unit should be"),
        ({"extension_times": -1}, "extension_times"),
        ({"valid_from": "next year"}, "Invalid isoformat"),
        ({"items": {"a": {"materials": ["b"]}}}, "items.a needs materials"),
        ({"items": {"a": {"materials": {"b": -3}}}}, "items.a.materials.b"),
        ({"items": {"a": {"materials": {}, "result_before_supplement": "no"}}}, "result_before_supplement"),
        ({"colour": "red"}, "unknown part: colour"),
    ],
)
def test_a_faulty_policy_is_named_by_its_part(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        DeficiencyPolicy.from_dict({**LIST, **change})


@pytest.mark.parametrize(
    ("item", "material", "evidence", "core", "day", "found"),
    [
        ("dibao", "bank", "bank", False, DAY, (True, "可容缺 5 工作日")),
        ("dibao", "photo", "photo", False, DAY, (True, "可容缺 10 工作日")),
        ("dibao", "bank", "bank", True, DAY, (False, "不可容缺: 核心材料")),
        ("dibao", "bank", "id_card", False, DAY, (False, "不可容缺: 身份证明")),
        ("dibao", "form", "", False, DAY, (False, "不可容缺: 不在容缺清单内")),
        ("canbao", "bank", "bank", False, DAY, (False, "不可容缺: 不在容缺清单内")),
        ("dibao", "bank", "bank", False, date(2027, 1, 1), (False, "不可容缺: 容缺清单不在有效期")),
        ("dibao", "bank", "bank", False, date(2026, 12, 31), (True, "可容缺 5 工作日")),
    ],
)
def test_what_may_be_owed(
    item: str, material: str, evidence: str, core: bool, day: date, found: tuple[bool, str]
) -> None:
    assert tolerable(POLICY, item, material, evidence, core, day) == found


def test_without_a_list_nothing_may_be_owed() -> None:
    assert tolerable(None, "dibao", "bank", "bank", False, DAY) == (False, "不可容缺: 未加载区容缺清单")
    assert not tolerable(DeficiencyPolicy(), "dibao", "bank", "bank", False, DAY)[0]


def test_own_days_within_the_cap() -> None:
    found = owed_due(POLICY, 5, Limit(15), Limit(20), DAY, CALENDAR)
    assert found == (date(2026, 11, 30), 5, "不超过法定时限 20 工作日", False, False, "working")


def test_the_cap_cuts() -> None:
    found = owed_due(POLICY, 10, Limit(3), Limit(20), DAY, CALENDAR, item_key="dibao")
    assert (found.day, found.days, found.cap_words) == (date(2026, 11, 26), 3, "不超过承诺时限 3 工作日")
    assert not found.after_decision


@pytest.mark.parametrize("statutory", [None, Limit(0)])
def test_an_unknown_cap_is_ten_working_days_and_says_so(statutory: Limit | None) -> None:
    long = owed_due(POLICY, 30, Limit(15), statutory, DAY, CALENDAR)
    assert (long.days, long.day, long.cap_words) == (10, date(2026, 12, 7), CAP_UNPUBLISHED)
    assert CAP_UNPUBLISHED == "上限未公布(固定10工作日)"
    short = owed_due(POLICY, 3, Limit(15), statutory, DAY, CALENDAR)
    assert (short.days, short.day) == (3, date(2026, 11, 26))


def test_a_gap_of_a_matter_done_on_the_spot_falls_due_after_the_decision() -> None:
    found = owed_due(POLICY, 5, Limit(0), None, DAY, CALENDAR, item_key="dibao")
    assert found.after_decision and found.cap_words == CAP_UNPUBLISHED


def test_a_gap_later_than_the_promise_is_said_before_the_commit() -> None:
    found = owed_due(POLICY, 20, Limit(5), Limit(20), DAY, CALENDAR, item_key="gt-sheli")
    assert found.after_decision


def test_a_cap_in_calendar_days() -> None:
    found = owed_due(POLICY, 10, Limit(15), Limit(7, "calendar"), DAY, CALENDAR)
    assert (found.day, found.days, found.unit) == (date(2026, 11, 30), 7, "calendar")


def test_beyond_the_last_calendar_it_is_provisional() -> None:
    assert owed_due(POLICY, 10, None, Limit(20), date(2026, 12, 25), CALENDAR).provisional


@given(st.integers(1, 60), st.integers(0, 30), st.integers(0, 60))
def test_a_gap_is_never_due_after_its_cap(days: int, promised: int, statutory: int) -> None:
    found = owed_due(POLICY, days, Limit(promised), Limit(statutory), DAY, CALENDAR)
    assert found.day <= CALENDAR.add_working_days(DAY, statutory or 10).day
    assert found.day <= CALENDAR.add_working_days(DAY, days).day


@pytest.mark.parametrize(
    ("due", "today", "found"),
    [
        (date(2026, 11, 27), date(2026, 11, 23), ""),
        (date(2026, 11, 26), date(2026, 11, 23), "T-3"),
        (date(2026, 11, 25), date(2026, 11, 23), "T-3"),
        (date(2026, 11, 24), date(2026, 11, 23), "T-1"),
        (date(2026, 11, 23), date(2026, 11, 21), "T-1"),
        (date(2026, 11, 23), date(2026, 11, 23), "T0"),
        (date(2026, 11, 20), date(2026, 11, 21), "overdue"),
    ],
)
def test_reminders(due: date, today: date, found: str) -> None:
    assert stage(due, today, CALENDAR) == found


def test_one_extension_and_only_before_the_day_has_passed() -> None:
    due = date(2026, 11, 24)
    far = date(2026, 12, 31)
    assert extended_due(POLICY, due, 0, DAY, CALENDAR, cap_day=far) == date(2026, 12, 8)
    assert extended_due(POLICY, due, 1, DAY, CALENDAR, cap_day=far) is None
    assert extended_due(POLICY, due, 0, date(2026, 11, 25), CALENDAR, cap_day=far) is None


def test_an_extension_never_passes_the_cap() -> None:
    due = date(2026, 11, 24)
    assert extended_due(POLICY, due, 0, DAY, CALENDAR, cap_day=date(2026, 12, 1)) == date(2026, 12, 1)
    assert extended_due(POLICY, due, 0, DAY, CALENDAR, cap_day=due) is None
    assert cap(POLICY, Limit(5), Limit(20)) == (Limit(20), "不超过法定时限 20 工作日")
    assert cap(POLICY, Limit(5), Limit(20), item_key="dibao")[0] == Limit(5)
    assert cap(POLICY, Limit(5), None) == (Limit(10), CAP_UNPUBLISHED)


def test_five_published_ways_of_expiry_and_a_careful_default() -> None:
    assert {one.words for one in ON_EXPIRY.values()} == {
        "提请部门处理",
        "退件",
        "终止",
        "撤销受理",
        "视为撤回",
        "不予许可",
    }
    assert DeficiencyPolicy().expiry_for("x").words == "提请部门处理"
    assert POLICY.expiry_for("dibao").words == "退件"
    assert POLICY.expiry_for("gt-sheli").words == "提请部门处理"


@pytest.mark.parametrize(
    ("outcome", "accept_power", "power"),
    [
        ("refuse_permit", "hall", "department"),
        ("revoke", "hall", "department"),
        ("terminate", "hall", "department"),
        ("to_department", "hall", "department"),
        ("return", "hall", "hall"),
        ("return", "department", "department"),
        ("deemed_withdrawn", "hall", "hall"),
    ],
)
def test_who_may_settle_an_expiry(outcome: str, accept_power: str, power: str) -> None:
    assert expiry_power(outcome, accept_power) == power


def test_every_expiry_is_a_lawful_way_of_the_case() -> None:
    for one in ON_EXPIRY.values():
        if one.case_act:
            for state in (CaseState.ACCEPTED, CaseState.REVIEWING, CaseState.SUSPENDED):
                assert (state, one.case_act) in CASE_MOVES


def test_the_result_waits_unless_the_policy_says_otherwise() -> None:
    assert not POLICY.may_hand_over_first("dibao")
    assert POLICY.may_hand_over_first("gt-sheli")


def test_correction_has_no_limit_by_default() -> None:
    assert correct_by(CorrectionPolicy(), "dibao", DAY, CALENDAR) is None
    policy = CorrectionPolicy.from_dict({"days": 30, "unit": "calendar", "on_expiry": "refuse", "items": {"x": None}})
    assert CorrectionPolicy.from_dict(policy.to_dict()) == policy
    found = correct_by(policy, "dibao", DAY, CALENDAR)
    assert found is not None and found.day == date(2026, 12, 23)
    assert correct_by(policy, "x", DAY, CALENDAR) is None
    assert policy.expiry_words == "不予受理"


@pytest.mark.parametrize(
    "fault", [{"days": 0}, {"unit": "hour"}, {"on_expiry": "x"}, {"more": 1}, {"items": {"a": -1}}]
)
def test_a_faulty_correction_policy(fault: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"should be|unknown"):
        CorrectionPolicy.from_dict(fault)


@pytest.mark.parametrize(
    ("asked", "last", "today", "found"),
    [
        (date(2026, 10, 31), None, date(2026, 11, 29), False),
        (date(2026, 10, 31), None, date(2026, 11, 30), True),
        (date(2026, 12, 15), None, date(2027, 1, 15), True),
        (date(2026, 10, 1), date(2026, 11, 1), date(2026, 11, 23), False),
    ],
)
def test_an_open_correction_is_reminded_of_monthly(asked: date, last: date | None, today: date, found: bool) -> None:
    assert monthly_reminder(asked, last, today) is found


def test_faulting_twice_and_finding_what_was_visible_need_a_supervisor() -> None:
    assert not needs_supervisor(1, False)
    assert needs_supervisor(2, False)
    assert needs_supervisor(1, True)
