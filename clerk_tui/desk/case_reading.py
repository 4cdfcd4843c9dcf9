"""A case as it is read: facts, clock with every pause, what is owed, papers, history, and what can be done now."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from clerk_tui.catalog.codec import item_from_snapshot
from clerk_tui.catalog.model import Item
from clerk_tui.desk import case_menu, filling, history, owing_reads, papers, pickup_reads, tasks
from clerk_tui.desk.context import Desk
from clerk_tui.desk.paper_facts import delivery_words
from clerk_tui.desk.views.cases import CaseRow, CaseView, HistoryLine, MaterialView
from clerk_tui.rules.limits import UNSURE, Remaining, marked, remaining
from clerk_tui.rules.marks import VERIFIED_HOW, Mark
from clerk_tui.rules.masking import mask_name, mask_party
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import CASE_OPEN, CASE_RUNNING, OWED_OPEN, CaseState
from clerk_tui.rules.working_hours import remaining_hours
from clerk_tui.store import canonical, case_dues
from clerk_tui.store.act import By, new_id
from clerk_tui.store.case_states import case_row
from clerk_tui.store.core import ACCESS_LOG, CASES, CLERKS, CLOCK_PAUSES, MATERIALS, OWED, PERSONS, VISITS

STANDS_STILL = Remaining(0, "特别程序中, 计时暂停", "")

LOOKS = 10
"""How many looks of the access log a case's page shows."""


def case_view(desk: Desk, by: By, *, case_id: str, reason: str = "") -> CaseView:
    """A case with everything that belongs to it.

    Opening the case of somebody who is not being served here needs a reason and writes the access log.
    Raises Refusal case_unknown, reason_needed.
    """
    with desk.look() as connection:
        row = case_row(connection, case_id)
        here = _is_here(connection, by, row)
    if not here:
        reason = clean_line(reason)
        if not reason:
            raise Refusal(
                "reason_needed", "本人不在本窗口, 打开这件要写明原因", "例如: 电话查询, 核对批次", field="reason"
            )
        with desk.act(by) as act:
            log_id = new_id()
            act.connection.execute(
                insert(ACCESS_LOG),
                {
                    "id": log_id,
                    "at": act.now,
                    "clerk_id": by.clerk_id,
                    "window_id": by.window_id,
                    "what": "open_case",
                    "ent": "case",
                    "ent_id": case_id,
                    "reason": reason,
                },
            )
            act.record("access.opened", log_id, {"case_id": case_id, "reason": reason})
    with desk.look() as connection:
        return view_within(desk, connection, case_id)


def is_here(desk: Desk, by: By, *, case_id: str) -> bool:
    """Whether the case belongs to the visit at this window, so that opening it needs no reason."""
    with desk.look() as connection:
        return _is_here(connection, by, case_row(connection, case_id))


def case_again(desk: Desk, by: By, *, case_id: str) -> CaseView:
    """A case that this clerk has opened already, read again."""
    with desk.look() as connection:
        return view_within(desk, connection, case_id)


def view_within(desk: Desk, connection: Connection, case_id: str) -> CaseView:
    """The view, in an open read or act, without asking why."""
    row = case_row(connection, case_id)
    item = item_from_snapshot(canonical.load(row.item_snapshot))
    agent = (
        connection.execute(select(PERSONS.c.name).where(PERSONS.c.id == row.agent_id)).scalar() if row.agent_id else ""
    )
    materials = _materials(connection, case_id)
    open_tasks = tuple(tasks.view(one) for one in connection.execute(tasks.of_case_query(case_id)))
    return CaseView(
        row=row_within(desk, row),
        version=row.version,
        item_key=row.item_key,
        department=row.accept_office,
        applicant_id=row.applicant_id,
        applicant_kind=row.applicant_kind,
        agent_masked=mask_name(agent or ""),
        answers=_answers(item, canonical.load(row.answers), desk),
        fields=_fields(item, canonical.load(row.fields)),
        materials=materials,
        clock=_clock(desk, connection, row),
        owed=owing_reads.of_case(desk, connection, case_id),
        results=pickup_reads.of_case(desk, connection, case_id),
        papers=papers.within(connection, case_id),
        history=history.of_case(connection, case_id),
        tasks=open_tasks,
        acts=case_menu.lines(connection, row, materials, open_tasks),
        fee_words=_fee_words(row),
        hotline=(row.hotline_no, row.hotline_due or "", row.hotline_answer),
        delivery_words=delivery_words(row.delivery, row.mail_to),
        looked_at=_looked_at(connection, case_id),
    )


