"""Answers from a file, in their lawful order, and what is wrong with one; a stick between district and station."""

import json
import re
import shutil

import pytest

from clerk_tui.catalog.load import load
from clerk_tui.channel.carrying import carry as carry_at_the_station
from clerk_tui.district import wishes
from clerk_tui.district.carrying import carry
from clerk_tui.district.publishing import publish_catalogue
from clerk_tui.district.tables import CASES, KEPT, OUTGOING
from clerk_tui.resources import data_folder
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.core import CASES as DESK_CASES
from clerk_tui.store.core import CLOCK_PAUSES, TASKS
from tests.channel.conftest import make_pair


@pytest.fixture
def pair(tmp_path):
    made = make_pair(tmp_path / "pair")
    yield made
    made.store.close()
    made.district.close()


def test_a_file_answers_many_cases_in_one_go(pair, tmp_path):
    for _ in range(2):
        pair.receive(power="department", state="received")
    pair.there_and_back()
    file = tmp_path / "answers.json"
    entries = [
        {"case": "SQ01-20251124-0001", "number": "GZ-1", "accept": True, "promised_due": "2025-12-15"},
        {
            "case": "SQ01-20251124-0002",
            "number": True,
            "accept": True,
            "stage": "审查中",
            "suspend": "专家评审",
            "days": 5,
        },
    ]
    file.write_text(json.dumps(entries), encoding="utf-8")
    said = [wishes.answer(pair.district, entry) for entry in wishes.read(file)]
    assert "GZ-1" in said[0] and "特别程序 专家评审" in said[1]
    pair.there_and_back()
    first, second = pair.rows(DESK_CASES)
    assert (first.district_no, first.state, first.promised_due) == ("GZ-1", "accepted", "2025-12-15")
    assert second.state == "suspended"


def test_a_case_has_one_number_however_often_it_is_asked_for(pair):
    pair.receive(power="department", state="received")
    pair.there_and_back()
    for wish in ({"number": "GZ-1"}, {"number": True}, {"number": "GZ-1"}):
        assert "GZ-1" in wishes.answer(pair.district, {"case": "SQ01-20251124-0001"} | wish)
    with pytest.raises(Refusal, match="numbered_already"):
        wishes.answer(pair.district, {"case": "SQ01-20251124-0001", "number": "GZ-2"})
    pair.there_and_back()
    assert pair.rows(DESK_CASES)[0].district_no == pair.kept(CASES)[0].district_no == "GZ-1"
    assert pair.rows(TASKS) == []


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({}, "case_missing"),
        ({"case": "none", "number": True}, "case_unknown"),
        ({"case": "SQ01-20251124-0001"}, "answer_missing"),
        ({"case": "SQ01-20251124-0001", "refuse": True}, "reason_missing"),
        ({"case": "SQ01-20251124-0001", "decide": "maybe"}, "decision"),
        ({"case": "SQ01-20251124-0001", "shout": True}, "answer_unknown"),
        ({"case": "SQ01-20251124-0001", "decide": "refused"}, "reason_missing"),
        ({"case": "SQ01-20251124-0001", "accept": True}, "state_case"),  # the hall accepted it
        ({"case": "SQ01-20251124-0001", "refuse": True, "reason": "不属本机关职权"}, "state_case"),
        ({"case": "SQ01-20251124-0001", "resume": True}, "state_case"),
        ({"case": "SQ01-20251124-0001", "result_ready": True}, "result_early"),
        ({"case": "SQ01-20251124-0001", "decide": "refused", "reason": "不符", "result_ready": True}, "result_refused"),
        ({"case": "SQ01-20251124-0001", "decide": "granted", "suspend": "专家评审", "days": "10"}, "answer_faulty"),
        ({"case": "SQ01-20251124-0001", "resume": "no"}, "answer_faulty"),
        ({"case": "SQ01-20251124-0001", "number": 7}, "answer_faulty"),
        ({"case": "SQ01-20251124-0001", "stage": ["审查"]}, "answer_faulty"),
        ({"case": "SQ01-20251124-0001", "accept": True, "promised_due": "2025-13-45"}, "answer_faulty"),
        ({"reject": "SQ01-20251124-0001"}, "reason_missing"),
        ({"reject": "SQ01-20251124-0002", "reason": "x"}, "record_unknown"),
    ],
)
def test_what_is_wrong_with_an_entry(pair, wish, code):
    pair.receive()
    pair.there_and_back()
    before = pair.kept(CASES), pair.kept(OUTGOING)
    with pytest.raises(Refusal) as refused:
        wishes.answer(pair.district, wish)
    assert refused.value.code == code
    assert (pair.kept(CASES), pair.kept(OUTGOING)) == before


