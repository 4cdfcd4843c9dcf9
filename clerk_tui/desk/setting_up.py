"""First start: the hall, its windows, its first clerk and its supervisor, in one act. No policy is made up here."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from clerk_tui.desk.halls import CATEGORIES, check_categories
from clerk_tui.desk.pins import hash_pin
from clerk_tui.rules.plain_text import clean_line, clean_name
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.roles import Role
from clerk_tui.store import canonical
from clerk_tui.store.act import Act, By, Clock, acting, new_id, system_clock
from clerk_tui.store.core import CLERKS, HALLS, INSTALLATIONS, WINDOWS
from clerk_tui.store.engine import Store


@dataclass(frozen=True)
class NewWindow:
    number: int
    name: str
    serves: tuple[str, ...] = ()  # categories, best first; empty: all of the hall's


@dataclass(frozen=True)
class NewClerk:
    number: str
    name: str
    pin: str
    roles: tuple[str, ...] = ("clerk",)
    may_decide: tuple[str, ...] = ()  # item keys, or ("*",)


def set_up_hall(
    store: Store,
    *,
    code: str,
    letter: str,
    name: str,
    short_name: str,
    windows: Sequence[NewWindow],
    clerk: NewClerk,
    supervisor: NewClerk,
    categories: Sequence[tuple[str, str]] = CATEGORIES,
    settings: dict[str, Any] | None = None,
    is_service_point: bool = False,
    clock: Clock = system_clock,
) -> str:
    """Make the hall of a new store; returns its id. `settings` are those of `halls.change_settings`.

    Raises Refusal hall_exists, hall_faulty, clerk_faulty, clerk_number_taken, window_faulty, pin_weak.
    """
    code, letter = code.strip(), letter.strip().upper()
    name, short_name = clean_line(name), clean_line(short_name)
    if not re.fullmatch(r"[0-9]{12}", code):
        raise Refusal("hall_faulty", "站点代码是 12 位数字: 9 位区划代码加 3 位站点序号", field="code")
    if not re.fullmatch(r"[A-Z]{2,4}[0-9]{1,2}", letter):
        raise Refusal("hall_faulty", "编号字头是 2 到 4 个字母加 1 到 2 位数字, 如 SQ01", field="letter")
    if not name or not short_name:
        raise Refusal("hall_faulty", "请填写大厅名称和文号用的简称", field="short_name" if name else "name")
    if supervisor.number.strip() == clerk.number.strip():
        raise Refusal("clerk_number_taken", "主管和经办人要各有自己的工号", field="supervisor_number")
    if not windows:
        raise Refusal("window_faulty", "至少要有一个窗口", field="windows")
    hall_id, supervisor_id = new_id(), new_id()
    by = By(
        clerk_id=supervisor_id,
        clerk_number=supervisor.number.strip(),
        clerk_name=clean_name(supervisor.name),
        roles=frozenset({Role.SUPERVISOR.value}),
        hall_id=hall_id,
    )
    hashes = hash_pin(supervisor.pin), hash_pin(clerk.pin)
    with acting(store, by, clock) as act:
        if act.connection.execute(select(HALLS.c.id).limit(1)).first() is not None:
            raise Refusal("hall_exists", "这个数据库里已经有大厅", "请直接登录")
        inst = secrets.token_hex(4)
        kept = {**(settings or {}), "categories": check_categories(list(categories))}
        values = {
            "id": hall_id,
            "code": code,
            "letter": letter,
            "name": name,
            "short_name": short_name,
            "zone": "Asia/Shanghai",
            "is_service_point": is_service_point,
            "settings": canonical.dump(kept),
        }
        act.connection.execute(insert(HALLS).values(values))
        act.connection.execute(insert(INSTALLATIONS).values(inst=inst, hall_id=hall_id, made_at=act.now))
        act.record("hall.set_up", hall_id, {**values, "settings": kept})
        act.record("installation.made", inst, {"hall_id": hall_id, "made_at": act.now})
        roles = tuple(dict.fromkeys((*supervisor.roles, Role.SUPERVISOR.value)))
        keep_clerk(act, hall_id, supervisor, hashes[0], clerk_id=supervisor_id, roles=roles)
        keep_clerk(act, hall_id, clerk, hashes[1])
        known = [one for one, _ in kept["categories"]]
        for window in windows:
            keep_window(act, hall_id, window, known)
    return hall_id


def keep_clerk(
    act: Act,
    hall_id: str,
    new: NewClerk,
    pin_hash: str,
    *,
    clerk_id: str | None = None,
    roles: tuple[str, ...] | None = None,
) -> str:
    """Add a clerk inside an act; returns the id. Raises Refusal clerk_faulty, clerk_number_taken."""
    number, name = new.number.strip(), clean_name(new.name)
    roles = new.roles if roles is None else roles
    if not re.fullmatch(r"[0-9A-Za-z]{1,12}", number):
        raise Refusal("clerk_faulty", "工号用 1 到 12 位数字或字母", field="number")
    if not name:
        raise Refusal("clerk_faulty", "请填写姓名", field="name")
    if not roles or not set(roles) <= {role.value for role in Role}:
        raise Refusal("clerk_faulty", "请选择岗位", field="roles")
    if act.connection.execute(select(CLERKS.c.id).where(CLERKS.c.number == number)).first() is not None:
        raise Refusal("clerk_number_taken", "这个工号已经有人用了", "请换一个工号", field="number")
    clerk_id = clerk_id or new_id()
    act.connection.execute(
        insert(CLERKS).values(
            id=clerk_id,
            hall_id=hall_id,
            number=number,
            name=name,
            roles=canonical.dump(list(roles)),
            may_decide=canonical.dump(list(new.may_decide)),
            pin_hash=pin_hash,
        )
    )
    act.record(
        "clerk.added",
        clerk_id,
        {"number": number, "name": name, "roles": list(roles), "may_decide": list(new.may_decide)},
    )
    return clerk_id


def keep_window(act: Act, hall_id: str, new: NewWindow, categories: Sequence[str]) -> str:
    """Add a window inside an act; returns the id. Raises Refusal window_faulty, window_number_taken."""
    serves = _served(new, categories)
    if number_taken(act.connection, hall_id, new.number):
        raise Refusal("window_number_taken", f"{new.number} 号窗已经有了", "请换一个窗口号", field="windows")
    window_id = new_id()
    values = {
        "id": window_id,
        "hall_id": hall_id,
        "number": new.number,
        "name": clean_line(new.name) or f"{new.number}号窗口",
        "serves": canonical.dump(serves),
    }
    act.connection.execute(insert(WINDOWS).values(values))
    act.record("window.added", window_id, {**values, "serves": serves})
    return window_id


def number_taken(connection: Connection, hall_id: str, number: int) -> bool:
    found = connection.execute(select(WINDOWS.c.id).where(WINDOWS.c.hall_id == hall_id, WINDOWS.c.number == number))
    return found.first() is not None


def _served(new: NewWindow, categories: Sequence[str]) -> list[str]:
    serves = list(dict.fromkeys(new.serves or categories))
    if not 1 <= new.number <= 999:
        raise Refusal("window_faulty", "窗口号要在 1 到 999 之间", field="windows")
    if not set(serves) <= set(categories):
        raise Refusal(
            "window_faulty", "窗口办理的类别不在大厅的类别里", f"可选: {', '.join(categories)}", field="serves"
        )
    return serves
