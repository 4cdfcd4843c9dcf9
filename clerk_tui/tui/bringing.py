"""What is asked when a material is brought later: how it was shown, and the form fields that come with it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clerk_tui.tui.cards.common import FormCard
from clerk_tui.tui.widgets.fields import Choice, ChoiceField, TextField
from clerk_tui.tui.widgets.form import Labelled

if TYPE_CHECKING:
    from clerk_tui.desk.views.intake import FieldRow, MaterialMark

SHOWN = (
    Choice("1", "原件核退"),
    Choice("2", "收原件"),
    Choice("3", "收复印件"),
    Choice("4", "电子证照, 本人手机出示"),
    Choice("7", "有问题, 再告知一次(要主管)"),
)
FIELD = "field-"


def bringing_card(title: str, fields: Sequence["FieldRow"], lines: Sequence[str] = ()) -> FormCard:
    """The card; `mark_of` and `fields_of` read its answer."""
    return FormCard(
        title,
        (
            Labelled("怎样交的", ChoiceField(SHOWN, "1", id="mark"), "与材料清单的数字相同"),
            Labelled("什么问题", TextField(id="defect"), "只在有问题时填, 写进通知书"),
            *(
                Labelled(row.label, TextField(id=f"{FIELD}{row.id}"), row.hint or "随这份材料补填, 必填")
                for row in fields
            ),
        ),
        lines=lines,
    )


def mark_of(values: dict[str, str]) -> "MaterialMark":
    """How the material was shown."""
    from clerk_tui.desk.views.intake import MaterialMark

    mark = values["mark"]
    return MaterialMark(
        mark=mark,
        verified_how="resident_phone" if mark == "4" else "",
        defect=values["defect"] if mark == "7" else "",
    )


def fields_of(values: dict[str, str]) -> dict[str, str]:
    """What was typed in the fields that come with the material."""
    return {name.removeprefix(FIELD): text for name, text in values.items() if name.startswith(FIELD)}
