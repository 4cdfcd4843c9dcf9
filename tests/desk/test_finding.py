"""The find box: any part of what a clerk may know about a thing leads to it."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from clerk_tui import bootstrap
from clerk_tui.demo import prepare
from clerk_tui.desk import finding, signing_in
from clerk_tui.settings import Settings
from clerk_tui.store.core import CASES, PERSONS, RESULTS, TICKETS


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    prepare(folder)
    opened = bootstrap.load_desk(Settings(store=folder))
    yield opened
    opened.store.close()


@pytest.fixture(scope="module")
def by(desk):
    return signing_in.by_number(desk, number="demo", window_id=None)


def hits(desk, by, text: str, group: str) -> dict[str, bool]:
    return {hit.id: hit.exact for hit in finding.find(desk, by, text=text) if hit.group == group}


def rows(desk, table, *where):
    with desk.look() as connection:
        return connection.execute(select(table).where(*where)).all()


def test_any_part_of_a_number_finds_its_person(desk, by):
    people = [row for row in rows(desk, PERSONS, PERSONS.c.id_number.is_not(None)) if len(row.id_number) == 18]
    assert people
    chance = random.Random(7)
    for row in people[:40]:
        start = chance.randrange(0, 11)
        part = row.id_number[start : start + 8]
        found = hits(desk, by, part, "person")
        alike = [one.id for one in people if part in one.id_number]
        assert row.id in found or len(alike) > finding.EACH, (row.id_number, part)
        assert hits(desk, by, row.id_number, "person") == {row.id: True}


def test_any_part_of_a_phone_finds_its_person(desk, by):
    people = [row for row in rows(desk, PERSONS) if len(row.phone) == 11]
    person = people[0]
    for part in (person.phone, person.phone[1:], person.phone[3:9], person.phone[-6:]):
        alike = [one.id for one in people if part in one.phone]
        assert person.id in hits(desk, by, part, "person") or len(alike) > finding.EACH, part


def test_the_index_follows_a_changed_number(desk, by):
    person = next(row for row in rows(desk, PERSONS) if len(row.phone) == 11)
    with desk.store.write() as connection:
        connection.execute(update(PERSONS).where(PERSONS.c.id == person.id).values(phone="13077788899"))
    assert person.id in hits(desk, by, "0777888", "person")
    with desk.store.write() as connection:
        connection.execute(update(PERSONS).where(PERSONS.c.id == person.id).values(phone=person.phone))
    assert person.id not in hits(desk, by, "0777888", "person")


def test_parts_of_a_receipt_number(desk, by):
    case = rows(desk, CASES)[-1]
    letter, day, number = case.receipt_no.split("-")
    for text in (case.receipt_no, case.receipt_no.lower().replace("-", ""), f"{day}{number}"):
        assert hits(desk, by, text, "case").get(case.id) is True, text
    for text in (number, f"{letter}-{day}-{number[:3]}"):
        assert case.id in hits(desk, by, text, "case"), text
    if day[:4] == str(desk.today().year):
        assert hits(desk, by, f"{day[4:]}-{int(number)}", "case").get(case.id) is True


def test_tickets_of_today_by_their_number_or_its_digits(desk, by):
    ticket = rows(desk, TICKETS, TICKETS.c.day == desk.today().isoformat())[0]
    assert hits(desk, by, ticket.number.lower(), "ticket") == {ticket.id: True}
    assert hits(desk, by, ticket.number[1:], "ticket").get(ticket.id) is False


def test_shelf_places_with_or_without_hyphen_and_by_their_beginning(desk, by):
    result = rows(desk, RESULTS, RESULTS.c.shelf != "")[0]
    for text in (result.shelf, result.shelf.replace("-", ""), result.shelf.lower()):
        assert hits(desk, by, text, "shelf").get(result.id) is True, text
    shelves = {row.shelf for row in rows(desk, RESULTS) if row.shelf.startswith(result.shelf[0])}
    assert len(hits(desk, by, result.shelf[:2], "shelf")) >= min(1, len(shelves))


def test_nothing_of_a_kind_is_found_more_than_a_screen_of_it(desk, by):
    for text in ("2026", "4401", "13", "陈", "A0", "B"):
        found = [hit.group for hit in finding.find(desk, by, text=text)]
        assert all(found.count(group) <= finding.EACH for group in found)


@settings(max_examples=60)
@given(st.text(max_size=20))
def test_whatever_is_typed_the_box_answers(desk, by, text):
    finding.find(desk, by, text=text)
