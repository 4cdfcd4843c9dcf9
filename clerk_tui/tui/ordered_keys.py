"""Keys land where they belong, however fast they come.

Textual gives every widget its own queue, and a key that a widget does not handle bubbles to the App before a binding
runs. Keys that arrive in a burst around Enter, Tab or an F-key could therefore reach the field that had the focus
before. This mixin holds back what follows a key that may move the focus until that key has had its full effect, and
everything that is typed while an act is in flight until the act has ended. Only what a text field takes as text or as
editing never holds. It overrides the App's message hook of Textual 8.2.8; the pty tests in
tests/tui/test_ordered_keys_pty.py catch an upgrade that breaks it.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from textual import events
from textual.app import App
from textual.message_pump import MessagePump
from textual.widget import Widget
from textual.widgets import Input

if TYPE_CHECKING:
    _Base = App[None]
else:
    _Base = object

log = logging.getLogger(__name__)

EDITING = frozenset({"backspace", "delete", "left", "right", "home", "end", "shift+left", "shift+right"})
"""Keys that change or move within a text field and never leave it."""
DEAD_MAN_SECONDS = 1.0
LAPS = 2
"""A key bubbles to the App in the first lap, what it posted bubbles to the Screen in the second."""
MOST_LAPS = 12
"""Laps go on while a widget on the way still has messages; a widget that never rests may not hold the keys."""


@runtime_checkable
class MovesAtOnce(Protocol):
    """A widget whose cursor keys concern nobody else."""

    def move_by(self, key: str) -> bool:
        """Move, if this is a key that moves; nothing but the own cursor may change before it returns."""
        ...


def takes_text(widget: Widget | None) -> bool:
    """Whether what is typed now becomes text where it lands."""
    return isinstance(widget, Input)


class OrderedKeys(_Base):
    """Mixin for an App (before App in the bases)."""

    _held: list[events.Event] | None = None
    _serial = 0
    _busy = 0
    _then: Callable[[], None] | None = None
    _watch: asyncio.TimerHandle | None = None

    def take_keys(self) -> None:
        """Something is at work: hold every key until the matching `give_keys`."""
        self._busy += 1

    def give_keys(self) -> None:
        """What was at work has ended; held keys follow once the screen has settled."""
        self._busy -= 1
        if self._busy == 0 and self._held is not None:
            self._settle()

    @property
    def keys_taken(self) -> bool:
        return self._busy > 0

    @property
    def keys_waiting(self) -> bool:
        """Whether a key that was pressed has not had its effect yet."""
        return self._busy > 0 or self._held is not None

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            if self._held is not None or self._busy:
                self._held = [*(self._held or ()), event]
                return
            await self.on_fresh_input(event)
            return
        await super().on_event(event)

    async def on_fresh_input(self, event: events.Key | events.Paste) -> None:
        """A key or a paste in its turn; subclasses look at it here."""
        if isinstance(event, events.Key) and isinstance(self.focused, MovesAtOnce) and self.focused.move_by(event.key):
            return  # its row moved: no queue is left in which another key could overtake it
        if self._stays(event):
            await super().on_event(event)
            return
        self._held = []
        await super().on_event(event)
        self._settle()

    def _stays(self, event: events.Key | events.Paste) -> bool:
        """Whether it has all its effect in the text field that has the focus, so that nothing can overtake it."""
        if not takes_text(self.focused):
            return False
        return isinstance(event, events.Paste) or event.is_printable or event.key in EDITING

    async def feed(self, waiting: Sequence[events.Event]) -> None:
        """Let keys follow in their order; as soon as one of them holds, the rest waits."""
        for position, event in enumerate(waiting):
            if self._held is not None or self._busy:
                self._held = [*(self._held or ()), *waiting[position:]]
                return
            await self.on_event(event)

    def _settle(self, then: Callable[[], None] | None = None) -> None:
        """Walk the focused chain until the key and all that it posted have had their effect.

        `then` runs when everything that was typed so far has had its effect, before held keys follow.
        """
        self._serial += 1
        self._then = then or self._then
        self._unwatch()
        self._watch = asyncio.get_running_loop().call_later(DEAD_MAN_SECONDS, self._dead_man, self._serial)
        self._begin_lap(self.focused or self.screen, self._serial, 1)

    def _begin_lap(self, start: MessagePump, serial: int, lap: int) -> None:
        chain = _chain(start)
        chain += [node for node in _chain(self.focused or self.screen) if node not in chain]
        chain.sort(key=lambda node: node is self)  # the App last: all bubbles end there
        _Lap(self, iter(chain), serial, start, lap).go_on()

    def _lap_ended(self, lap: "_Lap") -> None:
        if lap.serial != self._serial:
            return
        if lap.number < LAPS or (not lap.quiet and lap.number < MOST_LAPS):
            self._begin_lap(lap.start, lap.serial, lap.number + 1)
        else:
            self._walked(lap.serial)

    def _dead_man(self, serial: int) -> None:
        """A walk that never came back (a widget went away under it): let the keys go, and say that it happened."""
        if serial == self._serial and self._held is not None and not self._busy:
            log.error("keys were held %s s without an act in flight; let go", DEAD_MAN_SECONDS)
            self.bell()
            self._walked(serial)

    def _unwatch(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _walked(self, serial: int) -> None:
        if serial != self._serial or self._busy:
            return
        if self._then is not None:
            then, self._then = self._then, None
            then()
            self._settle()
        else:
            self.call_later(self._release, serial)

    async def _release(self, serial: int) -> None:
        if serial != self._serial or self._busy or self._held is None:
            return
        self._unwatch()
        held, self._held = self._held, None
        await self.feed(held)


class _Lap:
    """A round of the chain: every node is asked to call back once it has done all that came before.

    A method of an object, because Textual looks into the signature of every function that it has not called before.
    """

    def __init__(
        self, app: OrderedKeys, nodes: Iterator[MessagePump], serial: int, start: MessagePump, number: int
    ) -> None:
        self.app, self.nodes, self.serial, self.start, self.number = app, nodes, serial, start, number
        self.quiet = True
        self.at: MessagePump = app

    def go_on(self) -> None:
        """Ask the next node that runs."""
        for node in self.nodes:
            if node.is_running:
                self.at = node
                if node.post_message(events.Callback(callback=self.arrived)):
                    return
        self.app._lap_ended(self)

    def arrived(self) -> None:
        # the App's own queue holds the keys that follow: they do not count
        self.quiet = self.quiet and (self.at is self.app or self.at.message_queue_size == 0)
        self.go_on()


def _chain(node: MessagePump) -> list[MessagePump]:
    """The node and all above it, up to the App."""
    return list(node.ancestors_with_self) if isinstance(node, Widget) else [node]
