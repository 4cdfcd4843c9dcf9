"""Ten years of a hall, written in bulk: residents, closed cases, what was owed and handed over, and their journal.

Straight into the SQLite file, with the indexes made afterwards: a million cases take minutes, not hours. The journal is
chained like any other, and none of it travels: the exchange with a district begins after it (`begin_exchange_after`).
"""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from clerk_tui.channel.container import GENESIS_SHA, UP
from clerk_tui.channel.enrolment import identity_of
from clerk_tui.channel.station import stream_id
from clerk_tui.demo.residents import REGION
from clerk_tui.desk.context import Desk
from clerk_tui.district.place import District
from clerk_tui.district.tables import LINES
from clerk_tui.rules.mod_11_2 import check_digit
from clerk_tui.rules.numbering import opaque_code, receipt_no
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical
from clerk_tui.store.act import By, boot_clock, record_sha
from clerk_tui.store.case_dues import limits_of
from clerk_tui.store.core import STREAMS
from clerk_tui.store.engine import Store
from clerk_tui.store.people_search import spell, terms
from clerk_tui.store.tables import StationBase

BATCH = 10_000
DAY_MS = 86_400_000
YEARS_MS = 3652 * DAY_MS
APART_MS = YEARS_MS // 1_000_000
"""A million cases are ten years: one every five minutes, day and night."""

PERSONS_PER_CASE = 0.6
OWING_EVERY, RESULT_EVERY = 25, 3
RECENT, STILL_OPEN, ON_SHELF = 8_000, (16, 50_000), (27, 50_001)
"""What is unfinished is of the last weeks, however old the hall: one in so many of the recent cases, and of the older ones."""
ITEMS = ("juzhu-dengji", "laoren-youdaika", "jiuye-dengji", "sbk-buhuan", "yidi-jiuyi", "linghuo-butie")
LEFT_OUT: dict[str, object] = {"materials": [], "questions": [], "fields": [], "faq": []}
"""Of the item as it was; whole it would be eight kilobytes in each of a million cases."""
SURNAMES = "陈黄李梁何林张刘吴郭冯罗区冼曾麦邓邝屈卢韩孔苏潘谢伍彭钟郑周"
GIVEN = "国志伟明强建华文英丽芳婷敏静秀兰玉梅桂珍嘉俊杰浩然子轩梓涵欣怡晓燕雪琪思颖家豪永康德荣少锋"
VILLAGES = ("大北社区", "北城社区", "沙墟村", "东郊村", "丹山社区", "云星社区", "禺秀社区", "富都社区")
BULK = ("cases", "person", "journal_event", "result", "owed", "material")

Row = tuple[Any, ...]


def add(desk: Desk, by: By, cases: int, *, before: int) -> tuple[int, str]:
    """Add `cases` closed cases of invented residents, evenly spaced, the last one at `before` (UTC ms).

    Returns number and chain of the journal's last event, for `begin_exchange_after`.
    Raises Refusal not_here on another database than SQLite.
    """
    if desk.store.path is None:
        raise Refusal("not_here", "历史数据只能写进本机的 SQLite 文件", "请用 --prepare 指定一个新文件夹")
    desk.store.close()
    with closing(sqlite3.connect(desk.store.path, isolation_level=None)) as connection:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000000", "temp_store=MEMORY", "threads=2"):
            connection.execute(f"PRAGMA {pragma}")
        marks = ",".join("?" * len(BULK))
        indexes = connection.execute(
            f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({marks})",
            BULK,
        ).fetchall()
        connection.execute("BEGIN IMMEDIATE")
        for name, _ in indexes:
            connection.execute(f'DROP INDEX "{name}"')
        persons = _persons(connection, max(1, int(cases * PERSONS_PER_CASE)), before - cases * APART_MS)
        writer = _Writer(desk, by, connection, persons, cases, before)
        writer.write()
        for _, statement in indexes:
            connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("PRAGMA optimize")
        connection.execute("PRAGMA journal_mode=WAL")
    return writer.n, writer.head


