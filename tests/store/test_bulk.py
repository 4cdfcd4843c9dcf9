"""Rows written by the short way are the rows that SQLAlchemy writes, on both databases."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, MetaData, create_engine, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from clerk_tui.district.tables import CASES
from clerk_tui.store.bulk import write_rows

ROWS: list[dict[str, Any]] = [
    {
        "case_id": f"c{n}", "station": "440113001001", "receipt_no": f"收{n}", "changed_at": 1_763_948_460_000 + n,
        "transferred": n % 2 == 0, "handed_over_at": None if n else 5, "owed": '{"%s": 1}', "item_name": "50%:名 ?",
    }
    for n in range(3)
]  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    if request.param == "sqlite":
        return create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    return create_engine(request.getfixturevalue("postgres").new_database())


def written(connection: Connection) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(select(CASES).order_by(CASES.c.case_id))]


def test_the_short_way_writes_the_same_rows(engine: Engine) -> None:
    statement = insert(CASES)
    with engine.begin() as connection:
        MetaData.create_all(CASES.metadata, connection, tables=[CASES])
        connection.execute(statement, ROWS)
        expected = written(connection)
        connection.execute(CASES.delete())
        full = [{column.name: row[n] for n, column in enumerate(CASES.c)} for row in expected]
        write_rows(connection, statement, full)
        assert written(connection) == expected
        write_rows(connection, statement, [])
        dialect = sqlite if engine.dialect.name == "sqlite" else postgresql
        put = dialect.insert(CASES)
        again = put.on_conflict_do_update(index_elements=["case_id"], set_={"stage": put.excluded.stage})
        write_rows(connection, again, [row | {"stage": "审查%s"} for row in full])
        assert [row[CASES.c.keys().index("stage")] for row in written(connection)] == ["审查%s"] * 3
    engine.dispose()
