"""The find box (F2): persons, organisations, cases, tickets, papers, shelf places and items, while typing."""

from collections.abc import Iterator

from sqlalchemy import Connection, select
from sqlalchemy.sql import ColumnElement

from clerk_tui.catalog.find import find as find_items
from clerk_tui.desk import papers
from clerk_tui.desk.context import Desk
from clerk_tui.desk.views.cases import Hit
from clerk_tui.rules.identity import fold
from clerk_tui.rules.masking import mask_name, mask_number, mask_phone
from clerk_tui.rules.numbering import check_code
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.states import CaseState, ResultState, TicketState
from clerk_tui.store.act import By
from clerk_tui.store.core import CASES, NOTICES, RESULTS, TICKETS
from clerk_tui.store.people_search import find_organisations, find_persons

GROUPS = {
    "case": "办件",
    "ticket": "号票",
    "person": "个人",
    "organisation": "单位",
    "paper": "文书",
    "shelf": "柜位",
    "item": "事项",
}
EACH = 8
"""Most hits of one group."""


def find(desk: Desk, by: By, *, text: str) -> tuple[Hit, ...]:
    """Everything that the text may mean, exact hits first, then in the order of GROUPS; empty text finds nothing.

    Names in Chinese or pinyin (full or initials), any number or its last digits, a phone, a ticket, a shelf place, an
    item's code, or the code of a QR. What it shows is masked.
    """
    text = clean_line(text)
    folded = fold(text)
    if not text:
        return ()
    with desk.look() as connection:
        hits = [
            *_cases(connection, folded),
            *_tickets(desk, connection, folded),
            *_persons(connection, text),
            *_organisations(connection, text),
            *_papers(connection, text, folded),
            *_shelf(connection, folded),
        ]
    hits += _items(desk, text)
    order = list(GROUPS)
    return tuple(sorted(hits, key=lambda hit: (not hit.exact, order.index(hit.group))))


def scanned(desk: Desk, by: By, *, code: str) -> Hit | None:
    """What an opaque code of a QR stands for: a case, a ticket or a paper; None when it is no code of ours."""
    folded = fold(code)
    _, valid = check_code(folded)
    if not valid:
        return None
    with desk.look() as connection:
        hits = [*_cases(connection, folded), *_tickets(desk, connection, folded), *_papers(connection, folded, folded)]
    exact = [hit for hit in hits if hit.exact]
    return exact[0] if exact else None


def _cases(connection: Connection, text: str) -> Iterator[Hit]:
    wanted: list[ColumnElement[bool]] = [CASES.c.receipt_no == text, CASES.c.district_no == text, CASES.c.code == text]
    if text.isdigit() and len(text) == 4:
        wanted.append(CASES.c.receipt_tail == text)
    for one in wanted:
        rows = connection.execute(select(CASES).where(one).order_by(CASES.c.received_at.desc()).limit(EACH)).all()
        for row in rows:
            yield Hit(
                group="case",
                id=row.id,
                title=f"{row.receipt_no} {mask_name(row.applicant_name)}",
                detail=f"{row.item_name} {CaseState(row.state).words}",
                exact=one is not wanted[-1] or len(wanted) == 3,
            )


def _tickets(desk: Desk, connection: Connection, text: str) -> Iterator[Hit]:
    rows = connection.execute(
        select(TICKETS)
        .where(
            (
                (TICKETS.c.hall_id == desk.hall_id)
                & (TICKETS.c.day == desk.today().isoformat())
                & (TICKETS.c.number == text)
            )
            | (TICKETS.c.code == text)
        )
        .limit(EACH)
    )
    for row in rows:
        yield Hit("ticket", row.id, row.number, f"{row.category} {TicketState(row.state).words} {row.day}", exact=True)


def _persons(connection: Connection, text: str) -> Iterator[Hit]:
    for found in find_persons(connection, text, EACH):
        row = found.row
        parts = (mask_number(row.id_number or ""), mask_phone(row.phone), row.village)
        yield Hit("person", row.id, _title(row.name, found.how), " ".join(part for part in parts if part), found.exact)


def _organisations(connection: Connection, text: str) -> Iterator[Hit]:
    for found in find_organisations(connection, text, EACH):
        row = found.row
        yield Hit("organisation", row.id, row.name, row.uscc or "", found.exact)


def _title(name: str, how: str) -> str:
    """The name whole when it was typed as a name, else masked: a number found does not tell a name."""
    return name if how == "name" else mask_name(name)


def _papers(connection: Connection, text: str, folded: str) -> Iterator[Hit]:
    found = papers.by_number(connection, text) or papers.by_number(connection, folded)
    if found is not None:
        row = connection.execute(
            select(NOTICES.c.number, NOTICES.c.kind, NOTICES.c.case_id).where(NOTICES.c.id == found)
        ).one()
        from clerk_tui.rules.papers import PaperKind

        yield Hit("paper", found, row.number, PaperKind(row.kind).title, exact=True)


def _shelf(connection: Connection, text: str) -> Iterator[Hit]:
    rows = connection.execute(
        select(
            RESULTS.c.id,
            RESULTS.c.shelf,
            RESULTS.c.name,
            RESULTS.c.state,
            CASES.c.applicant_name,
            RESULTS.c.person_name,
        )
        .outerjoin(CASES, CASES.c.id == RESULTS.c.case_id)
        .where(
            (RESULTS.c.shelf == text) | (RESULTS.c.shelf == text.replace("-", "")) | (RESULTS.c.number == text),
            RESULTS.c.shelf != "",
        )
        .limit(EACH)
    )
    for row in rows:
        who = mask_name(row.applicant_name or row.person_name)
        yield Hit(
            "shelf", row.id, row.shelf, f"{row.name} {who} {ResultState(row.state).words}", exact=row.shelf == text
        )


def _items(desk: Desk, text: str) -> list[Hit]:
    return [
        Hit(
            "item",
            hit.key,
            f"{hit.code} {hit.name}",
            f"{hit.department} {hit.limit_words}",
            exact=hit.code == text.lower(),
        )
        for hit in find_items(desk.catalogue, text, desk.today().isoformat(), EACH)
    ]
