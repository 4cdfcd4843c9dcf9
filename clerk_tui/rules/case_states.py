"""The case: its main states and every lawful way between them (行政许可法 26-45 for the permits).

容缺 (广东省优化营商环境条例 32) is a way of being accepted, not a state of its own.
"""

from clerk_tui.rules.state_table import Move, Table, move
from clerk_tui.rules.worded import Worded


class CaseState(Worded):
    """READY and DELIVERED belong to the result, owed materials to a ledger: neither is a state of the case."""

    DRAFT = "draft", "草稿"
    RECEIVED = "received", "已收件"
    CORRECTING = "correcting", "补正中"
    ACCEPTED = "accepted", "已受理"
    REVIEWING = "reviewing", "审查中"
    SUSPENDED = "suspended", "特别程序中"
    DECIDED = "decided", "已决定"
    CLOSED = "closed", "办结"
    REFUSED = "refused", "不予受理"
    NOT_APPLICABLE = "not_applicable", "不受理"
    WITHDRAWN = "withdrawn", "撤回"
    RETURNED = "returned", "退件"
    TERMINATED = "terminated", "终止"
    REVOKED = "revoked", "撤销受理"
    VOID = "void", "作废"


CASE_ENDS = frozenset(
    {
        CaseState.CLOSED,
        CaseState.REFUSED,
        CaseState.NOT_APPLICABLE,
        CaseState.WITHDRAWN,
        CaseState.RETURNED,
        CaseState.TERMINATED,
        CaseState.REVOKED,
        CaseState.VOID,
    }
)
"""Nothing more happens to the application here; only a correction or 作废 does."""

CASE_OPEN = frozenset(CaseState) - CASE_ENDS - {CaseState.DRAFT}

CASE_RUNNING = frozenset({CaseState.RECEIVED, CaseState.CORRECTING, CaseState.ACCEPTED, CaseState.REVIEWING})
"""A limit runs and can be overdue: not while a special procedure keeps it still, nor once the decision has been made."""

CASE_ACTS: dict[str, str] = {
    "receive": "收件",
    "accept": "受理",
    "accept_deficient": "容缺受理",
    "deem_accepted": "视为受理",
    "ask_correction": "一次性告知(补正)",
    "supply_correction": "补交补正材料",
    "correction_complete": "补正齐全, 交部门受理",
    "refuse": "不予受理",
    "not_applicable": "不受理",
    "withdraw": "撤回",
    "return": "退件",
    "terminate": "终止",
    "transfer": "移交部门",
    "begin_review": "进入审查",
    "suspend": "开始特别程序",
    "resume": "结束特别程序",
    "prolong": "延期",
    "decide": "作出决定",
    "close": "办结",
    "revoke": "撤销受理",
    "correct": "更正",
    "void": "作废",
}

_S = CaseState
_HALL = ("clerk", "agent", "supervisor")
_OFFICE = ("clerk", "supervisor", "department", "district")
_TAKING_IN = ("clerk", "agent", "supervisor", "department", "district")
"""A village agent takes in and accepts what the item lets the service point accept."""
_DEPARTMENT = ("department", "district")

_BEFORE_ACCEPTANCE = (_S.RECEIVED, _S.CORRECTING)
_AFTER_ACCEPTANCE = (_S.ACCEPTED, _S.REVIEWING, _S.SUSPENDED)
_NEVER_ACCEPTED = (_S.REFUSED, _S.NOT_APPLICABLE)
_WITH_PAPERS_OUT = frozenset(CaseState) - {_S.DRAFT, _S.VOID}

_ACCEPT = Move(
    _S.ACCEPTED, _TAKING_IN, "accept_power", "acceptance", "办理期限起算; 5 日期限停", "材料齐全, 符合法定形式"
)
_DEFICIENT = Move(
    _S.ACCEPTED,
    _TAKING_IN,
    "accept_power",
    "deficiency_notice",
    "办理期限起算; 容缺期限起算",
    "承诺书已签; 所缺均可容缺; 信用未被限制",
)
_REFUSE = Move(_S.REFUSED, _OFFICE, "department", "refusal", "5 日期限停", "非本机关职权或法律另有规定; 部门决定或授权")
_NOT_APPLICABLE = Move(
    _S.NOT_APPLICABLE, _OFFICE, "department", "not_applicable", "5 日期限停", "依法不需要办理; 部门决定或授权"
)
_RETURN = Move(
    _S.RETURNED, _OFFICE, "accept_power", "return_notice", "期限停", "逾期未补且政策定为退件; 有权人确认, 不自动"
)
_TERMINATE = Move(
    _S.TERMINATED, _OFFICE, "department", "termination", "期限停", "申请人死亡, 终止, 标的灭失等; 说明理由"
)
_WITHDRAW = Move(
    _S.WITHDRAWN, ("clerk", "agent", "supervisor", "applicant"), "applicant", "withdrawal", "期限停", "申请人书面提出"
)
_REVOKE = Move(_S.REVOKED, _DEPARTMENT, "department", "department_revocation", "期限停", "有权机关书面决定并说明理由")
_SUSPEND = Move(
    _S.SUSPENDED,
    _DEPARTMENT,
    "department",
    "department_special_procedure",
    "办理期限暂停",
    "法定特别程序; 书面告知所需时间",
)
_DECIDE = Move(_S.DECIDED, _OFFICE, "decide_power", "decision", "办理期限停; 送达期限起算", "有决定权")

