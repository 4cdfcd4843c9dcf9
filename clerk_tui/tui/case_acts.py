"""What is done with one case from its page: each act asks what it needs on one card and shows its papers."""

from typing import TYPE_CHECKING

from clerk_tui.tui.bringing import bringing_card, fields_of, mark_of
from clerk_tui.tui.cards.common import ActCard, ListCard
from clerk_tui.tui.places.place import Place
from clerk_tui.tui.widgets.fields import TextField
from clerk_tui.tui.widgets.form import Labelled
from clerk_tui.tui.widgets.numbered_list import Column, Row

if TYPE_CHECKING:
    from clerk_tui.desk.views.cases import CaseView
    from clerk_tui.desk.views.intake import Settled

REASONS = {
    "withdraw": ("申请人撤回", "申请人写在撤回申请书上的理由"),
    "return": ("退件", "为什么退件"),
    "terminate": ("终止办理", "为什么终止"),
    "refuse": ("不予受理", "不予受理的理由"),
    "not_applicable": ("不受理", "为什么不需要办理"),
    "void": ("作废", "为什么作废, 收件号留在登记簿"),
}
APPROVED = ("return", "terminate", "refuse", "not_applicable", "void")


class CaseActs(Place):
    """Base of the places in which a case is open."""

    async def do_case_act(self, name: str, view: "CaseView") -> None:
        """Do one of `desk.case_reading.DESK_ACTS`."""
        settled: Settled | None
        if name == "supply_correction":
            settled = await self._supply(view)
        elif name == "transfer":
            settled = None
            await self._transfer(view)
        else:
            settled = await self._with_reason(name, view)
        if settled is not None:
            self.say(settled.words)
            await self.show_papers(settled.papers)

    async def _with_reason(self, name: str, view: "CaseView") -> "Settled | None":
        from clerk_tui.desk import ending

        title, help_words = REASONS[name]
        case_id = view.row.id

        async def take(values: dict[str, str]) -> "Settled | None":
            by = self.clerk_app.signed_in()
            if name in APPROVED:
                approved = await self.approve(f"{title} {view.row.receipt_no}")
                if approved is None:
                    return None
                by = approved
            reason, document = values["reason"], values["document"]
            if name == "withdraw":
                return await self.act_as(by, ending.withdraw, case_id=case_id, reason=reason)
            if name == "return":
                return await self.act_as(by, ending.return_case, case_id=case_id, reason=reason)
            if name == "terminate":
                return await self.act_as(by, ending.terminate, case_id=case_id, reason=reason, document=document)
            if name == "void":
                return await self.act_as(by, ending.void, case_id=case_id, reason=reason)
            return await self.act_as(
                by,
                ending.refuse,
                case_id=case_id,
                reason=reason,
                not_applicable=name == "not_applicable",
                document=document,
            )

        return await self.ask(
            ActCard(
                f"{title} {view.row.receipt_no}",
                (
                    Labelled("理由", TextField(id="reason"), help_words),
                    Labelled("部门文书", TextField(id="document"), "部门决定的文号; 本大厅有权的留空"),
                ),
                take,
                lines=[f"{view.row.item_name} {view.row.state_words}"],
            )
        )

    async def _supply(self, view: "CaseView") -> "Settled | None":
        """Corrections that were brought: one material, or all that are still asked for."""
        from clerk_tui.desk import correcting, later_fields

        lacking = [one for one in view.materials if one.mark in ("0", "7")]
        chosen = await self.ask(
            ListCard(
                "补来了哪一份",
                (Column("材料", 0), Column("", 12)),
                [*(Row(one.key, (one.name, one.mark_words)) for one in lacking), Row("", ("全部都补来了", ""))],
            )
        )
        if chosen is None:
            return None
        keys = [one.key for one in lacking] if not chosen else [chosen]
        fields = await self.act(later_fields.fields_with_materials, case_id=view.row.id, keys=tuple(keys))
        if fields is None:
            return None
        values = await self.ask(bringing_card(f"补正 {view.row.receipt_no}", fields, [f"{len(keys)} 份材料"]))
        if values is None:
            return None
        by, mark = self.clerk_app.signed_in(), mark_of(values)
        if mark.mark == "7":
            approved = await self.approve(f"再次告知 {view.row.receipt_no}")
            if approved is None:
                return None
            by = approved
        return await self.act_as(
            by,
            correcting.supply,
            case_id=view.row.id,
            supplied=dict.fromkeys(keys, mark),
            fields=fields_of(values),
            reason=mark.defect,
            visit_id=self.open_visit_id,
        )

    async def _transfer(self, view: "CaseView") -> None:
        from clerk_tui.desk import transferring

        paper = await self.ask(
            ActCard(
                f"移交 {view.row.receipt_no}",
                (Labelled("接收人", TextField(kind="name", id="signed_by"), "部门来取件的人"),),
                lambda values: self.act(transferring.transfer, case_ids=(view.row.id,), signed_by=values["signed_by"]),
                lines=[view.department],
            )
        )
        if paper is not None:
            self.say(f"已移交, 交接单 {paper.number}")
            await self.show_papers((paper,))
