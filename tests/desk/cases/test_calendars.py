"""Dates that were counted before the year's calendar was known, and dates that stood still."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from clerk_tui.catalog.calendars import load as shipped
from clerk_tui.desk import calendars, case_reading, first_of_day, intake, owing, pickup, pickup_reads
from clerk_tui.desk.context import Desk
from clerk_tui.desk.opening import make_desk
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import calendar_years, decisions
from clerk_tui.store.act import By
from clerk_tui.store.case_states import case_row
from clerk_tui.store.core import CASES, EVENTS, OWED, RESULTS
from clerk_tui.store.journal_position import journal_position

FIRST_CARD = {"act": "new", "who": "hj", "by": "self"}
NOTICE_2027 = """year: 2027
notice: 国办发明电〔2026〕某号
holidays:
  元旦: [2027-01-01]
  春节: [2027-02-05, 2027-02-08, 2027-02-09, 2027-02-10, 2027-02-11, 2027-02-12]
working_weekends: [2027-01-30]
"""


@pytest.fixture
def notice(tmp_path: Path) -> Path:
    path = tmp_path / "2027.yaml"
    path.write_text(NOTICE_2027, encoding="utf-8")
    return path


@pytest.fixture
def card(desk: Desk, clerk: By, clock: Any, elder: str, open_visit: Any, fill: Any, example_list: str):
    """An elder's card accepted on Monday 21 December 2026 (fifteen working days), the photograph owed."""

    def accepted(day: str = "2026-12-21", *missing: str) -> str:
        clock.set(f"{day} 10:00")
        draft = fill(
            clerk, open_visit(clerk, elder), elder, "laoren-youdaika", FIRST_CARD, marks=dict.fromkeys(missing, "0")
        )
        if missing:
            intake.commitment_paper(desk, clerk, draft=draft)
            outcome, signed = "accept_deficient", "signature"
        else:
            outcome, signed = "accept", ""
        return intake.settle(desk, clerk, draft=draft, outcome=outcome, commitment_signed_how=signed).case_id

    return accepted


def case_of(desk: Desk, case_id: str) -> Any:
    with desk.look() as connection:
        return case_row(connection, case_id)


def kinds(desk: Desk, entity: str) -> list[str]:
    with desk.look() as connection:
        return list(
            connection.execute(select(EVENTS.c.kind).where(EVENTS.c.ent_id == entity).order_by(EVENTS.c.n)).scalars()
        )


def test_a_provisional_date_becomes_firm_when_the_calendar_is_loaded(
    desk: Desk, clerk: By, supervisor: By, card: Any, notice: Path
) -> None:
    case_id = card()
    before = case_of(desk, case_id)
    assert (before.promised_due, before.due_provisional) == ("2027-01-11", True)
    assert before.promised_limit == "15 working"
    loaded = calendars.load_year(desk, supervisor, file=notice)
    assert (loaded.year, loaded.published_until, loaded.redated) == (2027, "2027-12-31", 1)
    after = case_of(desk, case_id)
    assert (after.promised_due, after.due_provisional) == ("2027-01-12", False)
    assert kinds(desk, case_id)[-1] == "case.due_recomputed"
    view = case_reading.case_view(desk, clerk, case_id=case_id, reason="查询")
    assert any("重算期限" in line.words for line in view.history)


def test_the_other_windows_and_the_next_start_know_the_year(
    desk: Desk, another_desk: Desk, clerk: By, supervisor: By, card: Any, notice: Path
) -> None:
    card()
    calendars.load_year(desk, supervisor, file=notice)
    assert not another_desk.calendar.is_published(date(2027, 1, 1))
    assert calendars.catch_up(another_desk, clerk) == 0
    assert another_desk.calendar.is_published(date(2027, 1, 1))
    fresh = make_desk(desk.store, catalogue=desk.catalogue, calendar=shipped(), clock=desk.clock)
    assert fresh.calendar.notices[2027] == "国办发明电〔2026〕某号"


