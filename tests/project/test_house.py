"""The arrows between rooms, and what may be imported where: held by import-linter, and seen at run time."""

import ast
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "clerk_tui"
ROOMS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
POSIX_OR_WINDOWS = {
    "fcntl",
    "termios",
    "pty",
    "tty",
    "resource",
    "pwd",
    "grp",
    "msvcrt",
    "winreg",
    "winsound",
    "_winapi",
}


def imported(code: str, *wanted: str) -> list[str]:
    """Which of the wanted modules a fresh interpreter has loaded after running the code."""
    code = f"{code}\nimport sys; print(*[name for name in {wanted!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.split()


def test_import_linter_keeps_every_contract() -> None:
    program = Path(sys.executable).with_name("lint-imports" + (".exe" if os.name == "nt" else ""))
    done = subprocess.run(
        [str(program), "--no-cache"], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout
    assert f"{len(ROOMS)} kept, 0 broken" in done.stdout


def test_every_room_stands_in_the_arrows() -> None:
    layers = next(contract["layers"] for contract in ROOMS if contract["type"] == "layers")
    named = {room.strip(" ()") for layer in layers for room in layer.split("|")}
    rooms = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    assert rooms - {"__init__"} == named


@pytest.mark.parametrize("room", ["rules", "store", "catalog", "desk", "documents", "channel", "district", "devices"])
def test_no_room_below_the_screens_loads_textual(room: str) -> None:
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in sorted((PACKAGE / room).rglob("*.py"))
    ]
    code = "\n".join(f"import {module.removesuffix('.__init__')}" for module in modules)
    assert imported(code, "textual", "rich.console") == []


def test_what_the_first_screen_needs_is_light() -> None:
    heavy = ("sqlalchemy", "sqlmodel", "pydantic", "alembic", "typer", "yaml", "jinja2", "cryptography")
    assert imported("import clerk_tui.bootstrap", *heavy) == []


def test_no_module_needs_one_operating_system_to_be_imported() -> None:
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {name.split(".")[0] for name in names} & POSIX_OR_WINDOWS, path


def test_every_module_says_what_it_is_for() -> None:
    for path in PACKAGE.rglob("*.py"):
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


def test_no_room_has_a_drawer_for_everything() -> None:
    names = {path.stem for path in PACKAGE.rglob("*.py")}
    assert not names & {"utils", "util", "helpers", "helper", "manager", "managers", "misc"}
