"""查询: one box for everything; a case opens as its history in plain words, its clock, its papers and what can be done."""

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import ContentSwitcher

from clerk_tui.tui.acting import flow
from clerk_tui.tui.cards.common import ActCard, ListCard
from clerk_tui.tui.case_acts import CaseActs
from clerk_tui.tui.widgets.case_page import CasePage
from clerk_tui.tui.widgets.fields import FieldChanged, FieldLeft, TextField
from clerk_tui.tui.widgets.form import Labelled
from clerk_tui.tui.widgets.numbered_list import Column, NumberedList, Row
from clerk_tui.tui.widgets.rule import Rule

if TYPE_CHECKING:
    from clerk_tui.desk.views.cases import CaseRow, CaseView, Hit
    from clerk_tui.desk.views.intake import PaperView

COLUMNS = (Column("", 4), Column("", 30), Column("", 0))
RECENT_COLUMNS = (Column("", 4), Column("", 25), Column("", 0), Column("", 26))
GROUP_WORDS = {
    "case": "办件",
    "ticket": "号票",
    "person": "个人",
    "organisation": "单位",
    "paper": "文书",
    "shelf": "柜位",
    "item": "事项",
}
SEARCH_AFTER_SECONDS = 0.08
DAY = len("11-26")
PAGE = 100


