"""A scan is told from typing by its pace, and taken back from wherever it was typed."""

from dataclasses import replace

import pytest
from textual import events
from textual.app import ComposeResult

from clerk_tui.settings import SCANNERS
from clerk_tui.tui.cards.card import Card
from clerk_tui.tui.cards.find import FindCard
from clerk_tui.tui.widgets.fields import TextField
from clerk_tui.tui.widgets.numbered_list import Column, NumberedList, Row

CODE = "C7K2M9Q4TX3"


class ScanCard(Card[None]):
    """A field and a list; keeps what was scanned."""

    def __init__(self) -> None:
        super().__init__()
        self.scans: list[str] = []

    def body(self) -> ComposeResult:
        yield TextField("已填", id="field")
        listed = NumberedList((Column("", 0),), digits="mark")
        listed.styles.height = 5
        listed.show([Row(str(n), (f"第 {n} 行",)) for n in range(1, 5)])
        yield listed

    def scanned(self, text: str) -> None:
        self.scans.append(text)


@pytest.fixture
async def card(window) -> ScanCard:
    shown = ScanCard()
    window.app.push_screen(shown)
    await window.settle()
    return shown


async def burst(window, text: str, gap: float, *, end: str = "enter") -> None:
    """Keys as the terminal's thread stamps them, `gap` seconds apart."""
    now = 1000.0
    for character in text:
        key = events.Key(character.lower() if character.isalpha() else character, character)
        key.time = now
        window.app.post_message(key)
        now += gap
    if end:
        key = events.Key(end, None)
        key.time = now
        window.app.post_message(key)
    await window.settle()


async def test_a_fast_burst_is_a_scan_and_the_field_is_as_before(window, card):
    await burst(window, CODE, 0.005)
    assert card.scans == [CODE]
    assert card.query_one("#field", TextField).value == "已填"


async def test_typing_at_a_persons_pace_is_typing(window, card):
    await burst(window, CODE, 0.06)
    assert card.scans == []
    assert card.query_one("#field", TextField).value == "已填" + CODE


async def test_seven_characters_are_no_scan(window, card):
    await burst(window, "1234567", 0.001)
    assert card.scans == []


async def test_chinese_of_an_input_method_is_never_a_scan(window, card):
    await burst(window, "广州市番禺区市桥街道", 0.001)
    assert card.scans == []
    assert card.query_one("#field", TextField).value == "已填广州市番禺区市桥街道"


async def test_one_late_key_does_not_break_a_scan(window, card):
    now = 1000.0
    for place, character in enumerate(CODE):
        key = events.Key(character.lower(), character)
        now += 0.09 if place == 5 else 0.004
        key.time = now
        window.app.post_message(key)
    key = events.Key("enter", None)
    key.time = now + 0.004
    window.app.post_message(key)
    await window.settle()
    assert card.scans == [CODE]


async def test_a_scan_marks_nothing_in_a_list(window, card):
    card.query_one(NumberedList).focus()
    await window.settle()
    await burst(window, "4401131950010100210", 0.003)
    assert card.scans == ["4401131950010100210"]
    assert card.query_one(NumberedList).cursor == 0


async def test_two_scans_back_to_back_are_two(window, card):
    await burst(window, CODE, 0.004)
    await burst(window, CODE[::-1], 0.004)
    assert card.scans == [CODE, CODE[::-1]]


async def test_a_scanner_that_is_off_only_types(parts, run_program):
    off = replace(parts, settings=replace(parts.settings, scanner=SCANNERS["off"]))
    async with run_program(off) as window:
        card = ScanCard()
        window.app.push_screen(card)
        await window.settle()
        await burst(window, CODE, 0.001)
        assert card.scans == []
        assert card.query_one("#field", TextField).value == "已填" + CODE


async def test_a_scan_on_the_workbench_goes_to_the_find_box(clerk):
    await clerk.press("f3")
    await burst(clerk, "ZZ9999999999", 0.004)
    assert isinstance(clerk.app.screen, FindCard)
    assert clerk.app.screen.text == "ZZ9999999999"


async def test_letters_where_no_field_is_go_to_the_find_box(clerk):
    await clerk.press("f3", *"wang")
    assert isinstance(clerk.app.screen, FindCard)
    assert clerk.app.screen.text == "wang"
