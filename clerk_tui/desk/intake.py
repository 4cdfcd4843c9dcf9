"""Comprehensive intake (综合受理): find an item, see the sheet, print what is signed before, settle."""

from clerk_tui.desk import intake_papers, package_sheet
from clerk_tui.desk import sheet as single
from clerk_tui.desk.context import Desk
from clerk_tui.desk.package_settling import papers_to_sign, settle_package
from clerk_tui.desk.packaging import chosen_members, is_package, packages_offered
from clerk_tui.desk.permits import require
from clerk_tui.desk.settling import settle
from clerk_tui.desk.sheet import find_items, names_of
from clerk_tui.desk.signed_papers import to_sign
from clerk_tui.desk.views.intake import IntakeDraft, IntakeSheet, PaperView
from clerk_tui.desk.working import Working, work
from clerk_tui.rules.outcomes import NEEDS_WORDS, Outcome
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import By

__all__ = [
    "chosen_members",
    "commitment_paper",
    "find_items",
    "guide_sheet",
    "names_of",
    "packages_offered",
    "papers_to_sign",
    "promise_paper",
    "settle",
    "settle_package",
    "sheet",
]


def sheet(desk: Desk, by: By, *, draft: IntakeDraft) -> IntakeSheet:
    """What a draft comes to now: of one item, or of a 一件事. Half-filled drafts never raise."""
    if is_package(draft):
        return package_sheet.sheet(desk, by, draft=draft)
    return single.sheet(desk, by, draft=draft)


def commitment_paper(desk: Desk, by: By, *, draft: IntakeDraft) -> PaperView:
    """Print the 容缺受理承诺书 of a draft, to be signed before settling; nothing is accepted by it.

    Asking again answers the same paper while it still says what is owed. Raises Refusal outcome_impossible where
    nothing may be owed, with the reason.
    """
    return _print(desk, by, draft, "commitment_signed", PaperKind.COMMITMENT)


def promise_paper(desk: Desk, by: By, *, draft: IntakeDraft) -> PaperView:
    """Print the 告知承诺书 for what the draft marks as promised (6), to be signed before settling."""
    return _print(desk, by, draft, "promise_signed", PaperKind.PROMISE)


def guide_sheet(desk: Desk, by: By, *, draft: IntakeDraft) -> PaperView:
    """办事指引 with this person's checklist, as far as it is answered; printable without a case."""
    require(by, "guide_sheet")
    with desk.act(by) as act:
        return intake_papers.guide_sheet(act, desk, work(act.connection, desk, by, draft))


def _print(desk: Desk, by: By, draft: IntakeDraft, need: str, kind: PaperKind) -> PaperView:
    require(by, "intake")
    with desk.act(by) as act:
        now = work(act.connection, desk, by, draft)
        if not any(one.possible and need in one.needs for one in now.verdicts):
            raise Refusal("outcome_impossible", f"现在不能出《{kind.title}》: {_why_not(now, need)}")
        return to_sign(act, desk, now, kind)


def _why_not(now: Working, need: str) -> str:
    tolerant = now.verdict(Outcome.ACCEPT_DEFICIENT)
    if need == "commitment_signed" and tolerant is not None and not tolerant.possible:
        return tolerant.reason
    return f"不需要{NEEDS_WORDS[need]}"
