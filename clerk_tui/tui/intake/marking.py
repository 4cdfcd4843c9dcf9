"""The materials of the case in hand: a digit says how each was shown, Enter asks the rest."""

import dataclasses

from clerk_tui.desk.views.intake import MaterialMark, MaterialRow
from clerk_tui.rules.marks import impossible_marks, may_verify
from clerk_tui.tui.acting import flow
from clerk_tui.tui.cards.common import ActCard, FormCard
from clerk_tui.tui.intake.sheet_stage import SheetStage
from clerk_tui.tui.intake.sheet_view import MARK_WORDS
from clerk_tui.tui.widgets.fields import Choice, ChoiceField, TextField
from clerk_tui.tui.widgets.form import Labelled
from clerk_tui.tui.widgets.multi_choice import JOINT, MultiChoiceField
from clerk_tui.tui.widgets.numbered_list import NumberedList

VERIFIED = (
    Choice("seen", "到场核验"),
    Choice("resident_phone", "手机出示"),
    Choice("department_system", "部门系统"),
    Choice("on_file", "在库"),
    Choice("pending_back_office", "待后台核验"),
)
MARK_KEYS = ("1核退", "2留", "3复印", "4电子", "5共享", "6承诺", "7瑕疵", "0缺", "9免")
MARK_HINTS = "".join(MARK_KEYS)


class Marking(SheetStage):
    """The acts on the checklist."""

    def on_numbered_list_moved(self, event: NumberedList.Moved) -> None:
        event.stop()
        if event.list.id == "materials":
            self.show_detail()
            self.call_after_refresh(self.keep_in_sight)
        elif event.list.id == "outcomes":
            self.show_outcome()

    def on_numbered_list_marked(self, event: NumberedList.Marked) -> None:
        event.stop()
        if event.list.id == "materials":
            self.mark(event.key, event.digit)

    @property
    def mark_hints(self) -> str:
        """The digits of the material list, without those that nothing can get in a visit of this kind."""
        impossible, _ = impossible_marks(self.visit_kind)
        return "".join(key for key in MARK_KEYS if key[0] not in impossible)

    @flow
    async def mark(self, key: str, digit: str) -> None:
        """A digit on a material: how it was shown; what the digit cannot say is asked."""
        sheet, draft = self.sheet, self.draft
        row = next((row for row in sheet.materials if row.key == key), None) if sheet else None
        if row is None or draft is None:
            return
        if digit and digit not in row.allowed_marks:
            why = f": {row.not_here}" if digit in impossible_marks(self.visit_kind)[0] else ""
            self.ring(f"{row.name} 不能标 {digit}{why}", f"可标 {'/'.join(row.allowed_marks)}")
            self.query_one("#materials", NumberedList).go_to(key)
            return
        marked = MaterialMark(mark=digit, verified_how=_verified(digit, row, self.visit_kind))
        if digit == "7":
            defect = TextField(row.mark.defect, max_length=80, id="defect")
            kept = await self.ask(
                ActCard(
                    f"{row.name}: 有什么问题",
                    (Labelled("问题", defect, row.standard or "写进告知书"),),
                    lambda values: self._take_mark(key, dataclasses.replace(marked, defect=values["defect"])),
                )
            )
            if not kept:
                return
        else:
            await self._keep_mark(key, marked)
        if self.sheet is not None and not any(not one.mark.mark for one in self.sheet.materials):
            self.focus_next()

    @flow
    async def choose_mark(self) -> None:
        """F4 on a material: the marks it may have, in words."""
        row = self.material_here()
        if row is None:
            return
        marks = [Choice(mark, MARK_WORDS[mark].partition(" ")[2]) for mark in row.allowed_marks if mark]
        field = ChoiceField(marks, row.mark.mark, by_value=True, id="mark")
        chosen = await self.ask(FormCard(row.name, (Labelled("怎样标", field, "按材料标记的数字"),)))
        if chosen is not None and chosen["mark"]:
            self.mark(row.key, chosen["mark"])

    async def _keep_mark(self, key: str, marked: MaterialMark) -> None:
        if self.draft is not None:
            marks = (
                {**self.draft.marks, key: marked}
                if marked.mark
                else {k: v for k, v in self.draft.marks.items() if k != key}
            )
            self.draft = dataclasses.replace(self.draft, marks=marks)
            await self.compute()

    async def _take_mark(self, key: str, marked: MaterialMark) -> bool:
        """Keep a mark that was filled in on a card, unless the desk finds fault with it; whether it was kept."""
        before = self.draft
        await self._keep_mark(key, marked)
        row = next((row for row in (self.sheet.materials if self.sheet else ()) if row.key == key), None)
        if before is None or row is None or not row.fault:
            return True
        self.draft = before
        await self.compute()
        self.ring(row.fault, "在卡上改好再按 F9, 或按 Esc 不改")
        return False

    @flow
    async def open_material(self) -> None:
        """Enter on a material: how it was verified, the points that were looked at, counts, defect, days owed."""
        row = self.material_here()
        if row is None or not row.mark.mark:
            self.ring("先按数字标这份材料", self.mark_hints)
            return
        mark = row.mark
        await self.ask(
            ActCard(
                f"{row.name}: {MARK_WORDS.get(mark.mark, mark.mark)}",
                _mark_fields(row, self.visit_kind),
                lambda values: self._take_mark(row.key, _filled(mark, values)),
                lines=[
                    *([row.standard] if row.standard else []),
                    *(f"{n} {one}" for n, one in enumerate(row.points, 1)),
                ],
                label_width=10,
            )
        )


