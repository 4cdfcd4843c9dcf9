"""What the disk, the lock and the file can do to an act, and what the clerk reads then."""

import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import By, acting
from clerk_tui.store.core import EVENTS, TASKS
from clerk_tui.store.engine import LOCK_SECONDS, Store, open_engine
from clerk_tui.store.schema import create, open_store
from clerk_tui.store.verify import verify

NOBODY = 65534


def test_a_store_is_private_and_in_wal_with_full_sync(store: Store) -> None:
    assert store.path is not None and store.path.stat().st_mode & 0o777 == 0o600
    with store.read() as connection:
        values = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


def test_a_missing_store_is_not_made_silently(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="store_missing"):
        open_engine(tmp_path / "none.db")
    assert not list(tmp_path.iterdir())


def test_a_locked_store_is_told_after_two_seconds_and_nothing_happened(store: Store, by: By) -> None:
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        with pytest.raises(Refusal) as caught, acting(store, by) as act:
            act.record("ticket.issued", "t1", {})
        waited = time.monotonic() - began
        assert caught.value.code == "store_busy"
        assert "没有发生" in caught.value.words and caught.value.advice
        assert waited > 0.75 * LOCK_SECONDS
        with store.read() as connection:  # readers never wait for a writer
            assert connection.execute(select(func.count()).select_from(EVENTS)).scalar_one() == 1
        other.execute("ROLLBACK")
    with acting(store, by, clock_confirmed=True) as act:
        act.record("ticket.issued", "t1", {})


def test_an_act_that_waits_goes_through_when_the_other_is_done(store: Store, by: By) -> None:
    with closing(sqlite3.connect(store.path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        done = threading.Timer(0.2, lambda: other.execute("ROLLBACK"))
        done.start()
        with acting(store, by, clock_confirmed=True) as act:
            act.record("ticket.issued", "t1", {})
        done.join()
    with store.write() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == LOCK_SECONDS * 1000


def test_a_file_that_is_not_a_database_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "hall.db"
    path.write_bytes(b"letters to the editor " * 500)
    before = path.read_bytes()
    with pytest.raises(Refusal, match="store_damaged"):
        open_store(path, clock_ms=0)
    assert path.read_bytes() == before


def test_a_page_of_rubbish_is_told(store: Store, by: By) -> None:
    assert store.path is not None
    with acting(store, by, clock_confirmed=True) as act:
        for number in range(400):
            act.connection.execute(insert(TASKS).values(id=str(number), kind="incident", words="好" * 60, made_at=1))
    path = store.path
    store.close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))
    with pytest.raises(Refusal, match="store_damaged"):
        opened = open_store(path, clock_ms=0)
        with opened.read() as connection:
            verify(connection)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MiB, where this user may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], check=False).returncode:
        pytest.skip("a small disk needs the right to mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.system
@pytest.mark.skipif(sys.platform != "linux", reason="tmpfs")
def test_a_full_disk_is_told_and_work_goes_on_when_there_is_room(small_disk: Path, by: By) -> None:
    store = create(small_disk / "hall.db")
    with acting(store, by) as act:
        act.record("ticket.issued", "t1", {})
    ballast = small_disk / "ballast"
    with ballast.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
        while True:
            file.write(b"x" * 4096)
    with pytest.raises(Refusal) as caught, acting(store, by) as act:
        act.connection.execute(insert(TASKS).values(id="big", kind="incident", words="好" * 400_000, made_at=1))
        act.record("task.opened", "big", {})
    assert caught.value.code == "store_full"
    ballast.unlink()
    with acting(store, by) as act:
        act.record("ticket.issued", "t2", {})
    with store.read() as connection:
        assert verify(connection).whole
        assert connection.execute(select(EVENTS.c.ent_id).order_by(EVENTS.c.n)).scalars().all() == ["t1", "t2"]
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    store.close()


@pytest.mark.system
@pytest.mark.skipif(sys.platform != "linux", reason="tmpfs")
def test_a_disk_that_turned_read_only_is_told(small_disk: Path) -> None:
    store = create(small_disk / "hall.db")
    store.close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(Refusal, match="store_read_only"):
        open_store(small_disk / "hall.db", clock_ms=0)
    with pytest.raises(Refusal, match="store_read_only"):
        create(small_disk / "other.db")


def reachable_but_read_only(folder: Path) -> None:
    """Anyone may look into the folder, and nobody write; pytest keeps the folders above it to this user."""
    for parent in folder.parents:
        if parent.is_relative_to(tempfile.gettempdir()) and parent != Path(tempfile.gettempdir()):
            parent.chmod(0o711)
    folder.chmod(0o555)


def in_child(work: Callable[[], object]) -> str:
    """Run `work` in a forked child, where limits and users can be changed; returns the refusal's code or the result."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            words = str(work())
        except Refusal as refusal:
            words = refusal.code
        except BaseException as error:
            words = repr(error)
        os.write(write, words.encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read, encoding="utf-8") as answer:
        words = answer.read()
    os.waitpid(pid, 0)
    return words


@pytest.mark.skipif(sys.platform == "win32", reason="resource limits")
def test_a_file_that_may_not_grow_refuses_the_act_whole(store: Store, by: By) -> None:
    place = store.path
    assert place is not None
    store.close()

    def work() -> object:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
        opened = open_store(place, clock_ms=0)
        with acting(opened, by, clock_confirmed=True) as act:
            act.connection.execute(insert(TASKS).values(id="big", kind="incident", words="好" * 400_000, made_at=1))
            act.record("task.opened", "big", {})
        return "committed"

    assert in_child(work) in ("store_full", "store_unreachable")
    again = open_store(place, clock_ms=0)
    with again.read() as connection:
        assert verify(connection).n == 1
        assert connection.execute(select(func.count()).select_from(TASKS)).scalar_one() == 0
    again.close()


@pytest.mark.skipif(sys.platform == "win32", reason="users and modes of POSIX")
@pytest.mark.parametrize("file_mode", [0o444, 0o644])
def test_a_store_in_a_read_only_folder_refuses_the_act(store: Store, by: By, tmp_path: Path, file_mode: int) -> None:
    place = store.path
    assert place is not None
    store.close()
    place.chmod(file_mode)
    reachable_but_read_only(tmp_path)

    def work() -> object:
        if os.geteuid() == 0:
            os.setuid(NOBODY)
        opened = open_store(place, clock_ms=0)
        with acting(opened, by, clock_confirmed=True) as act:
            act.record("ticket.issued", "t1", {})
        return "committed"

    try:
        assert in_child(work) == "store_read_only"
    finally:
        tmp_path.chmod(0o755)


@pytest.mark.skipif(sys.platform == "win32", reason="users and modes of POSIX")
def test_a_store_cannot_be_made_where_nothing_may_be_written(tmp_path: Path) -> None:
    reachable_but_read_only(tmp_path)

    def work() -> object:
        if os.geteuid() == 0:
            os.setuid(NOBODY)
        return create(tmp_path / "new" / "hall.db")

    assert in_child(work) == "store_read_only"
    assert not list(tmp_path.iterdir())
