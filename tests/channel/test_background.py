"""When it is time to exchange, whose turn it is, pause and resume, cancel, and what a person mends."""

import random
from dataclasses import replace

import pytest

from clerk_tui.channel import keys, lease, mending
from clerk_tui.channel.background import Background
from clerk_tui.channel.carrying import carry
from clerk_tui.channel.faults import LinkFault
from clerk_tui.channel.folders import UP_IN, FolderTransport, make_layout
from clerk_tui.channel.inspecting import inspect
from clerk_tui.channel.sealing import RECORDS
from clerk_tui.channel.status import status
from clerk_tui.district.tables import KEPT
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import acting
from clerk_tui.store.core import BATCHES, EVENTS, STREAMS, SYNC_LEASE, TASKS


@pytest.fixture
def make(pair):
    """A program's background exchange on this store."""
    made = []

    def one(program="a"):
        url = str(pair.district.station_folder(pair.station.identity.station))
        made.append(Background(pair.store, url, pair.folder / "keys", clock=pair.clock, program=program))
        return made[-1]

    yield one
    for background in made:
        background.close()


@pytest.fixture
def boss(pair):
    return replace(pair.by, roles=frozenset({"supervisor"}))


def test_once_a_minute_and_at_once_when_a_batch_is_full(pair, make):
    background = make()
    assert background.tick().state == "ok"
    pair.receive()
    pair.clock.pass_minutes(0.5)
    assert background.tick() is None
    pair.clock.pass_minutes(0.6)
    assert background.tick().sealed == 1
    pair.clock.pass_minutes(0.2)
    assert background.tick() is None
    with acting(pair.store, pair.by, pair.clock, clock_confirmed=True) as act:
        for number in range(RECORDS):
            act.record("person.registered", f"p{number}", {}, version=1)
    report = background.tick()
    assert (report.sealed, report.events) == (1, RECORDS)


def test_one_program_exchanges_and_another_follows_when_it_does_not_come(pair, make):
    first, second = make("first"), make("second")
    assert first.tick().state == "ok"
    pair.clock.pass_minutes(1.1)
    assert second.tick() is None
    assert first.tick().state == "ok"
    pair.clock.pass_minutes(1.3)
    assert second.tick().state == "ok"


def test_send_now_asks_the_program_that_exchanges(pair, make):
    first, second = make("first"), make("second")
    first.tick()
    lease.take(pair.store, "first", pair.clock.now)
    pair.receive()
    assert second.send_now().state == "busy"
    lease.release(pair.store, "first")
    pair.clock.pass_minutes(0.2)
    assert first.tick().state == "ok"
    assert pair.rows(SYNC_LEASE)[0].wanted_at is None


def test_backoff_has_full_jitter_doubles_to_a_quarter_of_an_hour_and_never_ends(pair):
    random.seed(7)
    lease.ensure(pair.store)
    waits = [lease.note_failure(pair.store, pair.clock.now, "断线") - pair.clock.now for _ in range(40)]
    assert all(1_000 <= wait <= 15 * 60_000 for wait in waits)
    assert max(waits[:3]) <= 20_000 and max(waits[12:]) > 8 * 60_000
    assert len(set(waits[12:])) > 20
    lease.note_success(pair.store, pair.clock.now)
    assert pair.rows(SYNC_LEASE)[0].next_try_at is None


def test_a_paused_exchange_sends_nothing_not_even_when_asked_and_loses_nothing(pair, make, boss):
    background = make()
    with pytest.raises(Refusal, match="not_allowed"):
        mending.pause(pair.store, pair.by, reason="维护", clock=pair.clock)
    with pytest.raises(Refusal, match="reason_missing"):
        mending.pause(pair.store, boss, reason=" ", clock=pair.clock)
    mending.pause(pair.store, boss, reason="区里维护", clock=pair.clock)
    pair.receive()
    pair.clock.pass_minutes(5)
    assert background.tick() is None
    assert background.send_now().state == "paused"
    assert status(pair.store, clock=pair.clock).paused_words == "区里维护"
    assert list((pair.host / UP_IN).iterdir()) == []
    mending.unpause(pair.store, boss, clock=pair.clock)
    assert background.tick().sealed == 1
    assert [row.kind for row in pair.rows(EVENTS, EVENTS.c.kind.startswith("channel."))] == [
        "channel.paused", "channel.unpaused",
    ]  # fmt: skip