def licence(pair, case_id):
    """The intake of a permit, as the desk sends it."""
    pair.event("case.received", case_id, {
        "receipt_no": f"SQ01-20251124-9{case_id[-3:]}", "item_key": "spjy-xuke", "item_name": "食品经营许可",
        "applicant": {"kind": "person", "id": "p1", "name": "陈大文"}, "accept_power": "department", "state": "accepted",
        "regime": "licence", "owed": [],
    })  # fmt: skip


@pytest.mark.parametrize("name", ["摇号", "集体讨论", "公示"])
def test_of_a_permit_only_what_the_law_lists_stops_the_clock(pair, name):
    """行政许可法 45."""
    licence(pair, "case-00001")
    pair.there_and_back()
    with pytest.raises(Refusal, match="suspension_unlawful"):
        wishes.answer(pair.district, {"case": "SQ01-20251124-9001", "number": True, "suspend": name, "days": 5})
    assert "特别程序 听证" in wishes.answer(pair.district, {"case": "SQ01-20251124-9001", "suspend": "听证", "days": 5})


def permit_at_the_station(pair, state="reviewing"):
    """A permit that both ends know: twenty working days from the morning of 24 November."""
    case_id = pair.receive(power="department", state=state)
    limits = {"regime": "licence", "promised_limit": "10 working", "statutory_limit": "20 working", "state": state}
    pair.bump(case_id, "case.accepted", {"state": state, "regime": "licence"}, accepted_at=pair.clock.now, **limits)
    pair.there_and_back()
    return case_id


def test_a_limit_is_prolonged_once_by_ten_working_days_and_the_dates_follow_at_the_station(pair):
    """行政许可法 42; the request of the desk is answered by it."""
    case_id = permit_at_the_station(pair)
    pair.bump(case_id, "case.request_sent", {"what": "prolong"}, flag_requested=True, promised_due="2025-12-08")
    pair.there_and_back()
    wish = {"case": "SQ01-20251124-0001", "prolong": 10, "reason": "案情复杂", "approver": "王局长"}
    assert "期限延长 10 个工作日" in wishes.answer(pair.district, wish)
    pair.there_and_back()
    [case] = pair.rows(DESK_CASES)
    assert (case.promised_due, case.statutory_due, case.state) == ("2025-12-22", "2026-01-06", "reviewing")
    assert not case.flag_requested and pair.rows(TASKS) == []
    [pause] = pair.rows(CLOCK_PAUSES)
    assert (pause.kind, pause.days, pause.reason, pause.approver) == ("extension", 10, "案情复杂", "王局长")
    with pytest.raises(Refusal, match="只能延长一次"):
        wishes.answer(pair.district, wish)


def test_the_departments_own_dates_count_when_it_prolongs(pair):
    permit_at_the_station(pair)
    wishes.answer(pair.district, {
        "case": "SQ01-20251124-0001", "prolong": 5, "reason": "案情复杂", "promised_due": "2025-12-31",
    })  # fmt: skip
    pair.there_and_back()
    assert pair.rows(DESK_CASES)[0].promised_due == "2025-12-31"


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"prolong": 11, "reason": "案情复杂"}, "prolong_unlawful"),
        ({"prolong": 10}, "reason_missing"),
        ({"prolong": -1, "reason": "x"}, "answer_faulty"),
        ({"prolong": "10", "reason": "x"}, "answer_faulty"),
        ({"decide": "granted", "prolong": 5, "reason": "x", "result_ready": True}, None),
        ({"suspend": "听证", "prolong": 5, "reason": "x"}, "state_case"),
    ],
)
def test_what_of_a_prolongation_is_lawful(pair, wish, code):
    permit_at_the_station(pair)
    before = pair.kept(OUTGOING)
    if code is None:
        assert "期限延长 5 个工作日, 决定 granted" in wishes.answer(
            pair.district, {"case": "SQ01-20251124-0001"} | wish
        )
        return
    with pytest.raises(Refusal) as refused:
        wishes.answer(pair.district, {"case": "SQ01-20251124-0001"} | wish)
    assert refused.value.code == code and pair.kept(OUTGOING) == before


def test_a_file_that_prolongs_twice_answers_nothing(pair):
    permit_at_the_station(pair)
    one = {"case": "SQ01-20251124-0001", "prolong": 5, "reason": "案情复杂"}
    with pytest.raises(Refusal, match="第 2 项: 行政许可的期限只能延长一次"):
        wishes.answer_all(pair.district, [one, one])
    assert "case.prolonged" not in {row.kind for row in pair.kept(OUTGOING)}


