"""受理: who stands here, the item, the guide, the checklist, the form, and exactly the lawful outcomes, top to bottom."""

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from clerk_tui.tui.acting import flow
from clerk_tui.tui.cards.common import ListCard
from clerk_tui.tui.intake import keeping
from clerk_tui.tui.intake.back_entry import BackEntry
from clerk_tui.tui.intake.item_stage import ITEM_COLUMNS, ItemStage
from clerk_tui.tui.intake.marking import MARK_HINTS, Marking
from clerk_tui.tui.intake.person_stage import PersonStage
from clerk_tui.tui.intake.settling import Settling
from clerk_tui.tui.intake.sheet_view import MATERIAL_COLUMNS, OUTCOME_COLUMNS, person_lines
from clerk_tui.tui.widgets.fields import ChoiceField, FieldChanged, FieldLeft, TextField
from clerk_tui.tui.widgets.numbered_list import Column, NumberedList, Row
from clerk_tui.tui.widgets.plain import plain
from clerk_tui.tui.widgets.rule import Rule

ITEM_MORE = "一件事: 输入 yj 或名称   F2 再输: 居民 (代办 改资料 看号码 合并)  咨询  预约"
STAGE_HINTS = {
    "none": "F2 无号到访, 取号",
    "who": "读卡或输入证件号",
    "item": "F2 居民, 咨询, 预约",
}
NO_VISIT = "没有人在本窗口。F5 叫下一位, 已叫的回到叫号卡; 没有号的, 按 F2 输入 无号到访"


