"""The five days of the one-time notice are over and nobody told the applicant (行政许可法 32(4))."""

from typing import Any

from sqlalchemy import Row, insert, select

from clerk_tui.desk import dues
from clerk_tui.desk.case_bodies import stored_body
from clerk_tui.desk.case_steps import basis_of, came_to, effective_item, give, materials_of, regime_of
from clerk_tui.desk.context import Desk
from clerk_tui.desk.intake_papers import acceptance
from clerk_tui.desk.paper_facts import material_facts
from clerk_tui.desk.permits import require
from clerk_tui.desk.views.intake import PaperView, Settled
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.regimes import missed_five_days
from clerk_tui.rules.states import CaseState, move_case
from clerk_tui.store.act import Act, By, new_id
from clerk_tui.store.case_states import case_row, change_case
from clerk_tui.store.core import CASES, TASKS

CODE = "five_days"
AT_ONCE = 200


def sweep(desk: Desk, by: By) -> tuple[Settled, ...]:
    """See to every received case whose five days passed: at the first sign-in and at the close of a day, once a case.

    A permit counts as accepted from the day of receipt, with its notice; anything else is an incident only. Both leave
    a task for a person. The program does this, so no role is asked. A case that another program changed meanwhile is
    seen to at the next time.
    """
    require(by, "close_leftovers")
    with desk.look() as connection:
        found = connection.execute(
            select(CASES.c.id)
            .where(
                CASES.c.state == CaseState.RECEIVED.value,
                CASES.c.five_day_due < desk.today().isoformat(),
                CASES.c.id.not_in(select(TASKS.c.case_id).where(TASKS.c.code == CODE)),
            )
            .order_by(CASES.c.received_at)
            .limit(AT_ONCE)
        ).scalars()
        ids = list(found)
    done = (_see_to(desk, by, case_id) for case_id in ids)
    return tuple(one for one in done if one is not None)


def _see_to(desk: Desk, by: By, case_id: str) -> Settled | None:
    with desk.act(by) as act:
        case = case_row(act.connection, case_id)
        if not _late(case, desk.local(act.now).date().isoformat()) or _seen(act, case_id):
            return None
        issued: tuple[PaperView, ...] = ()
        regime = regime_of(case)
        state, words = case.state, f"五日内没有告知, {regime.missed_notice}"
        if missed_five_days(regime) == "deem_accepted":
            issued = (_deem(act, desk, case),)
            state = case_row(act.connection, case_id).state
        task_id = new_id()
        act.connection.execute(
            insert(TASKS),
            {
                "id": task_id,
                "kind": "incident",
                "case_id": case_id,
                "code": CODE,
                "words": f"{case.receipt_no} {words}",
                "made_at": act.now,
            },
        )
        act.record("task.opened", task_id, {"case_id": case_id, "code": CODE, "words": words})
        return came_to(case, state, words, issued)


def _late(case: Row[Any], today: str) -> bool:
    return case.state == CaseState.RECEIVED.value and case.five_day_due is not None and case.five_day_due < today


def _seen(act: Act, case_id: str) -> bool:
    seen = select(TASKS.c.id).where(TASKS.c.case_id == case_id, TASKS.c.code == CODE).limit(1)
    return act.connection.execute(seen).first() is not None


def _deem(act: Act, desk: Desk, case: Row[Any]) -> PaperView:
    """Accepted by law, from the day of receipt; every limit runs from then."""
    found = dues.of_item(desk, effective_item(desk, case), desk.local(case.received_at))
    change_case(
        act.connection,
        case,
        state=move_case(case.state, "deem_accepted").value,
        accepted_at=case.received_at,
        accepted_how=case.accepted_how or "complete",
        five_day_due=None,
        flag_requested=False,
        promised_due=found.promised,
        statutory_due=found.statutory,
        due_provisional=found.provisional,
    )
    fresh = dict(act.connection.execute(select(CASES).where(CASES.c.id == case.id)).mappings().one())
    body = stored_body(act.connection, fresh, outcome="deem_accepted")
    act.record("case.accepted", case.id, body, base_version=case.version)
    rows = [dict(row._mapping) for row in materials_of(act.connection, case.id)]
    facts = acceptance(desk, fresh, rows)
    facts |= {
        "materials": material_facts([row for row in rows if row["mark"] != "9"]),
        "basis": basis_of(desk, case, "deem_accepted"),
        "date": desk.local(case.received_at).date().isoformat(),
        "notes": ["五个工作日内没有告知补正, 依法自收到申请材料之日起即为受理", *facts.get("notes", [])],
    }
    return give(act, desk, case_row(act.connection, case.id), PaperKind.ACCEPTANCE, facts)
