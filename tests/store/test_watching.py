"""Whether somebody wrote is seen at the next glance, whoever it was, and a glance at a quiet store is not a look."""

import sqlite3

from sqlalchemy import insert, update

from clerk_tui.store.core import HEAD, META
from clerk_tui.store.engine import Store, open_engine
from clerk_tui.store.journal_position import journal_position
from clerk_tui.store.watching import Watch


def note(store: Store, name: str) -> None:
    with store.write() as connection:
        connection.execute(insert(META).values(name=name, value="1"))


def test_every_commit_is_seen_once_from_the_own_program_and_from_another(store: Store) -> None:
    assert store.path is not None
    watch = Watch(store.path)
    assert watch.somebody_wrote()  # nothing is known before the first look
    assert not watch.somebody_wrote()
    note(store, "own")
    assert watch.somebody_wrote() and not watch.somebody_wrote()
    other = open_engine(store.path)
    note(other, "other")
    other.close()
    assert watch.somebody_wrote() and not watch.somebody_wrote()
    watch.close()


def test_reads_and_what_is_rolled_back_are_no_news(store: Store) -> None:
    assert store.path is not None
    watch = Watch(store.path)
    watch.somebody_wrote()
    with store.read() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM meta").scalar()
    half = sqlite3.connect(store.path, isolation_level=None)
    half.execute("BEGIN IMMEDIATE")
    half.execute("INSERT INTO meta(name, value) VALUES ('half', '1')")
    assert not watch.somebody_wrote()
    half.execute("ROLLBACK")
    half.close()
    assert not watch.somebody_wrote()
    watch.close()


def test_a_glance_tells_how_far_the_journal_is_and_nothing_where_it_cannot_be_read(store: Store) -> None:
    assert store.path is not None
    watch = Watch(store.path)
    with store.read() as connection:
        known = journal_position(connection)
    assert watch.journal_position() == known
    with store.write() as connection:
        connection.execute(update(HEAD).values(n=known + 7))
    assert watch.journal_position() == known + 7
    watch.close()
    assert watch.journal_position() is None
    assert Watch(None).journal_position() is None


def test_where_it_cannot_be_known_somebody_may_have_written(store: Store) -> None:
    assert Watch(None).somebody_wrote()  # another database
    assert store.path is not None
    watch = Watch(store.path)
    watch.close()
    assert watch.somebody_wrote()


def test_a_watch_keeps_nothing_open_that_the_last_close_needs(store: Store) -> None:
    assert store.path is not None
    watch = Watch(store.path)
    note(store, "last")
    watch.somebody_wrote()
    watch.close()
    store.close()
    assert not store.path.with_name(store.path.name + "-wal").exists()
