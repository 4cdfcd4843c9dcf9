"""Papers: an act issues its paper in its own transaction; the number is never used again."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from clerk_tui.desk import booked_slots
from clerk_tui.desk.context import Desk
from clerk_tui.desk.views.intake import PaperView
from clerk_tui.rules.numbering import opaque_code, paper_number
from clerk_tui.rules.paper_facts import FORMS, fact_words, missing
from clerk_tui.rules.paper_variants import PaperVariant, default_variant
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import NoticeState, move_notice
from clerk_tui.store import canonical
from clerk_tui.store.act import Act, By, new_id
from clerk_tui.store.core import CASES, NOTICES, PERSONS, PRINT_JOBS, VISITS
from clerk_tui.store.evidence import HANDED_OUT

REFUSED = "refused"
SIGNED_HOW = {"signature": "签名", "thumbprint": "捺印", "seal": "盖章", "electronic": "电子签名", REFUSED: "拒签"}


def issue(
    act: Act,
    desk: Desk,
    kind: PaperKind,
    facts: dict[str, Any],
    *,
    case_id: str | None = None,
    visit_id: str | None = None,
    ticket_id: str | None = None,
    person_id: str | None = None,
) -> PaperView:
    """Issue a paper inside an act: its number from the series, its row, its event.

    `facts` must hold everything that the paper says. Raises Refusal paper_facts when a fact that the form demands is
    missing: a paper with holes is never numbered.
    """
    form = FORMS[kind.value]
    if case_id and "appointment" in form.optional and "appointment" not in facts:
        booked = booked_slots.words_for_case(act.connection, desk, case_id)
        facts = facts | ({"appointment": booked} if booked else {})
    holes = missing(kind.value, facts)
    if holes:
        named = ", ".join(map(fact_words, holes))
        raise Refusal(
            "paper_facts",
            f"《{kind.title}》缺少必须写明的内容: {named}",
            "请补全后再办; 本次操作没有发生",
            field=holes[0],
        )
    notice_id = new_id()
    variant = _variant_for(act.connection, desk.local(act.now).date(), case_id, visit_id, person_id)
    year = desk.local(act.now).year
    seq = act.number(f"paper:{desk.letter}:{kind.kind_char}:{year}")
    row = {
        "id": notice_id,
        "kind": kind.value,
        "number": paper_number(desk.short_name, kind.kind_char, year, desk.letter, seq),
        "code": opaque_code("P", notice_id),
        "case_id": case_id,
        "visit_id": visit_id,
        "ticket_id": ticket_id,
        "person_id": person_id,
        "facts": canonical.dump(facts),
        "variant": variant.value,
        "issued_at": act.now,
        "issued_by": act.by.clerk_id,
        "signed_how": "",
        "signed_at": None,
        "witness": "",
        "void_reason": "",
        "voided_at": None,
    }
    act.connection.execute(insert(NOTICES), row)
    act.record(
        "notice.issued",
        notice_id,
        {
            "kind": kind.value,
            "number": row["number"],
            "code": row["code"],
            "case_id": case_id,
            "visit_id": visit_id,
            "facts": facts,
        },
    )
    return PaperView(
        id=notice_id,
        kind=kind.value,
        title=kind.title,
        number=str(row["number"]),
        code=str(row["code"]),
        case_id=case_id or "",
        facts=facts,
        issued_at=act.now,
        signed_how="",
        void_reason="",
        printed=0,
        variant=variant.value,
    )


def sign_within(act: Act, notice_id: str, how: str, witness: str = "") -> None:
    """Record inside an act that a paper was signed, or that the person refused to sign.

    Raises Refusal signed_how, witness_missing (a thumbprint and a refusal need a witness), state_notice.
    """
    witness = clean_line(witness)
    if how not in SIGNED_HOW:
        raise Refusal("signed_how", "请选择怎样签的: 签名, 捺印, 盖章, 电子签名", field="signed_how")
    if how in ("thumbprint", REFUSED) and not witness:
        raise Refusal("witness_missing", f"{SIGNED_HOW[how]}须有见证人", "请填写见证人姓名", field="witness")
    move_notice(_state(_row(act.connection, notice_id)), "refuse_signature" if how == REFUSED else "sign")
    signed = {"signed_how": how, "signed_at": act.now, "witness": witness}
    act.connection.execute(update(NOTICES).where(NOTICES.c.id == notice_id).values(**signed))
    act.record("notice.signed", notice_id, {"how": how, "witness": witness}, base_version=1)


def sign(desk: Desk, by: By, *, notice_id: str, how: str, witness: str = "") -> PaperView:
    """Record that a paper was signed: signature | thumbprint | seal | electronic | refused."""
    with desk.act(by) as act:
        sign_within(act, notice_id, how, witness)
        return view_within(act.connection, notice_id)


def void_within(act: Act, notice_id: str, reason: str) -> None:
    """Void a paper inside an act; its number stays in the register."""
    move_notice(_state(_row(act.connection, notice_id)), "void")
    voided = {"voided_at": act.now, "void_reason": reason}
    act.connection.execute(update(NOTICES).where(NOTICES.c.id == notice_id).values(**voided))
    act.record("notice.voided", notice_id, {"reason": reason}, base_version=1)


def _state(row: Row[Any]) -> str:
    """Where a paper stands in the table of papers."""
    if row.voided_at is not None:
        return NoticeState.VOID.value
    if row.signed_at is None:
        return NoticeState.ISSUED.value
    return (NoticeState.UNSIGNED if row.signed_how == REFUSED else NoticeState.SIGNED).value


def void(desk: Desk, by: By, *, notice_id: str, reason: str) -> PaperView:
    """Void a paper. A signed one needs a supervisor. Raises Refusal reason_missing, supervisor_needed, state_notice."""
    reason = clean_line(reason)
    if not reason:
        raise Refusal("reason_missing", "作废文书要写明原因", field="reason")
    with desk.act(by) as act:
        row = _row(act.connection, notice_id)
        if row.signed_at is not None and not by.approved():
            raise Refusal("supervisor_needed", "已签收的文书作废须主管在场确认", "请主管输入工号和口令")
        void_within(act, notice_id, reason)
        return view_within(act.connection, notice_id)


def choose_variant(desk: Desk, by: By, *, notice_id: str, variant: PaperVariant) -> PaperView:
    """Remember in which language and size a paper is handed out; what it says stays the same."""
    with desk.store.write() as connection:
        _row(connection, notice_id)
        connection.execute(update(NOTICES).where(NOTICES.c.id == notice_id).values(variant=variant.value))
        return view_within(connection, notice_id)


def of_case(desk: Desk, by: By, *, case_id: str) -> tuple[PaperView, ...]:
    """All papers of a case, oldest first, void ones included."""
    with desk.look() as connection:
        return within(connection, case_id)


def within(connection: Connection, case_id: str) -> tuple[PaperView, ...]:
    """The papers of a case, in an open read or act."""
    rows = connection.execute(
        select(NOTICES).where(NOTICES.c.case_id == case_id).order_by(NOTICES.c.issued_at, NOTICES.c.id)
    ).all()
    return _views(connection, rows)


def of_visit(desk: Desk, by: By, *, visit_id: str) -> tuple[PaperView, ...]:
    """All papers issued in a visit, oldest first."""
    with desk.look() as connection:
        rows = connection.execute(
            select(NOTICES).where(NOTICES.c.visit_id == visit_id).order_by(NOTICES.c.issued_at, NOTICES.c.id)
        ).all()
        return _views(connection, rows)


def paper(desk: Desk, by: By, *, notice_id: str) -> PaperView:
    """One paper. Raises Refusal paper_unknown."""
    with desk.look() as connection:
        return _views(connection, [_row(connection, notice_id)])[0]


def view_within(connection: Connection, notice_id: str) -> PaperView:
    """One paper, in an open read or act. Raises Refusal paper_unknown."""
    return _views(connection, [_row(connection, notice_id)])[0]


def by_number(connection: Connection, text: str) -> str | None:
    """The id of the paper with this number or opaque code, in an open read."""
    found = connection.execute(
        select(NOTICES.c.id).where((NOTICES.c.number == text) | (NOTICES.c.code == text)).limit(1)
    ).scalar()
    return None if found is None else str(found)


def _variant_for(
    connection: Connection, on: date, case_id: str | None, visit_id: str | None, person_id: str | None
) -> PaperVariant:
    """How the person for whom a paper is likes to read: the applicant of the case, else who stands here."""
    if case_id is not None:
        row = connection.execute(
            select(CASES.c.applicant_kind, CASES.c.applicant_id).where(CASES.c.id == case_id)
        ).one_or_none()
        if row is not None and row.applicant_kind == "person":
            person_id = row.applicant_id
    elif visit_id is not None and person_id is None:
        person_id = connection.execute(select(VISITS.c.attendee_id).where(VISITS.c.id == visit_id)).scalar()
    person = (
        connection.execute(
            select(PERSONS.c.id_kind, PERSONS.c.birth, PERSONS.c.id_number).where(PERSONS.c.id == person_id)
        ).one_or_none()
        if person_id is not None
        else None
    )
    if person is None:
        return PaperVariant.PLAIN
    return default_variant(number_kind=person.id_kind or "", birth=person.birth or "", on=on)


def _row(connection: Connection, notice_id: str) -> Row[Any]:
    row = connection.execute(select(NOTICES).where(NOTICES.c.id == notice_id)).one_or_none()
    if row is None:
        raise Refusal("paper_unknown", "找不到这份文书", "请用编号或二维码再查一次")
    return row


def _copies(connection: Connection, ids: list[str]) -> dict[tuple[str, str], int]:
    """How many copies of each paper were printed, and how many opened or saved only."""
    found = connection.execute(
        select(PRINT_JOBS.c.notice_id, PRINT_JOBS.c.state, func.count())
        .where(PRINT_JOBS.c.notice_id.in_(ids), PRINT_JOBS.c.state.in_(HANDED_OUT))
        .group_by(PRINT_JOBS.c.notice_id, PRINT_JOBS.c.state)
    ).all()
    return {(str(notice_id), str(state)): int(number) for notice_id, state, number in found}


def _views(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[PaperView, ...]:
    copies = _copies(connection, [row.id for row in rows]) if rows else {}
    return tuple(
        PaperView(
            id=row.id,
            kind=row.kind,
            title=PaperKind(row.kind).title,
            number=row.number,
            code=row.code,
            case_id=row.case_id or "",
            facts=canonical.load(row.facts),
            issued_at=row.issued_at,
            signed_how=row.signed_how,
            void_reason=row.void_reason,
            printed=copies.get((row.id, "printed"), 0),
            opened=copies.get((row.id, "shown"), 0),
            saved=copies.get((row.id, "saved"), 0),
            variant=row.variant,
        )
        for row in rows
    )
