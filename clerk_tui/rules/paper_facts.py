"""What each paper says: the fact keys of every kind, which of them the form demands, and what a fact looks like.

Desk acts fill these keys, templates read them and nothing else. Forms after domain facts on 行政许可法 26, 29-32, 37-45,
82, 民法典 165 and 广东省优化营商环境条例 32-36; legal basis and remedies are themselves facts (`basis`, `remedies`),
so no article stands in a template. A fact is missing when it is absent, None, blank, or an empty list; 0 and False
are facts. A value that the person truly has not got is the word 无, never an empty string.
"""

from collections.abc import Mapping
from dataclasses import dataclass

SHAPES = {
    "text": "one line",
    "number": "a whole number",
    "flag": "true or false",
    "date": "ISO date 2026-11-23, or words",
    "due": "ISO date, or words, or {date: ISO, words, provisional: bool}",
    "lines": "list of text, numbered on the paper",
    "materials": "list of objects, keys MATERIAL_KEYS; `name` always",
    "cases": "list of objects, keys CASE_KEYS; `receipt_no`, `item`, `applicant` always",
    "results": "list of objects, keys RESULT_KEYS; `name` always",
    "entries": "list of objects, keys ENTRY_KEYS; `date`, `principal`, `item` always",
}

MATERIAL_KEYS: dict[str, str] = {
    "name": "材料名称",
    "mark_words": "核验情况",
    "original": "原件份数",
    "copies": "复印件份数",
    "pages": "页数",
    "form": "形式",
    "give_back": "须退还",
    "standard": "应达到的要求",
    "issuer": "出具单位",
    "where": "哪里办、怎么办",
    "how_long": "一般需要多久",
    "due": "最迟日期",
    "defect": "存在的问题",
    "note": "说明",
}
"""`original`, `copies`, `pages` are numbers, `give_back` a flag, `due` a due fact, the rest one line each."""

CASE_KEYS: dict[str, str] = {
    "receipt_no": "收件号",
    "district_no": "办件编号",
    "item": "事项",
    "applicant": "申请人",
    "materials": "材料份数",
    "pages": "页数",
    "originals": "原件份数",
    "to_give_back": "须退还的原件",
    "note": "备注",
}
"""`materials`, `pages`, `originals` are numbers; `to_give_back` is a list of names."""

RESULT_KEYS: dict[str, str] = {
    "name": "结果名称",
    "number": "证照(文书)编号",
    "copies": "份数",
    "kind_words": "形式",
    "receipt_no": "收件号",
    "item": "事项",
    "note": "备注",
}

ENTRY_KEYS: dict[str, str] = {
    "date": "日期",
    "principal": "委托人",
    "principal_number": "证件号(遮蔽)",
    "principal_phone": "电话",
    "item": "事项",
    "authority": "授权与期限",
    "materials": "收取材料",
    "receipt_no": "收件号",
    "handed_to": "移交",
    "due": "办结期限",
    "status": "状态",
    "result": "结果交还",
    "call_back": "回访",
    "note": "备注",
}


@dataclass(frozen=True)
class FactKey:
    """The Chinese label of a fact and its shape (a key of SHAPES)."""

    words: str
    shape: str = "text"


