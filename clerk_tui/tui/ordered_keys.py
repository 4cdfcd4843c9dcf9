"""Keys land where they belong, however fast they come.

Textual gives every widget its own queue, and a key that a widget does not handle bubbles to the App before a binding
runs. Keys that arrive in a burst around Enter, Tab or an F-key could therefore reach the field that had the focus
before. This mixin holds back what follows such a boundary key until it has had its full effect, and everything that is
typed while an act is in flight until the act has ended. It overrides the App's message hook of Textual 8.2.8; the pty
test in tests/tui/test_ordered_keys_pty.py catches an upgrade that breaks it.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from textual import events
from textual.app import App
from textual.message_pump import MessagePump

if TYPE_CHECKING:
    _Base = App[None]
else:
    _Base = object

BOUNDARY_KEYS = frozenset(
    {"enter", "tab", "shift+tab", "escape", *(f"f{n}" for n in range(1, 13)), *(f"ctrl+{c}" for c in "snorltgyq")}
)
DEAD_MAN_SECONDS = 1.0


class OrderedKeys(_Base):
    """Mixin for an App (before App in the bases)."""

    _held: list[events.Event] | None = None
    _serial = 0
    _busy = 0
    _then: Callable[[], None] | None = None

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
        if isinstance(event, events.Key) and (event.key in BOUNDARY_KEYS or self._acts_at_once(event)):
            self._held = []
            await super().on_event(event)
            self._settle()
        else:
            await super().on_event(event)

    def _acts_at_once(self, event: events.Key) -> bool:
        """A digit that marks a row or answers a question acts like Enter: what follows must wait for its effect."""
        character = event.character or ""
        if not (character.isascii() and character.isdigit()):
            return False
        return getattr(self.focused, "digits", "") == "mark" or hasattr(self.focused, "choices")

    def _settle(self, then: Callable[[], None] | None = None) -> None:
        """Walk the focused chain twice: lap 1, the key bubbles up and its binding runs; lap 2, what it posted does.

        `then` runs when everything that was typed so far has had its effect, before held keys follow.
        """
        self._serial += 1
        serial = self._serial
        self._then = then or self._then
        start = self.focused or self.screen
        self.set_timer(DEAD_MAN_SECONDS, lambda: self._walked(serial))
        self._walk(iter([*start.ancestors_with_self] * 2), serial)

    def _walk(self, nodes: Iterator[MessagePump], serial: int) -> None:
        for node in nodes:
            if node.is_running:
                node.post_message(events.Callback(callback=lambda: self._walk(nodes, serial)))
                return
        self._walked(serial)

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
        held, self._held = self._held, None
        for position, event in enumerate(held):
            if self._held is not None or self._busy:  # one of the held ones began a new hold
                self._held = [*(self._held or ()), *held[position:]]
                return
            await self.on_event(event)
