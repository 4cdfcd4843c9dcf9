"""How a sheet is shown: item line, guide, checklist rows, fields, outcomes."""

from collections.abc import Sequence

from rich.cells import cell_len

from clerk_tui.desk.views.intake import FieldRow, IntakeDraft, IntakeSheet, MaterialRow, OutcomeView, QuestionView
from clerk_tui.desk.views.visit import VisitView
from clerk_tui.rules.outcomes import NEEDS_WORDS
from clerk_tui.tui.widgets.fields import AnyField, Choice, ChoiceField, TextField
from clerk_tui.tui.widgets.form import Labelled
from clerk_tui.tui.widgets.multi_choice import JOINT, MultiChoiceField
from clerk_tui.tui.widgets.numbered_list import Column, Row

MARK_WORDS = {
    "1": "1 核退",
    "2": "2 留原件",
    "3": "3 复印件",
    "4": "4 电子证照",
    "5": "5 共享/在库",
    "6": "6 承诺",
    "7": "7 有瑕疵",
    "0": "0 缺",
    "9": "9 不适用",
    "": "-",
}
VERIFIED_WORDS = {
    "seen": "到场核验",
    "resident_phone": "手机出示已看",
    "department_system": "部门系统查得",
    "on_file": "在库",
    "pending_back_office": "待后台核验",
}
HINT_WIDTH, NAME_WIDTH = 30, 26
"""Cells for what a material still needs, and for its name on the narrow screen; longer words stand below in full."""
MATERIAL_COLUMNS = (Column("材料", 0), Column("标记", 11), Column("怎样核的 / 还要什么", HINT_WIDTH))
OUTCOME_COLUMNS = (Column("现在可以", 12), Column("", 0))
DELIVERIES = (
    Choice("window", "窗口领取"),
    Choice("mail", "邮寄"),
    Choice("village", "村居代领"),
    Choice("electronic", "电子送达"),
)
FIELD_KINDS = {
    "idno": "number",
    "int": "digits",
    "decimal": "code",
    "money": "code",
    "date": "date",
    "datetime": "code",
    "year_month": "code",
    "bank": "number",
    "photo": "code",
}
FIELD_HELP = {
    "money": "元, 最多两位小数",
    "date": "20261123 或 2026-11-23",
    "datetime": "2026-11-23 09:30",
    "year_month": "2026-11",
    "person": "姓名 证件号码 电话, 用空格隔开",
    "table": "一人一段, 段内用空格隔开, 段间用 ; 隔开",
    "idno": "可扫码或读卡",
    "bank": "银行账号, 8 到 32 位数字",
    "photo": "照片回执号",
}
WIDE = 118
MOST_LABEL, MOST_LABEL_WIDE = 32, 46
"""Cells of the longest label at 80 columns, and where there is room for a whole question beside its answers."""
NOT_FILLED = "必填未填: "
OWN_FIELDS = ("_delivery", "_mail_to", "_fee", "_fee_how", "_fee_receipt", "_note")


def person_lines(visit: VisitView) -> list[tuple[str, str]]:
    """Who stands here and what waits: (words, style)."""
    person = visit.attendee
    if person is None:
        return [(f"{visit.ticket_number or visit.kind_words}  还不知道是谁", "bold")]
    age = f"{person.age} 岁" if person.age is not None else ""
    parts = (
        person.name_masked,
        f"{person.sex} {age}".strip(),
        person.number_masked,
        person.phone_masked,
        visit.identified_words,
    )
    done = f"本次已办 {len(visit.services)}" if visit.services else ""
    lines = [("  ".join(part for part in (*parts, done) if part), "bold")]
    if visit.class_doubt:
        lines.append((f"! {visit.class_doubt}", "$warn"))
    for waits in visit.waits[:3]:
        whom = f"({waits.for_whom}) " if waits.for_whom else ""
        tone = {"overdue": "bold $late", "today": "$warn", "soon": "$warn"}.get(waits.urgency, "")
        due = f" 最迟 {waits.due}" if waits.due and waits.due[5:] not in waits.words else ""
        lines.append((f"! {whom}{waits.words}{due}", tone))
    if len(visit.waits) > 3:
        lines.append((f"  还有 {len(visit.waits) - 3} 件等着, 空着按 Enter 全部列出", "$quiet"))
    elif visit.waits:
        lines.append(("  空着按 Enter 打开其中一件", "$quiet"))
    return lines


