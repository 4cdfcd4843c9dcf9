import pytest

from clerk_tui.rules.queue_order import Lane, QueuePolicy
from clerk_tui.rules.queue_simulation import ClassWaits, Morning, compared, mornings

BUSY = Morning(windows=3, days=3)


def by_rank(waits: tuple[ClassWaits, ...]) -> dict[int, ClassWaits]:
    return {one.rank: one for one in waits}


@pytest.mark.parametrize("k", [1, 5, 30])
def test_everybody_is_served_and_nobody_is_passed_more_than_k_times(k: int) -> None:
    waits = mornings(QueuePolicy(max_passed=k), BUSY, seed=4)
    assert sum(one.served for one in waits) == BUSY.people * BUSY.days
    assert max(one.most_passed for one in waits) <= k


def test_the_same_people_come_whatever_the_policy() -> None:
    assert mornings(QueuePolicy(), BUSY, seed=2) == mornings(QueuePolicy(), BUSY, seed=2)
    counts = [[one.served for one in mornings(policy, BUSY)] for _, policy in compared(QueuePolicy())]
    assert all(one == counts[0] for one in counts)


def test_what_a_policy_changes_shows_in_the_waits() -> None:
    found = {name: by_rank(mornings(policy, BUSY)) for name, policy in compared(QueuePolicy(guard=1, max_passed=10))}
    elders, batch = 1, 5
    assert found["不轮普通号"][elders].mean <= found["本规则"][elders].mean
    assert found["两样都没有"][batch].longest > found["本规则"][batch].longest
    assert found["两样都没有"][batch].most_passed > 10 >= found["本规则"][batch].most_passed


def test_a_lane_that_makes_everybody_ordinary_is_first_come_first_served() -> None:
    lane = Lane("一律普通", "1970-01-01", "2999-12-31", 4, category="综合")
    policy = QueuePolicy(lanes=(lane,))
    waits = mornings(policy, Morning(windows=3, days=1, category="综合"))
    assert {one.most_passed for one in waits} == {0}


def test_a_morning_without_people_is_a_fault() -> None:
    with pytest.raises(ValueError, match="people"):
        Morning(people=0)
