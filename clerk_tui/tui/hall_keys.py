"""What stands on every paper about the hall, and its ticket categories: looked at and changed with a supervisor."""

import re
from typing import TYPE_CHECKING

from clerk_tui.rules.refusal import Refusal
from clerk_tui.tui import cards
from clerk_tui.tui.acting import Acting, flow

if TYPE_CHECKING:
    from clerk_tui.desk.views.hall import HallView

TEXTS = (
    ("phone", "咨询电话", "印在每份文书上, 例: 020-84881234"),
    ("supervision_phone", "监督电话", "例: 12345"),
    ("address", "地址", "办理地点, 印在通知书和办事指引上"),
)
CATEGORIES = "categories"


class HallKeys(Acting):
    """Mixin of the workbench."""

    @flow
    async def action_hall_settings(self) -> None:
        """The hall's telephones, address and ticket categories."""
        from clerk_tui.desk import halls

        now = await self.call(halls.hall)
        if now is None:
            return
        kept = {name: getattr(now, name) for name, _, _ in TEXTS} | {CATEGORIES: _categories(now)}

        async def take(values: dict[str, str]) -> "HallView | None":
            changed = {name: value for name, value in values.items() if value != kept[name]}
            if not changed:
                self.ring("没有改动", "Esc 收起")
                return None
            changes: dict[str, object] = dict(changed)
            if CATEGORIES in changed:
                changes[CATEGORIES] = _pairs(changed[CATEGORIES])
            by = await self.approve("改大厅资料")
            if by is None:
                return None
            return await self.act_as(by, halls.change_settings, changes=changes)

        fields = [
            cards.Labelled(words, cards.TextField(kept[name], max_length=80, id=name), hint)
            for name, words, hint in TEXTS
        ]
        fields.append(
            cards.Labelled(
                "业务类别",
                cards.TextField(kept[CATEGORIES], max_length=120, id=CATEGORIES),
                "名称和号头字母, 例: 综合 A, 社保 B",
            )
        )
        lines = (
            f"{now.name}  文号 {now.short_name}  编号 {now.letter}",
            "新加的类别要在 大厅情况 里给窗口办, 才会被叫到。",
        )
        if await self.ask(cards.ActCard("大厅资料", fields, take, lines=lines)):
            self.say("大厅资料已改, 以后的文书都用新的")


def _categories(now: "HallView") -> str:
    return ", ".join(f"{one.name} {one.letter}" for one in now.categories)


def _pairs(text: str) -> list[tuple[str, str]]:
    """Names and letters as they are typed: `综合 A, 社保 B`. Raises Refusal categories_faulty."""
    pairs = []
    for part in filter(None, (one.strip() for one in re.split("[,，、;；]", text))):
        name, _, letter = part.rpartition(" ")
        if not name.strip():
            raise Refusal("categories_faulty", f"[{part}] 缺号头字母", "例: 综合 A, 社保 B", field=CATEGORIES)
        pairs.append((name.strip(), letter.strip().upper()))
    return pairs
