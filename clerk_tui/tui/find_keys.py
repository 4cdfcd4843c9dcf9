"""F2: the find box, from anywhere; people, cases, tickets, papers, items, and the commands in words."""

from clerk_tui.tui.acting import Acting, flow


class FindKeys(Acting):
    """Mixin of the workbench."""

    @flow
    async def find(self, text: str) -> None:
        """Open the find box with what was typed or scanned, and go to what was chosen."""
        from clerk_tui.tui.cards.find import FindCard

        hit = await self.ask(FindCard(text))
        if hit is not None:
            await self.open_found(hit.group, hit.id)

    async def open_found(self, group: str, id: str) -> None:
        raise NotImplementedError