def test_what_the_district_published_is_taken_in_at_the_next_sign_in(
    desk: Desk, clerk: By, sign: Any, card: Any
) -> None:
    case_id = card()
    with desk.act(clerk) as act:
        calendar_years.keep(
            act, year=2027, number="某号", off=frozenset({date(2027, 1, 1)}), work=frozenset(), source="district"
        )
    assert case_of(desk, case_id).due_provisional
    seen_to = first_of_day.see_to(desk, sign("301"))
    assert seen_to.redated == 1 and "重算" in seen_to.words
    assert not case_of(desk, case_id).due_provisional
    with desk.look() as connection:
        position = journal_position(connection)
    assert first_of_day.see_to(desk, sign("301")).words == ""
    with desk.look() as connection:
        assert journal_position(connection) == position


def test_a_corrected_notice_of_a_published_year_moves_what_it_touches_only(
    desk: Desk, clerk: By, supervisor: By, card: Any, tmp_path: Path
) -> None:
    early, late = card("2026-11-23"), card("2026-11-30")
    calendars.catch_up(desk, clerk)
    path = tmp_path / "2026.yaml"
    text = calendar_text(desk, 2026, extra="2026-12-16")
    path.write_text(text, encoding="utf-8")
    assert (case_of(desk, early).promised_due, case_of(desk, late).promised_due) == ("2026-12-14", "2026-12-21")
    calendars.load_year(desk, supervisor, file=path)
    assert (case_of(desk, early).promised_due, case_of(desk, late).promised_due) == ("2026-12-14", "2026-12-22")
    assert "case.due_recomputed" not in kinds(desk, early)


def calendar_text(desk: Desk, year: int, *, extra: str) -> str:
    off = [*sorted(day.isoformat() for day in desk.calendar.off if day.year == year), extra]
    work = sorted(day.isoformat() for day in desk.calendar.work if day.year == year)
    return (
        f"year: {year}\nnotice: 更正的通知\nholidays:\n  全部: [{', '.join(off)}]\n"
        f"working_weekends: [{', '.join(work)}]\n"
    )


def test_what_is_owed_never_falls_due_earlier_than_the_paper_said(
    desk: Desk, clerk: By, supervisor: By, card: Any, tmp_path: Path
) -> None:
    case_id = card("2026-12-28", "photo")
    with desk.look() as connection:
        entry = connection.execute(select(OWED).where(OWED.c.case_id == case_id)).one()
    assert (entry.due, entry.provisional) == ("2027-01-04", True)
    path = tmp_path / "2027.yaml"
    path.write_text("year: 2027\nnotice: 某号\nholidays: {}\nworking_weekends: [2027-01-02]\n", encoding="utf-8")
    calendars.load_year(desk, supervisor, file=path)
    with desk.look() as connection:
        after = connection.execute(select(OWED).where(OWED.c.id == entry.id)).one()
    assert (after.due, after.provisional) == ("2027-01-04", False)
    path.write_text("year: 2027\nnotice: 又号\nholidays: {元旦: [2027-01-01, 2027-01-04]}\n", encoding="utf-8")
    calendars.load_year(desk, supervisor, file=path)
    with desk.look() as connection:
        after = connection.execute(select(OWED).where(OWED.c.id == entry.id)).one()
    assert (after.due, after.original_due) == ("2027-01-06", "2027-01-06")
    assert kinds(desk, entry.id).count("owed.due_recomputed") == 2
    assert owing.ledger(desk, clerk).rows[0].due == "2027-01-06"


def test_a_date_that_the_department_told_stays_as_it_told_it(
    desk: Desk, clerk: By, supervisor: By, card: Any, notice: Path
) -> None:
    case_id = card()
    with desk.act(clerk) as act:
        act.connection.execute(
            update(CASES).where(CASES.c.id == case_id).values(dues_by="district", due_provisional=False)
        )
        act.record("case.corrected", case_id, {})
    calendars.load_year(desk, supervisor, file=notice)
    assert case_of(desk, case_id).promised_due == "2027-01-11"


def test_only_a_supervisor_loads_a_year_and_a_faulty_file_changes_nothing(
    desk: Desk, clerk: By, supervisor: By, tmp_path: Path, notice: Path
) -> None:
    with pytest.raises(Refusal, match="role_missing"):
        calendars.load_year(desk, clerk, file=notice)
    bad = tmp_path / "2028.yaml"
    bad.write_text("year: 2027\nnotice: x\nholidays: {}\n", encoding="utf-8")
    with pytest.raises(Refusal, match="calendar_fault"):
        calendars.load_year(desk, supervisor, file=bad)
    assert 2027 not in desk.calendar.notices