KEYS: dict[str, FactKey] = {
    # the desk that issues the paper
    "hall": FactKey("大厅"),
    "window": FactKey("窗口"),
    "clerk": FactKey("经办人"),
    "date": FactKey("日期", "date"),
    "time": FactKey("时间"),
    "phone": FactKey("咨询电话"),
    "supervision_phone": FactKey("监督电话"),
    "place": FactKey("办理地点"),
    "hours": FactKey("办公时间"),
    # whose case it is
    "item": FactKey("申请事项"),
    "item_code": FactKey("事项代码"),
    "department": FactKey("受理部门"),
    "applicant": FactKey("申请人"),
    "applicant_number_kind": FactKey("证件类型"),
    "applicant_number": FactKey("证件号码"),
    "contact": FactKey("联系人"),
    "contact_phone": FactKey("联系方式"),
    "address": FactKey("联系地址"),
    "agent": FactKey("代理人"),
    "agent_number": FactKey("代理人证件号码"),
    "agent_authority": FactKey("代理依据"),
    "receipt_no": FactKey("收件号"),
    "district_no": FactKey("办件编号"),
    "apply_date": FactKey("申请日期", "date"),
    # what it says
    "basis": FactKey("依据", "lines"),
    "remedies": FactKey("救济途径", "lines"),
    "reason": FactKey("理由"),
    "notes": FactKey("说明", "lines"),
    "materials": FactKey("材料", "materials"),
    "remaining": FactKey("仍须提交", "materials"),
    "due": FactKey("期限", "due"),
    "old_due": FactKey("原期限", "due"),
    "statutory_due": FactKey("法定办结期限", "due"),
    "consequence": FactKey("逾期或不实的后果", "lines"),
    "channels": FactKey("提交方式", "lines"),
    "query_words": FactKey("查询方式"),
    "delivery": FactKey("领取方式"),
    "copies": FactKey("份数与去向", "lines"),
    "fee_words": FactKey("收费"),
    "code": FactKey("查询码"),
    "appointment": FactKey("再来的时间"),
    "approver": FactKey("批准人"),
    "handled_by": FactKey("送交人"),
    "competent_authority": FactKey("有权受理的机关"),
    "outcome_words": FactKey("处理结果"),
    "decision_words": FactKey("决定"),
    "promised": FactKey("承诺内容", "lines"),
    # results and service
    "results": FactKey("结果", "results"),
    "recipient": FactKey("领取(受送达)人"),
    "recipient_number_kind": FactKey("证件类型"),
    "recipient_number": FactKey("证件号码"),
    "relation": FactKey("与申请人的关系"),
    "authority": FactKey("授权凭据"),
    "method": FactKey("方式"),
    "waybill": FactKey("邮件单号"),
    "paper_title": FactKey("文书名称"),
    "paper_number": FactKey("文书编号"),
    "replaced_by": FactKey("替代文书编号"),
    "witness": FactKey("见证人"),
    "agent_phone": FactKey("代理人电话"),
    "elder": FactKey("老年人姓名"),
    "scope": FactKey("委托权限"),
    "valid_words": FactKey("委托期限"),
    "sub_delegation": FactKey("能否转委托"),
    # clocks
    "procedure_words": FactKey("特别程序"),
    "from_date": FactKey("开始日期", "date"),
    "to_date": FactKey("结束日期", "date"),
    "expected_words": FactKey("预计需要的时间"),
    "prolonged_words": FactKey("延长的时间"),
    "paper_number_by_department": FactKey("部门文书编号"),
    # corrections
    "what": FactKey("更正事项"),
    "before": FactKey("更正前"),
    "after": FactKey("更正后"),
    # lists of cases
    "cases": FactKey("办件", "cases"),
    "from_unit": FactKey("移交单位"),
    "to_unit": FactKey("接收单位"),
    "seal_no": FactKey("封签号"),
    "batch_no": FactKey("批次"),
    "discrepancies": FactKey("差异"),
    "entries": FactKey("代办记录", "entries"),
    "range_words": FactKey("起止"),
    # guide and ticket
    "answers": FactKey("情形", "lines"),
    "not_needed": FactKey("不用带", "lines"),
    "limit_words": FactKey("办理时限"),
    "procedure": FactKey("办理流程", "lines"),
    "ticket": FactKey("票号"),
    "category": FactKey("业务"),
    "class_words": FactKey("优先"),
    "ahead": FactKey("前面等候人数", "number"),
    "wait_words": FactKey("预计等候"),
    "slot": FactKey("预约时段"),
    "windows_words": FactKey("办理窗口"),
    "missed_words": FactKey("过号规则"),
}


