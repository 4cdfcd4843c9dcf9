"""A ticket inside an act: its number of the day, its slip, its first wait."""

from typing import Any

from sqlalchemy import Connection, func, insert, select

from clerk_tui.desk import papers
from clerk_tui.desk.context import Desk
from clerk_tui.desk.halls import letter_of
from clerk_tui.desk.paper_facts import desk_facts
from clerk_tui.desk.periods import counts, open_period
from clerk_tui.desk.pool import policy
from clerk_tui.desk.seats import fresh_seats
from clerk_tui.desk.tickets import view_of
from clerk_tui.desk.views.queue import IssuedTicket
from clerk_tui.rules.numbering import opaque_code, ticket_number
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.queue_classes import RANK_WORDS
from clerk_tui.store import canonical
from clerk_tui.store.act import Act, new_id
from clerk_tui.store.core import PERIODS, TICKETS, WINDOWS

URGENT, PRIORITY, APPOINTMENT, BACK, ORDINARY, AGENT = range(6)
"""Classes of tickets."""

STRENGTH = 5
"""How many services of today the forecast of a wait needs at least."""


def issue_within(
    act: Act,
    desk: Desk,
    *,
    category: str,
    rank: int,
    rank_reason: str = "",
    person_id: str | None = None,
    appointment_id: str | None = None,
    slot: tuple[int, int] | None = None,
    item_key: str = "",
    note: str = "",
    arrived_at: int = 0,
) -> IssuedTicket:
    """Issue a ticket inside an act: number of the day and letter, opaque code, slip, waiting period."""
    connection = act.connection
    letter = letter_of(connection, desk.hall_id, category)
    day = desk.local(act.now).date().isoformat()
    seq = act.number(f"ticket:{desk.hall_id}:{day}:{letter}")
    ticket_id = new_id()
    values: dict[str, Any] = {
        "id": ticket_id,
        "hall_id": desk.hall_id,
        "day": day,
        "category": category,
        "letter": letter,
        "seq": seq,
        "number": ticket_number(letter, seq),
        "code": opaque_code("T", ticket_id),
        "rank": rank,
        "rank_reason": rank_reason,
        "state": "waiting",
        "appointment_id": appointment_id,
        "slot_start_at": slot[0] if slot else None,
        "slot_end_at": slot[1] if slot else None,
        "person_id": person_id,
        "item_key": item_key,
        "note": clean_line(note),
        "arrived_at": min(arrived_at, act.now) or act.now,
        "issued_at": act.now,
        "version": 1,
    }
    ahead = _ahead(connection, desk, day, category)
    connection.execute(insert(TICKETS), values)
    open_period(act, desk, "ticket", ticket_id, "waiting", ticket_id=ticket_id)
    act.record(
        "ticket.issued",
        ticket_id,
        {name: values[name] for name in ("number", "category", "rank", "rank_reason", "issued_at", "code")},
    )
    wait = _expected_wait(connection, desk, day, ahead, act.now)
    slip = papers.issue(
        act, desk, PaperKind.TICKET_SLIP, _slip_facts(connection, desk, act, values, ahead, wait), ticket_id=ticket_id
    )
    return IssuedTicket(view_of(desk, connection, ticket_id, act.now), ahead, slip.id, wait)


def _slip_facts(
    connection: Connection, desk: Desk, act: Act, ticket: dict[str, Any], ahead: int, wait: int | None
) -> dict[str, Any]:
    shared = desk_facts(connection, desk, act.by, act.now)
    windows = connection.execute(
        select(WINDOWS.c.number, WINDOWS.c.serves).where(WINDOWS.c.hall_id == desk.hall_id).order_by(WINDOWS.c.number)
    ).all()
    serving = [str(row.number) for row in windows if ticket["category"] in canonical.load(row.serves)]
    facts = {
        "hall": desk.hall_name,
        "ticket": ticket["number"],
        "category": ticket["category"],
        "ahead": ahead,
        "date": shared["date"],
        "time": shared["time"],
        "class_words": RANK_WORDS[ticket["rank"]],
        "code": ticket["code"],
        "windows_words": f"{', '.join(serving)} 号窗口" if serving else "",
        "phone": shared.get("phone", ""),
        "wait_words": f"约 {max(1, wait // 60)} 分钟" if wait is not None else "",
        "slot": f"{desk.local(ticket['slot_start_at']):%H:%M}" if ticket["slot_start_at"] else "",
        "missed_words": policy(connection, ticket["day"]).missed_words,
    }
    return {name: value for name, value in facts.items() if value != ""}


def _ahead(connection: Connection, desk: Desk, day: str, category: str) -> int:
    return int(
        connection.execute(
            select(func.count()).where(
                TICKETS.c.hall_id == desk.hall_id,
                TICKETS.c.day == day,
                TICKETS.c.state == "waiting",
                TICKETS.c.category == category,
            )
        ).scalar_one()
    )


def _expected_wait(connection: Connection, desk: Desk, day: str, ahead: int, now: int) -> int | None:
    """Seconds until the last in the line is called: those ahead times the mean service, shared by the open windows."""
    served, total = connection.execute(
        select(func.count(), func.sum(PERIODS.c.t1 - PERIODS.c.t0)).where(
            PERIODS.c.day == day, PERIODS.c.kind == "serving", counts(day)
        )
    ).one()
    if served < STRENGTH:
        return None
    return int(total // served * ahead // max(1, fresh_seats(connection, now)) // 1000)
