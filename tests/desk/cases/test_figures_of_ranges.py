"""Figures of a span: sums that add up over days, rows behind every line, the plan's targets, CSV."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from clerk_tui.desk import calling, exporting, figure_pages, figure_rows, intake, queueing, ticketing, visits
from clerk_tui.desk.context import Desk
from clerk_tui.desk.range_sums import Stopped, span_of, sums
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import By
from clerk_tui.store.core import ACCESS_LOG, PERIODS
from tests.desk.conftest import SettableClock


def serve(desk: Desk, by: By, clock: SettableClock, *, waits: int = 10, serves: int = 5) -> str:
    """One ticket: waits, is called and served; the ticket's id."""
    ticket = ticketing.issue_ticket(desk, by, category="综合").ticket
    clock.forward(minutes=waits)
    calling.call(desk, by, ticket_id=ticket.id, looked_at=queueing.look_next(desk, by).looked_at)
    visit = calling.arrived(desk, by, ticket_id=ticket.id)
    clock.forward(minutes=serves)
    visits.finish(desk, by, visit_id=visit.id, outcome="asked")
    return ticket.id


def line(lines, words: str):
    return next(one for one in lines if one.words == words)


@pytest.fixture
def two_days(desk: Desk, clerk: By, clerk2: By, clock: SettableClock) -> None:
    """Monday two tickets at window 1, Tuesday one at window 2."""
    serve(desk, clerk, clock, waits=10)
    serve(desk, clerk, clock, waits=20, serves=9)
    clock.set("2026-11-24 10:00")
    serve(desk, clerk2, clock, waits=6, serves=1)


def test_days_add_up_to_their_span(desk: Desk, clerk: By, two_days: None) -> None:
    monday = sums(desk, clerk, span=span_of("2026-11-23", "2026-11-23"))
    tuesday = sums(desk, clerk, span=span_of("2026-11-24", "2026-11-24"))
    both = sums(desk, clerk, span=span_of("2026-11-23", "2026-11-24"))
    assert (monday.issued, tuesday.issued, both.issued) == (2, 1, 3)
    assert both.wait.n == 3 and both.wait.ms == monday.wait.ms + tuesday.wait.ms
    assert monday.wait.mean_seconds // 60 == 15
    assert set(both.wait_by_hour) == {9, 10}
    assert [one.n for one in both.serve_by_window.values()] == [2, 1]
    assert both.served == 3


def test_who_was_called_and_did_not_come_is_counted(
    desk: Desk, clerk: By, clock: SettableClock, two_days: None
) -> None:
    ticket = ticketing.issue_ticket(desk, clerk, category="综合").ticket
    calling.call(desk, clerk, ticket_id=ticket.id, looked_at=queueing.look_next(desk, clerk).looked_at)
    for _ in range(2):
        clock.forward(minutes=1)
        calling.call_again(desk, clerk, ticket_id=ticket.id)
    clock.forward(minutes=1)
    calling.not_here(desk, clerk, ticket_id=ticket.id)
    span = span_of("2026-11-23", "2026-11-24")
    assert sums(desk, clerk, span=span).missed == 1
    assert line(figure_pages.overview(desk, clerk, span=span), "过号").value == "1 次"


def test_one_window_counts_only_its_own(desk: Desk, clerk: By, clerk2: By, two_days: None) -> None:
    span = span_of("2026-11-23", "2026-11-24", clerk2.window_id or "")
    found = sums(desk, clerk2, span=span)
    assert (found.issued, found.served, found.serve.n) == (1, 1, 1)


def test_what_is_inaccurate_is_kept_out_and_counted(desk: Desk, clerk: By, two_days: None) -> None:
    with desk.store.write() as connection:
        connection.execute(PERIODS.update().where(PERIODS.c.kind == "serving").values(inaccurate=True))
    lines = figure_pages.overview(desk, clerk, span=span_of("2026-11-23", "2026-11-24"))
    assert line(lines, "时间不准").value == "3 段" and line(lines, "平均服务").value == "-"
    rows = figure_rows.behind(desk, clerk, key="inaccurate", span=span_of("2026-11-23", "2026-11-24")).rows
    assert len(rows) == 3 and {row.group for row in rows} <= {"ticket", ""}


