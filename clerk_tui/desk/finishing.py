"""The end of a visit: what was rendered, how it ended, and the way back for one that was ended by mistake."""

from typing import Any

from sqlalchemy import Connection, Row, select, update

from clerk_tui.desk.context import Desk
from clerk_tui.desk.periods import close_open, open_period
from clerk_tui.desk.permits import require
from clerk_tui.desk.tickets import need_free_window, need_window, ticket_row
from clerk_tui.desk.views.visit import VisitView
from clerk_tui.desk.visit_rows import note_within, services, view_within
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import move_ticket
from clerk_tui.store.act import Act, By
from clerk_tui.store.core import APPOINTMENTS, PERIODS, TICKETS, VISITS

OUTCOME_WORDS = {
    "served": "已办理",
    "asked": "只是咨询",
    "wrong_category": "取错号",
    "left": "离开",
    "none": "没有办理",
}


def finish(
    desk: Desk, by: By, *, visit_id: str, outcome: str = "", words: str = "", inaccurate: bool = False
) -> VisitView:
    """End a visit and its ticket with what was rendered.

    `outcome`: served (by itself when something was rendered) | asked (by itself when things were only asked) |
    wrong_category | left | none; a visit that rendered something is never asked or none. `words` say what was asked.
    A visit of another day is inaccurate by itself. Raises Refusal outcome_missing, visit_closed, not_at_window.
    """
    require(by, "finish_visit")
    words = clean_line(words)
    with desk.act(by) as act:
        row = _open_visit(act.connection, visit_id)
        if row.state == "open" and row.window_id != by.window_id:
            raise Refusal("not_at_window", "这次到访不在本窗", "请到那个窗口办完, 或请值班主任解除占用")
        if words:
            note_within(act, visit_id, words)
        end_within(act, desk, row, outcome, inaccurate=inaccurate)
        return view_within(act.connection, desk, visit_id)


def end_within(act: Act, desk: Desk, row: Row[Any], outcome: str, *, inaccurate: bool = False) -> None:
    """End a visit and its ticket inside an act. Raises Refusal outcome_missing."""
    outcome = _outcome(act.connection, row.id, outcome)
    inaccurate = inaccurate or desk.local(row.opened_at).date() != desk.local(act.now).date()
    if row.ticket_id is not None:
        ticket = ticket_row(act.connection, row.ticket_id)
        act.connection.execute(
            update(TICKETS)
            .where(TICKETS.c.id == ticket.id)
            .values(
                state=move_ticket(ticket.state, "finish").value,
                hold_reason="",
                hold_due_at=None,
                inaccurate=inaccurate,
                version=ticket.version + 1,
            )
        )
        close_open(act, "ticket", ticket.id, inaccurate=inaccurate)
        act.record("ticket.finished", ticket.id, {"number": ticket.number}, base_version=ticket.version)
        if ticket.appointment_id is not None:
            act.connection.execute(
                update(APPOINTMENTS)
                .where(APPOINTMENTS.c.id == ticket.appointment_id, APPOINTMENTS.c.state == "checked_in")
                .values(state="served")
            )
    end_visit_within(act, row, outcome, inaccurate=inaccurate)


def close_within(act: Act, *, ticket_id: str, outcome: str = "", inaccurate: bool = False) -> None:
    """End the visit of a ticket that goes elsewhere, inside an act; nothing where there is none."""
    row = act.connection.execute(
        select(VISITS).where(VISITS.c.ticket_id == ticket_id, VISITS.c.state != "finished")
    ).one_or_none()
    if row is not None:
        rendered = {one.kind for one in services(act.connection, row.id)}
        by_itself = "served" if rendered - {"asked"} else "asked" if rendered else "none"
        end_visit_within(act, row, by_itself if rendered else outcome or by_itself, inaccurate=inaccurate)


