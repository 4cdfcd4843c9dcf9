"""A resident who was recorded twice: one record points to the other, nothing is rewritten, so it can be undone."""

from sqlalchemy import select, update

from clerk_tui.desk.context import Desk
from clerk_tui.desk.people import person_row, person_view, root_of
from clerk_tui.desk.permits import require
from clerk_tui.desk.views.visit import PersonView
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import people_search
from clerk_tui.store.act import By
from clerk_tui.store.core import PERSONS


def merge(desk: Desk, by: By, *, keep_id: str, drop_id: str, reason: str) -> PersonView:
    """Merge the record `drop_id` into `keep_id`; its cases, owed materials and results are found under both.

    Raises Refusal same_record, numbers_differ (two valid identity numbers are two people until one is corrected),
    reason_missing, person_unknown.
    """
    require(by, "merge")
    reason = clean_line(reason)
    if not reason:
        raise Refusal("reason_missing", "合并要写明依据", "例: 身份证与户口簿一致", field="reason")
    with desk.act(by) as act:
        connection = act.connection
        keep = person_row(connection, root_of(connection, keep_id))
        drop = person_row(connection, root_of(connection, drop_id))
        if keep.id == drop.id:
            raise Refusal("same_record", "这两条本来就是同一个人", "不需要合并")
        if keep.id_number and drop.id_number and keep.id_kind == drop.id_kind and keep.id_number != drop.id_number:
            raise Refusal(
                "numbers_differ", "两条记录的证件号码不同, 不能合并", "若其中一个登错了, 请先更正号码", field="number"
            )
        connection.execute(
            update(PERSONS).where(PERSONS.c.id == drop.id).values(merged_into=keep.id, version=drop.version + 1)
        )
        people_search.drop_person(connection, drop.seek, drop.name, drop.initials, drop.pinyin)
        act.record("person.merged", drop.id, {"into": keep.id, "reason": reason}, base_version=drop.version)
        return person_view(keep, desk.today())


def unmerge(desk: Desk, by: By, *, person_id: str, reason: str) -> PersonView:
    """Undo a merge: the record stands for itself again. Raises Refusal not_merged, reason_missing, supervisor_needed."""
    require(by, "unmerge")
    reason = clean_line(reason)
    if not reason:
        raise Refusal("reason_missing", "撤销合并要写明依据", field="reason")
    with desk.act(by) as act:
        connection = act.connection
        row = person_row(connection, person_id)
        if row.merged_into is None:
            raise Refusal("not_merged", "这条记录没有合并过", "不需要撤销")
        connection.execute(
            update(PERSONS).where(PERSONS.c.id == person_id).values(merged_into=None, version=row.version + 1)
        )
        people_search.index_person(connection, row.seek, row.name, row.initials, row.pinyin)
        act.record("person.unmerged", person_id, {"from": row.merged_into, "reason": reason}, base_version=row.version)
        return person_view(person_row(connection, person_id), desk.today())


def merged_records(desk: Desk, by: By, *, person_id: str) -> tuple[PersonView, ...]:
    """The records that were merged into this person, each of which can be unmerged."""
    with desk.look() as connection:
        rows = connection.execute(select(PERSONS).where(PERSONS.c.merged_into == person_id)).all()
        return tuple(person_view(row, desk.today()) for row in rows)
