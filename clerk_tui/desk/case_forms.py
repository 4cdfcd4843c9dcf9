"""What else can be printed for a case, beyond the papers that its acts issued."""

from clerk_tui.desk import blank_forms, clock_papers
from clerk_tui.desk.context import Desk
from clerk_tui.desk.views.intake import PaperView
from clerk_tui.rules.papers import PaperKind
from clerk_tui.store.act import By


def printable(desk: Desk, by: By, *, case_id: str) -> tuple[PaperKind, ...]:
    """Blank forms, and the department's notices about the clock where it decided something."""
    with desk.look() as connection:
        return (*blank_forms.BLANK_FORMS, *clock_papers.possible(connection, case_id))


def make(desk: Desk, by: By, *, kind: PaperKind, case_id: str, visit_id: str = "") -> PaperView:
    """Issue one of them. Raises what `blank_forms.for_case` and `clock_papers.for_case` raise."""
    if kind in blank_forms.BLANK_FORMS:
        return blank_forms.for_case(desk, by, kind=kind, case_id=case_id, visit_id=visit_id)
    return clock_papers.for_case(desk, by, kind=kind, case_id=case_id, visit_id=visit_id)
