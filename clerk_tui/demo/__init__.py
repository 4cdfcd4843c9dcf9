"""The demonstration: a believable morning in a hall with invented residents, made through the desk's own acts."""

from pathlib import Path


def prepare(folder: Path, *, cases: int | None = None) -> None:
    """Make a demonstration store in a folder; with `cases`, so many closed cases of the past beside it.

    Raises Refusal store_exists rather than touch a store that is there.
    """
    from clerk_tui.demo.morning import make

    make(folder, past=cases or 0)
