"""Lists: a number and Enter opens, digits mark, options are chosen; nothing of the data is markup."""

import pytest
from textual import on
from textual.app import ComposeResult

from clerk_tui.tui.cards.card import Card
from clerk_tui.tui.widgets.numbered_list import Column, NumberedList, Row


class ListsCard(Card[None]):
    def __init__(self, **options: str) -> None:
        super().__init__()
        self.options = options
        self.heard: list[tuple[str, ...]] = []

    def body(self) -> ComposeResult:
        listed = NumberedList((Column("号", 6), Column("名", 0)), empty="没有", **self.options)
        listed.styles.height = 8
        yield listed

    @on(NumberedList.Opened)
    def opened(self, event: NumberedList.Opened) -> None:
        self.heard.append(("opened", event.key))

    @on(NumberedList.Marked)
    def marked(self, event: NumberedList.Marked) -> None:
        self.heard.append(("marked", event.key, event.digit))

    @on(NumberedList.NearEnd)
    def near_end(self, event: NumberedList.NearEnd) -> None:
        self.heard.append(("near_end",))

    @property
    def listed(self) -> NumberedList:
        return self.query_one(NumberedList)


def rows(count: int) -> list[Row]:
    return [Row(f"k{n}", (f"A{n:03}", f"名{n}")) for n in range(1, count + 1)]


@pytest.fixture
def show(window):
    async def shown(count: int = 15, **options: str) -> ListsCard:
        card = ListsCard(**options)
        window.app.push_screen(card)
        await window.settle()
        card.listed.show(rows(count))
        card.listed.focus()
        await window.settle()
        return card

    return shown


async def test_a_number_and_enter_opens_its_row(window, show):
    card = await show()
    await window.press("1", "2", "enter")
    assert card.heard == [("opened", "k12")]


async def test_a_second_number_begins_anew_after_a_move(window, show):
    card = await show()
    await window.press("1", "down", "3", "enter")
    assert card.heard == [("opened", "k3")]


async def test_a_number_beyond_the_rows_opens_nothing_and_moves_nowhere(window, show):
    card = await show(3)
    await window.press("2", "9", "enter")
    assert card.heard == []
    assert "没有第 29 行" in window.seen()
    await window.press("enter")
    assert card.heard == [("opened", "k2")]


async def test_after_a_number_beyond_the_rows_the_right_one_opens(window, show):
    card = await show(3)
    await window.press("9", "3", "enter")
    assert card.heard == [("opened", "k3")]


async def test_rows_keep_their_cursor_when_they_are_read_again(window, show):
    card = await show(5)
    await window.press("4")
    card.listed.show([Row("new", ("B001", "新")), *rows(5)])
    assert card.listed.current_key == "k4"


async def test_a_digit_marks_and_moves_down(window, show):
    card = await show(3, digits="mark")
    await window.press("1", "0")
    assert card.heard == [("marked", "k1", "1"), ("marked", "k2", "0")]
    assert card.listed.current_key == "k3"


async def test_the_option_column_takes_a_digit_per_row(window, show):
    card = await show(4, options="234")
    await window.press("right", "2", "3", "9", "delete")
    assert card.listed.options_chosen == {"k1": "2", "k2": "3"}
    await window.press("left", "4", "enter")
    assert card.heard[-1] == ("opened", "k4")


async def test_the_next_page_is_asked_for_near_the_end(window, show):
    card = await show(0)
    card.listed.show(rows(20), more=True)
    await window.press("end")
    assert card.heard == [("near_end",)]
    card.listed.extend([Row("k21", ("A021", "名21"))])
    await window.press("end")
    assert card.listed.current_key == "k21"
    assert card.heard == [("near_end",)]


async def test_an_empty_list_teaches(window, show):
    await show(0)
    assert "没有" in window.seen()


async def test_nothing_in_a_row_is_markup(window, show):
    card = await show(0)
    card.listed.show([Row("x", ("[/x]", "备注[/x]补[bold]\x1b[2J"))])
    await window.settle()
    assert "备注[/x]补[bold] [2J" in window.seen()


async def test_a_hundred_thousand_rows_are_shown_at_once(window, show):
    card = await show(0)
    card.listed.show(rows(100_000))
    await window.press("end")
    assert card.listed.current_key == "k100000"
    assert "A100000"[:6] in window.seen()


async def test_a_list_that_scrolls_by_a_row_puts_only_that_row_together(window, show, monkeypatch):
    await show(40)
    await window.press(*["down"] * 12)
    made, inner = [], NumberedList._cells
    monkeypatch.setattr(
        NumberedList, "_cells", lambda self, cells, width: made.append(cells) or inner(self, cells, width)
    )
    await window.press("down")
    assert made == [("A014", "名14")]
    assert "名14" in window.seen()


async def test_a_row_or_a_column_that_changes_is_drawn_as_it_is_now(window, show):
    card = await show(3)
    card.listed.show([Row("k1", ("A001", "新名")), *rows(3)[1:]])
    await window.settle()
    assert "新名" in window.seen()
    card.listed.columns = (Column("号", 6), Column("别的", 0))
    card.listed.refresh()
    await window.settle()
    assert "别的" in window.seen()
