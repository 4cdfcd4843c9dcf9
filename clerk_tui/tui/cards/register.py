"""The card on which a new resident is registered: birth date and sex follow the number while it is typed."""

from clerk_tui.rules.identity import check_number
from clerk_tui.tui.cards.common import ActCard, R
from clerk_tui.tui.widgets.fields import ChoiceField, TextField
from clerk_tui.tui.widgets.form import Form


class RegisterCard(ActCard[R]):
    """An `ActCard` with the fields `number`, `birth` and `sex`."""

    def on_mount(self) -> None:
        super().on_mount()
        self._follow_number()

    def on_form_changed(self, event: Form.Changed) -> None:
        if event.field.id == "number":
            self._follow_number()
        super().on_form_changed(event)

    def _follow_number(self) -> None:
        """What a valid number says goes into the fields; a wrong one is told when the act refuses it."""
        number = self.query_one("#number", TextField).text
        form = self.query_one(Form)
        check = check_number(number, today=self.clerk_app.today())
        if not number or not check.valid:
            form.note("number", "")
            return
        if check.birth is not None:
            self.query_one("#birth", TextField).value = check.birth.isoformat()
        if check.sex:
            self.query_one("#sex", ChoiceField).value = check.sex
        form.note("number", check.kind.words)
