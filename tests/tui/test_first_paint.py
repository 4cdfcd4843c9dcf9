"""What stands on the screen first does not wait for what is heavy."""

import json
import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from clerk_tui import bootstrap
from clerk_tui.store import schema
from clerk_tui.store.first_page import read_first_page
from clerk_tui.tui.screens.sign_in import SignInScreen

HEAVY = ("sqlalchemy", "sqlmodel", "pydantic", "alembic", "typer", "yaml", "jinja2", "argon2", "pypinyin")

OF_A_KEY = (
    "clerk_tui.tui.cards.common",
    "clerk_tui.tui.widgets.form",
    "clerk_tui.tui.widgets.fields",
    "clerk_tui.rules.identity",
)
"""What the first key may bring: cards, forms, rules. Without them the workbench stands a quarter sooner."""

PROGRAM = """
import asyncio, json, sys
from pathlib import Path
from clerk_tui import bootstrap, settings
app = bootstrap.make_app(settings.load(Path(sys.argv[1])), clerk=sys.argv[2])
seen = []
def gate():
    words = "\\n".join(strip.text for strip in app.screen._compositor.render_strips())
    seen.append({"modules": sorted(sys.modules), "screen": words})
    app.exit()
app.open_gate = gate
async def run():
    async with app.run_test(size=(120, 40)) as pilot:
        while not seen:
            await pilot.pause(0.01)
asyncio.run(run())
print(json.dumps(seen[0]))
"""


def first_paint(folder: Path, clerk: str = "") -> dict:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder), clerk],
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
        env={**os.environ},
    )
    return json.loads(done.stdout)


def test_the_sign_in_is_painted_before_anything_heavy_is_imported(folder):
    seen = first_paint(folder)
    assert "市桥街道政务服务中心" in seen["screen"]
    assert not set(HEAVY) & set(seen["modules"])


def test_the_workbench_of_a_demonstration_too(folder, clock):
    with sqlite3.connect(folder / "hall.db") as connection:
        connection.execute("INSERT INTO meta VALUES ('demonstration', '1')")
    seen = first_paint(folder, "1001")
    assert "F5叫号" in seen["screen"]
    assert not {*HEAVY, *OF_A_KEY} & set(seen["modules"])


def test_the_fast_reader_knows_the_schema():
    assert bootstrap.FIRST_PAGE_SCHEMA == schema.SCHEMA_VERSION


def test_no_file_is_a_first_start(tmp_path, clock):
    assert read_first_page(tmp_path / "hall.db", schema_version=schema.SCHEMA_VERSION, now=clock()).state == "missing"


@pytest.mark.parametrize("content", [b"", b"this is no database, " * 50])
def test_what_cannot_be_read_is_left_to_the_desk(tmp_path, clock, content):
    path = tmp_path / "hall.db"
    path.write_bytes(content)
    assert read_first_page(path, schema_version=schema.SCHEMA_VERSION, now=clock()).state == "not_ready"
    assert path.read_bytes() == content


def test_another_version_is_left_to_the_desk(folder, clock):
    assert read_first_page(folder / "hall.db", schema_version=99, now=clock()).state == "not_ready"


async def test_no_clerk_is_signed_in_without_a_pin_on_a_real_store(parts, run_program):
    async with run_program(replace(parts, clerk="1001")) as clerk:
        assert isinstance(clerk.app.screen, SignInScreen)
        assert clerk.app.by is None
        assert "1001" in clerk.seen()
