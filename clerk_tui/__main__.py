"""The door: what Textual reads from the environment, the three commonest starts at once, all else to the command line."""

import gc
import os
import sys
from pathlib import Path


def main() -> None:
    """Console script and `python -m clerk_tui`."""
    os.environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")  # the kitty protocol can eat what an input method commits
    os.environ.setdefault("ESCDELAY", "25")  # ms that the parser waits after Esc; Textual's own 100 is felt
    gc.disable()  # nothing that a start imports goes away again; bootstrap and the commands switch it on
    from clerk_tui.cli.opening import guarded, open_demo, open_workbench

    arguments = sys.argv[1:]
    plain = opening_of(arguments)
    if arguments == ["demo"]:
        sys.exit(guarded(open_demo))
    if plain is not None:
        sys.exit(guarded(lambda: open_workbench(*plain)))
    from clerk_tui.cli.main import run

    gc.enable()
    sys.exit(guarded(lambda: run(arguments)))


def opening_of(arguments: list[str]) -> tuple[Path | None, str | None] | None:
    """Store and clerk when the arguments only open the workbench; None when the command line must read them."""
    found: dict[str, str] = {}
    for option, value in zip(arguments[::2], arguments[1::2], strict=False):
        if option not in ("--store", "--clerk") or value.startswith("-"):
            return None
        found[option] = value
    if len(arguments) % 2:
        return None
    return Path(found["--store"]) if "--store" in found else None, found.get("--clerk")


if __name__ == "__main__":
    main()
