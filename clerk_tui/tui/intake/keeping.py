"""The draft of an intake: to JSON and back, saved on every field in the window's own file."""

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from clerk_tui.desk.views.intake import IntakeDraft, IntakeSheet, MaterialMark
from clerk_tui.store.drafts import Draft

if TYPE_CHECKING:
    from clerk_tui.store.drafts import Drafts

KIND = "intake"


def dump(draft: IntakeDraft) -> str:
    """A draft as JSON text."""
    return json.dumps(dataclasses.asdict(draft), ensure_ascii=False)


def load(text: str) -> IntakeDraft:
    """A draft from its JSON text. Raises ValueError, TypeError, KeyError for a text of another program version."""
    told: dict[str, Any] = json.loads(text)
    marks = {
        key: MaterialMark(**{**mark, "points": tuple(mark.get("points", ()))})
        for key, mark in told.pop("marks").items()
    }
    answers = {key: tuple(chosen) for key, chosen in told.pop("answers").items()}
    told["members"] = tuple(told["members"])
    told["listed"] = tuple(told.get("listed", ()))
    return IntakeDraft(**told, marks=marks, answers=answers)


def save(drafts: "Drafts | None", draft: IntakeDraft, clerk_id: str, now: int) -> None:
    """Keep the draft as it stands; a window without a draft file (a full disk) goes on without."""
    if drafts is not None:
        drafts.save(Draft(draft.act_id, clerk_id, KIND, draft.visit_id, dump(draft), now))


def of_visit(drafts: "Drafts | None", clerk_id: str, visit_id: str) -> tuple[IntakeDraft, ...]:
    """The clerk's drafts of one visit, newest first; one that cannot be read is left where it is."""
    if drafts is None:
        return ()
    found = []
    for kept in drafts.of_clerk(clerk_id, kind=KIND, visit_id=visit_id):
        try:
            found.append(load(kept.body))
        except (ValueError, TypeError, KeyError):
            continue
    return tuple(found)


def changed_since(draft: IntakeDraft, sheet: IntakeSheet) -> str:
    """Words when the catalogue changed after the draft was last worked on: the sheet follows the one in force."""
    if not draft.item_version or draft.item_version == sheet.version:
        return ""
    now = [row.name for row in sheet.materials]
    more = "、".join(name for name in now if name not in draft.listed)
    less = "、".join(name for name in draft.listed if name not in now)
    told = [f"多了 {more}" if more else "", f"不再要 {less}" if less else "", "请从头核对"]
    return "; ".join(["这份草稿之后事项目录有变", *filter(None, told)])


def drop(drafts: "Drafts | None", act_id: str) -> None:
    """The act is committed, or the clerk threw the draft away."""
    if drafts is not None:
        drafts.drop(act_id)