def test_a_person_resumes_with_a_reason_which_stands_in_the_journal_and_closes_the_task(pair, make, boss):
    background = make()
    background.tick()
    background._station.transport.waiting = stopped
    pair.clock.pass_minutes(2)
    assert background.tick().state == "stopped"
    assert [task.kind for task in pair.rows(TASKS)] == ["fork"]
    assert "新批复" in status(pair.store, clock=pair.clock).advice
    pair.receive()
    pair.clock.pass_minutes(2)
    assert background.tick().state == "stopped"
    assert mending.resume(pair.store, boss, reason="区里换了主机密钥, 已核对", clock=pair.clock) == 2
    assert pair.rows(TASKS)[0].close_words == "区里换了主机密钥, 已核对"
    pair.clock.pass_minutes(2)
    assert background.tick().state == "ok"
    assert status(pair.store, clock=pair.clock).advice == ""
    pair.serve()
    assert "channel.resumed" in {row.kind for row in pair.kept(KEPT)}


def stopped():
    from clerk_tui.channel.faults import StreamStopped

    raise StreamStopped("host_key", "服务器的主机密钥与登记的不同")


def test_asking_again_and_sending_again(pair):
    assert mending.ask_again(pair.store, clock=pair.clock) is False
    pair.receive()
    pair.exchange()
    batch = pair.rows(BATCHES)[0]
    (pair.host / UP_IN / batch.name).unlink()
    assert mending.send_again(pair.store, batch.name)
    pair.exchange()
    assert (pair.host / UP_IN / batch.name).exists()
    assert not mending.send_again(pair.store, "another")
    with pair.store.write() as connection:
        connection.execute(STREAMS.update().where(STREAMS.c.id == pair.station.down).values(resend_from=1))
    assert mending.ask_again(pair.store, clock=pair.clock)


def test_cancel_ends_an_exchange_and_the_next_one_goes_on(pair, make):
    background = make()
    pair.receive()
    background.send_now()
    real = background._station.transport.send

    def send(name, content, report=None):
        background.cancel()
        report(1, len(content))
        real(name, content, report)

    background._station.transport.send = send
    pair.receive()
    assert background.send_now().state == "cancelled"
    assert [row.state for row in pair.rows(BATCHES)] == ["sent", "sealed"]
    assert background.send_now().state == "ok"
    assert [row.state for row in pair.rows(BATCHES)] == ["sent", "sent"]


def test_an_exchange_that_a_person_or_the_programs_end_cuts_off_is_no_failure_of_the_link(pair, make):
    """The transfer program is ended with it, and that looks like a lost connection: no backoff, no 离线."""
    background = make()
    background.send_now()

    def send(name, content, report=None):
        background.cancel()
        raise LinkFault("与服务器的连接断了")

    background._station.transport.send = send
    pair.receive()
    report = background.send_now()
    assert (report.state, report.next_try_at) == ("cancelled", None)
    [lease_row] = pair.rows(SYNC_LEASE)
    assert (lease_row.last_error, lease_row.failures, lease_row.until) == ("", 0, 0)
    pair.clock.pass_minutes(2)
    assert make("b").tick().state == "ok"


