"""Tasks: what the district refused, incidents, gaps; each leads to the case and the field, and a person closes it."""

from typing import Any

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.sql import Select

from clerk_tui.desk.context import Desk
from clerk_tui.desk.views.cases import TaskView
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import Act, By
from clerk_tui.store.core import CASES, TASKS

KIND_WORDS = {
    "rejected": "区里退回",
    "held": "区里暂存",
    "conflict": "两边不一致",
    "incident": "请留意",
    "fork": "交换停止",
    "clock": "时钟",
}

MOST = 200
"""Tasks that are listed and counted; whoever has more begins with these."""

FIELD_WORDS = {
    "applicant": "申请人",
    "name": "姓名",
    "number": "证件号码",
    "applicant.name": "申请人姓名",
    "applicant.number": "申请人证件号码",
    "applicant.phone": "申请人电话",
    "phone": "电话",
    "address": "地址",
    "receipt_no": "收件号",
    "item_key": "事项",
    "fields": "表单",
    "materials": "材料",
    "decision": "决定",
    "mail_to": "收件地址",
    "delivery": "领取方式",
}


def open_tasks(desk: Desk, by: By, *, limit: int = MOST) -> tuple[TaskView, ...]:
    """Open tasks, oldest first."""
    with desk.look() as connection:
        return tuple(view(row) for row in connection.execute(_query().where(TASKS.c.closed_at.is_(None)).limit(limit)))


def count_open(connection: Connection) -> int:
    """How many wait for a person, counted up to MOST."""
    some = select(TASKS.c.id).where(TASKS.c.closed_at.is_(None)).limit(MOST).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())


def one(desk: Desk, by: By, *, task_id: str) -> TaskView:
    """An open task. Raises Refusal task_closed."""
    with desk.look() as connection:
        row = connection.execute(_query().where(TASKS.c.id == task_id, TASKS.c.closed_at.is_(None))).one_or_none()
    if row is None:
        raise Refusal("task_closed", "这项待办已经处理过了")
    return view(row)


def close_task(desk: Desk, by: By, *, task_id: str, words: str) -> tuple[TaskView, ...]:
    """Close a task with a word on what was done. Raises Refusal reason_missing, task_closed."""
    words = clean_line(words)
    if not words:
        raise Refusal("reason_missing", "请写明怎样处理的", field="words")
    with desk.act(by) as act:
        done = act.connection.execute(
            update(TASKS)
            .where(TASKS.c.id == task_id, TASKS.c.closed_at.is_(None))
            .values(closed_at=act.now, closed_by=by.clerk_id, close_words=words)
        )
        if done.rowcount != 1:
            raise Refusal("task_closed", "这项待办已经处理过了")
        act.record("task.closed", task_id, {"words": words})
        return tuple(
            view(row) for row in act.connection.execute(_query().where(TASKS.c.closed_at.is_(None)).limit(MOST))
        )


def stands(connection: Connection, case_id: str, code: str) -> bool:
    """Whether a case has an open task of a code."""
    mine = (TASKS.c.case_id == case_id, TASKS.c.code == code, TASKS.c.closed_at.is_(None))
    return connection.execute(select(TASKS.c.id).where(*mine).limit(1)).first() is not None


def close_within(act: Act, case_id: str, code: str, words: str) -> None:
    """Close a case's open tasks of a code inside an act, because what they ask for was done."""
    mine = (TASKS.c.case_id == case_id, TASKS.c.code == code, TASKS.c.closed_at.is_(None))
    for task_id in list(act.connection.execute(select(TASKS.c.id).where(*mine)).scalars()):
        closed = {"closed_at": act.now, "closed_by": act.by.clerk_id, "close_words": words}
        act.connection.execute(update(TASKS).where(TASKS.c.id == task_id).values(**closed))
        act.record("task.closed", task_id, {"words": words})


def _query() -> Select[Any]:
    return (
        select(TASKS, CASES.c.receipt_no)
        .outerjoin(CASES, CASES.c.id == TASKS.c.case_id)
        .order_by(TASKS.c.made_at, TASKS.c.id)
    )


def view(row: Row[Any]) -> TaskView:
    """A task as it is shown; `row` holds the task's columns and `receipt_no`."""
    return TaskView(
        id=row.id,
        kind=row.kind,
        kind_words=KIND_WORDS.get(row.kind, row.kind),
        case_id=row.case_id or "",
        receipt_no=row.receipt_no or "",
        field=row.field,
        field_words=field_words(row.field),
        words=row.words,
        made_at=row.made_at,
        rid=row.rid or "",
    )


def field_words(field: str) -> str:
    """The field that the district named, in words where it is one that we know."""
    return FIELD_WORDS.get(field) or FIELD_WORDS.get(field.rpartition(".")[2], field)


def of_case_query(case_id: str) -> Select[Any]:
    """Open tasks of one case."""
    return _query().where(TASKS.c.case_id == case_id, TASKS.c.closed_at.is_(None))
