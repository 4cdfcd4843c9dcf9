"""A list whose rows have numbers: a number and Enter opens the row. Draws only the rows in sight."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple, cast

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from clerk_tui.tui.widgets.plain import cut, fit, shown

if TYPE_CHECKING:
    from clerk_tui.tui.app import ClerkApp

MARK_WIDTH = 3
LINES_KEPT = 1000


class Column(NamedTuple):
    """`width` in cells; 0 takes what is left (one column at most). `narrow` False: left out below 100 cells."""

    title: str
    width: int
    right: bool = False
    narrow: bool = True


class Row(NamedTuple):
    """`tone` is '' | quiet | good | warn | late; the words must say the same, colour alone says nothing."""

    key: str
    cells: tuple[str, ...]
    tone: str = ""


class NumberedList(ScrollView, can_focus=True):
    """Rows of plain text. `digits`: "number" (a digit goes to a row) or "mark" (a digit marks the row, moves down).

    In a "number" list with `options`, Right goes to the option column, where digits mark, and Left comes back; F9 of the
    place then acts on `options_chosen`. Messages: `Opened`, `Marked`, `Moved`, `NearEnd` (fetch the next page and
    `extend`). Rows keep their cursor by key when shown again.
    """

    virtual_size = Reactive(Size(0, 0))
    """Textual lays the whole screen out when this changes; `_measure` does where that is needed."""
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list--title",
        "list--row",
        "list--quiet",
        "list--good",
        "list--warn",
        "list--late",
        "list--cursor",
        "list--cursor-away",
    }
    DEFAULT_CSS = """
    NumberedList { height: 1fr; background: $background; overflow-x: hidden; }
    NumberedList > .list--title { color: $quiet; }
    NumberedList > .list--row { color: $foreground; }
    NumberedList > .list--quiet { color: $quiet; }
    NumberedList > .list--good { color: $good; }
    NumberedList > .list--warn { color: $warn; }
    NumberedList > .list--late { color: $late; text-style: bold; }
    NumberedList > .list--cursor { background: $cursor-line; color: $cursor-text; }
    NumberedList > .list--cursor-away { background: $cursor-away; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "下一行", show=False),
        Binding("up", "move(-1)", "上一行", show=False),
        Binding("pagedown", "page(1)", "下一页", show=False),
        Binding("pageup", "page(-1)", "上一页", show=False),
        Binding("home", "go(0)", "第一行", show=False),
        Binding("end", "go(-1)", "最后一行", show=False),
        Binding("right", "options(True)", "到选项列", show=False),
        Binding("left", "options(False)", "离开选项列", show=False),
        Binding("enter", "open", "打开", show=False),
    ]

    @dataclass
    class Opened(Message):
        list: "NumberedList"
        key: str
        index: int

        @property
        def control(self) -> "NumberedList":
            return self.list

    @dataclass
    class Marked(Message):
        """A digit on a row of a "mark" list, or in the option column."""

        list: "NumberedList"
        key: str
        digit: str

        @property
        def control(self) -> "NumberedList":
            return self.list

    @dataclass
    class Moved(Message):
        list: "NumberedList"
        key: str

        @property
        def control(self) -> "NumberedList":
            return self.list

    @dataclass
    class NearEnd(Message):
        list: "NumberedList"

        @property
        def control(self) -> "NumberedList":
            return self.list

    def __init__(
        self,
        columns: Sequence[Column] = (),
        *,
        empty: str = "",
        digits: str = "number",
        options: str = "",
        cursor_away: bool = True,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """`empty` teaches when there are no rows; `options` are the digits that the option column takes; `cursor_away`:
        the cursor's row is shown while the focus is elsewhere.
        """
        super().__init__(id=id, classes=classes)
        self.columns = tuple(columns)
        self.empty = empty
        self.digits = digits
        self.options = options
        self.cursor_away = cursor_away
        self.options_chosen: dict[str, str] = {}
        self.rows: list[Row] = []
        self.cursor = 0
        self.in_options = False
        self.more_to_come = False
        self._typed = ""
        self._astray = ""
        self._lines: dict[tuple[object, ...], str] = {}
        """Lines as they were put together: a list that scrolls by one row shows all others again."""

    # what is shown

    def show(self, rows: Sequence[Row], *, more: bool = False, anew: bool = False) -> None:
        """Show these rows; the cursor stays on its key, or at its place where the key is gone. `anew`: another question
        was asked, and the first row is the best answer to it.
        """
        if anew:
            self.cursor = 0
            self.scroll_to(y=0, animate=False, immediate=True)
        key = "" if anew else self.current_key
        if rows == self.rows and more == self.more_to_come:
            return
        self.rows = list(rows)
        self.more_to_come = more
        keys = {row.key: index for index, row in enumerate(self.rows)}
        self.options_chosen = {key: digit for key, digit in self.options_chosen.items() if key in keys}
        self.cursor = keys.get(key, max(0, min(self.cursor, len(self.rows) - 1)))
        self._measure()

    def extend(self, rows: Sequence[Row], *, more: bool = False) -> None:
        """The next page."""
        self.rows.extend(rows)
        self.more_to_come = more
        self._measure()

    @property
    def current_key(self) -> str:
        return self.rows[self.cursor].key if self.cursor < len(self.rows) else ""

    @property
    def row_line(self) -> int:
        """Line of the widget on which the current row stands."""
        return self._head + self.cursor - self.scroll_offset.y

    def go_to(self, key: str) -> None:
        """Put the cursor on a row."""
        for index, row in enumerate(self.rows):
            if row.key == key:
                self._place(index)

    def _measure(self) -> None:
        before, height = self.virtual_size.height, self.size.height
        rows = len(self.rows) + self._head
        self.virtual_size = Size(self.size.width, rows)
        if self.styles.auto_dimensions or (before > height) != (rows > height) or self.scroll_y > max(0, rows - height):
            self.refresh(layout=True)  # its own height, its bar or its place in the rows is another one
            return
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.window_virtual_size = rows
        self.refresh()

    @property
    def _head(self) -> int:
        return 1 if any(column.title for column in self.columns) else 0

    # drawing

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y < self._head:
            return Strip([Segment(self._titles(width), self.get_component_rich_style("list--title"))], width)
        if not self.rows:
            lines = self.empty.split("\n")
            words = f" {lines[y - self._head]}" if y - self._head < len(lines) else ""
            return self._strip(words, self.get_component_rich_style("list--quiet"), width)
        index = y - self._head + self.scroll_offset.y
        if index >= len(self.rows):
            return self._strip("", self.get_component_rich_style("list--row"), width)
        row = self.rows[index]
        style = self.get_component_rich_style(f"list--{row.tone or 'row'}")
        if index == self.cursor and (self.has_focus or self.cursor_away):
            style += self.get_component_rich_style("list--cursor" if self.has_focus else "list--cursor-away")
        return Strip([Segment(self._line(index, row, width), style)], width)

    def _line(self, index: int, row: Row, width: int) -> str:
        lead = f"{index + 1:>3} "
        if self.options:
            digit = self.options_chosen.get(row.key, "_")
            here = self.in_options and index == self.cursor
            lead += f"[{digit}]" if here else f" {digit} "
            lead += " "
        return self._put_together(lead, row.cells, width)

    def _put_together(self, lead: str, cells: tuple[str, ...], width: int) -> str:
        line = (lead, cells, self.columns, width)
        found = self._lines.get(line)
        if found is None:
            if len(self._lines) >= LINES_KEPT:
                self._lines.clear()
            found = self._lines[line] = fit(lead + self._cells(cells, width - cell_len(lead)), width)
        return found

    def _titles(self, width: int) -> str:
        lead = "  # " + ("    " if self.options else "")
        return self._put_together(lead, tuple(column.title for column in self.columns), width)

    def _cells(self, cells: tuple[str, ...], width: int) -> str:
        kept = [
            (column, cell)
            for column, cell in zip(self.columns, cells, strict=False)
            if column.narrow or self.size.width >= 100
        ]
        if not kept:
            return shown("  ".join(cells))
        rest = width - sum(column.width + 2 for column, _ in kept if column.width) - 2
        return "  ".join(cut(cell, column.width or max(4, rest), right=column.right) for column, cell in kept)

    @staticmethod
    def _strip(text: str, style: Style, width: int) -> Strip:
        return Strip([Segment(fit(text, width), style)], width)

    # moving

    def move_by(self, key: str) -> bool:
        """A cursor key, without the way of a binding to the App and back; False for every other key."""
        if key in ("down", "up"):
            self.action_move(1 if key == "down" else -1)
        elif key in ("pagedown", "pageup"):
            self.action_page(1 if key == "pagedown" else -1)
        elif key in ("home", "end"):
            self.action_go(0 if key == "home" else -1)
        else:
            return False
        return True

    def on_resize(self, event: events.Resize) -> None:
        self._measure()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self._typed = self._astray = ""
        self.refresh()

    def action_move(self, rows: int) -> None:
        self._typed = ""
        self._place(self.cursor + rows)

    def action_page(self, pages: int) -> None:
        self._typed = ""
        self._place(self.cursor + pages * max(1, self.size.height - self._head - 1))

    def action_go(self, index: int) -> None:
        self._typed = ""
        self._place(index if index >= 0 else len(self.rows) - 1)

    def action_options(self, into: bool) -> None:
        self._typed = ""
        if self.options:
            self.in_options = into
            self.refresh()

    def options_done(self, keys: Sequence[str]) -> None:
        """What was chosen for these rows was done; when nothing is left chosen, digits go to rows again."""
        self.options_chosen = {key: digit for key, digit in self.options_chosen.items() if key not in keys}
        self.in_options = bool(self.options_chosen)
        self.refresh()

    def action_open(self) -> None:
        self._typed = ""
        if self._astray:  # Enter belongs to what was just typed, never to the row that the cursor is on
            cast("ClerkApp", self.app).ring(self._astray)
            self._astray = ""
        elif self.rows:
            self.post_message(self.Opened(self, self.current_key, self.cursor))

    def _place(self, index: int) -> None:
        self._astray = ""
        if not self.rows:
            return
        before, self.cursor = self.cursor, max(0, min(len(self.rows) - 1, index))
        height = max(1, self.size.height - self._head)
        top = self.scroll_offset.y
        if top <= self.cursor < top + height:
            self.refresh_line(before + self._head)
            self.refresh_line(self.cursor + self._head)
        else:
            target = self.cursor if self.cursor < top else self.cursor - height + 1
            self.scroll_to(y=target, animate=False, immediate=True)
            self.refresh()
        if self.cursor != before:
            self.post_message(self.Moved(self, self.current_key))
        if self.more_to_come and self.cursor >= len(self.rows) - height:
            self.more_to_come = False
            self.post_message(self.NearEnd(self))

    # typing

    def on_key(self, event: events.Key) -> None:
        character = event.character or ""
        if self.in_options or self.digits == "mark":
            if event.key in ("delete", "backspace"):
                event.stop()
                self._mark("")
            elif character.isascii() and character.isdigit():
                event.stop()
                self._mark(character)
        elif character.isascii() and character.isdigit():
            event.stop()
            self._number(character)

    def _mark(self, digit: str) -> None:
        if not self.rows:
            return
        if self.in_options:
            if digit and digit not in self.options:
                self.app.bell()
                return
            if digit:
                self.options_chosen[self.current_key] = digit
            else:
                self.options_chosen.pop(self.current_key, None)
        self.post_message(self.Marked(self, self.current_key, digit))
        self._place(self.cursor + 1)
        self.refresh()

    def _number(self, digit: str) -> None:
        for typed in (self._typed + digit, digit):
            if 1 <= int(typed) <= len(self.rows):
                self._typed = typed
                self._place(int(typed) - 1)
                return
        there = "往下翻, 后面还有" if self.more_to_come else f"这里有 {len(self.rows)} 行"
        self.refuse_enter(f"没有第 {self._typed}{digit} 行; {there}")
        self.app.bell()

    def refuse_enter(self, words: str) -> None:
        """What was typed meant no row: the next Enter says these words and opens nothing, unless a row is named before."""
        self._astray, self._typed = words, ""

    # a scan is never a number

    def typed_state(self) -> object:
        return self.cursor, self._typed, self._astray, dict(self.options_chosen)

    def put_back(self, state: object) -> None:
        if isinstance(state, tuple):
            cursor, self._typed, astray, self.options_chosen = state
            self._place(cursor)
            self._astray = astray
            self.refresh()