def begin_exchange_after(store: Store, district: District, n: int, head: str) -> None:
    """Let the line to the district begin after event `n`, whose chain ends with `head`, at both ends."""
    with store.write() as connection:
        stream = stream_id(identity_of(connection), UP)
        connection.execute(insert(STREAMS).values(id=stream, last_n=n, chain=head, last_sha=GENESIS_SHA))
    with district.store.write() as connection:
        connection.execute(update(LINES).where(LINES.c.id == stream).values(last_n=n, chain=head))


def unfinished(age: int, one_in: tuple[int, int]) -> bool:
    """Whether a case is still open, or its result on the shelf; `age` 1 is the newest case."""
    return age % one_in[age > RECENT] == 0


def _id(at: int, dice: random.Random) -> str:
    """A UUIDv7 of an instant, the same in every run."""
    tail = dice.getrandbits(74)
    text = f"{at:012x}7{tail >> 62:03x}{0x8000 | tail >> 48 & 0x3FFF:04x}{tail & 0xFFFFFFFFFFFF:012x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _put(connection: sqlite3.Connection, table: str, columns: tuple[str, ...], rows: list[Row]) -> None:
    """Insert rows; columns that are not named take what the table gives them."""
    others = {
        column.name: column.default.arg
        for column in StationBase.metadata.tables[table].columns
        if column.name not in columns and isinstance(column.default, ScalarElementColumnDefault)
    }
    names = ", ".join(f'"{column}"' for column in (*columns, *others))
    constants = tuple(others.values())
    marks = ", ".join("?" * (len(columns) + len(others)))
    connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", ((*row, *constants) for row in rows))


PERSON = (
    "id", "seek", "name", "initials", "pinyin", "id_kind", "id_number", "id_tail", "birth_proof", "birth", "sex",
    "phone", "phone_tail", "contact", "address", "village", "made_at", "version",
)  # fmt: skip


def _persons(connection: sqlite3.Connection, wanted: int, at: int) -> list[tuple[str, str]]:
    """Invented residents with valid numbers, indexed for the search; ids and names."""
    dice = random.Random(1)
    surnames = [(one, heads.split(), spelt.split()) for one in SURNAMES for heads, spelt in (spell(one),)]
    given = [(one, spell(one)[1]) for one in GIVEN]
    taken = connection.execute("SELECT last FROM number_row WHERE series = 'seek:person'").fetchone()
    first = int(taken[0]) if taken else 0
    made: list[tuple[str, str]] = []
    rows: list[Row] = []
    texts: list[Row] = []
    for n in range(wanted):
        surname, initials, pinyin = dice.choice(surnames)
        tail = dice.choices(given, k=dice.choice((1, 2, 2, 2)))
        name = surname + "".join(one for one, _ in tail)
        letters = " ".join(head + "".join(spelt[0] for _, spelt in tail) for head in initials)
        words = " ".join(head + "".join(spelt for _, spelt in tail) for head in pinyin)
        born = date(1935, 1, 1) + timedelta(days=n % 31_000)
        body = f"{REGION}{born:%Y%m%d}{n // 31_000 * 2 + n % 2:03}"
        number, phone = body + check_digit(body), f"1990{n + 10_000:07}"
        village = dice.choice(VILLAGES)
        person = _id(at + n, dice)
        made.append((person, name))
        rows.append(
            (person, first + n + 1, name, letters, words, "resident_id", number, number[-4:], "", born.isoformat(),
             "男" if n % 2 else "女", phone, phone[-4:], "", f"市桥街道{village}示例路 {n % 400 + 1} 号", village, at, 1)
        )  # fmt: skip
        texts.append((first + n + 1, terms(name, letters, words)))
        if len(rows) == BATCH or n == wanted - 1:
            _put(connection, "person", PERSON, rows)
            connection.executemany("INSERT INTO person_text(rowid, terms) VALUES (?, ?)", texts)
            rows, texts = [], []
    connection.execute("INSERT INTO person_text(person_text) VALUES ('optimize')")
    connection.execute(
        "INSERT INTO number_row VALUES ('seek:person', ?) ON CONFLICT(series) DO UPDATE SET last = excluded.last",
        (first + wanted,),
    )
    return made


