"""What the pickup place does: each act asks what it needs on one card, does it, and shows its paper."""

from typing import TYPE_CHECKING

from clerk_tui.tui.acting import flow
from clerk_tui.tui.cards.common import ActCard
from clerk_tui.tui.pickup_arrivals import Arrivals
from clerk_tui.tui.widgets.fields import Choice, ChoiceField, TextField
from clerk_tui.tui.widgets.form import Labelled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clerk_tui.desk.collectors import Collector, Offer
    from clerk_tui.desk.views.cases import GiveBackRow, ResultRow
    from clerk_tui.desk.views.intake import PaperView

HOW = (
    Choice("self", "本人"),
    Choice("proxy", "受托人"),
    Choice("guardian", "监护人"),
    Choice("operator", "经办人"),
    Choice("agent", "代办员"),
)
SIGNED = (
    Choice("signature", "签名"),
    Choice("thumbprint", "捺印"),
    Choice("seal", "盖章"),
    Choice("electronic", "电子签名"),
)
REACHED = (Choice("yes", "已联系上"), Choice("no", "没联系上"))
REACH_BY = (Choice("phone", "电话"), Choice("sms", "短信"), Choice("in_person", "当面"), Choice("letter", "信函"))
KINDS = (Choice("paper", "纸质"), Choice("card", "证卡"), Choice("electronic", "电子"), Choice("payment", "发放"))
DECISIONS = (Choice("granted", "准予"), Choice("refused", "不予"))


