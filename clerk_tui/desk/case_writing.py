"""The rows of a new case: what settling writes, from a draft that was worked through."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert

from clerk_tui.catalog.model import Item
from clerk_tui.desk import dues
from clerk_tui.desk.checklist import Line, with_defaults
from clerk_tui.desk.context import Desk
from clerk_tui.desk.views.intake import IntakeDraft
from clerk_tui.desk.working import Working
from clerk_tui.rules.limits import Limit, due
from clerk_tui.rules.marks import Mark
from clerk_tui.rules.numbering import opaque_code, receipt_no
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import CaseState, OwedState
from clerk_tui.store import canonical
from clerk_tui.store.act import Act, new_id
from clerk_tui.store.case_dues import limits_of
from clerk_tui.store.case_states import put_case
from clerk_tui.store.core import MATERIALS, OWED, VISIT_SERVICES
from clerk_tui.store.numbers import count

Values = dict[str, Any]

DELIVERIES = ("window", "mail", "village", "electronic")
PROMISE_CHECK = Limit(60, "working")
"""A promise is checked within this limit of acceptance unless the item's own is shorter (浙江 2018: sixty days)."""

NO_SHELF = ("electronic", "payment", "none")


def case_values(act: Act, desk: Desk, now: Working) -> Values:
    """The row of the case as received, with its number and code; nothing is written yet."""
    draft, item, parties = now.draft, now.item, now.standing
    case_id = new_id()
    number = receipt_no(desk.letter, now.today, act.number(f"receipt:{desk.letter}:{now.today.isoformat()}"))
    five_day = dues.five_day(desk, now.regime, now.starts_on)
    delivery, mail_to = _delivery(now)
    return {
        "id": case_id,
        "receipt_no": number,
        "receipt_tail": number[-4:],
        "code": opaque_code("C", case_id),
        "district_no": None,
        "item_key": item.key,
        "item_name": item.name,
        "item_version": now.base.version,
        "item_snapshot": canonical.dump(now.base.snapshot()),
        "answers": canonical.dump({one.question.id: list(one.chosen) for one in now.evaluation.questions}),
        "fields": canonical.dump({one.spec.id: one.value for one in now.fields if one.value is not None}),
        "visit_id": draft.visit_id,
        "applicant_kind": draft.applicant_kind,
        "applicant_id": draft.applicant_id,
        "applicant_name": parties.applicant["name"],
        "agent_id": parties.agent_id,
        "authority_id": parties.authority.id if parties.authority is not None else None,
        "roles": canonical.dump(parties.roles),
        "state": CaseState.RECEIVED.value,
        "regime": now.base.regime,
        "accept_power": now.base.accept_power,
        "handling": item.handling,
        "accepted_how": "",
        "flag_credit_unchecked": False,
        "flag_waiting_applicant": False,
        "flag_requested": False,
        "flag_refused_by_district": False,
        "flag_back_entered": draft.back_entered,
        "intake_office": desk.hall_name,
        "accept_office": item.office or item.department,
        "implementing_office": item.department,
        "window_id": act.by.window_id,
        "clerk_id": act.by.clerk_id,
        "received_at": act.now if not draft.back_entered else desk.midnight(now.starts_on),
        "accepted_at": None,
        "decided_at": None,
        "closed_at": None,
        "transferred_at": None,
        "decision": "",
        "decision_source": "",
        "five_day_due": five_day.day.isoformat() if five_day is not None else None,
        "five_day_from": now.starts_on.isoformat(),
        "correct_by": None,
        "promised_due": None,
        "statutory_due": None,
        "due_provisional": five_day.provisional if five_day is not None else False,
        **limits_of(item.promise, item.legal, now.base.regime),
        "dues_by": "hall",
        "result_kind": item.result.result_kind,
        "result_name": item.result.name,
        "delivery": delivery,
        "mail_to": mail_to,
        "fee_fen": item.fee_fen or 0,
        "fee_paid_fen": draft.fee_paid_fen,
        "fee_how": clean_line(draft.fee_how),
        "fee_receipt": clean_line(draft.fee_receipt),
        "hotline_no": "",
        "hotline_due": None,
        "hotline_answer": "",
        "corrects_id": None,
        "note": clean_line(draft.note),
        "version": 1,
    }


def delivery_of(draft: IntakeDraft, items: Sequence[Item]) -> str:
    """How the results of these items reach the applicant: as was chosen, else by what they are."""
    no_shelf = bool(items) and all(one.result.result_kind in NO_SHELF for one in items)
    return draft.delivery or ("electronic" if no_shelf else "window")


def _delivery(now: Working) -> tuple[str, str]:
    delivery = delivery_of(now.draft, (now.item,))
    mail_to = clean_line(now.draft.mail_to)
    if delivery not in DELIVERIES:
        raise Refusal("delivery_unknown", "请选择领取方式: 窗口, 邮寄, 村居代领, 电子", field="delivery")
    if delivery == "mail" and not mail_to:
        raise Refusal("mail_to_missing", "选了邮寄, 还缺收件地址", "请填收件人、地址和电话", field="mail_to")
    return delivery, mail_to


