"""What the channel cannot settle by itself becomes a task for a person."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, insert, select

from clerk_tui.store.act import Act, new_id
from clerk_tui.store.core import EVENTS, NOTICES, OWED, RESULTS, TASKS


@dataclass(frozen=True)
class OpenTask:
    """What a person is asked to see to, about which record."""

    kind: str
    words: str
    case_id: str | None = None
    rid: str | None = None
    field: str = ""
    code: str = ""


def open_task(
    act: Act,
    kind: str,
    words: str,
    *,
    case_id: str | None = None,
    rid: str | None = None,
    field: str = "",
    code: str = "",
) -> None:
    """Open a task unless the same one about the same record is still open."""
    open_tasks(act, [OpenTask(kind, words, case_id, rid, field, code)])


def open_tasks(act: Act, wanted: Sequence[OpenTask]) -> None:
    """Open tasks, each unless the same one about the same record is still open."""
    rids = [task.rid for task in wanted if task.rid is not None]
    found = act.connection.execute(_OPEN, {"rids": rids}) if rids else ()
    known = {(row.rid, row.kind) for row in found}
    rows = []
    for task in wanted:
        if (task.rid, task.kind) in known:
            continue
        if task.rid is not None:
            known.add((task.rid, task.kind))
        task_id = new_id()
        rows.append({"id": task_id, "made_at": act.now, **vars(task)})
        body = {"kind": task.kind, "case_id": task.case_id, "rid": task.rid, "field": task.field, "words": task.words}
        act.record("task.opened", task_id, body, source="district")
    if rows:
        act.connection.execute(insert(TASKS), rows)


_OPEN = select(TASKS.c.rid, TASKS.c.kind).where(
    TASKS.c.rid.in_(bindparam("rids", expanding=True)), TASKS.c.closed_at.is_(None)
)


def case_of(connection: Connection, ent: str, ent_id: str, rid: str) -> str | None:
    """The case that an event belongs to: its own, that of its material, paper or result, or that of its act."""
    if ent == "case":
        return ent_id
    for name, table in (("owed", OWED), ("notice", NOTICES), ("result", RESULTS), ("handover", RESULTS)):
        if ent == name:
            found = connection.execute(select(table.c.case_id).where(table.c.id == ent_id)).scalar()
            if found:
                return str(found)
    act_id = select(EVENTS.c.act_id).where(EVENTS.c.rid == rid).scalar_subquery()
    found = connection.execute(
        select(EVENTS.c.ent_id).where(EVENTS.c.act_id == act_id, EVENTS.c.ent == "case").limit(1)
    ).scalar()
    return str(found) if found else None
