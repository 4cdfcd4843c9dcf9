"""Type-ahead lands where it belongs, in forms, across cards and while an act takes its time."""

import threading

from textual.app import ComposeResult

from clerk_tui.tui.acting import flow
from clerk_tui.tui.cards.card import Card
from clerk_tui.tui.widgets.fields import FieldLeft, TextField
from clerk_tui.tui.widgets.form import Form, Labelled


class ThreeFields(Card[dict]):
    """A form whose last field starts an act that takes as long as the test wants."""

    def __init__(self, gate: threading.Event) -> None:
        super().__init__()
        self.gate = gate
        self.acts = 0

    def body(self) -> ComposeResult:
        yield Form([Labelled(name, TextField(id=name)) for name in ("a", "b", "c")])

    def values(self) -> dict[str, str]:
        return self.query_one(Form).values()


class ActPerField(ThreeFields):
    """Enter in the first field runs an act before the focus moves."""

    def on_field_left(self, event: FieldLeft) -> None:
        event.stop()

    def body(self) -> ComposeResult:
        for name in ("a", "b"):
            yield TextField(id=name)

    def on_input_submitted(self) -> None:
        pass

    @flow
    async def go_on(self) -> None:
        await self.call(lambda desk: self.gate.wait(5))
        self.query_one("#b").focus()


class Slow(ActPerField):
    def on_field_left(self, event: FieldLeft) -> None:
        event.stop()
        self.go_on()


async def test_enter_moves_to_the_next_field_in_a_burst(clerk):
    card = ThreeFields(threading.Event())
    clerk.app.push_screen(card)
    await clerk.settle()
    await clerk.pilot.press(*"AAAA", "enter", *"BBBB", "enter", *"CCCC")
    await clerk.settle()
    assert card.values() == {"a": "AAAA", "b": "BBBB", "c": "CCCC"}


async def test_keys_wait_until_the_act_behind_enter_has_ended(clerk):
    gate = threading.Event()
    card = Slow(gate)
    clerk.app.push_screen(card)
    await clerk.settle()
    for key in ("A", "A", "enter", "B", "B"):
        await clerk.pilot.press(key)
    await clerk.pilot.pause(1.2)  # longer than the dead man's second
    assert card.query_one("#a", TextField).value == "AA"
    assert "正在保存" in clerk.bench.query_one("#fixed-line").render().plain
    gate.set()
    await clerk.settle()
    assert card.query_one("#a", TextField).value == "AA"
    assert card.query_one("#b", TextField).value == "BB"
    assert "正在保存" not in clerk.bench.query_one("#fixed-line").render().plain
