"""What is written into a case from its page: corrections, fees, 12345, requests, signatures, originals given back."""

from typing import TYPE_CHECKING

from clerk_tui.tui.cards.common import ActCard, ConfirmCard, FormCard, ListCard, MenuCard
from clerk_tui.tui.case_supply import CaseSupply
from clerk_tui.tui.widgets.fields import AnyField, Choice, ChoiceField, DateField, TextField
from clerk_tui.tui.widgets.form import Labelled
from clerk_tui.tui.widgets.multi_choice import MultiChoiceField
from clerk_tui.tui.widgets.numbered_list import Column, Row

if TYPE_CHECKING:
    from clerk_tui.desk.correctable import Correctable
    from clerk_tui.desk.views.cases import CaseView, TaskView
    from clerk_tui.desk.views.intake import PaperView, Settled

HOW_PAID = ("现金", "微信", "支付宝", "银行卡", "非税系统")
SIGNED = (
    Choice("signature", "签名"),
    Choice("thumbprint", "捺印"),
    Choice("seal", "盖章"),
    Choice("electronic", "电子签名"),
    Choice("refused", "拒签"),
)
SEVERAL = "; "
"""How a field of several choices is read out."""


class CaseRecords(CaseSupply):
    """Acts that change what is written about a case, not where it stands."""

    # corrections

    async def correct_case(self, view: "CaseView", task: "TaskView | None" = None) -> None:
        """Choose what is wrong, write what is right and why; with `task` it answers what the district rejected."""
        from clerk_tui.desk import correctable

        found = await self.act(correctable.correctable, case_id=view.row.id)
        if found is None:
            return
        fields, supervised = found
        key: str | None = _key_of(task.field, fields) if task is not None else ""
        if not key:
            rows = [Row(one.key, (one.label, one.now)) for one in fields]
            if task is not None:
                rows.insert(0, Row("nothing", ("没有错, 原样重新上报", "")))
            title = f"更正哪一项 {view.row.receipt_no}" if task is None else f"区里退回: {task.words}"
            key = await self.ask(ListCard(title, (Column("项目", 24), Column("现在", 0)), rows))
        if key is None:
            return
        one = next((one for one in fields if one.key == key), None)
        await self.came_to(await self._correct_one(view, one, task, supervised))

    async def _correct_one(
        self, view: "CaseView", one: "Correctable | None", task: "TaskView | None", supervised: bool
    ) -> "Settled | None":
        from clerk_tui.desk import correcting_one

        fields: list[Labelled] = []
        if one is not None:
            fields.append(Labelled("改为", _editor(one), one.hint or "写正确的"))
        fields.append(Labelled("理由", TextField(id="reason"), "为什么更正; 写进更正说明"))
        lines = [f"{one.label}: {one.now or '没有填'}"] if one is not None else ["内容没有错, 原样重新上报"]
        if task is not None:
            lines.append(f"区里退回: {task.words}")
        if supervised:
            lines.append("文书已经交出, 更正要主管同意")

        async def take(values: dict[str, str]) -> "Settled | None":
            by = self.clerk_app.signed_in()
            if supervised:
                approved = await self.approve(f"更正 {view.row.receipt_no}")
                if approved is None:
                    return None
                by = approved
            return await self.act_as(
                by,
                correcting_one.correct_one,
                case_id=view.row.id,
                seen=one,
                value=values.get("value", ""),
                reason=values["reason"],
                task_id=task.id if task is not None else "",
            )

        return await self.ask(ActCard(f"更正 {view.row.receipt_no}", fields, take, lines=lines))

    async def answer_rejected(self, view: "CaseView", task_id: str = "") -> None:
        """Correct what the district rejected and send it again; the field it named comes first."""
        rejected = [one for one in view.tasks if one.kind == "rejected"]
        if task_id:
            rejected = [one for one in rejected if one.id == task_id]
        if not rejected:
            self.ring("没有区里退回的记录", "已经更正过的会随下一批发出")
            return
        task = rejected[0]
        if len(rejected) > 1:
            chosen = await self.ask(
                ListCard(
                    "区里退回的记录",
                    (Column("哪一项", 20), Column("为什么", 0)),
                    [Row(one.id, (one.field_words, one.words)) for one in rejected],
                )
            )
            if chosen is None:
                return
            task = next(one for one in rejected if one.id == chosen)
        await self.correct_case(view, task)

    # records beside the case

    async def record_fee(self, view: "CaseView") -> None:
        from clerk_tui.desk import case_acts

        settled = await self.ask(
            ActCard(
                f"登记收费 {view.row.receipt_no}",
                (
                    Labelled("金额(元)", TextField(kind="code", max_length=10, id="fee_paid_fen"), "例如 12.50"),
                    Labelled(
                        "怎样付的", ChoiceField([Choice(one, one) for one in HOW_PAID], HOW_PAID[0], id="fee_how")
                    ),
                    Labelled("票据号", TextField(kind="code", id="fee_receipt"), "财政票据号"),
                ),
                lambda values: self.act(
                    case_acts.record_fee,
                    case_id=view.row.id,
                    paid_fen=_fen(values["fee_paid_fen"]) or 0,
                    how=values["fee_how"],
                    receipt=values["fee_receipt"],
                ),
                lines=[view.row.item_name, *([f"应收 {view.fee_words}"] if view.fee_words else [])],
                check=lambda values: None if _fen(values["fee_paid_fen"]) else ("fee_paid_fen", "金额写成 12.50 这样"),
            )
        )
        await self.came_to(settled)

    async def record_hotline(self, view: "CaseView") -> None:
        """A 12345 number with its due day and the answer, also later."""
        from clerk_tui.desk import case_acts

        number, due, answer = view.hotline
        settled = await self.ask(
            ActCard(
                f"12345 工单 {view.row.receipt_no}",
                (
                    Labelled(
                        "工单号", TextField(number, kind="code", max_length=40, id="hotline_no"), "12345 工单编号"
                    ),
                    Labelled(
                        "答复期限",
                        DateField(due, today=self.clerk_app.local_now().date(), id="hotline_due"),
                        "工单要求的答复日期",
                    ),
                    Labelled("答复", TextField(answer, id="hotline_answer"), "还没答复的留空, 以后再来填"),
                ),
                lambda values: self.act(
                    case_acts.record_hotline,
                    case_id=view.row.id,
                    number=values["hotline_no"],
                    due=values["hotline_due"],
                    answer=values["hotline_answer"],
                ),
            )
        )
        await self.came_to(settled)

    async def request_district(self, view: "CaseView") -> None:
        from clerk_tui.desk import requesting

        what = [Choice(value, words) for value, words in requesting.WHAT.items()]
        settled = await self.ask(
            ActCard(
                f"提请区里 {view.row.receipt_no}",
                (
                    Labelled("什么事", ChoiceField(what, "progress", id="what"), "随下一批发出, 办件标 待区里确认"),
                    Labelled("说明", TextField(id="words"), "要区里做什么"),
                ),
                lambda values: self.act(
                    requesting.request_district, case_id=view.row.id, what=values["what"], words=values["words"]
                ),
                lines=[f"{view.row.item_name}  {view.row.state_words}", view.department],
            )
        )
        await self.came_to(settled)

    async def give_back(self, view: "CaseView") -> None:
        """Originals that lie here, one or all, with 材料退回清单 to sign."""
        from clerk_tui.desk import case_acts

        kept = [one for one in view.materials if one.kept_here]
        chosen: str | None = ""
        if len(kept) > 1:
            rows = [Row("", ("全部退还", "")), *(Row(one.key, (one.name, one.mark_words)) for one in kept)]
            chosen = await self.ask(ListCard("退还哪一份", (Column("材料", 0), Column("", 14)), rows))
        if chosen is None:
            return
        keys = [chosen] if chosen else [one.key for one in kept]
        settled = await self.ask(
            ActCard(
                f"退还原件 {view.row.receipt_no}",
                (
                    Labelled("领回人", TextField(kind="name", id="recipient"), "申请人本人可留空"),
                    Labelled("关系", TextField("本人", id="relation"), "与申请人的关系"),
                ),
                lambda values: self.act(
                    case_acts.give_back,
                    case_id=view.row.id,
                    keys=keys,
                    recipient=values["recipient"],
                    relation=values["relation"],
                    visit_id=self.open_visit_id,
                ),
                lines=[one.name for one in kept if one.key in keys],
            )
        )
        await self.came_to(settled)

    # papers

    async def sign_paper(self, view: "CaseView") -> None:
        """A paper was signed, or its signature refused before a witness."""
        from clerk_tui.desk import papers

        unsigned = [one for one in view.papers if not one.void_reason and one.signed_how in ("", "refused")]
        paper = await self._choose_paper("签收哪一份文书", unsigned)
        if paper is None:
            return
        signed = await self.ask(
            ActCard(
                f"签收 {paper.title}",
                (
                    Labelled("怎样签的", ChoiceField(SIGNED, "signature", id="signed_how"), "捺印和拒签要见证人"),
                    Labelled("见证人", TextField(kind="name", id="witness"), "捺印或拒签时必填"),
                ),
                lambda values: self.act(
                    papers.sign, notice_id=paper.id, how=values["signed_how"], witness=values["witness"]
                ),
                lines=[paper.number],
            )
        )
        if signed is not None:
            self.say(f"已登记 {paper.title} {'拒签' if signed.signed_how == 'refused' else '签收'}")

    async def void_paper(self, view: "CaseView") -> None:
        from clerk_tui.desk import papers

        paper = await self._choose_paper("作废哪一份文书", [one for one in view.papers if not one.void_reason])
        if paper is None:
            return

        async def take(values: dict[str, str]) -> "PaperView | None":
            by = self.clerk_app.signed_in()
            if paper.signed_how:
                approved = await self.approve(f"作废 {paper.title} {paper.number}")
                if approved is None:
                    return None
                by = approved
            return await self.act_as(by, papers.void, notice_id=paper.id, reason=values["reason"])

        lines = [paper.number, "文号不再使用, 留在登记簿", *(["已签收, 作废要主管同意"] if paper.signed_how else [])]
        voided = await self.ask(
            ActCard(f"作废 {paper.title}", (Labelled("理由", TextField(id="reason"), "为什么作废"),), take, lines=lines)
        )
        if voided is not None:
            self.say(f"已作废 {paper.title} {paper.number}")

    async def _choose_paper(self, title: str, papers: "list[PaperView]") -> "PaperView | None":
        if not papers:
            self.ring("没有这样的文书")
            return None
        chosen = await self.ask(
            ListCard(
                title,
                (Column("名称", 0), Column("文号", 26), Column("出具", 12)),
                [Row(one.id, (one.title, one.number, self.when(one.issued_at))) for one in papers],
            )
        )
        return next((one for one in papers if one.id == chosen), None)

    async def print_refusal(self, view: "CaseView") -> None:
        """The notice of a refusal that the department decided; the hall prints and serves it."""
        from clerk_tui.desk import case_acts

        paper = await self.ask(
            ActCard(
                f"{view.row.state_words} {view.row.receipt_no}",
                (Labelled("理由", TextField(id="reason"), "部门决定里的理由, 照写"),),
                lambda values: self.act(
                    case_acts.print_refusal,
                    case_id=view.row.id,
                    reason=values["reason"],
                    visit_id=self.open_visit_id,
                ),
                lines=[view.department, "决定是部门的, 本大厅出具并送达"],
            )
        )
        if paper is not None:
            await self.show_papers((paper,))

    async def void_handover(self, view: "CaseView") -> None:
        """A handover that was recorded wrongly: it stays in the register, void, and the result waits again."""
        from clerk_tui.desk import handing_over

        delivered = [one for one in view.results if one.state == "delivered"]
        rows = [Row(one.id, (one.name, one.number)) for one in delivered]
        chosen: str | None = delivered[0].id
        if len(delivered) > 1:
            chosen = await self.ask(ListCard("哪一份结果", (Column("结果", 0), Column("编号", 20)), rows))
        if chosen is None:
            return

        async def take(values: dict[str, str]) -> "PaperView | None":
            by = await self.approve(f"作废交付登记 {view.row.receipt_no}")
            if by is None:
                return None
            done = await self.act_as(by, handing_over.void_handover, result_id=chosen, reason=values["reason"])
            return done[1] if done is not None else None

        note = await self.ask(
            ActCard(
                f"作废交付登记 {view.row.receipt_no}",
                (Labelled("理由", TextField(id="reason"), "怎么登记错的; 结果改回待领取"),),
                take,
            )
        )
        if note is not None:
            self.say("交付登记已作废, 结果待领取; 请重新上架")
            await self.show_papers((note,))

    async def unmask(self, view: "CaseView") -> None:
        """The applicant's whole number and phone, for a reason that stands in the access log."""
        from clerk_tui.desk import unmasking

        values = await self.ask(
            FormCard("看完整号码和电话", (Labelled("原因", TextField(id="reason"), "例: 核对证件, 打电话; 会留记录"),))
        )
        if values is None:
            return
        seen = await self.act(
            unmasking.unmask,
            kind=view.applicant_kind,
            party_id=view.applicant_id,
            reason=values["reason"],
            case_id=view.row.id,
        )
        if seen is not None:
            lines = [
                f"号码  {seen.number or '没有'}",
                f"电话  {seen.phone or '没有'}",
                f"地址  {seen.address or '没有'}",
                *(f"{label}  {number}" for label, number in seen.of_form),
            ]
            await self.ask(ConfirmCard(seen.name, ["", *lines], yes="看完了"))

    async def open_results(self, view: "CaseView") -> None:
        """To the pickup place, with the result of this case."""
        rows = list(view.results)
        chosen: str | None = rows[0].id if rows else None
        if len(rows) > 1:
            chosen = await self.ask(
                MenuCard("哪一份结果", (), [(one.id, f"{one.name} {one.state_words} {one.shelf}") for one in rows])
            )
        if chosen is not None:
            self.workbench.go_to("pickup", "result", chosen)


def _editor(one: "Correctable") -> AnyField:
    if one.several:
        chosen = [value for value, _ in one.options if value in one.value.split(SEVERAL)]
        return MultiChoiceField([Choice(value, words) for value, words in one.options], chosen, id="value")
    if one.options:
        return ChoiceField([Choice(value, words) for value, words in one.options], one.value, id="value")
    return TextField(one.value, id="value")


def _key_of(field: str, fields: "tuple[Correctable, ...]") -> str:
    """The correctable thing that a rejected record's field names (`applicant.number`, `fields.pickup`); '' for none."""
    head, _, last = field.rpartition(".")
    for key in (f"{head.rsplit('.', 1)[-1]}:{last}", f"field:{last}", f"material:{last}", last):
        if any(one.key == key for one in fields):
            return key
    return ""


def _fen(text: str) -> int | None:
    """Yuan as typed (12, 12.5, 12.50) in fen; None when it is no amount."""
    whole, _, part = text.replace("元", "").partition(".")
    if not (whole.isascii() and whole.isdigit() and len(part) <= 2 and (not part or part.isdigit())):
        return None
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)
