"""The queue: issue, look, call, call again, here or not, back, hold, transfer, release; what it costs to read."""

from itertools import pairwise

import pytest
from sqlalchemy import func, select

from clerk_tui.desk import calling, duty, people, policies, queueing, seats, ticketing, visits
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.core import EVENTS, NOTICES, PERIODS, TICKETS

ELDER = "440113195501010015"
WOMAN = "440113199003070021"


def issue(desk, by, category="综合", **facts):
    return ticketing.issue_ticket(desk, by, category=category, **facts).ticket


def refused(act, *args, **facts):
    with pytest.raises(Refusal) as caught:
        act(*args, **facts)
    return caught.value


def row_of(desk, ticket_id):
    with desk.look() as connection:
        return connection.execute(select(TICKETS).where(TICKETS.c.id == ticket_id)).one()


def periods_of(desk, ticket_id):
    with desk.look() as connection:
        rows = connection.execute(
            select(PERIODS).where(PERIODS.c.ticket_id == ticket_id).order_by(PERIODS.c.t0, PERIODS.c.id)
        ).all()
    return [(row.kind, None if row.t1 is None else row.t1 - row.t0) for row in rows]


def kinds_of(desk, ticket_id):
    with desk.look() as connection:
        return list(
            connection.execute(select(EVENTS.c.kind).where(EVENTS.c.ent_id == ticket_id).order_by(EVENTS.c.n)).scalars()
        )


def serve(desk, by, ticket_id):
    calling.call(desk, by, ticket_id=ticket_id)
    return calling.arrived(desk, by, ticket_id=ticket_id)


def miss(desk, by, clock, ticket_id):
    calling.call(desk, by, ticket_id=ticket_id)
    for _ in range(2):
        clock.forward(seconds=20)
        calling.call_again(desk, by, ticket_id=ticket_id)
    clock.forward(seconds=20)
    return calling.not_here(desk, by, ticket_id=ticket_id)


def test_numbers_run_by_day_and_letter(desk, clerk, clock):
    assert [issue(desk, clerk).number for _ in range(2)] == ["A001", "A002"]
    assert issue(desk, clerk, "社保").number == "B001"
    clock.set("2026-11-24 09:00")
    assert issue(desk, clerk).number == "A001"


def test_the_day_is_the_halls_whatever_the_machines_zone(desk, clerk, clock):
    clock.set("2026-11-24 00:30")
    assert row_of(desk, issue(desk, clerk).id).day == "2026-11-24"


def test_a_slip_is_issued_and_names_nobody(desk, clerk):
    people.register_person(desk, clerk, name="陈志英", number=ELDER, phone="13800003210")
    issued = ticketing.issue_ticket(desk, clerk, category="综合", number=ELDER)
    with desk.look() as connection:
        slip = connection.execute(select(NOTICES).where(NOTICES.c.id == issued.notice_id)).one()
    assert slip.kind == "ticket_slip" and "A001" in slip.facts
    assert "陈志英" not in slip.facts and ELDER not in slip.facts


@pytest.mark.parametrize(
    ("facts", "rank", "words"),
    [
        ({}, 4, "普通"),
        ({"birth": "1961-11-23"}, 1, "长者"),
        ({"birth": "1961-11-24"}, 4, "普通"),
        ({"birth": "１９５５０１０１"}, 1, "长者"),
        ({"number": ELDER}, 1, "长者"),
        ({"number": WOMAN}, 4, "普通"),
        ({"group": "soldier"}, 1, "军人"),
        ({"agent_batch": True}, 5, "代办批量"),
    ],
)
def test_class_from_birth_number_or_group(desk, clerk, facts, rank, words):
    ticket = issue(desk, clerk, **facts)
    assert (ticket.rank, ticket.rank_words) == (rank, words)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"category": "没有"}, "category_unknown"),
        ({"birth": "2027-01-01"}, "birth_future"),
        ({"birth": "1990-02-30"}, "birth_faulty"),
        ({"number": "440113195501010016"}, "number_faulty"),
        ({"group": "king"}, "group_unknown"),
        ({"urgent_reason": "急"}, "supervisor_needed"),
    ],
)
def test_a_refused_ticket_takes_no_number(desk, clerk, facts, code):
    assert refused(ticketing.issue_ticket, desk, clerk, **{"category": "综合", **facts}).code == code
    assert issue(desk, clerk).number == "A001"


