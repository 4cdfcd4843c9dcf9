"""Daily reconciliation: both ends hold the same records of a day, or a person sees which differ.

The station states count and digest per day, over every event that travels and that the district confirmed; the district
answers with its own, and with its record ids of the days that differ. What it lacks is sent again as it was.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select

from clerk_tui.channel.container import UP
from clerk_tui.channel.faults import MALFORMED
from clerk_tui.channel.records import STAYS, line_of
from clerk_tui.channel.station import Station
from clerk_tui.channel.tasks import OpenTask, open_tasks
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.store import canonical
from clerk_tui.store.act import Act, acting
from clerk_tui.store.core import BATCHES, CASES, EVENTS, META

DAYS = 40
RIDS = 2_000
"""Record ids in one answer; more than so many that differ are told by their number."""

NUMBER = 40
CASES_NAMED = 10
"""How many receipt numbers a task names; all of them stand in `clerk-tui channel reconcile`."""

AT_ONCE = 20
"""Records that are sent again in one transaction."""

MARK_DIGITS = 8
STATED, RESENT, ANSWERED = "reconcile.stated", "record.resent", "reconcile.answered"
STATED_DAY, ANSWER, OUTCOME = "reconcile_stated", "reconcile_answer", "reconcile_outcome"
CHINA_HOURS = 8


class DayDigest(NamedTuple):
    """How many records of a day one side holds, and the SHA-256 over them in the order of their ids."""

    day: str
    held: int
    digest: str


@dataclass(frozen=True)
class Difference:
    """One day on which the two sides differ: counts here and there, the record ids in question, and the receipt numbers of
    cases that only the district knows."""

    day: str
    here: int
    there: int
    missing_there: tuple[str, ...] = ()
    missing_here: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """The last answer of the district; `at` is when it came, None when none has come yet. `stated` is the last day that
    was stated."""

    stated: str = ""
    at: int | None = None
    days: int = 0
    differences: tuple[Difference, ...] = field(default=())


def day_of(at: int) -> str:
    """The date in China of an instant (UTC ms)."""
    return (datetime.fromtimestamp(at / 1000, UTC) + timedelta(hours=CHINA_HOURS)).date().isoformat()


def bounds(day: str) -> tuple[int, int]:
    """First instant of a date in China, and of the next one."""
    begin = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) - timedelta(hours=CHINA_HOURS)
    start = int(begin.timestamp() * 1000)
    return start, start + 86_400_000


def digests(records: Iterable[tuple[int, str, str]]) -> list[DayDigest]:
    """Per day, of (at, rid, sha)."""
    by_day: dict[str, list[str]] = defaultdict(list)
    for at, rid, sha in records:
        by_day[day_of(at)].append(f"{rid} {sha}")
    return [DayDigest(day, len(held), canonical.sha("\n".join(sorted(held)))) for day, held in sorted(by_day.items())]


NOTHING = canonical.sha("")
"""Digest of a day without records."""


def days_between(start: int, end: int) -> list[str]:
    """The dates in China from one instant up to another that is not counted."""
    first, last = date.fromisoformat(day_of(start)), date.fromisoformat(day_of(end - 1))
    return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]


def mark(rid: str, sha: str) -> str:
    """A record in a list of a day that differs."""
    return f"{rid}:{sha[:MARK_DIGITS]}"


def state_days(station: Station, *, now_wanted: bool = False) -> int:
    """Write one event with the digests of all whole days that the district confirmed, once a day; returns how many days.

    A day of which nothing is here is stated too: after the restore of an old backup the district may hold something of it.
    0: there is nothing to state yet, or it was stated today (unless `now_wanted`).
    """
    today = day_of(station.clock())
    with station.store.read() as connection:
        stated = connection.execute(select(META.c.value).where(META.c.name == STATED_DAY)).scalar()
        if stated == today and not now_wanted:
            return 0
        until = bounds(today)[0]
        since = until - DAYS * 86_400_000
        confirmed = _confirmed_n(connection, station)
        travels = (EVENTS.c.travels != STAYS, EVENTS.c.at >= since, EVENTS.c.at < until)
        ahead = connection.execute(select(EVENTS.c.n).where(*travels, EVENTS.c.n > confirmed).limit(1)).first()
        if not confirmed or (ahead is not None and not now_wanted):
            return 0  # what is still on its way would differ
        rows = connection.execute(
            select(EVENTS.c.at, EVENTS.c.rid, EVENTS.c.sha).where(*travels, EVENTS.c.n <= confirmed)
        )
        held = {one.day: one for one in digests((row.at, row.rid, row.sha) for row in rows)}
        first = connection.execute(select(func.min(EVENTS.c.at)).where(EVENTS.c.travels != STAYS)).scalar()
    if first is None or int(first) >= until:
        return 0
    days = days_between(max(since, int(first)), until)
    found = [held.get(day, DayDigest(day, 0, NOTHING)) for day in days]
    with acting(station.store, station.by, station.clock, clock_confirmed=True) as act:
        _keep(act.connection, STATED_DAY, today)
        act.record(STATED, station.identity.inst, {"days": [list(one) for one in found], "confirmed_n": confirmed})
    return len(found)


def take_answer(act: Act, body: Mapping[str, Any]) -> None:
    """Keep the district's answer; `settle` holds it against what is here, without the write lock."""
    if not isinstance(body["differ"], list):
        raise ValueError("differ")
    _keep(act.connection, ANSWER, canonical.dump(dict(body)))


