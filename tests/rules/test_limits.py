from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_tui.catalog.calendars import load
from clerk_tui.rules.limits import Limit, Pause, due, explain, marked, prolonged, remaining
from clerk_tui.rules.regimes import REGIMES, prolong_fault

CALENDAR = load()
DAY = date(2026, 11, 23)
working = [DAY + timedelta(days=n) for n in range(-300, 30) if CALENDAR.is_working(DAY + timedelta(days=n))]


def test_words() -> None:
    assert [Limit(15).words, Limit(30, "calendar").words, Limit(3, "hour").words, Limit(0).words] == [
        "15 工作日",
        "30 日",
        "3 工作小时",
        "当场",
    ]


def test_unknown_units_and_negative_limits_are_faults() -> None:
    with pytest.raises(ValueError, match="unit"):
        Limit(1, "week")
    with pytest.raises(ValueError, match="negative"):
        Limit(-1)


def test_at_once_is_today_even_on_a_day_of_rest() -> None:
    assert due(date(2026, 11, 22), Limit(0), CALENDAR).day == date(2026, 11, 22)


@given(st.sampled_from(working), st.integers(1, 40), st.integers(0, 10), st.integers(1, 8))
def test_a_suspension_of_n_working_days_moves_the_due_day_by_exactly_n(
    start: date, n: int, after: int, long: int
) -> None:
    plain = due(start, Limit(n), CALENDAR).day
    first = CALENDAR.add_working_days(start, min(after, n - 1) + 1).day
    last = CALENDAR.add_working_days(first, long - 1).day
    moved = due(start, Limit(n), CALENDAR, (Pause(first, last),)).day
    assert CALENDAR.working_days_between(plain, moved) == long


@given(st.sampled_from(working), st.integers(0, 40), st.integers(0, 60), st.integers(0, 20))
def test_overlapping_suspensions_count_once_and_never_shorten(start: date, n: int, offset: int, long: int) -> None:
    pause = Pause(start + timedelta(days=offset), start + timedelta(days=offset + long))
    once = due(start, Limit(n), CALENDAR, (pause,))
    assert once == due(start, Limit(n), CALENDAR, (pause, pause))
    assert once.day >= due(start, Limit(n), CALENDAR).day


def counted_one_by_one(start: date, n: int, pauses: tuple[Pause, ...], today: date) -> date:
    """The plainest way to the same day."""
    out = {
        one.from_date + timedelta(days=k)
        for one in pauses
        for k in range(((one.to_date or max(today, one.from_date)) - one.from_date).days + 1)
    }
    day = start
    while n:
        day += timedelta(days=1)
        n -= day not in out and CALENDAR.is_working(day)
    return day


intervals = st.tuples(st.integers(-20, 60), st.integers(-1, 25)).map(
    lambda pair: (timedelta(days=pair[0]), None if pair[1] < 0 else timedelta(days=pair[0] + pair[1]))
)


@given(st.dates(date(2025, 1, 1), date(2026, 12, 31)), st.integers(0, 60), st.lists(intervals, max_size=4))
def test_any_suspensions_give_the_day_that_counting_one_by_one_gives(
    start: date, n: int, found: list[tuple[timedelta, timedelta | None]]
) -> None:
    pauses = tuple(Pause(start + first, None if last is None else start + last) for first, last in found)
    today = start + timedelta(days=30)
    last = due(start, Limit(n), CALENDAR, pauses, today=today)
    assert last.day == counted_one_by_one(start, n, pauses, today)
    open_ended = any(one.to_date is None and one.from_date <= last.day for one in pauses)
    assert last.provisional is (open_ended or not CALENDAR.is_published(last.day))


def test_suspended_calendar_days_drop_out_and_the_end_rolls_over() -> None:
    # 10 days from Monday 9 November would end on Thursday 19; three suspended days move it to Sunday 22, which rolls
    pause = Pause(date(2026, 11, 11), date(2026, 11, 13))
    assert due(date(2026, 11, 9), Limit(10, "calendar"), CALENDAR, (pause,)).day == date(2026, 11, 23)


