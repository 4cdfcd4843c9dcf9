"""What a case decided at the hall gives out at once: a result to hand over, one that is served, or nothing."""

from typing import Any

from sqlalchemy import insert

from clerk_tui.desk import papers
from clerk_tui.desk.context import Desk
from clerk_tui.desk.paper_facts import NOTHING, case_facts
from clerk_tui.desk.views.intake import PaperView
from clerk_tui.rules.limits import Limit, due
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.regimes import Regime
from clerk_tui.rules.states import ResultState
from clerk_tui.store.act import Act, new_id
from clerk_tui.store.core import HANDOVERS, RESULTS
from clerk_tui.store.numbers import count

Values = dict[str, Any]

STATE_OF = {
    "paper": ResultState.READY,
    "card": ResultState.READY,
    "electronic": ResultState.SERVED,
    "payment": ResultState.EXPECTED,
}
"""A paper made here lies ready at the window; what is electronic is served with the decision; money is yet to come."""


def result(act: Act, desk: Desk, regime: Regime, case: Values, number: str = "") -> list[PaperView]:
    """Record the result of a case that was decided in this act; returns the 送达回证 of one that is served at once."""
    state = STATE_OF.get(case["result_kind"])
    if state is None:
        return []
    result_id = new_id()
    serve_by = None
    if regime.serve_days is not None:
        serve_by = due(desk.local(act.now).date(), Limit(regime.serve_days), desk.calendar).day.isoformat()
    served = state is ResultState.SERVED
    here = state in (ResultState.READY, ResultState.SERVED)
    act.connection.execute(
        insert(RESULTS),
        {
            "id": result_id,
            "case_id": case["id"],
            "kind": case["result_kind"],
            "name": case["result_name"],
            "number": number,
            "state": state.value,
            "source": "hall",
            "expected_at": None if here else act.now,
            "arrived_at": act.now if here else None,
            "ready_at": act.now if here else None,
            "delivered_at": act.now if served else None,
            "serve_by": serve_by,
        },
    )
    count(act.connection, f"result:{state.value}", 1)
    body = {"case_id": case["id"], "kind": case["result_kind"], "name": case["result_name"], "number": number}
    if not served:
        kind = "result.ready" if here else "result.expected"
        act.record(kind, result_id, body)
        return []
    paper = _service(act, desk, case, number)
    act.connection.execute(
        insert(HANDOVERS),
        {
            "id": new_id(),
            "result_id": result_id,
            "case_id": case["id"],
            "visit_id": case["visit_id"],
            "how": "electronic",
            "collector_name": paper.facts["recipient"],
            "relation": paper.facts["relation"],
            "evidence": paper.facts["method"],
            "notice_id": paper.id,
            "clerk_id": act.by.clerk_id,
            "at": act.now,
        },
    )
    act.record("result.served", result_id, body | {"how": paper.facts["method"], "state": state.value})
    return [paper]


def _service(act: Act, desk: Desk, case: Values, number: str) -> PaperView:
    facts = case_facts(act.connection, desk, act.by, act.now, case)
    facts |= {
        "paper_title": case["result_name"],
        "paper_number": number or NOTHING,
        "recipient": facts.get("agent") or facts["applicant"],
        "relation": "代理人" if facts.get("agent") else "本人",
        "method": "电子送达, 当面告知",
        "results": [{"name": case["result_name"], "number": number, "copies": 1, "kind_words": "电子"}],
    }
    return papers.issue(act, desk, PaperKind.SERVICE_RECEIPT, facts, case_id=case["id"], visit_id=case["visit_id"])
