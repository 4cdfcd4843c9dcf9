"""What is asked when materials are brought later: how each was shown and verified, and the fields that come with them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clerk_tui.tui.widgets.fields import Choice, ChoiceField, TextField
from clerk_tui.tui.widgets.form import Labelled

if TYPE_CHECKING:
    from clerk_tui.desk.views.intake import FieldRow, MaterialMark

SHOWN = (
    Choice("1", "核退"),
    Choice("2", "留"),
    Choice("3", "复印"),
    Choice("4", "电子"),
    Choice("5", "共享"),
    Choice("7", "瑕疵"),
    Choice("0", "没带"),
)
"""The digits of the material list; 0 leaves a material as it is."""
VERIFIED = (
    Choice("resident_phone", "手机出示"),
    Choice("department_system", "部门系统"),
    Choice("on_file", "在库复印"),
    Choice("pending_back_office", "待后台核"),
)
LABEL_WIDTH = 26
FIELD = "field-"
MARK = "mark-"


def bringing_fields(
    materials: Sequence[tuple[str, str]],
    fields: Sequence["FieldRow"],
    *,
    start: str = "1",
    more: Sequence[Labelled] = (),
) -> tuple[Labelled, ...]:
    """One row for each material (key, name), then what belongs to all of them; `marks_of` and `fields_of` read it."""
    return (
        *(
            Labelled(
                name,
                ChoiceField(SHOWN, start, by_value=True, id=f"{MARK}{place}"),
                "1核退 2收原件 3收复印件 4电子证照 5共享或在库 7有瑕疵(再告知, 要主管) 0没有带来",
            )
            for place, (_, name) in enumerate(materials)
        ),
        Labelled(
            "4 5 怎样核的", ChoiceField(VERIFIED, "resident_phone", id="verified_how"), "只用于标 4 电子或 5 共享的"
        ),
        Labelled("7 什么问题", TextField(id="defect"), "只在标 7 瑕疵时填, 写进通知书"),
        *(
            Labelled(row.label, TextField(id=f"{FIELD}{row.id}"), row.hint or "随这份材料补填, 必填", "必填")
            for row in fields
        ),
        Labelled("由谁送来", TextField(kind="name", id="handled_by"), "本人或到访的人可留空; 邮寄写 邮寄"),
        *more,
    )


def marks_of(materials: Sequence[tuple[str, str]], values: dict[str, str]) -> "dict[str, MaterialMark]":
    """How each material that was brought was shown, by key; what was not brought is not in it."""
    from clerk_tui.desk.views.intake import MaterialMark

    found = {}
    for place, (key, _) in enumerate(materials):
        mark = values[f"{MARK}{place}"]
        if mark != "0":
            found[key] = MaterialMark(
                mark=mark,
                verified_how=values["verified_how"] if mark in "45" else "",
                defect=values["defect"] if mark == "7" else "",
            )
    return found


def fields_of(values: dict[str, str]) -> dict[str, str]:
    """What was typed in the fields that come with the materials; an empty one was not typed."""
    return {name.removeprefix(FIELD): text for name, text in values.items() if name.startswith(FIELD) and text}


def something_brought(values: dict[str, str]) -> tuple[str, str] | None:
    """A fault of the card: nothing was brought, or it does not say what is wrong."""
    marks = {name: mark for name, mark in values.items() if name.startswith(MARK)}
    if all(mark == "0" for mark in marks.values()):
        return min(marks), "还没有标哪一份补来了"
    if "7" in marks.values() and not values["defect"]:
        return "defect", "标了瑕疵, 要写明什么问题"
    return None
