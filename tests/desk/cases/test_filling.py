"""What clerks type in fields, and what is kept of it."""

from datetime import date
from typing import Any

import pytest

from clerk_tui.catalog.model import FieldSpec
from clerk_tui.desk.filling import check, columns, money_words, words

TODAY = date(2026, 11, 23)


def spec(kind: str, **more: Any) -> FieldSpec:
    return FieldSpec("f", more.pop("label", "字段"), kind, **more)


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("int", "１２", 12),
        ("int", "1,200", 1200),
        ("decimal", "86.50", "86.5"),
        ("decimal", "0.0", "0"),
        ("money", "120.5", 12050),
        ("money", "１,２００元", 120000),
        ("money", "0.01", 1),
        ("money", 12050, 12050),
        ("bool", "1", True),
        ("bool", "否", False),
        ("bool", False, False),
        ("date", "20261101", "2026-11-01"),
        ("date", "2026年11月1日", "2026-11-01"),
        ("date", "２０２６.１１.０１", "2026-11-01"),
        ("date", "2026/1/9", "2026-01-09"),
        ("datetime", "2026-11-20 8:05", "2026-11-20T08:05"),
        ("datetime", "202611200805", "2026-11-20T08:05"),
        ("year_month", "2026年3月", "2026-03"),
        ("year_month", "202603", "2026-03"),
        ("bank", "6222 0212 3456 7890 123", "6222021234567890123"),
        ("photo", "gz－20261123001", "GZ20261123001"),
        ("idno", "11010519491231002x", "11010519491231002X"),
        ("text", " [/x] 有\n换行\x07 ", "[/x] 有 换行"),
        ("multi", "甲, 乙、甲", ["甲", "乙"]),
    ],
)
def test_kept_as_meant(kind: str, typed: Any, kept: Any) -> None:
    assert check(spec(kind), typed, TODAY) == check(spec(kind), typed, TODAY)
    found = check(spec(kind), typed, TODAY)
    assert (found.value, found.error) == (kept, "")


@pytest.mark.parametrize(
    ("kind", "typed", "says"),
    [
        ("int", "三", "整数"),
        ("int", "-1", "整数"),
        ("decimal", "1.2.3", "数字"),
        ("money", "12.345", "两位小数"),
        ("money", "-5", "金额"),
        ("bool", "也许", "1 是"),
        ("date", "2026-02-30", "日期"),
        ("date", "0202-01-01", "年份"),
        ("date", "2999-01-01", "年份"),
        ("datetime", "2026-11-20 25:00", "时刻"),
        ("year_month", "2026-13", "年月"),
        ("bank", "12345", "8 到 32 位"),
        ("photo", "!!", "回执号"),
        ("idno", "110105194912310021", "校验"),
        ("address", "市桥", "太短"),
        ("text", "长" * 301, "最多 300 字"),
    ],
)
def test_refused_with_words_that_help(kind: str, typed: str, says: str) -> None:
    assert says in check(spec(kind), typed, TODAY).error


@pytest.mark.parametrize("typed", ["", "  ", "\n", None, [], {}, [{"姓名": " "}]])
def test_nothing_is_nothing(typed: Any) -> None:
    for kind in ("text", "int", "date", "table", "person", "multi"):
        assert check(spec(kind), typed, TODAY) == check(spec(kind), None, TODAY)


def test_a_birth_date_is_not_in_the_future() -> None:
    assert "今天之后" in check(spec("date", label="出生日期"), "2026-11-24", TODAY).error
    assert not check(spec("date", label="入住日期"), "2026-11-24", TODAY).error


def test_a_choice_takes_words_or_its_number() -> None:
    one = spec("choice", options=("第一档", "第二档"))
    assert check(one, "２", TODAY).value == "第二档"
    assert check(one, "第一档", TODAY).value == "第一档"
    assert "F4" in check(one, "第三档", TODAY).error
    many = spec("multi", options=("因病", "因残"))
    assert check(many, ["2", "因病"], TODAY).value == ["因残", "因病"]
    assert "没有这个选项" in check(many, "因懒", TODAY).error


def test_a_table_has_the_columns_that_its_hint_names() -> None:
    members = spec("table", hint="姓名/关系/身份证/月收入")
    assert columns(members) == ("姓名", "关系", "身份证", "月收入")
    assert columns(spec("table")) == ("姓名", "关系", "证件号码")
    found = check(members, [{"姓名": "陈小明", "身份证": "11010519491231002x", "月收入": "1,200"}, {}], TODAY)
    assert found.value == [{"姓名": "陈小明", "关系": "", "身份证": "11010519491231002X", "月收入": "1200"}]
    assert "第 1 行身份证" in check(members, [{"姓名": "陈小明", "身份证": "123"}], TODAY).error
    assert "缺姓名" in check(members, [{"关系": "儿子"}], TODAY).error


def test_a_person_is_a_name_with_number_and_phone_when_known() -> None:
    one = spec("person")
    assert check(one, "陈小明 11010519491231002X 13812343210", TODAY).value == {
        "name": "陈小明", "number": "11010519491231002X", "phone": "13812343210",
    }  # fmt: skip
    assert check(one, {"name": "12345"}, TODAY).error
    assert check(one, {"name": "陈小明", "number": "110105194912310021"}, TODAY).error


def test_words_for_the_clerk() -> None:
    assert money_words(12005) == "120.05 元"
    assert words(spec("money"), 100) == "1.00 元"
    assert words(spec("bool"), False) == "否"
    assert words(spec("multi"), ["甲", "乙"]) == "甲; 乙"
    assert words(spec("datetime"), "2026-11-20T08:05") == "2026-11-20 08:05"
    assert words(spec("text"), None) == ""
