"""Papers once issued: waiting for a signature, signed, or void; a number is never used again (行政许可法 32(2): written, dated, sealed)."""

from clerk_tui.rules.state_table import Move, Table, move
from clerk_tui.rules.worded import Worded


class NoticeState(Worded):
    ISSUED = "issued", "已出具"
    SIGNED = "signed", "已签收"
    UNSIGNED = "refused_signature", "拒签"
    VOID = "void", "作废"


NOTICE_ACTS: dict[str, str] = {"sign": "签收", "refuse_signature": "记录拒签", "void": "作废"}

_DESK = ("clerk", "pickup", "agent", "supervisor")
_S = NoticeState

NOTICE_MOVES: Table[NoticeState] = {
    **{
        (state, "sign"): Move(_S.SIGNED, _DESK, "hall", "", "不变", "签名, 捺印(见证人), 盖章或电子签名")
        for state in (_S.ISSUED, _S.UNSIGNED)
    },
    (_S.ISSUED, "refuse_signature"): Move(_S.UNSIGNED, _DESK, "hall", "", "不变", "见证人"),
    **{
        (state, "void"): Move(_S.VOID, ("clerk", "supervisor"), "hall", "void_note", "不变", "理由; 编号留在登记簿")
        for state in (_S.ISSUED, _S.SIGNED, _S.UNSIGNED)
    },
}


def move_notice(state: str, act: str) -> NoticeState:
    """The state of a paper after an act. Raises Refusal state_notice when the table has no such way."""
    return move(NOTICE_MOVES, NoticeState, NOTICE_ACTS, state, act, "state_notice")