def _mark_fields(row: MaterialRow, visit_kind: str) -> tuple[Labelled, ...]:
    """Only what belongs to the mark: days for what is owed, a source for what has no paper, counts for what was kept."""
    mark = row.mark
    fields = []
    if mark.mark in "45":
        ways = [one for one in VERIFIED if may_verify(one.value, visit_kind)]
        how = ChoiceField(ways, mark.verified_how, id="verified_how")
        fields.append(Labelled("怎样核的", how, "电子证照和共享数据必填; 待后台核验的不向申请人要"))
    if mark.mark in "07":
        fields.append(Labelled("问题", TextField(mark.defect, max_length=80, id="defect"), "标 7 时写明, 告知书上要写"))
        days = TextField(str(mark.owed_days or ""), kind="digits", max_length=3, id="owed_days")
        fields.append(Labelled("容缺天数", days, f"工作日, 不超过上限; 空着按清单: {row.tolerance_words}"))
    else:
        for name, words, value in (
            ("originals", "收下原件", mark.originals),
            ("copies", "收复印件", mark.copies),
            ("pages", "共几页", mark.pages),
        ):
            count = TextField(str(value or ""), kind="digits", max_length=3, id=name)
            fields.append(Labelled(words, count, "收下的份数或页数; 空着按事项要求"))
    if row.points:
        points = MultiChoiceField([Choice(one, "") for one in row.points], mark.points, id="points")
        fields.append(Labelled("已看要点", points, "按数字勾上面看过的要点; 会随办件留存"))
    return tuple(fields)


def _filled(mark: MaterialMark, values: dict[str, str]) -> MaterialMark:
    """The mark with what was typed on its card."""
    return dataclasses.replace(
        mark,
        verified_how=values.get("verified_how", mark.verified_how),
        originals=_count(values.get("originals", "")),
        copies=_count(values.get("copies", "")),
        pages=_count(values.get("pages", "")),
        points=tuple(one for one in values.get("points", "").split(JOINT) if one),
        defect=values.get("defect", mark.defect),
        owed_days=_count(values.get("owed_days", "")) or None,
    )


def _verified(digit: str, row: MaterialRow, visit_kind: str) -> str:
    """How a digit says that the material was verified; what comes by post was not shown by anybody."""
    if digit in "123" and digit:
        return "seen" if may_verify("seen", visit_kind) else ""
    if digit == "4":
        return "resident_phone" if may_verify("resident_phone", visit_kind) else "department_system"
    if digit == "5":
        return "on_file" if "在库" in row.hint or row.shared_with else "department_system"
    return ""


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0
