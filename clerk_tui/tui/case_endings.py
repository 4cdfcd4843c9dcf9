"""How a case is ended from its page: a reason, the department's document where the hall has no power, an approval."""

from typing import TYPE_CHECKING

from clerk_tui.tui.cards.common import ActCard
from clerk_tui.tui.places.place import Place
from clerk_tui.tui.widgets.fields import TextField
from clerk_tui.tui.widgets.form import Labelled

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
BY_DEPARTMENT = ("terminate", "refuse", "not_applicable")


class CaseEndings(Place):
    """Withdraw, refuse, return, terminate, void."""

    async def end_case(self, name: str, view: "CaseView") -> None:
        """End a case by one of REASONS."""
        title, help_words = REASONS[name]
        fields = [Labelled("理由", TextField(id="reason"), f"{help_words}; 写进文书")]
        if name in BY_DEPARTMENT:
            fields.append(Labelled("部门文书", TextField(id="document"), "部门决定的文号和日期; 本大厅有权的留空"))
        if name == "void":
            fields.append(Labelled("改用", TextField(kind="code", id="document"), "重新收件的收件号, 没有留空"))

        async def take(values: dict[str, str]) -> "Settled | None":
            by = self.clerk_app.signed_in()
            if name in APPROVED:
                approved = await self.approve(f"{title} {view.row.receipt_no}")
                if approved is None:
                    return None
                by = approved
            from clerk_tui.desk import ending

            case_id, reason, visit_id = view.row.id, values["reason"], self.open_visit_id
            if name == "withdraw":
                return await self.act_as(by, ending.withdraw, case_id=case_id, reason=reason, visit_id=visit_id)
            if name == "return":
                return await self.act_as(by, ending.return_case, case_id=case_id, reason=reason, visit_id=visit_id)
            document = values["document"]
            if name == "terminate":
                return await self.act_as(by, ending.terminate, case_id=case_id, reason=reason, document=document)
            if name == "void":
                return await self.act_as(by, ending.void, case_id=case_id, reason=reason, replaced_by=document)
            return await self.act_as(
                by,
                ending.refuse,
                case_id=case_id,
                reason=reason,
                not_applicable=name == "not_applicable",
                document=document,
            )

        settled = await self.ask(
            ActCard(
                f"{title} {view.row.receipt_no}",
                fields,
                take,
                lines=[f"{view.row.item_name}  {view.row.applicant_masked}  {view.row.state_words}"],
            )
        )
        await self.came_to(settled)

    async def came_to(self, settled: "Settled | None") -> None:
        """Say what an act came to and show its papers."""
        if settled is not None:
            self.say(settled.words)
            await self.show_papers(settled.papers)
