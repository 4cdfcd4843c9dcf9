"""Residents and organisations: registered once, corrected, merged; authorities; unmasking."""

import pytest
from sqlalchemy import select

from clerk_tui.desk import authorities, merging, organisations, people, unmasking
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import people_search
from clerk_tui.store.core import ACCESS_LOG, EVENTS, PERSONS

ELDER = "440113195501010015"
WOMAN = "440113199003070021"
HONGKONG = "810000199001010019"
FOREIGNER = "944840199009090014"
NEWBORN = "440113202610050019"
USCC = "91440113MA00000002"


def register(desk, by, **facts):
    return people.register_person(desk, by, **{"name": "陈志英", "number": ELDER, "phone": "13800003210", **facts})


def events(desk, kind):
    with desk.look() as connection:
        return list(connection.execute(select(EVENTS.c.body).where(EVENTS.c.kind == kind)).scalars())


def test_a_resident_is_registered_with_what_the_number_tells(desk, clerk):
    found = register(desk, clerk)
    view = found.person
    assert not found.existing
    assert (view.birth, view.sex, view.age) == ("1955-01-01", "男", 71)
    assert view.number_masked == "440113********0015" and view.phone_masked == "138****3210"
    assert view.name_masked == "陈*英"
    assert len(events(desk, "person.registered")) == 1


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (ELDER, "resident_id"),
        (HONGKONG, "gat_residence"),
        (FOREIGNER, "foreigner_permanent_18"),
        ("H12345678", "hkm_permit"),
        ("12345678", "taiwan_permit"),
        ("E12345678", "passport"),
    ],
)
def test_every_kind_of_number(desk, clerk, number, kind):
    view = register(desk, clerk, number=number).person
    assert view.id_kind == kind and view.id_kind_words


def test_a_typed_kind_is_kept(desk, clerk):
    view = register(desk, clerk, number="AB1234567", id_kind="foreign_passport", birth="1980-02-03").person
    assert view.id_kind_words == "外国护照" and view.age == 46


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("４４０１１３１９５５０１０１００１５", True),
        (" 440113 19550101 0015\n", True),
        ("440113-19550101-0015", True),
    ],
)
def test_the_same_number_never_makes_a_second_person(desk, clerk, typed, same):
    first = register(desk, clerk)
    again = register(desk, clerk, number=typed, name="陈智英", phone="13900000000")
    assert again.existing is same and again.person.id == first.person.id
    assert again.person.name == "陈志英"
    assert len(again.differs) == 2 and "陈*英" in again.differs[0]
    with desk.look() as connection:
        assert len(connection.execute(select(PERSONS.c.id)).all()) == 1


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"number": "440113195501010016"}, "number_faulty", "number"),
        ({"number": "440113205501010015"}, "number_faulty", "number"),
        ({"number": USCC}, "number_faulty", "number"),
        ({"name": " \u202e\u0007 "}, "name_empty", ""),
        ({"number": "", "birth": ""}, "birth_faulty", "birth"),
        ({"number": "", "birth": "2026-02-30"}, "birth_faulty", "birth"),
        ({"number": "", "birth": "2027-01-01", "birth_proof": "陈母"}, "birth_future", "birth"),
        ({"number": "", "birth": "2026-10-05"}, "proof_missing", "birth_proof"),
        ({"phone": "1380000321"}, "phone_faulty", "phone"),
        ({"phone": "无"}, "reach_missing", "phone"),
        ({"sex": "x", "number": "", "birth": "2026-10-05", "birth_proof": "陈母"}, "sex_faulty", "sex"),
    ],
)
def test_bad_input_is_named_and_nothing_is_kept(desk, clerk, facts, code, field):
    with pytest.raises(Refusal) as refused:
        register(desk, clerk, **facts)
    assert refused.value.code == code
    assert not field or refused.value.field == field
    assert refused.value.words
    with desk.look() as connection:
        assert connection.execute(select(PERSONS.c.id)).all() == []
    assert events(desk, "person.registered") == []


def test_refusals_hold_no_personal_data(desk, clerk):
    with pytest.raises(Refusal) as refused:
        register(desk, clerk, number="440113195501010016", name="陈志英")
    assert "陈志英" not in str(refused.value) and "19550101" not in refused.value.words + refused.value.advice


