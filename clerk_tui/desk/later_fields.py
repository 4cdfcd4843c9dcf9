"""Form fields that a material brings with it when it comes later: what must be filled in then."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select

from clerk_tui.catalog.model import FieldSpec
from clerk_tui.desk import filling
from clerk_tui.desk.case_steps import effective_item
from clerk_tui.desk.context import Desk
from clerk_tui.desk.form import options
from clerk_tui.desk.views.intake import FieldRow
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical
from clerk_tui.store.act import Act, By
from clerk_tui.store.case_states import case_row, change_case
from clerk_tui.store.core import MATERIALS, OWED


def fields_with_owed(desk: Desk, by: By, *, owed_ids: Sequence[str]) -> tuple[FieldRow, ...]:
    """The fields to fill when these owed materials are brought; pass them to `supplement` as `fields`."""
    with desk.look() as connection:
        found = connection.execute(
            select(OWED.c.case_id, MATERIALS.c.key)
            .join(MATERIALS, MATERIALS.c.id == OWED.c.material_id)
            .where(OWED.c.id.in_(list(owed_ids)))
        ).all()
        if not found:
            return ()
        return _rows(desk, case_row(connection, found[0].case_id), [row.key for row in found])


def fields_with_materials(desk: Desk, by: By, *, case_id: str, keys: Sequence[str]) -> tuple[FieldRow, ...]:
    """The fields to fill when these materials are brought for a correction; pass them to `supply` as `fields`."""
    with desk.look() as connection:
        return _rows(desk, case_row(connection, case_id), keys)


def fill_with(act: Act, desk: Desk, case: Row[Any], keys: Sequence[str], typed: Mapping[str, Any], reason: str) -> None:
    """Write what was typed for the materials brought now. Raises Refusal field_missing naming the first field."""
    item = effective_item(desk, case)
    wanted = {spec.id for spec in _wanted(desk, case, keys)}
    values, changes = canonical.load(case.fields), []
    for spec in item.fields:
        if spec.id not in wanted and spec.id not in typed:
            continue
        filled = filling.check(spec, typed.get(spec.id), desk.local(act.now).date())
        if filled.error or (spec.id in wanted and filled.value is None):
            raise Refusal(
                "field_missing", f"{spec.label}: {filled.error or '随材料补填'}", "填好后再按一次", field=spec.id
            )
        if filled.value is None or filled.value == values.get(spec.id):
            continue
        before = filling.words(spec, values.get(spec.id))
        after = filling.words(spec, filled.value)
        changes.append({"field": spec.id, "label": spec.label, "before": before, "after": after})
        values[spec.id] = filled.value
    if changes:
        change_case(act.connection, case, fields=canonical.dump(values))
        act.record("case.corrected", case.id, {"changes": changes, "reason": reason}, base_version=case.version)


def _wanted(desk: Desk, case: Row[Any], keys: Sequence[str]) -> list[FieldSpec]:
    """Required fields that these materials prove and that were left open."""
    kept = canonical.load(case.fields)
    return [
        spec
        for spec in effective_item(desk, case).fields
        if spec.required and spec.from_material in keys and kept.get(spec.id) is None
    ]


def _rows(desk: Desk, case: Row[Any], keys: Sequence[str]) -> tuple[FieldRow, ...]:
    return tuple(
        FieldRow(
            id=spec.id,
            label=spec.label,
            type=spec.type,
            required=True,
            options=options(spec),
            value=None,
            hint=spec.hint,
            error="",
            from_material=spec.from_material,
        )
        for spec in _wanted(desk, case, keys)
    )
