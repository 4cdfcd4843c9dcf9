"""A clock that the journal does not believe, confirmed by a person who answers for it.

The journal refuses acts that stand before its last event, or more than a year after it. A clock that once ran ahead and was
put right would so refuse every act until that day comes: the confirmation, itself an event, makes now the last time.
"""

from sqlalchemy import select

from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical
from clerk_tui.store.act import CLOCK_CONFIRMED, By, Clock, acting, system_clock
from clerk_tui.store.core import CLERKS, HEAD
from clerk_tui.store.engine import Store

ANSWERABLE = frozenset({"supervisor", "it"})


def confirm(store: Store, number: str, *, reason: str, clock: Clock = system_clock) -> int:
    """The supervisor or technician with this number has looked: the time now is right. Returns the last time (UTC ms)
    that stood in the journal.

    Raises Refusal reason_missing, not_allowed.
    """
    reason = clean_line(reason)
    if not reason:
        raise Refusal("reason_missing", "请写明怎样核对了时间", "加 --reason", field="reason")
    with store.read() as connection:
        row = connection.execute(select(CLERKS).where(CLERKS.c.number == number, CLERKS.c.active)).first()
    roles = frozenset(canonical.load(row.roles)) if row is not None else frozenset()
    if row is None or not roles & ANSWERABLE:
        raise Refusal("not_allowed", "时钟须由主管或系统管理员确认", "请用 --clerk 写明他的工号")
    with acting(store, By(row.id, row.number, row.name, roles, row.hall_id), clock) as act:
        was = int(act.connection.execute(select(HEAD.c.last_at)).scalar_one())
        act.record(CLOCK_CONFIRMED, row.hall_id, {"was": was, "now": act.now, "reason": reason})
    return was
