"""What a case's page offers and why not; requests to the district; what can be corrected; who seems to collect."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from clerk_tui.desk import (
    authorities,
    case_acts,
    case_reading,
    collectors,
    correctable,
    intake,
    papers,
    people,
    pickup_reads,
    requesting,
    tasks,
)
from clerk_tui.desk.context import Desk
from clerk_tui.desk.views.intake import Settled
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical, decisions
from clerk_tui.store.act import By
from clerk_tui.store.case_states import case_row
from clerk_tui.store.core import CASES, EVENTS, MATERIALS

FIRST_CARD = {"act": "new", "who": "hj", "by": "self"}


@pytest.fixture
def accepted(desk: Desk, clerk: By, elder: str, open_visit, fill) -> Settled:
    draft = fill(clerk, open_visit(clerk, elder), elder, "laoren-youdaika", FIRST_CARD)
    return intake.settle(desk, clerk, draft=draft, outcome="accept")


def menu(desk: Desk, by: By, case_id: str) -> dict[str, str]:
    return {name: why for name, _, why in case_reading.case_again(desk, by, case_id=case_id).acts}


def test_the_menu_follows_what_is_there(desk: Desk, clerk: By, accepted: Settled) -> None:
    now = menu(desk, clerk, accepted.case_id)
    assert not now["transfer"] and not now["correct"] and not now["withdraw"]
    assert now["supplement"] == "没有欠的材料" and now["record_fee"] == "这个事项不收费"
    assert now["give_back"] and now["void_handover"] and now["print_refusal"] and "answer_rejected" not in now
    with desk.store.write() as connection:
        connection.execute(
            update(MATERIALS).where(MATERIALS.c.case_id == accepted.case_id).values(kept_original=True, originals=1)
        )
    assert not menu(desk, clerk, accepted.case_id)["give_back"]
    case_acts.withdraw(desk, clerk, case_id=accepted.case_id, reason="不办了")
    ended = menu(desk, clerk, accepted.case_id)
    assert ended["request_district"] == "这件已经[撤回]" and "不能办" in ended["transfer"]


def test_a_request_waits_until_the_district_says_something(desk: Desk, clerk: By, accepted: Settled) -> None:
    with pytest.raises(Refusal, match="reason_missing"):
        requesting.request_district(desk, clerk, case_id=accepted.case_id, what="urge", words=" ")
    with pytest.raises(Refusal, match="request_unknown"):
        requesting.request_district(desk, clerk, case_id=accepted.case_id, what="gift", words="快")
    requesting.request_district(desk, clerk, case_id=accepted.case_id, what="urge", words="已超五日")
    view = case_reading.case_again(desk, clerk, case_id=accepted.case_id)
    assert "待区里确认" in view.row.flags
    assert view.history[-1].words == "提请区里催办: 已超五日"
    with desk.look() as connection:
        event = connection.execute(select(EVENTS).where(EVENTS.c.kind == "case.request_sent")).one()
    assert event.travels == "whole" and canonical.load(event.body)["what"] == "urge"
    with desk.act(clerk) as act:
        decisions.record_stage(act, case_row(act.connection, accepted.case_id), "受理核查")
    assert "待区里确认" not in case_reading.case_again(desk, clerk, case_id=accepted.case_id).row.flags


def test_everything_that_can_be_corrected_is_offered_masked(desk: Desk, clerk: By, accepted: Settled) -> None:
    found, supervised = correctable.correctable(desk, clerk, case_id=accepted.case_id)
    by_key = {one.key: one for one in found}
    assert not supervised
    assert by_key["field:pickup"].options and by_key["delivery"].value
    assert by_key["applicant:name"].now == "陈*英" and not by_key["applicant:name"].value
    assert by_key["applicant:number"].now.startswith("440113****")
    assert any(key.startswith("material:") for key in by_key)
    papers.sign(desk, clerk, notice_id=accepted.papers[0].id, how="signature")
    assert correctable.correctable(desk, clerk, case_id=accepted.case_id)[1]


def test_a_corrected_name_comes_along_with_the_case(desk: Desk, clerk: By, elder: str, accepted: Settled) -> None:
    people.correct_person(desk, clerk, person_id=elder, changes={"name": "陈秀瑛"}, reason="同音字")
    done = case_acts.correct(desk, clerk, case_id=accepted.case_id, reason="同音字")
    assert done.papers[0].facts["after"] == "申请人姓名: 陈秀瑛"
    with desk.look() as connection:
        assert case_row(connection, accepted.case_id).applicant_name == "陈秀瑛"


def test_the_page_names_who_looked_while_nobody_was_here(desk: Desk, clerk: By, clerk2: By, accepted: Settled) -> None:
    case_reading.case_view(desk, clerk2, case_id=accepted.case_id, reason="核对批次")
    looked = case_reading.case_again(desk, clerk, case_id=accepted.case_id).looked_at
    assert [(one.who, one.words) for one in looked] == [("王强", "核对批次")]


def test_a_task_that_was_closed_is_not_opened_again(desk: Desk, clerk: By) -> None:
    with pytest.raises(Refusal, match="task_closed"):
        tasks.one(desk, clerk, task_id="nothing")
    assert tasks.field_words("applicant.number") == "申请人证件号码"
    assert tasks.field_words("fields.number") == "证件号码"


@pytest.fixture
def result(desk: Desk, clerk: By, accepted: Settled) -> str:
    with desk.act(clerk) as act:
        case = case_row(act.connection, accepted.case_id)
        decisions.record_decision(act, case, calendar=desk.calendar, decision="granted", source="paper")
        case = case_row(act.connection, accepted.case_id)
        return decisions.expect_result(act, case, calendar=desk.calendar, source="paper")


def test_who_stands_here_is_offered_with_the_authority_that_fits(
    desk: Desk, clerk: By, elder: str, owner: str, open_visit: Callable[..., str], result: str
) -> None:
    def offered(visit_id: str) -> collectors.Offer:
        return collectors.offer(desk, clerk, result_ids=(result,), visit_id=visit_id)

    assert offered("").how == "self" and not offered("").person_id
    assert offered(open_visit(clerk, elder)).words.endswith("申请人本人, 已核对身份")
    assert (offered(open_visit(clerk, owner)).how, offered(open_visit(clerk, owner)).authorities) == ("proxy", ())
    more = {"principal_kind": "person", "principal_id": elder, "holder_id": owner, "kind": "proxy"}
    authorities.record_authority(desk, clerk, **more, scope="spjy-xuke", evidence="只办许可的委托书")
    assert not offered(open_visit(clerk, owner)).authorities
    authorities.record_authority(desk, clerk, **more, evidence="委托书 3 号", relation="邻居")
    [(_, words, relation)] = offered(open_visit(clerk, owner)).authorities
    assert "委托书 3 号" in words and relation == "邻居"


def test_originals_to_give_back_are_listed_by_case(desk: Desk, clerk: By, accepted: Settled) -> None:
    assert pickup_reads.to_give_back(desk, clerk) == ()
    with desk.store.write() as connection:
        connection.execute(
            update(MATERIALS)
            .where(MATERIALS.c.case_id == accepted.case_id)
            .values(kept_original=True, originals=1, to_give_back=True)
        )
        names = connection.execute(
            select(MATERIALS.c.name).where(MATERIALS.c.case_id == accepted.case_id).order_by(MATERIALS.c.ord)
        ).scalars()
        names = tuple(names)
    [row] = pickup_reads.to_give_back(desk, clerk)
    assert (row.case_id, row.names, row.in_hall) == (accepted.case_id, names, True)
    case_acts.give_back(desk, clerk, case_id=accepted.case_id)
    assert pickup_reads.to_give_back(desk, clerk) == ()
    with desk.look() as connection:
        assert connection.execute(select(CASES.c.id)).scalar_one() == accepted.case_id
