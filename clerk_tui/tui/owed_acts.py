"""What the ledger of owed materials does: each act asks on one card, for one entry or for all that were chosen."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from clerk_tui.tui.acting import flow
from clerk_tui.tui.bringing import LABEL_WIDTH, bringing_fields, fields_of, marks_of, something_brought
from clerk_tui.tui.cards.common import ActCard, ConfirmCard, ListCard, MenuCard, WideActCard
from clerk_tui.tui.places.place import Place
from clerk_tui.tui.widgets.fields import Choice, ChoiceField, DateField, TextField
from clerk_tui.tui.widgets.form import Labelled
from clerk_tui.tui.widgets.numbered_list import Column, Row

if TYPE_CHECKING:
    from clerk_tui.desk.views.cases import OwedRow
    from clerk_tui.desk.views.intake import PaperView, Settled
    from clerk_tui.store.act import By

HOW = (Choice("phone", "电话"), Choice("sms", "短信"), Choice("in_person", "当面"), Choice("letter", "信函"))
REACHED = (Choice("yes", "已联系上"), Choice("no", "没联系上"))
EXPIRY = (
    Choice("", "按清单"),
    Choice("return", "退件"),
    Choice("deemed_withdrawn", "视为撤回"),
    Choice("terminate", "终止"),
    Choice("revoke", "撤销受理"),
    Choice("refuse_permit", "不予许可"),
)
CHECKED = (Choice("yes", "现在核对无误"), Choice("no", "先收下, 以后核对"))
TRUE = (Choice("yes", "属实"), Choice("no", "不实, 提请部门处理"))
# what the option column does too has the same number here
ACTS = {
    "owed": ("supplement", "extend", "remind", "expire", "supplement_all", "open"),
    "supplied": ("check", "reject", "reopen", "open"),
    "expired": ("supplement", "settle", "remind", "open"),
    "promise": ("verify", "open"),
    "promise_untrue": ("settle", "open"),
    "done": ("reopen", "open"),
}
ACT_WORDS = {
    "supplement": "补交来了",
    "supplement_all": "这件欠的几份一起补交",
    "remind": "登记提醒",
    "extend": "延期 (到期前, 要主管)",
    "expire": "提出逾期处理",
    "check": "核对无误",
    "reject": "不合要求, 再告知一次 (要主管)",
    "reopen": "登记错了, 改回待补 (要主管)",
    "settle": "逾期处理有了结果 (要主管)",
    "verify": "登记承诺核查结果",
    "open": "看办件",
}
OPTIONS = {"1": "补交", "2": "延期", "3": "提醒", "4": "提出逾期处理", "5": "核对无误"}
"""Digits of the option column."""
DONE = ("checked", "closed")


class OwedActs(Place):
    """The acts of the ledger; `OwedPlace` shows it."""

    gone_through = 0
    """Acts that were gone through with; a card that was left by Esc is none."""

    async def read(self) -> None:
        """Read the ledger again."""
        raise NotImplementedError

    def chosen_done(self, ids: tuple[str, ...]) -> None:
        """What the option column asked for these entries was done."""
        raise NotImplementedError

    async def do_entry(self, row: "OwedRow") -> None:
        """What can be done with one entry."""
        chosen = await self.ask(
            MenuCard(
                f"{row.name}  {row.applicant_masked}",
                [f"{row.receipt_no} {row.item_name}", f"到期 {row.due} {row.due_words}  {row.state_words}".rstrip()],
                [(name, ACT_WORDS[name]) for name in _acts_of(row)],
            )
        )
        if chosen == "open":
            self.workbench.go_to("search", "case", row.case_id)
        elif chosen == "supplement_all":
            await self.supplement_case(row.case_id)
        elif chosen is not None:
            await self.do((row,), chosen)
        await self.read()

    async def do(self, rows: "Sequence[OwedRow]", name: str) -> None:
        """Do one act with these entries."""
        acts: dict[str, Callable[[Sequence[OwedRow]], Awaitable[None]]] = {
            "supplement": self.supplement,
            "remind": self.remind,
            "extend": self.extend,
            "expire": self.expire,
            "check": self.check,
            "reject": self.reject,
            "reopen": self.reopen,
            "settle": self.settle,
            "verify": self.verify,
        }
        await acts[name](rows)

    # supplement

    async def supplement_case(self, case_id: str) -> None:
        """Everything that one case still owes, on one card."""
        from clerk_tui.desk import owing_reads

        rows = await self.act(owing_reads.live_in_case, case_id=case_id)
        if rows is None:
            return
        rows = tuple(row for row in rows if row.state != "supplied")
        if rows:
            await self._bring(rows, start="1" if len(rows) == 1 else "0")
        else:
            self.ring("这件没有欠的材料了", "补来的还没有核对的, 在待核里")

    async def supplement(self, rows: "Sequence[OwedRow]") -> None:
        """What was brought of these entries, one card and one receipt for each case."""
        by_case: dict[str, list[OwedRow]] = {}
        for row in rows:
            by_case.setdefault(row.case_id, []).append(row)
        for of_case in by_case.values():
            await self._bring(of_case, start="1")

    async def _bring(self, rows: "Sequence[OwedRow]", *, start: str) -> None:
        from clerk_tui.desk import later_fields, supplementing

        fields = await self.act(later_fields.fields_with_owed, owed_ids=tuple(row.id for row in rows))
        if fields is None:
            return
        materials = [(row.id, row.name) for row in rows]
        first = rows[0]

        async def take(values: dict[str, str]) -> "Settled | None":
            by: By | None = self.clerk_app.signed_in()
            marks = marks_of(materials, values)
            if any(mark.mark == "7" for mark in marks.values()):
                by = await self.approve(f"补交不合要求, 再告知 {first.receipt_no}")
            if by is None:
                return None
            return await self.act_as(
                by,
                supplementing.supplement,
                supplied=marks,
                fields=fields_of(values),
                checked=values["checked"] == "yes",
                handled_by=values["handled_by"],
                visit_id=self.open_visit_id,
            )

        checked = Labelled("核对", ChoiceField(CHECKED, "yes", id="checked"), "没有核对的留在待核里, 不算补齐")
        settled = await self.ask(
            WideActCard(
                f"补交 {first.receipt_no} {first.applicant_masked}",
                bringing_fields(materials, fields, start=start, more=(checked,)),
                take,
                lines=[f"{first.item_name}  到期 {first.due} {first.due_words}", "出补交材料收件凭证, 写明还欠什么"],
                check=something_brought,
                label_width=LABEL_WIDTH,
            )
        )
        await self._came_to(settled)

    async def check(self, rows: "Sequence[OwedRow]") -> None:
        """Supplied materials are good."""
        from clerk_tui.desk import supplementing

        done = await self._each(rows, lambda row: self.act(supplementing.check, owed_id=row.id))
        self._say_done("已核对", done, rows)

    async def reject(self, rows: "Sequence[OwedRow]") -> None:
        """A supplied material is faulty: one more written notice, with a supervisor; the date stays."""
        from clerk_tui.desk import supplementing

        await self._with_reason(
            rows,
            "补交不合要求, 再告知一次",
            "写进通知书: 哪里不合要求, 要补成什么样; 期限不变, 只能再告知一次",
            lambda by, row, values: self.act_as(
                by, supplementing.reject_supplement, owed_id=row.id, reason=values["reason"]
            ),
        )

    async def reopen(self, rows: "Sequence[OwedRow]") -> None:
        """An entry that was taken for supplied or done by mistake is owed again."""
        from clerk_tui.desk import supplementing

        await self._with_reason(
            rows,
            "改回待补",
            "写进更正说明: 怎么登记错的; 期限还是原来的",
            lambda by, row, values: self.act_as(by, supplementing.reopen, owed_id=row.id, reason=values["reason"]),
        )

    # dates

    async def extend(self, rows: "Sequence[OwedRow]") -> None:
        """A later date before the entry expires, as often and as far as the list allows."""
        from clerk_tui.desk import owing_acts

        due = DateField("", today=self.clerk_app.local_now().date(), placeholder="不填就延到清单允许的最晚日", id="due")
        await self._with_reason(
            rows,
            "延期",
            "写进延期通知书",
            lambda by, row, values: self.act_as(
                by, owing_acts.extend, owed_id=row.id, reason=values["reason"], due=values["due"]
            ),
            more=(Labelled("延到", due, "到期日之后, 清单允许的最晚日之前"),),
        )

    async def expire(self, rows: "Sequence[OwedRow]") -> None:
        """Propose what the list says for entries that did not come; nothing ends by it."""
        from clerk_tui.desk import expiring

        lines = [f"{row.receipt_no} {row.applicant_masked} {row.name} {row.due_words}" for row in rows[:8]]
        if not await self.ask(
            ConfirmCard(
                "提出逾期处理", [*lines, "", "只是提出, 出逾期告知; 办件不结束, 有了处理结果再登记"], yes="提出"
            )
        ):
            return
        done = await self._each(rows, lambda row: self.act(expiring.propose_expiry, owed_id=row.id))
        self._say_done("已提出逾期处理", done, rows)
        await self.show_papers(_papers(done))

    async def settle(self, rows: "Sequence[OwedRow]") -> None:
        """How an expired entry ends: by whose power, on which document, with a supervisor."""
        from clerk_tui.desk import expiring

        await self._with_reason(
            rows,
            "逾期处理",
            "写进文书",
            lambda by, row, values: self.act_as(
                by,
                expiring.settle_expiry,
                owed_id=row.id,
                outcome=values["outcome"],
                reason=values["reason"],
                document=values["document"],
            ),
            before=(
                Labelled(
                    "怎样处理",
                    ChoiceField(EXPIRY, "", id="outcome"),
                    "按清单: 用提出时清单定的处理; 终止, 撤销受理, 不予许可由部门决定, 要填部门文书",
                ),
                Labelled("部门文书", TextField(id="document"), "部门决定的文号和日期; 本大厅有权的留空"),
            ),
            lawful=lambda row, values: self.act(
                expiring.can_settle, owed_id=row.id, outcome=values["outcome"], document=values["document"]
            ),
        )

    async def remind(self, rows: "Sequence[OwedRow]") -> None:
        """Who was told, by what, reached or not."""
        from clerk_tui.desk import owing_acts

        ids = tuple(row.id for row in rows)
        done = await self.ask(
            ActCard(
                f"登记提醒 {rows[0].applicant_masked} {rows[0].name}" if len(rows) == 1 else f"登记提醒 {len(rows)} 条",
                (
                    Labelled("怎样联系", ChoiceField(HOW, "phone", id="how"), "每次提醒都留记录"),
                    Labelled("结果", ChoiceField(REACHED, "yes", id="reached"), "没联系上也要登记"),
                    Labelled("备注", TextField(id="words"), "例如 周四来补"),
                ),
                lambda values: self.act(
                    owing_acts.remind,
                    owed_ids=ids,
                    how=values["how"],
                    reached=values["reached"] == "yes",
                    words=values["words"],
                ),
                lines=[f"{row.applicant_masked} {row.phone_masked}  {row.name} {row.due_words}" for row in rows[:6]],
            )
        )
        if done is not None:
            self.gone_through += 1
            self.say(f"已登记提醒 {len(done)} 条")

    async def verify(self, rows: "Sequence[OwedRow]") -> None:
        """What checking a promise found."""
        from clerk_tui.desk import owing_acts

        row = rows[0]
        settled = await self.ask(
            ActCard(
                f"承诺核查 {row.name}",
                (
                    Labelled("结果", ChoiceField(TRUE, "yes", id="truthful"), "不实的提请部门终止或依法撤销"),
                    Labelled("怎样核的", TextField(id="how"), "例: 部门系统查得, 现场核查"),
                    Labelled("不实情况", TextField(id="reason"), "不实时必填, 写进告知"),
                ),
                lambda values: self.act(
                    owing_acts.verify_promise,
                    owed_id=row.id,
                    truthful=values["truthful"] == "yes",
                    how=values["how"],
                    reason=values["reason"],
                ),
                lines=[
                    f"{row.receipt_no} {row.item_name} {row.applicant_masked}",
                    f"最迟核查 {row.due} {row.due_words}",
                ],
            )
        )
        await self._came_to(settled)

    # what several have in common

    async def _with_reason(
        self,
        rows: "Sequence[OwedRow]",
        title: str,
        help_words: str,
        do: "Callable[[By, OwedRow, dict[str, str]], Awaitable[Settled | None]]",
        *,
        before: Sequence[Labelled] = (),
        more: Sequence[Labelled] = (),
        lawful: "Callable[[OwedRow, dict[str, str]], Awaitable[bool | None]] | None" = None,
    ) -> None:
        """One card with a reason and one approval for all of them; what is refused is told and stays as it was.

        No supervisor is called for what is refused anyway: the reason is looked for, and `lawful` asked, before.
        """

        async def take(values: dict[str, str]) -> "list[Settled] | None":
            if lawful is not None:
                for row in rows:
                    if not await lawful(row, values):
                        return None
            by = await self.approve(f"{title} {rows[0].receipt_no}" + (f" 等 {len(rows)} 条" if len(rows) > 1 else ""))
            if by is None:
                return None
            return await self._each(rows, lambda row: do(by, row, values)) or None

        done = await self.ask(
            ActCard(
                f"{title}: {rows[0].name}" if len(rows) == 1 else f"{title} {len(rows)} 条",
                (*before, *more, Labelled("理由", TextField(id="reason"), help_words)),
                take,
                lines=[f"{row.receipt_no} {row.applicant_masked} {row.name} {row.due_words}" for row in rows[:6]],
                check=lambda values: None if values["reason"].strip() else ("reason", "请写明理由"),
            )
        )
        if done is not None:
            self._say_done(title, done, rows)
            await self.show_papers(_papers(done))

    async def _each(
        self, rows: "Sequence[OwedRow]", do: "Callable[[OwedRow], Awaitable[Settled | None]]"
    ) -> "list[Settled]":
        found = [await do(row) for row in rows]
        return [one for one in found if one is not None]

    def _say_done(self, title: str, done: "Sequence[Settled]", rows: "Sequence[OwedRow]") -> None:
        refusal = self.clerk_app.last_refusal
        self.gone_through += 1
        if len(done) == len(rows):
            self.say(done[0].words if len(done) == 1 else f"{title}: {len(done)} 条")
        elif refusal is not None:
            self.ring(f"{title}: {len(done)} 条办成, {len(rows) - len(done)} 条没有: {refusal.words}", refusal.advice)

    async def _came_to(self, settled: "Settled | None") -> None:
        if settled is not None:
            self.gone_through += 1
            self.say(settled.words)
            await self.show_papers(settled.papers)

    @flow
    async def do_chosen(self, chosen: "dict[str, list[OwedRow]]") -> None:
        """F9 on the option column: digit -> entries; one card for each act."""
        names = {"1": "supplement", "2": "extend", "3": "remind", "4": "expire", "5": "check"}
        for digit in sorted(chosen):
            self.clerk_app.last_refusal = None
            before = self.gone_through
            await self.do(chosen[digit], names[digit])
            if self.gone_through > before:
                self.chosen_done(tuple(row.id for row in chosen[digit]))
        await self.read()

    async def choose_of(self, rows: "Sequence[OwedRow]") -> None:
        """A paper or a case leads to what it owes: one entry opens, several are listed with all of them first."""
        if len(rows) == 1:
            await self.do_entry(rows[0])
            return
        chosen = await self.ask(
            ListCard(
                f"{rows[0].receipt_no} {rows[0].applicant_masked} 欠 {len(rows)} 份",
                (Column("材料", 0), Column("到期", 10), Column("", 12)),
                [
                    Row("", ("几份一起补交", "", "")),
                    *(Row(row.id, (row.name, row.due, row.due_words or row.state_words)) for row in rows),
                ],
            )
        )
        if chosen == "":
            await self.supplement_case(rows[0].case_id)
            await self.read()
        elif chosen is not None:
            await self.do_entry(next(row for row in rows if row.id == chosen))


def _acts_of(row: "OwedRow") -> tuple[str, ...]:
    if row.kind == "promise":
        return ACTS["promise_untrue" if row.state == "expired" else "done" if row.state in DONE else "promise"]
    return ACTS["done"] if row.state in DONE else ACTS.get(row.state, ACTS["owed"])


def _papers(done: "Sequence[Settled]") -> "tuple[PaperView, ...]":
    return tuple(paper for one in done for paper in one.papers)
