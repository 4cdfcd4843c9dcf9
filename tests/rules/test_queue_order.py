import random
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_tui.rules.queue_order import (
    RANK_WORDS,
    Lane,
    QueuePolicy,
    QueueTicket,
    class_from_birth,
    coming_back,
    may_call_again,
    may_miss,
    next_ticket,
    order,
    passed_over,
)

NOW = 1_763_860_200_000  # 2025-11-23 09:10 in China
MINUTE = 60_000
POLICY = QueuePolicy()


class Call(NamedTuple):
    rank: int
    category: str = "综合"


def ticket(name: str, rank: int = 4, minute: int = 0, **more: Any) -> QueueTicket:
    return QueueTicket(name, rank, NOW + (minute - 60) * MINUTE, **{"category": "综合", **more})


def booked(name: str, start: int, end: int, minute: int = 0) -> QueueTicket:
    return ticket(name, 2, minute, slot_start_at=NOW + start * MINUTE, slot_end_at=NOW + end * MINUTE)


def ids(*tickets: QueueTicket, recent: tuple[Call, ...] = (), policy: QueuePolicy = POLICY) -> list[str]:
    return [choice.ticket_id for choice in order(tickets, recent, policy, NOW, ("综合", "社保"))]


def test_classes_go_in_order_and_first_come_first_within_one() -> None:
    assert ids(
        ticket("batch", 5, 0),
        ticket("b", 4, 2),
        ticket("a", 4, 1),
        ticket("back", 3, 3),
        booked("slot", -5, 10, 9),
        policy=replace(POLICY, guard=9),
    ) == ["slot", "back", "a", "b", "batch"]


def test_after_two_of_class_0_or_1_an_ordinary_one_is_called() -> None:
    elders = [ticket(f"elder{n}", 1, 10 + n) for n in range(5)]
    assert ids(ticket("a", 4, 0), ticket("b", 4, 1), *elders) == [
        "elder0",
        "elder1",
        "a",
        "elder2",
        "elder3",
        "b",
        "elder4",
    ]


def test_the_guard_counts_calls_that_were_made_before() -> None:
    tickets = (ticket("a"), ticket("elder", 1, 5), ticket("urgent", 0, 6))
    assert ids(*tickets, recent=(Call(1), Call(4)))[:2] == ["urgent", "a"]
    assert ids(*tickets, recent=(Call(1), Call(0), Call(4)))[0] == "a"
    assert ids(*tickets, recent=(Call(4), Call(1), Call(1)))[0] == "urgent"


def test_the_guard_is_kept_for_each_pool() -> None:
    tickets = (ticket("a"), ticket("elder", 1, 5))
    assert ids(*tickets, recent=(Call(1, "社保"), Call(1, "社保")))[0] == "elder"


def test_the_guard_prefers_an_appointment_in_its_slot() -> None:
    tickets = (ticket("a"), booked("slot", -5, 10, 9), ticket("elder", 1, 5))
    assert ids(*tickets, recent=(Call(1), Call(1)))[0] == "slot"


def test_the_guard_takes_the_oldest_of_2_to_5_not_the_best_class() -> None:
    tickets = (ticket("batch", 5, 0), ticket("back", 3, 5), ticket("elder", 1, 7))
    assert ids(*tickets, recent=(Call(1), Call(1)))[0] == "batch"


def test_with_nobody_else_waiting_priority_goes_on() -> None:
    assert ids(ticket("e1", 1), ticket("e2", 1, 1), recent=(Call(1), Call(1))) == ["e1", "e2"]


@pytest.mark.parametrize(("start", "end", "first"), [(-5, 10, "slot"), (5, 20, "early"), (-30, -1, "early")])
def test_an_appointment_counts_only_inside_its_slot(start: int, end: int, first: str) -> None:
    assert ids(ticket("early", 4, 0), booked("slot", start, end, 9))[0] == first


def test_outside_its_slot_it_keeps_its_place_among_the_ordinary() -> None:
    tickets = (ticket("a", 4, 0), booked("slot", 30, 45, 5), ticket("b", 4, 9), ticket("batch", 5, 1))
    assert ids(*tickets) == ["a", "slot", "b", "batch"]


def test_a_window_serves_its_categories_in_order_and_first_what_was_directed_to_it() -> None:
    tickets = (
        ticket("social", 4, 0, category="社保"),
        ticket("a", 4, 5),
        ticket("directed", 4, 9, category="领证"),
    )
    assert ids(*tickets) == ["directed", "a", "social"]


def test_whoever_was_passed_k_times_goes_first() -> None:
    waiting = ticket("patient", 5, 0, passed=30)
    choice = next_ticket((ticket("urgent", 0, 9), waiting), (), POLICY, NOW, ("综合",))
    assert choice == ("patient", "已被后来的号越过 30 次, 到上限, 现在先叫")


