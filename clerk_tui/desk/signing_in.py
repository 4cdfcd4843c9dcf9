"""Sign-in by clerk number and PIN; too many wrong tries lock the number until a supervisor opens it."""

from typing import Any

from sqlalchemy import Connection, Row, or_, select, update

from clerk_tui.desk.context import Desk
from clerk_tui.desk.periods import close_open
from clerk_tui.desk.pins import hash_pin, pin_fits
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.roles import Role
from clerk_tui.store import canonical
from clerk_tui.store.act import By
from clerk_tui.store.core import CLERKS, EVENTS, SEATS, TICKETS, VISITS, WINDOWS

MAX_TRIES = 5
ALONE_MS = 15 * 60_000
"""A locked number opens again after this long where nobody else could unlock it: a hall must not lock itself out."""


def sign_in(desk: Desk, *, number: str, pin: str, window_id: str | None = None) -> By:
    """Sign a clerk in, at a window or without one. Raises Refusal sign_in_failed, clerk_locked, window_unknown."""
    row = proven(desk, number, pin)
    window = None
    if window_id is not None:
        with desk.look() as connection:
            window = connection.execute(
                select(WINDOWS).where(WINDOWS.c.id == window_id, WINDOWS.c.hall_id == desk.hall_id)
            ).one_or_none()
        if window is None:
            raise Refusal("window_unknown", "没有这个窗口", "请另选一个窗口", field="window")
    by = by_of(row, window)
    with desk.act(by) as act:
        act.connection.execute(update(CLERKS).where(CLERKS.c.id == row.id).values(failed_tries=0, locked=False))
        act.record(
            "clerk.signed_in",
            row.id,
            {"number": row.number, "window": window.number if window else None},
            base_version=row.version,
            version=row.version,
        )
    return by


def by_of(row: Row[Any], window: Row[Any] | None) -> By:
    """Who acts: a clerk's row at a window's row."""
    return By(
        clerk_id=row.id,
        clerk_number=row.number,
        clerk_name=row.name,
        roles=frozenset(canonical.load(row.roles)),
        hall_id=row.hall_id,
        window_id=window.id if window else None,
        window_number=window.number if window else None,
    )


def by_number(desk: Desk, *, number: str, window_id: str | None = None) -> By:
    """Who acts, without a PIN: for the demonstration and for commands that an operating-system user runs.

    Raises Refusal clerk_unknown, window_unknown.
    """
    with desk.look() as connection:
        row = connection.execute(select(CLERKS).where(CLERKS.c.number == number, CLERKS.c.active)).one_or_none()
        if row is None:
            raise Refusal("clerk_unknown", "找不到这个工号", "请查看人员名单", field="number")
        window = None
        if window_id is not None:
            window = connection.execute(select(WINDOWS).where(WINDOWS.c.id == window_id)).one_or_none()
            if window is None:
                raise Refusal("window_unknown", "没有这个窗口", "请另选一个窗口", field="window")
    return by_of(row, window)


def unlock_screen(desk: Desk, by: By, *, pin: str) -> None:
    """Open the lock of the screen with the own PIN; wrong tries count. Raises Refusal sign_in_failed, clerk_locked."""
    row = proven(desk, by.clerk_number, pin)
    if row.failed_tries:
        with desk.store.write() as connection:
            connection.execute(update(CLERKS).where(CLERKS.c.id == row.id).values(failed_tries=0))


def sign_off(desk: Desk, by: By) -> None:
    """Sign off: pauses end now. Raises Refusal open_work while someone is called or served at this window."""
    with desk.act(by) as act:
        if by.window_id is not None:
            ticket = act.connection.execute(
                select(TICKETS.c.number).where(
                    TICKETS.c.window_id == by.window_id, TICKETS.c.state.in_(("called", "serving"))
                )
            ).first()
            visit = act.connection.execute(
                select(VISITS.c.id).where(VISITS.c.window_id == by.window_id, VISITS.c.state == "open")
            ).first()
            if ticket is not None or visit is not None:
                whom = f"{ticket.number} 还没有办完" if ticket else "本窗还有一次到访没有办完"
                raise Refusal("open_work", whom, "请先办完(F9)、挂起(F7)或转窗, 再签退")
            act.connection.execute(
                update(SEATS)
                .where(SEATS.c.window_id == by.window_id, SEATS.c.clerk_id == by.clerk_id)
                .values(clerk_id=None)
            )
        close_open(act, "clerk", by.clerk_id)
        row = act.connection.execute(select(CLERKS.c.version).where(CLERKS.c.id == by.clerk_id)).one()
        act.record(
            "clerk.signed_off",
            by.clerk_id,
            {"number": by.clerk_number},
            base_version=row.version,
            version=row.version,
        )


