"""Close of day (日结): every open ticket, hold, visit and pause gets an explicit ending; what was left open by a crash or
forgotten is closed at the next start as inaccurate."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from clerk_tui.desk import figures, five_days
from clerk_tui.desk.appointments import no_shows_within
from clerk_tui.desk.context import Desk
from clerk_tui.desk.finishing import close_within, end_visit_within, end_within
from clerk_tui.desk.periods import close_open
from clerk_tui.desk.permits import require
from clerk_tui.desk.tickets import AT_WINDOW, OPEN_STATES, ticket_row
from clerk_tui.desk.views.queue import DayClosed, OpenEnd
from clerk_tui.desk.visit_rows import KIND_WORDS, services
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import TicketState, move_ticket
from clerk_tui.store.act import Act, By
from clerk_tui.store.core import CLERKS, EVENTS, PERIODS, SEATS, TICKETS, VISITS, WINDOWS
from clerk_tui.store.schema import SEAT_FRESH_MS

_GONE = (("closed", "没有叫到, 关闭"), ("left", "人已离开"))
_NOT_COME = (("left", "没有来, 已离开"), ("closed", "关闭"))
_ENDS = (("served", "办完了"), ("asked", "只是咨询"), ("left", "离开了, 没办完"), ("none", "没有办理"))
_HELD = (("left", "没有回来"), ("served", "已经办完"), ("none", "没有办理"))
_DUTY = (("now", "到现在为止"), ("inaccurate", "忘了结束, 时间不准"))

LEFTOVER = "leftover:"
"""Close reason of a ticket that the program closed on a later day, before the state in which it stood."""

CHOICES: dict[str, tuple[tuple[str, str], ...]] = {
    "waiting": _GONE,
    "called": _NOT_COME,
    "missed": _NOT_COME,
    "serving": _ENDS,
    "held": _HELD,
    "open": _ENDS,
    "pause": _DUTY,
    "back_office": _DUTY,
}
"""Endings that fit what is open, the likeliest first."""


def open_ends(desk: Desk, by: By) -> tuple[OpenEnd, ...]:
    """All that is still open in the hall, the oldest first, with the endings that fit."""
    with desk.look() as connection:
        return tuple(end for end, _, _ in _open(connection, desk))


def close_day(desk: Desk, by: By, *, endings: Mapping[str, str]) -> DayClosed:
    """End the day: `endings` names, for the id of every open end, one of its choices; bookings nobody came for are
    no-shows; then the five-day rule is seen to, each case an act of its own. May be done again after late work.

    Raises Refusal ending_missing (what was opened meanwhile, too), ending_unknown, window_busy (someone is served at
    another window: a supervisor may).
    """
    require(by, "close_day")
    with desk.act(by) as act:
        connection = act.connection
        found = _open(connection, desk)
        _need_quiet(connection, by, act.now, found)
        for end, _, _ in found:
            chosen = endings.get(end.id)
            if chosen is None:
                raise Refusal(
                    "ending_missing", f"还没有说明怎样结束: {end.words}", "每一项都要选一个结果", field=end.id
                )
            if chosen not in dict(end.choices):
                raise Refusal("ending_unknown", f"{end.words}: 没有这种结果", "请从列出的结果里选", field=end.id)
        for end, row, kind in found:
            _end_one(act, desk, end, row, kind, endings[end.id])
        day = desk.local(act.now).date().isoformat()
        missed = no_shows_within(act, desk, day)
        told = figures.today_within(connection, desk, apart=True)
        entity = f"{desk.hall_id}:{day}"
        before = connection.execute(
            select(func.count()).where(EVENTS.c.ent == "day", EVENTS.c.ent_id == entity)
        ).scalar_one()
        act.record(
            "day.closed",
            entity,
            {
                "day": day,
                "endings": {end.id: endings[end.id] for end, _, _ in found},
                "no_shows": missed,
                "served": told.served,
                "cases": told.cases,
                "missed": told.missed,
                "inaccurate": told.inaccurate,
            },
            base_version=int(before),
        )
        closed = DayClosed(day, len(found), missed, told)
    return replace(closed, late=len(five_days.sweep(desk, by)))


def close_leftovers(desk: Desk, by: By, *, sitting: bool = False) -> tuple[OpenEnd, ...]:
    """At the first sign-in of a day: close what stands open from days before, as inaccurate; returns what it was.

    Nothing of today is touched, nor who is served across midnight at a window where a program lives; `sitting`: at this
    clerk's own window too, because the day changed while the program was open. The program does this; no role is asked.
    """
    require(by, "close_leftovers")
    own = None if sitting else by.window_id
    with desk.look() as connection:
        before = desk.midnight(desk.today())
        if not _not_served(connection, desk.clock(), own, _open(connection, desk, before=before)):
            return ()
    with desk.act(by) as act:
        before = desk.midnight(desk.local(act.now).date())
        found = _not_served(act.connection, act.now, own, _open(act.connection, desk, before=before))
        for end, row, kind in found:
            at = min(act.now, _midnight_after(desk, end.since))
            if kind == "ticket":
                _close_ticket(act, row, at)
            elif kind == "visit":
                end_visit_within(act, row, _by_itself(act.connection, row.id), inaccurate=True, at=at)
            else:
                _close_duty(act, row, inaccurate=True, at=at)
        return tuple(end for end, _, _ in found)


def closed_by_itself(desk: Desk, by: By, *, day: str) -> tuple[str, ...]:
    """States in which tickets of a day stood when the program closed them on a later one, whichever window's did."""
    with desk.look() as connection:
        reasons = connection.execute(
            select(TICKETS.c.close_reason).where(
                TICKETS.c.hall_id == desk.hall_id, TICKETS.c.day == day, TICKETS.c.close_reason.startswith(LEFTOVER)
            )
        ).scalars()
        return tuple(reason.removeprefix(LEFTOVER) for reason in reasons)


