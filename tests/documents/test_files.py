import os
import stat
import sys
from pathlib import Path

import pytest

from clerk_tui.documents.files import clear, write
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.refusal import Refusal

CODE = "P7K2M9QX4TA1"


def test_a_paper_is_private_and_its_name_tells_no_person(tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    path = write(folder, PaperKind.RECEIPT, CODE, "html", "陈示例的收件凭证\n")
    assert path == folder / f"receipt-{CODE}.html"
    assert path.read_bytes() == "陈示例的收件凭证\n".encode()
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_writing_again_replaces_and_leaves_no_parts(tmp_path: Path) -> None:
    write(tmp_path, PaperKind.RECEIPT, CODE, "txt", "一")
    write(tmp_path, PaperKind.RECEIPT, CODE, "txt", "二")
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["二"]


@pytest.mark.parametrize("code", ["陈示例", "../P1", "P1/x", "", "p1"])
def test_a_name_that_is_no_code_is_not_written(tmp_path: Path, code: str) -> None:
    with pytest.raises(ValueError):
        write(tmp_path, PaperKind.RECEIPT, code, "html", "x")
    assert list(tmp_path.iterdir()) == []


def test_signing_off_clears_papers_and_leftovers_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, PaperKind.RECEIPT, CODE, "html", "x")
    write(tmp_path, PaperKind.TICKET_SLIP, CODE, "txt", "x")
    (tmp_path / f"receipt-{CODE}.html.0a1b2c3d.part").write_text("half", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("the clerk's own", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    assert clear(tmp_path) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "notes.txt"]
    assert clear(tmp_path / "never made") == 0


def test_a_place_that_takes_nothing_is_a_refusal(tmp_path: Path) -> None:
    (tmp_path / "papers").write_text("a file, not a folder", encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        write(tmp_path / "papers", PaperKind.RECEIPT, CODE, "html", "x")
    assert refused.value.code == "paper_file" and "不是文件夹" in refused.value.words


@pytest.mark.skipif(not Path("/dev/full").exists() or not hasattr(os, "geteuid"), reason="needs /dev/full")
def test_a_full_disk_leaves_the_old_paper_and_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, PaperKind.RECEIPT, CODE, "html", "old")
    really_open = os.open
    monkeypatch.setattr(os, "open", lambda name, flags, mode=0: really_open("/dev/full", os.O_WRONLY))
    with pytest.raises(Refusal) as refused:
        write(tmp_path, PaperKind.RECEIPT, CODE, "html", "new" * 10_000)
    assert "磁盘已满" in refused.value.words
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]
