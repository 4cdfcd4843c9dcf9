"""容缺受理: what may be owed, until when, and what happens when it never comes.

广东省优化营商环境条例 32 obliges the authority to tolerate what its list names; the list is the district's, by item,
material and date. Nothing is tolerated where no list is loaded. The ways of expiry are those of published rules, each
named beside it. 告知承诺 (国办发〔2020〕42号, the same 条例 36) is another thing: nothing is owed there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from clerk_tui.rules.limits import UNIT_WORDS, Limit, due
from clerk_tui.rules.marks import is_identity
from clerk_tui.rules.working_days import WorkCalendar

FIXED_DAYS = 10
CAPS = {"promised": "承诺时限", "statutory": "法定时限", "fixed": "固定上限"}
CAP_UNPUBLISHED = f"上限未公布(固定{FIXED_DAYS}工作日)"
DEFAULT_EXPIRY = "to_department"


@dataclass(frozen=True)
class ExpiryOutcome:
    """One way in which published rules end an expired deficiency; `power`: hall (as accept_power) | department."""

    key: str
    words: str
    power: str
    case_act: str  # the act in CASE_MOVES, '' when the case stays open
    source: str


ON_EXPIRY: dict[str, ExpiryOutcome] = {
    one.key: one
    for one in (
        ExpiryOutcome(DEFAULT_EXPIRY, "提请部门处理", "department", "", "默认: 办件不结束, 标红, 由部门答复"),
        ExpiryOutcome("return", "退件", "accept_power", "return", "洋县2020, 台州住建2019"),
        ExpiryOutcome("terminate", "终止", "department", "terminate", "西安2023"),
        ExpiryOutcome("revoke", "撤销受理", "department", "revoke", "浙江省规定2018第十一条"),
        ExpiryOutcome("deemed_withdrawn", "视为撤回", "accept_power", "withdraw", "安阳市条例2021第二十四条"),
        ExpiryOutcome("refuse_permit", "不予许可", "department", "decide", "滨州2020第十一条"),
    )
}
"""Expiry is proposed, never automatic: a person with the power settles it."""


def expiry_power(outcome: str, accept_power: str) -> str:
    """Who may settle an expiry in that way for such an item: hall | department. Raises KeyError."""
    power = ON_EXPIRY[outcome].power
    return accept_power if power == "accept_power" else power


@dataclass(frozen=True)
class ItemTolerance:
    """What the list says of one item. `materials`: key -> days, None = the policy's own days."""

    materials: Mapping[str, int | None]
    cap: str = ""
    on_expiry: str = ""
    result_before_supplement: bool | None = None


