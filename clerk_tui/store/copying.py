"""Copying and upgrading take minutes on a large store: both tell how far they are, and end at once when they are stopped."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from clerk_tui.rules.refusal import Refusal

Tell = Callable[[str, int, int], None]
"""What is being done, how much of it is done, of how much (0: nobody knows). Whatever it raises stops the work."""

PAGES = 4_096
"""Pages between two words about a copy: 16 MiB, some hundredths of a second."""
STEPS = 200_000
"""Steps of SQLite's machine between two looks up from a long statement."""


class Stopped(Refusal):
    """Somebody did not want to wait for an upgrade; nothing of it was kept."""

    def __init__(self) -> None:
        super().__init__("upgrade_stopped", "升级已取消, 数据没有改动", "准备好以后重新打开程序, 会再升级")


class Latest:
    """Tells, and tells again what was told last while a long statement runs."""

    def __init__(self, tell: Tell, words: str) -> None:
        self.tell, self.told = tell, (words, 0, 0)

    def __call__(self, words: str, done: int, total: int) -> None:
        self.told = (words, done, total)
        self.again()

    def again(self) -> None:
        self.tell(*self.told)


def silent(words: str, done: int, total: int) -> None:
    """For work that nobody watches."""


@contextmanager
def watched(raw: sqlite3.Connection, tell: Callable[[], None]) -> Iterator[None]:
    """Look up from long statements; what `tell` raises ends the statement and comes out here."""
    raised: list[BaseException] = []

    def look() -> int:
        try:
            tell()
        except BaseException as error:  # SQLite would swallow it
            raised.append(error)
            return 1
        return 0

    raw.set_progress_handler(look, STEPS)
    try:
        yield
    except Exception:
        if raised:
            raise raised[0] from None
        raise
    finally:
        raw.set_progress_handler(None, STEPS)


def copy_file(source: Path, target: Path, *, tell: Tell | None = None) -> None:
    """A consistent copy of a live SQLite store, checked; raises Refusal backup_failed and leaves nothing half made.

    With `tell`, nobody else may be writing: a copy in pieces begins anew after every commit of another program.
    """
    part = target.with_name(target.name + ".part")
    try:
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(part)) as copied:
            if tell is None:
                live.backup(copied)
            else:
                live.backup(copied, pages=PAGES, progress=lambda _, left, total: tell("备份数据", total - left, total))
            with watched(copied, lambda: (tell or silent)("核对备份", 0, 0)):
                words = copied.execute("PRAGMA integrity_check").fetchone()[0]
        if words != "ok":
            raise Refusal("backup_failed", "备份没有通过检查, 已删除", "请检查磁盘后再试")
        part.chmod(0o600)
        part.replace(target)
    except (sqlite3.Error, OSError) as error:
        raise Refusal("backup_failed", "备份没有做成, 原数据没有改动", "请检查磁盘空间和文件夹权限") from error
    finally:
        part.unlink(missing_ok=True)
