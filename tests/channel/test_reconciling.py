"""Daily reconciliation: both sides the same; what the district lost comes again; what the station lost is told."""

from sqlalchemy import delete, update

from clerk_tui.channel import reconciling
from clerk_tui.district.tables import KEPT
from clerk_tui.store.core import EVENTS, TASKS

DAY = 24 * 60


def reconcile(pair):
    """A day passes, then two exchanges there and back."""
    for _ in range(3):
        pair.clock.pass_minutes(11)
        pair.there_and_back()
    pair.clock.pass_minutes(DAY)
    for _ in range(3):
        pair.clock.pass_minutes(11)
        pair.there_and_back()
    with pair.store.read() as connection:
        return reconciling.outcome(connection)


def test_two_sides_that_hold_the_same_agree(pair):
    for _ in range(3):
        pair.receive()
    found = reconcile(pair)
    assert (found.days, found.differences) == (1, ())
    assert pair.rows(TASKS) == []


def test_it_is_stated_once_a_day_and_only_what_was_confirmed(pair):
    pair.receive()
    pair.exchange()
    pair.clock.pass_minutes(DAY)
    assert reconciling.state_days(pair.station) == 0  # nothing is confirmed yet
    pair.there_and_back()
    pair.exchange()
    stated = pair.rows(EVENTS, EVENTS.c.kind == "reconcile.stated")
    assert len(stated) == 1
    pair.exchange()
    assert pair.rows(EVENTS, EVENTS.c.kind == "reconcile.stated") == stated


def test_what_the_district_lost_is_sent_again_as_it_was(pair):
    case_id = pair.receive()
    pair.receive()
    pair.exchange()
    pair.serve()
    pair.exchange()
    rid = pair.rows(EVENTS, EVENTS.c.ent_id == case_id)[0].rid
    before = pair.kept(KEPT, KEPT.c.rid == rid)[0]
    with pair.district.store.write() as connection:
        connection.execute(delete(KEPT).where(KEPT.c.rid == rid))
    found = reconcile(pair)
    assert [one.missing_there for one in found.differences] == [(rid,)]
    after = pair.kept(KEPT, KEPT.c.rid == rid)[0]
    assert (after.sha, after.kind, after.at) == (before.sha, before.kind, before.at)
    assert pair.rows(TASKS) == []
    assert reconcile(pair).differences == ()


def test_what_only_the_district_holds_and_what_differs_is_a_task_for_a_person(pair):
    case_id = pair.receive()
    pair.receive()
    pair.exchange()
    pair.serve()
    pair.exchange()
    kept = pair.kept(KEPT, KEPT.c.ent_id == case_id)[0]
    with pair.district.store.write() as connection:
        connection.execute(update(KEPT).where(KEPT.c.rid == kept.rid).values(rid="elsewhere"))
        other = pair.kept(KEPT, KEPT.c.ent_id != case_id)[0]
        connection.execute(update(KEPT).where(KEPT.c.rid == other.rid).values(sha="f" * 64))
    found = reconcile(pair).differences[0]
    assert found.missing_here == ("elsewhere",) and found.changed == (other.rid,)
    assert [task.code for task in pair.rows(TASKS) if task.code == "reconcile"] == ["reconcile"]


def test_a_whole_day_that_only_the_district_holds_is_found(pair):
    """An old backup came back: of the days since then nothing is here, and nobody would ask after them."""
    pair.receive()
    pair.there_and_back()
    pair.clock.pass_minutes(DAY)
    morning = pair.clock.now
    pair.receive()
    pair.receive()
    pair.there_and_back()
    with pair.store.write() as connection:
        connection.execute(delete(EVENTS).where(EVENTS.c.at >= morning))
    pair.clock.pass_minutes(DAY)
    found = reconcile(pair)
    [lost] = [one for one in found.differences if one.missing_here]
    assert (lost.here, lost.there, len(lost.missing_here)) == (0, 3, 3)  # two intakes and that day's statement
    assert [task.code for task in pair.rows(TASKS) if task.code == "reconcile"] == ["reconcile"]


def test_a_day_off_is_no_difference(pair):
    pair.receive()
    pair.there_and_back()
    pair.clock.pass_minutes(5 * DAY)
    pair.receive()
    found = reconcile(pair)
    assert (found.days, found.differences) == (6, ())
    assert pair.rows(TASKS) == []
