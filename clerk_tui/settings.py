"""Settings of this machine: defaults, the user's TOML, the store folder's TOML, environment, in this order.

A wrong key or value is one Chinese line that names file and key (Refusal settings_fault). Standard library and
platformdirs only: this is read before the first screen is painted.
"""

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import platformdirs

from clerk_tui.rules.refusal import Refusal

APP = "clerk-tui"
STORE_FILE = "hall.db"
FOLDER_FILE = "settings.toml"
ENVIRONMENT = "CLERK_TUI_"


class Scanner(NamedTuple):
    """How a burst of keys is told from typing: at least `min_length` ASCII characters, at most `gap_ms` apart on
    average. `min_length` 0 means that no burst is ever a scan."""

    name: str
    min_length: int
    gap_ms: int


SCANNERS = {
    "standard": Scanner("standard", 8, 25),
    "slow": Scanner("slow", 8, 60),
    "off": Scanner("off", 0, 0),
}
"""`slow` is for Bluetooth scanners and for programs reached over a slow SSH link."""


WIRES = ("diff", "stock")
CARD_READERS = ("auto", "comma", "semicolon", "bar", "space", "tab", "number_first", "fixed", "number", "off")
"""Formats of the line that an identity-card reader types: see devices.card_reader, which knows what each means."""


OWN_FOLDERS = {"print_folder": "papers", "keys_folder": "keys", "evidence_folder": "evidence"}
"""Settings whose default is a folder in the store's."""


@dataclass(frozen=True)
class Settings:
    """What this machine is set to. Every field can stand in the TOML files and, in capitals, in the environment."""

    store: Path
    """Folder of the store: the SQLite file, drafts, papers and keys lie in it. Default: the user's data folder."""
    database: str = ""
    """`postgresql+psycopg://…` when windows on several machines share one database; empty: the file in `store`."""
    window: int | None = None
    """Number of the window that this program sits at; None: asked at sign-in."""
    theme: str = ""
    """Name of a theme file in themes/; empty: the first theme."""
    print_command: str = ""
    """Command that prints one file, such as `lp {file}`; empty: the system's viewer opens it."""
    print_folder: Path = Path()
    """Private folder for rendered papers. Default: `papers` in the store's folder."""
    printer: str = ""
    """Name of the system's printer for papers; used where there is no `print_command`."""
    printers: Mapping[str, str] = field(default_factory=dict)
    """A printer by kind of paper: a name of the system's, or `slip`."""
    slip_printer: str = ""
    """`tcp://10.0.0.5:9100`, `usb://04b8:0e15`, `serial:///dev/ttyUSB0?baud=9600`, `file:///dev/usb/lp0`; empty: none."""
    slip_width: int = 80
    """Millimetres of the slip printer's roll: 58 or 80."""
    paper_format: str = "pdf"
    """`pdf` where fonts and the extra are there (HTML otherwise), or `html`."""
    paper_sizes: Mapping[str, str] = field(default_factory=dict)
    """`a5` for kinds of paper that are printed on A5."""
    documents_folder: Path | None = None
    """Templates of the district; a file in it counts instead of the shipped one of the same name."""
    fonts_folder: Path | None = None
    """Where Chinese fonts lie when the system's places are not enough."""
    evidence_folder: Path = Path()
    """Exact bytes of what was handed out. Default: `evidence` in the store's folder."""
    idle_lock_minutes: int = 5
    """Minutes without a key until the screen is covered; 0: never."""
    channel_url: str = ""
    """Where batches are exchanged: a plain folder, `file:///…` or `sftp://user@host:port/path`; empty: where the
    district's approval says, if it says."""
    unsent_warn_minutes: int = 30
    """Minutes after which what is not confirmed by the district is told as late."""
    unsent_alarm_minutes: int = 240
    """Minutes after which it is told as urgent."""
    channel_host_key: str = ""
    """The SFTP host's public key, `ssh-ed25519 AAAA…`; empty: the one in the district's approval."""
    keys_folder: Path = Path()
    """Private keys of this station, readable by its user only. Default: `keys` in the store's folder."""
    scanner: Scanner = SCANNERS["standard"]
    """Preset of the barcode and identity-card scanner: standard, slow or off."""
    wire: str = "diff"
    """What goes to the terminal: `diff` (only changed cells) or `stock` (Textual's own output)."""
    card_reader: str = "auto"
    """Format of the identity-card reader's line, one of CARD_READERS."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Remapped keys: binding id to keys, `"queue.next" = "f6,ctrl+n"`."""
    sources: tuple[Path, ...] = ()
    """The files that were read, weakest first."""

    def __post_init__(self) -> None:
        """A folder that nobody named lies in the store's: papers, keys and evidence never fall where a program began."""
        for name, folder in OWN_FOLDERS.items():
            if getattr(self, name) == Path():
                object.__setattr__(self, name, self.store / folder)

    @property
    def place(self) -> Path | str:
        """What `store.schema.open_store` is given: the database URL, or the SQLite file."""
        return self.database or store_file(self.store)

    @property
    def evidence(self) -> Path:
        """Where the exact bytes of what was handed out lie."""
        return self.evidence_folder

    @property
    def drafts_folder(self) -> Path:
        """Half-filled forms of this machine, never sent and not part of the journal."""
        return self.store / "drafts"


