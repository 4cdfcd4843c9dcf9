"""Figures of the policy plan over a real store: what the acts of a few days add up to."""

from datetime import date
from typing import Any

from sqlalchemy import update

from clerk_tui.desk import calling, intake, owing, plan_figures, ticketing, visits
from clerk_tui.desk.context import Desk
from clerk_tui.desk.views.intake import MaterialMark
from clerk_tui.rules.figures import Ratio
from clerk_tui.store.act import By
from clerk_tui.store.core import CASES, PERIODS

RENTING = {"exempt": "n", "house": "rent", "by": "self"}
FIRST_CARD = {"act": "new", "who": "hj", "by": "self"}
MONDAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 27)


def found(desk: Desk, by: By, part: str = "cases", first: date = MONDAY, last: date = FRIDAY) -> dict[str, Ratio]:
    page = plan_figures.plan(desk, by, first=first, last=last)
    return {one.key: one for one in getattr(page, part)}


def test_a_case_decided_at_the_counter(desk: Desk, clerk: By, elder: str, open_visit: Any, fill: Any) -> None:
    draft = fill(clerk, open_visit(clerk, elder), elder, "juzhu-dengji", RENTING)
    intake.settle(desk, clerk, draft=draft, outcome="decide_now")
    figures = found(desk, clerk)
    for key in ("person_at_once", "one_visit", "nearby", "on_time"):
        assert figures[key].value_words == "100.0% (1/1)", key
    assert figures["no_visit"].value_words == "0.0% (0/1)"
    assert figures["returned"].value_words == "0.0% (0/1)"
    assert figures["licences_synchronous"].value_words == "0.0% (0/1)"
    assert found(desk, clerk, first=date(2026, 11, 24))["one_visit"].value_words == "无可计数"
    assert found(desk, clerk, "items")["one_visit"].denominator == len(desk.catalogue.items)


def test_a_case_entered_afterwards_is_shown_apart(
    desk: Desk, clerk: By, elder: str, open_visit: Any, fill: Any
) -> None:
    draft = fill(clerk, open_visit(clerk, elder), elder, "juzhu-dengji", RENTING)
    done = intake.settle(desk, clerk, draft=draft, outcome="decide_now")
    with desk.act(clerk) as act:
        act.connection.execute(update(CASES).where(CASES.c.id == done.case_id).values(flag_back_entered=True))
        act.record("case.corrected", done.case_id, {"before": "", "after": "", "reason": "补录"})
    figures = found(desk, clerk)
    assert figures["on_time"].value_words == "无可计数"
    assert figures["on_time"].excluded_words == "时间补录或不准 1"


def test_coming_again_for_what_was_owed_is_a_second_visit(
    desk: Desk, clerk: By, clock: Any, elder: str, open_visit: Any, fill: Any, example_list: str
) -> None:
    visit = open_visit(clerk, elder)
    marks = {"hukou": MaterialMark(mark="0")}
    draft = fill(clerk, visit, elder, "laoren-youdaika", FIRST_CARD, marks=marks)
    intake.commitment_paper(desk, clerk, draft=draft)
    done = intake.settle(desk, clerk, draft=draft, outcome="accept_deficient", commitment_signed_how="signature")
    before = found(desk, clerk)
    assert before["owed_cured"].value_words == "0.0% (0/1)"
    assert before["owed_in_time"].excluded_words == "尚未到期 1"
    clock.set("2026-11-24 10:00")
    again = open_visit(clerk, elder)
    [entry] = owing.ledger(desk, clerk).rows
    owing.supplement(desk, clerk, supplied={entry.id: MaterialMark(mark="1")}, visit_id=again)
    with desk.act(clerk) as act:
        act.connection.execute(
            update(CASES)
            .where(CASES.c.id == done.case_id)
            .values(state="closed", closed_at=act.now, decided_at=act.now)
        )
        act.record("case.closed", done.case_id, {})
    after = found(desk, clerk)
    assert after["owed_cured"].value_words == "100.0% (1/1)"
    assert after["owed_in_time"].value_words == "100.0% (1/1)"
    assert after["one_visit"].value_words == "0.0% (0/1)"


def test_tickets_waits_and_what_is_not_accurate(desk: Desk, clerk: By, clock: Any) -> None:
    first = ticketing.issue_ticket(desk, clerk, category="综合").ticket
    second = ticketing.issue_ticket(desk, clerk, category="综合").ticket
    ticketing.issue_ticket(desk, clerk, category="综合")
    clock.forward(minutes=31)
    calling.call(desk, clerk, ticket_id=first.id)
    visit = calling.arrived(desk, clerk, ticket_id=first.id)
    visits.finish(desk, clerk, visit_id=visit.id, outcome="asked")
    calling.call(desk, clerk, ticket_id=second.id)
    figures = found(desk, clerk, "tickets")
    assert figures["booked"].value_words == "0.0% (0/3)"
    assert figures["waited_long"].value_words == "100.0% (2/2)"
    assert figures["waited_long"].excluded_words == "没有叫到 1"
    assert figures["missed"].value_words == "0.0% (0/1)"
    with desk.act(clerk) as act:
        act.connection.execute(
            update(PERIODS).where(PERIODS.c.ticket_id == second.id, PERIODS.c.kind == "waiting").values(inaccurate=True)
        )
        act.record("ticket.changed", second.id, {})
    assert found(desk, clerk, "tickets")["waited_long"].value_words == "100.0% (1/1)"


def test_more_cases_than_a_page_are_all_counted(
    desk: Desk, clerk: By, elder: str, open_visit: Any, fill: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(plan_figures, "PAGE", 1)
    for _ in range(2):
        draft = fill(clerk, open_visit(clerk, elder), elder, "juzhu-dengji", RENTING)
        intake.settle(desk, clerk, draft=draft, outcome="decide_now")
    assert found(desk, clerk)["one_visit"].value_words == "100.0% (2/2)"
