"""Who stands here: found by number, name, pinyin, phone or card reader; registered when unknown; 人证一致 recorded."""

from typing import TYPE_CHECKING

from clerk_tui.tui.cards.common import ActCard, ListCard, MenuCard
from clerk_tui.tui.intake.in_hand import InHand
from clerk_tui.tui.widgets.fields import TextField
from clerk_tui.tui.widgets.form import Labelled
from clerk_tui.tui.widgets.numbered_list import Column, Row

if TYPE_CHECKING:
    from clerk_tui.desk.views.visit import PersonView, VisitView

HOW = (
    ("card_seen", "看过身份证件, 人证一致"),
    ("card_reader", "读卡器读过, 人证一致"),
    ("e_card", "看过电子证件, 人证一致"),
    ("known", "本人曾在本窗核过, 认得"),
)
PEOPLE = (Column("姓名", 10), Column("证件", 20), Column("电话", 12), Column("村居", 0))
LONG_ENOUGH_FOR_A_NUMBER = 7


class Identifying(InHand):
    """The acts of the intake place about persons."""

    async def find_person(self, text: str, title: str, *, scanned: bool = False) -> "PersonView | None":
        """The resident that a text or a scan means: found, chosen among several, or registered now."""
        from clerk_tui.desk import people
        from clerk_tui.rules.identity import check_number

        scan = self.clerk_app.classify(text) if scanned else None
        line = scan.person if scan is not None else None
        wanted = scan.value if scan is not None else text
        found = await self.act(people.find_people, text=wanted)
        if found is None:
            return None
        if len(found) == 1 and (scanned or _is_number(wanted)):
            return found[0]
        if found:
            chosen = await self.ask(
                ListCard(
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
            if not check.valid:
                self.ring("证件号码不对: " + "; ".join(check.reasons), "核对后再输一次")
                return None
            return await self.register(title, number=check.number)
        return await self.register(title, name=wanted)

    async def register(self, title: str, *, name: str = "", number: str = "", address: str = "") -> "PersonView | None":
        """Ask the rest and register a resident."""
        from clerk_tui.desk import people

        made = await self.ask(
            ActCard(
                f"{title}: 登记",
                (
                    Labelled("姓名", TextField(name, kind="name", id="name"), "与证件一致; 少数民族姓名用 ·"),
                    Labelled(
                        "证件号码",
                        TextField(number, kind="number", id="number"),
                        "没有证件号的留空, 在下面填出生日期和监护人或出生证编号",
                    ),
                    Labelled("出生日期", TextField(kind="date", id="birth"), "有证件号的不用填"),
                    Labelled("出生证/监护人", TextField(id="birth_proof"), "还没有证件号的新生儿"),
                    Labelled("电话", TextField(kind="phone", id="phone"), "没有电话填 无, 再填联系人"),
                    Labelled("联系人", TextField(id="contact"), "没有电话时怎样找到人"),
                    Labelled("地址", TextField(address, id="address"), "现住址"),
                    Labelled("村居", TextField(id="village"), "所属村居"),
                ),
                lambda values: self.act(people.register_person, **values),
                label_width=15,
                start="phone" if name and number else "",
            )
        )
        if made is None:
            return None
        for warning in (*made.warnings, *made.differs):
            self.say(warning)
        return made.person

    async def identify(self, visit: "VisitView", person: "PersonView", *, how: str = "") -> "VisitView | None":
        """Record who attends, and how identity and face were compared."""
        from clerk_tui.desk import visits

        if not how:
            answer = await self.ask(
                MenuCard(
                    f"{person.name_masked} {person.number_masked}",
                    [f"{person.sex} {person.age or '-'} 岁  {person.village}"],
                    HOW,
                )
            )
            if answer is None:
                return None
            how = answer
        return await self.act(visits.identify, visit_id=visit.id, person_id=person.id, how=how)


def _is_number(text: str) -> bool:
    return sum(character.isdigit() for character in text) >= LONG_ENOUGH_FOR_A_NUMBER
