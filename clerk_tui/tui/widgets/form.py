"""A form: labelled fields one below the other; Enter goes to the next one, faults stand beside their field."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Static

from clerk_tui.tui.widgets.fields import AnyField, FieldChanged, FieldLeft
from clerk_tui.tui.widgets.plain import cut, plain


@dataclass(frozen=True)
class Labelled:
    """A field with its label, and what F1 says about it."""

    label: str
    field: AnyField
    help: str = ""
    note: str = ""


class Form(Vertical):
    """Fields in their one order. Messages: `Completed` (Enter in the last one), `Changed` (any value)."""

    DEFAULT_CSS = """
    Form { height: auto; }
    Form .form-row { height: auto; }
    Form .form-label { color: $quiet; height: 1; }
    Form .form-note { width: auto; max-width: 40%; color: $quiet; height: 1; padding-left: 2; }
    """

    @dataclass
    class Completed(Message):
        form: "Form"

        @property
        def control(self) -> "Form":
            return self.form

    @dataclass
    class Changed(Message):
        form: "Form"
        field: AnyField

        @property
        def control(self) -> "Form":
            return self.form

    def __init__(self, fields: Sequence[Labelled], *, label_width: int = 14, id: str | None = None) -> None:
        super().__init__(id=id)
        self.labelled = tuple(fields)
        self.label_width = label_width
        self._notes: dict[AnyField, Static] = {}
        for one in self.labelled:
            one.field.help_words = one.help

    def compose(self) -> ComposeResult:
        for one in self.labelled:
            note = Static(plain(one.note), classes="form-note")
            self._notes[one.field] = note
            with Horizontal(classes="form-row"):
                label = Static(plain(cut(one.label, self.label_width - 1)), classes="form-label")
                label.styles.width = self.label_width
                yield label
                yield one.field
                yield note

    def values(self) -> dict[str, str]:
        """Every field's text by its id."""
        return {one.field.id or "": one.field.text for one in self.labelled}

    def note(self, field_id: str, words: str, *, fault: bool = False) -> None:
        """Say something beside a field; '' takes it away."""
        for field, note in self._notes.items():
            if field.id == field_id:
                note.update(plain(f"! {words}" if fault and words else words, "bold $late" if fault else ""))

    def lead_to(self, field_id: str) -> None:
        """Put the cursor where the next input belongs."""
        for one in self.labelled:
            if one.field.id == field_id:
                one.field.focus()

    def go_on(self, field: AnyField) -> None:
        """To the field behind this one; the last one keeps the cursor."""
        fields = [one.field for one in self.labelled if one.field.focusable]
        for one, following in pairwise(fields):
            if one is field:
                following.focus()

    def on_field_left(self, event: FieldLeft) -> None:
        event.stop()
        fields = [one.field for one in self.labelled if one.field.focusable]
        place = fields.index(event.field) + 1 if event.field in fields else len(fields)
        if place < len(fields):
            fields[place].focus()
        else:
            self.post_message(self.Completed(self))

    def on_field_changed(self, event: FieldChanged) -> None:
        event.stop()
        self.post_message(self.Changed(self, event.field))
