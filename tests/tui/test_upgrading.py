"""A store of an earlier build is upgraded while the program opens: how far it is stands on a card, and Esc stops it."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from clerk_tui.store.copying import Tell
from clerk_tui.tui import upgrading
from clerk_tui.tui.cards.upgrade import UpgradeCard
from clerk_tui.tui.parts import Parts
from clerk_tui.tui.screens.sign_in import SignInScreen
from clerk_tui.tui.screens.workbench import Workbench
from tests.tui.conftest import sign_in


class Slow:
    """A desk that loads when it is let; until then it tells of an upgrade again and again."""

    def __init__(self, load: Callable[[Tell], Any]) -> None:
        self.load, self.let, self.stopped = load, threading.Event(), False

    def __call__(self, tell: Tell) -> Any:
        done = 0
        while not self.let.wait(0.02):
            done = min(done + 1, 42)
            try:
                tell("备份数据", done, 100)
            except Exception:
                self.stopped = True
                raise
        return self.load(tell)


@pytest.fixture
def slow(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> Slow:
    monkeypatch.setattr(upgrading, "AFTER_SECONDS", 0.0)
    monkeypatch.setattr(upgrading, "BETWEEN_SECONDS", 0.0)
    return Slow(parts.load_desk)


async def test_the_clerk_sees_how_far_it_is_and_signs_in_afterwards(parts: Parts, slow: Slow, run_program: Any) -> None:
    async with run_program(replace(parts, load_desk=slow)) as clerk:
        await until(clerk, lambda: "备份数据  42%" in clerk.seen())
        assert "Esc 取消升级" in clerk.seen()
        slow.let.set()
        await until(clerk, lambda: isinstance(clerk.app.screen, SignInScreen))
        await sign_in(clerk)
        await until(clerk, lambda: isinstance(clerk.app.screen, Workbench))
        assert not slow.stopped


async def test_esc_stops_it_and_says_that_nothing_changed(parts: Parts, slow: Slow, run_program: Any) -> None:
    async with run_program(replace(parts, load_desk=slow)) as clerk:
        await until(clerk, lambda: isinstance(clerk.app.screen, UpgradeCard) and "42%" in clerk.seen())
        await clerk.pilot.press("escape")
        await until(clerk, lambda: isinstance(clerk.app.screen, SignInScreen))
        assert slow.stopped
        assert "升级已取消, 数据没有改动" in clerk.seen()


async def test_a_sign_in_that_was_begun_goes_on_after_it(parts: Parts, slow: Slow, run_program: Any) -> None:
    """The flow that waits for the desk holds the keys; the card has them as long as it stands, the flow afterwards."""
    async with run_program(replace(parts, load_desk=slow)) as clerk:
        flow = clerk.app.desk_when_loaded()
        clerk.app.start_flow(_wait(flow))
        await until(clerk, lambda: isinstance(clerk.app.screen, UpgradeCard) and not clerk.app.keys_taken)
        slow.let.set()
        await until(clerk, lambda: isinstance(clerk.app.screen, SignInScreen) and not clerk.app.keys_taken)
        assert clerk.app._busy == 0


async def until(clerk: Any, holds: Callable[[], bool]) -> None:
    for _ in range(1000):
        await clerk.pilot.pause(0.01)
        if holds():
            return
    raise AssertionError(clerk.seen())


async def _wait(flow: Any) -> None:
    await flow
