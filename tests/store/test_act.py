from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical
from clerk_tui.store.act import CLOCK_BACK_MS, YEAR_MS, By, acting, record_sha
from clerk_tui.store.core import EVENTS, HEAD, TASKS
from clerk_tui.store.engine import Store
from clerk_tui.store.event_kinds import KINDS
from clerk_tui.store.schema import GENESIS


def count(store: Store) -> int:
    with store.read() as connection:
        return int(connection.execute(select(func.count()).select_from(EVENTS)).scalar_one())


def test_an_act_appends_its_events_in_order_and_moves_the_head(store: Store, by: By, clock: Any) -> None:
    clock.now += 5000
    with acting(store, replace(by, second_id="c2"), clock) as act:
        act.record("ticket.issued", "t1", {"number": "A001", "rank": 4}, version=1)
        act.record("ticket.called", "t1", {"number": "A001"}, base_version=1)
    with store.read() as connection:
        events = connection.execute(select(EVENTS).order_by(EVENTS.c.n)).mappings().all()
        head = connection.execute(select(HEAD)).one()
    assert [(event["n"], event["kind"], event["base_ver"], event["ent_ver"]) for event in events[1:]] == [
        (2, "ticket.issued", 0, 1),
        (3, "ticket.called", 1, 2),
    ]
    assert {event["act_id"] for event in events[1:]} == {act.act_id}
    assert events[2]["second_id"] == "c2"
    assert events[1]["travels"] == "part" and events[1]["at"] == clock.now
    chain = GENESIS
    for event in events:
        assert record_sha(dict(event)) == event["sha"]
        chain = canonical.sha(bytes.fromhex(chain) + bytes.fromhex(event["sha"]))
    assert (head.n, head.head, head.last_at) == (3, chain, clock.now)


def test_the_hash_does_not_depend_on_place_so_that_a_resend_is_a_duplicate(store: Store, by: By, clock: Any) -> None:
    with store.read() as connection:
        event = dict(connection.execute(select(EVENTS)).mappings().one())
    assert record_sha({**event, "n": 99, "window_id": "other", "act_id": "other"}) == event["sha"]
    for field in ("rid", "kind", "v", "ent", "ent_id", "ent_ver", "base_ver", "at", "clk", "clerk_id", "body", "salt"):
        changed = {**event, field: event[field] + (1 if isinstance(event[field], int) else "x")}
        assert record_sha(changed) != event["sha"], field


def test_an_act_that_fails_leaves_neither_row_nor_event_nor_number(store: Store, by: By, clock: Any) -> None:
    with pytest.raises(Refusal), acting(store, by, clock) as act:
        act.connection.execute(insert(TASKS).values(id="x", kind="incident", words="", made_at=1))
        act.record("task.opened", "x", {})
        act.number("ticket:A:2025-11-24")
        raise Refusal("no", "不行")
    assert count(store) == 1
    with acting(store, by, clock) as act:
        assert act.number("ticket:A:2025-11-24") == 1
        assert act.connection.execute(select(func.count()).select_from(TASKS)).scalar_one() == 0


def test_an_unknown_kind_of_event_is_a_mistake_of_the_program(store: Store, by: By, clock: Any) -> None:
    with pytest.raises(KeyError), acting(store, by, clock) as act:
        act.record("ticket.eaten", "t1", {})
    assert count(store) == 1


def test_every_kind_names_its_entity_and_what_happened() -> None:
    for kind, travel in KINDS.items():
        assert kind.count(".") == 1, kind
        assert travel.how in ("whole", "part", "hash", "stays"), kind
        assert (travel.how == "part") == bool(travel.keys), kind


def test_a_repeated_act_is_refused_and_not_done_twice(store: Store, by: By, clock: Any) -> None:
    for _ in range(2):
        try:
            with acting(store, by, clock, act_id="draft-7") as act:
                act.record("ticket.issued", "t1", {"number": "A001"})
        except Refusal as refusal:
            assert refusal.code == "act_done"
            break
    else:
        pytest.fail("the second act was taken")
    assert count(store) == 2


@pytest.mark.parametrize(("moved", "asked"), [(-CLOCK_BACK_MS, False), (-CLOCK_BACK_MS - 1, True), (YEAR_MS + 1, True)])
def test_a_clock_before_the_last_event_or_a_year_ahead_is_asked_about(
    store: Store, by: By, clock: Any, moved: int, asked: bool
) -> None:
    clock.now += moved
    if not asked:
        with acting(store, by, clock) as act:
            act.record("ticket.issued", "t1", {})
        assert count(store) == 2
        return
    with pytest.raises(Refusal, match="clock_wrong"), acting(store, by, clock) as act:
        act.record("ticket.issued", "t1", {})
    assert count(store) == 1
    with acting(store, by, clock, clock_confirmed=True) as act:
        act.record("clock.confirmed", "h1", {})
    assert count(store) == 2


def test_the_last_time_never_goes_back(store: Store, by: By, clock: Any) -> None:
    latest = clock.now
    clock.now -= 30_000
    with acting(store, by, clock) as act:
        act.record("ticket.issued", "t1", {})
    with store.read() as connection:
        assert connection.execute(select(HEAD.c.last_at)).scalar_one() == latest


def test_a_read_never_writes(store: Store) -> None:
    with store.read() as connection:
        connection.execute(update(HEAD).values(n=77))
    with store.read() as connection:
        assert connection.execute(select(HEAD.c.n)).scalar_one() == 1
