"""From the settings to the printer: which printer by kind of paper, what `lp` is asked, what is believed of its answer."""

import hashlib
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from clerk_tui.desk.print_queue import PrintJobView
from clerk_tui.desk.views.intake import PaperView
from clerk_tui.devices import printing
from clerk_tui.documents import fonts
from clerk_tui.documents.check import CODE, NUMBER, sample_facts
from clerk_tui.documents.paper import prepare
from clerk_tui.documents.templates import shipped_folder
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.refusal import Refusal
from clerk_tui.settings import Settings, load
from clerk_tui.store import evidence
from clerk_tui.tui import paper_jobs

PAGE = "<p>𠮷𬍛·阿依古丽</p>".encode()
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="a script named lp")


def job_of(settings: Settings, kind: str = "receipt") -> PrintJobView:
    sha = evidence.keep(settings.evidence, PAGE, "html")
    return PrintJobView(
        id="j-1", notice_id="n-1", title="收件凭证", number="示例[2026]SQ01-1号", kind=kind, code="P7K2M9QX4TA1",
        copy_no=1, device="system", media="html", variant="plain", sha=sha, state="sending", state_words="正在打印",
        attempts=1, error="", made_at=0, next_at=0, done_at=None,
    )  # fmt: skip


@pytest.fixture
def lp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program named lp on PATH: it writes what it was asked and the digest of the file, then runs `lp.then`."""
    programs = tmp_path / "bin"
    programs.mkdir()
    script = programs / "lp"
    script.write_text(
        f"#!{sys.executable}\n"
        "import hashlib, pathlib, sys\n"
        "here = pathlib.Path(__file__)\n"
        "sent = hashlib.sha256(pathlib.Path(sys.argv[-1]).read_bytes()).hexdigest()\n"
        "here.with_name('asked').write_text('|'.join([*sys.argv[1:], sent]))\n"
        "exec(here.with_name('then').read_text())\n",
        encoding="utf-8",
    )
    script.chmod(0o700)
    (programs / "then").write_text("", encoding="utf-8")
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    return programs


@POSIX
@pytest.mark.parametrize(("kind", "printer"), [("receipt", "HP-1F"), ("acceptance", "Canon-2F")])
def test_each_kind_goes_to_its_printer(lp: Path, tmp_path: Path, kind: str, printer: str) -> None:
    settings = Settings(store=tmp_path / "hall", printer="HP-1F", printers={"acceptance": "Canon-2F"})
    outcome = paper_jobs.deliver(settings, job_of(settings, kind))
    assert outcome.printed
    asked = (lp / "asked").read_text().split("|")
    assert asked[:2] == ["-d", printer]
    assert Path(asked[2]).parent == settings.print_folder
    assert asked[3] == hashlib.sha256(PAGE).hexdigest()  # exactly what is kept as evidence


@POSIX
def test_what_lp_refuses_was_not_printed(lp: Path, tmp_path: Path) -> None:
    (lp / "then").write_text("sys.stderr.write('lp: The printer or class does not exist.\\n'); sys.exit(1)")
    settings = Settings(store=tmp_path / "hall", printer="HP-1F")
    with pytest.raises(Refusal) as refused:
        paper_jobs.deliver(settings, job_of(settings))
    assert refused.value.code == "print_failed" and "does not exist" in refused.value.words
    assert not paper_jobs.lasting(refused.value)  # it is tried again by itself


@POSIX
def test_an_lp_that_hangs_is_stopped(lp: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (lp / "then").write_text("import time; time.sleep(600)")
    really = printing.send
    monkeypatch.setattr(printing, "send", lambda *args, **more: really(*args, **more, timeout=1.5))
    settings = Settings(store=tmp_path / "hall", printer="HP-1F")
    with pytest.raises(Refusal) as refused:
        paper_jobs.deliver(settings, job_of(settings))
    assert refused.value.code == "print_timeout" and not paper_jobs.lasting(refused.value)


@POSIX
def test_without_lp_somebody_has_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    settings = Settings(store=tmp_path / "hall", printer="HP-1F")
    with pytest.raises(Refusal) as refused:
        paper_jobs.deliver(settings, job_of(settings))
    assert refused.value.code == "print_program" and paper_jobs.lasting(refused.value)


def test_on_windows_the_shell_verb_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(os, "startfile", lambda *words: asked.append(words), raising=False)
    page = tmp_path / "收件 1.html"
    page.write_bytes(PAGE)
    assert printing.send(page, None, printer="HP 1F", platform="win32").printed
    assert not printing.send(page, None, platform="win32").printed
    assert asked == [(str(page), "printto", '"HP 1F"'), (str(page),)]


def test_on_windows_a_verb_that_fails_printed_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: str) -> None:
        raise OSError(1155, "no application is associated")

    monkeypatch.setattr(os, "startfile", fails, raising=False)
    page = tmp_path / "receipt.html"
    page.write_bytes(PAGE)
    with pytest.raises(Refusal) as refused:
        printing.send(page, None, printer="HP", platform="win32")
    assert "没有把文书交给打印机 HP" in refused.value.words


def test_without_a_font_it_is_a_page_and_the_clerk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "places", lambda folder, platform: [])
    ready = prepare(PaperKind.RECEIPT, NUMBER, CODE, sample_facts(PaperKind.RECEIPT))
    data, media, note = paper_jobs.page_of(Settings(store=tmp_path), ready)
    assert media == "html" and "陈示例" in data.decode() and "字体" in note


def test_a_district_changes_a_paper_by_a_file_alone(tmp_path: Path) -> None:
    """The settings name a folder with one file; what is queued for the printer says what the file says."""
    districts = tmp_path / "district"
    districts.mkdir()
    shipped = (shipped_folder() / "refusal.j2").read_text(encoding="utf-8")
    (districts / "refusal.j2").write_text(
        shipped.replace(
            "{% block body %}", '{% block body %}\n{{ p.para("番禺区另行说明: {applicant}可到区中心咨询。") }}', 1
        ),
        encoding="utf-8",
    )
    (tmp_path / "hall").mkdir()
    (tmp_path / "hall" / "settings.toml").write_text(f'documents_folder = "{districts.as_posix()}"\n', encoding="utf-8")
    for folder, said in ((tmp_path / "hall", True), (tmp_path / "plain", False)):
        settings = replace(load(folder, environment={}), paper_format="html")
        for kind in (PaperKind.REFUSAL, PaperKind.ACCEPTANCE):
            paper = PaperView(
                id="n-1", kind=kind.value, title=kind.title, number=NUMBER, code=CODE, case_id="", issued_at=0,
                facts=sample_facts(kind), signed_how="", void_reason="", printed=0, variant="plain",
            )  # fmt: skip
            made = paper_jobs.render_job(settings, paper, 0, {})
            page = evidence.fetch(settings.evidence, made.sha, made.media).decode()
            assert ("陈示例可到区中心咨询" in page) == (said and kind is PaperKind.REFUSAL)
