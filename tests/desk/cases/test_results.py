"""Papers out and results back: transfer, arrival, shelf, handover to the right hands, post, service, and queue to pickup."""

import pytest
from sqlalchemy import select

from clerk_tui.desk import (
    authorities,
    calling,
    case_reading,
    handing_over,
    history,
    intake,
    mailing,
    people,
    pickup,
    pickup_reads,
    policies,
    queueing,
    ticketing,
    transferring,
    visits,
)
from clerk_tui.desk.collectors import Collector
from clerk_tui.desk.context import Desk
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import By
from clerk_tui.store.core import CASES, HANDOVERS, OWED, RESULTS
from clerk_tui.store.event_kinds import KINDS
from clerk_tui.store.verify import verify

CARD = {"act": "new", "who": "hj", "by": "self"}
NOT_CASES = (
    "channel",
    "list",
    "reconcile",
    "record",
    "hall",
    "window",
    "installation",
    "policy",
    "numbers",
    "clerk",
    "duty",
    "clock",
    "access",
    "ticket",
    "appointment",
    "visit",
    "day",
    "person",
    "organisation",
    "authority",
    "task",
)


@pytest.fixture
def accepted(desk: Desk, clerk: By, elder: str, open_visit, fill) -> tuple[str, str]:
    """An accepted case of the elder's card: its id and receipt number."""
    draft = fill(clerk, open_visit(clerk, elder), elder, "laoren-youdaika", CARD)
    sheet = intake.sheet(desk, clerk, draft=draft)
    kind = next(one.kind for one in sheet.outcomes if one.possible and one.kind in ("accept", "receive"))
    done = intake.settle(desk, clerk, draft=draft, outcome=kind)
    return done.case_id, done.receipt_no


@pytest.fixture
def shelved(desk: Desk, clerk: By, accepted: tuple[str, str]) -> str:
    """Its card, on the shelf; the result's id."""
    transferring.transfer(desk, clerk, case_ids=(accepted[0],), signed_by="区老龄办")
    taken = pickup.take_in(desk, clerk, receipt_no=accepted[1], name="广州市老年人优待卡", kind="card", number="GZ001")
    return pickup.shelve(desk, clerk, result_id=taken.id, shelf="b-07").id


def test_a_transfer_moves_the_case_on_once(desk: Desk, clerk: By, accepted: tuple[str, str]) -> None:
    assert [row.case_id for row in transferring.transferable(desk, clerk)] == [accepted[0]]
    paper = transferring.transfer(desk, clerk, case_ids=(accepted[0],), signed_by="区老龄办")
    assert paper.kind == "transfer_list"
    assert transferring.transferable(desk, clerk) == ()
    with pytest.raises(Refusal, match="already_transferred"):
        transferring.transfer(desk, clerk, case_ids=(accepted[0],), signed_by="区老龄办")


@pytest.mark.parametrize(
    ("given", "code"),
    [({"case_ids": (), "signed_by": "甲"}, "nothing_chosen"), ({"signed_by": " "}, "receiver_missing")],
)
def test_a_transfer_needs_cases_and_a_receiver(desk: Desk, clerk: By, accepted, given, code) -> None:
    with pytest.raises(Refusal, match=code):
        transferring.transfer(desk, clerk, **{"case_ids": (accepted[0],), **given})
    assert len(transferring.transferable(desk, clerk)) == 1


def test_a_delivery_list_records_the_decision_unconfirmed(desk: Desk, clerk: By, accepted, shelved: str) -> None:
    with desk.look() as connection:
        case = connection.execute(select(CASES).where(CASES.c.id == accepted[0])).one()
        result = connection.execute(select(RESULTS).where(RESULTS.c.id == shelved)).one()
    assert (case.decision, case.decision_source, case.state) == ("granted", "paper", "closed")
    assert (result.shelf, result.state, result.confirmed) == ("B-07", "ready", False)
    assert pickup_reads.ready(desk, clerk, text="b-07")[0].source_words == "送件清单, 待区里确认"


def test_a_result_of_an_unknown_case_waits_under_its_name_and_is_never_handed_over(
    desk: Desk, clerk: By, accepted
) -> None:
    taken = pickup.take_in(desk, clerk, person_name="陈秀英", name="广州市老年人优待卡", kind="card")
    kept = pickup.shelve(desk, clerk, result_id=taken.id, shelf="C-01")
    assert kept.state == "shelved"
    with pytest.raises(Refusal, match="not_matched"):
        handing_over.hand_over(
            desk, clerk, result_ids=(taken.id,), collector=Collector(how="self"), signed_how="signature"
        )
    assert pickup.match(desk, clerk, result_id=taken.id, receipt_no=accepted[1]).state == "ready"


