"""What the program is given from outside; bootstrap makes it, tests make their own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clerk_tui.settings import Settings
from clerk_tui.store.first_page import FirstPage
from clerk_tui.tui.themes import FoundTheme

if TYPE_CHECKING:
    from clerk_tui.desk.context import Desk
    from clerk_tui.store.copying import Tell


@dataclass(frozen=True)
class Parts:
    """`load_desk` and `set_up` take long and run in the store thread; the others answer at once. `load_desk` tells how far it is
    while it upgrades a store of an earlier build.

    `set_up` makes the store of a first start from the values of its form. `now` is the clock in UTC milliseconds. `clerk` is
    a number that stands in the sign-in already; a demonstration's store opens signed in as that clerk.
    `real_clock`: `now` is the machine's, and somebody may set it while the program runs.
    """

    settings: Settings
    read_first_page: Callable[[], FirstPage]
    load_desk: "Callable[[Tell], Desk]"
    set_up: Callable[[Mapping[str, str]], None]
    now: Callable[[], int]
    themes: tuple[FoundTheme, ...] = ()
    notices: tuple[str, ...] = field(default=())
    clerk: str = ""
    real_clock: bool = False
