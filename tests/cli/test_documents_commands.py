"""documents on the command line: templates, register, queue, and copies as they were handed out."""

from pathlib import Path

import pytest

from clerk_tui.cli.main import run
from clerk_tui.demo import prepare
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
