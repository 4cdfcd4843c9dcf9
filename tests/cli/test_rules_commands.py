"""Commands that need no store: limits, numbers, a simulated queue, figures of the catalogue."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from clerk_tui.cli.main import run
from clerk_tui.cli.opening import guarded

Typed = Callable[..., "Shown"]


class Shown(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def typed(home: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., Shown]:
    """A command line, run in this process."""

    def shown(*arguments: str) -> Shown:
        capfd.readouterr()
        code = guarded(lambda: run([*arguments]))
        return Shown(code, *capfd.readouterr())

    return shown


def test_figures_of_the_catalogue(typed: Typed) -> None:
    shown = typed("figures", "--to", "2026-11-23")
    assert shown.returncode == 0, shown.stderr
    assert "--- 按事项 (目录, 2026-11-23) ---" in shown.stdout
    assert "按办件" not in shown.stdout
    assert "税务系统的指标" in shown.stdout
    content = json.loads(typed("figures", "--to", "2026-11-23", "--json").stdout)
    one = next(one for one in content["items"] if one["key"] == "one_visit")
    assert one["numerator"] <= one["denominator"] == 52
    assert one["basis"] == "items" and one["excluded"] == {}
    assert content["not_here"]


def test_figures_of_a_range_that_is_none(typed: Typed) -> None:
    assert "不是日期" in typed("figures", "--to", "23.11.2026").stderr
    assert "晚于" in typed("figures", "--from", "2026-11-24", "--to", "2026-11-23").stderr


@pytest.mark.parametrize(
    ("arguments", "due", "provisional"),
    [
        (("2026-09-30", "5", "--unit", "working"), "2026-10-13", False),
        (("2026-09-20", "11", "--unit", "calendar"), "2026-10-08", False),
        (("2026-11-20T16:00", "3", "--unit", "hour"), "2026-11-23", False),
        (("2026-11-09T10:00", "8", "--unit", "hour", "--pause", "2026-11-10:2026-11-11"), "2026-11-12", False),
        (("2026-11-09", "8", "--unit", "hour", "--pause", "2026-11-10:", "--today", "2026-11-12"), "2026-11-13", True),
        (("2026-12-28", "6"), "2027-01-05", True),
        (("2026-11-09", "5", "--pause", "2026-11-11:2026-11-13"), "2026-11-19", False),
        (("2026-11-09", "5", "--extend", "10"), "2026-11-30", False),
        (("2026-11-09", "5", "--pause", "2026-11-20:", "--today", "2026-11-25"), "2026-11-16", False),
        (("2026-11-20", "3", "--pause", "2026-11-23:", "--today", "2026-11-25"), "2026-11-30", True),
        (("2026-11-22", "0"), "2026-11-22", False),
    ],
)
def test_due(typed: Typed, arguments: tuple[str, ...], due: str, provisional: bool) -> None:
    shown = typed("due", *arguments, "--json")
    assert shown.returncode == 0, shown.stderr
    content = json.loads(shown.stdout)
    assert (content["due"], content["provisional"]) == (due, provisional)
    told = typed("due", *arguments)
    assert f"届满 {due}" in told.stdout
    assert ("暂定" in told.stdout) is provisional
    for day in content["days"]:
        assert f"{day['date']} 周" in told.stdout and day["words"] in told.stdout
    assert sum(1 for day in content["days"] if day.get("nth")) == (
        content["limit"]["value"] if "nth" in content["days"][0] else 0
    )


@pytest.mark.parametrize(
    ("arguments", "due"),
    [
        (("2026-11-02", "15", "--unit", "calendar"), "2026-12-01"),
        (("2026-11-02T16:00", "8", "--unit", "hour"), "2026-11-17"),
    ],
)
def test_due_prolongs_every_unit_by_working_days_as_a_case_does(
    typed: Typed, arguments: tuple[str, ...], due: str
) -> None:
    content = json.loads(typed("due", *arguments, "--extend", "10", "--json").stdout)
    assert (content["due"], content["days"][-1]["words"]) == (due, "延长第 10 日, 工作日; 期限届满")
    assert "due_at" not in content
    assert f"届满 {due} 周二\n" in typed("due", *arguments, "--extend", "10").stdout


def test_due_with_a_later_calendar_is_not_provisional_any_more(home: Path, typed: Typed) -> None:
    path = home / "2027.yaml"
    path.write_text("year: 2027\nnotice: 某号\nholidays: {元旦: [2027-01-01]}\n", encoding="utf-8")
    for place in (path, home):
        content = json.loads(typed("due", "2026-12-28", "4", "--calendar", str(place), "--json").stdout)
        assert (content["due"], content["provisional"]) == ("2027-01-04", False)
        assert "某号(2027)" in content["notices"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("2026-13-01", "5"), "不是日期"),
        (("2026-11-09", "5", "--pause", "2026-11-12:2026-11-10"), "止日早于起日"),
        (("2026-11-09", "5", "--pause", "2026-11-12"), "写成 起日:止日"),
        (("2026-11-09", "5", "--pause", ":"), "写成 起日:止日"),
        (("9999-12-30", "5"), "应在 1949 至 2199 年之间"),
        (("2026-11-09", "-5"), "不能是负数: -5"),
        (("2026-11-09", "five"), "N 应为数字"),
        (("2026-11-09", "9999"), "N 不能大于 5000"),
        (("2026-11-09", "5", "--unit", "week"), "--unit 不能写 week, 应为 working, calendar, hour 之一"),
        (("2026-11-09", "5", "--unti", "hour"), "没有选项 --unti, 是不是 --unit"),
        (("2026-11-09", "5", "6"), "多出来的: 6"),
        (("2026-11-09", "5", "--pause"), "--pause 后面要写值"),
        (("2026-11-09T25:00", "5", "--unit", "hour"), "不是日期或时刻"),
        ((), "缺少 DATE"),
    ],
)
def test_due_says_what_is_wrong(typed: Typed, arguments: tuple[str, ...], words: str) -> None:
    shown = typed("due", *arguments)
    assert shown.returncode == 2
    assert words in shown.stderr and shown.stdout == ""
    assert not any(english in shown.stderr for english in ("Error", "Invalid", "Usage", "Traceback"))


def test_due_with_a_calendar_that_is_not_there(typed: Typed) -> None:
    shown = typed("due", "2026-11-09", "5", "--calendar", "nowhere.yaml")
    assert shown.returncode == 1
    assert "读不出来" in shown.stderr and shown.stdout == ""


def test_due_before_the_first_calendar_names_the_years_that_are_known(typed: Typed) -> None:
    shown = typed("due", "2010-01-01", "1")
    assert "暂定: 工作日历只有 2019-01-01 至 " in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "kind", "reason"),
    [
        (("id", "11010519491231002x"), "resident_id", ""),
        (("id", "４４０１１３ 1990-0307-0021"), "resident_id", ""),
        (("id", "440113199003070022"), "resident_id", "很可能输错一位数字"),
        (("id", "440113199030070021"), "resident_id", "第 11 与第 12 位"),
        (("id", "H12345678"), "hkm_permit", ""),
        (("id", "91440113MA00000002"), "uscc", "不是个人证件号码"),
        (("id", "E12345678", "--kind", "taiwan_permit"), "taiwan_permit", "8 位数字"),
        (("uscc", "114401130075236724"), "uscc", ""),
        (("uscc", "91440113MA00000020"), "uscc", "第 17 与第 18 位"),
        (("item", "1144011300752367244440116006001"), "implementation", ""),
        (("item", "440116006001"), "basic", ""),
        (("item", "1144011300752367249440116006001"), "implementation", "第 19 位"),
        (("licence", "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U"), "licence", ""),
        (("licence", "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.1"), "licence", "U"),
    ],
)
def test_check(typed: Typed, arguments: tuple[str, ...], kind: str, reason: str) -> None:
    shown = typed("check", *arguments, "--json")
    content = json.loads(shown.stdout)
    assert shown.returncode == (1 if reason else 0)
    assert (content["valid"], content["kind"]) == (not reason, kind)
    assert any(reason in one for one in content["reasons"]) if reason else content["reasons"] == []
    told = typed("check", *arguments)
    assert told.returncode == shown.returncode
    assert told.stdout.startswith("不正确" if reason else "正确") and reason in told.stdout


def test_check_never_shows_a_whole_persons_number(typed: Typed) -> None:
    for more in ((), ("--json",)):
        shown = typed("check", "id", "440113199003070021", *more).stdout
        assert "440113********0021" in shown and "440113199003070021" not in shown


def test_check_of_a_kind_that_is_none(typed: Typed) -> None:
    shown = typed("check", "id", "440113199003070021", "--kind", "dog")
    assert shown.returncode == 2 and "没有这种证件" in shown.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("id",), "缺少 NUMBER"),
        (("dog", "1"), "没有命令 dog"),
        (("id", "1", "2"), "多出来的: 2"),
        (("id", "--x"), "--x"),
    ],
)
def test_a_check_that_was_typed_wrong_is_no_verdict(typed: Typed, arguments: tuple[str, ...], words: str) -> None:
    shown = typed("check", *arguments)
    assert shown.returncode == 2, "1 would say that the number is not valid"
    assert words in shown.stderr and shown.stdout == ""


def test_a_simulated_morning(home: Path, typed: Typed) -> None:
    told = typed("queue", "simulate", "--days", "2", "--guard", "1")
    assert told.returncode == 0, told.stderr
    assert "连续照顾 1 位" in told.stdout and "本规则" in told.stdout and "1 优先" in told.stdout
    content = json.loads(typed("queue", "simulate", "--days", "2", "--passed", "5", "--json").stdout)
    assert [one["policy"] for one in content["waits"]] == ["本规则", "不轮普通号", "不限越过", "两样都没有"]
    assert max(one["most_passed"] for one in content["waits"][0]["classes"]) <= 5
    policy = home / "queue.json"
    policy.write_text('{"guard": 0}', encoding="utf-8")
    assert "不能用" in typed("queue", "simulate", "--policy", str(policy)).stderr


@pytest.fixture
def place(home: Path) -> str:
    """The folder of a hall's store: clerk 101, supervisor 901."""
    from clerk_tui.desk.setting_up import NewClerk, NewWindow, set_up_hall
    from clerk_tui.store.schema import create

    store = create(home / "store" / "hall.db")
    set_up_hall(
        store,
        code="440113007000",
        letter="SQ01",
        name="市桥街道政务服务中心",
        short_name="市桥",
        windows=[NewWindow(1, "综合窗口")],
        clerk=NewClerk("101", "李敏", "135790"),
        supervisor=NewClerk("901", "何主任", "246801"),
    )
    store.close()
    return str(home / "store")


