"""Opening the workbench, and what a person reads when that fails. Nothing is imported here that a start need not have."""

import logging
import sys
from collections.abc import Callable
from pathlib import Path


def open_workbench(store: Path | None, clerk: str | None) -> int:
    """Open the store of the settings, or the one named; returns the exit code."""
    from clerk_tui.bootstrap import run

    return run(store_folder=store, clerk=clerk)


def open_demo(cases: int | None = None) -> int:
    """Open the demonstration on a store that goes when the program ends; returns the exit code."""
    import tempfile

    sys.stderr.write("正在准备演示数据, 要几秒钟; 人物都是虚构的\n")
    sys.stderr.flush()
    from clerk_tui.demo import prepare
    from clerk_tui.district.beside import serving

    with tempfile.TemporaryDirectory(prefix="clerk-tui-demo-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        prepare(folder, cases=cases)
        with serving(folder / "district"):
            return open_workbench(folder, "demo")


def guarded(work: Callable[[], int | None]) -> int:
    """Run `work`; every error becomes words and advice on the error stream, never a traceback. Returns the exit code."""
    from clerk_tui.rules.refusal import Refusal

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console without Chinese must not end the program
    try:
        return work() or 0
    except Refusal as refusal:
        lines = [refusal.words, refusal.advice]
    except KeyboardInterrupt:
        return 130
    except Exception:  # the last line of defence: whatever it is goes to the log, not over the clerk's screen
        from clerk_tui import logs

        path = logs.start()
        logging.getLogger(__name__).exception("command failed")
        lines = ["程序出错, 没有完成", f"详情在日志里: {path}" if path else ""]
    sys.stderr.write("".join(f"{line}\n" for line in lines if line))
    return 1
