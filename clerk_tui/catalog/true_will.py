"""老年人权益保障法: an old person's transfer of a home or of the household register is asked about before it is done."""

from dataclasses import replace
from datetime import date

from clerk_tui.catalog.model import Item, Option, Question
from clerk_tui.rules.identity import age_on

OLD_AGE = 60
"""老年人 are sixty or older (老年人权益保障法 2)."""

TRUE_WILL = Question(
    id="true_will",
    text="已单独询问老人, 是否本人真实意愿",
    options=(
        Option("yes", "已询问, 是本人真实意愿"),
        Option("no", "不是, 或不愿意", stop="不是老人本人的真实意愿, 不能办; 需要时可转村居或法律援助"),
    ),
)


def ask_true_will(item: Item, births: tuple[str, ...], today: date) -> Item:
    """The item with the question, where it moves a home or a household and one of the parties is old.

    `births` are ISO dates of the parties, '' where unknown.
    """
    if not item.true_will or not any(birth and age_on(date.fromisoformat(birth), today) >= OLD_AGE for birth in births):
        return item
    return replace(item, questions=(*item.questions, TRUE_WILL))
