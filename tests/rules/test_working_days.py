from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_tui.catalog.calendars import load, read_year
from clerk_tui.rules.limits import Limit, due, remaining
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.working_days import WorkCalendar

CALENDAR = load()
days = st.dates(date(2019, 1, 1), date(2028, 12, 31))
counts = st.integers(0, 120)


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2026-02-12", 5, "2026-02-26"),
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-02-14", 1, "2026-02-24"),
        ("2026-09-18", 5, "2026-09-24"),
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-09-30", 5, "2026-10-13"),
        ("2026-04-30", 5, "2026-05-11"),
        ("2025-12-31", 3, "2026-01-06"),
        ("2025-09-26", 10, "2025-10-16"),
        ("2026-11-23", 20, "2026-12-21"),
    ],
)
def test_published_examples(start: str, n: int, end: str) -> None:
    assert CALENDAR.add_working_days(date.fromisoformat(start), n) == (date.fromisoformat(end), False)


def test_every_day_of_2019_to_2026_agrees_with_an_independent_calendar() -> None:
    first = date(2019, 1, 1)
    every = [first + timedelta(days=n) for n in range((date(2026, 12, 31) - first).days + 1)]
    assert [day for day in every if CALENDAR.is_working(day) != chinese_calendar.is_workday(day)] == []


@pytest.mark.parametrize("year", [2025, 2026])
def test_both_years_have_248_working_days(year: int) -> None:
    assert CALENDAR.working_days_between(date(year - 1, 12, 31), date(year, 12, 31)) == 248


def test_each_year_names_its_notice() -> None:
    assert sorted(CALENDAR.notices) == list(range(2019, 2027))
    assert CALENDAR.notices[2026] == "国办发明电〔2025〕7号"
    assert "国办发明电〔2020〕1号" in CALENDAR.notices[2020]


def test_past_the_last_notice_the_plain_week_counts_and_is_marked() -> None:
    assert CALENDAR.add_working_days(date(2026, 12, 28), 3) == (date(2026, 12, 31), False)
    assert CALENDAR.add_working_days(date(2026, 12, 28), 4) == (date(2027, 1, 1), True)
    assert not CALENDAR.is_published(date(2027, 1, 1))
    assert "日历未公布" in CALENDAR.kind_words(date(2027, 1, 1))


def test_a_new_notice_is_added_without_a_release() -> None:
    later = CALENDAR.with_notice(2027, "某号", frozenset({date(2027, 1, 1)}), frozenset())
    assert later.add_working_days(date(2026, 12, 28), 4) == (date(2027, 1, 4), False)
    assert later.notices[2027] == "某号"
    assert CALENDAR.add_working_days(date(2026, 12, 28), 4).provisional


def test_a_gap_between_two_notices_ends_what_is_published() -> None:
    later = CALENDAR.with_notice(2028, "某号", frozenset({date(2028, 1, 3)}), frozenset())
    assert later.published_until == date(2026, 12, 31)
    assert not later.is_working(date(2028, 1, 3))
    filled = later.with_notice(2027, "某号", frozenset(), frozenset())
    assert filled.published_until == date(2028, 12, 31)


def test_far_beyond_the_laid_out_years_days_are_still_counted() -> None:
    assert CALENDAR.add_working_days(date(2060, 1, 2), 5) == (date(2060, 1, 9), True)
    plain_week = WorkCalendar(off=frozenset(), work=frozenset())
    assert plain_week.add_working_days(date(2026, 10, 1), 1) == (date(2026, 10, 2), True)
    assert plain_week.working_days_between(date(1999, 1, 1), date(1999, 1, 8)) == 5


def test_a_negative_limit_is_a_fault() -> None:
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.add_working_days(date(2026, 1, 5), -1)
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.add_calendar_days(date(2026, 1, 5), -1)


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2026-09-20", 5, "2026-09-28"),  # the 25th to 27th are Mid-Autumn
        ("2026-09-20", 11, "2026-10-08"),  # 1 October rolls over the whole holiday
        ("2026-05-01", 8, "2026-05-09"),  # a Saturday on which people work does not roll
        ("2026-11-23", 0, "2026-11-23"),
    ],
)
def test_calendar_days_roll_over_days_of_rest(start: str, n: int, end: str) -> None:
    assert CALENDAR.add_calendar_days(date.fromisoformat(start), n).day == date.fromisoformat(end)


