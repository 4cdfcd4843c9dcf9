"""Put a desk together from the rows of its store."""

from sqlalchemy import select

from clerk_tui.catalog.model import Catalogue
from clerk_tui.desk.context import Desk
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.working_days import WorkCalendar
from clerk_tui.store.act import Clock, system_clock
from clerk_tui.store.core import HALLS, INSTALLATIONS
from clerk_tui.store.engine import Store


def is_set_up(store: Store) -> bool:
    """Whether the store has its hall; a new one has not (first start)."""
    with store.read() as connection:
        return connection.execute(select(HALLS.c.id).limit(1)).first() is not None


def make_desk(
    store: Store,
    *,
    catalogue: Catalogue,
    calendar: WorkCalendar,
    clock: Clock = system_clock,
    clock_confirmed: bool = False,
) -> Desk:
    """The desk of this store's hall under its open installation; years kept in the store join the calendar.

    Raises Refusal hall_missing before first start.
    """
    with store.read() as connection:
        hall = connection.execute(select(HALLS).limit(1)).first()
        made = connection.execute(
            select(INSTALLATIONS.c.inst)
            .where(INSTALLATIONS.c.closed_at.is_(None))
            .order_by(INSTALLATIONS.c.made_at.desc())
            .limit(1)
        ).first()
    if hall is None or made is None:
        raise Refusal("hall_missing", "还没有登记大厅", "请先完成首次设置: 大厅、窗口、经办人和主管")
    desk = Desk(
        store=store,
        catalogue=catalogue,
        calendar=calendar,
        hall_id=hall.id,
        hall_name=hall.name,
        short_name=hall.short_name,
        letter=hall.letter,
        station=hall.code,
        inst=made.inst,
        zone_name=hall.zone,
        clock=clock,
        clock_confirmed=clock_confirmed,
    )
    with desk.look() as connection:
        desk.know_calendars(connection)
    return desk
