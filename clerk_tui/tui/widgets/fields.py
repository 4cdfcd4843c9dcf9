"""Fields of a form: text, choice, date. Each is left by Enter and says what is wrong without stopping the typist."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Size
from textual.message import Message
from textual.message_pump import MessagePumpClosed
from textual.reactive import Reactive, reactive
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from clerk_tui.tui.widgets.plain import fit, shown

CODE_KINDS = frozenset({"code", "number", "phone", "digits", "date", "pin"})
"""Kinds in which full-width characters are folded as they are typed; names keep what the clerk typed."""

SCANNED_KINDS = frozenset({"code", "number", "party"})
"""Kinds that a scan fills on a card. A party is a person or an organisation by any piece of name, number or phone."""

REPLACED_KINDS = frozenset({"date", "digits", "party"})
"""Kinds whose proposed value is replaced by the first key; an arrow key keeps it."""
LONGEST_BURST = 200
GAP = 2
"""Cells between two choices."""
MOST_LINES = 4
"""Lines that a choice takes at most; of more, those around what is chosen are shown, and F4 lists all."""


@dataclass
class FieldLeft(Message):
    """Enter in a field: its value stands and the next input is wanted."""

    field: "TextField | ChoiceField"


@dataclass
class FieldChanged(Message):
    """The value of a field is another one; drafts are saved on this."""

    field: "TextField | ChoiceField"


EDITS: Mapping[str, Callable[[Input], None]] = {
    "backspace": Input.action_delete_left,
    "delete": Input.action_delete_right,
    "left": Input.action_cursor_left,
    "right": Input.action_cursor_right,
    "home": Input.action_home,
    "end": Input.action_end,
    "shift+left": partial(Input.action_cursor_left, select=True),
    "shift+right": partial(Input.action_cursor_right, select=True),
}
"""The keys that `ordered_keys.EDITING` lets through to a field while others wait."""


class TextField(Input):
    """One line of text. `kind` is text | name | party | code | number | phone | digits | date | pin."""

    DEFAULT_CSS = """
    TextField { border: none; height: 1; padding: 0; background: $field; color: $foreground; width: 1fr; }
    TextField:focus { border: none; background: $field; background-tint: $foreground 0%; }
    TextField.-invalid, TextField.-invalid:focus { border: none; }
    TextField > .input--cursor { background: $cursor-line; color: $cursor-text; text-style: none; }
    TextField > .input--placeholder { color: $quiet; }
    """

    virtual_size = Reactive(Size(0, 0))
    """How wide the text is. Textual lays the whole screen out when that changes, with every character; our fields keep
    their width, whatever stands in them."""

    def __init__(
        self, value: str = "", *, kind: str = "text", placeholder: str = "", max_length: int = 0, id: str | None = None
    ) -> None:
        super().__init__(
            value,
            placeholder=placeholder,
            password=kind == "pin",
            max_length=max_length,
            select_on_focus=kind in REPLACED_KINDS,
            compact=True,
            id=id,
        )
        self.kind = kind
        self.cursor_blink = False
        self.help_words = ""

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the input method's window stands; Textual is one cell too far right at the end of the text."""
        offset = super().cursor_screen_offset
        return offset - Offset(1, 0) if self.cursor_at_end else offset

    @property
    def text(self) -> str:
        """The value without blanks around it."""
        return self.value.strip()

    @property
    def _value(self) -> Text:
        """What is shown. Textual's bullets for a PIN are two cells wide on some Chinese terminals."""
        if not self.password:
            return super()._value
        return Text("*" * len(self.value), no_wrap=True, overflow="ignore", end="")

    def insert_text_at_cursor(self, text: str) -> None:
        super().insert_text_at_cursor(self._folded(text))

    def replace(self, text: str, start: int, end: int) -> None:
        super().replace(self._folded(text), start, end)

    def _folded(self, text: str) -> str:
        return unicodedata.normalize("NFKC", text) if self.kind in CODE_KINDS else text

    async def _on_key(self, event: events.Key) -> None:
        """Edit at once: a binding runs only when its key has gone the way to the App, and what is typed behind a Backspace
        would overtake it. What was typed meanwhile is taken along: a scanner is faster than one change after the other.
        """
        if (edit := EDITS.get(event.key)) is not None:
            edit(self)
        elif event.is_printable and event.character:
            start, end = sorted(self.selection)
            room = self.max_length - len(self.value) + end - start if self.max_length else LONGEST_BURST
            self.replace(event.character + self._typed_meanwhile(min(room, LONGEST_BURST) - 1), start, end)
        else:
            return
        event.stop()
        event.prevent_default()

    def _typed_meanwhile(self, most: int) -> str:
        """At most so many characters that wait next in this field's queue, taken out of it."""
        text = ""
        with suppress(MessagePumpClosed):  # it ends behind what was typed; the pump sees that by itself
            while len(text) < most and isinstance(waiting := self._peek_message(), events.Key):
                if not (waiting.is_printable and waiting.character):
                    break
                text += waiting.character
                self._pending_message = None
        return text

    def _on_paste(self, event: events.Paste) -> None:
        """All lines of a paste stay, joined: a copied address or number is often broken over lines."""
        event.prevent_default()
        event.stop()
        joint = "" if self.kind in CODE_KINDS else " "
        text = shown(joint.join(part.strip() for part in event.text.splitlines() if part.strip()))
        start, end = sorted(self.selection)
        self.replace(text, start, end)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(FieldChanged(self))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(FieldLeft(self))

    def typed_state(self) -> object:
        return self.value, self.cursor_position

    def put_back(self, state: object) -> None:
        if isinstance(state, tuple):
            self.value, self.cursor_position = state


