"""The materials of the case in hand: a digit says how each was shown, Enter asks the rest."""

import dataclasses

from clerk_tui.desk.views.intake import MaterialMark, MaterialRow
from clerk_tui.tui.acting import flow
from clerk_tui.tui.cards.common import FormCard
from clerk_tui.tui.intake.sheet_stage import SheetStage
from clerk_tui.tui.widgets.fields import Choice, ChoiceField, TextField
from clerk_tui.tui.widgets.form import Labelled
from clerk_tui.tui.widgets.numbered_list import NumberedList

VERIFIED = (
    Choice("seen", "到场核验"),
    Choice("resident_phone", "手机出示"),
    Choice("department_system", "部门系统"),
    Choice("on_file", "在库"),
    Choice("pending_back_office", "待后台核验"),
)
MARK_HINTS = "1核退2留3复印4电子5共享6承诺7瑕疵0缺9免"


class Marking(SheetStage):
    """The acts on the checklist."""

    def on_numbered_list_moved(self, event: NumberedList.Moved) -> None:
        event.stop()
        if event.list.id == "materials":
            self.show_detail()

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

    @flow
    async def open_material(self) -> None:
        """Enter on a material: how it was verified, counts, defect, days owed."""
        row = self.material_here()
        if row is None or not row.mark.mark:
            self.ring("先按数字标这份材料", MARK_HINTS)
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
