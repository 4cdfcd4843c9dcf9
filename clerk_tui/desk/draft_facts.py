"""Facts for papers that are made from a draft: what is cited, what is missing, who applies."""

from sqlalchemy import Connection

from clerk_tui.desk import dues
from clerk_tui.desk.checklist import Line
from clerk_tui.desk.context import Desk
from clerk_tui.desk.paper_facts import TWO_COPIES, Facts, desk_facts, due_fact, party_facts
from clerk_tui.desk.working import Working
from clerk_tui.rules.limits import UNIT_WORDS
from clerk_tui.store.act import Act


def basis(now: Working, outcome: str) -> list[str]:
    """What a paper of an outcome cites: the regime's articles, and the item's own basis."""
    return [*now.legal.basis_for(outcome), *([now.base.legal_basis] if now.base.legal_basis else [])]


def consequences(now: Working) -> list[str]:
    """How overdue is handled, as the district's list says; told before anybody signs."""
    if now.policy is None:
        return []
    policy, item_key = now.policy.policy, now.base.key
    return [
        f"逾期未补齐的: {policy.expiry_for(item_key).words}; 由有权的人确认并书面告知, 不会自动终止",
        "材料补齐并核对之前, 不交付办理结果"
        if not policy.may_hand_over_first(item_key)
        else "可以先交付办理结果, 仍须按期补齐",
        "承诺不实的, 依法处理并记入信用记录",
    ]


def gap_facts(desk: Desk, now: Working) -> list[Facts]:
    """What is owed, each with its date."""
    return [gap_fact(desk, now, line) for line in now.gaps]


def gap_fact(desk: Desk, now: Working, line: Line) -> Facts:
    last = dues.of_gap(desk, now, line)
    fact = line_fact(line)
    fact["due"] = due_fact(last.day.isoformat(), f"{last.days} {UNIT_WORDS[last.unit]}内", provisional=last.provisional)
    return fact


def line_fact(line: Line) -> Facts:
    """A line of the checklist as a paper tells it: what to bring, to which standard, from where."""
    spec = line.spec
    fact: Facts = {"name": spec.name}
    if spec.original:
        fact["original"] = spec.original
    if spec.copy:
        fact["copies"] = spec.copy
    standard = spec.standard or "; ".join(spec.checkpoints)
    more = {
        "standard": standard,
        "issuer": spec.issuer,
        "where": spec.where,
        "how_long": spec.how_long,
        "note": "; ".join(part for part in (spec.note, share_words(spec.share)) if part),
        "defect": line.mark.defect,
    }
    return fact | {key: words for key, words in more.items() if words}


def share_words(share: str) -> str:
    """What the catalogue's `电子证照:居民户口簿` means for the one who brings it."""
    kind, _, name = share.partition(":")
    return {"电子证照": f"可以出示电子证照: {name}", "数据共享": f"能共享查到的不用提交: {name}"}.get(kind, share)


def draft_facts(connection: Connection, desk: Desk, act: Act, now: Working) -> Facts:
    """Facts of a paper that is printed before there is a case."""
    facts = desk_facts(connection, desk, act.by, act.now) | party_facts(
        connection,
        applicant_kind=now.draft.applicant_kind,
        applicant_id=now.draft.applicant_id,
        agent_id=now.standing.agent_id,
        authority_id=now.standing.authority.id if now.standing.authority is not None else None,
    )
    facts |= {
        "item": now.item.name,
        "item_code": now.item.implementation_code or now.item.code,
        "department": now.item.office or now.item.department,
        "copies": list(TWO_COPIES),
    }
    return facts