class DateField(TextField):
    """A date: 20261123, 2026-11-23, 11-23, 1123, +5 (days from today); shown as 2026-11-23 when left."""

    def __init__(self, value: str = "", *, today: date, placeholder: str = "", id: str | None = None) -> None:
        super().__init__(value, kind="date", placeholder=placeholder or "月日 或 年月日", max_length=12, id=id)
        self.today = today

    @property
    def date(self) -> date | None:
        """The date that stands here; None when it is none."""
        return read_date(self.value, self.today)

    @property
    def text(self) -> str:
        """The date in full, also where F9 is pressed before the field is left; what is no date, as it was typed."""
        found = self.date
        return found.isoformat() if found is not None else super().text

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self._settle()  # Textual calls the base class's handler by itself

    def on_blur(self) -> None:
        self._settle()

    def _settle(self) -> None:
        found = self.date
        if found is not None and self.value != found.isoformat():
            self.value = found.isoformat()
            self.cursor_position = len(self.value)


def read_date(text: str, today: date) -> date | None:
    """A date as clerks type it; None when it is none. Month and day alone mean this year."""
    text = unicodedata.normalize("NFKC", text).strip()
    if text.startswith("+") and text[1:].isascii() and text[1:].isdigit() and len(text) <= 5:
        return today + timedelta(days=int(text[1:]))
    for mark in "./年月 ":
        text = text.replace(mark, "-")
    parts = [part for part in text.replace("日", "").split("-") if part]
    if len(parts) == 1 and parts[0].isdigit():
        digits = parts[0]
        if len(digits) == 8:
            parts = [digits[:4], digits[4:6], digits[6:]]
        elif len(digits) == 4:
            parts = [digits[:2], digits[2:]]
    if len(parts) == 2:
        parts = [str(today.year), *parts]
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts) or len(parts[0]) != 4:
        return None
    try:
        return date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        return None


@dataclass(frozen=True)
class Choice:
    value: str
    words: str


