"""统计: a span of days in figures, the plan's targets, the agents' register; every line opens into the rows behind it."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from clerk_tui.rules.refusal import Refusal
from clerk_tui.tui.acting import FAULT_ADVICE, FAULT_WORDS, flow
from clerk_tui.tui.cards.common import FormCard, ListCard, MenuCard
from clerk_tui.tui.register_acts import RegisterActs
from clerk_tui.tui.widgets.fields import Choice, ChoiceField, DateField, FieldChanged, FieldLeft
from clerk_tui.tui.widgets.form import Labelled
from clerk_tui.tui.widgets.numbered_list import Column, NumberedList, Row
from clerk_tui.tui.widgets.plain import plain
from clerk_tui.tui.widgets.rule import Rule

if TYPE_CHECKING:
    from clerk_tui.desk.context import Desk
    from clerk_tui.desk.figure_pages import FigureLine
    from clerk_tui.desk.range_sums import Span, Tick
    from clerk_tui.desk.views.cases import AgencyRow
    from clerk_tui.store.act import By

    Lines = tuple[FigureLine, ...]

PAGES = (Choice("overview", "概况"), Choice("targets", "指标"), Choice("register", "台账"))
RANGES = (Choice("day", "今天"), Choice("week", "本周"), Choice("month", "本月"), Choice("own", "自选"))
SCOPES = (Choice("window", "本窗"), Choice("hall", "全厅"))
COLUMNS = {
    "overview": (Column("", 4), Column("", 18), Column("", 11, right=True), Column("", 0)),
    "targets": (Column("", 6), Column("指标", 28), Column("值", 16), Column("要求, 是否达到, 不计", 0)),
    "register": (
        Column("日期", 5, narrow=False),
        Column("委托人", 8),
        Column("事项", 0),
        Column("收件号", 18),
        Column("代办员", 8, narrow=False),
        Column("授权", 14, narrow=False),
        Column("期限", 7),
        Column("状态", 8),
    ),
}
EMPTY = {
    "overview": "这段时间没有数字",
    "targets": "没有指标",
    "register": "这段时间没有代办。由村居代办员代人收的件, 都列在这里",
}
BAR = 18
TOLD_AFTER_SECONDS = 0.2

log = logging.getLogger(__name__)


class RowsCard(ListCard):
    """The rows behind a figure, as wide as the screen allows."""

    WIDTH = 112


class FiguresPlace(RegisterActs):
    """Three pages over one span. Reading runs beside the desk's acts, tells how far it is, and stops when left."""

    HINTS = "F4 选日期  F9 导出"
    DEFAULT_CSS = """
    FiguresPlace Horizontal { height: 1; }
    FiguresPlace #figures-page { width: 25; }
    FiguresPlace #figures-range { width: 1fr; padding-left: 1; }
    FiguresPlace #figures-scope { width: 17; }
    FiguresPlace #figures-told { height: 2; color: $quiet; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, FigureLine] = {}
        self.registered: dict[str, AgencyRow] = {}
        self.own: tuple[str, str] = ("", "")
        self._reading = 0

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield ChoiceField(PAGES, "overview", id="figures-page")
            yield ChoiceField(RANGES, "day", id="figures-range")
            yield ChoiceField(SCOPES, "hall", id="figures-scope")
        yield Rule("-")
        yield NumberedList(COLUMNS["overview"], empty="正在统计", id="figures-list")
        yield Rule("-")
        yield Static("", id="figures-told")

    @property
    def listed(self) -> NumberedList:
        return self.query_one("#figures-list", NumberedList)

    def _chosen(self, name: str) -> str:
        return self.query_one(f"#figures-{name}", ChoiceField).value

    @property
    def page(self) -> str:
        """The page that is shown: a value of PAGES."""
        return self._chosen("page") or "overview"

    def days(self) -> tuple[str, str]:
        """First and last day of the span, ISO."""
        today = self.clerk_app.local_now().date()
        if self._chosen("range") == "own" and self.own[0]:
            return self.own
        first = {"week": today - timedelta(days=today.weekday()), "month": today.replace(day=1)}.get(
            self._chosen("range"), today
        )
        return first.isoformat(), today.isoformat()

    def span(self) -> "Span":
        from clerk_tui.desk.range_sums import span_of

        window_id = self.clerk_app.signed_in().window_id if self._chosen("scope") == "window" else None
        return span_of(*self.days(), window_id or "")

    # reading

    def entered(self) -> None:
        self.read_anew()
        self.focus_first()

    def left(self) -> None:
        self._reading += 1  # whoever still counts stops at the end of its day

    def on_unmount(self) -> None:
        self._reading += 1

    def refresh_data(self) -> None:
        """News: today's figures follow; a longer span is counted anew when the clerk comes back to it or changes it."""
        if self._chosen("range") in ("", "day") or not self.lines:
            self.read_anew()

    def read_anew(self) -> None:
        """Begin to read the page that is shown; an earlier reading stops."""
        self._reading += 1
        self.run_worker(self.read(), group="figures-read", exclusive=True, exit_on_error=False)

    async def read(self) -> None:
        """Read the page that is shown; focus and cursor stay."""
        page, reading = self.page, self._reading
        try:
            span = self.span()
            if page == "register":
                await self._read_register(span)
            else:
                lines = await self._count(page, span, reading)
                if lines is None or reading != self._reading or not self.is_attached:
                    return
                self.lines = {f"{place}": line for place, line in enumerate(lines)}
                self._show(page, [_row(key, line, page) for key, line in self.lines.items()])
        except Refusal as refusal:
            self.refused(refusal)
        except Exception:  # figures that cannot be read must not end the clerk's program
            log.exception("reading figures failed")
            self.ring(FAULT_WORDS, FAULT_ADVICE)

    async def _count(self, page: str, span: "Span", reading: int) -> "Lines | None":
        """Count in a thread of its own, which holds no lock and stops when the clerk wants something else."""
        from clerk_tui.desk import figure_pages
        from clerk_tui.desk.range_sums import Stopped

        count: Callable[..., Lines] = figure_pages.overview if page == "overview" else figure_pages.targets
        desk, by = await self.clerk_app.desk_when_loaded(), self.clerk_app.signed_in()
        done = [0, 0]

        def tick(at: int, of: int) -> bool:
            done[:] = at, of
            return reading == self._reading

        telling = self.set_interval(TOLD_AFTER_SECONDS, lambda: self._tell_progress(done))
        try:
            return await asyncio.to_thread(_counted, count, desk, by, span, tick)
        except Stopped:
            return None
        finally:
            telling.stop()

    def _tell_progress(self, done: Sequence[int]) -> None:
        if done[1] > 1:
            self._tell(f"正在统计 {done[0]}/{done[1]} 天, 可以先办别的事")

    def _tell(self, words: str) -> None:
        self.query_one("#figures-told", Static).update(plain(words), layout=False)

    async def _read_register(self, span: "Span") -> None:
        from clerk_tui.desk import agency

        found = await self.look_at(agency.register, first=span.first, last=span.last)
        if found is None or self.page != "register" or not self.is_attached:
            return
        self.registered = {row.case_id: row for row in found}
        self._show("register", [_register_line(row) for row in found])

    def _show(self, page: str, rows: list[Row]) -> None:
        listed = self.listed
        listed.columns, listed.empty = COLUMNS[page], EMPTY[page]
        listed.options = "1" if page == "register" else ""
        listed.in_options = listed.in_options and page == "register"
        listed.show(rows)
        listed.refresh()
        first, last = self.days()
        where = "本窗口" if self._chosen("scope") == "window" else "全大厅"
        said = {
            "overview": "数字+Enter 看这一行后面的每一件",
            "targets": "按事项是官方口径, 按办件和按排队是本厅记录, 两者不能互相代替",
            "register": "选项列按 1 选中, F9 出交接单或导出; 全大厅的代办都在这里",
        }[page]
        self._tell(f"{first if first == last else f'{first} 至 {last}'}  {where}  {said}")

    # keys

    def on_field_changed(self, event: FieldChanged) -> None:
        event.stop()
        if event.field.id == "figures-page":
            self.listed.options_chosen.clear()
            self.listed.rows = []
        if event.field.id == "figures-range" and event.field.text == "own" and not self.own[0]:
            self.choose_days()
        else:
            self.read_anew()

    def on_field_left(self, event: FieldLeft) -> None:
        event.stop()
        if event.field.id == "figures-range" and event.field.text == "own":
            self.choose_days()
        else:
            self.listed.focus()

    def on_numbered_list_marked(self, event: NumberedList.Marked) -> None:
        event.stop()

    def on_numbered_list_moved(self, event: NumberedList.Moved) -> None:
        """The line in full: a small screen cuts it."""
        event.stop()
        line = self.lines.get(event.key)
        if self.page == "register" or line is None:
            return
        self._tell("  ".join(part for part in (f"{line.words}: {line.value}", line.note) if part))

    def on_numbered_list_opened(self, event: NumberedList.Opened) -> None:
        event.stop()
        if self.page == "register":
            self.workbench.go_to("search", "case", event.key)
        elif event.key in self.lines:
            self.open_line(self.lines[event.key])

    def help_words(self) -> str:
        return (
            "第一格选页, Tab 到日期和范围; Enter 到列表, 数字+Enter 看一行后面的每一件; F4 选起止日期, F9 导出 CSV; "
            "平均数只算时间准确的, 不准的另列"
        )

    def values(self) -> None:
        self.choose_days()

    def confirm(self) -> None:
        self.offer_export(tuple(self.listed.options_chosen) if self.page == "register" else ())

    def back(self) -> bool:
        if self.app.focused is self.listed:
            self.query_one("#figures-page").focus()
            return True
        return False

    @flow
    async def choose_days(self) -> None:
        """First and last day of the span."""
        today = self.clerk_app.local_now().date()
        first, last = self.days()

        def check(values: dict[str, str]) -> tuple[str, str] | None:
            from clerk_tui.desk.range_sums import span_of

            try:
                span_of(values["first"], values["last"])
            except Refusal as refusal:
                return refusal.field, refusal.words
            return None

        values = await self.ask(
            FormCard(
                "统计哪几天",
                (
                    Labelled("从", DateField(first, today=today, id="first"), "1101, 11-01 或 20261101"),
                    Labelled("到", DateField(last, today=today, id="last"), "含这一天; 最长一年"),
                ),
                check=check,
            )
        )
        if values is None:
            return
        self.own = (values["first"], values["last"])
        field = self.query_one("#figures-range", ChoiceField)
        if field.value == "own":
            self.read_anew()
        else:
            field.value = "own"

    @flow
    async def open_line(self, line: "FigureLine") -> None:
        """The rows behind a figure; a row opens its case, ticket or item."""
        from clerk_tui.desk import figure_rows

        if not line.key:
            self.ring("这一行后面没有明细", line.note)
            return
        found = await self.act(figure_rows.behind, key=line.key, span=self.span())
        if found is None:
            return
        rows = {f"{row.group}:{row.id}": row for row in found.rows}
        more = f", 只列前 {len(found.rows)} 行" if found.more else f", {len(found.rows)} 行"
        chosen = await self.ask(
            RowsCard(
                f"{line.words} {line.value}{more}",
                (Column("时间", 11), Column("编号", 18), Column("谁, 什么", 0), Column("情况", 17)),
                [Row(key, row.cells) for key, row in rows.items()],
                empty="没有明细",
            )
        )
        if not chosen:
            return
        row = rows[chosen]
        if row.group:
            await self.workbench.open_found(row.group, row.id)
        else:
            self.ring("这一行没有可打开的", "无号到访和暂停没有单独的页")

    @flow
    async def offer_export(self, case_ids: tuple[str, ...]) -> None:
        """F9: this page as CSV; the register also on paper, and the sheet with which an agent hands papers in."""
        answers = [("csv", "导出 CSV (已遮盖姓名和号码)")]
        if self.page == "register":
            answers += [("paper", "打印代办台账"), ("sheet", f"出交接单 村居交镇街 (选中 {len(case_ids)} 件)")]
        answer = await self.ask(MenuCard("导出" if self.page != "register" else "代办台账", (), answers))
        if answer == "csv":
            await self._export()
        elif answer == "paper":
            await self.print_register(*self.days())
        elif answer == "sheet":
            await self.hand_in(case_ids)

    async def _export(self) -> None:
        from clerk_tui.desk import exporting

        head: tuple[str, ...]
        table: list[tuple[str, ...]]
        if self.page == "register":
            name, head = "代办台账", REGISTER_HEAD
            table = [_register_cells(row) for row in self.registered.values()]
        else:
            name = "概况" if self.page == "overview" else "指标"
            head = ("组", "项目", "数", "说明")
            table = []
            group = ""
            for line in self.lines.values():
                group = line.group or group
                table.append((group, line.words, line.value, line.note))
        first, last = self.days()
        folder = self.clerk_app.parts.settings.store / "导出"
        path = await self.act(exporting.export, folder=folder, name=f"{name}-{first}-{last}", head=head, rows=table)
        if path is not None:
            self.say(f"已导出 {len(table)} 行: {path}")


