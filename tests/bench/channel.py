#!/usr/bin/env python3
"""What the batch channel does in a second, each beside the plainest way to the same rows.

    python tests/bench/channel.py [--events 10000] [--days 30] [--stations 272] [--json FILE] [--bars] [PART ...]

Parts: apply (the district's apply path, beside inserting the same rows with sqlite3), way (sealed, sent over loopback
SFTP to a real sshd, verified, applied, acknowledged), lock (how long the desk's commits wait while 5,000 records come
in), memory (a batch at the caps, applied), drain (many stations after days without a link). With --bars the exit status
is 1 when a bar is missed.
"""

import argparse
import json
import os
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import itertools

from sqlalchemy import select

from clerk_tui.channel import enrolment, keys
from clerk_tui.channel.station import connect
from clerk_tui.channel.status import status
from clerk_tui.channel.sync import exchange_once
from clerk_tui.district.enrolling import approve
from clerk_tui.district.outgoing import answer
from clerk_tui.district.place import init
from clerk_tui.district.serving import serve_once
from clerk_tui.district.tables import CASES as VIEWS
from clerk_tui.district.tables import KEPT
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import By, acting
from clerk_tui.store.case_states import put_case
from clerk_tui.store.core import EVENTS
from tests.channel import sshd
from tests.channel.conftest import Clock, case_values, make_pair, make_station_store

BARS = {"way_seconds": 5.0, "apply_per_second": 3000, "memory_mb": 300, "lock_ms": 50}


def case_body(n: int) -> dict[str, object]:
    return {
        "receipt_no": f"SQ01-20251124-{n:05d}", "item_key": "gaoling-jintie", "item_name": "高龄津贴申领",
        "applicant": {"kind": "person", "id": f"p{n}", "name": "陈大文", "number_kind": "resident_id",
                      "number": "11010519491231002X"},
        "accept_power": "hall", "state": "accepted", "result_kind": "paper", "result_name": "高龄津贴核准表",
        "address": f"广州市番禺区市桥街道大北路{n}号", "owed": [],
    }  # fmt: skip


def fill(pair, events: int) -> None:
    """So many events, in acts of a hundred, as a demonstration or an import writes them."""
    for start in range(0, events, 100):
        with acting(pair.store, pair.by, pair.clock, clock_confirmed=True) as act:
            for n in range(start, min(events, start + 100)):
                act.record("case.received", f"case-{n}", case_body(n), version=1)


def fill_cases(pair, count: int) -> None:
    """Cases with their rows, a hundred in an act."""
    for start in range(0, count, 100):
        with acting(pair.store, pair.by, pair.clock, clock_confirmed=True) as act:
            for n in range(start, min(count, start + 100)):
                values = case_values(
                    f"case-{n}", f"SQ01-20251124-{n:05d}", act.now, state="received", power="department"
                )
                put_case(act.connection, values)
                act.record("case.received", f"case-{n}", case_body(n) | {"state": "received"}, version=1)


def apply(folder: Path, events: int) -> dict[str, float]:
    pair = make_pair(folder)
    pair.there_and_back()
    fill(pair, events)
    pair.exchange()
    began = time.perf_counter()
    records = serve_once(pair.district).taken.records
    took = time.perf_counter() - began
    rows = [tuple(row) for row in pair.kept(KEPT)]
    views = [tuple(row) for row in pair.kept(VIEWS)]
    plain = folder / "plain.db"
    with sqlite3.connect(pair.district.folder / "district.db") as source:
        schema = [
            sql
            for (sql,) in source.execute(
                "select sql from sqlite_master where sql is not null and tbl_name in ('kept_record', 'case_view')"
            )
        ]
    database = sqlite3.connect(plain)
    database.execute("pragma journal_mode=wal")
    database.execute("pragma synchronous=full")
    for sql in schema:
        database.execute(sql)
    database.commit()
    began = time.perf_counter()
    for start in range(0, len(rows), 500):  # as many commits as there are batches
        for table, all_rows in (("kept_record", rows), ("case_view", views)):
            part = all_rows[start : start + 500]
            if part:
                marks = ",".join("?" * len(part[0]))
                database.executemany(f"insert into {table} values ({marks})", part)
        database.commit()
    bare = time.perf_counter() - began
    return {"apply_per_second": records / took, "sqlite3_per_second": len(rows) / bare, "apply_ratio": took / bare}


