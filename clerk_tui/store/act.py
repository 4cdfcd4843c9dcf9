"""One act: one transaction, the rows that it changes, and its journal events, appended last."""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, update
from uuid6 import uuid7

from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical
from clerk_tui.store.core import EVENTS, HEAD
from clerk_tui.store.engine import Store
from clerk_tui.store.event_kinds import KINDS
from clerk_tui.store.numbers import next_number

YEAR_MS = 366 * 86_400_000
CLOCK_BACK_MS = 60_000
CLOCK_CONFIRMED = "clock.confirmed"
CONFIRM_ADVICE = "时间无误请主管运行 clerk-tui clock --confirm"
"""A clock may lag behind the last event by this much (two windows' machines differ a little) before it is asked about."""

Clock = Callable[[], int]
"""UTC now in integer milliseconds."""


def system_clock() -> int:
    return time.time_ns() // 1_000_000


def new_id() -> str:
    """A UUIDv7 as text."""
    return str(uuid7())


@dataclass(frozen=True)
class By:
    """Who acts, at which window, and who approved (second)."""

    clerk_id: str
    clerk_number: str
    clerk_name: str
    roles: frozenset[str]
    hall_id: str
    window_id: str | None = None
    window_number: int | None = None
    second_id: str | None = None
    second_name: str = ""
    second_roles: frozenset[str] = frozenset()

    def holds(self, *roles: str) -> bool:
        """Whether this clerk has one of the roles; an approval by a supervisor counts only in `approved`."""
        return bool(self.roles & set(roles))

    def approved(self, role: str = "supervisor") -> bool:
        return role in self.roles or role in self.second_roles


@dataclass
class Act:
    """The open transaction of one act."""

    connection: Connection
    by: By
    now: int
    act_id: str
    events: list[dict[str, Any]] = field(default_factory=list)

    def record(
        self,
        kind: str,
        entity_id: str,
        body: dict[str, Any],
        *,
        base_version: int = 0,
        version: int | None = None,
        source: str = "station",
        rid: str | None = None,
    ) -> None:
        """Append one event of `kind` ("entity.what_happened", registered in event_kinds) about one entity.

        `base_version` is the row's version before the act, `version` after it (default one more).
        """
        travel = KINDS[kind]
        self.events.append(
            {
                "rid": rid or new_id(),
                "kind": kind,
                "v": 1,
                "ent": kind.split(".", 1)[0],
                "ent_id": entity_id,
                "ent_ver": base_version + 1 if version is None else version,
                "base_ver": base_version,
                "at": self.now,
                "clk": boot_clock(),
                "act_id": self.act_id,
                "clerk_id": self.by.clerk_id,
                "second_id": self.by.second_id,
                "window_id": self.by.window_id,
                "source": source,
                "travels": travel.how if source == "station" else "stays",
                "body": canonical.dump(body),
                "salt": secrets.token_hex(16),
            }
        )

    def number(self, series: str) -> int:
        """The next number of a series; held by this transaction."""
        return next_number(self.connection, series)


def boot_clock() -> str:
    """Boot id and milliseconds since then: evidence for clock jumps, never order."""
    return f"{boot_id()}:{since_boot()}"


def since_boot() -> int:
    """Milliseconds that no setting of the wall clock changes; a lid that was closed counts where the system can tell."""
    counted = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
    return (time.monotonic_ns() if counted is None else time.clock_gettime_ns(counted)) // 1_000_000


def boot_id() -> str:
    """This start of the machine, or of the program where the system does not name it."""
    global _boot
    if not _boot:
        source = Path("/proc/sys/kernel/random/boot_id")
        try:
            _boot = source.read_text(encoding="ascii").strip()[:8]
        except OSError:
            _boot = secrets.token_hex(4)
    return _boot


_boot = ""


def record_sha(event: dict[str, Any]) -> str:
    """SHA-256 over the fields that `channel/FORMAT.md` names; never over n, seq or installation."""
    return sha_over(event, canonical.sha(event["salt"] + event["body"]))


def sha_over(event: dict[str, Any], body_sha: str) -> str:
    """The same from the salted hash of the body alone, for a body that did not travel or was erased."""
    return canonical.sha(
        canonical.dump(
            {
                "t": event["kind"],
                "v": event["v"],
                "rid": event["rid"],
                "ent": f"{event['ent']}:{event['ent_id']}",
                "ent_ver": event["ent_ver"],
                "base_ver": event["base_ver"],
                "at": event["at"],
                "clk": event["clk"],
                "clerk": event["clerk_id"],
                "body": body_sha,
                "salt": "",
            }
        )
    )


@contextmanager
def acting(
    store: Store, by: By, clock: Clock = system_clock, *, act_id: str | None = None, clock_confirmed: bool = False
) -> Iterator[Act]:
    """Open an act; on leaving, its events are chained and everything commits together, or nothing happened.

    Raises Refusal clock_wrong when the clock stands before the last event or more than a year after it, and
    act_done when an act with this `act_id` is already in the journal.
    """
    with store.write() as connection:
        now = clock()
        act = Act(connection, by, now, act_id or new_id())
        if act_id is not None and _known(connection, act_id):
            raise Refusal("act_done", "这一步已经办过了, 没有重复登记", "请到查询里看这件事的记录")
        yield act
        if act.events:
            _append(connection, act, clock_confirmed=clock_confirmed)


def _known(connection: Connection, act_id: str) -> bool:
    return connection.execute(select(EVENTS.c.n).where(EVENTS.c.act_id == act_id).limit(1)).first() is not None


def _append(connection: Connection, act: Act, *, clock_confirmed: bool) -> None:
    head = connection.execute(_HEAD).one()
    confirmed_now = any(event["kind"] == CLOCK_CONFIRMED for event in act.events)
    if not (clock_confirmed or confirmed_now) and head.last_at:
        if act.now < head.last_at - CLOCK_BACK_MS:
            raise Refusal("clock_wrong", "本机时钟比最后一次登记还早", f"请校准本机时间; {CONFIRM_ADVICE}")
        if act.now > head.last_at + YEAR_MS:
            raise Refusal(
                "clock_wrong",
                "本机时钟比最后一次登记晚了一年以上",
                f"请校准本机时间; {CONFIRM_ADVICE}",
            )
    n, chain = int(head.n), str(head.head)
    rows = []
    for event in act.events:
        n += 1
        event["n"] = n
        event["sha"] = record_sha(event)
        chain = canonical.sha(bytes.fromhex(chain) + bytes.fromhex(event["sha"]))
        rows.append(event)
    connection.execute(insert(EVENTS), rows)
    if confirmed_now or not head.last_at:
        last_at = act.now
    else:  # an exchange goes on at any time: the year 2036, put right an hour later, must not keep the desk waiting for it
        last_at = int(head.last_at) if act.now > head.last_at + YEAR_MS else max(int(head.last_at), act.now)
    connection.execute(_HEAD_MOVED, {"n": n, "head": chain, "last_at": last_at})


_HEAD = select(HEAD).where(HEAD.c.id == 1).with_for_update()
_HEAD_MOVED = update(HEAD).where(HEAD.c.id == 1)
