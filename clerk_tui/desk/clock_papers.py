"""Papers about a case's clock: a special procedure began or ended, the limit was prolonged. The department decides these;
the hall prints what it decided, and serves it."""

from typing import Any

from sqlalchemy import Connection, Row, select

from clerk_tui.desk.case_steps import basis_of, give, legal_of
from clerk_tui.desk.context import Desk
from clerk_tui.desk.paper_facts import Facts, due_fact
from clerk_tui.desk.permits import require
from clerk_tui.desk.views.intake import PaperView
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import case_dues
from clerk_tui.store.act import By
from clerk_tui.store.case_states import case_row
from clerk_tui.store.core import CLOCK_PAUSES

CLOCK_PAPERS = (PaperKind.SPECIAL_PROCEDURE, PaperKind.SPECIAL_PROCEDURE_END, PaperKind.PROLONGATION)
NOT_TOLD = "部门未告知"


def for_case(desk: Desk, by: By, *, kind: PaperKind, case_id: str, document: str = "", visit_id: str = "") -> PaperView:
    """The notice of what the department decided about the clock; `document` is the number of its own paper.

    Raises Refusal no_pause (nothing of the kind was decided), no_clock_paper.
    """
    require(by, "serve_result")
    with desk.act(by) as act:
        case = case_row(act.connection, case_id)
        if kind not in CLOCK_PAPERS:
            raise Refusal("no_clock_paper", f"《{kind.title}》不是期限文书")
        pause = _pause(act.connection, case_id, kind)
        if pause is None:
            raise Refusal("no_pause", f"这件没有可以出《{kind.title}》的部门决定", "收到部门的决定后再打印")
        facts = _facts(desk, case, kind, pause) | {"paper_number_by_department": clean_line(document)}
        return give(act, desk, case, kind, facts, visit_id=visit_id)


def possible(connection: Connection, case_id: str) -> tuple[PaperKind, ...]:
    """Which of these papers the case has reason for, in an open read."""
    return tuple(kind for kind in CLOCK_PAPERS if _pause(connection, case_id, kind) is not None)


def _pause(connection: Connection, case_id: str, kind: PaperKind) -> Row[Any] | None:
    wanted = "extension" if kind is PaperKind.PROLONGATION else "special_procedure"
    query = select(CLOCK_PAUSES).where(CLOCK_PAUSES.c.case_id == case_id, CLOCK_PAUSES.c.kind == wanted)
    if kind is PaperKind.SPECIAL_PROCEDURE_END:
        query = query.where(CLOCK_PAUSES.c.to_date.is_not(None))
    return connection.execute(query.order_by(CLOCK_PAUSES.c.from_date.desc(), CLOCK_PAUSES.c.id.desc())).first()


def _facts(desk: Desk, case: Row[Any], kind: PaperKind, pause: Row[Any]) -> Facts:
    facts: Facts = {"reason": pause.reason or NOT_TOLD, "approver": pause.approver}
    due = (
        due_fact(case.promised_due, provisional=case_dues.promise_unsure(case, desk.calendar))
        if case.promised_due
        else NOT_TOLD
    )
    if kind is PaperKind.PROLONGATION:
        return facts | {
            "basis": basis_of(desk, case, "prolong"),
            "prolonged_words": f"{pause.days} 个工作日" if pause.days else "",
            "due": due,
            "remedies": list(legal_of(desk, case).remedies),
        }
    facts |= {"procedure_words": pause.name, "from_date": pause.from_date, "basis": basis_of(desk, case, "suspend")}
    if kind is PaperKind.SPECIAL_PROCEDURE_END:
        return facts | {"to_date": pause.to_date, "due": due}
    return facts | {"expected_words": f"{pause.days} 个工作日" if pause.days else NOT_TOLD}