def test_a_dated_lane_is_data() -> None:
    lane = Lane("中高考前身份证", "2025-11-20", "2025-11-25", 1, item_key="sfz")
    policy = replace(POLICY, lanes=(lane,))
    tickets = (ticket("a", 4, 0), ticket("exam", 4, 9, item_key="sfz"))
    assert ids(*tickets, policy=policy)[0] == "exam"
    assert order(tickets, (), policy, NOW, ("综合",))[0].reason.startswith("中高考前身份证优先")
    assert ids(*tickets, policy=replace(policy, lanes=(replace(lane, to_day="2025-11-22"),)))[0] == "a"
    everyone = replace(lane, item_key="", category="综合")
    assert ids(*tickets, policy=replace(policy, lanes=(everyone,)))[0] == "a"


def test_reasons_name_class_and_guard_and_no_person() -> None:
    tickets = (ticket("a"), ticket("elder", 1, 5, rank_reason="65岁以上"))
    assert order(tickets, (Call(1), Call(4)), POLICY, NOW, ("综合",))[0].reason == (
        "65岁以上优先; 已连续照顾 1 位, 再照顾 1 位后轮到普通号"
    )
    assert order(tickets, (Call(1), Call(1)), POLICY, NOW, ("综合",))[0].reason == (
        "已连续照顾 2 位, 轮到等得最久的普通号"
    )
    assert next_ticket(tickets[1:], (), POLICY, NOW) == ("elder", "65岁以上优先; 没有其他等候的号")
    assert next_ticket((ticket("u", 0), ticket("a")), (), POLICY, NOW).reason.startswith("急办; ")  # type: ignore[union-attr]


def test_nobody_waits() -> None:
    assert next_ticket((), (), POLICY, NOW) is None
    assert order((), (), POLICY, NOW) == ()


def test_the_list_is_cut_at_the_limit() -> None:
    many = [ticket(f"t{n:03d}", 4, n) for n in range(60)]
    assert len(order(many, (), POLICY, NOW)) == 30
    assert len(order(many, (), POLICY, NOW, limit=60)) == 60


def test_passing_is_being_called_before_somebody_who_came_earlier() -> None:
    first, second, third = ticket("a", 4, 0), ticket("b", 1, 1), ticket("c", 4, 2)
    assert passed_over((first, third), second) == ("a",)


tickets_of_any_kind = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 50), st.integers(-30, 30), st.sampled_from(["综合", "社保"])),
    max_size=25,
).map(
    lambda rows: [
        ticket(
            f"t{n:02d}",
            rank,
            minute,
            category=category,
            slot_start_at=NOW + slot * MINUTE if rank == 2 else None,
            slot_end_at=NOW + (slot + 15) * MINUTE if rank == 2 else None,
        )
        for n, (rank, minute, slot, category) in enumerate(rows)
    ]
)


@given(tickets_of_any_kind, st.randoms(use_true_random=False))
def test_the_order_is_complete_and_does_not_depend_on_the_input_order(
    tickets: list[QueueTicket], source: random.Random
) -> None:
    found = order(tickets, (), POLICY, NOW, ("综合", "社保"), limit=99)
    assert sorted(choice.ticket_id for choice in found) == sorted(one.id for one in tickets)
    assert all(choice.reason for choice in found)
    shuffled = list(tickets)
    source.shuffle(shuffled)
    assert order(shuffled, (), POLICY, NOW, ("综合", "社保"), limit=99) == found


@given(tickets_of_any_kind)
def test_within_a_class_and_pool_nobody_overtakes(tickets: list[QueueTicket]) -> None:
    place = {
        choice.ticket_id: n for n, choice in enumerate(order(tickets, (), POLICY, NOW, ("综合", "社保"), limit=99))
    }
    for one in tickets:
        for other in tickets:
            if one.rank == other.rank != 2 and one.category == other.category and one.issued_at < other.issued_at:
                assert place[one.id] < place[other.id]


@given(tickets_of_any_kind)
def test_never_three_priority_calls_in_a_row_while_others_of_the_pool_wait(tickets: list[QueueTicket]) -> None:
    by_id = {one.id: one for one in tickets}
    left = dict(by_id)
    run = {"综合": 0, "社保": 0}
    for choice in order(tickets, (), replace(POLICY, max_passed=999), NOW, ("综合", "社保"), limit=99):
        one = by_id[choice.ticket_id]
        others = [two for two in left.values() if two.rank > 1 and two.category == one.category]
        if one.rank <= 1 and others:
            assert run[one.category] < POLICY.guard
        run[one.category] = run[one.category] + 1 if one.rank <= 1 else 0
        del left[one.id]


