from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_tui.rules import states
from clerk_tui.rules.papers import DEPARTMENT_PAPERS, PaperKind, paper_words
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.roles import MAY, NEEDS_SUPERVISOR, Role
from clerk_tui.rules.state_table import Move, acts_from
from clerk_tui.rules.states import CaseState, OwedState, ResultState, TicketState

TABLES: list[tuple[str, Any, Mapping[Any, Move], Mapping[str, str], Any]] = [
    ("case", states.CaseState, states.CASE_MOVES, states.CASE_ACTS, states.move_case),
    ("owed", states.OwedState, states.OWED_MOVES, states.OWED_ACTS, states.move_owed),
    ("result", states.ResultState, states.RESULT_MOVES, states.RESULT_ACTS, states.move_result),
    ("ticket", states.TicketState, states.TICKET_MOVES, states.TICKET_ACTS, states.move_ticket),
    ("notice", states.NoticeState, states.NOTICE_MOVES, states.NOTICE_ACTS, states.move_notice),
]
FINAL = {CaseState.VOID, TicketState.CLOSED, states.NoticeState.VOID}
ACTORS = {role.value for role in Role} | {"department", "district", "applicant", "system"}
POWERS = {"hall", "department", "accept_power", "decide_power", "applicant"}
by_table = pytest.mark.parametrize(("name", "kind", "moves", "acts", "move"), TABLES, ids=[row[0] for row in TABLES])


@by_table
def test_every_state_has_a_way_out_but_the_last(name: str, kind: Any, moves: Any, acts: Any, move: Any) -> None:
    stuck = {
        state for state in kind if not any(start == state and way.to != state for (start, _), way in moves.items())
    }
    assert stuck <= FINAL


@by_table
def test_every_state_is_reached(name: str, kind: Any, moves: Any, acts: Any, move: Any) -> None:
    first = next(iter(kind))
    reached, edge = {first}, [first]
    while edge:
        state = edge.pop()
        for (start, _), way in moves.items():
            if start == state and way.to not in reached:
                reached.add(kind(way.to))
                edge.append(kind(way.to))
    assert set(kind) == reached


@by_table
def test_every_way_has_an_act_an_actor_a_power_and_a_paper_of_ours(
    name: str, kind: Any, moves: Any, acts: Any, move: Any
) -> None:
    for (start, act), way in moves.items():
        assert start in kind and way.to in kind
        assert acts[act]
        assert way.actors and set(way.actors) <= ACTORS, (start, act)
        assert way.power in POWERS
        assert way.clock and way.guard
        if way.paper:
            assert paper_words(way.paper)
        else:
            assert name in ("ticket", "notice"), f"{name}: {start} {act} leaves no paper"


@by_table
def test_every_act_is_used(name: str, kind: Any, moves: Any, acts: Any, move: Any) -> None:
    assert {act for _, act in moves} == set(acts)


@by_table
def test_what_the_table_does_not_say_is_refused_with_what_is_possible(
    name: str, kind: Any, moves: Any, acts: Any, move: Any
) -> None:
    for state in kind:
        for act in acts:
            if (state, act) in moves:
                assert move(state.value, act) == moves[state, act].to
                continue
            with pytest.raises(Refusal) as caught:
                move(state.value, act)
            assert caught.value.code == f"state_{name}"
            assert state.words in caught.value.words and acts[act] in caught.value.words
            for possible in acts_from(moves, state.value):
                assert acts[possible] in caught.value.advice


@by_table
@given(data=st.data())
def test_no_walk_leaves_the_table(data: st.DataObject, name: str, kind: Any, moves: Any, acts: Any, move: Any) -> None:
    state = data.draw(st.sampled_from(list(kind)))
    for act in data.draw(st.lists(st.sampled_from(list(acts)), max_size=12)):
        try:
            after = move(state.value, act)
        except Refusal:
            assert (state, act) not in moves
        else:
            assert after is kind(moves[state, act].to)
            state = after


@by_table
def test_unknown_words_are_faults_of_the_program(name: str, kind: Any, moves: Any, acts: Any, move: Any) -> None:
    with pytest.raises(ValueError, match="nowhere"):
        move("nowhere", next(iter(acts)))
    with pytest.raises(KeyError):
        move(next(iter(kind)).value, "conjure")