CASE = (
    "id", "receipt_no", "receipt_tail", "code", "item_key", "item_name", "item_version", "item_snapshot", "answers",
    "fields", "applicant_kind", "applicant_id", "applicant_name", "roles", "state", "regime", "accept_power",
    "handling", "accepted_how", "flag_credit_unchecked", "flag_waiting_applicant", "flag_requested",
    "flag_refused_by_district", "flag_back_entered", "intake_office", "accept_office", "implementing_office",
    "window_id", "clerk_id", "received_at", "accepted_at", "decided_at", "closed_at", "decision", "decision_source",
    "due_provisional", "promised_limit", "statutory_limit", "dues_by", "result_kind", "result_name", "delivery", "mail_to", "fee_fen", "fee_paid_fen", "fee_how",
    "fee_receipt", "hotline_no", "hotline_answer", "note", "version",
)  # fmt: skip
EVENT = (
    "n", "rid", "kind", "v", "ent", "ent_id", "ent_ver", "base_ver", "at", "clk", "act_id", "clerk_id", "window_id",
    "source", "travels", "body", "salt", "sha",
)  # fmt: skip
MATERIAL = (
    "id", "case_id", "ord", "key", "name", "evidence", "holder", "holder_id", "mark", "verified_how", "verified_at",
    "originals", "copies", "pages", "kept_original", "to_give_back", "defect", "checked_points", "standard", "version",
)  # fmt: skip
OWED = (
    "id", "case_id", "material_id", "kind", "name", "state", "due", "days", "unit", "cap_words", "provisional",
    "after_decision", "original_due", "extended_times", "rejected_times", "proposed_outcome", "settled_outcome",
    "settled_by", "fields", "supplied_at", "closed_at", "made_at", "version",
)  # fmt: skip
RESULT = (
    "id", "case_id", "person_name", "kind", "name", "number", "licence_id", "copies", "state", "source", "confirmed",
    "shelf", "condition", "arrived_at", "ready_at", "delivered_at", "version",
)  # fmt: skip


