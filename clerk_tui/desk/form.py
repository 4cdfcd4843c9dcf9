"""The form of a case: each field with its value, where the value came from, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from clerk_tui.catalog.model import FieldSpec
from clerk_tui.catalog.questions import NeededField
from clerk_tui.desk import filling
from clerk_tui.desk.checklist import Line
from clerk_tui.desk.views.intake import FieldRow, IntakeDraft
from clerk_tui.store import canonical
from clerk_tui.store.core import CASES

FROM_APPLICANT = {
    "applicant_name": "name",
    "id_no": "number",
    "phone": "phone",
    "address": "address",
    "live_address": "address",
    "village": "village",
    "birth": "birth",
}
"""Fields that the applicant's own row can fill, and from what."""

YES_NO = ("是", "否")


@dataclass(frozen=True)
class FieldLine:
    """One field as it counts now. `shown` is what stands in the input, `value` what would be kept."""

    spec: FieldSpec
    required: bool
    shown: Any
    value: Any
    error: str
    owed: bool
    source: str

    @property
    def lacking(self) -> bool:
        return self.required and self.value is None and not self.error and not self.owed

    def row(self) -> FieldRow:
        return FieldRow(
            id=self.spec.id,
            label=self.spec.label,
            type=self.spec.type,
            required=self.required,
            options=options(self.spec),
            value=self.shown,
            hint=self.spec.hint,
            error=self.error,
            from_material=self.spec.from_material,
            owed=self.owed,
            source=self.source,
        )


def options(spec: FieldSpec) -> tuple[str, ...]:
    """What may be chosen; for a table its columns."""
    if spec.type == "table":
        return filling.columns(spec)
    return YES_NO if spec.type == "bool" else spec.options


def lines(
    fields: Sequence[NeededField],
    typed: Mapping[str, Any],
    materials: Mapping[str, Line],
    applicant: Mapping[str, str],
    shared: Mapping[tuple[str, str], tuple[Any, str]],
    today: date,
) -> tuple[FieldLine, ...]:
    """The fields that are asked now. A field that was typed in, even emptied, is never filled from elsewhere."""
    found = []
    for needed in fields:
        spec = needed.spec
        raw, source = typed.get(spec.id), ""
        if spec.id not in typed:
            raw, source = _known(spec, applicant, shared)
        filled = filling.check(spec, raw, today)
        proof = materials.get(spec.from_material) if spec.from_material else None
        owed = filled.value is None and not filled.error and proof is not None and (proof.is_gap or proof.pending)
        found.append(
            FieldLine(
                spec=spec,
                required=needed.required,
                shown=raw,
                value=None if filled.error else filled.value,
                error=filled.error,
                owed=owed and needed.required,
                source=source if filled.value is not None else "",
            )
        )
    return tuple(found)


def shared_values(connection: Connection, draft: IntakeDraft) -> dict[tuple[str, str], tuple[Any, str]]:
    """Values of other cases of this visit for the same applicant, by label and type, with the item they come from."""
    rows = connection.execute(
        select(CASES.c.fields, CASES.c.item_name, CASES.c.item_snapshot)
        .where(
            CASES.c.visit_id == draft.visit_id,
            CASES.c.applicant_kind == draft.applicant_kind,
            CASES.c.applicant_id == draft.applicant_id,
            CASES.c.item_key != draft.item_key,
            CASES.c.state != "void",
        )
        .order_by(CASES.c.received_at)
    ).all()
    found: dict[tuple[str, str], tuple[Any, str]] = {}
    for row in rows:
        values = canonical.load(row.fields)
        for spec in canonical.load(row.item_snapshot)["fields"]:
            if values.get(spec["id"]) is not None:
                found[(spec["label"], spec["type"])] = (values[spec["id"]], row.item_name)
    return found


def _known(
    spec: FieldSpec, applicant: Mapping[str, str], shared: Mapping[tuple[str, str], tuple[Any, str]]
) -> tuple[Any, str]:
    """A value that need not be typed again, and where it comes from. Equal words and type make the same question."""
    if (spec.label, spec.type) in shared:
        value, item_name = shared[(spec.label, spec.type)]
        if spec.type != "choice" or value in spec.options:
            return value, f"同次办理: {item_name}"
    known = applicant.get(FROM_APPLICANT.get(spec.id, ""), "")
    return (known, "申请人登记信息") if known else (None, "")