def test_a_walk_from_receipt_to_the_end() -> None:
    state = "draft"
    for act, then in [
        ("receive", "received"),
        ("ask_correction", "correcting"),
        ("supply_correction", "correcting"),
        ("accept", "accepted"),
        ("transfer", "reviewing"),
        ("suspend", "suspended"),
        ("resume", "reviewing"),
        ("decide", "decided"),
        ("close", "closed"),
    ]:
        state = states.move_case(state, act).value
        assert state == then


@pytest.mark.parametrize(
    ("state", "act"),
    [
        ("reviewing", "ask_correction"),
        ("reviewing", "accept"),
        ("accepted", "receive"),
        ("decided", "withdraw"),
        ("closed", "decide"),
        ("refused", "accept"),
        ("void", "correct"),
        ("draft", "accept"),
    ],
)
def test_what_the_law_forbids(state: str, act: str) -> None:
    with pytest.raises(Refusal):
        states.move_case(state, act)


def test_the_department_alone_refuses_unaccepts_and_suspends() -> None:
    for act in ("refuse", "not_applicable", "revoke", "suspend"):
        assert {way.power for (_, name), way in states.CASE_MOVES.items() if name == act} == {"department"}
    assert all(
        "clerk" not in way.actors for (_, name), way in states.CASE_MOVES.items() if name in ("revoke", "suspend")
    )


def test_void_is_open_from_everywhere_and_only_to_a_supervisor() -> None:
    for state in set(CaseState) - {CaseState.DRAFT, CaseState.VOID}:
        assert states.CASE_MOVES[state, "void"].actors == ("supervisor",)


def test_the_case_never_moves_because_something_is_owed() -> None:
    assert not {state.value for state in OwedState} & {"accepted", "received", "correcting"}
    assert {CaseState.ACCEPTED, CaseState.REVIEWING, CaseState.SUSPENDED, CaseState.DECIDED} == states.OWED_LIVE_IN


def test_ready_and_delivered_are_of_the_result() -> None:
    assert {"ready", "delivered"} <= {state.value for state in ResultState}
    assert not {"ready", "delivered"} & {state.value for state in CaseState}


def test_a_late_supply_is_taken_until_the_expiry_is_settled() -> None:
    assert states.move_owed("expired", "supply") is OwedState.SUPPLIED
    with pytest.raises(Refusal):
        states.move_owed("expired", "extend")


def test_papers_of_the_department_are_not_ours() -> None:
    assert not set(DEPARTMENT_PAPERS) & {kind.value for kind in PaperKind}


STAFF = {role.value for role in Role}
DESK_ACTS = {
    "case": {
        "receive": "receive",
        "accept": "accept",
        "accept_deficient": "accept_deficient",
        "ask_correction": "ask_correction",
        "supply_correction": "supply_correction",
        "refuse": "refuse_case",
        "not_applicable": "not_applicable_case",
        "return": "return_case",
        "terminate": "terminate_case",
        "withdraw": "withdraw",
        "transfer": "transfer",
        "void": "void_case",
    },
    "owed": {
        "supply": "supplement",
        "check": "check_supplement",
        "reject": "reject_supplement",
        "extend": "extend_owed",
        "expire": "propose_expiry",
        "settle": "settle_expiry",
        "reopen": "reopen_owed",
    },
    "result": {
        "bounce": "bounce_result",
        "shelve": "shelve_result",
        "announce": "announce_result",
        "hand_over": "hand_over",
        "mail": "mail_result",
        "return": "return_result",
        "void_handover": "void_handover",
    },
    "ticket": {
        "call": "call",
        "call_again": "call_again",
        "arrive": "arrived",
        "miss": "not_here",
        "bring_back": "bring_back",
        "hold": "hold",
        "resume": "resume",
        "transfer": "transfer_ticket",
        "finish": "finish_visit",
        "reopen": "reopen_ticket",
        "leave": "mark_left",
        "release": "release_ticket",
    },
}
"""Act of a table -> the act of the desk that does it, as `rules.roles` names it."""


@pytest.mark.parametrize(
    ("table", "act", "permit"), [(table, *pair) for table, pairs in DESK_ACTS.items() for pair in pairs.items()]
)
def test_whoever_the_desk_lets_do_an_act_is_an_actor_of_the_table_or_has_a_supervisor_beside(
    table: str, act: str, permit: str
) -> None:
    moves = next(row[2] for row in TABLES if row[0] == table)
    actors = {one for (_, name), way in moves.items() if name == act for one in way.actors} & STAFF
    allowed = {role.value for role in MAY[permit]}
    if permit in NEEDS_SUPERVISOR:
        assert Role.SUPERVISOR.value in actors & allowed
    else:
        assert allowed == actors
