"""受理: who stands here, the item, the guide, the checklist, the form, and exactly the lawful outcomes, top to bottom."""

import dataclasses

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static
from uuid6 import uuid7

from clerk_tui.desk.views.intake import IntakeDraft, IntakeSheet, ItemHit, MaterialMark, MaterialRow
from clerk_tui.desk.views.visit import VisitView
from clerk_tui.tui.acting import flow
from clerk_tui.tui.cards.common import FormCard, ListCard, MenuCard
from clerk_tui.tui.intake import keeping
from clerk_tui.tui.intake.settling import Settling
from clerk_tui.tui.intake.sheet_view import (
    MATERIAL_COLUMNS,
    OUTCOME_COLUMNS,
    field_value,
    form_fields,
    guide_fields,
    impossible_lines,
    item_line,
    material_detail,
    material_row,
    outcome_rows,
    person_lines,
)
from clerk_tui.tui.widgets.fields import Choice, ChoiceField, FieldChanged, FieldLeft, TextField
from clerk_tui.tui.widgets.form import Form, Labelled
from clerk_tui.tui.widgets.multi_choice import MultiChoiceField
from clerk_tui.tui.widgets.numbered_list import Column, NumberedList, Row
from clerk_tui.tui.widgets.plain import plain
from clerk_tui.tui.widgets.rule import Rule

ITEM_COLUMNS = (Column("", 6), Column("", 0), Column("", 20), Column("", 12))
WAIT_PLACES = {"owed": "owed", "correction": "search", "result": "pickup", "task": "search", "open_case": "search"}
VERIFIED = (
    Choice("seen", "到场核验"),
    Choice("resident_phone", "手机出示"),
    Choice("department_system", "部门系统"),
    Choice("on_file", "在库"),
    Choice("pending_back_office", "待后台核验"),
)
NO_VISIT = "没有人在本窗口。按 F5 叫下一位; 没有号的人, 按 F2 输入 无号到访"


