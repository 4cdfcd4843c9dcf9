"""The station as a program of its own, for the tests that kill it: `python processes.py station STORE URL KEYS`."""

import os
import sys
from pathlib import Path

from clerk_tui.channel.station import connect
from clerk_tui.channel.sync import exchange_once
from clerk_tui.store.act import By, acting, system_clock
from clerk_tui.store.schema import open_store
from tests.channel.oracle import frame

BY = By("c1", "1001", "李敏", frozenset({"clerk"}), "hall-1", "w3", 3)


def say(words: str) -> None:
    """One framed line: a torn one is not believed."""
    os.write(1, frame(words))


def station(place: str, url: str, keys: str) -> None:
    """Commit three events, say each one after its commit, exchange; again and again."""
    store = open_store(Path(place), clock_ms=system_clock())
    end = connect(store, url, Path(keys))
    for number in range(4):
        for part in range(3):
            with acting(store, BY, clock_confirmed=True) as act:
                act.record("person.registered", act.act_id, {"number": number, "part": part}, version=1)
            say(act.events[0]["rid"])
        exchange_once(end, send_now=True)


if __name__ == "__main__":
    job, *arguments = sys.argv[1:]
    globals()[job](*arguments)