def _fee_words(row: Row[Any]) -> str:
    if not row.fee_fen and not row.fee_paid_fen:
        return ""
    paid = f"已收 {filling.money_words(row.fee_paid_fen)} {row.fee_how} 票据 {row.fee_receipt}"
    return f"应收 {filling.money_words(row.fee_fen)}  {paid if row.fee_paid_fen else '还没有收'}"


def _looked_at(connection: Connection, case_id: str) -> tuple[HistoryLine, ...]:
    """The newest looks of clerks who did not have the person at the window."""
    rows = connection.execute(
        select(ACCESS_LOG.c.at, ACCESS_LOG.c.reason, CLERKS.c.name)
        .outerjoin(CLERKS, CLERKS.c.id == ACCESS_LOG.c.clerk_id)
        .where(ACCESS_LOG.c.ent == "case", ACCESS_LOG.c.ent_id == case_id)
        .order_by(ACCESS_LOG.c.at.desc())
        .limit(LOOKS)
    )
    return tuple(HistoryLine(row.at, row.name or "", row.reason, "") for row in rows)


def row_within(desk: Desk, row: Row[Any]) -> CaseRow:
    """A case as a line of a list."""
    state = CaseState(row.state)
    due = (row.promised_due or row.correct_by or row.five_day_due) if state in CASE_OPEN else None
    left = None
    if state is CaseState.SUSPENDED:
        left = STANDS_STILL
    elif due and state in CASE_RUNNING:
        unsure = case_dues.promise_unsure(row, desk.calendar)
        moment = case_dues.promised_moment(row.promised_limit, row.accepted_at, row.promised_due, desk.calendar)
        if moment is not None:
            left = remaining_hours(moment, desk.local(desk.clock()), desk.calendar, provisional=unsure)
        else:
            left = remaining(date.fromisoformat(due), desk.today(), desk.calendar, provisional=unsure)
    flags = tuple(
        words
        for flag, words in (
            (row.accepted_how == "deficiency", "容缺"),
            (row.flag_waiting_applicant, "等待申请人"),
            (row.flag_requested, "待区里确认"),
            (row.flag_refused_by_district, "区里退回"),
            (row.flag_credit_unchecked, "信用未核"),
            (row.flag_back_entered, "补录"),
        )
        if flag
    )
    return CaseRow(
        id=row.id,
        receipt_no=row.receipt_no,
        district_no=row.district_no or "",
        item_name=row.item_name,
        applicant_masked=mask_party(row.applicant_kind, row.applicant_name),
        state=row.state,
        state_words=CaseState(row.state).words,
        received_at=row.received_at,
        due=due or "",
        due_words=left.words if left is not None else "",
        flags=flags,
    )


def _is_here(connection: Connection, by: By, row: Row[Any]) -> bool:
    """Whether the applicant or the agent of the case is being served at this window, or the case was taken in by this visit."""
    visit = connection.execute(
        select(VISITS).where(VISITS.c.window_id == by.window_id, VISITS.c.state == "open")
    ).one_or_none()
    if visit is None:
        return False
    return row.visit_id == visit.id or (
        visit.attendee_id is not None and visit.attendee_id in (row.applicant_id, row.agent_id)
    )


def _answers(item: Item, answers: dict[str, list[str]], desk: Desk) -> tuple[tuple[str, str], ...]:
    questions = {question.id: question for question in (*item.questions, desk.catalogue.who_question)}
    lines = []
    for question_id, chosen in answers.items():
        question = questions.get(question_id)
        if question is not None and chosen:
            labels = {option.id: option.label for option in question.options}
            lines.append((question.text, ", ".join(labels.get(one, one) for one in chosen)))
    return tuple(lines)


