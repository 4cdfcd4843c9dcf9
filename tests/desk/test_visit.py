"""The visit: identity, what waits, what was rendered, its end and the way back."""

import pytest
from sqlalchemy import insert, select

from clerk_tui.desk import authorities, calling, people, queueing, ticketing, visits
from clerk_tui.desk.visit_rows import KIND_WORDS
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import new_id
from clerk_tui.store.core import EVENTS, PERIODS, TICKETS, VISIT_SERVICES, VISITS
from clerk_tui.tui.intake.sheet_view import person_lines

ELDER = "440113195501010015"
WOMAN = "440113199003070021"


@pytest.fixture
def elder(desk, clerk):
    return people.register_person(desk, clerk, name="陈志英", number=ELDER, phone="13800003210").person


@pytest.fixture
def daughter(desk, clerk):
    return people.register_person(desk, clerk, name="陈小芳", number=WOMAN, phone="13911112222").person


def refused(act, *args, **facts):
    with pytest.raises(Refusal) as caught:
        act(*args, **facts)
    return caught.value


def rendered(desk, clerk, visit_id, kind="case"):
    with desk.act(clerk) as act:
        act.connection.execute(
            insert(VISIT_SERVICES).values(id=new_id(), visit_id=visit_id, kind=kind, words="老年人优待卡", at=act.now)
        )


def visit_row(desk, visit_id):
    with desk.look() as connection:
        return connection.execute(select(VISITS).where(VISITS.c.id == visit_id)).one()


def serve(desk, by):
    ticket = ticketing.issue_ticket(desk, by, category="综合").ticket
    calling.call(desk, by, ticket_id=ticket.id)
    return ticket, calling.arrived(desk, by, ticket_id=ticket.id)


@pytest.mark.parametrize("kind", [kind for kind in KIND_WORDS if kind != "ticket"])
def test_visits_without_a_ticket_run_on_the_same_clock(desk, clerk, clock, kind):
    visit = visits.open_without_ticket(desk, clerk, kind=kind)
    assert (visit.kind, visit.ticket_number, visit.kind_words) == (kind, "", KIND_WORDS[kind])
    clock.forward(minutes=4)
    visits.finish(desk, clerk, visit_id=visit.id, outcome="asked")
    figures = queueing.panel(desk, clerk).figures
    assert figures.served == 1 and figures.mean_serve_seconds == 240


def test_one_open_visit_a_window(desk, clerk):
    visits.open_without_ticket(desk, clerk)
    assert refused(visits.open_without_ticket, desk, clerk).code == "visit_open"
    assert refused(visits.open_without_ticket, desk, clerk, kind="ticket").code == "visit_kind"


def test_what_waits_is_told_after_identity_only(desk, clerk, elder):
    _, visit = serve(desk, clerk)
    assert visit.attendee is None and visit.identified_how == "" and visit.waits == ()
    known = visits.identify(desk, clerk, visit_id=visit.id, person_id=elder.id, how="card_reader")
    assert known.attendee.id == elder.id and known.identified_words
    assert (
        refused(visits.identify, desk, clerk, visit_id=visit.id, person_id=elder.id, how="guess").code == "how_unknown"
    )


def test_the_ticket_remembers_whom_it_is_for(desk, clerk, elder):
    ticket, visit = serve(desk, clerk)
    visits.identify(desk, clerk, visit_id=visit.id, person_id=elder.id, how="card_seen")
    with desk.look() as connection:
        assert connection.execute(select(TICKETS.c.person_id).where(TICKETS.c.id == ticket.id)).scalar() == elder.id


def test_the_attendee_is_fixed_once_something_was_rendered(desk, clerk, elder, daughter):
    visit = visits.open_without_ticket(desk, clerk)
    visits.identify(desk, clerk, visit_id=visit.id, person_id=elder.id, how="card_seen")
    visits.identify(desk, clerk, visit_id=visit.id, person_id=daughter.id, how="card_seen")
    rendered(desk, clerk, visit.id)
    late = refused(visits.identify, desk, clerk, visit_id=visit.id, person_id=elder.id, how="card_seen")
    assert late.code == "attendee_fixed"


def test_authorities_are_shown_to_the_one_who_holds_them(desk, clerk, elder, daughter):
    authorities.record_authority(
        desk, clerk, principal_kind="person", principal_id=elder.id, holder_id=daughter.id, kind="proxy",
        evidence="委托书", relation="女儿",
    )  # fmt: skip
    visit = visits.open_without_ticket(desk, clerk)
    shown = visits.identify(desk, clerk, visit_id=visit.id, person_id=daughter.id, how="card_seen")
    assert [one.principal_id for one in shown.authorities] == [elder.id]
    other = visits.identify(desk, clerk, visit_id=visit.id, person_id=elder.id, how="card_seen")
    assert other.authorities == ()


def test_nothing_rendered_asks_for_an_outcome(desk, clerk):
    visit = visits.open_without_ticket(desk, clerk)
    assert refused(visits.finish, desk, clerk, visit_id=visit.id).code == "outcome_missing"
    assert visit_row(desk, visit.id).state == "open"
    visits.finish(desk, clerk, visit_id=visit.id, outcome="wrong_category")
    assert visit_row(desk, visit.id).outcome == "wrong_category"
    assert refused(visits.finish, desk, clerk, visit_id=visit.id, outcome="asked").code == "visit_closed"


def test_what_was_rendered_decides_the_outcome(desk, clerk):
    visit = visits.open_without_ticket(desk, clerk)
    rendered(desk, clerk, visit.id)
    visits.finish(desk, clerk, visit_id=visit.id, outcome="none")
    assert visit_row(desk, visit.id).outcome == "served"


