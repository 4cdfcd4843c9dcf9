"""Other programs on the same store, for the tests that need real processes: `python processes.py JOB STORE …`."""

import os
import sys
from pathlib import Path

from sqlalchemy import insert

from clerk_tui.store.act import By, acting, system_clock
from clerk_tui.store.core import TASKS
from clerk_tui.store.numbers import next_number
from clerk_tui.store.schema import open_store

BY = By("c1", "1001", "李敏", frozenset({"clerk"}), "h1", "w3", 3)


def say(words: object) -> None:
    os.write(1, f"{words}\n".encode())


def acts(place: Path, count: int) -> None:
    """Commit acts of two events and one row each, and say the number of each one only after its commit."""
    store = open_store(place, clock_ms=system_clock())
    for _ in range(count):
        with acting(store, BY, clock_confirmed=True) as act:
            number = act.number("ticket:A:2025-11-24")
            act.connection.execute(
                insert(TASKS).values(id=act.act_id, kind="incident", words=str(number), made_at=act.now)
            )
            act.record("task.opened", act.act_id, {"number": number})
            act.record("task.closed", act.act_id, {"number": number}, base_version=1)
        say(number)


def half(place: Path) -> None:
    """Stop in the middle of an act, with the row written and the event recorded, until killed."""
    store = open_store(place, clock_ms=system_clock())
    with acting(store, BY, clock_confirmed=True) as act:
        act.connection.execute(insert(TASKS).values(id="half", kind="incident", words="", made_at=act.now))
        act.record("task.opened", "half", {})
        act.number("ticket:A:2025-11-24")
        say("middle")
        sys.stdin.read()


def numbers(place: Path, count: int) -> None:
    store = open_store(place, clock_ms=system_clock())
    for _ in range(count):
        with store.write() as connection:
            number = next_number(connection, "ticket:A:2025-11-24")
        say(number)


if __name__ == "__main__":
    job, place, *rest = sys.argv[1:]
    {"acts": acts, "half": half, "numbers": numbers}[job](Path(place), *map(int, rest))
