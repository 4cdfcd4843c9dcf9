"""A disk that gives back other bytes than it was given: what is damaged never travels, is named to a person, and nothing
else stands still because of it. SQLite itself finds none of this."""

import random
import shutil
from dataclasses import replace

from sqlalchemy import update

from clerk_tui.channel.mending import resume
from clerk_tui.channel.sealing import seal_all
from clerk_tui.district import answering, serving
from clerk_tui.district.status import overview
from clerk_tui.district.tables import BATCHES as DISTRICT_BATCHES
from clerk_tui.district.tables import CASES as VIEWS
from clerk_tui.district.tables import KEPT, OUTGOING
from clerk_tui.store.core import BATCHES, EVENTS, STREAMS, TASKS
from clerk_tui.store.schema import open_store
from clerk_tui.store.verify import verify
from tests.channel.conftest import STATION, fast_folder, make_pair
from tests.channel.oracle import judge

PAGE = 4096


def flipped(content):
    damaged = bytearray(content)
    damaged[len(damaged) // 2] ^= 4
    return bytes(damaged)


def go_on(pair):
    assert resume(pair.store, replace(pair.by, roles=frozenset({"it"})), reason="已修好", clock=pair.clock)
    for _ in range(3):
        pair.clock.pass_minutes(61)
        pair.there_and_back()
    assert judge(pair).all == []


def test_a_damaged_event_is_never_sealed_and_what_stands_before_it_still_goes(pair):
    pair.there_and_back()
    for _ in range(3):
        pair.receive()
    [first, second, _] = pair.rows(EVENTS, EVENTS.c.kind == "case.received")
    for body in (second.body.replace("陈大文", "陈大又"), second.body[:-5]):  # also what is no JSON any more
        with pair.store.write() as connection:
            connection.execute(update(EVENTS).where(EVENTS.c.n == second.n).values(body=body))
        report = pair.exchange()
        assert report.state == "stopped" and f"第 {second.n} 条已损坏" in report.words
        pair.serve()
        assert [row.rid for row in pair.kept(KEPT, KEPT.c.kind == "case.received")] == [first.rid]
        assert second.rid not in {row.rid for row in pair.kept(KEPT)}
        with pair.store.write() as connection:
            connection.execute(update(STREAMS).values(state="open"))
    assert [task.kind for task in pair.rows(TASKS)] == ["fork"]
    with pair.store.write() as connection:
        connection.execute(update(EVENTS).where(EVENTS.c.n == second.n).values(body=second.body))
        connection.execute(update(STREAMS).values(state="stopped"))
    go_on(pair)


def test_a_damaged_batch_is_not_sent_and_a_person_is_told(pair):
    pair.there_and_back()
    pair.receive()
    seal_all(pair.station, now_wanted=True)
    [batch] = pair.rows(BATCHES, BATCHES.c.state == "sealed")
    with pair.store.write() as connection:
        connection.execute(update(BATCHES).where(BATCHES.c.id == batch.id).values(content=flipped(batch.content)))
    report = pair.exchange()
    assert report.state == "stopped" and "已损坏" in report.words
    assert list((pair.host / "up/in").iterdir()) == []
    assert [task.kind for task in pair.rows(TASKS)] == ["fork"]
    with pair.store.write() as connection:
        connection.execute(update(BATCHES).where(BATCHES.c.id == batch.id).values(content=batch.content))
    go_on(pair)


def test_a_damaged_answer_at_the_district_is_not_sent_and_is_named_there(pair):
    pair.receive()
    pair.there_and_back()
    answering.stage(pair.district, pair.kept(VIEWS)[0], "审查")
    away = pair.host / "away"
    (pair.host / "down/out").rename(away)
    assert pair.serve().unreachable
    away.rename(pair.host / "down/out")
    [batch] = pair.kept(DISTRICT_BATCHES, DISTRICT_BATCHES.c.state == "sealed")
    with pair.district.store.write() as connection:
        spoil = update(DISTRICT_BATCHES).where(DISTRICT_BATCHES.c.id == batch.id)
        connection.execute(spoil.values(content=flipped(batch.content)))
    pair.receive()
    pair.exchange()
    done = pair.serve()
    assert (done.taken.batches, done.published, done.trouble) == (1, 0, "")  # its uplink goes on
    assert "已损坏" in overview(pair.district)["stations"][0]["stopped"]
    assert list((pair.host / "down/out").iterdir()) == []


def test_a_damaged_answer_that_is_not_sealed_yet_never_is(pair):
    pair.receive()
    pair.there_and_back()
    answering.stage(pair.district, pair.kept(VIEWS)[0], "审查")
    [said] = pair.kept(OUTGOING, OUTGOING.c.kind == "case.stage_reported")
    with pair.district.store.write() as connection:
        spoil = update(OUTGOING).where(OUTGOING.c.rid == said.rid)
        connection.execute(spoil.values(body=said.body.replace("审查", "审杳")))
    pair.receive()
    pair.exchange()
    done = pair.serve()
    assert (done.taken.batches, done.sealed, done.trouble) == (1, 0, "")
    assert "已损坏" in overview(pair.district)["stations"][0]["stopped"]
    with pair.district.store.write() as connection:
        connection.execute(update(OUTGOING).where(OUTGOING.c.rid == said.rid).values(body=said.body))
    assert serving.resume(pair.district, STATION) == 1
    for _ in range(2):
        pair.serve()
        pair.exchange()
    assert judge(pair).all == []


def test_a_parked_batch_that_was_damaged_here_is_asked_for_again(pair):
    """At the district: it would have ended every round, for every station."""
    for _ in range(3):
        pair.receive()
        pair.exchange()
    files = [(path, path.read_bytes()) for path in sorted((pair.host / "up/in").iterdir())]
    files[0][0].unlink()
    assert pair.serve().taken.parked == 2
    with pair.district.store.write() as connection:
        for batch in pair.kept(DISTRICT_BATCHES, DISTRICT_BATCHES.c.state == "parked"):
            spoil = update(DISTRICT_BATCHES).where(DISTRICT_BATCHES.c.id == batch.id)
            connection.execute(spoil.values(content=flipped(batch.content)))
    files[0][0].write_bytes(files[0][1])
    assert pair.serve().taken.batches == 1
    for _ in range(4):
        pair.there_and_back()
        pair.clock.pass_minutes(61)
    assert judge(pair).all == []


def test_a_parked_answer_that_was_damaged_here_is_asked_for_again(pair):
    pair.receive()
    pair.there_and_back()
    for words in ("甲", "乙", "丙"):
        answering.stage(pair.district, pair.kept(VIEWS)[0], words)
        pair.serve()
    first, *_ = sorted((pair.host / "down/out").iterdir())
    content = first.read_bytes()
    first.unlink()
    assert pair.exchange().parked == 2
    with pair.store.write() as connection:
        for batch in pair.rows(BATCHES, BATCHES.c.state == "parked"):
            spoil = update(BATCHES).where(BATCHES.c.id == batch.id)
            connection.execute(spoil.values(content=flipped(batch.content)))
    for path in (pair.host / "down/out").iterdir():
        path.unlink()
    first.write_bytes(content)
    for _ in range(4):
        pair.exchange()
        pair.serve()
        pair.clock.pass_minutes(61)
    assert judge(pair).all == []


def test_a_bit_flipped_anywhere_in_the_file_never_reaches_the_district_as_another_record(tmp_path, size, tally):
    """Pages of the station's database: what was sealed, what waits to be sealed, indexes, free pages."""
    pair = make_pair(tmp_path / "pair")
    pair.there_and_back()
    for n in range(40):
        pair.receive()
        if n == 20:
            seal_all(pair.station, now_wanted=True)
    true = {row.rid: row.sha for row in pair.rows(EVENTS)}
    pair.store.close()
    pair.district.store.close()
    home = (fast_folder() or tmp_path) / f"clerk-tui-flips-{tmp_path.name}-{tmp_path.parent.name}"
    shutil.copytree(pair.folder, home)
    whole = pair.store.path.read_bytes()
    chance, found = random.Random(2), {"refused": 0, "named": 0, "stopped": 0, "without effect": 0}
    flips = size(20, 1000)
    try:
        for _ in range(flips):
            shutil.rmtree(pair.folder)
            shutil.copytree(home, pair.folder)
            damaged = bytearray(whole)
            damaged[chance.randrange(100, len(whole))] ^= 1 << chance.randrange(8)
            pair.store.path.write_bytes(damaged)
            found[after(pair, true)] += 1
            pair.store.close()
            pair.district.store.close()
    finally:
        shutil.rmtree(home)
    tally.note(f"flips in the pages of a store of {len(whole) // PAGE} pages: {found}")
    tally.add(flips_in_pages=flips)
    assert found["without effect"] < flips


def after(pair, true):
    """What becomes of a store with one bit turned; whatever arrived is a record as it was written."""
    said = "without effect"
    try:
        open_store(pair.store.path, clock_ms=pair.clock.now).close()
        for _ in range(2):
            if pair.exchange().state == "stopped":
                said = "stopped"
            pair.serve()
        with pair.store.read() as connection:
            if not verify(connection).whole:
                said = "named"
    except Exception:  # whatever a damaged page leads to: nothing was believed
        said = "refused"
    kept = {row.rid: row.sha for row in pair.kept(KEPT)}
    assert {rid: sha for rid, sha in kept.items() if true.get(rid) not in (sha, None)} == {}
    assert said != "without effect" or set(true) - set(kept) <= stays(pair)
    return said


def stays(pair):
    return {row.rid for row in pair.rows(EVENTS, EVENTS.c.travels == "stays")}