def test_a_suspension_that_goes_on_is_provisional_and_moves_with_today() -> None:
    pauses = (Pause(date(2026, 11, 11)),)
    first = due(date(2026, 11, 9), Limit(5), CALENDAR, pauses, today=date(2026, 11, 16))
    later = due(date(2026, 11, 9), Limit(5), CALENDAR, pauses, today=date(2026, 11, 18))
    assert first.provisional and later.provisional
    assert CALENDAR.working_days_between(first.day, later.day) == 2


@pytest.mark.parametrize(
    ("end", "words", "urgency"),
    [
        (date(2026, 11, 22), "逾期 1 日", "overdue"),
        (date(2026, 11, 23), "今天", "today"),
        (date(2026, 11, 24), "剩 1 工作日", "soon"),
        (date(2026, 11, 25), "剩 2 工作日", "soon"),
        (date(2026, 11, 26), "剩 3 工作日", ""),
        (date(2026, 11, 30), "剩 5 工作日", ""),
    ],
)
def test_what_is_left(end: date, words: str, urgency: str) -> None:
    assert remaining(end, DAY, CALENDAR)[1:] == (words, urgency)


def test_a_limit_is_prolonged() -> None:
    assert prolonged(Limit(20), 10) == Limit(30)


def test_what_is_provisional_says_so() -> None:
    assert remaining(date(2026, 11, 30), DAY, CALENDAR, provisional=True).words == "剩 5 工作日(暂定)"
    assert remaining(date(2026, 11, 20), DAY, CALENDAR, provisional=True).words == "逾期 3 日(暂定)"
    assert marked("2027-01-11", True) == "2027-01-11(暂定)" and marked("2027-01-11", False) == "2027-01-11"
    assert marked(None, True) == ""


@pytest.mark.parametrize(
    ("regime", "statutory", "days", "before", "words"),
    [
        ("licence", Limit(20), 10, 0, ""),
        ("licence", Limit(20), 11, 0, "行政许可的期限最多延长 10 个工作日, 来的是 11 个"),
        ("licence", Limit(45), 15, 0, ""),
        ("licence", Limit(45), 16, 0, "行政许可的期限最多延长 15 个工作日, 来的是 16 个"),
        ("licence", None, 5, 1, "行政许可的期限只能延长一次, 这件已经延长过"),
        ("benefit", Limit(30), 30, 2, ""),
    ],
)
def test_what_the_law_lets_be_prolonged(
    regime: str, statutory: Limit | None, days: int, before: int, words: str
) -> None:
    assert prolong_fault(REGIMES[regime], statutory, days, before) == words


def test_the_explanation_counts_every_day() -> None:
    lines = explain(date(2026, 9, 30), Limit(5), CALENDAR)
    assert (lines[0].nth, lines[0].words) == (0, "起算事由发生日, 不计入; 工作日")
    assert [line.day.day for line in lines if line.nth] == [8, 9, 10, 12, 13]
    assert "调休上班" in next(line.words for line in lines if line.day == date(2026, 10, 10))
    assert lines[-1] == (date(2026, 10, 13), 5, "第 5 日, 工作日; 期限届满")


def test_the_explanation_says_why_it_rolled_over() -> None:
    lines = explain(date(2026, 9, 20), Limit(11, "calendar"), CALENDAR)
    assert "末日为休息日, 顺延" in next(line.words for line in lines if line.nth == 11)
    assert "民法典203" in lines[-1].words


@given(
    st.sampled_from(working),
    st.integers(0, 30),
    st.sampled_from(["working", "calendar"]),
    st.integers(0, 9),
    st.integers(0, 9),
)
def test_the_explanation_ends_on_the_due_day_and_counts_the_limit(
    start: date, n: int, unit: str, offset: int, long: int
) -> None:
    pauses = (Pause(start + timedelta(days=offset), start + timedelta(days=offset + long)),)
    lines = explain(start, Limit(n, unit), CALENDAR, pauses)
    assert lines[-1].day == due(start, Limit(n, unit), CALENDAR, pauses).day
    assert [line.nth for line in lines if line.nth] == list(range(1, n + 1))
