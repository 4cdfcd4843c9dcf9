"""Themes are files; a bad one is skipped with a notice, and every shipped one can be read."""

from dataclasses import replace
from pathlib import Path

import pytest
from textual.color import Color

from clerk_tui import resources
from clerk_tui.tui.themes import FIRST, ThemeFault, read_theme, read_themes

GOOD = (resources.themes_folder() / f"{FIRST}.toml").read_text(encoding="utf-8")


def shipped():
    return read_themes(resources.themes_folder())


def test_all_shipped_themes_load_and_the_first_is_first():
    found, notices = shipped()
    assert notices == []
    assert found[0].theme.name == FIRST
    assert {"night", "contrast", "terminal"} <= {one.theme.name for one in found}


def contrast(front: str, back: str) -> float:
    def light(text: str) -> float:
        parts = [part / 255 for part in Color.parse(text).rgb]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(front), light(back)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("found", shipped()[0], ids=lambda found: found.theme.name)
def test_text_can_be_read_on_its_ground(found):
    theme = found.theme
    wanted = 10 if theme.name == "contrast" else 4.5
    for key in ("foreground", "quiet", "good", "warn", "late"):
        colour = theme.variables.get(key) or getattr(theme, key)
        for ground in (theme.background, theme.variables["field"]):
            if key == "foreground" or ground == theme.background:
                assert contrast(colour, ground) >= wanted, (key, ground)
    assert contrast(theme.variables["cursor-text"], theme.variables["cursor-line"]) >= 4.5


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace('name = "paper"', 'name = "Paper!"'), "name"),
        (lambda text: text.replace("quiet =", "silent ="), "quiet"),
        (lambda text: text.replace('"#f7f6f2"', '"no colour"', 1), "不是颜色"),
        (lambda text: text + "\n[", "TOML"),
        (lambda text: text.replace("dark = false", 'dark = "no"'), "dark"),
    ],
)
def test_a_bad_theme_is_skipped_and_said(tmp_path: Path, change, words):
    (tmp_path / "good.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "bad.toml").write_text(change(GOOD), encoding="utf-8")
    with pytest.raises(ThemeFault, match=words):
        read_theme(tmp_path / "bad.toml")
    found, notices = read_themes(tmp_path)
    assert [one.theme.name for one in found] == [FIRST]
    assert len(notices) == 1
    assert "bad.toml" in notices[0]


async def test_the_setting_chooses_and_a_wrong_one_is_said(parts, run_program):
    wanted = replace(parts, settings=replace(parts.settings, theme="terminal"))
    async with run_program(wanted) as window:
        assert window.app.theme == "terminal"
    wrong = replace(parts, settings=replace(parts.settings, theme="pink"))
    async with run_program(wrong) as window:
        assert window.app.theme == FIRST
        assert "没有主题 pink" in window.seen()


async def test_another_theme_at_run_time(clerk):
    names = [one.theme.name for one in clerk.app.parts.themes]
    await clerk.press("f2", *"主题", "enter", str(names.index("night") + 1), "enter")
    assert clerk.app.theme == "night"
