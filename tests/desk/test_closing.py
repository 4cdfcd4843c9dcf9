"""Close of day: an explicit ending for everything; leftovers of days before; bookings."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from clerk_tui.desk import (
    appointments,
    calling,
    closing,
    duty,
    finding,
    first_of_day,
    halls,
    people,
    queueing,
    seats,
    ticketing,
    visits,
)
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.core import EVENTS, PERIODS, TICKETS, VISITS

ELDER = "440113195501010015"
WOMAN = "440113199003070021"


def refused(act, *args, **facts):
    with pytest.raises(Refusal) as caught:
        act(*args, **facts)
    return caught.value


def serve(desk, by):
    ticket = ticketing.issue_ticket(desk, by, category="综合").ticket
    calling.call(desk, by, ticket_id=ticket.id)
    return ticket, calling.arrived(desk, by, ticket_id=ticket.id)


@pytest.fixture
def a_messy_evening(desk, clerk, clerk2, clerk3):
    """Somebody waits, is called, is served, is held, stands without a ticket; a clerk pauses."""
    held, _ = serve(desk, clerk)
    queueing.hold(desk, clerk, ticket_id=held.id, reason="复印")
    visits.open_without_ticket(desk, clerk)
    serve(desk, clerk2)
    called = ticketing.issue_ticket(desk, clerk3, category="综合").ticket
    calling.call(desk, clerk3, ticket_id=called.id)
    ticketing.issue_ticket(desk, clerk, category="综合")


def first_choices(desk, by):
    return {end.id: end.choices[0][0] for end in closing.open_ends(desk, by)}


def states(desk):
    with desk.look() as connection:
        return sorted(connection.execute(select(TICKETS.c.state)).scalars())


def open_periods(desk):
    with desk.look() as connection:
        return connection.execute(select(PERIODS.c.id).where(PERIODS.c.t1.is_(None))).all()


def test_everything_open_is_listed_with_endings_that_fit(desk, clerk, a_messy_evening):
    ends = closing.open_ends(desk, clerk)
    assert sorted(end.kind for end in ends) == ["hold", "ticket", "ticket", "ticket", "visit"]
    assert all(end.words and end.choices for end in ends)


def test_the_day_ends_with_an_ending_for_everything(desk, clerk, a_messy_evening):
    missing = first_choices(desk, clerk)
    gone = missing.popitem()[0]
    assert refused(closing.close_day, desk, clerk, endings=missing).code == "ending_missing"
    assert refused(closing.close_day, desk, clerk, endings={**missing, gone: "burnt"}).code == "ending_unknown"
    assert len(closing.open_ends(desk, clerk)) == 5
    done = closing.close_day(desk, clerk, endings=first_choices(desk, clerk))
    assert done.endings == 5 and closing.open_ends(desk, clerk) == () and open_periods(desk) == []
    assert set(states(desk)) <= {"finished", "left", "closed"}
    with desk.look() as connection:
        assert connection.execute(select(EVENTS.c.kind).where(EVENTS.c.kind == "day.closed")).all()
        assert set(connection.execute(select(VISITS.c.state)).scalars()) == {"finished"}


def test_what_was_opened_meanwhile_is_not_swept_away(desk, clerk, a_messy_evening):
    endings = first_choices(desk, clerk)
    late = ticketing.issue_ticket(desk, clerk, category="综合").ticket
    assert refused(closing.close_day, desk, clerk, endings=endings).field == late.id


def test_nobodys_visit_at_a_living_window_is_ended_by_a_clerk(desk, clerk, clerk2, a_messy_evening, approved):
    seats.take(desk, window_id=clerk2.window_id, program="p2", clerk_id=clerk2.clerk_id)
    endings = first_choices(desk, clerk)
    assert refused(closing.close_day, desk, clerk, endings=endings).code == "window_busy"
    assert closing.close_day(desk, approved(clerk), endings=endings).endings == 5


def test_pauses_end_now_or_as_inaccurate(desk, clerk, clerk2, clock):
    duty.pause(desk, clerk, reason="用餐")
    duty.back_office(desk, clerk2, reason="录入")
    clock.forward(minutes=30)
    now, forgotten = closing.open_ends(desk, clerk)
    done = closing.close_day(desk, clerk, endings={now.id: "now", forgotten.id: "inaccurate"})
    assert (done.figures.pause_seconds, done.figures.back_office_seconds, done.figures.inaccurate) == (1800, 0, 1)


def test_a_day_may_be_closed_again_after_late_work(desk, clerk):
    closing.close_day(desk, clerk, endings={})
    ticketing.issue_ticket(desk, clerk, category="综合")
    assert closing.close_day(desk, clerk, endings=first_choices(desk, clerk)).endings == 1
    with desk.look() as connection:
        rows = connection.execute(select(EVENTS.c.ent_ver).where(EVENTS.c.kind == "day.closed")).scalars()
        assert list(rows) == [1, 2]


def test_guides_do_not_close_the_day(desk, guide):
    assert refused(closing.close_day, desk, guide, endings={}).code == "role_missing"


def test_leftovers_are_closed_as_inaccurate_and_kept_out_of_means(desk, clerk, a_messy_evening, clock):
    duty_by = replace(clerk, window_id=None)
    duty.pause(desk, duty_by, reason="用餐")
    assert closing.close_leftovers(desk, clerk) == ()
    clock.set("2026-11-24 08:50")
    closed = closing.close_leftovers(desk, clerk)
    assert len(closed) == 6 and closing.open_ends(desk, clerk) == () and open_periods(desk) == []
    with desk.look() as connection:
        ended = connection.execute(select(TICKETS.c.inaccurate)).scalars()
        assert all(ended)
        late = connection.execute(select(PERIODS.c.t1).where(PERIODS.c.inaccurate)).scalars()
        assert max(late) <= desk.midnight(desk.today())
    assert closing.close_leftovers(desk, clerk) == ()
    figures = queueing.panel(desk, clerk).figures
    assert figures.mean_wait_seconds == 0 and figures.mean_serve_seconds == 0


def test_leftovers_leave_today_alone(desk, clerk, clock):
    ticketing.issue_ticket(desk, clerk, category="综合")
    clock.set("2026-11-24 08:50")
    today = ticketing.issue_ticket(desk, clerk, category="综合").ticket
    assert len(closing.close_leftovers(desk, clerk)) == 1
    assert queueing.look_next(desk, clerk).ticket.id == today.id


def test_at_midnight_who_is_served_stays_and_every_window_is_told_of_the_others(desk, clerk, clerk2, clock):
    for by in (clerk, clerk2):
        seats.take(desk, window_id=by.window_id, program=by.clerk_id, clerk_id=by.clerk_id)
    served, visit = serve(desk, clerk2)
    held, _ = serve(desk, clerk)
    queueing.hold(desk, clerk, ticket_id=held.id, reason="复印")
    waiting = ticketing.issue_ticket(desk, clerk, category="综合").ticket
    clock.set("2026-11-24 00:00")
    for by in (clerk, clerk2):
        seats.keep_alive(desk, window_id=by.window_id, program=by.clerk_id, clerk_id=by.clerk_id)
    for by in (clerk, clerk2):  # clerk2's program looks second, and its clerk is told the same
        words = first_of_day.new_day(desk, by).words
        assert "没叫到的 1 张, 挂起的 1 张" in words and "F2" in words
    assert visits.view(desk, clerk2, visit_id=visit.id).state == "open"
    found = {hit.id for hit in finding.find(desk, clerk, text=waiting.number) if hit.group == "ticket"}
    assert waiting.id in found  # with the number on the old slip
    crashed = closing.close_leftovers(desk, clerk2)  # a program that has only just started serves nobody
    assert [end.id for end in crashed] == [served.id]


def test_leftovers_are_the_programs_act(desk, sign, clock):
    ticketing.issue_ticket(desk, sign("301"), category="综合")
    clock.set("2026-11-24 08:50")
    assert len(closing.close_leftovers(desk, sign("301"))) == 1


# bookings


@pytest.fixture
def elder(desk, clerk):
    return people.register_person(desk, clerk, name="陈志英", number=ELDER, phone="13800003210").person


def book(desk, by, slot=0, **facts):
    day = facts.pop("day", "2026-11-24")
    start = appointments.slots(desk, by, day=day, category="社保")[slot].start_at
    return appointments.book(
        desk,
        by,
        **{"day": day, "start_at": start, "category": "社保", "name": "区小明", "phone": "13700009999", **facts},
    )


def test_slots_follow_the_halls_hours(desk, clerk, supervisor, clock):
    shown = appointments.slots(desk, clerk, day="2026-11-24", category="社保")
    assert [shown[0].words, shown[-1].words] == ["09:00-09:30", "16:30-17:00"] and len(shown) == 14
    clock.set("2026-11-23 10:10")
    assert appointments.slots(desk, clerk, day="2026-11-23", category="社保")[0].words == "10:00-10:30"
    halls.change_settings(
        desk, supervisor, changes={"appointments": {"minutes": 60, "quota": 1, "hours": [["09:00", "11:00"]]}}
    )
    assert len(appointments.slots(desk, clerk, day="2026-11-24", category="社保")) == 2
    for bad in ({"minutes": 0}, {"hours": [["11:00", "09:00"]]}, "x"):
        assert refused(halls.change_settings, desk, supervisor, changes={"appointments": bad}).code == "setting_faulty"


def test_a_slot_has_its_quota(desk, clerk):
    for _ in range(4):
        book(desk, clerk)
    assert refused(book, desk, clerk).code == "slot_full"
    first = appointments.of_day(desk, clerk, day="2026-11-24")[0]
    appointments.cancel(desk, clerk, appointment_id=first.id, reason="本人取消")
    assert book(desk, clerk).slot_words == "09:00-09:30"
    assert refused(appointments.cancel, desk, clerk, appointment_id=first.id, reason="再").code == "appointment_over"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"day": "2026-11-28"}, "day_off"),
        ({"start_at": 1}, "slot_unknown"),
        ({"item_key": "nothing"}, "item_unknown"),
        ({"phone": "123"}, "phone_faulty"),
        ({"name": " "}, "name_empty"),
    ],
)
def test_faulty_bookings(desk, clerk, facts, code):
    assert refused(book, desk, clerk, **facts).code == code
    assert refused(appointments.slots, desk, clerk, day="2026-11-20", category="社保").code == "day_faulty"


def test_one_booking_a_person_and_day(desk, clerk, elder):
    book(desk, clerk, person_id=elder.id)
    assert refused(book, desk, clerk, 3, person_id=elder.id).code == "booked_already"


def test_who_booked_is_called_in_the_slot(desk, clerk, clerk2, clock):
    booked = book(desk, clerk, 1)
    assert refused(appointments.check_in, desk, clerk, appointment_id=booked.id).code == "other_day"
    clock.set("2026-11-24 09:10")
    ordinary = ticketing.issue_ticket(desk, clerk, category="社保").ticket
    issued = appointments.check_in(desk, clerk, appointment_id=booked.code)
    assert (issued.ticket.rank, issued.ticket.slot_words) == (2, "09:30")
    assert queueing.look_next(desk, clerk2).ticket.id == ordinary.id
    clock.set("2026-11-24 09:31")
    assert queueing.look_next(desk, clerk2).ticket.id == issued.ticket.id
    calling.call(desk, clerk2, ticket_id=issued.ticket.id)
    visit = calling.arrived(desk, clerk2, ticket_id=issued.ticket.id)
    visits.finish(desk, clerk2, visit_id=visit.id, outcome="asked")
    assert appointments.of_day(desk, clerk)[0].state == "served"
    assert refused(appointments.check_in, desk, clerk, appointment_id=booked.id).code == "appointment_over"


def test_an_elder_who_booked_keeps_the_elders_class(desk, clerk, elder, clock):
    booked = book(desk, clerk, person_id=elder.id)
    clock.set("2026-11-24 08:50")
    issued = appointments.check_in(desk, clerk, appointment_id=booked.id)
    assert (issued.ticket.rank, issued.ticket.rank_words) == (1, "长者")


def test_who_did_not_come_is_a_no_show(desk, clerk, clock):
    book(desk, clerk)
    clock.set("2026-11-24 17:10")
    assert closing.close_day(desk, clerk, endings={}).no_shows == 1
    assert appointments.of_day(desk, clerk)[0].state_words == "没有来"


def test_an_appointment_waits_for_its_person(desk, clerk, elder):
    booked = book(desk, clerk, person_id=elder.id)
    visit = visits.open_without_ticket(desk, clerk)
    shown = visits.identify(desk, clerk, visit_id=visit.id, person_id=elder.id, how="card_seen")
    assert [(one.kind, one.id) for one in shown.waits] == [("appointment", booked.id)]
