"""A supervisor approves at the clerk's window, opens locks, resets PINs."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Row, select, update

from clerk_tui.desk.context import Desk
from clerk_tui.desk.permits import require
from clerk_tui.desk.signing_in import proven, reset_pin_of
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.roles import Role
from clerk_tui.store import canonical
from clerk_tui.store.act import By
from clerk_tui.store.core import CLERKS


def approve(desk: Desk, by: By, *, number: str, pin: str, act_words: str = "") -> By:
    """Who acts, with a second actor who proved own number and PIN; good for the one act that `act_words` names.

    Raises Refusal sign_in_failed, clerk_locked, not_supervisor, same_person (nobody approves the own act).
    """
    row = proven(desk, number, pin)
    roles = frozenset(canonical.load(row.roles))
    if row.id == by.clerk_id:
        raise Refusal("same_person", "不能自己批准自己的操作", "请值班主任输入工号和密码", field="number")
    if Role.SUPERVISOR.value not in roles:
        raise Refusal("not_supervisor", "这个工号不是值班主任", "请值班主任本人输入工号和密码", field="number")
    with desk.act(by) as act:
        act.connection.execute(update(CLERKS).where(CLERKS.c.id == row.id).values(failed_tries=0))
        act.record(
            "clerk.approved",
            row.id,
            {"number": row.number, "for": by.clerk_number, "act": clean_line(act_words)},
            base_version=row.version,
            version=row.version,
        )
    return replace(by, second_id=row.id, second_name=row.name, second_roles=roles)


def unlock_clerk(desk: Desk, by: By, *, clerk_id: str) -> None:
    """Open a number that wrong tries locked. Raises Refusal role_missing, clerk_unknown, not_locked."""
    require(by, "unlock_clerk")
    row = _clerk(desk, clerk_id)
    with desk.act(by) as act:
        done = act.connection.execute(
            update(CLERKS)
            .where(CLERKS.c.id == clerk_id, CLERKS.c.locked)
            .values(locked=False, failed_tries=0, version=CLERKS.c.version + 1)
        )
        if done.rowcount != 1:
            raise Refusal("not_locked", "这个工号没有锁定", "不需要解锁")
        act.record("clerk.unlocked", clerk_id, {"number": row.number}, base_version=row.version)


def reset_pin(desk: Desk, by: By, *, clerk_id: str, new: str) -> None:
    """Give a clerk a new PIN, which also opens the lock. Raises Refusal role_missing, clerk_unknown, pin_weak."""
    require(by, "reset_pin")
    reset_pin_of(desk, by, _clerk(desk, clerk_id), new)


def _clerk(desk: Desk, clerk_id: str) -> Row[Any]:
    with desk.look() as connection:
        row = connection.execute(
            select(CLERKS).where(CLERKS.c.id == clerk_id, CLERKS.c.hall_id == desk.hall_id)
        ).one_or_none()
    if row is None:
        raise Refusal("clerk_unknown", "找不到这个工号", "请查看人员名单")
    return row
