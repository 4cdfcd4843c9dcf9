"""A clerk at a real store: `clerk` signs in and opens the workbench, `window` gives the program before the sign-in."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from clerk_tui import bootstrap, resources
from clerk_tui.desk.setting_up import NewClerk, NewWindow, set_up_hall
from clerk_tui.settings import Settings
from clerk_tui.store import schema
from clerk_tui.store.first_page import read_first_page
from clerk_tui.tui.app import ClerkApp
from clerk_tui.tui.parts import Parts
from clerk_tui.tui.themes import read_themes

MORNING = int(datetime(2026, 11, 23, 1, 41, tzinfo=UTC).timestamp() * 1000)  # Monday, 09:41 in the hall
CLERK_PIN, SUPERVISOR_PIN = "135790", "246801"


class Clock:
    """The hall's clock, moved by hand."""

    def __init__(self, at: int = MORNING) -> None:
        self.at = at

    def __call__(self) -> int:
        return self.at

    def forward(self, *, seconds: float = 0, minutes: float = 0) -> None:
        self.at += int((seconds + minutes * 60) * 1000)


class Clerk:
    """What a clerk does and sees."""

    def __init__(self, app: ClerkApp, pilot: Pilot[None], clock: Clock) -> None:
        self.app, self.pilot, self.clock = app, pilot, clock

    async def settle(self) -> None:
        """Until every key that was pressed has had its effect."""
        for _ in range(1000):
            await self.pilot.pause()
            if not self.app.keys_taken and self.app._held is None and not self._working():
                await self.pilot.pause()
                return
            await self.pilot.pause(0.01)
        raise AssertionError(f"the program did not settle\n{self.seen()}")

    def _working(self) -> bool:
        return any(worker.group in ("find", "print") and not worker.is_finished for worker in self.app.workers)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    async def type(self, text: str) -> None:
        await self.press(*text)

    def seen(self) -> str:
        """The screen as text, without trailing blanks."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)

    @property
    def bench(self) -> Any:
        return self.app.screen_stack[1]

    async def look(self) -> None:
        """Read the queue again, as the poll does every second."""
        await self.bench.read_again()
        await self.settle()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Path:
    """The folder of a store with a hall of three windows, one clerk and one supervisor."""
    store = schema.create(tmp_path / "store" / "hall.db")
    set_up_hall(
        store,
        code="440113006001",
        letter="SQ01",
        name="市桥街道政务服务中心",
        short_name="市桥",
        windows=[NewWindow(1, "综合窗口"), NewWindow(2, "综合窗口"), NewWindow(3, "出件窗口")],
        clerk=NewClerk("1001", "李敏", CLERK_PIN),
        supervisor=NewClerk("9001", "陈主任", SUPERVISOR_PIN),
        clock=clock,
    )
    store.close()
    return tmp_path / "store"


def make_parts(folder: Path, clock: Clock, **changes: Any) -> Parts:
    """What bootstrap would give the program, on a clock that stands still."""
    settings = Settings(
        store=folder,
        print_folder=folder / "papers",
        keys_folder=folder / "keys",
        **{"idle_lock_minutes": 0, "print_command": "true {file}", **changes},
    )
    themes, _ = read_themes(resources.themes_folder())
    return Parts(
        settings=settings,
        read_first_page=lambda: read_first_page(
            settings.place, schema_version=bootstrap.FIRST_PAGE_SCHEMA, now=clock()
        ),
        load_desk=lambda: bootstrap.load_desk(settings, clock=clock),
        set_up=lambda values: bootstrap.set_up(settings, values),
        now=clock,
        themes=tuple(themes),
    )


@asynccontextmanager
async def running(parts: Parts, clock: Clock, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Clerk]:
    app = ClerkApp(parts)
    async with app.run_test(size=size) as pilot:
        clerk = Clerk(app, pilot, clock)
        await clerk.settle()
        yield clerk


async def sign_in(clerk: Clerk, *, number: str = "1001", pin: str = CLERK_PIN, window: str = "1") -> None:
    await clerk.press(window, "enter", *number, "enter", *pin, "enter")


@pytest.fixture(autouse=True)
def quiet_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Neither settings nor caches of the user who runs the tests."""
    monkeypatch.setenv("CLERK_TUI_CONFIG", str(tmp_path / "no-settings.toml"))
    monkeypatch.setenv("CLERK_TUI_LOG", str(tmp_path / "log"))
    yield


@pytest.fixture
async def window(folder: Path, clock: Clock) -> AsyncIterator[Clerk]:
    """The program before the sign-in."""
    async with running(make_parts(folder, clock), clock) as clerk:
        yield clerk


@pytest.fixture
async def clerk(window: Clerk) -> Clerk:
    """Li Min, signed in at window 1."""
    await sign_in(window)
    return window


@pytest.fixture
async def narrow(folder: Path, clock: Clock) -> AsyncIterator[Clerk]:
    """Li Min, signed in at window 1, on 80 columns and 24 lines."""
    async with running(make_parts(folder, clock), clock, (80, 24)) as clerk:
        await sign_in(clerk)
        yield clerk


@pytest.fixture
def parts(folder: Path, clock: Clock) -> Parts:
    """What the program is given, to be changed with dataclasses.replace."""
    return make_parts(folder, clock)


@pytest.fixture
def run_program(clock: Clock) -> Any:
    """`async with run_program(parts, size=...) as clerk`."""
    return lambda parts, size=(120, 40): running(parts, clock, size)
