"""How screens reach the desk: `await self.act(fn, ...)`, and flows that ask the clerk something in between.

Everything that a key starts and that takes longer than a paint is a flow: keys are held while it works and go to the
card while it asks. A refusal rings and stands in the fixed line; any other fault is logged without personal data and
becomes one plain sentence. Nothing here ever raises into Textual, which would end the program.
"""

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast

from textual.message_pump import MessagePump
from textual.screen import ModalScreen

from clerk_tui.rules.refusal import Refusal

if TYPE_CHECKING:
    from clerk_tui.desk.context import Desk
    from clerk_tui.store.act import By
    from clerk_tui.tui.app import ClerkApp

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound="Acting")

SAVING_AFTER_SECONDS = 0.1
FAULT_WORDS = "程序出错, 这一步没有做成; 已填内容都还在"
FAULT_ADVICE = "请再试一次; 仍不行请告诉技术人员, 日志里有记录"

log = logging.getLogger(__name__)


class Acting(MessagePump):
    """Mixin for screens, places and cards."""

    @property
    def clerk_app(self) -> "ClerkApp":
        return cast("ClerkApp", self.app)

    async def act(self, fn: "Callable[Concatenate[Desk, By, P], R]", /, *args: P.args, **kwargs: P.kwargs) -> R | None:
        """Run a desk function as the clerk who is signed in. None: it did not happen, and the clerk was told why.

        For functions that return nothing use `done`.
        """
        answer = await self._reach(lambda desk: fn(desk, self.clerk_app.signed_in(), *args, **kwargs))
        return answer[0] if answer else None

    async def act_as(
        self, by: "By", fn: "Callable[Concatenate[Desk, By, P], R]", /, *args: P.args, **kwargs: P.kwargs
    ) -> R | None:
        """Like `act`, as `by`: the clerk together with the supervisor whom `approve` returned."""
        answer = await self._reach(lambda desk: fn(desk, by, *args, **kwargs))
        return answer[0] if answer else None

    async def act_approved(
        self, title: str, fn: "Callable[Concatenate[Desk, By, P], R]", /, *args: P.args, **kwargs: P.kwargs
    ) -> R | None:
        """Like `act`; where only a supervisor's consent is lacking, it is asked for and the act done with it."""
        self.clerk_app.last_refusal = None
        answer = await self.act(fn, *args, **kwargs)
        refusal = self.clerk_app.last_refusal
        if answer is not None or refusal is None or refusal.code != "supervisor_needed":
            return answer
        by = await self.approve(title)
        return await self.act_as(by, fn, *args, **kwargs) if by is not None else None

    async def look_at(
        self, fn: "Callable[Concatenate[Desk, By, P], R]", /, *args: P.args, **kwargs: P.kwargs
    ) -> R | None:
        """Like `act`, for a read that nobody waits for: keys are not held, nothing is said while it runs."""
        answer = await self._reach(lambda desk: fn(desk, self.clerk_app.signed_in(), *args, **kwargs), quiet=True)
        return answer[0] if answer else None

    async def done(
        self, fn: "Callable[Concatenate[Desk, By, P], object]", /, *args: P.args, **kwargs: P.kwargs
    ) -> bool:
        """Like `act`, for what matters is whether it happened."""
        return await self._reach(lambda desk: fn(desk, self.clerk_app.signed_in(), *args, **kwargs)) is not None

    async def done_as(
        self, by: "By", fn: "Callable[Concatenate[Desk, By, P], object]", /, *args: P.args, **kwargs: P.kwargs
    ) -> bool:
        """Like `act_as`, for what matters is whether it happened."""
        return await self._reach(lambda desk: fn(desk, by, *args, **kwargs)) is not None

    async def call(self, fn: "Callable[Concatenate[Desk, P], R]", /, *args: P.args, **kwargs: P.kwargs) -> R | None:
        """Run a function of the desk alone, before anyone is signed in."""
        answer = await self._reach(lambda desk: fn(desk, *args, **kwargs))
        return answer[0] if answer else None

    async def did(self, fn: "Callable[Concatenate[Desk, P], object]", /, *args: P.args, **kwargs: P.kwargs) -> bool:
        """Like `call`, for what matters is whether it happened."""
        return await self._reach(lambda desk: fn(desk, *args, **kwargs)) is not None

    async def _reach(self, work: "Callable[[Desk], R]", *, quiet: bool = False) -> tuple[R] | None:
        app = self.clerk_app
        if quiet:
            return await self._try(work)
        app.take_keys()
        saving = asyncio.get_running_loop().call_later(SAVING_AFTER_SECONDS, app.show_saving, True)
        try:
            return await self._try(work)
        finally:
            saving.cancel()
            app.show_saving(False)
            app.give_keys()

    async def _try(self, work: "Callable[[Desk], R]") -> tuple[R] | None:
        app = self.clerk_app
        try:
            desk = await app.desk_when_loaded()
            return (await app.store_thread.run(lambda: work(desk)),)
        except Refusal as refusal:
            self.refused(refusal)
        except Exception:  # whatever the desk raised, the clerk goes on and the log has the trace
            log.exception("an act failed")
            app.ring(FAULT_WORDS, FAULT_ADVICE)
        return None

    def refused(self, refusal: Refusal) -> None:
        """Ring and show why; places override it to lead to `refusal.field`."""
        self.clerk_app.last_refusal = refusal
        self.clerk_app.ring(refusal.words, refusal.advice)

    def say(self, words: str) -> None:
        """Put one line above the keys."""
        self.clerk_app.say(words)

    def ring(self, words: str, advice: str = "") -> None:
        """Ring and put a refusal into the fixed line."""
        self.clerk_app.ring(words, advice)

    async def ask(self, card: "ModalScreen[R]") -> R | None:
        """Show a card and wait for its answer; only inside a flow. None: the clerk pressed Esc."""
        return await self.clerk_app.ask_card(card)

    async def approve(self, act_name: str) -> "By | None":
        """Let a supervisor approve with own number and PIN; returns who acts together with whom, or None."""
        from clerk_tui.tui.cards.approval import ApprovalCard

        if self.clerk_app.signed_in().approved():
            return self.clerk_app.signed_in()
        return await self.ask(ApprovalCard(act_name))


def flow(method: Callable[Concatenate[S, P], Coroutine[Any, Any, None]]) -> Callable[Concatenate[S, P], None]:
    """Make a coroutine method a flow: it starts when called, holds the keys while it works, and may `ask`."""

    @functools.wraps(method)
    def start(self: S, /, *args: P.args, **kwargs: P.kwargs) -> None:
        self.clerk_app.start_flow(method(self, *args, **kwargs))

    return start


async def run_flow(app: "ClerkApp", work: Awaitable[None]) -> None:
    """What a flow's worker runs."""
    try:
        await work
    except Refusal as refusal:
        app.ring(refusal.words, refusal.advice)
    except Exception:  # a fault in one flow must not end the clerk's program
        log.exception("a flow failed")
        app.ring(FAULT_WORDS, FAULT_ADVICE)
    finally:
        app.give_keys()
