"""The print queue: nothing is lost, nothing counts as printed that no device took, and the journal holds the hash."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from clerk_tui.desk import paper_register, papers, print_queue
from clerk_tui.desk.context import Desk
from clerk_tui.desk.views.intake import PaperView
from clerk_tui.rules.paper_variants import PaperVariant
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical
from clerk_tui.store.act import By
from clerk_tui.store.core import CLERKS, EVENTS

SLIP = {"hall": "市桥", "ticket": "A001", "category": "综合", "ahead": 0, "date": "2026-11-23", "time": "09:00"}
SHA = "ab" * 32


@pytest.fixture
def slip(desk: Desk, clerk: By) -> PaperView:
    with desk.act(clerk) as act:
        return papers.issue(act, desk, PaperKind.TICKET_SLIP, dict(SLIP))


def queued(desk: Desk, by: By, slip: PaperView, copy_no: int = 1) -> print_queue.PrintJobView:
    return print_queue.enqueue(
        desk, by, notice_id=slip.id, device="slip", media="slip", variant="plain", sha=SHA, copy_no=copy_no
    )


def printed_events(desk: Desk, slip: PaperView) -> list[Any]:
    with desk.look() as connection:
        found = connection.execute(
            select(EVENTS.c.body).where(EVENTS.c.ent_id == slip.id, EVENTS.c.kind == "notice.printed")
        ).scalars()
        return [canonical.load(body) for body in found]


def test_printed_only_when_the_device_took_it(desk: Desk, clerk: By, slip: PaperView) -> None:
    job = queued(desk, clerk, slip)
    assert printed_events(desk, slip) == [] and papers.paper(desk, clerk, notice_id=slip.id).printed == 0
    claimed = print_queue.claim_next(desk, clerk)
    assert claimed is not None and (claimed.id, claimed.state, claimed.attempts) == (job.id, "sending", 1)
    assert papers.paper(desk, clerk, notice_id=slip.id).printed == 0
    assert print_queue.took(desk, clerk, job_id=job.id).printed == 1
    assert printed_events(desk, slip) == [
        {"copy_no": 1, "device": "slip", "media": "slip", "sha256": SHA, "variant": "plain"}
    ]
    print_queue.took(desk, clerk, job_id=job.id)
    assert len(printed_events(desk, slip)) == 1
    assert [copy.sha for copy in print_queue.copies(desk, clerk, notice_id=slip.id)] == [SHA]


def test_a_job_is_claimed_once(desk: Desk, clerk: By, slip: PaperView) -> None:
    queued(desk, clerk, slip)
    assert print_queue.claim_next(desk, clerk) is not None
    assert print_queue.claim_next(desk, clerk) is None


def test_what_is_not_taken_waits_longer_each_time_and_is_never_given_up(
    desk: Desk, clerk: By, clock: Any, slip: PaperView
) -> None:
    job = queued(desk, clerk, slip)
    for pause in (*print_queue.BACKOFF_SECONDS, 60, 60):
        assert print_queue.claim_next(desk, clerk) is not None
        put = print_queue.put_off(desk, clerk, job_id=job.id, error="缺纸")
        assert put.state == "waiting"
        assert pause * 1000 - 100 < put.next_at - desk.clock() <= pause * 1000  # this clock ticks at each look
        assert print_queue.claim_next(desk, clerk) is None
        clock.forward(seconds=pause)
    assert [one.error for one in print_queue.undone(desk, clerk)] == ["缺纸"]
    assert printed_events(desk, slip) == []


def test_a_lasting_fault_waits_for_somebody(desk: Desk, clerk: By, clock: Any, slip: PaperView) -> None:
    job = queued(desk, clerk, slip)
    print_queue.claim_next(desk, clerk)
    print_queue.put_off(desk, clerk, job_id=job.id, error="没有命令", lasting=True)
    clock.forward(seconds=3600)
    assert print_queue.claim_next(desk, clerk) is None and print_queue.next_due(desk, clerk) is None
    assert print_queue.again(desk, clerk, job_id=job.id).state == "waiting"
    assert print_queue.claim_next(desk, clerk) is not None


def test_a_program_that_died_while_sending_does_not_lose_the_job(
    desk: Desk, clerk: By, clock: Any, slip: PaperView
) -> None:
    job = queued(desk, clerk, slip)
    print_queue.claim_next(desk, clerk)
    clock.forward(seconds=print_queue.SENDING_SECONDS)
    again = print_queue.claim_next(desk, clerk)
    assert again is not None and (again.id, again.attempts) == (job.id, 2)


def test_a_dropped_copy_stays_out_and_a_printed_one_cannot_be_dropped(desk: Desk, clerk: By, slip: PaperView) -> None:
    job = queued(desk, clerk, slip)
    print_queue.drop(desk, clerk, job_id=job.id)
    assert print_queue.claim_next(desk, clerk) is None and print_queue.undone(desk, clerk) == ()
    assert print_queue.copies_before(desk, clerk, notice_id=slip.id) == 0
    second = queued(desk, clerk, slip)
    print_queue.took(desk, clerk, job_id=second.id)
    with pytest.raises(Refusal, match="job_printed"):
        print_queue.drop(desk, clerk, job_id=second.id)
    with pytest.raises(Refusal, match="job_unknown"):
        print_queue.took(desk, clerk, job_id="nothing")


def test_a_copy_on_its_way_counts_for_the_next_one(desk: Desk, clerk: By, slip: PaperView) -> None:
    """Two presses in a row while the printer is off: the second copy says 补打."""
    assert print_queue.copies_before(desk, clerk, notice_id=slip.id) == 0
    queued(desk, clerk, slip)
    assert print_queue.copies_before(desk, clerk, notice_id=slip.id) == 1


def test_the_form_is_remembered_with_the_paper(desk: Desk, clerk: By, slip: PaperView) -> None:
    assert slip.variant == "plain"
    papers.choose_variant(desk, clerk, notice_id=slip.id, variant=PaperVariant.ENGLISH)
    assert papers.paper(desk, clerk, notice_id=slip.id).variant == "en"


def test_the_register_lists_every_number_with_its_fate(desk: Desk, clerk: By, slip: PaperView) -> None:
    job = queued(desk, clerk, slip)
    print_queue.took(desk, clerk, job_id=job.id)
    papers.void(desk, clerk, notice_id=slip.id, reason="打错")
    with desk.act(clerk) as act:
        papers.issue(act, desk, PaperKind.TICKET_SLIP, {**SLIP, "ticket": "A002"})
    with desk.look() as connection:
        found = list(paper_register.lines(connection, year=2026))
        assert paper_register.skipped(connection) == ()
        assert list(paper_register.lines(connection, year=2025)) == []
        assert list(paper_register.lines(connection, kind=PaperKind.RECEIPT)) == []
    assert [(line.number, line.printed, line.void_reason) for line in found] == [
        ("市桥号[2026]SQ01-1号", 1, "打错"),
        ("市桥号[2026]SQ01-2号", 0, ""),
    ]
    assert [(bool(line.voided_at), line.voided_by, line.approved_by) for line in found] == [
        (True, found[0].clerk, ""),
        (False, "", ""),
    ]
    assert found[0].clerk


def test_the_register_names_who_voided_a_signed_paper_and_who_agreed(desk: Desk, clerk: By, slip: PaperView) -> None:
    papers.sign(desk, clerk, notice_id=slip.id, how="signature")
    with desk.look() as connection:
        agreed = connection.execute(select(CLERKS).where(CLERKS.c.id != clerk.clerk_id)).first()
    assert agreed is not None
    approved = replace(clerk, second_id=agreed.id, second_name=agreed.name, second_roles=frozenset({"supervisor"}))
    papers.void(desk, approved, notice_id=slip.id, reason="打错")
    with desk.look() as connection:
        (line,) = paper_register.lines(connection)
    assert (line.voided_by, line.approved_by) == (line.clerk, agreed.name)


def test_numbers_skipped_by_a_restore_are_told(desk: Desk, clerk: By, slip: PaperView) -> None:
    from clerk_tui.store.numbers import jump

    with desk.store.write() as connection:
        jump(connection, "paper:SQ01:号:2026", 5)
    with desk.look() as connection:
        assert [(gap.series, gap.count) for gap in paper_register.skipped(connection)] == [("paper:SQ01:号:2026", 4)]


def test_a_copy_that_was_saved_is_recorded_and_is_no_printed_one(desk: Desk, clerk: By, slip: PaperView) -> None:
    now = print_queue.saved(desk, clerk, notice_id=slip.id, media="html", variant="plain", sha=SHA)
    assert (now.saved, now.printed) == (1, 0)
    with desk.look() as connection:
        body = connection.execute(select(EVENTS.c.body).where(EVENTS.c.kind == "notice.saved")).scalar_one()
    assert canonical.load(body) == {"sha256": SHA, "media": "html", "variant": "plain"}
    assert [copy.state for copy in print_queue.copies(desk, clerk, notice_id=slip.id)] == ["saved"]
    assert print_queue.copies_before(desk, clerk, notice_id=slip.id) == 0  # the next one on paper is no 补打
    assert print_queue.claim_next(desk, clerk) is None and print_queue.undone(desk, clerk) == ()