@dataclass(frozen=True)
class DeficiencyPolicy:
    """The district's list and its rules; the defaults are careful.

    `grace_days`: working days after the date in which nothing is proposed yet (台州住建2019 waits before 退件); the entry
    is overdue and red meanwhile.
    """

    items: Mapping[str, ItemTolerance] = field(default_factory=dict)
    days: int = FIXED_DAYS
    unit: str = "working"
    cap: str = "statutory"
    fixed_days: int = FIXED_DAYS
    extension_times: int = 1
    extension_days: int = FIXED_DAYS
    on_expiry: str = DEFAULT_EXPIRY
    pause_allowed: bool = False
    grace_days: int = 0
    second_notice: bool = True
    credit_check: bool = True
    result_before_supplement: bool = False
    valid_from: str = ""
    valid_to: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As JSON; `from_dict` reads it back."""
        return {
            "items": {
                key: {
                    "materials": dict(one.materials),
                    **({"cap": one.cap} if one.cap else {}),
                    **({"on_expiry": one.on_expiry} if one.on_expiry else {}),
                    **(
                        {}
                        if one.result_before_supplement is None
                        else {"result_before_supplement": one.result_before_supplement}
                    ),
                }
                for key, one in self.items.items()
            },
            **{name: getattr(self, name) for name in _PLAIN},
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "DeficiencyPolicy":
        """Read a policy. Raises ValueError with the part that is wrong; unknown parts are refused too."""
        unknown = set(content) - set(_PLAIN) - {"items"}
        if unknown:
            raise ValueError(f"unknown part: {min(unknown)}")
        plain: dict[str, Any] = {}
        for name, kind in _PLAIN.items():
            if name in content:
                if type(content[name]) is not kind:
                    raise ValueError(f"{name} should be {kind.__name__}")
                plain[name] = content[name]
        policy = cls(items={key: _item(key, one) for key, one in dict(content.get("items", {})).items()}, **plain)
        _check(policy)
        return policy

    def days_of(self, item_key: str, material_key: str) -> int | None:
        """The material's own days in the list; None = the policy's days, also for what is not listed."""
        one = self.items.get(item_key)
        return one.materials.get(material_key) if one else None

    def expiry_for(self, item_key: str) -> ExpiryOutcome:
        """What the policy proposes when something owed for this item expires."""
        one = self.items.get(item_key)
        return ON_EXPIRY[(one.on_expiry if one else "") or self.on_expiry]

    def cap_for(self, item_key: str) -> str:
        """promised | statutory | fixed, for this item."""
        one = self.items.get(item_key)
        return (one.cap if one else "") or self.cap

    def may_hand_over_first(self, item_key: str) -> bool:
        """Whether the result may go out while something is owed (default: no)."""
        one = self.items.get(item_key)
        own = one.result_before_supplement if one else None
        return self.result_before_supplement if own is None else own

    def in_force(self, day: date) -> bool:
        """Whether the list counts on that day; both ends belong to it."""
        text = day.isoformat()
        return (not self.valid_from or self.valid_from <= text) and (not self.valid_to or text <= self.valid_to)


_PLAIN: dict[str, type] = {
    "days": int,
    "unit": str,
    "cap": str,
    "fixed_days": int,
    "extension_times": int,
    "extension_days": int,
    "on_expiry": str,
    "pause_allowed": bool,
    "grace_days": int,
    "second_notice": bool,
    "credit_check": bool,
    "result_before_supplement": bool,
    "valid_from": str,
    "valid_to": str,
}


def _item(key: str, content: Any) -> ItemTolerance:
    if not isinstance(content, Mapping) or not isinstance(content.get("materials"), Mapping):
        raise ValueError(f"items.{key} needs materials: {{key: days or null}}")
    for material, days in content["materials"].items():
        if days is not None and (type(days) is not int or days < 1):
            raise ValueError(f"items.{key}.materials.{material} should be days (1 or more) or null")
    first = content.get("result_before_supplement")
    if first is not None and type(first) is not bool:
        raise ValueError(f"items.{key}.result_before_supplement should be true or false")
    return ItemTolerance(
        dict(content["materials"]), str(content.get("cap", "")), str(content.get("on_expiry", "")), first
    )


def _check(policy: DeficiencyPolicy) -> None:
    if policy.unit not in ("working", "calendar"):
        raise ValueError("unit should be working or calendar")
    for name in ("days", "fixed_days", "extension_days"):
        if getattr(policy, name) < 1:
            raise ValueError(f"{name} should be 1 or more")
    for name in ("extension_times", "grace_days"):
        if getattr(policy, name) < 0:
            raise ValueError(f"{name} should be 0 or more")
    for name in ("valid_from", "valid_to"):
        if getattr(policy, name):
            date.fromisoformat(getattr(policy, name))
    for cap, outcome in [(policy.cap, policy.on_expiry), *((one.cap, one.on_expiry) for one in policy.items.values())]:
        if cap and cap not in CAPS:
            raise ValueError(f"cap should be one of {', '.join(CAPS)}")
        if outcome and outcome not in ON_EXPIRY:
            raise ValueError(f"on_expiry should be one of {', '.join(ON_EXPIRY)}")


def tolerable(
    policy: DeficiencyPolicy | None, item_key: str, material_key: str, evidence: str, core: bool, day: date
) -> tuple[bool, str]:
    """Whether a material of an item may be owed on that day, and the words beside it on the checklist."""
    if core:
        return False, "不可容缺: 核心材料"
    if is_identity(evidence):
        return False, "不可容缺: 身份证明"
    if policy is None:
        return False, "不可容缺: 未加载区容缺清单"
    if not policy.in_force(day):
        return False, "不可容缺: 容缺清单不在有效期"
    item = policy.items.get(item_key)
    if item is None or material_key not in item.materials:
        return False, "不可容缺: 不在容缺清单内"
    days = item.materials[material_key] or policy.days
    return True, f"可容缺 {days} {UNIT_WORDS[policy.unit]}"


def cap(
    policy: DeficiencyPolicy, promised: Limit | None, statutory: Limit | None, *, item_key: str = ""
) -> tuple[Limit, str]:
    """The longest that something may be owed for an item, and the words for it (化州 化府办〔2025〕22号: in principle the
    item's statutory limit); ten working days where the limit that caps is unknown or 0."""
    kind = policy.cap_for(item_key)
    limit = {"promised": promised, "statutory": statutory, "fixed": Limit(policy.fixed_days)}[kind]
    if limit is None or limit.value == 0:
        return Limit(FIXED_DAYS), CAP_UNPUBLISHED
    return limit, f"不超过{CAPS[kind]} {limit.words}"


class OwedDue(NamedTuple):
    """`days` of `unit` after the cap; `cap_words` say what capped it; `after_decision`: later than the decision is due."""

    day: date
    days: int
    cap_words: str
    provisional: bool = False
    after_decision: bool = False
    unit: str = "working"


def owed_due(
    policy: DeficiencyPolicy,
    material_days: int | None,
    promised: Limit | None,
    statutory: Limit | None,
    start: date,
    calendar: WorkCalendar,
    *,
    item_key: str = "",
) -> OwedDue:
    """The day until which a material may be owed: its own days, capped as the policy says.

    Where the capping limit is unknown or 0, ten working days cap it and the words say so. The start day is not
    counted; the day on which the paper arrives counts, not the day on which it was posted.
    """
    limit, words = cap(policy, promised, statutory, item_key=item_key)
    own = Limit(material_days or policy.days, policy.unit)
    own_due, cap_due = due(start, own, calendar), due(start, limit, calendar)
    capped = cap_due.day < own_due.day
    taken, found = (limit, cap_due) if capped else (own, own_due)
    decision = promised if promised is not None else statutory
    decision_due = due(start, decision, calendar).day if decision is not None else None
    return OwedDue(
        day=found.day,
        days=taken.value,
        cap_words=words,
        provisional=found.provisional,
        after_decision=decision_due is not None and found.day > decision_due,
        unit=taken.unit,
    )


def extended_due(
    policy: DeficiencyPolicy, due_day: date, times: int, today: date, calendar: WorkCalendar, *, cap_day: date
) -> date | None:
    """The day after one more extension, None when the policy allows no more, the day has passed, or the cap is reached.

    An extension never passes the cap. The cap is the limit in which the department has to decide (化州 化府办〔2025〕22号),
    and that limit is prolonged by the head of the authority alone, with reasons (行政许可法 42): a date that the counter
    moved beyond it would take the time of review without anybody having given it. `cap_day` moves when the department
    prolongs or suspends (42, 45). A district that wants longer says so in its list: cap fixed, with its own days.
    """
    if times >= policy.extension_times or today > due_day or cap_day <= due_day:
        return None
    return min(due(due_day, Limit(policy.extension_days, policy.unit), calendar).day, cap_day)


def stage(due_day: date, today: date, calendar: WorkCalendar) -> str:
    """Which reminder is due: T-3 | T-1 | T0 | overdue | '' by working days left."""
    if today > due_day:
        return "overdue"
    if today == due_day:
        return "T0"
    left = calendar.working_days_between(today, due_day)
    if left <= 1:
        return "T-1"
    return "T-3" if left <= 3 else ""
