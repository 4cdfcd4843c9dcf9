"""The automatic answers of a demonstration: number, accept, review, decide, result; each once."""

from clerk_tui.district.automatic import answer_all
from clerk_tui.district.tables import CASES as VIEWS
from clerk_tui.district.tables import OUTGOING


def kinds(pair):
    return [row.kind for row in sorted(pair.kept(OUTGOING), key=lambda row: row.n) if not row.kind.startswith("ack.")]


def test_a_department_case_goes_its_whole_way_by_itself(pair):
    case_id = pair.receive(power="department", state="received")
    pair.options = {"automatic": True}
    for _ in range(3):
        pair.there_and_back()
    assert kinds(pair) == ["case.numbered", "case.acceptance_received"]
    pair.bump(case_id, "case.transferred", {"department": "区民政局", "state": "reviewing"}, state="reviewing")
    for _ in range(6):
        pair.there_and_back()
    assert kinds(pair)[2:] == ["case.stage_reported", "case.decision_received", "result.expected"]
    [view] = pair.kept(VIEWS)
    assert (view.decision, view.result_announced) == ("granted", True)
    assert answer_all(pair.district) == 0


def test_a_case_whose_papers_did_not_come_is_not_decided(pair):
    pair.receive()
    pair.options = {"automatic": True}
    for _ in range(6):
        pair.there_and_back()
    assert kinds(pair) == ["case.numbered"]
