"""Many lives of both ends, each of which ends by kill -9: `python campaign.py FOLDER URL KEYS DISTRICT KILLS EACH SEED
[MUTANT]`: at least KILLS in all, and at least EACH at every named step.

Both ends work at the same time, each in a process forked from this one, so that a life costs no start of Python. A life
ends at a named step, or wherever it is when its time is over. After it the next one begins on what it left behind.
"""

import json
import os
import random
import select
import signal
import sys
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import insert

from clerk_tui.channel import failpoints
from clerk_tui.channel.failpoints import reach
from clerk_tui.channel.folders import UP_IN
from clerk_tui.channel.station import connect
from clerk_tui.channel.sync import exchange_once
from clerk_tui.district import receiving
from clerk_tui.district.docket import kept_row
from clerk_tui.district.place import open_district
from clerk_tui.district.serving import serve_once
from clerk_tui.district.tables import KEPT
from clerk_tui.store.act import By, acting, new_id
from clerk_tui.store.case_states import put_case
from clerk_tui.store.core import TASKS
from clerk_tui.store.schema import open_store
from tests.channel.conftest import case_values
from tests.channel.oracle import frame
from tests.channel.steps import DISTRICT_STEPS, STATION_STEPS

BY = By("c1", "1001", "李敏", frozenset({"clerk"}), "hall-1", "w3", 3)
LIFE_SECONDS = 2.0
PATIENCE = 8
"""A life that did not come to its step is followed by one that has longer, at most so many times as long."""

BACKLOG = 20
"""With so many batches before the district the station commits nothing new: a slow machine must come to its answers."""

MUTANT_SECONDS = 15.0
MUTANT_STEPS = {
    "two_transactions": ("station", "between"),
    "ack_first": ("district", "promised"),
    "no_dedupe": ("district", "kept"),
}
"""Where a mutant has broken its promise, if it ends there."""

BODY = {
    "item_key": "gaoling-jintie", "item_name": "高龄津贴申领", "applicant": {"kind": "person", "id": "p1", "name": "陈大文"},
    "accept_power": "department", "state": "received", "result_kind": "paper", "result_name": "核准表", "owed": [],
}  # fmt: skip


def station(places, mutant):
    """Commit, say so, exchange; for ever."""
    store = open_store(Path(places["store"]), clock_ms=time.time_ns() // 1_000_000)
    end = connect(store, places["url"], Path(places["keys"]))
    log = os.open(places["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    waiting = Path(places["url"]) / UP_IN
    while True:
        behind = sum(1 for _ in waiting.iterdir()) > BACKLOG
        for _ in range(0 if behind and mutant is None else random.randint(1, 3)):
            if mutant == "two_transactions":
                row = new_id()
                with store.write() as connection:
                    connection.execute(insert(TASKS).values(id=row, kind="incident", words="", made_at=0))
                reach("between")
                with acting(store, BY, clock_confirmed=True) as act:
                    act.record("person.registered", row, {}, version=1)
            else:
                with acting(store, BY, clock_confirmed=True) as act:
                    number = act.number("receipt")
                    case_id, receipt_no = act.act_id, f"SQ01-20261125-{number:04d}"
                    put_case(
                        act.connection, case_values(case_id, receipt_no, act.now, state="received", power="department")
                    )
                    act.record("case.received", case_id, BODY | {"receipt_no": receipt_no}, version=1)
                    reach("in_act")
                reach("act_done")
            os.write(log, frame(act.events[0]["rid"]))
        exchange_once(end, send_now=True)


def district(places, mutant):
    """Take in, answer, publish; for ever."""
    opened = open_district(Path(places["district"]))
    promised = []
    real, apply = receiving.judge, receiving._apply
    if mutant == "ack_first":
        receiving.judge = lambda docket, record: promised.append((docket.source, record)) or ("OK", [])
    if mutant == "no_dedupe":
        receiving.judge = lambda docket, record: ("OK", [])

        def keep_then_apply(place, found):
            source = receiving.Source(found.header.station, found.header.inst, found.header.bno, place.clock())
            with place.store.write() as connection:
                for record in found.records:
                    if record.how != "stays":
                        connection.execute(insert(KEPT), [kept_row(record, source, "") | {"rid": new_id()}])
            reach("kept")
            return apply(place, found)

        receiving._apply = keep_then_apply
    while True:
        done = serve_once(opened, automatic=mutant is None)
        if promised:
            reach("promised")
        for source, record in promised:
            with opened.store.write() as connection:
                docket = receiving.Docket(connection, source, [record])
                docket.read()
                real(docket, record)
                docket.write()
        promised.clear()
        if done.idle:
            time.sleep(0.01)


def live(side, places, mutant, step, seed):
    """Fork one life; returns its process."""
    pid = os.fork()
    if pid:
        return pid
    random.seed(seed)
    failpoints._wanted, _, failpoints._times = step.partition(":")
    try:
        {"station": station, "district": district}[side](places, mutant)
    except BaseException as error:
        os.write(2, f"{side} {step}: {error!r}\n".encode())
    os._exit(70)


def main(folder, url, keys, district_folder, kills, each, seed, mutant=None):
    places = {
        "store": f"{folder}/hall.db", "url": url, "keys": keys, "district": district_folder, "log": f"{folder}/said.log",
    }  # fmt: skip
    chance = random.Random(int(seed))
    steps = {"station": STATION_STEPS, "district": DISTRICT_STEPS}
    lives, ends, count, missed = {}, Counter(), 0, Counter()
    most = int(kills) + 10 * int(each) * sum(map(len, steps.values()))

    def rarest(side):
        """The step at which this side was killed least often so far."""
        fewest = min(ends[f"{side} {step}"] for step in steps[side])
        return chance.choice([step for step in steps[side] if ends[f"{side} {step}"] == fewest])

    def enough():
        named = min(ends[f"{side} {step}"] for side in steps for step in steps[side])
        return count >= int(kills) and (mutant or named >= int(each) or count >= most)

    while not enough():
        for side in ("station", "district"):
            if side in lives:
                continue
            if mutant:
                where, step = MUTANT_STEPS[mutant]
                step = step if side == where else ""
            else:
                step = rarest(side) if chance.random() < 0.9 else ""
            limit = LIFE_SECONDS * min(1 + missed[side], PATIENCE) if step else chance.uniform(0.02, 0.5)
            named = f"{step}:{1 if missed[side] else chance.randint(1, 3)}" if step else ""
            if mutant:
                limit, named = MUTANT_SECONDS, step
            pid = live(side, places, mutant, named, chance.random())
            lives[side] = (pid, os.pidfd_open(pid), step, time.monotonic() + limit)
        next_end = min(life[3] for life in lives.values())
        ready, _, _ = select.select([life[1] for life in lives.values()], [], [], max(0, next_end - time.monotonic()))
        for side, (pid, handle, step, limit) in list(lives.items()):
            by_time = handle not in ready
            if by_time and time.monotonic() < limit:
                continue
            if by_time:
                os.kill(pid, signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
            os.close(handle)
            del lives[side]
            if not os.WIFSIGNALED(status):
                sys.exit(f"a life of the {side} ended by itself at {step}")
            ends["any moment" if by_time else f"{side} {step}"] += 1
            missed[side] = missed[side] + 1 if by_time and step else 0 if step else missed[side]
            count += 1
    for pid, handle, _, _ in lives.values():
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(handle)
    sys.stdout.write(json.dumps(ends))


if __name__ == "__main__":
    main(*sys.argv[1:])
