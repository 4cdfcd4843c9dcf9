#!/usr/bin/env python3
"""What the rules cost, each beside a loop over `date` objects or the plainest way to the same answer.

    python tests/bench/rules.py [--rounds 7] [--json FILE] [--bars]

Every figure is the best of the rounds, so that what else the machine does falls out; the ratio is to the loop of the
same run. With --bars the exit status is 1 when a bar of the table is missed.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from clerk_tui.catalog.calendars import load
from clerk_tui.rules.case_figures import CaseFact, of_cases
from clerk_tui.rules.identity import check_number
from clerk_tui.rules.limits import Limit, Pause, due, remaining
from clerk_tui.rules.queue_order import QueuePolicy, QueueTicket, order

CALENDAR = load()
START = date(2026, 9, 1)
TODAY = date(2026, 11, 23)
PENDING = [TODAY + timedelta(days=n % 60 - 20) for n in range(10_000)]
PAUSES = (Pause(date(2026, 9, 10), date(2026, 9, 18)),)
TICKETS = [QueueTicket(f"t{n:04}", n % 6, n * 1000, category="综合") for n in range(120)]
CASES = [
    CaseFact(str(n), "行政许可", "closed", "2026-11-02", "2026-11-02", "complete", "2026-11-09", 5, "2026-11-09")
    for n in range(10_000)
]


@dataclass(frozen=True)
class Row:
    """`bar`: the most that it may cost, in the unit; 0 where none is set."""

    name: str
    run: Callable[[], object]
    loop: Callable[[], object] | None
    unit: str
    bar: float = 0.0


def by_loop(start: date, n: int, out: frozenset[date] = frozenset()) -> date:
    day = start
    while n:
        day += timedelta(days=1)
        n -= day not in out and (day in CALENDAR.work or (day.weekday() < 5 and day not in CALENDAR.off))
    return day


def age_by_loop() -> None:
    for end in PENDING:
        first, last = (TODAY, end) if end >= TODAY else (end, TODAY)
        left, day = 0, first
        while day < last:
            day += timedelta(days=1)
            left += day in CALENDAR.work or (day.weekday() < 5 and day not in CALENDAR.off)


def age() -> None:
    for end in PENDING:
        remaining(end, TODAY, CALENDAR)


STOOD = frozenset(date(2026, 9, 10) + timedelta(days=n) for n in range(9))
ROWS = (
    Row("30 working days", lambda: CALENDAR.add_working_days(START, 30), lambda: by_loop(START, 30), "us", 20),
    Row("a limit of 30 working days", lambda: due(START, Limit(30), CALENDAR), lambda: by_loop(START, 30), "us", 20),
    Row(
        "the same, suspended nine days",
        lambda: due(START, Limit(30), CALENDAR, PAUSES),
        lambda: by_loop(START, 30, STOOD),
        "us",
        20,
    ),
    Row("10,000 pending cases aged", age, age_by_loop, "ms", 50),
    Row("a resident's number checked", lambda: check_number("440113199003070021", today=TODAY), None, "us"),
    Row("a mistyped one explained", lambda: check_number("440113199003070022", today=TODAY), None, "us"),
    Row("whom to call, 120 wait", lambda: order(TICKETS, [], QueuePolicy(), 10**9, limit=1), None, "us"),
    Row("figures of 10,000 cases", lambda: of_cases(CASES), None, "ms"),
)
UNITS = {"us": 1e6, "ms": 1e3}


def best(run: Callable[[], object], rounds: int) -> float:
    """Seconds of one call, the best of the rounds; each round takes about a fiftieth of a second."""
    began = time.perf_counter()
    run()
    times = max(1, int(0.02 / max(time.perf_counter() - began, 1e-7)))
    found = float("inf")
    for _ in range(rounds):
        began = time.perf_counter()
        for _ in range(times):
            run()
        found = min(found, (time.perf_counter() - began) / times)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--bars", action="store_true", help="exit 1 when a bar is missed")
    options = parser.parse_args()
    found, missed = [], []
    for row in ROWS:
        took = best(row.run, options.rounds) * UNITS[row.unit]
        loop = best(row.loop, options.rounds) * UNITS[row.unit] if row.loop else None
        found.append({"name": row.name, "took": took, "unit": row.unit, "loop": loop, "bar": row.bar or None})
        beside = f"loop {loop:9.2f} {row.unit}   ratio {took / loop:6.3f}" if loop else " " * 32
        bar = f"   bar {row.bar:g} {row.unit}" if row.bar else ""
        print(f"{row.name:<32} {took:9.2f} {row.unit}   {beside}{bar}")
        if row.bar and took >= row.bar:
            missed.append(row.name)
    if options.json:
        options.json.write_text(json.dumps(found, indent=2), encoding="utf-8")
    if missed:
        print(f"missed: {', '.join(missed)}", file=sys.stderr)
    return 1 if options.bars and missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
