"""Intervals in which a case's clock stood still, or was prolonged, and the dates that follow from them."""

from typing import Any

from sqlalchemy import Row, func, insert, select, update

from clerk_tui.rules.working_days import WorkCalendar
from clerk_tui.store import case_dues
from clerk_tui.store.act import Act, new_id
from clerk_tui.store.core import CLOCK_PAUSES

SPECIAL, WAITING, EXTENSION = "special_procedure", "waiting_applicant", "extension"


def begin(
    act: Act, case: Row[Any], kind: str, name: str, reason: str, approver: str, t0: str, t1: str | None, days: int,
    source: str,
) -> None:  # fmt: skip
    """Write down an interval from `t0` to `t1` (both belong to it; None: it goes on)."""
    act.connection.execute(
        insert(CLOCK_PAUSES), {"id": new_id(), "case_id": case.id, "kind": kind, "name": name, "reason": reason, "approver": approver, "from_date": t0, "to_date": t1, "days": days, "source": source,}
    )  # fmt: skip


def end(act: Act, case_id: str, to_date: str, *kinds: str) -> None:
    """End the intervals of these kinds that go on."""
    act.connection.execute(update(CLOCK_PAUSES).where(*_going_on(case_id, kinds)).values(to_date=to_date))


def stands(act: Act, case_id: str, *kinds: str) -> bool:
    """Whether one of these kinds goes on."""
    return (
        act.connection.execute(select(CLOCK_PAUSES.c.id).where(*_going_on(case_id, kinds)).limit(1)).first() is not None
    )


def how_many(act: Act, case_id: str, kind: str) -> int:
    """How many intervals of the kind the case has had."""
    mine = (CLOCK_PAUSES.c.case_id == case_id, CLOCK_PAUSES.c.kind == kind)
    return int(act.connection.execute(select(func.count()).where(*mine)).scalar_one())


def _going_on(case_id: str, kinds: tuple[str, ...]) -> tuple[Any, ...]:
    return CLOCK_PAUSES.c.case_id == case_id, CLOCK_PAUSES.c.kind.in_(kinds), CLOCK_PAUSES.c.to_date.is_(None)


def redated(
    act: Act, case: Row[Any], calendar: WorkCalendar, promised: str | None, statutory: str | None
) -> dict[str, Any]:
    """The department's dates where it gave any; else our own, counted anew with every suspension and extension."""
    given = {key: day for key, day in (("promised_due", promised), ("statutory_due", statutory)) if day}
    if given:
        return {**given, "dues_by": "district", "due_provisional": False}
    ours = case_dues.of_acceptance(act.connection, case, calendar, today=case_dues.day_of(act.now))
    return {**ours, "dues_by": "hall"} if ours else {}


def told(values: dict[str, Any]) -> dict[str, Any]:
    """The dates among changed values, as an event tells them."""
    return {key: values[key] for key in ("promised_due", "statutory_due") if values.get(key)}
