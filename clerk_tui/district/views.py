"""The district's current view of a case: each record that was taken changes it, in the order of the stream."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from clerk_tui.channel.records import Record
from clerk_tui.district.docket import Source, new_view, overtaken, put_views
from clerk_tui.district.tables import CASES
from clerk_tui.store import canonical

Body = Mapping[str, Any]

_STATE_AFTER = {
    "case.accepted": "accepted",
    "case.decided": "decided",
    "case.closed": "closed",
    "case.transferred": "reviewing",
    "case.correction_asked": "correcting",
    "case.refused": "refused",
    "case.not_applicable": "not_applicable",
    "case.withdrawn": "withdrawn",
    "case.returned": "returned",
    "case.terminated": "terminated",
    "case.revoked": "revoked",
    "case.voided": "void",
}
_BEFORE_DECISION = frozenset({"case.received", "case.accepted", "case.transferred", "case.correction_asked"})
_OWED_AFTER = {
    "owed.recorded": "owed",
    "owed.supplied": "supplied",
    "owed.checked": "checked",
    "owed.rejected": "rejected",
    "owed.extended": "extended",
    "owed.expired": "expired",
    "owed.settled": "closed",
    "owed.closed": "closed",
}
_RESULT_AFTER = {
    "result.arrived": "arrived",
    "result.bounced": "bounced",
    "result.shelved": "shelved",
    "result.ready": "ready",
    "result.announced": "announced",
    "result.handed_over": "delivered",
    "result.mailed": "mailed",
    "result.mail_signed": "delivered",
    "result.mail_came_back": "came_back",
    "result.served": "served",
    "result.returned_to_department": "returned",
}
"""Where the record itself names no state."""
_HANDED_OVER = frozenset({"result.handed_over", "result.served", "result.mail_signed"})
OWED_OPEN = frozenset({"owed", "supplied", "rejected", "extended", "expired"})


def take(connection: Connection, record: Record, body: Body, case_id: str, source: Source) -> None:
    """Let a record change the view of its case in the database; one without a case changes nothing here."""
    if not case_id:
        return
    row = connection.execute(select(CASES).where(CASES.c.case_id == case_id)).mappings().one_or_none()
    view = dict(row) if row is not None else new_view(case_id, source)
    change(view, record, body, source.now, late=overtaken(connection, record, source.station))
    put_views(connection, [view])


def change(view: dict[str, Any], record: Record, body: Body, now: int, *, late: bool = False) -> None:
    """Let a record change the view of its case, in place. One that comes `late` says what the case is about, and no more
    how it stands; and what a station did before it heard of the decision does not take that back."""
    view["changed_at"] = now
    if record.ent == "case":
        values = _of_case(record.kind, body)
        if late or (view["decision"] and record.kind in _BEFORE_DECISION):
            values = {key: value for key, value in values.items() if key not in ("state", "decision") or not view[key]}
        view |= values
    elif record.kind in _OWED_AFTER:
        owed = canonical.load(view["owed"])
        state = _OWED_AFTER[record.kind]
        if late:
            state = owed.get(record.ent_id, {}).get("state", state)
        owed[record.ent_id] = {"name": str(body.get("name", "")), "state": state}
        view["owed"] = canonical.dump(owed)
    elif record.ent == "result":
        results = canonical.load(view["results"])
        known = results.get(record.ent_id, {})
        state = str(body.get("state") or _RESULT_AFTER.get(record.kind) or known.get("state", ""))
        results[record.ent_id] = {
            "name": str(body.get("name") or known.get("name", "")),
            "state": (late and known.get("state")) or state,
            "relation": str(body.get("relation") or known.get("relation", "")),
        }
        view["results"] = canonical.dump(results)
        if record.kind in _HANDED_OVER and not late:
            view["handed_over_at"] = record.at
    elif record.kind == "handover.voided":
        view["handed_over_at"] = None


def _of_case(kind: str, body: Body) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if kind in ("case.received", "case.accepted"):
        for key in ("receipt_no", "item_key", "item_name", "accept_power", "result_kind", "result_name"):
            if body.get(key):
                values[key] = str(body[key])
        applicant = body.get("applicant")
        if applicant:
            values["applicant"] = str(applicant.get("name", "") if isinstance(applicant, dict) else applicant)
    state = body.get("state") or _STATE_AFTER.get(kind)
    if kind == "case.received":
        state = body.get("state") or "received"
    if state:
        values["state"] = str(state)
    if kind == "case.transferred":
        values["transferred"] = True
    if kind == "case.decided":
        values["decision"] = str(body.get("decision", "granted"))
    return values
