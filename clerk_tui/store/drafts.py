"""Half-filled forms of one window: its own small SQLite file, never in the journal, never sent.

Saved on every change of a field, by the standard library and on the caller's thread: a save takes a tenth of a
millisecond, and a terminal that goes away then has nothing left to save. A draft carries the id of the act that it will
become; when that id is in the journal, the draft is done and goes.
"""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from clerk_tui.rules.refusal import Refusal

KEPT_MS = 7 * 86_400_000
"""A draft that nobody finished goes after seven days."""


@dataclass(frozen=True)
class Draft:
    """`kind` says which form it is of, `visit_id` which visit it belongs to ('' for none), `body` is the form's JSON."""

    act_id: str
    clerk_id: str
    kind: str
    visit_id: str
    body: str
    saved_at: int


class Drafts:
    """The drafts of one window."""

    def __init__(self, path: Path) -> None:
        """Open the file, making it and its folder for this user alone. Raises OSError, sqlite3.Error."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        self._file = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=1.0)
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON"):
            self._file.execute(f"PRAGMA {pragma}")
        self._file.execute(
            "CREATE TABLE IF NOT EXISTS draft (act_id TEXT PRIMARY KEY, clerk_id TEXT NOT NULL, kind TEXT NOT NULL,"
            " visit_id TEXT NOT NULL, body TEXT NOT NULL, saved_at INTEGER NOT NULL)"
        )

    def save(self, draft: Draft) -> None:
        """Keep a draft as it stands now."""
        self._file.execute(
            "INSERT INTO draft VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (act_id) DO UPDATE SET clerk_id = excluded.clerk_id,"
            " kind = excluded.kind, visit_id = excluded.visit_id, body = excluded.body, saved_at = excluded.saved_at",
            (draft.act_id, draft.clerk_id, draft.kind, draft.visit_id, draft.body, draft.saved_at),
        )

    def of_clerk(self, clerk_id: str, *, kind: str = "", visit_id: str | None = None) -> tuple[Draft, ...]:
        """A clerk's drafts, newest first; of one kind or one visit where named."""
        rows = self._file.execute(
            "SELECT act_id, clerk_id, kind, visit_id, body, saved_at FROM draft WHERE clerk_id = ?"
            " AND (? = '' OR kind = ?) AND (? IS NULL OR visit_id = ?) ORDER BY saved_at DESC",
            (clerk_id, kind, kind, visit_id, visit_id),
        )
        return tuple(Draft(*row) for row in rows)

    def drop(self, act_id: str) -> None:
        """The act is committed, or the clerk threw the draft away."""
        self._file.execute("DELETE FROM draft WHERE act_id = ?", (act_id,))

    def act_ids(self) -> tuple[str, ...]:
        """The coming acts of all drafts, to be looked up in the journal at start."""
        return tuple(str(row[0]) for row in self._file.execute("SELECT act_id FROM draft"))

    def clean(self, *, done: Collection[str], now: int) -> None:
        """Drop what was committed after all, and what is older than seven days."""
        self._file.executemany("DELETE FROM draft WHERE act_id = ?", [(act_id,) for act_id in done])
        self._file.execute("DELETE FROM draft WHERE saved_at < ?", (now - KEPT_MS,))

    def close(self) -> None:
        """Close the file; nothing is unsaved."""
        self._file.close()


def open_drafts(path: Path) -> Drafts:
    """The drafts of a window. Raises Refusal drafts_unwritable."""
    try:
        return Drafts(path)
    except (OSError, sqlite3.Error) as error:
        raise Refusal(
            "drafts_unwritable", "草稿存不下来: 文件夹不能写入", "可以继续办理, 但关掉程序前请把填的办完"
        ) from error