def way(folder: Path, events: int) -> dict[str, float]:
    pair = make_pair(folder)
    host = sshd.start(folder / "sshd")
    try:
        host.authorize(keys.login_public(folder / "keys"))
        station = connect(
            pair.store, host.url(pair.host), folder / "keys", host_key=host.host_key, clock=pair.clock, app="bench"
        )
        exchange_once(station, send_now=True)
        serve_once(pair.district)
        exchange_once(station, send_now=True)
        fill(pair, events)
        marks = [time.perf_counter()]
        sent = exchange_once(station, send_now=True)
        marks.append(time.perf_counter())
        taken = serve_once(pair.district).taken
        marks.append(time.perf_counter())
        exchange_once(station, send_now=True)
        marks.append(time.perf_counter())
        waiting = status(pair.store, clock=pair.clock)
        assert (sent.events, taken.records, waiting.unconfirmed) == (events, events, 0), (sent, taken, waiting)
        station.transport.close()
        steps = [after - before for before, after in itertools.pairwise(marks)]
        return {
            "way_seconds": sum(steps),
            "seal_and_send": steps[0],
            "verify_and_apply": steps[1],
            "acknowledged": steps[2],
        }
    finally:
        host.stop()


EXCHANGING = """
import gc, json, sys, time
from pathlib import Path
from sqlalchemy import event
from clerk_tui.channel.station import connect
from clerk_tui.channel.sync import exchange_once
from clerk_tui.store.schema import open_store
store = open_store(Path(sys.argv[1]), clock_ms=int(sys.argv[4]))
end = connect(store, sys.argv[2], Path(sys.argv[3]), clock=lambda: int(sys.argv[4]))
began, holds = [], []
def writing(connection):
    if connection.get_execution_options().get("takes_write_lock"):
        began.append((time.perf_counter(), time.thread_time()))
event.listen(store.engine, "begin", writing)
commit = store.engine.dialect.do_commit
def committed(raw):
    commit(raw)
    if began:
        wall, cpu = began.pop()
        holds.append(((time.perf_counter() - wall) * 1000, (time.thread_time() - cpu) * 1000))
store.engine.dialect.do_commit = committed
gc.freeze()  # as the program does
records = exchange_once(end, send_now=True).records
print(json.dumps({"records": records, "transactions": len(holds), "wall": max(holds)[0],
                  "cpu": max(cpu for _, cpu in holds)}))
"""
"""A program that exchanges once, and says how long its longest transaction had the write lock."""


def lock(folder: Path, records: int = 5_000) -> dict[str, float]:
    """The desk commits all the time while the district's answers come in; how long it waits for the write lock."""
    pair = make_pair(folder)
    fill_cases(pair, records // 5)
    pair.there_and_back()
    with pair.district.store.write() as connection:
        for view in connection.execute(select(VIEWS)).all():
            for kind, body in (
                *(("case.stage_reported", {"stage": words, "date": "2025-11-24"}) for words in ("甲", "乙", "丙")),
                ("case.decision_received", {"decision": "granted", "date": "2025-11-24"}),
                ("result.expected", {"kind": "paper", "number": f"N{view.case_id}", "copies": 1}),
            ):
                answer(connection, view.station, kind, view.case_id, body, now=pair.clock.now)
    serve_once(pair.district)
    waits: dict[str, list[float]] = {"alone": [], "beside": []}
    phase, ended = ["alone"], threading.Event()

    def desk() -> None:
        while not ended.is_set():
            began = time.perf_counter()
            try:
                with pair.store.write() as connection:
                    waits[phase[0]].append(time.perf_counter() - began)
                    connection.exec_driver_sql("select 1")
            except Refusal:
                waits[phase[0]].append(time.perf_counter() - began)
            time.sleep(0.005)

    clerk = threading.Thread(target=desk)
    clerk.start()
    time.sleep(1)
    phase[0] = "beside"
    command = [
        sys.executable,
        "-c",
        EXCHANGING,
        str(pair.store.path),
        str(pair.host),
        str(folder / "keys"),
        str(pair.clock.now),
    ]
    began = time.perf_counter()
    done = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
    )
    took = time.perf_counter() - began
    ended.set()
    clerk.join()
    beside = sorted(waits["beside"])
    told = json.loads(done.stdout)
    return {
        "records": told["records"], "lock_seconds": took, "transactions": told["transactions"],
        "hold_cpu_ms": told["cpu"], "hold_ms": told["wall"], "commits_beside": len(beside),
        "alone_ms": max(waits["alone"]) * 1000,
        "lock_alone_ms": statistics.median(waits["alone"]) * 1000, "lock_median_ms": statistics.median(beside) * 1000,
        "lock_p99_ms": beside[int(len(beside) * 0.99)] * 1000, "lock_ms": beside[-1] * 1000,
    }  # fmt: skip


