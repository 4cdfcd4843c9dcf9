"""What a draft comes to now: guide, checklist, form, powers and the outcomes that follow; pure but for a few reads."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from clerk_tui.catalog.model import Item
from clerk_tui.catalog.questions import Evaluation, NeededMaterial, evaluate
from clerk_tui.catalog.true_will import ask_true_will
from clerk_tui.desk import checklist, form, policies, standing, who_applies
from clerk_tui.desk.checklist import Line
from clerk_tui.desk.context import Desk
from clerk_tui.desk.form import FieldLine
from clerk_tui.desk.people import root_of
from clerk_tui.desk.policies import LoadedPolicy
from clerk_tui.desk.standing import Standing
from clerk_tui.desk.views.intake import IntakeDraft
from clerk_tui.rules.legal_texts import LegalTexts
from clerk_tui.rules.outcomes import Facts, MaterialFact, Outcome, OutcomeVerdict, derive
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.regimes import REGIMES, Regime
from clerk_tui.rules.states import CASE_OPEN, CaseState
from clerk_tui.rules.tolerance import tolerable
from clerk_tui.store import canonical
from clerk_tui.store.act import By
from clerk_tui.store.core import CASES, CLERKS, PERSONS


@dataclass(frozen=True)
class Working:
    """A draft worked through: everything that the sheet shows and that settling writes."""

    draft: IntakeDraft
    today: date
    starts_on: date  # the day from which limits run: today, or the day of receipt when back-entered
    base: Item  # as the catalogue has it
    item: Item  # as the answers change it
    evaluation: Evaluation
    standing: Standing
    lines: tuple[Line, ...]
    fields: tuple[FieldLine, ...]
    regime: Regime
    legal: LegalTexts
    policy: LoadedPolicy | None
    credit: str
    faults: tuple[str, ...]
    verdicts: tuple[OutcomeVerdict, ...]
    open_case: Any  # row of an open case of the same applicant and item, or None

    def verdict(self, outcome: str) -> OutcomeVerdict | None:
        return next((one for one in self.verdicts if one.kind == outcome), None)

    @property
    def gaps(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.is_gap)

    @property
    def promises(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.mark.mark == "6")


def work(
    connection: Connection, desk: Desk, by: By, draft: IntakeDraft, *, tolerance_declined: bool = False
) -> Working:
    """Work a draft through. Raises Refusal item_unknown, visit_unknown, applicant_unknown."""
    today = desk.today()
    if draft.applicant_kind == "person" and draft.applicant_id:
        draft = replace(draft, applicant_id=root_of(connection, draft.applicant_id))
    base = desk.catalogue.items.get(draft.item_key)
    if base is None:
        raise Refusal("item_unknown", "目录里没有这个事项", "请重新选择事项", field="item")
    parties = standing.of_draft(connection, draft, today)
    if base.true_will:
        base = ask_true_will(base, _births(connection, parties), today)
    answers = who_applies.presumed(desk, base, draft.answers, parties)
    found = evaluate(desk.catalogue, base, answers, parties.roles)
    other = who_applies.contradiction(desk, base, answers, parties)
    policy = policies.deficiency(connection, today)
    needed = found.materials
    known = checklist.find(connection, desk, draft, needed)
    promised = any(one.spec.evidence == checklist.PROMISE_EVIDENCE for one in needed)
    lines = tuple(
        checklist.line(
            desk,
            one,
            draft.marks.get(one.key),
            known,
            tolerable=_tolerable(policy, base, one, today),
            promise_allowed=promised,
            produced_by=draft.produced.get(one.key, ""),
            visit_kind="" if draft.back_entered else parties.visit.kind,
        )
        for one in needed
    )
    fields = form.lines(
        found.fields,
        draft.fields,
        {line.spec.key: line for line in lines},
        parties.applicant,
        form.shared_values(connection, draft) if draft.applicant_id else {},
        today,
    )
    received_on, day_fault = _received_on(draft, today)
    faults = (
        *parties.faults,
        *found.faults,
        *([other] if other else []),
        *([day_fault] if day_fault else []),
        *(f"{line.spec.name}: {line.fault}" for line in lines if line.fault),
        *(f"{one.spec.label}: {one.error}" for one in fields if one.error),
        *(f"必填未填: {one.spec.label}" for one in fields if one.lacking),
        *(f"必填未填: {desk.catalogue.holders[role]}是谁" for role in found.roles if role not in parties.roles),
    )
    legal = desk.catalogue.legal_of(base)
    credit = "not_asked"
    if policy is None or policy.policy.credit_check:
        credit = policies.credit(connection, today, parties.applicant["number"])
    stop = found.stop or ("" if base.is_valid(today.isoformat()) else "这个事项已不在目录的有效期内")
    return Working(
        draft=draft,
        today=today,
        starts_on=received_on,
        base=base,
        item=found.item,
        evaluation=found,
        standing=parties,
        lines=lines,
        fields=fields,
        regime=REGIMES[base.regime],
        legal=legal,
        policy=policy,
        credit=credit,
        faults=(*faults, *([parties.authority_fault] if parties.authority_fault else [])),
        verdicts=_as_they_stand(
            derive(
                Facts(
                    accept_power=base.accept_power,
                    handling=found.item.handling,
                    regime=base.regime,
                    may_decide=may_decide(connection, by, base),
                    stop=stop,
                    materials=tuple(material_fact(line) for line in lines),
                    unanswered=len(found.unanswered),
                    field_faults=faults,
                    tolerance=policy is not None,
                    credit=credit,
                    correcting=False,
                    tolerance_declined=tolerance_declined,
                    legal=legal,
                    state=CaseState.DRAFT.value,
                )
            ),
            parties.authority_fault,
            wrong=any(one.error for one in fields) or any(line.fault or line.mark.mark == "7" for line in lines),
        ),
        open_case=_open_case(connection, draft),
    )


def _tolerable(policy: LoadedPolicy | None, item: Item, needed: NeededMaterial, today: date) -> tuple[bool, str]:
    spec = needed.spec
    may, words = tolerable(policy.policy if policy else None, item.key, spec.key, spec.evidence, spec.core, today)
    return may, f"{words}(示例清单)" if may and policy is not None and policy.example else words


NEED_AUTHORITY = (Outcome.ACCEPT, Outcome.ACCEPT_DEFICIENT, Outcome.RECEIVE, Outcome.DECIDE_NOW)


def _as_they_stand(
    verdicts: tuple[OutcomeVerdict, ...], authority_fault: str, *, wrong: bool
) -> tuple[OutcomeVerdict, ...]:
    """The verdicts, where nothing is taken in for another without a recorded authority (telling what is missing needs
    none), and 当场更正 is offered for what is wrong, not for what is only not typed yet."""
    found = []
    for one in verdicts:
        if one.possible and authority_fault and one.kind in NEED_AUTHORITY:
            one = replace(one, possible=False, reason=authority_fault, needs=())
        elif one.possible and one.kind is Outcome.CORRECT_NOW and not wrong:
            one = replace(one, possible=False, reason="没有可以当场更正的错误")
        found.append(one)
    return tuple(found)


def material_fact(line: Line) -> MaterialFact:
    """A line as the rules look at it; a mark with a fault counts as none."""
    return MaterialFact(
        key=line.spec.key,
        name=line.spec.name,
        mark="" if line.fault else line.mark.mark,
        verified_how=line.mark.verified_how,
        tolerable=line.tolerable,
        core=line.spec.core,
    )


def _births(connection: Connection, parties: Standing) -> tuple[str, ...]:
    """Birth dates of the applicant and of those bound to roles."""
    rows = connection.execute(select(PERSONS.c.birth).where(PERSONS.c.id.in_(set(parties.roles.values())))).scalars()
    return (parties.applicant["birth"], *(str(one or "") for one in rows))


def may_decide(connection: Connection, by: By, item: Item) -> bool:
    """Whether this clerk may decide this item on the spot: the hall has the power, and the clerk is named for it."""
    if item.decide_power != "hall" or not by.roles & set(item.deciders):
        return False
    named = connection.execute(select(CLERKS.c.may_decide).where(CLERKS.c.id == by.clerk_id)).scalar()
    keys = canonical.load(named or "[]")
    return "*" in keys or item.key in keys


def _received_on(draft: IntakeDraft, today: date) -> tuple[date, str]:
    if not draft.back_entered:
        return today, ""
    try:
        day = date.fromisoformat(draft.received_on)
    except ValueError:
        return today, "补录要写明实际收件日期"
    return (day, "") if day <= today else (today, "补录的收件日期在今天之后")


def _open_case(connection: Connection, draft: IntakeDraft) -> Any:
    if not draft.applicant_id:
        return None
    return connection.execute(
        select(CASES.c.id, CASES.c.receipt_no, CASES.c.state, CASES.c.received_at, CASES.c.promised_due)
        .where(
            CASES.c.applicant_kind == draft.applicant_kind,
            CASES.c.applicant_id == draft.applicant_id,
            CASES.c.item_key == draft.item_key,
            CASES.c.state.in_([state.value for state in CASE_OPEN]),
        )
        .order_by(CASES.c.received_at.desc())
        .limit(1)
    ).first()
