"""Making a store, refusing what is not one, and migrating an older one."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, update

from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.copying import Stopped, Tell, copy_file
from clerk_tui.store.core import META, SEATS
from clerk_tui.store.engine import Store, open_engine
from clerk_tui.store.schema import (
    SCHEMA_VERSION,
    SEAT_FRESH_MS,
    create,
    migrate,
    migration_steps,
    open_store,
    version_of,
)
from clerk_tui.store.tables import StationBase
from clerk_tui.store.verify import verify

NOW = 1_763_948_460_000


def add_floor(op: Any, tell: Tell) -> None:
    import sqlalchemy as sa

    with op.batch_alter_table("window") as table:
        table.add_column(sa.Column("floor", sa.Integer(), nullable=False, server_default="1"))


def fail(op: Any, tell: Tell) -> None:
    op.execute("CREATE TABLE half_made (id INTEGER)")
    raise ValueError("the step is wrong")


def test_a_new_store_has_every_table_and_its_version_twice(store: Store) -> None:
    with store.read() as connection:
        assert set(StationBase.metadata.tables) <= set(inspect(connection).get_table_names())
        assert version_of(connection) == SCHEMA_VERSION
        assert connection.exec_driver_sql("PRAGMA user_version").scalar() == SCHEMA_VERSION


def test_a_store_is_never_made_over_another_file(store: Store) -> None:
    assert store.path is not None
    before = store.path.read_bytes()
    with pytest.raises(Refusal, match="store_exists"):
        create(store.path)
    assert store.path.read_bytes() == before


def test_a_newer_store_is_refused_and_not_touched(store: Store) -> None:
    with store.write() as connection:
        connection.execute(update(META).where(META.c.name == "schema_version").values(value=str(SCHEMA_VERSION + 1)))
    with pytest.raises(Refusal) as caught:
        open_store((str(store.path) and store.path) or "", clock_ms=NOW)
    assert caught.value.code == "store_newer"
    assert "升级" in caught.value.advice


def test_someone_elses_database_is_refused(tmp_path: Path) -> None:
    import sqlite3

    with sqlite3.connect(tmp_path / "hall.db") as other:
        other.execute("CREATE TABLE songs (name TEXT)")
    with pytest.raises(Refusal, match="store_damaged"):
        open_store(tmp_path / "hall.db", clock_ms=NOW)


def test_a_step_brings_the_store_up_and_leaves_a_verified_backup(store: Store) -> None:
    next_version = SCHEMA_VERSION + 1
    copy = migrate(store, SCHEMA_VERSION, clock_ms=NOW, steps={next_version: add_floor}, target=next_version)
    with store.read() as connection:
        assert version_of(connection) == next_version
        assert connection.exec_driver_sql("PRAGMA user_version").scalar() == next_version
        assert connection.exec_driver_sql("SELECT number, floor FROM window").all() == [(3, 1)]
        assert verify(connection).whole
    assert copy is not None and copy.stat().st_mode & 0o777 == 0o600
    before = open_engine(copy)
    with before.read() as connection:
        assert version_of(connection) == SCHEMA_VERSION
        assert verify(connection).n == 1
        assert "floor" not in {column["name"] for column in inspect(connection).get_columns("window")}
    before.close()


def test_a_step_that_fails_leaves_the_store_as_it_was(store: Store) -> None:
    next_version = SCHEMA_VERSION + 1
    with pytest.raises(ValueError, match="the step is wrong"):
        migrate(store, SCHEMA_VERSION, clock_ms=NOW, steps={next_version: fail}, target=next_version)
    with store.read() as connection:
        assert version_of(connection) == SCHEMA_VERSION
        assert not inspect(connection).has_table("half_made")


def test_an_upgrade_that_is_stopped_at_any_word_leaves_nothing_behind(store: Store) -> None:
    """The copy, its check and every slice of a step: whenever the clerk stops it, store and folder are as before."""
    assert store.path is not None
    told: list[str] = []

    def step(op: Any, tell: Tell) -> None:
        for done in range(3):
            op.execute(f"CREATE TABLE half_made_{done} (id INTEGER)")
            tell("step", done + 1, 3)

    def run(stop_at: int) -> Path | None:
        told.clear()

        def tell(words: str, done: int, total: int) -> None:
            told.append(words)
            if len(told) == stop_at:
                raise Stopped

        return migrate(
            store, SCHEMA_VERSION, clock_ms=NOW, steps={SCHEMA_VERSION + 1: step}, target=SCHEMA_VERSION + 1, tell=tell
        )

    beside = {path.name for path in store.path.parent.iterdir()}
    stop_at = 1
    while True:
        try:
            copy = run(stop_at)
            break
        except Stopped:
            with store.read() as connection:
                assert version_of(connection) == SCHEMA_VERSION
                assert not inspect(connection).has_table("half_made_0")
            assert {path.name for path in store.path.parent.iterdir()} == beside
            stop_at += 1
    assert stop_at >= 5 and told[0] == "备份数据" and told[-3:] == ["step"] * 3
    assert copy is not None and copy.exists()


def test_a_long_statement_of_a_step_is_stopped_too(store: Store) -> None:
    def step(op: Any, tell: Tell) -> None:
        op.execute(
            "CREATE TABLE numbers AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000)"
            " SELECT i FROM n"
        )

    def tell(words: str, done: int, total: int) -> None:
        if words == "升级数据":
            raise Stopped

    with pytest.raises(Stopped):
        migrate(
            store, SCHEMA_VERSION, clock_ms=NOW, steps={SCHEMA_VERSION + 1: step}, target=SCHEMA_VERSION + 1, tell=tell
        )
    with store.read() as connection:
        assert not inspect(connection).has_table("numbers")


def test_two_programs_do_not_upgrade_at_once(store: Store) -> None:
    """The second one is told what happens, and one that waited long enough finds the work done."""
    assert store.path is not None
    steps = {SCHEMA_VERSION + 1: add_floor}
    with store.write(), pytest.raises(Refusal, match="store_upgrading"):
        migrate(open_engine(store.path), SCHEMA_VERSION, clock_ms=NOW, steps=steps, target=SCHEMA_VERSION + 1)
    assert migrate(store, SCHEMA_VERSION, clock_ms=NOW, steps=steps, target=SCHEMA_VERSION + 1)
    assert migrate(store, SCHEMA_VERSION, clock_ms=NOW, steps=steps, target=SCHEMA_VERSION + 1) is None


def test_what_a_killed_upgrade_left_half_copied_is_taken_away(store: Store) -> None:
    assert store.path is not None
    left = store.path.with_name(f"{store.path.stem}.v{SCHEMA_VERSION}.1.db.part")
    left.write_bytes(b"half")
    assert migrate(
        store, SCHEMA_VERSION, clock_ms=NOW, steps={SCHEMA_VERSION + 1: add_floor}, target=SCHEMA_VERSION + 1
    )
    assert not left.exists()


@pytest.mark.parametrize(("age", "refused"), [(SEAT_FRESH_MS - 1, True), (SEAT_FRESH_MS + 1, False)])
def test_no_migration_while_a_window_is_open(store: Store, age: int, refused: bool) -> None:
    with store.write() as connection:
        connection.execute(
            SEATS.insert().values(window_id="w3", program="p", host="pc", pid=1, clerk_id=None, seen_at=NOW - age)
        )
    steps = {SCHEMA_VERSION + 1: add_floor}
    if refused:
        with pytest.raises(Refusal, match="store_in_use"):
            migrate(store, SCHEMA_VERSION, clock_ms=NOW, steps=steps, target=SCHEMA_VERSION + 1)
        with store.read() as connection:
            assert version_of(connection) == SCHEMA_VERSION
    else:
        assert migrate(store, SCHEMA_VERSION, clock_ms=NOW, steps=steps, target=SCHEMA_VERSION + 1)


def test_the_shipped_steps_lead_to_this_version_without_a_gap() -> None:
    assert sorted(migration_steps()) == list(range(2, SCHEMA_VERSION + 1))


def test_a_copy_that_cannot_be_made_leaves_nothing(store: Store, tmp_path: Path) -> None:
    assert store.path is not None
    with pytest.raises(Refusal, match="backup_failed"):
        copy_file(store.path, tmp_path / "missing" / "copy.db")
    blocked = tmp_path / "blocked"
    (blocked / "inside").mkdir(parents=True)
    with pytest.raises(Refusal, match="backup_failed"):
        copy_file(store.path, blocked)
    assert not list(tmp_path.glob("*.part"))