def test_an_urgent_ticket_goes_first_with_a_supervisor(desk, clerk, approved):
    issue(desk, clerk, group="elder")
    urgent = issue(desk, approved(clerk), urgent_reason="赶火车")
    assert urgent.rank == 0 and queueing.look_next(desk, clerk).ticket.id == urgent.id


def test_looking_reserves_nothing_and_writes_nothing(desk, clerk, clerk2):
    issue(desk, clerk)
    with desk.look() as connection:
        before = connection.execute(select(func.count()).select_from(EVENTS)).scalar_one()
    assert queueing.look_next(desk, clerk).ticket.id == queueing.look_next(desk, clerk2).ticket.id
    with desk.look() as connection:
        assert connection.execute(select(func.count()).select_from(EVENTS)).scalar_one() == before


def test_an_empty_queue_says_so(desk, clerk):
    card = queueing.look_next(desk, clerk)
    assert card.ticket is None and card.empty_words


def test_the_card_tells_counts_and_the_reason(desk, clerk):
    issue(desk, clerk, number=ELDER)
    card = queueing.look_next(desk, clerk)
    assert "长者" in card.reason and (card.owed, card.collectable, card.running) == (0, 0, 0)


def test_the_window_that_loses_learns_who_won(desk, another_desk, clerk, clerk2):
    ticket = issue(desk, clerk)
    calling.call(desk, clerk2, ticket_id=ticket.id)
    lost = refused(calling.call, another_desk, clerk, ticket_id=ticket.id)
    assert lost.code == "taken" and "被 2 号窗叫走" in lost.words


def test_one_call_a_window(desk, clerk):
    first, second = issue(desk, clerk), issue(desk, clerk)
    calling.call(desk, clerk, ticket_id=first.id)
    assert refused(calling.call, desk, clerk, ticket_id=second.id).code == "still_called"
    calling.arrived(desk, clerk, ticket_id=first.id)
    assert refused(calling.call, desk, clerk, ticket_id=second.id).code == "visit_open"
    assert row_of(desk, second.id).state == "waiting"


def test_out_of_order_is_recorded_as_such(desk, clerk, clerk2):
    first, second = issue(desk, clerk), issue(desk, clerk)
    calling.call(desk, clerk, ticket_id=second.id)
    assert row_of(desk, second.id).call_order == "out_of_order"
    calling.call(desk, clerk2, ticket_id=first.id)
    assert row_of(desk, first.id).call_order == "next" and row_of(desk, first.id).call_reason


def test_who_was_next_when_the_clerk_looked_is_still_the_next_one(desk, clerk, clock):
    ordinary = issue(desk, clerk)
    card = queueing.look_next(desk, clerk)
    clock.forward(seconds=5)
    issue(desk, clerk, group="elder")
    calling.call(desk, clerk, ticket_id=ordinary.id, looked_at=card.looked_at)
    assert row_of(desk, ordinary.id).call_order == "next"


def test_those_are_counted_whom_the_window_passed_though_it_serves_them(desk, clerk, clerk3):
    first, other, second = issue(desk, clerk), issue(desk, clerk, "社保"), issue(desk, clerk)
    calling.call(desk, clerk, ticket_id=second.id)
    assert [row_of(desk, one.id).passed for one in (first, other)] == [1, 1]
    third = issue(desk, clerk)
    calling.call(desk, clerk3, ticket_id=third.id)  # 领证 and 综合: it could not have called the other
    assert [row_of(desk, one.id).passed for one in (first, other)] == [2, 1]


def test_nobody_in_a_windows_second_category_waits_without_end(desk, clerk, supervisor):
    document = {"number": "某号", "dated": "2026-11-01", "policy": {"max_passed": 2}}
    policies.load_policy(desk, supervisor, kind="queue", document=document)
    other = issue(desk, clerk, "社保")
    called = []
    for _ in range(3):
        issue(desk, clerk)
        card = queueing.look_next(desk, clerk)
        called.append(card.ticket.id)
        visits.finish(desk, clerk, visit_id=serve(desk, clerk, card.ticket.id).id, outcome="asked")
    assert called.index(other.id) == 2, "passed twice, then called before everybody"


