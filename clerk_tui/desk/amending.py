"""更正: what was written down wrongly is corrected, before and after and why; nothing is overwritten silently."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from clerk_tui.desk import filling
from clerk_tui.desk.case_bodies import stored_body
from clerk_tui.desk.case_steps import came_to, checked_mark, effective_item, give, materials_of, reason_of, spec_of
from clerk_tui.desk.case_writing import DELIVERIES
from clerk_tui.desk.context import Desk
from clerk_tui.desk.material_rows import bring
from clerk_tui.desk.paper_facts import delivery_words, party
from clerk_tui.desk.permits import require
from clerk_tui.desk.views.intake import MaterialMark, PaperView, Settled
from clerk_tui.rules.marks import Mark, is_gap
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import move_case
from clerk_tui.store import canonical
from clerk_tui.store.act import Act, By
from clerk_tui.store.case_states import case_row, change_case
from clerk_tui.store.core import CASES, EVENTS, NOTICES, PRINT_JOBS, TASKS
from clerk_tui.store.evidence import HANDED_OUT

Change = dict[str, str]

PLAIN = {"mail_to": "收件地址", "note": "备注", "hotline_no": "12345 工单号"}
"""Columns of the case that are one line of text."""


def correct(
    desk: Desk,
    by: By,
    *,
    case_id: str,
    reason: str,
    fields: Mapping[str, Any] | None = None,
    materials: Mapping[str, MaterialMark] | None = None,
    delivery: str = "",
    plain: Mapping[str, str] | None = None,
    task_id: str = "",
) -> Settled:
    """Correct form fields, marks of materials, the way of delivery (window | mail | village | electronic) or plain
    columns (mail_to, note) of a case. Needs a supervisor once a paper of it left the program or was signed. A name that was
    corrected in the register of persons comes along.

    With `task_id` it answers a record that the district refused: the whole case goes out again as a new record, and the
    task is closed. Acceptance, its date and clocks never change by this. Raises Refusal reason_missing, nothing_changed,
    supervisor_needed, field_faulty, material_gap, task_closed.
    """
    with desk.act(by) as act:
        return correct_within(
            act,
            desk,
            case_id=case_id,
            reason=reason,
            fields=fields,
            materials=materials,
            delivery=delivery,
            plain=plain,
            task_id=task_id,
        )


def correct_within(
    act: Act,
    desk: Desk,
    *,
    case_id: str,
    reason: str,
    fields: Mapping[str, Any] | None = None,
    materials: Mapping[str, MaterialMark] | None = None,
    delivery: str = "",
    plain: Mapping[str, str] | None = None,
    task_id: str = "",
) -> Settled:
    """`correct` inside an act that does more."""
    reason = reason_of(reason)
    case = case_row(act.connection, case_id)
    move_case(case.state, "correct")
    require(act.by, "correct_after_papers" if papers_out(act.connection, case_id) else "correct_case")
    values: dict[str, Any] = {}
    changes = [
        *_fields(act, desk, case, fields or {}, values),
        *_materials(act, desk, case, materials or {}),
        *_columns(case, delivery, plain or {}, values),
        *_applicant(act, case, values),
    ]
    if not changes and not task_id:
        raise Refusal("nothing_changed", "没有改动任何内容", "请先改动再保存")
    task = _task(act, case_id, task_id) if task_id else None
    if task is not None:
        values["flag_refused_by_district"] = _others_open(act, case_id, task_id)
    change_case(act.connection, case, **values)
    act.record("case.corrected", case_id, {"changes": changes, "reason": reason}, base_version=case.version)
    if task is not None:
        _answer(act, case_id, task, reason, changes)
    issued: tuple[PaperView, ...] = ()
    if changes:
        facts = {
            "what": "、".join(change["label"] for change in changes),
            "before": "; ".join(f"{change['label']}: {change['before'] or '无'}" for change in changes),
            "after": "; ".join(f"{change['label']}: {change['after'] or '无'}" for change in changes),
            "reason": reason,
            "approver": act.by.second_name,
        }
        issued = (give(act, desk, case_row(act.connection, case_id), PaperKind.CORRECTION_NOTE, facts),)
    return came_to(case, case.state, "已更正" if changes else "已确认无误, 重新上报", issued)


def papers_out(connection: Connection, case_id: str) -> bool:
    """Whether a paper of the case left the program (a viewer or a file can print it too), or was signed."""
    left = (
        select(PRINT_JOBS.c.id)
        .join(NOTICES, NOTICES.c.id == PRINT_JOBS.c.notice_id)
        .where(NOTICES.c.case_id == case_id, PRINT_JOBS.c.state.in_(HANDED_OUT))
    )
    signed = select(NOTICES.c.id).where(NOTICES.c.case_id == case_id, NOTICES.c.signed_at.is_not(None))
    return any(connection.execute(query.limit(1)).first() is not None for query in (left, signed))


def _fields(act: Act, desk: Desk, case: Row[Any], typed: Mapping[str, Any], values: dict[str, Any]) -> list[Change]:
    kept = canonical.load(case.fields)
    specs = {spec.id: spec for spec in effective_item(desk, case).fields}
    changes = []
    for key, raw in typed.items():
        spec = specs.get(key)
        if spec is None:
            raise Refusal("field_faulty", "这件没有这个字段", field=key)
        filled = filling.check(spec, raw, desk.local(act.now).date())
        if filled.error or (spec.required and filled.value is None and kept.get(key) is not None):
            raise Refusal("field_faulty", f"{spec.label}: {filled.error or '必填, 不能清空'}", field=key)
        if filled.value == kept.get(key):
            continue
        before, after = filling.words(spec, kept.get(key)), filling.words(spec, filled.value)
        changes.append({"field": key, "label": spec.label, "before": before, "after": after})
        kept[key] = filled.value
    if changes:
        values["fields"] = canonical.dump({key: value for key, value in kept.items() if value is not None})
    return changes


def _materials(act: Act, desk: Desk, case: Row[Any], marks: Mapping[str, MaterialMark]) -> list[Change]:
    """A mark is corrected to another way of being there; what is missing or faulty goes its own lawful way."""
    rows = {row.key: row for row in materials_of(act.connection, case.id)}
    changes = []
    for key, mark in marks.items():
        row = rows.get(key)
        if row is None:
            raise Refusal("material_unknown", "这件没有这份材料", field=key)
        if is_gap(row.mark) or mark.mark == Mark.DEFECTIVE:
            raise Refusal(
                "material_gap", f"{row.name}: 缺少或有问题的材料不用更正办理", "请用补交、补正或再次告知", field=key
            )
        spec = spec_of(desk, case, key)
        now = bring(act, row, spec, checked_mark(spec, mark))
        before, after = Mark(row.mark).words, Mark(now["mark"]).words
        changes.append({"field": f"material:{key}", "label": row.name, "before": before, "after": after})
    return changes


def _columns(case: Row[Any], delivery: str, plain: Mapping[str, str], values: dict[str, Any]) -> list[Change]:
    changes = []
    if delivery and delivery != case.delivery:
        if delivery not in DELIVERIES:
            raise Refusal("delivery_unknown", "请选择领取方式: 窗口, 邮寄, 村居代领, 电子", field="delivery")
        values["delivery"] = delivery
        changes.append(
            {
                "field": "delivery",
                "label": "领取方式",
                "before": delivery_words(case.delivery, ""),
                "after": delivery_words(delivery, ""),
            }
        )
    for name, raw in plain.items():
        if name not in PLAIN:
            raise Refusal("field_faulty", "这一项不能在这里更正", field=name)
        text = clean_line(raw)
        if text != getattr(case, name):
            values[name] = text
            changes.append({"field": name, "label": PLAIN[name], "before": getattr(case, name), "after": text})
    if values.get("delivery", case.delivery) == "mail" and not values.get("mail_to", case.mail_to):
        raise Refusal("mail_to_missing", "选了邮寄, 还缺收件地址", field="mail_to")
    return changes


def _applicant(act: Act, case: Row[Any], values: dict[str, Any]) -> list[Change]:
    """The case follows a name that was corrected in the register of persons or organisations."""
    name = str(party(act.connection, case.applicant_kind, case.applicant_id)["name"])
    if name == case.applicant_name:
        return []
    values["applicant_name"] = name
    return [{"field": "applicant.name", "label": "申请人姓名", "before": case.applicant_name, "after": name}]


def _task(act: Act, case_id: str, task_id: str) -> Row[Any]:
    row = act.connection.execute(
        select(TASKS).where(TASKS.c.id == task_id, TASKS.c.case_id == case_id, TASKS.c.closed_at.is_(None))
    ).one_or_none()
    if row is None:
        raise Refusal("task_closed", "这项待办已经处理过了, 或不是这一件的")
    return row


def _others_open(act: Act, case_id: str, task_id: str) -> bool:
    number = act.connection.execute(
        select(func.count()).where(
            TASKS.c.case_id == case_id, TASKS.c.kind == "rejected", TASKS.c.closed_at.is_(None), TASKS.c.id != task_id
        )
    ).scalar_one()
    return bool(number)


def _answer(act: Act, case_id: str, task: Row[Any], reason: str, changes: list[Change]) -> None:
    """The corrected record goes out as a new one that names the refused one; the old one stays."""
    case = dict(act.connection.execute(select(CASES).where(CASES.c.id == case_id)).mappings().one())
    refused = act.connection.execute(select(EVENTS.c.kind).where(EVENTS.c.rid == task.rid)).scalar()
    act.record(
        "record.corrected",
        case_id,
        {
            "rid": task.rid,
            "kind": refused or "",
            "field": task.field,
            "reason": reason,
            "changes": changes,
            "facts": stored_body(act.connection, case, outcome=str(case["state"])),
        },
        base_version=case["version"],
        version=case["version"],
    )
    act.connection.execute(
        update(TASKS)
        .where(TASKS.c.id == task.id, TASKS.c.closed_at.is_(None))
        .values(closed_at=act.now, closed_by=act.by.clerk_id, close_words=reason)
    )
    act.record("task.closed", task.id, {"words": reason})