def test_no_phone_needs_an_address_or_a_contact(desk, clerk):
    view = register(desk, clerk, phone="无", contact="邻居王姨").person
    assert view.phone_masked == "" and view.contact == "邻居王姨"


def test_a_newborn_gets_a_number_later(desk, clerk):
    first = register(desk, clerk, name="陈宝", number="Y441234567", birth="2026-10-05", phone="无", contact="母亲")
    assert first.person.id_kind == "birth_certificate"
    late = people.correct_person(
        desk, clerk, person_id=first.person.id, changes={"number": NEWBORN}, reason="已登记户口"
    )
    assert late.person.id_kind == "resident_id" and late.person.birth == "2026-10-05"
    again = register(desk, clerk, name="陈宝", number="Y441234567", phone="无", contact="母亲")
    assert again.existing and again.person.id == first.person.id


def test_a_person_without_any_number_is_found_again(desk, clerk):
    facts = {"name": "陈宝", "number": "", "birth": "2026年10月5日", "birth_proof": "陈母", "phone": "13800003210"}
    first = register(desk, clerk, **facts)
    assert first.person.birth == "2026-10-05" and first.person.id_kind_words == "暂无号码"
    assert register(desk, clerk, **facts).person.id == first.person.id
    other = register(desk, clerk, **{**facts, "birth_proof": "李母"})
    assert other.person.id != first.person.id


def test_markup_and_control_characters_stay_plain(desk, clerk):
    view = register(desk, clerk, name="陈[/x]\r\n志\u200b英[bold]", address="市桥\t\x1b[31m路").person
    assert "\n" not in view.name and "\x1b" not in view.address and "[/x]" in view.name


def test_correcting_keeps_before_after_and_reason(desk, clerk):
    first = register(desk, clerk).person
    done = people.correct_person(
        desk, clerk, person_id=first.id, changes={"name": "陈智英", "phone": "13911112222"}, reason="输错"
    )
    assert done.person.version == first.version + 1
    body = events(desk, "person.corrected")[0]
    assert "陈志英" in body and "陈智英" in body and "输错" in body and "address" not in body
    assert [one.id for one in people.find_people(desk, clerk, text="智英")] == [first.id]
    assert people.find_people(desk, clerk, text="志英") == ()
    assert [one.id for one in people.find_people(desk, clerk, text="2222")] == [first.id]


def test_a_correction_of_nothing_is_no_act(desk, clerk):
    first = register(desk, clerk).person
    people.correct_person(desk, clerk, person_id=first.id, changes={"phone": "13800003210"})
    assert events(desk, "person.corrected") == []


def test_two_corrections_of_one_person_do_not_overwrite(desk, clerk):
    first = register(desk, clerk).person
    people.correct_person(desk, clerk, person_id=first.id, changes={"phone": "无", "address": "某路"}, version=1)
    with pytest.raises(Refusal, match="changed_meanwhile"):
        people.correct_person(desk, clerk, person_id=first.id, changes={"address": "别处"}, version=1)


def test_anothers_number_is_not_taken(desk, clerk):
    register(desk, clerk)
    other = register(desk, clerk, name="区小明", number=WOMAN).person
    with pytest.raises(Refusal, match="number_taken"):
        people.correct_person(desk, clerk, person_id=other.id, changes={"number": ELDER})
    with pytest.raises(Refusal, match="field_unknown"):
        people.correct_person(desk, clerk, person_id=other.id, changes={"merged_into": "x"})
    with pytest.raises(Refusal, match="person_unknown"):
        people.correct_person(desk, clerk, person_id="nobody", changes={"name": "x"})