def test_calls_have_a_gap_and_a_limit(desk, clerk, clock):
    ticket = issue(desk, clerk)
    card = calling.call(desk, clerk, ticket_id=ticket.id)
    assert (card.call_count, card.max_calls) == (1, 3) and card.can_miss_at == 0
    assert refused(calling.call_again, desk, clerk, ticket_id=ticket.id).code == "too_soon"
    assert refused(calling.not_here, desk, clerk, ticket_id=ticket.id).code == "too_few_calls"
    for count in (2, 3):
        clock.forward(seconds=20)
        assert calling.call_again(desk, clerk, ticket_id=ticket.id).call_count == count
    assert refused(calling.not_here, desk, clerk, ticket_id=ticket.id).code == "too_soon"
    clock.forward(seconds=20)
    assert refused(calling.call_again, desk, clerk, ticket_id=ticket.id).code == "calls_used"
    assert calling.not_here(desk, clerk, ticket_id=ticket.id).state == "missed"
    assert queueing.panel(desk, clerk).missed[0].id == ticket.id


def test_another_windows_call_is_not_answered_here(desk, clerk, clerk2):
    ticket = issue(desk, clerk)
    calling.call(desk, clerk, ticket_id=ticket.id)
    for act in (calling.arrived, calling.not_here, calling.call_again, calling.call_back):
        assert refused(act, desk, clerk2, ticket_id=ticket.id).code == "not_at_window"


def test_a_call_by_mistake_is_undone(desk, clerk, clock):
    first, second = issue(desk, clerk), issue(desk, clerk)
    clock.forward(minutes=5)
    calling.call(desk, clerk, ticket_id=first.id)
    clock.forward(seconds=5)
    calling.call_back(desk, clerk, ticket_id=first.id)
    assert queueing.look_next(desk, clerk).ticket.id == first.id
    clock.forward(minutes=5)
    calling.call(desk, clerk, ticket_id=first.id)
    clock.forward(seconds=30)
    assert refused(calling.call_back, desk, clerk, ticket_id=first.id).code == "too_late"
    assert round(queueing.panel(desk, clerk).figures.mean_wait_seconds, -1) == 600
    assert row_of(desk, second.id).state == "waiting"


def test_the_missed_come_back_once_before_the_ordinary(desk, clerk, clerk2, clock):
    missed, ordinary = issue(desk, clerk), issue(desk, clerk)
    miss(desk, clerk, clock, missed.id)
    back = queueing.bring_back(desk, clerk, ticket_id=missed.id)
    assert (back.rank, back.number, back.calls) == (3, "A001", 0)
    assert queueing.look_next(desk, clerk).ticket.id == missed.id
    assert row_of(desk, ordinary.id).state == "waiting"
    miss(desk, clerk, clock, missed.id)
    assert row_of(desk, missed.id).call_order == "back"
    assert refused(queueing.bring_back, desk, clerk2, ticket_id=missed.id).code == "missed_too_often"


@pytest.mark.parametrize(("rule", "code"), [("void", "missed_too_often"), ("last", "")])
def test_the_places_rule_for_missed_numbers_holds(desk, clerk, supervisor, clock, rule, code):
    document = {"number": "番排[2026]1号", "dated": "2026-11-01", "policy": {"missed_policy": rule}}
    policies.load_policy(desk, supervisor, kind="queue", document=document)
    missed, ordinary = issue(desk, clerk), issue(desk, clerk)
    miss(desk, clerk, clock, missed.id)
    if code:
        assert refused(queueing.bring_back, desk, clerk, ticket_id=missed.id).code == code
    else:
        queueing.bring_back(desk, clerk, ticket_id=missed.id)
        assert queueing.look_next(desk, clerk).ticket.id == ordinary.id


def test_a_faulty_queue_policy_is_refused(desk, supervisor):
    document = {"number": "番排[2026]1号", "dated": "2026-11-01", "policy": {"guard": 0}}
    assert refused(policies.load_policy, desk, supervisor, kind="queue", document=document).code == "policy_faulty"


