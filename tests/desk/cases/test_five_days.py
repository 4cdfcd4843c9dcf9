"""Nobody told the applicant in five days."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Table, select

from clerk_tui.catalog.questions import questions_of
from clerk_tui.desk import closing, first_of_day, five_days, intake
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


def test_the_first_sign_in_of_a_day_sees_to_it_whoever_signs_in(desk: Desk, sign: Any, clock: Any, received) -> None:
    permit, benefit = received("spjy-xuke"), received("dibao")
    assert first_of_day.see_to(desk, sign("301")).words == ""
    clock.set("2026-12-01 08:50")
    seen_to = first_of_day.see_to(desk, sign("301"))
    assert (seen_to.left, seen_to.deemed, seen_to.incidents) == (1, 1, 1)
    assert "依法视为受理" in seen_to.words and "记在 6渠道 的待办里" in seen_to.words
    assert [rows(desk, CASES, id=one)[0].state for one in (permit, benefit)] == ["accepted", "received"]
    assert first_of_day.see_to(desk, sign("301")).words == ""


def test_the_close_of_a_day_sees_to_it_too(desk: Desk, clerk: By, clock: Any, received) -> None:
    permit = received("spjy-xuke")
    clock.set("2026-12-01 17:00")
    endings = {end.id: end.choices[0][0] for end in closing.open_ends(desk, clerk)}
    assert closing.close_day(desk, clerk, endings=endings).late == 1
    assert rows(desk, CASES, id=permit)[0].state == "accepted"
    assert closing.close_day(desk, clerk, endings={}).late == 0


def test_two_programs_see_to_a_case_once(desk: Desk, another_desk: Desk, clerk: By, clock: Any, received) -> None:
    received("dibao")
    clock.set("2026-12-01 09:00")
    with ThreadPoolExecutor(2) as both:
        done = [*both.map(lambda one: five_days.sweep(one, clerk), (desk, another_desk))]
    assert sum(map(len, done)) == 1
    assert len(rows(desk, TASKS)) == 1