def test_the_applicant_signs_and_takes_it(desk: Desk, clerk: By, shelved: str) -> None:
    done = handing_over.hand_over(
        desk, clerk, result_ids=(shelved,), collector=Collector(how="self"), signed_how="signature"
    )
    assert [paper.kind for paper in done.papers] == ["collection_receipt"]
    with desk.look() as connection:
        handover = connection.execute(select(HANDOVERS)).one()
    assert (handover.collector_name, handover.relation, handover.signed_how) == ("陈秀英", "本人", "signature")
    with pytest.raises(Refusal, match="state_result"):
        handing_over.hand_over(
            desk, clerk, result_ids=(shelved,), collector=Collector(how="self"), signed_how="signature"
        )


@pytest.mark.parametrize(
    ("collector", "signed_how", "code"),
    [
        (Collector(how="self"), "", "not_signed"),
        (Collector(how="proxy", name="陈小明", id_number="440113199003070021"), "signature", "authority_missing"),
        (
            Collector(how="proxy", name="陈小明", id_number="440113199003070022", evidence="委托书"),
            "signature",
            "collector_number",
        ),
        (Collector(how="nobody"), "signature", "collector_how"),
    ],
)
def test_the_wrong_hands_get_nothing(desk: Desk, clerk: By, shelved: str, collector, signed_how, code) -> None:
    with pytest.raises(Refusal, match=code):
        handing_over.hand_over(desk, clerk, result_ids=(shelved,), collector=collector, signed_how=signed_how)
    assert pickup_reads.one(desk, clerk, result_id=shelved).state == "ready"


def test_nothing_is_handed_over_while_a_material_is_owed(desk: Desk, clerk: By, accepted, shelved: str) -> None:
    with desk.store.write() as connection:
        material = connection.exec_driver_sql("SELECT id FROM material LIMIT 1").scalar()
        connection.execute(
            OWED.insert().values(
                id="o-1",
                case_id=accepted[0],
                material_id=material,
                name="照片",
                state="owed",
                due="2026-11-30",
                days=5,
                kind="owed",
                unit="working",
                made_at=0,
            )
        )
    with pytest.raises(Refusal, match="material_owed"):
        handing_over.hand_over(
            desk, clerk, result_ids=(shelved,), collector=Collector(how="self"), signed_how="signature"
        )


@pytest.mark.parametrize(("item_key", "goes"), [("laoren-youdaika", True), ("dibao", False)])
def test_the_list_may_let_one_items_result_go_first(
    desk: Desk, clerk: By, supervisor: By, accepted, shelved: str, item_key: str, goes: bool
) -> None:
    content = {"items": {item_key: {"materials": {"photo": 5}, "result_before_supplement": True}}}
    document = {"number": "某容缺清单", "dated": "2026-11-01", "policy": content}
    policy_id = policies.load_policy(desk, supervisor, kind="deficiency", document=document)
    with desk.store.write() as connection:
        material = connection.exec_driver_sql("SELECT id FROM material LIMIT 1").scalar()
        connection.execute(
            OWED.insert().values(
                id="o-1", case_id=accepted[0], material_id=material, name="照片", state="owed", due="2026-11-30",
                days=5, kind="owed", unit="working", made_at=0, policy_id=policy_id,
            )
        )  # fmt: skip

    def give() -> object:
        return handing_over.hand_over(
            desk, clerk, result_ids=(shelved,), collector=Collector(how="self"), signed_how="signature"
        )

    if goes:
        give()
        assert pickup_reads.one(desk, clerk, result_id=shelved).state == "delivered"
    else:
        with pytest.raises(Refusal, match="material_owed"):
            give()


def test_mail_that_comes_back_waits_again(desk: Desk, clerk: By, shelved: str) -> None:
    row, paper = mailing.mail(desk, clerk, result_id=shelved, waybill="ems123", mail_to="市桥街道德兴路1号 陈秀英")
    assert (row.state, paper.facts["waybill"]) == ("mailed", "EMS123")
    assert mailing.mail_came_back(desk, clerk, result_id=shelved, reason="无人签收").state == "came_back"


def test_a_wrong_handover_is_voided_by_a_supervisor_only(desk: Desk, clerk: By, supervisor: By, shelved: str) -> None:
    handing_over.hand_over(desk, clerk, result_ids=(shelved,), collector=Collector(how="self"), signed_how="signature")
    with pytest.raises(Refusal, match="supervisor_needed"):
        handing_over.void_handover(desk, clerk, result_id=shelved, reason="拿错")
    row, note = handing_over.void_handover(desk, supervisor, result_id=shelved, reason="拿错")
    assert (row.state, note.kind) == ("ready", "void_note")


