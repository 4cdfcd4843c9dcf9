"""Fields: what is typed, pasted and shown."""

from datetime import UTC, date, datetime

import pytest
from textual.app import ComposeResult
from textual.events import Key
from textual.geometry import Offset

from clerk_tui.tui.cards.card import Card
from clerk_tui.tui.ordered_keys import EDITING
from clerk_tui.tui.widgets.fields import EDITS, Choice, ChoiceField, DateField, TextField, read_date
from clerk_tui.tui.widgets.form import Form, Labelled
from clerk_tui.tui.widgets.multi_choice import MultiChoiceField
from clerk_tui.tui.widgets.times import read_time

TODAY = date(2026, 11, 23)


class FieldsCard(Card[None]):
    def body(self) -> ComposeResult:
        yield Form(
            [
                Labelled("姓名", TextField(kind="name", id="name")),
                Labelled("号码", TextField(kind="number", id="number")),
                Labelled("日期", DateField(today=TODAY, id="day")),
                Labelled(
                    "领取", ChoiceField([Choice("a", "现场"), Choice("b", "邮寄"), Choice("c", "代领")], id="how")
                ),
                Labelled(
                    "项目",
                    MultiChoiceField([Choice("x", "散装"), Choice("y", "热食"), Choice("z", "糕点")], id="several"),
                ),
            ]
        )


@pytest.fixture
async def card(window) -> FieldsCard:
    shown = FieldsCard()
    window.app.push_screen(shown)
    await window.settle()
    return shown


async def test_full_width_digits_are_folded_in_numbers_only(window, card):
    await window.press(*"Ａ１", "enter", *"１２ｘ")
    assert card.query_one("#name", TextField).value == "Ａ１"
    assert card.query_one("#number", TextField).value == "12x"


async def test_a_paste_of_several_lines_stays_whole(window, card):
    from textual.events import Paste

    window.app.post_message(Paste("番禺区市桥街道\r\n大北路 1 号\n"))
    await window.settle()
    assert card.query_one("#name", TextField).value == "番禺区市桥街道 大北路 1 号"
    await window.press("enter")
    window.app.post_message(Paste("440113\n19500101\n0021"))
    await window.settle()
    assert card.query_one("#number", TextField).value == "440113195001010021"


async def test_markup_and_control_characters_are_text(window, card):
    from textual.events import Paste

    window.app.post_message(Paste("王[/x]\x1b[31m小\u202e明[bold]"))
    await window.settle()
    assert "王[/x] [31m小 明[bold]" in window.seen()


async def test_the_input_methods_window_stands_at_the_caret(window, card):
    await window.press(*"王小明")
    field = card.query_one("#name", TextField)
    x, y, *_ = field.content_region
    assert field.cursor_screen_offset == Offset(x + 6, y)
    await window.press("left")
    assert field.cursor_screen_offset == Offset(x + 4, y)


async def test_the_input_methods_window_stands_in_the_field_before_a_key_is_pressed(window, card):
    field = card.query_one("#name", TextField)
    assert window.app.cursor_position == field.content_region.offset
    await window.press("enter")
    assert window.app.cursor_position == card.query_one("#number", TextField).content_region.offset


async def test_the_input_methods_window_follows_a_text_that_is_longer_than_its_field(window, card):
    field = card.query_one("#name", TextField)
    await window.press(*"王小明" * 12)
    x, y, width, _ = field.content_region
    assert field.scroll_offset.x > 0
    assert window.app.cursor_position == Offset(x + width - 1, y)
    await window.press("home")
    assert window.app.cursor_position == Offset(x, y)


async def test_a_digit_chooses_and_enter_goes_on(window, card):
    await window.press("enter", "enter", "enter", "2")
    assert card.query_one("#how", ChoiceField).value == "b"
    await window.press("9")
    assert card.query_one("#how", ChoiceField).value == "b"


