"""The find box: everything that a text may mean, while it is typed; and the commands in words."""

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Static

from clerk_tui.desk.views.cases import Hit
from clerk_tui.tui.acting import flow
from clerk_tui.tui.cards.card import Card
from clerk_tui.tui.commands import find_commands
from clerk_tui.tui.widgets.fields import FieldChanged, FieldLeft, TextField
from clerk_tui.tui.widgets.numbered_list import Column, NumberedList, Row

if TYPE_CHECKING:
    from textual import events

GROUPS = {
    "act": "操作",
    "case": "办件",
    "ticket": "号票",
    "person": "个人",
    "organisation": "单位",
    "paper": "文书",
    "shelf": "柜位",
    "item": "事项",
}
EMPTY = "可输入: 姓名或拼音首字母, 证件号或后四位, 电话,\n收件号, 号票, 柜位, 事项, 文书号, 操作(如 挂起, 取号)"

SCAN_UNKNOWN = (
    "扫到的码没有读懂, 或不是本厅发的。现在:\n1 再扫一次(码要平整、整个在光里)\n"
    "2 还不行, 直接输入码旁印的收件号、票号或证件号码, Enter"
)
NUMBER_UNKNOWN = (
    "这个证件号码在本厅没有登记过, 也没有办件。现在:\n来办事的, 按 Esc, 叫号(F5)或 F2 无号到访, 再扫一次就登记"
)


class FindCard(Card[Hit]):
    """Answers with the hit that was chosen."""

    WIDTH = 82
    AUTO_FOCUS = "#find-text"
    DEFAULT_CSS = """
    FindCard #find-hits { height: 16; margin-top: 1; }
    FindCard.-narrow #find-hits { height: 10; }
    """

    def __init__(self, text: str = "", *, at_once: bool = False) -> None:
        """`at_once`: the text is complete (a scan); open what it means if that is one thing."""
        super().__init__()
        self.heading = "查找"
        self.start, self.at_once = text, at_once
        self.scanned_text = text if at_once else ""
        self.hits: dict[str, Hit] = {}
        self.found_for: str | None = None
        self._looking = False

    def body(self) -> ComposeResult:
        yield TextField(self.start, max_length=80, id="find-text")
        yield NumberedList((Column("", 4), Column("", 28), Column("", 0)), empty=EMPTY, id="find-hits")
        yield Static("Enter 查找或打开   下箭头 到结果   数字+Enter 打开   Esc 返回", classes="card-keys", markup=False)

    def on_mount(self) -> None:
        if self.at_once:
            self.open_exact()
        elif self.start:
            self.look()

    @property
    def text(self) -> str:
        return self.query_one("#find-text", TextField).text

    def on_field_changed(self, event: FieldChanged) -> None:
        event.stop()
        self.look()

    def look(self) -> None:
        """Look for what stands in the box; while one search runs, the next one waits for it."""
        if not self._looking:
            self._looking = True
            self.run_worker(self._look(), group="find", exit_on_error=False)

    async def _look(self) -> None:
        try:
            while self.is_attached and self.found_for != self.text:
                await self._find(self.text, quiet=True)
        finally:
            self._looking = False

    async def _find(self, text: str, *, quiet: bool = False) -> None:
        from clerk_tui.desk import finding

        found: list[Hit] = [Hit("act", one.action, one.words, one.hint) for one in find_commands(text)]
        if text and self.clerk_app.by is not None:
            act = self.look_at if quiet else self.act
            found += await act(finding.find, text=text) or ()
        self.found_for = text
        self.hits = {f"{hit.group}:{hit.id}": hit for hit in found}
        rows = [Row(key, (GROUPS.get(hit.group, ""), hit.title, hit.detail)) for key, hit in self.hits.items()]
        listed = self.query_one("#find-hits", NumberedList)
        empty = self._empty(text)
        if empty != listed.empty:
            listed.empty = empty
            listed.refresh()
        listed.show(rows, anew=True)

    def _empty(self, text: str) -> str:
        """What an empty list says to do now."""
        if not text:
            return EMPTY
        if text != self.scanned_text:
            return "没有找到; 换个写法, 或输后四位"
        return SCAN_UNKNOWN if self.clerk_app.classify(text).kind == "unknown" else NUMBER_UNKNOWN

    def on_field_left(self, event: FieldLeft) -> None:
        event.stop()
        self.open_exact()

    @flow
    async def open_exact(self) -> None:
        """Enter in the box, or a scan: open the one thing that it means, else go to the list."""
        if self.found_for != self.text:
            await self._find(self.text)
        exact = [hit for hit in self.hits.values() if hit.exact] or list(self.hits.values())
        if len(exact) == 1 or (exact and exact[0].group == "act" and exact[0].title == self.text):
            self.dismiss(exact[0])
        elif self.hits:
            self.query_one("#find-hits").focus()
        elif self.text:
            self.app.bell()
            if self.text == self.scanned_text:
                self.query_one("#find-text", TextField).action_select_all()  # what is typed now replaces the scan

    def on_key(self, event: "events.Key") -> None:
        if event.key == "down" and self.focused is self.query_one("#find-text"):
            event.stop()
            self.query_one("#find-hits").focus()

    def on_numbered_list_opened(self, event: NumberedList.Opened) -> None:
        event.stop()
        self.dismiss(self.hits[event.key])

    def confirm(self) -> None:
        self.open_exact()

    def action_find(self) -> None:
        """F2 in the find box leads back to where the text is typed."""
        self.query_one("#find-text", TextField).focus()

    def scanned(self, text: str) -> None:
        field = self.query_one("#find-text", TextField)
        field.value = self.scanned_text = self.clerk_app.classify(text).value
        field.focus()
        self.open_exact()
