"""由谁办理, asked by the catalogue or by an item itself: what the parties already answer, and what they contradict."""

from collections.abc import Iterator, Mapping

from clerk_tui.catalog.model import Item, Option, Question
from clerk_tui.catalog.questions import questions_of
from clerk_tui.desk.context import Desk
from clerk_tui.desk.paper_facts import AUTHORITY_KINDS
from clerk_tui.desk.standing import Standing

SELF = "self"
"""The option of such a question that says: the applicant stands here."""
_HOLDERS = {"proxy": "agent", "operator": "agent", "guardian": "guardian", "heir": "heir"}
"""Kind of authority -> who holds the papers that its option asks for; a legal representative acts as the organisation
itself (民法典 61)."""

Answers = Mapping[str, tuple[str, ...]]


def presumed(desk: Desk, item: Item, answers: Answers, parties: Standing) -> dict[str, tuple[str, ...]]:
    """The answers, with what the recorded authority says filled in where nobody has answered it."""
    found = dict(answers)
    for question in _asking(desk, item):
        fitting = _fitting(desk, item, question, parties)
        if len(fitting) == 1 and not found.get(question.id):
            found[question.id] = (fitting[0].id,)
    return found


def contradiction(desk: Desk, item: Item, answers: Answers, parties: Standing) -> str:
    """Why 本人 cannot be the answer: another stands here, and by which right; '' where nothing speaks against it."""
    if parties.authority is None or parties.authority.kind not in _HOLDERS:
        return ""
    for question in _asking(desk, item):
        if SELF in answers.get(question.id, ()):
            kind = AUTHORITY_KINDS[parties.authority.kind]
            return f"[{question.text}]与代办依据不符: 来人凭{kind}代办, 不是申请人"
    return ""


def _asking(desk: Desk, item: Item) -> Iterator[Question]:
    """Questions with an answer for the applicant and another that asks for papers of whoever stands here instead."""
    for question in questions_of(desk.catalogue, item):
        others = [one for one in question.options if one.id != SELF]
        if len(others) < len(question.options) and any(
            _holders(desk, item, one) & set(_HOLDERS.values()) for one in others
        ):
            yield question


def _fitting(desk: Desk, item: Item, question: Question, parties: Standing) -> list[Option]:
    """The options that ask for papers of one who acts by the recorded authority."""
    holder = _HOLDERS.get(parties.authority.kind, "") if parties.authority is not None else ""
    return [one for one in question.options if holder in _holders(desk, item, one)]


def _holders(desk: Desk, item: Item, option: Option) -> set[str]:
    """Who holds the papers that an option asks for."""
    known = {**desk.catalogue.common_materials, **item.material_by_key}
    return {known[key].holder for key in option.add if key in known}