class SearchPlace(CaseActs):
    """A list of hits while typing; Enter goes down into it; a case stands in front of it until Esc."""

    DEFAULT_CSS = """
    SearchPlace ContentSwitcher { height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.hits: dict[str, Hit] = {}
        self.case: CaseView | None = None
        self._asked = ""
        self._recent: tuple[CaseRow, ...] = ()

    def compose(self) -> ComposeResult:
        with ContentSwitcher(initial="search-page", id="search-pages"):
            with Vertical(id="search-page"):
                box = TextField(
                    placeholder="姓名、拼音首字母、证件号或末四位、电话、收件号、票号、柜位、事项代码", id="search-box"
                )
                box.help_words = "边输边查; Enter 到结果, 数字+Enter 打开"
                yield box
                yield Rule("-")
                yield NumberedList(
                    COLUMNS, empty="输入要找的人、办件、票号、柜位或事项; 不输时列出最近的办件", id="search-hits"
                )
            yield CasePage(id="case-page")

    @property
    def hints(self) -> str:
        return "F9 办理  F4 文书" if self.case is not None else "Enter 到列表, 数字+Enter 打开"

    # the list

    @property
    def _in_case(self) -> bool:
        return self.query_one("#search-pages", ContentSwitcher).current == "case-page"

    def entered(self) -> None:
        self.refresh_data()
        self.focus_first()

    def focus_first(self) -> None:
        if self._in_case:
            self.query_one(CasePage).focus()
        else:
            super().focus_first()

    def refresh_data(self) -> None:
        if self.case is not None:
            self.run_worker(self._read_case(self.case.row.id), group="search-case", exclusive=True, exit_on_error=False)
        elif not self._asked:
            self.run_worker(self._search(""), group="search", exclusive=True, exit_on_error=False)

    def on_field_changed(self, event: FieldChanged) -> None:
        event.stop()
        self.set_timer(SEARCH_AFTER_SECONDS, self._search_typed)

    def _search_typed(self) -> None:
        text = self.query_one("#search-box", TextField).text
        if text != self._asked:
            self._asked = text
            self.run_worker(self._search(text), group="search", exclusive=True, exit_on_error=False)

    async def _search(self, text: str) -> None:
        from clerk_tui.desk import case_reading, finding

        if text:
            found = await self.look_at(finding.find, text=text)
            hits = found or ()
            rows = [_hit_line(hit) for hit in hits]
        else:
            recent = await self.look_at(case_reading.recent, limit=max(PAGE, len(self._recent))) or ()
            hits = tuple(_hit_of(row) for row in recent)
            rows = [_case_line(row) for row in recent]
            self._recent = recent
        if text == self._asked and self.is_attached:
            self.hits = {f"{hit.group}:{hit.id}": hit for hit in hits}
            listed = self.query_one("#search-hits", NumberedList)
            listed.columns = COLUMNS if text else RECENT_COLUMNS
            listed.empty = f"没有找到 {text}; 换个写法, 或输后四位" if text else "还没有办件"
            listed.show(rows, more=not text and len(rows) >= PAGE, anew=bool(text))
            listed.refresh()

    def on_numbered_list_near_end(self, event: NumberedList.NearEnd) -> None:
        event.stop()
        if not self._asked and self._recent:
            self.run_worker(self._read_on(), group="search-more", exclusive=True, exit_on_error=False)

    async def _read_on(self) -> None:
        """The next page of the newest cases."""
        from clerk_tui.desk import case_reading

        last = self._recent[-1]
        found = await self.look_at(case_reading.recent, before=(last.received_at, last.id), limit=PAGE)
        if not found or self._asked or last is not self._recent[-1] or not self.is_attached:
            return
        self._recent += found
        self.hits |= {f"case:{row.id}": _hit_of(row) for row in found}
        listed = self.query_one("#search-hits", NumberedList)
        listed.extend([_case_line(row) for row in found], more=len(found) >= PAGE)

    def on_field_left(self, event: FieldLeft) -> None:
        event.stop()
        self._search_typed()
        self.query_one("#search-hits", NumberedList).focus()

    def on_numbered_list_opened(self, event: NumberedList.Opened) -> None:
        event.stop()
        hit = self.hits.get(event.key)
        if hit is not None:
            self.open_hit(hit.group, hit.id)

    # what was found

    def open_hit(self, group: str, id: str) -> None:
        if group == "case":
            self.open_case(id)
        elif group == "task":
            self.open_task(id)
        elif group in ("person", "organisation"):
            self.open_party(group, id)
        elif group == "paper":
            self.open_paper(id)
        else:
            self.open_elsewhere(group, id)

    @flow
    async def open_case(self, case_id: str) -> None:
        """Open a case; of somebody who is not here only with a reason, which the access log keeps."""
        await self._open_case(case_id)

    @flow
    async def open_task(self, task_id: str) -> None:
        """What the district rejected: its case, and there the field that it named."""
        from clerk_tui.desk import tasks

        task = await self.act(tasks.one, task_id=task_id)
        if task is None:
            return
        if not task.case_id:
            self.ring(task.words, "这条不属于哪一件, 请在渠道里处理")
            return
        await self._open_case(task.case_id, reason=f"{task.kind_words}: {task.words}")
        if self.case is not None and self.case.row.id == task.case_id and task.kind == "rejected":
            await self.answer_rejected(self.case, task.id)
            await self._read_case(task.case_id)

    async def _open_case(self, case_id: str, *, reason: str = "") -> None:
        from clerk_tui.desk import case_reading

        here = await self.act(case_reading.is_here, case_id=case_id)
        if here is None:
            return
        if here or reason or (self.case is not None and self.case.row.id == case_id):
            view = await self.act(case_reading.case_view, case_id=case_id, reason=reason or "继续办理")
        else:
            view = await self._ask_why(case_id)
        if view is not None:
            self.show_case(view)
            self.query_one(CasePage).focus()

    async def _ask_why(self, case_id: str) -> "CaseView | None":
        """The case of somebody absent. Only the clerk can say why; a reason that stands there already says nothing."""
        from clerk_tui.desk import case_reading

        async def take(values: dict[str, str]) -> "CaseView | None":
            return await self.act(case_reading.case_view, case_id=case_id, reason=values["reason"])

        return await self.ask(
            ActCard(
                "本人不在本窗口, 为什么要打开这件",
                (
                    Labelled(
                        "原因", TextField(max_length=60, id="reason"), "例如 电话查询, 核对批次, 主管检查; 会留记录"
                    ),
                ),
                take,
            )
        )

    def show_case(self, view: "CaseView | None") -> None:
        """Show a case in front of the list, or the list again."""
        self.case = view
        self.show_hints()
        pages = self.query_one("#search-pages", ContentSwitcher)
        if view is None:
            pages.current = "search-page"
            return
        self.query_one(CasePage).show(view, self.when)
        pages.current = "case-page"

    async def _read_case(self, case_id: str) -> None:
        from clerk_tui.desk import case_reading

        view = await self.look_at(case_reading.case_again, case_id=case_id)
        if view is not None and self.case is not None and self.case.row.id == case_id and self.is_attached:
            self.show_case(view)

    @flow
    async def open_party(self, group: str, id: str) -> None:
        """All cases of one resident or organisation."""
        from clerk_tui.desk import case_reading

        rows = await self.act(case_reading.cases_of, applicant_kind=group, applicant_id=id)
        if rows is None:
            return
        chosen = await self.ask(
            ListCard(
                "名下的办件",
                (Column("收件号", 20), Column("事项", 0), Column("状态", 8), Column("期限", 12)),
                [Row(row.id, (row.receipt_no, row.item_name, row.state_words, row.due_words)) for row in rows],
                empty="名下还没有办件",
            )
        )
        if chosen is not None:
            self.open_case(chosen)

    @flow
    async def open_paper(self, notice_id: str) -> None:
        from clerk_tui.desk import papers

        paper = await self.act(papers.paper, notice_id=notice_id)
        if paper is not None:
            await self.show_papers((paper,))

    @flow
    async def open_elsewhere(self, group: str, id: str) -> None:
        await self.workbench.open_found(group, id)

    # keys

    def help_words(self) -> str:
        if self.case is not None:
            return "上下键翻看; F9 列出能办的事; F4 看文书; Esc 回到查询"
        return "输入任意一段就查; Enter 到结果, 数字+Enter 打开"

    def confirm(self) -> None:
        if self.case is None:
            self.ring("还没有打开办件", "Enter 到列表, 数字+Enter 打开一行")
        else:
            self.choose_act(self.case)

    def values(self) -> None:
        if self.case is None:
            self.query_one("#search-hits", NumberedList).focus()
        else:
            self.choose_paper(self.case)

    def back(self) -> bool:
        if self.case is not None:
            self.show_case(None)
            self.query_one("#search-hits", NumberedList).focus()
            return True
        if self.app.focused is self.query_one("#search-hits", NumberedList):
            self.query_one("#search-box", TextField).focus()
            return True
        return False

    @flow
    async def choose_act(self, view: "CaseView") -> None:
        """F9: what can be done with this case now; what cannot says why."""
        why = {name: reason for name, _, reason in view.acts}
        ordered = sorted(view.acts, key=lambda line: bool(line[2]))
        chosen = await self.ask(
            ListCard(
                f"办理 {view.row.receipt_no}  {view.row.state_words}",
                (Column("", 34), Column("", 0)),
                [Row(name, (words, reason), "quiet" if reason else "") for name, words, reason in ordered],
            )
        )
        if not chosen:
            return
        if why[chosen]:
            self.ring("现在不能办", why[chosen])
            return
        await self.do_case_act(chosen, view)
        await self._read_case(view.row.id)

    @flow
    async def choose_paper(self, view: "CaseView") -> None:
        """F4: the papers of this case, to be shown and printed again, and what else can be printed for it."""
        from clerk_tui.desk import case_forms
        from clerk_tui.rules.papers import PaperKind

        more = await self.act(case_forms.printable, case_id=view.row.id)
        chosen = await self.ask(
            ListCard(
                "文书",
                (Column("名称", 0), Column("文号", 23), Column("出具", 5), Column("状态", 8)),
                [
                    Row(
                        paper.id,
                        (
                            paper.title,
                            paper.number,
                            self.when(paper.issued_at)[:DAY],
                            "作废" if paper.void_reason else "已签" if paper.signed_how else _printed(paper),
                        ),
                        "quiet" if paper.void_reason else "",
                    )
                    for paper in view.papers
                ]
                + [Row(f"new:{kind.value}", (f"另打 {kind.title}", "", "", ""), "quiet") for kind in more or ()],
                empty="这件还没有出过文书",
            )
        )
        for paper in view.papers:
            if paper.id == chosen:
                await self.show_papers((paper,))
        if chosen and chosen.startswith("new:"):
            kind = PaperKind(chosen.removeprefix("new:"))
            made = await self.act(case_forms.make, kind=kind, case_id=view.row.id, visit_id=self.open_visit_id)
            if made is not None:
                await self.show_papers((made,))


def _printed(paper: "PaperView") -> str:
    """Whether the paper is out: printed, or opened or saved, from where it can be printed as well."""
    if paper.printed:
        return f"印 {paper.printed} 次"
    return "存过" if paper.saved else "打开过" if paper.opened else "没印过"


def _hit_line(hit: "Hit") -> Row:
    return Row(
        f"{hit.group}:{hit.id}", (GROUP_WORDS.get(hit.group, ""), hit.title, hit.detail), "good" if hit.exact else ""
    )


def _hit_of(row: "CaseRow") -> "Hit":
    from clerk_tui.desk.views.cases import Hit

    return Hit("case", row.id, row.receipt_no, row.item_name)


def _case_line(row: "CaseRow") -> Row:
    state = "" if row.due_words.startswith(row.state_words) else row.state_words
    flags = (
        row.flags[0] + (f"+{len(row.flags) - 1}" if row.flags[1:] else "") if row.flags else ""
    )  # the page tells all
    words = " ".join(part for part in (state, row.due_words, flags) if part)
    tone = "late" if "逾期" in row.due_words else "warn" if row.due_words.startswith("今天") else ""
    return Row(f"case:{row.id}", ("办件", f"{row.receipt_no} {row.applicant_masked}", row.item_name, words), tone)
