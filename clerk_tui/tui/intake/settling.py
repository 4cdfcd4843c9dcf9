"""The end of an intake: what the outcome needs is asked, papers are signed, the desk commits, the papers are shown."""

from typing import TYPE_CHECKING

from clerk_tui.desk.views.intake import IntakeDraft, IntakeSheet, OutcomeView, Settled
from clerk_tui.tui.cards.common import ConfirmCard, FormCard
from clerk_tui.tui.intake.identifying import Identifying
from clerk_tui.tui.widgets.fields import Choice, ChoiceField, TextField
from clerk_tui.tui.widgets.form import Labelled

if TYPE_CHECKING:
    from clerk_tui.store.act import By

SIGNED = (
    Choice("signature", "签名"),
    Choice("thumbprint", "捺印"),
    Choice("seal", "盖章"),
    Choice("electronic", "电子签名"),
)


class Settling(Identifying):
    """The acts of the intake place that end a draft."""

    async def settle(self, sheet: IntakeSheet, draft: IntakeDraft, outcome: OutcomeView) -> Settled | None:
        """Commit the draft with one outcome; None when it did not happen."""
        from clerk_tui.desk import intake

        by: By = self.clerk_app.signed_in()
        needs = set(outcome.needs)
        reason = signed_how = witness = ""
        if "tolerance_declined" in needs:
            declined = await self.ask(
                ConfirmCard(
                    "申请人不选容缺受理?",
                    ["所缺材料可以容缺, 由申请人自己选择。", "申请人表示不选, 才出一次性告知; 会记录在案。"],
                    yes="申请人不选容缺",
                )
            )
            if not declined:
                return None
        if "supervisor" in needs:
            approved = await self.approve(f"{outcome.words} {sheet.item_name}")
            if approved is None:
                return None
            by = approved
        if "reason" in needs:
            values = await self.ask(
                FormCard(
                    outcome.words, (Labelled("理由", TextField(id="reason"), "写进通知书"),), lines=[outcome.reason]
                )
            )
            if values is None:
                return None
            reason = values["reason"]
        for need, print_paper in (
            ("commitment_signed", intake.commitment_paper),
            ("promise_signed", intake.promise_paper),
        ):
            if need not in needs:
                continue
            paper = await self.act_as(by, print_paper, draft=draft)
            if paper is None:
                return None
            await self.show_papers((paper,))
            values = await self.ask(
                FormCard(
                    f"{paper.title}: 申请人签了吗",
                    (
                        Labelled("怎样签的", ChoiceField(SIGNED, "signature", id="how"), "签字之前不能受理"),
                        Labelled("见证人", TextField(by.clerk_name, kind="name", id="witness"), "捺印时必填"),
                    ),
                    lines=[paper.number],
                )
            )
            if values is None:
                return None
            signed_how, witness = values["how"], values["witness"]
        return await self.act_as(
            by,
            intake.settle,
            draft=draft,
            outcome=outcome.kind,
            reason=reason,
            commitment_signed_how=signed_how,
            witness=witness if signed_how == "thumbprint" else "",
            tolerance_declined="tolerance_declined" in needs,
        )
