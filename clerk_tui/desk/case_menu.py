"""What can be done with a case now, in the order of the counter; what cannot says why."""

from typing import Any

from sqlalchemy import Connection, Row, func, select

from clerk_tui.desk.views.cases import MaterialView, TaskView
from clerk_tui.rules.marks import VerifiedHow
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.states import CASE_ACTS, CASE_OPEN, OWED_OPEN, CaseState, ResultState, acts_from
from clerk_tui.rules.states import CASE_MOVES as MOVES
from clerk_tui.store.core import MATERIALS, NOTICES, OWED, RESULTS

MenuLine = tuple[str, str, str]
"""Name of the act, its words, '' or why it cannot be done now."""

ENDINGS = ("withdraw", "refuse", "not_applicable", "return", "terminate", "void")


def lines(
    connection: Connection, row: Row[Any], materials: tuple[MaterialView, ...], tasks: tuple[TaskView, ...]
) -> tuple[MenuLine, ...]:
    """The menu of a case, from what an open read found."""
    state = CaseState(row.state)
    is_open = state in CASE_OPEN
    ended = f"这件已经[{state.words}]"
    owed = _count(connection, OWED, OWED.c.case_id == row.id, OWED.c.state.in_(OWED_OPEN), OWED.c.kind == "owed")
    results = connection.execute(select(RESULTS.c.state).where(RESULTS.c.case_id == row.id)).scalars().all()
    kept = _count(
        connection,
        MATERIALS,
        MATERIALS.c.case_id == row.id,
        MATERIALS.c.kept_original,
        MATERIALS.c.given_back_at.is_(None),
    )
    papers = _count(connection, NOTICES, NOTICES.c.case_id == row.id, NOTICES.c.voided_at.is_(None))
    pending = any(one.verified_words == VerifiedHow.PENDING_BACK_OFFICE.words for one in materials)
    at_once = row.handling == "即办件" and state is CaseState.ACCEPTED
    found: list[MenuLine] = []
    if any(task.kind == "rejected" for task in tasks):
        found.append(("answer_rejected", "更正并重新上报 (区里退回)", ""))
    found += [
        _lawful(state, "supply_correction"),
        ("supplement", "容缺补交", "" if owed else "没有欠的材料"),
        ("decide_now", "当场决定", "" if at_once else "只有已受理的即办件可以"),
        ("verify_material", "登记后台核验", "" if pending else "没有待后台核验的材料"),
        _lawful(state, "transfer") if row.transferred_at is None else ("transfer", "移交部门", "材料已经移交"),
        ("results", "结果: 上架, 通知, 交付", "" if results else "还没有结果"),
        ("correct", "更正 (文书交出后要主管)", "" if "correct" in acts_from(MOVES, row.state) else ended),
        ("record_fee", "登记收费", "" if row.fee_fen else "这个事项不收费"),
        ("give_back", "退还原件", "" if kept else "没有留下的原件"),
        ("record_hotline", "12345 工单: 编号, 期限, 答复", ""),
        ("request_district", "提请区里处理", "" if is_open else ended),
        ("remind_correction", "提醒补正", "" if state is CaseState.CORRECTING else "不在补正中"),
        ("sign_paper", "登记文书签收或拒签", "" if papers else "没有出过文书"),
        ("void_paper", "作废一份文书", "" if papers else "没有出过文书"),
        ("print_refusal", "出具不予受理(不受理)文书", _why_no_refusal(connection, row)),
        (
            "void_handover",
            "作废交付登记 (要主管)",
            "" if ResultState.DELIVERED.value in results else "没有交付过的结果",
        ),
        ("unmask", "看申请人完整号码和电话", ""),
    ]
    found += [_lawful(state, name) for name in ENDINGS]
    return tuple(found)


def _lawful(state: CaseState, name: str) -> MenuLine:
    words = CASE_ACTS[name] + (" (要主管)" if name in ("return", "void") else "")
    return name, words, "" if name in acts_from(MOVES, state.value) else f"当前是[{state.words}], 不能办"


def _why_no_refusal(connection: Connection, row: Row[Any]) -> str:
    """The hall prints the department's refusal once; afterwards it is reprinted like any paper."""
    kinds = {CaseState.REFUSED.value: PaperKind.REFUSAL, CaseState.NOT_APPLICABLE.value: PaperKind.NOT_APPLICABLE}
    if row.state not in kinds:
        return "没有不予受理的决定"
    there = _count(
        connection,
        NOTICES,
        NOTICES.c.case_id == row.id,
        NOTICES.c.kind == kinds[row.state].value,
        NOTICES.c.voided_at.is_(None),
    )
    return "已经出过, 在文书里补打" if there else ""


def _count(connection: Connection, table: Any, *where: Any) -> int:
    return int(connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one())
