"""待补: the ledger of owed materials, ordered by what burns; its second tab holds promises that are to be verified."""

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Static

from clerk_tui.tui.acting import flow
from clerk_tui.tui.bringing import bringing_card, fields_of, mark_of
from clerk_tui.tui.cards.common import ActCard, MenuCard
from clerk_tui.tui.places.place import Place
from clerk_tui.tui.widgets.fields import Choice, ChoiceField, FieldChanged, FieldLeft, TextField
from clerk_tui.tui.widgets.form import Labelled
from clerk_tui.tui.widgets.numbered_list import Column, NumberedList, Row
from clerk_tui.tui.widgets.plain import plain
from clerk_tui.tui.widgets.rule import Rule

if TYPE_CHECKING:
    from clerk_tui.desk.views.cases import LedgerPage, OwedRow
    from clerk_tui.desk.views.intake import Settled

TABS = (
    Choice("owed", "容缺"),
    Choice("overdue", "逾期"),
    Choice("today", "今天"),
    Choice("three_days", "三天内"),
    Choice("supplied", "待核"),
    Choice("window", "本窗口"),
    Choice("promise", "承诺待核"),
)
COLUMNS = (
    Column("到期", 10),
    Column("剩余", 11),
    Column("申请人", 8),
    Column("欠的材料", 0),
    Column("事项", 20, narrow=False),
    Column("联系", 11, narrow=False),
    Column("状态", 10),
)
TONES = {"overdue": "late", "today": "warn", "T-1": "warn"}
HOW = (Choice("phone", "电话"), Choice("sms", "短信"), Choice("in_person", "当面"), Choice("letter", "信函"))
REACHED = (Choice("yes", "已联系上"), Choice("no", "没联系上"))
EXPIRY = (
    Choice("", "按清单"),
    Choice("return", "退件"),
    Choice("deemed_withdrawn", "视为撤回"),
    Choice("terminate", "终止(部门)"),
    Choice("revoke", "撤销受理(部门)"),
    Choice("refuse_permit", "不予许可(部门)"),
)
ACTS = {
    "owed": (
        ("supplement", "补交来了"),
        ("remind", "登记提醒"),
        ("extend", "延期(到期前, 要主管)"),
        ("expire", "提请处理(已逾期)"),
        ("open", "看办件"),
    ),
    "supplied": (("check", "核对无误"), ("reject", "不合要求, 再告知(要主管)"), ("open", "看办件")),
    "expired": (("supplement", "补交来了"), ("settle", "处理逾期(要主管)"), ("open", "看办件")),
    "promise": (("true", "承诺属实"), ("open", "看办件")),
}