def test_a_year_is_added_to_a_store_and_listed(home: Path, typed: Typed, place: str) -> None:
    path = home / "2027.yaml"
    path.write_text("year: 2027\nnotice: 某号\nholidays: {元旦: [2027-01-01]}\n", encoding="utf-8")
    assert "岗位不能办" in typed("calendar", "add", str(path), "--clerk", "101", "--store", place).stderr
    done = typed("calendar", "add", str(path), "--clerk", "901", "--store", place)
    assert done.returncode == 0 and "公布到 2027-12-31" in done.stdout, done.stderr
    assert "几秒内自动采用" in done.stdout
    assert json.loads(typed("calendar", "list", "--json").stdout)["published_until"] == "2026-12-31"
    listed = typed("calendar", "list", "--store", place)
    assert "2027  1       0         某号" in listed.stdout and "公布到 2027-12-31" in listed.stdout
    found = json.loads(typed("doctor", "--json", "--store", place).stdout)
    assert [one["words"] for one in found if one["what"] == "工作日历"] == ["公布到 2027-12-31"]


def test_the_districts_list_is_loaded_by_a_supervisor_and_listed(home: Path, typed: Typed, place: str) -> None:
    path = home / "list.yaml"
    text = """number: 番政务〔2026〕1号
dated: '2026-11-01'
valid_from: '2026-11-01'
valid_to: null
example: false
policy: {days: 5, unit: working, cap: promised, on_expiry: to_department, items: {dibao: {materials: {proxy: 3}}}}
"""
    path.write_text(text, encoding="utf-8")
    assert "不能容缺" in typed("policy", "list", "--store", place).stdout
    assert "岗位不能办" in typed("policy", "load", "deficiency", str(path), "--clerk", "101", "--store", place).stderr
    done = typed("policy", "load", "deficiency", str(path), "--clerk", "901", "--store", place)
    assert done.returncode == 0, done.stderr
    assert "番政务〔2026〕1号" in typed("policy", "list", "--store", place).stdout
    path.write_text(text.replace("proxy: 3", "form: 3"), encoding="utf-8")
    core = typed("policy", "load", "deficiency", str(path), "--clerk", "901", "--store", place)
    assert core.returncode == 1 and core.stderr.startswith("容缺清单有误: list.yaml")
    path.write_text(text.replace("example: false", "example: true"), encoding="utf-8")
    example = typed("policy", "load", "deficiency", str(path), "--clerk", "901", "--store", place)
    assert example.returncode == 1 and "示例" in example.stderr
    rules = home / "queue.yaml"
    rules.write_text("number: 某号\ndated: '2026-11-01'\npolicy: {guard: 3}\n", encoding="utf-8")
    assert typed("policy", "load", "queue", str(rules), "--clerk", "901", "--store", place).returncode == 0
    rules.write_text("- 1\n", encoding="utf-8")
    assert "排队规定有误" in typed("policy", "load", "queue", str(rules), "--clerk", "901", "--store", place).stderr
    kinds = [one["kind"] for one in json.loads(typed("policy", "list", "--store", place, "--json").stdout)]
    assert kinds == ["deficiency", "queue"]