def reopen(desk: Desk, by: By, *, visit_id: str, reason: str) -> VisitView:
    """Undo the end of a visit of today: it goes on at this window as if it had not been ended; needs a supervisor.

    The last service period is replaced by one that is open again. Raises Refusal reason_missing, not_finished,
    too_late, visit_open, still_called, supervisor_needed.
    """
    require(by, "reopen_ticket")
    window_id = need_window(by)
    reason = clean_line(reason)
    if not reason:
        raise Refusal("reason_missing", "撤销办完要写明原因", field="reason")
    with desk.act(by) as act:
        connection = act.connection
        need_free_window(connection, window_id)
        row = connection.execute(select(VISITS).where(VISITS.c.id == visit_id)).one_or_none()
        if row is None or row.state != "finished":
            raise Refusal("not_finished", "这次到访没有结束", "请看排队名单")
        if desk.local(row.finished_at).date() != desk.local(act.now).date():
            raise Refusal("too_late", "只能撤销今天结束的到访", "请按无号到访另开一次")
        connection.execute(
            update(VISITS)
            .where(VISITS.c.id == visit_id)
            .values(
                state="open",
                window_id=window_id,
                clerk_id=by.clerk_id,
                finished_at=None,
                outcome="",
                version=row.version + 1,
            )
        )
        subject, subject_id = ("ticket", row.ticket_id) if row.ticket_id is not None else ("visit", row.id)
        if row.ticket_id is not None:
            ticket = ticket_row(connection, row.ticket_id)
            connection.execute(
                update(TICKETS)
                .where(TICKETS.c.id == ticket.id)
                .values(
                    state=move_ticket(ticket.state, "reopen").value,
                    window_id=window_id,
                    clerk_id=by.clerk_id,
                    version=ticket.version + 1,
                )
            )
            act.record("ticket.reopened", ticket.id, {"number": ticket.number}, base_version=ticket.version)
        last = connection.execute(
            select(PERIODS.c.id, PERIODS.c.t0, PERIODS.c.window_id, PERIODS.c.clerk_id, PERIODS.c.kind)
            .where(PERIODS.c.subject == subject, PERIODS.c.subject_id == subject_id, PERIODS.c.visit_id == visit_id)
            .order_by(PERIODS.c.t0.desc(), PERIODS.c.id.desc())
            .limit(1)
        ).one_or_none()
        goes_on = (
            last is not None and last.kind == "serving" and (last.window_id, last.clerk_id) == (window_id, by.clerk_id)
        )
        open_period(
            act,
            desk,
            subject,
            subject_id,
            "serving",
            ticket_id=row.ticket_id,
            visit_id=visit_id,
            window_id=window_id,
            clerk_id=by.clerk_id,
            t0=last.t0 if goes_on and last is not None else None,
            voids=last.id if goes_on and last is not None else None,
        )
        act.record("visit.reopened", visit_id, {"reason": reason}, base_version=row.version)
        return view_within(connection, desk, visit_id)


def _open_visit(connection: Connection, visit_id: str) -> Row[Any]:
    row = connection.execute(select(VISITS).where(VISITS.c.id == visit_id)).one_or_none()
    if row is None or row.state == "finished":
        raise Refusal("visit_closed", "这次到访已经结束", "可以叫下一位(F5)")
    return row


def _outcome(connection: Connection, visit_id: str, outcome: str) -> str:
    """The outcome, which what was rendered decides over `asked` and `none`."""
    rendered = {one.kind for one in services(connection, visit_id)}
    done = bool(rendered - {"asked"})
    outcome = outcome or ("served" if done else "asked" if rendered else "")
    if outcome not in OUTCOME_WORDS:
        raise Refusal("outcome_missing", "没有办成的事, 请选: 只是咨询, 取错号, 离开, 没有办理", field="outcome")
    return "served" if done and outcome in ("asked", "none") else outcome


def end_visit_within(act: Act, row: Row[Any], outcome: str, *, inaccurate: bool = False, at: int | None = None) -> None:
    """End a visit alone, without its ticket, inside an act; its open period ends at `at` (now)."""
    rendered = services(act.connection, row.id)
    act.connection.execute(
        update(VISITS)
        .where(VISITS.c.id == row.id)
        .values(
            state="finished",
            finished_at=act.now,
            outcome=outcome,
            hold_reason="",
            hold_due_at=None,
            inaccurate=inaccurate,
            version=row.version + 1,
        )
    )
    close_open(act, "visit", row.id, inaccurate=inaccurate, at=at)
    body = {"outcome": outcome, "services": len(rendered), "inaccurate": inaccurate}
    act.record("visit.finished", row.id, body, base_version=row.version)
