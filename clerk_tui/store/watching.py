"""Whether anybody wrote to a store, asked every second for the price of a glance."""

import sqlite3
from pathlib import Path


class Watch:
    """SQLite keeps a number of its file's last commit in shared memory: reading it takes no lock and touches no table.

    Where the number cannot be read (a busy file, another database), somebody may have written.
    """

    def __init__(self, path: Path | None) -> None:
        self._seen = -1
        self._connection: sqlite3.Connection | None = None
        if path is not None:
            place = f"{path.resolve().as_uri()}?mode=ro"
            self._connection = sqlite3.connect(
                place, uri=True, timeout=0, check_same_thread=False, isolation_level=None
            )

    def somebody_wrote(self) -> bool:
        """True at the first look and whenever something was committed since the one before, by whomever."""
        if self._connection is None:
            return True
        try:
            found = int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.Error:
            return True
        wrote, self._seen = found != self._seen, found
        return wrote

    def journal_position(self) -> int | None:
        """Number of the last event, read without waiting for anybody; None where it cannot be read like that."""
        if self._connection is None:
            return None
        try:
            found = self._connection.execute("SELECT n FROM journal_head WHERE id = 1").fetchone()
        except sqlite3.Error:
            return None
        return int(found[0]) if found is not None else 0

    def close(self) -> None:
        """Before the store is closed, so that its last connection can empty the log into the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
