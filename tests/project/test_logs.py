"""The log: no personal data, no terminal, and never in the way."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from clerk_tui import logs


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, raising = list(root.handlers), root.level, logging.raiseExceptions
    yield
    for handler in list(root.handlers):
        if handler not in handlers:
            handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.raiseExceptions = raising


@pytest.mark.parametrize(
    "number",
    [
        "440113195801010021",
        "44011319580101002X",
        "44011319580101002x",
        "440113580101002",
        "4401 1319 5801 0100 21",
        "6222021234567890123",
        "13800138000",
        "138 0013 8000",
        "+8613800138000",
        "020-12345678",
        "G12345678",
        "H1234567890",
    ],
)
def test_numbers_of_persons_are_masked_wherever_they_stand(number: str) -> None:
    for text in (number, f"x {number} y", f"号码{number}。", f"'{number}',", f"k={number}"):
        masked = logs.masked(text)
        assert number not in masked
        assert not any(part in masked for part in (number[-4:], number[:6]))


@pytest.mark.parametrize(
    "text",
    [
        "batch PYX1_440113001001_a1b2c3d4_U_0000000012.pyx",
        "sha 3f2a9b1c4d5e6f7a8b9c0d1e2f3a4b5c6d7e8f90",
        "at 1763948460000",
        "0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b",
        "SQ01-20261123-0042",
    ],
)
def test_what_finds_a_fault_stays_readable(text: str) -> None:
    assert logs.masked(text) == text


def test_arguments_and_tracebacks_are_masked_and_nothing_reaches_the_terminal(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = logs.start()
    assert path == home / "log" / "clerk-tui.log"
    log = logging.getLogger("clerk_tui.test")
    log.info("phone %s", "13800138000")
    try:
        raise ValueError("440113195801010021")
    except ValueError:
        log.exception("failed")
    logging.captureWarnings(False)
    text = path.read_text(encoding="utf-8")
    assert "phone <11>" in text and "ValueError: <18>" in text
    assert "138" not in text and "440113" not in text
    assert path.stat().st_mode & 0o777 == 0o600
    assert capfd.readouterr() == ("", "")


def test_starting_twice_does_not_write_twice(home: Path) -> None:
    logs.start()
    path = logs.start()
    logging.getLogger("clerk_tui.test").warning("once")
    assert path is not None and path.read_text(encoding="utf-8").count("once") == 1


def test_the_log_rotates(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "BYTES", 2000)
    path = logs.start()
    assert path is not None
    for number in range(300):
        logging.getLogger("clerk_tui.test").info("line %d", number)
    assert len(list(path.parent.iterdir())) == logs.COPIES + 1
    assert all(one.stat().st_size <= 2000 for one in path.parent.iterdir())


def test_a_log_that_cannot_be_written_stops_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (home / "file").write_text("in the way")
    monkeypatch.setenv("CLERK_TUI_LOG", str(home / "file" / "log"))
    assert logs.start() is None
    logging.getLogger("clerk_tui.test").error("unheard")
    assert capfd.readouterr() == ("", "")


def test_the_file_is_opened_by_the_first_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLERK_TUI_LOG", str(tmp_path / "log"))
    logs.start_when_needed()
    assert not (tmp_path / "log").exists()
    logging.getLogger("clerk_tui.test").warning("number 440113195801010021")
    logging.getLogger("clerk_tui.test").info("again")
    text = (tmp_path / "log" / "clerk-tui.log").read_text(encoding="utf-8")
    assert "number <18>" in text
    assert "again" in text
