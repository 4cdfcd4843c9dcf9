"""Elders first, with the guard: through desk and store, with two windows, and the reason on the card."""

from sqlalchemy import select

from clerk_tui.desk import calling, queueing, ticketing, visits
from clerk_tui.desk.context import Desk
from clerk_tui.store.act import By
from clerk_tui.store.core import PERIODS, TICKETS

ORDINARY, ELDERS = 4, 6


def issue_all(desk: Desk, clerk: By, clock) -> None:
    """Four ordinary tickets, then six elders who come later."""
    for _ in range(ORDINARY):
        ticketing.issue_ticket(desk, clerk, category="综合")
        clock.forward(seconds=30)
    for _ in range(ELDERS):
        ticketing.issue_ticket(desk, clerk, category="综合", birth="1950-01-01")
        clock.forward(seconds=30)


def serve_next(desk: Desk, by: By, clock) -> tuple[str, str]:
    """Call whoever is next, serve and finish; returns the number and the reason on the card."""
    card = queueing.look_next(desk, by)
    assert card.ticket is not None
    calling.call(desk, by, ticket_id=card.ticket.id, looked_at=card.looked_at)
    clock.forward(seconds=20)
    visit = calling.arrived(desk, by, ticket_id=card.ticket.id)
    clock.forward(minutes=4)
    visits.finish(desk, by, visit_id=visit.id, outcome="asked")
    return card.ticket.number, card.reason


def test_two_elders_then_the_oldest_ordinary_ticket(desk: Desk, clerk: By, clock) -> None:
    issue_all(desk, clerk, clock)
    served = [serve_next(desk, clerk, clock) for _ in range(ORDINARY + ELDERS)]
    numbers = [number for number, _ in served]
    assert numbers == ["A005", "A006", "A001", "A007", "A008", "A002", "A009", "A010", "A003", "A004"]
    assert "65 岁以上" in served[0][1]
    assert "再照顾 2 位后轮到普通号" in served[0][1]
    assert "65 岁以上" not in served[2][1]


def test_the_guard_counts_over_both_windows(desk: Desk, clerk: By, clerk2: By, clock) -> None:
    issue_all(desk, clerk, clock)
    assert [serve_next(desk, by, clock)[0] for by in (clerk, clerk2, clerk)] == ["A005", "A006", "A001"]


def test_the_store_keeps_why_each_was_called(desk: Desk, clerk: By, clock) -> None:
    issue_all(desk, clerk, clock)
    for _ in range(3):
        serve_next(desk, clerk, clock)
    with desk.look() as connection:
        kept = dict(connection.execute(select(TICKETS.c.number, TICKETS.c.call_reason)).all())
        called = connection.execute(select(PERIODS.c.id).where(PERIODS.c.kind == "called")).all()
    assert "65 岁以上" in kept["A005"]
    assert kept["A001"] and "65 岁以上" not in kept["A001"]
    assert len(called) == 3


def test_nobody_waits_for_ever_behind_elders_who_keep_coming(desk: Desk, clerk: By, clock) -> None:
    ticketing.issue_ticket(desk, clerk, category="综合")
    numbers = []
    for _ in range(4):
        for _ in range(2):
            ticketing.issue_ticket(desk, clerk, category="综合", birth="1950-01-01")
        numbers.append(serve_next(desk, clerk, clock)[0])
    assert "A001" in numbers[:3]


def test_who_is_sixty_five_today_is_an_elder_and_the_day_before_is_not(desk: Desk, clerk: By) -> None:
    today = ticketing.issue_ticket(desk, clerk, category="综合", birth="1961-11-23")
    tomorrow = ticketing.issue_ticket(desk, clerk, category="综合", birth="1961-11-24")
    assert (today.ticket.rank, tomorrow.ticket.rank) == (1, 4)
    assert today.ticket.rank_words == "长者"
