"""What the cell differences leave on a terminal is what Textual's own output leaves there, on every screen."""

from collections.abc import Iterator

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import Compositor, CompositorUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from clerk_tui.tui.app import ClerkApp
from clerk_tui.tui.cells import Cells, strips_of
from clerk_tui.tui.painting import only_dirty_lines
from clerk_tui.tui.screens.workbench import Workbench

SEEN_ON_BLANKS = ("underscore", "strikethrough", "reverse")


class Twins:
    """Two terminals: one is told everything, the other only what changed. The second begins with rubbish on it."""

    def __init__(self, width: int, height: int) -> None:
        self.cells = Cells(width, height)
        self.screens = (pyte.Screen(width, height), pyte.Screen(width, height))
        self.streams = tuple(pyte.Stream(screen) for screen in self.screens)
        self.streams[1].feed("\x1b[41m" + "#" * (width * height - 1) + "\x1b[0m")
        self.sent = [0, 0]
        self.frames = 0

    def show(self, update: CompositorUpdate, console: Console) -> None:
        if any(x + strip.cell_length > self.cells.size[0] for _, x, strip in strips_of(update)):
            return  # the last frame of a larger size: what a terminal makes of it is covered by the next one
        if not self.frames and not isinstance(update, LayoutUpdate):
            return  # a part of a screen whose rest was painted before these terminals were there
        written = (update.render_segments(console), self.cells.update(update, console))
        for number, text in enumerate(written):
            self.streams[number].feed(text.replace("\n", ""))
            self.sent[number] += len(text.encode())
        self.frames += 1
        self.compare()

    def compare(self) -> None:
        stock, mine = self.screens
        for y in sorted(stock.dirty | mine.dirty):
            for x in range(stock.columns):
                assert look(stock.buffer[y][x]) == look(mine.buffer[y][x]), (
                    f"cell {x},{y}\n{stock.display[y]}\n{mine.display[y]}"
                )
        stock.dirty.clear()
        mine.dirty.clear()

    def compare_whole(self, app: ClerkApp) -> None:
        """What all frames together left there is what a frame of everything would show."""
        fresh = pyte.Screen(*self.cells.size)
        strips = [[strip] for strip in app.screen._compositor.render_strips()]
        whole = LayoutUpdate(strips, Region(0, 0, *self.cells.size))
        pyte.Stream(fresh).feed(whole.render_segments(app.console).replace("\n", ""))
        for y in range(fresh.lines):
            for x in range(fresh.columns):
                assert look(fresh.buffer[y][x]) == look(self.screens[1].buffer[y][x]), f"cell {x},{y} of a whole frame"


def look(cell: pyte.screens.Char) -> tuple[object, ...]:
    """All that a person sees of a cell; of a blank only its background."""
    marks = tuple(getattr(cell, name) for name in SEEN_ON_BLANKS)
    if cell.data == " " and not any(marks):
        return (" ", cell.bg)
    return (cell.data, cell.fg, cell.bg, cell.bold, cell.italics, *marks)


@pytest.fixture
def twins(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Twins]]:
    """Every frame of the program goes to two terminals of its size."""
    made: list[Twins] = []
    shown = ClerkApp._display

    def both(app: ClerkApp, screen: object, renderable: object) -> None:
        size = (app.size.width, app.size.height)
        if isinstance(renderable, CompositorUpdate) and not app._batch_count:
            if not made or made[-1].cells.size != size:
                made.append(Twins(*size))
            made[-1].show(renderable, app.console)
        shown(app, screen, renderable)  # type: ignore[arg-type]

    monkeypatch.setattr(ClerkApp, "_display", both)
    yield made


async def test_every_place_card_and_theme_looks_the_same(clerk, twins):
    app = clerk.app
    app.screen.refresh(layout=True)  # the two terminals begin with a whole frame
    await clerk.settle()
    for key in ("1", "2", "3", "4", "5", "6"):
        await clerk.press("f3", key, "enter")
        await clerk.press("down", "pagedown", "home", "escape")
        twins[-1].compare_whole(app)
    await clerk.press("f2")
    await clerk.type("chen")
    await clerk.press("backspace", "down", "up")
    assert Compositor._get_renders.__module__ == only_dirty_lines.__module__
    await clerk.press("escape")
    for key in ("f5", "escape", "f8", "escape", "f1", "f4", "escape", "f9", "escape"):
        await clerk.press(key)
    app.notify("已保存", timeout=60)
    await clerk.settle()
    app.lock()
    await clerk.settle()
    await clerk.press("x", "escape")
    for name in [found.theme.name for found in app.parts.themes]:
        app.theme = name
        await clerk.settle()
    assert isinstance(clerk.bench, Workbench)
    assert twins[-1].frames > 40
    assert twins[-1].sent[1] < twins[-1].sent[0] / 3


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (60, 10)])
async def test_another_size_is_sent_whole(clerk, twins, size):
    await clerk.press("f3", "2", "enter")
    await clerk.pilot.resize_terminal(*size)
    await clerk.settle()
    await clerk.press("f2")
    await clerk.type("张三")
    await clerk.press("escape", "f3", "right", "left")
    twins[-1].compare_whole(clerk.app)
    assert twins[-1].cells.size == size
    assert twins[-1].frames > 3


