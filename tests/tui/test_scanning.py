"""A scan is told from typing by its pace, and taken back from wherever it was typed."""

from dataclasses import replace

import pytest
from textual import events
from textual.app import ComposeResult

from clerk_tui.rules.numbering import opaque_code
from clerk_tui.settings import SCANNERS
from clerk_tui.store.core import VISITS
from clerk_tui.tui.acting import flow
from clerk_tui.tui.cards.card import Card
from clerk_tui.tui.cards.find import FindCard
from clerk_tui.tui.widgets.fields import Choice, ChoiceField, FieldChanged, TextField
from clerk_tui.tui.widgets.numbered_list import Column, NumberedList, Row

CODE = "C7K2M9Q4TX3"


class ScanCard(Card[None]):
    """A field and a list; keeps what was scanned."""

    def __init__(self) -> None:
        super().__init__()
        self.scans: list[str] = []
        self.marks: list[str] = []

    def body(self) -> ComposeResult:
        yield TextField("已填", id="field")
        listed = NumberedList((Column("", 0),), digits="mark")
        listed.styles.height = 5
        listed.show([Row(str(n), (f"第 {n} 行",)) for n in range(1, 5)])
        yield listed
        yield ChoiceField([Choice(one, one) for one in ("甲", "乙", "丙")], "甲", id="choice")

    def on_numbered_list_marked(self, event: NumberedList.Marked) -> None:
        self.marks.append(event.digit)

    def on_field_changed(self, event: FieldChanged) -> None:
        if event.field.id == "choice":
            self.marks.append(event.field.value)

    def scanned(self, text: str) -> None:
        self.scans.append(text)


@pytest.fixture
async def card(window) -> ScanCard:
    shown = ScanCard()
    window.app.push_screen(shown)
    await window.settle()
    return shown


async def burst(window, text: str, gap: float, *, end: str = "enter", at: float = 1000.0) -> None:
    """Keys as the terminal's thread stamps them, `gap` seconds apart."""
    now = at
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
    await burst(window, "4401131950010100270", 0.003)
    assert card.scans == ["4401131950010100270"]
    assert card.query_one(NumberedList).cursor == 0
    assert card.marks == []


async def test_a_scan_answers_nothing(window, card):
    card.query_one("#choice").focus()
    await window.settle()
    await burst(window, "2231132231", 0.003)
    assert card.scans == ["2231132231"]
    assert card.marks == [] and card.query_one("#choice", ChoiceField).value == "甲"


async def test_digits_of_a_hand_mark_as_they_come(window, card):
    """Also in one burst, as type-ahead during a stall brings them: too few for a scan."""
    card.query_one(NumberedList).focus()
    await window.settle()
    await burst(window, "142", 0.0, end="")
    assert card.marks == ["1", "4", "2"]
    await burst(window, "3", 0.0, end="enter", at=1001.0)
    assert card.marks == ["1", "4", "2", "3"]
    assert card.scans == []


async def test_eight_marks_of_a_hand_are_no_scan(window, card):
    card.query_one(NumberedList).focus()
    await window.settle()
    await burst(window, "11111111", 0.06)
    assert card.marks == ["1"] * 8 and card.scans == []


async def test_tab_may_end_a_scan(window, card):
    await burst(window, CODE, 0.004, end="tab")
    assert card.scans == [CODE]
    assert card.focused is card.query_one("#field")


async def test_what_a_hand_typed_before_a_scan_stays(window, card):
    await burst(window, "abc", 0.12, end="")
    await burst(window, CODE, 0.004, at=1000.45)
    assert card.scans == [CODE]
    assert card.query_one("#field", TextField).value == "已填abc"


async def test_full_width_characters_of_an_input_method_are_folded(window, card):
    await burst(window, "４４０１１３１９５００１０１００２７", 0.002)
    assert card.scans == ["440113195001010027"]


NUMBER = "440113195001010027"
READ = "区小英,女,汉,19500101,广州市番禺区市桥街1号,440113195001010027,番禺分局,20200101,长期"


