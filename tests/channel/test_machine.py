"""Two stations, a district and a model of all three, driven at random: nothing lost, nothing doubled, states as modelled.

Files are lost, doubled and reordered between them; programs end and start again; a station is put back to a backup the
proper way; the district rejects records and the desk corrects them.
"""

import atexit
import shutil
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import bindparam, insert, select, update

from clerk_tui.channel import enrolment
from clerk_tui.channel.station import connect
from clerk_tui.district import answering
from clerk_tui.district.enrolling import approve
from clerk_tui.district.place import init, open_district
from clerk_tui.district.tables import CASES as VIEWS
from clerk_tui.district.tables import KEPT
from clerk_tui.store.act import By
from clerk_tui.store.core import CASES, EVENTS, INSTALLATIONS, SENT_RECORDS
from clerk_tui.store.schema import open_store
from clerk_tui.store.verify import verify
from tests.channel.conftest import BAD_NUMBER, GOOD_NUMBER, MONDAY, Clock, Pair, fast_folder, make_station_store

CODES = ("440113001001", "440113001002")
BY = By("c1", "1001", "李敏", frozenset({"clerk"}), "hall-1", "w3", 3)
SETTLING = 8
WHICH = st.integers(0, 1)
PICK = st.integers(0, 10**6)


class World:
    """Two enrolled stations and their district, made once in a process: every run begins on a copy of their files.

    The engines live on, without connections, so that a run does not compile every statement anew.
    """

    made: "World | None" = None

    def __init__(self):
        self.home = Path(tempfile.mkdtemp(prefix="clerk-tui-machine-", dir=fast_folder()))
        atexit.register(shutil.rmtree, self.home, ignore_errors=True)
        self.folder, self.template = self.home / "run", self.home / "template"
        self.clock = Clock()
        self.district = init(self.folder / "district", "番禺区(测试)", clock=self.clock)
        self.stations = []
        for n, code in enumerate(CODES):
            store = make_station_store(self.folder / f"hall{n}.db", BY, self.clock, code=code, inst=f"{n}1b2c3d4")
            place = self.folder / f"papers{n}"
            request = enrolment.write_request(store, self.folder / f"keys{n}", place / "request.json", clock=self.clock)
            approve(self.district, place / "request.json", place / "approval.json")
            enrolment.install(store, self.folder / f"keys{n}", place / "approval.json")
            url = str(self.district.station_folder(request.station))
            self.stations.append(connect(store, url, self.folder / f"keys{n}", clock=self.clock, app="test"))
        self.close()
        shutil.copytree(self.folder, self.template)

    def close(self):
        for end in (*self.stations, self.district):
            end.store.close()

    @classmethod
    def again(cls):
        """The world as it was in the beginning."""
        if cls.made is None:
            cls.made = cls()
        world = cls.made
        world.close()
        shutil.rmtree(world.folder)
        shutil.copytree(world.template, world.folder)
        world.clock.now = MONDAY
        return world


