"""The ledger of owed materials as it is read: by what burns, with counts that no screen counts itself."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select
from sqlalchemy.sql import Select

from clerk_tui.desk import policies
from clerk_tui.desk.context import Desk
from clerk_tui.desk.owing_rows import LIVE
from clerk_tui.desk.views.cases import LedgerPage, OwedRow
from clerk_tui.rules.limits import remaining
from clerk_tui.rules.masking import mask_party, mask_phone
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import OwedState
from clerk_tui.rules.tolerance import stage
from clerk_tui.store.act import By
from clerk_tui.store.core import CASES, NOTICES, ORGANISATIONS, OWED, PERSONS, REMINDERS
from clerk_tui.store.numbers import counted

PAGE = 100
MOST_BURNING = 1000
HOW_WORDS = {"phone": "电话", "sms": "短信", "in_person": "当面", "letter": "信函"}
URGENCY_OF_STAGE = {"overdue": "overdue", "T0": "today", "T-1": "T-1", "T-3": "T-3", "": ""}
ONLY = ("", "overdue", "today", "three_days", "supplied", "expired")


def ledger(
    desk: Desk,
    by: By,
    *,
    kind: str = "owed",
    only: str = "",
    here: bool = False,
    after: str = "",
    limit: int = PAGE,
) -> LedgerPage:
    """Entries that are not done with, the earliest due first; `kind` owed | promise, the second tab.

    `only`: overdue | today | three_days | supplied (waiting to be checked) | expired (proposed, waiting to be settled).
    `here`: taken in at this window. `after` is the `next_key` of the page before.
    """
    if only not in ONLY:
        raise Refusal("filter_unknown", "没有这种筛选", field="only")
    today = desk.today()
    with desk.look() as connection:
        query = _open(kind).order_by(OWED.c.due, OWED.c.id).limit(limit + 1)
        query = _narrowed(query, desk, only, today)
        if here:
            query = query.where(CASES.c.window_id == by.window_id)
        if after:
            due, _, owed_id = after.partition("|")
            query = query.where((OWED.c.due > due) | ((OWED.c.due == due) & (OWED.c.id > owed_id)))
        rows = list(connection.execute(query))
        shown = rows[:limit]
        policy = policies.deficiency(connection, today)
        return LedgerPage(
            rows=_views(desk, connection, shown),
            total=counted(connection, f"owed:{kind}:open"),
            policy_words=policy.words if policy is not None else "未加载区里的容缺清单: 不能容缺",
            next_key=f"{shown[-1].due}|{shown[-1].id}" if len(rows) > limit else "",
            **_counts(desk, connection, kind, today),
        )


def burning(desk: Desk, by: By) -> int:
    """How many owed materials are due today or overdue, counted up to `MOST_BURNING`."""
    some = (
        select(1)
        .where(
            OWED.c.kind == "owed",
            OWED.c.state.in_([state.value for state in LIVE]),
            OWED.c.due <= desk.today().isoformat(),
        )
        .limit(MOST_BURNING)
        .subquery()
    )
    with desk.look() as connection:
        return int(connection.execute(select(func.count()).select_from(some)).scalar_one())


def of_case(desk: Desk, connection: Connection, case_id: str) -> tuple[OwedRow, ...]:
    """All entries of one case, done ones too, in an open read or act."""
    rows = connection.execute(_query().where(OWED.c.case_id == case_id).order_by(OWED.c.due, OWED.c.id))
    return _views(desk, connection, list(rows))


def by_paper(desk: Desk, by: By, *, code: str) -> tuple[OwedRow, ...]:
    """What is still owed in the case of a paper, found by the number or the scanned code of the notice.

    Raises Refusal paper_unknown.
    """
    with desk.look() as connection:
        case_id = (
            connection.execute(
                select(NOTICES.c.case_id).where((NOTICES.c.code == code) | (NOTICES.c.number == code)).limit(1)
            ).scalar()
            or connection.execute(
                select(CASES.c.id).where((CASES.c.code == code) | (CASES.c.receipt_no == code)).limit(1)
            ).scalar()
        )
        if case_id is None:
            raise Refusal("paper_unknown", "找不到这份文书的办件", "请用收件号再查一次")
        rows = connection.execute(_open("owed").where(OWED.c.case_id == case_id).order_by(OWED.c.due, OWED.c.id))
        return _views(desk, connection, list(rows))


def live_in_case(desk: Desk, by: By, *, case_id: str) -> tuple[OwedRow, ...]:
    """What is still owed in one case."""
    with desk.look() as connection:
        rows = connection.execute(_open("owed").where(OWED.c.case_id == case_id).order_by(OWED.c.due, OWED.c.id))
        return _views(desk, connection, list(rows))


def entry(desk: Desk, by: By, *, owed_id: str) -> OwedRow:
    """One entry, wherever it stands in the ledger. Raises Refusal owed_unknown."""
    with desk.look() as connection:
        found = _views(desk, connection, list(connection.execute(_query().where(OWED.c.id == owed_id))))
    if not found:
        raise Refusal("owed_unknown", "台账里没有这一条", "请刷新待补台账")
    return found[0]


def one(desk: Desk, connection: Connection, owed_id: str) -> OwedRow:
    """One entry, in an open read or act."""
    return _views(desk, connection, list(connection.execute(_query().where(OWED.c.id == owed_id))))[0]


def _query() -> Select[Any]:
    return (
        select(
            OWED,
            CASES.c.receipt_no,
            CASES.c.item_name,
            CASES.c.applicant_kind,
            CASES.c.applicant_name,
            func.coalesce(PERSONS.c.phone, ORGANISATIONS.c.phone, "").label("phone"),
        )
        .join(CASES, CASES.c.id == OWED.c.case_id)
        .outerjoin(PERSONS, (PERSONS.c.id == CASES.c.applicant_id) & (CASES.c.applicant_kind == "person"))
        .outerjoin(
            ORGANISATIONS, (ORGANISATIONS.c.id == CASES.c.applicant_id) & (CASES.c.applicant_kind == "organisation")
        )
    )


def _open(kind: str) -> Select[Any]:
    return _query().where(OWED.c.kind == kind, OWED.c.state.in_([state.value for state in LIVE]))


def _narrowed(query: Select[Any], desk: Desk, only: str, today: date) -> Select[Any]:
    text = today.isoformat()
    if only == "overdue":
        return query.where(OWED.c.due < text)
    if only == "today":
        return query.where(OWED.c.due == text)
    if only == "three_days":
        return query.where(OWED.c.due >= text, OWED.c.due <= _third_day(desk, today))
    if only == "supplied":
        return query.where(OWED.c.state == OwedState.SUPPLIED.value)
    if only == "expired":
        return query.where(OWED.c.state == OwedState.EXPIRED.value)
    return query


def _third_day(desk: Desk, today: date) -> str:
    return desk.calendar.add_working_days(today, 3).day.isoformat()


def _counts(desk: Desk, connection: Connection, kind: str, today: date) -> dict[str, int]:
    """How many are due when; only the few that are near are looked at, by the index on due dates."""
    last = _third_day(desk, today)
    tomorrow = (today + timedelta(days=1)).isoformat()
    rows = connection.execute(
        select(OWED.c.due, func.count())
        .where(OWED.c.kind == kind, OWED.c.state.in_([state.value for state in LIVE]), OWED.c.due <= last)
        .group_by(OWED.c.due)
    ).all()
    text = today.isoformat()
    return {
        "due_today": sum(number for due, number in rows if due == text),
        "due_tomorrow": sum(number for due, number in rows if due == tomorrow),
        "within_three": sum(number for due, number in rows if text <= due <= last),
        "overdue": sum(number for due, number in rows if due < text),
    }


def _views(desk: Desk, connection: Connection, rows: Sequence[Row[Any]]) -> tuple[OwedRow, ...]:
    last = _last_reminders(connection, [row.id for row in rows]) if rows else {}
    today = desk.today()
    return tuple(_view(desk, row, last.get(row.id), today) for row in rows)


def _view(desk: Desk, row: Row[Any], reminder: Any, today: date) -> OwedRow:
    due = date.fromisoformat(row.due)
    live = OwedState(row.state) in LIVE
    return OwedRow(
        id=row.id,
        case_id=row.case_id,
        receipt_no=row.receipt_no,
        kind=row.kind,
        name=row.name,
        state=row.state,
        state_words=OwedState(row.state).words,
        due=row.due,
        due_words=remaining(due, today, desk.calendar, provisional=bool(row.provisional)).words if live else "",
        urgency=URGENCY_OF_STAGE[stage(due, today, desk.calendar)] if live else "",
        applicant_masked=mask_party(row.applicant_kind, row.applicant_name),
        phone_masked=mask_phone(row.phone),
        item_name=row.item_name,
        cap_words=row.cap_words,
        last_reminder=f"{desk.local(reminder.at):%m-%d} {HOW_WORDS.get(reminder.how, reminder.how)}"
        if reminder
        else "",
        last_reached=bool(reminder.reached) if reminder else None,
        provisional=bool(row.provisional),
        version=row.version,
        basis="晚于办结期限" if row.after_decision else "",
    )


def _last_reminders(connection: Connection, ids: list[str]) -> dict[str, Any]:
    rows = connection.execute(
        select(REMINDERS.c.owed_id, REMINDERS.c.how, REMINDERS.c.reached, REMINDERS.c.at)
        .where(REMINDERS.c.owed_id.in_(ids))
        .order_by(REMINDERS.c.at)
    )
    return {row.owed_id: row for row in rows}
