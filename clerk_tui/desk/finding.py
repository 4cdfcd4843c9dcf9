"""The find box (F2): persons, organisations, cases, tickets, papers, shelf places and items, while typing."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, or_, select
from sqlalchemy.sql import ColumnElement

from clerk_tui.catalog.find import find as find_items
from clerk_tui.desk import papers
from clerk_tui.desk.context import Desk
from clerk_tui.desk.packaging import PREFIX
from clerk_tui.desk.views.cases import Hit
from clerk_tui.rules.identity import fold
from clerk_tui.rules.masking import mask_name, mask_number, mask_party, mask_phone
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
MOST_CHARACTERS = 80
DAYS_OF_TICKETS = 8
"""Today and a week back: whoever comes with an old slip is told what became of it."""
EACH = 8
"""Most hits of one group."""


def find(desk: Desk, by: By, *, text: str) -> tuple[Hit, ...]:
    """Everything that the text may mean, exact hits first, then in the order of GROUPS; empty text finds nothing.

    Names in Chinese or pinyin (full or initials), any number or a part of it (four characters or more), a phone, a
    ticket, a shelf place, an item's code, or the code of a QR. What it shows is masked.
    """
    text = clean_line(text)[:MOST_CHARACTERS]
    folded = fold(text)
    if not text:
        return ()
    with desk.look() as connection:
        hits = [
            *_cases(connection, folded, letter=desk.letter, year=desk.today().year),
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
        cases = _cases(connection, folded, letter=desk.letter, year=desk.today().year)
        hits = [*cases, *_tickets(desk, connection, folded), *_papers(connection, folded, folded)]
    exact = [hit for hit in hits if hit.exact]
    return exact[0] if exact else None


def receipt_of(desk: Desk, by: By, *, text: str) -> str:
    """The 收件号 of the one case that a number or a code names whole, '' when it names none or several."""
    with desk.look() as connection:
        found = _cases(connection, fold(clean_line(text)), letter=desk.letter, year=desk.today().year)
        exact = [hit.id for hit in found if hit.exact]
        if len(exact) != 1:
            return ""
        return str(connection.execute(select(CASES.c.receipt_no).where(CASES.c.id == exact[0])).scalar_one())


_RECEIPT = re.compile(r"([A-Z]+\d*?)?((?:20\d{2})?[01]\d[0-3]\d)(\d{1,4})?")
"""A 收件号 without its hyphens, or a part: SQ01 20261123 0042, 20261123 0042, 1123 0042, SQ01 20261123."""
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,4})?")
"""A shelf place without its hyphen."""


def _cases(connection: Connection, text: str, *, letter: str, year: int) -> Iterator[Hit]:
    """Whole numbers and codes first, then parts of the 收件号: its beginning, its day, its last four digits."""
    exact = (
        CASES.c.receipt_no.in_(_receipts(text, letter, year)) | (CASES.c.district_no == text) | (CASES.c.code == text)
    )
    seen: set[str] = set()
    wanted = [exact, *(_begins(CASES.c.receipt_no, one) for one in _receipts(text, letter, year))]
    if text.isdigit() and len(text) == 4:
        wanted.append(CASES.c.receipt_tail == text)
    if len(text) >= 6:
        wanted.append(_begins(CASES.c.district_no, text))
    for one in wanted:
        if len(seen) >= EACH:
            return
        newest = CASES.c.received_at.desc()
        for row in connection.execute(select(CASES).where(one).order_by(newest).limit(EACH)).all():
            if row.id in seen or len(seen) >= EACH:
                continue
            seen.add(row.id)
            yield Hit(
                group="case",
                id=row.id,
                title=f"{row.receipt_no} {mask_party(row.applicant_kind, row.applicant_name)}",
                detail=f"{row.item_name} {CaseState(row.state).words}",
                exact=one is exact,
            )


def _receipts(text: str, letter: str, year: int) -> tuple[str, ...]:
    """The 收件号 that a text without hyphens may stand for, from its beginning on; of this hall where no letters stand."""
    found = _RECEIPT.fullmatch(text)
    if found is None or len(text) < 5:
        return ()
    letters, day, number = found.groups()
    head = f"{letters or letter}-{day if len(day) == 8 else f'{year}{day}'}-"
    return tuple(dict.fromkeys((head + (number or ""), head + number.zfill(4)) if number else (head,)))


def _begins(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """A range that an index serves, also where LIKE would not use it."""
    return (column >= text) & (column < text + "\U0010ffff")


def _tickets(desk: Desk, connection: Connection, text: str) -> Iterator[Hit]:
    """Today's by their number or its digits, a code of any day, and behind them the same number of the days before."""
    today = desk.today()
    before = [(today - timedelta(days=n)).isoformat() for n in range(1, DAYS_OF_TICKETS)]
    ours = TICKETS.c.hall_id == desk.hall_id
    digits = text.isdigit() and len(text) > 1
    number = TICKETS.c.number.like(f"%{text}") if digits else TICKETS.c.number == text
    now = (ours & (TICKETS.c.day == today.isoformat()) & number) | (TICKETS.c.code == text)
    rows = list(connection.execute(select(TICKETS).where(now).order_by(TICKETS.c.issued_at).limit(EACH)))
    if not digits and any(character.isdigit() for character in text):
        earlier = select(TICKETS).where(ours, TICKETS.c.day.in_(before), number).order_by(TICKETS.c.issued_at.desc())
        rows += connection.execute(earlier.limit(EACH)).all()
    for row in rows[:EACH]:
        detail = f"{row.category} {TicketState(row.state).words} {row.day}"
        exact = text == row.code or (text == row.number and row.day == today.isoformat())
        yield Hit("ticket", row.id, row.number, detail, exact=exact)


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
    """Results by the beginning of their shelf place, with or without its hyphen, or by the certificate's number."""
    found = _PLACE.fullmatch(text)
    places = (text, f"{found[1]}-{found[2] or ''}") if found else ()
    rows = connection.execute(
        select(
            RESULTS.c.id,
            RESULTS.c.shelf,
            RESULTS.c.name,
            RESULTS.c.state,
            CASES.c.applicant_kind,
            CASES.c.applicant_name,
            RESULTS.c.person_name,
        )
        .outerjoin(CASES, CASES.c.id == RESULTS.c.case_id)
        .where(
            or_(RESULTS.c.number == text, *(_begins(RESULTS.c.shelf, one) for one in places)),
            RESULTS.c.shelf != "",
        )
        .order_by(RESULTS.c.shelf)
        .limit(EACH)
    )
    for row in rows:
        who = mask_party(row.applicant_kind, row.applicant_name or row.person_name)
        yield Hit(
            "shelf", row.id, row.shelf, f"{row.name} {who} {ResultState(row.state).words}", exact=row.shelf in places
        )


def _items(desk: Desk, text: str) -> list[Hit]:
    return [
        Hit(
            "item",
            f"{PREFIX}{hit.key}" if hit.package else hit.key,
            f"{hit.code} {hit.name}",
            f"{hit.department} {hit.limit_words}",
            exact=hit.code == text.lower(),
        )
        for hit in find_items(desk.catalogue, text, desk.today().isoformat(), EACH)
    ]
