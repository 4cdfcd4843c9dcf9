"""What was typed into a card outlives the card: Esc, a closed terminal, a power cut. Kept with the window's drafts."""

import hashlib
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from clerk_tui.store.drafts import Draft
from clerk_tui.tui.widgets.fields import TextField
from clerk_tui.tui.widgets.form import Form

if TYPE_CHECKING:
    from clerk_tui.store.drafts import Drafts

KIND = "card"


class KeptCard:
    """The draft of one card: of this clerk, this visit, this heading, the lines that say whose it is, and what stood in
    it at first.

    The same words in front of another resident are another card, so that nobody's data shows up at somebody else's.
    """

    def __init__(
        self, drafts: "Drafts", clerk_id: str, visit_id: str, heading: str, form: Form, lines: Sequence[str] = ()
    ) -> None:
        self.drafts, self.clerk_id, self.visit_id, self.heading, self.form = drafts, clerk_id, visit_id, heading, form
        self.secret = {one.field.id or "" for one in form.labelled if getattr(one.field, "kind", "") == "pin"}
        self.first = self._values()
        told = json.dumps([clerk_id, visit_id, heading, list(lines), self.first], ensure_ascii=False)
        self.id = "card:" + hashlib.sha256(told.encode()).hexdigest()[:32]

    def _values(self) -> dict[str, str]:
        return {name: text for name, text in self.form.values().items() if name not in self.secret}

    def keep(self, now: int, *, open_still: bool = True) -> None:
        """Keep what stands in the card; what is as it was at first is nothing to keep."""
        values = self._values()
        if values == self.first:
            self.drop()
            return
        body = json.dumps({"heading": self.heading, "open": open_still, "values": values}, ensure_ascii=False)
        self.drafts.save(Draft(self.id, self.clerk_id, KIND, self.visit_id, body, now))

    def restore(self) -> bool:
        """Put back what was typed last time. Whether there was something."""
        for draft in self.drafts.of_clerk(self.clerk_id, kind=KIND, visit_id=self.visit_id):
            if draft.act_id == self.id:
                values = json.loads(draft.body)["values"]
                for one in self.form.labelled:
                    text = values.get(one.field.id or "")
                    if isinstance(text, str) and text != one.field.text:
                        one.field.value = text
                        if isinstance(one.field, TextField):
                            one.field.cursor_position = len(text)
                return True
        return False

    def drop(self) -> None:
        """It became an act."""
        self.drafts.drop(self.id)


def left_open(drafts: "Drafts", clerk_id: str) -> tuple[str, ...]:
    """Headings of the cards that stood open when the program ended; each is told once."""
    found: list[str] = []
    for draft in drafts.of_clerk(clerk_id, kind=KIND):
        body = json.loads(draft.body)
        if body.get("open"):
            found.append(str(body["heading"]))
            body["open"] = False
            told = Draft(
                draft.act_id, draft.clerk_id, KIND, draft.visit_id, json.dumps(body, ensure_ascii=False), draft.saved_at
            )
            drafts.save(told)
    return tuple(found)
