"""With nobody at the window the digits of the places work at once; where no digit counts, that is said."""

from tests.tui.conftest import Clerk


async def test_at_the_start_a_digit_goes_to_its_place(desk_at: Clerk) -> None:
    await desk_at.press("2")
    await desk_at.read()
    assert desk_at.bench.place.key == "owed"


async def test_a_digit_that_nothing_takes_is_answered_in_words(desk_at: Clerk) -> None:
    desk_at.bench.set_focus(None)
    await desk_at.press("7")
    assert "换地方先按 F3" in desk_at.seen()