@given(
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["综合", "社保"])), min_size=1, max_size=80),
    st.integers(1, 6),
    st.integers(1, 4),
)
def test_nobody_is_ever_passed_more_than_k_times(arrivals: list[tuple[int, str]], k: int, burst: int) -> None:
    """People keep arriving while the window calls; a ticket's passes never exceed k, whatever its class."""
    policy = replace(POLICY, max_passed=k)
    waiting: list[QueueTicket] = []
    recent: list[Call] = []
    coming = [
        replace(ticket(f"t{n:02d}", rank, 0, category=cat), issued_at=n) for n, (rank, cat) in enumerate(arrivals)
    ]
    while coming or waiting:
        for _ in range(burst):
            if coming:
                waiting.append(coming.pop(0))
        choice = next_ticket(waiting, recent, policy, NOW, ("综合", "社保"))
        assert choice is not None
        called = next(one for one in waiting if one.id == choice.ticket_id)
        over = set(passed_over(waiting, called))
        waiting = [replace(one, passed=one.passed + (one.id in over)) for one in waiting if one.id != called.id]
        assert all(one.passed <= k for one in waiting)
        recent.insert(0, Call(called.rank, called.category))


@given(
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["综合", "社保", "领证"])), min_size=1, max_size=60),
    st.lists(st.sampled_from([("综合", "社保"), ("社保", "领证"), ("领证", "综合", "社保")]), min_size=60, max_size=60),
    st.integers(1, 5),
)
def test_nobody_starves_between_windows_that_serve_different_categories(
    arrivals: list[tuple[int, str]], callers: list[tuple[str, ...]], k: int
) -> None:
    """One more comes before each call; a ticket is passed only by a window that could have called it."""
    policy = replace(POLICY, max_passed=k)
    waiting: list[QueueTicket] = []
    recent: list[Call] = []
    coming = [
        replace(ticket(f"t{n:02d}", rank, 0, category=cat), issued_at=n) for n, (rank, cat) in enumerate(arrivals)
    ]
    for serves in callers:
        waiting += coming[:1]
        coming = coming[1:]
        mine = [one for one in waiting if one.category in serves]
        choice = next_ticket(mine, recent, policy, NOW, serves)
        if choice is None:
            continue
        called = next(one for one in mine if one.id == choice.ticket_id)
        over = set(passed_over(mine, called))
        waiting = [replace(one, passed=one.passed + (one.id in over)) for one in waiting if one.id != called.id]
        assert all(one.passed <= k for one in waiting)
        recent.insert(0, Call(called.rank, called.category))


@pytest.mark.parametrize(
    ("birth", "rank"), [(date(1961, 11, 23), 1), (date(1961, 11, 24), 4), (date(1990, 1, 1), 4), (None, 4)]
)
def test_class_from_the_birth_date(birth: date | None, rank: int) -> None:
    assert class_from_birth(birth, date(2026, 11, 23)) == rank


def test_calling_again_and_missing_keep_gap_and_count() -> None:
    assert may_call_again(POLICY, 0, None, NOW) == (True, "", NOW)
    early = may_call_again(POLICY, 1, NOW - 5_000, NOW)
    assert early == (False, "还要等 15 秒才能再叫", NOW + 15_000)
    assert may_call_again(POLICY, 1, NOW - 20_000, NOW)[0]
    assert may_call_again(POLICY, 3, NOW - 60_000, NOW)[1] == "已叫 3 次, 可以按过号处理"
    assert may_miss(POLICY, 2, NOW - 60_000, NOW)[1] == "只叫了 2 次, 叫满 3 次才能过号"
    assert not may_miss(POLICY, 3, NOW - 5_000, NOW)[0]
    assert may_miss(POLICY, 3, NOW - 20_000, NOW)[0]


def test_missed_tickets_come_back_by_the_policy_only() -> None:
    assert coming_back(POLICY, 1, 4) == (True, 3, "回排: 排在普通号之前")
    assert coming_back(POLICY, 1, 1)[:2] == (True, 1)
    assert coming_back(POLICY, 2, 4)[0] is False
    assert coming_back(replace(POLICY, missed_policy="void"), 1, 4) == (False, 4, "过号作废, 请重新取号")
    assert coming_back(replace(POLICY, missed_policy="last"), 1, 4)[:2] == (True, 4)


def test_a_policy_is_data_and_says_its_faults() -> None:
    policy = QueuePolicy.from_dict(
        {
            "guard": 3,
            "lanes": [
                {"name": "节假日", "from_day": "2026-10-01", "to_day": "2026-10-07", "rank": 1, "category": "综合"}
            ],
        }
    )
    assert QueuePolicy.from_dict(policy.to_dict()) == policy
    for fault in (
        {"guard": 0},
        {"guard": "2"},
        {"what": 1},
        {"missed_policy": "x"},
        {"lanes": [{"name": "x"}]},
        {"lanes": [{"name": "x", "from_day": "2026-10-01", "to_day": "2026-10-07", "rank": 9}]},
        {"min_gap_seconds": -1},
    ):
        with pytest.raises(ValueError):
            QueuePolicy.from_dict(fault)


def test_every_class_has_words() -> None:
    assert sorted(RANK_WORDS) == [0, 1, 2, 3, 4, 5]
