"""What doctor finds out about a terminal, a printer and the keys, and what it advises."""

import json
import os
import re
import select
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len
from sqlalchemy import update

from clerk_tui.cli import doctor, doctor_links, doctor_terminal
from clerk_tui.cli.main import run
from clerk_tui.settings import Settings
from clerk_tui.store.act import system_clock
from clerk_tui.store.core import HEAD
from clerk_tui.store.schema import create
from clerk_tui.tui.key_contract import EVERYWHERE, MEANINGS


def answered(process_fd: int, ambiguous: int) -> str:
    """Play the terminal: draw what comes, answer each question for the cursor; returns all that was written."""
    written, column = "", 0
    while True:
        if not select.select([process_fd], [], [], 20)[0]:
            raise AssertionError(f"nothing came\n{written}")
        try:
            data = os.read(process_fd, 65536).decode("utf-8", "replace")
        except OSError:
            return written
        if not data:
            return written
        written += data
        for piece in re.findall(r"\r([^\x1b\r\n])\x1b\[6n", data):
            column = ambiguous if piece in doctor_terminal.AMBIGUOUS else cell_len(piece)
            os.write(process_fd, f"\x1b[5;{column + 1}R".encode())


@pytest.mark.pty
@pytest.mark.parametrize(("ambiguous", "grade"), [(1, "正常  字宽"), (2, "注意  字宽")])
def test_the_terminal_itself_is_asked_how_wide_it_draws(tmp_path: Path, ambiguous: int, grade: str) -> None:
    from ptyprocess import PtyProcess

    environment = {**os.environ, "CLERK_TUI_STORE": str(tmp_path), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    environment |= {"COLUMNS": "120", "LINES": "40"}
    process = PtyProcess.spawn([sys.executable, "-m", "clerk_tui", "doctor"], env=environment, dimensions=(40, 120))
    try:
        out = answered(process.fd, ambiguous)
    finally:
        process.terminate(force=True)
    assert grade in out
    assert "120x40" in out


def test_what_is_asked_for_as_json_is_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["doctor", "--json", "--store", str(tmp_path)])
    found = json.loads(capsys.readouterr().out)
    assert {"grade", "what", "words", "advice"} == set(found[0])
    assert {"终端", "字宽", "按键", "字节码", "磁盘", "时钟", "打印", "渠道"} <= {one["what"] for one in found}
    assert all(one["grade"] == "good" or one["advice"] for one in found), found


def test_a_key_clash_is_found(tmp_path: Path) -> None:
    settings = Settings(store=tmp_path, keys={"queue.next": "f9"})
    finding = next(one for one in doctor_terminal.examine_terminal(settings) if one.what == "按键")
    assert finding.grade == "warn" and "F9 同时给了 叫号 和 确认" in finding.words


@pytest.mark.parametrize(
    ("environment", "word"),
    [
        ({"TMUX": "/tmp/x"}, "Ctrl+B"),
        ({"GNOME_TERMINAL_SCREEN": "1"}, "F11"),
        ({"TEXTUAL_DISABLE_KITTY_KEY": "0"}, "Kitty"),
    ],
)
def test_keys_that_others_take(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment, word) -> None:
    for name in ("TMUX", "STY", "GNOME_TERMINAL_SCREEN", "TEXTUAL_DISABLE_KITTY_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    finding = next(one for one in doctor_terminal.examine_terminal(Settings(store=tmp_path)) if one.what == "按键")
    assert finding.grade == "warn" and word in finding.words and finding.advice


@pytest.mark.parametrize(
    ("command", "grade", "word"),
    [
        ("no-such-printer {file}", "bad", "no-such-printer"),
        ("'lp {file}", "bad", "引号"),
        (f"{sys.executable} {{file}}", "good", ""),
    ],
)
def test_the_print_command_is_looked_at(tmp_path: Path, command: str, grade: str, word: str) -> None:
    finding = next(doctor_links.examine_links(Settings(store=tmp_path, print_command=command)))
    assert (finding.what, finding.grade) == ("打印", grade) and word in finding.words


def test_a_channel_folder_that_is_gone(tmp_path: Path) -> None:
    from clerk_tui.demo import prepare

    prepare(tmp_path)
    settings = Settings(store=tmp_path, channel_url=str(tmp_path / "gone"))
    finding = list(doctor_links.examine_links(settings))[-1]
    assert finding.grade in ("good", "bad")
    if "没有在区系统登记" not in finding.words:
        assert "交换文件夹不在" in finding.words


def test_the_key_card_names_every_key_and_fits_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["keys", "--store", str(tmp_path)])
    out = capsys.readouterr().out
    assert all(MEANINGS[one.id or ""] in out for one in EVERYWHERE)
    assert "Ctrl+N" in out and "日结 rj" in out
    assert all(cell_len(line) <= 80 for line in out.splitlines())
    assert len(out.splitlines()) <= 60


def test_a_slip_printer_that_is_not_there_is_found_and_one_that_is_gets_no_slip(tmp_path: Path) -> None:
    there = tmp_path / "lp0"
    there.write_bytes(b"")
    for url, grade in ((f"file://{tmp_path}/lp9", "bad"), ("tcp://127.0.0.1:1", "bad"), (f"file://{there}", "good")):
        found = {one.what: one for one in doctor_links.examine_links(Settings(store=tmp_path, slip_printer=url))}
        assert found["小票"].grade == grade
        assert url in found["小票"].words
    assert there.read_bytes() == b""


@pytest.mark.parametrize(("days", "word"), [(30, "早于最后一次登记"), (-400, "一年以上"), (-300, "")])
def test_a_clock_far_from_the_last_event_is_found(tmp_path: Path, days: int, word: str) -> None:
    store = create(tmp_path / "hall.db")
    with store.write() as connection:
        connection.execute(update(HEAD).values(last_at=system_clock() + days * 86_400_000))
    store.close()
    finding = doctor._clock(Settings(store=tmp_path))
    assert (finding.grade == "bad") == bool(word)
    assert word in finding.advice


@pytest.mark.parametrize("term", ["", "dumb"])
def test_a_terminal_that_draws_no_screen_is_found(monkeypatch: pytest.MonkeyPatch, term: str) -> None:
    monkeypatch.setattr(doctor_terminal, "_has_terminal", lambda: True)
    assert doctor_terminal._terminal({"TERM": term}).grade == "bad"
    assert "TERM=xterm" in doctor_terminal._terminal({"TERM": "xterm"}).words