def test_hold_and_resume_at_another_window(desk, clerk, clerk2, clock):
    ticket = issue(desk, clerk)
    visit = serve(desk, clerk, ticket.id)
    clock.forward(minutes=3)
    held = queueing.hold(desk, clerk, ticket_id=ticket.id, reason="复印材料", due_at=clock() + 600_000)
    assert (held.state, held.hold_reason) == ("held", "复印材料")
    assert queueing.panel(desk, clerk).current is None
    serve(desk, clerk, issue(desk, clerk).id)
    clock.forward(minutes=10)
    assert queueing.resume(desk, clerk2, ticket_id=ticket.id).id == visit.id
    assert row_of(desk, ticket.id).call_order == "from_hold"
    clock.forward(minutes=2)
    visits.finish(desk, clerk2, visit_id=visit.id, outcome="asked")
    lengths = dict.fromkeys(("serving", "held"), 0)
    for kind, length in periods_of(desk, ticket.id):
        assert length is not None
        if kind in lengths:
            lengths[kind] += round(length / 60_000)
    assert lengths == {"serving": 5, "held": 10}


@pytest.mark.parametrize(
    ("facts", "code"), [({"reason": " "}, "reason_missing"), ({"reason": "复印", "due_at": 1}, "due_past")]
)
def test_a_hold_needs_a_reason_and_a_time_to_come(desk, clerk, facts, code):
    ticket = issue(desk, clerk)
    serve(desk, clerk, ticket.id)
    assert refused(queueing.hold, desk, clerk, ticket_id=ticket.id, **facts).code == code
    assert row_of(desk, ticket.id).state == "serving"


def test_a_visit_without_a_ticket_is_held_too(desk, clerk, clerk2):
    visit = visits.open_without_ticket(desk, clerk)
    held = queueing.hold(desk, clerk, reason="等家属送证")
    assert held.number == "无号" and queueing.panel(desk, clerk2).held[0].hold_reason == "等家属送证"
    assert queueing.panel(desk, clerk).visit_id is None
    assert queueing.resume(desk, clerk2, ticket_id=held.id).id == visit.id
    assert queueing.panel(desk, clerk2).visit_id == visit.id
    assert refused(queueing.hold, desk, clerk, reason="没人").code == "nobody_here"


def test_a_transfer_keeps_number_and_wait(desk, clerk, clerk2, clock):
    ticket = issue(desk, clerk)
    visit = serve(desk, clerk, ticket.id)
    clock.forward(minutes=10)
    moved = ticketing.transfer_ticket(desk, clerk, ticket_id=ticket.id, category="社保", note="要查缴费")
    assert (moved.number, moved.category, moved.issued_at) == ("A001", "社保", ticket.issued_at)
    assert visits.view(desk, clerk, visit_id=visit.id).state == "finished"
    card = queueing.look_next(desk, clerk2)
    assert card.ticket.id == ticket.id and card.note == "要查缴费"


def test_a_ticket_sent_to_one_window_is_called_there_only(desk, clerk, clerk2):
    third = next(one.id for one in seats.windows(desk) if one.number == 2)
    ticket = issue(desk, clerk)
    ticketing.transfer_ticket(desk, clerk, ticket_id=ticket.id, window_id=third)
    assert queueing.look_next(desk, clerk).ticket is None
    assert refused(calling.call, desk, clerk, ticket_id=ticket.id).code == "directed"
    assert queueing.look_next(desk, clerk2).ticket.id == ticket.id
    assert refused(ticketing.transfer_ticket, desk, clerk, ticket_id=ticket.id).code == "target_missing"


def test_a_stuck_ticket_is_released_by_a_supervisor_with_a_reason(desk, clerk, clerk2, approved):
    ticket = issue(desk, clerk)
    serve(desk, clerk, ticket.id)
    assert (
        refused(ticketing.release_ticket, desk, clerk2, ticket_id=ticket.id, reason="断电").code == "supervisor_needed"
    )
    asked = approved(clerk2)
    assert refused(ticketing.release_ticket, desk, asked, ticket_id=ticket.id, reason=" ").code == "reason_missing"
    assert ticketing.release_ticket(desk, asked, ticket_id=ticket.id, reason="断电").state == "waiting"
    assert queueing.look_next(desk, clerk).ticket.id == ticket.id
    assert queueing.panel(desk, clerk).figures.inaccurate == 1


def test_one_who_left_ends_and_may_come_back(desk, clerk):
    ticket = issue(desk, clerk)
    assert ticketing.mark_left(desk, clerk, ticket_id=ticket.id).state == "left"
    assert queueing.look_next(desk, clerk).ticket is None
    assert queueing.bring_back(desk, clerk, ticket_id=ticket.id).state == "waiting"


