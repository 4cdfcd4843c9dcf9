"""Backup, verification and restore: what comes back is whole, is another installation, and overwrites nothing."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical
from clerk_tui.store.act import By, acting
from clerk_tui.store.backup import STEP, STEP_OF_DAY, backup, inspect, restore
from clerk_tui.store.core import EVENTS, INSTALLATIONS, META, SEATS
from clerk_tui.store.engine import Store
from clerk_tui.store.numbers import next_number
from clerk_tui.store.schema import open_store
from clerk_tui.store.verify import verify

TODAY = "2025-11-24"


@pytest.fixture
def busy(store: Store, by: By, clock: Any) -> Store:
    """A store with a morning in it."""
    for number in range(1, 6):
        clock.now += 60_000
        with acting(store, by, clock) as act:
            act.number(f"ticket:A:{TODAY}")
            act.number("ticket:A:2025-11-23")
            act.number("paper:SQ01:受:2025")
            act.number("seek")
            act.record("ticket.issued", f"t{number}", {"number": f"A{number:03}"})
    return store


def test_a_backup_of_a_live_store_is_whole_alone_and_private(busy: Store, by: By, clock: Any, tmp_path: Path) -> None:
    assert busy.path is not None
    with acting(busy, by, clock) as act:  # the store stays open, its log not yet moved into the file
        act.record("ticket.left", "t1", {})
    folder = tmp_path / "stick"
    folder.mkdir()
    report = backup(busy.path, folder, clock=clock)
    assert report.path.name == "hall-20251124T014600Z.db"
    assert report.chain.whole and report.chain.n == 7
    assert {path.name for path in folder.iterdir()} == {report.path.name, report.path.name + ".sha256"}
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in folder.iterdir())
    assert hashlib.sha256(report.path.read_bytes()).hexdigest() == report.sha256
    assert (folder / (report.path.name + ".sha256")).read_text() == f"{report.sha256}  {report.path.name}\n"
    before = report.path.read_bytes()
    folder.chmod(0o555)
    assert inspect(report.path)[0] == report.chain
    assert report.path.read_bytes() == before


def test_a_folder_that_is_not_there_yet_is_made(busy: Store, clock: Any, tmp_path: Path) -> None:
    assert busy.path is not None
    report = backup(busy.path, tmp_path / "stick" / "monday", clock=clock)
    assert report.path == tmp_path / "stick" / "monday" / "hall-20251124T014600Z.db" and report.path.is_file()


def test_a_backup_never_overwrites(busy: Store, tmp_path: Path) -> None:
    assert busy.path is not None
    target = tmp_path / "b.db"
    backup(busy.path, target)
    before = target.read_bytes()
    with pytest.raises(Refusal, match="backup_exists"):
        backup(busy.path, target)
    assert target.read_bytes() == before


def test_a_broken_journal_is_no_backup(busy: Store, tmp_path: Path) -> None:
    assert busy.path is not None
    with busy.write() as connection:
        connection.execute(update(EVENTS).where(EVENTS.c.n == 3).values(body='{"number":"A999"}'))
    with pytest.raises(Refusal, match="journal_broken") as caught:
        backup(busy.path, tmp_path / "b.db")
    assert "第 3 条" in caught.value.words
    assert not list(tmp_path.glob("b.db*"))


@pytest.mark.parametrize(
    ("change", "bad"),
    [
        (update(EVENTS).where(EVENTS.c.n == 4).values(body="{}"), 4),
        (update(EVENTS).where(EVENTS.c.n == 4).values(clerk_id="c9"), 4),
        (update(EVENTS).where(EVENTS.c.n == 4).values(at=1), 4),
        (delete(EVENTS).where(EVENTS.c.n == 2), 2),
        (delete(EVENTS).where(EVENTS.c.n == 6), 6),
        (update(EVENTS).where(EVENTS.c.n == 6).values(n=7), 6),
    ],
)
def test_every_change_of_the_past_is_found_at_its_place(busy: Store, change: Any, bad: int) -> None:
    with busy.write() as connection:
        connection.execute(change)
    with busy.read() as connection:
        chain = verify(connection)
    assert not chain.whole
    assert chain.bad == bad
    assert str(bad) in chain.words


def test_an_event_with_its_own_hash_forged_breaks_the_chain(busy: Store) -> None:
    from clerk_tui.store.act import record_sha

    with busy.write() as connection:
        event = dict(connection.execute(select(EVENTS).where(EVENTS.c.n == 4)).mappings().one())
        event["body"] = canonical.dump({"number": "A777"})
        connection.execute(update(EVENTS).where(EVENTS.c.n == 4).values(body=event["body"], sha=record_sha(event)))
    with busy.read() as connection:
        assert not verify(connection).whole


def test_an_erased_body_still_verifies(busy: Store) -> None:
    with busy.write() as connection:
        connection.execute(update(EVENTS).where(EVENTS.c.n == 4).values(body=None, salt=None))
    with busy.read() as connection:
        chain = verify(connection)
    assert chain.whole and chain.erased == 1


def test_a_restore_is_a_new_installation_whose_numbers_cannot_meet_the_old(
    busy: Store, by: By, clock: Any, tmp_path: Path
) -> None:
    assert busy.path is not None
    saved = backup(busy.path, tmp_path / "b.db", clock=clock).path
    with acting(busy, by, clock) as act:  # given out after the backup, known to nobody but the resident
        lost = [act.number(f"ticket:A:{TODAY}"), act.number("paper:SQ01:受:2025")]
        first_lost = [act.number(f"receipt:SQ01:{TODAY}"), act.number("paper:SQ01:补:2025")]
        act.record("ticket.issued", "t6", {})
    busy.close()
    clock.now += 3_600_000
    report = restore(saved, busy.path, clerk="9001", clock=clock)

    assert report.sha_checked and report.chain.n == 6
    assert report.kept is not None and report.kept.name == f"hall.replaced-{clock.now}.db"
    assert inspect(report.kept)[0].n == 7
    again = open_store(busy.path, clock_ms=clock())
    with again.read() as connection:
        assert verify(connection).whole
        installations = connection.execute(select(INSTALLATIONS).order_by(INSTALLATIONS.c.made_at)).all()
        events = connection.execute(select(EVENTS).order_by(EVENTS.c.n.desc()).limit(3)).all()[::-1]
    assert [(row.inst, row.closed_at) for row in installations] == [("a1b2c3d4", clock.now), (report.inst, None)]
    assert [event.kind for event in events] == ["installation.closed", "installation.made", "numbers.voided"]
    assert {event.clerk_id for event in events} == {"c2"}
    ranges = {entry["series"]: (entry["from"], entry["to"]) for entry in canonical.load(events[2].body)["ranges"]}
    assert ranges[f"ticket:A:{TODAY}"] == (6, 5 + STEP_OF_DAY)
    assert ranges["paper:SQ01:受:2025"] == (6, 5 + STEP)
    assert "ticket:A:2025-11-23" not in ranges
    with again.write() as connection:
        assert next_number(connection, f"ticket:A:{TODAY}") == STEP_OF_DAY + 6 > lost[0]
        assert next_number(connection, "paper:SQ01:受:2025") == STEP + 6 > lost[1]
        assert next_number(connection, f"receipt:SQ01:{TODAY}") == STEP_OF_DAY + 1 > first_lost[0]
        assert next_number(connection, "paper:SQ01:补:2025") == STEP + 1 > first_lost[1]
        assert next_number(connection, "ticket:A:2025-11-25") == 1
        assert next_number(connection, "paper:SQ01:受:2026") == 1
    again.close()


def test_a_second_restore_on_the_same_day_jumps_again(busy: Store, clock: Any, tmp_path: Path) -> None:
    assert busy.path is not None
    place = busy.path
    saved = backup(place, tmp_path / "b.db", clock=clock).path
    busy.close()
    restore(saved, place, clerk="9001", clock=clock)
    opened = open_store(place, clock_ms=clock())
    with opened.write() as connection:
        first = next_number(connection, f"receipt:SQ01:{TODAY}")
    opened.close()
    second_backup = backup(place, tmp_path / "c.db", clock=clock).path
    clock.now += 1000
    report = restore(second_backup, place, clerk="9001", clock=clock)
    opened = open_store(place, clock_ms=clock())
    with opened.write() as connection:
        assert next_number(connection, f"receipt:SQ01:{TODAY}") > first + STEP_OF_DAY
        assert next_number(connection, f"receipt:SQ02:{TODAY}") > 2 * STEP_OF_DAY
    opened.close()
    assert report.chain.n == 6 + 3


def test_restore_on_a_new_machine_makes_a_private_folder(busy: Store, clock: Any, tmp_path: Path) -> None:
    assert busy.path is not None
    saved = backup(busy.path, tmp_path / "b.db").path
    place = tmp_path / "new" / "hall.db"
    report = restore(saved, place, clerk="9001", clock=clock)
    assert report.kept is None
    assert place.parent.stat().st_mode & 0o777 == 0o700 and place.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in place.parent.iterdir()] == ["hall.db"]


def test_restore_is_refused_to_who_may_not(busy: Store, clock: Any, tmp_path: Path) -> None:
    assert busy.path is not None
    saved = backup(busy.path, tmp_path / "b.db").path
    for clerk in ("1001", "nobody", ""):
        with pytest.raises(Refusal, match="not_allowed"):
            restore(saved, tmp_path / "new" / "hall.db", clerk=clerk, clock=clock)
    assert not list((tmp_path / "new").iterdir())


def test_a_flipped_byte_is_found_and_nothing_is_replaced(busy: Store, clock: Any, tmp_path: Path) -> None:
    assert busy.path is not None
    saved = backup(busy.path, tmp_path / "b.db").path
    busy.close()
    before = busy.path.read_bytes()
    content = bytearray(saved.read_bytes())
    content[len(content) // 2] ^= 1
    saved.write_bytes(content)
    with pytest.raises(Refusal, match="backup_altered"):
        restore(saved, busy.path, clerk="9001", clock=clock)
    saved.with_name("b.db.sha256").unlink()
    saved.write_bytes(b"x" * 5000)
    with pytest.raises(Refusal, match="store_damaged"):
        restore(saved, busy.path, clerk="9001", clock=clock)
    assert busy.path.read_bytes() == before
    assert not list(tmp_path.glob("*.restoring*")) and not list(tmp_path.glob("*.replaced*"))


def test_a_backup_of_a_newer_program_is_refused(busy: Store, clock: Any, tmp_path: Path) -> None:
    assert busy.path is not None
    saved = backup(busy.path, tmp_path / "b.db").path
    saved.with_name("b.db.sha256").unlink()
    with closing(sqlite3.connect(saved)) as connection:
        connection.execute("update meta set value = '999' where name = 'schema_version'")
        connection.commit()
    with pytest.raises(Refusal, match="store_newer"):
        restore(saved, tmp_path / "new.db", clerk="9001", clock=clock)


def test_no_restore_under_an_open_window(busy: Store, clock: Any, tmp_path: Path) -> None:
    assert busy.path is not None
    saved = backup(busy.path, tmp_path / "b.db").path
    with busy.write() as connection:
        connection.execute(
            insert(SEATS).values(window_id="w3", program="p", host="pc", pid=1, seen_at=clock.now - 1000)
        )
    with pytest.raises(Refusal, match="store_in_use"):
        restore(saved, busy.path, clerk="9001", clock=clock)
    with busy.read() as connection:
        assert connection.execute(select(META.c.value)).scalar() is not None


def test_a_damaged_store_is_what_a_restore_is_for(busy: Store, clock: Any, tmp_path: Path) -> None:
    assert busy.path is not None
    saved = backup(busy.path, tmp_path / "b.db").path
    busy.close()
    busy.path.write_bytes(b"burnt" * 1000)
    report = restore(saved, busy.path, clerk="9001", clock=clock)
    assert report.kept is not None and report.kept.read_bytes() == b"burnt" * 1000
    assert inspect(busy.path)[0].whole