class PickupActs(Arrivals):
    """The acts of the pickup place by which a result leaves, and papers go to a department."""

    async def do(self, name: str, row: "ResultRow") -> None:
        """Do one act with one result."""
        if name == "hand_over":
            await self.hand_over((row,))
        elif name == "open_case":
            await self.workbench.open_found("case", row.case_id)
            return
        elif name == "take_in":
            await self.take_in(row)
        elif name == "shelve":
            await self.shelve(row)
        elif name == "match":
            await self.match(row)
        elif name == "mail":
            await self._mail(row)
        elif name == "announce":
            await self._announce(row)
        elif name == "serve":
            await self._serve(row)
        else:
            await self._with_words(name, row)
        await self.read()

    async def hand_over(self, rows: "tuple[ResultRow, ...]") -> bool:
        """Who collects, on what authority, signed how; then the receipt. Whether they were handed over."""
        from clerk_tui.desk import collectors, handing_over

        ids, visit_id = tuple(row.id for row in rows), self.open_visit_id
        offer = await self.act(collectors.offer, result_ids=ids, visit_id=visit_id)
        if offer is None:
            return False
        first = rows[0]
        settled = await self.ask(
            ActCard(
                f"交付 {first.applicant_masked} {first.receipt_no}" + (f" 等 {len(rows)} 份" if len(rows) > 1 else ""),
                _collecting(offer),
                lambda values: self.act(
                    handing_over.hand_over,
                    result_ids=ids,
                    collector=_collector(values, offer),
                    signed_how=values["signed_how"],
                    visit_id=visit_id or None,
                ),
                lines=[
                    *(
                        f"{f'柜位 {row.shelf}' if row.shelf else '没有柜位'}  {row.name} {row.number}".rstrip()
                        for row in rows[:6]
                    ),
                    offer.words,
                ],
            )
        )
        if settled is not None:
            self.say(settled.words)
            await self.show_papers(settled.papers)
        return settled is not None

    async def _mail(self, row: "ResultRow") -> None:
        from clerk_tui.desk import mailing

        answer = await self.ask(
            ActCard(
                f"邮寄: {row.name} {row.applicant_masked}",
                (
                    Labelled("邮件单号", TextField(kind="code", max_length=40, id="waybill"), "EMS 单号, 可扫码"),
                    Labelled("寄到", TextField(row.mail_to, id="mail_to"), "收件人、地址、电话"),
                ),
                lambda values: self.act(
                    mailing.mail, result_id=row.id, waybill=values["waybill"], mail_to=values["mail_to"]
                ),
                lines=[f"{row.applicant_masked} {row.item_name} {row.receipt_no}".strip()],
            )
        )
        if answer is not None:
            sent, paper = answer
            self.say(f"已寄出 {sent.name}, 单号 {paper.facts['waybill']}")
            await self.show_papers((paper,))

    async def _announce(self, row: "ResultRow") -> None:
        from clerk_tui.desk import pickup

        told = await self.ask(
            ActCard(
                f"通知领取: {row.name} {row.applicant_masked}",
                (
                    Labelled("怎样联系", ChoiceField(REACH_BY, "phone", id="how"), "每次联系都留记录"),
                    Labelled("结果", ChoiceField(REACHED, "yes", id="reached"), "没联系上也要登记"),
                    Labelled("备注", TextField(id="words"), "例如 周三下午来取"),
                ),
                lambda values: self.act(
                    pickup.announce,
                    result_id=row.id,
                    how=values["how"],
                    reached=values["reached"] == "yes",
                    words=values["words"],
                ),
                lines=[f"{row.applicant_masked} {row.item_name} {row.receipt_no}".strip()],
            )
        )
        if told is not None:
            self.say(f"已登记通知: {told.name}, {told.state_words}")

    async def _serve(self, row: "ResultRow") -> None:
        from clerk_tui.desk import serving

        settled = await self.ask(
            ActCard(
                f"登记送达: {row.name}",
                (
                    Labelled("怎样送达", TextField(id="how"), "例如 短信, 粤省事, 当面, 邮寄"),
                    Labelled(
                        "送给谁", TextField(kind="name", id="recipient"), "空着就是申请人本人; 别人收的写姓名和关系"
                    ),
                    Labelled("关系", TextField("本人", id="relation"), "与申请人的关系"),
                    Labelled("怎样签收", ChoiceField(SIGNED, "", id="signed_how"), "当面送达的要签收; 电子送达可不选"),
                    Labelled("拒收说明", TextField(id="reason"), "拒收时写明情况和见证人"),
                ),
                lambda values: self.act(
                    serving.serve,
                    result_id=row.id,
                    how=values["how"],
                    recipient=values["recipient"],
                    relation=values["relation"],
                    signed_how=values["signed_how"],
                    reason=values["reason"],
                ),
                lines=[f"{row.applicant_masked} {row.item_name} {row.receipt_no}"],
            )
        )
        if settled is not None:
            self.say(settled.words)
            await self.show_papers(settled.papers)

    async def _with_words(self, name: str, row: "ResultRow") -> None:
        """Acts that ask for one line only."""
        from clerk_tui.desk import mailing, pickup

        titles = {
            "bounce": ("不符, 退回部门更正", "哪里不符"),
            "return": ("退回部门", "退回原因"),
            "mail_signed": ("邮件已签收", "谁签收的"),
            "mail_came_back": ("邮件退回", "退回原因"),
        }
        title, label = titles[name]

        async def take(values: dict[str, str]) -> "tuple[ResultRow, tuple[PaperView, ...]] | None":
            words = values["words"]
            if name in ("bounce", "return"):
                act = pickup.bounce if name == "bounce" else pickup.return_to_department
                sent = await self.act(act, result_id=row.id, reason=words)
                return (sent[0], (sent[1],)) if sent is not None else None
            if name == "mail_signed":
                done = await self.act(mailing.mail_signed, result_id=row.id, signed_by=words)
            else:
                done = await self.act(mailing.mail_came_back, result_id=row.id, reason=words)
            return (done, ()) if done is not None else None

        field = Labelled(label, TextField(id="words"), label)
        lines = [f"{row.applicant_masked} {row.item_name} {row.receipt_no}".strip()]
        answer = await self.ask(ActCard(f"{title}: {row.name}", (field,), take, lines=lines))
        if answer is not None:
            changed, papers = answer
            self.say(f"{changed.name} {changed.state_words}")
            await self.show_papers(papers)

    @flow
    async def do_chosen(self, chosen: dict[str, str]) -> None:
        """F9 on the option column: 1 hands over together to one person, 2 records that they were told by phone."""
        from clerk_tui.desk import pickup

        handed = tuple(row for key, row in self.results.items() if chosen.get(key) == "1")
        told = [row for key, row in self.results.items() if chosen.get(key) == "2"]
        for row in told:
            await self.act(pickup.announce, result_id=row.id, how="phone", reached=True)
        if told:
            self.say(f"已登记电话通知 {len(told)} 份")
        done = [row.id for row in told]
        if handed and await self.hand_over(handed):
            done += [row.id for row in handed]
        self.clear_options(done)
        await self.read()

    results: "dict[str, ResultRow]"

    @property
    def arriving(self) -> bool:
        """Whether the list that is shown is one of what comes in, so that a scan means a result that came."""
        raise NotImplementedError

    def clear_options(self, keys: "Sequence[str]") -> None:
        raise NotImplementedError

    @flow
    async def transfer_chosen(self, case_ids: tuple[str, ...]) -> None:
        """Papers of the chosen cases to their department, with the list that both sign."""
        from clerk_tui.desk import transferring

        if not case_ids:
            self.ring("还没有选中要移交的办件", "右移到选项列按 1 选中, 再按 F9")
            return
        paper = await self.ask(
            ActCard(
                f"移交 {len(case_ids)} 件材料",
                (
                    Labelled("接收人", TextField(kind="name", id="signed_by"), "部门来取件的人"),
                    Labelled("封签号", TextField(kind="code", id="seal_no"), "没有可留空"),
                    Labelled("差异", TextField(id="discrepancies"), "清点不符的写在这里, 没有留空"),
                ),
                lambda values: self.act(
                    transferring.transfer,
                    case_ids=case_ids,
                    signed_by=values["signed_by"],
                    discrepancies=values["discrepancies"],
                    seal_no=values["seal_no"],
                ),
            )
        )
        if paper is not None:
            self.say(f"已移交 {len(case_ids)} 件, 交接单 {paper.number}")
            self.clear_options(case_ids)
            await self.show_papers((paper,))
        await self.read()

    async def give_back(self, row: "GiveBackRow") -> None:
        """Originals of one case go back to the one who stands here, with the list to sign."""
        from clerk_tui.desk import case_acts

        settled = await self.ask(
            ActCard(
                f"退还原件 {row.applicant_masked} {row.receipt_no}",
                (
                    Labelled("领回人", TextField(kind="name", id="recipient"), "申请人本人可留空"),
                    Labelled("关系", TextField("本人", id="relation"), "与申请人的关系"),
                ),
                lambda values: self.act(
                    case_acts.give_back,
                    case_id=row.case_id,
                    recipient=values["recipient"],
                    relation=values["relation"],
                    visit_id=self.open_visit_id,
                ),
                lines=list(row.names),
            )
        )
        if settled is not None:
            self.say(settled.words)
            await self.show_papers(settled.papers)
        await self.read()

    @flow
    async def open_case(self, case_id: str) -> None:
        await self.workbench.open_found("case", case_id)

    @flow
    async def open_result(self, result_id: str) -> None:
        """Go to one result from the find box or from what waits for a resident."""
        from clerk_tui.desk import pickup_reads

        row = await self.act(pickup_reads.one, result_id=result_id)
        if row is not None:
            await self.open_one(row)

    async def open_one(self, row: "ResultRow") -> None:
        raise NotImplementedError

    @flow
    async def open_scan(self, text: str) -> None:
        """A scanned receipt or shelf slip leads to the result of its case; what is no code goes to the find box."""
        from clerk_tui.desk import finding, pickup_reads

        hit = await self.act(finding.scanned, code=text)
        rows = await self.act(pickup_reads.of_hit, group=hit.group, id=hit.id) if hit is not None else None
        if rows:
            await self.open_one(rows[0])
        elif hit is not None and hit.group == "case" and self.arriving:
            await self.register_new(hit.title.split(" ")[0])
        elif hit is not None:
            await self.workbench.open_found(hit.group, hit.id)
        else:
            self.workbench.find_scanned(text)


