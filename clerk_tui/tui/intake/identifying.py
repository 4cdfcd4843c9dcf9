"""Who stands here: the card and the face are compared (人证一致), and how is recorded."""

from typing import TYPE_CHECKING

from clerk_tui.tui.cards.common import MenuCard
from clerk_tui.tui.intake.in_hand import InHand
from clerk_tui.tui.parties import Parties

if TYPE_CHECKING:
    from clerk_tui.desk.views.visit import PersonView, VisitView

HOW = (
    ("card_seen", "看过身份证件, 人证一致"),
    ("card_reader", "读卡器读过, 人证一致"),
    ("e_card", "看过电子证件, 人证一致"),
    ("known", "本人曾在本窗核过, 认得"),
)
NUMBERLESS = (("papers", "看过户口簿、出生证等文书, 还没有身份证件"), HOW[3])
"""Whoever has no number yet has no card that could be seen."""
FAR = ("phone", "post")
"""Kinds of visit in which nobody stands at the window."""


class Identifying(Parties, InHand):
    """The acts of the intake place about persons."""

    async def identify(self, visit: "VisitView", person: "PersonView", *, how: str = "") -> "VisitView | None":
        """Record who attends, and how identity and face were compared."""
        from clerk_tui.desk import visits

        if not how:
            lines = [f"{person.sex} {person.age or '-'} 岁  {person.village}"]
            before = visit.attendee
            if before is not None and before.id != person.id:
                lines.append(
                    f"! 这次到访登记的来人是 {before.name_masked}; 选了就改成 {person.name_masked}, 不改按 Esc"
                )
            answer = await self.ask(
                MenuCard(
                    f"{person.name_masked} {person.number_masked}",
                    lines,
                    _how(visit, person),
                    start=visit.identified_how if before is not None and before.id == person.id else "",
                )
            )
            if answer is None:
                return None
            how = answer
        return await self.act(visits.identify, visit_id=visit.id, person_id=person.id, how=how)


def _how(visit: "VisitView", person: "PersonView") -> tuple[tuple[str, str], ...]:
    if visit.kind in FAR:
        return (("phone", "电话或来信自述, 没有当面核对"), *HOW[3:])
    return HOW if person.number_masked else NUMBERLESS
