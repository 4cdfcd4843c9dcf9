"""Answers from a file, in their lawful order, and what is wrong with one; a stick between district and station."""

import json

import pytest

from clerk_tui.channel.carrying import carry as carry_at_the_station
from clerk_tui.district import wishes
from clerk_tui.district.carrying import carry
from clerk_tui.district.tables import CASES, KEPT
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.core import CASES as DESK_CASES
from clerk_tui.store.core import TASKS
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
    ],
)
def test_what_is_wrong_with_an_entry(pair, wish, code):
    pair.receive()
    pair.there_and_back()
    before = pair.kept(CASES)
    with pytest.raises(Refusal) as refused:
        wishes.answer(pair.district, wish)
    assert refused.value.code == code
    assert pair.kept(CASES) == before


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
