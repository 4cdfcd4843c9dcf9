"""Appointments from a file: what is wrong with one is named, and then none is published."""

import json

import pytest

from clerk_tui.district import answering, appointments
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.core import APPOINTMENTS, TASKS
from tests.channel.conftest import STATION, make_pair

ONE = {
    "code": "YY1",
    "day": "2025-12-02",
    "slot_start_at": "09:00",
    "slot_end_at": "09:30",
    "category": "综合",
    "name": "陈大文",
}
NINE = 1_764_637_200_000  # 2025-12-02 09:00 in the hall


@pytest.fixture
def write(tmp_path):
    def file(*entries):
        path = tmp_path / "appointments.json"
        path.write_text(json.dumps(entries), encoding="utf-8")
        return path

    return file


def test_a_slot_is_written_as_a_time_or_as_an_instant_and_is_booked_at_the_station(write, tmp_path):
    other = ONE | {"code": "YY2", "slot_start_at": NINE, "slot_end_at": NINE + 1_800_000, "phone": "13800001234"}
    found = appointments.read(write(ONE, other))
    assert [one["slot_start_at"] for one in found] == [NINE, NINE]
    pair = make_pair(tmp_path / "pair")
    answering.grant_appointments(pair.district, STATION, found)
    pair.there_and_back()
    booked = pair.rows(APPOINTMENTS)
    assert [(row.code, row.slot_end_at - row.slot_start_at) for row in booked] == [
        ("YY1", 1_800_000),
        ("YY2", 1_800_000),
    ]
    assert pair.rows(TASKS) == []
    pair.store.close()
    pair.district.close()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"day": "2025-12-32"}, "day 2025-12-32 不是日期"),
        ({"slot_start_at": "9点"}, "slot_start_at 应写成 09:00"),
        ({"slot_end_at": "24:00"}, "slot_end_at 应写成 09:00"),
        ({"slot_end_at": True}, "slot_end_at 应写成 09:00"),
        ({"slot_end_at": 10**18}, "slot_end_at 不是时刻"),
        ({"slot_end_at": "08:00"}, "时段的结束不在开始之后"),
        ({"slot_start_at": NINE - 86_400_000}, "时段不在这一天"),
        ({"name": ["陈大文"]}, "name 应当是文字"),
        ({"category": 7}, "category 应当是文字"),
        ({"code": " "}, "code 应当是文字, 不能空着"),
        ({"phone": 13800001234}, "phone 应当是文字"),
        ({"telephone": "1"}, "不认得的栏目 telephone"),
        ({"code": "YY0"}, "code YY0 前面已有"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(write, change, words):
    with pytest.raises(Refusal) as refused:
        appointments.read(write(ONE | {"code": "YY0"}, ONE | change))
    assert refused.value.code == "appointments_file" and f"第 2 个: {words}" in refused.value.words


@pytest.mark.parametrize("text", ["", "{}", "[]", "[1]", "[" * 5_000])
def test_what_is_no_list_of_appointments(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(Refusal, match="appointments_file"):
        appointments.read(tmp_path / "a.json")
