"""Puts things together: settings, engine, catalogue, calendar, desk, app. Nothing else makes any of them.

What is imported at the top is what the first screen needs; the desk's own imports wait until after the first paint.
"""

import gc
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from clerk_tui import logs, resources, settings
from clerk_tui.settings import Settings
from clerk_tui.store.first_page import read_first_page
from clerk_tui.tui.app import ClerkApp
from clerk_tui.tui.themes import read_themes

if TYPE_CHECKING:
    from clerk_tui.desk.context import Desk

FIRST_PAGE_SCHEMA = 1
"""The schema version that `store.first_page` can read; a test keeps it equal to `store.schema.SCHEMA_VERSION`."""


def now_ms() -> int:
    """UTC now in integer milliseconds, without importing the store."""
    import time

    return time.time_ns() // 1_000_000


def load_desk(found: Settings) -> "Desk":
    """Open the store and build the desk; half a second of imports, so in a thread after the first paint."""
    from clerk_tui.catalog import calendars, load
    from clerk_tui.desk.opening import make_desk
    from clerk_tui.store.schema import open_store

    store = open_store(found.place, clock_ms=now_ms())
    data = resources.data_folder()
    return make_desk(
        store,
        catalogue=load.load(data / "catalog"),
        calendar=calendars.load(data / "calendar"),
    )


def make_app(found: Settings, *, clerk: str = "") -> ClerkApp:
    """The program at one window, ready to run."""
    themes, notices = read_themes(resources.themes_folder())
    return ClerkApp(
        settings=found,
        first_page=read_first_page(found.place, schema_version=FIRST_PAGE_SCHEMA, now=now_ms()),
        load=partial(load_desk, found),
        now=now_ms,
        themes=themes,
        notices=notices,
        clerk=clerk,
    )


def run(*, store_folder: Path | None = None, clerk: str | None = None) -> int:
    """Run the program at a window until it is closed; returns the exit code.

    `clerk` is a clerk's number: typed already at the sign-in, or signed in at once in a demonstration's store.
    """
    logs.start()
    app = make_app(settings.load(store_folder), clerk=clerk or "")
    gc.freeze()
    gc.enable()
    app.run()
    return app.return_code or 0
