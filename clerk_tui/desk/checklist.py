"""The lines of a checklist: which marks are allowed, what was marked in this visit already, what lies in the file."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select

from clerk_tui.catalog.model import MaterialSpec
from clerk_tui.catalog.questions import NeededMaterial
from clerk_tui.desk.context import Desk
from clerk_tui.desk.views.intake import IntakeDraft, MaterialMark
from clerk_tui.rules.marks import (
    Mark,
    VerifiedHow,
    allowed_marks,
    impossible_marks,
    is_gap,
    is_identity,
    is_pending_back_office,
    may_verify,
    needs_verification,
    satisfied,
)
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.store.core import CASES, MATERIALS

NEVER_SHARED_STATES = ("void", "withdrawn", "returned")
PROMISE_EVIDENCE = "promise"
ISSUED_IN_PROCESS = "issued_in_process"


@dataclass(frozen=True)
class Line:
    """One material of the checklist as it counts now."""

    spec: MaterialSpec
    evidence: str
    holder_id: str
    mark: MaterialMark  # what was marked, or taken over from another case of this visit
    allowed: tuple[str, ...]
    tolerable: bool
    tolerance_words: str
    why: str
    shared_with: str = ""
    produced_by: str = ""
    on_file_of: str = ""
    on_file_words: str = ""
    fault: str = ""
    not_here: str = ""  # why marks are missing from `allowed` in a visit of this kind

    @property
    def satisfied(self) -> bool:
        return satisfied(self.mark.mark, self.mark.verified_how)

    @property
    def is_gap(self) -> bool:
        return is_gap(self.mark.mark)

    @property
    def unmarked(self) -> bool:
        return self.mark.mark == Mark.UNMARKED

    @property
    def pending(self) -> bool:
        return is_pending_back_office(self.mark.mark, self.mark.verified_how)


@dataclass(frozen=True)
class Found:
    """What the store already knows of evidence of these persons."""

    in_visit: dict[tuple[str, str], Any]  # rows
    on_file: dict[tuple[str, str], Any]


def find(
    connection: Connection,
    desk: Desk,
    draft: IntakeDraft,
    needed: Sequence[NeededMaterial],
    *,
    case_id: str = "",
) -> Found:
    """Evidence of the same persons marked in another case of this visit, or within its kind's reuse days."""
    pairs = {(one.spec.evidence, one.person) for one in needed if one.spec.evidence and one.person}
    if not pairs:
        return Found({}, {})
    rows = connection.execute(
        select(
            MATERIALS.c.id, MATERIALS.c.evidence, MATERIALS.c.holder_id, MATERIALS.c.mark, MATERIALS.c.verified_how,
            MATERIALS.c.verified_at, MATERIALS.c.copies, MATERIALS.c.on_file_of, CASES.c.visit_id, CASES.c.item_name,
            CASES.c.receipt_no, CASES.c.received_at,
        )
        .join(CASES, CASES.c.id == MATERIALS.c.case_id)
        .where(
            MATERIALS.c.holder_id.in_({holder for _, holder in pairs}),
            MATERIALS.c.evidence.in_({evidence for evidence, _ in pairs}),
            CASES.c.id != case_id,
            CASES.c.state.not_in(NEVER_SHARED_STATES),
        )
        .order_by(CASES.c.received_at.desc())
        .limit(200)
    ).all()  # fmt: skip
    in_visit: dict[tuple[str, str], Any] = {}
    on_file: dict[tuple[str, str], Any] = {}
    today = desk.today()
    for row in rows:
        pair = (row.evidence, row.holder_id)
        if (
            pair not in pairs
            or not satisfied(row.mark, row.verified_how)
            or row.mark in (Mark.PROMISE, Mark.NOT_APPLICABLE)
        ):
            continue
        if row.visit_id == draft.visit_id:
            in_visit.setdefault(pair, row)
            continue
        kind = desk.catalogue.evidence.get(row.evidence)
        days = kind.reuse_days if kind is not None else None
        seen = desk.local(row.verified_at or row.received_at).date()
        copy_kept = row.mark in (Mark.COPY, Mark.ORIGINAL_KEPT) or row.copies > 0
        if days is not None and copy_kept and seen + timedelta(days=days) >= today:
            on_file.setdefault(pair, row)
    return Found(in_visit, on_file)