STYLES = (
    None,
    Style(),
    Style(color="#e0e0e0", bgcolor="#121212"),
    Style(color="#ff0000", bgcolor="#121212", bold=True),
    Style(color="#e0e0e0", bgcolor="#0178d4"),
    Style(color="red"),
    Style(bgcolor="bright_blue"),
    Style(color="color(200)", reverse=True),
    Style(underline=True, italic=True),
    Style(strike=True, bgcolor="#121212"),
)
WORDS = st.text(st.sampled_from("ab 12 .中文字  𠮷"), max_size=12)
LINE = st.lists(st.tuples(WORDS, st.sampled_from(range(len(STYLES)))), max_size=4)
WIDTH, HEIGHT = 24, 3


@settings(max_examples=80)
@given(st.lists(st.tuples(st.integers(0, HEIGHT - 1), st.integers(0, 8), LINE), min_size=1, max_size=12))
def test_any_text_in_any_look(lines):
    """Also where wide characters begin in the middle of others."""
    console = Console(color_system="truecolor", force_terminal=True)
    twins = Twins(WIDTH, HEIGHT)
    twins.show(LayoutUpdate([[Strip.blank(WIDTH)] for _ in range(HEIGHT)], Region(0, 0, WIDTH, HEIGHT)), console)
    for y, x, line in lines:
        strip = Strip([Segment(words, STYLES[style]) for words, style in line])
        strip = strip.adjust_cell_length(min(strip.cell_length, WIDTH - x))
        if strip.cell_length:
            twins.show(LayoutUpdate([[strip]], Region(x, y, strip.cell_length, 1)), console)


def test_a_frame_that_changes_nothing_sends_nothing():
    console = Console(color_system="truecolor", force_terminal=True)
    update = LayoutUpdate([[Strip([Segment("市桥街道", STYLES[2])])]], Region(0, 0, 8, 1))
    cells = Cells(WIDTH, HEIGHT)
    assert "市桥街道" in cells.update(update, console)
    assert cells.update(update, console) == ""


def test_a_strip_that_cannot_be_read_is_refused():
    update = LayoutUpdate([[Strip([Segment("xx")], cell_length=3)]], Region(0, 0, 3, 1))
    with pytest.raises(ValueError, match="strip"):
        Cells(WIDTH, HEIGHT).update(update, Console())


def test_what_lies_beyond_the_terminal_is_cut():
    """A frame of a larger size, painted just before the program heard of the smaller one."""
    console = Console(color_system="truecolor", force_terminal=True)
    update = LayoutUpdate([[Strip([Segment("x" * (WIDTH - 1) + "市桥")])]] * (HEIGHT + 1), Region(0, 0, WIDTH, 1))
    written = Cells(WIDTH, HEIGHT).update(update, console)
    assert written.count("x" * (WIDTH - 1)) == HEIGHT
    assert "市" not in written


def test_a_terminal_that_draws_ambiguous_characters_in_two_cells_keeps_its_columns(monkeypatch):
    known = pyte.screens.wcwidth
    monkeypatch.setattr(pyte.screens, "wcwidth", lambda character: 2 if character in "·—" else known(character))
    console = Console(force_terminal=True, color_system="truecolor")
    cells, screen = Cells(40, 2), pyte.Screen(40, 2)
    stream = pyte.Stream(screen)
    for name in ("买买提·吐尔逊", "阿依古丽·买买提 — 代办"):
        words = f"{name} 尾"
        strip = Strip([Segment(words + " " * (40 - cell_len(words)), Style())])
        stream.feed(cells.update(LayoutUpdate([[strip], [strip]], Region(0, 0, 40, 2)), console))
        assert [screen.buffer[y][cell_len(f"{name} ")].data for y in (0, 1)] == ["尾", "尾"]
