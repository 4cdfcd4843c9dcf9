"""F2 on a card: the find box in front of it, back to it with Esc, away from it with what was found, nothing lost."""

import time

from sqlalchemy import select

from clerk_tui.rules.numbering import opaque_code
from clerk_tui.store.core import CASES
from clerk_tui.tui.cards.common import ListCard
from clerk_tui.tui.cards.find import FindCard
from clerk_tui.tui.scanning import LONGEST_GAP_SECONDS
from clerk_tui.tui.widgets.fields import TextField
from tests.tui.test_scanning import burst


async def a_case(clerk):
    desk = await clerk.app.desk_when_loaded()
    with desk.look() as connection:
        return connection.execute(select(CASES.c.id, CASES.c.receipt_no).limit(1)).one()


async def note_begun(clerk) -> TextField:
    """The card of a new ticket, with something in its note."""
    await clerk.press("f2", *"取号", "enter", "tab", "tab", "tab", *"abc")
    note = clerk.app.screen.query_one("#note", TextField)
    assert clerk.app.focused is note and note.text == "abc"
    return note


async def test_esc_leads_back_to_the_card_as_it_was(desk_at):
    note = await note_begun(desk_at)
    card = desk_at.app.screen
    await desk_at.press("f2", *"wang")
    assert isinstance(desk_at.app.screen, FindCard) and desk_at.app.screen.text == "wang"
    await desk_at.press("escape")
    assert desk_at.app.screen is card
    await desk_at.press("d")
    assert desk_at.app.focused is note and note.text == "abcd"


async def test_what_is_found_puts_the_card_away_and_what_was_typed_there_is_kept(desk_at):
    case = await a_case(desk_at)
    await note_begun(desk_at)
    before = desk_at.bench.panel.waiting_count
    await desk_at.press("f2", *case.receipt_no, "enter")
    await desk_at.press(*"电话查询", "f9")
    await desk_at.read()
    assert desk_at.app.screen is desk_at.bench and desk_at.bench.place.case.row.id == case.id
    assert desk_at.bench.panel.waiting_count == before, "putting a card away does nothing"
    await desk_at.press("f2", *"取号", "enter")
    assert desk_at.app.screen.query_one("#note", TextField).text == "abc"


async def test_cards_in_front_of_cards_go_away_one_after_the_other(desk_at):
    case = await a_case(desk_at)
    await note_begun(desk_at)
    await desk_at.press("shift+tab", "f4")
    assert isinstance(desk_at.app.screen, ListCard)
    await desk_at.press("f2", *case.receipt_no, "enter")
    assert "为什么要打开这件" in desk_at.seen()
    await desk_at.press("escape")
    assert desk_at.app.screen is desk_at.bench


async def test_a_command_found_in_front_of_a_card_runs_and_the_card_answers_nothing(desk_at):
    await desk_at.press("f5", "enter")
    assert desk_at.bench.panel.current.state == "called"
    await desk_at.press("f2", *"过号单", "enter")
    assert "过号" in desk_at.seen() and desk_at.app.screen.heading != "查找"
    assert desk_at.bench.panel.current.state == "called", "nobody said that the resident came"
    await desk_at.press("escape", "f5", "1", "enter")
    assert desk_at.bench.panel.current.state == "serving"


async def test_a_code_of_ours_scanned_on_a_card_opens_what_it_is_on(desk_at):
    case = await a_case(desk_at)
    await note_begun(desk_at)
    await burst(desk_at, opaque_code("C", case.id), 0.004, at=time.monotonic() + LONGEST_GAP_SECONDS)
    assert "为什么要打开这件" in desk_at.seen()
    await desk_at.press("escape", "f2", *"取号", "enter")
    assert desk_at.app.screen.query_one("#note", TextField).text == "abc", "the scan left no trace in the field"


async def test_an_identity_number_scanned_where_none_is_asked_for_leads_nowhere(desk_at):
    await note_begun(desk_at)
    card = desk_at.app.screen
    await burst(desk_at, "440113195001010027", 0.004, at=time.monotonic() + LONGEST_GAP_SECONDS)
    assert desk_at.app.screen is card and "光标放到要号码的格子再扫" in desk_at.seen()
    assert card.query_one("#note", TextField).text == "abc"


async def test_f2_in_the_find_box_leads_to_where_one_types(desk_at):
    await desk_at.press("f2", *"wang", "down")
    box = desk_at.app.screen
    assert not isinstance(desk_at.app.focused, TextField)
    await desk_at.press("f2", *"x")
    assert desk_at.app.screen is box and "x" in box.text