def item_line(sheet: IntakeSheet) -> str:
    """The item in one line."""
    return "  ".join(
        part
        for part in (
            f"{sheet.item_code} {sheet.item_name}",
            sheet.department,
            sheet.handling,
            sheet.limit_words,
            sheet.visits_words,
            sheet.fee_words,
        )
        if part
    )


def label_width(fields: Sequence[Labelled], columns: int) -> int:
    """As wide as the longest label, so that questions are read whole, within what leaves room for the answers."""
    most = MOST_LABEL_WIDE if columns >= WIDE else MOST_LABEL
    return max(18, min(most, max((cell_len(one.label) for one in fields), default=0) + 2))


def guide_fields(sheet: IntakeSheet) -> list[Labelled]:
    """One field for each question that is asked now, and one for each role to be bound."""
    fields = [
        Labelled(_number(n, one.text), _question_field(one), "数字选, Enter 下一题")
        for n, one in enumerate(sheet.questions, 1)
    ]
    for role, words, bound in sheet.roles_needed:
        field = TextField(bound, kind="party", id=f"role-{role}", placeholder="证件号码或姓名")
        fields.append(Labelled(words, field, f"{words}是谁: 输入证件号码或姓名, 可扫, Enter 找"))
    return fields


def _number(n: int, text: str) -> str:
    return f"{n} {text}"


def _question_field(question: QuestionView) -> ChoiceField:
    choices = [Choice(option.id, option.label) for option in question.options]
    chosen = [option.id for option in question.options if option.chosen]
    if question.multi:
        return MultiChoiceField(choices, chosen, id=f"q-{question.id}")
    return ChoiceField(choices, chosen[0] if chosen else "", id=f"q-{question.id}")


def material_row(row: MaterialRow) -> Row:
    """One line of the checklist; a number says the same as its colour."""
    mark = row.mark.mark
    tone = {"0": "warn", "7": "warn", "": "quiet" if mark == "" else ""}.get(mark, "good")
    return Row(row.key, (_material_name(row), MARK_WORDS.get(mark, mark), _needs(row)), tone)


def _material_name(row: MaterialRow) -> str:
    return row.name if row.holder == "applicant" else f"{row.name} ({row.holder_words})"


def _needs(row: MaterialRow) -> str:
    """How a material was verified, or what it still needs."""
    mark = row.mark.mark
    if row.shared_with:
        return f"本次已核: {row.shared_with}"
    if mark in ("0", "7"):
        return f"{row.mark.defect}; {row.tolerance_words}" if mark == "7" and row.mark.defect else row.tolerance_words
    if mark:
        return VERIFIED_WORDS.get(row.mark.verified_how, "") or row.hint
    return row.hint or row.why


def material_detail(row: MaterialRow, room: int) -> tuple[str, ...]:
    """What to look at for the material under the cursor, and in full what its row has no room for."""
    name, needs = _material_name(row), _needs(row)
    whole = [name] if cell_len(name) > NAME_WIDTH else []
    whole += [needs] if cell_len(needs) > HINT_WIDTH else []
    need = " ".join(
        part
        for part in (f"原件 {row.original}" if row.original else "", f"复印件 {row.copies}" if row.copies else "")
        if part
    )
    points = packed([f"[{'x' if point in row.mark.points else ' '}] {point}" for point in row.points], room)
    told = f"{need}  可标 {'/'.join(row.allowed_marks)}  {row.standard}".strip()
    return tuple(line for line in (": ".join(whole), told, *points) if line)


def packed(parts: Sequence[str], room: int) -> list[str]:
    """Parts in lines of at most `room` cells; a part begins a new line rather than being torn."""
    lines: list[str] = []
    for part in parts:
        if lines and cell_len(lines[-1]) + 2 + cell_len(part) <= room:
            lines[-1] += f"  {part}"
        else:
            lines.append(part)
    return lines


