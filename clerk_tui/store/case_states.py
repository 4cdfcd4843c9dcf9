"""The one place where a case row changes its state: conditional on the version that was read, with the kept counts."""

from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.core import CASES
from clerk_tui.store.numbers import count, counted

_BY_ID = select(CASES).where(CASES.c.id == bindparam("row_id"))
_CHANGED = update(CASES).where(CASES.c.id == bindparam("row_id"), CASES.c.version == bindparam("row_version"))
"""Built once: putting a statement together costs several times its execution, under the write lock."""


def find_case(connection: Connection, case_id: str) -> Row[Any] | None:
    """A case by id, None where there is none."""
    return connection.execute(_BY_ID, {"row_id": case_id}).one_or_none()


def case_row(connection: Connection, case_id: str) -> Row[Any]:
    """A case by id. Raises Refusal case_unknown."""
    row = find_case(connection, case_id)
    if row is None:
        raise Refusal("case_unknown", "找不到这件办件", "请用收件号或二维码再查一次")
    return row


def put_case(connection: Connection, values: dict[str, Any]) -> None:
    """Insert a new case row in its state, and count it."""
    connection.execute(insert(CASES), values)
    count(connection, f"case:{values['state']}", 1)


def change_case(connection: Connection, row: Row[Any], *, events: int = 1, **values: Any) -> int:
    """Change a case that was read as `row`, one version for each of the act's `events` about it; returns the new version.

    Raises Refusal case_changed when another window was faster: nothing of the act happens then.
    """
    version = int(row.version) + events
    done = connection.execute(_CHANGED, {"row_id": row.id, "row_version": row.version, **values, "version": version})
    if done.rowcount != 1:
        raise Refusal("case_changed", "这件刚被另一个窗口改过, 本次操作没有发生", "请看一下最新内容后再办")
    state = values.get("state", row.state)
    if state != row.state:
        count(connection, f"case:{row.state}", -1)
        count(connection, f"case:{state}", 1)
    return version


def cases_in(connection: Connection, state: str) -> int:
    """How many cases are in a state, from the kept counts."""
    return counted(connection, f"case:{state}")
