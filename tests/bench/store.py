#!/usr/bin/env python3
"""What the screens ask of the store, on a large and a small store in one run; and the intake's commit beside bare SQLite.

    python tests/bench/store.py --large DIR --small DIR [--times 200]

Reads are the desk's own functions. The commit is one case with eight materials, one transaction with full
synchronisation into the large store: through our Core statements, through bare sqlite3, and through the ORM's flush of
the same rows, in turns; what was written is removed at the end.
"""

import argparse
import random
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select
from sqlmodel import Session

from clerk_tui import bootstrap, settings
from clerk_tui.desk import case_reading, finding, intake, owing_reads, pickup_reads, queueing, signing_in
from clerk_tui.desk.context import Desk
from clerk_tui.store.act import By, new_id
from clerk_tui.store.core import CASES, MATERIALS, PERSONS
from clerk_tui.store.engine import SQLITE_PRAGMAS
from clerk_tui.store.schema import SCHEMA_VERSION
from clerk_tui.store.tables import Case, Material
from clerk_tui.tui.counts import read_counts

QUERIES = ("陈", "陈国", "陈国强", "cgq", "cg", "chenguoqiang", "0042", "440113", "19900123456", "A-01", "A001")


def percentile(values: list[float], rank: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * rank // 100)] * 1000


def taken(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def open_desk(folder: str) -> tuple[Desk, By]:
    desk = bootstrap.load_desk(settings.load(Path(folder)))
    with desk.look() as connection:
        window = connection.exec_driver_sql('SELECT id FROM "window" WHERE number = 3').scalar_one()
    return desk, signing_in.by_number(desk, number="demo", window_id=window)


def reads(desk: Desk, by: By) -> dict[str, Callable[[], object]]:
    from clerk_tui.store.first_page import read_first_page

    place = desk.store.path
    assert place is not None
    with desk.look() as connection:
        people = connection.execute(select(PERSONS).where(PERSONS.c.seek.between(1000, 1050))).all()
    dice = random.Random(5)

    def known() -> object:
        person = dice.choice(people)
        text = dice.choice((person.name, person.initials.split()[0], person.id_number, person.phone, person.id_tail))
        return finding.find(desk, by, text=text)

    found: dict[str, Callable[[], object]] = {
        "first page": lambda: read_first_page(place, schema_version=SCHEMA_VERSION, now=desk.clock()),
        "queue panel": lambda: queueing.panel(desk, by),
        "counts": lambda: read_counts(desk, by),
        "ledger, first page": lambda: owing_reads.ledger(desk, by),
        "shelf": lambda: pickup_reads.ready(desk, by),
        "newest cases": lambda: case_reading.recent(desk, by),
        "search: a known person": known,
        "items for intake": lambda: intake.find_items(desk, by, text="lao"),
    }
    for query in QUERIES:
        found[f"search: {query}"] = lambda query=query: finding.find(desk, by, text=query)  # type: ignore[misc]
    return found


def compare_reads(large: str, small: str, times: int) -> None:
    desks = [open_desk(large), open_desk(small)]
    both = [reads(*one) for one in desks]
    print(f"{'read':28}{'large p50':>11}{'p95':>9}{'small p50':>11}{'p95':>9}{'ratio':>8}")
    for name in both[0]:
        samples: list[list[float]] = [[], []]
        for _ in range(times):
            for place, functions in enumerate(both):
                samples[place].append(taken(functions[name]))
        p50 = [percentile(one, 50) for one in samples]
        p95 = [percentile(one, 95) for one in samples]
        print(f"{name:28}{p50[0]:>11.2f}{p95[0]:>9.2f}{p50[1]:>11.2f}{p95[1]:>9.2f}{p50[0] / p50[1]:>8.2f}")
    for desk, _ in desks:
        desk.store.close()


def compare_commits(large: str, times: int) -> None:
    desk, _ = open_desk(large)
    place = desk.store.path
    assert place is not None
    with desk.look() as connection:
        case = dict(connection.execute(select(CASES).order_by(CASES.c.received_at).limit(1)).mappings().one())
        material = dict(connection.execute(select(MATERIALS).limit(1)).mappings().one())
    made: list[str] = []

    def rows() -> tuple[dict[str, Any], list[dict[str, Any]]]:
        case_id = new_id()
        made.append(case_id)
        new = case | {"id": case_id, "receipt_no": f"BENCH-{case_id}", "code": f"BENCH-{case_id}"}
        return new, [material | {"id": new_id(), "case_id": case_id, "ord": n} for n in range(8)]

    bare = sqlite3.connect(place, isolation_level=None)
    for pragma in SQLITE_PRAGMAS:
        bare.execute(f"PRAGMA {pragma}")

    def statement(table: str, columns: list[str]) -> str:
        return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"

    into_cases, into_materials = statement("cases", list(case)), statement("material", list(material))

    def by_core(new: dict[str, Any], papers: list[dict[str, Any]]) -> None:
        with desk.store.write() as connection:
            connection.execute(insert(CASES), new)
            connection.execute(insert(MATERIALS), papers)

    def by_sqlite(new: dict[str, Any], papers: list[dict[str, Any]]) -> None:
        bare.execute("BEGIN IMMEDIATE")
        bare.execute(into_cases, list(new.values()))
        bare.executemany(into_materials, [list(paper.values()) for paper in papers])
        bare.execute("COMMIT")

    def by_flush(new: dict[str, Any], papers: list[dict[str, Any]]) -> None:
        with Session(desk.store.engine.execution_options(takes_write_lock=True)) as session:
            session.add(Case(**new))
            session.flush()
            session.add_all([Material(**paper) for paper in papers])
            session.commit()

    ways = {"our Core": by_core, "bare sqlite3": by_sqlite, "ORM flush": by_flush}
    samples: dict[str, list[float]] = {name: [] for name in ways}
    for n in range(times + 10):
        for name, way in ways.items():
            values = rows()
            spent = taken(lambda way=way, values=values: way(*values))  # type: ignore[misc]
            if n >= 10:  # statements are compiled by then
                samples[name].append(spent)
    print(f"\n{'commit, FULL, 1 + 8 rows':28}{'p50':>9}{'p99':>9}")
    for name, spent in samples.items():
        print(f"{name:28}{percentile(spent, 50):>9.3f}{percentile(spent, 99):>9.3f}")
    for rank in (50, 99):
        ours, theirs, orm = (percentile(samples[name], rank) for name in ways)
        print(f"p{rank}: ours / bare {ours / theirs:.2f}, ours / ORM {ours / orm:.2f}")
    with desk.store.write() as connection:
        for case_id in made:
            connection.execute(delete(MATERIALS).where(MATERIALS.c.case_id == case_id))
            connection.execute(delete(CASES).where(CASES.c.id == case_id))
    bare.close()
    desk.store.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--large", required=True)
    parser.add_argument("--small", required=True)
    parser.add_argument("--times", type=int, default=200)
    options = parser.parse_args()
    compare_reads(options.large, options.small, options.times)
    compare_commits(options.large, options.times)
    return 0


if __name__ == "__main__":
    sys.exit(main())
