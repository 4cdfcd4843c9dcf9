"""Closed cases of past years, written in bulk: they make the store as large as a hall's after ten years."""

from sqlalchemy import insert

from clerk_tui.desk.context import Desk
from clerk_tui.rules.numbering import opaque_code, receipt_no
from clerk_tui.rules.states import CaseState
from clerk_tui.store import canonical
from clerk_tui.store.act import By, new_id
from clerk_tui.store.core import CASES, PERSONS
from clerk_tui.store.numbers import count

BATCH = 5000
APART_MS = 90_000
ITEM = "juzhu-dengji"


def add(desk: Desk, by: By, cases: int, *, before: int) -> None:
    """Add closed cases of invented residents who are known already, ninety seconds apart, the last one at `before`.

    They are rows only: the journal begins with the demonstration.
    """
    item = desk.catalogue.item(ITEM)
    snapshot = canonical.dump(item.snapshot())
    with desk.look() as connection:
        people = connection.execute(PERSONS.select().limit(40)).all()
    for start in range(0, cases, BATCH):
        rows = []
        for n in range(start, min(start + BATCH, cases)):
            at = before - (cases - n) * APART_MS
            case_id, person = new_id(), people[n % len(people)]
            number = receipt_no(desk.letter, desk.local(at).date(), 10_000 + n % 80_000)
            rows.append(
                {
                    "id": case_id,
                    "receipt_no": f"{number}H{n}",
                    "receipt_tail": f"{n % 10_000:04}",
                    "code": opaque_code("C", case_id),
                    "item_key": item.key,
                    "item_name": item.name,
                    "item_version": item.version,
                    "item_snapshot": snapshot,
                    "applicant_kind": "person",
                    "applicant_id": person.id,
                    "applicant_name": person.name,
                    "state": CaseState.CLOSED.value,
                    "regime": item.regime,
                    "accept_power": item.accept_power,
                    "handling": item.handling,
                    "accepted_how": "complete",
                    "intake_office": desk.hall_name,
                    "accept_office": item.office,
                    "implementing_office": item.department,
                    "window_id": by.window_id,
                    "clerk_id": by.clerk_id,
                    "received_at": at,
                    "accepted_at": at,
                    "decided_at": at,
                    "closed_at": at,
                    "decision": "granted",
                    "decision_source": "hall",
                }
            )
        with desk.store.write() as connection:
            connection.execute(insert(CASES), rows)
            count(connection, f"case:{CaseState.CLOSED.value}", len(rows))
