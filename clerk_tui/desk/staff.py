"""Clerks and windows after first start: add and change them, as acts of a supervisor."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select, update

from clerk_tui.desk.context import Desk
from clerk_tui.desk.halls import hall_within
from clerk_tui.desk.permits import require
from clerk_tui.desk.pins import hash_pin
from clerk_tui.desk.setting_up import NewClerk, NewWindow, keep_clerk, keep_window
from clerk_tui.desk.views.hall import ClerkView
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.roles import Role
from clerk_tui.store import canonical
from clerk_tui.store.act import By
from clerk_tui.store.core import CLERKS, WINDOWS


def clerks(desk: Desk, by: By) -> tuple[ClerkView, ...]:
    """All clerks of the hall, by number."""
    with desk.look() as connection:
        rows = connection.execute(select(CLERKS).where(CLERKS.c.hall_id == desk.hall_id).order_by(CLERKS.c.number))
        return tuple(clerk_view(row) for row in rows)


def add_clerk(desk: Desk, by: By, *, new: NewClerk) -> ClerkView:
    """Add a clerk with a first PIN. Raises Refusal clerk_faulty, clerk_number_taken, pin_weak."""
    require(by, "manage_staff")
    pin_hash = hash_pin(new.pin)
    with desk.act(by) as act:
        clerk_id = keep_clerk(act, desk.hall_id, new, pin_hash)
        return clerk_view(act.connection.execute(select(CLERKS).where(CLERKS.c.id == clerk_id)).one())


def change_clerk(
    desk: Desk,
    by: By,
    *,
    clerk_id: str,
    roles: Sequence[str] | None = None,
    may_decide: Sequence[str] | None = None,
    active: bool | None = None,
) -> ClerkView:
    """Change what a clerk may do, or end the work of one (active false). Raises Refusal clerk_faulty, last_supervisor."""
    require(by, "manage_staff")
    if roles is not None and (not roles or not set(roles) <= {role.value for role in Role}):
        raise Refusal("clerk_faulty", "请选择岗位", field="roles")
    with desk.act(by) as act:
        row = act.connection.execute(
            select(CLERKS).where(CLERKS.c.id == clerk_id, CLERKS.c.hall_id == desk.hall_id)
        ).one_or_none()
        if row is None:
            raise Refusal("clerk_unknown", "找不到这个工号", "请查看人员名单")
        after: dict[str, Any] = {
            "roles": canonical.load(row.roles) if roles is None else list(dict.fromkeys(roles)),
            "may_decide": canonical.load(row.may_decide) if may_decide is None else list(may_decide),
            "active": bool(row.active) if active is None else active,
        }
        leads = Role.SUPERVISOR.value in after["roles"] and after["active"]
        others = act.connection.execute(
            select(CLERKS.c.roles).where(CLERKS.c.hall_id == desk.hall_id, CLERKS.c.active, CLERKS.c.id != clerk_id)
        ).all()
        if not leads and not any(Role.SUPERVISOR.value in canonical.load(other.roles) for other in others):
            raise Refusal("last_supervisor", "大厅至少要有一位主管", "请先另设一位主管")
        act.connection.execute(
            update(CLERKS)
            .where(CLERKS.c.id == clerk_id)
            .values(
                roles=canonical.dump(after["roles"]),
                may_decide=canonical.dump(after["may_decide"]),
                active=after["active"],
                version=row.version + 1,
            )
        )
        act.record("clerk.changed", clerk_id, after, base_version=row.version)
        return clerk_view(act.connection.execute(select(CLERKS).where(CLERKS.c.id == clerk_id)).one())


def add_window(desk: Desk, by: By, *, new: NewWindow) -> str:
    """Add a window; returns its id. Raises Refusal window_faulty, window_number_taken."""
    require(by, "manage_windows")
    with desk.act(by) as act:
        known = [one.name for one in hall_within(act.connection, desk.hall_id).categories]
        return keep_window(act, desk.hall_id, new, known)


def change_window(desk: Desk, by: By, *, window_id: str, serves: Sequence[str]) -> None:
    """Change which categories a window serves, best first. Raises Refusal window_faulty, window_unknown."""
    require(by, "manage_windows")
    with desk.act(by) as act:
        known = [one.name for one in hall_within(act.connection, desk.hall_id).categories]
        wanted = list(dict.fromkeys(serves))
        if not wanted or not set(wanted) <= set(known):
            raise Refusal("window_faulty", "请从大厅的类别里选", f"可选: {', '.join(known)}", field="serves")
        done = act.connection.execute(
            update(WINDOWS)
            .where(WINDOWS.c.id == window_id, WINDOWS.c.hall_id == desk.hall_id)
            .values(serves=canonical.dump(wanted))
        )
        if done.rowcount != 1:
            raise Refusal("window_unknown", "没有这个窗口", "请查看窗口名单")
        act.record("window.changed", window_id, {"serves": wanted})


def clerk_view(row: Row[Any]) -> ClerkView:
    roles = tuple(canonical.load(row.roles))
    return ClerkView(
        id=row.id,
        number=row.number,
        name=row.name,
        roles=roles,
        role_words=", ".join(Role(role).words for role in roles),
        may_decide=tuple(canonical.load(row.may_decide)),
        locked=bool(row.locked),
        active=bool(row.active),
        version=row.version,
    )
