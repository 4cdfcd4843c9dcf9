"""What travels: README's commands, licences, data in wheel and checkout."""

import re
import subprocess
import sys
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from clerk_tui import __version__, resources

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def command(name: str, shell: str) -> str:
    program = [sys.executable, str(ROOT / ".ci" / "readme.py"), name, shell]
    return subprocess.run(program, capture_output=True, text=True, check=True, timeout=30).stdout.rstrip("\n")


@pytest.mark.parametrize("name", ["demo", "tests"])
def test_each_command_is_one_line_and_makes_its_own_environment(name: str) -> None:
    folder = {"demo": ".venv", "tests": ".venv-test"}[name]
    posix, windows = command(name, "sh"), command(name, "powershell")
    assert posix.startswith(f"python3 -m venv {folder} && {folder}/bin/")
    assert windows.startswith(f"py -m venv {folder}; ")
    for line in (posix, windows):
        assert set(re.findall(r"\.venv[-\w]*", line)) == {folder}
    run = {"demo": ["clerk-tui demo"], "tests": ["pytest"]}[name]
    for words in run:
        assert words in posix and words in windows


def test_the_readme_has_exactly_these_two_commands_to_begin_with() -> None:
    assert README.count("-m venv") == 4


def test_the_tests_are_run_whole_in_both_forms() -> None:
    """Every test is in the part that runs in parallel or in the part that runs alone."""
    for shell in ("sh", "powershell"):
        line = command("tests", shell)
        assert line.count("pytest") == 2
        assert '-m "not (pty or kill)"' in line and '-m "pty or kill"' in line


def test_the_data_of_the_checkout_is_found() -> None:
    assert resources.data_folder() == ROOT / "data"
    assert resources.themes_folder() == ROOT / "themes"


def test_the_wheel_carries_data_themes_licences_and_no_tests(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "installed")
    checkout = {
        f"clerk_tui/{path.relative_to(ROOT).as_posix()}"
        for folder in ("data", "themes")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }
    assert checkout <= names
    assert {"clerk_tui/py.typed", "clerk_tui/licences.md"} <= names
    assert f"clerk_tui-{__version__}.dist-info/licenses/LICENSE" in names
    assert not [name for name in names if name.startswith(("tests/", ".ci/"))]
    code = "from clerk_tui import resources; print(resources.data_folder(), resources.themes_folder())"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path / "installed", capture_output=True, text=True, check=True, timeout=30
    ).stdout.split()
    package = tmp_path / "installed" / "clerk_tui"
    assert [Path(name) for name in found] == [package / "data", package / "themes"]


def _runtime(name: str, extras: frozenset[str], found: set[str]) -> set[str]:
    for line in distribution(name).requires or ():
        wanted = Requirement(line)
        if wanted.marker and not any(wanted.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            continue
        key = canonicalize_name(wanted.name)
        if key not in found:
            found.add(key)
            _runtime(key, frozenset(wanted.extras), found)
    return found


def test_every_package_that_runs_is_listed_with_its_licence() -> None:
    listed = re.findall(
        r"^\| (\S+) \| \S+ \| (\S.*) \|$", (ROOT / "clerk_tui" / "licences.md").read_text(), re.MULTILINE
    )
    names = {canonicalize_name(name) for name, licence in listed if licence}
    assert _runtime("clerk-tui", frozenset(), set()) <= names


def test_changelog_and_licence() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## [Unreleased]" in changelog and f"## [{__version__}]" in changelog
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in licence and "END OF TERMS AND CONDITIONS" in licence


def test_no_index_or_machine_is_named() -> None:
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    names = [name for name in files.split("\0") if name] or ["pyproject.toml", "README.md"]
    hosts = re.compile("|".join(("py" + "pi\\.org", "python" + "hosted", "npm" + "js\\.", "deb" + "ian\\.org")))
    for name in names:
        path = ROOT / name
        if path.is_file() and path.suffix in (".py", ".toml", ".md", ".yaml", ".sh", ".ps1", ".txt", ".json", ""):
            assert not hosts.search(path.read_text(encoding="utf-8", errors="replace")), name
