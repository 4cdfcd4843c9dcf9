"""What of a case can be corrected, as it stands now: form fields, marks of materials, delivery, the applicant's own data."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from clerk_tui.desk import amending, filling, form
from clerk_tui.desk.case_steps import SUPPLIED_MARKS, effective_item, materials_of
from clerk_tui.desk.case_writing import DELIVERIES
from clerk_tui.desk.context import Desk
from clerk_tui.desk.paper_facts import delivery_words, party
from clerk_tui.rules.marks import Mark, is_gap
from clerk_tui.rules.masking import mask_name, mask_number, mask_phone
from clerk_tui.store import canonical
from clerk_tui.store.act import By
from clerk_tui.store.case_states import case_row

Options = tuple[tuple[str, str], ...]
_PERSONAL = (("name", "姓名"), ("number", "证件号码"), ("phone", "电话"), ("address", "地址"))


@dataclass(frozen=True)
class Correctable:
    """`key`: field:ID | material:KEY | delivery | mail_to | note | applicant:NAME; `now` is masked where it is personal.

    `options` are (value, words), of which one is chosen, or with `several` any; empty: typed. `value` is what a typed field begins with, '' where that is personal.
    """

    key: str
    label: str
    now: str
    value: str = ""
    options: Options = ()
    hint: str = ""
    several: bool = False
    stamp: str = ""  # of a personal value, which `now` shows only in part


def correctable(desk: Desk, by: By, *, case_id: str) -> tuple[tuple[Correctable, ...], bool]:
    """Everything that a correction may change, and whether it needs a supervisor because papers are out."""
    with desk.look() as connection:
        return within(connection, desk, case_id), amending.papers_out(connection, case_id)


def within(connection: Connection, desk: Desk, case_id: str) -> tuple[Correctable, ...]:
    """What a correction may change, in an open read or act."""
    case = case_row(connection, case_id)
    item = effective_item(desk, case)
    kept = canonical.load(case.fields)
    found = [
        Correctable(
            f"field:{spec.id}",
            spec.label,
            filling.shown(spec, kept.get(spec.id)),
            "" if spec.type == "table" or filling.is_personal(spec) else filling.words(spec, kept.get(spec.id)),
            tuple((one, one) for one in form.options(spec)) if spec.type in ("choice", "bool", "multi") else (),
            spec.hint,
            spec.type == "multi" and bool(spec.options),
            stamp=canonical.sha(filling.words(spec, kept.get(spec.id))) if filling.is_personal(spec) else "",
        )
        for spec in item.fields
        if spec.type not in ("table", "person")
    ]
    marks: Options = tuple(
        (mark.value, mark.words) for mark in Mark if mark in SUPPLIED_MARKS and mark is not Mark.DEFECTIVE
    )
    found += [
        Correctable(f"material:{row.key}", row.name, Mark(row.mark).words, row.mark, marks, "材料标记")
        for row in materials_of(connection, case_id)
        if not is_gap(row.mark)
    ]
    found += [
        Correctable(
            "delivery",
            "领取方式",
            delivery_words(case.delivery, ""),
            case.delivery,
            tuple((way, delivery_words(way, "")) for way in DELIVERIES),
        ),
        Correctable("mail_to", "收件地址", case.mail_to, case.mail_to, (), "选了邮寄时必填"),
        Correctable("note", "备注", case.note, case.note),
    ]
    applicant = party(connection, case.applicant_kind, case.applicant_id)
    masks: dict[str, Callable[[str], str]] = {"name": mask_name, "number": mask_number, "phone": mask_phone}
    found += [
        Correctable(
            f"applicant:{name}",
            f"申请人{words}",
            masks.get(name, str)(str(applicant[name] or "")),
            stamp=canonical.sha(str(applicant[name] or "")),
        )
        for name, words in _PERSONAL
    ]
    return tuple(found)
