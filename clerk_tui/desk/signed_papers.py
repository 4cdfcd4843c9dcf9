"""What must be signed before an outcome: the 容缺 commitment and the promise; printed first, signed when settling."""

from typing import Any

from sqlalchemy import Connection, Row, select, update

from clerk_tui.desk import papers
from clerk_tui.desk.case_writing import PROMISE_CHECK
from clerk_tui.desk.context import Desk
from clerk_tui.desk.draft_facts import basis, consequences, draft_facts, gap_facts, line_fact
from clerk_tui.desk.paper_facts import CHANNELS, Facts, due_fact
from clerk_tui.desk.views.intake import PaperView
from clerk_tui.desk.working import Working
from clerk_tui.rules.limits import due
from clerk_tui.rules.outcomes import Outcome, OutcomeVerdict
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical
from clerk_tui.store.act import Act
from clerk_tui.store.core import NOTICES

SIGNED_PAPERS = {"commitment_signed": PaperKind.COMMITMENT, "promise_signed": PaperKind.PROMISE}
"""Papers that must be signed before an outcome, by the need that the verdict names."""

PROMISE_CONSEQUENCE = (
    "承诺不实的, 终止办理或依法撤销决定, 责令整改, 依法处理",
    "承诺不实的情况记入信用记录, 修复前不再适用告知承诺",
    "不愿承诺的, 可以改为提交证明材料",
)


def facts_to_sign(desk: Desk, now: Working, kind: PaperKind) -> list[Facts]:
    """What a commitment (owed) or a promise (replaced) lists now, each with its date."""
    if kind is PaperKind.COMMITMENT:
        return gap_facts(desk, now)
    last = due(now.starts_on, PROMISE_CHECK, desk.calendar)
    check_by = due_fact(last.day.isoformat(), "此日前核查", provisional=last.provisional)
    return [line_fact(line) | {"due": check_by} for line in now.promises]


def to_sign(act: Act, desk: Desk, now: Working, kind: PaperKind) -> PaperView:
    """Issue the commitment or promise of a draft for signing; an unsigned one that says the same is not issued again."""
    listed = facts_to_sign(desk, now, kind)
    if not listed:
        raise Refusal("nothing_to_sign", "没有容缺的材料" if kind is PaperKind.COMMITMENT else "没有以承诺代替的材料")
    earlier = unsettled_paper(act.connection, now, kind)
    if earlier is not None:
        if canonical.load(earlier.facts)["materials"] == listed:
            return papers.view_within(act.connection, earlier.id)
        papers.void_within(act, earlier.id, "所列内容已变, 重新出具")
    facts = draft_facts(act.connection, desk, act, now) | {"materials": listed, "channels": list(CHANNELS)}
    if kind is PaperKind.COMMITMENT:
        last = max(listed, key=lambda fact: str(fact["due"]["date"]))["due"]
        facts |= {
            "basis": basis(now, Outcome.ACCEPT_DEFICIENT.value),
            "consequence": consequences(now),
            "due": last,
            "notes": [now.policy.words] if now.policy is not None else [],
        }
    else:
        facts |= {
            "basis": list(desk.catalogue.legal.papers[kind.value]),
            "consequence": list(PROMISE_CONSEQUENCE),
            "promised": [f"{fact['name']}: 申请人承诺已符合要求, 不再提交证明" for fact in listed],
        }
    return papers.issue(act, desk, kind, facts, visit_id=now.draft.visit_id)


def unsettled_paper(connection: Connection, now: Working, kind: PaperKind, notice_id: str = "") -> Row[Any] | None:
    """The newest paper of a kind that this draft printed for signing."""
    query = select(NOTICES).where(
        NOTICES.c.kind == kind.value,
        NOTICES.c.visit_id == now.draft.visit_id,
        NOTICES.c.case_id.is_(None),
        NOTICES.c.voided_at.is_(None),
    )
    if notice_id:
        query = query.where(NOTICES.c.id == notice_id)
    code = now.item.implementation_code or now.item.code
    for row in connection.execute(query.order_by(NOTICES.c.issued_at.desc(), NOTICES.c.id.desc())):
        facts = canonical.load(row.facts)
        if facts["item_code"] == code and facts["applicant"] == now.standing.applicant["name"]:
            return row
    return None


def sign_all(act: Act, desk: Desk, now: Working, verdict: OutcomeVerdict, case_id: str, how: str, witness: str) -> None:
    """Sign what the outcome needs signed; a paper must name exactly what is owed or promised now, with the same dates."""
    for need, kind in SIGNED_PAPERS.items():
        if need not in verdict.needs:
            continue
        paper = unsettled_paper(act.connection, now, kind)
        if paper is None:
            raise Refusal(
                "commitment_missing", f"还没有打印《{kind.title}》", "请先打印, 请申请人签名", field="commitment"
            )
        if canonical.load(paper.facts)["materials"] != facts_to_sign(desk, now, kind):
            raise Refusal(
                "commitment_changed",
                f"《{kind.title}》所列材料或日期与现在不一致",
                "请重新打印再签",
                field="commitment",
            )
        if not paper.signed_how or paper.signed_how == "refused":
            if not how or how == "refused":
                raise Refusal(
                    "commitment_unsigned",
                    f"《{kind.title}》还没有签, 不能{verdict.kind.words}",
                    "签名、捺印(见证人)、盖章或电子签名后再办",
                    field="signed_how",
                )
            papers.sign_within(act, paper.id, how, witness)
        act.connection.execute(update(NOTICES).where(NOTICES.c.id == paper.id).values(case_id=case_id))
