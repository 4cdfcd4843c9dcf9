"""The way of a paper to the printer: queued, sent, taken or put off. Machinery, except that a taken copy is an act."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from clerk_tui.desk import papers
from clerk_tui.desk.context import Desk
from clerk_tui.desk.views.intake import PaperView
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import By, new_id
from clerk_tui.store.core import NOTICES, PRINT_JOBS
from clerk_tui.store.evidence import HANDED_OUT

BACKOFF_SECONDS = (2, 4, 8, 15, 30, 60)
"""How long a job waits after its first, second, … failure; the last one again and again: nothing is ever given up."""

SENDING_SECONDS = 120
"""A job that has been sending for longer belonged to a program that is gone; it is sent again."""

UNDONE = ("waiting", "sending", "failed")
_ON_ITS_WAY = ("waiting", "sending", "printed")
STATE_WORDS = {
    "waiting": "等待",
    "sending": "正在打印",
    "failed": "打不了",
    "printed": "已打印",
    "shown": "只在屏幕上打开",
    "saved": "存成了文件",
    "dropped": "不打了",
}


@dataclass(frozen=True)
class PrintJobView:
    """One copy on its way. `sha` names its bytes in the evidence folder."""

    id: str
    notice_id: str
    title: str
    number: str
    kind: str
    code: str
    copy_no: int
    device: str
    media: str
    variant: str
    sha: str
    state: str
    state_words: str
    attempts: int
    error: str
    made_at: int
    next_at: int
    done_at: int | None


def copies_before(desk: Desk, by: By, *, notice_id: str) -> int:
    """How many copies of a paper were printed or are on their way: the next one says 补打 when there is one."""
    with desk.look() as connection:
        return _copies(connection, notice_id)


def enqueue(
    desk: Desk, by: By, *, notice_id: str, device: str, media: str, variant: str, sha: str, copy_no: int
) -> PrintJobView:
    """Put a copy, whose bytes are kept already, into the queue of this window. Raises Refusal paper_unknown."""
    job_id, now = new_id(), desk.clock()
    with desk.store.write() as connection:
        papers.view_within(connection, notice_id)
        values = {
            "id": job_id,
            "notice_id": notice_id,
            "window_id": by.window_id,
            "clerk_id": by.clerk_id,
            "copy_no": copy_no,
            "device": device,
            "media": media,
            "variant": variant,
            "sha": sha,
            "state": "waiting",
            "attempts": 0,
            "error": "",
            "made_at": now,
            "next_at": now,
            "done_at": None,
        }
        connection.execute(insert(PRINT_JOBS), values)
        return _one(connection, job_id)


def claim_next(desk: Desk, by: By) -> PrintJobView | None:
    """The oldest job of this window that is due, now being sent; None when there is none. No two programs get the same."""
    now = desk.clock()
    due = PRINT_JOBS.c.state.in_(("waiting", "sending")) & (PRINT_JOBS.c.next_at <= now)
    with desk.store.write() as connection:
        job_id = connection.execute(
            select(PRINT_JOBS.c.id)
            .where(due, _of_window(by))
            .order_by(PRINT_JOBS.c.made_at, PRINT_JOBS.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).scalar()
        if job_id is None:
            return None
        connection.execute(
            update(PRINT_JOBS)
            .where(PRINT_JOBS.c.id == job_id)
            .values(state="sending", attempts=PRINT_JOBS.c.attempts + 1, next_at=now + SENDING_SECONDS * 1000)
        )
        return _one(connection, str(job_id))


def took(desk: Desk, by: By, *, job_id: str) -> PaperView:
    """The printer took the copy: an act, with the hash of its bytes in the journal. Raises Refusal job_unknown."""
    with desk.act(by) as act:
        job = _one(act.connection, job_id)
        if job.state != "printed":
            act.connection.execute(
                update(PRINT_JOBS).where(PRINT_JOBS.c.id == job_id).values(state="printed", error="", done_at=act.now)
            )
            act.record(
                "notice.printed",
                job.notice_id,
                {
                    "copy_no": job.copy_no,
                    "sha256": job.sha,
                    "media": job.media,
                    "variant": job.variant,
                    "device": job.device,
                },
                base_version=1,
                version=1,
            )
        return papers.view_within(act.connection, job.notice_id)


def saved(desk: Desk, by: By, *, notice_id: str, media: str, variant: str, sha: str) -> PaperView:
    """A copy was saved as a file: an act, for the file may be handed on. No printed copy: the next one is no 补打."""
    job_id = new_id()
    with desk.act(by) as act:
        papers.view_within(act.connection, notice_id)
        act.connection.execute(
            insert(PRINT_JOBS).values(
                id=job_id,
                notice_id=notice_id,
                window_id=by.window_id,
                clerk_id=by.clerk_id,
                copy_no=_copies(act.connection, notice_id) + 1,
                device="file",
                media=media,
                variant=variant,
                sha=sha,
                state="saved",
                attempts=0,
                error="",
                made_at=act.now,
                next_at=act.now,
                done_at=act.now,
            )
        )
        body = {"sha256": sha, "media": media, "variant": variant}
        act.record("notice.saved", notice_id, body, base_version=1, version=1)
        return papers.view_within(act.connection, notice_id)


def shown(desk: Desk, by: By, *, job_id: str) -> None:
    """Nothing printed: the system's viewer opened the copy, and it is not sent again."""
    _change(desk, job_id, state="shown", done_at=desk.clock())


