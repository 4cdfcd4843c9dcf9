"""Colour themes as files: one TOML each; a bad one is skipped with a notice, never a crash."""

import re
import tomllib
from pathlib import Path
from typing import NamedTuple

from textual.color import Color, ColorParseError
from textual.theme import Theme

COLOURS = (
    "primary",
    "secondary",
    "accent",
    "foreground",
    "background",
    "surface",
    "panel",
    "warning",
    "error",
    "success",
)
VARIABLES = ("rule", "quiet", "good", "warn", "late", "field", "cursor-line", "cursor-text", "cursor-away")
"""What our own styles use beside Textual's colours; a theme gives each, and `DEFAULTS` stand for built-in themes."""

DEFAULTS = {
    "rule": "$foreground 30%",
    "quiet": "$foreground 70%",
    "good": "$text-success",
    "warn": "$text-warning",
    "late": "$text-error",
    "field": "$panel",
    "cursor-line": "$primary",
    "cursor-text": "$background",
    "cursor-away": "$panel",
}
FIRST = "paper"


class FoundTheme(NamedTuple):
    theme: Theme
    title: str


class ThemeFault(Exception):
    """What is wrong with a theme file, in Chinese."""


def read_theme(path: Path) -> FoundTheme:
    """Read and check one theme file. Raises ThemeFault."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ThemeFault("读不出来, 不是正确的 TOML") from error
    name, title = table.pop("name", None), table.pop("title", None)
    if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9-]*", name):
        raise ThemeFault("name 应当是小写英文字母")
    if not isinstance(title, str) or not title:
        raise ThemeFault("缺 title")
    dark, variables = table.pop("dark", True), table.pop("variables", {})
    if not isinstance(dark, bool) or not isinstance(variables, dict):
        raise ThemeFault("dark 应当是 true 或 false, variables 应当是一张表")
    _check("", COLOURS, table)
    _check("variables.", VARIABLES, variables)
    return FoundTheme(Theme(name=name, dark=dark, variables=variables, **table), title)


def _check(where: str, wanted: tuple[str, ...], found: dict[str, object]) -> None:
    for key in wanted:
        if key not in found:
            raise ThemeFault(f"缺 {where}{key}")
    for key, value in found.items():
        if key not in wanted:
            raise ThemeFault(f"不认识 {where}{key}")
        try:
            Color.parse(value if isinstance(value, str) else "")
        except ColorParseError as error:
            raise ThemeFault(f"{where}{key} 不是颜色") from error


def read_themes(folder: Path) -> tuple[list[FoundTheme], list[str]]:
    """The themes of a folder, the first one first, and a notice for each file that was skipped."""
    found, notices = [], []
    for path in sorted(folder.glob("*.toml")):
        try:
            found.append(read_theme(path))
        except ThemeFault as fault:
            notices.append(f"主题 {path.name} 没有载入: {fault}")
    found.sort(key=lambda one: (one.theme.name != FIRST, one.theme.name))
    return found, notices
