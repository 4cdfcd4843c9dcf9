"""A case's history in plain words: one sentence for each journal event."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, or_, select

from clerk_tui.desk.views.cases import HistoryLine
from clerk_tui.rules.papers import PaperKind
from clerk_tui.store import canonical
from clerk_tui.store.core import CLERKS, EVENTS, NOTICES, OWED, RESULTS, SENT_RECORDS

Body = dict[str, Any]

SENT_WORDS = {"waiting": "已发", "ok": "已确认", "rejected": "被退回", "held": "区里暂存", "superseded": "已更正"}


def _paper(body: Body) -> str:
    return f"出具《{PaperKind(body['kind']).title}》 {body.get('number', '')}"


def _because(body: Body) -> str:
    reason = body.get("reason") or body.get("words") or ""
    return f": {reason}" if reason else ""


def _changes(body: Body) -> str:
    changes = body.get("changes") or []
    if isinstance(changes, list):
        shown = [
            f"{c.get('label', c.get('field', ''))} 由 {c.get('before', '')} 改为 {c.get('after', '')}"
            for c in changes
            if isinstance(c, dict)
        ]
        if shown:
            return ": " + "; ".join(shown)
    return _because(body)


def _named(prefix: str) -> Callable[[Body], str]:
    return lambda body: f"{prefix} {body.get('name', '')}".rstrip() + _because(body)


def _plain(words: str) -> Callable[[Body], str]:
    return lambda body: words + _because(body)


WORDS: dict[str, Callable[[Body], str]] = {
    "case.received": _plain("收件"),
    "case.accepted": lambda body: "容缺受理" if body.get("accepted_how") == "deficiency" else "受理",
    "case.decided": lambda body: ("不予通过" if body.get("decision") == "refused" else "准予通过") + _because(body),
    "case.closed": _plain("办结"),
    "case.transferred": lambda body: f"材料交 {body.get('department', '部门')}",
    "case.correction_asked": _plain("一次性告知补正"),
    "case.correction_supplied": _plain("收到补正材料"),
    "case.correction_faulted": _plain("补正材料再次告知"),
    "case.reminded": lambda body: "提醒补正: " + ("已联系上" if body.get("reached") else "未联系上"),
    "case.refusal_proposed": _plain("建议不予受理"),
    "case.refused": _plain("不予受理"),
    "case.not_applicable": _plain("不受理"),
    "case.withdrawn": _plain("申请人撤回"),
    "case.returned": _plain("退件"),
    "case.terminated": _plain("终止办理"),
    "case.revoked": _plain("撤销受理"),
    "case.voided": _plain("作废"),
    "case.corrected": lambda body: "更正" + _changes(body),
    "case.fee_recorded": lambda body: f"收费 {int(body.get('paid_fen') or 0) / 100:.2f} 元",
    "case.hotline_recorded": _plain("登记 12345 工单"),
    "case.tolerance_declined": _plain("申请人不选择容缺"),
    "case.request_sent": lambda body: f"提请区里{body.get('what_words', '')}" + _because(body),
    "case.stage_reported": lambda body: f"区里办理环节: {body.get('stage', body.get('name', ''))}" + _because(body),
    "case.suspended": _named("特别程序开始, 暂停计时"),
    "case.resumed": _named("特别程序结束, 恢复计时"),
    "case.prolonged": _plain("经批准延长期限"),
    "case.numbered": lambda body: f"区里编号 {body.get('district_no', body.get('number', ''))}",
    "case.decision_received": lambda body: (
        "收到决定: " + ("不予通过" if body.get("decision") == "refused" else "准予通过") + _because(body)
    ),
    "case.acceptance_received": _plain("部门受理"),
    "case.due_recomputed": _plain("重算期限"),
    "material.given_back": _named("归还原件"),
    "material.verified": _named("后台核验"),
    "owed.recorded": lambda body: f"容缺登记 {body.get('name', '')}, 最迟 {body.get('due', '')}",
    "owed.supplied": _named("补交"),
    "owed.checked": _named("补交材料核对无误"),
    "owed.rejected": _named("补交材料不合要求"),
    "owed.extended": lambda body: f"延期 {body.get('name', '')} 到 {body.get('due', '')}" + _because(body),
    "owed.due_recomputed": lambda body: f"按新公布的日历重算 {body.get('name', '')}, 最迟 {body.get('due', '')}",
    "owed.expired": _named("逾期未补, 提出处理"),
    "owed.settled": _named("逾期处理"),
    "owed.closed": _named("容缺了结"),
    "owed.reminded": lambda body: (
        f"提醒 {body.get('name', '')}: " + ("已联系上" if body.get("reached") else "未联系上")
    ),
    "promise.verified": _named("承诺事项核验"),
    "result.expected": _named("区里告知结果将送达"),
    "result.arrived": _named("结果到件"),
    "result.bounced": _named("结果退回部门更正"),
    "result.shelved": lambda body: f"上架 {body.get('shelf', '')}",
    "result.ready": _named("可以领取"),
    "result.matched": _plain("结果与办件对上"),
    "result.announced": lambda body: "告知领取: " + ("已联系上" if body.get("reached") else "未联系上"),
    "result.reminded": _plain("催领"),
    "result.handed_over": lambda body: f"领走: {body.get('relation') or '本人'}",
    "result.mailed": lambda body: f"寄出 {body.get('waybill', '')}",
    "result.mail_signed": _plain("邮件已签收"),
    "result.mail_came_back": _plain("邮件退回"),
    "result.served": _named("送达"),
    "result.returned_to_department": _plain("退回部门"),
    "handover.voided": _plain("领取登记作废"),
    "notice.issued": _paper,
    "notice.saved": _plain("文书存成文件"),
    "notice.voided": _plain("文书作废"),
    "notice.signed": lambda body: "签收文书" if body.get("how") != "refused" else "拒签文书",
    "record.corrected": _plain("更正后重报"),
}
"""Every kind that can stand in a case's history; a test holds this against the registry of event kinds."""


def words_for(kind: str, body: Body) -> str:
    """One sentence for an event; an erased body still says what happened."""
    return WORDS[kind](body) if kind in WORDS else kind


def of_case(connection: Connection, case_id: str) -> tuple[HistoryLine, ...]:
    """The history of a case, oldest first: its own events and those of its papers, owed materials and results."""
    mine = or_(
        EVENTS.c.ent_id == case_id,
        EVENTS.c.ent_id.in_(select(OWED.c.id).where(OWED.c.case_id == case_id)),
        EVENTS.c.ent_id.in_(select(NOTICES.c.id).where(NOTICES.c.case_id == case_id)),
        EVENTS.c.ent_id.in_(select(RESULTS.c.id).where(RESULTS.c.case_id == case_id)),
    )
    rows = connection.execute(
        select(
            EVENTS.c.at,
            EVENTS.c.kind,
            EVENTS.c.body,
            EVENTS.c.source,
            EVENTS.c.travels,
            CLERKS.c.name,
            SENT_RECORDS.c.state,
        )
        .outerjoin(CLERKS, CLERKS.c.id == EVENTS.c.clerk_id)
        .outerjoin(SENT_RECORDS, SENT_RECORDS.c.rid == EVENTS.c.rid)
        .where(mine, EVENTS.c.kind.in_(list(WORDS)))
        .order_by(EVENTS.c.n)
    )
    return tuple(
        HistoryLine(
            at=row.at,
            who="区里" if row.source == "district" else (row.name or ""),
            words=words_for(row.kind, canonical.load(row.body) if row.body else {}),
            sent="" if row.travels == "stays" else SENT_WORDS.get(row.state or "", "待发"),
        )
        for row in rows
    )