def test_only_asked_is_an_outcome_of_its_own(desk, clerk):
    key = next(iter(desk.catalogue.items))
    visit = visits.open_without_ticket(desk, clerk)
    assert refused(visits.only_asked, desk, clerk, visit_id=visit.id).code == "words_missing"
    assert refused(visits.only_asked, desk, clerk, visit_id=visit.id, item_key="nothing").code == "item_unknown"
    view = visits.only_asked(desk, clerk, visit_id=visit.id, item_key=key)
    assert desk.catalogue.items[key].name in view.services[0].words
    visits.finish(desk, clerk, visit_id=visit.id)
    assert visit_row(desk, visit.id).outcome == "asked"


def test_another_windows_visit_is_not_ended_here(desk, clerk, clerk2):
    visit = visits.open_without_ticket(desk, clerk)
    assert refused(visits.finish, desk, clerk2, visit_id=visit.id, outcome="asked").code == "not_at_window"


def test_a_visit_of_yesterday_is_inaccurate(desk, clerk, clock):
    visit = visits.open_without_ticket(desk, clerk)
    clock.set("2026-11-24 09:00")
    visits.finish(desk, clerk, visit_id=visit.id, outcome="asked")
    assert visit_row(desk, visit.id).inaccurate


def test_an_inaccurate_time_is_kept_out_of_the_mean_and_counted(desk, clerk, clock):
    for minutes, inaccurate in ((4, False), (300, True)):
        visit = visits.open_without_ticket(desk, clerk)
        clock.forward(minutes=minutes)
        visits.finish(desk, clerk, visit_id=visit.id, outcome="asked", inaccurate=inaccurate)
    figures = queueing.panel(desk, clerk).figures
    assert (figures.mean_serve_seconds, figures.inaccurate, figures.served) == (240, 1, 2)


def test_an_ending_by_mistake_is_undone_as_a_new_period(desk, clerk, clock, approved):
    ticket, visit = serve(desk, clerk)
    clock.forward(minutes=5)
    visits.finish(desk, clerk, visit_id=visit.id, outcome="asked")
    asked = approved(clerk)
    assert refused(visits.reopen, desk, clerk, visit_id=visit.id, reason="误按").code == "supervisor_needed"
    assert refused(visits.reopen, desk, asked, visit_id=visit.id, reason=" ").code == "reason_missing"
    assert visits.reopen(desk, asked, visit_id=visit.id, reason="误按").state == "open"
    assert refused(visits.reopen, desk, asked, visit_id=visit.id, reason="误按").code == "visit_open"
    clock.forward(minutes=5)
    visits.finish(desk, clerk, visit_id=visit.id, outcome="asked")
    with desk.look() as connection:
        served = connection.execute(
            select(PERIODS).where(PERIODS.c.ticket_id == ticket.id, PERIODS.c.kind == "serving").order_by(PERIODS.c.id)
        ).all()
        kinds = list(connection.execute(select(EVENTS.c.kind).where(EVENTS.c.ent_id == visit.id)).scalars())
    assert len(served) == 2 and served[1].voids == served[0].id and served[1].t0 == served[0].t0
    assert "visit.reopened" in kinds
    assert queueing.panel(desk, clerk).figures.mean_serve_seconds == 600


def test_yesterdays_ending_stays(desk, clerk, clock, approved):
    visit = visits.open_without_ticket(desk, clerk)
    visits.finish(desk, clerk, visit_id=visit.id, outcome="asked")
    clock.set("2026-11-24 09:00")
    assert refused(visits.reopen, desk, approved(clerk), visit_id=visit.id, reason="误按").code == "too_late"


def test_figures_by_window_clerk_and_hour(desk, clerk, clerk2, clock):
    from clerk_tui.desk import figures

    for by, minutes in ((clerk, 4), (clerk, 6), (clerk2, 10)):
        ticket = ticketing.issue_ticket(desk, by, category="综合").ticket
        clock.forward(minutes=2)
        calling.call(desk, by, ticket_id=ticket.id)
        visit = calling.arrived(desk, by, ticket_id=ticket.id)
        clock.forward(minutes=minutes)
        visits.finish(desk, by, visit_id=visit.id, outcome="asked")
    found = figures.today(desk, clerk)
    assert found.by_window == ((1, 2, 120, 300), (2, 1, 120, 600))
    assert found.by_clerk == (("李敏", 2, 120, 300), ("王强", 1, 120, 600))
    assert found.by_hour == (("09", 3, 120),) and found.served == 3


def test_visits_of_a_person_are_found(desk, clerk, elder):
    visit = visits.open_without_ticket(desk, clerk)
    visits.identify(desk, clerk, visit_id=visit.id, person_id=elder.id, how="known")
    assert [one.id for one in visits.visits_of(desk, clerk, person_id=elder.id)] == [visit.id]


@pytest.mark.parametrize(("who", "told"), [("daughter", True), ("elder", False)])
def test_an_elders_ticket_in_younger_hands_is_told_once_the_identity_is_checked(desk, clerk, request, who, told):
    person = request.getfixturevalue(who)
    ticket = ticketing.issue_ticket(desk, clerk, category="综合", birth="1955-01-01").ticket
    calling.call(desk, clerk, ticket_id=ticket.id)
    visit = calling.arrived(desk, clerk, ticket_id=ticket.id)
    assert not visit.class_doubt
    known = visits.identify(desk, clerk, visit_id=visit.id, person_id=person.id, how="card_seen")
    assert (f"{ticket.number} 是长者号" in known.class_doubt) == told
    assert any("是长者号" in words for words, _ in person_lines(known)) == told