def _open(connection: Connection, desk: Desk, *, before: int | None = None) -> list[tuple[OpenEnd, Row[Any], str]]:
    """Open ends with their row and what they are (ticket | visit | clerk); `before`: only those begun before."""
    found = [
        *((_ticket_end(row), row, "ticket") for row in _tickets(connection, desk, before)),
        *((_visit_end(row), row, "visit") for row in _visits(connection, desk, before)),
        *((_duty_end(row), row, "clerk") for row in _duties(connection, desk, before)),
    ]
    return sorted(found, key=lambda one: (one[0].since, one[0].id))


def _tickets(connection: Connection, desk: Desk, before: int | None) -> list[Row[Any]]:
    statement = (
        select(TICKETS, WINDOWS.c.number.label("window_number"))
        .outerjoin(WINDOWS, WINDOWS.c.id == TICKETS.c.window_id)
        .where(TICKETS.c.hall_id == desk.hall_id, TICKETS.c.state.in_(OPEN_STATES))
    )
    if before is not None:
        statement = statement.where(TICKETS.c.day < desk.local(before).date().isoformat())
    return list(connection.execute(statement).all())


def _visits(connection: Connection, desk: Desk, before: int | None) -> list[Row[Any]]:
    """Visits without a ticket; those with one end with it."""
    statement = (
        select(VISITS, WINDOWS.c.number.label("window_number"))
        .join(WINDOWS, WINDOWS.c.id == VISITS.c.window_id)
        .where(VISITS.c.hall_id == desk.hall_id, VISITS.c.state.in_(("open", "held")), VISITS.c.ticket_id.is_(None))
    )
    if before is not None:
        statement = statement.where(VISITS.c.opened_at < before)
    return list(connection.execute(statement).all())


def _duties(connection: Connection, desk: Desk, before: int | None) -> list[Row[Any]]:
    statement = (
        select(PERIODS, CLERKS.c.name)
        .join(CLERKS, CLERKS.c.id == PERIODS.c.subject_id)
        .where(PERIODS.c.subject == "clerk", PERIODS.c.t1.is_(None), CLERKS.c.hall_id == desk.hall_id)
    )
    if before is not None:
        statement = statement.where(PERIODS.c.t0 < before)
    return list(connection.execute(statement).all())


def _ticket_end(row: Row[Any]) -> OpenEnd:
    where = f" {row.window_number} 号窗" if row.window_number is not None and row.state != "waiting" else ""
    words = f"{row.number} {TicketState(row.state).words}{where}"
    kind = "hold" if row.state == "held" else "ticket"
    return OpenEnd(
        kind,
        row.id,
        words + (f": {row.hold_reason}" if row.hold_reason else ""),
        row.issued_at,
        CHOICES[row.state],
        row.state,
    )


def _visit_end(row: Row[Any]) -> OpenEnd:
    words = f"{KIND_WORDS[row.kind]} {row.window_number} 号窗" + (" 挂起" if row.state == "held" else "")
    return OpenEnd("visit", row.id, words, row.opened_at, CHOICES[row.state], row.state)


def _duty_end(row: Row[Any]) -> OpenEnd:
    words = f"{row.name} {'暂停' if row.kind == 'pause' else '后台'}: {row.reason}"
    return OpenEnd("period", row.id, words, row.t0, CHOICES[row.kind], row.kind)


