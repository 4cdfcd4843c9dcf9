from importlib.resources import files

from clerk_tui.rules import states
from clerk_tui.rules.state_pages import diagram, page, table

TABLES = (
    (states.CaseState, states.CASE_MOVES, states.CASE_ACTS),
    (states.OwedState, states.OWED_MOVES, states.OWED_ACTS),
    (states.ResultState, states.RESULT_MOVES, states.RESULT_ACTS),
    (states.TicketState, states.TICKET_MOVES, states.TICKET_ACTS),
    (states.NoticeState, states.NOTICE_MOVES, states.NOTICE_ACTS),
)


def test_the_page_of_states_is_what_the_program_obeys() -> None:
    kept = files("clerk_tui.rules").joinpath("states.md").read_text(encoding="utf-8")
    assert kept == page()


def test_every_way_is_one_row_with_nothing_left_out() -> None:
    for kind, moves, acts in TABLES:
        rows = table(kind, moves, acts)[2:]
        assert len(rows) == len(moves)
        for row in rows:
            cells = [cell.strip() for cell in row.strip("|").split("|")]
            assert len(cells) == 8, row
            assert all(cells[place] for place in (0, 1, 2, 3, 4, 6, 7)), row


def test_every_way_that_leads_elsewhere_is_an_arrow() -> None:
    for kind, moves, acts in TABLES:
        lines = diagram(kind, moves, acts)
        for (start, act), way in moves.items():
            if way.to != start:
                assert any(f"{start.value} --> {way.to}: " in line and acts[act] in line for line in lines)
