"""What the tables of the law say to an answer before it is sealed: the way between two states, the named special
procedures (行政许可法 45), one decision. A station would refuse the same, but only a day later, and as a contradiction.
"""

import tempfile
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Connection, func, select

from clerk_tui.catalog import load
from clerk_tui.catalog.model import Catalogue, Item
from clerk_tui.channel.publications import CATALOGUE
from clerk_tui.channel.records import read_line
from clerk_tui.channel.taking_lists import write_out
from clerk_tui.district.tables import CASES, KEPT, LISTS, OUTGOING
from clerk_tui.resources import data_folder
from clerk_tui.rules.case_states import CASE_ENDS, CaseState, move_case
from clerk_tui.rules.limits import Limit
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.regimes import prolong_fault, regime_for, suspension_fault
from clerk_tui.store import canonical

PROLONGED = "case.prolonged"

REFUSAL_RESULT = "refusal"
"""Kind of result of a case whose decision is a refusal: the written decision itself."""

_ENDED_OTHERWISE = {state.value for state in CASE_ENDS - {CaseState.CLOSED}}
_NOT_ACCEPTED_YET = {CaseState.RECEIVED.value, CaseState.CORRECTING.value}
_KNOWN = {state.value for state in CaseState}


@dataclass(frozen=True)
class Standing:
    """What the district knows of a case. `regime` is '' where neither the case nor the catalogue says it; `publicity`
    says whether the item's own rule keeps 公示 out of the limit. `prolonged`: how often its limit was prolonged."""

    receipt_no: str
    state: str
    decision: str
    regime: str
    publicity: bool
    statutory: Limit | None = None
    prolonged: int = 0


def standing(connection: Connection, case_id: str) -> Standing:
    """How a case stands at the district now."""
    case = connection.execute(select(CASES).where(CASES.c.case_id == case_id)).one()
    lines = connection.execute(
        select(KEPT.c.line)
        .where(KEPT.c.case_id == case_id, KEPT.c.kind.in_(["case.received", "case.accepted"]), KEPT.c.state == "ok")
        .order_by(KEPT.c.received_at.desc(), KEPT.c.seq.desc())
    ).scalars()
    told = next((str(body["regime"]) for line in lines if (body := read_line(line).body).get("regime")), "")
    item = _item(connection, case.item_key)
    regime = told or (item.regime if item is not None else "")
    mine = (OUTGOING.c.ent_id == case_id, OUTGOING.c.kind == PROLONGED, OUTGOING.c.answer == "")
    return Standing(
        case.receipt_no, case.state, case.decision, regime, item is None or bool(item.publicity_days),
        item.legal if item is not None else None,
        int(connection.execute(select(func.count()).where(*mine)).scalar_one()),
    )  # fmt: skip


def after(now: Standing, act: str, *, name: str = "", decision: str = "", kind: str = "", days: int = 0) -> Standing:
    """How the case stands after an answer: accept | refuse | not_applicable | stage | suspend | resume | prolong | decide |
    result.

    Raises Refusal with what is possible instead; a state that only a station can have made is left to the station.
    """
    if now.state not in _KNOWN:
        return now
    if now.state in _ENDED_OTHERWISE:
        raise Refusal("case_ended", f"这件已经[{CaseState(now.state).words}], 不再答复", "请与站点核对")
    if act == "stage":
        return now
    if act == "result":
        return _with_result(now, kind)
    if act == "decide":
        return _decided(now, decision)
    if act == "suspend":
        fault = suspension_fault(regime_for(now.regime), name, publicity=now.publicity) if now.regime else ""
        if fault:
            raise Refusal("suspension_unlawful", fault, "办理期限照常计算, 没有答复", field="suspend")
        if now.state == CaseState.ACCEPTED.value:
            now = _moved(now, "begin_review")
    if act == "prolong":
        return _prolonged(now, days)
    return _moved(now, act)


def _prolonged(now: Standing, days: int) -> Standing:
    now = _moved(now, "prolong")
    fault = prolong_fault(regime_for(now.regime), now.statutory, days, now.prolonged) if now.regime else ""
    if fault:
        raise Refusal("prolong_unlawful", fault, "期限不变, 没有答复(行政许可法四十二条)", field="prolong")
    return replace(now, prolonged=now.prolonged + 1)


def _decided(now: Standing, decision: str) -> Standing:
    if now.decision:
        if now.decision != decision:
            raise Refusal("decision_other", "这件已有相反的决定", "请先与部门核对, 以书面决定为准", field="decide")
        return now
    if now.state in _NOT_ACCEPTED_YET:
        now = _moved(now, "accept")
    return replace(_moved(now, "decide"), decision=decision)


def _with_result(now: Standing, kind: str) -> Standing:
    if not now.decision:
        raise Refusal("result_early", "这件还没有决定, 不能先送结果", "先答复决定: --decide", field="result_ready")
    if now.decision == "refused" and kind != REFUSAL_RESULT:
        advice = f"送不予许可决定书, 种类写 {REFUSAL_RESULT}"
        raise Refusal("result_refused", "这件的决定是不予许可, 没有证照可送", advice, field="result_ready")
    return now


def _moved(now: Standing, act: str) -> Standing:
    return replace(now, state=move_case(now.state, act).value)


def _item(connection: Connection, key: str) -> Item | None:
    """The item in the catalogue that this district published last, else in the one that came with the program."""
    content = connection.execute(
        select(LISTS.c.content).where(LISTS.c.kind == CATALOGUE).order_by(LISTS.c.at.desc(), LISTS.c.version.desc())
    ).scalar()
    return _catalogue(content).items.get(key)


@lru_cache(maxsize=1)
def _catalogue(content: str | None) -> Catalogue:
    if content is None:
        return load.load(data_folder() / "catalog")
    with tempfile.TemporaryDirectory(prefix="clerk-tui-list-") as folder:
        write_out(Path(folder), canonical.load(content))
        return load.load(Path(folder))
