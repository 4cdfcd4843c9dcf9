"""The register of papers (文书登记簿): every number of every series, issued or void, and none twice."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from clerk_tui.rules.papers import PaperKind
from clerk_tui.store import canonical
from clerk_tui.store.core import CASES, CLERKS, EVENTS, NOTICES, NUMBER_ROWS, PRINT_JOBS

_SERIES = re.compile(r"paper:(?P<letter>[^:]+):(?P<char>[^:]+):(?P<year>\d{4})")


@dataclass(frozen=True)
class RegisterLine:
    """One number. `void_reason` empty: it is in force; `approved_by`: the supervisor, where a signed paper was voided."""

    number: str
    title: str
    issued_at: int
    clerk: str
    receipt_no: str
    signed_how: str
    printed: int
    void_reason: str
    voided_at: int | None
    voided_by: str
    approved_by: str


@dataclass(frozen=True)
class SkippedNumbers:
    """Numbers of a series that no paper has: skipped when the store was restored, and void by that act's reason."""

    series: str
    count: int
    reason: str


def lines(connection: Connection, *, year: int | None = None, kind: PaperKind | None = None) -> Iterator[RegisterLine]:
    """The register in the order of issue, in an open read; names of persons are not in it."""
    printed = (
        select(PRINT_JOBS.c.notice_id, func.count().label("copies"))
        .where(PRINT_JOBS.c.state == "printed")
        .group_by(PRINT_JOBS.c.notice_id)
        .subquery()
    )
    voider, approver = CLERKS.alias("voider"), CLERKS.alias("approver")
    is_voiding = (EVENTS.c.ent == "notice") & (EVENTS.c.ent_id == NOTICES.c.id) & (EVENTS.c.kind == "notice.voided")
    names = (voider.c.name.label("voided_by"), approver.c.name.label("approved_by"))
    query = (
        select(NOTICES, CLERKS.c.name, CASES.c.receipt_no, printed.c.copies, *names)
        .join(CLERKS, CLERKS.c.id == NOTICES.c.issued_by, isouter=True)
        .join(CASES, CASES.c.id == NOTICES.c.case_id, isouter=True)
        .join(printed, printed.c.notice_id == NOTICES.c.id, isouter=True)
        .join(EVENTS, is_voiding, isouter=True)
        .join(voider, voider.c.id == EVENTS.c.clerk_id, isouter=True)
        .join(approver, approver.c.id == EVENTS.c.second_id, isouter=True)
        .order_by(NOTICES.c.issued_at, NOTICES.c.id)
    )
    if kind is not None:
        query = query.where(NOTICES.c.kind == kind.value)
    if year is not None:
        query = query.where(NOTICES.c.number.contains(f"[{year}]"))
    for row in connection.execute(query):
        yield RegisterLine(
            number=row.number,
            title=PaperKind(row.kind).title,
            issued_at=row.issued_at,
            clerk=row.name or "",
            receipt_no=row.receipt_no or "",
            signed_how=row.signed_how,
            printed=int(row.copies or 0),
            void_reason=row.void_reason,
            voided_at=row.voided_at,
            voided_by=row.voided_by or "",
            approved_by=row.approved_by or "",
        )


def skipped(connection: Connection) -> tuple[SkippedNumbers, ...]:
    """Series in which numbers have no paper; in an open read. Empty in a store that was never restored."""
    reasons = [
        canonical.load(body)
        for body in connection.execute(
            select(EVENTS.c.body).where(EVENTS.c.kind == "numbers.voided", EVENTS.c.body.is_not(None))
        ).scalars()
    ]
    words = "; ".join(sorted({str(body.get("reason", "")) for body in reasons if body.get("reason")}))
    chars = {kind.kind_char: kind for kind in PaperKind}
    found = []
    for series, last in connection.execute(select(NUMBER_ROWS.c.series, NUMBER_ROWS.c.last)):
        named = _SERIES.fullmatch(series)
        if named is None or named["char"] not in chars:
            continue
        tail = f"[{named['year']}]{named['letter']}-"
        used = connection.execute(
            select(func.count()).where(
                NOTICES.c.kind == chars[named["char"]].value, NOTICES.c.number.contains(tail, autoescape=True)
            )
        ).scalar_one()
        if int(last) > int(used):
            found.append(SkippedNumbers(series, int(last) - int(used), words or "恢复备份时跳过"))
    return tuple(found)
