"""A date that rests on a calendar nobody has published says so wherever it is shown, until the calendar comes."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from clerk_tui.desk import agency, calendars, case_reading, intake, owing, policies, waiting_for
from clerk_tui.desk.context import Desk
from clerk_tui.desk.figure_rows import _cases
from clerk_tui.desk.opening import make_desk
from clerk_tui.desk.sheet import sheet
from clerk_tui.documents.words import due_words
from clerk_tui.rules.limits import UNSURE
from clerk_tui.rules.working_days import WorkCalendar
from clerk_tui.store import calendar_years
from clerk_tui.store.act import By
from clerk_tui.store.case_states import case_row
from clerk_tui.store.core import CASES, DEFICIENCIES, NOTICES

FIRST_CARD = {"act": "new", "who": "hj", "by": "self"}
NOTICE_2027 = "year: 2027\nnotice: 国办发明电〔2026〕某号\nholidays: {元旦: [2027-01-01]}\nworking_weekends: []\n"
ON_PAPER = "节假日安排公布后可能调整"


@pytest.fixture
def notice(tmp_path: Path) -> Path:
    path = tmp_path / "2027.yaml"
    path.write_text(NOTICE_2027, encoding="utf-8")
    return path


@pytest.fixture
def settled(desk: Desk, clerk: By, clock: Any, elder: str, open_visit: Any, fill: Any, example_list: str):
    """A card asked for on 28 December 2026, the photograph missing: every date lies in the next year."""

    def done(outcome: str, at: Desk = desk) -> Any:
        clock.set("2026-12-28 10:00")
        visit = open_visit(clerk, elder)
        marks = {"photo": "0"} if outcome != "accept" else {}
        draft = fill(clerk, visit, elder, "laoren-youdaika", FIRST_CARD, marks=marks)
        signed = "signature" if outcome == "accept_deficient" else ""
        if signed:
            intake.commitment_paper(at, clerk, draft=draft)
        more = {"tolerance_declined": True} if outcome == "one_time_notice" else {}
        return intake.settle(at, clerk, draft=draft, outcome=outcome, commitment_signed_how=signed, **more)

    return done


def shown(desk: Desk, clerk: By, case_id: str, person_id: str) -> dict[str, str]:
    """Every place where a clerk reads the dates of a case."""
    view = case_reading.case_view(desk, clerk, case_id=case_id, reason="核对")
    with desk.look() as connection:
        waits = waiting_for.waits(connection, desk, person_id)
        [behind] = _cases(desk, connection, [CASES.c.id == case_id])
    return {
        "list": view.row.due_words,
        "clock": " ".join(view.clock),
        "material": " ".join(one.owed_due for one in view.materials),
        "owed": " ".join(one.due_words for one in view.owed),
        "ledger": " ".join(one.due_words for one in owing.ledger(desk, clerk).rows),
        "waits": " ".join(one.words for one in waits if one.kind == "owed"),
        "open": " ".join(one.words for one in waits if one.kind == "open_case"),
        "figures": behind.cells[3],
    }


def test_every_place_says_so_and_none_does_once_the_calendar_is_there(
    desk: Desk, clerk: By, supervisor: By, elder: str, settled: Any, notice: Path
) -> None:
    case_id = settled("accept_deficient").case_id
    before = shown(desk, clerk, case_id, elder)
    assert {place for place, words in before.items() if "暂定" not in words} == set()
    calendars.load_year(desk, supervisor, file=notice)
    after = shown(desk, clerk, case_id, elder)
    assert {place for place, words in after.items() if "暂定" in words} == set()
    assert all(after.values())


def test_the_sheet_says_so_before_anything_is_committed(
    desk: Desk, clerk: By, clock: Any, elder: str, open_visit: Any, fill: Any, example_list: str
) -> None:
    clock.set("2026-12-28 10:00")
    draft = fill(clerk, open_visit(clerk, elder), elder, "laoren-youdaika", FIRST_CARD, marks={"photo": "0"})
    found = sheet(desk, clerk, draft=draft)
    assert found.provisional
    words = {one.kind: one.due_words for one in found.outcomes if one.possible}
    assert "暂定" in words["accept_deficient"]


@pytest.mark.parametrize(
    ("outcome", "kinds"),
    [
        ("accept", {"acceptance"}),
        ("accept_deficient", {"acceptance", "deficiency_notice"}),
        ("one_time_notice", {"one_time_notice"}),
    ],
)
def test_the_papers_say_so(desk: Desk, supervisor: By, settled: Any, outcome: str, kinds: set[str]) -> None:
    rule = {"number": "番政务〔2026〕9号", "dated": "2026-01-05", "policy": {"days": 10, "on_expiry": "return"}}
    policies.load_policy(desk, supervisor, kind="correction", document=rule)
    papers = {paper.kind: paper.facts for paper in settled(outcome).papers}
    assert kinds <= set(papers)
    for kind in kinds:
        assert ON_PAPER in due_words(papers[kind]["due"]), kind


def test_the_register_of_agents_says_so(desk: Desk, clerk: By, elder: str, settled: Any) -> None:
    case_id = settled("accept").case_id
    with desk.store.write() as connection:
        connection.execute(CASES.update().where(CASES.c.id == case_id).values(agent_id=elder))
    rows = agency.register(desk, clerk, first="2026-12-01", last="2026-12-31")
    assert [row.due for row in rows] == [f"2027-01-18{UNSURE}"]


def test_a_correction_over_the_end_of_the_year_is_provisional_and_comes_no_earlier(
    desk: Desk, clerk: By, supervisor: By, settled: Any, tmp_path: Path
) -> None:
    rule = {"number": "番政务〔2026〕9号", "dated": "2026-01-05", "policy": {"days": 10, "on_expiry": "return"}}
    policies.load_policy(desk, supervisor, kind="correction", document=rule)
    case_id = settled("one_time_notice").case_id

    def now() -> Any:
        with desk.look() as connection:
            return case_row(connection, case_id)

    assert (now().correct_by, now().due_provisional, now().five_day_due) == ("2027-01-11", True, None)
    path = tmp_path / "2027.yaml"
    path.write_text("year: 2027\nnotice: 甲号\nholidays: {}\nworking_weekends: [2027-01-02]\n", encoding="utf-8")
    calendars.load_year(desk, supervisor, file=path)
    assert (now().correct_by, now().due_provisional) == ("2027-01-11", False), "the paper said the eleventh"
    path.write_text(NOTICE_2027, encoding="utf-8")
    calendars.load_year(desk, supervisor, file=path)
    assert (now().correct_by, now().due_provisional) == ("2027-01-12", False)
    with desk.look() as connection:
        assert set(connection.execute(select(DEFICIENCIES.c.due)).scalars()) == {"2027-01-12"}


def test_without_a_rule_a_correction_has_no_date_and_the_five_days_stand_still(desk: Desk, settled: Any) -> None:
    case_id = settled("one_time_notice").case_id
    with desk.look() as connection:
        case = case_row(connection, case_id)
        assert case_reading.row_within(desk, case).due == ""
        assert connection.execute(select(NOTICES.c.facts).where(NOTICES.c.case_id == case_id)).first() is not None
    assert (case.correct_by, case.five_day_due) == (None, None)


def test_a_program_that_runs_counts_by_the_new_year_in_its_next_act(
    desk: Desk, another_desk: Desk, clerk: By, supervisor: By, settled: Any, notice: Path
) -> None:
    calendars.load_year(desk, supervisor, file=notice)
    assert not another_desk.calendar.is_published(date(2027, 1, 1))
    case_id = settled("accept", another_desk).case_id
    with desk.look() as connection:
        case = case_row(connection, case_id)
    assert (case.promised_due, case.due_provisional) == ("2027-01-19", False)


def test_it_sees_that_it_is_behind_without_being_told(
    desk: Desk, another_desk: Desk, clerk: By, supervisor: By, settled: Any
) -> None:
    case_id = settled("accept").case_id
    calendars.catch_up(desk, clerk)
    assert not calendars.behind(desk)
    with desk.act(supervisor) as act:
        calendar_years.keep(act, year=2027, number="某号", off=frozenset({date(2027, 1, 1)}), work=frozenset())
    assert calendars.behind(desk) and calendars.behind(another_desk)
    assert calendars.catch_up(another_desk, clerk) == 1
    assert not calendars.behind(another_desk)
    assert calendars.behind(desk), "this one still shows the plain week"
    assert calendars.catch_up(desk, clerk) == 0
    assert not calendars.behind(desk)
    with desk.look() as connection:
        assert not case_row(connection, case_id).due_provisional


def test_a_program_with_older_calendars_takes_no_date_back(
    desk: Desk, clerk: By, settled: Any, calendar: WorkCalendar
) -> None:
    case_id = settled("accept").case_id
    newer = replace(desk, calendar=calendar.with_notice(2027, "随新版", frozenset({date(2027, 1, 1)}), frozenset()))
    assert calendars.catch_up(newer, clerk) == 1
    older = make_desk(desk.store, catalogue=desk.catalogue, calendar=calendar, clock=desk.clock)
    assert calendars.catch_up(older, clerk) == 0
    with desk.look() as connection:
        assert not case_row(connection, case_id).due_provisional
