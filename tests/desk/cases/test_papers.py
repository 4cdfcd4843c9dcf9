"""Papers: numbers, signatures, voids, and the facts that the form demands."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Table, select

from clerk_tui.desk import intake, papers
from clerk_tui.desk.context import Desk
from clerk_tui.desk.views.intake import PaperView
from clerk_tui.rules.numbering import check_code
from clerk_tui.rules.paper_facts import KEYS, unknown
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import By
from clerk_tui.store.core import NOTICES

SLIP = {
    "hall": "市桥",
    "ticket": "A001",
    "category": "综合",
    "ahead": 0,
    "date": "2026-11-23",
    "time": "09:00",
    "code": "T",
}
RENTING = {"exempt": "n", "house": "rent", "by": "self"}


def rows(desk: Desk, table: Table, **where: Any) -> list[Any]:
    with desk.look() as connection:
        query = select(table)
        for name, value in where.items():
            query = query.where(table.c[name] == value)
        return list(connection.execute(query))


@pytest.fixture
def slip(desk: Desk, clerk: By) -> Callable[[], PaperView]:
    def issued() -> PaperView:
        with desk.act(clerk) as act:
            return papers.issue(act, desk, PaperKind.TICKET_SLIP, dict(SLIP))

    return issued


def test_numbers_run_by_kind_and_year(desk: Desk, clock, slip) -> None:
    assert [slip().number, slip().number] == ["市桥号[2026]SQ01-1号", "市桥号[2026]SQ01-2号"]
    clock.set("2027-01-04 09:00")
    assert slip().number == "市桥号[2027]SQ01-1号"


def test_a_paper_with_holes_is_never_numbered(desk: Desk, clerk: By, slip) -> None:
    with pytest.raises(Refusal) as refused, desk.act(clerk) as act:
        papers.issue(act, desk, PaperKind.TICKET_SLIP, {**SLIP, "ticket": " "})
    assert (refused.value.code, refused.value.field) == ("paper_facts", "ticket")
    assert "票号" in refused.value.words
    assert rows(desk, NOTICES) == []
    assert slip().number.endswith("-1号")


def test_its_code_checks_itself_and_finds_it(desk: Desk, clerk: By, slip) -> None:
    paper = slip()
    assert check_code(paper.code) == ("P", True)
    with desk.look() as connection:
        assert papers.by_number(connection, paper.code) == paper.id
        assert papers.by_number(connection, paper.number) == paper.id
        assert papers.by_number(connection, "市桥号[2026]SQ01-9号") is None


def test_signing_once_and_a_refusal_to_sign_with_a_witness(desk: Desk, clerk: By, slip) -> None:
    paper = slip()
    with pytest.raises(Refusal, match="witness_missing"):
        papers.sign(desk, clerk, notice_id=paper.id, how="refused")
    assert papers.sign(desk, clerk, notice_id=paper.id, how="refused", witness="区秀莲").signed_how == "refused"
    assert papers.sign(desk, clerk, notice_id=paper.id, how="signature").signed_how == "signature"
    with pytest.raises(Refusal, match="state_notice"):
        papers.sign(desk, clerk, notice_id=paper.id, how="seal")
    with pytest.raises(Refusal, match="paper_unknown"):
        papers.sign(desk, clerk, notice_id="nothing", how="seal")


def test_a_void_paper_stays_in_the_register(desk: Desk, clerk: By, slip, approved) -> None:
    paper = slip()
    with pytest.raises(Refusal, match="reason_missing"):
        papers.void(desk, clerk, notice_id=paper.id, reason=" ")
    assert papers.void(desk, clerk, notice_id=paper.id, reason="打错").void_reason == "打错"
    with pytest.raises(Refusal, match="state_notice"):
        papers.void(desk, clerk, notice_id=paper.id, reason="打错")
    with pytest.raises(Refusal, match="state_notice"):
        papers.sign(desk, clerk, notice_id=paper.id, how="signature")
    signed = slip()
    papers.sign(desk, clerk, notice_id=signed.id, how="signature")
    with pytest.raises(Refusal, match="supervisor_needed"):
        papers.void(desk, clerk, notice_id=signed.id, reason="打错")
    papers.void(desk, approved(clerk), notice_id=signed.id, reason="打错")
    assert slip().number.endswith("-3号")


def test_papers_of_an_intake_say_only_what_forms_know(desk: Desk, clerk: By, elder: str, open_visit, fill) -> None:
    visit = open_visit(clerk, elder)
    done = intake.settle(desk, clerk, draft=fill(clerk, visit, elder, "juzhu-dengji", RENTING), outcome="decide_now")
    assert papers.of_case(desk, clerk, case_id=done.case_id) == done.papers
    assert papers.of_visit(desk, clerk, visit_id=visit) == done.papers
    for paper in done.papers:
        assert unknown(paper.facts) == (), sorted(KEYS)
        assert paper.facts["phone"] == "020-84880000"
        assert paper.facts["window"] == "1号窗口"