def test_days_that_stood_still_are_added_when_the_special_procedure_ends(
    desk: Desk, clerk: By, clock: Any, card: Any
) -> None:
    case_id = card("2026-11-23")
    assert case_of(desk, case_id).promised_due == "2026-12-14"
    with desk.act(clerk) as act:
        decisions.suspend(act, case_row(act.connection, case_id), name="鉴定", from_date="2026-11-25", days=5)
    clock.set("2026-12-01 10:00")
    view = case_reading.case_view(desk, clerk, case_id=case_id, reason="查询")
    assert "计时暂停" in view.row.due_words
    with desk.act(clerk) as act:
        decisions.resume(act, case_row(act.connection, case_id), to_date="2026-12-01", calendar=desk.calendar)
    after = case_of(desk, case_id)
    assert desk.calendar.working_days_between(date(2026, 12, 14), date.fromisoformat(after.promised_due)) == 5
    assert not after.due_provisional


def test_an_extension_prolongs_both_limits_and_the_departments_own_dates_win(desk: Desk, clerk: By, card: Any) -> None:
    case_id = card("2026-11-23")
    with desk.act(clerk) as act:
        case = case_row(act.connection, case_id)
        decisions.prolong(act, case, days=5, from_date="2026-11-24", reason="案情复杂", calendar=desk.calendar)
    assert case_of(desk, case_id).promised_due == "2026-12-21"
    with desk.act(clerk) as act:
        case = case_row(act.connection, case_id)
        decisions.prolong(
            act,
            case,
            days=5,
            from_date="2026-11-24",
            reason="又一次",
            calendar=desk.calendar,
            promised_due="2026-12-31",
        )
    assert (case_of(desk, case_id).promised_due, case_of(desk, case_id).dues_by) == ("2026-12-31", "district")


def test_a_permits_result_is_to_be_served_within_ten_days_of_the_decision(
    desk: Desk, clerk: By, sign: Any, clock: Any, owner: str, elder: str, open_visit: Any, fill: Any, card: Any
) -> None:
    other = card("2026-11-23")
    for case_id, regime, last in ((other, "confirmation", None), (other, "licence", "2026-12-08")):
        with desk.act(clerk) as act:
            act.connection.execute(update(CASES).where(CASES.c.id == case_id).values(regime=regime))
            act.record("case.corrected", case_id, {})
        with desk.look() as connection:
            receipt_no = case_row(connection, case_id).receipt_no
        clock.set("2026-11-24 10:00")
        row = pickup.take_in(desk, sign("201"), receipt_no=receipt_no, name=f"证 {regime}", kind="paper")
        with desk.look() as connection:
            found = connection.execute(select(RESULTS.c.serve_by).where(RESULTS.c.id == row.id)).scalar()
        assert found == last
        assert row.serve_words == (f"送达期限 {last} 剩 10 工作日" if last else "")


def test_service_is_late_until_somebody_is_told(desk: Desk, clerk: By, sign: Any, clock: Any, card: Any) -> None:
    case_id = card("2026-11-23")
    with desk.act(clerk) as act:
        act.connection.execute(update(CASES).where(CASES.c.id == case_id).values(regime="licence"))
        act.record("case.corrected", case_id, {})
    receipt_no = case_of(desk, case_id).receipt_no
    clock.set("2026-11-24 10:00")
    pickup_clerk = sign("201")
    row = pickup.take_in(desk, pickup_clerk, receipt_no=receipt_no, name="证", kind="paper")
    clock.set("2026-12-09 10:00")
    late = pickup_reads.one(desk, pickup_clerk, result_id=row.id)
    assert (late.serve_words, late.urgency) == ("送达期限 2026-12-08 逾期 1 日", "overdue")
    if late.state != "ready":
        pickup.shelve(desk, pickup_clerk, result_id=row.id, shelf="A1")
    pickup.announce(desk, pickup_clerk, result_id=row.id, how="phone", reached=True)
    told = pickup_reads.one(desk, pickup_clerk, result_id=row.id)
    assert (told.serve_words, told.state) == ("", "announced")
