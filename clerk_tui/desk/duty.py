"""The clerk's own time: pauses with a reason and work without a resident, on the same clock as the tickets."""

from clerk_tui.desk.context import Desk
from clerk_tui.desk.periods import close_open, open_kind, open_period
from clerk_tui.desk.permits import require
from clerk_tui.desk.tickets import need_free_window
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import Act, By

PAUSE_REASONS = ("喝水", "用餐", "设备故障", "开会", "交接", "其他")
BACK_OFFICE_REASONS = ("整理材料", "录入", "电话回访", "移交材料", "其他")


def pause(desk: Desk, by: By, *, reason: str) -> None:
    """Begin a pause. Raises Refusal reason_missing, still_called, visit_open, duty_open."""
    _begin(desk, by, "pause", reason)


def back_office(desk: Desk, by: By, *, reason: str) -> None:
    """Begin work without a resident. Raises Refusal reason_missing, still_called, visit_open, duty_open."""
    _begin(desk, by, "back_office", reason)


def end_duty(desk: Desk, by: By) -> None:
    """End the pause or the work without a resident. Raises Refusal duty_not_open."""
    require(by, "end_duty")
    with desk.act(by) as act:
        if not end_within(act, by):
            raise Refusal("duty_not_open", "现在没有暂停", "可以直接叫号(F5)")


def end_within(act: Act, by: By) -> bool:
    """End inside an act what the clerk had begun: whoever calls is back at work. Whether there was something."""
    kind = close_open(act, "clerk", by.clerk_id)
    if kind is None:
        return False
    act.record(f"duty.{kind}_ended", by.clerk_id, {"kind": kind})
    return True


def _begin(desk: Desk, by: By, kind: str, reason: str) -> None:
    require(by, kind)
    reason = clean_line(reason)
    if not reason:
        raise Refusal("reason_missing", "请选择原因", field="reason")
    with desk.act(by) as act:
        if by.window_id is not None:
            need_free_window(act.connection, by.window_id)
        now = open_kind(act.connection, "clerk", by.clerk_id)
        if now is not None:
            words = "暂停" if now[0] == "pause" else "后台工作"
            raise Refusal("duty_open", f"正在{words}: {now[1]}", "请先结束, 再开始另一项")
        open_period(act, desk, "clerk", by.clerk_id, kind, reason=reason, window_id=by.window_id, clerk_id=by.clerk_id)
        act.record(f"duty.{kind}_began", by.clerk_id, {"reason": reason})
