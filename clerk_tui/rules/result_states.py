"""Results (出件): from the department to the resident's hand (行政许可法 44)."""

from clerk_tui.rules.state_table import Move, Table, move
from clerk_tui.rules.worded import Worded


class ResultState(Worded):
    EXPECTED = "expected", "待送达窗口"
    ARRIVED = "arrived", "已到窗口"
    SHELVED = "shelved", "已上架"
    READY = "ready", "待领取"
    ANNOUNCED = "announced", "已通知"
    DELIVERED = "delivered", "已领取"
    MAILED = "mailed", "已寄出"
    CAME_BACK = "came_back", "邮件退回"
    RETURNED = "returned", "已退回部门"
    BOUNCED = "bounced", "不符退回"
    SERVED = "served", "已送达"


RESULT_COLLECTABLE = frozenset({ResultState.READY, ResultState.ANNOUNCED, ResultState.CAME_BACK})
RESULT_SERVICE_RUNS = frozenset({ResultState.EXPECTED, ResultState.ARRIVED, ResultState.SHELVED, ResultState.READY})
"""The ten days of service run until the result is ready and notice was given, or it was posted (行政许可法 44)."""
RESULT_DONE = frozenset({ResultState.DELIVERED, ResultState.SERVED, ResultState.RETURNED, ResultState.BOUNCED})

RESULT_ACTS: dict[str, str] = {
    "arrive": "接收",
    "bounce": "不符退回",
    "shelve": "上架",
    "make_ready": "可以领取",
    "announce": "通知领取",
    "hand_over": "领取",
    "mail": "寄出",
    "mail_signed": "签收",
    "mail_came_back": "退回",
    "serve": "送达",
    "return": "退回部门",
    "void_handover": "作废领取",
    "correct": "更正",
}

_S = ResultState
_DESK = ("clerk", "pickup", "supervisor")
_DISTRICT = ("pickup", "clerk", "department", "district")

_HAND_OVER = Move(
    _S.DELIVERED, _DESK, "hall", "collection_receipt", "送达期限停", "身份与权限已核; 无待补材料(政策另定除外)"
)
_MAIL = Move(_S.MAILED, _DESK, "hall", "collection_receipt", "送达期限停", "申请人选择邮寄; 有运单号")
_RETURN = Move(_S.RETURNED, _DESK, "hall", "handover_sheet", "不变", "长期无人领取或部门要求")
_SERVE = Move(
    _S.SERVED, (*_DESK, "district"), "hall", "service_receipt", "送达期限停", "电子结果, 给付到账, 或不予许可"
)

RESULT_MOVES: Table[ResultState] = {
    **{
        (state, "arrive"): Move(_S.ARRIVED, _DISTRICT, "department", "handover_sheet", "不变", "按清单清点")
        for state in (_S.EXPECTED, _S.BOUNCED, _S.RETURNED)
    },
    (_S.ARRIVED, "bounce"): Move(_S.BOUNCED, _DESK, "hall", "handover_sheet", "不变", "名称, 编号, 份数或状况不符"),
    (_S.ARRIVED, "shelve"): Move(_S.SHELVED, _DESK, "hall", "handover_sheet", "不变", "有架位"),
    (_S.SHELVED, "make_ready"): Move(_S.READY, _DESK, "hall", "handover_sheet", "不变", "已对应到办件, 决定已记录"),
    **{
        (state, "announce"): Move(_S.ANNOUNCED, _DESK, "hall", "handover_sheet", "送达期限停", "记录方式, 是否通知到")
        for state in (_S.READY, _S.ANNOUNCED, _S.CAME_BACK)
    },
    **{(state, "hand_over"): _HAND_OVER for state in (_S.READY, _S.ANNOUNCED, _S.CAME_BACK)},
    **{(state, "mail"): _MAIL for state in (_S.READY, _S.ANNOUNCED, _S.CAME_BACK)},
    (_S.MAILED, "mail_signed"): Move(
        _S.DELIVERED, (*_DESK, "district"), "hall", "collection_receipt", "不变", "签收信息"
    ),
    (_S.MAILED, "mail_came_back"): Move(_S.CAME_BACK, _DESK, "hall", "handover_sheet", "不变", "退回原因, 架位"),
    **{(state, "serve"): _SERVE for state in (_S.EXPECTED, _S.ARRIVED, _S.SHELVED, _S.READY, _S.ANNOUNCED)},
    **{(state, "return"): _RETURN for state in (_S.SHELVED, _S.READY, _S.ANNOUNCED, _S.CAME_BACK)},
    **{
        (state, "void_handover"): Move(_S.READY, ("supervisor",), "hall", "void_note", "送达期限恢复", "前后与理由")
        for state in (_S.DELIVERED, _S.MAILED)
    },
    (_S.SERVED, "void_handover"): Move(_S.EXPECTED, ("supervisor",), "hall", "void_note", "送达期限恢复", "前后与理由"),
    **{
        (state, "correct"): Move(state, _DESK, "hall", "void_note", "不变", "前后与理由")
        for state in (_S.EXPECTED, _S.ARRIVED, _S.SHELVED, _S.READY, _S.ANNOUNCED, _S.CAME_BACK)
    },
}


def move_result(state: str, act: str) -> ResultState:
    """The state of a result after an act. Raises Refusal state_result when the table has no such way."""
    return move(RESULT_MOVES, ResultState, RESULT_ACTS, state, act, "state_result")