def test_keys_with_a_passphrase_wait_for_it(pair, make):
    keys.set_passphrase(pair.folder / "keys", "", "一二三四")
    background = make()
    assert background.needs_passphrase and background.tick() is None
    with pytest.raises(Refusal, match="keys_locked"):
        background.send_now()
    with pytest.raises(Refusal, match="keys_locked"):
        background.unlock("wrong")
    background.unlock("一二三四")
    assert background.tick().state == "ok"
    text = (pair.folder / "keys" / "sign.key").read_text()
    assert "argon2id" in text and pair.station.keys.signing.private_bytes_raw().hex() not in text
    keys.set_passphrase(pair.folder / "keys", "一二三四", "")
    assert keys.load(pair.folder / "keys").public == pair.station.keys.public


def test_a_wrapped_key_is_bound_to_its_name(pair):
    folder = pair.folder / "keys"
    keys.set_passphrase(folder, "", "口令")
    (folder / keys.SIGN_FILE).write_text((folder / keys.LOGIN_FILE).read_text())
    with pytest.raises(Refusal, match="keys_locked"):
        keys.load(folder, "口令")


def test_a_stick_carries_batches_both_ways_and_nothing_is_moved(pair, tmp_path):
    stick = tmp_path / "stick"
    stick.mkdir()
    pair.receive()
    assert carry(pair.station, stick).sent == 1
    name = pair.rows(BATCHES)[0].name
    assert pair.rows(BATCHES)[0].state == "sealed"  # the link will send it, too
    (pair.host / UP_IN / name).write_bytes((stick / UP_IN / name).read_bytes())
    pair.serve(automatic=True)
    for path in (pair.host / "down/out").iterdir():
        (stick / "down/out" / path.name).write_bytes(path.read_bytes())
    done = carry(pair.station, stick)
    assert done.applied >= 1 and pair.rows(BATCHES, BATCHES.c.name == name)[0].state == "applied"
    assert (stick / UP_IN / name).exists()
    with pytest.raises(Refusal, match="stick_missing"):
        carry(pair.station, tmp_path / "none")


def test_a_link_with_words_of_its_own_says_them(pair, tmp_path):
    make_layout(tmp_path / "folder")
    transport = FolderTransport(tmp_path / "folder")

    def fail():
        raise LinkFault("服务器太久没有反应, 已断开")

    transport.waiting = fail
    station = replace(pair.station, transport=transport)
    from clerk_tui.channel.sync import exchange_once

    report = exchange_once(station, send_now=True)
    assert (report.state, report.words) == ("offline", "服务器太久没有反应, 已断开")


def test_each_batch_names_the_catalogue_that_is_in_use_then(pair, make):
    program = make()
    for version in ("first", "second"):
        program.catalogue = version
        pair.receive()
        program.send_now()
    found = [
        inspect(path, reader=pair.district.keys, signers=(pair.station.keys.public,))
        for path in sorted(pair.host.glob("up/in/*.pyx"))
    ]
    assert [one["manifest"]["catalogue"] for one in found] == ["first", "second"]


def test_between_two_exchanges_a_look_is_in_vain_until_somebody_writes_or_the_minute_is_over(pair, make):
    background = make()
    assert not background.rests()  # nothing is known yet
    background.tick()
    background.tick()
    assert not background.rests()  # it was tried just now: the link may be tried again in a moment
    pair.clock.pass_minutes(0.2)
    assert background.tick() is None
    assert background.rests()
    pair.clock.pass_minutes(0.7)
    assert background.rests()
    pair.clock.pass_minutes(0.2)
    assert not background.rests()
    assert background.tick().state == "ok"


def test_a_clock_that_goes_back_ends_the_rest(pair, make):
    background = make()
    background.tick()
    pair.clock.pass_minutes(0.2)
    background.tick()
    assert background.rests()
    pair.clock.pass_minutes(-5)
    assert not background.rests()


def test_a_store_without_a_link_rests(pair):
    background = Background(pair.store, "", pair.folder / "keys", clock=pair.clock)
    assert background.tick() is None
    assert background.rests()
