"""Every screen of the frame as a grid of text, in both sizes: layout that changes shows as a readable difference."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

SIZES = {"wide": (120, 40), "narrow": (80, 24)}


@pytest.fixture(params=SIZES, ids=list(SIZES))
async def seen(request: pytest.FixtureRequest, parts: Any, run_program: Any) -> AsyncIterator[Any]:
    """The program before the sign-in, in one of the sizes."""
    async with run_program(parts, SIZES[request.param]) as clerk:
        yield clerk


async def sign_in(clerk: Any) -> None:
    await clerk.press("1", "enter", *"1001", "enter", *"135790", "enter")


async def morning(clerk: Any) -> None:
    """Six tickets over twenty minutes, with a long note and an elder."""
    for keys in ((), ("tab", *"19500101"), ("tab", "tab", "tab", *"轮椅[/x]"), (), (), ("tab", *"19480303")):
        await clerk.press("f2", *"取号", "enter", *keys, "f9")
        clerk.clock.forward(minutes=4)
    await clerk.look()


async def test_sign_in(seen, snapshot):
    assert seen.seen() == snapshot


async def test_empty_workbench(seen, snapshot):
    await sign_in(seen)
    assert seen.seen() == snapshot


async def test_a_morning(seen, snapshot):
    await sign_in(seen)
    await morning(seen)
    assert seen.seen() == snapshot


async def test_next_called_and_here(seen, snapshot):
    await sign_in(seen)
    await morning(seen)
    await seen.press("f5")
    assert seen.seen() == snapshot(name="next")
    await seen.press("enter")
    assert seen.seen() == snapshot(name="called")
    await seen.press("1", "enter", "f7")
    assert seen.seen() == snapshot(name="hold")
    await seen.press("f9", "f8")
    assert seen.seen() == snapshot(name="held")


async def test_find_box_and_keys(seen, snapshot):
    await sign_in(seen)
    await seen.press("f2")
    assert seen.seen() == snapshot(name="empty")
    await seen.press(*"挂")
    assert seen.seen() == snapshot(name="commands")
    await seen.press("escape", "f2", *"按键说明", "enter")
    assert seen.seen() == snapshot(name="keys")


async def test_finish_lock_and_approval(seen, snapshot):
    await sign_in(seen)
    await morning(seen)
    await seen.press("f5", "enter", "1", "enter", "f2", *"结束到访", "enter")
    assert seen.seen() == snapshot(name="finish")
    await seen.press("escape", "f2", *"人员", "enter", "1", "enter", "1", "enter")
    assert seen.seen() == snapshot(name="approval")
    await seen.press("escape", "f2", *"锁屏", "enter")
    assert seen.seen() == snapshot(name="lock")
