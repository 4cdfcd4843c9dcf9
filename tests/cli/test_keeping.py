"""backup, verify, restore and doctor as a technician types them."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert

from clerk_tui.cli.main import run
from clerk_tui.cli.opening import guarded
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import evidence
from clerk_tui.store.act import By, acting, new_id, system_clock
from clerk_tui.store.core import CLERKS, HALLS, INSTALLATIONS
from clerk_tui.store.schema import create, open_store

HALL = "01930000-0000-7000-8000-000000000009"


@pytest.fixture
def folder(home: Path) -> Iterator[Path]:
    folder = home / "store"
    store = create(folder / "hall.db")
    by = By("c9", "9001", "周正", frozenset({"supervisor"}), HALL)
    with acting(store, by) as act:
        act.connection.execute(
            insert(HALLS).values(
                id=HALL, code="440113001001", letter="SQ01", name="大厅", short_name="市桥", is_service_point=False
            )
        )
        act.connection.execute(insert(INSTALLATIONS).values(inst="a1b2c3d4", hall_id=HALL, made_at=act.now))
        act.connection.execute(
            insert(CLERKS).values(
                id="c9", hall_id=HALL, number="9001", name="周正", roles='["supervisor"]', pin_hash="", active=True
            )
        )
        act.record("hall.set_up", HALL, {"name": "大厅"})
    store.close()
    yield folder


def typed(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = guarded(lambda: run([str(argument) for argument in arguments]))
    return (code, *capsys.readouterr())


def test_from_backup_to_restore(folder: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = typed(capsys, "backup", home / "stick" / "hall.db")
    assert (code, err) == (0, "")
    assert "登记链完整: 1 条" in out and "SHA-256" in out and "没有加密" in out

    code, out, err = typed(capsys, "restore", home / "stick" / "hall.db", "--clerk", "9001")
    assert code == 1 and "--yes" in err and not out

    code, out, err = typed(capsys, "restore", home / "stick" / "hall.db", "--clerk", "9001", "--yes")
    assert (code, err) == (0, "")
    assert "原有数据移到" in out and "新的安装" in out and "作废号段" in out
    assert len(list(folder.glob("hall.replaced-*.db"))) == 1

    code, out, err = typed(capsys, "verify")
    assert (code, err) == (0, "")
    assert "登记链完整: 4 条" in out


def printed(folder: Path, data: bytes, media: str = "pdf") -> str:
    """A copy that was handed out: its bytes, and what the store says of it."""
    sha = evidence.keep(folder / "evidence", data, media)
    with closing(
        sqlite3.connect(folder / "hall.db")
    ) as connection:  # foreign keys are not asked for: there is no notice
        row = (new_id(), "n1", "c9", 1, "system", media, "plain", sha, "printed", 0, "", 0, 0)
        connection.execute(
            "insert into print_job (id, notice_id, clerk_id, copy_no, device, media, variant, sha, state, attempts, error,"
            f" made_at, next_at) values ({', '.join('?' * len(row))})",
            row,
        )
        connection.commit()
    return sha


def test_what_was_handed_out_goes_with_the_backup_and_comes_back(
    folder: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shas = [printed(folder, data) for data in (b"one", b"two", b"three")]
    stick = home / "stick"
    _, out, _ = typed(capsys, "backup", stick / "hall.db")
    assert "新备份 3 份, 连以前的共 3 份" in out and "注意" not in out

    shutil.rmtree(folder)  # the machine is gone
    two = stick / "evidence" / shas[1][:2] / f"{shas[1]}.pdf"
    two.write_bytes(b"flipped")
    code, out, err = typed(capsys, "restore", stick / "hall.db", "--clerk", "9001")
    assert (code, err) == (0, "")
    assert "取回 2 份" in out and "登记的 3 份中已有 2 份" in out
    assert f"没有拷: {two.name}" in out and "缺 1 份" in out
    assert evidence.fetch(folder / "evidence", shas[0], "pdf") == b"one"
    with pytest.raises(Refusal, match="evidence_missing"):
        evidence.fetch(folder / "evidence", shas[1], "pdf")

    two.write_bytes(b"two")
    _, out, _ = typed(capsys, "restore", stick / "hall.db", "--clerk", "9001", "--yes")
    assert "取回 1 份" in out and "登记的 3 份中已有 3 份" in out and "注意" not in out


def test_store_can_be_named_before_or_after_the_command(
    folder: Path, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLERK_TUI_STORE", str(home / "elsewhere"))
    assert typed(capsys, "verify")[0] == 1
    assert typed(capsys, "--store", folder, "verify")[0] == 0
    assert typed(capsys, "verify", "--store", folder)[0] == 0


def test_verify_says_which_record_was_changed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(folder / "hall.db")) as connection:
        connection.execute("update journal_event set body = '{}' where n = 1")
        connection.commit()
    code, out, err = typed(capsys, "verify")
    assert code == 1 and not out
    assert "第 1 条" in err and "通知技术人员" in err
    code, out, _ = typed(capsys, "doctor")
    assert code == 1 and "第 1 条" in out


def test_a_database_server_is_not_copied_as_a_file(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLERK_TUI_DATABASE", "postgresql+psycopg://hall@localhost/hall")
    code, _, err = typed(capsys, "backup", home / "b.db")
    assert code == 1 and "pg_dump" in err


def findings(out: str) -> dict[str, str]:
    lines = [line for line in out.splitlines() if not line.startswith(" ")]
    return {line[4:].partition(":")[0]: line[:2] for line in lines}


def test_doctor_finds_a_healthy_machine_healthy(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = typed(capsys, "doctor")
    found = findings(out)
    assert (code, err) == (0, ""), out
    assert found.pop("终端") == "注意"  # a test has none
    assert {
        "设置",
        "编码",
        "运行环境",
        "事项目录",
        "工作日历",
        "配色主题",
        "字节码",
        "日志",
        "磁盘",
        "数据",
        "时钟",
        "字宽",
        "按键",
        "颜色",
        "字体",
        "打印",
        "渠道",
    } == set(found)
    assert "有误" not in found.values()


def test_doctor_before_the_first_start_makes_no_store(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = typed(capsys, "doctor")
    assert code == 0 and "第一次打开时建立" in out
    assert not (home / "store").exists()


def test_doctor_sees_a_clock_before_the_last_event(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(folder / "hall.db")) as connection:
        connection.execute("update journal_head set last_at = ?", (system_clock() + 86_400_000,))
        connection.commit()
    code, out, _ = typed(capsys, "doctor")
    assert code == 1 and findings(out)["时钟"] == "有误"


def test_doctor_sees_keys_that_others_can_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keys = folder / "keys"
    keys.mkdir()
    (keys / "sign.key").write_text("secret")
    (keys / "sign.key").chmod(0o644)
    code, out, _ = typed(capsys, "doctor")
    assert code == 1 and findings(out)["私钥"] == "有误"
    (keys / "sign.key").chmod(0o600)
    assert typed(capsys, "doctor")[0] == 0


def test_doctor_and_verify_refuse_a_newer_store_without_touching_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(folder / "hall.db")) as connection:
        connection.execute("update meta set value = '99' where name = 'schema_version'")
        connection.commit()
    assert "升级" in typed(capsys, "verify")[2]
    code, out, _ = typed(capsys, "doctor")
    assert code == 1 and findings(out)["数据"] == "有误"


def test_a_clock_that_ran_ahead_is_confirmed_and_the_desk_goes_on(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An event ten months ahead, then the battery was changed: without a word from a person nothing could be registered
    for ten months. (What is more than a year ahead moves nothing: `tests/channel/test_clock_jumps.py`.)"""
    by = By("c9", "9001", "周正", frozenset({"supervisor"}), HALL)
    now = system_clock()

    def act(at: int, *, channel: bool = False) -> None:
        store = open_store(folder / "hall.db", clock_ms=at)
        with closing(store), acting(store, by, lambda: at, clock_confirmed=channel) as made:
            made.record("task.opened", new_id(), {})

    act(now + 300 * 86_400_000, channel=True)
    with pytest.raises(Refusal) as refused:
        act(now)
    assert refused.value.code == "clock_wrong" and "clerk-tui clock --confirm" in refused.value.advice
    for more, code in (([], "9001"), (["--reason", "x"], "1")):
        assert typed(capsys, "clock", "--confirm", "--clerk", code, *more)[0] == 1
    code, out, err = typed(capsys, "clock", "--confirm", "--clerk", "9001", "--reason", "对过电话报时")
    assert (code, err) == (0, "") and "已确认" in out
    act(system_clock() + 1_000)
    assert typed(capsys, "verify")[0] == 0
    with closing(sqlite3.connect(folder / "hall.db")) as database:
        [(body,)] = database.execute("select body from journal_event where kind = 'clock.confirmed'").fetchall()
    assert "对过电话报时" in body
