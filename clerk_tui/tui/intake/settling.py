"""The end of an intake: what the outcome needs is asked, papers are signed, the desk commits, the papers are shown."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clerk_tui.desk.views.intake import IntakeDraft, IntakeSheet, OutcomeView, PaperView, Settled
from clerk_tui.tui.cards.common import ActCard, ConfirmCard, ListCard
from clerk_tui.tui.intake.identifying import Identifying
from clerk_tui.tui.widgets.fields import Choice, ChoiceField, TextField
from clerk_tui.tui.widgets.form import Labelled
from clerk_tui.tui.widgets.numbered_list import Column, Row

if TYPE_CHECKING:
    from clerk_tui.store.act import By

SIGNED = (
    Choice("signature", "签名"),
    Choice("thumbprint", "捺印"),
    Choice("seal", "盖章"),
    Choice("electronic", "电子签名"),
)
COMES_AGAIN = ("one_time_notice", "accept_deficient", "package_notice")
"""Outcomes after which the applicant comes again, so that a slot is offered."""
AGAIN = (Choice("", "不约"), Choice("book", "约一个时段, 印在告知书上"))


class Settling(Identifying):
    """The acts of the intake place that end a draft."""

    async def settle(self, sheet: IntakeSheet, draft: IntakeDraft, outcome: OutcomeView) -> Settled | None:
        """Commit the draft with one outcome; None when it did not happen.

        All that the commit itself needs is asked on one card, which stays open with what was typed while the desk
        refuses.
        """
        from clerk_tui.desk import intake

        by: By = self.clerk_app.signed_in()
        needs = set(outcome.needs)
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
        reason = await self._listed_reason(sheet, outcome) if "reason" in needs else ""
        if reason is None:
            return None
        if "supervisor" in needs:
            why = f" ({reason})" if reason else ""
            approved = await self.approve(f"{outcome.words} {sheet.item_name}{why}")
            if approved is None:
                return None
            by = approved
        to_sign: list[PaperView] = []
        if draft.members and needs & {"commitment_signed", "promise_signed"}:
            printed = await self.act_as(by, intake.papers_to_sign, draft=draft, outcome=outcome.kind)
            if printed is None:
                return None
            await self.show_papers(printed)
            to_sign += printed
        for need, print_paper in (
            ("commitment_signed", intake.commitment_paper),
            ("promise_signed", intake.promise_paper),
        ):
            if need not in needs or draft.members:
                continue
            paper = await self.act_as(by, print_paper, draft=draft)
            if paper is None:
                return None
            await self.show_papers((paper,))
            to_sign.append(paper)

        async def commit(values: dict[str, str]) -> Settled | None:
            slot = None
            if values.get("again"):
                slot = await self.workbench.ask_slot("约来补交")
                if slot is None:
                    return None
            signed_how = values.get("how", "")
            witness = values.get("witness", "") if signed_how == "thumbprint" else ""
            if draft.members:
                return await self.act_as(
                    by,
                    intake.settle_package,
                    draft=draft,
                    outcome=outcome.kind,
                    commitment_signed_how=signed_how,
                    witness=witness,
                    tolerance_declined="tolerance_declined" in needs,
                    slot=slot,
                )
            return await self.act_as(
                by,
                intake.settle,
                draft=draft,
                outcome=outcome.kind,
                reason=values.get("reason", ""),
                competent_authority=values.get("competent_authority", ""),
                commitment_signed_how=signed_how,
                witness=witness,
                tolerance_declined="tolerance_declined" in needs,
                slot=slot,
                result_number=values.get("result_number", ""),
            )

        fields, lines = last_fields(outcome, reason, to_sign, by.clerk_name), [outcome.reason]
        if outcome.kind == "decide_now" and sheet.numbered_result and not draft.members:
            help_words = "现场做出的证照或备案的编号, 印在送达回证和领取回执上; 没有就留空"
            number = TextField(max_length=40, id="result_number")
            fields += (Labelled("编号", number, help_words, note="没有就留空"),)
            lines.append(f"{sheet.numbered_result}编号: 有就填, 按 F9 办结")
        if not fields:
            return await commit({})
        lines += [f"{paper.title} {paper.number}" for paper in to_sign]
        return await self.ask(
            ActCard(
                f"{outcome.words}  {sheet.item_name}",
                fields,
                commit,
                lines=[line for line in lines if line],
                label_width=10,
            )
        )

    async def _listed_reason(self, sheet: IntakeSheet, outcome: OutcomeView) -> str | None:
        """One of the reasons that the law knows, with its article and what the guide found; None: the clerk went back."""
        listed = outcome.reasons
        rows = [*(Row(one.key, (one.words, one.basis)) for one in listed), Row("own", ("另写理由", ""))]
        columns = (Column("理由", 0), Column("依据", 34))
        chosen = await self.ask(ListCard(f"{outcome.words}: 理由", columns, rows))
        if chosen is None:
            return None
        found = next((one for one in listed if one.key == chosen), None)
        return f"{found.full_words}: {sheet.stop}".rstrip(": ") if found else sheet.stop


def last_fields(
    outcome: OutcomeView, reason: str, to_sign: Sequence[PaperView], clerk_name: str
) -> tuple[Labelled, ...]:
    """What is asked right before the commit; nothing for the outcomes that need nothing."""
    fields: list[Labelled] = []
    if "reason" in outcome.needs:
        fields.append(Labelled("理由", TextField(reason, id="reason"), "印在通知书上; 可以接着写具体情形"))
    if outcome.kind == "refuse":
        fields.append(
            Labelled("应去哪里", TextField(max_length=60, id="competent_authority"), "不归本机关管的, 写有权的机关")
        )
    if to_sign:
        titles = "、".join(dict.fromkeys(paper.title for paper in to_sign))
        fields += [
            Labelled("怎样签的", ChoiceField(SIGNED, "signature", id="how"), f"{titles}签字之前不能受理"),
            Labelled("见证人", TextField(clerk_name, kind="name", id="witness"), "捺印时必填"),
        ]
    if outcome.kind in COMES_AGAIN:
        fields.append(Labelled("再来", ChoiceField(AGAIN, "", id="again"), "约好日子和时段, 到时优先叫号"))
    return tuple(fields)
