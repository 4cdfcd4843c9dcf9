"""All tables of states in one place: case, owed material, result, ticket, paper."""

from clerk_tui.rules.case_states import CASE_ACTS, CASE_ENDS, CASE_MOVES, CASE_OPEN, CASE_RUNNING, CaseState, move_case
from clerk_tui.rules.notice_states import NOTICE_ACTS, NOTICE_MOVES, NoticeState, move_notice
from clerk_tui.rules.owed_states import (
    OWED_ACTS,
    OWED_LIVE_IN,
    OWED_MOVES,
    OWED_OPEN,
    OwedState,
    move_owed,
)
from clerk_tui.rules.result_states import (
    RESULT_ACTS,
    RESULT_COLLECTABLE,
    RESULT_DONE,
    RESULT_MOVES,
    RESULT_SERVICE_RUNS,
    ResultState,
    move_result,
)
from clerk_tui.rules.state_table import Move, acts_from
from clerk_tui.rules.ticket_states import TICKET_ACTS, TICKET_MOVES, TicketState, move_ticket

__all__ = [
    "CASE_ACTS",
    "CASE_ENDS",
    "CASE_MOVES",
    "CASE_OPEN",
    "CASE_RUNNING",
    "NOTICE_ACTS",
    "NOTICE_MOVES",
    "OWED_ACTS",
    "OWED_LIVE_IN",
    "OWED_MOVES",
    "OWED_OPEN",
    "RESULT_ACTS",
    "RESULT_COLLECTABLE",
    "RESULT_DONE",
    "RESULT_MOVES",
    "RESULT_SERVICE_RUNS",
    "TICKET_ACTS",
    "TICKET_MOVES",
    "CaseState",
    "Move",
    "NoticeState",
    "OwedState",
    "ResultState",
    "TicketState",
    "acts_from",
    "move_case",
    "move_notice",
    "move_owed",
    "move_result",
    "move_ticket",
]