def test_publicity_stops_the_clock_where_the_catalogue_says_so(pair, tmp_path):
    catalogue = load(data_folder() / "catalog")
    counted = next(key for key, item in catalogue.items.items() if item.publicity_days)
    pair.event("case.received", "case-00001", {
        "receipt_no": "SQ01-20251124-9001", "item_key": counted, "item_name": "x", "state": "accepted",
        "applicant": {"kind": "person", "id": "p1", "name": "陈大文"}, "accept_power": "department", "owed": [],
    })  # fmt: skip
    pair.there_and_back()
    assert "特别程序 公示" in wishes.answer(pair.district, {"case": "SQ01-20251124-9001", "suspend": "公示", "days": 7})
    folder = tmp_path / "catalogue"
    shutil.copytree(data_folder() / "catalog", folder)
    for path in folder.rglob("*.yaml"):  # the district's next catalogue keeps it out of no limit
        text = re.sub(r"publicity_days: [0-9]+", "publicity_days: 0", path.read_text(encoding="utf-8"))
        path.write_text(text, encoding="utf-8")
    publish_catalogue(pair.district, folder)
    wishes.answer(pair.district, {"case": "SQ01-20251124-9001", "resume": True})
    with pytest.raises(Refusal, match="suspension_unlawful"):
        wishes.answer(pair.district, {"case": "SQ01-20251124-9001", "suspend": "公示", "days": 7})


def test_a_file_with_unlawful_entries_answers_nothing_and_names_each(pair):
    for _ in range(3):
        pair.receive(power="department", state="received")
    pair.there_and_back()
    before = pair.kept(OUTGOING)
    first, second, third = (f"SQ01-20251124-000{n}" for n in (1, 2, 3))
    entries = [
        {"case": first, "number": True, "accept": True},
        {"case": second, "suspend": "专家评审"},  # not accepted yet
        {"case": first, "accept": True},  # a second time
        {"case": third, "decide": "granted"},
        {"case": third, "decide": "refused", "reason": "不符"},
    ]
    with pytest.raises(Refusal) as refused:
        wishes.answer_all(pair.district, entries)
    assert [f"第 {n} 项" in refused.value.words for n in (1, 2, 3, 4, 5)] == [False, True, True, False, True]
    assert pair.kept(OUTGOING) == before
    said = wishes.answer_all(pair.district, [entries[0], entries[3], {"case": third, "result_ready": True}])
    assert len(said) == 3
    pair.there_and_back()
    assert [row.state for row in pair.rows(DESK_CASES)] == ["accepted", "received", "closed"]
    assert pair.rows(TASKS) == []


@pytest.mark.parametrize("end", ["case.withdrawn", "case.voided"])
def test_what_has_ended_is_not_answered_any_more(pair, end):
    case_id = pair.receive(power="department", state="received")
    pair.bump(case_id, end, {"reason": "不办了"}, state="withdrawn")
    pair.there_and_back()
    for wish in ({"stage": "审查中"}, {"accept": True}, {"decide": "granted"}, {"result_ready": True}):
        with pytest.raises(Refusal, match="case_ended"):
            wishes.answer(pair.district, {"case": "SQ01-20251124-0001"} | wish)


def test_two_cases_never_share_a_number(pair):
    for _ in range(2):
        pair.receive(power="department", state="received")
    pair.there_and_back()
    wishes.answer(pair.district, {"case": "SQ01-20251124-0001", "number": "GZ-1"})
    with pytest.raises(Refusal, match="number_taken"):
        wishes.answer(pair.district, {"case": "SQ01-20251124-0002", "number": "GZ-1"})


@pytest.mark.parametrize("text", ["", "{}", "[1]", "nonsense"])
def test_a_file_that_is_no_list_of_answers(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(Refusal, match="answers_file"):
        wishes.read(tmp_path / "a.json")


def test_a_stick_goes_there_and_back(pair, tmp_path):
    stick = tmp_path / "stick"
    stick.mkdir()
    pair.receive()
    carry_at_the_station(pair.station, stick)
    assert carry(pair.district, stick).taken == 1
    pair.serve(automatic=True)
    assert carry(pair.district, stick).given >= 1
    assert len(pair.kept(KEPT)) == 2
    assert carry_at_the_station(pair.station, stick).records >= 2
    assert pair.rows(DESK_CASES)[0].district_no
    with pytest.raises(Refusal, match="stick_missing"):
        carry(pair.district, tmp_path / "none")


def test_a_stick_without_batches_brings_a_station_what_lies_there_when_it_is_named(pair, tmp_path):
    """Nothing happened at the village since the last trip, and a decision waits for it."""
    stick = tmp_path / "stick"
    stick.mkdir()
    pair.receive()
    pair.there_and_back()
    wishes.answer(pair.district, {"case": "SQ01-20251124-0001", "number": "GZ-1"})
    pair.serve()
    assert carry(pair.district, stick).given == 0
    with pytest.raises(Refusal, match="station_unknown"):
        carry(pair.district, stick, also="440113009009")
    assert carry(pair.district, stick, also="440113001001").given == 2  # the last acknowledgement, and the number
    carry_at_the_station(pair.station, stick)
    assert pair.rows(DESK_CASES)[0].district_no == "GZ-1"