def config_file() -> Path:
    """The user's settings file; `CLERK_TUI_CONFIG` names another one."""
    named = os.environ.get(ENVIRONMENT + "CONFIG")
    return Path(named) if named else Path(platformdirs.user_config_dir(APP, appauthor=False)) / "settings.toml"


def default_store() -> Path:
    """The user's data folder."""
    return Path(platformdirs.user_data_dir(APP, appauthor=False))


def store_file(folder: Path) -> Path:
    """The SQLite file of a store's folder."""
    return folder / STORE_FILE


def load(store: Path | None = None, *, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings. `store` (from the command line) wins over every `store` and `database` elsewhere.

    Relative paths in a file are relative to its folder. Raises Refusal settings_fault.
    """
    environment = os.environ if environment is None else environment
    found: dict[str, Any] = {}
    sources: list[Path] = []
    _read_file(config_file(), found, sources)
    spoken = _from_environment(environment)
    if store is not None:
        found.pop("database", None)
        spoken.pop("database", None)
        spoken["store"] = store
    folder = Path(spoken.get("store") or found.get("store") or default_store()).expanduser().absolute()
    _read_file(folder / FOLDER_FILE, found, sources, local=True)
    found.update(spoken)
    return Settings(**{**found, "store": folder, "sources": tuple(sources)})


def fault(source: Path | str, key: str, words: str) -> Refusal:
    """The one line about a bad setting, also for rooms that know more about a value (a theme's name, a binding's id)."""
    return Refusal("settings_fault", f"设置 {source}: {key}: {words}", "请改正这一项后再打开程序", field=key)


def _read_file(path: Path, found: dict[str, Any], sources: list[Path], *, local: bool = False) -> None:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        raise fault(path, "-", "文件读不出来, 应当是 UTF-8 文本") from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise fault(path, "-", f"不是正确的 TOML ({error})") from error
    for key, value in table.items():
        if key not in READERS or (local and key in ("store", "database")):
            raise fault(path, key, "没有这个设置; 可用: " + ", ".join(_allowed(local)))
        found[key] = READERS[key](_Place(path, path.parent, key), value)
    sources.append(path)


def _allowed(local: bool) -> list[str]:
    return [key for key in READERS if not (local and key in ("store", "database"))]


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, reader in READERS.items():
        text = environment.get(ENVIRONMENT + key.upper(), "")
        if key in TABLES or not text:
            continue
        place = _Place("环境变量", Path.cwd(), ENVIRONMENT + key.upper())
        value: str | int = text
        if reader in (_window, _minutes, _wait, _slip_width):
            if not re.fullmatch(r"\d{1,6}", text, re.ASCII):
                raise place.fault("应当是整数")
            value = int(text)
        found[key] = reader(place, value)
    return found


class _Place(NamedTuple):
    source: Path | str
    folder: Path
    key: str

    def fault(self, words: str) -> Refusal:
        return fault(self.source, self.key, words)


def _text(place: _Place, value: object) -> str:
    if not isinstance(value, str):
        raise place.fault("应当是带引号的文字")
    return value.strip()


def _path(place: _Place, value: object) -> Path:
    text = _text(place, value)
    if not text:
        raise place.fault("应当是一个文件夹")
    return (place.folder / Path(text).expanduser()).absolute()


def _number(place: _Place, value: object, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise place.fault(f"应当是 {low} 到 {high} 的整数")
    return value


def _window(place: _Place, value: object) -> int:
    return _number(place, value, 1, 999)


def _minutes(place: _Place, value: object) -> int:
    return _number(place, value, 0, 240)


def _wait(place: _Place, value: object) -> int:
    return _number(place, value, 1, 7 * 24 * 60)


def _database(place: _Place, value: object) -> str:
    text = _text(place, value)
    if text and not text.startswith("postgresql+psycopg://"):
        raise place.fault("应当以 postgresql+psycopg:// 开头, 或留空")
    return text


def _print_command(place: _Place, value: object) -> str:
    text = _text(place, value)
    if text and "{file}" not in text:
        raise place.fault("应当含有 {file}, 例如 lp {file}")
    return text


def _paper_format(place: _Place, value: object) -> str:
    text = _text(place, value)
    if text not in ("pdf", "html"):
        raise place.fault("应当是 pdf 或 html")
    return text


def _slip_width(place: _Place, value: object) -> int:
    if value not in (58, 80) or isinstance(value, bool):
        raise place.fault("应当是 58 或 80 (毫米)")
    return 58 if value == 58 else 80


def _slip_printer(place: _Place, value: object) -> str:
    """Only the scheme is looked at here; `devices.slip_printer` knows the rest."""
    text = _text(place, value)
    if text and text.partition("://")[0] not in ("tcp", "usb", "serial", "file"):
        raise place.fault("应当以 tcp:// usb:// serial:// file:// 之一开头, 例如 tcp://10.0.0.5:9100")
    return text


def _by_kind(place: _Place, value: object) -> dict[str, str]:
    """A table: kind of paper to a word."""
    if not isinstance(value, dict) or not all(isinstance(word, str) for word in value.values()):
        raise place.fault(f'应当是 [{place.key}] 表, 每行 文书种类 = "…", 例如 receipt = "slip"')
    from clerk_tui.rules.papers import PaperKind

    kinds = {kind.value for kind in PaperKind}
    for kind in value:
        if kind not in kinds:
            raise fault(place.source, f"{place.key}.{kind}", "没有这种文书; 可用: " + ", ".join(sorted(kinds)))
    return {kind: word.strip() for kind, word in value.items()}


def _sizes(place: _Place, value: object) -> dict[str, str]:
    found = _by_kind(place, value)
    for kind, size in found.items():
        if size not in ("a4", "a5"):
            raise fault(place.source, f"{place.key}.{kind}", "应当是 a4 或 a5")
    return found


def _channel_url(place: _Place, value: object) -> str:
    """A URL stays as it is; a folder becomes absolute."""
    text = _text(place, value)
    return text if not text or "://" in text else str((place.folder / Path(text).expanduser()).absolute())


def _host_key(place: _Place, value: object) -> str:
    text = _text(place, value)
    if text and not re.fullmatch(r"(ssh|ecdsa)-[a-z0-9-]+ [A-Za-z0-9+/=]+( .*)?", text):
        raise place.fault("应当是主机公钥的一整行, 例如 ssh-ed25519 AAAA...")
    return text


def _scanner(place: _Place, value: object) -> Scanner:
    text = _text(place, value)
    if text not in SCANNERS:
        raise place.fault("应当是 " + ", ".join(SCANNERS) + " 之一")
    return SCANNERS[text]


def _wire(place: _Place, value: object) -> str:
    text = _text(place, value)
    if text not in WIRES:
        raise place.fault("应当是 " + ", ".join(WIRES) + " 之一")
    return text


def _card_reader(place: _Place, value: object) -> str:
    text = _text(place, value)
    if text not in CARD_READERS:
        raise place.fault("应当是 " + ", ".join(CARD_READERS) + " 之一")
    return text


def _keys(place: _Place, value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise place.fault('应当是 [keys] 表, 每行 "键位名" = "f6,ctrl+n"')
    found: dict[str, str] = {}
    for name, keys in value.items():
        if isinstance(keys, dict):  # queue.next without quotes is a table in TOML
            found.update({f"{name}.{key}": text for key, text in _keys(place, keys).items()})
            continue
        if not isinstance(keys, str) or not re.fullmatch(r"[a-z0-9_+]+(,[a-z0-9_+]+)*", keys):
            raise fault(place.source, f"keys.{name}", "应当是按键名, 多个用逗号隔开, 例如 f6,ctrl+n")
        found[name] = keys
    return found


TABLES = ("keys", "printers", "paper_sizes")
"""Settings that are tables and so have no place in the environment."""

READERS: dict[str, Callable[[_Place, Any], Any]] = {
    "store": _path,
    "database": _database,
    "window": _window,
    "theme": _text,
    "print_command": _print_command,
    "print_folder": _path,
    "printer": _text,
    "printers": _by_kind,
    "slip_printer": _slip_printer,
    "slip_width": _slip_width,
    "paper_format": _paper_format,
    "paper_sizes": _sizes,
    "documents_folder": _path,
    "fonts_folder": _path,
    "evidence_folder": _path,
    "idle_lock_minutes": _minutes,
    "channel_url": _channel_url,
    "unsent_warn_minutes": _wait,
    "unsent_alarm_minutes": _wait,
    "channel_host_key": _host_key,
    "keys_folder": _path,
    "scanner": _scanner,
    "wire": _wire,
    "card_reader": _card_reader,
    "keys": _keys,
}
