"""Who must come back gets a slot: day, time, quota; booked at the desk or by the district, checked in on the day."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from clerk_tui.desk.context import Desk
from clerk_tui.desk.filling import read_date
from clerk_tui.desk.halls import letter_of, slots_within
from clerk_tui.desk.issuing import APPOINTMENT, issue_within
from clerk_tui.desk.people import person_row, root_of, same_person
from clerk_tui.desk.permits import require
from clerk_tui.desk.person_facts import checked_phone
from clerk_tui.desk.tickets import SHOWN_GROUPS
from clerk_tui.desk.views.queue import AppointmentView, IssuedTicket, SlotView, WantedSlot
from clerk_tui.rules.masking import mask_name
from clerk_tui.rules.numbering import opaque_code
from clerk_tui.rules.plain_text import clean_line, clean_name
from clerk_tui.rules.queue_order import class_from_birth
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import Act, By, new_id
from clerk_tui.store.core import APPOINTMENTS

LIVE = ("booked", "checked_in", "served")
"""States that take a place of the quota."""

STATE_WORDS = {
    "booked": "已预约",
    "checked_in": "已到场",
    "cancelled": "已取消",
    "no_show": "没有来",
    "served": "已办理",
}


def slots(desk: Desk, by: By, *, day: str, category: str) -> tuple[SlotView, ...]:
    """The slots of a day that are not over yet, with what is taken. Raises Refusal day_faulty, category_unknown."""
    with desk.look() as connection:
        letter_of(connection, desk.hall_id, category)
        return _slots(connection, desk, _day(desk, day), category)


def _slots(connection: Connection, desk: Desk, day: date, category: str) -> tuple[SlotView, ...]:
    rules = slots_within(connection, desk.hall_id)
    step, now = rules["minutes"] * 60_000, desk.clock()
    taken: dict[int, int] = dict(
        connection.execute(
            select(APPOINTMENTS.c.slot_start_at, func.count())
            .where(
                APPOINTMENTS.c.hall_id == desk.hall_id,
                APPOINTMENTS.c.day == day.isoformat(),
                APPOINTMENTS.c.category == category,
                APPOINTMENTS.c.state.in_(LIVE),
            )
            .group_by(APPOINTMENTS.c.slot_start_at)
        ).all()
    )
    found = []
    for opens, closes in rules["hours"]:
        start, end = _instant(desk, day, opens), _instant(desk, day, closes)
        while start + step <= end:
            if start + step > now:
                words = f"{desk.local(start):%H:%M}-{desk.local(start + step):%H:%M}"
                found.append(SlotView(start, start + step, words, int(taken.get(start, 0)), rules["quota"]))
            start += step
    return tuple(found)


def book(
    desk: Desk,
    by: By,
    *,
    day: str,
    start_at: int,
    category: str,
    person_id: str = "",
    name: str = "",
    phone: str = "",
    item_key: str = "",
    case_id: str = "",
) -> AppointmentView:
    """Book a slot for a registered resident, or for a name and a phone.

    Raises Refusal day_faulty, day_off, slot_unknown, slot_full, booked_already (one a person and day), name_empty,
    phone_faulty, item_unknown, person_unknown.
    """
    require(by, "book_appointment")
    with desk.act(by) as act:
        slot = WantedSlot(day, start_at, category)
        return book_within(
            act, desk, slot, person_id=person_id, name=name, phone=phone, item_key=item_key, case_id=case_id
        )


def book_within(
    act: Act,
    desk: Desk,
    wanted: WantedSlot,
    *,
    person_id: str = "",
    name: str = "",
    phone: str = "",
    item_key: str = "",
    case_id: str = "",
) -> AppointmentView:
    """Book inside an act. Raises what `book` raises."""
    day, connection = _day(desk, wanted.day), act.connection
    if not desk.calendar.is_working(day):
        raise Refusal("day_off", f"{day.isoformat()} 不上班", "请选一个工作日", field="day")
    if item_key and item_key not in desk.catalogue.items:
        raise Refusal("item_unknown", "没有这个事项", "请重新选择事项", field="item")
    kept_phone = checked_phone(phone)
    letter_of(connection, desk.hall_id, wanted.category)
    slot = next(
        (one for one in _slots(connection, desk, day, wanted.category) if one.start_at == wanted.start_at), None
    )
    if slot is None:
        raise Refusal("slot_unknown", "没有这个时段, 或已经过了", "请重新选时段", field="slot")
    if slot.taken >= slot.quota:
        raise Refusal("slot_full", f"{slot.words} 已约满", "请选别的时段", field="slot")
    if person_id:
        row = person_row(connection, root_of(connection, person_id))
        person_id, name, kept_phone = row.id, row.name, kept_phone or row.phone
        _need_free_day(connection, person_id, day)
    appointment_id = new_id()
    values = {
        "id": appointment_id,
        "hall_id": desk.hall_id,
        "day": day.isoformat(),
        "slot_start_at": slot.start_at,
        "slot_end_at": slot.end_at,
        "category": wanted.category,
        "person_id": person_id or None,
        "name": clean_name(name),
        "phone": kept_phone,
        "item_key": item_key,
        "case_id": case_id or None,
        "source": "desk",
        "state": "booked",
        "code": opaque_code("R", appointment_id),
    }
    connection.execute(
        insert(APPOINTMENTS),
        {
            **values,
            "made_at": act.now,
            "version": 1,
        },
    )
    act.record("appointment.booked", appointment_id, {key: values[key] for key in values if key != "id"})
    return _view(desk, appointment_row(connection, appointment_id))


def _need_free_day(connection: Connection, person_id: str, day: date) -> None:
    taken = connection.execute(
        select(APPOINTMENTS.c.id).where(
            APPOINTMENTS.c.person_id.in_(same_person(connection, person_id)),
            APPOINTMENTS.c.day == day.isoformat(),
            APPOINTMENTS.c.state.in_(("booked", "checked_in")),
        )
    ).first()
    if taken is not None:
        raise Refusal("booked_already", "这位居民当天已有预约", "一人一天一个预约; 请先取消原来的", field="day")


def cancel(desk: Desk, by: By, *, appointment_id: str, reason: str) -> AppointmentView:
    """Cancel a booking; its place is free again. Raises Refusal reason_missing, appointment_over."""
    require(by, "cancel_appointment")
    reason = clean_line(reason)
    if not reason:
        raise Refusal("reason_missing", "取消预约要写明原因", field="reason")
    with desk.act(by) as act:
        row = appointment_row(act.connection, appointment_id)
        _set_state(act, row, "cancelled", {"reason": reason})
        return _view(desk, appointment_row(act.connection, appointment_id))


def check_in(desk: Desk, by: By, *, appointment_id: str) -> IssuedTicket:
    """The one who booked is here: a ticket of the appointment's class for its slot (an elder's class is higher).

    Raises Refusal appointment_over, other_day.
    """
    require(by, "check_in")
    with desk.act(by) as act:
        row = appointment_row(act.connection, appointment_id)
        today = desk.local(act.now).date()
        if row.day != today.isoformat():
            raise Refusal("other_day", f"预约的是 {row.day}", "今天来请取普通号, 或改约")
        rank, reason = APPOINTMENT, ""
        if row.person_id is not None:
            person = person_row(act.connection, root_of(act.connection, row.person_id))
            if person.birth and class_from_birth(date.fromisoformat(person.birth), today) < rank:
                rank, reason = class_from_birth(date.fromisoformat(person.birth), today), SHOWN_GROUPS["elder"]
        issued = issue_within(
            act,
            desk,
            category=row.category,
            rank=rank,
            rank_reason=reason,
            person_id=row.person_id,
            appointment_id=row.id,
            slot=(row.slot_start_at, row.slot_end_at),
            item_key=row.item_key,
        )
        _set_state(act, row, "checked_in", {"number": issued.ticket.number}, ticket_id=issued.ticket.id)
        return issued


def no_shows_within(act: Act, desk: Desk, day: str) -> int:
    """Inside the close of a day: whoever booked for it or before and did not come."""
    rows = act.connection.execute(
        select(APPOINTMENTS).where(
            APPOINTMENTS.c.hall_id == desk.hall_id, APPOINTMENTS.c.state == "booked", APPOINTMENTS.c.day <= day
        )
    ).all()
    for row in rows:
        _set_state(act, row, "no_show", {"day": row.day})
    return len(rows)


def of_day(desk: Desk, by: By, *, day: str = "") -> tuple[AppointmentView, ...]:
    """The appointments of a day (today), by slot."""
    wanted = _day(desk, day).isoformat() if day else desk.today().isoformat()
    with desk.look() as connection:
        rows = connection.execute(
            select(APPOINTMENTS)
            .where(APPOINTMENTS.c.hall_id == desk.hall_id, APPOINTMENTS.c.day == wanted)
            .order_by(APPOINTMENTS.c.slot_start_at, APPOINTMENTS.c.made_at)
        ).all()
        return _views(desk, rows)


def of_person(desk: Desk, by: By, *, person_id: str) -> tuple[AppointmentView, ...]:
    """A resident's appointments, the newest first."""
    with desk.look() as connection:
        rows = connection.execute(
            select(APPOINTMENTS)
            .where(APPOINTMENTS.c.person_id.in_(same_person(connection, person_id)))
            .order_by(APPOINTMENTS.c.slot_start_at.desc())
        ).all()
        return _views(desk, rows)