def _fields(item: Item, values: dict[str, Any]) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (spec.id, spec.label, filling.shown(spec, values[spec.id])) for spec in item.fields if spec.id in values
    )


def _materials(connection: Connection, case_id: str) -> tuple[MaterialView, ...]:
    owed = {
        row.material_id: marked(row.due, row.provisional)
        for row in connection.execute(
            select(OWED.c.material_id, OWED.c.due, OWED.c.provisional).where(
                OWED.c.case_id == case_id, OWED.c.state.in_([state.value for state in OWED_OPEN])
            )
        )
    }
    return tuple(
        MaterialView(
            id=row.id,
            key=row.key,
            name=row.name,
            mark=row.mark,
            mark_words=Mark(row.mark).words,
            verified_words=VERIFIED_HOW.get(row.verified_how, ""),
            defect=row.defect,
            owed_due=owed.get(row.id, ""),
            to_give_back=row.to_give_back,
            given_back=row.given_back_at is not None,
            kept_here=bool(row.kept_original) and row.given_back_at is None,
        )
        for row in connection.execute(select(MATERIALS).where(MATERIALS.c.case_id == case_id).order_by(MATERIALS.c.ord))
    )


def _clock(desk: Desk, connection: Connection, row: Row[Any]) -> tuple[str, ...]:
    lines = []
    suspended = row.state == CaseState.SUSPENDED.value
    unsure = "" if not row.due_provisional else UNSURE if suspended else "(日历未公布, 暂定)"
    moment = case_dues.promised_moment(row.promised_limit, row.accepted_at, row.promised_due, desk.calendar)
    for words, due in (
        ("五日内一次告知", row.five_day_due if row.state == CaseState.RECEIVED.value else None),
        ("补正期限", row.correct_by if row.state == CaseState.CORRECTING.value else None),
        ("承诺期限", row.promised_due),
        ("法定期限", row.statutory_due),
    ):
        if due:
            left = ""
            if suspended:
                left = f" {STANDS_STILL.words}"
            elif CaseState(row.state) in CASE_RUNNING:
                left = " " + remaining(date.fromisoformat(due), desk.today(), desk.calendar).words
            hour = f" {moment:%H:%M}" if moment is not None and words == "承诺期限" else ""
            certain = words == "承诺期限" and not case_dues.promise_unsure(row, desk.calendar)
            lines.append(f"{words} {due}{hour}{left}{'' if certain else unsure}")
    for pause in connection.execute(
        select(CLOCK_PAUSES).where(CLOCK_PAUSES.c.case_id == row.id).order_by(CLOCK_PAUSES.c.from_date)
    ):
        until = pause.to_date or "未结束"
        lines.append(f"{pause.name}: {pause.from_date} 至 {until}, {pause.reason}".rstrip(", "))
    return tuple(lines)


def cases_of(desk: Desk, by: By, *, applicant_kind: str, applicant_id: str, limit: int = 50) -> tuple[CaseRow, ...]:
    """The newest cases of one applicant."""
    with desk.look() as connection:
        rows = connection.execute(
            select(CASES)
            .where(CASES.c.applicant_kind == applicant_kind, CASES.c.applicant_id == applicant_id)
            .order_by(CASES.c.received_at.desc())
            .limit(limit)
        )
        return tuple(row_within(desk, row) for row in rows)


def recent(
    desk: Desk, by: By, *, state: str = "", before: tuple[int, str] | None = None, limit: int = 100
) -> tuple[CaseRow, ...]:
    """Newest cases first, paged by key (`before` = received_at and id of the last row seen), of one state or of all."""
    with desk.look() as connection:
        query = select(CASES).order_by(CASES.c.received_at.desc(), CASES.c.id.desc()).limit(limit)
        if state:
            query = query.where(CASES.c.state == state)
        if before is not None:
            at, last_id = before
            query = query.where((CASES.c.received_at < at) | ((CASES.c.received_at == at) & (CASES.c.id < last_id)))
        return tuple(row_within(desk, row) for row in connection.execute(query))
