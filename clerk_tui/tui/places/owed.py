"""待补: the ledger of owed materials, ordered by what burns; its second tab holds promises that are to be verified."""

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from clerk_tui.rules.limits import UNSURE, marked
from clerk_tui.tui.acting import flow
from clerk_tui.tui.owed_acts import OPTIONS, OwedActs
from clerk_tui.tui.widgets.fields import Choice, ChoiceField, FieldChanged, FieldLeft
from clerk_tui.tui.widgets.numbered_list import Column, NumberedList, Row
from clerk_tui.tui.widgets.plain import plain, plain_lines
from clerk_tui.tui.widgets.rule import Rule

if TYPE_CHECKING:
    from clerk_tui.desk.views.cases import LedgerPage, OwedRow

TABS = (Choice("owed", "容缺"), Choice("promise", "承诺"))
FILTERS = (
    Choice("", "全部"),
    Choice("overdue", "逾期"),
    Choice("today", "今天"),
    Choice("three_days", "三天内"),
    Choice("supplied", "待核"),
    Choice("expired", "待处理"),
)
SCOPES = (Choice("hall", "全厅"), Choice("window", "本窗口"))
COLUMNS = (
    Column("到期", 9),
    Column("剩余", 11),
    Column("申请人", 8),
    Column("欠的材料", 0),
    Column("事项", 20, narrow=False),
    Column("联系", 11, narrow=False),
    Column("上次提醒", 10, narrow=False),
    Column("状态", 10),
)
TONES = {"overdue": "late", "today": "warn", "T-1": "warn"}
EMPTY = {
    "owed": "没有欠的材料。容缺受理的办件, 欠什么、哪天到期, 都列在这里",
    "promise": "没有要核查的承诺。以告知承诺代替材料的, 最迟哪天核查, 都列在这里",
}
PAGE = 100