def material_values(act: Act, case_id: str, now: Working) -> list[Values]:
    """The rows of all materials of the checklist, in its order."""
    return [material_row(act.now, case_id, order, line) for order, line in enumerate(now.lines, start=1)]


def material_row(at: int, case_id: str, order: int, line: Line) -> Values:
    """One material as it is kept. An original goes back when the item asks for a copy beside it: it was only shown."""
    spec, mark = line.spec, with_defaults(line.spec, line.mark)
    kept = mark.mark == Mark.ORIGINAL_KEPT
    return {
        "id": new_id(),
        "case_id": case_id,
        "ord": order,
        "key": spec.key,
        "name": spec.name,
        "evidence": spec.evidence,
        "holder": spec.holder,
        "holder_id": line.holder_id or None,
        "mark": mark.mark,
        "verified_how": mark.verified_how,
        "verified_at": at if line.satisfied and mark.mark != Mark.NOT_APPLICABLE else None,
        "on_file_of": mark.on_file_of or (line.on_file_of if mark.verified_how == "on_file" else "") or None,
        "originals": mark.originals,
        "copies": mark.copies,
        "pages": mark.pages,
        "kept_original": kept,
        "to_give_back": kept and spec.copy > 0,
        "given_back_at": None,
        "defect": clean_line(mark.defect),
        "checked_points": canonical.dump([point for point in mark.points if point in spec.checkpoints]),
        "standard": canonical.dump(
            {
                key: words
                for key, words in (
                    ("standard", spec.standard or "; ".join(spec.checkpoints)),
                    ("issuer", spec.issuer),
                    ("where", spec.where),
                    ("how_long", spec.how_long),
                    ("note", spec.note),
                    ("how", spec.share),
                )
                if words
            }
        ),
        "version": 1,
    }


def owed_values(act: Act, desk: Desk, now: Working, materials: list[Values]) -> list[Values]:
    """Ledger entries: one for each gap, due by the district's list; one for each promise, with its day of checking."""
    rows = {row["key"]: row for row in materials}
    found = []
    for line in now.gaps:
        last = dues.of_gap(desk, now, line)
        found.append(
            _owed_row(act, now, rows[line.spec.key], "owed", last.day.isoformat(), last.days)
            | {
                "unit": last.unit,
                "cap_words": last.cap_words,
                "provisional": last.provisional,
                "after_decision": last.after_decision,
                "policy_id": now.policy.id if now.policy is not None else None,
                "fields": canonical.dump(
                    [one.spec.id for one in now.fields if one.owed and one.spec.from_material == line.spec.key]
                ),
            }
        )
    for line in now.promises:
        last_check = due(now.starts_on, PROMISE_CHECK, desk.calendar)
        found.append(
            _owed_row(act, now, rows[line.spec.key], "promise", last_check.day.isoformat(), PROMISE_CHECK.value)
            | {"provisional": last_check.provisional}
        )
    return found


def _owed_row(act: Act, now: Working, material: Values, kind: str, day: str, days: int) -> Values:
    return {
        "id": new_id(),
        "case_id": material["case_id"],
        "material_id": material["id"],
        "kind": kind,
        "name": material["name"],
        "state": OwedState.OWED.value,
        "due": day,
        "days": days,
        "unit": "working",
        "cap_words": "",
        "provisional": False,
        "policy_id": None,
        "after_decision": False,
        "original_due": day,
        "extended_times": 0,
        "rejected_times": 0,
        "proposed_outcome": "",
        "settled_outcome": "",
        "settled_by": "",
        "fields": "[]",
        "supplied_at": None,
        "closed_at": None,
        "made_at": act.now,
        "version": 1,
    }


def write(act: Act, case: Values, materials: list[Values], owed: list[Values]) -> None:
    """Insert the case with its materials and ledger entries, and count them."""
    put_case(act.connection, case)
    if materials:
        act.connection.execute(insert(MATERIALS), materials)
    if owed:
        act.connection.execute(insert(OWED), owed)
        for kind in {row["kind"] for row in owed}:
            count(act.connection, f"owed:{kind}:open", sum(row["kind"] == kind for row in owed))


def write_service(
    act: Act, visit_id: str | None, kind: str, words: str, *, item_key: str = "", case_id: str | None = None
) -> None:
    """What was rendered in the visit; a case without a visit (post taken in later) renders none."""
    if visit_id is None:
        return
    act.connection.execute(
        insert(VISIT_SERVICES),
        {
            "id": new_id(),
            "visit_id": visit_id,
            "kind": kind,
            "item_key": item_key,
            "case_id": case_id,
            "words": words,
            "count": 1,
            "at": act.now,
        },
    )
