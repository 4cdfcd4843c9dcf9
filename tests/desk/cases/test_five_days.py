"""Nobody told the applicant in five days."""

from typing import Any

import pytest
from sqlalchemy import Table, select

from clerk_tui.catalog.questions import questions_of
from clerk_tui.desk import five_days, intake
from clerk_tui.desk.context import Desk
from clerk_tui.store.act import By
from clerk_tui.store.core import CASES, TASKS


def rows(desk: Desk, table: Table, **where: Any) -> list[Any]:
    with desk.look() as connection:
        query = select(table)
        for name, value in where.items():
            query = query.where(table.c[name] == value)
        return list(connection.execute(query))


@pytest.fixture
def received(desk: Desk, clerk: By, owner: str, open_visit, fill):
    def taken(item_key: str) -> str:
        item = desk.catalogue.items[item_key]
        answers = {one.id: next(o.id for o in one.options if not o.stop) for one in questions_of(desk.catalogue, item)}
        draft = fill(clerk, open_visit(clerk, owner), owner, item_key, answers)
        return intake.settle(desk, clerk, draft=draft, outcome="receive").case_id

    return taken


def test_a_permit_counts_as_accepted_from_the_day_of_receipt(desk: Desk, clerk: By, clock, received) -> None:
    case_id = received("spjy-xuke")
    clock.set("2026-11-30 16:00")
    assert five_days.sweep(desk, clerk) == ()
    clock.set("2026-12-01 09:00")
    [done] = five_days.sweep(desk, clerk)
    case = rows(desk, CASES, id=case_id)[0]
    assert (done.state, case.accepted_at, case.flag_requested) == ("accepted", case.received_at, False)
    assert done.papers[0].facts["date"] == "2026-11-23"
    assert "即为受理" in done.papers[0].facts["basis"][0]
    assert [row.kind for row in rows(desk, TASKS, case_id=case_id)] == ["incident"]
    assert five_days.sweep(desk, clerk) == ()


def test_anything_else_is_an_incident_only(desk: Desk, clerk: By, clock, received) -> None:
    case_id = received("dibao")
    clock.set("2026-12-01 09:00")
    [done] = five_days.sweep(desk, clerk)
    assert (done.state, done.papers) == ("received", ())
    assert rows(desk, CASES, id=case_id)[0].accepted_at is None
    assert five_days.sweep(desk, clerk) == ()