def test_every_line_of_the_overview_opens_as_many_rows_as_it_counts(desk: Desk, clerk: By, two_days: None) -> None:
    span = span_of("2026-11-23", "2026-11-24")
    for one in figure_pages.overview(desk, clerk, span=span):
        kind = one.key.partition(":")[0]
        if kind in ("served", "received", "closed", "tolerated", "hour", "due", "state") and one.group != "时间":
            number = one.note.split(" ")[1] if kind == "hour" else one.value.split(" ")[0]
            if one.words != "平均服务":
                assert len(figure_rows.behind(desk, clerk, key=one.key, span=span).rows) == int(number), one


def test_cases_and_deadlines_lead_to_their_cases(
    desk: Desk,
    clerk: By,
    elder: str,
    open_visit: Callable[..., str],
    fill: Callable[..., object],
) -> None:
    draft = fill(clerk, open_visit(clerk, elder), elder, "laoren-youdaika", {"act": "new", "who": "hj", "by": "self"})
    done = intake.settle(desk, clerk, draft=draft, outcome="accept")
    span = span_of("2026-11-23", "2026-11-23")
    lines = figure_pages.overview(desk, clerk, span=span)
    assert line(lines, "收件").value == "1 件" and line(lines, "收的件现在 已受理").value == "1 件"
    due = next(one for one in lines if one.key.startswith("due:") and one.value != "0 件")
    [row] = figure_rows.behind(desk, clerk, key=due.key, span=span).rows
    assert (row.group, row.id) == ("case", done.case_id)
    assert "陈秀英" not in str(row) and "陈*英" in row.cells[2]


def test_targets_keep_items_cases_and_tickets_apart(desk: Desk, clerk: By, two_days: None) -> None:
    span = span_of("2026-11-23", "2026-11-24")
    lines = figure_pages.targets(desk, clerk, span=span)
    bases = [one.key.partition(":")[0] for one in lines if one.key]
    assert bases == sorted(bases, key=["items", "cases", "tickets"].index)
    assert set(bases) == {"items", "cases", "tickets"}
    long_wait = next(one for one in lines if one.key == "tickets:waited_long")
    assert long_wait.value == "0.0% (0/3)"
    behind = figure_rows.behind(desk, clerk, key="tickets:waited_long", span=span)
    assert [row.cells[3] for row in behind.rows] == ["计入 0/1"] * 3
    items = figure_rows.behind(desk, clerk, key="items:licence_at_once", span=span).rows
    assert items and all(row.group == "item" for row in items)


def test_a_long_span_stops_when_nobody_waits_for_it(desk: Desk, clerk: By) -> None:
    seen = []

    def tick(done: int, of: int) -> bool:
        seen.append((done, of))
        return done < 3

    with pytest.raises(Stopped):
        sums(desk, clerk, span=span_of("2026-01-01", "2026-03-31"), tick=tick)
    assert seen == [(1, 90), (2, 90), (3, 90)]


@pytest.mark.parametrize(
    ("first", "last"), [("2026-11-24", "2026-11-23"), ("2024-01-01", "2026-01-01"), ("昨天", "2026-11-23")]
)
def test_an_impossible_span_is_refused(first: str, last: str) -> None:
    with pytest.raises(Refusal, match="range_wrong"):
        span_of(first, last)


def test_an_export_is_private_readable_and_noted(desk: Desk, clerk: By, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    path = exporting.export(
        desk, clerk, folder=folder, name="概况", head=("项目", "数"), rows=[("=1+1", "收件\n3"), ("-", "a,b")]
    )
    assert path.stat().st_mode & 0o077 == 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["项目", "数"], ["'=1+1", "收件 3"], ["-", "a,b"]]
    with desk.look() as connection:
        noted = connection.execute(ACCESS_LOG.select()).one()
    assert (noted.what, noted.reason, noted.clerk_id) == ("export", "概况 2 行", clerk.clerk_id)


def test_an_export_that_cannot_be_written_says_so(desk: Desk, clerk: By, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refusal, match="export_failed"):
        exporting.export(desk, clerk, folder=tmp_path / "file" / "in", name="概况", head=("a",), rows=[])
