"""Owed materials (容缺): a ledger of its own beside the case.

广东省优化营商环境条例 32; 化州 化府办〔2025〕22号 orders such a ledger, and to remind before the day.
"""

from clerk_tui.rules.case_states import CaseState
from clerk_tui.rules.state_table import Move, Table, move
from clerk_tui.rules.worded import Worded


class OwedState(Worded):
    OWED = "owed", "待补"
    SUPPLIED = "supplied", "已补待核"
    CHECKED = "checked", "已核对"
    REJECTED = "rejected", "补交不合格"
    EXTENDED = "extended", "已延期"
    EXPIRED = "expired", "逾期待处理"
    CLOSED = "closed", "已结"


OWED_OPEN = frozenset({OwedState.OWED, OwedState.REJECTED, OwedState.EXTENDED, OwedState.EXPIRED})
"""The resident still has to bring something."""

OWED_LIVE_IN = frozenset({CaseState.ACCEPTED, CaseState.REVIEWING, CaseState.SUSPENDED, CaseState.DECIDED})
"""States of the case in which its entries live; when it leaves them, open entries are closed with it."""

OWED_ACTS: dict[str, str] = {
    "supply": "补交",
    "check": "核对无误",
    "reject": "补交不合格, 再次告知",
    "extend": "延期",
    "expire": "提出逾期处理",
    "settle": "确认逾期处理",
    "close": "随办件结束",
    "reopen": "更正为待补",
}

_S = OwedState
_DESK = ("clerk", "agent", "supervisor")

_SUPPLY = Move(_S.SUPPLIED, _DESK, "hall", "supplement_receipt", "以到达日为准", "记录谁补, 怎样补, 谁收")
_EXTEND = Move(
    _S.EXTENDED, ("clerk", "supervisor"), "hall", "extension_notice", "容缺期限改期", "届满前; 值班主任; 不超次数"
)
_EXPIRE = Move(_S.EXPIRED, (*_DESK, "system"), "hall", "expiry_notice", "已届满", "只提出, 不自动结束")
_CLOSE = Move(_S.CLOSED, ("clerk", "supervisor", "system"), "hall", "void_note", "停", "办件已终结或作废")

OWED_MOVES: Table[OwedState] = {
    **{(state, "supply"): _SUPPLY for state in (_S.OWED, _S.REJECTED, _S.EXTENDED, _S.EXPIRED)},
    (_S.SUPPLIED, "check"): Move(_S.CHECKED, _DESK, "hall", "supplement_receipt", "停", "符合要求"),
    (_S.SUPPLIED, "reject"): Move(
        _S.REJECTED,
        ("clerk", "supervisor"),
        "hall",
        "second_notice",
        "期限不因此变动",
        "书面说明理由; 值班主任; 仅一次",
    ),
    **{(state, "extend"): _EXTEND for state in (_S.OWED, _S.REJECTED, _S.EXTENDED)},
    **{(state, "expire"): _EXPIRE for state in (_S.OWED, _S.REJECTED, _S.EXTENDED)},
    (_S.EXPIRED, "settle"): Move(
        _S.CLOSED, ("supervisor", "department"), "accept_power", "expiry_notice", "停", "按政策, 由有权人确认"
    ),
    **{(state, "close"): _CLOSE for state in (_S.OWED, _S.SUPPLIED, _S.REJECTED, _S.EXTENDED, _S.EXPIRED, _S.CHECKED)},
    **{
        (state, "reopen"): Move(_S.OWED, ("supervisor",), "hall", "void_note", "原期限", "核对有误或误结; 前后与理由")
        for state in (_S.SUPPLIED, _S.CHECKED, _S.CLOSED)
    },
}


def move_owed(state: str, act: str) -> OwedState:
    """The state of an owed material after an act. Raises Refusal state_owed when the table has no such way."""
    return move(OWED_MOVES, OwedState, OWED_ACTS, state, act, "state_owed")
