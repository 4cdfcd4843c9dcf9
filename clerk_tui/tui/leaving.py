"""The terminal went away (closed, line dropped): end within a second, with nothing lost and no core burning.

Drafts are saved on every change, so there is nothing left to save. Textual's input thread spins at end-of-file and cannot
be joined, so the process ends itself once the act that is in flight, if any, has come to its end.
"""

import asyncio
import logging
import os
import select
import signal
import sys
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.25
"""Between two looks where the system cannot tell."""
LAST_ACT_SECONDS = 0.5
GONE = 0x8 | 0x10 | 0x20
"""POLLERR, POLLHUP and POLLNVAL; epoll calls the first two by the same numbers."""


def watch_terminal(gone: Callable[[], Awaitable[None]]) -> None:
    """Call `gone` once when the terminal is gone: by SIGHUP, or by hang-up where SIGHUP is ignored.

    Windows has neither; there the console ends its programs itself.
    """
    if sys.platform == "win32" or not sys.stdin.isatty():
        return
    loop = asyncio.get_running_loop()
    told: list[asyncio.Future[None]] = []

    def tell() -> None:
        if not told:
            told.append(asyncio.ensure_future(gone()))

    for number in (signal.SIGHUP, signal.SIGTERM):
        loop.add_signal_handler(number, tell)
    if sys.platform == "linux":
        _wake_at_hang_up(sys.stdin.fileno(), tell)
    else:
        _look_for_hang_up(sys.stdin.fileno(), tell)


def _wake_at_hang_up(terminal: int, tell: Callable[[], None]) -> None:
    """Have the loop woken: by an epoll of our own inside the loop's, because the terminal itself is Textual's to read.

    Edge-triggered, so that a key that Textual has not read yet wakes nobody twice.
    """
    loop = asyncio.get_running_loop()
    inner = select.epoll()
    inner.register(terminal, select.EPOLLIN | select.EPOLLET)  # a hang-up wakes only those who wait for something

    def look() -> None:
        if any(flags & GONE for _, flags in inner.poll(0)):
            loop.remove_reader(inner.fileno())
            tell()

    loop.add_reader(inner.fileno(), look)
    look()


def _look_for_hang_up(terminal: int, tell: Callable[[], None]) -> None:
    """Look every `LOOK_SECONDS`, by the loop itself: a timer of Textual's costs ten times as much, all day long."""
    loop = asyncio.get_running_loop()
    poller = select.poll()
    poller.register(terminal, 0)  # hang-up is reported without being asked for

    def look() -> None:
        if any(flags & GONE for _, flags in poller.poll(0)):
            tell()
        else:
            loop.call_later(LOOK_SECONDS, look)

    look()


async def end_process(last_things: Callable[[], Awaitable[object]]) -> None:
    """Do the last things if they come to an end in time, then end at once."""
    try:
        await asyncio.wait_for(last_things(), LAST_ACT_SECONDS)
    except Exception:  # there is nobody left to tell; the seat goes stale by itself after half a minute
        log.exception("the last things were not done")
    logging.shutdown()
    os._exit(129)
