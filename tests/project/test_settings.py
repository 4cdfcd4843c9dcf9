"""Settings: where a value comes from, and the one line about a bad one."""

from pathlib import Path

import pytest

from clerk_tui.rules.refusal import Refusal
from clerk_tui.settings import READERS, SCANNERS, Settings, load
from clerk_tui.store.evidence import keep


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_everything_has_a_default(home: Path) -> None:
    found = load(environment={})
    assert found.sources == ()
    assert (found.window, found.theme, found.print_command, found.channel_url) == (None, "", "", "")
    assert found.idle_lock_minutes == 5
    assert found.scanner == SCANNERS["standard"]
    assert found.place == found.store / "hall.db"
    assert found.keys_folder == found.store / "keys"
    assert found.print_folder == found.store / "papers"
    assert found.evidence == found.store / "evidence"


def test_every_field_can_be_set_and_relative_paths_are_relative_to_the_file(home: Path) -> None:
    path = write(
        home / "settings.toml",
        """
        store = "hall"
        window = 3
        theme = "night"
        print_command = "lp {file}"
        print_folder = "out"
        idle_lock_minutes = 0
        channel_url = "exchange"
        keys_folder = "/keys"
        scanner = "slow"
        wire = "stock"
        printer = "HP"
        slip_printer = "tcp://10.0.0.5:9100"
        slip_width = 58
        paper_format = "html"
        documents_folder = "templates"
        fonts_folder = "fonts"
        evidence_folder = "handed out"
        [printers]
        receipt = "slip"
        [paper_sizes]
        give_back_list = "a5"
        [keys]
        "queue.next" = "f6,ctrl+n"
        find.open = "f2"
        """,
    )
    found = load(environment={})
    assert found == Settings(
        store=home / "hall",
        window=3,
        theme="night",
        print_command="lp {file}",
        print_folder=home / "out",
        idle_lock_minutes=0,
        channel_url=str(home / "exchange"),
        keys_folder=Path("/keys"),
        scanner=SCANNERS["slow"],
        wire="stock",
        printer="HP",
        slip_printer="tcp://10.0.0.5:9100",
        slip_width=58,
        paper_format="html",
        documents_folder=home / "templates",
        fonts_folder=home / "fonts",
        evidence_folder=home / "handed out",
        printers={"receipt": "slip"},
        paper_sizes={"give_back_list": "a5"},
        keys={"queue.next": "f6,ctrl+n", "find.open": "f2"},
        sources=(path,),
    )


def test_the_store_folder_overrides_the_user_and_the_environment_overrides_both(home: Path) -> None:
    write(home / "settings.toml", 'theme = "paper"\nwindow = 1\nscanner = "off"\n')
    write(home / "hall" / "settings.toml", 'theme = "night"\nwindow = 2\nkeys_folder = "station"\n')
    found = load(home / "hall", environment={"CLERK_TUI_WINDOW": "7"})
    assert (found.theme, found.window, found.scanner.name) == ("night", 7, "off")
    assert found.keys_folder == home / "hall" / "station"
    assert len(found.sources) == 2


def test_a_folder_on_the_command_line_wins_over_a_database_in_a_file(home: Path) -> None:
    url = "postgresql+psycopg://hall@db/hall"
    write(home / "settings.toml", f'database = "{url}"\n')
    assert load(environment={}).place == url
    assert load(environment={"CLERK_TUI_DATABASE": url}).place == url
    assert load(home / "demo", environment={"CLERK_TUI_DATABASE": url}).place == home / "demo" / "hall.db"


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ("windw = 3", "windw", "没有这个设置"),
        ('window = "3"', "window", "1 到 999"),
        ("window = 0", "window", "1 到 999"),
        ("window = true", "window", "1 到 999"),
        ("idle_lock_minutes = 2.5", "idle_lock_minutes", "0 到 240"),
        ("theme = 3", "theme", "文字"),
        ('print_command = "lp"', "print_command", "{file}"),
        ('print_folder = ""', "print_folder", "文件夹"),
        ('database = "mysql://x"', "database", "postgresql+psycopg://"),
        ('scanner = "laser"', "scanner", "standard"),
        ('wire = "thin"', "wire", "stock"),
        ('slip_printer = "http://10.0.0.5"', "slip_printer", "tcp://"),
        ("slip_width = 76", "slip_width", "58 或 80"),
        ('paper_format = "docx"', "paper_format", "pdf 或 html"),
        ('printers = "HP"', "printers", "[printers]"),
        ('[printers]\nreciept = "HP"', "printers.reciept", "没有这种文书"),
        ('[paper_sizes]\nreceipt = "letter"', "paper_sizes.receipt", "a4 或 a5"),
        ('keys = "f5"', "keys", "[keys]"),
        ('[keys]\n"queue.next" = "F5 F6"', "keys.queue.next", "按键名"),
        ("window = ", "-", "TOML"),
    ],
)
def test_a_bad_setting_is_one_chinese_line_with_file_and_key(home: Path, text: str, key: str, words: str) -> None:
    path = write(home / "settings.toml", text)
    with pytest.raises(Refusal) as caught:
        load(environment={})
    refusal = caught.value
    assert refusal.code == "settings_fault"
    assert refusal.field == key
    assert str(path) in refusal.words and key in refusal.words and words in refusal.words
    assert "\n" not in refusal.words


def test_a_bad_variable_is_named_as_it_is_spelled(home: Path) -> None:
    with pytest.raises(Refusal) as caught:
        load(environment={"CLERK_TUI_WINDOW": "three"})
    assert "环境变量" in caught.value.words and "CLERK_TUI_WINDOW" in caught.value.words


def test_a_file_that_is_no_text_is_told(home: Path) -> None:
    (home / "settings.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Refusal, match="UTF-8"):
        load(environment={})


def test_a_store_folder_cannot_send_the_program_elsewhere(home: Path) -> None:
    write(home / "hall" / "settings.toml", 'store = "/elsewhere"\n')
    with pytest.raises(Refusal, match="没有这个设置"):
        load(home / "hall", environment={})


def test_every_setting_has_a_field() -> None:
    assert set(READERS) == set(Settings.__dataclass_fields__) - {"sources"}


@pytest.mark.parametrize("named", [{}, {"evidence_folder": Path(), "print_folder": Path(), "keys_folder": Path()}])
def test_no_folder_ever_falls_where_the_program_began(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: dict[str, Path]
) -> None:
    """Evidence once did: settings made without a file had an empty path, and copies lay in the checkout."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    found = Settings(store=tmp_path / "hall", **named)
    assert found.evidence == tmp_path / "hall" / "evidence"
    assert found.print_folder == tmp_path / "hall" / "papers" and found.keys_folder == tmp_path / "hall" / "keys"
    keep(found.evidence, b"handed out", "pdf")
    assert list(elsewhere.iterdir()) == []


def test_an_empty_evidence_folder_is_a_fault(home: Path) -> None:
    write(home / "settings.toml", 'evidence_folder = ""\n')
    with pytest.raises(Refusal) as refused:
        load(environment={})
    assert refused.value.field == "evidence_folder"
