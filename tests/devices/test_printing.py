"""Real programs are started: small scripts stand for print commands."""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from clerk_tui.devices import printing
from clerk_tui.devices.printing import PrintOutcome
from clerk_tui.rules.refusal import Refusal

PATIENCE = 600.0
"""Seconds that a program may take before a test calls it hanging: no machine is that slow."""

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="scripts with a shebang")


def send(path: Path, command: str | None, **more: Any) -> PrintOutcome:
    return printing.send(path, command, **{"timeout": PATIENCE, **more})


@pytest.fixture(autouse=True)
def patient_with_viewers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "VIEWER_SECONDS", PATIENCE)


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "my papers" / "receipt-P1.html"
    path.parent.mkdir()
    path.write_text("<p>x</p>", encoding="utf-8")
    return path


def python(code: str, *more: str) -> str:
    """A print command that runs a line of Python."""
    return shlex.join([sys.executable, "-c", code, *more])


def script(folder: Path, name: str, body: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{body}\n", encoding="utf-8")
    path.chmod(0o700)
    return path


def test_the_command_gets_the_file_as_one_argument(paper: Path, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    code = f"import sys; open({str(seen)!r}, 'w').write('|'.join(sys.argv[1:]))"
    outcome = send(paper, python(code, "-n", "2", "{file}"))
    assert outcome.printed and outcome.words.startswith("已送打印机")
    assert seen.read_text() == f"-n|2|{paper}"


def test_without_a_place_the_file_comes_last_and_no_shell_reads_the_command(paper: Path, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    code = f"import sys; open({str(seen)!r}, 'w').write('|'.join(sys.argv[1:]))"
    send(paper, python(code, "; rm -rf $HOME"))
    assert seen.read_text() == f"; rm -rf $HOME|{paper}"


def test_a_failing_command_is_told_with_its_complaint(paper: Path) -> None:
    code = "import sys; sys.stderr.write('\\x1b[31m\\nlp: no default destination\\n'); sys.exit(3)"
    with pytest.raises(Refusal) as refused:
        send(paper, python(code))
    assert refused.value.code == "print_failed"
    assert "返回 3" in refused.value.words and "\x1b" not in refused.value.words


def test_a_missing_program_is_told_by_name(paper: Path) -> None:
    with pytest.raises(Refusal) as refused:
        send(paper, "no-such-printer-program {file}")
    assert refused.value.code == "print_program" and "no-such-printer-program" in refused.value.words


def test_a_command_with_an_open_quote_is_a_fault_of_the_setting(paper: Path) -> None:
    with pytest.raises(Refusal) as refused:
        send(paper, "lp '{file}", platform="linux")
    assert refused.value.code == "print_command"


def test_a_paper_that_is_gone_is_not_printed(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        send(tmp_path / "gone.html", "lp {file}")
    assert refused.value.code == "print_missing"


@POSIX
def test_a_hanging_command_is_stopped_with_its_children(
    paper: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time is up as soon as the child runs: it holds a pipe open, which ends when the child does."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    child = f"import time; held = open({str(pipe)!r}, 'w'); time.sleep(60); held.write('outlived')"
    parent = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {child!r}]).wait()"
    opened: list[int] = []

    class UpWhenTheChildRuns(subprocess.Popen[bytes]):
        def wait(self, timeout: float | None = None) -> int:
            if timeout is None:
                return super().wait()
            opened.append(os.open(pipe, os.O_RDONLY))  # blocks until the child has opened it
            raise subprocess.TimeoutExpired(self.args, timeout)

    monkeypatch.setattr(subprocess, "Popen", UpWhenTheChildRuns)
    with pytest.raises(Refusal) as refused:
        send(paper, python(parent))
    assert refused.value.code == "print_timeout"
    with os.fdopen(opened[0]) as held:
        assert held.read() == ""  # the end comes with the child's death, and it said nothing before


@POSIX
def test_a_child_that_stays_does_not_hold_us(paper: Path, tmp_path: Path) -> None:
    """Spoolers leave a helper behind that keeps the output open; this one stays until we are back and let it go."""
    pipe, ended = tmp_path / "pipe", tmp_path / "ended"
    os.mkfifo(pipe)
    child = f"import signal; signal.alarm(600); open({str(pipe)!r}).read(); open({str(ended)!r}, 'w')"
    assert send(paper, python(f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {child!r}])")).printed
    assert not ended.exists()
    pipe.write_text("go")  # blocks until the child reads


@POSIX
def test_without_a_command_the_viewer_opens_and_nothing_counts_as_printed(paper: Path, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    script(tmp_path / "bin", "xdg-open", f"import sys; open({str(seen)!r}, 'w').write(sys.argv[1])")
    environment = {"PATH": str(tmp_path / "bin"), "DISPLAY": ":0"}
    outcome = send(paper, None, platform="linux", environment=environment)
    assert not outcome.printed and "xdg-open" in outcome.words
    assert seen.read_text() == str(paper)


@POSIX
def test_a_viewer_that_stays_open_is_left_alone(paper: Path, tmp_path: Path) -> None:
    script(tmp_path / "bin", "open", "import time; time.sleep(3)")
    outcome = send(paper, "", timeout=0.3, platform="darwin", environment={"PATH": str(tmp_path / "bin")})
    assert not outcome.printed


@POSIX
@pytest.mark.parametrize(
    ("environment", "said"),
    [({"PATH": "/nowhere"}, "没有图形桌面可以打开"), ({"PATH": "/nowhere", "DISPLAY": ":0"}, "没有 xdg-open")],
)
def test_no_viewer_is_told_with_what_to_set(paper: Path, environment: dict[str, str], said: str) -> None:
    with pytest.raises(Refusal) as refused:
        send(paper, None, platform="linux", environment=environment)
    assert refused.value.code == "viewer_missing"
    assert said in refused.value.words
    assert "print_command" in refused.value.advice


@POSIX
def test_a_viewer_that_fails_says_why(paper: Path, tmp_path: Path) -> None:
    script(tmp_path / "bin", "xdg-open", "import sys; print('no application for html'); sys.exit(3)")
    with pytest.raises(Refusal) as refused:
        send(paper, None, platform="linux", environment={"PATH": str(tmp_path / "bin"), "WAYLAND_DISPLAY": "w0"})
    assert "no application for html" in refused.value.words
