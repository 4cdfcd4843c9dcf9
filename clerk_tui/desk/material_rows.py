"""Rows of materials: what came in later, and what is written down about it."""

from typing import Any

from sqlalchemy import Row, update

from clerk_tui.catalog.model import MaterialSpec
from clerk_tui.desk.checklist import with_defaults
from clerk_tui.desk.views.intake import MaterialMark
from clerk_tui.rules.marks import Mark
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import Act
from clerk_tui.store.core import MATERIALS


def change_material(act: Act, row: Row[Any], **values: Any) -> dict[str, Any]:
    """Change a material on the version that was read; returns its values as they are now."""
    done = act.connection.execute(
        update(MATERIALS)
        .where(MATERIALS.c.id == row.id, MATERIALS.c.version == row.version)
        .values(**values, version=int(row.version) + 1)
    )
    if done.rowcount != 1:
        raise Refusal("material_changed", "这份材料刚被另一个窗口改过, 本次操作没有发生", "请看一下最新内容后再办")
    return {**row._mapping, **values, "version": int(row.version) + 1}


def bring(act: Act, row: Row[Any], spec: MaterialSpec, mark: MaterialMark) -> dict[str, Any]:
    """Write down a material that was brought now, in the form that the mark says."""
    mark = with_defaults(spec, mark)
    kept = mark.mark == Mark.ORIGINAL_KEPT
    return change_material(
        act,
        row,
        mark=mark.mark,
        verified_how=mark.verified_how,
        verified_at=act.now if mark.mark != Mark.DEFECTIVE else None,
        originals=mark.originals,
        copies=mark.copies,
        pages=mark.pages,
        kept_original=kept,
        to_give_back=kept and spec.copy > 0,
        given_back_at=None,
        defect=clean_line(mark.defect) if mark.mark == Mark.DEFECTIVE else "",
        on_file_of=mark.on_file_of or None,
    )