class IntakePlace(Settling):
    """One visit at a time. The cursor goes where the next input belongs; Esc leaves the item and keeps its draft."""

    HINTS = "1核退2留3复印4电子5共享6承诺7瑕疵0缺9免"
    DEFAULT_CSS = """
    IntakePlace #intake-scroll { height: 1fr; scrollbar-size-vertical: 1; }
    IntakePlace .part { height: auto; }
    IntakePlace NumberedList { height: auto; }
    IntakePlace Static { height: auto; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.visit: VisitView | None = None
        self.draft: IntakeDraft | None = None
        self.sheet: IntakeSheet | None = None
        self.hits: tuple[ItemHit, ...] = ()
        self._guide_of: tuple[str, ...] = ()
        self._form_of: tuple[str, ...] = ()
        self._quiet = False

    def compose(self) -> ComposeResult:
        yield Static(plain(NO_VISIT, "$quiet"), id="who")
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
                yield Static(id="impossible")

    def on_mount(self) -> None:
        self.show_parts()

    # what is shown

    @property
    def stage(self) -> str:
        """none | who | item | case."""
        if self.visit is None:
            return "none"
        if self.visit.attendee is None:
            return "who"
        return "item" if self.draft is None else "case"

    def show_parts(self) -> None:
        """Show what this stage needs, and who stands here."""
        stage = self.stage
        for part, stages in (("person-part", ("who",)), ("item-part", ("item",)), ("case-part", ("case",))):
            self.query_one(f"#{part}").display = stage in stages
        who = self.query_one("#who", Static)
        if self.visit is None:
            who.update(plain(NO_VISIT, "$quiet"))
        else:
            who.update(Content("\n").join(plain(words, style) for words, style in person_lines(self.visit)))

    def focus_next(self) -> None:
        """Put the cursor where the next input belongs."""
        stage = self.stage
        if stage == "who":
            self.query_one("#person-box").focus()
        elif stage == "item":
            self.query_one("#item-box").focus()
        elif stage == "case" and self.sheet is not None:
            self._focus_in_case(self.sheet)

    def _focus_in_case(self, sheet: IntakeSheet) -> None:
        open_question = next((one for one in sheet.questions if not one.answered and not one.multi), None)
        if open_question is not None:
            self.query_one(f"#q-{open_question.id}").focus()
            return
        unmarked = next((row.key for row in sheet.materials if not row.mark.mark), "")
        if unmarked:
            materials = self.query_one("#materials", NumberedList)
            materials.go_to(unmarked)
            materials.focus()
            return
        lacking = next(
            (
                row.id
                for row in sheet.fields
                if row.error or (row.required and row.value in (None, "", []) and not row.owed)
            ),
            "",
        )
        if lacking:
            self.query_one(f"#f-{lacking}").focus()
            return
        self.query_one("#outcomes").focus()

    # the visit

    def entered(self) -> None:
        self.look(True)

    def refresh_data(self) -> None:
        if self.open_visit_id != (self.visit.id if self.visit else ""):
            self.look(False)

    @flow
    async def look(self, take_focus: bool) -> None:
        """Read the visit at this window; a new one begins with an empty desk, or with its draft."""
        from clerk_tui.desk import visits

        visit_id = self.open_visit_id
        changed = visit_id != (self.visit.id if self.visit else "")
        if not visit_id:
            self.visit, self.draft, self.sheet = None, None, None
        else:
            self.visit = await self.act(visits.view, visit_id=visit_id) or self.visit
            if changed:
                self.draft, self.sheet = None, None
                kept = keeping.of_visit(self.clerk_app.drafts, self.clerk_app.signed_in().clerk_id, visit_id)
                if kept:
                    await self.work_on(kept[0])
                    self.say("上次没办完的草稿已打开, 内容都在")
        self.show_parts()
        if take_focus or (changed and visit_id):
            self.focus_next()

    @flow
    async def identify_as(self, text: str, scanned: bool = False) -> None:
        """The person box: find or register, then compare card and face."""
        if self.visit is None or not text:
            return
        person = await self.find_person(text, "来人", scanned=scanned)
        if person is None:
            return
        visit = await self.identify(self.visit, person, how="card_reader" if scanned else "")
        if visit is None:
            return
        self.visit = visit
        self.query_one("#person-box", TextField).value = ""
        self.show_parts()
        await self.find_items("")
        self.focus_next()

    # the item

    async def find_items(self, text: str) -> None:
        """Items that the text may mean, best first."""
        from clerk_tui.desk import intake

        self.hits = await self.act(intake.find_items, text=text, limit=12) or ()
        listed = self.query_one("#item-hits", NumberedList)
        listed.cursor = 0
        listed.show(
            [
                Row(hit.key, (hit.code, hit.name, hit.department, f"{hit.handling} {hit.limit_words}"))
                for hit in self.hits
            ]
        )
        listed.styles.height = max(1, len(self.hits))

    @flow
    async def choose_item(self, text: str) -> None:
        """Enter in the item box: the best hit; empty, what waits for this resident."""
        if not text:
            await self._open_waiting()
            return
        await self.find_items(text)
        if self.hits:
            await self.begin(self.hits[0].key)
        else:
            self.ring(f"没有事项 {text}", "换个写法, 或输入部门拼音首字母")

    async def _open_waiting(self) -> None:
        visit = self.visit
        if visit is None or not visit.waits:
            self.query_one("#item-hits").focus()
            return
        chosen = await self.ask(
            ListCard(
                "名下等着办的",
                (Column("", 0), Column("最迟", 11), Column("为谁", 12)),
                [Row(f"{one.kind} {one.id} {one.case_id}", (one.words, one.due, one.for_whom)) for one in visit.waits],
            )
        )
        if chosen is not None:
            kind, id, case_id = (*chosen.split(" "), "")[:3]
            place = WAIT_PLACES.get(kind, "search")
            group = kind if kind in ("owed", "result") else "case"
            self.workbench.go_to(place, group, id if kind in ("owed", "result") else case_id)

    @flow
    async def begin_item(self, key: str) -> None:
        await self.begin(key)

    async def begin(self, key: str) -> None:
        """Begin a case of an item: for whom, then the sheet; an open case of the same kind is shown first."""
        visit = self.visit
        if visit is None or visit.attendee is None:
            self.ring("先核对来人身份", "输入证件号码")
            return
        kept = keeping.of_visit(self.clerk_app.drafts, self.clerk_app.signed_in().clerk_id, visit.id)
        draft = next((one for one in kept if one.item_key == key), None)
        if draft is None:
            draft = IntakeDraft(
                act_id=str(uuid7()),
                visit_id=visit.id,
                item_key=key,
                applicant_kind="person",
                applicant_id=visit.attendee.id,
            )
            if visit.authorities:
                whom = await self.ask(
                    ListCard(
                        "为谁办",
                        (Column("", 0), Column("", 30)),
                        [
                            Row("self", (visit.attendee.name_masked, "本人")),
                            *(
                                Row(one.id, (one.principal_name, f"{one.kind_words} {one.relation}"))
                                for one in visit.authorities
                            ),
                        ],
                    )
                )
                if whom is None:
                    return
                for one in visit.authorities:
                    if one.id == whom:
                        draft = dataclasses.replace(
                            draft, applicant_kind=one.principal_kind, applicant_id=one.principal_id, authority_id=one.id
                        )
        await self.work_on(draft)
        if self.sheet is not None and self.sheet.open_case:
            answer = await self.ask(
                MenuCard(
                    "已有在办的同一事项",
                    [self.sheet.open_case],
                    [("new", "仍要新办一件"), ("open", "打开在办的那一件")],
                )
            )
            if answer == "open":
                case_id = self.sheet.open_case_id
                self._put_down()
                self.workbench.go_to("search", "case", case_id)
                return
            if answer is None:
                self._put_down()
        self.show_parts()
        self.focus_next()

    def _put_down(self) -> None:
        """Leave the item; the draft stays in the window's file."""
        self.draft, self.sheet = None, None
        self.show_parts()

    # the sheet

    async def work_on(self, draft: IntakeDraft) -> None:
        """Take up a draft and show its sheet."""
        self.draft = draft
        self._guide_of = self._form_of = ()
        await self.compute()

    async def compute(self) -> None:
        """Ask the desk what the draft comes to and show the difference; keeps focus and text."""
        from clerk_tui.desk import intake

        draft = self.draft
        if draft is None:
            return
        sheet = await self.act(intake.sheet, draft=draft)
        if sheet is None or self.draft is None:
            return
        self.sheet = sheet
        self._save(draft)
        await self._show_sheet(sheet, draft)

    def _save(self, draft: IntakeDraft) -> None:
        keeping.save(
            self.clerk_app.drafts,
            draft,
            self.clerk_app.signed_in().clerk_id,
            int(self.clerk_app.local_now().timestamp() * 1000),
        )

    async def _show_sheet(self, sheet: IntakeSheet, draft: IntakeDraft) -> None:
        lines = [plain(item_line(sheet), "bold"), *(plain(words, "$quiet") for words in sheet.notes[:2])]
        if sheet.stop:
            lines.append(plain(f"! {sheet.stop}", "bold $warn"))
        if sheet.faults:
            lines.append(plain("! " + "; ".join(sheet.faults), "$warn"))
        self.query_one("#item-line", Static).update(Content("\n").join(lines))
        await self._show_guide(sheet)
        materials = self.query_one("#materials", NumberedList)
        materials.show([material_row(row) for row in sheet.materials])
        materials.styles.height = max(1, len(sheet.materials)) + 1
        self._show_detail()
        await self._show_form(sheet, draft)
        outcomes = self.query_one("#outcomes", NumberedList)
        rows = outcome_rows(sheet)
        outcomes.show(rows)
        if self.app.focused is not outcomes:
            outcomes.action_go(0)
        outcomes.styles.height = max(1, len(rows)) + 1
        self.query_one("#impossible", Static).update(
            Content("\n").join(plain(words, "$quiet") for words in impossible_lines(sheet.outcomes))
        )

    async def _show_guide(self, sheet: IntakeSheet) -> None:
        asked = (*(one.id for one in sheet.questions), *(role for role, _, _ in sheet.roles_needed))
        if asked == self._guide_of:
            return
        self._guide_of = asked
        guide = self.query_one("#guide", Vertical)
        here = self.app.focused.id if self.app.focused is not None and guide in self.app.focused.ancestors else None
        await guide.remove_children()
        if asked:
            form = Form(guide_fields(sheet), label_width=22, id="guide-form")
            await guide.mount(form)
            if here:
                for field in form.query(f"#{here}"):
                    field.focus()

    async def _show_form(self, sheet: IntakeSheet, draft: IntakeDraft) -> None:
        asked = (*(f"{row.id}{row.required}" for row in sheet.fields), draft.delivery, str(sheet.fee_fen))
        place = self.query_one("#form", Vertical)
        if asked != self._form_of:
            self._form_of = asked
            here = self.app.focused.id if self.app.focused is not None and place in self.app.focused.ancestors else None
            await place.remove_children()
            form = Form(form_fields(sheet, draft), label_width=18, id="item-form")
            await place.mount(form)
            if here:
                for field in form.query(f"#{here}"):
                    field.focus()
        for form in place.query(Form):
            for row in sheet.fields:
                words = row.error or ("随材料补" if row.owed else row.source)
                form.note(f"f-{row.id}", words, fault=bool(row.error))

    def _show_detail(self) -> None:
        row = self._material_here()
        self.query_one("#material-detail", Static).update(
            Content("\n").join(plain(words, "$quiet") for words in (material_detail(row) if row else ()))
        )

    def _material_here(self) -> MaterialRow | None:
        key = self.query_one("#materials", NumberedList).current_key
        return next((row for row in (self.sheet.materials if self.sheet else ()) if row.key == key), None)

    # what the clerk types

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

    def on_form_changed(self, event: Form.Changed) -> None:
        event.stop()
        draft, field = self.draft, event.field
        if draft is None or field.id is None:
            return
        if field.id.startswith("q-") and isinstance(field, ChoiceField):
            chosen = field.chosen if isinstance(field, MultiChoiceField) else tuple(filter(None, (field.value,)))
            self.draft = dataclasses.replace(draft, answers={**draft.answers, field.id[2:]: chosen})
            self.answered()
        elif field.id.startswith("f-") and self.sheet is not None:
            row = next((row for row in self.sheet.fields if row.id == field.id[2:]), None)
            if row is not None:
                self.draft = dataclasses.replace(draft, fields={**draft.fields, row.id: field_value(row, field.text)})
                self._save(self.draft)
                self.run_worker(self.compute(), group="sheet", exclusive=True, exit_on_error=False)
        elif field.id.startswith("_"):
            self.draft = _with_own_field(draft, field.id, field.text)
            self._save(self.draft)
            if field.id == "_delivery":
                self.answered()

    @flow
    async def answered(self) -> None:
        """An answer may change everything below: keys wait until the sheet stands."""
        await self.compute()

    def on_form_completed(self, event: Form.Completed) -> None:
        event.stop()
        self.form_done(event.form.id or "")

    @flow
    async def form_done(self, form_id: str) -> None:
        """Enter in the last field: bind roles, then go on to what is still open."""
        if form_id == "guide-form":
            await self._bind_roles()
        await self.compute()
        self.focus_next()

    async def _bind_roles(self) -> None:
        if self.sheet is None:
            return
        for role, words, bound in self.sheet.roles_needed:
            for field in self.query(f"#role-{role}").results(TextField):
                if self.draft is not None and field.text and field.text != bound:
                    person = await self.find_person(field.text, words)
                    if person is not None:
                        self.draft = dataclasses.replace(self.draft, roles={**self.draft.roles, role: person.id})
                        field.value = person.name_masked

    # materials

    def on_numbered_list_moved(self, event: NumberedList.Moved) -> None:
        event.stop()
        if event.list.id == "materials":
            self._show_detail()

    def on_numbered_list_marked(self, event: NumberedList.Marked) -> None:
        event.stop()
        if event.list.id == "materials":
            self.mark(event.key, event.digit)

    @flow
    async def mark(self, key: str, digit: str) -> None:
        """A digit on a material: how it was shown; what the digit cannot say is asked."""
        sheet, draft = self.sheet, self.draft
        row = next((row for row in sheet.materials if row.key == key), None) if sheet else None
        if row is None or draft is None:
            return
        if digit and digit not in row.allowed_marks:
            self.ring(f"{row.name} 不能标 {digit}", f"可标 {'/'.join(row.allowed_marks)}")
            self.query_one("#materials", NumberedList).go_to(key)
            return
        marked = MaterialMark(mark=digit, verified_how=_verified(digit, row))
        if digit == "7":
            values = await self.ask(
                FormCard(
                    f"{row.name}: 有什么问题", (Labelled("问题", TextField(id="defect"), row.standard or "写进告知书"),)
                )
            )
            if values is None:
                return
            marked = dataclasses.replace(marked, defect=values["defect"])
        await self._keep_mark(key, marked)
        if self.sheet is not None and not any(not one.mark.mark for one in self.sheet.materials):
            self.focus_next()

    async def _keep_mark(self, key: str, marked: MaterialMark) -> None:
        if self.draft is not None:
            marks = (
                {**self.draft.marks, key: marked}
                if marked.mark
                else {k: v for k, v in self.draft.marks.items() if k != key}
            )
            self.draft = dataclasses.replace(self.draft, marks=marks)
            await self.compute()

    def on_numbered_list_opened(self, event: NumberedList.Opened) -> None:
        event.stop()
        if event.list.id == "item-hits":
            self.begin_item(event.key)
        elif event.list.id == "materials":
            self.open_material()
        elif event.list.id == "outcomes":
            self.settle_as(event.key)

    @flow
    async def open_material(self) -> None:
        """Enter on a material: how it was verified, counts, defect, days owed."""
        row = self._material_here()
        if row is None or not row.mark.mark:
            self.ring("先按数字标这份材料", self.HINTS)
            return
        mark = row.mark
        values = await self.ask(
            FormCard(
                f"{row.name}: {mark.mark}",
                (
                    Labelled(
                        "怎样核的",
                        ChoiceField(VERIFIED, mark.verified_how, id="verified_how"),
                        "电子证照和共享数据必填",
                    ),
                    Labelled(
                        "原件",
                        TextField(str(mark.originals or ""), kind="digits", max_length=2, id="originals"),
                        "收下的原件份数",
                    ),
                    Labelled(
                        "复印件",
                        TextField(str(mark.copies or ""), kind="digits", max_length=2, id="copies"),
                        "收下的复印件份数",
                    ),
                    Labelled(
                        "页数",
                        TextField(str(mark.pages or ""), kind="digits", max_length=3, id="pages"),
                        "收下的总页数",
                    ),
                    Labelled("问题", TextField(mark.defect, id="defect"), "标 7 时写明"),
                    Labelled(
                        "容缺天数",
                        TextField(str(mark.owed_days or ""), kind="digits", max_length=3, id="owed_days"),
                        "工作日, 不超过上限; 空着按清单",
                    ),
                ),
                lines=[row.standard, *row.points],
            )
        )
        if values is not None:
            await self._keep_mark(
                row.key,
                dataclasses.replace(
                    mark,
                    verified_how=values["verified_how"],
                    originals=_count(values["originals"]),
                    copies=_count(values["copies"]),
                    pages=_count(values["pages"]),
                    defect=values["defect"],
                    owed_days=_count(values["owed_days"]) or None,
                ),
            )

    # the end

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
        self._put_down()
        self.say(settled.words)
        await self.show_papers(settled.papers)
        await self.workbench.read_again()
        self.query_one("#item-box", TextField).value = ""
        self.look(True)

    # keys

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
    async def go_on(self) -> None:
        """F9 in the middle of a case: to what is still open, and at the end to the outcomes."""
        await self.compute()
        self.focus_next()

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
        if self.stage == "case":
            self.say("草稿已留着, 再选这个事项就接着办")
            self._put_down()
            self.focus_next()
            return True
        return False

    def open_hit(self, group: str, id: str) -> None:
        if group == "item":
            self.begin_item(id)
        elif group == "person":
            self.attend(id)

    @flow
    async def attend(self, person_id: str) -> None:
        """The resident was found in the find box."""
        from clerk_tui.desk import people

        person = await self.act(people.person, person_id=person_id)
        if person is not None and self.visit is not None:
            self.visit = await self.identify(self.visit, person) or self.visit
            self.show_parts()
            self.focus_next()

    def scanned(self, text: str) -> bool:
        if self.stage == "who":
            self.identify_as(text, True)
            return True
        return False


def _verified(digit: str, row: MaterialRow) -> str:
    if digit in "123" and digit:
        return "seen"
    if digit == "4":
        return "resident_phone"
    if digit == "5":
        return "on_file" if "在库" in row.hint or row.shared_with else "department_system"
    return ""


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _with_own_field(draft: IntakeDraft, name: str, text: str) -> IntakeDraft:
    if name == "_delivery":
        return dataclasses.replace(draft, delivery=text)
    if name == "_mail_to":
        return dataclasses.replace(draft, mail_to=text)
    if name == "_fee":
        yuan, _, rest = text.replace("元", "").partition(".")
        sound = yuan.isascii() and yuan.isdigit() and (not rest or rest.isdigit())
        return dataclasses.replace(
            draft, fee_paid_fen=int(yuan) * 100 + int(rest[:2].ljust(2, "0") or 0) if sound else 0
        )
    if name == "_fee_how":
        return dataclasses.replace(draft, fee_how=text)
    return dataclasses.replace(draft, fee_receipt=text)
