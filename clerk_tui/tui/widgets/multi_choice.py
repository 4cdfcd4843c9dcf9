"""Several of a few, by their numbers: `1[x]火灾 2[ ]重病`. A digit switches one, Enter goes on."""

from collections.abc import Sequence

from textual import events

from clerk_tui.tui.widgets.fields import Choice, ChoiceField
from clerk_tui.tui.widgets.plain import shown

JOINT = "\n"


class MultiChoiceField(ChoiceField):
    """The value is the chosen values joined by JOINT, in the order of the choices."""

    def __init__(self, choices: Sequence[Choice], chosen: Sequence[str] = (), *, id: str | None = None) -> None:
        super().__init__(choices, JOINT.join(chosen), id=id)
        self._here = 0

    @property
    def chosen(self) -> tuple[str, ...]:
        """The chosen values."""
        return tuple(one for one in self.value.split(JOINT) if one)

    def labels(self) -> list[tuple[str, str]]:
        chosen = set(self.chosen)
        return [
            (
                f"{number}[{'x' if one.value in chosen else ' '}]{shown(one.words)}",
                "here" if self.has_focus and number - 1 == self._here else "chosen" if one.value in chosen else "other",
            )
            for number, one in enumerate(self.choices, 1)
        ]

    @property
    def unanswered(self) -> bool:
        """None of several is an answer too."""
        return False

    def on_key(self, event: events.Key) -> None:
        event.prevent_default()  # the handler of a single choice would put the last digit in place of all
        character = event.character or ""
        if character.isascii() and character.isdigit():
            event.stop()
            if 1 <= int(character) <= len(self.choices):
                self._here = int(character) - 1
                self._switch()
            else:
                self.app.bell()
        elif event.key == "space":
            event.stop()
            self._switch()

    def _switch(self) -> None:
        chosen = set(self.chosen) ^ {self.choices[self._here].value}
        self.value = JOINT.join(choice.value for choice in self.choices if choice.value in chosen)

    def action_step(self, step: int) -> None:
        self._here = max(0, min(len(self.choices) - 1, self._here + step))
        self.refresh()
