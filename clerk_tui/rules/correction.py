"""补正 before acceptance: one complete notice, and how long its answer may take (行政许可法 32(4))."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from clerk_tui.rules.limits import UNIT_WORDS, Limit, due
from clerk_tui.rules.working_days import Due, WorkCalendar

ON_CORRECTION_EXPIRY = {
    "": "不自动结束, 按月提醒",
    "return": "退件",
    "deemed_withdrawn": "视为撤回申请",
    "refuse": "不予受理",
}


@dataclass(frozen=True)
class CorrectionPolicy:
    """The district's rule, by item where it differs. `days` None: no limit, the case stays open, reminded monthly."""

    days: int | None = None
    unit: str = "working"
    on_expiry: str = ""
    items: Mapping[str, int | None] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return {"days": self.days, "unit": self.unit, "on_expiry": self.on_expiry, "items": dict(self.items)}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "CorrectionPolicy":
        """Read a policy. Raises ValueError with the part that is wrong."""
        unknown = set(content) - {"days", "unit", "on_expiry", "items"}
        if unknown:
            raise ValueError(f"unknown part: {min(unknown)}")
        policy = cls(
            days=content.get("days"),
            unit=content.get("unit", "working"),
            on_expiry=content.get("on_expiry", ""),
            items=dict(content.get("items", {})),
        )
        if policy.unit not in UNIT_WORDS or policy.unit == "hour":
            raise ValueError("unit should be working or calendar")
        if policy.on_expiry not in ON_CORRECTION_EXPIRY:
            raise ValueError(f"on_expiry should be one of {', '.join(ON_CORRECTION_EXPIRY)}")
        for days in (policy.days, *policy.items.values()):
            if days is not None and (type(days) is not int or days < 1):
                raise ValueError("days should be 1 or more, or null")
        return policy

    def days_for(self, item_key: str) -> int | None:
        """Days that the item allows, None = no limit."""
        return self.items.get(item_key, self.days)

    @property
    def expiry_words(self) -> str:
        return ON_CORRECTION_EXPIRY[self.on_expiry]


def correct_by(policy: CorrectionPolicy, item_key: str, start: date, calendar: WorkCalendar) -> Due | None:
    """The last day for what a one-time notice of `start` asks for; None where no limit is set."""
    days = policy.days_for(item_key)
    return None if days is None else due(start, Limit(days, policy.unit), calendar)


def monthly_reminder(asked: date, last: date | None, today: date) -> bool:
    """Whether an open correction without a limit is to be reminded of: a month after the notice or the last reminder."""
    since = last or asked
    month = since.month % 12 + 1
    year = since.year + (since.month == 12)
    days = (date(year + (month == 12), month % 12 + 1, 1) - date(year, month, 1)).days
    return today >= date(year, month, min(since.day, days))


def needs_supervisor(round_number: int, visible_first_time: bool) -> bool:
    """Whether faulting a paper again needs a supervisor: any second time, and what was visible the first time."""
    return round_number > 1 or visible_first_time
