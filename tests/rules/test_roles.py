import re
from pathlib import Path

import pytest

import clerk_tui
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.roles import MAY, NEEDS_SUPERVISOR, Role, may, require

SOURCE = Path(clerk_tui.__file__).parent


def test_the_table_holds_every_act_that_the_program_asks_about() -> None:
    asked: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        asked |= set(re.findall(r'\brequire\(by, "([a-z_]+)"', path.read_text(encoding="utf-8")))
    assert len(asked) > 30
    assert asked <= set(MAY)
    assert set(MAY) >= NEEDS_SUPERVISOR


def test_an_unknown_act_is_a_fault_of_the_program() -> None:
    with pytest.raises(KeyError):
        may("conjure", {"clerk"})


@pytest.mark.parametrize(
    ("act", "roles", "code"),
    [
        ("intake", {"guide"}, "role_missing"),
        ("intake", {"pickup"}, "role_missing"),
        ("hand_over", {"agent"}, "role_missing"),
        ("void_case", {"clerk"}, "supervisor_needed"),
        ("urgent_ticket", {"guide"}, "role_missing"),
        ("load_policy", {"it"}, "role_missing"),
        ("call", {"it"}, "role_missing"),
    ],
)
def test_refusals(act: str, roles: set[str], code: str) -> None:
    with pytest.raises(Refusal) as caught:
        require(act, roles)
    assert caught.value.code == code
    assert caught.value.words and caught.value.advice


@pytest.mark.parametrize(
    ("act", "roles", "second"),
    [
        ("intake", {"clerk"}, set()),
        ("intake", {"agent"}, set()),
        ("hand_over", {"pickup"}, set()),
        ("void_case", {"supervisor"}, set()),
        ("void_case", {"clerk"}, {"supervisor"}),
        ("extend_owed", {"clerk"}, {"supervisor"}),
        ("reset_pin", {"it"}, set()),
        ("sign_in", {"guide"}, set()),
    ],
)
def test_allowed(act: str, roles: set[str], second: set[str]) -> None:
    require(act, roles, second)


def test_a_second_who_is_no_supervisor_approves_nothing() -> None:
    with pytest.raises(Refusal):
        require("void_case", {"clerk"}, {"clerk"})


def test_every_role_may_do_something_and_a_supervisor_everything_that_needs_one() -> None:
    for role in Role:
        assert any(role in roles for roles in MAY.values())
        assert role.words
    assert all(may(act, {Role.SUPERVISOR}) for act in NEEDS_SUPERVISOR)
