"""Organisations: registered once by their 统一社会信用代码."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from clerk_tui.desk.context import Desk
from clerk_tui.desk.people import person_row, same_person
from clerk_tui.desk.permits import require
from clerk_tui.desk.person_facts import checked_phone
from clerk_tui.desk.views.visit import PersonView, Registered
from clerk_tui.rules.identity import NumberKind, check_number, kind_words
from clerk_tui.rules.masking import mask_number, mask_phone
from clerk_tui.rules.plain_text import clean_line, clean_name
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import people_search
from clerk_tui.store.act import Act, By, new_id
from clerk_tui.store.core import ORGANISATIONS

_KEPT = ("name", "uscc", "legal_person_id", "phone", "address")


def register_organisation(
    desk: Desk,
    by: By,
    *,
    name: str,
    uscc: str = "",
    legal_person_id: str | None = None,
    phone: str = "",
    address: str = "",
) -> Registered:
    """Register an organisation, or find the one with this code (or, without one, this name) already there.

    One that is being founded has no code yet. Raises Refusal name_empty, number_faulty, phone_faulty, person_unknown.
    """
    require(by, "register_organisation")
    facts = _checked(
        desk.today(),
        {"name": name, "uscc": uscc, "legal_person_id": legal_person_id, "phone": phone, "address": address},
    )
    with desk.act(by) as act:
        if facts["legal_person_id"]:
            person_row(act.connection, facts["legal_person_id"])
        where = ORGANISATIONS.c.uscc == facts["uscc"] if facts["uscc"] else ORGANISATIONS.c.name == facts["name"]
        known = act.connection.execute(select(ORGANISATIONS).where(where)).first()
        if known is not None:
            differs = () if known.name == facts["name"] else (f"登记的名称是 {known.name}, 与刚输入的不同",)
            return Registered(organisation_view(known), True, differs)
        organisation_id, seek = new_id(), act.number("seek:organisation")
        initials = people_search.spell(facts["name"])[0]
        act.connection.execute(
            insert(ORGANISATIONS),
            {
                "id": organisation_id,
                "seek": seek,
                "initials": initials,
                "made_at": act.now,
                "version": 1,
                **_columns(facts),
            },
        )
        people_search.index_organisation(act.connection, seek, facts["name"], initials)
        act.record("organisation.registered", organisation_id, facts)
        return Registered(organisation_view(organisation_row(act.connection, organisation_id)), False)


def correct_organisation(
    desk: Desk, by: By, *, organisation_id: str, changes: dict[str, Any], reason: str = ""
) -> Registered:
    """Correct name, uscc, legal_person_id, phone, address. Raises what registering raises, and number_taken."""
    require(by, "correct_organisation")
    with desk.act(by) as act:
        return correct_within(desk, act, organisation_id, changes, reason)


def correct_within(desk: Desk, act: Act, organisation_id: str, changes: dict[str, Any], reason: str) -> Registered:
    """`correct_organisation` inside an act that does more."""
    unknown = set(changes) - set(_KEPT)
    if unknown:
        raise Refusal("field_unknown", "没有这一项可以更正", field=min(unknown))
    row = organisation_row(act.connection, organisation_id)
    before = {name: getattr(row, name) for name in _KEPT}
    facts = _checked(desk.today(), {**before, **changes})
    changed = {name: facts[name] for name in _KEPT if facts[name] != before[name]}
    if not changed:
        return Registered(organisation_view(row), True)
    if facts["legal_person_id"]:
        person_row(act.connection, facts["legal_person_id"])
    if changed.get("uscc"):
        taken = act.connection.execute(select(ORGANISATIONS.c.id).where(ORGANISATIONS.c.uscc == facts["uscc"])).first()
        if taken is not None:
            raise Refusal("number_taken", "这个代码已经登记在另一单位名下", "请核对营业执照", field="uscc")
    initials = people_search.spell(facts["name"])[0]
    act.connection.execute(
        update(ORGANISATIONS)
        .where(ORGANISATIONS.c.id == organisation_id)
        .values(initials=initials, version=row.version + 1, **_columns(facts))
    )
    if "name" in changed:
        people_search.drop_organisation(act.connection, row.seek, row.name, row.initials)
        people_search.index_organisation(act.connection, row.seek, facts["name"], initials)
    act.record(
        "organisation.corrected",
        organisation_id,
        {"before": {name: before[name] for name in changed}, "after": changed, "reason": clean_line(reason)},
        base_version=row.version,
    )
    return Registered(organisation_view(organisation_row(act.connection, organisation_id)), True)


def organisation(desk: Desk, by: By, *, organisation_id: str) -> PersonView:
    """One organisation. Raises Refusal organisation_unknown."""
    with desk.look() as connection:
        return organisation_view(organisation_row(connection, organisation_id))


def find_organisations(desk: Desk, by: By, *, text: str, limit: int = 20) -> tuple[PersonView, ...]:
    """Organisations by any piece of name, initials, code or phone, exact ones first."""
    require(by, "search_people")
    with desk.look() as connection:
        return tuple(
            organisation_view(found.row) for found in people_search.find_organisations(connection, text, limit)
        )


def represented_by(desk: Desk, by: By, *, person_id: str) -> tuple[PersonView, ...]:
    """The organisations whose legal representative this person is, under any of its records."""
    with desk.look() as connection:
        ids = same_person(connection, person_id)
        rows = connection.execute(
            select(ORGANISATIONS).where(ORGANISATIONS.c.legal_person_id.in_(ids)).order_by(ORGANISATIONS.c.made_at)
        ).all()
        return tuple(organisation_view(row) for row in rows)


def organisation_row(connection: Connection, organisation_id: str) -> Row[Any]:
    """The row of an organisation. Raises Refusal organisation_unknown."""
    row = connection.execute(select(ORGANISATIONS).where(ORGANISATIONS.c.id == organisation_id)).one_or_none()
    if row is None:
        raise Refusal("organisation_unknown", "找不到这个单位", "请重新查找或登记", field="organisation")
    return row


def organisation_view(row: Row[Any]) -> PersonView:
    """A row as the screens show it; an organisation's name is public, its contact's phone is not."""
    return PersonView(
        id=row.id,
        kind="organisation",
        name=row.name,
        name_masked=row.name,
        id_kind=NumberKind.USCC.value if row.uscc else "",
        id_kind_words=kind_words(NumberKind.USCC) if row.uscc else "暂无代码",
        number_masked=mask_number(row.uscc or ""),
        sex="",
        age=None,
        birth="",
        phone_masked=mask_phone(row.phone),
        address=row.address,
        village="",
        version=row.version,
    )


def _columns(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        **facts,
        "uscc_tail": (facts["uscc"] or "")[-4:],
        "phone_tail": "".join(filter(str.isdigit, facts["phone"]))[-4:],
    }


def _checked(today: date, asked: dict[str, Any]) -> dict[str, Any]:
    code = clean_line(asked["uscc"] or "")
    number = None
    if code:
        check = check_number(code, today=today, kind=NumberKind.USCC)
        if not check.valid:
            raise Refusal("number_faulty", "; ".join(check.reasons), "请核对营业执照后重新输入", field="uscc")
        number = check.number
    return {
        "name": clean_name(asked["name"]),
        "uscc": number,
        "legal_person_id": asked["legal_person_id"] or None,
        "phone": checked_phone(asked["phone"] or ""),
        "address": clean_line(asked["address"] or ""),
    }
