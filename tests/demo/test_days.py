"""The demonstration's days: nobody is served on a day on which the hall is closed."""

from datetime import date, timedelta

import pytest

from clerk_tui.catalog import calendars
from clerk_tui.demo.days import began_so_that_due, last_open
from clerk_tui.resources import data_folder

CALENDAR = calendars.load(data_folder() / "calendar")


@pytest.mark.parametrize("today", [date(2026, 11, 20) + timedelta(days=n) for n in range(0, 20, 3)])
@pytest.mark.parametrize("ahead", [-1, 0, 1, 2])
def test_what_is_owed_began_on_a_working_day_and_falls_due_around_today(today: date, ahead: int) -> None:
    began = began_so_that_due(CALENDAR, today, ahead=ahead)
    due = CALENDAR.add_working_days(began, 5).day
    assert CALENDAR.is_working(began) and began < today
    assert (due < today) if ahead < 0 else (due <= today if ahead == 0 else due > today)


def test_a_closed_day_is_put_back_to_the_last_open_one() -> None:
    friday, sunday = date(2026, 11, 27), date(2026, 11, 29)
    assert last_open(CALENDAR, sunday) == friday == last_open(CALENDAR, friday)
