"""Queue tickets: called, served, held, missed, finished.

The states are those that queue machines in use keep; closing a day leaves none of them open.
"""

from clerk_tui.rules.state_table import Move, Table, move
from clerk_tui.rules.worded import Worded


class TicketState(Worded):
    WAITING = "waiting", "等候"
    CALLED = "called", "已叫号"
    SERVING = "serving", "办理中"
    HELD = "held", "挂起"
    MISSED = "missed", "过号"
    FINISHED = "finished", "已办完"
    LEFT = "left", "已离开"
    CLOSED = "closed", "日结关闭"


TICKET_ACTS: dict[str, str] = {
    "call": "叫号",
    "call_again": "重呼",
    "arrive": "到窗口",
    "miss": "过号",
    "bring_back": "过号回排",
    "hold": "挂起",
    "resume": "恢复",
    "transfer": "转移",
    "finish": "办完",
    "reopen": "撤销办完",
    "leave": "离开",
    "release": "解除占用",
    "change": "改类别或等级",
    "close": "日结关闭",
}

_S = TicketState
_WINDOW = ("clerk", "pickup", "agent", "supervisor")
_FRONT = (*_WINDOW, "guide")

_LEAVE = Move(_S.LEFT, _FRONT, "hall", "", "等候结束", "本人声明或不在")
_RELEASE = Move(_S.WAITING, ("supervisor",), "hall", "", "回到等候, 原等候时间不变", "理由")
_TRANSFER = Move(_S.WAITING, _WINDOW, "hall", "", "号码与原等候时间不变", "去向与说明")
_CLOSE = Move(_S.CLOSED, _WINDOW, "hall", "", "全部结束", "日结时逐个确认, 或标为时间不准")

TICKET_MOVES: Table[TicketState] = {
    (_S.WAITING, "call"): Move(_S.CALLED, _WINDOW, "hall", "", "等候结束", "仍在等候, 未被其他窗口叫走"),
    (_S.WAITING, "transfer"): _TRANSFER,
    (_S.WAITING, "change"): Move(_S.WAITING, _FRONT, "hall", "ticket_slip", "不变", "急办须值班主任"),
    (_S.CALLED, "call_again"): Move(_S.CALLED, _WINDOW, "hall", "", "不变", "间隔与次数"),
    (_S.CALLED, "arrive"): Move(_S.SERVING, _WINDOW, "hall", "", "办理开始", "人到窗口"),
    (_S.CALLED, "miss"): Move(_S.MISSED, _WINDOW, "hall", "", "停", "已叫足次数"),
    (_S.CALLED, "transfer"): _TRANSFER,
    (_S.SERVING, "transfer"): _TRANSFER,
    (_S.HELD, "transfer"): _TRANSFER,
    (_S.SERVING, "hold"): Move(_S.HELD, _WINDOW, "hall", "", "办理停, 挂起开始", "原因与时间"),
    (_S.HELD, "resume"): Move(_S.SERVING, _WINDOW, "hall", "", "挂起结束, 办理继续", "本窗口空闲"),
    **{
        (state, "finish"): Move(_S.FINISHED, _WINDOW, "hall", "", "办理结束", "办了什么必填")
        for state in (_S.SERVING, _S.HELD)
    },
    (_S.FINISHED, "reopen"): Move(_S.SERVING, _WINDOW, "hall", "", "办理继续", "误按; 值班主任; 当日"),
    **{
        (state, "bring_back"): Move(_S.WAITING, _WINDOW, "hall", "", "等候重新开始", "按过号规则")
        for state in (_S.MISSED, _S.LEFT)
    },
    **{(state, "leave"): _LEAVE for state in (_S.WAITING, _S.CALLED, _S.SERVING, _S.HELD, _S.MISSED)},
    **{(state, "release"): _RELEASE for state in (_S.CALLED, _S.SERVING, _S.HELD)},
    **{(state, "close"): _CLOSE for state in (_S.WAITING, _S.CALLED, _S.SERVING, _S.HELD, _S.MISSED)},
}


def move_ticket(state: str, act: str) -> TicketState:
    """The state of a ticket after an act. Raises Refusal state_ticket when the table has no such way."""
    return move(TICKET_MOVES, TicketState, TICKET_ACTS, state, act, "state_ticket")