def form_fields(sheet: IntakeSheet, draft: IntakeDraft) -> list[Labelled]:
    """The item's form, then how the result is handed over, then the fee where there is one."""
    fields = [Labelled(_label(row), _form_field(row), _help(row), row.source) for row in sheet.fields]
    fields.append(
        Labelled(
            "领取方式", ChoiceField(DELIVERIES, sheet.delivery or "window", id="_delivery"), "结果出来后怎样给申请人"
        )
    )
    if draft.delivery == "mail":
        fields.append(Labelled("寄到", TextField(draft.mail_to, id="_mail_to"), "收件人、地址、电话"))
    if sheet.fee_fen:
        paid = f"{draft.fee_paid_fen / 100:.2f}" if draft.fee_paid_fen else ""
        due = f"应收 {sheet.fee_fen / 100:.2f}"
        fields += [
            Labelled("实收(元)", TextField(paid, kind="code", id="_fee"), sheet.fee_words, due),
            Labelled("怎样付", TextField(draft.fee_how, id="_fee_how"), "现金, 扫码, 刷卡"),
            Labelled("票据号", TextField(draft.fee_receipt, kind="code", id="_fee_receipt"), "开给申请人的票据号"),
        ]
    return fields


def _label(row: FieldRow) -> str:
    return f"{row.label}{'*' if row.required else ''}"


def _help(row: FieldRow) -> str:
    return row.hint or FIELD_HELP.get(row.type, "") or ("必填" if row.required else "可以不填")


def _form_field(row: FieldRow) -> AnyField:
    choices = [Choice(option, option) for option in row.options]
    if row.type == "multi":
        several = row.value if isinstance(row.value, list | tuple) else str(row.value or "").split(JOINT)
        return MultiChoiceField(choices, [str(one) for one in several if one], id=f"f-{row.id}")
    if row.type == "bool" or (row.type == "choice" and row.options):
        chosen = ("是" if row.value else "否") if isinstance(row.value, bool) else str(row.value or "")
        return ChoiceField(choices, chosen, id=f"f-{row.id}")
    return TextField(field_text(row), kind=FIELD_KINDS.get(row.type, "text"), id=f"f-{row.id}")


def field_text(row: FieldRow) -> str:
    """The value of a field as it stands in its input."""
    if row.value is None:
        return ""
    if row.type == "money" and isinstance(row.value, int):
        return f"{row.value / 100:.2f}"
    if isinstance(row.value, list | tuple):
        return "; ".join(
            " ".join(str(cell) for cell in one.values()) if isinstance(one, dict) else str(one) for one in row.value
        )
    if isinstance(row.value, dict):
        return " ".join(str(one) for one in row.value.values() if one)
    return str(row.value)


def field_value(row: FieldRow, text: str) -> object:
    """What a draft keeps of an input's text."""
    if row.type == "multi":
        return [one for one in text.split(JOINT) if one]
    if row.type == "table":
        return "\n".join(part.strip() for part in text.replace("；", ";").split(";"))
    return text


def outcome_rows(sheet: IntakeSheet) -> list[Row]:
    """What is lawful now."""
    rows = []
    for one in sheet.outcomes:
        if one.possible:
            detail = "  ".join(part for part in (one.due_words, one.reason, one.basis) if part)
            rows.append(Row(one.kind, (one.words, detail), "good" if one.kind in ("accept", "decide_now") else ""))
    return rows


def outcome_whole(outcome: OutcomeView, room: int) -> list[str]:
    """An outcome in full: by when, why it is lawful, what it still needs, the articles."""
    needs = "还要: " + "、".join(NEEDS_WORDS[need] for need in outcome.needs) if outcome.needs else ""
    return packed(
        [part for part in (outcome.due_words, outcome.reason, needs, *outcome.basis.split("; ")) if part], room
    )


def impossible_lines(outcomes: Sequence[OutcomeView]) -> list[str]:
    """Why the others are not possible; those with one reason in one line. The article stands in the outcome's help."""
    reasons: dict[str, list[str]] = {}
    for one in outcomes:
        if not one.possible and one.reason and one.kind not in ("asked", "withdrawn", "correct_now"):
            reasons.setdefault(one.reason, []).append(one.words)
    return [f"不能{'、'.join(words)}: {reason}" for reason, words in reasons.items()][:3]


def gathered(faults: Sequence[str]) -> list[str]:
    """Faults in few words: all fields that are not filled in one."""
    lacking = [one.removeprefix(NOT_FILLED) for one in faults if one.startswith(NOT_FILLED)]
    others = [one for one in faults if not one.startswith(NOT_FILLED)]
    return [*others, NOT_FILLED + "、".join(lacking)] if lacking else others
