"""What the channel cannot settle by itself becomes a task for a person."""

from sqlalchemy import Connection, insert, select

from clerk_tui.store.act import Act, new_id
from clerk_tui.store.core import EVENTS, NOTICES, OWED, RESULTS, TASKS


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
    if rid is not None:
        same = select(TASKS.c.id).where(TASKS.c.rid == rid, TASKS.c.kind == kind, TASKS.c.closed_at.is_(None))
        if act.connection.execute(same.limit(1)).first() is not None:
            return
    task_id = new_id()
    act.connection.execute(
        insert(TASKS).values(
            id=task_id, kind=kind, case_id=case_id, rid=rid, field=field, code=code, words=words, made_at=act.now
        )
    )
    act.record("task.opened", task_id, {"kind": kind, "case_id": case_id, "rid": rid, "field": field, "words": words},
               source="district")  # fmt: skip


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
