"""How a result comes in at the pickup place: taken in, expected or not, matched to its case, given its shelf."""

from typing import TYPE_CHECKING

from clerk_tui.tui.acting import flow
from clerk_tui.tui.cards.common import ActCard
from clerk_tui.tui.places.place import Place
from clerk_tui.tui.widgets.fields import Choice, ChoiceField, TextField
from clerk_tui.tui.widgets.form import Labelled

if TYPE_CHECKING:
    from clerk_tui.desk.views.cases import ResultRow

KINDS = (Choice("paper", "纸质"), Choice("card", "证卡"), Choice("electronic", "电子"), Choice("payment", "发放"))
DECISIONS = (Choice("granted", "准予"), Choice("refused", "不予"))


class Arrivals(Place):
    """The acts of the pickup place by which a result arrives."""

    async def read(self) -> None:
        """Read the list that is shown again."""
        raise NotImplementedError

    async def take_in(self, row: "ResultRow") -> None:
        """A result that the district announced is here."""
        from clerk_tui.desk import pickup

        async def take(values: dict[str, str]) -> "ResultRow | None":
            taken = await self.act(
                pickup.take_in,
                result_id=row.id,
                number=values["number"],
                copies=int(values["copies"]),
                condition=values["condition"],
            )
            return await self._shelved(taken, values["shelf"])

        taken = await self.ask(
            ActCard(
                f"接收到件: {row.name}",
                (
                    Labelled(
                        "证照编号", TextField(row.number, kind="code", id="number"), "证照或文书上的编号, 没有可留空"
                    ),
                    Labelled("份数", TextField("1", kind="digits", max_length=3, id="copies"), "清点实收份数"),
                    Labelled("状况", TextField(id="condition"), "完好可留空; 有破损写明"),
                    Labelled("柜位", TextField(kind="code", max_length=12, id="shelf"), "填了就直接上架, 例如 B-07"),
                ),
                take,
                lines=[f"{row.applicant_masked} {row.item_name} {row.receipt_no}"],
                check=_check_copies,
            )
        )
        self._say_taken(taken)

    @flow
    async def take_in_new(self) -> None:
        """F9: a result that the department brought without a word from the district."""
        await self.register_new("")

    async def register_new(self, receipt_no: str) -> None:
        """A result that was not announced; `receipt_no` when a scan told its case."""
        from clerk_tui.desk import pickup

        async def take(values: dict[str, str]) -> "ResultRow | None":
            taken = await self.act(
                pickup.take_in,
                receipt_no=await self.receipt_no(values["receipt_no"]),
                person_name=values["person_name"],
                name=values["name"],
                number=values["number"],
                kind=values["kind"],
                decision=values["decision"],
                copies=int(values["copies"]),
            )
            return await self._shelved(taken, values["shelf"])

        taken = await self.ask(
            ActCard(
                f"登记新到件 {receipt_no}".rstrip(),
                (
                    Labelled(
                        "收件号",
                        TextField(receipt_no, kind="code", max_length=50, id="receipt_no"),
                        "收件号或办件编号, 可扫码; 不知道就留空填姓名",
                    ),
                    Labelled("结果上姓名", TextField(kind="name", id="person_name"), "对不上办件时, 按这个姓名先上架"),
                    Labelled("结果名称", TextField(id="name"), "空着就按办件的结果; 例如 营业执照"),
                    Labelled("证照编号", TextField(kind="code", id="number"), "没有可留空"),
                    Labelled("种类", ChoiceField(KINDS, "paper", id="kind"), "纸质和证卡上架, 电子和发放登记送达"),
                    Labelled("决定", ChoiceField(DECISIONS, "granted", id="decision"), "送件清单上写的决定"),
                    Labelled("份数", TextField("1", kind="digits", max_length=3, id="copies"), "清点实收份数"),
                    Labelled("柜位", TextField(kind="code", max_length=12, id="shelf"), "填了就直接上架"),
                ),
                take,
                check=_check_copies,
            )
        )
        self._say_taken(taken)
        await self.read()

    async def _shelved(self, taken: "ResultRow | None", shelf: str) -> "ResultRow | None":
        """What was taken in stays taken in, also when its place is refused: then the clerk shelves it from the list."""
        from clerk_tui.desk import pickup

        if taken is not None and shelf:
            return await self.act(pickup.shelve, result_id=taken.id, shelf=shelf) or taken
        return taken

    def _say_taken(self, taken: "ResultRow | None") -> None:
        if taken is not None:
            self.say(f"已登记 {taken.name}, {taken.state_words} {taken.shelf}".rstrip())

    async def receipt_no(self, text: str) -> str:
        """A code, or a number as the find box takes it, becomes the receipt number of its one case; else it stays."""
        from clerk_tui.desk import finding

        return text and (await self.act(finding.receipt_of, text=text) or text)

    async def shelve(self, row: "ResultRow") -> None:
        """Give a result its place, or another one."""
        from clerk_tui.desk import pickup

        shelved = await self.ask(
            ActCard(
                f"上架: {row.name} {row.applicant_masked}",
                (Labelled("柜位", TextField(row.shelf, kind="code", max_length=12, id="shelf"), "例如 B-07"),),
                lambda values: self.act(pickup.shelve, result_id=row.id, shelf=values["shelf"]),
                lines=[f"{row.applicant_masked} {row.item_name} {row.receipt_no}".strip()],
            )
        )
        if shelved is not None:
            self.say(f"{shelved.name} 在 {shelved.shelf}, {shelved.state_words}")

    async def match(self, row: "ResultRow") -> None:
        """Bind a result to its case."""
        from clerk_tui.desk import pickup

        async def take(values: dict[str, str]) -> "ResultRow | None":
            return await self.act(
                pickup.match, result_id=row.id, receipt_no=await self.receipt_no(values["receipt_no"])
            )

        matched = await self.ask(
            ActCard(
                f"对上办件: {row.name} {row.applicant_masked}",
                (
                    Labelled(
                        "收件号", TextField(kind="code", max_length=50, id="receipt_no"), "收件号或办件编号, 可扫码"
                    ),
                ),
                take,
                lines=[f"柜位 {row.shelf or '还没有'}  {row.name} {row.number}".rstrip()],
            )
        )
        if matched is not None:
            self.say(f"已对上 {matched.receipt_no}, {matched.state_words}")


def _check_copies(values: dict[str, str]) -> tuple[str, str] | None:
    return None if values["copies"].isdigit() and int(values["copies"]) > 0 else ("copies", "份数填 1 以上的整数")
