"""The dates of a case from what its row keeps: limits, start, suspensions, extension; written once for desk and channel."""

from datetime import date, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import Connection, Row, select

from clerk_tui.rules.case_states import CaseState
from clerk_tui.rules.limits import Limit, Pause, due
from clerk_tui.rules.regimes import FIVE_DAYS, REGIMES, regime_for
from clerk_tui.rules.working_days import WorkCalendar
from clerk_tui.rules.working_hours import case_due, due_at
from clerk_tui.store.core import CLOCK_PAUSES

CHINA = timezone(timedelta(hours=8))

Values = dict[str, Any]


def day_of(at: int) -> date:
    """The date in China of an instant (UTC ms)."""
    return moment_of(at).date()


def moment_of(at: int) -> datetime:
    """An instant (UTC ms) on the clock of China."""
    return datetime.fromtimestamp(at / 1000, CHINA)


def promised_moment(
    promised_limit: str, accepted_at: int | None, promised_due: str | None, calendar: WorkCalendar
) -> datetime | None:
    """The moment at which a promise in working hours ends; None for other units, and where the date was moved since by
    a suspension, a prolongation or the department, so that only the day counts."""
    promise = Limit.of_text(promised_limit)
    if promise is None or promise.unit != "hour" or accepted_at is None:
        return None
    moment, _ = due_at(moment_of(accepted_at), promise.value, calendar)
    return moment if moment.date().isoformat() == promised_due else None


def promise_unsure(case: Row[Any] | Values, calendar: WorkCalendar) -> bool:
    """Whether the promised day itself is provisional: the mark of a case is there for its statutory day too.

    Only where nothing but the statutory day lies beyond the published calendars is the promised one certain.
    """
    of = case if isinstance(case, dict) else case._mapping
    if not of["due_provisional"] or not of["promised_due"] or not of["statutory_due"]:
        return bool(of["due_provisional"])
    if of["state"] == CaseState.SUSPENDED or of["flag_waiting_applicant"] or of["dues_by"] == "district":
        return True
    promised, last = date.fromisoformat(of["promised_due"]), date.fromisoformat(of["statutory_due"])
    return not calendar.is_published(promised) or calendar.is_published(last)


def limits_of(promise: Limit, legal: Limit | None, regime: str) -> Values:
    """The limits of an item as a case keeps them; the regime's own where the item names no statutory one."""
    statutory = legal or REGIMES[regime].statutory
    return {"promised_limit": promise.text, "statutory_limit": statutory.text if statutory is not None else ""}


def of_acceptance(
    connection: Connection, case: Row[Any], calendar: WorkCalendar, *, accepted_at: int | None = None, today: date
) -> Values:
    """promised_due, statutory_due and due_provisional of an accepted case; {} before acceptance or without limits.

    Suspensions stand still in the limit (行政许可法 45); one that goes on counts up to `today`. An approved extension
    prolongs both limits (行政许可法 42).
    """
    at = case.accepted_at if accepted_at is None else accepted_at
    promise, statutory = Limit.of_text(case.promised_limit), Limit.of_text(case.statutory_limit)
    if at is None or promise is None:
        return {}
    start, pauses, extra = moment_of(at), [], 0
    for row in connection.execute(select(CLOCK_PAUSES).where(CLOCK_PAUSES.c.case_id == case.id)):
        if row.kind == "extension":
            extra += row.days
        else:
            to_date = date.fromisoformat(row.to_date) if row.to_date else None
            pauses.append(Pause(date.fromisoformat(row.from_date), to_date))
    promised = case_due(start, promise, calendar, pauses, prolonged_days=extra, today=today)
    last = case_due(start, statutory, calendar, pauses, prolonged_days=extra, today=today) if statutory else None
    return {
        "promised_due": promised.day.isoformat(),
        "statutory_due": last.day.isoformat() if last is not None else None,
        "due_provisional": promised.provisional or (last is not None and last.provisional),
    }


def of_receipt(case: Row[Any], calendar: WorkCalendar) -> Values:
    """five_day_due and due_provisional of a case whose five days run; {} where they do not."""
    if case.five_day_due is None or case.five_day_from is None:
        return {}
    last = due(date.fromisoformat(case.five_day_from), FIVE_DAYS, calendar)
    return {"five_day_due": last.day.isoformat(), "due_provisional": last.provisional}


def serve_by(case: Row[Any], calendar: WorkCalendar) -> str | None:
    """The last day for serving the result of a decided case, where its regime gives one (行政许可法 44)."""
    days = regime_for(case.regime).serve_days
    if days is None or case.decided_at is None:
        return None
    return due(day_of(case.decided_at), Limit(days), calendar).day.isoformat()
