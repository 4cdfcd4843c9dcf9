"""Bytes of what was handed out: kept once under their hash, private, shown again exactly or not at all."""

import hashlib
import stat
from pathlib import Path

import pytest

from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import evidence
from clerk_tui.store.evidence import Copied


def test_bytes_come_back_exactly_and_are_kept_once(tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    sha = evidence.keep(folder, b"%PDF-1.7 one", "pdf")
    assert sha == hashlib.sha256(b"%PDF-1.7 one").hexdigest()
    assert evidence.keep(folder, b"%PDF-1.7 one", "pdf") == sha
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert [path.name for path in files] == [f"{sha}.pdf"]
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600 and stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert evidence.fetch(folder, sha, "pdf") == b"%PDF-1.7 one"


def test_what_was_changed_or_lost_is_never_shown(tmp_path: Path) -> None:
    sha = evidence.keep(tmp_path, b"one", "slip")
    (tmp_path / sha[:2] / f"{sha}.slip").write_bytes(b"two")
    with pytest.raises(Refusal, match="evidence_damaged"):
        evidence.fetch(tmp_path, sha, "slip")
    with pytest.raises(Refusal, match="evidence_missing"):
        evidence.fetch(tmp_path, sha, "pdf")


def test_a_place_that_takes_nothing_is_a_refusal(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("a file", encoding="utf-8")
    with pytest.raises(Refusal, match="evidence_unwritable"):
        evidence.keep(tmp_path / "evidence", b"one", "pdf")


def test_a_name_that_is_no_hash_is_not_opened(tmp_path: Path) -> None:
    for sha, media in (("../../etc/passwd", "pdf"), ("0" * 64, "exe")):
        with pytest.raises(ValueError):
            evidence.fetch(tmp_path, sha, media)


def test_a_backup_copies_only_what_is_new(tmp_path: Path) -> None:
    source, target = tmp_path / "a", tmp_path / "b"
    evidence.keep(source, b"one", "pdf")
    assert evidence.copy_missing(source, target) == Copied(1, 1, ())
    sha = evidence.keep(source, b"two", "html")
    assert evidence.copy_missing(source, target) == Copied(1, 2, ())
    assert evidence.fetch(target, sha, "html") == b"two"
    assert evidence.copy_missing(tmp_path / "never", target) == Copied(0, 0, ())
    assert not list(target.rglob("*.part"))
    assert stat.S_IMODE((target / sha[:2] / f"{sha}.html").stat().st_mode) == 0o600


def test_a_damaged_file_is_not_copied_and_a_damaged_copy_is_mended(tmp_path: Path) -> None:
    source, target = tmp_path / "a", tmp_path / "b"
    one, two = evidence.keep(source, b"one", "pdf"), evidence.keep(source, b"two", "slip")
    evidence.copy_missing(source, target)
    (target / one[:2] / f"{one}.pdf").write_bytes(b"flipped")
    (source / two[:2] / f"{two}.slip").write_bytes(b"flipped")
    assert evidence.copy_missing(source, target) == Copied(1, 2, ())
    assert (evidence.fetch(target, one, "pdf"), evidence.fetch(target, two, "slip")) == (b"one", b"two")
    assert evidence.copy_missing(source, tmp_path / "c") == Copied(1, 1, (f"{two}.slip",))
    with pytest.raises(Refusal, match="evidence_missing"):
        evidence.fetch(tmp_path / "c", two, "slip")


def test_a_target_that_cannot_be_written_is_a_refusal(tmp_path: Path) -> None:
    evidence.keep(tmp_path / "a", b"one", "pdf")
    (tmp_path / "b").write_text("a file", encoding="utf-8")
    with pytest.raises(Refusal, match="evidence_not_copied"):
        evidence.copy_missing(tmp_path / "a", tmp_path / "b")
