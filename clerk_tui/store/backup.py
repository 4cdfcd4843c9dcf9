"""Copies of a store that can be trusted: made whole, checked, and given back as a new installation."""

import hashlib
import secrets
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from sqlalchemy import Connection, Engine, NullPool, create_engine, delete, insert, select, update
from sqlalchemy.exc import DatabaseError

from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import numbers
from clerk_tui.store.act import By, Clock, acting, system_clock
from clerk_tui.store.canonical import load as load_json
from clerk_tui.store.copying import copy_file
from clerk_tui.store.core import CLERKS, HALLS, INSTALLATIONS, NUMBER_ROWS, PRINT_JOBS, SEATS, SYNC_LEASE
from clerk_tui.store.engine import LOCK_SECONDS
from clerk_tui.store.evidence import HANDED_OUT
from clerk_tui.store.schema import SCHEMA_VERSION, SEAT_FRESH_MS, open_store, version_of
from clerk_tui.store.verify import Chain, verify

HALL_ZONE = timezone(timedelta(hours=8))
STEP_OF_DAY = 1_000
STEP = 100_000
"""How far number series jump at a restore: series of one day, and all others. What was given out
after the backup is not known any more, so the range is voided as a whole."""


@dataclass(frozen=True)
class BackupReport:
    path: Path
    sha256: str
    size: int
    chain: Chain


@dataclass(frozen=True)
class RestoreReport:
    """`inst` is the new installation id, empty for a store without a hall; `kept` the old store that was moved aside."""

    path: Path
    kept: Path | None
    chain: Chain
    inst: str
    voided: tuple[tuple[str, int, int], ...]
    sha_checked: bool


def backup(store_path: Path, target: Path, *, clock: Clock = system_clock) -> BackupReport:
    """Copy a live store to `target` (a new file, or a folder), check copy and journal, and write its SHA-256 beside it.

    Raises Refusal store_missing, backup_exists, backup_failed, journal_broken.
    """
    if not store_path.is_file():
        raise Refusal("store_missing", f"找不到数据文件 {store_path.name}", "请检查 --store 所指的文件夹")
    if target.is_dir() or not target.suffix:  # a folder, also one that is made now
        target = target / f"{store_path.stem}-{datetime.fromtimestamp(clock() / 1000, UTC):%Y%m%dT%H%M%SZ}.db"
    sums = _sums_of(target)
    if target.exists() or sums.exists():
        raise Refusal("backup_exists", f"{target.name} 已经存在, 没有覆盖", "请换一个文件名或文件夹")
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Refusal("backup_failed", f"不能在 {target.parent} 建立备份", "请检查文件夹权限和磁盘空间") from error
    copy_file(store_path, target)
    try:
        _alone(target)
        chain, _ = inspect(target)
        digest = _sha256(target)
        sums.write_text(f"{digest}  {target.name}\n", encoding="utf-8")
        sums.chmod(0o600)
    except OSError as error:
        target.unlink(missing_ok=True)
        sums.unlink(missing_ok=True)
        raise Refusal("backup_failed", "备份没有做成, 原数据没有改动", "请检查磁盘空间和文件夹权限") from error
    except Refusal:
        target.unlink(missing_ok=True)
        raise
    return BackupReport(target, digest, target.stat().st_size, chain)


def inspect(path: Path) -> tuple[Chain, int]:
    """Check a store file at rest without changing a byte: integrity, version, journal; returns chain and version.

    Raises Refusal store_damaged, store_newer, journal_broken.
    """
    engine = _frozen(path)
    try:
        with engine.connect() as connection:
            found = version_of(connection)
            if found == 0:
                raise Refusal("store_damaged", f"{path.name} 不是本程序的数据文件", "请选别的备份")
            if found > SCHEMA_VERSION:
                raise Refusal("store_newer", f"{path.name} 是更新版本的程序建立的", "请升级本程序后再试")
            if connection.exec_driver_sql("PRAGMA integrity_check").scalar() != "ok":
                raise _damaged(path)
            chain = verify(connection)
    except DatabaseError as error:
        raise _damaged(path) from error
    finally:
        engine.dispose()
    if not chain.whole:
        raise Refusal("journal_broken", f"{path.name} 的登记链不完整: {chain.words}", "请停止使用它, 通知技术人员")
    return chain, found


def copies_in(path: Path) -> set[tuple[str, str]]:
    """SHA-256 and media of each paper that a store file at rest knows as handed out; nothing in it is changed."""
    engine = _frozen(path)
    try:
        with engine.connect() as connection:
            if version_of(connection) < SCHEMA_VERSION:
                return set()  # an older store is migrated when it is opened, not before
            printed = select(PRINT_JOBS.c.sha, PRINT_JOBS.c.media).where(PRINT_JOBS.c.state.in_(HANDED_OUT))
            return {(row.sha, row.media) for row in connection.execute(printed)}
    finally:
        engine.dispose()


def restore(backup_path: Path, store_path: Path, *, clerk: str, clock: Clock = system_clock) -> RestoreReport:
    """Put a checked copy of a backup in the place of `store_path`; what stood there is kept aside, never overwritten.

    `clerk` is the number of the supervisor or technician who does it, as recorded in the backup. The restored store
    is a new installation: a new inst (to be enrolled at the district again), and every number series jumps past what
    may have been given out since. Raises Refusal backup_missing, backup_altered, store_damaged,
    store_newer, journal_broken, store_in_use, not_allowed.
    """
    if not backup_path.is_file():
        raise Refusal("backup_missing", f"找不到备份 {backup_path.name}", "请检查文件名")
    checked = _check_sums(backup_path)
    chain, _ = inspect(backup_path)
    _refuse_in_use(store_path, clock())
    part = store_path.with_name(store_path.name + ".restoring")
    _remove(part)
    try:
        store_path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        copy_file(backup_path, part)
        inst, voided = _new_installation(part, clerk, clock)
        _alone(part)
        kept = _set_aside(store_path, clock())
        part.replace(store_path)
    except OSError as error:
        raise Refusal("restore_failed", "恢复没有做成, 原数据没有改动", "请检查磁盘空间和文件夹权限") from error
    finally:
        _remove(part)
    return RestoreReport(store_path, kept, chain, inst, voided, checked)


