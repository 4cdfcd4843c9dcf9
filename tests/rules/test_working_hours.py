from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_tui.catalog.calendars import load
from clerk_tui.rules.limits import OFFICE_HOURS, Limit, Pause, due
from clerk_tui.rules.working_hours import case_due, due_at, explain_hours, remaining_hours

CALENDAR = load()
NINE = datetime(2026, 11, 9, 9, tzinfo=UTC)  # Monday
moments = st.integers(0, 690 * 1440).map(lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))


def test_working_hours_stop_at_noon_at_night_and_on_days_of_rest() -> None:
    assert due_at(datetime(2026, 11, 20, 16, tzinfo=UTC), 3, CALENDAR) == (
        datetime(2026, 11, 23, 11, tzinfo=UTC),
        False,
    )
    assert due_at(datetime(2026, 11, 23, 11, tzinfo=UTC), 2, CALENDAR)[0] == datetime(2026, 11, 23, 14, tzinfo=UTC)
    assert due_at(datetime(2026, 11, 22, 10, tzinfo=UTC), 7, CALENDAR)[0] == datetime(2026, 11, 23, 17, tzinfo=UTC)
    assert due(date(2026, 11, 20), Limit(3, "hour"), CALENDAR).day == date(2026, 11, 23)


def test_suspended_days_drop_out_whole_and_one_that_goes_on_is_provisional() -> None:
    stood = (Pause(date(2026, 11, 10), date(2026, 11, 11)),)
    assert due_at(NINE, 10, CALENDAR, pauses=stood)[0] == datetime(2026, 11, 12, 12, tzinfo=UTC)
    lines = explain_hours(NINE, 10, CALENDAR, pauses=stood)
    assert [line.minutes for line in lines] == [420, 0, 0, 180]
    assert "特别程序" in lines[1].words and "期限届满" in lines[-1].words
    goes_on = (Pause(date(2026, 11, 10)),)
    moment, provisional = due_at(NINE, 10, CALENDAR, pauses=goes_on, today=date(2026, 11, 12))
    assert (moment, provisional) == (datetime(2026, 11, 13, 12, tzinfo=UTC), True)


def test_over_the_end_of_the_calendars_a_moment_is_provisional() -> None:
    assert due_at(datetime(2026, 12, 31, 16, tzinfo=UTC), 3, CALENDAR) == (datetime(2027, 1, 1, 11, tzinfo=UTC), True)


def test_there_is_a_moment_or_a_fault() -> None:
    with pytest.raises(ValueError, match="negative"):
        due_at(NINE, -1, CALENDAR)
    with pytest.raises(ValueError, match="ten years"):
        due_at(NINE, 1, CALENDAR, ())


@given(moments, st.integers(1, 40))
def test_the_hours_between_are_the_limit_and_it_ends_within_office_hours(start: datetime, hours: int) -> None:
    moment, _ = due_at(start, hours, CALENDAR)
    assert CALENDAR.is_working(moment.date())
    assert any(opens < moment.time() <= closes for opens, closes in OFFICE_HOURS)
    assert sum(line.minutes for line in explain_hours(start, hours, CALENDAR)) == hours * 60
    assert moment.date() <= due(start.date(), Limit(hours, "hour"), CALENDAR).day


@given(moments, st.integers(0, 20), st.integers(0, 20), st.integers(0, 5000))
def test_a_moment_is_monotone_in_hours_and_start(start: datetime, fewer: int, more: int, later: int) -> None:
    assert due_at(start, fewer, CALENDAR)[0] <= due_at(start, fewer + more, CALENDAR)[0]
    assert due_at(start, fewer, CALENDAR)[0] <= due_at(start + timedelta(minutes=later), fewer, CALENDAR)[0]


@pytest.mark.parametrize(
    ("limit", "pauses", "days", "last"),
    [
        (Limit(5), (), 0, "2026-11-16"),
        (Limit(5), (), 5, "2026-11-23"),
        (Limit(14, "calendar"), (), 0, "2026-11-23"),
        (Limit(14, "calendar"), (), 5, "2026-11-30"),  # the law's days are working days, whatever the unit
        (Limit(3, "hour"), (), 0, "2026-11-09"),
        (Limit(8, "hour"), (), 0, "2026-11-10"),
        (Limit(8, "hour"), (Pause(date(2026, 11, 10), date(2026, 11, 11)),), 0, "2026-11-12"),
        (Limit(3, "hour"), (), 2, "2026-11-11"),
    ],
)
def test_the_last_day_of_a_cases_limit(limit: Limit, pauses: tuple[Pause, ...], days: int, last: str) -> None:
    assert case_due(NINE, limit, CALENDAR, pauses, prolonged_days=days).day.isoformat() == last


def test_a_prolongation_into_an_unpublished_year_is_provisional() -> None:
    assert case_due(
        datetime(2026, 12, 16, 9, tzinfo=UTC), Limit(14, "calendar"), CALENDAR, prolonged_days=2
    ).provisional


@pytest.mark.parametrize(
    ("now", "words", "urgency"),
    [
        (datetime(2026, 11, 6, 15, tzinfo=UTC), "剩 1 工作日", "soon"),
        (datetime(2026, 11, 9, 11, tzinfo=UTC), "今天 12:00 前", "today"),
        (datetime(2026, 11, 9, 12, 1, tzinfo=UTC), "逾期(12:00 前)", "overdue"),
        (datetime(2026, 11, 10, 9, tzinfo=UTC), "逾期 1 日", "overdue"),
    ],
)
def test_what_is_left_until_an_hour(now: datetime, words: str, urgency: str) -> None:
    assert remaining_hours(datetime(2026, 11, 9, 12, tzinfo=UTC), now, CALENDAR)[1:] == (words, urgency)