def test_a_case_is_read_with_its_history_and_its_chain_is_whole(desk: Desk, clerk: By, accepted, shelved: str) -> None:
    view = case_reading.case_view(desk, clerk, case_id=accepted[0], reason="查询")
    words = [line.words for line in view.history]
    assert "收件" in words and any(one.startswith("材料交") for one in words)
    assert view.results[0].shelf == "B-07"
    with desk.look() as connection:
        assert verify(connection).whole


def test_every_event_of_a_case_has_words() -> None:
    told = {kind for kind in KINDS if kind.split(".")[0] not in NOT_CASES}
    silent = {"notice.printed", "task.opened", "task.closed"}
    assert told - silent - set(history.WORDS) == set()


def test_from_ticket_to_finish_every_minute_is_a_closed_period(desk: Desk, clerk: By, elder: str, clock) -> None:
    issued = ticketing.issue_ticket(desk, clerk, category="综合")
    clock.forward(minutes=7)
    card = queueing.look_next(desk, clerk)
    assert card.ticket is not None and card.ticket.id == issued.ticket.id
    calling.call(desk, clerk, ticket_id=issued.ticket.id, looked_at=card.looked_at)
    with pytest.raises(Refusal, match="too_soon"):
        calling.call_again(desk, clerk, ticket_id=issued.ticket.id)
    clock.forward(seconds=30)
    visit = calling.arrived(desk, clerk, ticket_id=issued.ticket.id)
    visits.identify(desk, clerk, visit_id=visit.id, person_id=elder, how="card_seen")
    clock.forward(minutes=5)
    queueing.hold(desk, clerk, ticket_id=issued.ticket.id, reason="复印")
    clock.forward(minutes=3)
    queueing.resume(desk, clerk, ticket_id=issued.ticket.id)
    clock.forward(minutes=2)
    visits.finish(desk, clerk, visit_id=visit.id, outcome="asked")
    panel = queueing.panel(desk, clerk)
    assert (panel.current, panel.visit_id, panel.waiting_count) == (None, None, 0)
    assert panel.figures.served == 1
    assert panel.figures.mean_wait_seconds == 7 * 60
    with desk.look() as connection:
        spans = connection.exec_driver_sql(
            "SELECT kind, round((t1 - t0) / 60000.0, 1) FROM period WHERE subject = 'ticket' ORDER BY t0"
        ).all()
    assert [tuple(one) for one in spans] == [
        ("waiting", 7.0),
        ("called", 0.5),
        ("serving", 5.0),
        ("held", 3.0),
        ("serving", 2.0),
    ]


def test_two_windows_cannot_call_one_ticket(desk: Desk, clerk: By, clerk2: By) -> None:
    issued = ticketing.issue_ticket(desk, clerk, category="综合")
    calling.call(desk, clerk, ticket_id=issued.ticket.id)
    with pytest.raises(Refusal, match="taken") as refused:
        calling.call(desk, clerk2, ticket_id=issued.ticket.id)
    assert "1 号窗叫走" in refused.value.words


def test_the_one_who_collects_is_neither_the_applicant_as_a_proxy_nor_a_stranger_to_the_authority(
    desk: Desk, clerk: By, accepted, shelved: str, elder: str
) -> None:
    with desk.look() as connection:
        number = str(people.person_row(connection, elder).id_number)
    friend = people.register_person(
        desk, clerk, name="陈小明", number="440113199003070021", phone="13800000001"
    ).person.id
    other = people.register_person(
        desk, clerk, name="李大为", number="440113198503070015", phone="13800000002"
    ).person.id
    paper = authorities.record_authority(
        desk, clerk, principal_kind="person", principal_id=elder, holder_id=friend, kind="proxy", evidence="委托书 7 号"
    )

    def collect(**given: str) -> None:
        handing_over.hand_over(
            desk, clerk, result_ids=(shelved,), collector=Collector(how="proxy", **given), signed_how="signature"
        )

    for himself in ({"person_id": elder}, {"name": "某某", "id_number": number}):
        with pytest.raises(Refusal, match="collector_is_applicant"):
            collect(evidence="委托书", **himself)
    for stranger in ({"person_id": other}, {"name": "李大为", "id_number": "440113198503070015"}):
        with pytest.raises(Refusal, match="authority_holder"):
            collect(authority_id=paper.id, **stranger)
    collect(authority_id=paper.id, name="陈小明", id_number="440113199003070021")
    with desk.look() as connection:
        [given] = connection.execute(select(HANDOVERS).where(HANDOVERS.c.result_id == shelved)).all()
    assert (given.collector_name, given.how) == ("陈小明", "proxy")
