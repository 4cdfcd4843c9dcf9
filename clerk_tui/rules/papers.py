"""Every paper that the desk issues (domain facts 1.4); what each must say stands in `paper_facts`."""

from clerk_tui.rules.worded import Worded


class PaperKind(Worded):
    """`title` is what stands on top; `kind_char` its part of the paper's number."""

    title: str  # type: ignore[assignment]  # hides str.title, which no paper needs
    kind_char: str

    def __new__(cls, value: str, title: str = "", kind_char: str = "") -> "PaperKind":
        member = str.__new__(cls, value)
        member._value_ = value
        member.words = member.title = title
        member.kind_char = kind_char
        return member

    RECEIPT = "receipt", "收件凭证", "收"
    ACCEPTANCE = "acceptance", "受理通知书", "受"
    ONE_TIME_NOTICE = "one_time_notice", "一次性告知(补正)通知书", "补告"
    COMMITMENT = "commitment", "容缺受理承诺书", "容诺"
    DEFICIENCY_NOTICE = "deficiency_notice", "容缺受理(补齐材料)通知书", "容补"
    SUPPLEMENT_RECEIPT = "supplement_receipt", "补交材料收件凭证", "补收"
    CORRECTION_RECEIPT = "correction_receipt", "补正材料收件凭证", "正收"
    EXTENSION_NOTICE = "extension_notice", "延期通知书", "延"
    SECOND_NOTICE = "second_notice", "再次补正通知书", "再补"
    REFUSAL = "refusal", "不予受理通知书", "不予"
    NOT_APPLICABLE = "not_applicable", "不受理告知书", "不受"
    WITHDRAWAL = "withdrawal", "撤回申请书", "撤"
    RETURN_NOTICE = "return_notice", "退件通知书", "退"
    TERMINATION = "termination", "终止办理通知书", "终"
    GIVE_BACK_LIST = "give_back_list", "材料退回清单", "退清"
    TRANSFER_LIST = "transfer_list", "材料交接单", "交"
    COLLECTION_RECEIPT = "collection_receipt", "领取回执", "领"
    SERVICE_RECEIPT = "service_receipt", "送达回证", "送"
    TICKET_SLIP = "ticket_slip", "排队号票", "号"
    GUIDE_SHEET = "guide_sheet", "办事指引", "引"
    AGENCY_REGISTER = "agency_register", "代办台账", "代"
    DECISION = "decision", "办结通知", "办"
    HANDOVER_SHEET = "handover_sheet", "出件交接单", "出交"
    PROMISE = "promise", "告知承诺书", "诺"
    EXPIRY_NOTICE = "expiry_notice", "逾期处理告知书", "逾"
    CORRECTION_NOTE = "correction_note", "更正单", "更"
    VOID_NOTE = "void_note", "作废单", "废"
    SPECIAL_PROCEDURE = "special_procedure", "特别程序告知书", "特"
    SPECIAL_PROCEDURE_END = "special_procedure_end", "特别程序结束通知书", "特终"
    PROLONGATION = "prolongation", "办理期限延长通知书", "延办"
    AUTHORISATION = "authorisation", "授权委托书", "委"
    ELDER_WISH = "elder_wish", "老年人真实意愿确认书", "愿"


DEPARTMENT_PAPERS: dict[str, str] = {
    "department_revocation": "撤销受理决定书(部门出具)",
    "department_special_procedure": "特别程序告知书(部门出具)",
    "department_special_procedure_end": "特别程序结束通知书(部门出具)",
    "department_prolongation": "办理期限延长通知书(部门出具)",
}
"""Papers that only a department may sign: the hall serves them and keeps the 送达回证."""

SLIP_KINDS = frozenset({PaperKind.TICKET_SLIP})
"""Papers that only exist as slips."""


def paper_words(name: str) -> str:
    """The title of a paper that a table of states names: a PaperKind value or a key of DEPARTMENT_PAPERS."""
    return DEPARTMENT_PAPERS[name] if name in DEPARTMENT_PAPERS else PaperKind(name).title