def put_off(desk: Desk, by: By, *, job_id: str, error: str, lasting: bool = False) -> PrintJobView:
    """The copy was not taken. It waits and is tried again; where trying cannot help (`lasting`), until someone says so."""
    with desk.store.write() as connection:
        job = _one(connection, job_id)
        pause = BACKOFF_SECONDS[min(job.attempts, len(BACKOFF_SECONDS)) - 1] if job.attempts else 0
        connection.execute(
            update(PRINT_JOBS)
            .where(PRINT_JOBS.c.id == job_id)
            .values(state="failed" if lasting else "waiting", error=error, next_at=desk.clock() + pause * 1000)
        )
        return _one(connection, job_id)


def again(desk: Desk, by: By, *, job_id: str) -> PrintJobView:
    """Try a copy now, at this window."""
    return _change(desk, job_id, state="waiting", next_at=desk.clock(), window_id=by.window_id)


def drop(desk: Desk, by: By, *, job_id: str) -> PrintJobView:
    """Take a copy out of the queue; the paper itself stays as it is and can be printed later."""
    return _change(desk, job_id, state="dropped", done_at=desk.clock())


def undone(desk: Desk, by: By) -> tuple[PrintJobView, ...]:
    """What is not printed yet, of all windows, the oldest first."""
    with desk.look() as connection:
        return undone_within(connection)


def undone_within(connection: Connection, limit: int = 200) -> tuple[PrintJobView, ...]:
    """The same, in an open read."""
    query = _jobs().where(PRINT_JOBS.c.state.in_(UNDONE)).order_by(PRINT_JOBS.c.made_at, PRINT_JOBS.c.id).limit(limit)
    return tuple(_view(row) for row in connection.execute(query))


def copies(desk: Desk, by: By, *, notice_id: str) -> tuple[PrintJobView, ...]:
    """The copies of a paper that were printed, opened or saved, the oldest first."""
    with desk.look() as connection:
        return copies_within(connection, notice_id)


def copies_within(connection: Connection, notice_id: str) -> tuple[PrintJobView, ...]:
    """The same, in an open read."""
    query = _jobs().where(PRINT_JOBS.c.notice_id == notice_id, PRINT_JOBS.c.state.in_(HANDED_OUT))
    return tuple(_view(row) for row in connection.execute(query.order_by(PRINT_JOBS.c.made_at, PRINT_JOBS.c.id)))


def next_due(desk: Desk, by: By) -> int | None:
    """When the next job of this window is due; None when nothing waits."""
    with desk.look() as connection:
        found = connection.execute(
            select(func.min(PRINT_JOBS.c.next_at)).where(PRINT_JOBS.c.state.in_(("waiting", "sending")), _of_window(by))
        ).scalar()
    return None if found is None else int(found)


def count_undone(connection: Connection) -> int:
    """How many copies are not printed yet, in an open read."""
    return int(connection.execute(select(func.count()).where(PRINT_JOBS.c.state.in_(UNDONE))).scalar_one())


def _of_window(by: By) -> Any:
    if by.window_id is None:
        return PRINT_JOBS.c.window_id.is_(None)
    return PRINT_JOBS.c.window_id == by.window_id


def _copies(connection: Connection, notice_id: str) -> int:
    return int(
        connection.execute(
            select(func.count()).where(PRINT_JOBS.c.notice_id == notice_id, PRINT_JOBS.c.state.in_(_ON_ITS_WAY))
        ).scalar_one()
    )


def _change(desk: Desk, job_id: str, **values: Any) -> PrintJobView:
    with desk.store.write() as connection:
        job = _one(connection, job_id)
        if job.state == "printed":
            raise Refusal("job_printed", "这一份已经打印了", "要再打请从文书里补打")
        connection.execute(update(PRINT_JOBS).where(PRINT_JOBS.c.id == job_id).values(**values))
        return _one(connection, job_id)


def _jobs() -> Select[Any]:
    return select(PRINT_JOBS, NOTICES.c.kind, NOTICES.c.number, NOTICES.c.code).join(
        NOTICES, NOTICES.c.id == PRINT_JOBS.c.notice_id
    )


def _one(connection: Connection, job_id: str) -> PrintJobView:
    row = connection.execute(_jobs().where(PRINT_JOBS.c.id == job_id)).one_or_none()
    if row is None:
        raise Refusal("job_unknown", "打印队列里没有这一份", "请重新打开队列")
    return _view(row)


def _view(row: Row[Any]) -> PrintJobView:
    return PrintJobView(
        id=row.id,
        notice_id=row.notice_id,
        title=PaperKind(row.kind).title,
        number=row.number,
        kind=row.kind,
        code=row.code,
        copy_no=row.copy_no,
        device=row.device,
        media=row.media,
        variant=row.variant,
        sha=row.sha,
        state=row.state,
        state_words=STATE_WORDS[row.state],
        attempts=row.attempts,
        error=row.error,
        made_at=row.made_at,
        next_at=row.next_at,
        done_at=row.done_at,
    )
