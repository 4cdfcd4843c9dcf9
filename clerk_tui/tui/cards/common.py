"""Cards that serve everywhere: a menu of numbered answers, a list of values, a short form, a yes or no."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.widgets import Static

from clerk_tui.rules.refusal import Refusal
from clerk_tui.tui.acting import flow
from clerk_tui.tui.cards.card import Card
from clerk_tui.tui.widgets.fields import SCANNED_KINDS, TextField
from clerk_tui.tui.widgets.form import Form, Labelled
from clerk_tui.tui.widgets.numbered_list import Column, NumberedList, Row
from clerk_tui.tui.widgets.plain import plain, plain_lines

if TYPE_CHECKING:
    from clerk_tui.tui.cards.kept import KeptCard

LIST_HEIGHT = 14
KEY_COLUMNS = (Column("键或字", 10), Column("做什么", 0), Column("另一种", 8))
R = TypeVar("R")
Check = Callable[[dict[str, str]], tuple[str, str] | None]


class MenuCard(Card[str]):
    """Lines to read and numbered answers; a digit and Enter (or Enter on the first) answers with the answer's value."""

    def __init__(
        self,
        title: str,
        lines: Sequence[str],
        answers: Sequence[tuple[str, str]],
        *,
        wide: bool = False,
        start: str = "",
    ) -> None:
        """`answers` are (value, words); the cursor begins at `start`."""
        super().__init__()
        self.heading = title
        self.lines = tuple(lines)
        self.answers = tuple(answers)
        self.start = start

    def body(self) -> ComposeResult:
        if self.lines:
            yield Static(plain_lines((*self.lines, "")), id="card-lines")
        answers = NumberedList((Column("", 0),), id="card-answers")
        answers.styles.height = min(len(self.answers), LIST_HEIGHT)
        answers.show([Row(value, (words,)) for value, words in self.answers])
        if self.start:
            answers.go_to(self.start)
        yield answers
        yield Static("数字+Enter 选择   Esc 返回", classes="card-keys", markup=False)

    def on_numbered_list_opened(self, event: NumberedList.Opened) -> None:
        event.stop()
        self.dismiss(event.key)

    def confirm(self) -> None:
        self.query_one("#card-answers", NumberedList).action_open()


class ListCard(Card[str]):
    """A list of rows to choose one from (F4, F8): a number and Enter answers with the row's key."""

    WIDTH = 82

    def __init__(
        self, title: str, columns: Sequence[Column], rows: Sequence[Row], *, empty: str = "没有", start: str = ""
    ) -> None:
        super().__init__()
        self.heading = title
        self.columns, self.rows, self.empty, self.start = tuple(columns), tuple(rows), empty, start

    def body(self) -> ComposeResult:
        listed = NumberedList(self.columns, empty=self.empty, id="card-list")
        head = 1 if any(column.title for column in self.columns) else 0
        listed.styles.height = min(max(1, len(self.rows)), LIST_HEIGHT) + head
        listed.show(self.rows)
        if self.start:
            listed.go_to(self.start)
        yield listed
        yield Static("数字+Enter 打开   Esc 返回", classes="card-keys", markup=False)

    def on_numbered_list_opened(self, event: NumberedList.Opened) -> None:
        event.stop()
        self.dismiss(event.key)

    def confirm(self) -> None:
        self.query_one("#card-list", NumberedList).action_open()


class BoardCard(ListCard):
    """A `ListCard` of what goes on in the hall, wide where there is room."""

    WIDTH = 96