def test_every_state_change_closes_one_period_and_opens_the_next(desk, clerk, clock):
    ticket = issue(desk, clerk)
    visit = serve(desk, clerk, ticket.id)
    queueing.hold(desk, clerk, ticket_id=ticket.id, reason="复印")
    queueing.resume(desk, clerk, ticket_id=ticket.id)
    visits.finish(desk, clerk, visit_id=visit.id, outcome="asked")
    with desk.look() as connection:
        rows = connection.execute(
            select(PERIODS).where(PERIODS.c.ticket_id == ticket.id).order_by(PERIODS.c.t0, PERIODS.c.id)
        ).all()
    assert [row.kind for row in rows] == ["waiting", "called", "serving", "held", "serving"]
    assert all(before.t1 == after.t0 for before, after in pairwise(rows))
    assert all(row.t1 is not None for row in rows)
    assert kinds_of(desk, ticket.id)[0] == "ticket.issued" and kinds_of(desk, ticket.id)[-1] == "ticket.finished"


def test_calling_ends_a_pause(desk, clerk):
    ticket = issue(desk, clerk)
    duty.pause(desk, clerk, reason="喝水")
    assert queueing.panel(desk, clerk).duty == "pause"
    assert refused(duty.back_office, desk, clerk, reason="录入").code == "duty_open"
    calling.call(desk, clerk, ticket_id=ticket.id)
    assert queueing.panel(desk, clerk).duty == "open"
    assert refused(duty.pause, desk, clerk, reason="喝水").code == "still_called"
    assert refused(duty.end_duty, desk, clerk).code == "duty_not_open"


def test_roles(desk, guide, sign):
    assert refused(calling.call, desk, guide, ticket_id="x").code == "role_missing"
    assert refused(queueing.look_next, desk, sign("101")).code == "window_needed"
    assert issue(desk, guide).number == "A001"


def test_a_ticket_of_another_day_is_not_called(desk, clerk, clock):
    ticket = issue(desk, clerk)
    clock.set("2026-11-24 09:00")
    assert refused(calling.call, desk, clerk, ticket_id=ticket.id).code == "ticket_yesterday"
    assert queueing.panel(desk, clerk).waiting == ()


def test_the_panel_shows_the_calling_order_and_all_who_wait(desk, clerk):
    numbers = [issue(desk, clerk, group="elder" if one == 3 else "").number for one in range(5)]
    panel = queueing.panel(desk, clerk)
    assert panel.waiting_count == 5 and panel.waiting[0].number == numbers[3] and panel.why_next
    assert {one.number for one in panel.waiting} == set(numbers)


def test_the_panel_asks_the_store_as_much_with_a_full_hall_as_with_an_empty_one(desk, clerk, clerk2, clock, statements):
    def asked():
        before = len(statements)
        queueing.panel(desk, clerk)
        return len(statements) - before

    issue(desk, clerk)
    alone = asked()
    for one in range(60):
        ticket = issue(desk, clerk)
        if one % 3 == 0:
            clock.forward(minutes=1)
            visits.finish(desk, clerk, visit_id=serve(desk, clerk, ticket.id).id, outcome="asked")
    assert asked() <= alone + 1
    assert alone <= 16


# dated lanes


def test_a_dated_lane_for_an_item_is_data_and_asked_for_only_while_it_runs(desk, clerk, guide, supervisor, clock):
    lane = {
        "name": "中高考前身份证",
        "from_day": "2026-11-24",
        "to_day": "2026-11-30",
        "rank": 1,
        "item_key": "sfz-banli",
    }
    document = {"number": "某号", "dated": "2026-11-01", "policy": {"lanes": [lane]}}
    policies.load_policy(desk, supervisor, kind="queue", document=document)
    assert ticketing.lane_items(desk, guide) == ()
    clock.set("2026-11-24 09:00")
    [(key, name)] = ticketing.lane_items(desk, guide)
    assert (key, name) == ("sfz-banli", desk.catalogue.items["sfz-banli"].name)
    issue(desk, guide)
    student = issue(desk, guide, item_key="sfz-banli")
    seen = queueing.look_next(desk, clerk)
    assert seen.ticket.id == student.id and "中高考前身份证" in seen.reason
    assert refused(issue, desk, guide, item_key="nothing").code == "item_unknown"
