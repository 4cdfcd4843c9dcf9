"""Exchanging beside the clerks' work: when it is time, and with a connection that is kept.

`tick` is called every few seconds from a thread of its own, costs one look at the store, and never raises for a dead
link. Of several programs on one store the one that exchanged last goes first; another follows when it does not come.
"""

import threading
from dataclasses import dataclass, field, replace
from pathlib import Path

from clerk_tui.channel import keys, lease
from clerk_tui.channel.clock_jumps import ClockWatch
from clerk_tui.channel.container import UP
from clerk_tui.channel.enrolment import identity_of, link_of
from clerk_tui.channel.progress import Progress
from clerk_tui.channel.sealing import unsealed
from clerk_tui.channel.station import Station, connect, stream_id
from clerk_tui.channel.sync import PROGRAM, ExchangeReport, exchange_once
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import Clock, system_clock
from clerk_tui.store.core import STREAMS
from clerk_tui.store.engine import Store

EVERY_MS = 60_000
"""How often this station looks for what came, and seals what is a minute old."""


@dataclass
class Background:
    """One program's exchange. `blocked` says in words why there is none; '' when nothing is in its way.

    `watch` looks out for a clock that was set meanwhile; None where something else does.
    """

    store: Store
    url: str
    keys_folder: Path
    host_key: str = ""
    clock: Clock = system_clock
    app: str = ""
    catalogue: str = ""
    program: str = PROGRAM
    passphrase: str = ""
    watch: ClockWatch | None = None
    blocked: str = ""
    progress: Progress = field(default_factory=Progress)
    _station: Station | None = None
    _running: threading.Lock = field(default_factory=threading.Lock)
    _tried: int | None = None
    _rests_from: int = 0
    _rests_until: int = 0

    def rests(self) -> bool:
        """Whether the next tick would find what the last one found, as long as nobody writes to the store."""
        return self._rests_from <= self.clock() < self._rests_until

    @property
    def running(self) -> bool:
        return self._running.locked()

    @property
    def needs_passphrase(self) -> bool:
        """The keys are wrapped, and nobody has said the passphrase to this program yet."""
        return not self.passphrase and keys.locked(self.keys_folder)

    def tick(self) -> ExchangeReport | None:
        """Exchange if it is time; None when it was not, or nothing can be exchanged here."""
        if not self._running.acquire(blocking=False):
            return None
        try:
            self._look_at_clock()
            if not self._due():
                return None
            self._tried = self.clock()
            return self._exchange(send_now=False)
        except Refusal as refusal:
            self.blocked = refusal.words
            return None
        finally:
            self._running.release()

    def send_now(self) -> ExchangeReport:
        """Exchange because a person asked for it. Raises Refusal channel_off, keys_…, not_enrolled, host_key_missing."""
        if not self._running.acquire(blocking=False):
            return ExchangeReport("busy", "正在交换")
        try:
            return self._exchange(send_now=True)
        except Refusal as refusal:
            self.blocked = refusal.words
            raise
        finally:
            self._running.release()

    def cancel(self) -> None:
        """End the exchange that runs; what was not sent goes out with the next."""
        self.progress.cancel()
        if self._station is not None:
            self._station.transport.cancel()

    def close(self) -> None:
        """The program ends: nothing is left running."""
        self.cancel()
        station, self._station = self._station, None
        if station is not None:
            station.transport.close()

    def unlock(self, passphrase: str) -> None:
        """Take the passphrase of the keys for this program's life. Raises Refusal keys_…"""
        keys.load(self.keys_folder, passphrase)
        self.passphrase = passphrase
        self.blocked = ""

    def _look_at_clock(self) -> None:
        if self.watch is None:
            return
        try:
            self.watch.look(self.store)
        except Refusal:
            return  # the store is locked, or has no hall yet; the next look sees it

    def _due(self) -> bool:
        now = self.clock()
        self._rests_from, self._rests_until = now, now
        with self.store.read() as connection:
            if not (self.url or link_of(connection).url):
                self._rests_until = now + EVERY_MS
                return False
            if self.needs_passphrase:
                return False
            identity, found = identity_of(connection), lease.row(connection)
            if found is not None and found.paused_by:
                self._rests_until = now + EVERY_MS
                return False
            if lease.held_by_another(found, self.program, now):
                return False
            if found is not None and found.wanted_at is not None:
                return True
            if self._tried is not None and 0 <= now - self._tried < EVERY_MS // 12:
                return False
            if not lease.may_try(found, now):
                self._rests_until = min(now + EVERY_MS, int(found.next_try_at)) if found is not None else now
                return False
            if lease.turn_of(found, self.program, now, EVERY_MS):
                return True
            self._rests_until = min(now + EVERY_MS, lease.next_turn(found, self.program, EVERY_MS))
            up = connection.execute(
                STREAMS.select().where(STREAMS.c.id == stream_id(identity, UP))
            ).one_or_none()  # fmt: skip
            return up is not None and up.state == "open" and unsealed(connection, int(up.last_n)).full()

    def _exchange(self, *, send_now: bool) -> ExchangeReport:
        self.progress = Progress()
        if self._station is None:
            self._station = connect(
                self.store, self.url, self.keys_folder, host_key=self.host_key, passphrase=self.passphrase,
                clock=self.clock, app=self.app, catalogue=self.catalogue,
            )  # fmt: skip
        self.blocked = ""
        if self._station.catalogue != self.catalogue:  # the district published another one meanwhile
            self._station = replace(self._station, catalogue=self.catalogue)
        report = exchange_once(self._station, send_now=send_now, program=self.program, progress=self.progress)
        if report.state not in ("ok", "faulty", "waiting", "busy"):
            station, self._station = self._station, None  # what the district approved may be another next time
            station.transport.close()
        return report
