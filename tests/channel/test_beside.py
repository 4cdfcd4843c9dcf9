"""A district in a process of its own, answering while the station goes on; and how long the store stays locked."""

import threading
import time

from sqlalchemy import event

from clerk_tui.district.beside import serving
from clerk_tui.store.core import CASES, SENT_RECORDS

DEADLINE = 30


def test_a_district_beside_answers_and_ends_with_its_program(pair):
    pair.receive()
    tick = threading.Event()
    with serving(pair.district.folder, interval=0.1) as program:
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end and pair.rows(CASES)[0].district_no is None:
            pair.exchange()
            tick.wait(0.1)
        assert pair.rows(CASES)[0].district_no
        assert program.poll() is None
    assert program.poll() is not None
    assert {row.state for row in pair.rows(SENT_RECORDS)} == {"ok"}


def test_an_exchange_takes_the_write_lock_often_and_briefly_never_for_the_whole(pair):
    for _ in range(120):
        pair.receive(power="department", state="received")
    began, held = [], []

    def begin(connection):
        if connection.get_execution_options().get("takes_write_lock"):
            began.append(time.perf_counter())

    def commit(connection):
        if connection.get_execution_options().get("takes_write_lock"):
            held.append(time.perf_counter() - began[-1])

    event.listen(pair.store.engine, "begin", begin)
    event.listen(pair.store.engine, "commit", commit)
    pair.exchange()
    pair.serve(automatic=True)
    assert pair.exchange().records > 200
    assert len(held) >= 10
    assert sorted(held)[len(held) // 2] < 0.05