def _counted(count: "Callable[..., Lines]", desk: "Desk", by: "By", span: "Span", tick: "Tick") -> "Lines":
    return count(desk, by, span=span, tick=tick)


def _row(key: str, line: "FigureLine", page: str) -> Row:
    if page == "targets":
        return Row(key, (line.group, line.words, line.value, line.note), line.tone)
    if line.share is None:
        return Row(key, (line.group, line.words, line.value, line.note), line.tone)
    bar = "#" * (line.share * BAR // 1000 or (1 if line.share else 0))
    return Row(key, (line.group, line.words, line.value, f"{bar:<{BAR}}  {line.note}"), line.tone)


def _register_line(row: "AgencyRow") -> Row:
    cells = (
        row.date[5:],
        row.principal_masked.split(" ")[0],
        row.item_name,
        row.receipt_no,
        row.agent,
        row.authority_words,
        row.due[5:],
        row.state_words,
    )
    return Row(row.case_id, cells)


REGISTER_HEAD = (
    "序号", "日期", "委托人", "村居", "代办员", "事项", "授权", "材料", "收件号", "办件编号", "移交", "期限", "状态", "结果", "交还",
)  # fmt: skip


def _register_cells(row: "AgencyRow") -> tuple[str, ...]:
    return (
        str(row.serial), row.date, row.principal_masked, row.village, row.agent, row.item_name, row.authority_words,
        row.materials_words, row.receipt_no, row.district_no, row.transferred_words, row.due, row.state_words, row.result_words, row.returned_words,
    )  # fmt: skip
