"""F5 to F8: calling, calling again, holding, the held list; the acts that wait in the find box are in queue_acts."""

from typing import TYPE_CHECKING

from clerk_tui.tui.acting import Acting, flow

if TYPE_CHECKING:
    from clerk_tui.desk.views.queue import QueuePanel


class QueueKeys(Acting):
    """Mixin of the workbench."""

    panel: "QueuePanel"

    async def read_again(self) -> None:
        raise NotImplementedError

    @flow
    async def action_call_next(self) -> None:
        """F5: look at the next person, Enter calls."""
        from clerk_tui.desk import queueing
        from clerk_tui.tui.cards.queue import NextPersonCard

        if not await self._leave_current():
            return
        card = await self.act(queueing.look_next)
        while card is not None:
            if card.ticket is None:
                self.say(card.empty_words or "没有人等候")
                return
            if not await self.ask(NextPersonCard(card)):
                return
            called = await self.act(queueing.call, ticket_id=card.ticket.id)
            await self.read_again()
            if called is not None:
                await self._after_call(called)
                return
            card = await self.act(queueing.look_next)
