"""A wall clock that was set while the program runs, or that stands before the journal at its start: told and recorded.

Clocks are evidence, never order: nothing that was dated is dated anew, and no exchange waits for it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from clerk_tui.channel.enrolment import identity_of
from clerk_tui.channel.tasks import open_task
from clerk_tui.store import canonical
from clerk_tui.store.act import CLOCK_BACK_MS, Act, By, Clock, acting, boot_id, since_boot
from clerk_tui.store.case_dues import CHINA
from clerk_tui.store.core import EVENTS, HEAD
from clerk_tui.store.engine import Store

JUMPED = "clock.jumped"
JUMP_MS = 5_000
"""How far the wall clock may stray from the machine's own count between two looks before it counts as set."""

TASK = "clock"


@dataclass(frozen=True)
class Jump:
    """`was`: what the clock would show had nobody set it, at the start what the journal saw last; UTC ms, as `now` is."""

    was: int
    now: int

    @property
    def words(self) -> str:
        far = abs(self.now - self.was) // 1000
        far = far if far < 60 else (far + 30) // 60 * 60
        parts = ((far // 86_400, "天"), (far // 3600 % 24, "小时"), (far // 60 % 60, "分"), (far % 60, "秒"))
        told = "".join(f" {count} {unit}" for count, unit in parts if count)
        way = "往前" if self.now > self.was else "往回"
        return (
            f"本机时钟{way}跳了{told}: {_moment(self.was)} 变成 {_moment(self.now)}。"
            "请核对本机时间; 时钟不准时登记的时间和算出的期限都不准"
        )


@dataclass
class ClockWatch:
    """One program's look-out. `clock` is the wall clock in UTC ms, `steady` ms that no setting changes."""

    clock: Clock
    steady: Clock = since_boot
    _apart: int | None = None

    def look(self, store: Store) -> Jump | None:
        """Whether the clock jumped since the last look: then it stands in the journal once, whatever number of programs
        saw it, and a person is asked to check the time. Raises Refusal when the store is locked; the next look sees it."""
        before, now = self.steady(), self.clock()
        if self.steady() - before > JUMP_MS // 5:
            return None  # the program stood still between the two: that says nothing about the clock
        apart = now - before
        jump = self._first(store, now) if self._apart is None else _between(self._apart, apart, now)
        if jump is not None and not _note(store, self.clock, jump, apart):
            jump = None
        self._apart = apart
        return jump

    @staticmethod
    def _first(store: Store, now: int) -> Jump | None:
        with store.read() as connection:
            last = int(connection.execute(select(HEAD.c.last_at)).scalar_one())
        return Jump(last, now) if now < last - CLOCK_BACK_MS else None


def _between(then: int, apart: int, now: int) -> Jump | None:
    return Jump(now - (apart - then), now) if abs(apart - then) > JUMP_MS else None


def _note(store: Store, clock: Clock, jump: Jump, apart: int) -> bool:
    """False when another program of this machine has recorded the same."""
    with store.read() as connection:
        hall = identity_of(connection).hall_id
    machine = By("machine", "", "本机", frozenset(), hall)
    with acting(store, machine, clock, clock_confirmed=True) as act:
        if _known(act, hall, apart):
            return False
        body = {"was": jump.was, "now": jump.now, "by_ms": jump.now - jump.was, "apart": apart, "boot": boot_id()}
        act.record(JUMPED, hall, body)
        open_task(act, TASK, jump.words, rid=TASK, code="clock_jumped")
    return True


def _known(act: Act, hall: str, apart: int) -> bool:
    last = act.connection.execute(
        select(EVENTS.c.body)
        .where(EVENTS.c.ent == "clock", EVENTS.c.ent_id == hall, EVENTS.c.kind == JUMPED)
        .order_by(EVENTS.c.n.desc())
        .limit(1)
    ).scalar()
    if last is None:
        return False
    told = canonical.load(last)
    return bool(told["boot"] == boot_id() and abs(int(told["apart"]) - apart) <= JUMP_MS)


def _moment(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, CHINA).strftime("%Y-%m-%d %H:%M")