class _Fields(Card[R], Generic[R]):
    """A short form with its faults; subclasses say what F9 does with the values."""

    DEFAULT_CSS = """
    _Fields #card-help { height: auto; min-height: 1; max-height: 2; margin-top: 1; }
    _Fields .card-keys { margin-top: 0; }
    """

    def __init__(
        self,
        title: str,
        fields: Sequence[Labelled],
        *,
        lines: Sequence[str] = (),
        check: Check | None = None,
        label_width: int = 12,
        start: str = "",
    ) -> None:
        """`check(values)` returns (field id, words) of the first fault, or None; `start` has the cursor first."""
        super().__init__()
        self.heading = title
        self.start = start
        self.fields, self.lines, self.check = tuple(fields), tuple(lines), check
        self._kept: KeptCard | None = None
        self.label_width = label_width

    def body(self) -> ComposeResult:
        if self.lines:
            yield Static(plain_lines((*self.lines, "")), id="card-lines")
        yield Form(self.fields, label_width=self.label_width, id="card-form")
        yield Static(id="card-help")
        yield Static("Enter 下一格   F9 确认   Esc 返回", classes="card-keys", markup=False)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """What the field in hand wants, so that nobody has to ask."""
        self.query_one("#card-help", Static).update(plain(getattr(event.widget, "help_words", ""), "$quiet"))

    def on_mount(self) -> None:
        self._kept = self._begin_keeping()
        if self._kept is not None and self._kept.restore():
            self.hint("上次填的还在")
        if self.start:
            self.query_one(Form).lead_to(self.start)

    def _begin_keeping(self) -> "KeptCard | None":
        """Where what is typed outlives the card; none before someone has signed in, or where drafts cannot be written."""
        from clerk_tui.tui.cards.kept import KeptCard

        app = self.clerk_app
        if app.by is None or not app.desk_is_loaded:
            return None
        try:
            form = self.query_one(Form)
            return KeptCard(app.drafts, app.by.clerk_id, app.open_visit_id, str(self.heading), form, self.lines)
        except Refusal:
            return None

    def on_form_changed(self, event: Form.Changed) -> None:
        event.stop()
        if self._kept is not None:
            self._kept.keep(self.clerk_app.parts.now())

    def dismiss(self, result: R | None = None) -> AwaitComplete:
        if self._kept is not None:
            if result is None:
                self._kept.keep(self.clerk_app.parts.now(), open_still=False)
            else:
                self._kept.drop()
        return super().dismiss(result)

    def on_form_completed(self, event: Form.Completed) -> None:
        event.stop()
        self.confirm()

    def confirm(self) -> None:
        form = self.query_one(Form)
        values = form.values()
        found = self.check(values) if self.check else None
        if found is None:
            self.take(values)
            return
        field_id, words = found
        self.fault(words)
        form.lead_to(field_id)

    def take(self, values: dict[str, str]) -> None:
        """The values hold no fault that this card knows."""
        raise NotImplementedError

    def scanned(self, text: str) -> None:
        """A scan fills a number or a code that has the focus and goes on to the next field; it never confirms."""
        focused = self.focused
        if isinstance(focused, TextField) and focused.kind in SCANNED_KINDS:
            focused.value = self.clerk_app.classify(text).value
            focused.cursor_position = len(focused.value)
            self.query_one(Form).go_on(focused)
        else:
            super().scanned(text)


class FormCard(_Fields[dict[str, str]]):
    """A short form that answers with every field's text. For what an act takes at once, use `ActCard`."""

    def take(self, values: dict[str, str]) -> None:
        self.dismiss(values)


class ActCard(_Fields[R], Generic[R]):
    """A short form whose F9 runs an act and answers with what the act returned.

    While the act refuses, the card stays open with everything that was typed, says why, and leads to the field.
    """

    def __init__(
        self,
        title: str,
        fields: Sequence[Labelled],
        do: Callable[[dict[str, str]], Awaitable[R | None]],
        *,
        lines: Sequence[str] = (),
        check: Check | None = None,
        label_width: int = 12,
        start: str = "",
    ) -> None:
        """`do(values)` is usually `lambda values: self.act(fn, ...)`; it may ask further cards. None and False leave
        the card open."""
        super().__init__(title, fields, lines=lines, check=check, label_width=label_width, start=start)
        self.do = do

    @flow
    async def take(self, values: dict[str, str]) -> None:
        self.clerk_app.last_refusal = None
        answer = await self.do(values)
        if answer is not None and answer is not False:
            self.dismiss(answer)
            return
        refusal = self.clerk_app.last_refusal
        if refusal is not None and refusal.field:
            self.query_one(Form).lead_to(refusal.field)


class WideActCard(ActCard[R], Generic[R]):
    """An `ActCard` with room for rows of choices; on a small screen it takes the whole width, and many rows scroll."""

    WIDTH = 84
    DEFAULT_CSS = """
    WideActCard > #card { overflow-y: auto; scrollbar-size-vertical: 1; }
    """


class ConfirmCard(Card[bool]):
    """Something that cannot be taken back: what will happen, then F9 does it."""

    def __init__(self, title: str, lines: Sequence[str], *, yes: str = "确认") -> None:
        super().__init__()
        self.heading = title
        self.lines, self.yes = tuple(lines), yes

    def body(self) -> ComposeResult:
        yield Static(plain_lines(self.lines), id="card-lines")
        yield Static(f"F9 {self.yes}   Esc 不做", classes="card-keys", markup=False)

    def confirm(self) -> None:
        self.dismiss(True)