def appointment_row(connection: Connection, appointment_id: str) -> Row[Any]:
    """The row of an appointment, by id or by its code. Raises Refusal appointment_unknown."""
    row = connection.execute(
        select(APPOINTMENTS).where((APPOINTMENTS.c.id == appointment_id) | (APPOINTMENTS.c.code == appointment_id))
    ).one_or_none()
    if row is None:
        raise Refusal("appointment_unknown", "找不到这个预约", "请按姓名在预约单里找")
    return row


def _set_state(act: Act, row: Row[Any], state: str, body: dict[str, Any], *, ticket_id: str | None = None) -> None:
    done = act.connection.execute(
        update(APPOINTMENTS)
        .where(APPOINTMENTS.c.id == row.id, APPOINTMENTS.c.state == "booked")
        .values(state=state, ticket_id=ticket_id, version=row.version + 1)
    )
    if done.rowcount != 1:
        raise Refusal("appointment_over", f"这个预约{STATE_WORDS[row.state]}", "请看预约单")
    act.record(f"appointment.{state}", row.id, body, base_version=row.version)


def _views(desk: Desk, rows: Sequence[Row[Any]]) -> tuple[AppointmentView, ...]:
    return tuple(_view(desk, row) for row in rows)


def _view(desk: Desk, row: Row[Any]) -> AppointmentView:
    item = desk.catalogue.items.get(row.item_key)
    return AppointmentView(
        id=row.id,
        day=row.day,
        slot_start_at=row.slot_start_at,
        slot_end_at=row.slot_end_at,
        slot_words=f"{desk.local(row.slot_start_at):%H:%M}-{desk.local(row.slot_end_at):%H:%M}",
        category=row.category,
        name_masked=mask_name(row.name),
        item_name=item.name if item is not None else "",
        state=row.state,
        state_words=STATE_WORDS[row.state],
        code=row.code,
    )


def _instant(desk: Desk, day: date, time: str) -> int:
    return int(datetime.fromisoformat(f"{day.isoformat()}T{time}").replace(tzinfo=desk.zone()).timestamp() * 1000)


def _day(desk: Desk, text: str) -> date:
    found = read_date(text)
    if found is None or found < desk.today():
        raise Refusal("day_faulty", "日期不对, 或已经过了", "例: 2026-12-01", field="day")
    return found