CASE_MOVES: Table[CaseState] = {
    (_S.DRAFT, "receive"): Move(_S.RECEIVED, _HALL, "hall", "receipt", "5 日期限起算", "身份已核验"),
    (_S.RECEIVED, "accept"): _ACCEPT,
    (_S.RECEIVED, "accept_deficient"): _DEFICIENT,
    (_S.RECEIVED, "deem_accepted"): Move(
        _S.ACCEPTED,
        ("system", "supervisor", "department"),
        "accept_power",
        "acceptance",
        "办理期限自收到材料之日起算",
        "仅行政许可: 5 日内未告知, 自收到申请材料之日起即为受理(行政许可法32)",
    ),
    (_S.RECEIVED, "ask_correction"): Move(
        _S.CORRECTING, _TAKING_IN, "accept_power", "one_time_notice", "5 日期限停", "5 日内; 一次告知全部"
    ),
    (_S.RECEIVED, "transfer"): Move(
        _S.RECEIVED, ("clerk", "supervisor"), "hall", "transfer_list", "5 日期限继续", "部门受理的事项, 材料交部门"
    ),
    (_S.CORRECTING, "supply_correction"): Move(_S.CORRECTING, _HALL, "hall", "correction_receipt", "不变", "部分补交"),
    (_S.CORRECTING, "ask_correction"): Move(
        _S.CORRECTING, _TAKING_IN, "accept_power", "second_notice", "不变", "仅限新补交材料; 值班主任同意"
    ),
    (_S.CORRECTING, "correction_complete"): Move(
        _S.RECEIVED, _HALL, "hall", "correction_receipt", "5 日期限重新起算", "部门受理的事项, 补正齐全"
    ),
    (_S.CORRECTING, "accept"): _ACCEPT,
    (_S.CORRECTING, "accept_deficient"): _DEFICIENT,
    **{(state, "refuse"): _REFUSE for state in _BEFORE_ACCEPTANCE},
    **{(state, "not_applicable"): _NOT_APPLICABLE for state in _BEFORE_ACCEPTANCE},
    **{(state, "return"): _RETURN for state in (*_BEFORE_ACCEPTANCE, *_AFTER_ACCEPTANCE)},
    **{(state, "terminate"): _TERMINATE for state in (*_BEFORE_ACCEPTANCE, *_AFTER_ACCEPTANCE)},
    **{(state, "withdraw"): _WITHDRAW for state in (*_BEFORE_ACCEPTANCE, *_AFTER_ACCEPTANCE)},
    (_S.ACCEPTED, "transfer"): Move(
        _S.REVIEWING, ("clerk", "supervisor"), "hall", "transfer_list", "办理期限继续", "双方签名, 差异记录"
    ),
    (_S.ACCEPTED, "begin_review"): Move(
        _S.REVIEWING, _DEPARTMENT, "department", "transfer_list", "办理期限继续", "部门系统回报, 材料另行移交"
    ),
    (_S.ACCEPTED, "decide"): _DECIDE,
    (_S.REVIEWING, "suspend"): _SUSPEND,
    (_S.SUSPENDED, "resume"): Move(
        _S.REVIEWING, _DEPARTMENT, "department", "department_special_procedure_end", "办理期限恢复", "特别程序结束"
    ),
    **{
        (state, "prolong"): Move(
            state, _DEPARTMENT, "department", "department_prolongation", "期限顺延一次", "负责人批准, 理由告知申请人"
        )
        for state in (_S.ACCEPTED, _S.REVIEWING)
    },
    (_S.REVIEWING, "decide"): _DECIDE,
    (_S.SUSPENDED, "decide"): _DECIDE._replace(guard="有决定权; 特别程序同时结束, 停的时间不计入期限"),
    **{(state, "revoke"): _REVOKE for state in _AFTER_ACCEPTANCE},
    (_S.DECIDED, "close"): Move(_S.CLOSED, _OFFICE, "decide_power", "decision", "送达期限继续", "决定已记录"),
    **{
        (state, "correct"): Move(
            state, ("clerk", "supervisor"), "hall", "void_note", "不变", "前后与理由; 文书已交出的须值班主任"
        )
        for state in CaseState
        if state in _WITH_PAPERS_OUT
    },
    **{
        (state, "void"): Move(_S.VOID, ("supervisor",), "hall", "void_note", "全部停", "理由; 收件号留在登记簿")
        for state in CaseState
        if state in _WITH_PAPERS_OUT
    },
}


def move_case(state: str, act: str) -> CaseState:
    """The state of a case after an act. Raises Refusal state_case when the table has no such way."""
    return move(CASE_MOVES, CaseState, CASE_ACTS, state, act, "state_case")