def _living(connection: Connection, now: int) -> set[str]:
    """Windows at which a clerk sits now."""
    return set(
        connection.execute(
            select(SEATS.c.window_id).where(SEATS.c.seen_at > now - SEAT_FRESH_MS, SEATS.c.clerk_id.is_not(None))
        ).scalars()
    )


def _busy(row: Row[Any], kind: str) -> bool:
    return (kind == "ticket" and row.state in AT_WINDOW) or (kind == "visit" and row.state == "open")


def _not_served(
    connection: Connection, now: int, own: str | None, found: list[tuple[OpenEnd, Row[Any], str]]
) -> list[tuple[OpenEnd, Row[Any], str]]:
    """Without what is in somebody's hands at a living window; `own` is a window whose program has only just started."""
    served_at = _living(connection, now) - {own}
    return [one for one in found if not (_busy(one[1], one[2]) and one[1].window_id in served_at)]


def _need_quiet(connection: Connection, by: By, now: int, found: list[tuple[OpenEnd, Row[Any], str]]) -> None:
    """Nobody's visit at another, living window is ended by a clerk."""
    living = _living(connection, now)
    for _, row, kind in found:
        if _busy(row, kind) and row.window_id != by.window_id and row.window_id in living and not by.approved():
            raise Refusal(
                "window_busy",
                f"{row.window_number} 号窗还在办理",
                "请等那边办完再日结, 或请值班主任同意",
                field="second",
            )


def _end_one(act: Act, desk: Desk, end: OpenEnd, row: Row[Any], kind: str, chosen: str) -> None:
    if kind == "clerk":
        _close_duty(act, row, inaccurate=chosen == "inaccurate", at=act.now)
    elif kind == "visit":
        end_within(act, desk, row, chosen)
    elif chosen in ("closed", "left"):
        state = move_ticket(row.state, "close" if chosen == "closed" else "leave").value
        close_within(act, ticket_id=row.id, outcome="left")
        _set_ticket(act, row, state, f"day_close:{row.state}", inaccurate=False, at=act.now)
        act.record(f"ticket.{chosen}", row.id, {"number": row.number, "reason": "day_close"}, base_version=row.version)
    else:
        visit = act.connection.execute(
            select(VISITS).where(VISITS.c.ticket_id == row.id, VISITS.c.state != "finished")
        ).one()
        end_within(act, desk, visit, chosen)


def _close_ticket(act: Act, row: Row[Any], at: int) -> None:
    """A ticket of a day before: finished when its visit rendered something, else closed; inaccurate either way."""
    visit = act.connection.execute(
        select(VISITS).where(VISITS.c.ticket_id == row.id, VISITS.c.state != "finished")
    ).one_or_none()
    done = visit is not None and bool(services(act.connection, visit.id))
    state = move_ticket(row.state, "finish" if done else "close").value
    close_within(act, ticket_id=row.id, outcome="left", inaccurate=True)
    _set_ticket(act, row, state, f"{LEFTOVER}{row.state}", inaccurate=True, at=at)
    what = "ticket.finished" if done else "ticket.closed"
    act.record(what, row.id, {"number": row.number, "reason": "leftover"}, base_version=row.version)


def _set_ticket(act: Act, row: Row[Any], state: str, reason: str, *, inaccurate: bool, at: int) -> None:
    fresh = ticket_row(act.connection, row.id)
    act.connection.execute(
        update(TICKETS)
        .where(TICKETS.c.id == row.id, TICKETS.c.version == fresh.version)
        .values(
            state=state,
            close_reason=reason,
            inaccurate=inaccurate,
            hold_reason="",
            hold_due_at=None,
            version=fresh.version + 1,
        )
    )
    close_open(act, "ticket", row.id, inaccurate=inaccurate, at=at)


def _close_duty(act: Act, row: Row[Any], *, inaccurate: bool, at: int) -> None:
    close_open(act, "clerk", row.subject_id, inaccurate=inaccurate, at=at)
    act.record(f"duty.{row.kind}_ended", row.subject_id, {"kind": row.kind, "inaccurate": inaccurate})


def _by_itself(connection: Connection, visit_id: str) -> str:
    rendered = {one.kind for one in services(connection, visit_id)}
    return "served" if rendered - {"asked"} else "asked" if rendered else "none"


def _midnight_after(desk: Desk, at: int) -> int:
    return desk.midnight(date.fromordinal(desk.local(at).date().toordinal() + 1))
