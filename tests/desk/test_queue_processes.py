"""Several programs at one store: nobody is called twice, nobody is lost."""

import multiprocessing
from collections import Counter
from dataclasses import replace

from sqlalchemy import select

from clerk_tui.desk import calling, finishing, queueing, seats, setting_up, signing_in, staff, ticketing
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import system_clock
from clerk_tui.store.core import EVENTS, PERIODS, TICKETS
from clerk_tui.store.engine import open_engine

PROGRAMS, PEOPLE = 4, 60


def work(desk, path, by, start, done):
    """One window: look, call, serve, finish, until nobody waits."""
    desk = replace(desk, store=open_engine(path), clock=system_clock)
    called = []
    start.wait(30)
    while True:
        try:
            card = queueing.look_next(desk, by)
            if card.ticket is None:
                break
            calling.call(desk, by, ticket_id=card.ticket.id, looked_at=card.looked_at)
            called.append(card.ticket.id)
            visit = calling.arrived(desk, by, ticket_id=card.ticket.id)
            finishing.finish(desk, by, visit_id=visit.id, outcome="asked")
        except Refusal as refusal:
            if refusal.code not in ("taken", "store_busy"):
                done.put((by.clerk_number, called, refusal.code))
                return
            if refusal.code == "store_busy" and (held := queueing.panel(desk, by).current) is not None:
                visit_id = held.visit_id or calling.arrived(desk, by, ticket_id=held.id).id
                finishing.finish(desk, by, visit_id=visit_id, outcome="asked")
    desk.store.close()
    done.put((by.clerk_number, called, ""))


def test_four_programs_call_next_until_nobody_waits(desk, supervisor, store_path):
    desk = replace(desk, clock=system_clock)
    numbers = ["101", "102", "103", "104"]
    staff.add_clerk(desk, supervisor, new=setting_up.NewClerk("104", "黎新", "3691"))
    staff.add_window(desk, supervisor, new=setting_up.NewWindow(4, "综合", ("综合",)))
    windows = {one.number: one.id for one in seats.windows(desk)}
    crew = [
        signing_in.by_number(desk, number=number, window_id=windows[place])
        for place, number in enumerate(numbers[:PROGRAMS], start=1)
    ]
    for one in range(PEOPLE):
        ticketing.issue_ticket(desk, crew[0], category="综合", group="elder" if one % 5 == 0 else "")
    context = multiprocessing.get_context("fork")
    start, done = context.Event(), context.Queue()
    programs = [context.Process(target=work, args=(desk, store_path, by, start, done)) for by in crew]
    desk.store.engine.dispose()
    for program in programs:
        program.start()
    start.set()
    told = [done.get(timeout=90) for _ in programs]
    for program in programs:
        program.join(30)
    assert [code for _, _, code in told if code] == []
    everyone = Counter(ticket for _, called, _ in told for ticket in called)
    with desk.look() as connection:
        tickets = connection.execute(select(TICKETS.c.id, TICKETS.c.state)).all()
        calls = Counter(connection.execute(select(EVENTS.c.ent_id).where(EVENTS.c.kind == "ticket.called")).scalars())
        open_ones = connection.execute(select(PERIODS.c.id).where(PERIODS.c.t1.is_(None))).all()
    assert len(tickets) == PEOPLE and {row.state for row in tickets} == {"finished"}
    assert set(calls) == {row.id for row in tickets} and set(calls.values()) == {1}
    assert set(everyone.values()) <= {1}
    assert open_ones == []


def test_two_programs_issue_numbers_without_gap_or_double(desk, clerk, store_path):
    desk = replace(desk, clock=system_clock)
    context = multiprocessing.get_context("fork")
    done = context.Queue()

    def issue():
        own = replace(desk, store=open_engine(store_path))
        made = []
        while len(made) < 20:
            try:
                made.append(ticketing.issue_ticket(own, clerk, category="综合").ticket.number)
            except Refusal as refusal:
                if refusal.code != "store_busy":
                    raise
        own.store.close()
        done.put(made)

    desk.store.engine.dispose()
    programs = [context.Process(target=issue) for _ in range(2)]
    for program in programs:
        program.start()
    numbers = [number for _ in programs for number in done.get(timeout=60)]
    for program in programs:
        program.join(30)
    assert sorted(numbers) == [f"A{one:03d}" for one in range(1, 41)]