def _collecting(offer: "Offer") -> list[Labelled]:
    """The fields of the hand-over card; a recorded authority is offered before one in words."""
    fields = [Labelled("由谁领取", ChoiceField(HOW, offer.how, id="how"), "本人领取核对身份证件即可, 不凭收件凭证")]
    if offer.authorities:
        choices = [Choice(id, words) for id, words, _ in offer.authorities]
        fields.append(
            Labelled("登记的授权", ChoiceField([*choices, Choice("", "另写凭据")], choices[0].value, id="authority"))
        )
    relation = offer.authorities[0][2] if offer.authorities else ""
    return [
        *fields,
        Labelled("姓名", TextField(kind="name", id="name"), "代领人姓名; 已在本窗口核对身份的可留空"),
        Labelled("证件号码", TextField(kind="number", id="id_number", max_length=24), "代领人的证件号码, 同上可留空"),
        Labelled("关系", TextField(relation, id="relation"), "代领人与申请人的关系, 例如 女儿"),
        Labelled("授权凭据", TextField(id="evidence"), "没有登记授权时写: 委托书编号, 监护证明, 单位介绍信"),
        Labelled("怎样签收", ChoiceField(SIGNED, "signature", id="signed_how"), "领取人在领取回执上签收"),
    ]


def _collector(values: dict[str, str], offer: "Offer") -> "Collector":
    """Who collects: what was typed, else the resident at the window whose identity was checked."""
    from clerk_tui.desk.collectors import Collector

    return Collector(
        how=values["how"],
        person_id=offer.person_id if not values["name"] or values["how"] == "self" else "",
        name=values["name"],
        id_number=values["id_number"],
        relation=values["relation"],
        authority_id=values.get("authority", "") if values["how"] != "self" else "",
        evidence=values["evidence"],
    )
