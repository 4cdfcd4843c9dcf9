"""What a hall may decide about its queue: guard, limits of patience, missed tickets, dated lanes.

The age of 65 is that of 番府办〔2020〕2号; everything else is the hall's to set.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta, timezone
from typing import Any

from clerk_tui.rules.identity import age_on
from clerk_tui.rules.queue_classes import ORDINARY, PRIORITY, RANK_WORDS
from clerk_tui.rules.worded import Worded

ELDER_AGE = 65
CHINA = timezone(timedelta(hours=8))
"""China keeps one offset; a lane's dates are the hall's."""


class MissedPolicy(Worded):
    """What becomes of a missed ticket whose owner comes back."""

    BACK = "back", "回排: 排在普通号之前"
    LAST = "last", "回排: 排在末尾"
    VOID = "void", "过号作废, 请重新取号"


@dataclass(frozen=True)
class Lane:
    """For some days, tickets of a category or an item are called as another class (节假日, 中高考前身份证)."""

    name: str
    from_day: str
    to_day: str
    rank: int
    category: str = ""
    item_key: str = ""

    def covers(self, category: str, item_key: str, day: str) -> bool:
        if not self.from_day <= day <= self.to_day:
            return False
        return bool(self.category or self.item_key) and (
            (not self.category or self.category == category) and (not self.item_key or self.item_key == item_key)
        )


@dataclass(frozen=True)
class QueuePolicy:
    """`guard`: calls of class 0-1 in a row before another is due; `max_passed`: k, for every class.

    `max_calls`, `min_gap_seconds`: how often and how fast a number is called before it may be missed;
    `missed_times`: how often one ticket may come back; `early_minutes`, `late_minutes` widen an appointment's slot.
    """

    guard: int = 2
    max_passed: int = 30
    max_calls: int = 3
    min_gap_seconds: int = 20
    missed_policy: str = MissedPolicy.BACK.value
    missed_times: int = 1
    late_minutes: int = 0
    early_minutes: int = 0
    lanes: tuple[Lane, ...] = ()

    def __post_init__(self) -> None:
        for name in ("guard", "max_passed", "max_calls"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} should be 1 or more")
        for name in ("min_gap_seconds", "missed_times", "late_minutes", "early_minutes"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} should be 0 or more")
        MissedPolicy(self.missed_policy)

    @property
    def min_calls(self) -> int:
        """How often a number must be called before it may be missed."""
        return self.max_calls

    @property
    def missed_words(self) -> str:
        """The rule for missed numbers, printed on the slip."""
        return f"过号: {MissedPolicy(self.missed_policy).words}"

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "QueuePolicy":
        """Read a policy from JSON. Raises ValueError with the part that is wrong."""
        known = {one.name for one in fields(cls)}
        unknown = set(content) - known
        if unknown:
            raise ValueError(f"unknown part: {min(unknown)}")
        values = dict(content)
        for name, value in values.items():
            wanted = {"missed_policy": str, "lanes": list}.get(name, int)
            if type(value) is not wanted:
                raise ValueError(f"{name} should be {wanted.__name__}")
        lanes = []
        for one in values.pop("lanes", []):
            try:
                lane = Lane(**one)
                date.fromisoformat(lane.from_day), date.fromisoformat(lane.to_day)
            except TypeError as error:
                raise ValueError("lanes need name, from_day, to_day, rank and category or item_key") from error
            if lane.rank not in RANK_WORDS:
                raise ValueError("a lane's rank should be 0-5")
            lanes.append(lane)
        return cls(lanes=tuple(lanes), **values)

    def to_dict(self) -> dict[str, Any]:
        return {
            **{one.name: getattr(self, one.name) for one in fields(self) if one.name != "lanes"},
            "lanes": [{part.name: getattr(lane, part.name) for part in fields(lane)} for lane in self.lanes],
        }

    def lane_for(self, category: str, item_key: str, now: int) -> Lane | None:
        """The lane that covers such a ticket at an instant (UTC ms); the first in the list wins."""
        if not self.lanes:
            return None
        day = datetime.fromtimestamp(now / 1000, tz=CHINA).date().isoformat()
        return next((lane for lane in self.lanes if lane.covers(category, item_key, day)), None)


def class_from_birth(birth: date | None, day: date) -> int:
    """Class 1 for those who are 65 or older on the day, for their own business; else 4."""
    return 1 if birth is not None and age_on(birth, day) >= ELDER_AGE else ORDINARY


def may_call_again(policy: QueuePolicy, calls: int, last_call_at: int | None, now: int) -> tuple[bool, str, int]:
    """(whether, why not, earliest instant): the least gap between two calls, and the most calls."""
    if calls >= policy.max_calls:
        return False, f"已叫 {calls} 次, 可以按过号处理", now
    earliest = now if last_call_at is None else last_call_at + policy.min_gap_seconds * 1000
    if now < earliest:
        return False, f"还要等 {-(-(earliest - now) // 1000)} 秒才能再叫", earliest
    return True, "", earliest


def may_miss(policy: QueuePolicy, calls: int, last_call_at: int | None, now: int) -> tuple[bool, str, int]:
    """(whether, why not, earliest instant): called often enough, and the last call was heard."""
    earliest = now if last_call_at is None else last_call_at + policy.min_gap_seconds * 1000
    if calls < policy.max_calls:
        return False, f"只叫了 {calls} 次, 叫满 {policy.max_calls} 次才能过号", earliest
    if now < earliest:
        return False, f"最后一次叫号后还要等 {-(-(earliest - now) // 1000)} 秒", earliest
    return True, "", earliest


def coming_back(policy: QueuePolicy, missed: int, rank: int) -> tuple[bool, int, str]:
    """(whether a missed ticket may come back, its class then, words). `missed`: how often it was missed."""
    rule = MissedPolicy(policy.missed_policy)
    if rule is MissedPolicy.VOID:
        return False, rank, rule.words
    if missed > policy.missed_times:
        return False, rank, f"已过号 {missed} 次, 请重新取号"
    if rank in PRIORITY or rule is MissedPolicy.LAST:
        return True, rank, rule.words if rank not in PRIORITY else "保留原优先等级"
    return True, 3, rule.words
