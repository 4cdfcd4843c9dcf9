"""What the acts on an existing case share: its item as it was taken in, its regime, its papers."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, select

from clerk_tui.catalog.codec import item_from_snapshot
from clerk_tui.catalog.model import Item, MaterialSpec
from clerk_tui.catalog.questions import evaluate
from clerk_tui.desk import papers
from clerk_tui.desk.context import Desk
from clerk_tui.desk.paper_facts import TWO_COPIES, Facts, case_facts
from clerk_tui.desk.views.intake import MaterialMark, PaperView, Settled
from clerk_tui.rules.legal_texts import LegalTexts
from clerk_tui.rules.marks import VERIFIED_HOW, Mark, is_identity, needs_verification
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.regimes import REGIMES, Regime
from clerk_tui.rules.states import CaseState
from clerk_tui.store import canonical
from clerk_tui.store.act import Act
from clerk_tui.store.core import MATERIALS

SUPPLIED_MARKS = frozenset(
    {Mark.ORIGINAL_CHECKED, Mark.ORIGINAL_KEPT, Mark.COPY, Mark.E_LICENCE, Mark.ON_FILE, Mark.DEFECTIVE}
)
"""How a material may come in later: it is there in some form, or it is there and faulty."""


def item_of(case: Row[Any]) -> Item:
    """The item as it was when the case was taken in."""
    return item_from_snapshot(canonical.load(case.item_snapshot))


def effective_item(desk: Desk, case: Row[Any]) -> Item:
    """The item as it was taken in, as the answers of the case changed it."""
    return evaluate(desk.catalogue, item_of(case), canonical.load(case.answers), canonical.load(case.roles)).item


def spec_of(desk: Desk, case: Row[Any], key: str) -> MaterialSpec:
    """A material of the case's item as it was, or one of the common question."""
    spec = item_of(case).material_by_key.get(key) or desk.catalogue.common_materials.get(key)
    if spec is None:
        raise Refusal("material_unknown", "这件没有这份材料", "请按材料清单选择", field=key)
    return spec


def regime_of(case: Row[Any]) -> Regime:
    return REGIMES[case.regime]


def legal_of(desk: Desk, case: Row[Any]) -> LegalTexts:
    """What papers of a case cite and tell of remedies: the law of today, with what its item had of its own."""
    return desk.catalogue.legal_of(item_of(case))


def basis_of(desk: Desk, case: Row[Any], outcome: str) -> list[str]:
    """What a paper of an outcome cites: the articles of its regime, and the item's own basis."""
    own = item_of(case).legal_basis
    return [*legal_of(desk, case).basis_for(outcome), *([own] if own else [])]


def materials_of(connection: Connection, case_id: str) -> list[Row[Any]]:
    """The materials of a case in the order of its checklist."""
    return list(connection.execute(select(MATERIALS).where(MATERIALS.c.case_id == case_id).order_by(MATERIALS.c.ord)))


def give(act: Act, desk: Desk, case: Row[Any], kind: PaperKind, facts: Facts, *, visit_id: str = "") -> PaperView:
    """Issue a paper of a case; `visit_id` is the visit in which it goes out, if there is one."""
    common = case_facts(act.connection, desk, act.by, act.now, case) | {"copies": list(TWO_COPIES)}
    return papers.issue(act, desk, kind, common | facts, case_id=case.id, visit_id=visit_id or None)


def checked_mark(spec: MaterialSpec, mark: MaterialMark) -> MaterialMark:
    """A mark of something brought later. Raises Refusal mark_impossible, verified_how_missing, defect_missing."""
    if mark.mark not in {one.value for one in SUPPLIED_MARKS}:
        raise Refusal("mark_impossible", f"{spec.name}: 补交的材料不能标 {mark.mark or '空'}", field=spec.key)
    if mark.mark == Mark.ORIGINAL_KEPT and is_identity(spec.evidence):
        raise Refusal("mark_impossible", f"{spec.name}: 身份证件不能收存原件", "请核验后当场退还", field=spec.key)
    if mark.mark == Mark.E_LICENCE and not spec.share.startswith("电子证照"):
        raise Refusal("mark_impossible", f"{spec.name}: 没有电子证照", field=spec.key)
    if needs_verification(mark.mark) and mark.verified_how not in VERIFIED_HOW:
        raise Refusal("verified_how_missing", f"{spec.name}: 请注明怎样核的", field=spec.key)
    if mark.mark == Mark.DEFECTIVE and not clean_line(mark.defect):
        raise Refusal("defect_missing", f"{spec.name}: 请写明有什么问题", field=spec.key)
    return mark


def reason_of(text: str, field: str = "reason") -> str:
    """A reason as it is kept. Raises Refusal reason_missing."""
    reason = clean_line(text)
    if not reason:
        raise Refusal("reason_missing", "请写明理由", field=field)
    return reason


def came_to(case: Row[Any], state: str, words: str, issued: Iterable[PaperView]) -> Settled:
    """What an act on an existing case came to."""
    return Settled(
        case_id=case.id,
        receipt_no=case.receipt_no,
        state=state,
        state_words=CaseState(state).words,
        words=f"{words} {case.receipt_no}",
        papers=tuple(issued),
    )
