"""New keys for a station whose old ones the district took back: as after a restore, this is a new installation, and what
the old one sent is known again by its record ids."""

import secrets
from pathlib import Path

from sqlalchemy import delete, insert, select, update

from clerk_tui.channel import keys
from clerk_tui.channel.enrolment import identity_of
from clerk_tui.channel.mending import checked_reason, must_be_responsible
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import By, Clock, acting, system_clock
from clerk_tui.store.core import INSTALLATIONS, SYNC_LEASE, TASKS
from clerk_tui.store.engine import Store

REVOKED = "keys.revoked"
"""The district's last word to an installation whose keys it took back."""


def renew(store: Store, folder: Path, by: By, *, reason: str, passphrase: str = "", clock: Clock = system_clock) -> str:
    """Close this installation, begin another one with keys of its own, and keep the old keys aside; returns its id.

    Nothing is exchanged until the district approves it. Raises Refusal reason_missing, not_allowed, keys_unwritable.
    """
    reason = checked_reason(reason)
    must_be_responsible(by)
    inst = secrets.token_hex(4)
    with acting(store, by, clock, clock_confirmed=True) as act:
        old = identity_of(act.connection)
        still_open = INSTALLATIONS.c.closed_at.is_(None)
        for one in act.connection.execute(select(INSTALLATIONS.c.inst).where(still_open)).scalars().all():
            act.record("installation.closed", one, {"closed_at": act.now, "reason": reason}, base_version=1)
        act.connection.execute(update(INSTALLATIONS).where(still_open).values(closed_at=act.now))
        act.connection.execute(insert(INSTALLATIONS).values(inst=inst, hall_id=old.hall_id, made_at=act.now))
        act.record("installation.made", inst, {"hall_id": old.hall_id, "made_at": act.now, "reason": reason})
        act.connection.execute(delete(SYNC_LEASE))
        about = (TASKS.c.kind == "fork", TASKS.c.closed_at.is_(None))
        for task_id in act.connection.execute(select(TASKS.c.id).where(*about)).scalars().all():
            act.record("task.closed", task_id, {"words": reason})
        act.connection.execute(
            update(TASKS).where(*about).values(closed_at=act.now, closed_by=by.clerk_id, close_words=reason)
        )
    _lay_aside(folder, old.inst)
    keys.make(folder, passphrase)
    return inst


def _lay_aside(folder: Path, inst: str) -> None:
    """The old keys open nothing any more that is needed, but keys are never deleted by a program."""
    found = [folder / name for name in keys.FILES if (folder / name).exists()]
    if not found:
        return
    aside = folder / f"old-{inst}-{secrets.token_hex(2)}"
    try:
        aside.mkdir(mode=0o700)
        for path in found:
            path.replace(aside / path.name)
    except OSError as error:
        raise Refusal(
            "keys_unwritable", f"不能移开 {folder.name} 里的旧密钥", "请检查文件夹权限, 再运行一次"
        ) from error