async def test_digits_switch_several_choices_each_on_its_own(window, card):
    several = card.query_one("#several", MultiChoiceField)
    several.focus()
    await window.press("3", "1")
    assert several.chosen == ("x", "z")
    assert "1[x]散装  2[ ]热食  3[x]糕点" in window.seen()
    await window.press("3")
    assert several.chosen == ("x",)
    await window.press("left", "space")
    assert several.chosen == ("x", "y")


async def test_a_date_is_read_when_it_is_left(window, card):
    await window.press("enter", "enter", *"1125", "enter")
    assert card.query_one("#day", DateField).value == "2026-11-25"


async def test_a_caret_does_not_blink(window, card):
    assert not card.query_one("#name", TextField).cursor_blink


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20261123", date(2026, 11, 23)),
        ("2026-1-3", date(2026, 1, 3)),
        ("２０２６年１月３日", date(2026, 1, 3)),
        ("11-25", date(2026, 11, 25)),
        ("1125", date(2026, 11, 25)),
        ("+8", date(2026, 12, 1)),
        ("20260230", None),
        ("13-01", None),
        ("明天", None),
        ("", None),
        ("26-1-3", None),
        ("+99999", None),
    ],
)
def test_dates_as_clerks_type_them(text, day):
    assert read_date(text, TODAY) == day


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0950", "09:50"),
        ("9:50", "09:50"),
        ("９点５０分", "09:50"),
        ("9点", "09:00"),
        ("+20", "10:01"),
        ("2560", None),
        ("", None),
        ("x", None),
    ],
)
def test_times_as_clerks_type_them(text, words):
    found = read_time(text, datetime(2026, 11, 23, 9, 41, tzinfo=UTC))
    assert (f"{found:%H:%M}" if found else None) == words


def type_at_once(window, *keys: str) -> None:
    """Keys that wait in the program's queue together, as when it was busy for a moment."""
    for key in keys:
        window.app.post_message(Key(key, key if len(key) == 1 else None))


async def test_what_waits_is_taken_in_one_change_and_in_its_order(window, card, monkeypatch):
    changes, field = [], card.query_one("#name", TextField)
    inner = TextField.replace
    monkeypatch.setattr(TextField, "replace", lambda self, *text: changes.append(text[0]) or inner(self, *text))
    type_at_once(window, *"陈国强 abc")
    await window.settle()
    assert field.value == "陈国强 abc"
    assert len(changes) < 4
    type_at_once(window, "enter", *"123")
    await window.settle()
    assert card.query_one("#number", TextField).value == "123"


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("a", "backspace", "backspace", "b"), "1b"),
        (("a", "left", "X", "right", "Y"), "12XaY"),
        (("home", "0", "end", "3"), "0123"),
        (("home", "delete", "9"), "92"),
        (("shift+left", "shift+left", "x", "y"), "xy"),
        (("left", "X", "Y", "backspace", "Z", "shift+right", "W"), "1XZW"),
    ],
)
async def test_nothing_overtakes_a_key_that_edits(window, card, keys, value):
    field = card.query_one("#name", TextField)
    field.value, field.cursor_position = "12", 2
    type_at_once(window, *keys)
    await window.settle()
    assert field.value == value


def test_every_key_that_passes_as_editing_edits_at_once():
    assert set(EDITS) == EDITING


async def test_a_full_field_keeps_what_had_room_as_if_each_key_came_alone(window, card):
    type_at_once(window, "tab", "tab", *"2026-11-23 12:30")
    await window.settle()
    assert card.query_one("#day", DateField).value == "2026-11-23 1"


async def test_what_waits_replaces_a_chosen_text_once(window, card):
    field = card.query_one("#name", TextField)
    field.value = "旧的名字"
    field.action_select_all()
    type_at_once(window, *"新名")
    await window.settle()
    assert field.value == "新名"


async def test_a_pin_is_shown_by_characters_of_one_cell_everywhere(window):
    class PinCard(Card[None]):
        def body(self) -> ComposeResult:
            yield TextField("246810", kind="pin")

    window.app.push_screen(PinCard())
    await window.settle()
    assert "******" in window.seen()
    assert "246810" not in window.seen()
    assert window.app.screen.query_one(TextField).value == "246810"
