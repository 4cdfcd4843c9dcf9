"""The district at work: take in what came, answer, seal, publish; once, or again and again until told to stop."""

from dataclasses import dataclass

from sqlalchemy import update

from clerk_tui.channel.failpoints import reach
from clerk_tui.district.automatic import ROUNDS, answer_all
from clerk_tui.district.place import District
from clerk_tui.district.publishing import queue_all
from clerk_tui.district.quarantine import forget_old
from clerk_tui.district.receiving import Taken, enrolled, receive, stations
from clerk_tui.district.sealing import publish_waiting, seal
from clerk_tui.district.tables import LINES


@dataclass(frozen=True)
class Round:
    """What one round did. `unreachable` names the stations whose folder could not be used."""

    taken: Taken
    answers: int
    sealed: int
    published: int
    unreachable: tuple[str, ...] = ()

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
        return ", ".join(parts)

    @property
    def idle(self) -> bool:
        return not (self.taken.batches or self.taken.quarantined or self.published or self.answers or self.unreachable)


def serve_once(district: District, *, automatic: bool = False, rounds: int = ROUNDS) -> Round:
    """One round over all stations. A station whose folder is gone does not stop the others."""
    taken = Taken()
    rows = enrolled(district)
    unreachable = []
    for station in stations(district):
        try:
            receive(district, station, taken)
        except OSError:
            unreachable.append(station)
    answers = answer_all(district, rounds=rounds) if automatic else 0
    queue_all(district)
    reach("district_answered")
    sealed = published = 0
    for row in rows:
        sealed += seal(district, row)
        try:
            published += publish_waiting(district, row)
        except OSError:
            if row.station not in unreachable:
                unreachable.append(row.station)
    forget_old(district)
    return Round(taken, answers, sealed, published, tuple(unreachable))


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
