"""Fill in an intake as a clerk would: answer the guide, mark the materials, type the form."""

import dataclasses
from datetime import date, timedelta

from clerk_tui.desk import sheet as sheets
from clerk_tui.desk.context import Desk
from clerk_tui.desk.views.intake import FieldRow, IntakeDraft, IntakeSheet, MaterialMark, MaterialRow, QuestionView
from clerk_tui.store.act import By, new_id

PREFERRED_MARKS = ("1", "3", "4", "5", "2", "9")
VERIFIED = {"1": "seen", "2": "seen", "3": "seen", "4": "resident_phone", "5": "department_system"}
ROUNDS = 8
"""A guide asks at most this many rounds of follow-up questions."""


def draft_of(
    desk: Desk,
    by: By,
    *,
    visit_id: str,
    item_key: str,
    applicant_id: str,
    missing: tuple[str, ...] = (),
    authority_id: str = "",
) -> IntakeDraft:
    """A complete draft of an item for a resident; the materials of `missing` (keys) were not brought.

    `authority_id` where somebody else than the resident stands at the window.
    """
    draft = IntakeDraft(
        act_id=new_id(), visit_id=visit_id, item_key=item_key, applicant_id=applicant_id, authority_id=authority_id
    )
    sheet = sheets.sheet(desk, by, draft=draft)
    for _ in range(ROUNDS):
        answers = {one.id: answer for one in sheet.questions if not one.answered and (answer := _answer(one))}
        if not answers:
            break
        draft = dataclasses.replace(draft, answers={**draft.answers, **answers})
        sheet = sheets.sheet(desk, by, draft=draft)
    draft = dataclasses.replace(
        draft,
        marks={row.key: _mark(row, missing) for row in sheet.materials},
        fields=_form(desk, sheet),
        roles={role: applicant_id for role, _, _ in sheet.roles_needed},
    )
    return draft


def _answer(question: QuestionView) -> tuple[str, ...]:
    """The first answer that lets the item go on."""
    return next(((one.id,) for one in question.options if not one.stops and not one.goes_to), ())


def _mark(row: MaterialRow, missing: tuple[str, ...]) -> MaterialMark:
    if row.key in missing:
        return MaterialMark(mark="0")
    digit = next((one for one in PREFERRED_MARKS if one in row.allowed_marks), row.allowed_marks[0])
    return MaterialMark(mark=digit, verified_how=VERIFIED.get(digit, ""))


def _form(desk: Desk, sheet: IntakeSheet) -> dict[str, object]:
    return {row.id: _value(row, desk.today()) for row in sheet.fields if row.required and row.value in (None, "", [])}


def _value(row: FieldRow, today: date) -> object:
    if row.options and row.type in ("choice", "bool"):
        return row.options[0]
    if row.type == "multi":
        return [row.options[0]] if row.options else ["无"]
    values: dict[str, object] = {
        "date": (today - timedelta(days=20)).isoformat(),
        "datetime": f"{today - timedelta(days=20)} 09:30",
        "year_month": f"{today:%Y-%m}",
        "int": "2",
        "decimal": "2",
        "money": "1200",
        "bank": "6222021234567890123",
        "photo": "GZ20260001",
        "table": "陈示例 本人",
        "person": "陈示例",
        "address": "市桥街道大北路 12 号",
        "idno": "440113199003070021",
    }
    return values.get(row.type, "示例内容")