def change_pin(desk: Desk, by: By, *, old: str, new: str) -> None:
    """Change the own PIN. Raises Refusal sign_in_failed, clerk_locked, pin_weak."""
    row = proven(desk, by.clerk_number, old)
    _keep_pin(desk, by, row, new, "clerk.pin_changed")


def reset_pin_of(desk: Desk, by: By, row: Row[Any], new: str) -> None:
    """Give a clerk a new PIN and open the lock; who may is checked by the caller."""
    _keep_pin(desk, by, row, new, "clerk.pin_reset")


def _keep_pin(desk: Desk, by: By, row: Row[Any], new: str, kind: str) -> None:
    pin_hash = hash_pin(new)
    with desk.act(by) as act:
        done = act.connection.execute(
            update(CLERKS)
            .where(CLERKS.c.id == row.id, CLERKS.c.version == row.version)
            .values(pin_hash=pin_hash, failed_tries=0, locked=False, version=row.version + 1)
        )
        if done.rowcount != 1:
            raise Refusal("changed_meanwhile", "这个工号刚被别处改过, 本次没有改", "请再试一次")
        act.record(kind, row.id, {"number": row.number}, base_version=row.version)


def proven(desk: Desk, number: str, pin: str) -> Row[Any]:
    """The clerk's row when the PIN fits. A wrong PIN is counted and may lock, in an act of its own.

    Raises Refusal sign_in_failed (the same words for an unknown number), clerk_locked.
    """
    with desk.look() as connection:
        row = connection.execute(
            select(CLERKS).where(CLERKS.c.number == number.strip(), CLERKS.c.hall_id == desk.hall_id, CLERKS.c.active)
        ).one_or_none()
        locked = row is not None and row.locked and not _opens_by_itself(connection, desk, row)
    fits = pin_fits(None if row is None else row.pin_hash, pin)
    if locked:
        raise Refusal("clerk_locked", "这个工号输错太多次, 已锁定", "请值班主任解锁或重设密码", field="number")
    if row is None or not fits:
        left = MAX_TRIES if row is None else _count_wrong_try(desk, row)
        if left <= 0:
            raise Refusal(
                "clerk_locked", f"连续输错 {MAX_TRIES} 次, 工号已锁定", "请值班主任解锁或重设密码", field="pin"
            )
        raise Refusal("sign_in_failed", "工号或密码不对", f"请再输一次; 连续错 {MAX_TRIES} 次会锁定", field="pin")
    return row


def _count_wrong_try(desk: Desk, row: Row[Any]) -> int:
    """Count a wrong try; returns how many are left."""
    with desk.act(by_of(row, None)) as act:
        tries = act.connection.execute(
            update(CLERKS)
            .where(CLERKS.c.id == row.id)
            .values(failed_tries=CLERKS.c.failed_tries + 1)
            .returning(CLERKS.c.failed_tries)
        ).scalar_one()
        if tries >= MAX_TRIES:
            act.connection.execute(
                update(CLERKS).where(CLERKS.c.id == row.id).values(locked=True, version=CLERKS.c.version + 1)
            )
            act.record("clerk.locked", row.id, {"number": row.number, "tries": tries}, base_version=row.version)
    return MAX_TRIES - int(tries)


def _opens_by_itself(connection: Connection, desk: Desk, row: Row[Any]) -> bool:
    keepers = connection.execute(
        select(CLERKS.c.roles).where(
            CLERKS.c.hall_id == desk.hall_id,
            CLERKS.c.active,
            or_(CLERKS.c.locked.is_(False), CLERKS.c.locked.is_(None)),
            CLERKS.c.id != row.id,
        )
    ).all()
    if any(set(canonical.load(one.roles)) & {Role.SUPERVISOR.value, Role.IT.value} for one in keepers):
        return False
    locked_at = connection.execute(
        select(EVENTS.c.at)
        .where(EVENTS.c.ent == "clerk", EVENTS.c.ent_id == row.id, EVENTS.c.kind == "clerk.locked")
        .order_by(EVENTS.c.n.desc())
        .limit(1)
    ).scalar()
    return locked_at is not None and desk.clock() - int(locked_at) >= ALONE_MS
