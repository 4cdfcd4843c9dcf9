"""The sheet of an intake as the clerk sees it; made anew on every key, so it only reads."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from clerk_tui.catalog.find import find, limit_words
from clerk_tui.catalog.model import ResultSpec
from clerk_tui.catalog.questions import Asked
from clerk_tui.desk import dues
from clerk_tui.desk.case_writing import delivery_of
from clerk_tui.desk.checklist import Line
from clerk_tui.desk.context import Desk
from clerk_tui.desk.packaging import PREFIX
from clerk_tui.desk.paper_facts import AUTHORITY_KINDS
from clerk_tui.desk.views.intake import (
    IntakeDraft,
    IntakeSheet,
    ItemHit,
    MaterialRow,
    OptionView,
    OutcomeView,
    QuestionView,
)
from clerk_tui.desk.working import Working, work
from clerk_tui.rules.masking import mask_name
from clerk_tui.rules.outcomes import OutcomeVerdict
from clerk_tui.rules.states import CaseState
from clerk_tui.store.act import By
from clerk_tui.store.core import PERSONS

NUMBERED_RESULTS = frozenset({"证照", "批文", "凭证"})
"""Kinds of result of the catalogue that carry a number of their own."""


def find_items(desk: Desk, by: By, *, text: str, limit: int = 20, packages: bool = False) -> tuple[ItemHit, ...]:
    """Items by code, name, pinyin or initials, best first; all for an empty text. `packages`: 一件事 as well."""
    found = find(desk.catalogue, text, desk.today().isoformat(), limit=limit + len(desk.catalogue.packages))
    return tuple(
        ItemHit(
            key=f"{PREFIX}{hit.key}" if hit.package else hit.key,
            code=hit.code,
            name=hit.name,
            department=hit.department,
            handling=hit.handling,
            limit_words=hit.limit_words,
            rank=hit.rank,
            for_persons=hit.package or "自然人" in desk.catalogue.item(hit.key).applicants,
        )
        for hit in found
        if packages or not hit.package
    )[:limit]


def names_of(desk: Desk, by: By, *, keys: Sequence[str]) -> dict[str, str]:
    """What drafts are of: the name of each item and 一件事 of the catalogue."""
    found = {key: desk.catalogue.items[key].name for key in keys if key in desk.catalogue.items}
    packages = desk.catalogue.packages
    return found | {key: packages[key[len(PREFIX) :]].name for key in keys if key[len(PREFIX) :] in packages}


def sheet(desk: Desk, by: By, *, draft: IntakeDraft, tolerance_declined: bool = False) -> IntakeSheet:
    """What the draft comes to now: questions, checklist, form, and every outcome with its reason.

    Raises Refusal item_unknown, visit_unknown, applicant_unknown; half-filled drafts never raise.
    """
    with desk.look() as connection:
        now = work(connection, desk, by, draft, tolerance_declined=tolerance_declined)
        return view(desk, now, bound_names(connection, now))


def bound_names(connection: Connection, now: Working) -> dict[str, str]:
    """Masked names of the persons bound to roles."""
    ids = set(now.standing.roles.values())
    rows = connection.execute(select(PERSONS.c.id, PERSONS.c.name).where(PERSONS.c.id.in_(ids)))
    return {row.id: mask_name(row.name) for row in rows}


def view(desk: Desk, now: Working, names: dict[str, str]) -> IntakeSheet:
    """The sheet of a draft that was worked through."""
    item = now.item
    words = desk.catalogue.holders
    open_case = now.open_case
    return IntakeSheet(
        item_key=item.key,
        item_code=item.code,
        item_name=item.name,
        version=item.version,
        department=item.department,
        handling=item.handling,
        limit_words=limit_words(item),
        visits_words=f"到场 {item.visits} 次" if item.visits else "不用到场",
        fee_words=item.fee_words,
        fee_fen=item.fee_fen or 0,
        category=item.category,
        regime=item.regime,
        questions=tuple(_question(one) for one in now.evaluation.questions),
        materials=tuple(_material(line, words, names) for line in now.lines),
        fields=tuple(one.row() for one in now.fields),
        outcomes=tuple(
            _outcome(desk, now, verdict) for verdict in sorted(now.verdicts, key=lambda one: not one.possible)
        ),
        stop=now.evaluation.stop,
        goes_to=now.evaluation.goto,
        unanswered=len(now.evaluation.unanswered),
        unmarked=sum(line.unmarked for line in now.lines),
        missing=len(now.gaps),
        faults=now.faults,
        open_case=(
            f"在办: {open_case.receipt_no} {desk.local(open_case.received_at):%m-%d} 收件, "
            f"{CaseState(open_case.state).words}"
            if open_case is not None
            else ""
        ),
        open_case_id=open_case.id if open_case is not None else "",
        roles_needed=tuple(
            (role, words.get(role, role), names.get(now.standing.roles.get(role, ""), ""))
            for role in now.evaluation.roles
            if role != "applicant"
        ),
        provisional=dues.of_acceptance(desk, now).provisional,
        notes=_notes(desk, now),
        applicant_words=applicant_words(now),
        delivery=delivery_of(now.draft, (item,)),
        numbered_result=_numbered_result(item.result),
    )


def applicant_words(now: Working) -> str:
    """For whom the case is and by what right, where somebody else than the applicant stands here."""
    parties = now.standing
    if parties.agent_id is None or not parties.applicant["name"]:
        return ""
    organisation = now.draft.applicant_kind == "organisation"
    name = parties.applicant["name"] if organisation else mask_name(parties.applicant["name"])
    if parties.authority is None:
        return f"申请人 {name}" + ("" if parties.authority_fault else "  来人是法定代表人(负责人)")
    kind = AUTHORITY_KINDS[parties.authority.kind]
    return f"申请人 {name}  来人凭{kind}: {parties.authority.evidence}"


def _numbered_result(result: ResultSpec) -> str:
    """Name of a result whose number the window knows: a certificate on paper, or a filing number.

    The number of an electronic licence is given by the province's system, later.
    """
    made_here = result.kind in NUMBERED_RESULTS and result.result_kind in ("paper", "card")
    return result.name if made_here or result.kind == "备案号" else ""


def _question(asked: Asked) -> QuestionView:
    question = asked.question
    return QuestionView(
        id=question.id,
        text=question.text,
        multi=question.multi,
        options=tuple(
            OptionView(
                id=option.id,
                label=option.label,
                chosen=option.id in asked.chosen,
                stops=option.stop,
                goes_to=option.goto,
            )
            for option in question.options
        ),
        answered=bool(asked.chosen),
    )


def _material(line: Line, words: dict[str, str], names: dict[str, str]) -> MaterialRow:
    spec = line.spec
    return MaterialRow(
        key=spec.key,
        name=spec.name,
        holder=spec.holder,
        holder_words=" ".join(
            part for part in (words.get(spec.holder, spec.holder), names.get(line.holder_id, "")) if part
        ),
        evidence=spec.evidence,
        original=spec.original,
        copies=spec.copy,
        mark=line.mark,
        allowed_marks=line.allowed,
        tolerable=line.tolerable,
        tolerance_words=line.tolerance_words,
        hint=_hint(line),
        points=spec.checkpoints,
        standard=spec.standard,
        why=line.why,
        fault=line.fault,
        shared_with=line.shared_with,
        share=spec.share,
        not_here=line.not_here,
    )


def _hint(line: Line) -> str:
    if line.fault:
        return line.fault
    if line.produced_by:
        return f"由 {line.produced_by} 的结果产生, 不用带来"
    if line.shared_with:
        return f"同次已核: {line.shared_with}"
    if line.on_file_words and not line.satisfied:
        return line.on_file_words
    if line.spec.bring == "issued_in_process":
        return "办理过程中产生, 不用带来"
    if line.spec.bring == "not_needed_if_shared" and line.spec.share:
        return f"查到免带 {line.spec.share}"
    return line.spec.note


def _outcome(desk: Desk, now: Working, verdict: OutcomeVerdict) -> OutcomeView:
    return OutcomeView(
        kind=verdict.kind.value,
        words=verdict.kind.words,
        possible=verdict.possible,
        reason=verdict.reason,
        basis=verdict.basis,
        due_words=dues.words(desk, now, verdict.kind) if verdict.possible else "",
        needs=tuple(verdict.needs),
        reasons=desk.catalogue.legal.reasons_for(verdict.kind.value, now.base.regime),
    )


def _notes(desk: Desk, now: Working) -> tuple[str, ...]:
    item = now.item
    facts = [f"{name}: {words}" for name, words in now.evaluation.overrides.facts]
    if item.onsite_inspection:
        facts.append("须现场核查")
    if item.publicity_days:
        facts.append(f"公示 {item.publicity_days} 日, 不计入办理时限")
    if now.credit == "unchecked" and now.gaps:
        facts.append("信用未核(未联网), 登记在案")
    if now.policy is not None and now.policy.example and now.gaps:
        facts.append(now.policy.words)
    if item.note:
        facts.append(item.note)
    if item.renewal:
        facts.append(item.renewal)
    if item.confidence != "published" and desk.catalogue.demonstration:
        facts.append("示例目录: 本事项内容有推断")
    return tuple(facts)
