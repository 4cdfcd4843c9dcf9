"""Who is called next, and why: a pure function of the waiting tickets, the last calls and the policy.

Elders from 65 for their own business are first by 番府办〔2020〕2号, disabled people by 无障碍环境建设法 39 and 40, soldiers
and veterans by 军人依法优先; that nobody waits without end is this hall's own promise.

Within a pool (hall x category) classes go 0 urgent, 1 priority, 2 appointment in its slot, 3 missed and back, 4
ordinary, 5 agent's batch, first come first within each. An appointment outside its slot waits like an ordinary ticket.
After `guard` calls of class 0-1 in a row in a pool, one appointment in its slot is due, else the oldest of 2-5. A
ticket that later ones have passed `max_passed` times goes before everything.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from clerk_tui.rules.queue_classes import BOOKED, ORDINARY, PRIORITY, RANK_WORDS
from clerk_tui.rules.queue_policy import (
    ELDER_AGE,
    Lane,
    MissedPolicy,
    QueuePolicy,
    class_from_birth,
    coming_back,
    may_call_again,
    may_miss,
)

__all__ = [
    "ELDER_AGE",
    "Choice",
    "Lane",
    "MissedPolicy",
    "QueuePolicy",
    "QueueTicket",
    "RecentCall",
    "class_from_birth",
    "coming_back",
    "may_call_again",
    "may_miss",
    "next_ticket",
    "order",
    "passed_over",
]

SHOWN = 30


@dataclass(frozen=True, slots=True)
class QueueTicket:
    """A waiting ticket. Instants are UTC ms; `issued_at` is what its place counts from; `rank` is its class 0-5."""

    id: str
    rank: int
    issued_at: int
    slot_start_at: int | None = None
    slot_end_at: int | None = None
    passed: int = 0
    category: str = ""
    item_key: str = ""
    rank_reason: str = ""


class RecentCall(Protocol):
    """A call that was made: class and category of its ticket."""

    @property
    def rank(self) -> int: ...

    @property
    def category(self) -> str: ...


class Choice(NamedTuple):
    """A ticket and, in words without personal data, why it is its turn."""

    ticket_id: str
    reason: str


class _Candidate:
    """A ticket while the order is being laid out: its class now, and how often it was passed so far."""

    __slots__ = ("in_slot", "key", "lane", "passed", "rank", "ticket")

    def __init__(self, ticket: QueueTicket, policy: QueuePolicy, now: int) -> None:
        lane = policy.lane_for(ticket.category, ticket.item_key, now)
        self.ticket = ticket
        self.lane = lane.name if lane is not None else ""
        self.rank = ticket.rank if lane is None else lane.rank
        self.passed = ticket.passed
        early, late = policy.early_minutes * 60_000, policy.late_minutes * 60_000
        self.in_slot = (
            self.rank == BOOKED
            and ticket.slot_start_at is not None
            and ticket.slot_start_at - early <= now
            and (ticket.slot_end_at is None or now <= ticket.slot_end_at + late)
        )
        if self.rank == BOOKED and not self.in_slot:
            self.rank = ORDINARY
        self.key = (ticket.issued_at, ticket.id)


def order(
    tickets: Iterable[QueueTicket],
    recent: Sequence[RecentCall],
    policy: QueuePolicy,
    now: int,
    serves: Sequence[str] = (),
    *,
    limit: int = SHOWN,
) -> tuple[Choice, ...]:
    """The tickets in the order in which this window would call them, at most `limit`, each with its reason.

    `recent` are the last calls, the newest first, of all pools that the window serves; `serves` its categories, best
    first. A ticket of another category is here because it was directed to this window alone, and goes before them.
    Every further place is found as if the ones before had just been called.
    """
    waiting = sorted((_Candidate(ticket, policy, now) for ticket in tickets), key=lambda one: one.key)
    place = {category: number for number, category in enumerate(serves)}
    runs: dict[str, int] = {}
    closed: set[str] = set()
    for call in recent:
        if call.category in closed:
            continue
        if call.rank in PRIORITY:
            runs[call.category] = runs.get(call.category, 0) + 1
        else:
            closed.add(call.category)
    choices: list[Choice] = []
    while waiting and len(choices) < limit:
        chosen, reason = _next(waiting, runs, place, policy)
        choices.append(Choice(chosen.ticket.id, reason))
        category = chosen.ticket.category
        runs[category] = runs.get(category, 0) + 1 if chosen.rank in PRIORITY else 0
        left = []
        for one in waiting:
            if one is chosen:
                continue
            one.passed += one.key < chosen.key
            left.append(one)
        waiting = left
    return tuple(choices)


def next_ticket(
    tickets: Iterable[QueueTicket],
    recent: Sequence[RecentCall],
    policy: QueuePolicy,
    now: int,
    serves: Sequence[str] = (),
) -> Choice | None:
    """The ticket that this window calls next, None when nobody waits."""
    found = order(tickets, recent, policy, now, serves, limit=1)
    return found[0] if found else None


def passed_over(tickets: Iterable[QueueTicket], called: QueueTicket) -> tuple[str, ...]:
    """Ids of the waiting tickets that a call passes: those that came before it."""
    key = (called.issued_at, called.id)
    return tuple(one.id for one in tickets if (one.issued_at, one.id) < key)


def _next(
    waiting: Sequence[_Candidate], runs: dict[str, int], place: dict[str, int], policy: QueuePolicy
) -> tuple[_Candidate, str]:
    patient = next((one for one in waiting if one.passed >= policy.max_passed), None)
    if patient is not None:
        return patient, f"已被后来的号越过 {patient.passed} 次, 到上限, 现在先叫"
    first = min(waiting, key=lambda one: (place.get(one.ticket.category, -1), one.key))
    category = first.ticket.category
    pool = [one for one in waiting if one.ticket.category == category]
    run = runs.get(category, 0)
    priority = [one for one in pool if one.rank in PRIORITY]
    others = [one for one in pool if one.rank not in PRIORITY]
    booked = [one for one in others if one.in_slot]
    if priority and others and run >= policy.guard:
        if booked:
            return _by_slot(booked), f"已连续照顾 {run} 位, 轮到预约时段内的号"
        return others[0], f"已连续照顾 {run} 位, 轮到等得最久的{RANK_WORDS[others[0].rank]}号"
    if priority:
        chosen = min(priority, key=lambda one: (one.rank, one.key))
        return chosen, _priority_words(chosen, run, policy, bool(others))
    if booked:
        return _by_slot(booked), "预约时段内, 按预约叫号"
    chosen = min(others, key=lambda one: (one.rank, one.key))
    return chosen, _ordinary_words(chosen)


def _by_slot(booked: Sequence[_Candidate]) -> _Candidate:
    return min(booked, key=lambda one: (one.ticket.slot_start_at or 0, one.key))


def _priority_words(one: _Candidate, run: int, policy: QueuePolicy, others_wait: bool) -> str:
    why = one.lane or one.ticket.rank_reason or RANK_WORDS[one.rank]
    words = why if why.endswith(("优先", "急办")) else f"{why}{'急办' if one.rank == 0 else '优先'}"
    if not others_wait:
        return f"{words}; 没有其他等候的号"
    return f"{words}; 已连续照顾 {run} 位, 再照顾 {policy.guard - run} 位后轮到普通号"


def _ordinary_words(one: _Candidate) -> str:
    if one.lane:
        return f"{one.lane}, 先来先办"
    if one.ticket.rank == BOOKED:
        return "预约未在时段内, 按普通号先来先办"
    if one.rank == ORDINARY:
        return "普通号, 先来先办"
    return f"{RANK_WORDS[one.rank]}, 先来先办"
