"""The JSON Schemas are sound, and every shipped file keeps to its own."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from clerk_tui.catalog.faults import Fault
from clerk_tui.catalog.reading import read_yaml
from clerk_tui.resources import data_folder

DATA = data_folder()
SCHEMAS = sorted(path.name for path in (DATA / "schemas").glob("*.schema.json"))
FILES = [
    *(("item", path) for path in sorted((DATA / "catalog/items").glob("*.yaml"))),
    *(("package", path) for path in sorted((DATA / "catalog/packages").glob("*.yaml"))),
    *(("english", path) for path in sorted((DATA / "catalog/english").glob("*.yaml"))),
    *((path.stem, path) for path in sorted((DATA / "catalog").glob("*.yaml"))),
    *(("divisions", path) for path in sorted((DATA / "divisions").glob("*.yaml"))),
    *(("calendar", path) for path in sorted((DATA / "calendar").glob("*.yaml"))),
    ("deficiency-list", DATA / "demo" / "deficiency-list.yaml"),
]


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_a_schema(name: str) -> None:
    schema = json.loads((DATA / "schemas" / name).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == name


@pytest.mark.parametrize(("schema", "path"), FILES, ids=[f"{schema}:{path.stem}" for schema, path in FILES])
def test_a_shipped_file_keeps_to_its_schema(schema: str, path: Path) -> None:
    rules = json.loads((DATA / "schemas" / f"{schema}.schema.json").read_text(encoding="utf-8"))
    faults: list[Fault] = []
    data = read_yaml(path, path.name, faults)
    assert faults == []
    assert [error.message for error in Draft202012Validator(rules).iter_errors(data)] == []


def test_there_are_files_of_every_kind() -> None:
    kinds = {schema for schema, _ in FILES}
    assert {f"{kind}.schema.json" for kind in kinds} == set(SCHEMAS)