def line(
    desk: Desk,
    needed: NeededMaterial,
    marked: MaterialMark | None,
    found: Found,
    *,
    tolerable: tuple[bool, str],
    promise_allowed: bool,
    produced_by: str = "",
    visit_kind: str = "",
) -> Line:
    """One line: the clerk's mark if there is one, else what another case of this visit has already shown.

    `produced_by` names the item of the same 一件事 whose result this material is: the back office takes it from there.
    By telephone or post nobody shows anything: the marks that need somebody here are not allowed.
    """
    spec = needed.spec
    pair = (spec.evidence, needed.person)
    shared = found.in_visit.get(pair) if needed.person else None
    filed = found.on_file.get(pair) if needed.person else None
    evidence = desk.catalogue.evidence.get(spec.evidence)
    identity = is_identity(spec.evidence) or (evidence is not None and evidence.identity)
    marks = allowed_marks(
        spec.evidence,
        spec.source,
        spec.share,
        tolerable[0],
        promise_allowed and _may_be_promised(spec, identity),
        reusable=filed is not None or shared is not None or bool(produced_by),
        conditional=bool(needed.why) or spec.bring == ISSUED_IN_PROCESS,
    )
    impossible, not_here = impossible_marks(visit_kind)
    allowed = tuple(
        one.value for one in marks if one not in impossible and not (identity and one is Mark.ORIGINAL_KEPT)
    )
    mark, shared_with = marked or MaterialMark(), ""
    if not mark.mark and produced_by:
        mark = MaterialMark(mark=Mark.ON_FILE.value, verified_how=VerifiedHow.PENDING_BACK_OFFICE.value)
    elif not mark.mark and shared is not None:
        mark, shared_with = _taken_over(shared), f"{shared.item_name} {shared.receipt_no}"
    elif not mark.mark and spec.bring == ISSUED_IN_PROCESS:
        mark = MaterialMark(mark=Mark.NOT_APPLICABLE.value)
    return Line(
        spec=spec,
        evidence=spec.evidence,
        holder_id=needed.person,
        mark=mark,
        allowed=allowed,
        tolerable=tolerable[0],
        tolerance_words=tolerable[1],
        why="; ".join(needed.why),
        shared_with=shared_with,
        produced_by=produced_by,
        on_file_of=filed.id if filed is not None else "",
        on_file_words=(
            f"已在库 {desk.local(filed.verified_at or filed.received_at):%Y-%m-%d} ({filed.receipt_no})"
            if filed is not None
            else ""
        ),
        fault=_fault(
            mark, allowed, visit_kind, reusable=filed is not None or shared is not None or bool(mark.on_file_of)
        ),
        not_here=not_here,
    )


def _may_be_promised(spec: MaterialSpec, identity: bool) -> bool:
    """A promise replaces what the state itself issues or holds (证明事项, 国办发〔2020〕42号), never core evidence."""
    return bool(spec.share) and not (spec.core or identity or spec.evidence == PROMISE_EVIDENCE)


def _taken_over(row: Any) -> MaterialMark:
    """The mark that the same evidence gets in the next case of the visit; a kept paper cannot be kept twice."""
    if row.mark in (Mark.COPY, Mark.ORIGINAL_KEPT):
        return MaterialMark(mark=Mark.ON_FILE.value, verified_how="on_file", on_file_of=row.id)
    return MaterialMark(mark=row.mark, verified_how=row.verified_how, on_file_of=row.on_file_of or "")


def _fault(mark: MaterialMark, allowed: Sequence[str], visit_kind: str, *, reusable: bool) -> str:
    if mark.mark == Mark.UNMARKED:
        return ""
    impossible, not_here = impossible_marks(visit_kind)
    if Mark(mark.mark) in impossible:
        return not_here
    if mark.mark not in allowed:
        return f"这份材料不能标 {mark.mark}"
    if needs_verification(mark.mark):
        if not may_verify(mark.verified_how, visit_kind):
            return "没有当面, 看不到他的手机; 请改注怎样核的" if mark.verified_how else "请注明怎样核的"
        if mark.verified_how == "on_file" and not reusable:
            return "库里没有在有效期内的这份材料"
    if mark.mark == Mark.DEFECTIVE and not clean_line(mark.defect):
        return "请写明有什么问题"
    return ""


def with_defaults(spec: MaterialSpec, mark: MaterialMark) -> MaterialMark:
    """Counts that a mark implies when the clerk typed none: as many as the item asks for."""
    kept = Mark(mark.mark)
    if mark.originals or mark.copies or mark.pages:
        return mark
    if kept is Mark.ORIGINAL_KEPT:
        return replace(mark, originals=max(spec.original, 1), copies=spec.copy, pages=max(spec.original, 1) + spec.copy)
    if kept is Mark.COPY:
        return replace(mark, copies=max(spec.copy, 1), pages=max(spec.copy, 1))
    if kept is Mark.ORIGINAL_CHECKED and spec.copy:
        return replace(mark, copies=spec.copy, pages=spec.copy)
    return mark
