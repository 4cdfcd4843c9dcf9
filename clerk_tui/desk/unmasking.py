"""Whole numbers, for a reason: every look stands in the access log and in the journal."""

from sqlalchemy import insert

from clerk_tui.desk import filling
from clerk_tui.desk.case_steps import effective_item
from clerk_tui.desk.context import Desk
from clerk_tui.desk.organisations import organisation_row
from clerk_tui.desk.people import person_row, root_of
from clerk_tui.desk.permits import require
from clerk_tui.desk.views.visit import Unmasked
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical
from clerk_tui.store.act import Act, By, new_id
from clerk_tui.store.case_states import case_row
from clerk_tui.store.core import ACCESS_LOG


def unmask(desk: Desk, by: By, *, kind: str, party_id: str, reason: str, case_id: str = "") -> Unmasked:
    """The whole number, phone and address of a person or an organisation; with `case_id`, what its form holds too.

    Raises Refusal reason_missing.
    """
    require(by, "unmask")
    reason = clean_line(reason)
    if len(reason) < 2:
        raise Refusal("reason_missing", "查看完整号码要写明原因", "例: 核对证件", field="reason")
    with desk.act(by) as act:
        if kind == "organisation":
            row = organisation_row(act.connection, party_id)
            number = row.uscc
        else:
            row = person_row(act.connection, root_of(act.connection, party_id))
            number = row.id_number
        log_access(act, "unmask", kind, row.id, reason)
        act.record("access.unmasked", row.id, {"kind": kind, "reason": reason})
        of_form = _of_form(act, desk, case_id) if case_id else ()
        return Unmasked(row.id, kind, row.name, number or "", row.phone, row.address, of_form)


def _of_form(act: Act, desk: Desk, case_id: str) -> tuple[tuple[str, str], ...]:
    case = case_row(act.connection, case_id)
    kept = canonical.load(case.fields)
    return tuple(
        (spec.label, filling.words(spec, kept[spec.id]))
        for spec in effective_item(desk, case).fields
        if filling.is_personal(spec) and kept.get(spec.id)
    )


def log_access(act: Act, what: str, ent: str, ent_id: str, reason: str) -> None:
    """Write the access log inside an act: unmask | open_case | open_person | export."""
    act.connection.execute(
        insert(ACCESS_LOG),
        {
            "id": new_id(),
            "at": act.now,
            "clerk_id": act.by.clerk_id,
            "window_id": act.by.window_id,
            "what": what,
            "ent": ent,
            "ent_id": ent_id,
            "reason": reason,
        },
    )
