"""Tables as CSV files: for spreadsheets, masked as on the screen, and every export stands in the access log."""

import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path

from clerk_tui.desk.context import Desk
from clerk_tui.desk.unmasking import log_access
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import By, new_id

BOM = "\ufeff"
"""Without it spreadsheets take the file for GBK."""


def as_csv(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table as text; a cell that a spreadsheet would run as a formula is kept a text by a quote in front of it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_cell(cell) for cell in head])
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return BOM + text.getvalue()


def _cell(text: str) -> str:
    text = clean_line(text)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") and len(text) > 1 else text


def export(desk: Desk, by: By, *, folder: Path, name: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
    """Write a table into a file that only this user may read, and note it in the access log; returns the file.

    Raises Refusal export_failed.
    """
    stamp = desk.local(desk.clock())
    path = folder / f"{clean_line(name)}-{stamp:%Y%m%d-%H%M%S}.csv"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(
            os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", newline=""
        ) as file:
            file.write(as_csv(head, rows))
    except OSError as error:
        raise Refusal("export_failed", "导出的文件写不进去", f"请查看磁盘空间和权限: {folder}") from error
    with desk.act(by) as act:
        log_id = new_id()
        log_access(act, "export", "table", log_id, f"{name} {len(rows)} 行")
        act.record("access.exported", log_id, {"name": name, "rows": len(rows)})
    return path
