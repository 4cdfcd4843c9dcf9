"""The district at work: take in what came, answer, seal, publish; once, or again and again until told to stop."""

from dataclasses import dataclass, field

from sqlalchemy import update

from clerk_tui.channel.failpoints import reach
from clerk_tui.district.automatic import ROUNDS, answer_all
from clerk_tui.district.place import District
from clerk_tui.district.publishing import queue_all
from clerk_tui.district.quarantine import forget_old
from clerk_tui.district.receiving import Taken, enrolled, receive, stations
from clerk_tui.district.sealing import publish_waiting, seal
from clerk_tui.district.tables import LINES
from clerk_tui.rules.refusal import Refusal


@dataclass
class Round:
    """What one round did. `unreachable` names the stations whose folder could not be used; `trouble` says why the round
    ended early, in Chinese."""

    taken: Taken
    answers: int = 0
    sealed: int = 0
    published: int = 0
    unreachable: list[str] = field(default_factory=list)
    trouble: str = ""

    @property
    def words(self) -> str:
        taken = self.taken
        parts = [f"收 {taken.batches} 批 {taken.records} 条"]
        for count, word in (
            (taken.known, "重收"), (taken.parked, "暂存"), (taken.refused, "整批退回"), (taken.quarantined, "隔离"),
        ):  # fmt: skip
            if count:
                parts.append(f"{word} {count}")
        if self.answers:
            parts.append(f"答复 {self.answers}")
        parts.append(f"发 {self.published} 批")
        if self.unreachable:
            parts.append(f"不能读写的站点文件夹: {' '.join(self.unreachable)}")
        if self.trouble:
            parts.append(self.trouble)
        return ", ".join(parts)

    @property
    def idle(self) -> bool:
        return not (
            self.taken.batches
            or self.taken.quarantined
            or self.published
            or self.answers
            or self.unreachable
            or self.trouble
        )


def serve_once(district: District, *, automatic: bool = False, rounds: int = ROUNDS) -> Round:
    """One round over all stations. A station whose folder is gone does not stop the others; a store that cannot be
    written ends the round, and the next one goes on from there."""
    done = Round(Taken())
    try:
        _serve(district, done, automatic=automatic, rounds=rounds)
    except Refusal as refusal:
        done.trouble = refusal.words
    return done


def _serve(district: District, done: Round, *, automatic: bool, rounds: int) -> None:
    rows = enrolled(district)
    for station in stations(district):
        try:
            receive(district, station, done.taken)
        except OSError:
            done.unreachable.append(station)
    if automatic:
        done.answers = answer_all(district, rounds=rounds)
    queue_all(district)
    reach("district_answered")
    for row in rows:
        done.sealed += seal(district, row)
        try:
            done.published += publish_waiting(district, row)
        except OSError:
            if row.station not in done.unreachable:
                done.unreachable.append(row.station)
    forget_old(district)


def publish_now(district: District) -> int:
    """Seal and publish what a person has just answered, without taking anything in. Raises OSError."""
    published = 0
    queue_all(district)
    for row in enrolled(district):
        seal(district, row)
        published += publish_waiting(district, row)
    return published


def resume(district: District, station: str) -> int:
    """A person has cleared up why a station's streams stopped; returns how many run again."""
    with district.store.write() as connection:
        again = connection.execute(
            update(LINES)
            .where(LINES.c.id.startswith(f"{station}:"), LINES.c.state == "stopped")
            .values(state="open", reason="")
        )
        return again.rowcount
