"""Both ends by their commands, as an administrator uses them: real processes, real folders."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert

from clerk_tui.catalog.files import fingerprint as fingerprint_of
from clerk_tui.resources import data_folder
from clerk_tui.store.act import By, acting, system_clock
from clerk_tui.store.core import HALLS, INSTALLATIONS
from clerk_tui.store.schema import create

ROOT = Path(__file__).resolve().parents[2]
BY = By("c1", "1001", "李敏", frozenset({"clerk"}), "hall-1", "w3", 3)


@pytest.fixture
def place(tmp_path):
    """A store's folder with a hall in it, and room for a district beside it."""
    store = create(tmp_path / "hall" / "hall.db")
    with acting(store, BY, system_clock) as act:
        act.connection.execute(
            insert(HALLS).values(
                id="hall-1", code="440113001001", letter="SQ01", name="市桥街道政务服务中心", short_name="市桥",
                zone="Asia/Shanghai", is_service_point=False, settings="{}",
            )
        )  # fmt: skip
        act.connection.execute(insert(INSTALLATIONS).values(inst="a1b2c3d4", hall_id="hall-1", made_at=act.now))
        act.record("hall.set_up", "hall-1", {"name": "市桥街道政务服务中心"})
        act.record("case.received", "case-1", received("SQ01-20251124-0001"), version=1)
    store.close()
    return tmp_path


def received(receipt_no):
    return {
        "receipt_no": receipt_no, "item_key": "x", "item_name": "高龄津贴申领", "applicant": {"name": "陈大文"},
        "state": "accepted", "accept_power": "hall",
    }  # fmt: skip


def clerk_tui(place, *arguments, code=0, answer=None):
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "CLERK_TUI_CONFIG": str(place / "none.toml"),
        "PYTHONUTF8": "1",
    }
    found = subprocess.run(
        [sys.executable, "-m", "clerk_tui", *map(str, arguments)],
        env=environment, capture_output=True, text=True, encoding="utf-8", input=answer, timeout=60, cwd=place,
    )  # fmt: skip
    assert found.returncode == code, found.stdout + found.stderr
    assert "Traceback" not in found.stderr
    return found.stdout + found.stderr


