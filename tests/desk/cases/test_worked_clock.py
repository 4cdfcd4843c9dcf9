"""Worked cases of the clock, from the window to the decision: suspension, extension, expiry; every date counted by hand."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Table, select, update

from clerk_tui.catalog.questions import questions_of
from clerk_tui.desk import board, case_reading, intake, owing
from clerk_tui.desk.context import Desk
from clerk_tui.desk.plan_figures import case_facts
from clerk_tui.desk.views.intake import MaterialMark, Settled
from clerk_tui.documents.words import due_words
from clerk_tui.rules.case_figures import of_cases
from clerk_tui.rules.limits import Limit
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical, case_dues, decisions
from clerk_tui.store.act import By
from clerk_tui.store.case_states import case_row
from clerk_tui.store.core import CASES, CLOCK_PAUSES, EVENTS, OWED, POLICIES, RESULTS

MONDAY = "2026-11-23"
FIRST_CARD = {"act": "new", "who": "hj", "by": "self"}


def rows(desk: Desk, table: Table, **where: Any) -> list[Any]:
    with desk.look() as connection:
        query = select(table)
        for name, value in where.items():
            query = query.where(table.c[name] == value)
        return list(connection.execute(query))


def case_of(desk: Desk, case_id: str) -> Any:
    with desk.look() as connection:
        return case_row(connection, case_id)


class Department:
    """What the department does to one case, as its batches tell it."""

    def __init__(self, desk: Desk, by: By, case_id: str) -> None:
        self.desk, self.by, self.case_id = desk, by, case_id

    def _act(self, what: Callable[..., None], **facts: Any) -> None:
        with self.desk.act(self.by) as act:
            what(act, case_row(act.connection, self.case_id), **facts)

    def accepts(self) -> None:
        self._act(decisions.record_acceptance, at=self.desk.clock(), calendar=self.desk.calendar)

    def suspends(self, first: str, last: str = "") -> None:
        self._act(decisions.suspend, name="检验", from_date=first, days=3, reason="抽样送检")
        if last:
            self._act(decisions.resume, to_date=last, calendar=self.desk.calendar)

    def prolongs(self, days: int) -> None:
        self._act(
            decisions.prolong, days=days, from_date=MONDAY, reason="情况复杂", calendar=self.desk.calendar,
            approver="负责人",
        )  # fmt: skip

    def decides(self, decision: str = "granted", day: str = "") -> None:
        self._act(decisions.record_decision, decision=decision, calendar=self.desk.calendar, reason="依法", day=day)


@pytest.fixture
def received(desk: Desk, clerk: By, owner: str, open_visit: Any, fill: Any) -> Callable[[str], Department]:
    """A case of an item that the department accepts, taken in and accepted on Monday 23 November 2026."""

    def taken_in(key: str) -> Department:
        answers = {one.id: one.options[0].id for one in questions_of(desk.catalogue, desk.catalogue.items[key])}
        done = intake.settle(
            desk, clerk, draft=fill(clerk, open_visit(clerk, owner), owner, key, answers), outcome="receive"
        )
        department = Department(desk, clerk, done.case_id)
        department.accepts()
        return department

    return taken_in


PERMIT, CALENDAR_DAYS = "spjy-xuke", "sfz-banli"  # 5 and 10 working days; 25 and 60 days
WEEKEND, THREE, OVER_WEEKEND = ("2026-11-28", "2026-11-29"), ("2026-11-25", "2026-11-27"), ("2026-11-27", "2026-11-30")


@pytest.mark.parametrize(
    ("item", "stood", "prolonged", "promised", "statutory"),
    [
        (PERMIT, (), 0, "2026-11-30", "2026-12-07"),
        (PERMIT, (WEEKEND,), 0, "2026-11-30", "2026-12-07"),
        (PERMIT, (THREE,), 0, "2026-12-03", "2026-12-10"),
        (PERMIT, (OVER_WEEKEND,), 0, "2026-12-02", "2026-12-09"),
        (PERMIT, (("2026-11-24", "2026-11-24"), ("2026-11-26", "2026-11-27")), 0, "2026-12-03", "2026-12-10"),
        (PERMIT, (), 10, "2026-12-14", "2026-12-21"),
        (PERMIT, (THREE,), 10, "2026-12-17", "2026-12-24"),
        (CALENDAR_DAYS, (), 0, "2026-12-18", "2027-01-22"),
        (CALENDAR_DAYS, (WEEKEND,), 0, "2026-12-21", "2027-01-25"),  # 20 and 24 December to rest days, rolled over
        (CALENDAR_DAYS, (THREE,), 0, "2026-12-21", "2027-01-25"),
        (CALENDAR_DAYS, (), 5, "2026-12-25", "2027-01-29"),  # the law's days are working days
    ],
)
def test_both_limits_move_by_what_stood_still_and_by_what_was_prolonged(
    desk: Desk, received: Any, item: str, stood: tuple[Any, ...], prolonged: int, promised: str, statutory: str
) -> None:
    department = received(item)
    if prolonged:
        department.prolongs(prolonged)
    for first, last in stood:
        department.suspends(first, last)
    case = case_of(desk, department.case_id)
    assert (case.promised_due, case.statutory_due) == (promised, statutory)
    assert case.due_provisional is (statutory > "2026-12-31")
    assert not case_dues.promise_unsure(case, desk.calendar)  # every promised day here has its calendar
    assert "暂定" not in case_reading.row_within(desk, case).due_words
    assert case.state == ("reviewing" if stood else "accepted")


def test_while_it_stands_still_nothing_is_late_and_the_date_is_no_promise(
    desk: Desk, clerk: By, clock: Any, received: Any
) -> None:
    department = received(PERMIT)
    department.suspends("2026-11-25")
    clock.set("2026-12-08 10:00")
    case = case_of(desk, department.case_id)
    assert (case.state, case.due_provisional) == ("suspended", True)
    assert case_reading.row_within(desk, case).due_words == "特别程序中, 计时暂停"
    assert board.board(desk, clerk).cases_overdue == 0


def test_a_decision_ends_the_special_procedure_and_nobody_is_late(
    desk: Desk, clerk: By, clock: Any, received: Any
) -> None:
    department = received(PERMIT)
    department.suspends("2026-11-25")
    clock.set("2026-12-04 10:00")
    department.decides()  # eight working days stood still: 25, 26, 27, 30 November and 1, 2, 3, 4 December
    case = case_of(desk, department.case_id)
    assert (case.state, case.promised_due, case.statutory_due) == ("closed", "2026-12-10", "2026-12-17")
    [stood] = rows(desk, CLOCK_PAUSES, case_id=case.id)
    assert (stood.from_date, stood.to_date) == ("2026-11-25", "2026-12-04")


def test_once_decided_no_promise_is_late_whatever_is_still_owed(
    desk: Desk, clerk: By, clock: Any, tolerated: Any
) -> None:
    done = tolerated()
    Department(desk, clerk, done.case_id).decides()
    clock.set("2026-12-22 10:00")
    case = case_of(desk, done.case_id)
    assert (case.state, case.promised_due) == ("decided", "2026-12-14")
    assert case_reading.row_within(desk, case).due_words == ""
    assert board.board(desk, clerk).cases_overdue == 0


@pytest.mark.parametrize(("days", "times", "words"), [(11, 0, "最多延长 10 个工作日"), (5, 1, "只能延长一次")])
def test_a_permit_is_prolonged_once_and_by_ten_days_at_most(
    desk: Desk, received: Any, days: int, times: int, words: str
) -> None:
    department = received(PERMIT)
    for _ in range(times):
        department.prolongs(10)
    before = case_of(desk, department.case_id).promised_due
    with pytest.raises(Refusal, match="conflict_prolong") as caught:
        department.prolongs(days)
    assert words in caught.value.words and "期限不因此变动" in caught.value.advice
    assert case_of(desk, department.case_id).promised_due == before


@pytest.fixture
def tolerated(desk: Desk, clerk: By, elder: str, open_visit: Any, fill: Any, example_list: str) -> Any:
    """A card (15 working days: 14 December) accepted on 23 November with the photograph owed until the 30th.

    `changes` are made to the list that it was accepted under.
    """

    def accepted(**changes: Any) -> Settled:
        with desk.store.write() as connection:
            body = canonical.load(rows(desk, POLICIES, id=example_list)[0].body)
            items = body["items"] | {"laoren-youdaika": body["items"]["laoren-youdaika"] | changes.pop("item", {})}
            body |= {"items": items} | changes
            connection.execute(update(POLICIES).where(POLICIES.c.id == example_list).values(body=canonical.dump(body)))
        draft = fill(clerk, open_visit(clerk, elder), elder, "laoren-youdaika", FIRST_CARD, marks={"photo": "0"})
        intake.commitment_paper(desk, clerk, draft=draft)
        return intake.settle(desk, clerk, draft=draft, outcome="accept_deficient", commitment_signed_how="signature")

    return accepted


def owed_of(desk: Desk, case_id: str) -> Any:
    [entry] = rows(desk, OWED, case_id=case_id)
    return entry


@pytest.mark.parametrize(
    ("changes", "due"),
    [
        ({"extension_days": 3}, "2026-12-03"),
        ({"extension_days": 5}, "2026-12-07"),
        ({"extension_days": 30}, "2026-12-14"),  # the promise caps it
        ({"extension_days": 30, "cap": "statutory"}, "2026-12-07"),  # none is published: ten working days cap it
        ({"extension_days": 30, "cap": "fixed", "fixed_days": 20}, "2026-12-21"),  # the district's own
    ],
)
def test_an_extension_reaches_the_cap_and_never_passes_it(
    desk: Desk, clerk: By, tolerated: Any, approved: Any, changes: dict[str, Any], due: str
) -> None:
    entry = owed_of(desk, tolerated(**changes).case_id)
    owing.extend(desk, approved(clerk), owed_id=entry.id, reason="照相馆停业")
    assert owed_of(desk, entry.case_id).due == due


def test_what_is_owed_until_the_cap_cannot_be_extended_and_is_told_why(
    desk: Desk, clerk: By, tolerated: Any, approved: Any
) -> None:
    entry = owed_of(desk, tolerated(cap="fixed", fixed_days=5).case_id)
    with pytest.raises(Refusal, match="extension_capped") as caught:
        owing.extend(desk, approved(clerk), owed_id=entry.id, reason="照相馆停业")
    assert "2026-11-30" in caught.value.words and "固定上限" in caught.value.words
    assert owed_of(desk, entry.case_id) == entry


def test_the_cap_moves_when_the_department_suspends(desk: Desk, clerk: By, tolerated: Any, approved: Any) -> None:
    done = tolerated(extension_days=30)
    Department(desk, clerk, done.case_id).suspends(*THREE)
    owing.extend(desk, approved(clerk), owed_id=owed_of(desk, done.case_id).id, reason="照相馆停业")
    assert owed_of(desk, done.case_id).due == case_of(desk, done.case_id).promised_due == "2026-12-17"


def test_days_of_grace_pass_before_anything_is_proposed(desk: Desk, clerk: By, clock: Any, tolerated: Any) -> None:
    entry = owed_of(desk, tolerated(grace_days=2).case_id)
    for day in ("2026-12-01", "2026-12-02"):
        clock.set(f"{day} 09:00")
        assert owing.ledger(desk, clerk).rows[0].urgency == "overdue"
        with pytest.raises(Refusal, match="not_expired") as caught:
            owing.propose_expiry(desk, clerk, owed_id=entry.id)
        assert "宽限到 2026-12-02" in caught.value.words
    clock.set("2026-12-03 09:00")
    assert owing.propose_expiry(desk, clerk, owed_id=entry.id).state == "accepted"


EXPIRY = [
    # the list says, who has the power where the hall accepts, the case then, its last event, papers beside the notice
    ("return", "hall", "returned", "case.returned", {"return_notice"}),
    ("deemed_withdrawn", "hall", "withdrawn", "case.withdrawn", {"withdrawal"}),
    ("terminate", "department", "terminated", "case.terminated", {"termination"}),
    ("revoke", "department", "revoked", "case.revoked", set()),
    ("refuse_permit", "department", "closed", "case.closed", set()),
]


@pytest.mark.parametrize(("outcome", "power", "state", "event", "papers"), EXPIRY, ids=[row[0] for row in EXPIRY])
def test_each_published_way_of_expiry_is_proposed_by_the_list_and_settled_by_who_has_the_power(
    desk: Desk, clerk: By, clock: Any, tolerated: Any, approved: Any, outcome: str, power: str, state: str, event: str,
    papers: set[str],
) -> None:  # fmt: skip
    done = tolerated(item={"on_expiry": outcome})
    entry = owed_of(desk, done.case_id)
    clock.set("2026-12-01 09:00")
    assert owing.propose_expiry(desk, clerk, owed_id=entry.id).state == "accepted", "nothing ends by being proposed"
    assert owed_of(desk, done.case_id).proposed_outcome == outcome
    assert bool(case_of(desk, done.case_id).flag_requested) is (power == "department")
    with pytest.raises(Refusal, match="supervisor_needed"):
        owing.settle_expiry(desk, clerk, owed_id=entry.id, reason="逾期未补")
    boss = approved(clerk)
    if power == "department":
        with pytest.raises(Refusal, match="power_missing"):
            owing.settle_expiry(desk, boss, owed_id=entry.id, reason="逾期未补")
        assert case_of(desk, done.case_id).state == "accepted"
    document = "番民函〔2026〕7号" if power == "department" else ""
    ended = owing.settle_expiry(desk, boss, owed_id=entry.id, reason="逾期未补", document=document)
    assert (ended.state, case_of(desk, done.case_id).state) == (state, state)
    assert {paper.kind for paper in ended.papers} >= {"expiry_notice"} | papers
    closed = owed_of(desk, done.case_id)
    assert (closed.state, closed.settled_outcome, closed.settled_by) == ("closed", outcome, boss.second_id)
    assert max(rows(desk, EVENTS, ent_id=done.case_id), key=lambda row: row.n).kind == event
    if outcome == "refuse_permit":
        assert case_of(desk, done.case_id).decision == "refused"
        assert [row.kind for row in rows(desk, RESULTS, case_id=done.case_id)] == ["refusal"]


@pytest.mark.parametrize("outcome", ["return", "deemed_withdrawn"])
def test_where_the_department_accepts_no_expiry_is_the_halls(
    desk: Desk, clerk: By, clock: Any, tolerated: Any, approved: Any, outcome: str
) -> None:
    done = tolerated(item={"on_expiry": outcome})
    with desk.store.write() as connection:
        connection.execute(update(CASES).where(CASES.c.id == done.case_id).values(accept_power="department"))
    entry = owed_of(desk, done.case_id)
    clock.set("2026-12-01 09:00")
    owing.propose_expiry(desk, clerk, owed_id=entry.id)
    with pytest.raises(Refusal, match="power_missing"):
        owing.settle_expiry(desk, approved(clerk), owed_id=entry.id, reason="逾期未补")


def test_by_default_the_department_is_asked_the_case_stays_and_late_papers_are_taken(
    desk: Desk, clerk: By, clock: Any, tolerated: Any, approved: Any
) -> None:
    done = tolerated()
    entry = owed_of(desk, done.case_id)
    clock.set("2026-12-01 09:00")
    owing.propose_expiry(desk, clerk, owed_id=entry.id)
    with pytest.raises(Refusal, match="not_decided_yet"):
        owing.settle_expiry(desk, approved(clerk), owed_id=entry.id, reason="逾期未补")
    clock.set("2026-12-09 09:00")
    shown = MaterialMark(mark="3", copies=1)
    owing.supplement(desk, clerk, supplied={entry.id: shown}, fields={"photo_no": "GZ20261209001"})
    case = case_of(desk, done.case_id)
    assert (case.state, case.promised_due, case.flag_waiting_applicant) == ("accepted", "2026-12-14", False)
    assert date.fromisoformat(case.promised_due) == desk.calendar.add_working_days(date(2026, 11, 23), 15).day


@pytest.fixture
def by_the_hour(desk: Desk, clerk: By, elder: str, open_visit: Any, fill: Any, clock: Any) -> Callable[[str], Settled]:
    """The card with a promise of three working hours, accepted at a moment."""
    item = desk.catalogue.items["laoren-youdaika"]
    hours = replace(item, promise=Limit(3, "hour"))
    desk.catalogue = replace(desk.catalogue, items={**desk.catalogue.items, item.key: hours})

    def accepted(at: str) -> Settled:
        clock.set(at)
        draft = fill(clerk, open_visit(clerk, elder), elder, "laoren-youdaika", FIRST_CARD)
        return intake.settle(desk, clerk, draft=draft, outcome="accept")

    return accepted


@pytest.mark.parametrize(
    ("at", "day", "hour"),
    [
        ("2026-11-23 09:00", "2026-11-23", "12:00"),
        ("2026-11-23 16:00", "2026-11-24", "11:00"),
        ("2026-11-27 16:30", "2026-11-30", "11:30"),
    ],
)
def test_a_promise_in_working_hours_has_its_hour_on_the_case_and_on_the_paper(
    desk: Desk, clerk: By, by_the_hour: Any, at: str, day: str, hour: str
) -> None:
    done = by_the_hour(at)
    case = case_of(desk, done.case_id)
    assert (case.promised_due, case.promised_limit) == (day, "3 hour")
    paper = next(one for one in done.papers if one.kind == "acceptance")
    assert due_words(paper.facts["due"]).endswith(f"（{hour} 前）")
    view = case_reading.case_view(desk, clerk, case_id=case.id, reason="核对")
    assert view.clock[0].startswith(f"承诺期限 {day} {hour}")


def test_it_is_late_from_the_hour_on_and_the_figures_know_it(
    desk: Desk, clerk: By, clock: Any, by_the_hour: Any
) -> None:
    in_time, late = by_the_hour("2026-11-23 09:00"), by_the_hour("2026-11-23 09:10")
    clock.set("2026-11-23 11:30")
    assert case_reading.row_within(desk, case_of(desk, late.case_id)).due_words == "今天 13:10 前"
    Department(desk, clerk, in_time.case_id).decides()
    clock.set("2026-11-23 13:30")
    assert case_reading.row_within(desk, case_of(desk, late.case_id)).due_words == "逾期(13:10 前)"
    Department(desk, clerk, late.case_id).decides()
    with desk.look() as connection:
        facts = list(case_facts(connection, desk, date(2026, 11, 23), date(2026, 11, 23)))
    on_time = next(one for one in of_cases(facts) if one.key == "on_time")
    assert (on_time.numerator, on_time.denominator) == (1, 2)


def test_what_the_law_does_not_list_stops_no_clock(desk: Desk, clerk: By, received: Any) -> None:
    department = received(PERMIT)
    with desk.act(clerk) as act, pytest.raises(Refusal, match="conflict_suspend") as caught:
        case = case_row(act.connection, department.case_id)
        decisions.suspend(act, case, name="等待领导签字", from_date="2026-11-25", days=5)
    assert "办理期限照常计算" in caught.value.advice
    case = case_of(desk, department.case_id)
    assert (case.state, case.promised_due, rows(desk, CLOCK_PAUSES, case_id=case.id)) == ("accepted", "2026-11-30", [])


def test_publicity_stops_a_clock_only_where_the_items_own_rule_says_so(desk: Desk, clerk: By, received: Any) -> None:
    item = desk.catalogue.items[CALENDAR_DAYS]
    with_rule = replace(item, publicity_days=7)
    department = received(CALENDAR_DAYS)
    with desk.act(clerk) as act, pytest.raises(Refusal, match="conflict_suspend"):
        decisions.suspend(act, case_row(act.connection, department.case_id), name="公示", from_date="2026-11-25")
    desk.catalogue = replace(desk.catalogue, items={**desk.catalogue.items, item.key: with_rule})
    department = received(CALENDAR_DAYS)
    with desk.act(clerk) as act:
        decisions.suspend(act, case_row(act.connection, department.case_id), name="公示", from_date="2026-11-25")
    assert case_of(desk, department.case_id).state == "suspended"


@pytest.mark.parametrize("own", [(), ("对本事项的决定不服的, 可以向区民政局申请复核",)])
def test_remedies_are_the_items_own_where_it_has_any(
    desk: Desk, clerk: By, clock: Any, tolerated: Any, approved: Any, own: tuple[str, ...]
) -> None:
    item = desk.catalogue.items["laoren-youdaika"]
    desk.catalogue = replace(desk.catalogue, items={**desk.catalogue.items, item.key: replace(item, remedies=own)})
    done = tolerated(item={"on_expiry": "return"})
    clock.set("2026-12-01 09:00")
    paper = owing.propose_expiry(desk, clerk, owed_id=owed_of(desk, done.case_id).id).papers[0]
    assert tuple(paper.facts["remedies"]) == (own or desk.catalogue.legal.regimes[item.regime].remedies)


@pytest.mark.parametrize(("asked", "flag"), [(True, True), (False, False)])
def test_credit_that_could_not_be_checked_stands_on_the_case_unless_the_list_wants_no_check(
    desk: Desk, tolerated: Any, asked: bool, flag: bool
) -> None:
    done = tolerated(credit_check=asked)
    assert bool(case_of(desk, done.case_id).flag_credit_unchecked) is flag
