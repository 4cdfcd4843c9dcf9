"""Daily reconciliation: both sides the same; what the district lost comes again; what the station lost is told."""

import json

from jsonschema import Draft202012Validator
from sqlalchemy import delete, update

from clerk_tui.channel import reconciling
from clerk_tui.district import wishes
from clerk_tui.district.tables import CASES as VIEWS
from clerk_tui.district.tables import KEPT, OUTGOING
from clerk_tui.resources import data_folder
from clerk_tui.store import canonical
from clerk_tui.store.core import CASES, EVENTS, TASKS

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


def test_what_comes_again_late_does_not_take_back_what_followed_it(pair):
    """The district lost the acceptance of a case that was long withdrawn, and an owed material's first entry."""
    case_id = pair.receive(state="received")
    pair.bump(case_id, "case.accepted", {"state": "accepted"}, state="accepted")
    pair.event("owed.recorded", "owed-1", {"case_id": case_id, "name": "照片"}, base=0)
    pair.event("owed.checked", "owed-1", {"case_id": case_id, "name": "照片"}, base=1)
    pair.bump(case_id, "case.withdrawn", {"reason": "申请人撤回"}, state="withdrawn")
    pair.there_and_back()
    before = pair.kept(VIEWS)[0]
    with pair.district.store.write() as connection:
        lost = KEPT.c.kind.in_(["case.accepted", "owed.recorded"])
        connection.execute(delete(KEPT).where(lost))
    found = reconcile(pair)
    assert sum(len(one.missing_there) for one in found.differences) == 2
    after = pair.kept(VIEWS)[0]
    assert (after.state, after.owed) == (before.state, before.owed) and before.state == "withdrawn"
    assert pair.rows(TASKS) == []


def test_the_last_record_of_a_case_still_counts_when_it_comes_again(pair):
    case_id = pair.receive()
    pair.bump(case_id, "case.withdrawn", {"reason": "申请人撤回"}, state="withdrawn")
    pair.there_and_back()
    with pair.district.store.write() as connection:
        connection.execute(delete(KEPT).where(KEPT.c.kind == "case.withdrawn"))
        connection.execute(update(VIEWS).values(state="accepted"))
    reconcile(pair)
    assert pair.kept(VIEWS)[0].state == "withdrawn"


def test_a_hand_over_of_papers_that_crosses_the_decision_does_not_take_it_back(pair):
    case_id = pair.receive()
    pair.there_and_back()
    pair.bump(case_id, "case.transferred", {"state": "reviewing"}, state="reviewing")
    pair.exchange()  # on its way
    wishes.answer(pair.district, {"case": pair.kept(VIEWS)[0].receipt_no, "decide": "granted"})
    pair.serve()
    view = pair.kept(VIEWS)[0]
    assert (view.state, view.decision, view.transferred) == ("decided", "granted", True)


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
        connection.execute(delete(CASES).where(CASES.c.receipt_no.in_(["SQ01-20251124-0002", "SQ01-20251124-0003"])))
    pair.clock.pass_minutes(DAY)
    found = reconcile(pair)
    [lost] = [one for one in found.differences if one.missing_here]
    assert (lost.here, lost.there, len(lost.missing_here)) == (0, 3, 3)  # two intakes and that day's statement
    [task] = [task for task in pair.rows(TASKS) if task.code == "reconcile"]
    assert lost.cases == ("SQ01-20251124-0002", "SQ01-20251124-0003")
    assert "办件 2 件: SQ01-20251124-0002, SQ01-20251124-0003; 请找出纸质材料补录" in task.words
    answered = [canonical.load(row.body) for row in pair.kept(OUTGOING, OUTGOING.c.kind == "reconcile.answered")]
    schema = json.loads((data_folder() / "schemas/events/reconcile.answered.schema.json").read_text(encoding="utf-8"))
    for body in answered:
        Draft202012Validator(schema).validate(body)


def test_a_day_off_is_no_difference(pair):
    pair.receive()
    pair.there_and_back()
    pair.clock.pass_minutes(5 * DAY)
    pair.receive()
    found = reconcile(pair)
    assert (found.days, found.differences) == (6, ())
    assert pair.rows(TASKS) == []
