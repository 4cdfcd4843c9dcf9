"""documents on the command line: templates, register, queue, and copies as they were handed out."""

import re
import shutil
from pathlib import Path

import pytest

from clerk_tui.cli.main import run
from clerk_tui.demo import prepare
from clerk_tui.documents.templates import shipped_folder
from clerk_tui.rules.refusal import Refusal


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents") / "store"
    prepare(folder)
    return folder


def test_a_faulty_template_is_named_with_file_and_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "refusal.j2").write_text(
        '{% extends "base.j2" %}\n{% block body %}\n{{ p.para("{applicannt}") }}\n{% endblock %}\n', encoding="utf-8"
    )
    assert run(["documents", "check", str(tmp_path)]) == 1
    assert "refusal.j2:3: " in capsys.readouterr().out


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="没有文件夹"):
        run(["documents", "check", str(tmp_path / "none")])


def test_the_register_lists_numbers_and_no_person(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["documents", "register", "--store", str(store), "--kind", "acceptance"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:2] == ["编号", "文书"]
    assert len(lines) > 3 and all("受理通知书" in line for line in lines[1:-1])
    numbers = [line.split()[0] for line in lines[1:-1]]
    assert len(set(numbers)) == len(numbers)
    assert lines[-1].startswith(f"共 {len(numbers)} 份")


def test_the_queue_is_empty_and_says_so(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["documents", "queue", "--store", str(store)]) == 0
    assert "没有等着打印的" in capsys.readouterr().out


def test_an_unknown_number_and_kind_are_refused(store: Path, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="没有编号为"):
        run(["documents", "copies", "市桥受[2026]SQ01-99999号", str(tmp_path), "--store", str(store)])
    with pytest.raises(Refusal, match="没有这种文书"):
        run(["documents", "register", "--kind", "letter", "--store", str(store)])


FAULTS = [
    ("receipt.j2", 3, "{% if %}"),
    ("acceptance.j2", 3, "{% endfor %}"),
    ("refusal.j2", 3, "{{ applicannt }}"),
    ("commitment.j2", 3, "{{ due.days.hours }}"),
    ("termination.j2", 3, "{{ 1 // 0 }}"),
    ("withdrawal.j2", 3, "{{ ''.__class__.__mro__ }}"),
    ("promise.j2", 3, "{% for n in range(10 ** 9) %}{{ n }}{% endfor %}"),
    ("one_time_notice.j2", 3, "{{ p.fact(['item']) }}"),
    ("ticket_slip.slip.j2", 1, "{{ slip.nothing('x') }}"),
    ("page.html.j2", 40, "{{ nobody }}"),
]


@pytest.mark.parametrize(("name", "line", "words"), FAULTS)
def test_each_fault_is_told_with_file_and_line_in_chinese(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, line: int, words: str
) -> None:
    folder = Path(shutil.copytree(shipped_folder(), tmp_path / "templates"))
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    (folder / name).write_text("\n".join([*lines[: line - 1], words, *lines[line - 1 :]]) + "\n", encoding="utf-8")
    assert run(["documents", "check", str(folder)]) == 1
    told = [one for one in capsys.readouterr().out.splitlines() if one.startswith(name)]
    assert len(told) == 1
    where, _, said = told[0].partition(": ")
    assert where == f"{name}:{line}"
    assert re.search("[一-鿿]{4}", said), said


def test_several_faults_are_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "refusal.j2").write_text("{{ nobody }}", encoding="utf-8")
    (tmp_path / "receipt.j2").write_bytes(b"\xff\xfe")
    (tmp_path / "refusel.j2").write_text("", encoding="utf-8")
    assert run(["documents", "check", str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert all(name in said for name in ("refusal.j2:1", "receipt.j2", "refusel.j2")) and "3 处有误" in said
