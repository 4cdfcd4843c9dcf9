"""Settle a 一件事: one case for each member, in the order of the stages; each member is one act of its own."""

from clerk_tui.catalog.find import limit_words
from clerk_tui.desk import case_writing, papers, settling, signed_papers
from clerk_tui.desk.context import Desk
from clerk_tui.desk.draft_facts import line_fact
from clerk_tui.desk.package_sheet import ASKED, TOGETHER, WITH_NOTICE
from clerk_tui.desk.packaging import PackageWork, verdicts, work_package
from clerk_tui.desk.paper_facts import desk_facts
from clerk_tui.desk.permits import require
from clerk_tui.desk.standing import require_open
from clerk_tui.desk.views.intake import IntakeDraft, PaperView, Settled
from clerk_tui.desk.views.queue import WantedSlot
from clerk_tui.rules.outcomes import Outcome
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import By

SIGNED_BEFORE = (("commitment_signed", PaperKind.COMMITMENT), ("promise_signed", PaperKind.PROMISE))


def papers_to_sign(desk: Desk, by: By, *, draft: IntakeDraft, outcome: str) -> tuple[PaperView, ...]:
    """Print what must be signed before a package is settled: one paper for each member that needs it."""
    require(by, "intake")
    made = []
    with desk.act(by) as act:
        found = work_package(act.connection, desk, by, draft)
        come = verdicts(found, notice=outcome == WITH_NOTICE)
        if isinstance(come, str):
            raise Refusal("outcome_impossible", f"现在不能联办: {come}")
        for member in found.fitting:
            for need, kind in SIGNED_BEFORE:
                if need in come[member.key].needs:
                    made.append(signed_papers.to_sign(act, desk, member.now, kind))
    return tuple(made)


def settle_package(
    desk: Desk,
    by: By,
    *,
    draft: IntakeDraft,
    outcome: str,
    commitment_signed_how: str = "",
    witness: str = "",
    tolerance_declined: bool = False,
    slot: WantedSlot | None = None,
) -> Settled:
    """Commit a package draft: `package_together`, `package_notice` or `asked`.

    A member that the desk refuses stops the rest; those before it stand, and settling the same draft again goes on
    from there without doubling one. Raises Refusal outcome_impossible, and what `settle` raises, naming the member.
    """
    if outcome == ASKED:
        return _asked(desk, by, draft)
    if outcome not in (TOGETHER, WITH_NOTICE):
        raise Refusal("outcome_unknown", "没有这种处理", "请在「现在可以」里选一项")
    with desk.look() as connection:
        found = work_package(connection, desk, by, draft, tolerance_declined=tolerance_declined)
    come = verdicts(found, notice=outcome == WITH_NOTICE)
    if isinstance(come, str):
        raise Refusal("outcome_impossible", f"现在不能联办: {come}", "请看「现在可以」的各项")
    done: list[Settled] = []
    for member in found.fitting:
        kind = come[member.key].kind
        try:
            done.append(
                settling.settle(
                    desk,
                    by,
                    draft=member.draft,
                    outcome=kind.value,
                    commitment_signed_how=commitment_signed_how,
                    witness=witness,
                    tolerance_declined=tolerance_declined and kind is Outcome.ONE_TIME_NOTICE,
                    slot=slot if kind is Outcome.ONE_TIME_NOTICE or member.now.gaps else None,
                )
            )
        except Refusal as refusal:
            before = "、".join(one.receipt_no for one in done)
            kept = f"已办好的 {before} 不变; " if before else ""
            raise Refusal(
                refusal.code,
                f"{member.now.item.name}: {refusal.words}",
                f"{kept}{refusal.advice or '改好后再选一次联办, 不会重复'}",
                field=refusal.field,
            ) from refusal
        if slot is not None and (kind is Outcome.ONE_TIME_NOTICE or member.now.gaps):
            slot = None
    names = "、".join(one.receipt_no for one in done)
    return Settled(
        case_id=done[0].case_id,
        receipt_no=done[0].receipt_no,
        state=done[-1].state,
        state_words=done[-1].state_words,
        words=f"{found.package.name} {len(done)} 件: {names}",
        papers=tuple(paper for one in done for paper in one.papers),
    )


def _asked(desk: Desk, by: By, draft: IntakeDraft) -> Settled:
    """Only asked: the joined checklist is printed and the question recorded; there is no case."""
    with desk.act(by, act_id=draft.act_id) as act:
        found = work_package(act.connection, desk, by, draft)
        require(by, "guide_sheet")
        require_open(found.members[0].now.standing)
        facts = desk_facts(act.connection, desk, by, act.now) | _guide_facts(found, desk)
        paper = papers.issue(act, desk, PaperKind.GUIDE_SHEET, facts, visit_id=draft.visit_id)
        words = f"咨询 {found.package.name}"
        case_writing.write_service(act, draft.visit_id, "asked", words)
        act.record("visit.asked", draft.visit_id, {"words": words, "number": paper.number}, version=0)
    return Settled("", "", "", "", words, (paper,))


def _guide_facts(found: PackageWork, desk: Desk) -> dict[str, object]:
    package = found.package
    lines = {(one.key, line.spec.key): line for one in found.fitting for line in one.now.lines}
    bring = []
    for one in found.materials:
        line = lines[one.uses[0]]
        if line.satisfied or line.produced_by or line.pending or line.spec.bring == "issued_in_process":
            continue
        bring.append(line_fact(line) | ({"copies": one.copies} if one.copies else {}))
    first = found.fitting[0].now if found.fitting else found.members[0].now
    steps = [f"{one.stage} {one.now.item.name}({limit_words(one.now.item)})" for one in found.fitting]
    return {
        "item": package.name,
        "item_code": package.code,
        "department": "、".join(dict.fromkeys(one.now.item.department for one in found.fitting))
        or first.item.department,
        "materials": bring or [{"name": "不需要另带材料"}],
        "limit_words": f"承诺 {package.promise.words}" if package.promise else "按各事项的时限",
        "fee_words": "; ".join(
            f"{one.now.item.name} {one.now.item.fee_words}" for one in found.fitting if one.now.item.fee_fen
        )
        or "不收费",
        "answers": [
            f"{asked.question.text}: {', '.join(o.label for o in asked.question.options if o.id in asked.chosen)}"
            for one in found.fitting
            for asked in one.now.evaluation.questions
            if asked.chosen
        ],
        "basis": list(first.legal.basis_for(Outcome.ASKED.value)),
        "notes": [words for words in (package.order_reason, desk.catalogue.banner) if words],
        "procedure": steps,
        "place": desk.hall_name,
    }
