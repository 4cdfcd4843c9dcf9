"""Dates of a case: promised and statutory from acceptance, the five days from receipt, and what each outcome sets going."""

from dataclasses import dataclass
from datetime import date, datetime

from clerk_tui.catalog.model import Item
from clerk_tui.desk.checklist import Line
from clerk_tui.desk.context import Desk
from clerk_tui.desk.working import Working
from clerk_tui.rules.limits import UNIT_WORDS, due
from clerk_tui.rules.outcomes import Outcome
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.regimes import FIVE_DAYS, REGIMES, Regime
from clerk_tui.rules.tolerance import DeficiencyPolicy, OwedDue, owed_due
from clerk_tui.rules.working_days import Due
from clerk_tui.rules.working_hours import case_due, due_at

WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class CaseDues:
    """ISO dates; `provisional` where the calendar of a year is not published yet, `first_provisional` of `first` alone."""

    promised: str | None
    statutory: str | None
    provisional: bool
    first_provisional: bool = False

    @property
    def first(self) -> str:
        """The date that the resident is told."""
        return self.promised or self.statutory or ""


def of_item(desk: Desk, item: Item, start: datetime) -> CaseDues:
    """Promised and statutory dates of an item accepted at `start`, on the hall's clock."""
    promised = case_due(start, item.promise, desk.calendar)
    legal = item.legal or REGIMES[item.regime].statutory
    statutory = case_due(start, legal, desk.calendar) if legal is not None else None
    return CaseDues(
        promised=promised.day.isoformat(),
        statutory=statutory.day.isoformat() if statutory is not None else None,
        provisional=promised.provisional or (statutory is not None and statutory.provisional),
        first_provisional=promised.provisional,
    )


def of_acceptance(desk: Desk, now: Working) -> CaseDues:
    return of_item(desk, now.item, _begins(desk, now))


def _begins(desk: Desk, now: Working) -> datetime:
    """When limits begin: now; of a case that is entered afterwards, with the office on its day."""
    return desk.local(desk.midnight(now.starts_on) if now.draft.back_entered else desk.clock())


def five_day(desk: Desk, regime: Regime, start: date) -> Due | None:
    """The last day on which a one-time notice may be given, where the regime has the five-day rule."""
    return due(start, FIVE_DAYS, desk.calendar) if regime.five_day else None


def of_gap(desk: Desk, now: Working, line: Line) -> OwedDue:
    """When a material that is owed is due, by the district's list, the clerk's choice and the cap.

    Raises Refusal owed_days where more days were chosen than the cap allows, nothing_tolerated without a list.
    """
    if now.policy is None:
        raise Refusal("nothing_tolerated", "没有加载区里的容缺清单, 不能容缺", "请改为一次性告知")
    policy = now.policy.policy
    listed = policy.items.get(now.base.key)
    own = listed.materials.get(line.spec.key) if listed is not None else None
    longest = _owed_due(desk, now, policy, own)
    chosen = line.mark.owed_days
    if chosen is None:
        return longest
    if not 1 <= chosen <= longest.days:
        raise Refusal(
            "owed_days",
            f"{line.spec.name}: 补齐期限应在 1 到 {longest.days} 之间",
            f"上限: {longest.cap_words}" if longest.cap_words else "",
            field=line.spec.key,
        )
    return _owed_due(desk, now, policy, chosen)


def _owed_due(desk: Desk, now: Working, policy: DeficiencyPolicy, days: int | None) -> OwedDue:
    statutory = now.item.legal or now.regime.statutory
    return owed_due(policy, days, now.item.promise, statutory, now.starts_on, desk.calendar, item_key=now.base.key)


def words(desk: Desk, now: Working, outcome: Outcome) -> str:
    """What an outcome sets going, in a few words."""
    if outcome is Outcome.DECIDE_NOW:
        return "当场办结"
    if outcome is Outcome.RECEIVE:
        last = five_day(desk, now.regime, now.starts_on)
        return f"{day_words(last.day, last.provisional)} 前由部门告知是否受理" if last else "由部门决定是否受理"
    if outcome is Outcome.ACCEPT:
        dues = of_acceptance(desk, now)
        hour = ""
        if now.item.promise.unit == "hour":
            hour = f" {due_at(_begins(desk, now), now.item.promise.value, desk.calendar)[0]:%H:%M}"
        return f"{day_words(date.fromisoformat(dues.first), dues.first_provisional)}{hour} 前办结"
    if outcome is Outcome.ACCEPT_DEFICIENT:
        return _gap_words(desk, now)
    return ""


def _gap_words(desk: Desk, now: Working) -> str:
    found = []
    for line in now.gaps:
        try:
            last = of_gap(desk, now, line)
        except Refusal as refusal:
            return refusal.words
        late = ", 晚于办结期限" if last.after_decision else ""
        cap = f", {last.cap_words}" if last.cap_words else ""
        found.append(
            f"欠 {line.spec.name}: 最迟 {day_words(last.day, last.provisional)}({last.days} {UNIT_WORDS[last.unit]}{cap}{late})"
        )
    return "; ".join(found)


def day_words(day: date, provisional: bool = False) -> str:
    """11-30 周一; says so where the calendar of that year is not published yet."""
    return f"{day:%m-%d} 周{WEEKDAYS[day.weekday()]}" + ("(日历未公布, 暂定)" if provisional else "")
