"""What the hall's own settings say: categories and their letters, telephones, idle lock."""

from datetime import time
from typing import Any

from sqlalchemy import Connection, select, update

from clerk_tui.desk.context import Desk
from clerk_tui.desk.permits import require
from clerk_tui.desk.views.hall import CategoryView, HallView
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical
from clerk_tui.store.act import By
from clerk_tui.store.core import HALLS

CATEGORIES = (("综合", "A"), ("社保", "B"), ("领证", "C"))
"""Ticket categories of a new hall: name and the letter that its numbers begin with."""

LOCK_MINUTES = 10
_TEXTS = ("phone", "supervision_phone", "address", "complaint_phone", "office_hours")


def hall(desk: Desk) -> HallView:
    """The hall and its settings."""
    with desk.look() as connection:
        return hall_within(connection, desk.hall_id)


def hall_within(connection: Connection, hall_id: str) -> HallView:
    """The hall and its settings, in an open read or act."""
    row = connection.execute(select(HALLS).where(HALLS.c.id == hall_id)).one()
    settings = canonical.load(row.settings)
    pairs = settings.get("categories") or [list(pair) for pair in CATEGORIES]
    return HallView(
        id=row.id,
        code=row.code,
        letter=row.letter,
        name=row.name,
        short_name=row.short_name,
        is_service_point=bool(row.is_service_point),
        categories=tuple(CategoryView(name, letter) for name, letter in pairs),
        phone=settings.get("phone", ""),
        supervision_phone=settings.get("supervision_phone", ""),
        address=settings.get("address", ""),
        lock_minutes=int(settings.get("lock_minutes", LOCK_MINUTES)),
    )


def letter_of(connection: Connection, hall_id: str, category: str) -> str:
    """The letter of a ticket category. Raises Refusal category_unknown."""
    known = hall_within(connection, hall_id).categories
    for one in known:
        if one.name == category:
            return one.letter
    raise Refusal(
        "category_unknown", "没有这个业务类别", f"可选: {', '.join(one.name for one in known)}", field="category"
    )


SLOTS: dict[str, Any] = {"minutes": 30, "quota": 4, "hours": [["09:00", "12:00"], ["13:00", "17:00"]]}
"""Appointments of a new hall: slots of 30 minutes, four persons each, in the office hours."""


def slots_within(connection: Connection, hall_id: str) -> dict[str, Any]:
    """How appointments are given: minutes of a slot, quota per slot and category, hours [[from, to]]."""
    settings = canonical.load(connection.execute(select(HALLS.c.settings).where(HALLS.c.id == hall_id)).scalar_one())
    return {**SLOTS, **settings.get("appointments", {})}


def check_slots(value: Any) -> dict[str, Any]:
    """How appointments are given, as it is kept. Raises Refusal setting_faulty."""
    try:
        minutes, quota = int(value.get("minutes", 30)), int(value.get("quota", 4))
        hours = [
            [time.fromisoformat(one).strftime("%H:%M") for one in pair] for pair in value.get("hours", SLOTS["hours"])
        ]
        sound = 5 <= minutes <= 240 and 1 <= quota <= 99 and all(len(pair) == 2 and pair[0] < pair[1] for pair in hours)
    except (TypeError, ValueError, AttributeError):
        sound = False
    if not sound:
        raise Refusal(
            "setting_faulty",
            "预约时段写得不对",
            "每段 5 到 240 分钟, 每段 1 到 99 人, 时间写成 09:00",
            field="appointments",
        )
    return {"minutes": minutes, "quota": quota, "hours": hours}


def check_categories(pairs: list[tuple[str, str]]) -> list[list[str]]:
    """Categories as they are kept: names and letters each once. Raises Refusal categories_faulty."""
    names = [clean_line(name) for name, _ in pairs]
    letters = [letter.strip().upper() for _, letter in pairs]
    sound = all(names) and all(len(letter) == 1 and letter.isascii() and letter.isalpha() for letter in letters)
    if not pairs or not sound or len(set(names)) != len(names) or len(set(letters)) != len(letters):
        raise Refusal(
            "categories_faulty",
            "业务类别要各有名称, 号码字母是一个英文字母, 都不能重复",
            "例: 综合 A, 社保 B",
            field="categories",
        )
    return [list(pair) for pair in zip(names, letters, strict=True)]


def change_settings(desk: Desk, by: By, *, changes: dict[str, Any]) -> HallView:
    """Change settings of the hall: phone, supervision_phone, complaint_phone, address, office_hours (text),
    lock_minutes (1-60), categories ([(name, letter)]), appointments ({minutes, quota, hours}). Raises Refusal setting_unknown, setting_faulty.
    """
    require(by, "change_settings")
    kept: dict[str, Any] = {}
    for name, value in changes.items():
        if name in _TEXTS:
            kept[name] = clean_line(str(value))
        elif name == "lock_minutes":
            if not 1 <= int(value) <= 60:
                raise Refusal("setting_faulty", "自动锁屏要在 1 到 60 分钟之间", field=name)
            kept[name] = int(value)
        elif name == "appointments":
            kept[name] = check_slots(value)
        elif name == "categories":
            kept[name] = check_categories([(one[0], one[1]) for one in value])
        else:
            raise Refusal("setting_unknown", "没有这项设置", field=name)
    with desk.act(by) as act:
        row = act.connection.execute(select(HALLS.c.settings).where(HALLS.c.id == desk.hall_id)).one()
        before = canonical.load(row.settings)
        act.connection.execute(
            update(HALLS).where(HALLS.c.id == desk.hall_id).values(settings=canonical.dump({**before, **kept}))
        )
        act.record(
            "hall.settings_changed",
            desk.hall_id,
            {"before": {name: before.get(name) for name in kept}, "after": kept},
        )
        return hall_within(act.connection, desk.hall_id)