class OwedPlace(Place):
    """Number and Enter opens an entry; the option column reminds several at once."""

    HINTS = "选项列 3已电话提醒"
    DEFAULT_CSS = """
    OwedPlace #owed-counts, OwedPlace #owed-detail { height: auto; }
    OwedPlace #owed-detail { color: $quiet; height: 2; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, OwedRow] = {}

    def compose(self) -> ComposeResult:
        yield Static("", id="owed-counts")
        yield ChoiceField(TABS, "owed", id="owed-which")
        yield Rule("-")
        yield NumberedList(
            COLUMNS, empty="没有欠的材料。容缺受理的办件, 欠什么、哪天到期, 都列在这里", options="3", id="owed-list"
        )
        yield Rule("-")
        yield Static("", id="owed-detail")

    @property
    def listed(self) -> NumberedList:
        return self.query_one("#owed-list", NumberedList)

    @property
    def which(self) -> str:
        return self.query_one("#owed-which", ChoiceField).value or "owed"

    def entered(self) -> None:
        self.refresh_data()
        self.focus_first()

    def refresh_data(self) -> None:
        self.run_worker(self.read(), group="owed-read", exclusive=True, exit_on_error=False)

    async def read(self) -> None:
        """Read the ledger; focus and cursor stay."""
        from clerk_tui.desk import owing_reads

        which = self.which
        kind = "promise" if which == "promise" else "owed"
        page = await self.look_at(owing_reads.ledger, kind=kind, only="" if which in ("owed", "promise") else which)
        if page is None or which != self.which or not self.is_attached:
            return
        self.rows = {row.id: row for row in page.rows}
        self.query_one("#owed-counts", Static).update(plain(_counts(page), "bold"))
        self.listed.show([_line(row) for row in page.rows])
        self.show_detail()

    def show_detail(self) -> None:
        row = self.rows.get(self.listed.current_key)
        lines = [
            f"{row.receipt_no} {row.item_name}  {row.cap_words}" if row else "",
            f"上次提醒 {row.last_reminder or '没有'}  {row.basis}" if row else "",
        ]
        self.query_one("#owed-detail", Static).update(plain("   ".join(line for line in lines if line)))

    def on_field_changed(self, event: FieldChanged) -> None:
        event.stop()
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
        return "上面一行选清单, Enter 到列表; 数字+Enter 打开一条; 右移到选项列按 3, F9 登记已电话提醒"

    def confirm(self) -> None:
        self.remind_chosen(tuple(self.listed.options_chosen))

    def back(self) -> bool:
        if self.app.focused is self.listed:
            self.query_one("#owed-which", ChoiceField).focus()
            return True
        return False

    def open_hit(self, group: str, id: str) -> None:
        self.open_entry(id)

    def scanned(self, text: str) -> bool:
        self.open_scan(text)
        return True

    @flow
    async def open_scan(self, text: str) -> None:
        """The code of the notice leads to what it says is owed."""
        from clerk_tui.desk import owing_reads

        rows = await self.act(owing_reads.by_paper, code=text)
        if rows:
            self.rows |= {row.id: row for row in rows}
            await self.do_entry(rows[0])
        elif rows is not None:
            self.workbench.find_scanned(text)

    @flow
    async def open_entry(self, owed_id: str) -> None:
        if owed_id not in self.rows:
            await self.read()
        if owed_id in self.rows:
            await self.do_entry(self.rows[owed_id])

    async def do_entry(self, row: "OwedRow") -> None:
        """What can be done with one entry."""
        acts = ACTS.get("promise" if row.kind == "promise" else row.state, ACTS["owed"])
        chosen = await self.ask(
            MenuCard(
                f"{row.name}  {row.applicant_masked}",
                [f"{row.receipt_no} {row.item_name}", f"到期 {row.due} {row.due_words}"],
                acts,
            )
        )
        if chosen == "open":
            self.workbench.go_to("search", "case", row.case_id)
        elif chosen == "remind":
            await self._remind(row)
        elif chosen is not None:
            settled = await self._do(chosen, row)
            if settled is not None:
                self.say(settled.words)
                await self.show_papers(settled.papers)
        await self.read()

    async def _do(self, name: str, row: "OwedRow") -> "Settled | None":
        from clerk_tui.desk import expiring, owing_acts, supplementing

        if name == "supplement":
            return await self._supplement(row)
        if name == "check":
            return await self.act(supplementing.check, owed_id=row.id)
        if name == "true":
            return await self.act(owing_acts.verify_promise, owed_id=row.id, truthful=True, how="后台核验")
        if name == "expire":
            return await self.act(expiring.propose_expiry, owed_id=row.id)
        if name == "settle":
            return await self._settle_expiry(row)

        async def take(values: dict[str, str]) -> "Settled | None":
            by = await self.approve(f"{row.name} {row.receipt_no}")
            if by is None:
                return None
            act = owing_acts.extend if name == "extend" else supplementing.reject_supplement
            return await self.act_as(by, act, owed_id=row.id, reason=values["reason"])

        title = "延期" if name == "extend" else "不合要求, 再告知"
        return await self.ask(
            ActCard(f"{title}: {row.name}", (Labelled("理由", TextField(id="reason"), "写进文书"),), take)
        )

    async def _settle_expiry(self, row: "OwedRow") -> "Settled | None":
        """How an expired entry ends: by whose power, on which document, with a supervisor."""
        from clerk_tui.desk import expiring

        async def take(values: dict[str, str]) -> "Settled | None":
            by = await self.approve(f"逾期处理 {row.receipt_no}")
            if by is None:
                return None
            return await self.act_as(
                by,
                expiring.settle_expiry,
                owed_id=row.id,
                outcome=values["outcome"],
                reason=values["reason"],
                document=values["document"],
            )

        return await self.ask(
            ActCard(
                f"逾期处理 {row.name}",
                (
                    Labelled(
                        "怎样处理", ChoiceField(EXPIRY, "", id="outcome"), "按清单: 用提出时清单定的处理; 另选须有权"
                    ),
                    Labelled("部门文书", TextField(id="document"), "部门决定的文号和日期; 本大厅有权的留空"),
                    Labelled("理由", TextField(id="reason"), "写进文书"),
                ),
                take,
                lines=[f"{row.receipt_no} {row.item_name}", f"到期 {row.due} {row.due_words}"],
            )
        )

    async def _supplement(self, row: "OwedRow") -> "Settled | None":
        """What was brought, how it was shown, and the fields that come with it; a faulty one needs a supervisor."""
        from clerk_tui.desk import later_fields, supplementing

        fields = await self.act(later_fields.fields_with_owed, owed_ids=(row.id,))
        if fields is None:
            return None
        values = await self.ask(bringing_card(f"补交 {row.name}", fields, ["核对无误才算补齐, 出补交材料收件凭证。"]))
        if values is None:
            return None
        by = self.clerk_app.signed_in()
        if values["mark"] == "7":
            approved = await self.approve(f"{row.name} {row.receipt_no}")
            if approved is None:
                return None
            by = approved
        return await self.act_as(
            by,
            supplementing.supplement,
            supplied={row.id: mark_of(values)},
            fields=fields_of(values),
            visit_id=self.open_visit_id,
        )

    async def _remind(self, row: "OwedRow") -> None:
        from clerk_tui.desk import owing_acts

        done = await self.ask(
            ActCard(
                f"提醒 {row.applicant_masked}: {row.name}",
                (
                    Labelled("怎样联系", ChoiceField(HOW, "phone", id="how"), "每次提醒都留记录"),
                    Labelled("结果", ChoiceField(REACHED, "yes", id="reached"), "没联系上也要登记"),
                    Labelled("备注", TextField(id="words"), "例如 周四来补"),
                ),
                lambda values: self.act(
                    owing_acts.remind,
                    owed_ids=(row.id,),
                    how=values["how"],
                    reached=values["reached"] == "yes",
                    words=values["words"],
                ),
            )
        )
        if done is not None:
            self.say("已登记提醒")

    @flow
    async def remind_chosen(self, owed_ids: tuple[str, ...]) -> None:
        """F9: everybody chosen in the option column was reminded by phone."""
        from clerk_tui.desk import owing_acts

        if not owed_ids:
            self.ring("还没有选中", "数字+Enter 打开一条, 或右移到选项列按 3")
            return
        done = await self.act(owing_acts.remind, owed_ids=owed_ids, how="phone", reached=True)
        if done is not None:
            self.listed.options_chosen.clear()
            self.listed.refresh()
            self.say(f"已登记电话提醒 {len(done)} 条")
        await self.read()


def _counts(page: "LedgerPage") -> str:
    return (
        f"到期 {page.due_today}   明天 {page.due_tomorrow}   三天内 {page.within_three}   逾期 {page.overdue}   "
        f"共 {page.total}     {page.policy_words}"
    )


def _line(row: "OwedRow") -> Row:
    cells = (row.due, row.due_words, row.applicant_masked, row.name, row.item_name, row.phone_masked, row.state_words)
    return Row(row.id, cells, TONES.get(row.urgency, ""))
