"""Blank forms to be signed by hand, filled in as far as the desk knows the person and the case."""

from sqlalchemy import Connection, select

from clerk_tui.desk import papers
from clerk_tui.desk.context import Desk
from clerk_tui.desk.paper_facts import Facts, case_facts, desk_facts, party_facts
from clerk_tui.desk.permits import require
from clerk_tui.desk.views.intake import PaperView
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import Act, By
from clerk_tui.store.case_states import case_row
from clerk_tui.store.core import VISITS

BLANK_FORMS = (PaperKind.AUTHORISATION, PaperKind.ELDER_WISH)
WHAT_UNKNOWN = "________________"


def for_visit(desk: Desk, by: By, *, kind: PaperKind, visit_id: str, item: str = "") -> PaperView:
    """A blank form for the person who stands here. Raises Refusal not_identified, no_blank_form."""
    require(by, "guide_sheet")
    with desk.act(by) as act:
        attendee = act.connection.execute(select(VISITS.c.attendee_id).where(VISITS.c.id == visit_id)).scalar()
        if attendee is None:
            raise Refusal("not_identified", "还没有核对身份, 不知道是谁的", "先核对身份再打印")
        facts = _person(act.connection, desk, act, str(attendee))
        facts |= {"item": clean_line(item) or WHAT_UNKNOWN, "elder": facts["applicant"]}
        return _issue(act, desk, kind, facts, visit_id=visit_id, person_id=str(attendee))


def for_case(desk: Desk, by: By, *, kind: PaperKind, case_id: str, visit_id: str = "") -> PaperView:
    """A blank form for a case: its applicant, item and receipt number. Raises Refusal no_blank_form, case_unknown."""
    require(by, "guide_sheet")
    with desk.act(by) as act:
        facts = case_facts(act.connection, desk, act.by, act.now, case_row(act.connection, case_id))
        return _issue(act, desk, kind, facts, case_id=case_id, visit_id=visit_id or None)


def _person(connection: Connection, desk: Desk, act: Act, person_id: str) -> Facts:
    return desk_facts(connection, desk, act.by, act.now) | party_facts(
        connection, applicant_kind="person", applicant_id=person_id, agent_id=None, authority_id=None
    )


def _issue(
    act: Act,
    desk: Desk,
    kind: PaperKind,
    facts: Facts,
    *,
    case_id: str | None = None,
    visit_id: str | None = None,
    person_id: str | None = None,
) -> PaperView:
    if kind not in BLANK_FORMS:
        raise Refusal("no_blank_form", f"《{kind.title}》不是空白表格", "请从办件里出具")
    facts = facts | {"basis": list(desk.catalogue.legal.papers[kind.value])}
    return papers.issue(act, desk, kind, facts, case_id=case_id, visit_id=visit_id, person_id=person_id)