class ChoiceField(Widget, can_focus=True):
    """One of a few, by its number: `1 现场  2>邮寄  3 村居代领`. A digit chooses, Enter goes on, F4 lists them all."""

    DEFAULT_CSS = """
    ChoiceField { height: auto; width: 1fr; background: $background; }
    ChoiceField > .choice--chosen { text-style: bold; }
    ChoiceField > .choice--here { background: $cursor-line; color: $cursor-text; text-style: bold; }
    ChoiceField > .choice--other { color: $quiet; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"choice--chosen", "choice--here", "choice--other"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "leave", "下一格", show=False),
        Binding("right", "step(1)", "下一个选项", show=False),
        Binding("left", "step(-1)", "上一个选项", show=False),
    ]
    value: reactive[str] = reactive("", init=False)

    def __init__(
        self, choices: Sequence[Choice], value: str = "", *, by_value: bool = False, id: str | None = None
    ) -> None:
        """`by_value`: the values are digits, and each is its own key (the marks of materials)."""
        super().__init__(id=id)
        self.choices = tuple(choices)
        self.by_value = by_value
        self.set_reactive(ChoiceField.value, value)
        self.help_words = ""
        self._typed = ""

    @property
    def text(self) -> str:
        return self.value

    def offer(self, choices: Sequence[Choice]) -> None:
        """Other choices; a value that is no longer among them is dropped."""
        self.choices = tuple(choices)
        if self.value and self.value not in {choice.value for choice in self.choices}:
            self.value = ""
        self.refresh(layout=True)

    def watch_value(self) -> None:
        self.refresh()
        self.post_message(FieldChanged(self))

    # drawing: choices that find no room in a line go on in the next one, whole

    def labels(self) -> list[tuple[str, str]]:
        """Every choice as it is written, and how it is drawn: chosen | here | other."""
        return [
            (
                f"{one.value if self.by_value else number}{'>' if one.value == self.value else ' '}{shown(one.words)}",
                "other" if one.value != self.value else "here" if self.has_focus else "chosen",
            )
            for number, one in enumerate(self.choices, 1)
        ]

    def lines(self, width: int) -> list[list[tuple[str, str]]]:
        """The labels in lines of this width, one cell of it kept for the `?` of what nobody has answered yet."""
        lines: list[list[tuple[str, str]]] = [[]]
        room = width - 1
        for label, name in self.labels():
            wanted = cell_len(label)
            if lines[-1] and wanted > room:
                lines.append([])
                room = width - 1
            lines[-1].append((label, name))
            room -= wanted + GAP
        return lines

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return min(MOST_LINES, len(self.lines(width)))

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        lines = self.lines(width)
        marked = next((n for n, line in enumerate(lines) if any(name != "other" for _, name in line)), 0)
        first = max(0, min(marked, len(lines) - self.size.height))
        segments: list[Segment] = []
        if y == 0 and self.has_focus and self.unanswered:
            segments.append(Segment("?", self.get_component_rich_style("choice--here")))
        for label, name in lines[first + y] if first + y < len(lines) else ():
            segments += [
                Segment(label, self.get_component_rich_style(f"choice--{name}")),
                Segment(" " * GAP, self.rich_style),
            ]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    @property
    def unanswered(self) -> bool:
        """Whether nothing is chosen where one must be."""
        return all(one.value != self.value for one in self.choices)

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self._typed = ""
        self.refresh()

    def on_key(self, event: events.Key) -> None:
        character = event.character or ""
        if character.isascii() and character.isdigit():
            event.stop()
            if self.by_value:
                if character in {choice.value for choice in self.choices}:
                    self.value = character
                else:
                    self.app.bell()
                return
            for typed in (self._typed + character, character):
                if 1 <= int(typed) <= len(self.choices):
                    self._typed = typed
                    self.value = self.choices[int(typed) - 1].value
                    return
            self._typed = ""
            self.app.bell()

    def action_step(self, step: int) -> None:
        values = [choice.value for choice in self.choices]
        here = values.index(self.value) + step if self.value in values else 0
        if values:
            self.value = values[max(0, min(len(values) - 1, here))]

    def action_leave(self) -> None:
        self._typed = ""
        self.post_message(FieldLeft(self))

    def typed_state(self) -> object:
        return self.value

    def put_back(self, state: object) -> None:
        self._typed = ""
        if isinstance(state, str):
            self.value = state


AnyField = TextField | ChoiceField


def field_value(field: AnyField) -> Any:
    """What a draft keeps of a field."""
    return field.text


def padded_label(words: str, width: int) -> str:
    """A label in front of a field."""
    return fit(words, width)