def test_merging_and_unmerging(desk, clerk, approved):
    old = register(desk, clerk, number="", birth="1955-01-01", birth_proof="无", name="陈志英").person
    new = register(desk, clerk).person
    kept = merging.merge(desk, clerk, keep_id=new.id, drop_id=old.id, reason="同一人, 户口簿一致")
    assert kept.id == new.id
    with desk.look() as connection:
        assert set(people.same_person(connection, old.id)) == {old.id, new.id}
        assert people.root_of(connection, old.id) == new.id
    assert [one.id for one in people.find_people(desk, clerk, text="陈志英")] == [new.id]
    assert [one.id for one in merging.merged_records(desk, clerk, person_id=new.id)] == [old.id]
    with pytest.raises(Refusal, match="same_record"):
        merging.merge(desk, clerk, keep_id=old.id, drop_id=new.id, reason="再合并")
    with pytest.raises(Refusal, match="supervisor_needed"):
        merging.unmerge(desk, clerk, person_id=old.id, reason="弄错")
    merging.unmerge(desk, approved(clerk), person_id=old.id, reason="弄错")
    assert {one.id for one in people.find_people(desk, clerk, text="陈志英")} == {new.id, old.id}
    with pytest.raises(Refusal, match="not_merged"):
        merging.unmerge(desk, approved(clerk), person_id=old.id, reason="弄错")


def test_chains_of_merges_lead_to_one_person(desk, clerk):
    ids = [register(desk, clerk, number="", birth="1955-01-01", birth_proof=f"证{n}").person.id for n in range(4)]
    for keep, drop in ((1, 0), (2, 1), (3, 2)):
        merging.merge(desk, clerk, keep_id=ids[keep], drop_id=ids[drop], reason="同一人")
    with desk.look() as connection:
        for one in ids:
            assert people.root_of(connection, one) == ids[3]
            assert set(people.same_person(connection, one)) == set(ids)


def test_two_valid_numbers_are_two_people(desk, clerk):
    one, other = register(desk, clerk).person, register(desk, clerk, number=WOMAN).person
    with pytest.raises(Refusal, match="numbers_differ"):
        merging.merge(desk, clerk, keep_id=one.id, drop_id=other.id, reason="像")
    with pytest.raises(Refusal, match="reason_missing"):
        merging.merge(desk, clerk, keep_id=one.id, drop_id=other.id, reason=" ")


def test_organisations_are_registered_once(desk, clerk):
    first = organisations.register_organisation(desk, clerk, name="番禺区示例商店", uscc=USCC, phone="13800003210")
    again = organisations.register_organisation(desk, clerk, name="另一名称", uscc=f" {USCC.lower()} ")
    assert again.existing and again.person.id == first.person.id and again.differs
    with pytest.raises(Refusal) as refused:
        organisations.register_organisation(desk, clerk, name="坏代码", uscc="91440113MA00000003")
    assert refused.value.code == "number_faulty" and refused.value.field == "uscc"
    founding = organisations.register_organisation(desk, clerk, name="筹办中的店").person
    done = organisations.correct_organisation(
        desk, clerk, organisation_id=founding.id, changes={"uscc": "114401130000000007"}, reason="领照"
    )
    assert done.person.number_masked.startswith("114401")
    with pytest.raises(Refusal, match="number_taken"):
        organisations.correct_organisation(desk, clerk, organisation_id=founding.id, changes={"uscc": USCC})
    assert [one.id for one in organisations.find_organisations(desk, clerk, text="示例")] == [first.person.id]
    assert [one.id for one in organisations.find_organisations(desk, clerk, text="pyqsl")] == [first.person.id]
    assert organisations.find_organisations(desk, clerk, text="0007")[0].id == founding.id


def authorise(desk, by, principal, holder, **facts):
    return authorities.record_authority(
        desk,
        by,
        **{
            "principal_kind": "person",
            "principal_id": principal.id,
            "holder_id": holder.id,
            "kind": "proxy",
            "evidence": "委托书 2026-11-20",
            "relation": "女儿",
            **facts,
        },
    )


def test_authorities_hold_within_scope_and_dates(desk, clerk, clock):
    old, daughter = register(desk, clerk).person, register(desk, clerk, name="陈小芳", number=WOMAN).person
    item = next(iter(desk.catalogue.items))
    view = authorise(desk, clerk, old, daughter, scope=item, valid_to="2026-11-25")
    assert view.principal_name == "陈*英" and view.kind_words == "委托" and view.scope_words != "全部事项"
    held = authorities.authorities_of(desk, clerk, holder_id=daughter.id)
    assert [one.id for one in held] == [view.id]
    assert authorities.authorities_of(desk, clerk, holder_id=daughter.id, item_key="another") == ()
    assert authorities.authorities_of(desk, clerk, holder_id=old.id) == ()
    clock.set("2026-11-25 16:00")
    assert authorities.authorities_of(desk, clerk, holder_id=daughter.id, item_key=item)
    clock.set("2026-11-26 09:00")
    assert authorities.authorities_of(desk, clerk, holder_id=daughter.id) == ()


