"""Two stations, a district and a model of all three, driven at random: nothing lost, nothing doubled, states as modelled.

Files are lost, doubled and reordered between them; programs end and start again; a station is put back to a backup the
proper way; the district rejects records and the desk corrects them.
"""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import insert, select, update

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
from tests.channel.conftest import BAD_NUMBER, GOOD_NUMBER, Clock, Pair, make_station_store

CODES = ("440113001001", "440113001002")
WHICH = st.integers(0, 1)
PICK = st.integers(0, 10**6)


class TwoStations(RuleBasedStateMachine):
    """The model: what each station's desk did (`cases`: id -> state), and which of it the district must reject."""

    @initialize()
    def begin(self):
        self.folder = Path(tempfile.mkdtemp(prefix="clerk-tui-machine-"))
        self.clock = Clock()
        self.district = init(self.folder / "district", "番禺区(测试)", clock=self.clock)
        self.pairs = []
        for n, code in enumerate(CODES):
            by = By("c1", "1001", "李敏", frozenset({"clerk"}), "hall-1", "w3", 3)
            store = make_station_store(self.folder / f"hall{n}.db", by, self.clock, code=code, inst=f"{n}1b2c3d4")
            place = self.folder / f"papers{n}"
            request = enrolment.write_request(store, self.folder / f"keys{n}", place / "request.json", clock=self.clock)
            approve(self.district, place / "request.json", place / "approval.json")
            enrolment.install(store, self.folder / f"keys{n}", place / "approval.json")
            url = str(self.district.station_folder(request.station))
            station = connect(store, url, self.folder / f"keys{n}", clock=self.clock, app="test")
            self.pairs.append(Pair(self.folder, store, station, self.district, self.clock, by, made=n * 10_000))
        self.cases = [{}, {}]
        self.wrong = [set(), set()]
        self.insts = 0
        self.taken_away = []

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

    def connects(self, pair):
        """Nothing that happens to files may stop a stream; a torn file of ours is in the way until it is quarantined."""
        report = pair.exchange()
        assert report.state in ("ok", "faulty") or "同名" in report.words, report

    @rule()
    def serve(self):
        done = self.pairs[0].serve()
        assert done.trouble == "" and done.taken.refused == 0

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
        pair = self.pairs[n]
        pair.store.close()
        pair.store = open_store(self.folder / f"hall{n}.db", clock_ms=self.clock.now)
        pair.station = replace(pair.station, store=pair.store)

    @rule()
    def the_district_starts_again(self):
        self.district.close()
        self.district = open_district(self.folder / "district", clock=self.clock)
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

    @invariant()
    def nothing_is_doubled_and_nothing_invented(self):
        for n, pair in enumerate(self.pairs):
            sent = {row.rid for row in pair.rows(EVENTS, EVENTS.c.travels != "stays")}
            kept = [row.rid for row in pair.kept(KEPT, KEPT.c.station == CODES[n])]
            assert len(kept) == len(set(kept)) and set(kept) <= sent

    def teardown(self):
        if not hasattr(self, "folder"):
            return
        try:
            self.settle()
        finally:
            for pair in self.pairs:
                pair.store.close()
            self.district.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def settle(self):
        """With a link that works again everything arrives, and both ends agree with the model."""
        for _ in range(8):
            self.clock.pass_minutes(61)
            for pair in self.pairs:
                self.connects(pair)
            self.pairs[0].serve()
        for pair in self.pairs:  # a day's statement may have left in the last round: its answer is fetched too
            self.connects(pair)
        for n, pair in enumerate(self.pairs):
            sent = {row.rid for row in pair.rows(EVENTS, EVENTS.c.travels != "stays")}
            assert {row.rid for row in pair.kept(KEPT, KEPT.c.station == CODES[n])} == sent
            assert {row.state for row in pair.rows(SENT_RECORDS)} <= {"ok", "rejected", "held", "superseded"}
            views = {row.case_id: row for row in pair.kept(VIEWS, VIEWS.c.station == CODES[n])}
            rejected = {
                row.ent_id for row in pair.rows(SENT_RECORDS, SENT_RECORDS.c.state == "rejected") if row.ent == "case"
            }
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


def test_two_stations_and_a_district_agree_with_the_model(long_set, tally):
    examples, steps = (150, 60) if long_set else (6, 25)
    run_state_machine_as_test(
        TwoStations,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck), print_blob=False, phases=[Phase.generate],
        ),
    )  # fmt: skip
    tally.note(f"state machine: {examples} runs of up to {steps} steps")
