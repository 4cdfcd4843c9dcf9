"""出件: results on the way, on the shelf, to be served, in the post; and papers that go to the departments."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Static

from clerk_tui.tui.acting import flow
from clerk_tui.tui.cards.common import MenuCard
from clerk_tui.tui.pickup_acts import PickupActs
from clerk_tui.tui.widgets.fields import Choice, ChoiceField, FieldChanged, FieldLeft
from clerk_tui.tui.widgets.numbered_list import Column, NumberedList, Row
from clerk_tui.tui.widgets.plain import plain, plain_lines
from clerk_tui.tui.widgets.rule import Rule

if TYPE_CHECKING:
    from clerk_tui.desk.views.cases import GiveBackRow, ResultRow, TransferRow

LISTS = (
    ("ready", "可领"),
    ("to_shelve", "待上架"),
    ("coming", "在途"),
    ("to_serve", "待送达"),
    ("posted", "已寄出"),
    ("transfer", "移交部门"),
    ("give_back", "还原件"),
)
PAGE = 200
"""As many as `pickup_reads` gives at once."""
EMPTY = {
    "ready": "没有待领的结果。到件后先上架, 就会出现在这里",
    "to_shelve": "没有待上架的。按 F9 登记新到件",
    "coming": "区里没有报来在途的结果。部门直接送来的按 F9 登记",
    "to_serve": "没有待送达的电子结果、发放或不予决定",
    "posted": "没有寄出未签收的邮件",
    "transfer": "没有要移交的材料。受理后材料还在本厅的办件会出现在这里",
    "give_back": "没有要退还的原件。收了原件、办结或撤回后要还给申请人的, 都列在这里",
}
HINTS = {
    "ready": "选项列 1交付 2已通知",
    "to_shelve": "F9 登记新到件",
    "coming": "F9 登记新到件",
    "to_serve": "",
    "posted": "",
    "transfer": "选项列 1移交",
    "give_back": "",
}
"""What stands at the right of the key line for each list."""
RESULT_COLUMNS = (
    Column("柜位", 7),
    Column("领取人", 8),
    Column("结果", 0),
    Column("事项", 22, narrow=False),
    Column("天数", 6, right=True),
    Column("状态", 10),
)
TRANSFER_COLUMNS = (
    Column("收件号", 21),
    Column("申请人", 8),
    Column("事项", 0),
    Column("部门", 18, narrow=False),
    Column("页", 4, right=True),
    Column("原件", 4, right=True),
)
GIVE_BACK_COLUMNS = (
    Column("收件号", 21),
    Column("申请人", 8),
    Column("要还的原件", 0),
    Column("事项", 22, narrow=False),
    Column("办件", 10),
    Column("", 8),
)
SHELFLESS = ("electronic", "payment", "refusal")
"""Kinds of result that never lie on the shelf."""
COLUMNS = {"transfer": TRANSFER_COLUMNS, "give_back": GIVE_BACK_COLUMNS}
ACTS = {
    "expected": (("take_in", "接收到件"), ("open_case", "看办件")),
    "arrived": (("shelve", "上架"), ("match", "对上办件"), ("bounce", "不符, 退回部门更正"), ("open_case", "看办件")),
    "shelved": (("match", "对上办件"), ("shelve", "换柜位"), ("return", "退回部门"), ("open_case", "看办件")),
    "ready": (
        ("hand_over", "交付"),
        ("mail", "邮寄"),
        ("announce", "通知领取"),
        ("shelve", "换柜位"),
        ("return", "退回部门"),
        ("open_case", "看办件"),
    ),
    "mailed": (("mail_signed", "邮件已签收"), ("mail_came_back", "邮件退回"), ("open_case", "看办件")),
    "serve": (("serve", "登记送达"), ("announce", "通知"), ("open_case", "看办件")),
}


class PickupPlace(PickupActs):
    """One list at a time; a number and Enter opens a row, the option column and F9 do many."""

    DEFAULT_CSS = """
    PickupPlace #pickup-detail { height: 3; color: $quiet; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.results: dict[str, ResultRow] = {}
        self.transfers: dict[str, TransferRow] = {}
        self.going_back: dict[str, GiveBackRow] = {}

    def compose(self) -> ComposeResult:
        yield ChoiceField([Choice(key, words) for key, words in LISTS], "ready", id="pickup-which")
        yield Rule("-")
        yield NumberedList(RESULT_COLUMNS, empty=EMPTY["ready"], options="12", id="pickup-list")
        yield Rule("-")
        yield Static("", id="pickup-detail")

    @property
    def hints(self) -> str:
        return HINTS[self.which]

    @property
    def which(self) -> str:
        """The list that is shown: a key of LISTS."""
        return self.query_one("#pickup-which", ChoiceField).value or "ready"

    @property
    def listed(self) -> NumberedList:
        return self.query_one("#pickup-list", NumberedList)

    # reading

    def entered(self) -> None:
        self.refresh_data()
        self.focus_first()

    def focus_first(self) -> None:
        """Always the list, so that a number and Enter always open a row; F4 leads to the other lists."""
        self.listed.focus()

    def refresh_data(self) -> None:
        self.run_worker(self.read(), group="pickup-read", exclusive=True, exit_on_error=False)

    async def read(self) -> None:
        """Read the list that is shown; focus and cursor stay."""
        from clerk_tui.desk import pickup_reads, transferring

        which = self.which
        if which == "transfer":
            found = await self.look_at(transferring.transferable)
            self.transfers = {row.case_id: row for row in found or ()}
            rows = [_transfer_line(row) for row in self.transfers.values()]
        elif which == "give_back":
            self.going_back = {row.case_id: row for row in await self.look_at(pickup_reads.to_give_back) or ()}
            rows = [_give_back_line(row) for row in self.going_back.values()]
        else:
            reads = {
                "ready": pickup_reads.ready,
                "to_shelve": pickup_reads.to_shelve,
                "coming": pickup_reads.coming,
                "to_serve": pickup_reads.to_serve,
                "posted": pickup_reads.posted,
            }
            results = await self.look_at(reads[which]) or ()
            while which == "ready" and len(results) % PAGE == 0 and 0 < len(results) < len(self.results):
                last = results[-1]
                more = await self.look_at(pickup_reads.ready, after=(last.since, last.id))
                if not more:
                    break
                results += more
            self.results = {row.id: row for row in results or ()}
            rows = [_result_line(row) for row in self.results.values()]
        if which != self.which or not self.is_attached:
            return
        listed = self.listed
        listed.empty = EMPTY[which]
        listed.columns = COLUMNS.get(which, RESULT_COLUMNS)
        listed.options = {"ready": "12", "transfer": "1"}.get(which, "")
        listed.in_options = listed.in_options and bool(listed.options)
        listed.show(rows, more=which == "ready" and len(rows) >= PAGE)
        listed.refresh()
        self.show_detail()

    def on_numbered_list_near_end(self, event: NumberedList.NearEnd) -> None:
        event.stop()
        if self.which == "ready" and self.results:
            self.run_worker(self._read_on(), group="pickup-more", exclusive=True, exit_on_error=False)

    async def _read_on(self) -> None:
        """The next page of the ready list."""
        from clerk_tui.desk import pickup_reads

        last = list(self.results.values())[-1]
        found = await self.look_at(pickup_reads.ready, after=(last.since, last.id))
        if found and self.which == "ready" and last.id in self.results and self.is_attached:
            self.results |= {row.id: row for row in found}
            self.listed.extend([_result_line(row) for row in found], more=len(found) >= PAGE)

    @property
    def arriving(self) -> bool:
        return self.which in ("to_shelve", "coming")

    def show_detail(self) -> None:
        """What the current row does not say in its line."""
        key = self.listed.current_key
        detail = self.query_one("#pickup-detail", Static)
        if self.which == "transfer":
            case = self.transfers.get(key)
            where = f"{case.receipt_no} 交 {case.department}\n" if case is not None else ""
            detail.update(
                plain_lines([*where.splitlines(), "选项列按 1 选中同一部门的办件, 再按 F9 出交接单"]), layout=False
            )
            return
        if self.which == "give_back":
            detail.update(plain("数字+Enter 退还一件的原件, 出材料退回清单请领回人签字"), layout=False)
            return
        row = self.results.get(key)
        if row is None:
            detail.update("", layout=False)
            return
        first = " ".join(part for part in (row.receipt_no, row.kind_words, row.name, row.number) if part)
        second = f"来自 {row.source_words}" + (f"   邮寄到 {row.mail_to}" if row.mail_to else "")
        third = (
            "本人现在大厅"
            if row.in_hall
            else f"{row.serve_words}, 请通知领取"
            if row.serve_words
            else {"soon": "上架已久, 请催领", "overdue": "长期无人领取, 请催领或退回部门"}.get(row.urgency, "")
        )
        detail.update(plain(f"{first}\n{second}\n{third}"), layout=False)

    # keys

    def on_field_changed(self, event: FieldChanged) -> None:
        event.stop()
        self.listed.options_chosen.clear()
        self.show_hints()
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
        if self.which == "transfer":
            self.open_case(event.key)
        elif self.which == "give_back" and event.key in self.going_back:
            self.open_give_back(self.going_back[event.key])
        elif event.key in self.results:
            self.open_row(self.results[event.key])

    def help_words(self) -> str:
        return "上面一行选清单(数字), Enter 到列表; 数字+Enter 打开一行; 右移到选项列按 1 交付 2 已通知, F9 执行; F9 也登记新到件"

    def values(self) -> None:
        self.query_one("#pickup-which", ChoiceField).focus()
        self.clerk_app.hint("数字选清单: " + "  ".join(f"{n}{words}" for n, (_, words) in enumerate(LISTS, 1)))

    def confirm(self) -> None:
        chosen = dict(self.listed.options_chosen)
        if self.which == "transfer":
            self.begin_transfer(tuple(key for key, digit in chosen.items() if digit == "1"))
        elif self.which == "ready" and chosen:
            self.do_chosen(chosen)
        elif self.which in ("to_shelve", "coming"):
            self.take_in_new()
        else:
            self.ring("还没有选中", "数字+Enter 打开一行, 或右移到选项列选中再按 F9")

    def begin_transfer(self, case_ids: tuple[str, ...]) -> None:
        """One list goes to one department: said before anything is typed."""
        departments = dict.fromkeys(self.transfers[one].department for one in case_ids if one in self.transfers)
        if len(departments) > 1:
            self.ring(
                f"选了 {len(departments)} 个部门的办件: {'、'.join(departments)}",
                "一张交接单只交一个部门, 请按部门分开选",
            )
            return
        self.transfer_chosen(case_ids)

    def back(self) -> bool:
        if self.app.focused is self.listed:
            self.query_one("#pickup-which", ChoiceField).focus()
            return True
        return False

    def open_hit(self, group: str, id: str) -> None:
        self.listed.focus()
        self.open_result(id)

    def scanned(self, text: str) -> bool:
        self.open_scan(text)
        return True

    def clear_options(self, keys: Sequence[str]) -> None:
        self.listed.options_done(keys)

    @flow
    async def open_row(self, row: "ResultRow") -> None:
        await self.open_one(row)

    @flow
    async def open_give_back(self, row: "GiveBackRow") -> None:
        await self.give_back(row)

    async def open_one(self, row: "ResultRow") -> None:
        """What can be done with one result."""
        acts = ACTS["serve"] if row.kind in SHELFLESS else ACTS.get(row.state, ACTS["ready"])
        chosen = await self.ask(
            MenuCard(
                f"{row.name} {row.applicant_masked}",
                [f"{row.receipt_no} {row.item_name}", f"{_state(row)} {row.shelf}".rstrip()],
                [one for one in acts if one[0] != "open_case" or row.case_id],
            )
        )
        if chosen is not None:
            await self.do(chosen, row)


def _state(row: "ResultRow") -> str:
    """What needs no shelf does not come to the window: it waits to be served."""
    return "待送达" if row.state == "expected" and row.kind in SHELFLESS else row.state_words


def _result_line(row: "ResultRow") -> Row:
    tone = {"overdue": "late", "soon": "warn"}.get(row.urgency, "good" if row.in_hall else "")
    status = _state(row)
    if row.in_hall and status == row.state_words:
        status = "本人在厅"
    elif row.state == "ready":
        status = {"soon": "请催领", "overdue": "久未领"}.get(row.urgency, status)
    cells = (row.shelf or "-", row.applicant_masked, row.name, row.item_name, f"{row.age_days} 天", status)
    return Row(row.id, cells, tone)


def _give_back_line(row: "GiveBackRow") -> Row:
    here = "本人在厅" if row.in_hall else ""
    cells = (row.receipt_no, row.applicant_masked, ", ".join(row.names), row.item_name, row.state_words, here)
    return Row(row.case_id, cells, "good" if row.in_hall else "")


def _transfer_line(row: "TransferRow") -> Row:
    cells = (row.receipt_no, row.applicant_masked, row.item_name, row.department, str(row.pages), str(row.originals))
    return Row(row.case_id, cells)