def test_an_ended_authority_ends_now(desk, clerk):
    old, daughter = register(desk, clerk).person, register(desk, clerk, name="陈小芳", number=WOMAN).person
    view = authorise(desk, clerk, old, daughter)
    authorities.end_authority(desk, clerk, authority_id=view.id, reason="委托人撤销")
    assert authorities.authorities_of(desk, clerk, holder_id=daughter.id) == ()
    with pytest.raises(Refusal, match="authority_ended"):
        authorities.end_authority(desk, clerk, authority_id=view.id, reason="再撤销")


def test_guardianship_of_a_minor_ends_with_the_minority(desk, clerk):
    child = register(desk, clerk, name="陈宝", number="", birth="2012-02-29", birth_proof="陈母").person
    mother = register(desk, clerk, name="陈母", number=WOMAN).person
    view = authorise(desk, clerk, child, mother, kind="guardian", relation="母亲", evidence="出生医学证明")
    assert view.valid_to == "2030-02-28"
    adult = register(desk, clerk).person
    assert authorise(desk, clerk, adult, mother, kind="guardian", evidence="判决书").valid_to is None


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"kind": "friend"}, "authority_faulty"),
        ({"evidence": " "}, "authority_faulty"),
        ({"scope": "no-such-item"}, "item_unknown"),
        ({"valid_to": "2026-11-01"}, "authority_faulty"),
        ({"valid_from": "not a day"}, "authority_faulty"),
        ({"kind": "operator"}, "authority_faulty"),
        ({"holder_id": "nobody"}, "person_unknown"),
    ],
)
def test_faulty_authorities(desk, clerk, facts, code):
    old, daughter = register(desk, clerk).person, register(desk, clerk, name="陈小芳", number=WOMAN).person
    with pytest.raises(Refusal) as refused:
        authorise(desk, clerk, old, daughter, **facts)
    assert refused.value.code == code


def test_nobody_needs_authority_for_oneself(desk, clerk):
    old = register(desk, clerk).person
    with pytest.raises(Refusal, match="authority_faulty"):
        authorise(desk, clerk, old, old)


def test_an_operator_of_an_organisation(desk, clerk):
    shop = organisations.register_organisation(desk, clerk, name="番禺区示例商店", uscc=USCC).person
    boss = register(desk, clerk).person
    view = authorise(
        desk, clerk, shop, boss, principal_kind="organisation", kind="legal_representative", evidence="营业执照"
    )
    assert view.principal_name == "番禺区示例商店"


def test_unmasking_is_logged_with_its_reason(desk, clerk, clock):
    person = register(desk, clerk).person
    with pytest.raises(Refusal, match="reason_missing"):
        unmasking.unmask(desk, clerk, kind="person", party_id=person.id, reason=" ")
    whole = unmasking.unmask(desk, clerk, kind="person", party_id=person.id, reason="核对证件")
    assert whole.number == ELDER and whole.phone == "13800003210"
    with desk.look() as connection:
        logged = connection.execute(select(ACCESS_LOG)).one()
        travels = connection.execute(select(EVENTS.c.travels).where(EVENTS.c.kind == "access.unmasked")).scalar_one()
    assert (logged.what, logged.ent_id, logged.reason, logged.clerk_id) == (
        "unmask",
        person.id,
        "核对证件",
        clerk.clerk_id,
    )
    assert travels != "whole" and ELDER not in str(events(desk, "access.unmasked"))


def test_guides_may_register_but_not_unmask(desk, guide):
    person = register(desk, guide).person
    with pytest.raises(Refusal, match="role_missing"):
        unmasking.unmask(desk, guide, kind="person", party_id=person.id, reason="好奇")


def test_the_index_follows_a_broken_off_act(desk, clerk):
    """A name is indexed in the act's own transaction: an act that fails leaves no ghost."""
    with pytest.raises(RuntimeError), desk.act(clerk) as act:
        people_search.index_person(act.connection, 77, "幽灵", "yl", "youling")
        raise RuntimeError("power cut")
    with desk.look() as connection:
        assert people_search.find_persons(connection, "幽灵") == ()
