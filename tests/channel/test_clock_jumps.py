"""A clock that jumps: an audit event and a task, once, while order, duplicates and the desk's work stay as they are."""

import time
from dataclasses import dataclass

import pytest

from clerk_tui.channel.background import Background
from clerk_tui.channel.clock_jumps import JUMPED, ClockWatch
from clerk_tui.district.tables import KEPT
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical
from clerk_tui.store.act import acting, since_boot
from clerk_tui.store.core import EVENTS, TASKS
from clerk_tui.store.verify import verify

HOUR, DAY = 3_600_000, 86_400_000
YEARS = 3650 * DAY


@dataclass
class Steady:
    """What the machine counts by itself."""

    now: int = 5_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def steady():
    return Steady()


@pytest.fixture
def make(pair, steady):
    made = []

    def one(program="a"):
        url = str(pair.district.station_folder(pair.station.identity.station))
        watch = ClockWatch(pair.clock, steady)
        made.append(Background(pair.store, url, pair.folder / "keys", clock=pair.clock, program=program, watch=watch))
        return made[-1]

    yield one
    for background in made:
        background.close()


def pass_time(pair, steady, minutes):
    pair.clock.pass_minutes(minutes)
    steady.now += int(minutes * 60_000)


def jumps(pair):
    found = pair.rows(EVENTS, EVENTS.c.kind == JUMPED)
    return [canonical.load(row.body)["by_ms"] for row in sorted(found, key=lambda row: row.n)]


@pytest.mark.parametrize("far", [DAY, -DAY, YEARS, -YEARS, HOUR, -HOUR, None], ids=str)
def test_a_jump_is_recorded_and_told_once_and_changes_no_order(pair, steady, make, far):
    """`None`: the clock of a machine whose battery is empty, 1970. An hour is what a machine does that keeps local time."""
    background = make()
    sent = []
    for number in range(6):
        if number == 3:
            far = -pair.clock.now + 1 if far is None else far
            pair.clock.now += far
        if number == 5:
            pair.clock.now -= far  # put right
        sent.append(pair.receive())
        pass_time(pair, steady, 2)
        background.tick()
        pair.serve()
    background.send_now()
    assert jumps(pair) == [far, -far]
    [task] = pair.rows(TASKS)
    assert (task.kind, task.closed_at) == ("clock", None) and "请核对本机时间" in task.words
    pair.serve()
    kept = sorted(pair.kept(KEPT), key=lambda row: row.seq)
    assert [row.ent_id for row in kept if row.kind == "case.received"] == sent
    assert [row.kind for row in kept].count(JUMPED) == 2 and {row.state for row in kept} == {"ok"}
    with pair.store.read() as connection:
        assert verify(connection).whole


def test_the_words_say_how_far_and_from_when_to_when(pair, steady):
    watch = ClockWatch(pair.clock, steady)
    assert watch.look(pair.store) is None
    pair.clock.now -= DAY + 2 * HOUR + 60_000
    said = watch.look(pair.store).words
    assert "往回跳了 1 天 2 小时 1 分: 2025-11-24 09:41 变成 2025-11-23 07:40" in said


@pytest.mark.parametrize("far", [0, 4_000, -4_000])
def test_a_clock_that_is_only_tuned_jumps_nowhere(pair, steady, make, far):
    background = make()
    for _ in range(4):
        pass_time(pair, steady, 2)
        pair.clock.now += far
        background.tick()
    assert jumps(pair) == [] and pair.rows(TASKS) == []


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="this system has one zone for all programs")
def test_summer_time_is_no_jump(pair, steady, make, monkeypatch):
    """The zone of the machine is not the clock: nothing that is kept knows it."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        pair.clock.now = 1_793_512_800_000 - 20 * 60_000  # 2026-11-01 06:00 UTC: the hour comes twice
        background = make()
        for _ in range(30):
            pass_time(pair, steady, 2)
            background.tick()
        assert jumps(pair) == []
    finally:
        monkeypatch.undo()
        time.tzset()


def test_several_programs_of_a_machine_record_one_jump(pair, steady, make):
    first, second = make("first"), make("second")
    first.tick()
    second.tick()
    pair.clock.now += DAY
    steady.now += 2_000
    second.tick()
    steady.now += 1_000
    pair.clock.now += 1_000
    first.tick()
    assert len(jumps(pair)) == 1


def test_a_program_that_starts_with_a_clock_before_the_journal_says_so_once(pair, steady, make):
    with acting(pair.store, pair.by, pair.clock) as act:
        act.record("person.registered", "p9", {}, version=1)
    pair.clock.now = 60_000  # 1970
    make("first").tick()
    make("again").tick()
    [far] = jumps(pair)
    assert far == 60_000 - (pair.rows(EVENTS, EVENTS.c.ent_id == "p9")[0].at)
    pair.clock.now += 1
    assert make("third").watch.look(pair.store) is None


def test_a_program_that_stood_still_while_it_looked_saw_no_jump(pair, steady):
    watch = ClockWatch(pair.clock, steady)
    watch.look(pair.store)

    def stopped_meanwhile():
        steady.now += 60_000  # Ctrl-Z between the two clocks
        return pair.clock.now + 60_000

    watch.clock = stopped_meanwhile
    assert watch.look(pair.store) is None and jumps(pair) == []
    watch.clock = pair.clock
    pair.clock.now += 60_000 + HOUR
    assert watch.look(pair.store).now == pair.clock.now


def test_a_locked_store_only_delays_what_is_recorded(pair, steady, make, monkeypatch):
    background = make()
    background.tick()
    pair.clock.now += DAY
    real = background.watch.clock
    with monkeypatch.context() as locked:
        locked.setattr("clerk_tui.channel.clock_jumps.acting", busy)
        background.tick()
    assert jumps(pair) == [] and background.blocked == ""
    assert real is background.watch.clock
    background.tick()
    assert jumps(pair) == [DAY]


def busy(*_arguments, **_more):
    raise Refusal("busy", "数据库正忙")


def test_the_desk_works_on_when_a_far_jump_was_put_right(pair, steady, make):
    """The exchange went on in 2035: that must not make the journal wait for that year."""
    with acting(pair.store, pair.by, pair.clock) as act:
        act.record("person.registered", "p8", {}, version=1)
    background = make()
    background.tick()
    pair.clock.now += YEARS
    with pytest.raises(Refusal, match="clock_wrong"), acting(pair.store, pair.by, pair.clock) as act:
        act.record("person.registered", "p9", {}, version=1)
    background.send_now()
    pair.serve()
    background.tick()
    background.send_now()
    pair.clock.now -= YEARS
    with acting(pair.store, pair.by, pair.clock) as act:
        act.record("person.registered", "p9", {}, version=1)
    assert pair.rows(EVENTS, EVENTS.c.ent_id == "p9")


def test_the_machines_own_count_never_goes_back_and_is_no_wall_clock():
    first = since_boot()
    time.sleep(0.02)
    assert 10 <= since_boot() - first < 5_000
    assert first < 20 * 365 * DAY
