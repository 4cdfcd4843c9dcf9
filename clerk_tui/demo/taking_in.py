"""A visit of the demonstration's past: somebody comes, is identified, hands in one case and leaves."""

from collections.abc import Callable
from dataclasses import dataclass

from clerk_tui.demo.days import Time
from clerk_tui.demo.filling_in import draft_of
from clerk_tui.desk import intake, visits
from clerk_tui.desk.context import Desk
from clerk_tui.desk.views.intake import Settled
from clerk_tui.store.act import By

MINUTE = 60_000


@dataclass(frozen=True)
class Comes:
    """Who stands at the window, where that is not the applicant: by which authority, and how (a kind of visit)."""

    person_id: str
    authority_id: str
    kind: str = "service_point"


def visit(
    desk: Desk, by: By, time: Time, person_id: str, work: Callable[[str], Settled | None], *, kind: str = "walk_in"
) -> Settled | None:
    """A visit without a ticket, with one thing done in it."""
    opened = visits.open_without_ticket(desk, by, kind=kind)
    time.go(time.now + MINUTE)
    visits.identify(desk, by, visit_id=opened.id, person_id=person_id, how="card_seen")
    time.go(time.now + 5 * MINUTE)
    done = work(opened.id)
    time.go(time.now + MINUTE)
    visits.finish(desk, by, visit_id=opened.id, outcome="served" if done is not None else "asked")
    return done


def take_in(
    desk: Desk,
    by: By,
    time: Time,
    person_id: str,
    item_key: str,
    wanted: tuple[str, ...],
    missing: tuple[str, ...] = (),
    *,
    comes: Comes | None = None,
) -> Settled | None:
    """Take in a case of an applicant with the first of the wanted outcomes that is lawful; None where none is."""

    def work(visit_id: str) -> Settled | None:
        draft = draft_of(
            desk,
            by,
            visit_id=visit_id,
            item_key=item_key,
            applicant_id=person_id,
            missing=missing,
            authority_id=comes.authority_id if comes else "",
        )
        found = intake.sheet(desk, by, draft=draft)
        possible = {one.kind: one for one in found.outcomes if one.possible}
        for kind in wanted:
            if kind not in possible:
                continue
            signed = ""
            if "commitment_signed" in possible[kind].needs:
                intake.commitment_paper(desk, by, draft=draft)
                signed = "signature"
                time.go(time.now + MINUTE)
            if "promise_signed" in possible[kind].needs:
                intake.promise_paper(desk, by, draft=draft)
                signed = "signature"
                time.go(time.now + MINUTE)
            return intake.settle(
                desk,
                by,
                draft=draft,
                outcome=kind,
                commitment_signed_how=signed,
                tolerance_declined="tolerance_declined" in possible[kind].needs,
            )
        return None

    if comes is None:
        return visit(desk, by, time, person_id, work)
    return visit(desk, by, time, comes.person_id, work, kind=comes.kind)
