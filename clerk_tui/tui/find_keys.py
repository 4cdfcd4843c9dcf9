"""F2: the find box, from anywhere; where each kind of hit is opened."""

import asyncio
from typing import TYPE_CHECKING

from clerk_tui.tui.acting import Acting, flow

if TYPE_CHECKING:
    from clerk_tui.desk.views.cases import Hit
    from clerk_tui.tui.cards.card import Card

OPENED_IN = {
    "case": "search",
    "organisation": "search",
    "person": "search",
    "shelf": "pickup",
    "item": "intake",
}
"""Group of a hit and the place that opens it; a person goes to intake while a visit is open."""
LOOK_AGAIN_SECONDS = 0.01


class FindKeys(Acting):
    """Mixin of the workbench."""

    @flow
    async def find(self, text: str, at_once: bool = False, card_read: bool = False) -> None:
        """Open the find box with what was typed or scanned, and go to what was chosen."""
        from clerk_tui.tui.cards.find import FindCard

        hit = await self.ask(FindCard(text, at_once=at_once))
        if hit is not None:
            await self._open_hit(hit, at_once, card_read)

    @flow
    async def find_in_front(self, text: str = "", at_once: bool = False) -> None:
        """The find box in front of the cards that stand open; Esc leads back to them as they were.

        What is chosen puts them away as Esc does: nothing is done, and what was typed is there when they open again.
        """
        from clerk_tui.tui.cards.card import Card
        from clerk_tui.tui.cards.find import FindCard

        cards = [screen for screen in self.clerk_app.screen_stack if isinstance(screen, Card)]
        hit = await self.ask(FindCard(text, at_once=at_once))
        if hit is None:
            return
        for card in reversed(cards):
            if not await self._put_away(card):
                self.ring("这张卡片收不起来", "先答完, 再查找")
                return
        await self._open_hit(hit, at_once)

    async def _put_away(self, card: "Card[object]") -> bool:
        """As if Esc was pressed on the card in front; False where it stays or its act asks something else."""
        app = self.clerk_app
        behind = app.screen_stack[-2]
        card.action_back()
        while card.asker is not None and not card.asker.done() and app.screen in (card, behind):
            if app.screen is card and not card.answered:
                return False
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        return app.screen is behind

    async def _open_hit(self, hit: "Hit", scanned: bool, card_read: bool = False) -> None:
        if hit.group == "paper" and scanned:
            await self.open_scanned_paper(hit.id)
        elif hit.group == "person" and scanned:
            await self.open_scanned_person(hit.id, card_read)
        else:
            await self.open_found(hit.group, hit.id)

    def find_scanned(self, text: str) -> None:
        """Open the one thing that a scan means, or show what it may mean; of a card reader's line, the number counts."""
        scan = self.clerk_app.classify(text)
        self.find(scan.value, at_once=True, card_read=scan.person is not None)

    async def open_found(self, group: str, id: str) -> None:
        """Open a hit: a command runs, a ticket and a paper open as cards, everything else in its place."""
        from clerk_tui.tui.screens.workbench import Workbench

        assert isinstance(self, Workbench)
        if group == "act":
            await self.run_command(id)
        elif group == "ticket":
            self.open_ticket(id)
        elif group == "paper":
            await self.open_paper(id)
        elif group == "owed":
            self.go_to("owed", "case", id)
        elif group == "person" and self.panel.visit_id:
            self.go_to("intake", group, id)
        else:
            self.go_to(OPENED_IN.get(group, "search"), group, id)

    async def open_scanned_person(self, person_id: str, card_read: bool) -> None:
        """Who is scanned while a visit is open stands here, or is told to be the one who does already."""
        from clerk_tui.tui.places.intake import IntakePlace
        from clerk_tui.tui.screens.workbench import Workbench

        assert isinstance(self, Workbench)
        if not self.panel.visit_id:
            await self.open_found("person", person_id)
            return
        place = await self.show_place("intake")
        if isinstance(place, IntakePlace):
            place.attend(person_id, True, card_read)

    async def open_scanned_paper(self, notice_id: str) -> None:
        """Who brings a paper comes about its case: to what it still owes, else to the case; a paper of none is shown."""
        from clerk_tui.desk import owing_reads, papers

        paper = await self.act(papers.paper, notice_id=notice_id)
        if paper is None or not paper.case_id:
            await self.open_paper(notice_id)
            return
        owed = await self.act(owing_reads.live_in_case, case_id=paper.case_id)
        await self.open_found("owed" if owed else "case", paper.case_id)

    async def open_paper(self, notice_id: str) -> None:
        """Show one paper."""
        from clerk_tui.desk import papers
        from clerk_tui.tui.screens.paper_preview import PaperScreen

        paper = await self.act(papers.paper, notice_id=notice_id)
        if paper is not None:
            await self.ask(PaperScreen((paper,)))
