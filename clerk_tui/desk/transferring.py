"""Papers to the department: which cases can go, and the 材料交接单 that goes with them."""

from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select
from sqlalchemy.sql import ColumnElement

from clerk_tui.desk import papers
from clerk_tui.desk.context import Desk
from clerk_tui.desk.paper_facts import desk_facts
from clerk_tui.desk.permits import require
from clerk_tui.desk.views.cases import TransferRow
from clerk_tui.desk.views.intake import PaperView
from clerk_tui.rules.masking import mask_party
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.states import CaseState, move_case
from clerk_tui.store import canonical
from clerk_tui.store.act import Act, By, new_id
from clerk_tui.store.case_states import case_row, change_case
from clerk_tui.store.core import CASES, MATERIALS, TRANSFERS

MOST = 500


def transferable(desk: Desk, by: By) -> tuple[TransferRow, ...]:
    """Cases whose papers are still here, by department and then age: accepted ones, and those that the department accepts."""
    with desk.look() as connection:
        rows = connection.execute(
            select(CASES)
            .where(CASES.c.transferred_at.is_(None), _goes_out())
            .order_by(CASES.c.accept_office, CASES.c.received_at, CASES.c.id)
            .limit(MOST)
        ).all()
        counts = paper_counts(connection, [row.id for row in rows])
    return tuple(
        TransferRow(
            case_id=row.id,
            receipt_no=row.receipt_no,
            item_name=row.item_name,
            applicant_masked=mask_party(row.applicant_kind, row.applicant_name),
            department=row.accept_office,
            pages=counts.get(row.id, (0, 0, 0))[0],
            originals=counts.get(row.id, (0, 0, 0))[1],
            accepted_at=row.accepted_at or row.received_at,
        )
        for row in rows
    )


def transfer(
    desk: Desk,
    by: By,
    *,
    case_ids: tuple[str, ...],
    signed_by: str,
    discrepancies: str = "",
    seal_no: str = "",
) -> PaperView:
    """Hand the papers of these cases to their department: one list, both sign, every case moves on.

    Raises Refusal nothing_chosen, departments_mixed, receiver_missing, already_transferred, state_….
    """
    require(by, "transfer")
    signed_by, discrepancies = clean_line(signed_by), clean_line(discrepancies)
    if not case_ids:
        raise Refusal("nothing_chosen", "还没有选中要移交的办件", "在选项列按 1 选中, 再按 F9")
    if not signed_by:
        raise Refusal("receiver_missing", "请填写部门接收人姓名", field="signed_by")
    with desk.act(by) as act:
        rows = [case_row(act.connection, case_id) for case_id in dict.fromkeys(case_ids)]
        departments = {row.accept_office for row in rows}
        if len(departments) != 1:
            raise Refusal("departments_mixed", "一张交接单只能交给一个部门", "请按部门分开移交")
        department = departments.pop()
        counts = paper_counts(act.connection, [row.id for row in rows])
        transfer_id = new_id()
        lines = [listed(act.connection, row, counts.get(row.id, (0, 0, 0))) for row in rows]
        paper = papers.issue(
            act,
            desk,
            PaperKind.TRANSFER_LIST,
            desk_facts(act.connection, desk, by, act.now)
            | {
                "department": department,
                "cases": lines,
                "from_unit": desk.hall_name,
                "to_unit": department,
                "handled_by": by.clerk_name,
                "discrepancies": discrepancies,
                "seal_no": clean_line(seal_no),
            },
        )
        for row, line in zip(rows, lines, strict=True):
            _move_on(act, row, department, paper.number, line)
        act.connection.execute(
            insert(TRANSFERS),
            {
                "id": transfer_id,
                "number": paper.number,
                "department": department,
                "notice_id": paper.id,
                "cases": canonical.dump(
                    [
                        {"case_id": row.id, "pages": line["pages"], "originals": line["originals"]}
                        for row, line in zip(rows, lines, strict=True)
                    ]
                ),
                "discrepancies": discrepancies,
                "signed_by": signed_by,
                "handed_by": by.clerk_id,
                "at": act.now,
            },
        )
        return paper


def _goes_out() -> ColumnElement[bool]:
    return or_(
        CASES.c.state == CaseState.ACCEPTED.value,
        (CASES.c.state == CaseState.RECEIVED.value) & (CASES.c.accept_power == "department"),
    )


def _move_on(act: Act, row: Row[Any], department: str, number: str, line: dict[str, Any]) -> None:
    if row.transferred_at is not None:
        raise Refusal("already_transferred", f"{row.receipt_no} 的材料已经移交过了", "请从清单里去掉这一件")
    if row.state == CaseState.RECEIVED.value and row.accept_power != "department":
        raise Refusal("not_accepted", f"{row.receipt_no} 还没有受理", "受理以后再移交部门")
    after = move_case(row.state, "transfer")
    change_case(act.connection, row, state=after.value, transferred_at=act.now)
    act.record(
        "case.transferred",
        row.id,
        {
            "department": department,
            "list_number": number,
            "state": after.value,
            "pages": line["pages"],
            "originals": line["originals"],
        },
        base_version=row.version,
    )


def paper_counts(connection: Connection, case_ids: list[str]) -> dict[str, tuple[int, int, int]]:
    """Pages, kept originals and kinds of material that a case's file holds; what was checked and given back is not in it."""
    kept = MATERIALS.c.given_back_at.is_(None) & ((MATERIALS.c.copies > 0) | (MATERIALS.c.kept_original))
    found = connection.execute(
        select(
            MATERIALS.c.case_id,
            func.sum(MATERIALS.c.pages),
            func.sum(MATERIALS.c.originals),
            func.count(),
        )
        .where(MATERIALS.c.case_id.in_(case_ids), kept)
        .group_by(MATERIALS.c.case_id)
    )
    return {case_id: (int(pages or 0), int(originals or 0), int(kinds)) for case_id, pages, originals, kinds in found}


def listed(connection: Connection, row: Row[Any], counts: tuple[int, int, int]) -> dict[str, Any]:
    """A case as a line of a list that goes with its papers."""
    back = connection.execute(
        select(MATERIALS.c.name).where(
            MATERIALS.c.case_id == row.id, MATERIALS.c.to_give_back, MATERIALS.c.given_back_at.is_(None)
        )
    ).scalars()
    return {
        "receipt_no": row.receipt_no,
        "district_no": row.district_no or "",
        "item": row.item_name,
        "applicant": row.applicant_name,
        "materials": counts[2],
        "pages": counts[0],
        "originals": counts[1],
        "to_give_back": list(back),
    }
