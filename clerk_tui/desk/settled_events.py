"""The events of a case that was settled now, each with the facts as they stand after it."""

from typing import Any

from clerk_tui.desk.case_bodies import intake_body
from clerk_tui.rules.outcomes import Outcome
from clerk_tui.rules.states import CaseState
from clerk_tui.store import canonical
from clerk_tui.store.act import Act

Values = dict[str, Any]

EVENT_OF = {
    "accept": "case.accepted",
    "accept_deficient": "case.accepted",
    "ask_correction": "case.correction_asked",
    "refuse": "case.refused",
    "not_applicable": "case.not_applicable",
    "decide": "case.decided",
    "close": "case.closed",
}


def record_case(
    act: Act,
    case: Values,
    received: Values,
    materials: list[Values],
    owed: list[Values],
    kind: Outcome,
    steps: tuple[str, ...],
    reason: str,
) -> None:
    """The case's own events, each with the facts as they stand after it."""
    act.record(
        "case.received", case["id"], intake_body(act.connection, received, materials, outcome=kind.value), version=1
    )
    for version, step in enumerate(steps, start=1):
        event = EVENT_OF[step]
        if event == "case.accepted":
            body = intake_body(
                act.connection, case | {"state": CaseState.ACCEPTED.value}, materials, outcome=kind.value, owed=owed
            )
        elif event == "case.correction_asked":
            body = {
                "materials": [
                    {"key": row["key"], "name": row["name"], "defect": row["defect"]}
                    for row in materials
                    if row["mark"] in ("0", "7")
                ],
                "correct_by": case["correct_by"],
                "round": 1,
            }
        elif event == "case.decided":
            body = {"decision": "granted", "source": "hall", "result_kind": case["result_kind"]}
        elif event == "case.closed":
            body = {"decision": "granted"}
        else:
            body = {"reason": reason}
        act.record(event, case["id"], body, base_version=version)


def owed_body(entry: Values) -> Values:
    keys = (
        "case_id",
        "material_id",
        "kind",
        "name",
        "due",
        "days",
        "unit",
        "cap_words",
        "provisional",
        "after_decision",
    )
    return {key: entry[key] for key in keys} | {"fields": canonical.load(entry["fields"])}
