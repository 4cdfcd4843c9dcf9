"""The sheet of a 一件事: the members' sheets joined, each question, paper and field once."""

from dataclasses import replace

from sqlalchemy import Connection

from clerk_tui.desk import sheet as single
from clerk_tui.desk.case_writing import delivery_of
from clerk_tui.desk.context import Desk
from clerk_tui.desk.packaging import Member, PackageWork, composite, question_of, verdicts, work_package
from clerk_tui.desk.views.intake import FieldRow, IntakeDraft, IntakeSheet, MaterialRow, OutcomeView, QuestionView
from clerk_tui.store.act import By

TOGETHER, WITH_NOTICE, ASKED = "package_together", "package_notice", "asked"


def sheet(desk: Desk, by: By, *, draft: IntakeDraft) -> IntakeSheet:
    """What a package draft comes to now. Raises what `sheet.sheet` raises."""
    with desk.look() as connection:
        found = work_package(connection, desk, by, draft)
        return view(connection, desk, found)


def view(connection: Connection, desk: Desk, found: PackageWork) -> IntakeSheet:
    """The joined sheet of a package that was worked through."""
    package = found.package
    sheets = {one.key: single.view(desk, one.now, single.bound_names(connection, one.now)) for one in found.members}
    parts = [sheets[one.key] for one in found.fitting]
    first = next(iter(sheets.values()))
    materials = _materials(found, sheets)
    roles = {role[0]: role for part in parts for role in part.roles_needed}
    opened = next((part for part in parts if part.open_case), None)
    outs = [f"不办 {one.now.item.name}: {one.now.evaluation.stop}" for one in found.members if not one.fits]
    fees = [f"{part.item_name} {part.fee_words}" for part in parts if part.fee_fen]
    return IntakeSheet(
        item_key=f"package:{package.key}",
        item_code=package.code,
        item_name=package.name,
        version="+".join(part.version for part in parts),
        department=f"{len(found.fitting)} 项联办",
        handling="一件事",
        limit_words=f"承诺 {package.promise.words}" if package.promise else "",
        visits_words=f"到场 {package.visits} 次" if package.visits else "不用到场",
        fee_words="; ".join(fees) or "不收费",
        fee_fen=sum(part.fee_fen for part in parts),
        category="一件事",
        regime="",
        questions=_questions(desk, found, sheets),
        materials=materials,
        fields=_fields(desk, found, sheets),
        outcomes=_outcomes(found),
        stop="" if found.fitting else first.stop,
        unanswered=sum(part.unanswered for part in parts),
        unmarked=sum(not row.mark.mark for row in materials),
        missing=sum(row.mark.mark in ("0", "7") for row in materials),
        faults=tuple(dict.fromkeys(fault for part in parts for fault in part.faults))[:4],
        open_case=f"{opened.item_name} {opened.open_case}" if opened else "",
        open_case_id=opened.open_case_id if opened else "",
        applicant_words=first.applicant_words,
        delivery=delivery_of(found.members[0].now.draft, [one.now.item for one in found.fitting]),
        roles_needed=tuple(roles.values()),
        provisional=any(part.provisional for part in parts),
        notes=(
            *outs,
            *(f"第 {n} 步: {'、'.join(names)}" for n, names in _stages(found).items()),
            *((f"顺序: {package.order_reason}",) if package.order_reason else ()),
        ),
    )


def _stages(found: PackageWork) -> dict[int, list[str]]:
    stages: dict[int, list[str]] = {}
    for one in found.fitting:
        stages.setdefault(one.stage, []).append(one.now.item.name)
    return stages


def _questions(desk: Desk, found: PackageWork, sheets: dict[str, IntakeSheet]) -> tuple[QuestionView, ...]:
    """All questions in the order of the stages; 由谁办理 once. Those of a member that does not fit stay, to be changed."""
    who, asked = desk.catalogue.who_question.id, dict[str, QuestionView]()
    for member in found.members:
        for question in sheets[member.key].questions:
            if question.id == who:
                asked.setdefault(who, question)
            else:
                name = composite(member.key, question.id)
                asked[name] = replace(question, id=name, text=f"{short_name(member)}: {question.text}")
    return tuple(asked.values())


def short_name(member: Member) -> str:
    """A member's name as it stands before its questions: what people call it, where that is shorter."""
    names = (member.now.item.name, *member.now.item.aliases)
    return min(names, key=len)[:8]


def _materials(found: PackageWork, sheets: dict[str, IntakeSheet]) -> tuple[MaterialRow, ...]:
    rows = {(key, row.key): row for key, part in sheets.items() for row in part.materials}
    names = {one.key: one.now.item.name for one in found.members}
    joined = []
    for one in found.materials:
        uses = [rows[use] for use in one.uses]
        first = uses[0]
        allowed = tuple(mark for mark in first.allowed_marks if all(mark in row.allowed_marks for row in uses))
        why = f"用于 {len(uses)} 项: " + "、".join(names[item] for item, _ in one.uses) if one.shared else first.why
        fault = next((row.fault for row in uses if row.fault), "")
        hint = next((row.hint for row in uses if row.hint), "")
        joined.append(
            replace(
                first,
                key=composite(*one.uses[0]),
                original=one.originals,
                copies=one.copies,
                allowed_marks=allowed,
                tolerable=all(row.tolerable for row in uses),
                tolerance_words=next((row.tolerance_words for row in uses if not row.tolerable), first.tolerance_words),
                why=why,
                hint=hint or (f"{len(uses)} 项共用, 只看一次" if one.shared else ""),
                fault=fault,
            )
        )
    return tuple(joined)


def _fields(desk: Desk, found: PackageWork, sheets: dict[str, IntakeSheet]) -> tuple[FieldRow, ...]:
    """Each question of the forms once, required where any member requires it."""
    rows: dict[object, FieldRow] = {}
    for member in found.fitting:
        specs = {spec.id: spec for spec in desk.catalogue.item(member.key).fields}
        for row in sheets[member.key].fields:
            question = question_of(specs[row.id])
            known = rows.get(question)
            if known is None:
                rows[question] = replace(row, id=composite(member.key, row.id), from_material="")
            else:
                rows[question] = replace(
                    known,
                    required=known.required or row.required,
                    error=known.error or row.error,
                    owed=known.owed and row.owed,
                )
    return tuple(rows.values())


def _outcomes(found: PackageWork) -> tuple[OutcomeView, ...]:
    made = []
    gaps = any(one.now.gaps for one in found.fitting)
    for kind, words, notice in ((TOGETHER, "联办受理", False), (WITH_NOTICE, "一次性告知", True)):
        if notice and not gaps:
            continue
        come = verdicts(found, notice=notice)
        if isinstance(come, str):
            made.append(OutcomeView(kind, words, False, come, ""))
            continue
        names = {one.key: one.now.item.name for one in found.fitting}
        reason = "; ".join(f"{names[key]} {verdict.kind.words}" for key, verdict in come.items())
        needs = tuple(dict.fromkeys(need for verdict in come.values() for need in verdict.needs))
        basis = next(iter(come.values())).basis
        made.append(OutcomeView(kind, words, True, reason, basis, needs=needs))
    made.append(OutcomeView(ASKED, "只咨询", True, "不收件, 可打印这位群众的联办清单", ""))
    return tuple(sorted(made, key=lambda one: not one.possible))