def memory(folder: Path) -> dict[str, float]:
    """A batch at the caps, from its file to the district's commit, in a process of its own."""
    program = str(ROOT / "tests/channel/hostile.py")
    done = subprocess.run(
        [sys.executable, program, str(folder), "apply"], env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {"memory_mb": float(json.loads(done.stdout)["peak"])}


def drain(folder: Path, stations: int, days: int) -> dict[str, float]:
    """Every station works `days` without a link, then all come back at once, with backoff and one district."""
    clock, chance = Clock(), random.Random(1)
    district = init(folder / "district", "番禺区(模拟)", clock=clock)
    ends, events = [], 0
    by = By("c1", "1001", "李敏", frozenset({"clerk"}), "hall-1", "w3", 3)
    for n in range(stations):
        place = folder / f"s{n}"
        place.mkdir()
        store = make_station_store(place / "hall.db", by, clock, code=f"440113{n:06d}", inst=f"{n:08x}")
        request = enrolment.write_request(store, place / "keys", place / "request.json", clock=clock)
        approve(district, place / "request.json", place / "approval.json")
        enrolment.install(store, place / "keys", place / "approval.json")
        end = connect(store, str(district.station_folder(request.station)), place / "keys", clock=clock)
        ends.append(replace(end, transport=Dead(end.transport)))
    start = clock.now
    for day in range(days):
        clock.now = start + day * 86_400_000
        for n, end in enumerate(ends):
            with acting(end.store, by, clock, clock_confirmed=True) as act:
                for k in range(chance.randint(5, 25)):
                    act.record("case.received", f"case-{n}-{day}-{k}", case_body(events), version=1)
                    events += 1
            exchange_once(end)
    clock.now = start + days * 86_400_000
    for end in ends:
        end.transport.dead = False
    began, simulated, rounds = time.perf_counter(), clock.now, 0
    left = set(range(stations))
    while left and rounds < 200:
        rounds += 1
        for n in sorted(left):
            exchange_once(ends[n])
        serve_once(district)
        clock.now += 5_000
        for n in sorted(left):
            state = status(ends[n].store, clock=clock)
            if state.unsent == 0 and state.unconfirmed == 0:
                left.discard(n)
    took = time.perf_counter() - began
    with district.store.read() as connection:
        kept = {row.rid for row in connection.execute(select(KEPT.c.rid))}
    lost = 0
    for end in ends:
        with end.store.read() as connection:
            sent = set(connection.execute(select(EVENTS.c.rid).where(EVENTS.c.travels != "stays")).scalars())
        lost += len(sent - kept)
        end.store.close()
    district.close()
    return {
        "stations": stations, "days": days, "events": events, "drain_lost": lost, "drain_undone": len(left),
        "drain_rounds": rounds, "drain_simulated_seconds": (clock.now - simulated) / 1000, "drain_seconds": took,
        "drain_events_per_second": events / took,
    }  # fmt: skip


class Dead:
    """A link that is down until it is not."""

    def __init__(self, real) -> None:
        self.real, self.dead = real, True

    def __getattr__(self, name: str):
        if self.dead:
            raise OSError("no link")
        return getattr(self.real, name)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART")
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--stations", type=int, default=272)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--bars", action="store_true")
    options = parser.parse_args()
    parts = {
        "apply": lambda folder: apply(folder, options.events),
        "way": lambda folder: way(folder, options.events),
        "lock": lock,
        "memory": memory,
        "drain": lambda folder: drain(folder, options.stations, options.days),
    }
    figures: dict[str, float] = {}
    for name in options.parts or parts:
        with tempfile.TemporaryDirectory(prefix="clerk-tui-bench-") as folder:
            found = parts[name](Path(folder))
        figures |= found
        sys.stdout.write(f"{name}: " + ", ".join(f"{key} {value:,.4g}" for key, value in found.items()) + "\n")
        sys.stdout.flush()
    missed = [
        f"{name}: {figures[name]:.4g}, bar {bar}"
        for name, bar in BARS.items()
        if name in figures and (figures[name] < bar if name == "apply_per_second" else figures[name] > bar)
    ]
    sys.stdout.write(
        "missed: "
        + ("; ".join(missed) or "none")
        + f"; peak of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB\n"
    )
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    return 1 if options.bars and missed else 0


if __name__ == "__main__":
    sys.exit(main())