def _new_installation(path: Path, clerk: str, clock: Clock) -> tuple[str, tuple[tuple[str, int, int], ...]]:
    store = open_store(path, clock_ms=clock() + SEAT_FRESH_MS)  # the seats in a copy are nobody's
    try:
        with store.read() as connection:
            hall = connection.execute(select(HALLS)).first()
            by = None if hall is None else _who(connection, clerk)
        if hall is None or by is None:
            return "", ()
        inst = secrets.token_hex(4)
        with acting(store, by, clock, clock_confirmed=True) as act:
            connection = act.connection
            connection.execute(delete(SEATS))
            connection.execute(delete(SYNC_LEASE))
            still_open = select(INSTALLATIONS.c.inst).where(INSTALLATIONS.c.closed_at.is_(None))
            for old in connection.execute(still_open).scalars().all():
                act.record("installation.closed", old, {"closed_at": act.now, "reason": "restored"}, base_version=1)
            connection.execute(
                update(INSTALLATIONS).where(INSTALLATIONS.c.closed_at.is_(None)).values(closed_at=act.now)
            )
            connection.execute(insert(INSTALLATIONS).values(inst=inst, hall_id=hall.id, made_at=act.now))
            made = {"hall_id": hall.id, "made_at": act.now, "reason": "restored"}
            act.record("installation.made", inst, made)
            voided = _jump(connection, datetime.fromtimestamp(act.now / 1000, HALL_ZONE))
            ranges = [{"series": series, "from": first, "to": last} for series, first, last in voided]
            act.record("numbers.voided", inst, {"reason": "restored", "ranges": ranges})
    finally:
        store.close()
    return inst, tuple(voided)


def _who(connection: Connection, number: str) -> By:
    row = connection.execute(select(CLERKS).where(CLERKS.c.number == number, CLERKS.c.active)).first()
    roles = frozenset(load_json(row.roles)) if row is not None else frozenset()
    if row is None or not roles & {"supervisor", "it"}:
        raise Refusal("not_allowed", "恢复须由备份里登记的主管或技术人员办理", "请用 --clerk 写明他的工号")
    return By(row.id, row.number, row.name, roles, row.hall_id)


def _jump(connection: Connection, now: datetime) -> list[tuple[str, int, int]]:
    """Void what may have been given out since the backup: in each series that can still grow, and in those of today
    and this year that the backup does not know (numbers.next_number starts them beyond the floor)."""
    day, year = f"{now:%Y-%m-%d}", f"{now:%Y}"
    voided = []
    for series, last in connection.execute(select(NUMBER_ROWS.c.series, NUMBER_ROWS.c.last)).all():
        scope = numbers.scope_of(series)
        if scope in ("", day, year) or series.startswith(numbers.FLOOR):
            step = STEP_OF_DAY if scope == day else STEP
            voided.append((series, *numbers.jump(connection, series, int(last) + step)))
    for scope, step in ((day, STEP_OF_DAY), (year, STEP)):
        floor = numbers.FLOOR + scope
        if not any(series == floor for series, _, _ in voided):
            connection.execute(insert(NUMBER_ROWS).values(series=floor, last=step))
            voided.append((floor, 1, step))
    return voided


def _refuse_in_use(store_path: Path, now: int) -> None:
    if not store_path.is_file():
        return
    query = "select 1 from seat where seen_at > ? limit 1"
    try:
        with closing(sqlite3.connect(store_path, timeout=LOCK_SECONDS)) as connection:
            busy = connection.execute(query, (now - SEAT_FRESH_MS,)).fetchone() is not None
            if not busy:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the old file is whole without its log
    except sqlite3.Error as error:
        busy = "locked" in str(error)  # anything else: a damaged store, and that is what a restore is for
    if busy:
        raise Refusal("store_in_use", "还有窗口开着这个数据文件", "请在各窗口退出程序, 半分钟后再恢复")


def _set_aside(path: Path, now: int) -> Path | None:
    if not path.exists():
        return None
    kept = path.with_name(f"{path.stem}.replaced-{now}{path.suffix}")
    for tail in ("-wal", "-shm", ""):  # the file last: while it stands, it stands with its log
        part = path.with_name(path.name + tail)
        if part.exists():
            part.replace(kept.with_name(kept.name + tail))
    return kept


def _alone(path: Path) -> None:
    """Make a file that needs no log beside it, so that it can lie on a read-only medium."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise Refusal("backup_failed", "备份没有做成, 原数据没有改动", "请检查磁盘后再试") from error


def _frozen(path: Path) -> Engine:
    def connect() -> sqlite3.Connection:
        return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)

    return create_engine("sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True)


def _check_sums(path: Path) -> bool:
    sums = _sums_of(path)
    if not sums.is_file():
        return False
    if sums.read_text(encoding="utf-8").split()[:1] != [_sha256(path)]:
        raise Refusal("backup_altered", f"{path.name} 与它的 SHA-256 不符", "备份传输中损坏或被改过, 请选别的备份")
    return True


def _sums_of(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _damaged(path: Path) -> Refusal:
    return Refusal("store_damaged", f"{path.name} 已损坏", "请选别的备份")


def _remove(path: Path) -> None:
    for tail in ("", "-wal", "-shm"):
        path.with_name(path.name + tail).unlink(missing_ok=True)
