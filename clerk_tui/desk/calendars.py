"""A year's calendar that came after the program, and the dates that were counted before it was known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, or_, select, update

from clerk_tui.catalog.calendars import read_year
from clerk_tui.desk import policies
from clerk_tui.desk.context import Desk
from clerk_tui.desk.owing_rows import live_of, set_owed
from clerk_tui.desk.permits import require
from clerk_tui.rules.correction import correct_by
from clerk_tui.rules.limits import Limit, due
from clerk_tui.rules.states import CASE_OPEN, RESULT_DONE, CaseState
from clerk_tui.store import calendar_years, case_dues
from clerk_tui.store.act import Act, By
from clerk_tui.store.case_states import case_row, change_case
from clerk_tui.store.core import CASES, DEFICIENCIES, NOTICES, OWED, RESULTS

_OPEN = [state.value for state in sorted(CASE_OPEN)]


@dataclass(frozen=True)
class YearLoaded:
    """`redated`: how many cases had a date that changed or is not provisional any more."""

    year: int
    number: str
    published_until: str
    redated: int


def load_year(desk: Desk, by: By, *, file: Path) -> YearLoaded:
    """Load a year's file as the State Council's notice says it, and count every open date anew that it touches.

    Raises Refusal calendar_fault, role_missing, supervisor_needed.
    """
    require(by, "load_policy")
    year, number, off, work = read_year(file)
    with desk.act(by) as act:
        calendar_years.keep(act, year=year, number=number, off=off, work=work)
    redated = catch_up(desk, by)
    return YearLoaded(year, number, desk.calendar.published_until.isoformat(), redated)


def behind(desk: Desk) -> bool:
    """Whether the store got a notice that its dates, or this desk, do not follow yet; two small reads."""
    with desk.look() as connection:
        kept = calendar_years.kept_notices(connection)
        return kept != desk.calendar_notices or kept != calendar_years.dues_notices(connection)


def catch_up(desk: Desk, by: By) -> int:
    """Take in years that the district or another window loaded; returns how many cases have new or firm dates.

    The program does this whenever somebody signs in, and within seconds while it runs. Each case is an act of its own;
    when it stops half way, the next time goes on. A date that the department told stays as it told it, unless that was
    provisional itself. A program whose own calendars end earlier than those of the dates leaves the dates alone.
    """
    require(by, "close_leftovers")
    with desk.look() as connection:
        kept = desk.know_calendars(connection)
        before, now = calendar_years.dues_of(connection), calendar_years.hashes(desk.calendar)
        if before == now and kept == calendar_years.dues_notices(connection):
            return 0
        if before is not None and not before.keys() <= now.keys():
            return 0
        touched = [] if before == now else _touched(connection, _first_change(before, now))
    redated = sum(_redate(desk, by, case_id) for case_id in touched)
    with desk.store.write() as connection:
        calendar_years.note_dues_of(connection, desk.calendar, kept)
    return redated


def _first_change(before: Mapping[str, str] | None, now: Mapping[str, str]) -> str:
    """The first day that counts otherwise than before, as an ISO date; far away where nothing was noted before."""
    if before is None:
        return "9999-01-01"
    changed = [year for year in {*before, *now} if before.get(year) != now.get(year)]
    return f"{min(changed)}-01-01" if changed else "9999-01-01"


def _touched(connection: Connection, first: str) -> list[str]:
    """Open cases with a provisional date, or with one on or after the first day that counts otherwise."""
    dates = (CASES.c.five_day_due, CASES.c.correct_by, CASES.c.promised_due, CASES.c.statutory_due)
    own = select(CASES.c.id).where(
        CASES.c.state.in_(_OPEN), or_(CASES.c.due_provisional, *(column >= first for column in dates))
    )
    owing = (
        select(OWED.c.case_id)
        .join(CASES, CASES.c.id == OWED.c.case_id)
        .where(CASES.c.state.in_(_OPEN), or_(OWED.c.provisional, OWED.c.due >= first))
    )
    serving = select(RESULTS.c.case_id).where(
        RESULTS.c.serve_by >= first, RESULTS.c.state.not_in([state.value for state in RESULT_DONE])
    )
    return sorted(
        {*connection.execute(own).scalars(), *connection.execute(owing).scalars(), *_ids(connection, serving)}
    )


def _ids(connection: Connection, query: Any) -> set[str]:
    return {one for one in connection.execute(query).scalars() if one is not None}


def _redate(desk: Desk, by: By, case_id: str) -> bool:
    with desk.act(by) as act:
        case = case_row(act.connection, case_id)
        dates = _dates(act, desk, case)
        changed = {name: value for name, value in dates.items() if value != getattr(case, name)}
        moved = [_owed_again(act, desk, case, kind) for kind in ("owed", "promise")]
        served = _serve_again(act, desk, case)
        if not changed and not any(moved) and not served:
            return False
        change_case(act.connection, case, **changed)
        body = {"reason": "新公布的工作日历", "before": {name: getattr(case, name) for name in changed}, **changed}
        act.record(
            "case.due_recomputed", case_id, body | ({"serve_by": served} if served else {}), base_version=case.version
        )
        return True


def _dates(act: Act, desk: Desk, case: Row[Any]) -> dict[str, Any]:
    state, today = CaseState(case.state), desk.local(act.now).date()
    if state is CaseState.RECEIVED:
        return case_dues.of_receipt(case, desk.calendar)
    if state is CaseState.CORRECTING:
        return _correction(act, desk, case)
    if state not in CASE_OPEN or state is CaseState.DECIDED or (case.dues_by != "hall" and not case.due_provisional):
        return {}
    return case_dues.of_acceptance(act.connection, case, desk.calendar, today=today)


def _correction(act: Act, desk: Desk, case: Row[Any]) -> dict[str, Any]:
    """The day of the one-time notice and the rule that was in force on it give the date again."""
    asked_at = act.connection.execute(
        select(NOTICES.c.issued_at)
        .where(NOTICES.c.case_id == case.id, NOTICES.c.kind == "one_time_notice", NOTICES.c.voided_at.is_(None))
        .order_by(NOTICES.c.issued_at.desc())
        .limit(1)
    ).scalar()
    if asked_at is None or case.correct_by is None:
        return {}
    asked = desk.local(asked_at).date()
    last = correct_by(policies.correction(act.connection, asked), case.item_key, asked, desk.calendar)
    if last is None or last.day.isoformat() <= case.correct_by:
        # never to the disadvantage of whom the paper told another day
        return {"due_provisional": not desk.calendar.is_published(date.fromisoformat(case.correct_by))}
    act.connection.execute(
        update(DEFICIENCIES)
        .where(DEFICIENCIES.c.case_id == case.id, DEFICIENCIES.c.due == case.correct_by)
        .values(due=last.day.isoformat())
    )
    return {"correct_by": last.day.isoformat(), "due_provisional": last.provisional}


def _owed_again(act: Act, desk: Desk, case: Row[Any], kind: str) -> bool:
    """Dates of the ledger. One that a paper told never comes earlier; one that was extended stays as it was told."""
    moved = False
    start = case_dues.day_of(case.accepted_at or case.received_at)
    for entry in live_of(act.connection, case.id, kind):
        if entry.extended_times:
            last, provisional = entry.due, not desk.calendar.is_published(date.fromisoformat(entry.due))
        else:
            found = due(start, Limit(entry.days, entry.unit), desk.calendar)
            last, provisional = max(entry.due, found.day.isoformat()), found.provisional
        if (last, provisional) == (entry.due, bool(entry.provisional)):
            continue
        kept = {} if entry.extended_times else {"original_due": last}
        set_owed(act, entry, due=last, provisional=provisional, **kept)
        body = {"case_id": case.id, "name": entry.name, "before": entry.due, "due": last, "provisional": provisional}
        act.record("owed.due_recomputed", entry.id, body, base_version=entry.version)
        moved = True
    return moved


def _serve_again(act: Act, desk: Desk, case: Row[Any]) -> str:
    """The last day of service of results that are not out yet, '' where it stays."""
    last = case_dues.serve_by(case, desk.calendar)
    done = [state.value for state in RESULT_DONE]
    waiting = (RESULTS.c.case_id == case.id, RESULTS.c.serve_by.is_not(None), RESULTS.c.serve_by != last)
    if last is None:
        return ""
    changed = act.connection.execute(
        update(RESULTS)
        .where(*waiting, RESULTS.c.state.not_in(done))
        .values(serve_by=last, version=RESULTS.c.version + 1)
    )
    return last if changed.rowcount else ""
