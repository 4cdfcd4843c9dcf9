"""A clerk at a real store: `clerk` signs in and opens the workbench, `window` gives the program before the sign-in."""

import os
import re
import select
import shutil
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyte
import pytest
from textual.pilot import Pilot

from clerk_tui import bootstrap, resources
from clerk_tui.desk.setting_up import NewClerk, NewWindow, set_up_hall
from clerk_tui.settings import Settings
from clerk_tui.store import schema
from clerk_tui.store.act import system_clock
from clerk_tui.store.first_page import read_first_page
from clerk_tui.tui.app import ClerkApp
from clerk_tui.tui.parts import Parts
from clerk_tui.tui.screens.workbench import Workbench
from clerk_tui.tui.themes import read_themes

MORNING = int(datetime(2026, 11, 23, 1, 41, tzinfo=UTC).timestamp() * 1000)  # Monday, 09:41 in the hall
CLERK_PIN, SUPERVISOR_PIN = "135790", "246801"

READS = (
    "owed-read",
    "owed-more",
    "pickup-read",
    "search",
    "search-case",
    "search-more",
    "figures-read",
)
"""Groups of the workers by which places read."""


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
            if not self.app.keys_waiting and not self._working():
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

    async def read(self) -> None:
        """Until the place that is shown has read what it shows."""
        await self.settle()
        for _ in range(500):
            if not any(not worker.is_finished and worker.group in READS for worker in self.app.workers):
                break
            await self.pilot.pause(0.01)
        await self.settle()

    def seen(self) -> str:
        """The screen as text, without trailing blanks."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)

    @property
    def bench(self) -> Any:
        return next(screen for screen in self.app.screen_stack if isinstance(screen, Workbench))

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
    return make_store(tmp_path / "store", clock)


def make_store(folder: Path, clock: Callable[[], int]) -> Path:
    store = schema.create(folder / "hall.db")
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
    return folder


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
        load_desk=lambda tell: bootstrap.load_desk(settings, tell, clock=clock),
        set_up=lambda values: bootstrap.set_up(settings, values, clock=clock),
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


@pytest.fixture
def make_parts_for(clock: Clock) -> Any:
    """Parts of a store in another folder."""
    return lambda folder: make_parts(folder, clock)


class Terminal:
    """The real program in a pseudo terminal."""

    def __init__(self, arguments: list[str], environment: dict[str, str], size: tuple[int, int] = (120, 40)) -> None:
        from ptyprocess import PtyProcess

        columns, lines = size
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self.process = PtyProcess.spawn(
            [sys.executable, "-m", "clerk_tui", *arguments],
            dimensions=(lines, columns),
            env={**os.environ, "TERM": "xterm-256color", "COLUMNS": str(columns), "LINES": str(lines), **environment},
        )

    def read(self, seconds: float = 0.05) -> None:
        """Take in what the program writes."""
        ready, _, _ = select.select([self.process.fd], [], [], seconds)
        if ready:
            data = os.read(self.process.fd, 65536)
            # pyte prints string controls and private sequences that it does not know
            self._stream.feed(UNKNOWN.sub(b"", data))

    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display)

    def until(self, words: str, seconds: float = 20) -> None:
        """Read until the words stand on the screen."""
        end = time.monotonic() + seconds
        while words not in self.compact():
            if time.monotonic() > end:
                raise AssertionError(f"{words!r} never came\n{self.text()}")
            self.read()

    def compact(self) -> str:
        """The screen without the blank cell that pyte leaves behind each wide character."""
        rows = []
        for y in range(self.screen.lines):
            row = self.screen.buffer[y]
            rows.append("".join(row[x].data for x in range(self.screen.columns)).rstrip())
        return "\n".join(rows)

    def send(self, text: str, gap: float = 0.0) -> None:
        """Type, in one write or with a gap between the bytes."""
        data = text.encode()
        if not gap:
            os.write(self.process.fd, data)
            return
        for place in range(len(data)):
            os.write(self.process.fd, data[place : place + 1])
            end = time.monotonic() + gap
            while time.monotonic() < end:
                self.read(max(0.0, end - time.monotonic()))

    def close(self) -> None:
        if self.process.isalive():
            self.process.terminate(force=True)


UNKNOWN = re.compile(rb"\x1b[P_^X\]][^\x1b\x07]*(?:\x1b\\\\|\x07)|\x1b\[[<=>?][0-9;:]*[$a-zA-Z]*[pqu]")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Start the program in a pty: `terminal("--store", folder)`."""
    opened: list[Terminal] = []

    def start(*arguments: object, size: tuple[int, int] = (120, 40)) -> Terminal:
        environment = {
            "CLERK_TUI_CONFIG": str(tmp_path / "no-settings.toml"),
            "CLERK_TUI_LOG": str(tmp_path / "log"),
            "CLERK_TUI_PRINT_COMMAND": "true {file}",
        }
        opened.append(Terminal([str(one) for one in arguments], environment, size))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


@pytest.fixture
def today_folder(tmp_path: Path) -> Path:
    """Like `folder`, on the machine's own clock, for the real program."""
    return make_store(tmp_path / "today", bootstrap.now_ms)


@pytest.fixture(scope="session")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's morning; copied for each test."""
    from clerk_tui.demo import prepare

    folder = tmp_path_factory.mktemp("morning") / "demo"
    prepare(folder)
    return folder


@pytest.fixture
async def desk_at(morning: Path, tmp_path: Path) -> AsyncIterator[Clerk]:
    """A clerk at window 3 of the demonstration, on a clock that stands still."""
    async with at_demonstration(morning, tmp_path) as clerk:
        yield clerk


@pytest.fixture
async def desk_narrow(morning: Path, tmp_path: Path) -> AsyncIterator[Clerk]:
    """The same on 80 columns and 24 lines."""
    async with at_demonstration(morning, tmp_path, (80, 24)) as clerk:
        yield clerk


def at_demonstration(morning: Path, tmp_path: Path, size: tuple[int, int] = (120, 40)) -> Any:
    """The program on a copy of the demonstration, signed in as its clerk."""
    folder = tmp_path / "demo"
    shutil.copytree(morning, folder)
    clock = Clock(system_clock())
    parts = make_parts(folder, clock, window=3, channel_url=str(folder / "district/exchange/440113007001"))
    return running(replace(parts, clerk="demo"), clock, size)


async def go(clerk: Clerk, digit: str) -> None:
    """Enter a place by its digit and wait until it has read."""
    await clerk.press("f3", digit, "enter")
    await clerk.read()


async def approve(clerk: Clerk) -> None:
    """The supervisor of the demonstration agrees at the clerk's window."""
    await clerk.press(*"9001", "enter", *"246810", "enter")
