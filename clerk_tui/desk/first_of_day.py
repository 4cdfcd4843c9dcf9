"""What the program sees to by itself when somebody signs in: what stood open, and limits that ran out meanwhile."""

from dataclasses import dataclass

from clerk_tui.desk import calendars, closing, correction_reminders, five_days
from clerk_tui.desk.context import Desk
from clerk_tui.store.act import By


@dataclass(frozen=True)
class SeenTo:
    """`left`: what days before had left open; `deemed`, `incidents`: cases nobody told about within five days;
    `redated`: cases whose dates follow a calendar that came meanwhile; `reminders`: corrections to remind of."""

    left: int = 0
    deemed: int = 0
    incidents: int = 0
    redated: int = 0
    reminders: int = 0

    @property
    def words(self) -> str:
        """For the fixed line, '' when there was nothing."""
        parts = []
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


def see_to(desk: Desk, by: By) -> SeenTo:
    """Close what was left open on days before, take in new calendars, then see to the five-day rule and to old corrections.

    It only reads when there is nothing to do.
    """
    left = len(closing.close_leftovers(desk, by))
    redated = calendars.catch_up(desk, by)
    swept = five_days.sweep(desk, by)
    deemed = sum(one.state == "accepted" for one in swept)
    return SeenTo(left, deemed, len(swept) - deemed, redated, correction_reminders.sweep(desk, by))
