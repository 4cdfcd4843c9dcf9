"""A store of an earlier build is upgraded while the program opens: the clerk sees how far it is and may stop it."""

import asyncio
import threading
from time import monotonic
from typing import TYPE_CHECKING, Any

from clerk_tui.tui.scanning import Scanning

if TYPE_CHECKING:
    from clerk_tui.tui.cards.upgrade import UpgradeCard

AFTER_SECONDS = 0.5
"""What takes less long is not worth a card."""
BETWEEN_SECONDS = 0.2


class Upgrading(Scanning):
    """Mixin of the App."""

    _upgrade_card: "UpgradeCard | None" = None
    _lent = 0

    def begin_to_listen(self) -> None:
        """Before loading begins: nothing was told yet, and nobody wants it stopped."""
        self._stop = threading.Event()
        self._first_told: float | None = None
        self._last_told = 0.0

    def told_while_loading(self, words: str, done: int, total: int) -> None:
        """How far an upgrade is; in the store thread. Raises Stopped once the clerk does not want to wait."""
        if self._stop.is_set():
            from clerk_tui.store.copying import Stopped

            raise Stopped
        now = monotonic()
        self._first_told = now if self._first_told is None else self._first_told
        if now - self._first_told >= AFTER_SECONDS and now - self._last_told >= BETWEEN_SECONDS:
            self._last_told = now
            share = f"{100 * done // total}%" if total else f"已用 {now - self._first_told:.0f} 秒"
            self.call_later(self._show_upgrade, f"{words}  {share}")

    def take_keys(self) -> None:
        if self._upgrade_card is None:
            super().take_keys()
        else:
            self._lent += 1  # whatever waits behind the card

    def give_keys(self) -> None:
        if self._upgrade_card is None:
            super().give_keys()
        else:
            self._lent -= 1

    def stop_upgrade(self) -> None:
        """Stop it at its next word; without one there is nothing to stop."""
        self._stop.set()

    async def _show_upgrade(self, words: str) -> None:
        if self.loading_ended:
            return
        if self._upgrade_card is None:
            from clerk_tui.tui.cards.upgrade import UpgradeCard

            card = UpgradeCard(self.stop_upgrade)
            await self.push_screen(card)
            self._upgrade_card = card
            self._lent, self._busy = self._busy, 0  # flows wait for the desk; the keys are the card's
            if self.loading_ended:
                self.end_upgrade_card()
                return
        self._upgrade_card.show(words)

    def end_upgrade_card(self) -> None:
        """Loading came to its end, one way or the other: the flows that wait for it have their keys again."""
        card, self._upgrade_card = self._upgrade_card, None
        if card is not None:
            self._busy, self._lent = self._lent, 0
            if card.is_current:  # not while the program ends
                card.dismiss(None)

    @property
    def loading_ended(self) -> bool:
        raise NotImplementedError

    async def wait_for_upgrade_to_stop(self, loading: "asyncio.Future[Any] | None", seconds: float) -> None:
        """Before the program ends: what is half copied is taken away."""
        self._stop.set()
        if loading is not None and not loading.done() and self._first_told is not None:
            await asyncio.wait([loading], timeout=seconds)