async def test_a_card_readers_line_is_a_scan_although_it_is_chinese(window, card):
    await burst(window, READ, 0.002)
    assert card.scans == [READ]
    assert card.query_one("#field", TextField).value == "已填"


async def test_a_reader_that_separates_by_tabs(parts, run_program):
    tabs = replace(parts, settings=replace(parts.settings, card_reader="tab"))
    async with run_program(tabs) as window:
        card = ScanCard()
        window.app.push_screen(card)
        await window.settle()
        now = 1000.0
        for character in READ.replace(",", "\t"):
            key = events.Key("tab", None) if character == "\t" else events.Key(character.lower(), character)
            key.time = now = now + 0.002
            window.app.post_message(key)
        key = events.Key("enter", None)
        key.time = now + 0.002
        window.app.post_message(key)
        await window.settle()
        assert card.scans == [READ.replace(",", "\t")]
        assert card.query_one("#field", TextField).value == "已填"


async def test_two_scans_back_to_back_are_two(window, card):
    await burst(window, CODE, 0.004)
    await burst(window, CODE[::-1], 0.004)
    assert card.scans == [CODE, CODE[::-1]]


class ActingCard(ScanCard):
    """Every scan runs an act in the store thread, as taking in results does."""

    @flow
    async def scanned(self, text: str) -> None:
        kept = await self.call(lambda desk: text)
        assert kept is not None
        self.scans.append(kept)


async def test_a_thousand_scans_in_a_row_none_lost_none_merged(window):
    """At thirty a second by the scanner's clock, sent as fast as the program takes them, over text, list and choice."""
    card = ActingCard()
    window.app.push_screen(card)
    await window.settle()
    codes = [f"SQ01-20261123-{number:04d}" for number in range(1000)]
    now = 1000.0
    for place, code in enumerate(codes):
        if place in (300, 600):
            await window.settle()
            card.query_one(NumberedList if place == 300 else "#choice").focus()
        for character in (*code, "\r"):
            key = events.Key("enter", None) if character == "\r" else events.Key(character.lower(), character)
            key.time = now
            now += 0.033 / (len(code) + 1)
            window.app.post_message(key)
    await window.settle()
    assert card.scans == codes
    assert card.query_one("#field", TextField).value == "已填"
    assert card.marks == [] and card.query_one("#choice", ChoiceField).value == "甲"


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


async def visit_begun(clerk) -> None:
    await clerk.press("f2", *"无号到访", "enter")
    await clerk.press("1", "enter")


async def identified(clerk) -> list[str]:
    desk = await clerk.app.desk_when_loaded()
    with desk.look() as connection:
        return [row.identified_how for row in connection.execute(VISITS.select())]


async def test_a_fast_number_does_not_say_that_a_card_was_read(clerk):
    """A macro, a barcode of a copy: only the reader's own line is a card."""
    await visit_begun(clerk)
    await burst(clerk, "440113195001010027", 0.003)
    assert "登记" in clerk.seen()
    await clerk.press("escape")
    assert await identified(clerk) == [""]


async def test_a_card_readers_line_identifies_as_read(clerk):
    await visit_begun(clerk)
    await burst(clerk, READ, 0.003)
    assert "区小英" in clerk.seen()
    await clerk.press(*"13800000000", "f9")
    assert await identified(clerk) == ["card_reader"]


async def test_a_card_with_another_name_than_the_registered_one_is_told(clerk):
    await visit_begun(clerk)
    await burst(clerk, READ, 0.003)
    await clerk.press(*"13800000000", "f9")
    await clerk.press("f2", *"结束到访", "enter", "4", "f9")
    await visit_begun(clerk)
    await burst(clerk, READ.replace("区小英", "区晓英"), 0.003)
    assert await identified(clerk) == ["card_reader", "card_reader"]
    assert "登记的姓名是 区*英, 与证件上的不同" in clerk.seen()