class _Writer:
    """Writes the cases of one past, batch by batch, and carries the journal's chain along."""

    def __init__(
        self,
        desk: Desk,
        by: By,
        connection: sqlite3.Connection,
        persons: list[tuple[str, str]],
        cases: int,
        before: int,
    ) -> None:
        self.desk, self.by, self.connection = desk, by, connection
        self.persons, self.cases, self.before = persons, cases, before
        self.items = [(item, canonical.dump(item.snapshot() | LEFT_OUT)) for item in map(desk.catalogue.item, ITEMS)]
        self.dice = random.Random(2)
        self.clk = boot_clock()
        self.n, self.head = connection.execute("SELECT n, head FROM journal_head WHERE id = 1").fetchone()
        self.last_at = 0
        self.counts: dict[str, int] = {}
        self.rows: dict[str, list[Row]] = {}

    def write(self) -> None:
        tables = {
            "cases": CASE,
            "journal_event": EVENT,
            "material": MATERIAL,
            "owed": OWED,
            "result": RESULT,
        }
        for n, (at, number) in enumerate(self._instants()):
            self._case(n, at, number)
            if n % BATCH == BATCH - 1 or n == self.cases - 1:
                for table, columns in tables.items():
                    _put(self.connection, table, columns, self.rows.pop(table, []))
        self.connection.execute(
            "UPDATE journal_head SET n = ?, head = ?, last_at = max(last_at, ?)", (self.n, self.head, self.last_at)
        )
        self.connection.executemany(
            "INSERT INTO counter VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET value = value + excluded.value",
            list(self.counts.items()),
        )

    def _instants(self) -> Iterator[tuple[int, str]]:
        """When each case came in, and its 收件号."""
        day, seq = date.min, 0
        for n in range(self.cases):
            at = self.before - (self.cases - n) * APART_MS
            local = self.desk.local(at).date()
            day, seq = local, seq + 1 if local == day else 1
            yield at, receipt_no(self.desk.letter, local, seq)

    def _count(self, name: str) -> None:
        self.counts[name] = self.counts.get(name, 0) + 1

    def _add(self, table: str, *values: Any) -> None:
        self.rows.setdefault(table, []).append(values)

    def _case(self, n: int, at: int, number: str) -> None:
        item, snapshot = self.items[n % len(self.items)]
        person, name = self.persons[n * 7919 % len(self.persons)]
        case_id = _id(at, self.dice)
        limits = limits_of(item.promise, item.legal, item.regime)
        still_open = unfinished(self.cases - n, STILL_OPEN)
        owing = still_open or n % OWING_EVERY == 0
        state = "accepted" if still_open else "closed"
        done = None if still_open else at
        self._add(
            "cases", case_id, number, number[-4:], opaque_code("C", case_id), item.key, item.name, item.version,
            snapshot, "{}", "{}", "person", person, name, canonical.dump({"applicant": person}), state, item.regime,
            item.accept_power, item.handling, "deficiency" if owing else "complete", 0, 0, 0, 0, 0,
            self.desk.hall_name, item.office, item.department, self.by.window_id, self.by.clerk_id, at, at, done, done,
            "" if still_open else "granted", "" if still_open else "hall", 0, *limits.values(), "hall", "paper", item.name, "window", "", 0, 0,
            "", "", "", "", "", 1,
        )  # fmt: skip
        self._count(f"case:{state}")
        self._event("case.received", case_id, 1, at, {"receipt_no": number, "item_key": item.key, "state": state})
        if owing:
            self._owed(case_id, person, at, still_open)
        if not still_open:
            self._event("case.closed", case_id, 2, at, {"decision": "granted"})
            if (self.cases - n) % RESULT_EVERY == 0:
                self._result(case_id, item.name, n, at)

    def _owed(self, case_id: str, person: str, at: int, still_open: bool) -> None:
        material, owed = _id(at, self.dice), _id(at, self.dice)
        day = self.desk.local(self.before if still_open else at).date() + timedelta(days=self.dice.randrange(20, 60))
        self._add(
            "material", material, case_id, 1, "proof", "缴费凭证", "", "applicant", person, "0" if still_open else "3",
            "", at, 0, 0, 0, 0, 0, "", "[]", "", 1,
        )  # fmt: skip
        self._add(
            "owed", owed, case_id, material, "owed", "缴费凭证", "owed" if still_open else "closed", day.isoformat(), 10,
            "working", "上限未公布(固定10工作日)", 0, 0, day.isoformat(), 0, 0, "", "", "", "[]",
            None if still_open else at, None if still_open else at, at, 1,
        )  # fmt: skip
        if still_open:
            self._count("owed:owed:open")

    def _result(self, case_id: str, name: str, n: int, at: int) -> None:
        waits = unfinished(self.cases - n, ON_SHELF)
        state = "ready" if waits else "delivered"
        self._add(
            "result", _id(at, self.dice), case_id, "", "paper", name, "", "", 1, state, "hall", 1,
            f"{'ABCD'[n // ON_SHELF[0] % 4]}-{n // ON_SHELF[0] // 4 % 100:02}" if waits else "", "", at, at,
            None if waits else at, 1,
        )  # fmt: skip
        self._count(f"result:{state}")

    def _event(self, kind: str, case_id: str, version: int, at: int, body: dict[str, Any]) -> None:
        event: dict[str, Any] = {
            "kind": kind, "v": 1, "rid": _id(at, self.dice), "ent": "case", "ent_id": case_id, "ent_ver": version,
            "base_ver": version - 1, "at": at, "clk": self.clk, "clerk_id": self.by.clerk_id,
            "body": canonical.dump(body), "salt": f"{self.dice.getrandbits(128):032x}",
        }  # fmt: skip
        self.n, self.last_at = self.n + 1, at
        event |= {"n": self.n, "act_id": _id(at, self.dice), "window_id": self.by.window_id}
        event |= {"source": "station", "travels": "stays", "sha": record_sha(event)}
        self.head = canonical.sha(bytes.fromhex(self.head) + bytes.fromhex(event["sha"]))
        self._add("journal_event", *(event[column] for column in EVENT))
