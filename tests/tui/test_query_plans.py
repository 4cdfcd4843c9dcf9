"""No screen reads a whole table: every statement of a walk through the program is explained by SQLite."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from clerk_tui import bootstrap, settings
from clerk_tui.demo import prepare
from clerk_tui.desk import finding, waiting_for
from clerk_tui.store.core import PERSONS
from clerk_tui.store.engine import open_engine
from clerk_tui.store.verify import verify

CASES = 3000
GROWING = frozenset(
    [
        "access_log",
        "appointment",
        "batch",
        "cases",
        "deficiency",
        "handover",
        "journal_event",
        "material",
        "notice",
        "organisation",
        "owed",
        "period",
        "person",
        "received_record",
        "reminder",
        "result",
        "sent_record",
        "task",
        "ticket",
        "visit",
        "visit_service",
    ]
)
"""Tables that grow for ever; a window, a hall, a clerk or a policy may be read whole."""
FULL_TEXT = frozenset({"person_text", "organisation_text"})


@pytest.fixture(scope="module")
def ten_years(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration with a past; the planner behaves as on a large store, because the past ends with its statistics."""
    folder = tmp_path_factory.mktemp("ten-years")
    prepare(folder, cases=CASES)
    return folder


@pytest.fixture
def statements() -> Iterator[dict[str, Any]]:
    """Every statement of this process, with the parameters that it had first."""
    seen: dict[str, Any] = {}

    def note(_: object, __: object, statement: str, parameters: Any, ___: object, many: bool) -> None:
        seen.setdefault(statement, parameters[0] if many else parameters)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


def scans(folder: Path, statements: dict[str, Any]) -> list[str]:
    """Statements that read a growing table from end to end, with the plan's line."""
    found = []
    with closing(sqlite3.connect(folder / "hall.db")) as connection:
        for statement, parameters in statements.items():
            if not statement.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
                continue
            names = aliases(statement)
            plan = [line for *_, line in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            bounded = " LIMIT " in statement and "WHERE" not in statement and not any("TEMP" in line for line in plan)
            for line in plan:
                word, _, rest = line.partition(" ")
                table = names.get(rest.split(" ")[0], rest.split(" ")[0])
                whole = word == "SCAN" and (table in GROWING or (table in FULL_TEXT and ":M" not in line))
                if whole and not (bounded and "USING INDEX" in line):  # the first rows in the order of an index
                    found.append(f"{line}\n    {statement}")
    return found


def aliases(statement: str) -> dict[str, str]:
    """Alias -> table, for the aliases that SQLAlchemy writes as `table AS alias`."""
    words = statement.replace(",", " ").replace("(", " ").replace(")", " ").split()
    return {
        words[n + 1]: words[n - 1] for n in range(1, len(words) - 1) if words[n] == "AS" and words[n - 1] in GROWING
    }


async def test_no_screen_reads_a_growing_table_whole(ten_years, statements, run_program):
    found = settings.load(ten_years)
    parts = bootstrap.make_app(found, clerk="demo").parts
    parts = replace(parts, settings=replace(found, print_command="true {file}", idle_lock_minutes=0, channel_url=""))
    async with run_program(parts) as clerk:
        for key in ("1", "2", "3", "4", "5", "6"):
            await clerk.press("f3", key, "enter")
            await clerk.press("down", "end", "pagedown", "enter", "escape", "escape")
        for text in (
            "陈",
            "陈国",
            "cgq",
            "chenguo",
            "0001",
            "440113",
            "19900010000",
            "A001",
            "A-01",
            "SQ01-20200101-0001",
        ):
            await clerk.press("f2", *text)
            await clerk.press("escape", "escape")
        await clerk.press("f8", "escape", "f5", "enter", "1", "escape")
        await clerk.look()
        desk, by = await clerk.app.desk_when_loaded(), clerk.app.signed_in()
        with desk.look() as connection:
            for row in connection.execute(PERSONS.select().where(PERSONS.c.seek.in_([1, 2, CASES]))).all():
                waiting_for.waits(connection, desk, row.id)
                waiting_for.counts(connection, desk, row.id)
        finding.scanned(desk, by, code="C0000000000X")
    assert len(statements) > 100
    assert scans(ten_years, statements) == []


def test_the_past_is_a_store_like_any_other(ten_years):
    """Its journal is chained, no row hangs in the air, and its counts are those of its rows."""
    with closing(sqlite3.connect(ten_years / "hall.db")) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        counted = dict(connection.execute("SELECT name, value FROM counter WHERE name LIKE 'case:%' AND value"))
        states = connection.execute("SELECT 'case:' || state, count(*) FROM cases GROUP BY state")
        assert counted == dict(states)
    store = open_engine(ten_years / "hall.db")
    with store.read() as connection:
        assert verify(connection).whole
    store.close()


def test_a_scan_is_found(ten_years):
    """The test above would see one, under its own name and under another."""
    assert scans(ten_years, {"SELECT * FROM cases WHERE note = ?": ("x",)})
    assert scans(ten_years, {"SELECT a.id FROM cases AS a WHERE a.note = ?": ("x",)})
    assert scans(ten_years, {"SELECT count(*) FROM journal_event": ()})
    assert not scans(ten_years, {"SELECT * FROM cases WHERE receipt_no = ?": ("x",)})
