"""Residents who stand at a window, and drafts of real items filled in as a clerk would."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from clerk_tui.desk import people, policies, visits
from clerk_tui.desk.context import Desk
from clerk_tui.desk.sheet import sheet
from clerk_tui.desk.views.intake import IntakeDraft, MaterialMark
from clerk_tui.resources import data_folder
from clerk_tui.store.act import By, new_id
from clerk_tui.store.core import VISITS

ELDER = {"name": "陈秀英", "number": "440113195803120021", "phone": "13812343210", "address": "市桥街道德兴路1号"}
OWNER = {"name": "黄志强", "number": "440113198807150035", "phone": "13912340071", "address": "市桥街道西丽路9号"}


def with_check_digit(first_17: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first_17 + "10X98765432"[sum(int(c) * w for c, w in zip(first_17, weights, strict=True)) % 11]


@pytest.fixture
def elder(desk: Desk, clerk: By) -> str:
    """陈秀英, 68 years old; the id of her row."""
    facts = ELDER | {"number": with_check_digit(ELDER["number"][:17])}
    return people.register_person(desk, clerk, **facts).person.id


@pytest.fixture
def owner(desk: Desk, clerk: By) -> str:
    """黄志强, who opens a restaurant."""
    facts = OWNER | {"number": with_check_digit(OWNER["number"][:17])}
    return people.register_person(desk, clerk, **facts).person.id


OpenVisit = Callable[..., str]


@pytest.fixture
def open_visit(desk: Desk) -> OpenVisit:
    """A visit of an identified person at the clerk's window."""

    def opened(by: By, person_id: str, *, identified: bool = True) -> str:
        with desk.look() as connection:
            before = connection.execute(
                select(VISITS.c.id).where(VISITS.c.window_id == by.window_id, VISITS.c.state == "open")
            ).scalar()
        if before is not None:
            visits.finish(desk, by, visit_id=before, outcome="asked")
        visit = visits.open_without_ticket(desk, by)
        if identified:
            visits.identify(desk, by, visit_id=visit.id, person_id=person_id, how="card_seen")
        return visit.id

    return opened


@pytest.fixture
def example_list(desk: Desk, supervisor: By) -> str:
    """The deficiency list of the demonstration, 示例."""
    file = data_folder() / "demo" / "deficiency-list.yaml"
    return policies.load_deficiency_list(desk, supervisor, file=file, allow_example=True)


Fill = Callable[..., IntakeDraft]


@pytest.fixture
def fill(desk: Desk) -> Fill:
    """A draft with these answers, every material brought (`marks` says otherwise), every required field filled."""

    def filled(
        by: By,
        visit_id: str,
        applicant_id: str,
        item_key: str,
        answers: dict[str, str],
        *,
        marks: dict[str, MaterialMark | str] | None = None,
        fields: dict[str, Any] | None = None,
        **more: Any,
    ) -> IntakeDraft:
        draft = IntakeDraft(
            act_id=new_id(),
            visit_id=visit_id,
            item_key=item_key,
            applicant_id=applicant_id,
            answers={key: tuple(words.split(",")) for key, words in answers.items()},
            fields=fields or {},
            **more,
        )
        said = {
            key: mark if isinstance(mark, MaterialMark) else MaterialMark(mark=mark)
            for key, mark in (marks or {}).items()
        }
        now = sheet(desk, by, draft=replace(draft, marks=said))
        brought = {
            row.key: MaterialMark(mark="1") for row in now.materials if not row.mark.mark and row.key not in said
        }
        typed = {
            row.id: SAMPLES[row.type] if not row.options else row.options[0]
            for row in now.fields
            if row.required and row.value is None and not row.owed and row.id not in draft.fields
        }
        typed = {
            key: [{column: SAMPLE_CELLS.get(column, "无") for column in row.options}] if row.type == "table" else value
            for key, value in typed.items()
            for row in now.fields
            if row.id == key
        }
        return replace(draft, marks=said | brought, fields=draft.fields | typed)

    return filled


SAMPLE_CELLS = {"姓名": "陈小明", "关系": "儿子", "身份证": "", "证件号码": "", "月收入": "1200"}
SAMPLES: dict[str, Any] = {
    "text": "无特殊情况",
    "address": "市桥街道德兴路1号之二",
    "int": "3",
    "decimal": "86.5",
    "money": "120.50",
    "bool": "1",
    "choice": "其他",
    "multi": "甲, 乙",
    "date": "2026-11-01",
    "datetime": "2026-11-01 08:30",
    "year_month": "2026-11",
    "idno": "440113195501010015",
    "bank": "6222021234567890123",
    "photo": "GZ20261123001",
    "person": {"name": "区秀莲", "number": "", "phone": "13812343210"},
    "table": [],
}
