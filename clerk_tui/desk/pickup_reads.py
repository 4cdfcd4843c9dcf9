"""What the pickup place shows: results on the way, on the shelf, and how long they have been there."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, func, select
from sqlalchemy.sql import ColumnElement

from clerk_tui.desk.context import Desk
from clerk_tui.desk.views.cases import GiveBackRow, ResultRow
from clerk_tui.rules.limits import Remaining, remaining
from clerk_tui.rules.masking import mask_party
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import RESULT_DONE, RESULT_SERVICE_RUNS, CaseState, ResultState
from clerk_tui.store.act import By
from clerk_tui.store.core import CASES, MATERIALS, NOTICES, RESULTS, TICKETS, VISITS
from clerk_tui.store.numbers import counted

KIND_WORDS = {"paper": "纸质", "card": "证卡", "electronic": "电子", "payment": "发放", "refusal": "不予决定"}
SOURCE_WORDS = {"hall": "本大厅", "district": "区里", "paper": "送件清单"}
DAY_MS = 86_400_000
AGE_SOON_DAYS, AGE_LATE_DAYS = 15, 30
"""Uncollected results are reminded at 5, 15 and 30 days; from these ages on the list says so."""

PAGE = 200
SERVABLE = (ResultState.EXPECTED, ResultState.ARRIVED, ResultState.SHELVED, ResultState.READY, ResultState.ANNOUNCED)


def coming(desk: Desk, by: By) -> tuple[ResultRow, ...]:
    """Results that the district announced and that are not here yet, oldest first."""
    return _list(desk, (RESULTS.c.state == ResultState.EXPECTED.value) & RESULTS.c.kind.in_(["paper", "card"]))


def to_shelve(desk: Desk, by: By) -> tuple[ResultRow, ...]:
    """Results taken in that have no place yet, and mail that came back."""
    came_back = (RESULTS.c.state == ResultState.CAME_BACK.value) & (RESULTS.c.shelf == "")
    return _list(desk, (RESULTS.c.state == ResultState.ARRIVED.value) | came_back)


def ready(desk: Desk, by: By, *, text: str = "", after: tuple[int, str] | None = None) -> tuple[ResultRow, ...]:
    """Results that can be collected (also mail that came back and has its place again), oldest first; `text` narrows by shelf, number, receipt number or name.

    A page of PAGE rows; `after` is `since` and `id` of the last row seen.
    """
    came_back = (RESULTS.c.state == ResultState.CAME_BACK.value) & (RESULTS.c.shelf != "")
    shown: ColumnElement[bool] = came_back | RESULTS.c.state.in_(
        [ResultState.READY.value, ResultState.ANNOUNCED.value, ResultState.SHELVED.value]
    )
    text = clean_line(text)
    if text:
        wanted = (
            (RESULTS.c.shelf == text.upper())
            | (RESULTS.c.number == text)
            | (CASES.c.receipt_no == text.upper())
            | (CASES.c.receipt_tail == text)
            | CASES.c.applicant_name.startswith(text, autoescape=True)
            | RESULTS.c.person_name.startswith(text, autoescape=True)
        )
        shown = shown & wanted
    if after is not None:
        at, last_id = after
        since = func.coalesce(RESULTS.c.ready_at, RESULTS.c.arrived_at, RESULTS.c.expected_at)
        shown = shown & ((since > at) | ((since == at) & (RESULTS.c.id > last_id)))
    return _list(desk, shown)


def to_serve(desk: Desk, by: By) -> tuple[ResultRow, ...]:
    """Electronic results, payments and refusals whose service is not recorded yet."""
    return _list(
        desk,
        RESULTS.c.kind.in_(["electronic", "payment", "refusal"])
        & RESULTS.c.state.in_([state.value for state in SERVABLE]),
    )


def posted(desk: Desk, by: By) -> tuple[ResultRow, ...]:
    """Results that were mailed and are not signed for yet."""
    return _list(desk, RESULTS.c.state == ResultState.MAILED.value)


def to_give_back(desk: Desk, by: By) -> tuple[GiveBackRow, ...]:
    """Cases whose originals are to go back to the applicant, oldest first."""
    with desk.look() as connection:
        present = in_hall(connection, desk)
        rows = connection.execute(
            select(
                MATERIALS.c.name,
                MATERIALS.c.case_id,
                CASES.c.receipt_no,
                CASES.c.item_name,
                CASES.c.applicant_kind,
                CASES.c.applicant_name,
                CASES.c.applicant_id,
                CASES.c.state,
                CASES.c.received_at,
            )
            .join(CASES, CASES.c.id == MATERIALS.c.case_id)
            .where(MATERIALS.c.to_give_back, MATERIALS.c.given_back_at.is_(None))
            .order_by(CASES.c.received_at, CASES.c.id, MATERIALS.c.ord)
            .limit(PAGE * 4)
        ).all()
    by_case: dict[str, list[Any]] = {}
    for row in rows:
        by_case.setdefault(row.case_id, []).append(row)
    return tuple(
        GiveBackRow(
            case_id=case_id,
            receipt_no=of_case[0].receipt_no,
            item_name=of_case[0].item_name,
            applicant_masked=mask_party(of_case[0].applicant_kind, of_case[0].applicant_name),
            state_words=CaseState(of_case[0].state).words,
            names=tuple(one.name for one in of_case),
            since=of_case[0].received_at,
            in_hall=of_case[0].applicant_id in present,
        )
        for case_id, of_case in by_case.items()
    )


def of_case(desk: Desk, connection: Connection, case_id: str) -> tuple[ResultRow, ...]:
    """The results of one case, in an open read or act."""
    rows = connection.execute(_select().where(RESULTS.c.case_id == case_id)).all()
    return tuple(_view(desk, row, frozenset()) for row in rows)


def one(desk: Desk, by: By, *, result_id: str) -> ResultRow:
    """One result. Raises Refusal result_unknown."""
    with desk.look() as connection:
        return row_view(desk, connection, result_row(connection, result_id))


def of_hit(desk: Desk, by: By, *, group: str, id: str) -> tuple[ResultRow, ...]:
    """The results that a scanned case or paper leads to; the ones that can still be handed over first."""
    with desk.look() as connection:
        case_id = id
        if group == "paper":
            case_id = connection.execute(select(NOTICES.c.case_id).where(NOTICES.c.id == id)).scalar() or ""
        found = of_case(desk, connection, case_id)
    done = {state.value for state in RESULT_DONE}
    return tuple(sorted(found, key=lambda row: row.state in done))


def on_shelf(desk: Desk, by: By) -> int:
    """How many results wait to be collected, from the kept counts."""
    with desk.look() as connection:
        return sum(
            counted(connection, f"result:{state.value}")
            for state in (ResultState.READY, ResultState.ANNOUNCED, ResultState.SHELVED)
        )


def result_row(connection: Connection, result_id: str) -> Row[Any]:
    """A result by id. Raises Refusal result_unknown."""
    row = connection.execute(select(RESULTS).where(RESULTS.c.id == result_id)).one_or_none()
    if row is None:
        raise Refusal("result_unknown", "找不到这份结果", "请用柜位或收件号再查一次")
    return row


def row_view(desk: Desk, connection: Connection, row: Row[Any]) -> ResultRow:
    """A result as the list shows it."""
    shown = connection.execute(_select().where(RESULTS.c.id == row.id)).one()
    return _view(desk, shown, in_hall(connection, desk))


def in_hall(connection: Connection, desk: Desk) -> frozenset[str]:
    """Ids of the persons who wait with a ticket or are being served now."""
    today = desk.today().isoformat()
    waiting = connection.execute(
        select(TICKETS.c.person_id).where(
            TICKETS.c.hall_id == desk.hall_id,
            TICKETS.c.day == today,
            TICKETS.c.person_id.is_not(None),
            TICKETS.c.state.in_(["waiting", "called", "serving", "held"]),
        )
    ).scalars()
    served = connection.execute(
        select(VISITS.c.attendee_id).where(VISITS.c.state.in_(["open", "held"]), VISITS.c.attendee_id.is_not(None))
    ).scalars()
    return frozenset([*waiting, *served])


def _select() -> Any:
    return select(
        RESULTS,
        CASES.c.receipt_no,
        CASES.c.applicant_kind,
        CASES.c.applicant_name,
        CASES.c.applicant_id,
        CASES.c.item_name,
        CASES.c.mail_to,
    ).outerjoin(CASES, CASES.c.id == RESULTS.c.case_id)


def _list(desk: Desk, condition: ColumnElement[bool]) -> tuple[ResultRow, ...]:
    with desk.look() as connection:
        present = in_hall(connection, desk)
        rows = connection.execute(
            _select()
            .where(condition)
            .order_by(func.coalesce(RESULTS.c.ready_at, RESULTS.c.arrived_at, RESULTS.c.expected_at), RESULTS.c.id)
            .limit(PAGE)
        ).all()
        return tuple(_view(desk, row, present) for row in rows)


def _view(desk: Desk, row: Row[Any], present: frozenset[str]) -> ResultRow:
    since = row.ready_at or row.arrived_at or row.expected_at or 0
    age = (desk.today() - desk.local(since).date()).days if since else 0
    serve = _service(desk, row)
    waits = row.state in (ResultState.READY.value, ResultState.ANNOUNCED.value, ResultState.SHELVED.value)
    return ResultRow(
        id=row.id,
        case_id=row.case_id or "",
        receipt_no=row.receipt_no or "",
        applicant_masked=mask_party(row.applicant_kind, row.applicant_name or row.person_name),
        item_name=row.item_name or "未对上办件",
        kind=row.kind,
        kind_words=KIND_WORDS[row.kind],
        name=row.name,
        number=row.number,
        state=row.state,
        state_words=ResultState(row.state).words,
        shelf=row.shelf,
        since=since,
        age_days=age,
        urgency=_urgency(age if waits else 0, serve),
        in_hall=bool(row.applicant_id) and row.applicant_id in present,
        source_words=SOURCE_WORDS[row.source] + ("" if row.confirmed else ", 待区里确认"),
        version=row.version,
        mail_to=row.mail_to or "",
        serve_words=f"送达期限 {row.serve_by} {serve.words}" if serve is not None else "",
    )


def _service(desk: Desk, row: Row[Any]) -> Remaining | None:
    """What is left of the days of service, where the regime gives them and they still run."""
    if row.serve_by is None or ResultState(row.state) not in RESULT_SERVICE_RUNS:
        return None
    last = date.fromisoformat(row.serve_by)
    return remaining(last, desk.today(), desk.calendar, provisional=not desk.calendar.is_published(last))


def _urgency(age: int, serve: Remaining | None) -> str:
    """Red for long on the shelf and for a service that is late, yellow before."""
    if age >= AGE_LATE_DAYS or (serve is not None and serve.urgency == "overdue"):
        return "overdue"
    return "soon" if age >= AGE_SOON_DAYS or (serve is not None and serve.urgency) else ""
