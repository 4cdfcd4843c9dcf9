#!/usr/bin/env python3
"""The table of speed, in one command: clerk-tui on a large store beside a blank Textual program and stock widgets.

    python tests/bench/run.py --large DIR [--small DIR] [--rounds 5] [--peer 'posting=posting' ...] [--json FILE]

DIR is made by `clerk-tui demo --prepare DIR --cases 1000000` (small: 10000). Every round runs each program once, one
after the other, so that what else the machine does falls on all of them; the table shows medians and ratios. Only the
ratios of one run may be compared. A store is copied nowhere: intake is measured by intake.py on a copy of its own.
"""

import argparse
import json
import random
import shlex
import statistics
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import tuibench

LIST = ("expect 受理", "sleep 2.5", "key f3", "type 4", "key enter", "expect SQ01-", "key enter", "settle")
BOX = ("key f2", "expect 下箭头 到结果", "settle")


def program(args: list[str], root: Path | None) -> list[str]:
    """clerk-tui of this checkout, or of another one at `root` (to compare two versions in one run)."""
    start = f"import sys; sys.path.insert(0, {str(root)!r}); " if root else "import sys; "
    return [sys.executable, "-c", f"{start}sys.argv[1:] = {args!r}; from clerk_tui.__main__ import main; main()"]


def clerk_steps() -> list[str]:
    """Idle first, then the newest cases (rows, pages), then the find box (typing, focus, burst)."""
    return [
        "sleep 6", "idle 10", *LIST, "keys down 40", "keys pagedown 4", "hold pagedown 5 30",
        "mark list", *BOX, "mark focus", "keys q 20", "key backspace 20", "burst 0123456789012345678901234567890123456789",
        "key escape", "settle",
    ]  # fmt: skip


def stock_steps() -> list[str]:
    return [
        "settle", "idle 10", "keys down 40", "keys pagedown 4", "settle", "mark list", "key f2", "settle",
        "mark focus", "keys q 20", "key backspace 20", "burst 0123456789012345678901234567890123456789",
    ]  # fmt: skip


def options_for(ready: str, env: list[str]) -> argparse.Namespace:
    return argparse.Namespace(
        ready=ready, cols=120, rows=40, page_rows=1, settle=150, quiet=15, timeout=60, key_timeout=2.0,
        burst_timeout=10, mute=False, kitty=False, env=env, cwd=None, evict=[],
    )  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--large", required=True, help="store of a million cases")
    parser.add_argument("--small", help="store of ten thousand (or a hundred thousand) cases")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--starts-only", action="store_true", help="nothing but cold starts")
    parser.add_argument("--peer", action="append", default=[], metavar="NAME:READY=COMMAND")
    parser.add_argument("--before", help="another checkout of clerk-tui, measured beside this one")
    parser.add_argument("--json", help="keep all figures here")
    options = parser.parse_args()
    probes = str(HERE / "probes.py")
    runs: dict[str, tuple[list[str], argparse.Namespace, list[str]]] = {
        "blank": ([sys.executable, probes, "blank"], options_for("blank-ready", []), ["settle", "idle 10"]),
        "stock": ([sys.executable, probes, "stock"], options_for("stock-ready", []), stock_steps()),
    }

    def add_clerk(name: str, store: str, env: list[str], root: Path | None = None) -> None:
        command = program(["--store", store, "--clerk", "demo"], root)
        window = f"CLERK_TUI_WINDOW={len(runs) % 4 + 1}"  # a window that was just left is taken for half a minute
        runs[name] = (command, options_for("等候", [*env, window]), clerk_steps())

    add_clerk("clerk", options.large, [])
    if not options.starts_only:
        add_clerk("clerk, stock wire", options.large, ["CLERK_TUI_WIRE=stock"])
    if options.small:
        add_clerk("clerk, small store", options.small, [])
    if options.before:
        add_clerk("clerk, before", options.large, [], Path(options.before))
    for peer in options.peer:
        name, _, command = peer.partition("=")
        name, _, ready = name.partition(":")
        runs[name] = (shlex.split(command), options_for(ready, []), [])
    results: dict[str, list[dict[str, object]]] = {name: [] for name in runs}
    rng = random.Random(7)
    for number in range(options.rounds):
        for name, (command, settings, lines) in runs.items():
            steps = tuibench.parse_steps([] if options.starts_only else lines)
            try:
                results[name].append(tuibench.measure(command, steps, settings, rng))
            except tuibench.BenchError as error:
                print(f"round {number}: {name}: {error}", file=sys.stderr)
    tables = {name: tuibench.summarise(found) for name, found in results.items() if found}
    show(tables, results)
    if options.json:
        Path(options.json).write_text(json.dumps({"noise": tuibench.machine_noise(), "tables": tables}, indent=1))
    return 0


ROWS = (
    ("start: first text ms", "start_first_text_ms", "p50"),
    ("start: ready ms", "start_ready_ms", "p50"),
    ("start: CPU s", "start_cpu_s", "p50"),
    ("start: PSS MiB", "start_pss_mib", "p50"),
    ("start: bytes", "start_bytes", "p50"),
    ("PSS at the end MiB", "end_pss", "p50"),
    ("idle CPU %", "idle_cpu_percent", "p50"),
    ("idle bytes/s", "idle_bytes_per_s", "p50"),
    ("row key p50 ms", "key_down_done_ms", "p50"),
    ("row key p99 ms", "key_down_done_ms", "p99"),
    ("row key bytes", "key_down_bytes", "p50"),
    ("page key p50 ms", "key_pagedown_done_ms", "p50"),
    ("page key bytes", "key_pagedown_bytes", "p50"),
    ("page held: lag ms", "hold_pagedown_30hz_lag_ms", "p50"),
    ("focus change bytes", "mark_focus_bytes", "p50"),
    ("typed key p50 ms", "key_q_done_ms", "p50"),
    ("typed key p99 ms", "key_q_done_ms", "p99"),
    ("typed key bytes", "key_q_bytes", "p50"),
    ("burst of 40 ms", "burst_ms", "p50"),
    ("burst lost", "burst_lost", "p50"),
)


def show(tables: dict[str, dict[str, dict[str, float]]], results: dict[str, list[dict[str, object]]]) -> None:
    names = list(tables)
    print(f"{'':24}" + "".join(f"{name[:20]:>22}" for name in names))
    for words, metric, rank in ROWS:
        cells = []
        for name in names:
            value = tables[name].get(metric, {}).get(rank)
            cells.append(f"{'-' if value is None else f'{value:.2f}':>22}")
        print(f"{words:24}" + "".join(cells))
    print("\nstart: median of the rounds' ratios to blank")
    blank = [float(str(run["start_ready_ms"])) for run in results["blank"]]
    for name in names:
        pairs = zip(results[name], blank, strict=False)
        print(f"  {name:22}{statistics.median(float(str(run['start_ready_ms'])) / other for run, other in pairs):6.2f}")


if __name__ == "__main__":
    sys.exit(main())