def test_enrol_exchange_answer_and_look(place):
    hall, district = ("--store", place / "hall"), place / "district"
    assert "还没有在区里登记" in clerk_tui(place, *hall, "sync", "--url", place / "x", code=1)
    print_ = [line for line in clerk_tui(place, "district", "init", district).splitlines() if "指纹" in line]
    assert print_
    asked = clerk_tui(place, *hall, "sync", "enrol", "--request", "request.json")
    fingerprint = next(line for line in asked.splitlines() if "指纹" in line).split("指纹 ")[1]
    shown = clerk_tui(
        place, "district", "approve", district, "request.json", "-o", "approval.json", answer="n\n", code=1
    )
    assert fingerprint in shown and not (place / "approval.json").exists()
    clerk_tui(place, "district", "approve", district, "request.json", "-o", "approval.json", answer="y\n")
    clerk_tui(place, *hall, "sync", "install", "approval.json", "--yes")
    (place / "hall" / "settings.toml").write_text(
        f'channel_url = "{(district / "exchange" / "440113001001").as_posix()}"\n', encoding="utf-8"
    )
    assert "封存 1 批 2 条, 发出 1 批" in clerk_tui(place, *hall, "sync", "--once")
    [batch] = (district / "exchange" / "440113001001" / "up" / "in").glob("*.pyx")
    batch_copy = Path(shutil.copy(batch, place))
    manifest = json.loads(clerk_tui(place, "district", "inspect", district, batch))["manifest"]
    assert manifest["catalogue"] == fingerprint_of(data_folder() / "catalog")
    assert "收 1 批 2 条" in clerk_tui(place, "district", "serve", district, "--once")
    said = clerk_tui(
        place, "district", "answer", district, "--case", "SQ01-20251124-0001", "--number", "--stage", "审查中"
    )
    assert "办件编号 440113001001" in said and "发出" in said
    clerk_tui(place, *hall, "sync")
    status = clerk_tui(place, *hall, "channel", "status")
    assert "已发待确认 0" in status and "被退回 0" in status and "本站暂存的 2" in status  # the case row is not there
    facts = json.loads(clerk_tui(place, "district", "status", district, "--case", "SQ01-20251124-0001", "--json"))
    assert (facts["applicant"], facts["state"], facts["stage"]) == ("陈大文", "accepted", "审查中")
    assert [record["kind"] for record in facts["records"]] == ["case.received"]
    overview = clerk_tui(place, "district", "status", district)
    assert "站点 440113001001 市桥街道政务服务中心, 安装 a1b2c3d4: 收 1 批(最近 " in overview and "正常" in overview
    assert "记录: 收下 2" in overview and "SQ01-20251124-0001 4401130010" in overview and "已受理 审查中" in overview
    clerk_tui(
        place, "district", "answer", district, "--reject", "SQ01-20251124-0001", "--field", "applicant.phone",
        "--reason", "电话无法接通",
    )  # fmt: skip
    stray = district / "exchange" / "440113001001" / "up" / "in" / "notes.txt"
    stray.write_text("x", encoding="utf-8")
    clerk_tui(place, "district", "serve", district, "--once")
    overview = clerk_tui(place, "district", "status", district)
    assert "SQ01-20251124-0001 applicant.phone: 电话无法接通" in overview and "退回待更正 1" in overview
    assert "不是批次的文件名" in overview and "请查是谁放的" in overview
    listed = json.loads(clerk_tui(place, "district", "inspect", district, batch_copy, "--records"))["records"]
    assert [(one["kind"], one.get("receipt_no"), one["known"]) for one in listed] == [
        ("hall.set_up", None, True), ("case.received", "SQ01-20251124-0001", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["status", "none"], "没有区系统"),
        (["status", "district", "--station", "440113001001"], "没有登记过站点"),
        (["answer", "district", "--case", "no"], "没有办件"),
        (["answer", "district"], "要写明是哪一件"),
        (["answer", "district", "--reject", "no", "--reason", "x"], "没有这条记录"),
        (["init", "district"], "已经有一个区系统"),
        (["approve", "district", "none.json"], "打不开"),
        (["inspect", "district", "none.pyx"], "打不开"),
        (["publish", "district", "--station", "440113001001", "--appointments", "none.json"], "不是完好的预约列表"),
        (["publish", "district", "--credit", "credit.yaml"], "信用限制名单的内容读不懂"),
        (["publish", "district", "--station", "1", "--appointments", "one.json"], "没有站点 1, 什么也没有发布"),
    ],
)
def test_wrong_arguments_get_plain_words(tmp_path, arguments, words):
    clerk_tui(tmp_path, "district", "init", "district")
    (tmp_path / "credit.yaml").write_text("number: 1号\ndated: '2026-01-05'\nblocked: [a]\n", encoding="utf-8")
    one = {
        "code": "Y1",
        "day": "2026-11-30",
        "slot_start_at": "09:00",
        "slot_end_at": "09:30",
        "category": "综合",
        "name": "陈",
    }
    (tmp_path / "one.json").write_text(json.dumps([one]), encoding="utf-8")
    assert words in clerk_tui(tmp_path, "district", *arguments, code=1)


def test_of_several_lists_with_one_that_is_faulty_none_is_published(tmp_path):
    clerk_tui(tmp_path, "district", "init", "district")
    faulty = tmp_path / "credit.yaml"
    faulty.write_text("number: 1号\ndated: '2026-01-05'\npolicy: {}\n", encoding="utf-8")
    year = tmp_path / "years"
    year.mkdir()
    (year / "2027.yaml").write_text(
        "year: 2027\nnotice: 国办发明电〔2026〕9号\namended_by: []\nholidays:\n  元旦: [2027-01-01]\nworking_weekends: []\n",
        encoding="utf-8",
    )
    said = clerk_tui(tmp_path, "district", "publish", "district", "--calendar", year, "--credit", faulty, code=1)
    assert "工作日历" not in said and "什么也没有发布" in said
    with closing(sqlite3.connect(tmp_path / "district" / "district.db")) as database:
        assert database.execute("select count(*) from published_list").fetchone() == (0,)
    assert "工作日历 版本" in clerk_tui(tmp_path, "district", "publish", "district", "--calendar", year)
