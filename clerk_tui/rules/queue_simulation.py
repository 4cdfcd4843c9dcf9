"""Busy mornings played through the queue order: how long each class waits, and what a policy changes about it."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from clerk_tui.rules.queue_classes import RANK_WORDS
from clerk_tui.rules.queue_order import QueuePolicy, QueueTicket, next_ticket, passed_over

MINUTE = 60_000
NO_GUARD = 1000
MIX: tuple[tuple[int, int], ...] = ((0, 1), (1, 22), (2, 15), (3, 5), (4, 50), (5, 7))
"""Classes of a hundred people who come, as (class, how many)."""


@dataclass(frozen=True)
class Morning:
    """Who comes and who serves: `people` over `minutes`, `windows` of one pool, a service of `service_minutes`."""

    people: int = 120
    windows: int = 4
    minutes: int = 180
    service_minutes: tuple[int, int] = (4, 9)
    mix: tuple[tuple[int, int], ...] = MIX
    days: int = 20
    category: str = "综合"

    def __post_init__(self) -> None:
        if min(self.people, self.windows, self.minutes, self.days, self.service_minutes[0]) < 1:
            raise ValueError("a morning needs people, windows, minutes and days")


@dataclass(frozen=True)
class ClassWaits:
    """Minutes that one class waited, over all the mornings; `most_passed`: the most that one ticket was passed."""

    rank: int
    served: int
    mean: int
    nine_of_ten: int
    longest: int
    most_passed: int

    @property
    def words(self) -> str:
        return RANK_WORDS[self.rank]


@dataclass(frozen=True)
class _Call:
    rank: int
    category: str


_Served = tuple[QueueTicket, int]
"""A ticket as it was when called, and the milliseconds that it waited."""


def mornings(policy: QueuePolicy, plan: Morning | None = None, *, seed: int = 1) -> tuple[ClassWaits, ...]:
    """Waits by class when everybody is served; the same seed brings the same people, whatever the policy."""
    plan = plan or Morning()
    served: list[_Served] = []
    for day in range(plan.days):
        served += _one_day(policy, plan, random.Random(f"{seed}/{day}"))
    return tuple(_of_class(rank, served) for rank in sorted(RANK_WORDS))


def _one_day(policy: QueuePolicy, plan: Morning, source: random.Random) -> list[_Served]:
    ranks = [rank for rank, share in plan.mix for _ in range(share)]
    coming: list[QueueTicket] = []
    service: dict[str, int] = {}
    for n in range(plan.people):
        one = QueueTicket(
            f"t{n:04d}", source.choice(ranks), source.randrange(plan.minutes * MINUTE), category=plan.category
        )
        coming.append(_with_slot(one, source))
        service[one.id] = source.randint(*plan.service_minutes) * MINUTE
    coming.sort(key=lambda one: (one.issued_at, one.id))
    free = [0] * plan.windows
    waiting: list[QueueTicket] = []
    calls: list[_Call] = []
    served: list[_Served] = []
    while coming or waiting:
        window = min(range(plan.windows), key=lambda n: free[n])
        now = free[window]
        if not waiting:
            now = max(now, coming[0].issued_at)
        while coming and coming[0].issued_at <= now:
            waiting.append(coming.pop(0))
        choice = next_ticket(waiting, calls[:40], policy, now)
        assert choice is not None  # somebody waits
        called = next(one for one in waiting if one.id == choice.ticket_id)
        over = set(passed_over(waiting, called))
        waiting = [replace(one, passed=one.passed + (one.id in over)) for one in waiting if one is not called]
        calls.insert(0, _Call(called.rank, called.category))
        served.append((called, now - called.issued_at))
        free[window] = now + service[called.id]
    return served


def _with_slot(ticket: QueueTicket, source: random.Random) -> QueueTicket:
    """People with an appointment come from fifteen minutes before their half hour to five minutes into it."""
    start = ticket.issued_at + source.randint(-5, 15) * MINUTE
    return replace(ticket, slot_start_at=start, slot_end_at=start + 30 * MINUTE) if ticket.rank == 2 else ticket


def _of_class(rank: int, served: Sequence[_Served]) -> ClassWaits:
    waits = sorted(wait for one, wait in served if one.rank == rank)
    return ClassWaits(
        rank=rank,
        served=len(waits),
        mean=round(sum(waits) / len(waits) / MINUTE) if waits else 0,
        nine_of_ten=waits[(len(waits) * 9 - 1) // 10] // MINUTE if waits else 0,
        longest=max(waits, default=0) // MINUTE,
        most_passed=max((one.passed for one, _ in served if one.rank == rank), default=0),
    )


def compared(policy: QueuePolicy) -> tuple[tuple[str, QueuePolicy], ...]:
    """The policy, and what it would be without its guard, without limit of patience, and without either."""
    return (
        ("本规则", policy),
        ("不轮普通号", replace(policy, guard=NO_GUARD)),
        ("不限越过", replace(policy, max_passed=NO_GUARD)),
        ("两样都没有", replace(policy, guard=NO_GUARD, max_passed=NO_GUARD)),
    )
