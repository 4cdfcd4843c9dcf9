"""The program as typed: exit codes, words, and never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from clerk_tui import __version__
from clerk_tui.__main__ import opening_of
from clerk_tui.cli.opening import guarded
from clerk_tui.rules.refusal import Refusal

HEAVY = ("sqlalchemy", "sqlmodel", "pydantic", "alembic", "textual", "yaml", "jinja2", "cryptography", "rich.console")


def typed(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "clerk_tui", *arguments],
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        timeout=60,
        env={**os.environ, **environment},
    )


def test_version(home: Path) -> None:
    done = typed("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"clerk-tui {__version__}\n", "")


def test_help_names_every_command_without_importing_any(home: Path) -> None:
    code = (
        "import sys; from clerk_tui.cli.main import run; code = run(['--help']); "
        f"sys.stderr.write(' '.join(name for name in {HEAVY!r} if name in sys.modules)); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", timeout=60)
    assert done.returncode == 0
    assert done.stderr == ""
    for name in (
        "demo",
        "sync",
        "district",
        "catalog",
        "backup",
        "restore",
        "verify",
        "doctor",
        "themes",
        "due",
        "check",
        "queue",
        "figures",
    ):
        assert f"  {name} " in done.stdout


@pytest.mark.parametrize("arguments", [("nothing",), ("--nothing",), ("backup",), ("demo", "--cases", "0")])
def test_a_wrong_call_is_told_and_exits_2(home: Path, arguments: tuple[str, ...]) -> None:
    done = typed(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr and done.stderr


@pytest.mark.parametrize("arguments", [(), ("verify",), ("backup", "x"), ("doctor",), ("themes", "list")])
def test_a_bad_setting_stops_every_command_with_one_line(home: Path, arguments: tuple[str, ...]) -> None:
    (home / "settings.toml").write_text("windw = 3\n", encoding="utf-8")
    done = typed(*arguments)
    assert done.returncode == 1
    first, second = done.stderr.splitlines()
    assert str(home / "settings.toml") in first and "windw" in first
    assert second == "请改正这一项后再打开程序"


def test_a_store_that_is_not_there_is_told(home: Path) -> None:
    done = typed("--store", str(home / "nowhere"), "verify")
    assert done.returncode == 1
    assert done.stderr == "找不到数据文件 hall.db\n请检查 --store 所指的文件夹, 或先运行首次设置\n"


def test_a_console_without_chinese_does_not_end_the_program(home: Path) -> None:
    done = typed("--help", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0
    assert "catalog" in done.stdout


def test_themes_are_listed_with_the_chosen_one_marked(home: Path) -> None:
    (home / "settings.toml").write_text('theme = "contrast"\n', encoding="utf-8")
    done = typed("themes", "list")
    assert done.returncode == 0
    marked = [line for line in done.stdout.splitlines() if line.startswith("*")]
    assert len(marked) == 1 and "contrast" in marked[0]
    assert len(done.stdout.splitlines()) >= 3


@pytest.mark.parametrize(
    ("arguments", "opening"),
    [
        ([], (None, None)),
        (["--store", "d"], (Path("d"), None)),
        (["--clerk", "demo", "--store", "d"], (Path("d"), "demo")),
        (["--store"], None),
        (["--store", "--clerk"], None),
        (["--store", "d", "backup"], None),
        (["--store", "d", "--clerk", "c", "x", "y"], None),
        (["demo"], None),
    ],
)
def test_the_door_takes_only_what_opens_the_workbench(arguments: list[str], opening: object) -> None:
    assert opening_of(arguments) == opening


def test_a_refusal_is_words_and_advice(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def refuse() -> int:
        raise Refusal("no", "不行", "请这样做")

    assert guarded(refuse) == 1
    assert capfd.readouterr() == ("", "不行\n请这样做\n")


def test_a_fault_of_the_program_goes_to_the_log_and_not_to_the_screen(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail() -> int:
        raise RuntimeError("about 13800138000")

    assert guarded(fail) == 1
    out, err = capfd.readouterr()
    assert out == "" and "Traceback" not in err and "138" not in err
    path = home / "log" / "clerk-tui.log"
    assert str(path) in err
    text = path.read_text(encoding="utf-8")
    assert "RuntimeError: about <11>" in text and "13800138000" not in text


def test_ctrl_c_is_no_fault(home: Path) -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    assert guarded(interrupted) == 130
    assert not (home / "log").exists()


def test_the_demonstration_says_at_once_that_it_is_being_made(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from clerk_tui.cli.opening import open_demo

    def told(folder: Path, *, cases: int | None = None) -> None:
        raise Refusal("stop", capsys.readouterr().err)

    monkeypatch.setattr("clerk_tui.demo.prepare", told)
    with pytest.raises(Refusal, match="stop") as caught:
        open_demo()
    assert "正在准备演示数据" in caught.value.words
