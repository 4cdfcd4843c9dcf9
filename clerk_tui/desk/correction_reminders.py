"""Corrections without a limit are reminded of monthly, so that none is forgotten (补正, 行政许可法 32(4))."""

from sqlalchemy import Connection, func, insert, select

from clerk_tui.desk import tasks
from clerk_tui.desk.context import Desk
from clerk_tui.desk.permits import require
from clerk_tui.rules.correction import monthly_reminder
from clerk_tui.rules.states import CaseState
from clerk_tui.store.act import By, new_id
from clerk_tui.store.case_states import case_row
from clerk_tui.store.core import CASES, NOTICES, REMINDERS, TASKS

CODE = "correction_monthly"
WORDS = "补正满一个月还没有补齐, 请提醒申请人"
AT_ONCE = 200


def sweep(desk: Desk, by: By) -> int:
    """Open a task for each open correction without a limit that is a month old, or whose last reminder is; how many.

    The program does this at the first sign-in, so no role is asked. It only reads when there is nothing to do.
    """
    require(by, "close_leftovers")
    with desk.look() as connection:
        found = [case_id for case_id in _open(connection) if _is_due(desk, connection, case_id)]
    return sum(_open_task(desk, by, case_id) for case_id in found)


def _open(connection: Connection) -> list[str]:
    known = select(TASKS.c.case_id).where(TASKS.c.code == CODE, TASKS.c.closed_at.is_(None))
    query = (
        select(CASES.c.id)
        .where(
            CASES.c.state == CaseState.CORRECTING.value,
            CASES.c.closed_at.is_(None),
            CASES.c.correct_by.is_(None),
            CASES.c.id.not_in(known),
        )
        .order_by(CASES.c.received_at)
        .limit(AT_ONCE)
    )
    return list(connection.execute(query).scalars())


def _is_due(desk: Desk, connection: Connection, case_id: str) -> bool:
    asked = connection.execute(
        select(func.max(NOTICES.c.issued_at)).where(
            NOTICES.c.case_id == case_id,
            NOTICES.c.kind.in_(("one_time_notice", "second_notice")),
            NOTICES.c.voided_at.is_(None),
        )
    ).scalar()
    last = connection.execute(
        select(func.max(REMINDERS.c.at)).where(REMINDERS.c.case_id == case_id, REMINDERS.c.stage == "monthly")
    ).scalar()
    if asked is None:
        return False
    day = desk.local(last).date() if last is not None else None
    return monthly_reminder(desk.local(asked).date(), day, desk.today())


def _open_task(desk: Desk, by: By, case_id: str) -> bool:
    with desk.act(by) as act:
        case = case_row(act.connection, case_id)
        if case.state != CaseState.CORRECTING.value or tasks.stands(act.connection, case_id, CODE):
            return False  # another program was faster
        task_id = new_id()
        words = f"{case.receipt_no} {WORDS}"
        act.connection.execute(
            insert(TASKS),
            {
                "id": task_id,
                "kind": "incident",
                "case_id": case_id,
                "code": CODE,
                "words": words,
                "made_at": act.now,
            },
        )
        act.record("task.opened", task_id, {"case_id": case_id, "code": CODE, "words": words})
        return True
