"""What moves a case on from its page: corrections brought, back-office checks, decision on the spot, transfer."""

from typing import TYPE_CHECKING

from clerk_tui.tui.bringing import LABEL_WIDTH, bringing_fields, fields_of, marks_of, something_brought
from clerk_tui.tui.cards.common import ActCard, ListCard, WideActCard
from clerk_tui.tui.case_endings import CaseEndings
from clerk_tui.tui.widgets.fields import Choice, ChoiceField, TextField
from clerk_tui.tui.widgets.form import Labelled
from clerk_tui.tui.widgets.numbered_list import Column, Row

if TYPE_CHECKING:
    from clerk_tui.desk.views.cases import CaseView
    from clerk_tui.desk.views.intake import Settled
    from clerk_tui.store.act import By

HOW = (Choice("phone", "电话"), Choice("sms", "短信"), Choice("in_person", "当面"), Choice("letter", "信函"))
REACHED = (Choice("yes", "已联系上"), Choice("no", "没联系上"))
GOOD = (Choice("yes", "无误"), Choice("no", "有问题"))
VERIFIED_BY = (Choice("department_system", "部门系统查得"), Choice("on_file", "在库复印件"))


class CaseSupply(CaseEndings):
    """Corrections before acceptance, and the acts by which a case goes on."""

    async def supply_correction(self, view: "CaseView") -> None:
        """Corrections that were brought: each material with its own mark, on one card."""
        from clerk_tui.desk import correcting, later_fields

        materials = [(one.key, one.name) for one in view.materials if one.mark in ("0", "7")]
        keys = tuple(key for key, _ in materials)
        fields = await self.act(later_fields.fields_with_materials, case_id=view.row.id, keys=keys)
        if fields is None:
            return

        async def take(values: dict[str, str]) -> "Settled | None":
            by: By | None = self.clerk_app.signed_in()
            marks = marks_of(materials, values)
            if any(mark.mark == "7" for mark in marks.values()):
                by = await self.approve(f"再次告知 {view.row.receipt_no}")
            if by is None:
                return None
            return await self.act_as(
                by,
                correcting.supply,
                case_id=view.row.id,
                supplied=marks,
                fields=fields_of(values),
                reason=values["defect"],
                handled_by=values["handled_by"],
                visit_id=self.open_visit_id,
            )

        settled = await self.ask(
            WideActCard(
                f"补正 {view.row.receipt_no}",
                bringing_fields(materials, fields, start="1" if len(materials) == 1 else "0"),
                take,
                lines=[f"{view.row.item_name}  {view.row.applicant_masked}", "补齐的当天就受理; 只补一部分也收下"],
                check=something_brought,
                label_width=LABEL_WIDTH,
            )
        )
        await self.came_to(settled)

    async def remind_correction(self, view: "CaseView") -> None:
        from clerk_tui.desk import correcting

        settled = await self.ask(
            ActCard(
                f"提醒补正 {view.row.receipt_no}",
                (
                    Labelled("怎样联系", ChoiceField(HOW, "phone", id="how"), "每次提醒都留记录"),
                    Labelled("结果", ChoiceField(REACHED, "yes", id="reached"), "没联系上也要登记"),
                    Labelled("备注", TextField(id="words"), "例如 周四来补"),
                ),
                lambda values: self.act(
                    correcting.remind,
                    case_id=view.row.id,
                    how=values["how"],
                    reached=values["reached"] == "yes",
                    words=values["words"],
                ),
                lines=[f"{view.row.applicant_masked}  {view.row.item_name}"],
            )
        )
        await self.came_to(settled)

    async def verify_material(self, view: "CaseView") -> None:
        """What the back office found of a material that was left to it."""
        from clerk_tui.desk import case_acts
        from clerk_tui.rules.marks import VerifiedHow

        words = VerifiedHow.PENDING_BACK_OFFICE.words
        key = await self._choose_material(view, [one.key for one in view.materials if one.verified_words == words])
        if key is None:
            return
        settled = await self.ask(
            ActCard(
                f"后台核验 {view.row.receipt_no}",
                (
                    Labelled("结果", ChoiceField(GOOD, "yes", id="good"), "有问题的仍然待核, 另行处理"),
                    Labelled("怎样核的", ChoiceField(VERIFIED_BY, "department_system", id="how")),
                    Labelled("什么问题", TextField(id="defect"), "有问题时必填"),
                ),
                lambda values: self.act(
                    case_acts.verify_material,
                    case_id=view.row.id,
                    key=key,
                    good=values["good"] == "yes",
                    how=values["how"],
                    defect=values["defect"],
                ),
                lines=[next(one.name for one in view.materials if one.key == key)],
            )
        )
        await self.came_to(settled)

    async def _choose_material(self, view: "CaseView", keys: list[str]) -> str | None:
        if len(keys) == 1:
            return keys[0]
        return await self.ask(
            ListCard(
                "哪一份材料",
                (Column("材料", 0), Column("", 14)),
                [Row(one.key, (one.name, one.mark_words)) for one in view.materials if one.key in keys],
            )
        )

    async def decide_now(self, view: "CaseView") -> None:
        """Decide an accepted 即办件 at the hall."""
        from clerk_tui.desk import case_acts

        settled = await self.ask(
            ActCard(
                f"当场决定 {view.row.receipt_no}",
                (Labelled("证照编号", TextField(kind="code", id="number"), "结果上的编号, 没有留空"),),
                lambda values: self.act(
                    case_acts.decide_now, case_id=view.row.id, number=values["number"], visit_id=self.open_visit_id
                ),
                lines=[f"{view.row.item_name}  {view.row.applicant_masked}", "准予, 当场办结"],
            )
        )
        await self.came_to(settled)

    async def transfer_case(self, view: "CaseView") -> None:
        """Papers of this case alone to its department; many go together from 出件, 移交部门."""
        from clerk_tui.desk import transferring

        paper = await self.ask(
            ActCard(
                f"移交 {view.row.receipt_no}",
                (
                    Labelled("接收人", TextField(kind="name", id="signed_by"), "部门来取件的人"),
                    Labelled("差异", TextField(id="discrepancies"), "清点不符的写在这里, 没有留空"),
                ),
                lambda values: self.act(
                    transferring.transfer,
                    case_ids=(view.row.id,),
                    signed_by=values["signed_by"],
                    discrepancies=values["discrepancies"],
                ),
                lines=[view.department, "几件一起移交: 出件, 移交部门"],
            )
        )
        if paper is not None:
            self.say(f"已移交, 交接单 {paper.number}")
            await self.show_papers((paper,))