def settle(station: Station) -> None:
    """Hold the kept answer against what is here: send again what the district lacks, tell a person about all else.

    After a cut it begins anew; what is sent again twice is known by its record id.
    """
    with station.store.read() as connection:
        kept = connection.execute(select(META.c.value).where(META.c.name == ANSWER)).scalar()
        if kept is None:
            return
        try:
            body = canonical.load(kept)
            days = int(body["days"])
            found = [_difference(connection, told, int(body["confirmed_n"])) for told in body["differ"]]
        except MALFORMED:
            body = None
    if body is None:
        _drop(station, str(kept))
        return
    differences = [one for one, _ in found if one is not None]
    again = [event for _, events in found for event in events]
    for start in range(0, len(again), AT_ONCE):
        with acting(station.store, station.by, station.clock, clock_confirmed=True) as act:
            _send_again(act, again[start : start + AT_ONCE])
    told = {"at": station.clock(), "days": days, "differences": [vars(one) for one in differences]}
    with acting(station.store, station.by, station.clock, clock_confirmed=True) as act:
        _tell(act, differences)
        _keep(act.connection, OUTCOME, canonical.dump(told))
        act.connection.execute(delete(META).where(META.c.name == ANSWER, META.c.value == kept))


def _drop(station: Station, kept: str) -> None:
    """An answer that cannot be read must not stand in the way of every exchange."""
    with acting(station.store, station.by, station.clock, clock_confirmed=True) as act:
        act.connection.execute(delete(META).where(META.c.name == ANSWER, META.c.value == kept))
        open_tasks(
            act, [OpenTask("conflict", "区里的对账答复读不懂, 没有采用", rid=canonical.sha(kept), code="malformed")]
        )


