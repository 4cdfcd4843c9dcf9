"""The ledger of owed materials, on a card applied for without its photograph."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Table, select, update

from clerk_tui.desk import intake, later_fields, owing
from clerk_tui.desk.context import Desk
from clerk_tui.desk.views.intake import MaterialMark, Settled
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical
from clerk_tui.store.act import By
from clerk_tui.store.core import CASES, CLOCK_PAUSES, EVENTS, MATERIALS, OWED, POLICIES, REMINDERS, VISIT_SERVICES
from clerk_tui.store.numbers import counted

FIRST_CARD = {"act": "new", "who": "hj", "by": "self"}
SHOWN = MaterialMark(mark="3", copies=1)


def rows(desk: Desk, table: Table, **where: Any) -> list[Any]:
    with desk.look() as connection:
        query = select(table)
        for name, value in where.items():
            query = query.where(table.c[name] == value)
        return list(connection.execute(query))


def owed_of(desk: Desk, case_id: str, name: str = "") -> Any:
    return next(row for row in rows(desk, OWED, case_id=case_id) if name in row.name)


def events(desk: Desk, entity: str) -> list[str]:
    return [row.kind for row in rows(desk, EVENTS, ent_id=entity)]


@pytest.fixture
def tolerated(desk: Desk, clerk: By, elder: str, open_visit, fill, example_list: str) -> Callable[..., Settled]:
    """A case accepted without these materials (the photograph), commitment signed."""

    def accepted(*missing: str) -> Settled:
        visit = open_visit(clerk, elder)
        marks = dict.fromkeys(missing or ("photo",), "0")
        draft = fill(clerk, visit, elder, "laoren-youdaika", FIRST_CARD, marks=marks)
        intake.commitment_paper(desk, clerk, draft=draft)
        return intake.settle(desk, clerk, draft=draft, outcome="accept_deficient", commitment_signed_how="signature")

    return accepted


def test_the_ledger_shows_what_burns_first(desk: Desk, clerk: By, clock, tolerated) -> None:
    tolerated("photo", "hukou")
    page = owing.ledger(desk, clerk)
    assert [row.due_words for row in page.rows] == ["剩 5 工作日"] * 2
    assert (page.total, page.overdue, page.within_three) == (2, 0, 0)
    assert "示例" in page.policy_words
    assert "陈秀英" not in str(page.rows) and "13812343210" not in str(page.rows)
    for day, urgency, words in (
        ("2026-11-25", "T-3", "剩 3 工作日"),
        ("2026-11-27", "T-1", "剩 1 工作日"),
        ("2026-11-30", "today", "今天"),
        ("2026-12-01", "overdue", "逾期 1 日"),
    ):
        clock.set(f"{day} 10:00")
        page = owing.ledger(desk, clerk)
        assert {(row.urgency, row.due_words) for row in page.rows} == {(urgency, words)}
    assert (page.overdue, page.due_today) == (2, 0)
    assert len(owing.ledger(desk, clerk, only="overdue").rows) == 2
    assert owing.ledger(desk, clerk, only="today").rows == ()


def test_the_ledger_is_paged_by_its_own_key(desk: Desk, clerk: By, tolerated) -> None:
    tolerated("photo", "hukou")
    first = owing.ledger(desk, clerk, limit=1)
    second = owing.ledger(desk, clerk, limit=1, after=first.next_key)
    assert first.next_key and not second.next_key
    assert {first.rows[0].id, second.rows[0].id} == {row.id for row in rows(desk, OWED)}


def test_a_reminder_is_an_act(desk: Desk, clerk: By, clock, tolerated) -> None:
    done = tolerated()
    entry = owed_of(desk, done.case_id)
    clock.set("2026-11-27 09:30")
    [row] = owing.remind(desk, clerk, owed_ids=[entry.id], how="phone", reached=False, words="无人接听")
    assert (row.last_reminder, row.last_reached) == ("11-27 电话", False)
    [reminder] = rows(desk, REMINDERS)
    assert (reminder.stage, reminder.words, reminder.clerk_id) == ("T-1", "无人接听", clerk.clerk_id)
    assert events(desk, entry.id) == ["owed.recorded", "owed.reminded"]
    with pytest.raises(Refusal, match="reminder_how"):
        owing.remind(desk, clerk, owed_ids=[entry.id], how="pigeon", reached=True)


def test_one_of_two_is_brought_then_the_other(desk: Desk, clerk: By, elder: str, clock, tolerated, open_visit) -> None:
    done = tolerated("photo", "hukou")
    clock.set("2026-11-25 10:00")
    visit = open_visit(clerk, elder)
    hukou, photo = owed_of(desk, done.case_id, "户口簿"), owed_of(desk, done.case_id, "照片")
    first = owing.supplement(
        desk, clerk, supplied={hukou.id: MaterialMark(mark="1")}, visit_id=visit, handled_by="女儿区秀莲"
    )
    assert first.words.startswith("补交已核对, 还欠 1 份")
    [receipt] = first.papers
    assert receipt.kind == "supplement_receipt"
    assert [one["name"] for one in receipt.facts["remaining"]] == ["近三个月小一寸白底照片"]
    assert receipt.facts["handled_by"] == "女儿区秀莲"
    assert owed_of(desk, done.case_id, "户口簿").state == "checked"
    assert events(desk, hukou.id) == ["owed.recorded", "owed.supplied", "owed.checked"]
    assert later_fields.fields_with_owed(desk, clerk, owed_ids=[hukou.id]) == ()
    [asked] = later_fields.fields_with_owed(desk, clerk, owed_ids=[photo.id])
    assert (asked.id, asked.label, asked.required) == ("photo_no", "照片回执号", True)
    with pytest.raises(Refusal, match="field_missing"):
        owing.supplement(desk, clerk, supplied={photo.id: SHOWN}, visit_id=visit)
    second = owing.supplement(
        desk, clerk, supplied={photo.id: SHOWN}, visit_id=visit, fields={"photo_no": "ＧＺ２０２６１１２３００１"}
    )
    assert "remaining" not in second.papers[0].facts or not second.papers[0].facts["remaining"]
    case = rows(desk, CASES, id=done.case_id)[0]
    assert canonical.load(case.fields)["photo_no"] == "GZ20261123001"
    assert case.accepted_how == "deficiency"
    assert owing.ledger(desk, clerk).rows == ()
    with desk.look() as connection:
        assert counted(connection, "owed:owed:open") == 0
    assert [row.kind for row in rows(desk, VISIT_SERVICES, visit_id=visit)] == ["supplement", "supplement"]
    with pytest.raises(Refusal, match="state_owed"):
        owing.supplement(desk, clerk, supplied={photo.id: SHOWN}, visit_id=visit)


def test_a_notice_finds_what_is_owed_by_its_code(desk: Desk, clerk: By, tolerated) -> None:
    done = tolerated()
    notice = next(paper for paper in done.papers if paper.kind == "deficiency_notice")
    for text in (notice.code, notice.number, done.receipt_no):
        assert [row.name for row in owing.by_paper(desk, clerk, code=text)] == ["近三个月小一寸白底照片"]
    with pytest.raises(Refusal, match="paper_unknown"):
        owing.by_paper(desk, clerk, code="P00000000000")


def test_a_faulty_supplement_gets_one_more_notice_and_the_date_stays(
    desk: Desk, clerk: By, clock, tolerated, approved
) -> None:
    done = tolerated("hukou")
    entry = owed_of(desk, done.case_id)
    faulty = MaterialMark(mark="7", defect="缺变动页")
    with pytest.raises(Refusal, match="supervisor_needed"):
        owing.supplement(desk, clerk, supplied={entry.id: faulty})
    assert owed_of(desk, done.case_id).state == "owed"
    told = owing.supplement(desk, approved(clerk), supplied={entry.id: faulty})
    assert [paper.kind for paper in told.papers] == ["supplement_receipt", "second_notice"]
    assert told.papers[1].facts["due"]["date"] == entry.due
    assert [one["name"] for one in told.papers[0].facts["remaining"]] == [entry.name]
    assert "还欠 1 份" in told.words
    again = owed_of(desk, done.case_id)
    assert (again.state, again.due, again.rejected_times) == ("rejected", entry.due, 1)
    with pytest.raises(Refusal, match="second_notice_used"):
        owing.supplement(desk, approved(clerk), supplied={entry.id: faulty})
    good = owing.supplement(desk, clerk, supplied={entry.id: MaterialMark(mark="1")})
    assert good.state == "accepted"
    assert rows(desk, MATERIALS, id=entry.material_id)[0].defect == ""


def test_brought_but_to_be_checked_later(desk: Desk, clerk: By, tolerated, approved) -> None:
    done = tolerated("hukou")
    entry = owed_of(desk, done.case_id)
    owing.supplement(desk, clerk, supplied={entry.id: SHOWN}, checked=False)
    assert [row.state_words for row in owing.ledger(desk, clerk, only="supplied").rows] == ["已补待核"]
    owing.check(desk, clerk, owed_id=entry.id)
    assert owed_of(desk, done.case_id).state == "checked"
    owing.reopen(desk, approved(clerk), owed_id=entry.id, reason="核错了人")
    assert owed_of(desk, done.case_id).state == "owed"
    with desk.look() as connection:
        assert counted(connection, "owed:owed:open") == 1


def test_an_extension_before_expiry_once_with_a_supervisor(desk: Desk, clerk: By, clock, tolerated, approved) -> None:
    done = tolerated()
    entry = owed_of(desk, done.case_id)
    with pytest.raises(Refusal, match="supervisor_needed"):
        owing.extend(desk, clerk, owed_id=entry.id, reason="照相馆停业")
    with pytest.raises(Refusal, match="due_beyond"):
        owing.extend(desk, approved(clerk), owed_id=entry.id, reason="照相馆停业", due="2026-12-31")
    longer = owing.extend(desk, approved(clerk), owed_id=entry.id, reason="照相馆停业")
    [paper] = longer.papers
    assert (paper.kind, paper.facts["old_due"]["date"]) == ("extension_notice", "2026-11-30")
    assert owed_of(desk, done.case_id).due == paper.facts["due"]["date"] == "2026-12-07"
    with pytest.raises(Refusal, match="extension_used"):
        owing.extend(desk, approved(clerk), owed_id=entry.id, reason="又停业")


def test_after_expiry_there_is_no_extension_and_nothing_ends_by_itself(
    desk: Desk, clerk: By, clock, tolerated, approved
) -> None:
    done = tolerated()
    entry = owed_of(desk, done.case_id)
    with pytest.raises(Refusal, match="not_expired"):
        owing.propose_expiry(desk, clerk, owed_id=entry.id)
    clock.set("2026-12-01 09:00")
    with pytest.raises(Refusal, match="expired_already"):
        owing.extend(desk, approved(clerk), owed_id=entry.id, reason="忘了")
    proposed = owing.propose_expiry(desk, clerk, owed_id=entry.id)
    assert (proposed.state, proposed.papers[0].kind) == ("accepted", "expiry_notice")
    case = rows(desk, CASES, id=done.case_id)[0]
    assert case.flag_waiting_applicant and case.flag_requested
    assert owed_of(desk, done.case_id).proposed_outcome == "to_department"
    with pytest.raises(Refusal, match="not_decided_yet"):
        owing.settle_expiry(desk, approved(clerk), owed_id=entry.id, reason="逾期")
    with pytest.raises(Refusal, match="power_missing"):
        owing.settle_expiry(desk, approved(clerk), owed_id=entry.id, outcome="terminate", reason="逾期未补")
    late = owing.supplement(desk, clerk, supplied={entry.id: SHOWN}, fields={"photo_no": "GZ20261201001"})
    assert late.state == "accepted" and not rows(desk, CASES, id=done.case_id)[0].flag_waiting_applicant


def test_expiry_is_settled_by_who_has_the_power(desk: Desk, clerk: By, clock, tolerated, approved) -> None:
    done = tolerated("photo", "hukou")
    clock.set("2026-12-01 09:00")
    entry = owed_of(desk, done.case_id, "照片")
    owing.propose_expiry(desk, clerk, owed_id=entry.id)
    with pytest.raises(Refusal, match="supervisor_needed"):
        owing.settle_expiry(desk, clerk, owed_id=entry.id, outcome="return", reason="逾期未补")
    ended = owing.settle_expiry(desk, approved(clerk), owed_id=entry.id, outcome="return", reason="逾期未补")
    assert ended.state == "returned"
    assert [paper.kind for paper in ended.papers][:2] == ["expiry_notice", "return_notice"]
    assert {row.state for row in rows(desk, OWED, case_id=done.case_id)} == {"closed"}
    assert events(desk, done.case_id)[-1] == "case.returned"
    with desk.look() as connection:
        assert (counted(connection, "owed:owed:open"), counted(connection, "case:returned")) == (0, 1)


@pytest.mark.parametrize(("allowed", "due", "intervals"), [(True, "2026-12-17", 1), (False, "2026-12-14", 0)])
def test_the_clock_stands_still_for_what_is_overdue_only_where_the_list_lets_it(
    desk: Desk, clerk: By, clock, tolerated, allowed: bool, due: str, intervals: int
) -> None:
    done = tolerated("hukou")
    entry = owed_of(desk, done.case_id)
    with desk.store.write() as connection:
        body = canonical.load(rows(desk, POLICIES, id=entry.policy_id)[0].body) | {"pause_allowed": allowed}
        connection.execute(update(POLICIES).where(POLICIES.c.id == entry.policy_id).values(body=canonical.dump(body)))
    clock.set("2026-12-01 09:00")
    owing.propose_expiry(desk, clerk, owed_id=entry.id)
    case = rows(desk, CASES, id=done.case_id)[0]
    assert (case.state, case.flag_waiting_applicant, case.promised_due) == ("accepted", True, "2026-12-14")
    clock.set("2026-12-03 09:00")
    owing.supplement(desk, clerk, supplied={entry.id: MaterialMark(mark="1")})
    assert rows(desk, CASES, id=done.case_id)[0].promised_due == due
    stood = rows(desk, CLOCK_PAUSES, case_id=done.case_id)
    assert [(one.kind, one.from_date, one.to_date) for one in stood] == [
        ("waiting_applicant", "2026-12-01", "2026-12-03")
    ] * intervals
    assert ("case.due_recomputed" in events(desk, done.case_id)) is allowed
