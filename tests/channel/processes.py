"""Other programs at both ends, for the tests that kill them: `python processes.py JOB …`.

The jobs that begin with `mutant` break one promise on purpose: the oracle must find them.
"""

import os
import sys
import zlib
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from clerk_tui.channel.failpoints import reach
from clerk_tui.channel.station import connect
from clerk_tui.channel.sync import exchange_once
from clerk_tui.district import judging, receiving
from clerk_tui.district.docket import Docket
from clerk_tui.district.place import open_district
from clerk_tui.district.serving import serve_once
from clerk_tui.store.act import By, acting, system_clock
from clerk_tui.store.core import TASKS
from clerk_tui.store.schema import open_store

BY = By("c1", "1001", "李敏", frozenset({"clerk"}), "hall-1", "w3", 3)


def say(words: str) -> None:
    """One framed line: a torn one is not believed."""
    os.write(1, f"{words} {zlib.crc32(words.encode()):08x}\n".encode())


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


def mutant_two_transactions(place: str) -> None:
    """The row in one transaction, its event in another."""
    store = open_store(Path(place), clock_ms=system_clock())
    for number in range(5):
        with store.write() as connection:
            connection.execute(insert(TASKS).values(id=f"row-{number}", kind="incident", words="", made_at=0))
        reach("between")
        with acting(store, BY, clock_confirmed=True) as act:
            act.record("person.registered", f"row-{number}", {}, version=1)


def mutant_ack_first(folder: str) -> None:
    """Acknowledge in one transaction, keep the records in another."""
    district = open_district(Path(folder))
    real, later = judging.judge, []

    def promise(docket: Any, record: Any) -> tuple[str, list[Any]]:
        later.append((record, docket.source))
        return "OK", []

    receiving.judge = promise
    serve_once(district)
    reach("acknowledged")
    with district.store.write() as connection:
        for record, source in later:
            docket = Docket(connection, source, [record])
            real(docket, record)
            docket.write()


if __name__ == "__main__":
    job, *arguments = sys.argv[1:]
    globals()[job](*arguments)
