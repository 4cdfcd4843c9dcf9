"""Residents: registered once, found by number, corrected with what was before."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from clerk_tui.desk.context import Desk
from clerk_tui.desk.permits import require
from clerk_tui.desk.person_facts import KEPT, PersonFacts, checked_facts, differences
from clerk_tui.desk.views.visit import PersonView, Registered
from clerk_tui.rules.identity import NumberKind, age_on, kind_words
from clerk_tui.rules.masking import mask_name, mask_number, mask_phone
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import people_search
from clerk_tui.store.act import Act, By, new_id
from clerk_tui.store.core import PERSONS


def register_person(
    desk: Desk,
    by: By,
    *,
    name: str,
    number: str = "",
    id_kind: str = "",
    birth: str = "",
    sex: str = "",
    phone: str = "",
    contact: str = "",
    address: str = "",
    village: str = "",
    birth_proof: str = "",
) -> Registered:
    """Register a resident, or find the one who has this number already (nothing is changed then).

    Without a number: birth date and `birth_proof` (guardian's name; a 出生医学证明编号 is a number of its own kind).
    A phone may be 无 where an address or a contact is given. Raises Refusal name_empty, number_faulty, birth_faulty,
    birth_future, phone_faulty, reach_missing, proof_missing.
    """
    require(by, "register_person")
    facts = checked_facts(
        desk.today(),
        {
            "name": name,
            "id_number": number,
            "id_kind": id_kind,
            "birth": birth,
            "sex": sex,
            "phone": phone,
            "contact": contact,
            "address": address,
            "village": village,
            "birth_proof": birth_proof,
        },
    )
    with desk.act(by) as act:
        known = _same(act.connection, facts)
        if known is not None:
            return Registered(person_view(known, desk.today()), True, differences(known, facts), facts.warnings)
        row = _insert(act, facts)
        return Registered(person_view(row, desk.today()), False, (), facts.warnings)


def _insert(act: Act, facts: PersonFacts) -> Row[Any]:
    person_id, seek = new_id(), act.number("seek:person")
    columns = facts.columns()
    act.connection.execute(
        insert(PERSONS),
        {
            "id": person_id,
            "seek": seek,
            "made_at": act.now,
            "version": 1,
            **columns,
        },
    )
    people_search.index_person(act.connection, seek, facts.name, columns["initials"], columns["pinyin"])
    act.record("person.registered", person_id, facts.body())
    return person_row(act.connection, person_id)


def correct_person(
    desk: Desk, by: By, *, person_id: str, changes: dict[str, str], reason: str = "", version: int | None = None
) -> Registered:
    """Correct facts of a resident (name, number, id_kind, birth, sex, phone, contact, address, village, birth_proof).

    A newborn who gets a number keeps the birth certificate's number as proof. Raises what `register_person` raises,
    and number_taken (that number is another's: merge the two), changed_meanwhile.
    """
    require(by, "correct_person")
    with desk.act(by) as act:
        return correct_within(desk, act, person_id, changes, reason, version)


def correct_within(
    desk: Desk, act: Act, person_id: str, changes: dict[str, str], reason: str, version: int | None = None
) -> Registered:
    """`correct_person` inside an act that does more."""
    changes = {("id_number" if name == "number" else name): value for name, value in changes.items()}
    unknown = set(changes) - set(KEPT)
    if unknown:
        raise Refusal("field_unknown", "没有这一项可以更正", field=min(unknown))
    row = person_row(act.connection, person_id)
    if version is not None and row.version != version:
        raise Refusal("changed_meanwhile", "这位居民的资料刚被别处改过, 本次没有改", "请看过新资料后再改")
    before = {name: getattr(row, name) or "" for name in KEPT}
    asked = {**before, **changes}
    if "id_number" in changes and "id_kind" not in changes:
        asked["id_kind"] = ""
    if row.id_kind == NumberKind.BIRTH_CERTIFICATE and "id_number" in changes and "birth_proof" not in changes:
        asked["birth_proof"] = row.id_number
    facts = checked_facts(desk.today(), asked)
    after = facts.body()
    changed = {name: after[name] for name in KEPT if (after[name] or "") != before[name]}
    if not changed:
        return Registered(person_view(row, desk.today()), True, (), facts.warnings)
    if "id_number" in changed and facts.id_number is not None:
        other = by_number(act.connection, facts.id_number)
        if other is not None and other.id != root_of(act.connection, person_id):
            raise Refusal("number_taken", "这个号码已经登记在另一人名下", "若是同一个人, 请用「合并」", field="number")
    columns = facts.columns()
    act.connection.execute(update(PERSONS).where(PERSONS.c.id == person_id).values(**columns, version=row.version + 1))
    if "name" in changed and row.merged_into is None:
        people_search.drop_person(act.connection, row.seek, row.name, row.initials, row.pinyin)
        people_search.index_person(act.connection, row.seek, facts.name, columns["initials"], columns["pinyin"])
    act.record(
        "person.corrected",
        person_id,
        {"before": {name: before[name] for name in changed}, "after": changed, "reason": clean_line(reason)},
        base_version=row.version,
    )
    return Registered(person_view(person_row(act.connection, person_id), desk.today()), True, (), facts.warnings)


def person(desk: Desk, by: By, *, person_id: str) -> PersonView:
    """One resident, masked. Raises Refusal person_unknown."""
    with desk.look() as connection:
        return person_view(person_row(connection, person_id), desk.today())


def find_people(desk: Desk, by: By, *, text: str, limit: int = 20) -> tuple[PersonView, ...]:
    """Residents by any piece of name, pinyin, initials, number, phone, exact ones first."""
    require(by, "search_people")
    today = desk.today()
    with desk.look() as connection:
        return tuple(person_view(found.row, today) for found in people_search.find_persons(connection, text, limit))


def person_row(connection: Connection, person_id: str) -> Row[Any]:
    """The row of a person. Raises Refusal person_unknown."""
    row = connection.execute(select(PERSONS).where(PERSONS.c.id == person_id)).one_or_none()
    if row is None:
        raise Refusal("person_unknown", "找不到这位居民", "请重新查找或登记", field="person")
    return row


def by_number(connection: Connection, number: str) -> Row[Any] | None:
    """The person kept under a number (folded), after merges."""
    row = connection.execute(
        select(PERSONS).where(PERSONS.c.id_number == number).order_by(PERSONS.c.merged_into.is_not(None)).limit(1)
    ).first()
    if row is None or row.merged_into is None:
        return row
    return person_row(connection, root_of(connection, row.id))


def root_of(connection: Connection, person_id: str) -> str:
    """The person kept after merges."""
    seen = {person_id}
    while True:
        into = connection.execute(select(PERSONS.c.merged_into).where(PERSONS.c.id == person_id)).scalar()
        if into is None or into in seen:
            return person_id
        seen.add(into)
        person_id = str(into)


def same_person(connection: Connection, person_id: str) -> tuple[str, ...]:
    """Every id under which this person was ever recorded: the kept one first. What waits is looked up by all."""
    found = [root_of(connection, person_id)]
    fringe = found
    while fringe:
        fringe = [
            str(one)
            for one in connection.execute(select(PERSONS.c.id).where(PERSONS.c.merged_into.in_(fringe))).scalars()
            if one not in found
        ]
        found = [*found, *fringe]
    return tuple(found)


def person_view(row: Row[Any], today: date) -> PersonView:
    """A row as the screens may show it."""
    birth = date.fromisoformat(row.birth) if row.birth else None
    return PersonView(
        id=row.id,
        kind="person",
        name=row.name,
        name_masked=mask_name(row.name),
        id_kind=row.id_kind,
        id_kind_words=kind_words(NumberKind(row.id_kind)) if row.id_kind else "暂无号码",
        number_masked=mask_number(row.id_number or ""),
        sex=row.sex,
        age=age_on(birth, today) if birth else None,
        birth=row.birth or "",
        phone_masked=mask_phone(row.phone),
        address=row.address,
        village=row.village,
        version=row.version,
        contact=row.contact,
    )


def _same(connection: Connection, facts: PersonFacts) -> Row[Any] | None:
    if facts.id_number is not None:
        found = by_number(connection, facts.id_number)
        if found is None and facts.id_kind == NumberKind.BIRTH_CERTIFICATE:
            found = connection.execute(select(PERSONS).where(PERSONS.c.birth_proof == facts.id_number)).first()
        return found
    return connection.execute(
        select(PERSONS).where(
            PERSONS.c.name == facts.name,
            PERSONS.c.birth == facts.birth,
            or_(PERSONS.c.birth_proof == facts.birth_proof, PERSONS.c.contact == facts.birth_proof),
            PERSONS.c.merged_into.is_(None),
        )
    ).first()
