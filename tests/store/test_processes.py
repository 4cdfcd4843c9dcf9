"""What only several real programs can show: kill -9, two writers, one series."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from clerk_tui.store.act import By, acting
from clerk_tui.store.core import EVENTS, HEAD, NUMBER_ROWS, TASKS
from clerk_tui.store.engine import Store
from clerk_tui.store.schema import open_store
from clerk_tui.store.verify import verify

pytestmark = pytest.mark.kill

PROGRAM = Path(__file__).with_name("processes.py")


def start(job: str, store: Store, *arguments: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(PROGRAM), job, str(store.path), *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def said(program: subprocess.Popen[str]) -> list[int]:
    out, _ = program.communicate(timeout=120)
    assert program.returncode == 0
    return [int(line) for line in out.split()]


@pytest.mark.parametrize("confirmed", [1, 2, 5, 17, 40])
def test_kill_9_loses_nothing_that_was_confirmed_and_leaves_nothing_half_done(store: Store, confirmed: int) -> None:
    program = start("acts", store, 100_000)
    assert program.stdout is not None
    shown = [int(program.stdout.readline()) for _ in range(confirmed)]
    program.kill()
    rest, _ = program.communicate(timeout=30)
    shown += [int(line) for line in rest.split("\n")[:-1] if line]
    with open_store(store.path, clock_ms=0).read() as connection:
        chain = verify(connection)
        kept = {int(words) for words in connection.execute(select(TASKS.c.words)).scalars()}
        opened = connection.execute(select(func.count()).where(EVENTS.c.kind == "task.opened")).scalar_one()
        closed = connection.execute(select(func.count()).where(EVENTS.c.kind == "task.closed")).scalar_one()
        last = connection.execute(select(NUMBER_ROWS.c.last)).scalar_one()
    assert chain.whole, chain.words
    assert set(shown) <= kept
    assert len(kept) == opened == closed == last


def test_kill_9_in_the_middle_of_an_act_leaves_no_trace_and_no_lock(store: Store, by: By) -> None:
    with store.read() as connection:
        before = connection.execute(select(HEAD)).one()
    program = start("half", store)
    assert program.stdout is not None
    assert program.stdout.readline() == "middle\n"
    program.kill()
    program.wait(timeout=30)
    with store.read() as connection:
        assert connection.execute(select(func.count()).select_from(TASKS)).scalar_one() == 0
        assert connection.execute(select(HEAD)).one() == before
        assert connection.execute(select(func.count()).select_from(NUMBER_ROWS)).scalar_one() == 0
    with acting(store, by, clock_confirmed=True) as act:
        assert act.number("ticket:A:2025-11-24") == 1


def test_two_programs_write_one_chain(store: Store) -> None:
    programs = [start("acts", store, 60) for _ in range(2)]
    numbers = [said(program) for program in programs]
    assert sorted(numbers[0] + numbers[1]) == list(range(1, 121))
    with store.read() as connection:
        chain = verify(connection)
    assert chain.whole, chain.words
    assert chain.n == 1 + 2 * 120


def test_four_programs_never_get_one_number_twice(store: Store) -> None:
    programs = [start("numbers", store, 150) for _ in range(4)]
    numbers = [number for program in programs for number in said(program)]
    assert sorted(numbers) == list(range(1, 601))
