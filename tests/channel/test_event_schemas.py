"""Every kind that travels has a JSON Schema in the package, and what is really sent keeps to it."""

import json

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import select

from clerk_tui.channel.applying import KNOWN
from clerk_tui.channel.records import line_of
from clerk_tui.demo import prepare
from clerk_tui.resources import data_folder
from clerk_tui.store.core import EVENTS
from clerk_tui.store.engine import open_engine
from clerk_tui.store.event_kinds import KINDS

FOLDER = data_folder() / "schemas" / "events"
TRAVELLING = {kind for kind, travel in KINDS.items() if travel.how in ("whole", "part")}


def schema(kind):
    return json.loads((FOLDER / f"{kind}.schema.json").read_text(encoding="utf-8"))


def test_every_kind_that_travels_has_its_schema_and_no_other_has():
    assert {path.name.removesuffix(".schema.json") for path in FOLDER.iterdir()} == TRAVELLING | KNOWN


@pytest.mark.parametrize("kind", sorted(TRAVELLING | KNOWN))
def test_a_schema_is_a_schema_and_asks_only_for_what_travels(kind):
    found = schema(kind)
    Draft202012Validator.check_schema(found)
    assert found["$id"] == f"events/{kind}.schema.json"
    if kind in KINDS and KINDS[kind].how == "part":
        assert set(found["properties"]) == set(KINDS[kind].keys)


def test_a_morning_of_the_demonstration_keeps_to_the_schemas(tmp_path):
    prepare(tmp_path / "demo")
    store = open_engine(tmp_path / "demo" / "hall.db")
    with store.read() as connection:
        events = [dict(row) for row in connection.execute(select(EVENTS)).mappings()]
    store.close()
    checked = set()
    for event in events:
        line = line_of(event, 1)
        if "body" in line:
            Draft202012Validator(schema(line["t"])).validate(line["body"])
            checked.add(line["t"])
    assert len(checked) > 25
