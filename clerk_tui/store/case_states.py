"""The one place where a case row changes its state: conditional on the version that was read, with the kept counts."""

from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.core import CASES
from clerk_tui.store.numbers import count, counted


def case_row(connection: Connection, case_id: str) -> Row[Any]:
    """A case by id. Raises Refusal case_unknown."""
    row = connection.execute(select(CASES).where(CASES.c.id == case_id)).one_or_none()
    if row is None:
        raise Refusal("case_unknown", "找不到这件办件", "请用收件号或二维码再查一次")
    return row


def put_case(connection: Connection, values: dict[str, Any]) -> None:
    """Insert a new case row in its state, and count it."""
    connection.execute(insert(CASES).values(values))
    count(connection, f"case:{values['state']}", 1)


def change_case(connection: Connection, row: Row[Any], *, events: int = 1, **values: Any) -> int:
    """Change a case that was read as `row`, one version for each of the act's `events` about it; returns the new version.

    Raises Refusal case_changed when another window was faster: nothing of the act happens then.
    """
    version = int(row.version) + events
    done = connection.execute(
        update(CASES).where(CASES.c.id == row.id, CASES.c.version == row.version).values(**values, version=version)
    )
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