@given(days, counts)
def test_it_agrees_with_counting_one_by_one(start: date, n: int) -> None:
    day, left = start, n
    while left:
        day += timedelta(days=1)
        left -= CALENDAR.is_working(day)
    assert CALENDAR.add_working_days(start, n).day == day
    assert CALENDAR.working_days_between(start, day) == n


@given(days, counts)
def test_due_is_monotone_in_days(start: date, n: int) -> None:
    ends = [CALENDAR.add_working_days(start, k).day for k in range(n + 1)]
    assert ends == sorted(set(ends))


@given(days, st.integers(0, 60))
def test_calendar_days_are_monotone_in_days(start: date, n: int) -> None:
    ends = [CALENDAR.add_calendar_days(start, k).day for k in range(n + 1)]
    assert ends == sorted(ends)


def test_calendar_days_past_the_last_notice_are_marked_too() -> None:
    assert CALENDAR.add_calendar_days(date(2026, 12, 20), 11) == (date(2026, 12, 31), False)
    assert CALENDAR.add_calendar_days(date(2026, 12, 20), 14) == (date(2027, 1, 4), True)


@given(days, st.integers(0, 60), counts)
def test_due_is_monotone_in_the_start(start: date, later: int, n: int) -> None:
    second = start + timedelta(days=later)
    assert CALENDAR.add_working_days(start, n).day <= CALENDAR.add_working_days(second, n).day


@given(days, days)
def test_between_is_antisymmetric(a: date, b: date) -> None:
    assert CALENDAR.working_days_between(a, b) == -CALENDAR.working_days_between(b, a)


@given(days, st.integers(1, 40))
def test_remaining_counts_down_to_the_day(start: date, n: int) -> None:
    end = due(start, Limit(n), CALENDAR).day
    left = remaining(end, start, CALENDAR)
    assert left.days == n
    assert left.urgency == ("soon" if n <= 2 else "")


def test_a_folder_of_calendars_says_what_is_wrong(tmp_path: Path) -> None:
    good = "year: 2031\nnotice: 某号\nholidays: {元旦: [2031-01-01]}\nworking_weekends: [2031-01-04]\n"
    faults = {
        "year: 2032\nnotice: 某号\nholidays: {}\n": "文件名",
        "year: 2031\nholidays: {}\n": "notice",
        "year: 2031\nnotice: 某号\nholidays: [2031-01-01]\n": "节日",
        "year: 2031\nnotice: 某号\nholidays: {元旦: [一月一日]}\n": "不是日期",
        "year: 2031\nnotice: 某号\nholidays: {元旦: [2033-01-01]}\n": "不属于 2031",
        "year: 2031\nnotice: 某号\nholidays: {}\nworking_weekends: [2031-01-06]\n": "本来就是工作日",
        "year: 2031\nnotice: 某号\nholidays: {元旦: [2031-01-04]}\nworking_weekends: [2031-01-04]\n": "既放假又上班",
        "- 1\n": "四项",
        "a: [": "读不出来",
    }
    path = tmp_path / "2031.yaml"
    for text, words in faults.items():
        path.write_text(text, encoding="utf-8")
        with pytest.raises(Refusal) as caught:
            load(tmp_path)
        assert words in caught.value.words
        assert "2031.yaml" in caught.value.words
    path.write_text(good, encoding="utf-8")
    assert read_year(path)[0] == 2031
    extended = load(None, tmp_path)
    assert extended.is_working(date(2031, 1, 4))
    assert extended.published_until == date(2026, 12, 31), "a gap of years ends what is published"


def test_a_missing_folder_is_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        load(tmp_path / "nothing")
    assert caught.value.code == "calendar_fault"


def test_an_empty_calendar_publishes_nothing() -> None:
    empty = WorkCalendar(off=frozenset(), work=frozenset())
    assert empty.add_working_days(date(2026, 11, 23), 1).provisional
