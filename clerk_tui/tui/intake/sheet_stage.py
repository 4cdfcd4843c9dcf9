"""The case in hand: guide, checklist, form and outcomes are shown as the desk computes them, and typed into."""

import dataclasses
from collections.abc import Sequence

from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from clerk_tui.desk.views.intake import IntakeDraft, IntakeSheet, MaterialRow
from clerk_tui.tui.acting import flow
from clerk_tui.tui.intake import keeping
from clerk_tui.tui.intake.identifying import Identifying
from clerk_tui.tui.intake.sheet_view import (
    NOT_FILLED,
    field_value,
    form_fields,
    gathered,
    guide_fields,
    impossible_lines,
    item_line,
    label_width,
    material_detail,
    material_row,
    outcome_rows,
    outcome_whole,
)
from clerk_tui.tui.widgets.fields import ChoiceField, TextField
from clerk_tui.tui.widgets.form import Form
from clerk_tui.tui.widgets.multi_choice import MultiChoiceField
from clerk_tui.tui.widgets.numbered_list import NumberedList
from clerk_tui.tui.widgets.plain import plain


class SheetStage(Identifying):
    """The third stage, without its materials and its end."""

    _guide_of: tuple[str, ...] = ()
    _form_of: tuple[str, ...] = ()

    async def work_on(self, draft: IntakeDraft) -> bool:
        """Take up a draft and show its sheet. False: the desk refused it, and what was in hand still is."""
        held, shown = self.draft, self.sheet
        self.draft = draft
        self._guide_of = self._form_of = ()
        await self.compute()
        if self.sheet is not None and self.sheet is not shown:
            self.changed_words = keeping.changed_since(draft, self.sheet)
            return True
        self.draft = held
        return False

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
        listed = tuple(row.name for row in sheet.materials)
        self.draft = dataclasses.replace(self.draft, item_version=sheet.version, listed=listed)
        self.save(self.draft)
        await self._show_sheet(sheet, draft)

    async def _show_sheet(self, sheet: IntakeSheet, draft: IntakeDraft) -> None:
        lines = [
            plain(item_line(sheet), "bold"),
            *([plain(sheet.applicant_words, "bold")] if sheet.applicant_words else []),
            *(plain(words, "$quiet") for words in sheet.notes[: 4 if draft.members else 2]),
        ]
        if draft.back_entered:
            lines.append(plain(f"! 补录: 实际收件 {draft.received_on}, 期限从这天起算  {draft.note}".rstrip(), "$warn"))
        if sheet.stop:
            lines.append(plain(f"! {sheet.stop}", "bold $warn"))
        # what is only not typed yet is no news while the guide is still being answered, or has ended the matter
        early = sheet.unanswered or sheet.stop
        faults = [one for one in sheet.faults if not (early and one.startswith(NOT_FILLED))]
        if faults:
            lines.append(plain("! " + "; ".join(gathered(faults)), "$warn"))
        self.query_one("#item-line", Static).update(Content("\n").join(lines))
        await self._show_guide(sheet)
        materials = self.query_one("#materials", NumberedList)
        materials.show([material_row(row) for row in sheet.materials])
        materials.styles.height = max(1, len(sheet.materials)) + 1
        self.show_detail()
        await self._show_form(sheet, draft)
        outcomes = self.query_one("#outcomes", NumberedList)
        rows = outcome_rows(sheet)
        outcomes.show(rows)
        if self.app.focused is not outcomes:
            outcomes.action_go(0)
        outcomes.styles.height = max(1, len(rows)) + 1
        self.show_outcome()
        self.query_one("#impossible", Static).update(
            Content("\n").join(plain(words, "$quiet") for words in impossible_lines(sheet.outcomes))
        )
        self.call_after_refresh(self.keep_in_sight)

    async def _show_guide(self, sheet: IntakeSheet) -> None:
        asked = (*(one.id for one in sheet.questions), *(role for role, _, _ in sheet.roles_needed))
        if asked == self._guide_of:
            return
        self._guide_of = asked
        guide = self.query_one("#guide", Vertical)
        here = self.app.focused.id if self.app.focused is not None and guide in self.app.focused.ancestors else None
        await guide.remove_children()
        if asked:
            fields = guide_fields(sheet)
            form = Form(fields, label_width=label_width(fields, self.app.size.width), id="guide-form")
            await guide.mount(form)
            if here:
                for field in form.query(f"#{here}"):
                    field.focus()

    async def _show_form(self, sheet: IntakeSheet, draft: IntakeDraft) -> None:
        asked = (*(f"{row.id}{row.required}" for row in sheet.fields), sheet.delivery, str(sheet.fee_fen))
        place = self.query_one("#form", Vertical)
        if asked != self._form_of:
            self._form_of = asked
            here = self.app.focused.id if self.app.focused is not None and place in self.app.focused.ancestors else None
            await place.remove_children()
            fields = form_fields(sheet, draft)
            form = Form(fields, label_width=label_width(fields, self.app.size.width), id="item-form")
            await place.mount(form)
            if here:
                for field in form.query(f"#{here}"):
                    field.focus()
        for form in place.query(Form):
            for row in sheet.fields:
                words = row.error or ("随材料补" if row.owed else row.source)
                form.note(f"f-{row.id}", words, fault=bool(row.error))

    def show_detail(self) -> None:
        row = self.material_here()
        self._tell("#material-detail", material_detail(row, self.room) if row else ())

    def _tell(self, below: str, lines: Sequence[str]) -> None:
        """Lines below a list; the screen is laid out anew only where there are more or fewer of them than before."""
        detail = self.query_one(below, Static)
        words = Content("\n").join(plain(line, "$quiet") for line in lines)
        detail.update(words, layout=detail.size.height != len(lines))

    @property
    def room(self) -> int:
        """Cells of a line below a list."""
        return max(40, self.size.width - 4)

    def show_outcome(self) -> None:
        """In full what the row of an outcome may have no room for."""
        key = self.query_one("#outcomes", NumberedList).current_key
        one = next((one for one in (self.sheet.outcomes if self.sheet else ()) if one.kind == key), None)
        lines = outcome_whole(one, self.room) if one else ()
        self._tell("#outcome-detail", lines)

    def keep_in_sight(self) -> None:
        """Whatever changed above it, the material that the next digit marks is seen, with what is said about it if there
        is room.
        """
        materials = self.query_one("#materials", NumberedList)
        if self.app.focused is not materials:
            return
        scroll = self.query_one("#intake-scroll", VerticalScroll)
        row = materials.region.y + materials.row_line - scroll.region.y
        below = self.query_one("#material-detail").region.bottom - scroll.region.bottom
        if row < 1:
            scroll.scroll_relative(y=row - 1, animate=False)
        elif 0 < below < row:
            scroll.scroll_relative(y=below, animate=False)
        elif row >= scroll.region.height:
            scroll.scroll_relative(y=row - scroll.region.height + 1, animate=False)

    def material_here(self) -> MaterialRow | None:
        key = self.query_one("#materials", NumberedList).current_key
        return next((row for row in (self.sheet.materials if self.sheet else ()) if row.key == key), None)

    def to_outcomes(self) -> None:
        """To the outcomes, with all that is said about the one under the cursor in sight."""
        scroll = self.query_one("#intake-scroll", VerticalScroll)
        self.query_one("#outcomes").focus(scroll_visible=False)
        self.call_after_refresh(scroll.scroll_end, animate=False)

    def focus_in_case(self, sheet: IntakeSheet) -> None:
        if sheet.stop:  # papers and form no longer matter: what is left is to say so, and why
            self.to_outcomes()
            return
        open_question = next((one for one in sheet.questions if not one.answered and not one.multi), None)
        if open_question is not None:
            self.lead_to(f"#q-{open_question.id}")
            return
        unmarked = next((row.key for row in sheet.materials if not row.mark.mark), "")
        if unmarked:
            materials = self.query_one("#materials", NumberedList)
            materials.go_to(unmarked)
            materials.focus()
            self.call_after_refresh(self.keep_in_sight)
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
            self.lead_to(f"#f-{lacking}")
            return
        nobody = next((role for role, _, bound in sheet.roles_needed if not bound), "")
        if nobody:
            self.lead_to(f"#role-{nobody}")
            return
        self.to_outcomes()

    def lead_to(self, selector: str) -> None:
        """Put the cursor into a field and the field in sight: a sheet that was just opened is laid out afterwards, and a
        field that has the cursor already may have been scrolled away."""
        field = self.query_one(selector)
        field.focus()
        self.call_after_refresh(field.scroll_visible, animate=False)

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
                self.save(self.draft)
                self.run_worker(self.compute(), group="sheet", exclusive=True, exit_on_error=False)
        elif field.id.startswith("_"):
            self.draft = _with_own_field(draft, field.id, field.text)
            self.save(self.draft)
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

    @flow
    async def go_on(self) -> None:
        """F9 in the middle of a case: to what is still open, and at the end to the outcomes."""
        await self.compute()
        self.focus_next()
        lacking = [one for one in (self.sheet.faults if self.sheet else ()) if one.startswith(NOT_FILLED)]
        if lacking and self.sheet is not None and not self.sheet.stop and not self.sheet.unmarked:
            self.say("; ".join(gathered(lacking)))


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
