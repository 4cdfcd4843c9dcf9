"""Puts things together: settings, engine, catalogue, calendar, desk, app. Nothing else makes any of them.

What is imported at the top is what the first screen needs; the desk's own imports wait until after the first paint.
"""

import logging
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from clerk_tui import logs, resources, settings
from clerk_tui.rules.refusal import Refusal
from clerk_tui.settings import Settings
from clerk_tui.store.first_page import read_first_page
from clerk_tui.tui.app import ClerkApp
from clerk_tui.tui.parts import Parts
from clerk_tui.tui.themes import read_themes
from clerk_tui.tui.tidying import Tidying

if TYPE_CHECKING:
    from clerk_tui.desk.context import Desk
    from clerk_tui.store.copying import Tell
    from clerk_tui.store.engine import Store

FIRST_PAGE_SCHEMA = 2
"""The schema version that `store.first_page` can read; a test keeps it equal to `store.schema.SCHEMA_VERSION`."""


def now_ms() -> int:
    """UTC now in integer milliseconds, without importing the store."""
    return time.time_ns() // 1_000_000


def load_desk(found: Settings, tell: "Tell | None" = None, *, clock: Callable[[], int] = now_ms) -> "Desk":
    """Open the store and build the desk; half a second of imports, so in a thread after the first paint.

    A store of an earlier build is upgraded first; `tell` hears how far that is, and may stop it.
    """
    from clerk_tui.catalog import calendars, load
    from clerk_tui.desk.opening import make_desk
    from clerk_tui.store.schema import open_store

    store = open_store(found.place, clock_ms=clock(), tell=tell)
    data = resources.data_folder()
    return make_desk(
        store,
        catalogue=load.load(_published(store, found.store) or data / "catalog"),
        calendar=calendars.load(data / "calendar"),
        clock=clock,
    )


def _published(store: "Store", folder: Path) -> Path | None:
    """The catalogue that the district published last, as files; None where the shipped one counts."""
    from sqlalchemy import select

    from clerk_tui.store.core import PUBLISHED_LISTS

    with store.read() as connection:
        mine = (PUBLISHED_LISTS.c.kind == "catalogue", PUBLISHED_LISTS.c.state == "current")
        if connection.execute(select(PUBLISHED_LISTS.c.version).where(*mine)).first() is None:
            return None
        from clerk_tui.channel.taking_lists import folder_of

        try:
            return folder_of(connection, "catalogue", folder)
        except OSError:
            logging.getLogger(__name__).exception("the published catalogue cannot be written out")
            return None


def set_up(found: Settings, values: Mapping[str, str], *, clock: Callable[[], int] = now_ms) -> None:
    """First start: make the store and the hall of the form's values. A hall that cannot be made leaves no store behind."""
    from clerk_tui.desk.setting_up import NewClerk, NewWindow, set_up_hall
    from clerk_tui.store.schema import create, open_store

    fresh = isinstance(found.place, str) or not found.place.exists()
    store = create(found.place) if fresh else open_store(found.place, clock_ms=clock())
    try:
        set_up_hall(
            store,
            code=values["code"],
            letter=values["letter"],
            name=values["name"],
            short_name=values["short_name"],
            windows=[NewWindow(number, "综合窗口") for number in range(1, int(values["windows"]) + 1)],
            clerk=NewClerk(values["clerk_number"], values["clerk_name"], values["clerk_pin"]),
            supervisor=NewClerk(values["supervisor_number"], values["supervisor_name"], values["supervisor_pin"]),
            clock=clock,
        )
    except Refusal:
        store.close()
        if fresh and isinstance(found.place, Path):
            for path in (found.place, *found.place.parent.glob(f"{found.place.name}-*")):
                path.unlink(missing_ok=True)
        raise
    store.close()


def make_app(found: Settings, *, clerk: str = "") -> ClerkApp:
    """The program at one window, ready to run."""
    themes, notices = read_themes(resources.themes_folder())
    return ClerkApp(
        Parts(
            settings=found,
            read_first_page=lambda: read_first_page(found.place, schema_version=FIRST_PAGE_SCHEMA, now=now_ms()),
            load_desk=partial(load_desk, found),
            set_up=partial(set_up, found),
            now=now_ms,
            themes=tuple(themes),
            notices=tuple(notices),
            clerk=clerk,
            real_clock=True,
        )
    )


def run(*, store_folder: Path | None = None, clerk: str | None = None) -> int:
    """Run the program at a window until it is closed; returns the exit code.

    `clerk` is a clerk's number: typed already at the sign-in, or signed in at once in a demonstration's store.
    """
    logs.start_when_needed()
    app = make_app(settings.load(store_folder), clerk=clerk or "")
    app.tidying = Tidying()
    app.run()
    return app.return_code or 0
