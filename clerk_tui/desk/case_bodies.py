"""What the events of a case tell the district: the full facts of the intake, in one form for every outcome."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from clerk_tui.desk.paper_facts import party
from clerk_tui.store import canonical
from clerk_tui.store.core import AUTHORITIES, MATERIALS, OWED

Body = dict[str, Any]

_MATERIAL_KEYS = (
    "key", "name", "evidence", "holder", "mark", "verified_how", "originals", "copies", "pages", "kept_original",
    "to_give_back", "defect",
)  # fmt: skip
_OWED_KEYS = ("id", "kind", "name", "due", "days", "unit", "state", "provisional", "after_decision")


def intake_body(
    connection: Connection,
    case: Mapping[str, Any],
    materials: Sequence[Mapping[str, Any]],
    *,
    outcome: str,
    owed: Sequence[Mapping[str, Any]] = (),
) -> Body:
    """The facts of a case as they stand after the act; carried by case.received and case.accepted."""
    snapshot = canonical.load(case["item_snapshot"])
    return {
        "receipt_no": case["receipt_no"],
        "code": case["code"],
        "district_no": case["district_no"],
        "item_key": case["item_key"],
        "item_name": case["item_name"],
        "item_version": case["item_version"],
        "item_code": snapshot.get("code", ""),
        "basic_code": snapshot.get("basic_code", ""),
        "implementation_code": snapshot.get("implementation_code", ""),
        "visit_id": case["visit_id"],
        "applicant": _party(connection, case["applicant_kind"], case["applicant_id"]),
        "agent": _agent(connection, case),
        "roles": canonical.load(case["roles"]),
        "answers": canonical.load(case["answers"]),
        "fields": canonical.load(case["fields"]),
        "materials": [{key: material[key] for key in _MATERIAL_KEYS} for material in materials],
        "owed": [{key: entry[key] for key in _OWED_KEYS} for entry in owed],
        "outcome": outcome,
        "state": case["state"],
        "accepted_how": case["accepted_how"],
        "accept_power": case["accept_power"],
        "handling": case["handling"],
        "regime": case["regime"],
        "intake_office": case["intake_office"],
        "accept_office": case["accept_office"],
        "implementing_office": case["implementing_office"],
        "received_at": case["received_at"],
        "accepted_at": case["accepted_at"],
        "dues": {
            "five_day": case["five_day_due"],
            "correct_by": case["correct_by"],
            "promised": case["promised_due"],
            "statutory": case["statutory_due"],
            "provisional": bool(case["due_provisional"]),
        },
        "result_kind": case["result_kind"],
        "result_name": case["result_name"],
        "delivery": case["delivery"],
        "mail_to": case["mail_to"],
        "fee": {
            "due_fen": case["fee_fen"],
            "paid_fen": case["fee_paid_fen"],
            "how": case["fee_how"],
            "receipt": case["fee_receipt"],
        },
        "credit_unchecked": bool(case["flag_credit_unchecked"]),
        "back_entered": bool(case["flag_back_entered"]),
        "note": case["note"],
    }


def stored_body(connection: Connection, case: Mapping[str, Any], *, outcome: str) -> Body:
    """The same facts of a case whose materials and owed entries are already rows."""
    materials = connection.execute(
        select(MATERIALS).where(MATERIALS.c.case_id == case["id"]).order_by(MATERIALS.c.ord)
    ).mappings()
    owed = connection.execute(select(OWED).where(OWED.c.case_id == case["id"]).order_by(OWED.c.id)).mappings()
    return intake_body(
        connection, case, [dict(row) for row in materials], outcome=outcome, owed=[dict(row) for row in owed]
    )


def _party(connection: Connection, kind: str, party_id: str) -> Body:
    found = party(connection, kind, party_id)
    return {
        "kind": kind,
        "id": party_id,
        "name": found["name"],
        "number_kind": found["kind"],
        "number": found["number"],
        "phone": found["phone"],
        "address": found["address"],
    }


def _agent(connection: Connection, case: Mapping[str, Any]) -> Body | None:
    if not case["agent_id"]:
        return None
    body = _party(connection, "person", case["agent_id"])
    row = connection.execute(select(AUTHORITIES).where(AUTHORITIES.c.id == case["authority_id"])).one_or_none()
    if row is not None:
        body["authority"] = {
            "id": row.id,
            "kind": row.kind,
            "relation": row.relation,
            "scope": row.scope,
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
            "evidence": row.evidence,
        }
    return body
