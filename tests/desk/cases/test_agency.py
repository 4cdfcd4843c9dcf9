"""代办台账: each case that somebody handled for another, by which right, and who it was."""

from clerk_tui.catalog.questions import questions_of
from clerk_tui.desk import agency, authorities, case_reading, finding, intake, organisations, transferring
from clerk_tui.desk.context import Desk
from clerk_tui.store.act import By

SHOP = "广州市番禺区甲乙餐饮有限公司"
NOVEMBER = {"first": "2026-11-01", "last": "2026-11-30"}


def take_in(desk: Desk, clerk: By, visit: str, applicant: str, fill, who: str, **party: str) -> None:
    """A case of `gt-biangeng` for a party, taken in at the desk."""
    questions = questions_of(desk.catalogue, desk.catalogue.items["gt-biangeng"])
    answers = {one.id: next(o.id for o in one.options if not o.stop) for one in questions}
    answers |= {one.id: who for one in questions if who in {o.id for o in one.options}}
    draft = fill(clerk, visit, applicant, "gt-biangeng", answers, **party)
    sheet = intake.sheet(desk, clerk, draft=draft)
    outcome = next(one.kind for one in sheet.outcomes if one.possible)
    intake.settle(desk, clerk, draft=draft, outcome=outcome)


def test_the_register_names_organisations_authorities_and_agents(
    desk: Desk, clerk: By, elder: str, owner: str, open_visit, fill
) -> None:
    shop = organisations.register_organisation(
        desk, clerk, name=SHOP, uscc="91440113MA00000002", phone="02084881234", address="市桥街道大北路2号",
        legal_person_id=elder,
    ).person.id  # fmt: skip
    authority = authorities.record_authority(
        desk, clerk, principal_kind="organisation", principal_id=shop, holder_id=owner, kind="operator",
        evidence="单位授权书 7 号",
    )  # fmt: skip
    party = {"applicant_kind": "organisation"}
    take_in(desk, clerk, open_visit(clerk, owner), shop, fill, "agent", **party, authority_id=authority.id)
    [row] = agency.register(desk, clerk, **NOVEMBER)
    assert row.principal_masked.startswith(SHOP), "the name of an organisation is no personal data"
    assert "02084881234" not in row.principal_masked
    case_id = row.case_id
    assert case_reading.case_view(desk, clerk, case_id=case_id, reason="核对").row.applicant_masked == SHOP
    [hit] = [one for one in finding.find(desk, clerk, text=row.receipt_no) if one.group == "case"]
    assert hit.title == f"{row.receipt_no} {SHOP}"
    assert {one.applicant_masked for one in transferring.transferable(desk, clerk)} == {SHOP}
    [entry] = agency.register_paper(desk, clerk, **NOVEMBER).facts["entries"]
    assert entry["authority"] == "经办  单位授权书 7 号"
    assert not {"call_back", "handed_to"} & {key for key, value in entry.items() if value}, (
        "nobody called, nothing went"
    )

    take_in(desk, clerk, open_visit(clerk, elder), shop, fill, "self", **party)
    entries = agency.register_paper(desk, clerk, **NOVEMBER).facts["entries"]
    assert [one["authority"] for one in entries] == ["黄志强  经办  单位授权书 7 号", "陈秀英  法定代表"]
