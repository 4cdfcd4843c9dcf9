"""Answering a record that the district refused, from its task: the field is put right and the case goes out again."""

from dataclasses import dataclass

from sqlalchemy import Connection, Row, select

from clerk_tui.desk import amending, filling, people
from clerk_tui.desk.case_steps import effective_item
from clerk_tui.desk.context import Desk
from clerk_tui.desk.permits import require
from clerk_tui.desk.views.intake import Settled
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical
from clerk_tui.store.act import By
from clerk_tui.store.case_states import case_row
from clerk_tui.store.core import PERSONS, TASKS

PERSON_LABELS = {
    "name": "姓名", "id_number": "证件号码", "phone": "电话", "address": "地址", "village": "村居", "contact": "联系人",
    "birth": "出生日期", "sex": "性别",
}  # fmt: skip
UNTYPED = frozenset({"multi", "photo", "person", "table", "money"})
"""Kinds of fields that one line of text does not hold: these are corrected on the page of the case."""


@dataclass(frozen=True)
class RefusedRecord:
    """`where`: person (a fact of the applicant), form (a field of the case), or '' when only the case itself can show
    what is meant. `value` is what stands there now, `hint` what may be typed."""

    task_id: str
    case_id: str
    receipt_no: str
    field: str
    label: str
    where: str
    value: str
    hint: str
    words: str


def question(desk: Desk, by: By, *, task_id: str) -> RefusedRecord:
    """What the district refused and what stands in that field. Raises Refusal task_closed."""
    with desk.look() as connection:
        task = _task(connection, task_id)
        case = case_row(connection, task.case_id)
        name = str(task.field).rsplit(".", 1)[-1]
        name = "id_number" if name == "number" else name
        facts = {"task_id": task_id, "case_id": case.id, "receipt_no": case.receipt_no, "field": task.field}
        specs = {spec.id: spec for spec in effective_item(desk, case).fields}
        spec = specs.get(name)
        if spec is not None and spec.type not in UNTYPED and not task.field.startswith("applicant."):
            value = filling.words(spec, canonical.load(case.fields).get(name))
            return RefusedRecord(
                **facts, label=spec.label, where="form", value=value, hint=" / ".join(spec.options), words=task.words
            )
        if case.applicant_kind == "person" and name in PERSON_LABELS:
            person = connection.execute(select(PERSONS).where(PERSONS.c.id == case.applicant_id)).one_or_none()
            if person is not None:
                value = str(getattr(person, name) or "")
                return RefusedRecord(
                    **facts, label=PERSON_LABELS[name], where="person", value=value, hint="", words=task.words
                )
        return RefusedRecord(**facts, label=task.field, where="", value="", hint="", words=task.words)


def answer(desk: Desk, by: By, *, task_id: str, value: str | None, reason: str) -> Settled:
    """Put the field right (`value`; None: it is right as it stands) and send the case again; the task is closed.

    Raises what `people.correct_person` and `amending.correct` raise: nothing has gone out then, and the task stays.
    """
    asked = question(desk, by, task_id=task_id)
    if value is not None and not asked.where:
        raise Refusal("field_unknown", "这一项要打开办件更正", "选「打开这件办件」", field="value")
    name = asked.field.rsplit(".", 1)[-1]
    fields = {name: value} if value is not None and asked.where == "form" else None
    with desk.act(by) as act:
        if value is not None and asked.where == "person":
            require(by, "correct_person")
            person_id = case_row(act.connection, asked.case_id).applicant_id
            people.correct_within(desk, act, person_id, {name: value}, reason)
        return amending.correct_within(act, desk, case_id=asked.case_id, reason=reason, fields=fields, task_id=task_id)


def _task(connection: Connection, task_id: str) -> Row[tuple[object, ...]]:
    row = connection.execute(
        select(TASKS).where(TASKS.c.id == task_id, TASKS.c.closed_at.is_(None), TASKS.c.case_id.is_not(None))
    ).one_or_none()
    if row is None:
        raise Refusal("task_closed", "这项待办已经处理过了, 或不属于一件办件")
    return row