@dataclass(frozen=True)
class PaperForm:
    """`required`: without these the paper must not be issued. `optional`: said when there is something to say."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        return self.required + self.optional


_DESK = ("hall", "date", "clerk")
_DESK_MORE = ("window", "time", "phone", "supervision_phone")
_CASE = (*_DESK, "item", "applicant", "receipt_no")
_CASE_MORE = (
    *_DESK_MORE,
    "item_code",
    "department",
    "district_no",
    "query_words",
    "copies",
    "notes",
    "code",
)
_PARTY = (
    "applicant_number_kind",
    "applicant_number",
    "contact",
    "contact_phone",
    "agent",
    "agent_authority",
    "apply_date",
)


def _case_form(*required: str, optional: tuple[str, ...] = (), party: tuple[str, ...] = _PARTY) -> PaperForm:
    needed = (*_CASE, *(key for key in required if key not in _CASE))
    return PaperForm(needed, tuple(dict.fromkeys(key for key in (*_CASE_MORE, *party, *optional) if key not in needed)))


def _desk_form(*required: str, optional: tuple[str, ...] = ()) -> PaperForm:
    needed = (*_DESK, *required)
    more = (*_DESK_MORE, "copies", "notes", *optional)
    return PaperForm(needed, tuple(dict.fromkeys(key for key in more if key not in needed)))


FORMS: dict[str, PaperForm] = {
    "receipt": _case_form(
        "window", "time", "materials", "query_words", optional=("remaining", "due", "delivery", "fee_words", "basis")
    ),
    "acceptance": _case_form(
        "contact",
        "contact_phone",
        "apply_date",
        "basis",
        "materials",
        "due",
        "query_words",
        "delivery",
        optional=("statutory_due", "remaining", "fee_words"),
    ),
    "one_time_notice": _case_form(
        "contact",
        "contact_phone",
        "apply_date",
        "basis",
        "materials",
        "due",
        "consequence",
        optional=("channels", "appointment", "remedies"),
    ),
    "commitment": PaperForm(
        (*_DESK, "item", "applicant", "applicant_number", "contact_phone", "materials", "basis", "consequence"),
        (
            *_DESK_MORE,
            "applicant_number_kind",
            "address",
            "agent",
            "agent_number",
            "agent_authority",
            "receipt_no",
            "district_no",
            "department",
            "item_code",
            "due",
            "channels",
            "copies",
            "notes",
            "code",
        ),
    ),
    "deficiency_notice": _case_form(
        "materials", "due", "basis", "consequence", "copies", optional=("channels", "appointment", "old_due")
    ),
    "supplement_receipt": _case_form(
        "window", "time", "materials", optional=("remaining", "due", "handled_by", "appointment")
    ),
    "correction_receipt": _case_form(
        "window", "time", "materials", optional=("remaining", "due", "handled_by", "appointment")
    ),
    "extension_notice": _case_form(
        "reason", "due", optional=("old_due", "materials", "basis", "approver", "consequence", "remedies")
    ),
    "second_notice": _case_form(
        "materials",
        "reason",
        "due",
        "basis",
        "consequence",
        optional=("channels", "appointment", "approver", "remedies", "apply_date"),
    ),
    "refusal": _case_form("reason", "basis", "remedies", optional=("competent_authority", "materials")),
    "not_applicable": _case_form("reason", "basis", optional=("remedies", "competent_authority", "materials")),
    "withdrawal": _case_form("applicant_number", "reason", optional=("materials", "address", "agent_number")),
    "return_notice": _case_form("reason", "basis", optional=("remedies", "materials", "handled_by")),
    "termination": _case_form("reason", "basis", "remedies", optional=("materials", "approver")),
    "give_back_list": _case_form("materials", optional=("reason", "recipient", "recipient_number", "relation")),
    "transfer_list": _desk_form(
        "department", "cases", optional=("from_unit", "to_unit", "batch_no", "seal_no", "discrepancies", "handled_by")
    ),
    "collection_receipt": _case_form(
        "time",
        "results",
        "recipient",
        "recipient_number_kind",
        "recipient_number",
        "relation",
        "method",
        optional=("authority", "waybill", "witness", "address"),
        party=(),
    ),
    "service_receipt": _case_form(
        "time",
        "paper_title",
        "recipient",
        "relation",
        "method",
        optional=(
            "paper_number",
            "place",
            "recipient_number_kind",
            "recipient_number",
            "authority",
            "waybill",
            "witness",
            "reason",
            "remedies",
            "results",
        ),
        party=(),
    ),
    "ticket_slip": PaperForm(
        ("hall", "ticket", "category", "ahead", "date", "time"),
        ("class_words", "wait_words", "slot", "windows_words", "missed_words", "phone", "notes", "code"),
    ),
    "guide_sheet": PaperForm(
        ("hall", "date", "item", "materials", "limit_words", "fee_words", "place"),
        (
            "item_code",
            "department",
            "clerk",
            "window",
            "time",
            "phone",
            "supervision_phone",
            "hours",
            "answers",
            "not_needed",
            "basis",
            "procedure",
            "channels",
            "delivery",
            "appointment",
            "remedies",
            "notes",
            "code",
        ),
    ),
    "agency_register": _desk_form("agent", "entries", optional=("range_words", "from_unit")),
    "decision": _case_form(
        "decision_words",
        "basis",
        optional=("reason", "results", "remedies", "delivery", "competent_authority", "due", "materials", "fee_words"),
    ),
    "handover_sheet": _desk_form(
        "from_unit", "to_unit", "cases", optional=("batch_no", "seal_no", "discrepancies", "handled_by")
    ),
    "promise": PaperForm(
        (*_DESK, "item", "applicant", "applicant_number", "contact_phone", "materials", "basis", "consequence"),
        (
            *_DESK_MORE,
            "applicant_number_kind",
            "address",
            "agent",
            "agent_number",
            "agent_authority",
            "receipt_no",
            "district_no",
            "department",
            "item_code",
            "promised",
            "due",
            "copies",
            "notes",
            "code",
        ),
    ),
    "expiry_notice": _case_form(
        "materials", "outcome_words", "reason", "basis", optional=("due", "approver", "remedies", "consequence")
    ),
    "correction_note": _desk_form(
        "before",
        "after",
        "reason",
        optional=("what", "paper_title", "paper_number", "approver", "item", "receipt_no", "applicant", "code"),
    ),
    "special_procedure": _case_form(
        "procedure_words",
        "reason",
        "basis",
        "from_date",
        "expected_words",
        optional=("approver", "due", "old_due", "remedies", "paper_number_by_department"),
    ),
    "special_procedure_end": _case_form(
        "procedure_words",
        "from_date",
        "to_date",
        "due",
        optional=("old_due", "reason", "basis", "approver", "paper_number_by_department"),
    ),
    "prolongation": _case_form(
        "reason",
        "due",
        "basis",
        optional=("old_due", "approver", "prolonged_words", "remedies", "paper_number_by_department"),
    ),
    "authorisation": PaperForm(
        (*_DESK, "applicant", "applicant_number", "basis"),
        (
            *_DESK_MORE,
            "applicant_number_kind",
            "contact_phone",
            "address",
            "agent",
            "agent_number",
            "agent_phone",
            "relation",
            "item",
            "scope",
            "valid_words",
            "sub_delegation",
            "receipt_no",
            "copies",
            "notes",
            "code",
        ),
    ),
    "elder_wish": PaperForm(
        (*_DESK, "applicant", "applicant_number", "item", "basis"),
        (
            *_DESK_MORE,
            "applicant_number_kind",
            "contact_phone",
            "address",
            "agent",
            "agent_number",
            "elder",
            "relation",
            "witness",
            "receipt_no",
            "copies",
            "notes",
            "code",
        ),
    ),
    "void_note": _desk_form(
        "paper_title",
        "paper_number",
        "reason",
        optional=("replaced_by", "approver", "item", "receipt_no", "applicant", "code"),
    ),
}
"""Form of each PaperKind value. `materials` means: taken in (receipt, acceptance, supplement_receipt,
correction_receipt, transfer), missing or faulted (one_time_notice, second_notice, refusal), owed with a `due` each
(commitment, deficiency_notice, expiry_notice, extension_notice), replaced by the promise with `due` = check by
(promise), given back (give_back_list, withdrawal, return_notice, termination), to bring (guide_sheet). On `receipt`
without `district_no` the paper says that the district's number is still to come; no other paper speaks of it.
`ticket_slip` never holds a name. `due` is on `receipt` until when acceptance or faults are told, on
`extension_notice` the new date (`old_due` the one before), on the other papers the last date of what they ask."""


def missing(kind: str, facts: Mapping[str, object]) -> tuple[str, ...]:
    """The required fact keys of `kind` that `facts` does not fill, in the order of the form."""
    return tuple(key for key in FORMS[kind].required if is_blank(facts.get(key)))


def fact_words(key: str) -> str:
    """What a fact is called in Chinese."""
    return KEYS[key].words


def unknown(facts: Mapping[str, object]) -> tuple[str, ...]:
    """Fact keys that no paper knows (a slip of the pen). Known keys that this form does not speak of do no harm."""
    return tuple(key for key in facts if key not in KEYS)


def is_blank(value: object) -> bool:
    """Whether a fact says nothing; 0 and False say something."""
    return value is None or (isinstance(value, str) and not value.strip()) or value == [] or value == {} or value == ()