class TwoStations(RuleBasedStateMachine):
    """The model: what each station's desk did (`cases`: id -> state), and which of it the district must reject."""

    counts: ClassVar[Counter[str]] = Counter()

    @initialize()
    def begin(self):
        world = World.again()
        self.folder, self.clock, self.district = world.folder, world.clock, world.district
        self.pairs = [Pair(self.folder, end.store, end, self.district, self.clock, BY, made=n * 10_000)
                      for n, end in enumerate(world.stations)]  # fmt: skip
        self.cases = [{}, {}]
        self.wrong = [set(), set()]
        self.insts = 0
        self.taken_away = []
        self.counts["runs"] += 1

    def up(self, n):
        return self.district.station_folder(CODES[n]) / "up/in"

    def files(self, n):
        root = self.district.station_folder(CODES[n])
        return sorted(path for part in ("up/in", "down/out", "down/ack") for path in (root / part).iterdir())

    @rule(n=WHICH, bad=st.booleans())
    def receive(self, n, bad):
        case_id = self.pairs[n].receive(number=BAD_NUMBER if bad else GOOD_NUMBER)
        self.cases[n][case_id] = "accepted"
        if bad:
            self.wrong[n].add(case_id)

    @rule(n=WHICH, pick=PICK)
    def transfer(self, n, pick):
        open_ = sorted(case for case, state in self.cases[n].items() if state == "accepted")
        if open_:
            case_id = open_[pick % len(open_)]
            self.pairs[n].bump(case_id, "case.transferred", {"state": "reviewing"}, state="reviewing")
            self.cases[n][case_id] = "reviewing"

    @rule(n=WHICH, pick=PICK)
    def correct(self, n, pick):
        """The desk corrects a record that came back."""
        rejected = [
            row for row in self.pairs[n].rows(SENT_RECORDS, SENT_RECORDS.c.state == "rejected") if row.ent == "case"
        ]
        if rejected:
            row = rejected[pick % len(rejected)]
            self.pairs[n].event(
                "record.corrected", row.rid, {"corrects": row.rid, "fields": {"applicant.number": GOOD_NUMBER}}
            )
            self.wrong[n].discard(row.ent_id)

    @rule(n=WHICH)
    def exchange(self, n):
        self.connects(self.pairs[n])

    def check_invariants(self, *arguments, **more):
        """Hypothesis asks after every step: so they are counted."""
        self.counts["steps"] += 1
        super().check_invariants(*arguments, **more)

    def connects(self, pair):
        """Nothing that happens to files may stop a stream; a torn file of ours is in the way until it is quarantined."""
        self.counts["exchanges"] += 1
        report = pair.exchange()
        assert report.state in ("ok", "faulty") or "同名" in report.words, report

    @rule()
    def serve(self):
        self.counts["rounds"] += 1
        done = self.pairs[0].serve()
        assert done.trouble == "" and done.taken.refused == 0
        self.nothing_is_doubled_and_nothing_invented()

    @rule(n=WHICH, pick=PICK)
    def lose_a_file(self, n, pick):
        if files := self.files(n):
            path = files[pick % len(files)]
            self.taken_away.append((path, path.read_bytes()))
            path.unlink()

    @rule(pick=PICK)
    def a_lost_file_turns_up(self, pick):
        """Late, and after others: reordered. Or again: doubled."""
        if self.taken_away:
            path, content = self.taken_away[pick % len(self.taken_away)]
            path.write_bytes(content)

    @rule(n=WHICH, pick=PICK)
    def tear_a_file(self, n, pick):
        if files := self.files(n):
            path = files[pick % len(files)]
            path.write_bytes(path.read_bytes()[: pick % max(1, path.stat().st_size)])

    @rule(minutes=st.sampled_from([1, 11, 61, 1500, -30]))
    def time_passes(self, minutes):
        self.clock.pass_minutes(minutes)

    @rule(n=WHICH)
    def a_station_starts_again(self, n):
        """Without a connection that was open before; that the store opens is looked at too."""
        pair = self.pairs[n]
        pair.store.close()
        open_store(self.folder / f"hall{n}.db", clock_ms=self.clock.now).close()
        pair.station = replace(pair.station)

    @rule()
    def the_district_starts_again(self):
        store = self.district.store
        store.close()
        opened = open_district(self.folder / "district", clock=self.clock)
        opened.close()
        self.district = replace(opened, store=store)
        for pair in self.pairs:
            pair.district = self.district

    @rule(n=WHICH)
    def a_station_becomes_a_new_installation(self, n):
        """As a restore does: the old stream ends, the new one sends the whole journal again."""
        pair = self.pairs[n]
        if self.insts >= 2:
            return
        self.insts += 1
        with pair.store.write() as connection:
            connection.execute(
                update(INSTALLATIONS).where(INSTALLATIONS.c.closed_at.is_(None)).values(closed_at=self.clock.now)
            )
            connection.execute(
                insert(INSTALLATIONS).values(
                    inst=f"0000000{self.insts}", hall_id=pair.by.hall_id, made_at=self.clock.now + 1
                )
            )
        place, keys = self.folder / f"again{self.insts}", self.folder / f"keys{n}"
        enrolment.write_request(pair.store, keys, place / "request.json", clock=self.clock)
        approve(self.district, place / "request.json", place / "approval.json", replace=True)
        enrolment.install(pair.store, keys, place / "approval.json")
        pair.station = connect(pair.store, str(self.district.station_folder(CODES[n])), keys, clock=self.clock)

    @rule(n=WHICH, pick=PICK)
    def the_district_reports_a_stage(self, n, pick):
        with self.district.store.read() as connection:
            views = connection.execute(select(VIEWS).where(VIEWS.c.station == CODES[n], VIEWS.c.receipt_no != "")).all()
        if views:
            answering.number(self.district, views[pick % len(views)])

    def nothing_is_doubled_and_nothing_invented(self):
        """After every step that may change what the district holds."""
        for n in range(len(self.pairs)):
            kept = self.arrived(n)
            assert len(kept) == len(set(kept)) and set(kept) <= self.sent(n)

    def sent(self, n):
        """The sender's ledger."""
        with self.pairs[n].store.read() as connection:
            return set(connection.execute(_TRAVELLING).scalars())

    def arrived(self, n):
        with self.district.store.read() as connection:
            return list(connection.execute(_ARRIVED, {"code": CODES[n]}).scalars())

    def teardown(self):
        if hasattr(self, "folder"):
            self.settle()

    def settle(self):
        """With a link that works again everything arrives within eight rounds, and stays so: both ends agree with the
        model."""
        to_the_end = self.counts["runs"] % 8 == 0
        for round_ in range(1, SETTLING + 1):
            self.clock.pass_minutes(61)
            for pair in self.pairs:
                self.connects(pair)
            self.serve()
            if round_ == SETTLING or (round_ >= 2 and not to_the_end):
                for pair in self.pairs:  # a day's statement may have left in this round: its answer is fetched too
                    self.connects(pair)
                try:
                    self.agrees()
                    break
                except AssertionError:
                    if round_ == SETTLING:
                        raise
        for n in range(len(self.pairs)):
            self.counts["events"] += len(self.sent(n))

    def agrees(self):
        for n, pair in enumerate(self.pairs):
            arrived = self.arrived(n)
            assert set(arrived) == self.sent(n) and len(set(arrived)) == len(arrived)
            fates = pair.rows(SENT_RECORDS)
            assert {row.state for row in fates} <= {"ok", "rejected", "held", "superseded"}
            views = {row.case_id: row for row in pair.kept(VIEWS, VIEWS.c.station == CODES[n])}
            rejected = {row.ent_id for row in fates if row.state == "rejected" and row.ent == "case"}
            assert rejected == self.wrong[n]
            assert {case: views[case].state for case in views if case not in rejected} == {
                case: state for case, state in self.cases[n].items() if case not in rejected
            }
            for row in pair.rows(CASES):
                assert row.state == self.cases[n][row.id]
                if row.id in views and views[row.id].district_no:
                    assert row.district_no == views[row.id].district_no
            with pair.store.read() as connection:
                assert verify(connection).whole


_TRAVELLING = select(EVENTS.c.rid).where(EVENTS.c.travels != "stays")
_ARRIVED = select(KEPT.c.rid).where(KEPT.c.station == bindparam("code"))


@pytest.mark.parts(20)
def test_two_stations_and_a_district_agree_with_the_model(part, size, tally):
    examples, steps = size(6, 500), (100 if size(0, 1) else 25)
    counts = TwoStations.counts
    counts.clear()
    run_state_machine_as_test(
        seed(part)(TwoStations),
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, database=None,
            suppress_health_check=list(HealthCheck), print_blob=False, phases=[Phase.generate],
        ),
    )  # fmt: skip
    counts["steps"] -= counts["runs"]  # the look before the first one
    tally.add(**{f"machine_{name}": count for name, count in counts.items()})
    assert counts["runs"] >= examples