class OwedPlace(OwedActs):
    """Number and Enter opens an entry; the option column does one act with several."""

    HINTS = "选项列 1补交 2延期 3提醒 4逾期 5核对"
    DEFAULT_CSS = """
    OwedPlace Horizontal { height: 1; }
    OwedPlace #owed-counts { width: 1fr; height: 1; }
    OwedPlace #owed-scope { width: 18; }
    OwedPlace #owed-which { width: 18; }
    OwedPlace #owed-detail { color: $quiet; height: 3; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, OwedRow] = {}
        self.policy_words = ""
        self._next = ""

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static("", id="owed-counts")
            yield ChoiceField(SCOPES, "hall", id="owed-scope")
        with Horizontal():
            yield ChoiceField(TABS, "owed", id="owed-which")
            yield ChoiceField(FILTERS, "", id="owed-only")
        yield Rule("-")
        yield NumberedList(COLUMNS, empty=EMPTY["owed"], options="".join(OPTIONS), id="owed-list")
        yield Rule("-")
        yield Static("", id="owed-detail")

    @property
    def listed(self) -> NumberedList:
        return self.query_one("#owed-list", NumberedList)

    def _chosen(self, name: str) -> str:
        return self.query_one(f"#owed-{name}", ChoiceField).value

    @property
    def asked(self) -> tuple[str, str, bool]:
        """Tab, filter, and whether only what this window took in is wanted."""
        return self._chosen("which") or "owed", self._chosen("only"), self._chosen("scope") == "window"

    # reading

    def entered(self) -> None:
        self.refresh_data()
        self.focus_first()

    def focus_first(self) -> None:
        """Always the list, so that a number and Enter always open a row; F4 leads to the filters."""
        self.listed.focus()

    def refresh_data(self) -> None:
        self.run_worker(self.read(), group="owed-read", exclusive=True, exit_on_error=False)

    async def read(self) -> None:
        """Read the ledger, as far as it was paged; focus and cursor stay."""
        asked = self.asked
        page = await self._page(asked, limit=max(PAGE, len(self.rows)))
        if page is None or asked != self.asked or not self.is_attached:
            return
        self.rows, self._next = {row.id: row for row in page.rows}, page.next_key
        self.policy_words = page.policy_words
        self.query_one("#owed-counts", Static).update(plain(_counts(page, asked[0]), "bold"), layout=False)
        self.listed.empty = (
            EMPTY[asked[0]] if asked[1:] == ("", False) else "这样筛选没有; 第一格选容缺或承诺, 第二格选全部"
        )
        self.listed.show([_line(row) for row in page.rows], more=bool(page.next_key))
        self.listed.refresh()
        self.show_detail()

    async def _page(self, asked: tuple[str, str, bool], *, limit: int = PAGE, after: str = "") -> "LedgerPage | None":
        from clerk_tui.desk import owing_reads

        which, only, here = asked
        return await self.look_at(owing_reads.ledger, kind=which, only=only, here=here, limit=limit, after=after)

    def on_numbered_list_near_end(self, event: NumberedList.NearEnd) -> None:
        event.stop()
        self.run_worker(self._read_on(), group="owed-more", exclusive=True, exit_on_error=False)

    async def _read_on(self) -> None:
        """The next page of the ledger."""
        asked, after = self.asked, self._next
        page = await self._page(asked, after=after)
        if page is None or asked != self.asked or after != self._next or not self.is_attached:
            return
        self.rows |= {row.id: row for row in page.rows}
        self._next = page.next_key
        self.listed.extend([_line(row) for row in page.rows], more=bool(page.next_key))

    def show_detail(self) -> None:
        """What the current row does not say in its line, and the list that all this rests on."""
        row = self.rows.get(self.listed.current_key)
        lines = ["", ""]
        if row is not None:
            told = f"上次提醒 {row.last_reminder}" if row.last_reminder else "还没有提醒过"
            if row.last_reached is False:
                told += " (没联系上)"
            lines = [
                f"{row.receipt_no} {row.item_name}  {row.phone_masked}",
                "  ".join(
                    part
                    for part in (f"到期 {marked(row.due, row.provisional)}", row.cap_words, row.basis, told)
                    if part
                ),
            ]
        self.query_one("#owed-detail", Static).update(plain_lines([*lines, self.policy_words]), layout=False)

    # keys

    def on_field_changed(self, event: FieldChanged) -> None:
        event.stop()
        self.rows, self._next = {}, ""
        self.listed.options_chosen.clear()
        self.refresh_data()

    def on_field_left(self, event: FieldLeft) -> None:
        event.stop()
        self.listed.focus()

    def on_numbered_list_moved(self, event: NumberedList.Moved) -> None:
        event.stop()
        self.show_detail()

    def on_numbered_list_marked(self, event: NumberedList.Marked) -> None:
        event.stop()

    def on_numbered_list_opened(self, event: NumberedList.Opened) -> None:
        event.stop()
        self.open_entry(event.key)

    def help_words(self) -> str:
        return (
            "上面两行: 数字选, Tab 换一格, Enter 到列表; 数字+Enter 打开一条; "
            "右移到选项列按 1补交 2延期 3提醒 4逾期 5核对, F9 执行; 扫通知书的码直接打开"
        )

    def values(self) -> None:
        self.query_one("#owed-which", ChoiceField).focus()
        self.clerk_app.hint("数字选; Tab 到下一格, Shift+Tab 到全厅或本窗口; Enter 到列表")

    def confirm(self) -> None:
        chosen: dict[str, list[OwedRow]] = {}
        for key, digit in self.listed.options_chosen.items():
            if key in self.rows:
                chosen.setdefault(digit, []).append(self.rows[key])
        if not chosen:
            self.ring("还没有选中", "数字+Enter 打开一条, 或右移到选项列按 1补交 2延期 3提醒 4逾期 5核对")
            return
        if self.asked[0] == "promise":
            self.ring("承诺一条一条核查", "数字+Enter 打开一条")
            return
        self.do_chosen(chosen)

    def chosen_done(self, ids: tuple[str, ...]) -> None:
        self.listed.options_done(ids)

    def back(self) -> bool:
        if self.app.focused is self.listed:
            self.query_one("#owed-which", ChoiceField).focus()
            return True
        return False

    # what was found elsewhere

    def open_hit(self, group: str, id: str) -> None:
        """An entry by its id, what a case owes ("case"), or what the case of a paper owes ("paper", its code)."""
        self.listed.focus()
        if group == "case":
            self.open_case_entries(id)
        elif group == "paper":
            self.open_scan(id)
        else:
            self.open_entry(id)

    def scanned(self, text: str) -> bool:
        from clerk_tui.devices.scanner import ScanKind

        if self.clerk_app.classify(text).kind not in (ScanKind.CASE, ScanKind.PAPER):
            return False
        self.open_scan(text)
        return True

    @flow
    async def open_scan(self, text: str) -> None:
        """The code of the notice leads to what it says is owed, also when it is outside the list that is shown."""
        from clerk_tui.desk import owing_reads

        rows = await self.act(owing_reads.by_paper, code=text)
        if rows:
            await self.choose_of(rows)
        elif rows is not None:
            self.workbench.find_scanned(text)

    @flow
    async def open_case_entries(self, case_id: str) -> None:
        from clerk_tui.desk import owing_reads

        self.refresh_data()
        rows = await self.act(owing_reads.live_in_case, case_id=case_id)
        if rows:
            await self.choose_of(rows)
        elif rows is not None:
            self.ring("这件没有欠的材料了")

    @flow
    async def open_entry(self, owed_id: str) -> None:
        from clerk_tui.desk import owing_reads

        row = self.rows.get(owed_id) or await self.act(owing_reads.entry, owed_id=owed_id)
        if row is not None:
            await self.do_entry(row)


def _counts(page: "LedgerPage", which: str) -> str:
    whole = "台账" if which == "owed" else "承诺"
    return (
        f"{whole} {page.total}   逾期 {page.overdue}   今天 {page.due_today}   明天 {page.due_tomorrow}   "
        f"三天内 {page.within_three}"
    )


def _line(row: "OwedRow") -> Row:
    cells = (
        row.due[5:] + ("暂定" if row.provisional else ""),
        row.due_words.removesuffix(UNSURE),
        row.applicant_masked,
        row.name,
        row.item_name,
        row.phone_masked,
        row.last_reminder,
        row.state_words,
    )
    return Row(row.id, cells, TONES.get(row.urgency, ""))