class IntakePlace(ItemStage, PersonStage, Marking, Settling, BackEntry):
    """One visit at a time. The cursor goes where the next input belongs; Esc leaves the item and keeps its draft."""

    HINTS = MARK_HINTS
    DEFAULT_CSS = """
    IntakePlace #intake-scroll { height: 1fr; scrollbar-size-vertical: 1; }
    IntakePlace .part { height: auto; }
    IntakePlace NumberedList { height: auto; }
    IntakePlace Static { height: auto; }
    """

    def compose(self) -> ComposeResult:
        yield Static(id="who")
        with VerticalScroll(id="intake-scroll", can_focus=False):
            with Vertical(id="person-part", classes="part"):
                box = TextField(placeholder="证件号码、姓名、拼音首字母、电话; 可刷卡", id="person-box")
                box.help_words = "输入证件号码或姓名, Enter 找人; 读卡器读一下就行"
                yield box
            with Vertical(id="item-part", classes="part"):
                item = TextField(placeholder="事项: 代码、名称、拼音首字母; 空着 Enter 看名下等办的", id="item-box")
                item.help_words = "输入事项代码(如 jy01)或名称, Enter 选第一个, 向下到列表"
                yield item
                yield NumberedList(ITEM_COLUMNS, empty="没有这个事项", id="item-hits")
                yield Static(plain(ITEM_MORE, "$quiet"), id="item-more")
            with Vertical(id="case-part", classes="part"):
                yield Static(id="item-line")
                yield Vertical(id="guide", classes="part")
                yield Rule("-", "材料")
                yield NumberedList(
                    MATERIAL_COLUMNS, empty="答完情形, 这里列出这位申请人要的材料", digits="mark", id="materials"
                )
                yield Static(id="material-detail")
                yield Rule("-", "表单")
                yield Vertical(id="form", classes="part")
                yield Rule("-")
                yield NumberedList(OUTCOME_COLUMNS, empty="填完上面, 这里列出现在可以怎样办", id="outcomes")
                yield Static(id="outcome-detail")
                yield Static(id="impossible")

    def on_mount(self) -> None:
        self.show_parts()

    def show_parts(self) -> None:
        """Show what this stage needs, and who stands here."""
        stage = self.stage
        for part, stages in (("person-part", ("who",)), ("item-part", ("item",)), ("case-part", ("case",))):
            self.query_one(f"#{part}").display = stage in stages
        self.show_hints()
        who = self.query_one("#who", Static)
        if self.visit is None:
            who.update(plain(NO_VISIT, "$quiet"))
        else:
            lines = person_lines(self.visit)
            if self.back_entry is not None and self.back_entry[0] == self.visit.id:
                lines.insert(1, (f"! 补录: 本次选的事项按 {self.back_entry[1]} 收件", "$warn"))
            who.update(Content("\n").join(plain(words, style) for words, style in lines))

    @property
    def hints(self) -> str:
        return STAGE_HINTS.get(self.stage) or self.mark_hints

    def focus_next(self) -> None:
        """Put the cursor where the next input belongs."""
        stage = self.stage
        if stage == "who":
            self.query_one("#person-box").focus()
        elif stage == "item":
            self.query_one("#item-box").focus()
        elif stage == "case" and self.sheet is not None:
            self.focus_in_case(self.sheet)
        else:
            self.workbench.action_workbench()

    def entered(self) -> None:
        self.look(True)

    def refresh_data(self) -> None:
        if self.open_visit_id != (self.visit.id if self.visit else ""):
            self.look(False)
        elif self.visit is not None:
            self.run_worker(self._read_visit_again(), group="visit", exclusive=True, exit_on_error=False)

    async def _read_visit_again(self) -> None:
        """What waits for the attendee may have changed elsewhere; nothing moves."""
        from clerk_tui.desk import visits

        seen = self.visit
        if seen is None:
            return
        now = await self.look_at(visits.view, visit_id=seen.id)
        if now is not None and self.visit is not None and self.visit.id == now.id and now != self.visit:
            self.visit = now
            self.show_parts()

    def on_field_changed(self, event: FieldChanged) -> None:
        event.stop()
        if event.field.id == "item-box":
            self.run_worker(self.find_items(event.field.text), group="items", exclusive=True, exit_on_error=False)

    def on_field_left(self, event: FieldLeft) -> None:
        event.stop()
        if event.field.id == "person-box":
            self.identify_as(event.field.text)
        elif event.field.id == "item-box":
            self.choose_item(event.field.text)

    def on_numbered_list_opened(self, event: NumberedList.Opened) -> None:
        event.stop()
        if event.list.id == "item-hits":
            self.begin_item(event.key)
        elif event.list.id == "materials":
            self.open_material()
        elif event.list.id == "outcomes":
            self.settle_as(event.key)

    @flow
    async def settle_as(self, kind: str) -> None:
        """One of the lawful outcomes, by its number and Enter."""
        await self.compute()
        sheet, draft = self.sheet, self.draft
        outcome = next((one for one in sheet.outcomes if one.kind == kind and one.possible), None) if sheet else None
        if sheet is None or draft is None or outcome is None:
            return
        settled = await self.settle(sheet, draft, outcome)
        if settled is None:
            return
        keeping.drop(self.clerk_app.drafts, draft.act_id)
        self.put_down()
        self.say(settled.words)
        await self.show_papers(settled.papers)
        await self.workbench.read_again()
        self.query_one("#item-box", TextField).value = ""
        self.look(True)

    def confirm(self) -> None:
        if self.stage == "case":
            outcomes = self.query_one("#outcomes", NumberedList)
            if self.app.focused is outcomes:
                outcomes.action_open()
            else:
                self.go_on()
        else:
            self.finish()

    @flow
    async def finish(self) -> None:
        """F9 with nothing in hand: the visit ends."""
        await self.workbench.run_action("screen.finish_visit")

    def values(self) -> None:
        focused = self.app.focused
        if isinstance(focused, ChoiceField):
            self.list_choices(focused)
        elif self.stage == "item":
            self.query_one("#item-hits").focus()
        elif focused is self.query_one("#materials"):
            self.choose_mark()
        else:
            super().values()

    @flow
    async def list_choices(self, field: ChoiceField) -> None:
        chosen = await self.ask(
            ListCard(
                "选项", (Column("", 0),), [Row(one.value, (one.words,)) for one in field.choices], start=field.value
            )
        )
        if chosen is not None:
            field.value = chosen
            field.focus()

    def back(self) -> bool:
        if self.stage == "item" and self.app.focused is self.query_one("#item-hits"):
            self.query_one("#item-box").focus()
            return True
        if self.stage == "case":
            self.say("草稿已留着, 再选这个事项就接着办")
            self.put_down()
            self.focus_next()
            return True
        return False

    def open_hit(self, group: str, id: str) -> None:
        if group == "item":
            self.begin_item(id)
        elif group == "person":
            self.attend(id)

    def scanned(self, text: str) -> bool:
        from clerk_tui.devices.scanner import ScanKind

        if self.stage == "who" and self.clerk_app.classify(text).kind in (ScanKind.IDENTITY, ScanKind.UNKNOWN):
            self.identify_as(text, True)
            return True
        return False
