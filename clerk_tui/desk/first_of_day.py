"""What the program sees to by itself when somebody signs in, or the day changes while it is open: what stood open, and
limits that ran out meanwhile."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from clerk_tui.desk import calendars, closing, correction_reminders, five_days
from clerk_tui.desk.context import Desk
from clerk_tui.store.act import By

LEFT_WORDS = {
    "waiting": "没叫到的 {} 张",
    "called": "叫了没来的 {} 张",
    "missed": "过号的 {} 张",
    "held": "挂起的 {} 张",
    "serving": "没按结束的 {} 张",
}
"""What became of a ticket by the state in which the day before left it."""


@dataclass(frozen=True)
class SeenTo:
    """`left`: what days before had left open besides tickets; `tickets`: the state in which each of theirs stood;
    `deemed`, `incidents`: cases nobody told about within five days; `redated`: cases whose dates follow a calendar that
    came meanwhile; `reminders`: corrections to remind of."""

    left: int = 0
    tickets: tuple[str, ...] = ()
    deemed: int = 0
    incidents: int = 0
    redated: int = 0
    reminders: int = 0

    @property
    def words(self) -> str:
        """For the fixed line, '' when there was nothing."""
        parts = []
        if self.tickets:
            parts.append(
                f"以前没结束的号已关闭: {tickets_words(self.tickets)}; 来人请另取号, 查号按 F2 输入票号, 时间记为不准"
            )
        if self.left:
            parts.append(f"以前没有结束的 {self.left} 项已关闭, 时间记为不准; 可在统计里看")
        if self.deemed:
            parts.append(f"{self.deemed} 件五日内没有告知, 依法视为受理, 请打印并送达受理通知书")
        if self.incidents:
            parts.append(f"{self.incidents} 件五日内没有告知, 记在 6渠道 的待办里, 请处理")
        if self.redated:
            parts.append(f"{self.redated} 件的期限已按新公布的工作日历重算")
        if self.reminders:
            parts.append(f"{self.reminders} 件补正满一个月还没有补齐, 请提醒申请人")
        return "; ".join(parts)


def tickets_words(states: Iterable[str]) -> str:
    """How many tickets stood in which state."""
    count = Counter(states)
    return ", ".join(words.format(count[state]) for state, words in LEFT_WORDS.items() if count[state])


def see_to(desk: Desk, by: By, *, sitting: bool = False) -> SeenTo:
    """Close what was left open on days before, take in new calendars, then see to the five-day rule and to old corrections.

    It only reads when there is nothing to do. `sitting`: the day changed while the program was open.
    """
    closed = closing.close_leftovers(desk, by, sitting=sitting)
    tickets = tuple(one.state for one in closed if one.kind in ("ticket", "hold"))
    redated = calendars.catch_up(desk, by)
    swept = five_days.sweep(desk, by)
    deemed = sum(one.state == "accepted" for one in swept)
    reminders = correction_reminders.sweep(desk, by)
    return SeenTo(len(closed) - len(tickets), tickets, deemed, len(swept) - deemed, redated, reminders)


def new_day(desk: Desk, by: By) -> SeenTo:
    """The day changed while the program was open: what `see_to` sees to, and what another window's program closed first
    is told here as well."""
    seen = see_to(desk, by, sitting=True)
    if seen.tickets:
        return seen
    yesterday = desk.today() - timedelta(days=1)
    return replace(seen, tickets=closing.closed_by_itself(desk, by, day=yesterday.isoformat()))
