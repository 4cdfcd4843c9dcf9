"""What the intake place has in hand: the visit, the draft of one case, and the sheet that the desk made of it."""

import dataclasses
from typing import TYPE_CHECKING

from clerk_tui.tui.intake import keeping
from clerk_tui.tui.places.place import Place

if TYPE_CHECKING:
    from clerk_tui.desk.views.intake import IntakeDraft, IntakeSheet
    from clerk_tui.desk.views.visit import VisitView


class InHand(Place):
    """The state that the stages of intake share; each stage adds its own acts."""

    visit: "VisitView | None" = None
    draft: "IntakeDraft | None" = None
    sheet: "IntakeSheet | None" = None
    back_entry: tuple[str, str, str] | None = None
    """Of a visit whose cases are entered afterwards: its id, the day on which they were received, the paper record."""
    changed_words = ""
    """What the catalogue changed between the draft in hand and its taking up."""

    @property
    def stage(self) -> str:
        """none | who | item | case."""
        if self.visit is None:
            return "none"
        if self.visit.attendee is None:
            return "who"
        return "item" if self.draft is None else "case"

    @property
    def visit_kind(self) -> str:
        """How the resident came, as far as it limits what can be shown; '' where the papers were seen some other day."""
        if self.visit is None or (self.draft is not None and self.draft.back_entered):
            return ""
        return self.visit.kind

    def show_parts(self) -> None:
        """Show what this stage needs, and who stands here."""
        raise NotImplementedError

    def focus_next(self) -> None:
        """Put the cursor where the next input belongs."""
        raise NotImplementedError

    async def compute(self) -> None:
        """Ask the desk what the draft comes to and show the difference; keeps focus and text."""
        raise NotImplementedError

    async def work_on(self, draft: "IntakeDraft") -> bool:
        """Take up a draft and show its sheet. False: the desk refused it, and what was in hand still is."""
        raise NotImplementedError

    async def read_visit(self) -> None:
        """Read the visit again: what it rendered and for whom its attendee may act."""
        from clerk_tui.desk import visits

        if self.visit is not None:
            self.visit = await self.act(visits.view, visit_id=self.visit.id) or self.visit

    def dated(self, draft: "IntakeDraft") -> "IntakeDraft":
        """The draft with the day on which its papers were really received, where this visit is entered afterwards."""
        if self.back_entry is None or self.back_entry[0] != draft.visit_id:
            return draft
        _, day, note = self.back_entry
        return dataclasses.replace(draft, back_entered=True, received_on=day, note=note)

    def put_down(self) -> None:
        """Leave the item; the draft stays in the window's file."""
        self.draft, self.sheet = None, None
        self.show_parts()

    def save(self, draft: "IntakeDraft") -> None:
        """Keep the draft in the window's file."""
        keeping.save(
            self.clerk_app.drafts,
            draft,
            self.clerk_app.signed_in().clerk_id,
            int(self.clerk_app.local_now().timestamp() * 1000),
        )

    def kept_drafts(self, visit_id: str) -> "tuple[IntakeDraft, ...]":
        """The clerk's drafts of a visit, newest first."""
        return keeping.of_visit(self.clerk_app.drafts, self.clerk_app.signed_in().clerk_id, visit_id)
