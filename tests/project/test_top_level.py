"""The top level of the project holds what newcomers are told of, and nothing that a program left there."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {"clerk_tui", "data", "themes", "tests", "pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE"}
OF_TOOLS = {".ci", ".gitignore"}


def test_nothing_lies_beside_the_rooms():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {line.split("/")[0].strip('"') for line in listed.splitlines()} == ROOMS | OF_TOOLS
