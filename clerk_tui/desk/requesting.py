"""A request to the district about one case: it goes with the next batch, and the case waits visibly for the answer."""

from clerk_tui.desk.case_steps import came_to
from clerk_tui.desk.context import Desk
from clerk_tui.desk.permits import require
from clerk_tui.desk.views.intake import Settled
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import CASE_OPEN, CaseState
from clerk_tui.store.act import By
from clerk_tui.store.case_states import case_row, change_case

WHAT = {
    "progress": "查询进度",
    "urge": "催办",
    "advice": "请示怎样办",
    "end": "提请终止或撤销",
    "prolong": "提请延长期限",
}


def request_district(desk: Desk, by: By, *, case_id: str, what: str, words: str) -> Settled:
    """Ask the district about an open case: `what` is a key of WHAT. Nothing here changes but the flag that it waits.

    Raises Refusal request_unknown, reason_missing, state_case.
    """
    require(by, "request_district")
    words = clean_line(words)
    if what not in WHAT:
        raise Refusal("request_unknown", "请选择提请什么", field="what")
    if not words:
        raise Refusal("reason_missing", "请写明要区里做什么", field="words")
    with desk.act(by) as act:
        case = case_row(act.connection, case_id)
        if CaseState(case.state) not in CASE_OPEN:
            raise Refusal("state_case", f"这件当前是[{CaseState(case.state).words}], 不再提请")
        change_case(act.connection, case, flag_requested=True)
        act.record(
            "case.request_sent",
            case_id,
            {"what": what, "what_words": WHAT[what], "words": words},
            base_version=case.version,
        )
        return came_to(case, case.state, f"已提请区里{WHAT[what]}, 随下一批发出", ())