async def test_a_scan_says_for_whom_somebody_acts(clerk):
    """The card asks for a card to be scanned: it takes the number and waits for the clerk to confirm."""
    await visit_begun(clerk)
    await burst(clerk, READ, 0.003)
    await clerk.press(*"13800000000", "f9")
    await clerk.press("f2", *"代办依据", "enter", "1", "enter")
    await burst(clerk, "440113195501010015", 0.003)
    assert clerk.app.focused.value == "440113195501010015"
    await clerk.press("f9")
    assert "登记" in clerk.seen()
    assert clerk.app.screen.query_one("#number").value == "440113195501010015"


async def test_a_case_code_opens_the_case_wherever_the_focus_is(clerk):
    """Before anyone is identified the person box has the focus, and a code of ours is not taken for a person."""
    await visit_begun(clerk)
    await burst(clerk, opaque_code("C", "018f"), 0.003)
    assert isinstance(clerk.app.screen, FindCard)
    assert "来人: 登记" not in clerk.seen()


async def test_who_is_identified_already_is_not_asked_again_by_a_scan(clerk):
    await visit_begun(clerk)
    await burst(clerk, READ, 0.003)
    await clerk.press(*"13800000000", "f9")
    number = READ.split(",")[5]
    for line in (number, READ):
        await burst(clerk, line, 0.003)
        assert "来人就是 区*英, 已核过: 读卡, 人证一致; 不用再核" in clerk.seen()
        assert await identified(clerk) == ["card_reader"]
        assert clerk.bench.place.stage == "item"


async def test_the_readers_line_says_more_than_eyes_did_and_a_number_alone_does_not(clerk):
    await visit_begun(clerk)
    number = READ.split(",")[5]
    await clerk.press(*number, "enter", *"区小英")
    clerk.app.screen.query_one("#phone").focus()
    await clerk.press(*"13800000000", "f9", "1", "enter")
    assert await identified(clerk) == ["card_seen"]
    await burst(clerk, number, 0.003)
    assert "不用再核" in clerk.seen() and await identified(clerk) == ["card_seen"]
    await burst(clerk, READ, 0.003)
    assert "改记为: 读卡, 人证一致" in clerk.seen() and await identified(clerk) == ["card_reader"]


async def test_another_persons_card_names_whom_it_would_replace(clerk):
    await visit_begun(clerk)
    await burst(clerk, READ, 0.003)
    await clerk.press(*"13800000000", "f9")
    await clerk.press("f2", *"结束到访", "enter", "4", "f9")
    await visit_begun(clerk)
    await burst(clerk, "区大明,男,汉,19550101,市桥街2号,440113195501010015,番禺分局,20200101,长期", 0.003)
    await clerk.press(*"13800000001", "f9")
    await burst(clerk, READ.split(",")[5], 0.003)
    assert "登记的来人是 区*明; 选了就改成 区*英" in clerk.seen()
    await clerk.press("escape")
    assert clerk.bench.place.visit.attendee.name_masked == "区*明"


async def test_a_reader_proves_nothing_about_who_is_on_the_telephone(clerk):
    await clerk.press("f2", *"无号到访", "enter", "3", "enter")
    await burst(clerk, READ, 0.003)
    await clerk.press(*"13800000000", "f9")
    assert "没有当面核对" in clerk.seen()
    await clerk.press("1", "enter")
    assert await identified(clerk) == ["phone"]


async def test_an_unknown_code_says_what_to_do_now(clerk):
    await clerk.press("f3")
    await burst(clerk, "ZZ9999999999", 0.004)
    assert "再扫一次" in clerk.seen() and "直接输入" in clerk.seen()
    await clerk.type("SQ")  # what is typed now replaces the scan
    assert clerk.app.screen.text == "SQ" and "再扫一次" not in clerk.seen()
    await clerk.press("escape")
    await visit_begun(clerk)
    await burst(clerk, "http://qr.example/a?b=cdef", 0.004)
    assert "扫到的不是证件号码: http://qr.example/a?b=cdef; 再扫一次" in clerk.seen()
    assert clerk.app.screen is clerk.bench  # no card to register somebody under a code