def _difference(
    connection: Connection, told: Mapping[str, Any], confirmed_n: int
) -> tuple[Difference | None, list[dict[str, Any]]]:
    """What differs on one day, None when what was on its way has arrived meanwhile; and the events to send again."""
    day, theirs = str(told["day"]), dict(str(one).rsplit(":", 1) for one in told["rids"])
    start, end = bounds(day)
    events = select(EVENTS.c.rid, EVENTS.c.sha, EVENTS.c.n).where(
        EVENTS.c.travels != STAYS, EVENTS.c.at >= start, EVENTS.c.at < end
    )
    mine = {row.rid: row for row in connection.execute(events)}
    missing = sorted(rid for rid, row in mine.items() if row.n <= confirmed_n and rid not in theirs)
    difference = Difference(
        day,
        len(mine),
        int(told["count"]),
        tuple(missing) if told["whole"] else (),
        tuple(sorted(rid for rid in theirs if rid not in mine)),
        tuple(sorted(rid for rid in mine if rid in theirs and mine[rid].sha[:MARK_DIGITS] != theirs[rid])),
        _unknown(connection, told.get("cases", ())),
    )
    if not (difference.missing_there or difference.missing_here or difference.changed) and told["whole"]:
        return None, []
    again = select(EVENTS).where(EVENTS.c.rid.in_(difference.missing_there)).order_by(EVENTS.c.n)
    return difference, [dict(row) for row in connection.execute(again).mappings()]


def _unknown(connection: Connection, cases: Iterable[Any]) -> tuple[str, ...]:
    """Receipt numbers of the cases that are not here."""
    named = {str(case_id): clean_line(str(receipt_no))[:NUMBER] for case_id, receipt_no in cases}
    here = set(connection.execute(select(CASES.c.id).where(CASES.c.id.in_(list(named)))).scalars()) if named else set()
    return tuple(sorted(receipt_no for case_id, receipt_no in named.items() if case_id not in here))


def outcome(connection: Connection) -> Outcome:
    """What the last reconciliation came to."""
    rows = connection.execute(select(META.c.name, META.c.value).where(META.c.name.in_([STATED_DAY, OUTCOME])))
    found = {row.name: str(row.value) for row in rows}
    if OUTCOME not in found:
        return Outcome(found.get(STATED_DAY, ""))
    kept = canonical.load(found[OUTCOME])
    lists = ("missing_there", "missing_here", "changed", "cases")
    differences = tuple(
        Difference(one["day"], one["here"], one["there"], *(tuple(one.get(key, ())) for key in lists))
        for one in kept["differences"]
    )
    return Outcome(found.get(STATED_DAY, ""), kept["at"], kept["days"], differences)


def _send_again(act: Act, events: Iterable[Mapping[str, Any]]) -> None:
    """The record as it was first sent travels inside a new event, so that neither stream nor chain is touched."""
    for event in events:
        line = line_of(event, 0)
        if line["t"] != STAYS:
            act.record(RESENT, event["ent_id"], {"line": canonical.dump(line)})


def _tell(act: Act, differences: Iterable[Difference]) -> None:
    tasks = []
    for one in differences:
        here, changed = len(one.missing_here), len(one.changed)
        if here or changed:
            words = f"{one.day} 与区里对账不符: 区里多 {here} 条, 内容不同 {changed} 条; 可能恢复过旧备份"
            if one.cases:
                named = ", ".join(one.cases[:CASES_NAMED]) + (" 等" if len(one.cases) > CASES_NAMED else "")
                words += f"。区里有而本站没有的办件 {len(one.cases)} 件: {named}; 请找出纸质材料补录"
            tasks.append(OpenTask("conflict", words, rid=f"reconcile:{one.day}", code="reconcile"))
    open_tasks(act, tasks)


def _confirmed_n(connection: Connection, station: Station) -> int:
    """Journal position up to which everything is confirmed: before the first batch that is not."""
    mine = (BATCHES.c.inst == station.identity.inst, BATCHES.c.direction == UP)
    waiting = connection.execute(select(func.min(BATCHES.c.bno)).where(*mine, BATCHES.c.state != "applied")).scalar()
    done = select(func.max(BATCHES.c.last_n)).where(*mine)
    if waiting is not None:
        done = done.where(BATCHES.c.bno < waiting)
    return int(connection.execute(done).scalar() or 0)


def _keep(connection: Connection, name: str, value: str) -> None:
    connection.execute(delete(META).where(META.c.name == name))
    connection.execute(insert(META).values(name=name, value=value))
