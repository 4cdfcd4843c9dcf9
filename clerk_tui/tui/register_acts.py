"""The agents' register on paper, and the sheet with which an agent hands papers in at the town's hall."""

from typing import TYPE_CHECKING

from clerk_tui.tui.cards.common import ActCard
from clerk_tui.tui.places.place import Place
from clerk_tui.tui.widgets.fields import TextField
from clerk_tui.tui.widgets.form import Labelled

if TYPE_CHECKING:
    from clerk_tui.desk.views.cases import AgencyRow


class RegisterActs(Place):
    """What is done with the register of matters that somebody handles for another."""

    registered: "dict[str, AgencyRow]"

    async def print_register(self, first: str, last: str) -> None:
        """The register of a span, to sign and file."""
        from clerk_tui.desk import agency

        paper = await self.act(agency.register_paper, first=first, last=last)
        if paper is not None:
            await self.show_papers((paper,))

    async def hand_in(self, case_ids: tuple[str, ...]) -> None:
        """Papers of the chosen matters from the agent to the hall: one sheet, both sign, differences are written down."""
        from clerk_tui.desk import agency

        if not case_ids:
            self.ring("还没有选中要交接的", "右移到选项列按 1 选中, 再按 F9")
            return
        rows = [self.registered[case_id] for case_id in case_ids if case_id in self.registered]
        paper = await self.ask(
            ActCard(
                f"交接单 {len(rows)} 件",
                (
                    Labelled("交出单位", TextField(rows[0].village, id="from_unit"), "村居服务站"),
                    Labelled("交出人", TextField(rows[0].agent, kind="name", id="handed_by"), "代办员"),
                    Labelled("封签号", TextField(kind="code", id="seal_no"), "没有留空"),
                    Labelled("差异", TextField(id="discrepancies"), "清点不符的写在这里, 没有留空"),
                ),
                lambda values: self.act(
                    agency.hand_in,
                    case_ids=case_ids,
                    from_unit=values["from_unit"],
                    handed_by=values["handed_by"],
                    seal_no=values["seal_no"],
                    discrepancies=values["discrepancies"],
                ),
                lines=[f"{row.receipt_no} {row.item_name}  {row.materials_words}" for row in rows[:8]],
            )
        )
        if paper is not None:
            self.say(f"已出交接单 {paper.number}, 双方签字")
            await self.show_papers((paper,))
