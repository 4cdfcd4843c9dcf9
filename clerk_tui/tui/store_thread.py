"""The one thread that touches the store: acts run in it in the order in which they were asked for."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

R = TypeVar("R")


class StoreThread:
    """One worker thread per program. SQLite and PostgreSQL may hold a commit for seconds; the screen never waits."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")

    async def run(self, work: Callable[[], R]) -> R:
        """Run `work` after everything that was asked for before; a caller that goes away does not stop it."""
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._pool, work))

    def close(self) -> None:
        """What was begun is finished before the process ends; the rest is forgotten."""
        self._pool.shutdown(wait=False, cancel_futures=True)
