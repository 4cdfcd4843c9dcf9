"""One thing of a case is corrected as the clerk saw it: what another window changed meanwhile is never overwritten."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Row

from clerk_tui.desk import amending, correctable, organisations, people
from clerk_tui.desk.case_steps import came_to
from clerk_tui.desk.context import Desk
from clerk_tui.desk.correctable import Correctable
from clerk_tui.desk.permits import require
from clerk_tui.desk.views.intake import MaterialMark, Settled
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import Act, By
from clerk_tui.store.case_states import case_row

HOW_SHOWN = {"4": "resident_phone", "5": "department_system"}
"""How a mark is verified that is corrected to an e-licence or to shared data."""


def correct_one(
    desk: Desk, by: By, *, case_id: str, seen: Correctable | None, value: str, reason: str, task_id: str = ""
) -> Settled:
    """Correct what `seen` was, register of persons and case in one act; None: it is right, and goes out again.

    Raises Refusal changed_meanwhile when it is not as it was seen, and what `amending.correct` and the registers raise.
    """
    with desk.act(by) as act:
        case = case_row(act.connection, case_id)
        kind, _, name = (seen.key if seen is not None else "").partition(":")
        if seen is not None:
            now = next((one for one in correctable.within(act.connection, desk, case_id) if one.key == seen.key), None)
            if now is None or replace(now, value="", hint="") != replace(seen, value="", hint=""):
                words = f"{seen.label}刚被别处改过" + (f", 现在是 {now.now or '空的'}" if now is not None else "")
                raise Refusal("changed_meanwhile", words, "这里的没有写进去; 按 Esc 看过再改", field="value")
        if kind == "applicant":
            _register(desk, by, act, case, name, value, reason)
            if name != "name" and not task_id:
                return came_to(case, case.state, "已更正登记资料", ())
        changed: dict[str, Any] = {
            "fields": {name: value} if kind == "field" else None,
            "materials": (
                {name: MaterialMark(mark=value, verified_how=HOW_SHOWN.get(value, ""))} if kind == "material" else None
            ),
            "delivery": value if kind == "delivery" else "",
            "plain": {kind: value} if kind in ("mail_to", "note") else None,
        }
        return amending.correct_within(act, desk, case_id=case_id, reason=reason, task_id=task_id, **changed)


def _register(desk: Desk, by: By, act: Act, case: Row[Any], name: str, value: str, reason: str) -> None:
    """The applicant's own data stand in the register of persons or organisations."""
    if case.applicant_kind == "organisation":
        require(by, "correct_organisation")
        column = "uscc" if name == "number" else name
        organisations.correct_within(desk, act, case.applicant_id, {column: value}, reason)
    else:
        require(by, "correct_person")
        people.correct_within(desk, act, case.applicant_id, {name: value}, reason)
