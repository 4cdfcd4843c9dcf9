"""The slot in which someone comes again, as the papers of the case print it."""

from sqlalchemy import Connection, select

from clerk_tui.desk.context import Desk
from clerk_tui.store.core import APPOINTMENTS


def words_for_case(connection: Connection, desk: Desk, case_id: str) -> str:
    """The booked slot of a case as its papers print it; '' when there is none."""
    row = connection.execute(
        select(APPOINTMENTS)
        .where(APPOINTMENTS.c.case_id == case_id, APPOINTMENTS.c.state == "booked")
        .order_by(APPOINTMENTS.c.slot_start_at)
        .limit(1)
    ).first()
    if row is None:
        return ""
    return (
        f"{row.day} {desk.local(row.slot_start_at):%H:%M}-{desk.local(row.slot_end_at):%H:%M}"
        f" ({row.category}, 预约码 {row.code})"
    )
