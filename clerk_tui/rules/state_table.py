"""What a table of transitions is: from a state, by an act, to a state; with actor, power, paper and clock."""

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.worded import Worded

S = TypeVar("S", bound=Worded)


class Move(NamedTuple):
    """One lawful way from a state.

    `actors`: who does it (clerk, supervisor, pickup, guide, agent, department, district, applicant, system).
    `power`: whose decision it is: hall | department | accept_power (as the item says) | decide_power | applicant.
    `paper`: PaperKind value of the paper that goes out, '' where a record is enough; `clock`: what happens to which
    clock; `guard`: what must hold, in words.
    """

    to: str
    actors: tuple[str, ...]
    power: str
    paper: str = ""
    clock: str = ""
    guard: str = ""


Table = dict[tuple[S, str], Move]


def move(
    table: Mapping[tuple[S, str], Move], kind: type[S], act_words: Mapping[str, str], state: str, act: str, code: str
) -> S:
    """The state that `act` leads to. Raises Refusal `code` with what is possible instead.

    Raises ValueError for a state, KeyError for an act, that the table has never heard of.
    """
    now = kind(state)
    words = act_words[act]
    found = table.get((now, act))
    if found is None:
        possible = [act_words[other] for (from_state, other) in table if from_state == now]
        advice = f"现在可以办: {', '.join(dict.fromkeys(possible))}" if possible else "这是最后的状态, 不再变动"
        raise Refusal(code, f"当前是[{now.words}], 不能办[{words}]", advice)
    return kind(found.to)


def acts_from(table: Mapping[tuple[S, str], Move], state: str) -> tuple[str, ...]:
    """The acts that the table knows from a state, in its order."""
    return tuple(act for from_state, act in table if from_state == state)
