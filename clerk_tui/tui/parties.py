"""Persons and organisations: found by any piece of name, number or phone, chosen among several, or registered now."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clerk_tui.tui import cards
from clerk_tui.tui.acting import Acting
from clerk_tui.tui.widgets.numbered_list import Column, Row

if TYPE_CHECKING:
    from clerk_tui.desk.views.visit import PersonView, Registered

SCAN_AGAIN = "再扫一次; 还不行就手输证件号码或姓名"
PEOPLE = (Column("姓名", 10), Column("证件", 20), Column("电话", 12), Column("村居", 0))
ORGANISATIONS = (Column("名称", 0), Column("统一社会信用代码", 20), Column("电话", 12))
LONG_ENOUGH_FOR_A_NUMBER = 7
SEXES = (("", "不填"), ("男", "男"), ("女", "女"))


class Parties(Acting):
    """Mixin of places and of the workbench."""

    async def find_person(self, text: str, title: str, *, scanned: bool = False) -> "PersonView | None":
        """The resident that a text or a scan means: found, chosen among several, or registered now."""
        from clerk_tui.desk import people
        from clerk_tui.desk.person_facts import ORGANISATION_ADVICE, ORGANISATIONS_NUMBER
        from clerk_tui.rules.identity import NumberKind, check_number, check_phone

        scan = self.clerk_app.classify(text) if scanned else None
        line = scan.person if scan is not None else None
        wanted = scan.value if scan is not None else text
        found = await self.act(people.find_people, text=wanted)
        if found is None:
            return None
        if len(found) == 1 and (scanned or _is_number(wanted)):
            if line is not None and line.name not in ("", found[0].name):
                self.say(f"登记的姓名是 {found[0].name_masked}, 与证件上的不同; 核对后按 F2 输入 居民 改资料")
            return found[0]
        if found:
            chosen = await self.ask(
                cards.ListCard(
                    title,
                    PEOPLE,
                    [
                        *(
                            Row(one.id, (one.name_masked, one.number_masked, one.phone_masked, one.village))
                            for one in found
                        ),
                        Row("new", ("新登记", "", "", "都不是, 登记一位新的")),
                    ],
                )
            )
            if chosen is None:
                return None
            if chosen != "new":
                return next(one for one in found if one.id == chosen)
        if line is not None:
            return await self.register(title, name=line.name, number=line.number, address=line.address)
        if _is_number(wanted):
            check = check_number(wanted, today=self.clerk_app.today())
            if check_phone(wanted).valid and not check.valid:
                self.ring(f"没有登记过电话 {wanted} 的居民", "请输证件号码或姓名, 电话在登记时填")
                return None
            if not check.valid:
                told = "; ".join(check.reasons)
                again = "" if "核对" in told else "改好再按 Enter"  # else all of it has no room
                self.ring(f"证件号码不对: {told}", SCAN_AGAIN if scanned else again)
                return None
            if check.kind is NumberKind.RESIDENT_ID_15:
                self.ring("没有登记过这个 15 位旧号码, 旧号码只用于查旧档案", "请输身份证上的 18 位号码")
                return None
            if check.kind is NumberKind.USCC:
                self.ring(ORGANISATIONS_NUMBER, ORGANISATION_ADVICE)
                return None
            return await self.register(title, number=check.number)
        if scanned:
            self.ring(f"扫到的不是证件号码: {wanted[:30]}", SCAN_AGAIN)
            return None
        name = "" if wanted.isascii() or any(character.isdigit() for character in wanted) else wanted
        return await self.register(f"{title}: 没有找到 {wanted[:20]}", name=name)

    async def register(self, title: str, *, name: str = "", number: str = "", address: str = "") -> "PersonView | None":
        """Ask the rest and register a resident."""
        from clerk_tui.desk import people

        self.say("")  # what was refused before is over
        made = await self.ask(
            cards.RegisterCard(
                f"{title}: 登记",
                (
                    cards.Labelled(
                        "姓名", cards.TextField(name, kind="name", id="name"), "与证件一致; 少数民族姓名用 ·"
                    ),
                    cards.Labelled(
                        "证件号码",
                        cards.TextField(number, kind="number", id="number"),
                        "没有证件号的留空, 在下面填出生日期和监护人或出生证编号",
                    ),
                    cards.Labelled("出生日期", cards.TextField(kind="date", id="birth"), "有证件号的不用填"),
                    cards.Labelled(
                        "性别",
                        cards.ChoiceField([cards.Choice(*one) for one in SEXES], "", id="sex"),
                        "有证件号的不用填",
                    ),
                    cards.Labelled(
                        "出生证/监护人",
                        cards.TextField(id="birth_proof"),
                        "还没有证件号的新生儿: 出生医学证明编号或监护人姓名",
                    ),
                    cards.Labelled("电话", cards.TextField(kind="phone", id="phone"), "没有电话填 无, 再填联系人"),
                    cards.Labelled("联系人", cards.TextField(id="contact"), "没有电话时怎样找到人"),
                    cards.Labelled("地址", cards.TextField(address, id="address"), "现住址"),
                    cards.Labelled("村居", cards.TextField(id="village"), "所属村居"),
                ),
                lambda values: self.act(people.register_person, **values),
                label_width=15,
                start="phone" if name and number else "",
            )
        )
        if made is None:
            return None
        if warnings := "; ".join((*made.warnings, *made.differs)):
            self.say(warnings)
        return made.person

    async def find_organisation(self, text: str, title: str) -> "PersonView | None":
        """The organisation that a text means: found, chosen among several, or registered now."""
        from clerk_tui.desk import organisations

        found = await self.act(organisations.find_organisations, text=text)
        if found is None:
            return None
        if found:
            rows = [Row(one.id, (one.name, one.number_masked, one.phone_masked)) for one in found]
            rows.append(Row("new", ("都不是, 登记新的", "", "")))
            chosen = await self.ask(cards.ListCard(title, ORGANISATIONS, rows))
            if chosen is None:
                return None
            if chosen != "new":
                return next(one for one in found if one.id == chosen)
        code = text if _is_number(text) else ""
        return await self.register_organisation(title, name="" if code else text, code=code)

    async def register_organisation(self, title: str, *, name: str = "", code: str = "") -> "PersonView | None":
        """Ask the rest and register an organisation, with its legal representative where he is known."""
        from clerk_tui.desk import organisations

        async def take(values: dict[str, str]) -> "Registered | None":
            legal = None
            if values["legal_person"]:
                legal = await self.find_person(values["legal_person"], "法定代表人(负责人)")
                if legal is None:
                    card.query_one(cards.Form).lead_to("legal_person")
                    return None
            return await self.act(
                organisations.register_organisation,
                name=values["name"],
                uscc=values["uscc"],
                legal_person_id=legal.id if legal else None,
                phone=values["phone"],
                address=values["address"],
            )

        card: cards.ActCard[Registered] = cards.ActCard(
            f"{title}: 登记单位",
            (
                cards.Labelled("名称", cards.TextField(name, max_length=80, id="name"), "与营业执照或登记证一致"),
                cards.Labelled(
                    "信用代码", cards.TextField(code, kind="number", id="uscc"), "18 位; 正在设立还没有的留空"
                ),
                cards.Labelled(
                    "法定代表人", cards.TextField(kind="party", id="legal_person"), "姓名或证件号码, 可扫; 可留空"
                ),
                cards.Labelled("电话", cards.TextField(kind="phone", id="phone"), "没有电话填 无, 再填地址"),
                cards.Labelled("地址", cards.TextField(max_length=120, id="address"), "住所或经营场所"),
            ),
            take,
            check=_reachable,
            label_width=12,
            start="phone" if name and code else "",
        )
        made = await self.ask(card)
        if made is None:
            return None
        if warnings := "; ".join((*made.warnings, *made.differs)):
            self.say(warnings)
        return made.person

    async def ask_party(self, title: str, lines: Sequence[str] = ()) -> "PersonView | None":
        """Ask for a resident by any piece of name, number, pinyin or phone."""
        found = await self.ask(
            cards.ActCard(
                title,
                (
                    cards.Labelled(
                        "找谁", cards.TextField(kind="party", id="party"), "证件号码、姓名、拼音首字母、电话"
                    ),
                ),
                lambda values: self.find_person(values["party"], title),
                lines=lines,
                check=lambda values: None if values["party"] else ("party", "请输入证件号码或姓名"),
                label_width=8,
            )
        )
        return found


def _reachable(values: dict[str, str]) -> tuple[str, str] | None:
    """Who cannot be reached cannot apply: asked here, where it is typed, and not when the case is ready."""
    return (
        None
        if values["phone"] not in ("", "无") or values["address"]
        else ("address", "没有电话时要填地址, 才联系得到")
    )


def _is_number(text: str) -> bool:
    return sum(character.isdigit() for character in text) >= LONG_ENOUGH_FOR_A_NUMBER
