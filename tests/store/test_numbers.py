import pytest

from clerk_tui.store.engine import Store
from clerk_tui.store.numbers import count, counted, jump, next_number, scope_of


def test_each_series_counts_from_one_on_its_own(store: Store) -> None:
    with store.write() as connection:
        assert [next_number(connection, "ticket:A:2025-11-24") for _ in range(3)] == [1, 2, 3]
        assert next_number(connection, "ticket:B:2025-11-24") == 1
        assert next_number(connection, "ticket:A:2025-11-25") == 1


def test_a_number_of_an_act_that_failed_is_given_to_the_next(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.write() as connection:
        assert next_number(connection, "s") == 1
        raise ZeroDivisionError
    with store.write() as connection:
        assert next_number(connection, "s") == 1


def test_a_jump_says_which_numbers_it_skipped(store: Store) -> None:
    with store.write() as connection:
        next_number(connection, "paper:2025")
        assert jump(connection, "paper:2025", 1001) == (2, 1001)
        assert next_number(connection, "paper:2025") == 1002
        assert jump(connection, "paper:2025", 5) == (1003, 1002)
        assert next_number(connection, "paper:2025") == 1003


@pytest.mark.parametrize(
    ("series", "scope"),
    [
        ("ticket:A:2025-11-24", "2025-11-24"),
        ("paper:SQ01:受:2025", "2025"),
        ("seek", ""),
        ("paper:2025:x", ""),
        ("paper:20251", ""),
        ("paper:２０２５", ""),
    ],
)
def test_the_scope_of_a_series_ends_its_name(series: str, scope: str) -> None:
    assert scope_of(series) == scope


def test_counts_go_up_and_down_and_start_at_nothing(store: Store) -> None:
    with store.write() as connection:
        assert counted(connection, "open") == 0
        count(connection, "open", 3)
        count(connection, "open", -1)
        assert counted(connection, "open") == 2
