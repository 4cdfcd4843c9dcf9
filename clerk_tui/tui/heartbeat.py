"""What is looked at all day long, every few seconds, for next to nothing.

A timer of Textual's posts a message each time, which its pump takes through filters, bindings of handlers and its idle
work: some tenths of a millisecond a beat, awake or not. The loop itself calls a function for a tenth of that; whoever
finds something new there asks Textual in the ordinary way.
"""

import asyncio
from collections.abc import Callable

from textual.message_pump import MessagePump


def every(seconds: float, owner: MessagePump, look: Callable[[], None]) -> None:
    """Call `look` every so many seconds as long as `owner` runs; begin in one of its handlers, whose context it keeps."""
    loop = asyncio.get_running_loop()

    def beat() -> None:
        if owner.is_running and owner.is_attached:
            loop.call_later(seconds, beat)  # first, so that a fault in one look does not end them all
            look()

    loop.call_later(seconds, beat)
