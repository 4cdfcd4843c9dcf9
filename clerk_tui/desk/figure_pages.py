"""The pages of 统计: lines with a value and a bar, each of which opens into the rows behind it (`figure_rows`)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from clerk_tui.catalog.figures import facts as item_facts
from clerk_tui.desk.context import Desk
from clerk_tui.desk.plan_figures import case_facts, ticket_facts
from clerk_tui.desk.range_sums import RangeSums, Span, Sum, Tick, sums, untold
from clerk_tui.rules.case_figures import of_cases, of_tickets
from clerk_tui.rules.figures import BASIS_WORDS, Ratio
from clerk_tui.rules.item_figures import NOT_OF_THIS_COUNTER, of_items
from clerk_tui.rules.states import CASE_RUNNING, CaseState
from clerk_tui.store.act import By
from clerk_tui.store.core import CASES


@dataclass(frozen=True)
class FigureLine:
    """`key` opens the rows behind it ('' opens nothing); `share`: of the longest bar, in permille, None for no bar.

    `tone`: '' | quiet | good | warn | late; the words say the same.
    """

    key: str
    group: str
    words: str
    value: str
    note: str = ""
    share: int | None = None
    tone: str = ""


def overview(desk: Desk, by: By, *, span: Span, tick: Tick = untold) -> tuple[FigureLine, ...]:
    """What happened in the span, and what falls due from today on. Raises Stopped."""
    found = sums(desk, by, span=span, tick=tick)
    return (
        *_totals(found),
        *_hours(found),
        *_dues(desk, span.window_id),
        *_outcomes(found),
        *_people(found),
    )


def _totals(found: RangeSums) -> Iterable[FigureLine]:
    walk_ins = f"其中无号到访 {found.walk_ins}" if found.walk_ins else ""
    inaccurate = "不计入平均, 单列" if found.inaccurate else ""
    yield FigureLine("served", "接待", "来人", f"{found.served} 人", walk_ins)
    yield FigureLine("issued", "", "取号", f"{found.issued}", f"等候中离开 {found.left}" if found.left else "")
    yield FigureLine("missed", "", "过号", f"{found.missed} 次", "", None, "warn" if found.missed else "")
    yield FigureLine("received", "办件", "收件", f"{found.received} 件")
    yield FigureLine("closed", "", "办结", f"{found.closed} 件", "在这段时间办结的")
    yield FigureLine("tolerated", "", "容缺受理", f"{found.tolerated} 件")
    yield FigureLine("issued", "时间", "平均等候", minutes(found.wait), f"{found.wait.n} 个号")
    yield FigureLine("served", "", "平均服务", minutes(found.serve), f"{found.serve.n} 次到访")
    yield FigureLine("pause", "", "暂停", minutes(Sum(found.pause_ms, 1)))
    yield FigureLine("back_office", "", "后台工作", minutes(Sum(found.back_office_ms, 1)))
    yield FigureLine(
        "inaccurate", "", "时间不准", f"{found.inaccurate} 段", inaccurate, None, "warn" if found.inaccurate else ""
    )


def _hours(found: RangeSums) -> Iterable[FigureLine]:
    longest = max((one.mean_seconds for one in found.wait_by_hour.values()), default=0)
    for n, hour in enumerate(sorted(found.issued_by_hour)):
        wait = found.wait_by_hour.get(hour, Sum())
        yield FigureLine(
            f"hour:{hour}",
            "等候" if n == 0 else "",
            f"{hour:02}-{hour + 1:02} 时取的号",
            minutes(wait),
            f"取号 {found.issued_by_hour[hour]}",
            share(wait.mean_seconds, longest),
        )


def _dues(desk: Desk, window_id: str) -> Iterable[FigureLine]:
    """Open cases by when their promise ends; only the dates are grouped, by the index of open cases."""
    today = desk.today()
    query = (
        select(CASES.c.promised_due, func.count())
        .where(CASES.c.closed_at.is_(None), CASES.c.promised_due.is_not(None), CASES.c.state.in_(RUNNING))
        .group_by(CASES.c.promised_due)
    )
    if window_id:
        query = query.where(CASES.c.window_id == window_id)
    with desk.look() as connection:
        by_day = {date.fromisoformat(due): int(n) for due, n in connection.execute(query)}
    counted = []
    for key, words, first, last in due_steps(desk, today):
        n = sum(
            count for due, count in by_day.items() if (first is None or due >= first) and (last is None or due <= last)
        )
        counted.append((key, words, n))
    most = max((n for _, _, n in counted), default=0)
    for place, (key, words, n) in enumerate(counted):
        tone = "late" if key == "overdue" and n else "warn" if key == "today" and n else ""
        yield FigureLine(f"due:{key}", "期限" if place == 0 else "", words, f"{n} 件", "", share(n, most), tone)


RUNNING = [state.value for state in CaseState if state in CASE_RUNNING]
"""Cases whose limit runs; one in a special procedure, or decided, is not late."""


def due_steps(desk: Desk, today: date) -> tuple[tuple[str, str, date | None, date | None], ...]:
    """Steps of the deadlines ahead: key, words, first and last day of it."""
    third = desk.calendar.add_working_days(today, 3).day
    week = max(third, desk.calendar.add_working_days(today, 7).day)
    next_day = timedelta(days=1)
    return (
        ("overdue", "承诺已逾期", None, today - next_day),
        ("today", "今天到期", today, today),
        ("three", "3 个工作日内", today + next_day, third),
        ("seven", "4 至 7 个工作日", third + next_day, week),
        ("later", "更晚", week + next_day, None),
    )


def _outcomes(found: RangeSums) -> Iterable[FigureLine]:
    most = max(found.states.values(), default=0)
    for place, (state, n) in enumerate(found.states.most_common()):
        words = f"收的件现在 {CaseState(state).words}"
        yield FigureLine(f"state:{state}", "去向" if place == 0 else "", words, f"{n} 件", "", share(n, most))


def _people(found: RangeSums) -> Iterable[FigureLine]:
    for group, names, kept, kind in (
        ("窗口", found.window_names, found.serve_by_window, "window"),
        ("人员", found.clerk_names, found.serve_by_clerk, "clerk"),
    ):
        known = [(id, name) for id, name in names.items() if id in kept]
        most = max((one.n for one in kept.values()), default=0)
        for place, (id, name) in enumerate(known):
            one = kept[id]
            yield FigureLine(
                f"{kind}:{id}",
                group if place == 0 else "",
                name,
                f"{one.n} 次",  # visits begun here, also those that are held: as many as the rows behind
                f"平均服务 {minutes(one)}",
                share(one.n, most),
            )


def targets(desk: Desk, by: By, *, span: Span, tick: Tick = untold) -> tuple[FigureLine, ...]:
    """The policy plan's targets: by items of the catalogue, by our cases, by tickets; never one for the other."""
    first, last = date.fromisoformat(span.first), date.fromisoformat(span.last)
    found = list(_ratios(of_items(item_facts(desk.catalogue, span.last))))
    with desk.look() as connection:
        cases = case_facts(connection, desk, first, last, window_id=span.window_id, tick=tick)
        found += _ratios(of_cases(cases))
        tickets = ticket_facts(connection, desk, first, last, window_id=span.window_id, tick=tick)
        found += _ratios(of_tickets(tickets))
    found += [
        FigureLine("", "不在此" if n == 0 else "", words, "没有数据", why, None, "quiet")
        for n, (words, why) in enumerate(NOT_OF_THIS_COUNTER)
    ]
    return tuple(found)


def _ratios(ratios: Sequence[Ratio]) -> Iterable[FigureLine]:
    for place, one in enumerate(ratios):
        said = "  ".join(
            part
            for part in (
                one.reached_words,
                f"要求 {one.target}" if one.target else "",
                f"不计 {one.excluded_words}" if one.excluded else "",
            )
            if part
        )
        tone = {True: "good", False: "warn", None: ""}[one.reached]
        yield FigureLine(
            f"{one.basis}:{one.key}",
            BASIS_WORDS[one.basis] if place == 0 else "",
            one.words,
            one.value_words,
            said,
            None,
            tone,
        )


def minutes(one: Sum) -> str:
    """A mean as clerks read it; - where there is nothing to take a mean of."""
    seconds = one.mean_seconds
    if not seconds:
        return "-"
    if seconds >= 3600:
        return f"{seconds // 3600} 时 {seconds % 3600 // 60:02} 分"
    return f"{seconds // 60} 分 {seconds % 60:02} 秒"


def share(n: int, most: int) -> int:
    """Of the longest bar, in permille; something is never nothing."""
    return max(1, n * 1000 // most) if n and most else 0
