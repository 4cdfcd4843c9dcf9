"""What the desk may lawfully do with an application now, and why the rest is impossible.

行政许可法 32, 34; 广东省优化营商环境条例 32 (容缺), 33 (told once). The articles that a paper cites are the regime's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from clerk_tui.rules.legal_texts import LegalTexts
from clerk_tui.rules.marks import Mark, is_gap, is_pending_back_office, needs_verification
from clerk_tui.rules.regimes import REGIMES, Regime, regime_for
from clerk_tui.rules.states import CaseState
from clerk_tui.rules.worded import Worded


class Outcome(Worded):
    DECIDE_NOW = "decide_now", "当场办结"
    ACCEPT = "accept", "受理"
    ACCEPT_DEFICIENT = "accept_deficient", "容缺受理"
    RECEIVE = "receive", "收件"
    ONE_TIME_NOTICE = "one_time_notice", "一次性告知"
    CORRECT_NOW = "correct_now", "当场更正"
    NOT_APPLICABLE = "not_applicable", "不受理"
    REFUSE = "refuse", "不予受理"
    ASKED = "asked", "只咨询"
    WITHDRAWN = "withdrawn", "撤回"


NEEDS_WORDS = {
    "commitment_signed": "承诺书已签",
    "promise_signed": "告知承诺书已签",
    "tolerance_declined": "申请人不选容缺(记录)",
    "supervisor": "值班主任同意",
    "reason": "写明理由",
    "department": "由部门决定, 窗口提出",
    "written_request": "申请人书面申请",
}


@dataclass(frozen=True)
class MaterialFact:
    """One line of the checklist as the rules look at it."""

    key: str
    name: str
    mark: str = ""
    verified_how: str = ""
    tolerable: bool = False
    core: bool = False


@dataclass(frozen=True)
class Facts:
    """Everything that the outcomes follow from.

    `may_decide`: this clerk may decide this item at the hall. `stop`: guidance words of an answer that ends the matter.
    `tolerance`: a district's deficiency list is in force. `credit`: clear | blocked | unchecked (offline, no list, no number) | not_asked
    (the district's list wants no check). `correcting`: a
    one-time notice is out and what it asked for is being supplied.
    """

    accept_power: str
    handling: str
    regime: str
    may_decide: bool = False
    stop: str = ""
    materials: tuple[MaterialFact, ...] = ()
    unanswered: int = 0
    field_faults: Sequence[str] = ()
    tolerance: bool = False
    credit: str = "unchecked"
    correcting: bool = False
    tolerance_declined: bool = False
    state: str = CaseState.DRAFT.value
    legal: LegalTexts = field(default_factory=LegalTexts)


@dataclass(frozen=True)
class OutcomeVerdict:
    """`reason`: why it is possible, or why not; `basis`: the articles; `needs`: keys of NEEDS_WORDS."""

    kind: Outcome
    possible: bool
    reason: str
    basis: str
    needs: tuple[str, ...] = ()


def derive(facts: Facts) -> tuple[OutcomeVerdict, ...]:
    """All ten outcomes, the possible ones first, each in the order of `Outcome`."""
    work = _Work(facts)
    verdicts = []
    for outcome in Outcome:
        obstacle, reason, needs = work.judge(outcome)
        verdicts.append(
            OutcomeVerdict(
                kind=outcome,
                possible=not obstacle,
                reason=obstacle or reason,
                basis="; ".join(facts.legal.basis_for(outcome.value)),
                needs=() if obstacle else needs,
            )
        )
    return tuple(sorted(verdicts, key=lambda verdict: not verdict.possible))


_Judgement = tuple[str, str, tuple[str, ...]]
"""Obstacle ('' = none), reason when possible, needs."""


class _Work:
    """The facts sorted once, then asked ten times."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.regime: Regime = REGIMES.get(facts.regime) or regime_for(facts.regime)
        self.gaps = tuple(one for one in facts.materials if is_gap(one.mark))
        self.defects = tuple(one for one in self.gaps if one.mark == Mark.DEFECTIVE)
        self.pending = tuple(one for one in facts.materials if is_pending_back_office(one.mark, one.verified_how))
        self.unmarked = tuple(
            one
            for one in facts.materials
            if one.mark == Mark.UNMARKED or (needs_verification(one.mark) and not one.verified_how)
        )
        self.promised = any(one.mark == Mark.PROMISE for one in facts.materials)
        self.state = CaseState(facts.state)
        self.correcting = facts.correcting or self.state is CaseState.CORRECTING
        self.before_acceptance = self.state in (CaseState.DRAFT, CaseState.RECEIVED, CaseState.CORRECTING)

    def judge(self, outcome: Outcome) -> _Judgement:
        if not self.before_acceptance and outcome is not Outcome.WITHDRAWN:
            return f"办件当前是[{self.state.words}], 受理环节已过", "", ()
        return {
            Outcome.DECIDE_NOW: self.decide_now,
            Outcome.ACCEPT: self.accept,
            Outcome.ACCEPT_DEFICIENT: self.accept_deficient,
            Outcome.RECEIVE: self.receive,
            Outcome.ONE_TIME_NOTICE: self.one_time_notice,
            Outcome.CORRECT_NOW: self.correct_now,
            Outcome.NOT_APPLICABLE: self.not_applicable,
            Outcome.REFUSE: self.refuse,
            Outcome.ASKED: self.asked,
            Outcome.WITHDRAWN: self.withdrawn,
        }[outcome]()

    def unfinished(self) -> str:
        """What keeps the checklist from having been gone through in full; '' when nothing does."""
        if self.facts.stop:
            return f"不符合办理条件: {self.facts.stop}"
        if self.facts.unanswered:
            return f"还有 {self.facts.unanswered} 个问题没有回答"
        if self.unmarked:
            return f"还有 {len(self.unmarked)} 份材料没有标: {_names(self.unmarked)}"
        if self.facts.field_faults:
            more = f" 等 {len(self.facts.field_faults)} 处" if len(self.facts.field_faults) > 1 else ""
            return f"表单还不能用: {self.facts.field_faults[0]}{more}"
        return ""

    def complete(self) -> str:
        """What keeps the application from being complete; '' when nothing does."""
        return self.unfinished() or (f"材料未齐: {_names(self.gaps)}" if self.gaps else "")

    def ready_words(self) -> str:
        if self.correcting:
            return "告知的材料已全部补齐, 应当当日受理"
        words = "材料齐全, 符合法定形式"
        if self.pending:
            words += f"; {len(self.pending)} 份待后台核验, 不向申请人要"
        return words

    def signatures(self) -> tuple[str, ...]:
        return ("promise_signed",) if self.promised else ()

    def decide_now(self) -> _Judgement:
        if self.facts.handling != "即办件":
            return "承诺件, 须经部门审查后决定", "", ()
        if self.facts.accept_power != "hall":
            return "受理权在部门, 本窗口只能收件", "", ()
        if not self.facts.may_decide:
            return "没有当场决定这个事项的授权, 受理后交部门决定", "", ()
        obstacle = self.complete()
        if not obstacle and self.pending:
            obstacle = f"还有材料待后台核验, 不能当场决定: {_names(self.pending)}"
        return obstacle, "即办件, 材料齐全且有当场决定权", self.signatures()

    def accept(self) -> _Judgement:
        if self.facts.accept_power != "hall":
            return "受理权在部门, 窗口收件后由部门受理", "", ()
        return self.complete(), self.ready_words(), self.signatures()

    def tolerance_obstacle(self) -> str:
        """Why the gaps may not be owed; '' when they may."""
        facts = self.facts
        if not self.gaps:
            return "没有缺少的材料, 不需要容缺"
        if not facts.tolerance:
            return "区里的容缺清单没有加载, 不能容缺"
        core = tuple(one for one in self.gaps if one.core)
        if core:
            return f"核心材料不能容缺: {_names(core)}"
        hard = tuple(one for one in self.gaps if not one.tolerable)
        if hard:
            return f"不在容缺清单内: {_names(hard)}"
        if facts.credit == "blocked":
            return "申请人在信用限制名单内, 不能容缺"
        if facts.tolerance_declined:
            return "申请人已选择不容缺"
        return ""

    def credit_words(self) -> str:
        return "; 信用未核(离线), 将在办件上标明" if self.facts.credit == "unchecked" else ""

    def accept_deficient(self) -> _Judgement:
        if self.facts.accept_power != "hall":
            return "受理权在部门, 能否容缺由部门决定", "", ()
        obstacle = self.unfinished() or self.tolerance_obstacle()
        reason = f"所缺 {len(self.gaps)} 份均可容缺: {_names(self.gaps)}{self.credit_words()}"
        return obstacle, reason, ("commitment_signed", *self.signatures())

    def receive(self) -> _Judgement:
        if self.facts.accept_power == "hall":
            return "本大厅有受理权, 材料齐全就应当受理", "", ()
        if self.state is CaseState.RECEIVED:
            return "已经收件, 等部门受理", "", ()
        obstacle = self.unfinished()
        if obstacle or not self.gaps:
            reason = "材料齐全, 收件后由部门在 5 个工作日内受理或告知"
            return obstacle, reason, self.signatures()
        obstacle = self.tolerance_obstacle()
        if obstacle:
            return f"材料未齐({_names(self.gaps)}), {obstacle}, 应一次性告知", "", ()
        reason = f"所缺均可容缺: {_names(self.gaps)}; 收件后由部门决定是否容缺受理{self.credit_words()}"
        return "", reason, ("commitment_signed", *self.signatures())

    def one_time_notice(self) -> _Judgement:
        obstacle = self.unfinished()
        if not obstacle and not self.gaps:
            obstacle = "补齐的材料没有问题, 应当受理" if self.correcting else "材料齐全, 不需要补正"
        if obstacle:
            return obstacle, "", ()
        reason = f"缺少或有问题 {len(self.gaps)} 份, 一次告知全部: {_names(self.gaps)}"
        if self.correcting:
            return "", f"新补交的材料有问题, 只能再告知一次: {_names(self.gaps)}", ("supervisor", "reason")
        choice = () if self.facts.tolerance_declined or self.tolerance_obstacle() else ("tolerance_declined",)
        return "", reason, choice

    def correct_now(self) -> _Judgement:
        if self.facts.stop:
            return f"不符合办理条件: {self.facts.stop}", "", ()
        if not self.defects and not self.facts.field_faults:
            return "没有可以当场更正的错误", "", ()
        where = [f"材料: {_names(self.defects)}"] if self.defects else []
        where += [f"表单 {len(self.facts.field_faults)} 处"] if self.facts.field_faults else []
        return "", f"允许当场更正, 更正后再受理({'; '.join(where)})", ()

    def _no(self, what: str) -> _Judgement:
        if not self.facts.stop:
            return f"按所答的情形符合办理条件, 没有{what}的理由", "", ()
        if self.facts.accept_power == "hall":
            return "", self.facts.stop, ("reason", "supervisor")
        return "", f"{self.facts.stop}(窗口提出, 部门决定)", ("reason", "department")

    def refuse(self) -> _Judgement:
        return self._no("不予受理")

    def not_applicable(self) -> _Judgement:
        return self._no("不受理")

    def asked(self) -> _Judgement:
        if self.state is not CaseState.DRAFT:
            return "已经收件, 不是只咨询", "", ()
        return "", "不收件, 可打印这位群众的办事指引", ()

    def withdrawn(self) -> _Judgement:
        if self.state is CaseState.DRAFT:
            return "还没有收件, 不需要撤回; 不办了选只咨询", "", ()
        if self.state in (
            CaseState.RECEIVED,
            CaseState.CORRECTING,
            CaseState.ACCEPTED,
            CaseState.REVIEWING,
            CaseState.SUSPENDED,
        ):
            return "", "决定作出前, 申请人可以书面撤回", ("written_request",)
        return f"办件当前是[{self.state.words}], 不能撤回", "", ()


def _names(materials: Sequence[MaterialFact]) -> str:
    shown = "、".join(one.name for one in materials[:3])
    return f"{shown} 等 {len(materials)} 份" if len(materials) > 3 else shown
