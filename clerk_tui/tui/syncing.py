"""Exchanging with the district beside the clerk's work: in a thread of its own, never on the store thread, never a dialog."""

import asyncio
import logging
from typing import TYPE_CHECKING

from clerk_tui.rules.refusal import Refusal

if TYPE_CHECKING:
    from clerk_tui.channel.sync import ExchangeReport
    from clerk_tui.desk.context import Desk
    from clerk_tui.settings import Settings

EVERY_SECONDS = 60.0
"""How often the workbench tries; the channel itself waits longer after a failure (channel rule 37)."""

log = logging.getLogger(__name__)


async def exchange(desk: "Desk", settings: "Settings", *, send_now: bool = False) -> "ExchangeReport | None":
    """One exchange; None where this station has no channel. A fault is logged and told by the channel's status.

    Raises Refusal (channel_url, keys_…, not_enrolled) only when the clerk asked for it (`send_now`).
    """
    from clerk_tui.channel.station import connect
    from clerk_tui.channel.sync import exchange_once

    def run() -> "ExchangeReport":
        station = connect(
            desk.store, settings.channel_url, settings.keys_folder, host_key=settings.channel_host_key, clock=desk.clock
        )
        try:
            return exchange_once(station, send_now=send_now)
        finally:
            station.transport.close()

    if not settings.channel_url and not send_now:
        return None
    try:
        return await asyncio.to_thread(run)
    except Refusal as refusal:
        if send_now:
            raise
        log.info("no exchange: %s", refusal.code)
        return None
