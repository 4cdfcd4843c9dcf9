"""Commands that need no store: figures of the catalogue."""

import json
import subprocess
import sys
from pathlib import Path


def typed(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "clerk_tui", *arguments],
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        timeout=60,
    )


def test_figures_of_the_catalogue(home: Path) -> None:
    shown = typed("figures", "--to", "2026-11-23")
    assert shown.returncode == 0, shown.stderr
    assert "--- 按事项 (目录, 2026-11-23) ---" in shown.stdout
    assert "按办件" not in shown.stdout
    assert "税务系统的指标" in shown.stdout
    content = json.loads(typed("figures", "--to", "2026-11-23", "--json").stdout)
    one = next(one for one in content["items"] if one["key"] == "one_visit")
    assert one["numerator"] <= one["denominator"] == 52
    assert one["basis"] == "items" and one["excluded"] == {}
    assert content["not_here"]


def test_figures_of_a_range_that_is_none(home: Path) -> None:
    assert "不是日期" in typed("figures", "--to", "23.11.2026").stderr
    assert "晚于" in typed("figures", "--from", "2026-11-24", "--to", "2026-11-23").stderr
